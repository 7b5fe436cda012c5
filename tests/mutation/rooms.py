"""Which tests belong to which room: the one table of the mutation run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Area:
    """A part of the code and the tests that must notice a mistake in it.

    ``code`` is a folder, whose own folders are its rooms; ``left_out`` are paths below it that are not mutated,
    ``tests`` the folder of its tests, room by room; ``more`` names, by room, test files that stand elsewhere because
    they take a whole case or need many draws.  With ``compiled`` the tests may run the compiled engine, which mutants
    of the area do not change.  ``preload`` names modules that every run needs and no mutant touches; they are imported
    once.
    """

    code: str
    tests: str
    more: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], kw_only=True)
    least: float
    mutants: int
    left_out: tuple[str, ...] = ()
    compiled: bool = False
    preload: tuple[str, ...] = ()

    def files(self) -> list[str]:
        """The files that may be mutated, by their path below the root."""
        paths = [p for p in (ROOT / self.code).rglob("*.py") if p.name != "__init__.py"]
        names = sorted(p.relative_to(ROOT / self.code).as_posix() for p in paths)
        return [f"{self.code}/{name}" for name in names if not name.startswith(self.left_out)]

    def tests_of(self, file: str) -> list[list[str]]:
        """The test files a mutant of this file is run against: those named after it, then the rest of its room."""
        room = "/".join(Path(file).relative_to(self.code).parts[:-1][:1])
        folder = ROOT / self.tests / room
        named = f"test_{Path(file).stem}"
        paths = sorted(folder.glob("test_*.py"))
        own = [p for p in paths if p.stem == named or p.stem.startswith(f"{named}_")]
        rest = [p for p in paths if p not in own]
        groups = [[p.relative_to(ROOT).as_posix() for p in group] for group in (own, rest)]
        return [group for group in (*groups, list(self.more.get(room, ()))) if group]


AREAS = {
    "rules": Area(
        code="agents/rules",
        tests="tests/unit/agents/rules",
        least=0.80,
        mutants=200,
        left_out=("registry.py",),
        preload=(
            "detente.agents.state",
            "detente.agents.codes",
            "detente.agents.parameters",
            "numpy",
            "worlds",
        ),
    ),
    "experiments": Area(
        code="experiments",
        tests="tests/unit/experiments",
        least=0.85,
        mutants=100,
        left_out=("cli/printing/",),  # texts are held by the tests of what is printed
        compiled=True,
        more={
            "calibration": ("tests/statistical/test_calibration.py",),
            "cli": (
                "tests/unit/experiments/analysis/test_robustness.py",
                "tests/unit/experiments/compare/test_lessons.py",
                "tests/unit/experiments/compare/test_survival.py",
                "tests/unit/experiments/data/test_layouts.py",
                "tests/unit/experiments/evidence/test_hindcast.py",
                "tests/behaviour/test_check.py",
            ),
            "runs": ("tests/behaviour/test_decisions.py",),
            "sweep": ("tests/behaviour/test_sweep_backends.py",),
        },
        preload=(
            "builders",
            "pandas",
            "pyarrow.parquet",
            "scipy.stats",
            "typer.testing",
            "detente.model.process",
        ),
    ),
}
"""Names as given to ``python -m mutation NAME``."""
