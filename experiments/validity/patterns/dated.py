"""Dated patterns read off runs: counts of a window of days, and the state of truces, talks and agreements in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np

from detente.agents import codes
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Near, Pattern, Rule, Sign, between
from detente.experiments.validity.patterns.pattern_file import UNITS, PatternSpec, Window, in_words, specs
from detente.experiments.validity.setups import Setting, Setup
from detente.model.catalogue import load_scenario

Values = np.ndarray[Any, Any]

HALF = 0.5
"""Added to both counts of a ratio, so that a quiet window has one too."""


def patterns(case: str) -> tuple[Pattern, ...]:
    """The dated patterns beside a case, by name or path; raises ``InputError`` for a faulty file."""
    return tuple(pattern_of(case, spec) for spec in specs(load_scenario(case)))


def pattern_of(case: str, spec: PatternSpec) -> Pattern:
    """A pattern as the card takes it."""
    return Pattern(
        key=spec.key,
        title=spec.title,
        sources=spec.sources,
        observed=spec.observed,
        mark=spec.mark,
        setups=(Setup(case, spec.policy, spec.mode, spec.until),),
        columns=columns(spec),
        read=partial(read, spec),
        rule=rule_of(spec),
        statistic=statistic_of(spec),
        value=spec.value,
        control=tuple(setting(path, value) for path, value in spec.settings.items()),
        control_words=control_words(spec),
        nulls=("constant",) if spec.measure == "events" else (),
        persistence=1.0 if spec.before else None,
        if_missed=spec.if_missed,
    )


def setting(path: str, value: float) -> Setting:
    """A parameter by its dotted name."""
    group, _, name = path.partition(".")
    return group, name, value


def control_words(spec: PatternSpec) -> str:
    """The control, in words."""
    off = [f"{' and '.join(spec.off)} off"] if spec.off else []
    return ", ".join([*off, *(f"{name} = {value:g}" for name, value in spec.control.items())])


def rule_of(spec: PatternSpec) -> Rule:
    """How it is judged."""
    low, high = spec.at_least, spec.at_most
    if low is not None and high is not None:
        return between(low, high)
    if low is not None:
        return Sign(f">= {low:g}", lambda v: v >= low)
    return Near() if high is None else Sign(f"<= {high:g}", lambda v: v <= high)


def statistic_of(spec: PatternSpec) -> str:
    """What is measured, in words."""
    who = " and ".join(spec.between or ()) or spec.track
    what = f"{UNITS[spec.measure]}, {who}" if who else UNITS[spec.measure]
    if spec.before is None:
        return f"{what}, {in_words(spec.window)}"
    return f"{what}: a day of {in_words(spec.window)} relative to {in_words(spec.before)}, half a count added to both"


# -- read off runs


def columns(spec: PatternSpec) -> tuple[str, ...]:
    """The columns that a pattern reads."""
    pair = "+".join(spec.between or ())
    return {
        "events": tuple(f"dyads.{dyad}.step_attacks" for dyad in dyads(spec)),
        "deaths": ("tally.fatalities",),
        "ceasefire": (f"pairs.{pair}.truce_state",),
        "talks": (f"tracks.{spec.track}.is_open",),
        "settled": (f"tracks.{spec.track}.n_settled",),
        "agreement": (f"pairs.{pair}.agreed",),
    }[spec.measure]


def dyads(spec: PatternSpec) -> tuple[str, ...]:
    """Both directions of the two parties."""
    return () if spec.between is None else (">".join(spec.between), ">".join(spec.between[::-1]))


def read(spec: PatternSpec, panel: Panel) -> Values:
    """The number of a pattern, run by run; NaN for runs that ended before its last day."""
    return MEASURES[spec.measure](spec, panel)


def counted(spec: PatternSpec, panel: Panel) -> Values:
    """A count of the window, or relative to the earlier one."""
    after = count(spec, panel, spec.window)
    return (
        after
        if spec.before is None
        else ratio(after, count(spec, panel, spec.before), spec.window, spec.before)
    )


def count(spec: PatternSpec, panel: Panel, window: Window) -> Values:
    """Attacks between the two parties, or all deaths, in a window."""
    if spec.measure == "events":
        return panel.count(dyads(spec), *window)
    eve = window[0] - timedelta(days=1)
    earlier = panel.at("tally.fatalities", eve) if eve >= panel.start.scenario.case.start else 0.0
    return panel.at("tally.fatalities", window[1]) - earlier


def ratio(after: Values, before: Values, window: Window, earlier: Window) -> Values:
    """A count a day relative to that of an earlier window, half a count added to both."""
    return (after + HALF) / length(window) * length(earlier) / (before + HALF)


def length(window: Window) -> int:
    """Days of a window, both ends included."""
    return (window[1] - window[0]).days + 1


def share_of_days(level: int, spec: PatternSpec, panel: Panel) -> Values:
    """Share of the days of the window at whose end a state is at its level or above."""
    first, last = (panel.step(day) for day in spec.window)
    states = panel.column(columns(spec)[0])[:, first : last + 1]
    return np.where(panel.last_step < last, np.nan, (states >= level).mean(axis=1))


def at_the_end(spec: PatternSpec, panel: Panel) -> Values:
    """A state at the end of the window."""
    return panel.at(columns(spec)[0], spec.window[1])


MEASURES: dict[str, Callable[[PatternSpec, Panel], Values]] = {
    "events": counted,
    "deaths": counted,
    "ceasefire": partial(share_of_days, codes.IN_FORCE),
    "talks": partial(share_of_days, 1),
    "settled": at_the_end,
    "agreement": at_the_end,
}
