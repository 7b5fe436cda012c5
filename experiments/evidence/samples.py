"""Statistics over units that come in groups, as truces come in wars, with intervals by resampling the groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]
Statistic = Callable[[Values], float]
"""A number read off some units: an array of shape (units, columns)."""

DRAWS = 200
ENDS = (0.05, 0.95)
"""Quantiles of the resampled statistic: a 90 % interval, as the targets have."""

FEWEST = 8
"""Units below which a statistic says nothing; the targets were computed under the same rule."""


@dataclass(frozen=True)
class Sample:
    """Some units, the group that each belongs to, and the number that is read off them.

    ``values`` has shape (units, columns), ``groups`` one label a unit.
    """

    values: Values
    groups: Values
    statistic: Statistic

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.values)

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return len(np.unique(self.groups))

    @property
    def is_enough(self) -> bool:
        """Whether there are units enough for a statistic."""
        return self.n >= FEWEST

    def value(self) -> float:
        """The statistic of all units; NaN where there are none."""
        return float(self.statistic(self.values)) if self.n else float("nan")

    def interval(self, draws: int = DRAWS, seed: int = 1) -> tuple[float, float]:
        """Ends of a 90 % interval over groups drawn with replacement; NaN where there are none."""
        if not self.n:
            return float("nan"), float("nan")
        rng = np.random.default_rng(seed)
        labels, place = np.unique(self.groups, return_inverse=True)
        units = [np.flatnonzero(place == k) for k in range(len(labels))]
        picked = rng.integers(0, len(labels), (draws, len(labels)))
        drawn = [self.statistic(self.values[np.concatenate([units[k] for k in row])]) for row in picked]
        low, high = np.nanquantile(drawn, ENDS) if np.isfinite(drawn).any() else (np.nan, np.nan)
        return float(low), float(high)


def sample(columns: Any, groups: Any, statistic: Statistic) -> Sample:
    """A sample of the units whose columns are all known: one array, or a sequence of arrays of one length."""
    table = np.asarray(columns, dtype=float)
    table = table[:, None] if table.ndim == 1 else table.T
    known = np.isfinite(table).all(axis=1)
    return Sample(table[known], np.asarray(groups)[known], statistic)


# -- statistics


def median(values: Values) -> float:
    """Median of the first column."""
    return float(np.median(values[:, 0])) if len(values) else float("nan")


def mean(values: Values) -> float:
    """Mean of the first column."""
    return float(np.mean(values[:, 0])) if len(values) else float("nan")


def spread(values: Values) -> float:
    """Standard deviation of the first column."""
    return float(np.std(values[:, 0], ddof=1)) if len(values) > 1 else float("nan")


def quantile(q: float) -> Statistic:
    """A quantile of the first column."""
    return lambda values: float(np.quantile(values[:, 0], q)) if len(values) else float("nan")


def share_above(bar: float) -> Statistic:
    """Share of units above a bar."""
    return lambda values: float(np.mean(values[:, 0] > bar)) if len(values) else float("nan")


def share_below(bar: float) -> Statistic:
    """Share of units below a bar."""
    return lambda values: float(np.mean(values[:, 0] < bar)) if len(values) else float("nan")


def ratio_of_sums(values: Values) -> float:
    """Sum of the first column over that of the second."""
    below = float(values[:, 1].sum())
    return float(values[:, 0].sum()) / below if below > 0.0 else float("nan")


def survival(times: Values, ended: Values, at: float) -> float:
    """Kaplan-Meier estimate of the share not ended up to a time; NaN of no units.

    ``ended`` is 0 where a unit was only watched so long.
    """
    from scipy.stats import CensoredData, ecdf

    if not len(times):
        return float("nan")
    watched = np.asarray(ended, dtype=float) <= 0.0
    return float(ecdf(CensoredData.right_censored(times, watched)).sf.evaluate(np.array([at]))[0])


def surviving(at: float) -> Statistic:
    """Product-limit survival at a time, of units with times and whether they ended."""
    return lambda values: survival(values[:, 0], values[:, 1], at)


def ended_by(at: float) -> Statistic:
    """Share that ended up to a time, of units with times and whether they ended."""
    return lambda values: 1.0 - survival(values[:, 0], values[:, 1], at)
