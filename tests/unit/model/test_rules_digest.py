"""The digest that names a compiled engine covers every file that decides a trajectory, sub-folders included."""

from pathlib import Path

from detente.model.kernel import rules_files

ROOT = Path(__file__).resolve().parents[3]


def test_every_file_of_actors_and_model_counts():
    found = {p.relative_to(ROOT).as_posix() for f in ("agents", "model") for p in (ROOT / f).rglob("*.py")}
    assert set(rules_files()) == found
    assert {"agents/rules/talks.py", "model/opening.py", "model/records/talk_records.py"} <= found
