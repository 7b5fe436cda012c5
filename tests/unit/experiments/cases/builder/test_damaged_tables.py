"""Damaged files give a case or a message, never a traceback, and a message leaves no folder."""

from pathlib import Path

import pytest
from layout_files import mutated
from war_files import write_war

from detente.experiments.cases.builder.new import new
from detente.model.errors import problems_of

KINDS = ("ged", "ceasefires", "agreements", "experts")


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_war(tmp_path_factory.mktemp("war"), rate=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused(kind, war, tmp_path):
    problems = [faults(war, kind, seed, tmp_path) for seed in range(4)]
    assert any(problems)
    for seed, lines in enumerate(problems):
        assert all(line and "\n" not in line for line in lines)
        assert (tmp_path / f"case-{seed}").exists() == (not lines)


def faults(war: dict[str, Path], kind: str, seed: int, folder: Path) -> tuple[str, ...]:
    path = folder / f"{kind}-{seed}.csv"
    path.write_bytes(mutated(war[kind].read_text(), seed))
    files = {"ged": war["ged"], kind: path}
    return problems_of(lambda: new("my-war", out=folder / f"case-{seed}", screen=False, **files))
