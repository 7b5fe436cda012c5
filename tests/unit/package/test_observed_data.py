"""The observed series that ship: their licence, their checksums, and that no table of ceasefires is among them."""

import csv
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from detente.model.catalogue import SHIPPED, case_names, load_scenario

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("agents", "model", "experiments", "dashboards", "detente", "docs")
"""The folders that go into the wheel."""
TEXT = (".py", ".toml", ".md", ".csv", ".json", ".ipynb", ".js", ".css", ".yml", ".txt", "")
NUMBER = re.compile(r"(?<![\w.])\d{5,6}(?![\w.])")
SUMS = SHIPPED / "SHA256SUMS"


def extracts() -> list[Path]:
    return sorted(SHIPPED.glob("*/observed.csv"))


def test_every_extract_has_the_checksum_that_is_listed():
    listed = [line.split("  ") for line in SUMS.read_text(encoding="utf-8").splitlines()]
    made = [
        (hashlib.sha256(p.read_bytes()).hexdigest(), p.relative_to(SHIPPED).as_posix()) for p in extracts()
    ]
    assert sorted(map(tuple, listed)) == sorted(made), "sha256sum */observed.csv > SHA256SUMS"


@pytest.mark.parametrize("path", extracts(), ids=lambda path: path.parent.name)
def test_an_extract_is_what_the_case_draws(path: Path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    drawn = load_scenario(path.parent.name).observed
    assert {"month", *(series.name for series in drawn)} <= set(rows[0])
    for series in drawn:
        column = {row["month"]: float(row[series.name]) for row in rows if row[series.name]}
        assert column == {month: float(value) for month, value in series.monthly.items()}


@pytest.mark.parametrize("case", case_names())
def test_observed_points_name_their_source_and_licence(case: str):
    for series in load_scenario(case).observed:
        assert "CC BY 4.0" in series.source or series.source.startswith("CNS North Korea")


def test_the_licence_of_the_data_is_in_the_metadata_and_beside_the_code():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT AND CC-BY-4.0"
    assert all((ROOT / name).is_file() for name in project["license-files"])
    words = (ROOT / "DATA-LICENSE").read_text(encoding="utf-8")
    assert "creativecommons.org/licenses/by/4.0" in words
    assert "Sundberg" in words


def texts() -> Iterator[tuple[Path, str]]:
    """Every text that goes into the wheel."""
    for path in (p for part in PARTS for p in (ROOT / part).rglob("*")):
        if path.is_file() and path.suffix in TEXT and "__pycache__" not in path.parts:
            yield path, path.read_text(encoding="utf-8", errors="ignore")


def with_ids(found: Iterable[tuple[Path, str]], ids: set[str]) -> dict[str, list[str]]:
    """Where numbers stand that are ids of ceasefires."""
    hits = {str(path): sorted(set(NUMBER.findall(text)) & ids) for path, text in found}
    return {path: numbers for path, numbers in hits.items() if numbers}


def ceasefire_ids(folder: Path) -> set[str]:
    """The ids of the ETH/PRIO table."""
    with (folder / "raw" / "ceasefires_2022_layout.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["uniq_id"] for row in csv.DictReader(file)}


def test_no_id_of_the_table_of_ceasefires_ships(shared_data: Path):
    ids = ceasefire_ids(shared_data)
    assert len(ids) > 1500
    assert with_ids(texts(), ids) == {}
    planted = [(Path("history.toml"), f'source = "ceasefires.csv, {min(ids)}, 2016-10-03"')]
    assert with_ids(planted, ids) == {"history.toml": [min(ids)]}


def test_no_source_of_a_move_names_a_row_of_a_table_of_ceasefires():
    """What `detente new` writes: fit for a case of one's own, not for one that ships."""
    named = [str(p) for p in SHIPPED.rglob("*.toml") if "ceasefires.csv" in p.read_text(encoding="utf-8")]
    assert named == []
