"""Runs of a case's violence over the years of the data, with parameters to try."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.calibration.patterns import LEAST_DAYS, Year
from detente.experiments.evidence.holidays import marked, projected
from detente.experiments.evidence.refit import QUIET, Refit, at_day, smoothed, total_deaths, total_rate
from detente.model.errors import InputError
from detente.model.facts import check_facts, with_facts
from detente.model.keywords import facts_in, is_fact
from detente.model.policy import parse_policy
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

OFF = ("mediation", "talks", "measures", "ceasefires", "leverage", "settlement")
"""Mechanisms switched off while violence is fitted: the data hold one truce of three days."""


@dataclass(frozen=True)
class Study:
    """A case, the month factors of its season, and the years of observed days that it is fitted on."""

    scenario: Scenario
    season: tuple[float, ...]
    years: tuple[Year, ...]


def study(scenario: Scenario, daily: pd.DataFrame, first: date, until: date) -> Study:
    """The years of observed days between two dates, with the season fitted to these days.

    Raises ``InputError`` for too few days, and for a case in which nobody is killed.
    """
    from detente.experiments.evidence.moments import month_factors

    if not (total_rate(scenario) > 0 and total_deaths(scenario) > 0):
        raise InputError(
            f"{scenario.case.name}: its attacks kill nobody; expected a case with deaths, as the data count them"
        )
    chosen: Any = daily[(daily.index >= str(first)) & (daily.index <= str(until))]
    if len(chosen) < 2 * LEAST_DAYS:
        raise InputError(
            f"--from, --until: got {first} to {until}, which holds {len(chosen)} days of data; "
            f"expected at least {2 * LEAST_DAYS}"
        )
    index = chosen.index
    season = smoothed(
        month_factors(chosen["events"].to_numpy(), index.month.to_numpy(), index.year.to_numpy())
    )
    parts = [part for _, part in chosen.groupby(chosen.index.year) if len(part) >= LEAST_DAYS]
    return Study(scenario, season, tuple(year_of(scenario, season, part) for part in parts))


def afterwards(made: Study, daily: pd.DataFrame, until: date) -> Study | None:
    """The days from a date to the end of its year, to be run at what was known then: level and severity of 12 months.

    None where the data hold too few of them.
    """
    index: Any = daily.index
    later: Any = daily[(index > str(until)) & (index.year == until.year)]
    if len(later) < LEAST_DAYS:
        return None
    before = year_of(made.scenario, made.season, daily[index <= str(until)].iloc[-365:])
    year = year_of(made.scenario, made.season, later)
    given = (before.level, before.severity)
    return replace(made, years=(replace(year, given=given),))


def year_of(scenario: Scenario, season: tuple[float, ...], part: pd.DataFrame) -> Year:
    """One year of observed days, with the factors of its calendar."""
    from detente.model.calendars import day_records

    rows: Any = part
    start, end = rows.index[0].date(), rows.index[-1].date()
    shifted = at_day(scenario, Refit(1.0, 1.0, season, 5.0, 0.0, ""), start, end + timedelta(days=1))
    days = day_records(shifted)[: len(rows)]
    holidays = np.array(marked(projected(scenario, start, end), start, len(rows)))
    return Year(
        start,
        days["season"],
        holidays,
        truces(scenario, start, len(rows)),
        rows["events"].to_numpy(),
        rows["deaths"].to_numpy(),
    )


def truces(scenario: Scenario, start: date, n_days: int) -> Values:
    """Days on which history has someone hold fire: 1 there."""
    from detente.model.catalogue import file_names, load_policy

    marks = np.zeros(n_days)
    if "history" not in file_names(scenario):
        return marks
    for move in load_policy(scenario, "history").move:
        if move.do in ("offer_truce", "answer_truce", "extend_truce") and move.start and move.end:
            low, high = (move.start - start).days, (move.end - start).days
            marks[max(low, 0) : max(high + 1, 0)] = 1.0
    return marks


def simulate(made: Study, parameters: Mapping[str, float], seed: int, workers: int = 1) -> list[Year]:
    """The years run by the rules with some violence parameters and facts; levels and severities are the data's."""
    with ThreadPoolExecutor(max(1, min(workers, len(made.years)))) as pool:
        jobs = [pool.submit(run_year, made, year, parameters, seed + k) for k, year in enumerate(made.years)]
        return [job.result() for job in jobs]


def run_year(made: Study, year: Year, parameters: Mapping[str, float], seed: int) -> Year:
    """One year run by the rules: its daily events and deaths."""
    from detente.model.engine import run_batch
    from detente.model.opening import opening

    facts = facts_in(parameters)
    case = held_at(made.scenario, facts)
    end = year.start + timedelta(days=len(year.events))
    level, severity = year.given or (year.level, year.severity)
    usual = total_deaths(case) / total_rate(case)
    fit = Refit(level / total_rate(case), severity / usual, made.season, 5.0, 0.0, "")
    shifted = at_day(case, fit, year.start, end)
    chosen = violence_only(shifted, parameters)
    start = opening(shifted, parse_policy(QUIET, "built in"), parameters=chosen)
    wanted = ("tally.attacks", "tally.spoiler_attacks", "tally.fatalities")
    batch = run_batch(start, [seed], wanted=wanted, every=1, threads=1)
    days = np.diff(batch.series[0, : len(year.events) + 1], axis=0)
    return replace(year, events=days[:, 0] + days[:, 1], deaths=days[:, 2])


def held_at(scenario: Scenario, facts: Mapping[str, float]) -> Scenario:
    """A case with facts to try in place, which are then not drawn."""
    check_facts(scenario, facts)
    others = tuple(fact for fact in scenario.facts if fact.path not in facts)
    return with_facts(scenario, facts).model_copy(update={"facts": others})


def violence_only(scenario: Scenario, parameters: Mapping[str, float]) -> Any:
    """The case's parameters with those to try in place, and politics switched off."""
    own = scenario.parameters
    violence = {name.split(".")[1]: value for name, value in parameters.items() if not is_fact(name)}
    return own.model_copy(
        update={
            "switches": own.switches.model_copy(update=dict.fromkeys(OFF, 0)),
            "violence": own.violence.model_copy(update=violence),
        }
    )
