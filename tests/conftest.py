"""What every test may use, and a check that holds for the session as a whole."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BARE = ("agents", "model", "experiments", "dashboards")


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The observed series that are not distributed with the code: shared/data, beside the clone."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the observed series are not here: they are expected in shared/data beside the clone")
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_second_copy() -> Iterator[None]:
    """Fail the session if a code folder was imported by its bare name: its classes would exist twice."""
    yield
    found = sorted(name for name in sys.modules if name.partition(".")[0] in BARE)
    if found:
        pytest.fail(
            f"imported by a bare name instead of as part of detente: {', '.join(found)}", pytrace=False
        )
