"""The conflicts that are pooled: each with its case, and its observed course over the same days.

Those of a list are built from data (``detente new``); Afghanistan and Korea are the shipped cases, moved to the years
that their series cover and ended on the last day that anything is fitted on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import LEVERS
from detente.experiments.calibration.pooling.courses import Course, Truce, days_from, once
from detente.experiments.calibration.pooling.draws import own_parameters
from detente.experiments.cases.builder.evidence import Evidence, gather
from detente.experiments.cases.builder.new import built
from detente.experiments.cases.builder.new_request import checked_request
from detente.experiments.data.layouts import read_data
from detente.experiments.evidence.refit import Refit, at_day, total_rate
from detente.model.catalogue import CASE_FILE, load_scenario
from detente.model.errors import InputError
from detente.model.opening import Opening, opening
from detente.model.policy import Policy
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

LAST = date(2018, 7, 22)
"""Last day of the shipped cases that anything is fitted on."""

TABLES_UNTIL = 2020
"""Last whole year of the tables of ceasefires and agreements."""

LIST, CEASEFIRES, AGREEMENTS = "cases.csv", "ceasefires.csv", "agreements.csv"

Found = Callable[[str, int, int], None]
"""Called with what is done, the number done and the number in all."""


@dataclass(frozen=True)
class Conflict:
    """A conflict: its case, its observed course, the share of events that is seen, and what its series counts."""

    name: str
    scenario: Scenario
    observed: Course
    thin: float = 1.0
    counted: str = "deaths"

    def start(self, parameters: Any, theory: str) -> Opening:
        """The opening of the case with all levers at rest; what the case itself measured of its parameters stands."""
        merged = own_parameters(self.scenario, parameters)
        return opening(self.scenario, at_rest(), parameters=merged, theory=theory)


def at_rest() -> Policy:
    """The policy of no moves and no levers."""
    about = {"name": "status-quo", "title": "Status quo", "summary": "No levers and no moves."}
    return Policy.model_validate({**about, "mode": "conditioned", "levers": dict.fromkeys(LEVERS, 0.0)})


def conflicts(data: str | Path, progress: Found | None = None) -> tuple[Conflict, ...]:
    """All conflicts of a folder of data.

    Raises:
        InputError: where the folder lacks a file, and for files that no case can be built of.
    """
    folder = Path(data)
    listed = folder / "conflicts"
    rows = list_of(listed)
    tell = progress or (lambda what, done, total: None)
    found: list[Conflict] = []
    with tempfile.TemporaryDirectory(prefix="detente-") as place:
        for k, row in enumerate(rows.itertuples()):
            tell(f"reading {row.case}", k, len(rows) + 2)
            found.append(from_list(listed, Path(place), row))
    return (*found, *shipped(folder))


def list_of(folder: Path) -> pd.DataFrame:
    """The list of conflicts in a folder."""
    path = folder / LIST
    needed = [path, folder / CEASEFIRES, folder / AGREEMENTS]
    for file in needed:
        if not file.is_file():
            raise InputError(
                f"--data-dir: {file.parent} holds no {file.name}; expected the list, the ceasefires, the agreements "
                "and the series of the conflicts to pool"
            )
    rows = read_data(path).conflicts
    if rows is None:
        raise InputError(f"--data-dir: {path} is no list of conflicts; expected columns case, first and last")
    return rows


def from_list(folder: Path, place: Path, row: Any) -> Conflict:
    """A conflict of the list, with a case built of its files."""
    name = str(row.case)
    files = [p for p in (folder / f"{name}.csv", folder / f"{name}.daily.csv") if p.is_file()]
    request = checked_request(
        name,
        out=place / name,
        observed=[files],
        ceasefires=folder / CEASEFIRES,
        agreements=folder / AGREEMENTS,
        case=name,
    )
    case = built(request, screen=False)
    scenario = load_scenario(case.folder / CASE_FILE).model_copy().read_from(None)
    evidence = gather(request)
    won = "victory" in str(getattr(row, "outcome", ""))
    course = course_of(evidence, scenario, won=won)
    return Conflict(name, scenario, course, seen_share(scenario, course))


def course_of(evidence: Evidence, scenario: Scenario, *, won: bool | None) -> Course:
    """The observed course of a conflict over the days of its case."""
    first, last = scenario.case.start, scenario.case.end
    n_days = (last - first).days + 1
    monthly: Any = evidence.monthly
    series = monthly[evidence.total].loc[str(first.replace(day=1)) : str(last)].fillna(0.0).to_numpy(float)
    recorded = first.year < TABLES_UNTIL
    return Course(
        n_days,
        series,
        days_of(evidence.daily, first, last),
        observed_truces(evidence.truces, first, n_days) if recorded else None,
        observed_agreements(evidence.agreements, first, n_days) if recorded else None,
        None,
        won,
    )


def days_of(daily: pd.DataFrame | None, first: date, last: date) -> np.ndarray[Any, Any] | None:
    """Events by day, from the first to the last day; None where days are not known."""
    import pandas as pd

    if daily is None or "events" not in daily:
        return None
    whole: Any = daily["events"].reindex(pd.date_range(str(first), str(last)))
    return whole.fillna(0.0).to_numpy(float)


def observed_truces(table: pd.DataFrame | None, first: date, n_days: int) -> tuple[Truce, ...]:
    """The ceasefires of a table, those alike on one day once."""
    if table is None:
        return ()
    known = table[table["start"].notna()]
    days = days_from(first, list(known["start"]))
    joint = known["side"].isin(["bilateral", "multilateral"])
    local = known["partial"].astype(str) == "1"
    rows = zip(days, joint, local, strict=True)
    return once(Truce(day, bool(j), bool(part)) for day, j, part in rows if 0 <= day < n_days)


def observed_agreements(table: pd.DataFrame | None, first: date, n_days: int) -> tuple[tuple[int, bool], ...]:
    """Full and partial agreements of a table; those on the process alone settle nothing."""
    if table is None:
        return ()
    signed = table[table["type"].isin(["full", "partial"]) & table["start"].notna()]
    days = days_from(first, list(signed["start"]))
    rows = sorted(zip(days, signed["type"] == "full", strict=True))
    return tuple((day, bool(whole)) for day, whole in rows if 0 <= day < n_days)


def seen_share(scenario: Scenario, course: Course) -> float:
    """Observed events over those that the case's own rates give; 1 at most."""
    if course.events is None:
        return 1.0
    return float(min(course.events.sum() / max(total_rate(scenario) * course.n_days, 1e-9), 1.0))


# -- the shipped cases


def shipped(folder: Path) -> Iterator[Conflict]:
    """Afghanistan and Korea, over the years of their series."""
    yield afghanistan(folder)
    yield korea(folder)


def moved(name: str, first: date) -> Scenario:
    """A shipped case moved to other years, with its own rates and season."""
    case = load_scenario(name)
    season = tuple(float(f) for f in case.calendar.season) or (1.0,) * 12
    return at_day(case, Refit(1.0, 1.0, season, 5.0, 0.0, ""), first, LAST)


def series_file(folder: Path, name: str) -> Path:
    """A file of the folder; raises ``InputError`` where it is missing."""
    path = folder / name
    if not path.is_file():
        raise InputError(f"--data-dir: {folder} holds no {name}; expected the series of the shipped cases")
    return path


def afghanistan(folder: Path) -> Conflict:
    """Afghanistan 2010 to 2018: the three days of Eid in June 2018 are its only ceasefire."""
    first = date(2010, 1, 1)
    scenario = moved("afghanistan-2018", first)
    monthly: Any = read_data(series_file(folder, "afghanistan_monthly_2006_2018.csv")).monthly
    daily = read_data(series_file(folder, "afghanistan_daily_2006_2018.csv")).daily
    n_days = (LAST - first).days + 1
    series = monthly["deaths_all"].loc[str(first) : "2018-06-30"].to_numpy(float)
    eid = (date(2018, 6, 15) - first).days
    course = Course(n_days, series, days_of(daily, first, LAST), (Truce(eid, True, False),), (), None, False)
    return Conflict("afghanistan-2018", scenario, course, seen_share(scenario, course))


def korea(folder: Path) -> Conflict:
    """Korea 2014 to 2018: missile tests in the place of deaths; talks opened on 9 January 2018."""
    first = date(2014, 1, 1)
    scenario = moved("korea-2017", first)
    monthly: Any = read_data(series_file(folder, "dprk_monthly_2010_2018.csv")).monthly
    series = monthly["missile_launches"].loc[str(first) : "2018-06-30"].to_numpy(float)
    n_days = (LAST - first).days + 1
    talks = float((date(2018, 1, 9) - first) / timedelta(days=1))
    return Conflict("korea-2017", scenario, Course(n_days, series, talks=talks), counted="events")
