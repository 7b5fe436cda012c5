"""The likelihood of daily events under the model's own process, with all sides counted together.

Events of a day are negative binomial with shape ``kappa`` and mean ``rho (( 1 - n) L s + n F)``: ``L`` the level of the
year, ``s`` the season, ``rho`` the holidays, ``n`` the branching, and ``F`` the past events weighted by
``exp(-age/memory)`` (E1 with directions summed; Lewis et al. 2012).  The season's amplitude is either fixed, or drawn
anew each year as the model does; then it is integrated out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]

N_NODES = 7
LEAST_SEASON = 0.02
DAYS_IN_YEAR = 365.2425


@dataclass(frozen=True)
class Days:
    """Observed days: ``events``, the factor of ``holiday``, ``phase`` (share of the year), ``year`` (0, 1, ...).

    ``level`` says which level of the background each day has: that of its year, or one for all (0).
    """

    events: Values
    holiday: Values
    phase: Values
    year: Values
    level: Values

    @classmethod
    def of(
        cls, events: Values, start: date, holiday: Values | None = None, *, one_level: bool = False
    ) -> Days:
        """Days from a date on, with a level for each year, or one for all."""
        from datetime import timedelta

        dates = [start + timedelta(days=k) for k in range(len(events))]
        phase = np.array([(d - date(d.year, 1, 1)).days / DAYS_IN_YEAR for d in dates])
        year = np.array([d.year - start.year for d in dates])
        factor = np.ones(len(events)) if holiday is None else np.asarray(holiday, dtype=float)
        level = np.zeros_like(year) if one_level else year
        return cls(np.asarray(events, dtype=float), factor, phase, year, level)

    @property
    def n_levels(self) -> int:
        """How many levels the background has."""
        return int(self.level[-1]) + 1

    @property
    def harmonics(self) -> Values:
        """Two harmonics of the year: shape (days, 4)."""
        turns = 2 * np.pi * self.phase[:, None] * np.arange(1, 3)
        return np.hstack([np.cos(turns), np.sin(turns)])

    def recent(self, memory: float) -> Values:
        """Past events a day, each weighted by exp(-age/memory); the first year's mean before the first day."""
        from scipy.signal import lfilter

        e = np.exp(-1.0 / memory)
        before = float(self.events[self.year == 0].mean())
        past = np.r_[before, self.events[:-1]]
        filtered, _ = lfilter([1 - e], [1, -e], past, zi=[e * before])
        return np.asarray(filtered)


@dataclass(frozen=True)
class Fit:
    """A maximum of the likelihood: branching, memory [days], shape [1/day], yearly levels, season, spread."""

    log_likelihood: float
    branching: float
    memory: float
    kappa: float
    levels: Values
    season: Values
    spread: float
    vector: Values


def unpack(vector: Values, n_levels: int) -> tuple[Values, Values, float]:
    """Levels, season weights and shape from the vector that is searched over."""
    return np.exp(vector[:n_levels]), vector[n_levels : n_levels + 4], float(np.exp(vector[-1]))


def log_likelihood(
    days: Days, recent: Values, harmonics: Values, vector: Values, branching: float, spread: float
) -> float:
    """Log likelihood; ``spread`` of the yearly amplitude 0 means a fixed one."""
    levels, season, kappa = unpack(vector, days.n_levels)
    shape = harmonics @ season
    constant = log_constant(days.events, kappa)
    if spread == 0.0:
        return float(np.sum(day_terms(days, recent, shape, levels, kappa, branching, 1.0)) + constant)
    nodes, weights = np.polynomial.legendre.leggauss(N_NODES)
    terms = np.stack(
        [
            np.bincount(days.year, day_terms(days, recent, shape, levels, kappa, branching, 1.0 + spread * x))
            for x in nodes
        ]
    )
    top = terms.max(axis=0)
    return float(np.sum(top + np.log(weights @ np.exp(terms - top) / 2.0)) + constant)


def log_constant(events: Values, kappa: float) -> float:
    """The part of the likelihood that depends on the shape alone, over days that share their counts."""
    from scipy.special import gammaln

    counts, times = np.unique(events, return_counts=True)
    return float(times @ (gammaln(counts + kappa) - gammaln(kappa) - gammaln(counts + 1)))


def day_terms(
    days: Days,
    recent: Values,
    shape: Values,
    levels: Values,
    kappa: float,
    branching: float,
    amplitude: float,
) -> Values:
    """Each day's term that depends on its mean."""
    season = np.maximum(1.0 + amplitude * shape, LEAST_SEASON)
    mean = days.holiday * ((1 - branching) * levels[days.level] * season + branching * recent)
    mean = np.maximum(mean, 1e-9)
    total = np.log(kappa + mean)
    return kappa * (np.log(kappa) - total) + days.events * (np.log(mean) - total)


def fit_at(
    days: Days, branching: float, memory: float, *, spread: float = 0.0, start: Values | None = None
) -> Fit:
    """The best levels, season and shape for a branching and a memory."""
    from scipy.optimize import minimize

    recent, harmonics = days.recent(memory), days.harmonics
    first = start if start is not None else first_guess(days)

    def loss(vector: Values) -> float:
        return -log_likelihood(days, recent, harmonics, vector, branching, spread)

    bounds = [(-6.0, 6.0)] * days.n_levels + [(-0.9, 0.9)] * 4 + [(-1.5, 6.0)]
    found: Any = minimize(loss, first, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60})
    levels, season, kappa = unpack(found.x, days.n_levels)
    return Fit(-float(found.fun), branching, memory, kappa, levels, season, spread, found.x)


def first_guess(days: Days) -> Values:
    """Yearly means, no season, some dispersion."""
    means = [max(float(days.events[days.level == k].mean()), 0.01) for k in range(days.n_levels)]
    return np.r_[np.log(means), np.zeros(4), np.log(5.0)]


def ridge(days: Days, branchings: Values, memories: Values, *, spread: float = 0.0) -> tuple[Values, Fit]:
    """Profile log likelihood over branching and memory: shape (branchings, memories), and its highest point."""
    surface = np.zeros((len(branchings), len(memories)))
    best: Fit | None = None
    row_start: Values | None = None
    for i, n in enumerate(branchings):
        start = row_start
        for j, memory in enumerate(memories):
            fit = fit_at(days, float(n), float(memory), spread=spread, start=start)
            start = fit.vector
            row_start = fit.vector if j == 0 else row_start
            surface[i, j] = fit.log_likelihood
            best = fit if best is None or fit.log_likelihood > best.log_likelihood else best
    assert best is not None
    return surface, best


def simulate(days: Days, fit: Fit, rng: np.random.Generator) -> Days:
    """Days drawn from a fit, for tests of recovery."""
    n_years = int(days.year[-1]) + 1
    amplitude = 1.0 + fit.spread * (2 * rng.random(n_years) - 1)
    shape = days.harmonics @ fit.season
    season = np.maximum(1.0 + amplitude[days.year] * shape, LEAST_SEASON)
    e = np.exp(-1.0 / fit.memory)
    events = np.zeros(len(days.events))
    recent = float(fit.levels[0])
    for t in range(len(events)):
        own = (1 - fit.branching) * fit.levels[days.level[t]] * season[t] + fit.branching * recent
        mean = max(days.holiday[t] * own, 1e-9)
        events[t] = rng.negative_binomial(fit.kappa, fit.kappa / (fit.kappa + mean))
        recent = e * recent + (1 - e) * events[t]
    return replace(days, events=events)
