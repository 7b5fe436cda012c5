"""The baseline: what some numbers of every shipped case were, and the one script that writes them.

    python3 -m uv run python tests/regression/refresh.py --why "what changed, and why the numbers did"

It writes ``baseline.json`` and a line in ``CHANGELOG.md`` that begins with "Numbers changed" and names the baseline's
digest; a test looks for that line.  Numbers that have not moved leave both files alone.
"""

import argparse
import hashlib
import json
import platform
import sys
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
BASELINE = HERE / "baseline.json"
CHANGELOG = HERE.parents[1] / "CHANGELOG.md"
CASES = {
    "template": ("status-quo", "five-lessons"),
    "afghanistan-2018": ("history", "five-lessons"),
    "korea-2017": ("history", "five-lessons"),
}
SEEDS = range(1, 41)


UNSAID = {"ally_trust": 1.0}
"""What stands for a missing value (else 0), so that a mean over all runs is that of earlier versions."""


def numbers_of(case: str) -> dict[str, Any]:
    """Means over seeds of every outcome under one policy, two shares of endings, and the digest of one run of each."""
    from detente.experiments.runs.ensemble import ensemble
    from detente.experiments.runs.outcomes import OUTCOMES
    from detente.experiments.runs.run import run

    found: dict[str, Any] = {}
    for k, policy in enumerate(CASES[case]):
        made = ensemble(case, policy, seeds=SEEDS, threads=2)
        chosen = [o.name for o in OUTCOMES] if k == 0 else ["fatalities", "days_in_ceasefire", "collapsed"]
        for name in chosen:
            values = made.outcomes[name].to_numpy(dtype=float)
            found[f"{policy}: mean {name}"] = float(np.nan_to_num(values, nan=UNSAID.get(name, 0.0)).mean())
        found[f"{policy}: run of seed 1"] = run(case, policy, seed=1, engine="compiled").trajectory.sha256
    return found


def current() -> dict[str, dict[str, Any]]:
    """The numbers that the installed code gives."""
    return {case: numbers_of(case) for case in CASES}


def versions() -> dict[str, str]:
    """What the numbers are exact for: libraries, interpreter, machine and its mathematical library."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "llvmlite", "mesa")},
        "machine": platform.machine(),
        "system": " ".join((platform.system(), *platform.libc_ver())),
    }


def digest_of(numbers: dict[str, dict[str, Any]]) -> str:
    """A short digest of the numbers alone."""
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:12]


def read() -> dict[str, Any]:
    """The baseline as it stands."""
    return json.loads(BASELINE.read_text(encoding="utf-8"))


def note(digest: str, why: str) -> None:
    """Write the line in the changelog, at the end of the newest section."""
    text = CHANGELOG.read_text(encoding="utf-8").rstrip("\n")
    head, mark, rest = text.partition("\n## ")
    newest, following, older = rest.partition("\n## ")
    line = textwrap.fill(f"- **Numbers changed** (baseline {digest}): {why}", 118, subsequent_indent="  ")
    CHANGELOG.write_text(
        f"{head}{mark}{newest.rstrip()}\n{line}\n{following}{older}".rstrip() + "\n", "utf-8"
    )


def main() -> int:
    """Refresh the baseline."""
    parser = argparse.ArgumentParser(description="Write the baseline of numbers again.")
    parser.add_argument("--why", required=True, help="what changed, for the changelog")
    asked = parser.parse_args()
    numbers = current()
    digest = digest_of(numbers)
    if BASELINE.exists() and digest_of(read()["numbers"]) == digest:
        print(f"The numbers are those of the baseline {digest}; nothing written.")
        return 0
    BASELINE.write_text(
        json.dumps({"versions": versions(), "numbers": numbers}, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    note(digest, asked.why)
    print(f"Baseline {digest} written; CHANGELOG.md says why.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
