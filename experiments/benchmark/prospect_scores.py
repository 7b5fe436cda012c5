"""Scores of a back-test: forecasts of the log of after over before against what was observed, and against a null.

The null draws from the ratios of the other conflicts; the base rate of a rise is theirs too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.evidence.scores import crps, interval

Values = np.ndarray[Any, Any]

LEVEL = 0.8
"""Nominal cover of the intervals judged."""
CALLED = 0.5
"""Probability above which a rise counts as called."""
RESAMPLES, SEED = 2000, 7
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class Case:
    """One episode with what was observed, and the forecasts of its log ratio by name: equally likely values."""

    conflict: str
    observed: float
    forecasts: Mapping[str, Values]

    @property
    def rose(self) -> float:
        """1 for a rise, 0 for a fall, a half for neither."""
        return rise_share(np.array([self.observed]))


def rise_share(logs: Values) -> float:
    """Share of log ratios above 0; those at 0 count half."""
    return float(np.mean(logs > 0.0) + 0.5 * np.mean(logs == 0.0))


def pooled(cases: Sequence[Case], conflict: str) -> Values:
    """Log ratios of all conflicts but one."""
    return np.array([c.observed for c in cases if c.conflict != conflict])


@dataclass(frozen=True)
class Scored:
    """One episode under one forecast."""

    conflict: str
    observed: float
    rose: float
    crps: float
    low: float
    high: float
    p_rise: float
    brier: float

    @property
    def covered(self) -> float:
        """Whether the interval holds what was observed."""
        return float(self.low <= self.observed <= self.high)


def scored(case: Case, values: Values) -> Scored:
    """The scores of one forecast."""
    low, high = interval(values, LEVEL)
    p = rise_share(values)
    score = crps(values, case.observed)
    return Scored(case.conflict, case.observed, case.rose, score, low, high, p, (p - case.rose) ** 2)


def score_table(cases: Sequence[Case]) -> dict[str, list[Scored]]:
    """Every forecast of every episode, scored."""
    names = list(cases[0].forecasts) if cases else []
    return {name: [scored(c, c.forecasts[name]) for c in cases] for name in names}


def summary(mine: Sequence[Scored], null: Sequence[Scored]) -> dict[str, float]:
    """What is said of one forecast against the null, with 95 % intervals over conflicts drawn again."""
    crps_ratio = conflict_interval(mine, null, "crps", lambda a, b: a / b)
    brier_gap = conflict_interval(mine, null, "brier", lambda a, b: a - b)
    rises = [s for s in mine if s.rose == 1.0]
    calls = [s for s in mine if s.p_rise > CALLED]
    return {
        "n": len(mine),
        "conflicts": len({s.conflict for s in mine}),
        "rises": len(rises),
        "crps": mean(mine, "crps"),
        **named("crps_ratio", crps_ratio),
        "cover": mean(mine, "covered"),
        "brier": mean(mine, "brier"),
        **named("brier_gap", brier_gap),
        "rises_called": share(s.p_rise > CALLED for s in rises),
        "calls": len(calls),
        "calls_right": share(s.rose == 1.0 for s in calls),
        "right": share((s.p_rise > CALLED) == (s.rose == 1.0) for s in mine),
    }


def named(name: str, found: tuple[float, float, float]) -> dict[str, float]:
    """A number and the ends of its interval by name."""
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


def mean(rows: Sequence[Scored], field: str) -> float:
    """Mean of one score."""
    return float(np.mean([getattr(row, field) for row in rows])) if rows else float("nan")


def share(held: Any) -> float:
    """Share that is true; NaN of none."""
    found = list(held)
    return sum(found) / len(found) if found else float("nan")


Compared = Callable[[Any, Any], Any]
"""A comparison of two means, or of as many pairs of means as there are draws of conflicts."""


def conflict_interval(
    mine: Sequence[Scored], null: Sequence[Scored], field: str, compare: Compared
) -> tuple[float, float, float]:
    """A comparison of two forecasts' mean scores, and its 95 % interval over conflicts drawn with replacement."""
    names = list(dict.fromkeys(s.conflict for s in mine))
    place = [names.index(s.conflict) for s in mine]
    n, own, other = (
        np.bincount(place, weights=weights)
        for weights in ([1.0] * len(mine), *([getattr(s, field) for s in rows] for rows in (mine, null)))
    )
    whole = float(compare(own.sum() / n.sum(), other.sum() / n.sum()))
    if len(names) < 2:
        return whole, float("nan"), float("nan")
    drawn = np.random.default_rng(SEED).integers(0, len(names), (RESAMPLES, len(names)))
    sizes = n[drawn].sum(axis=1)
    found = compare(own[drawn].sum(axis=1) / sizes, other[drawn].sum(axis=1) / sizes)
    low, high = np.quantile(found, ENDS)
    return whole, float(low), float(high)
