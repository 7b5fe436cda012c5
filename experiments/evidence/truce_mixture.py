"""The mixture of ceasefires that hold and those that never take hold, on counts of events after the start.

Counts are Poisson about the count expected from before times a log-normal ratio.  Those that never take hold have the
ratio of matched placebo dates, which is held fixed; the ratio of those that hold, and their share, are fitted.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

Values = np.ndarray[Any, Any]

LARGE = 60
"""Counts from which the log ratio is taken as normal."""
STEP = 0.05
LEAST_SPREAD, MOST_SPREAD = 0.06, 3.0
HOLDS_BELOW, HOLDS_ABOVE = -1.2, -5.0
"""Ends of the log ratio of ceasefires that hold."""
TINY = 1e-300


class LogNormal(NamedTuple):
    """Mean and standard deviation of a log ratio."""

    mean: float
    spread: float


class Mixture(NamedTuple):
    """Share that holds, and the ratio of those."""

    share: float
    holds: LogNormal


@cache
def ratios() -> Values:
    """Log ratios over which a count is integrated."""
    return np.arange(-7.5, 4.01, STEP)


class Counts:
    """Counts after the start beside those expected from before, ready to be compared with many distributions."""

    def __init__(self, count: Values, expected: Values) -> None:
        from scipy.special import gammaln

        self.count, self.expected = np.asarray(count, float), np.asarray(expected, float)
        self.large = self.count >= LARGE
        y, mean = self.count[~self.large][:, None], self.expected[~self.large][:, None]
        logs = np.log(mean) + ratios()
        self.poisson = y * logs - np.exp(logs) - gammaln(y + 1)
        self.top = self.poisson.max(axis=1, initial=-np.inf)
        self.relative = np.exp(self.poisson - self.top[:, None])

    def log_likelihoods(self, law: LogNormal) -> Values:
        """Log likelihood of each count under a log-normal ratio."""
        found = np.empty(len(self.count))
        y, mean = self.count[self.large], self.expected[self.large]
        variance = law.spread**2 + 1.0 / y
        off = np.log(y / mean) - law.mean
        found[self.large] = -0.5 * np.log(2.0 * math.pi * variance) - 0.5 * off * off / variance - np.log(y)
        spread = min(max(law.spread, LEAST_SPREAD), MOST_SPREAD)
        weight = np.exp(-0.5 * ((ratios() - law.mean) / spread) ** 2)
        integral = self.relative @ (weight / weight.sum())
        found[~self.large] = self.top + np.log(np.maximum(integral, TINY))
        return found


def fit_log_normal(counts: Counts) -> LogNormal:
    """The log-normal ratio under which counts are likeliest."""
    from scipy.optimize import minimize

    def loss(at: Values) -> float:
        return -float(counts.log_likelihoods(LogNormal(at[0], math.exp(at[1]))).sum())

    best = minimize(loss, np.array([-0.2, -0.3]), method="Nelder-Mead").x
    return LogNormal(float(best[0]), math.exp(float(best[1])))


def held_law(at: Values) -> LogNormal:
    """The ratio of those that hold, within its bounds."""
    mean = min(max(float(at[0]), HOLDS_ABOVE), HOLDS_BELOW)
    return LogNormal(mean, math.exp(min(max(float(at[1]), -1.5), 0.25)))


def mixture_loss(at: Values, counts: Counts, never: Values, traits: Values) -> float:
    """Minus the log likelihood of a mixture, with weak priors; ``traits`` move the logit of holding."""
    holds = counts.log_likelihoods(held_law(at))
    share = 1.0 / (1.0 + np.exp(-np.clip(traits @ at[2:], -8.0, 8.0)))
    top = np.maximum(holds, never)
    both = share * np.exp(holds - top) + (1.0 - share) * np.exp(never - top)
    beyond = max(at[0] - HOLDS_BELOW, 0.0) ** 2 + max(HOLDS_ABOVE - at[0], 0.0) ** 2
    weak = 0.5 * float(((at[3:] / 1.5) ** 2).sum()) + 0.5 * ((at[1] - math.log(0.8)) / 0.4) ** 2
    return -float((top + np.log(both + TINY)).sum()) + weak + 5.0 * beyond


def fit_mixture(counts: Counts, never: LogNormal, traits: Values | None = None) -> tuple[Mixture, Values]:
    """The likeliest mixture, and the coefficients of traits on the logit of holding (the first is the constant)."""
    from scipy.optimize import minimize

    n = len(counts.count)
    columns = np.ones((n, 1)) if traits is None else np.column_stack([np.ones(n), traits])
    start = np.r_[-2.5, math.log(0.8), -1.3, np.zeros(columns.shape[1] - 1)]
    fixed = counts.log_likelihoods(never)
    fitted = minimize(mixture_loss, start, (counts, fixed, columns), "BFGS", options={"maxiter": 60}).x
    share = float(np.mean(1.0 / (1.0 + np.exp(-np.clip(columns @ fitted[2:], -8.0, 8.0)))))
    return Mixture(share, held_law(fitted)), fitted[2:]
