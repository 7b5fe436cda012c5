"""A latent level of monthly deaths: a log level that returns to its mean, seen through negative-binomial counts.

``x' = mean + rho (x - mean) + e``, ``e ~ N(0, sigma)``, deaths ~ NB(mean exp(x), size k).  The likelihood is summed
over a grid of levels; four weak priors keep short series in bounds.  How sigma differs between wars is estimated from
the likelihood profiles of all of them, which takes out the sampling error of each.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from detente.experiments.evidence.levels import Window

Values = np.ndarray[Any, Any]

STEP = 0.2
LEAST_MEAN, MOST_EMPTY = 8.0, 0.35
"""Mean of monthly deaths, and share of months without any, of a series that is well seen."""
MOST_RHO = 0.9995
SIZES = (0.6, 0.85, 1.2, 1.8)
"""Multiples of the fitted size that a likelihood profile of sigma is the best of."""
EVALUATIONS = 380


class Level(NamedTuple):
    """What was fitted: innovation [log a month], return to the mean, mean log level, size of the counts."""

    sigma: float
    rho: float
    mean: float
    size: float

    @property
    def half_life(self) -> float:
        """Months in which half of a deviation is gone."""
        return math.log(0.5) / math.log(min(self.rho, MOST_RHO))

    @property
    def spread(self) -> float:
        """Standard deviation of the log level in the long run."""
        return self.sigma / math.sqrt(1.0 - min(self.rho, MOST_RHO) ** 2)


@cache
def grid() -> Values:
    """Log levels."""
    return np.arange(math.log(0.05), math.log(8000.0), STEP)


@cache
def sigmas() -> Values:
    """Innovations at which a profile is computed."""
    return np.exp(np.linspace(math.log(0.05), math.log(3.0), 15))


def transitions(level: Level) -> Values:
    """Chances of going from one level of the grid to another: each row sums to 1."""
    from scipy.special import ndtr

    off = grid()[None, :] - (level.mean + (grid() - level.mean) * level.rho)[:, None]
    chances = ndtr((off + STEP / 2) / level.sigma) - ndtr((off - STEP / 2) / level.sigma)
    chances = np.maximum(chances, 1e-12)
    return chances / chances.sum(axis=1, keepdims=True)


def count_chances(deaths: Values, size: float) -> tuple[Values, Values]:
    """Chance of each month's deaths at each level, relative to the likeliest, and the log of that one's."""
    from scipy.special import gammaln

    mean, y = np.exp(grid())[None, :], deaths[:, None]
    logs = gammaln(y + size) - gammaln(size) - gammaln(y + 1.0)
    logs = logs + size * np.log(size / (size + mean)) + y * np.log(mean / (size + mean))
    top = logs.max(axis=1)
    return np.exp(logs - top[:, None]), top


def log_likelihood(deaths: Values, level: Level) -> float:
    """Log likelihood of a series, from a level that may be anywhere on the grid."""
    step = transitions(level)
    chances, top = count_chances(deaths, level.size)
    at = chances[0] / len(step)
    total = 0.0
    for month in range(len(deaths)):
        if month:
            at = (at @ step) * chances[month]
        share = at.sum()
        total += math.log(share)
        at = at / share
    return total + float(top.sum())


def level_at(at: Values) -> Level:
    """The level that some unbounded numbers stand for."""
    sigma, size = math.exp(min(max(at[0], -4.0), 1.5)), math.exp(min(max(at[1], -2.5), 5.0))
    return Level(sigma, 1.0 / (1.0 + math.exp(-min(max(at[2], -3.0), 7.0))), float(at[3]), size)


def fit_level(deaths: Values) -> Level:
    """The likeliest level process of a series, under the weak priors."""
    from scipy.optimize import minimize

    usual = math.log(float(deaths.mean()) + 0.1)
    centre, width = np.array([-1.0, 1.0, 2.0, usual]), np.array([1.2, 1.5, 1.5, 2.0])

    def loss(at: Values) -> float:
        return 0.5 * float((((at - centre) / width) ** 2).sum()) - log_likelihood(deaths, level_at(at))

    start = np.array([-1.0, 1.0, 2.2, usual - 0.3])
    simplex = np.vstack([start, start + np.diag([0.5, 0.5, 0.5, 0.4])])
    options: Any = {"maxfev": EVALUATIONS, "xatol": 0.01, "fatol": 0.02, "initial_simplex": simplex}
    return level_at(minimize(loss, start, method="Nelder-Mead", options=options).x)


def profile(deaths: Values, level: Level) -> Values:
    """Log likelihood at each of ``sigmas``, all else as fitted but the size, which is the best of four."""
    return np.array(
        [
            max(log_likelihood(deaths, level._replace(sigma=s, size=level.size * m)) for m in SIZES)
            for s in sigmas()
        ]
    )


def population(profiles: Values, turns: int = 100) -> tuple[float, float]:
    """Median of sigma over wars, and the standard deviation of its log: shape of ``profiles`` (wars, sigmas)."""
    logs = np.log(sigmas())
    centre, spread = math.log(0.35), 0.7
    relative = profiles - profiles.max(axis=1, keepdims=True)
    for _ in range(turns):
        weight = np.exp(relative - 0.5 * ((logs - centre) / spread) ** 2)
        weight /= weight.sum(axis=1, keepdims=True)
        centre = float((weight * logs).sum()) / len(profiles)
        spread = max(math.sqrt(float((weight * (logs - centre) ** 2).sum()) / len(profiles)), 0.08)
    return math.exp(centre), spread


def is_well_seen(window: Window) -> bool:
    """Whether a series has deaths enough for a fit."""
    return bool(window.deaths.mean() >= LEAST_MEAN) and float(np.mean(window.deaths == 0)) <= MOST_EMPTY


def fitted_levels(windows: list[Window], group: Values) -> tuple[Values, Values]:
    """Half-life, spread and size of the fitted level of a series of each war, then its profile of sigma; and the wars.

    The first dyad of a war that is well seen stands for it, since a fit takes up to a second.
    """
    first: dict[int, Window] = {}
    for window in windows:
        if is_well_seen(window):
            first.setdefault(int(group[window.dyad]), window)
    rows: list[Values] = []
    for window in first.values():
        level = fit_level(window.deaths)
        three = level.half_life, level.spread, level.size
        rows.append(np.r_[three, profile(window.deaths, level)])
    return np.array(rows).reshape(len(rows), 3 + len(sigmas())), np.array(list(first), dtype=int)
