"""A density estimator learnt once from the table: from the summaries of all conflicts to the shared parameters.

Each summary is brought to normal scores over the draws, conflict by conflict, and averaged over the conflicts that
record it: they share the rules, so what the parameters do to all of them adds up and the luck of each averages out.
Bayesian regression (scikit-learn) then gives the mean of each parameter in the pool on normal scale; a second one, of
its squared errors, the width, which differs from place to place (where nothing happens, little is learnt); residuals
say how parameters that are not told apart hang together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.calibration.pooling.draws import names
from detente.experiments.calibration.pooling.table import Table
from detente.model.errors import InputError

Values = np.ndarray[Any, Any]

TAIL = 0.005
"""A pooled summary whose observed value lies beyond this share of the draws at either end is left out: no parameters
reproduce it, and a regression could only be extended to it blindly."""

FALSE_FINDS = 0.05
"""Share of false finds among the effects by which parameters are taken into the pool."""

FURTHEST = 3.0
"""Largest normal score of one conflict."""

LEAST_DRAWS, FOLDS = 60, 5
WIDTHS, TINY = (-4.0, 1.5), 1e-3
"""Ends of the log of a squared error that is expected, before it is set right on average; what is added to one."""


@dataclass(frozen=True)
class Features:
    """What the regression sees: normal scores of summaries, averaged over conflicts.

    ``used`` (conflicts, summaries) is what is recorded and varies; ``kept`` the places of the pooled summaries that
    some draws reproduce; ``transformer`` has the scores, ``centre`` and ``spread`` those of their averages.
    """

    used: Values
    kept: Values
    transformer: Any
    centre: Values
    spread: Values

    def pooled(self, summaries: Values) -> Values:
        """Averages over conflicts of summaries of shape (draws, conflicts, summaries): shape (draws, summaries)."""
        scores = np.zeros((len(summaries), *self.used.shape))
        flat = self.transformer.transform(summaries[:, self.used])
        scores[:, self.used] = np.clip(flat, -FURTHEST, FURTHEST)
        return scores.sum(axis=1) / np.maximum(self.used.sum(axis=0), 1)

    def of(self, summaries: Values) -> Values:
        """What the regression sees of summaries, standardised: shape (draws, kept)."""
        return (self.pooled(summaries)[:, self.kept] - self.centre) / self.spread


def features_of(table: Table, kept: Values | None = None) -> Features:
    """The features of a table; the pooled summaries ``kept`` where they are given, as far as they vary.

    Raises:
        InputError: where no draw reproduces anything that was observed.
    """
    from sklearn.preprocessing import QuantileTransformer

    s, observed = table.summaries, table.observed
    used = np.isfinite(observed) & (s.std(axis=0) > 1e-9)
    if not used.any():
        raise InputError(
            "--data-dir: no summary is both observed and moved by the draws; expected data of conflicts"
        )
    fit = QuantileTransformer(n_quantiles=min(len(s), 500), output_distribution="normal", subsample=len(s))
    every = np.arange(used.shape[1])
    whole = Features(used, every, fit.fit(s[:, used]), np.zeros(len(every)), np.ones(len(every)))
    pooled, seen = whole.pooled(s), whole.pooled(observed[None])[0]
    below = np.mean(pooled < seen, axis=0) + 0.5 * np.mean(pooled == seen, axis=0)
    reached = (below > TAIL) & (below < 1 - TAIL) if kept is None else np.isin(every, kept)
    kept = np.flatnonzero(reached & used.any(axis=0) & (pooled.std(axis=0) > 1e-9))
    if not len(kept):
        raise InputError(
            "--data-dir: no draw reproduces anything that was observed; expected data of conflicts"
        )
    return Features(used, kept, whole.transformer, pooled[:, kept].mean(axis=0), pooled[:, kept].std(axis=0))


def normal(unit: Values) -> Values:
    """Values of the unit interval as normal ones."""
    from scipy.special import ndtri

    return np.asarray(ndtri(np.clip(unit, 1e-9, 1.0 - 1e-9)))


def pool_of(z: Values, seen: Values) -> Values:
    """Places of the parameters that move some summary, at a rate of false finds over all summaries together."""
    from scipy.stats import false_discovery_control
    from sklearn.feature_selection import f_regression

    p = np.array([f_regression(z, column)[1] for column in seen.T])
    sure = false_discovery_control(np.nan_to_num(p, nan=1.0).ravel()).reshape(p.shape) < FALSE_FINDS
    return np.flatnonzero(sure.any(axis=0))


@dataclass(frozen=True)
class Regression:
    """One parameter: its mean, the log of its squared error, and what the latter is off by on average [log]."""

    mean: Any
    error: Any
    offset: float

    def moments(self, x: Values) -> tuple[Values, Values]:
        """Mean and standard deviation on normal scale."""
        logs: Values = np.asarray(self.error.predict(x)) + self.offset
        return np.asarray(self.mean.predict(x)), np.exp(0.5 * np.clip(logs, *WIDTHS))


def regression(x: Values, z: Values) -> tuple[Regression, Values]:
    """The regression of one parameter, and its residuals over their widths, each for a draw that was left out."""
    from sklearn.linear_model import BayesianRidge
    from sklearn.model_selection import cross_val_predict

    rest: Values = z - np.asarray(cross_val_predict(BayesianRidge(), x, z, cv=FOLDS))
    logs = np.log(rest**2 + TINY)
    expected: Values = np.asarray(cross_val_predict(BayesianRidge(), x, logs, cv=FOLDS))
    offset = float(np.log(np.mean(rest**2 * np.exp(-np.clip(expected, *WIDTHS)))))
    found = Regression(BayesianRidge().fit(x, z), BayesianRidge().fit(x, logs), offset)
    return found, rest * np.exp(-0.5 * (expected + offset))


@dataclass(frozen=True)
class Estimator:
    """What was learnt: ``chosen`` places of the parameters in the pool, a regression of each, and how residuals hang
    together (``likeness``, a correlation matrix).
    """

    features: Features
    chosen: Values
    regressions: tuple[Regression, ...]
    likeness: Values

    def moments(self, summaries: Values) -> tuple[Values, Values]:
        """Means and standard deviations on normal scale, each of shape (truths, pool)."""
        x = self.features.of(summaries)
        if not self.regressions:
            return np.zeros((len(x), 0)), np.zeros((len(x), 0))
        parts = [fit.moments(x) for fit in self.regressions]
        return np.stack([m for m, _ in parts], axis=1), np.stack([s for _, s in parts], axis=1)

    def draws(self, summaries: Values, n: int, rng: np.random.Generator) -> Values:
        """Posterior draws on the unit interval: shape (truths, n, pool)."""
        from scipy.special import ndtr

        mean, spread = self.moments(summaries)
        root = np.linalg.cholesky(self.likeness) if len(self.chosen) else self.likeness
        noise = rng.standard_normal((len(mean), n, len(self.chosen))) @ root.T
        return ndtr(mean[:, None] + spread[:, None] * noise)

    def log_density(self, summaries: Values, unit: Values) -> Values:
        """Log density on normal scale of some draws (draws, pool), given one set of summaries (1, conflicts, ...)."""
        mean, spread = self.moments(summaries)
        e = (normal(unit) - mean) / spread
        return -0.5 * np.einsum("ni,ij,nj->n", e, np.linalg.inv(self.likeness), e) - np.log(spread).sum()


def learn(table: Table, like: Estimator | None = None) -> Estimator:
    """Learn the estimator from the draws of a table with all mechanisms on, for the parameters that they move.

    ``like`` is one whose parameters and summaries are taken, so that what differs is the conflicts alone.

    Raises:
        InputError: for too few draws.
    """
    on = table.rows(table.off == "")
    if len(on.unit) < LEAST_DRAWS:
        raise InputError(f"--draws: {len(on.unit)} with all mechanisms on; expected at least {LEAST_DRAWS}")
    features = features_of(on, None if like is None else like.features.kept)
    x, z = features.of(on.summaries), normal(on.unit)
    places = pool_of(z, x) if like is None else like.chosen
    fits = [regression(x, z[:, k]) for k in places]
    likeness = likeness_of(np.stack([rest for _, rest in fits], axis=1)) if fits else np.zeros((0, 0))
    return Estimator(features, places, tuple(fit for fit, _ in fits), likeness)


def likeness_of(rest: Values) -> Values:
    """Correlations of residuals, shrunk as far as the number of draws asks for."""
    from sklearn.covariance import LedoitWolf

    covariance = np.asarray(LedoitWolf().fit(rest).covariance_)
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.outer(spread, spread)


def pooled_names(estimator: Estimator) -> tuple[str, ...]:
    """Names of the parameters in the pool."""
    return tuple(names()[k] for k in estimator.chosen)
