"""The mutation run: seeded small mistakes in the code, which the tests of its room must notice without the baseline.

``uv run pytest -m acceptance tests/mutation -s`` prints the table of survivors; other seeds and single areas:
``cd tests && uv run python -m mutation rules --seed 7``.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from mutation.drawing import Mutant
from mutation.report import summary, survivors
from mutation.rooms import AREAS, ROOT
from mutation.running import Verdict

SEED = 1


@pytest.mark.acceptance
@pytest.mark.parametrize("name", AREAS)
def test_small_mistakes_are_noticed(name: str, tmp_path: Path, kernel_cache: Path) -> None:
    area, table = AREAS[name], tmp_path / "verdicts.json"
    command = [sys.executable, "-m", "mutation", name, "--seed", str(SEED), "--json", str(table)]
    done = subprocess.run(command, cwd=ROOT / "tests", check=False)
    assert done.returncode == 0
    verdicts = [Verdict(Mutant(**row["mutant"]), row["outcome"]) for row in json.loads(table.read_text())]
    counted = [v for v in verdicts if v.outcome in ("killed", "survived")]
    killed = sum(v.outcome == "killed" for v in counted)
    assert len(counted) >= area.mutants
    assert killed >= area.least * len(counted), f"{summary(verdicts)}\n{survivors(verdicts)}"
