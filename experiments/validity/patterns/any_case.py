"""Patterns that can be looked for in any case: invariants, ceasefires and agreements, and its own observed months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from detente.agents.schema import record_fields
from detente.experiments.runs.outcomes import hostile_dyads, hostile_pairs
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import TRUE, Pattern
from detente.experiments.validity.patterns import dated, truces, war_course
from detente.experiments.validity.patterns.own_record import observed_months, unread
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import file_names
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.request import default_policy
from detente.model.scenario import Scenario
from detente.model.series import SERIES

Values = np.ndarray[Any, Any]

YEARS = 10
"""Years after its first to which a case is run on, to see classes of ceasefire and agreements end."""

TIED = ("second agreement", "yearly change")
"""Patterns that name parties of one case, or a number observed there."""

TOLERANCE = 1e-9


def patterns(case: str, scenario: Scenario) -> tuple[Pattern, ...]:
    """All patterns for a case, by name or path: invariants, ceasefires and agreements, and what its own record says."""
    own = Setup(case, policy=None, step_days=1.0)
    start = own.open()
    return (
        *invariants(own, start),
        *observed_months(own, scenario),
        *(elsewhere(p, own, start) for p in general()),
        *dated.patterns(case),
    )


def general() -> tuple[Pattern, ...]:
    """Patterns of wars, ceasefires and agreements that can be looked for in any case."""
    found = (*truces.patterns(), *war_course.patterns(truces.CASE))
    return tuple(p for p in found if p.key not in TIED)


def left_out(scenario: Scenario) -> list[tuple[str, str]]:
    """What is not looked for in a case, and why."""
    from detente.experiments.validity.patterns import PATTERNS

    known = {p.key for p in general()}
    found: list[tuple[str, str]] = []
    for other, declared in PATTERNS.items():
        n = sum(p.key not in known for p in declared())
        found.append(
            (f"{n} patterns of {other}", "they name its parties, its days or figures observed there")
        )
    return found + [(f"observed series {name}", why) for name, why in unread(scenario)]


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
