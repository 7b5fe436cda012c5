"""Files in the layout of their publishers, where a user has them: all is read, and independent counts agree."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from detente.experiments.cli.main import app
from detente.experiments.data.layouts import read_file

ORDER = ("day", "month", "year", "none")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def known(row: dict[str, str], name: str) -> str:
    """How well a date is known, counted by hand: codes of 0 and below are none, a day that is none is its month's."""
    year, month, day = (int(row[f"{name}_{part}"]) for part in ("yr", "month", "day"))
    if year <= 0:
        return "none"
    if month <= 0:
        return "year"
    if day <= 0:
        return "month"
    try:
        date(year, month, day)
    except ValueError:
        return "month"
    return "day"


def best(rows: list[dict[str, str]], name: str) -> str:
    return min((known(row, name) for row in rows), key=ORDER.index)


def counted(words: Any) -> dict[str, int]:
    counts = Counter(words)
    return {word: counts[word] for word in ORDER}


def test_every_ceasefire_of_the_release_is_read(shared_data: Path):
    path = shared_data / "raw" / "ceasefires_2022_layout.csv"
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows_of(path):
        groups.setdefault(row["uniq_id"], []).append(row)
    data = read_file(path)
    assert data.spells is not None
    assert sorted(data.spells["id"]) == sorted(groups)
    (report,) = data.reports
    assert (report.rows, report.used) == (sum(map(len, groups.values())),) * 2
    effect = [best(rows, "cf_effect") for rows in groups.values()]
    assert report.precision["effect"] == counted(effect)
    assert report.precision["end"] == counted(best(rows, "end") for rows in groups.values())
    start = [
        best(rows, "cf_dec") if e == "none" else e for e, rows in zip(effect, groups.values(), strict=True)
    ]
    assert report.precision["start"] == counted(start)


def test_every_event_of_the_release_is_read(shared_data: Path):
    path = shared_data / "raw" / "ged_23_1_layout.csv"
    rows = rows_of(path)
    used = Counter[str]()
    for country in {row["country"] for row in rows}:
        (report,) = read_file(path, country).reports
        assert report.used == sum(row["country"] == country for row in rows)
        assert report.used == sum(report.precision["date"].values())
        used.update(report.precision["date"])
    words = {"1.0": "day", "2.0": "two to six days", "3.0": "week", "4.0": "month", "5.0": "year"}
    assert used == Counter(words[row["date_prec"]] for row in rows)


def test_deaths_of_the_release_are_in_a_month_or_in_a_heap(shared_data: Path):
    path = shared_data / "raw" / "ged_23_1_layout.csv"
    total = sum(float(row["best"]) for row in rows_of(path))
    monthly = heaped = 0.0
    for country in {row["country"] for row in rows_of(path)}:
        data = read_file(path, country)
        assert data.monthly is not None
        assert len(data.monthly) == 12 * (2022 - 1989 + 1)
        monthly += data.monthly["deaths_all"].sum()
        heaped += data.reports[0].heaps["in no month"]["deaths"]
    assert monthly + heaped == total


def test_every_agreement_of_the_release_is_read(shared_data: Path):
    path = shared_data / "raw" / "peace_agreements_22_1_layout.csv"
    rows = rows_of(path)
    data = read_file(path)
    assert data.agreements is not None
    assert sorted(data.agreements["id"]) == sorted(row["paid"] for row in rows)
    (report,) = data.reports
    assert report.precision["start"]["day"] == len(rows)
    assert report.precision["end"]["day"] == sum(bool(row["duration"]) for row in rows)
    ended = sum(row["ended"] == "1" for row in rows)
    assert int((data.agreements["ended"] == 1).sum()) == ended


def test_every_file_about_conflicts_is_read(shared_data: Path):
    paths = sorted((shared_data / "conflicts").glob("*.csv"))
    assert len(paths) > 30
    for path in paths:
        shown = CliRunner().invoke(app, ["data", "summary", str(path), "--json"])
        assert shown.exit_code == 0, shown.stderr
        (report,) = read_file(path).reports
        assert report.rows == report.used == len(rows_of(path))


def test_the_table_of_ceasefires_keeps_its_own_precision(shared_data: Path):
    path = shared_data / "conflicts" / "ceasefires.csv"
    (report,) = read_file(path).reports
    for name in ("effect", "end"):
        words = [row[f"{name}_precision"] or "none" for row in rows_of(path)]
        assert report.precision[name] == counted(words)
