"""Null models: what any forecast of a monthly series must beat.

Each is fitted on what is known before the origin, its dispersion on its own past errors.  All are handed over as
equally likely values, so that every forecast is scored by the same code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from detente.experiments.evidence.refit import LEVEL_MONTHS, level

Values = np.ndarray[Any, Any]

N_QUANTILES = 400
PAST = 60
"""Months of past errors that a dispersion is fitted on."""

LEAST_ERRORS = 6
"""Past errors that a dispersion needs."""

MIN_SIZE, MAX_SIZE = 0.2, 1e4

HALF_LIFE = 3.0
"""Months after which a value counts half in the level that moves."""

WALK_LEADS = (1, 2, 3, 6, 12)
"""Leads on whose errors a moving level's step and dispersion are fitted together."""

MAX_STEP = 1.0
"""Largest standard deviation of a monthly step of the level's logarithm."""


@dataclass(frozen=True)
class History:
    """A monthly series before an origin: its values, their calendar months (1 to 12), and the season of each month.

    ``event_season`` is the season of daily events, None where they are not known.
    """

    values: Values
    month: Values
    season: tuple[float, ...]
    event_season: tuple[float, ...] | None = None

    def month_ahead(self, lead: int) -> int:
        """Calendar month of a lead (1: the month of the origin)."""
        return int((self.month[-1] - 1 + lead) % 12) + 1

    def before(self, k: int) -> History:
        """What was known k months earlier."""
        return replace(self, values=self.values[:-k], month=self.month[:-k]) if k else self

    @cached_property
    def walk(self) -> tuple[float, float]:
        """Size and monthly step of a level that moves, as `fitted_walk` has them."""
        return fitted_walk(self)


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


def event_seasonal_level(known: History, lead: int) -> float:
    """The same with the season of daily events, which varies less by luck than that of deaths."""
    return seasonal_level(replace(known, season=known.event_season or known.season), lead)


def moving_level(known: History, lead: int) -> float:
    """The mean of all months, each counting half as much as one ``HALF_LIFE`` later."""
    del lead
    weights = 0.5 ** (np.arange(len(known.values))[::-1] / HALF_LIFE)
    return float(weights @ known.values / weights.sum())


class NullModel(Protocol):
    """What a hindcast asks of a null model."""

    @property
    def name(self) -> str:
        """As it is printed."""
        ...

    @property
    def needs_events(self) -> bool:
        """Whether it reads daily events."""
        ...

    def forecast(self, known: History, lead: int) -> Values:
        """Equally likely values of the month ``lead`` months ahead."""
        ...


@dataclass(frozen=True)
class Null:
    """A null model: how its mean is come by, and whether its spread is fitted (else it is Poisson)."""

    name: str
    mean: Mean
    spread: bool
    needs_events: bool = False

    def forecast(self, known: History, lead: int) -> Values:
        """Equally likely values of the month ``lead`` months ahead."""
        mu = self.mean(known, lead)
        if not self.spread:
            return poisson_quantiles(mu)
        return negative_binomial_quantiles(mu, self.size(known, lead))

    def size(self, known: History, lead: int) -> float:
        """Negative-binomial size, by maximum likelihood over its own past errors at this lead."""
        return fitted_size(*past_errors(self.mean, known, lead))


@dataclass(frozen=True)
class Empirical:
    """The last twelve months as they were, each equally likely (the "conflictology" benchmark of ViEWS)."""

    name: str
    needs_events: bool = False

    def forecast(self, known: History, lead: int) -> Values:
        """The last twelve values, whatever the lead."""
        del lead
        return np.array(known.values[-LEVEL_MONTHS:], dtype=float)


@dataclass(frozen=True)
class RandomWalk:
    """A negative binomial around a recent level that goes on as a random walk, so that it widens with the lead."""

    name: str
    needs_events: bool = False

    def forecast(self, known: History, lead: int) -> Values:
        """Equally likely values of the month ``lead`` months ahead."""
        return negative_binomial_quantiles(moving_level(known, lead), size_ahead(*known.walk, lead))


NULLS: tuple[NullModel, ...] = (
    Null("last-value Poisson", last_value, spread=False),
    Null("negative binomial, last value", last_value, spread=True),
    Null("negative binomial, 12 months", year_mean, spread=True),
    Null("seasonal persistence", year_ago, spread=False),
    Null("seasonal negative binomial", seasonal_level, spread=True),
    Null("negative binomial, season of events", event_seasonal_level, spread=True, needs_events=True),
    RandomWalk("negative binomial, random walk"),
    Empirical("last 12 months, empirical"),
)


def size_ahead(size: float, step: float, lead: float) -> float:
    """Size of the count of a month ahead: dispersion now, and a level whose logarithm takes a normal step a month."""
    relative = (1.0 + 1.0 / size) * np.exp(step * step * lead) - 1.0
    return float(1.0 / max(relative, 1.0 / MAX_SIZE))


def fitted_walk(known: History) -> tuple[float, float]:
    """Size and monthly step of a level that moves, by maximum likelihood over its past errors at several leads."""
    from scipy.optimize import minimize
    from scipy.stats import nbinom

    leads = [lead for lead in WALK_LEADS if len(known.values) >= LEVEL_MONTHS + lead + LEAST_ERRORS]
    if not leads:
        return 1.0, 0.0
    errors = [(lead, *past_errors(moving_level, known, lead)) for lead in leads]

    def loss(vector: Values) -> float:
        total = 0.0
        for lead, seen, means in errors:
            size = size_ahead(float(np.exp(vector[0])), float(vector[1]), lead)
            terms: Any = nbinom.logpmf(np.round(seen), size, size / (size + means))
            total -= float(terms.mean())
        return total

    bounds = [(np.log(MIN_SIZE), np.log(MAX_SIZE)), (0.0, MAX_STEP)]
    found: Any = minimize(loss, np.array([np.log(5.0), 0.15]), method="L-BFGS-B", bounds=bounds)
    return float(np.exp(found.x[0])), float(found.x[1])


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

    if len(seen) < LEAST_ERRORS:
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
