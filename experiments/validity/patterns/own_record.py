"""What the record of a case says of it: its observed months beside those of runs, and its dated patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from detente.experiments.evidence import moments
from detente.experiments.runs.recorded_series import next_month
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Near, Pattern
from detente.experiments.validity.patterns import dated
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import load_scenario
from detente.model.scenario import ObservedSpec, Scenario

Values = np.ndarray[Any, Any]

TALLIES = {"deaths": "tally.fatalities", "attacks": "tally.attacks", "events": "tally.attacks"}
"""Name of an observed series -> the count of the model that it can be set beside."""

LEAST_MONTHS = 12
"""Observed months inside a case below which their scatter says nothing."""


def of_the_record(case: str) -> tuple[Pattern, ...]:
    """What the record of a case says of it: its observed months, and its dated patterns."""
    own = Setup(case, policy=None, step_days=1.0)
    months = observed_months(own, load_scenario(case))
    return (*(replace(p, sources=("ged",)) for p in months), *dated.patterns(case))


def unread(scenario: Scenario) -> list[tuple[str, str]]:
    """Observed series that are not set beside the model, and why."""
    rows: list[tuple[str, str]] = []
    for series in scenario.observed:
        if series.name not in TALLIES:
            rows.append(
                (series.name, f"the model has no count of that name; expected {' or '.join(TALLIES)}")
            )
        elif len(months_inside(scenario, series)) < LEAST_MONTHS:
            rows.append((series.name, f"fewer than {LEAST_MONTHS} of its months lie inside the case"))
    return rows


def months_inside(scenario: Scenario, series: ObservedSpec) -> dict[date, float]:
    """First day -> observed value, for months that the case covers whole."""
    case = scenario.case
    months = {date.fromisoformat(f"{month}-01"): value for month, value in sorted(series.monthly.items())}
    return {
        first: value
        for first, value in months.items()
        if first >= case.start and next_month(first) <= case.end + timedelta(days=1)
    }


def observed_months(own: Setup, scenario: Scenario) -> tuple[Pattern, ...]:
    """Level, scatter and memory of every observed series."""
    return tuple(p for series in scenario.observed for p in observed_patterns(own, scenario, series))


def observed_patterns(own: Setup, scenario: Scenario, series: ObservedSpec) -> tuple[Pattern, ...]:
    """Level, scatter and memory of an observed series; none where the model has no such count."""
    if series.name in dict(unread(scenario)):
        return ()
    observed, tally = months_inside(scenario, series), TALLIES[series.name]
    months = tuple(observed)
    values = np.array(list(observed.values()))
    statistics: tuple[tuple[str, str, Callable[[Values], float], str], ...] = (
        ("level", f"{series.name} a month", mean, f"mean {series.name} a month"),
        ("scatter", "months differ as they did", moments.fano, "variance over mean of months"),
        ("memory", "a month is like the one before", memory, "autocorrelation of months at one month"),
    )
    return tuple(
        Pattern(
            key=f"{series.name}, {word}",
            title=title[0].upper() + title[1:],
            sources=(series.source,),
            observed=f"{statistic(values):.3g} over {len(months)} months",
            mark="fitted",
            setups=(own,),
            columns=(tally,),
            read=partial(by_month, tally, months, statistic),
            rule=Near(),
            statistic=f"{words}, {len(months)} months",
            value=float(statistic(values)),
            if_missed="The case's rates, season or excitation give other months than those observed.",
        )
        for word, title, statistic, words in statistics
    )


def mean(values: Values) -> float:
    """Mean of the months."""
    return float(np.mean(values))


def memory(values: Values) -> float:
    """Autocorrelation at a month."""
    return moments.autocorrelation(values, 1)


def by_month(
    tally: str, months: tuple[date, ...], statistic: Callable[[Values], float], panel: Panel
) -> Values:
    """A statistic of monthly counts, run by run; NaN for runs that ended before the last of the months."""
    day = timedelta(days=1)
    first = panel.start.scenario.case.start
    ends = [panel.at(tally, next_month(month) - day) for month in months]
    starts = [panel.at(tally, m - day) if m > first else np.zeros(len(panel.seeds)) for m in months]
    counts = np.array(ends) - np.array(starts)
    return np.array([statistic(run) if np.isfinite(run).all() else np.nan for run in counts.T])
