"""How a war goes from year to year, under ceasefires, after them and before signatures, against many observed wars.

Each is read in samples as large as the observed one.  The constants of the core were fitted to targets of many wars,
these among them, so none of them counts as found.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from detente.agents.codes import AGREEMENT
from detente.experiments.runs.outcomes import hostile_pairs
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Near, Pattern
from detente.experiments.validity.patterns.afghan_course import ATTACKS
from detente.experiments.validity.setups import Setup, off
from detente.experiments.validity.spells import resampled

Values = np.ndarray[Any, Any]

LAST = date(2028, 12, 31)
YEAR = 365
QUARTER, MONTH = 90, 30
LEAST_EVENTS = 5
"""Attacks in the 90 days before below which no ratio is taken."""

N_YEARS, N_TOOK_HOLD, N_BROKEN, N_SIGNED = 12, 126, 69, 72
"""Observed yearly changes, ceasefires that took hold, ceasefires ended by a party, agreements."""

YEARLY_HALF = 5.0
"""Deaths added to both years of a change."""


def yearly_changes(panel: Panel) -> Values:
    """Standard deviation of the yearly change of the log of deaths, in samples of as many changes as were observed."""
    total = panel.column("tally.fatalities").astype(float)
    n_years = (total.shape[1] - 1) // YEAR
    at = total[:, : YEAR * n_years + 1 : YEAR]
    known = panel.last_step[:, None] >= YEAR * np.arange(1, n_years + 1)[None, :]
    years = np.where(known, np.diff(at, axis=1), np.nan)
    changes = np.diff(np.log(years + YEARLY_HALF), axis=1).reshape(-1)
    return resampled(changes, N_YEARS, partial(np.std, ddof=1))


def both_ways(pair: str) -> tuple[str, str]:
    """The two directed dyads of a pair."""
    one, other = pair.split("+")
    return f"{one}>{other}", f"{other}>{one}"


def mean_of(days: Values, first: int, last: int) -> float:
    """Attacks a day from one day to before another; NaN for a window that does not fit into the run."""
    part = days[max(first, 0) : last]
    return float(part.mean()) if first >= 0 and len(part) == last - first > 0 else float("nan")


def spells_with_days(panel: Panel) -> Iterator[tuple[Any, Values, float]]:
    """Ceasefires of both sides with the attacks a day of their pair, and the mean of the 90 days before."""
    daily = {pair: panel.daily(both_ways(pair)) for pair in hostile_pairs(panel.start)}
    for _, spell in panel.ceasefires.iterrows():
        days = daily[spell["pair"]][int(spell["run"])]
        before = mean_of(days, int(spell["first"]) - QUARTER, int(spell["first"]))
        if before * QUARTER >= LEAST_EVENTS and spell["scope"] == "dyad":
            yield spell, days, before


def after_a_month(panel: Panel) -> Values:
    """Attacks in days 31 to 90 of ceasefires that took hold, relative to the 90 days before; the median, resampled."""
    found: list[float] = []
    for spell, days, before in spells_with_days(panel):
        first = int(spell["first"])
        if mean_of(days, first, first + MONTH) < before / 2.0:
            found.append(mean_of(days, first + MONTH, first + QUARTER) / before)
    return resampled(np.array(found), N_TOOK_HOLD, np.median)


def after_the_end(panel: Panel) -> Values:
    """Attacks in the 30 days after a ceasefire collapsed, relative to the 90 days before it; the median, resampled."""
    found: list[float] = []
    for spell, days, before in spells_with_days(panel):
        if spell["ended"] == "collapsed":
            end = int(spell["first"]) + int(spell["days"])
            found.append(mean_of(days, end + 1, end + 1 + MONTH) / before)
    return resampled(np.array(found), N_BROKEN, np.median)


def before_a_signature(panel: Panel) -> Values:
    """Attacks in the 90 days before an agreement relative to the nine months before that; the mean ratio, resampled."""
    daily = [
        panel.daily(both_ways(pair)) for pair in panel.start.cast.pairs if pair in hostile_pairs(panel.start)
    ]
    places = [k for k, pair in enumerate(panel.start.cast.pairs) if pair in hostile_pairs(panel.start)]
    pairs: list[tuple[float, float]] = []
    for run, events in enumerate(panel.events):
        for event in events[events["what"] == AGREEMENT]:
            if int(event["subject"]) in places:
                days, day = daily[places.index(int(event["subject"]))][run], int(event["day"])
                pairs.append((mean_of(days, day - QUARTER, day), mean_of(days, day - YEAR, day - QUARTER)))
    rows = np.array(pairs).reshape(-1, 2)
    usable = rows[:, 1] * (YEAR - QUARTER) >= LEAST_EVENTS
    return resampled(np.where(usable, rows[:, 0] / np.maximum(rows[:, 1], 1e-9), np.nan), N_SIGNED, np.mean)


def patterns(case: str) -> tuple[Pattern, ...]:
    """All patterns of the course of a war, for a case with the Afghan parties."""
    quiet = Setup(case, policy="status-quo", mode="free", end=LAST)
    talking = Setup(case, policy="five-lessons", mode="free", end=LAST)
    pattern = partial(Pattern, mark="fitted", rule=Near(), pooled=True)
    return (
        pattern(
            key="yearly change",
            title="A war is fiercer or calmer from one year to the next",
            sources=("ged",),
            observed="sd of yearly log changes .19, Afghanistan 2006 to 2018; .98 in the median of 45 dyads",
            setups=(quiet,),
            columns=("tally.fatalities",),
            read=yearly_changes,
            statistic=f"sd of yearly changes of log deaths, samples of {N_YEARS}",
            value=0.19,
            control=off("level"),
            control_words="level off",
            if_missed="The level of the case was set by its months, and years add ceasefires and ends.",
        ),
        pattern(
            key="truce age",
            title="A ceasefire that took hold still holds after a month",
            sources=("ethprio", "ged"),
            observed="x0.21 in days 31 to 90 of 126 general ceasefires that took hold",
            setups=(talking,),
            columns=ATTACKS,
            read=after_a_month,
            statistic=f"attacks in days 31 to 90 relative to the 90 days before, median of {N_TOOK_HOLD}",
            value=0.21,
            control=off("adherence"),
            control_words="no ceasefire that holds or never takes hold",
            if_missed="Ceasefires of the case are ended early, or hold more wholly than most.",
        ),
        pattern(
            key="rebound",
            title="After a collapse violence is back at its old level, not above it",
            sources=("ethprio", "ged"),
            observed="x1.21 [.95, 1.36] in the 30 days after 69 ceasefires ended by a party",
            setups=(talking,),
            columns=ATTACKS,
            read=after_the_end,
            statistic=f"attacks in the 30 days after a collapse relative to the 90 days before, median of {N_BROKEN}",
            value=1.21,
            control=(("violence", "put_off", 0.0), ("violence", "resumed", 0.0)),
            control_words="nothing put off under a ceasefire, no offensive after it",
            if_missed="What was put off under the ceasefire comes back too little, or too much.",
        ),
        pattern(
            key="before a signature",
            title="Violence falls before an agreement is signed",
            sources=("ucdppa", "ged"),
            observed="x0.71 before full agreements, x0.64 before partial ones",
            setups=(talking,),
            columns=ATTACKS,
            read=before_a_signature,
            statistic=f"attacks in the 90 days before, relative to days -365 to -91, mean of {N_SIGNED}",
            value=0.7,
            control=off("ceasefires"),
            control_words="ceasefires off",
            if_missed="Agreements of the model follow ceasefires that hold, or come while the war goes on.",
        ),
    )
