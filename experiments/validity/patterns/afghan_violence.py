"""The shape of Afghan violence: its scatter and memory by week, its tail, its holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np

from detente.experiments.evidence import moments
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Near, Pattern, below
from detente.experiments.validity.patterns.afghan_course import ALL, ATTACKS, CASE, HOME, no_june_truce
from detente.experiments.validity.setups import Setup, off
from detente.experiments.validity.spells import picks

Values = np.ndarray[Any, Any]

WEEKS = 191
"""Whole weeks of the case; the observed figures are taken from as many weeks, to 22 July 2018."""
LAGS = (1, 2, 4, 13)
OBSERVED_ACF = {1: 0.35, 2: 0.25, 4: 0.11, 13: -0.05}
OBSERVED_FANO = 2.36
OBSERVED_TAIL = 2.65
LEAST_TAIL = 10
"""Deaths from which the tail of single events is fitted."""
DEATHS = tuple(f"dyads.{d}.step_deaths" for d in ALL)

WAR = Setup(
    CASE, policy="status-quo", mode="free", parameters=off("talks", "measures", "ceasefires", "leverage")
)
"""The war without a process, as the series before July 2018 was."""

of_weeks = partial(
    Pattern,
    mark="fitted",
    setups=(WAR,),
    columns=ATTACKS,
    rule=Near(),
    control=off("excitation"),
    control_words="excitation off",
    nulls=("constant", "seasonal"),
)
"""A pattern of weekly attacks in the war without a process: what daily overdispersion was calibrated on, so fitted."""

NO_TRUCE_2018 = Setup(CASE, change=no_june_truce, parameters=off("ceasefires"))

EIDS = (
    date(2018, 6, 15),
    date(2018, 8, 21),
    date(2019, 6, 4),
    date(2019, 8, 11),
    date(2020, 5, 24),
    date(2020, 7, 31),
)


def weekly(panel: Panel) -> Values:
    """Attacks a week between government, its allies and the Taliban, over whole weeks; NaN rows for runs cut short."""
    return moments.weekly(panel.daily(ALL)[:, : 7 * WEEKS])


def dispersion(panel: Panel) -> Values:
    """Variance over mean of weekly attacks."""
    return np.array([moments.fano(weeks) for weeks in weekly(panel)])


def autocorrelation(lag: int, panel: Panel) -> Values:
    """Autocorrelation of weekly attacks at a lag."""
    return np.array([moments.autocorrelation(weeks, lag) for weeks in weekly(panel)])


def tail_exponent(deaths: Values, least: float = LEAST_TAIL) -> float:
    """Density exponent of a power-law tail, by maximum likelihood on whole numbers (continuity at least - 1/2)."""
    tail = deaths[deaths >= least]
    return 1.0 + len(tail) / float(np.log(tail / (least - 0.5)).sum()) if len(tail) > 9 else float("nan")


def single_event_tail(panel: Panel) -> Values:
    """Tail exponent of the deaths of days with exactly one attack, run by run."""
    attacks, deaths = panel.daily(ALL), panel.daily(ALL, "step_deaths")
    return np.array([tail_exponent(d[a == 1.0]) for a, d in zip(attacks, deaths, strict=True)])


def holiday_effect(panel: Panel) -> Values:
    """Attacks a day in the three days of six Eids, relative to the 28 days before each, pooled within a run."""
    three, month = timedelta(days=2), timedelta(days=28)
    inside = sum(panel.count(HOME, eid, eid + three) for eid in EIDS)
    before = sum(panel.count(HOME, eid - month, eid - timedelta(days=1)) for eid in EIDS)
    return np.asarray((inside / 3) / (before / 28))


def june_truce(made: Panel, unmade: Panel) -> Values:
    """Attacks in the dyad from 15 to 17 June 2018, truce imposed against blocked, pooled and resampled over seeds."""
    window = (date(2018, 6, 15), date(2018, 6, 17))
    with_truce, without = made.count(HOME, *window), unmade.count(HOME, *window)
    chosen = picks(len(without), len(without))
    return np.nansum(with_truce[chosen], axis=1) / np.nansum(without[chosen], axis=1)


def memory_of_weeks() -> tuple[Pattern, ...]:
    """One pattern a lag."""
    return tuple(
        of_weeks(
            key=f"weekly memory, {lag}",
            title=f"Violence remembers {lag} week{'s' if lag > 1 else ''}",
            sources=("ged",),
            observed=f"{OBSERVED_ACF[lag]:.2f} over 191 weeks to 22 Jul 2018",
            read=partial(autocorrelation, lag),
            statistic=f"autocorrelation of weekly attacks at {lag} weeks",
            value=OBSERVED_ACF[lag],
            if_missed="Season and excitation together give a different autocorrelation from the data.",
        )
        for lag in LAGS
    )


def patterns() -> tuple[Pattern, ...]:
    """All patterns of violence."""
    return (
        of_weeks(
            key="weekly scatter",
            title="Weekly attacks scatter more than by chance",
            sources=("ged",),
            observed="variance over mean 2.36 over 191 weeks to 22 Jul 2018",
            read=dispersion,
            statistic="variance over mean of weekly attacks",
            value=OBSERVED_FANO,
            if_missed=(
                "Excitation with a memory of three weeks adds little within a week; the remaining scatter is daily "
                "random variation."
            ),
        ),
        *memory_of_weeks(),
        Pattern(
            key="severity tail",
            title="Deaths an event have a power-law tail",
            sources=("bohorquez2009", "ged"),
            observed="density exponent 2.65 above 10 deaths, single-event days 2014 to 22 Jul 2018",
            mark="fitted",
            setups=(WAR,),
            columns=(*ATTACKS, *DEATHS),
            read=single_event_tail,
            rule=Near(),
            statistic="density exponent of deaths above 10, days with one attack",
            value=OBSERVED_TAIL,
            if_missed="One tail exponent stands for all years and sides.",
        ),
        Pattern(
            key="Eid",
            title="Holidays lower violence without any truce",
            sources=("ged",),
            observed="x0.45 in eight Eids al-Fitr 2010 to 2017",
            mark="fitted",
            setups=(NO_TRUCE_2018,),
            columns=ATTACKS,
            read=holiday_effect,
            rule=Near(),
            statistic="attacks a day in six Eids relative to the 28 days before, no ceasefires",
            value=0.45,
            if_missed="The holiday restraint is declared, but ceasefires and talks may add to it.",
            nulls=("constant", "seasonal"),
        ),
        Pattern(
            key="June 2018",
            title="The truce of June 2018 did more than its holiday",
            sources=("ged",),
            observed="events x0.13 of the 28 days before, of which the holiday is x0.45",
            mark="fitted",
            setups=(Setup(CASE), Setup(CASE, change=no_june_truce)),
            columns=ATTACKS,
            read=june_truce,
            rule=below(0.6),
            statistic="attacks 15 to 17 June 2018, truce imposed against blocked (same seeds, pooled)",
            value=0.13 / 0.45,
            if_missed="A ceasefire binds only fighters who obey.",
            control=off("ceasefires"),
            control_words="ceasefires off",
            pooled=True,
        ),
    )
