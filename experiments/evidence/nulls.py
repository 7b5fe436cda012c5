"""Null models: what any forecast of a monthly series must beat.

Each is fitted on what is known before the origin, its dispersion for every lead apart, on its own past errors at that
lead.  All are handed over as equally likely quantiles, so that every forecast is scored by the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.evidence.refit import LEVEL_MONTHS, level

Values = np.ndarray[Any, Any]

N_QUANTILES = 400
PAST = 60
"""Months of past errors that a dispersion is fitted on."""

MIN_SIZE, MAX_SIZE = 0.2, 1e4


@dataclass(frozen=True)
class History:
    """A monthly series before an origin: its values, their calendar months (1 to 12), and the season of each month."""

    values: Values
    month: Values
    season: tuple[float, ...]

    def month_ahead(self, lead: int) -> int:
        """Calendar month of a lead (1: the month of the origin)."""
        return int((self.month[-1] - 1 + lead) % 12) + 1

    def before(self, k: int) -> History:
        """What was known k months earlier."""
        return History(self.values[:-k], self.month[:-k], self.season) if k else self


Mean = Callable[[History, int], float]


def last_value(known: History, lead: int) -> float:
    """The last month goes on."""
    del lead
    return float(known.values[-1])


def year_mean(known: History, lead: int) -> float:
    """The mean of the last twelve months goes on."""
    del lead
    return float(known.values[-LEVEL_MONTHS:].mean())


def year_ago(known: History, lead: int) -> float:
    """The same month of the last year comes again."""
    return float(known.values[-12 + (lead - 1) % 12])


def seasonal_level(known: History, lead: int) -> float:
    """The level of the last twelve months, times the month's season."""
    recent = slice(-LEVEL_MONTHS, None)
    mean = level(known.values[recent], known.month[recent], known.season)
    return mean * known.season[known.month_ahead(lead) - 1]


@dataclass(frozen=True)
class Null:
    """A null model: how its mean is come by, and whether its spread is fitted (else it is Poisson)."""

    name: str
    mean: Mean
    spread: bool

    def forecast(self, known: History, lead: int) -> Values:
        """Equally likely values of the month ``lead`` months ahead."""
        mu = self.mean(known, lead)
        if not self.spread:
            return poisson_quantiles(mu)
        return negative_binomial_quantiles(mu, self.size(known, lead))

    def size(self, known: History, lead: int) -> float:
        """Negative-binomial size, by maximum likelihood over its own past errors at this lead."""
        return fitted_size(*past_errors(self.mean, known, lead))


NULLS = (
    Null("last-value Poisson", last_value, spread=False),
    Null("negative binomial, last value", last_value, spread=True),
    Null("negative binomial, 12 months", year_mean, spread=True),
    Null("seasonal persistence", year_ago, spread=False),
    Null("seasonal negative binomial", seasonal_level, spread=True),
)


def past_errors(mean: Mean, known: History, lead: int) -> tuple[Values, Values]:
    """Observed values and what would have been forecast for them, for the last months that allow it."""
    n = len(known.values)
    least = LEVEL_MONTHS + lead
    shifts = range(lead, min(PAST, n - least) + lead)
    means = [max(mean(known.before(k), lead), 1e-3) for k in shifts]
    seen = [known.values[-k + lead - 1] for k in shifts]
    return np.array(seen), np.array(means)


def fitted_size(seen: Values, means: Values) -> float:
    """Size of a negative binomial with given means, by maximum likelihood; large where there is nothing to fit on."""
    from scipy.optimize import minimize_scalar
    from scipy.stats import nbinom

    if len(seen) < 6:
        return 1.0

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        terms: Any = nbinom.logpmf(np.round(seen), size, size / (size + means))
        return -float(terms.sum())

    found: Any = minimize_scalar(loss, bounds=(np.log(MIN_SIZE), np.log(MAX_SIZE)), method="bounded")
    return float(np.exp(found.x))


def levels_of_quantiles() -> Values:
    """Probabilities in the middle of equal shares."""
    return (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES


def poisson_quantiles(mean: float) -> Values:
    """Equally likely values of a Poisson count."""
    from scipy.stats import poisson

    return np.asarray(poisson.ppf(levels_of_quantiles(), max(mean, 1e-3)), dtype=float)


def negative_binomial_quantiles(mean: float, size: float) -> Values:
    """Equally likely values of a negative binomial count."""
    from scipy.stats import nbinom

    p = size / (size + max(mean, 1e-3))
    return np.asarray(nbinom.ppf(levels_of_quantiles(), size, p), dtype=float)
