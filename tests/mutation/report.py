"""What a mutation run found: rates, and the table of survivors with the reasons declared for them."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mutation.running import Verdict

REASONS = Path(__file__).with_name("survivors.toml")
KEY = ("file", "function", "operator", "before", "after")


def reasons() -> dict[tuple[str, ...], str]:
    """The survivors that are known and why; they count as survivors all the same."""
    declared: list[dict[str, Any]] = tomllib.loads(REASONS.read_text(encoding="utf-8")).get("survivor", [])
    return {tuple(entry[k] for k in KEY): entry["reason"] for entry in declared}


def kill_rate(verdicts: Sequence[Verdict]) -> float:
    """Killed of those killed or survived."""
    count = Counter(v.outcome for v in verdicts)
    return count["killed"] / max(count["killed"] + count["survived"], 1)


def summary(verdicts: Sequence[Verdict]) -> str:
    """One line of numbers."""
    count = Counter(v.outcome for v in verdicts)
    n = count["killed"] + count["survived"]
    left_out = count["crashed"] + count["hung"]
    return (
        f"{count['killed']} of {n} mutants killed ({100 * kill_rate(verdicts):.1f} %); "
        f"left out: {left_out} that crash or hang"
    )


def survivors(verdicts: Sequence[Verdict]) -> str:
    """One survivor a line: place, operator, what was there and what stood there, and the reason if one is declared."""
    known = reasons()
    lines: list[str] = []
    for m in sorted((v.mutant for v in verdicts if v.outcome == "survived"), key=lambda m: (m.file, m.line)):
        reason = known.get((m.file, m.function, m.operator, m.before, m.after), "")
        told = f"   [{reason}]" if reason else ""
        lines.append(
            f"{m.file}:{m.line} {m.function}: {m.operator}: {cut(m.before)}  ->  {cut(m.after)}{told}"
        )
    return "\n".join(lines)


def cut(text: str, width: int = 110) -> str:
    """A text on one line, no longer than ``width``."""
    return text if len(text) <= width else f"{text[: width - 3]}..."
