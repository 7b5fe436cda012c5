"""Patterns that can be looked for in any case: invariants, ceasefires and agreements, and its own observed months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from detente.agents.schema import record_fields
from detente.experiments.evidence import moments
from detente.experiments.runs.outcomes import hostile_dyads, hostile_pairs
from detente.experiments.runs.recorded_series import next_month
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import TRUE, Near, Pattern
from detente.experiments.validity.patterns import truces
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import file_names
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.request import default_policy
from detente.model.scenario import ObservedSpec, Scenario
from detente.model.series import SERIES

Values = np.ndarray[Any, Any]

YEARS = 10
"""Years after its first to which a case is run on, to see classes of ceasefire and agreements end."""

TALLIES = {"deaths": "tally.fatalities", "attacks": "tally.attacks", "events": "tally.attacks"}
"""Name of an observed series -> the count of the model that it can be set beside."""

LEAST_MONTHS = 12
"""Observed months inside a case below which their scatter says nothing."""

TIED = ("second agreement",)
"""Patterns of ceasefires and agreements that name parties of one case."""

TOLERANCE = 1e-9


def patterns(case: str, scenario: Scenario) -> tuple[Pattern, ...]:
    """All patterns for a case, by name or path: invariants, its own observed months, ceasefires and agreements."""
    own = Setup(case, policy=None, step_days=1.0)
    start = own.open()
    return (
        *invariants(own, start),
        *(p for series in scenario.observed for p in observed_patterns(own, scenario, series)),
        *(elsewhere(p, own, start) for p in truces.patterns() if p.key not in TIED),
    )


def left_out(scenario: Scenario) -> list[tuple[str, str]]:
    """What is not looked for in a case, and why."""
    from detente.experiments.validity.patterns import PATTERNS

    general = {p.key for p in truces.patterns()} - set(TIED)
    found: list[tuple[str, str]] = []
    for other, declared in PATTERNS.items():
        n = sum(p.key not in general for p in declared())
        found.append(
            (f"{n} patterns of {other}", "they name its parties, its days or figures observed there")
        )
    return found + [(f"observed series {name}", why) for name, why in unread(scenario)]


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


# -- invariants


def invariants(own: Setup, start: Opening) -> tuple[Pattern, ...]:
    """What holds in every run by construction, so that a miss is a fault of the program."""
    pattern = partial(
        Pattern,
        sources=(),
        observed="by construction",
        mark="imposed",
        setups=(own,),
        rule=TRUE,
        pooled=True,
        if_missed="A fault of the program.",
    )
    attacks = tuple(f"dyads.{name}.step_attacks" for name in start.cast.dyads)
    stocks = bounded_stocks(start)
    return (
        pattern(
            key="counts",
            title="Deaths and attacks so far never fall",
            columns=("tally.fatalities", "tally.attacks"),
            read=never_fall,
            statistic="1 if no run lowers a count",
        ),
        pattern(
            key="attacks add up",
            title="Attacks in all are those of the dyads",
            columns=("tally.attacks", *attacks),
            read=partial(add_up, attacks),
            statistic="1 if the total of every run is the sum over dyads and days",
        ),
        pattern(
            key="ranges",
            title="Every stock stays in its declared range",
            columns=tuple(stocks),
            read=partial(in_range, stocks),
            statistic=f"1 if none of {len(stocks)} stocks leaves it",
        ),
    )


def verdict(holds: object) -> Values:
    """One number for all runs: 1 if something holds in each."""
    return np.array([float(bool(holds))])


def never_fall(panel: Panel) -> Values:
    """Whether counts grow or stand still."""
    counts = [panel.column(name) for name in ("tally.fatalities", "tally.attacks")]
    return verdict(all(np.all(np.diff(values, axis=1) >= -TOLERANCE) for values in counts))


def add_up(attacks: Sequence[str], panel: Panel) -> Values:
    """Whether attacks of the dyads, day by day, come to the total."""
    by_day = np.sum([panel.column(name)[:, 1:] for name in attacks], axis=0, dtype=float)
    late = np.arange(by_day.shape[1])[None, :] >= panel.last_step[:, None]
    return verdict(np.allclose(np.where(late, 0.0, by_day).sum(axis=1), panel.column("tally.attacks")[:, -1]))


def bounded_stocks(start: Opening) -> dict[str, tuple[float, float]]:
    """Column of a stock -> its declared range; an open end is infinite."""
    found: dict[str, tuple[float, float]] = {}
    for kind, names in SERIES.items():
        declared = {field.name: field.metadata for field in record_fields(KINDS[kind])}
        for name in (n for n in names if declared[n]["stock"]):
            low, high = declared[name]["low"], declared[name]["high"]
            ends = (-np.inf if low is None else low, np.inf if high is None else high)
            found |= {f"{kind}.{owner}.{name}": ends for owner in start.cast.of(kind)}
    return found


def in_range(stocks: dict[str, tuple[float, float]], panel: Panel) -> Values:
    """Whether every stock stays in its range."""
    return verdict(
        all(
            np.all((panel.column(name) >= low - TOLERANCE) & (panel.column(name) <= high + TOLERANCE))
            for name, (low, high) in stocks.items()
        )
    )


# -- observed months


def months_inside(scenario: Scenario, series: ObservedSpec) -> dict[date, float]:
    """First day -> observed value, for months that the case covers whole."""
    case = scenario.case
    months = {date.fromisoformat(f"{month}-01"): value for month, value in sorted(series.monthly.items())}
    return {
        first: value
        for first, value in months.items()
        if first >= case.start and next_month(first) <= case.end + timedelta(days=1)
    }


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


# -- patterns declared for one case, looked for in another


def elsewhere(pattern: Pattern, own: Setup, start: Opening) -> Pattern:
    """A pattern of ceasefires or agreements in another case: its set-ups there, under policies that the case has."""
    files = file_names(start.scenario)
    last = date(start.scenario.case.start.year + YEARS, 12, 31)

    def moved(setup: Setup) -> Setup:
        policy = setup.policy if setup.policy in files else default_policy(start.scenario)
        return replace(own, policy=policy, mode="free", parameters=setup.parameters, end=last)

    columns = dict.fromkeys(column for name in pattern.columns for column in columns_like(name, start))
    return replace(pattern, setups=tuple(map(moved, pattern.setups)), columns=tuple(columns))


def columns_like(column: str, start: Opening) -> list[str]:
    """The columns of a case that hold what a column of another does: of all dyads or pairs that fight."""
    kind, _, field = column.split(".")
    names = hostile_dyads(start) if kind == "dyads" else hostile_pairs(start)
    return [f"{kind}.{name}.{field}" for name in names]
