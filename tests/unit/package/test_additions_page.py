"""The page on adding something names files, functions and tables that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
SECTION = TEXT.partition("\n## Add something\n")[2].partition("\n## ")[0]
PLACES = re.findall(r"`((?:agents|model|experiments|dashboards|tests)/[\w/.-]*)`", SECTION)
TESTS = re.findall(r"`(test_\w+\.py)`", SECTION)
DECLARED = re.findall(
    r"`(\w+)(?:\(\.\.\.\))?` (?:in|of) `((?:agents|model|experiments)/[\w/]+\.py)`", SECTION
)


@pytest.mark.parametrize("place", sorted(set(PLACES)))
def test_a_place_named_is_there(place: str):
    assert (ROOT / place).exists(), f"docs/contributing.md names {place}"


@pytest.mark.parametrize("name", sorted(set(TESTS)))
def test_a_test_named_is_there(name: str):
    assert list((ROOT / "tests").rglob(name)), f"docs/contributing.md names {name}"


@pytest.mark.parametrize(("name", "file"), DECLARED)
def test_what_is_said_to_stand_in_a_file_stands_there(name: str, file: str):
    assert re.search(rf"^(def |class )?{name}\b", (ROOT / file).read_text(encoding="utf-8"), re.M)


def test_the_page_was_read():
    assert len(set(PLACES)) >= 10
    assert len(set(TESTS)) >= 4
    assert {name for name, _ in DECLARED} == {
        *("lever", "OUTCOMES", "SERIES", "MANY_KINDS", "entries_of", "ORDER", "NEEDS")
    }
