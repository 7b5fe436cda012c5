"""A folder of made-up conflicts: a list, counts by month and by day, ceasefires and agreements."""

import csv
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from war_files import poisson

FIRST, LAST = date(2000, 1, 1), date(2007, 12, 31)
CONFLICTS = {
    "northland": (0.5, "North Front"),
    "eastland": (0.9, "East League"),
    "southland": (0.3, "South Army"),
}
"""Conflict -> events a day, and the government's foe."""

TRUCES = (
    ("northland", 1, "2003-03-10", "preliminary", "bilateral"),
    ("northland", 2, "2003-04-20", "cessation", "unilateral"),
    ("eastland", 3, "2004-06-01", "cessation", "unilateral"),
    ("southland", 4, "2005-02-15", "definitive", "bilateral"),
)
AGREEMENTS = (("eastland", 11, "2006-09-05", "Great Accord", "full agreement"),)


def government(conflict: str) -> str:
    """The government of a conflict."""
    return f"Government of {conflict.capitalize()}"


def write(path: Path, rows: list[dict[str, Any]], names: Mapping[str, str]) -> None:
    """A table, with some words put in place of others."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    text = path.read_text(encoding="utf-8")
    for old, new in names.items():
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def counts(conflict: str) -> list[dict[str, Any]]:
    """Events and deaths a day."""
    rate, dice = CONFLICTS[conflict][0], random.Random(sum(map(ord, conflict)))
    rows: list[dict[str, Any]] = []
    for k in range((LAST - FIRST).days + 1):
        events = poisson(dice, rate)
        deaths = sum(1 + int(dice.paretovariate(1.8)) for _ in range(events))
        rows.append({"date": FIRST + timedelta(days=k), "events": events, "deaths": deaths})
    return rows


def monthly(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sums a month: one more a day on which people died than the days have."""
    found: dict[date, dict[str, Any]] = {}
    for row in days:
        month = row["date"].replace(day=1)
        at = found.setdefault(month, {"date": month, "events": 0, "deaths": 0})
        at["events"] += row["events"]
        at["deaths"] += row["deaths"] + (row["deaths"] > 0)
    return list(found.values())


def write_conflicts(folder: Path, names: Mapping[str, str] | None = None) -> Path:
    """The files of the folder; ``names`` are put in place of others, in file names too."""
    other = dict(names or {})
    folder.mkdir(parents=True, exist_ok=True)
    for name in CONFLICTS:
        days, file = counts(name), other.get(name, name)
        write(folder / f"{file}.daily.csv", days, other)
        write(folder / f"{file}.csv", monthly(days), other)
    ends = {"first": "2000-01", "last": "2007-12"}
    write(folder / "cases.csv", [{"case": n, "country": n.capitalize(), **ends} for n in CONFLICTS], other)
    write(folder / "ceasefires.csv", [truce(*row) for row in TRUCES], other)
    write(folder / "agreements.csv", [agreement(*row) for row in AGREEMENTS], other)
    return folder


def truce(conflict: str, number: int, day: str, sort: str, side: str) -> dict[str, Any]:
    """A row of the ceasefires."""
    foe = CONFLICTS[conflict][1]
    actors = foe if side == "unilateral" else f"{government(conflict)}; {foe}"
    end = f"{date.fromisoformat(day) + timedelta(days=200)}"
    days = {"declared": day, "effect": day, "effect_precision": "day", "end": end, "end_precision": "day"}
    about = {"cf_class": sort, "side": side, "partial": 0, "actors": actors}
    return {"case": conflict, "cf_uniq_id": number, **days, **about, "ucdp_conflict_id": 7}


def agreement(conflict: str, number: int, day: str, name: str, sort: str) -> dict[str, Any]:
    """A row of the agreements."""
    dyads = f"{government(conflict)} - {CONFLICTS[conflict][1]}"
    return {
        "case": conflict,
        "paid": number,
        "date": day,
        "name": name,
        "type": sort,
        "dyads": dyads,
        "ceasefire": 1,
    }
