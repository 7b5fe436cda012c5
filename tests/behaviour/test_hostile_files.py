"""Whatever a user can name is read or refused in one line: at once, in little memory, and never waited for."""

import sys
from pathlib import Path

import pytest
from hostile_files import Tally, many, read_or_refused

import detente


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sweep of two chunks."""
    out = tmp_path_factory.mktemp("sweep") / "out"
    detente.sweep("template", out=out, policies=["status-quo"], levers={"mediation": [0, 1]}, runs=3, chunk=3)
    return out


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def tallied(sweep: Path, folder: Path, n: int, first: int = 0) -> Tally:
    """So many damaged files read or refused, none over five seconds."""
    tally = Tally()
    for kind, content, place in many(sweep, n, folder, first):
        read_or_refused(kind, content, place, tally)
    return tally


def test_damaged_files_are_read_or_refused(sweep: Path, tmp_path: Path):
    tally = tallied(sweep, tmp_path, 150)
    assert tally.read > 5
    assert tally.refused > 50


@pytest.mark.slow
def test_ten_thousand_damaged_files(sweep: Path, tmp_path: Path):
    before = peak_megabytes()
    tally = tallied(sweep, tmp_path, 10_000, first=1000)
    more = peak_megabytes() - before
    print(
        f"{tally.read:,} read, {tally.refused:,} refused; the slowest, a {tally.slowest_kind}, took "
        f"{tally.slowest:.2f} s; {more:.0f} MB more than before"
    )
    assert tally.read + tally.refused == 10_000
    assert more < 500
