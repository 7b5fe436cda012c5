"""The reference null models: four forecasts of monthly deaths that know nothing but the months before.

They are those of a published comparison on eighteen conflicts: the last twelve months as they were; a negative binomial
about their mean; one about a level in which months count half after three, which goes on as a random walk; and the same
with the season of the series.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from detente.experiments.evidence.nulls import HALF_LIFE, History, moving_level

Values = np.ndarray[Any, Any]

DRAWS = 400
STEP = 0.1
"""Standard deviation of a monthly step of the level's logarithm."""

YEAR = 12
FITTED = 60
"""Months of past errors that a dispersion is fitted on."""

SIZES = np.array([0.15, 0.25, 0.4, 0.6, 0.9, 1.3, 2.0, 3.0, 5.0, 8.0, 15.0, 40.0])
"""Sizes among which the likeliest is chosen."""

LEAST_SIZE, MOST_SIZE = 0.3, 50.0
SHRUNK = 4.0
"""Years that a month's factor is shrunk by."""

WINDOW, LEAST_WINDOW = 13, 7
"""Months of the moving mean that a season is told from, and how many of them must be known."""

TWELVE = "last 12 months"
BINOMIAL = "negative binomial, mean of 12 months"
MOVING = "moving level"
SEASONAL = "moving level with season"
NAMES = (TWELVE, BINOMIAL, MOVING, SEASONAL)


@cache
def marks() -> tuple[Values, Values]:
    """Levels of a uniform, and standard normals, in an order that ties neither to the other: shape (draws,)."""
    from scipy.stats import norm

    even = (np.arange(DRAWS) + 0.5) / DRAWS
    luck = np.random.default_rng(1)
    return luck.permutation(even), np.asarray(norm.ppf(luck.permutation(even)), dtype=float)


def counts(mean: Values | float, size: float) -> Values:
    """Equally likely negative-binomial counts about some means."""
    from scipy.stats import nbinom

    even, _ = marks()
    at = np.maximum(np.broadcast_to(mean, (DRAWS,)), 1e-3)
    return np.asarray(nbinom.ppf(even, size, size / (size + at)), dtype=float)


def reference_forecasts(known: History, lead: int) -> dict[str, Values]:
    """Equally likely values of the month of a lead, by null model."""
    last = np.asarray(known.values[-YEAR:], dtype=float)
    _, luck = marks()
    walk = np.exp(luck * STEP * np.sqrt(lead))
    size = moving_size(known.values)
    factors = shrunk_season(known)
    ahead = factors[known.month_ahead(lead) - 1]
    return {
        TWELVE: last,
        BINOMIAL: counts(float(last.mean()), size_of(last)),
        MOVING: counts(moving_level(known, lead) * walk, size),
        SEASONAL: counts(seasonless_level(known, factors) * ahead * walk, size),
    }


def size_of(last: Values) -> float:
    """Size of a negative binomial with the mean and variance of some months."""
    mean, variance = float(last.mean()), float(last.var(ddof=1)) if len(last) > 1 else 0.0
    if variance <= mean:
        return MOST_SIZE
    return float(np.clip(mean * mean / (variance - mean), LEAST_SIZE, MOST_SIZE))


def moving_size(values: Values) -> float:
    """The likeliest size about the level that moves, of the last months foretold one ahead."""
    from scipy.stats import nbinom

    levels = moving_levels(values)
    first = max(YEAR, len(values) - FITTED)
    seen, means = values[first + 1 :], np.maximum(levels[first:-1], 0.05)
    if not len(seen):
        return 1.0
    logs: Any = nbinom.logpmf(np.round(seen)[:, None], SIZES, SIZES / (SIZES + means[:, None]))
    return float(SIZES[logs.sum(axis=0).argmax()])


def moving_levels(values: Values) -> Values:
    """The moving level after each month."""
    keep, levels = 0.5 ** (1.0 / HALF_LIFE), np.zeros(len(values))
    total = weight = 0.0
    for k, value in enumerate(values):
        total, weight = total * keep + value, weight * keep + 1.0
        levels[k] = total / weight
    return levels


def shrunk_season(known: History) -> Values:
    """Factor of each calendar month: mean log ratio to a moving mean, shrunk towards 1 by how few years there are."""
    ratios = np.log((known.values + 1.0) / (centred_mean(known.values) + 1.0))
    logs = np.zeros(YEAR)
    for month in range(1, YEAR + 1):
        own = ratios[known.month == month]
        logs[month - 1] = own.mean() * len(own) / (len(own) + SHRUNK) if len(own) else 0.0
    return np.exp(logs)


def centred_mean(values: Values) -> Values:
    """Mean of the months around each, of those that are known."""
    import pandas as pd

    mean: Any = pd.Series(values).rolling(WINDOW, center=True, min_periods=LEAST_WINDOW).mean()
    filled: Any = mean.fillna(float(values.mean()))
    return filled.to_numpy(dtype=float)


def seasonless_level(known: History, factors: Values) -> float:
    """The moving level of the months without their season."""
    even = known.values / factors[known.month - 1]
    return float(moving_levels(even)[-1])
