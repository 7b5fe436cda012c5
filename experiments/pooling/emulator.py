"""An emulated likelihood: how the summaries of each conflict follow from the parameters, learnt from the table.

Each summary is brought to normal scores over the draws.  Its mean is linear in the parameters on normal scale, with a
shift for each theory; slopes are shared, since the conflicts share the rules, and each conflict may depart from them as
far as cross-validation bears out.  What a draw moves in all conflicts alike and the slopes do not explain (bends,
parameters left out) is a random effect of the draw: without it nineteen conflicts would count as nineteen witnesses of
the emulator's own error.  All of it is Gaussian, so posteriors and the weights of theories are in closed form, for any
choice of conflicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.pooling.table import Table
from detente.model.errors import InputError

Values = np.ndarray[Any, Any]

TAIL = 0.005
"""An observed summary beyond this share of the draws at either end is not reproduced, and left out of the fit."""

FALSE_FINDS = 0.05
"""Share of false finds among the effects by which parameters are taken into the pool."""

FURTHEST = 3.0
"""Largest normal score."""

LEAST_VARIANCE = 0.05
PENALTIES = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0, 1e6)
"""Ridge penalties that cross-validation chooses from, for how a conflict departs from the shared slopes."""

LEAST_DRAWS = 60


@dataclass(frozen=True)
class Scores:
    """Normal scores of the summaries, fitted to the draws of a table: one transformer for all that are used.

    ``used`` has shape (conflicts, summaries); ``missed`` marks those that no draw reproduces.
    """

    used: Values
    missed: Values
    transformer: Any

    def of(self, summaries: Values) -> Values:
        """Scores of summaries of shape (..., conflicts, summaries): shape (..., conflicts, summaries), 0 if unused."""
        flat = summaries[..., self.used].reshape(-1, int(self.used.sum()))
        scores = np.zeros((*summaries.shape[:-2], *self.used.shape))
        known = np.clip(self.transformer.transform(flat), -FURTHEST, FURTHEST)
        scores[..., self.used] = known.reshape(*summaries.shape[:-2], -1)
        return scores


def scores_of(table: Table) -> Scores:
    """The normal scores of a table, and which summaries are used: those that are observed, vary, and are reproduced."""
    from sklearn.preprocessing import QuantileTransformer

    s, observed = table.summaries, table.observed
    below = np.mean(s < observed, axis=0) + 0.5 * np.mean(s == observed, axis=0)
    varies = s.std(axis=0) > 1e-9
    known = np.isfinite(observed) & varies
    reached = (below > TAIL) & (below < 1.0 - TAIL)
    used = known & reached
    if not used.any():
        raise InputError("--data-dir: no observed summary is reproduced by any draw; expected data of conflicts")
    fit = QuantileTransformer(n_quantiles=min(len(s), 500), output_distribution="normal", subsample=None)
    return Scores(used, known & ~reached, fit.fit(s[:, used]))


def normal(unit: Values) -> Values:
    """Values of the unit interval as normal ones."""
    from scipy.special import ndtri

    return np.clip(ndtri(np.clip(unit, 1e-9, 1.0 - 1e-9)), -6.0, 6.0)


def dummies(words: Values, names: Sequence[str]) -> Values:
    """One column a name but the first, 1 where a draw has it."""
    return np.stack([(words == name).astype(float) for name in names[1:]], axis=1)


@dataclass(frozen=True)
class Emulator:
    """What was learnt.

    ``chosen`` are places of the parameters in the pool; ``centre`` (conflicts, summaries) and ``slopes`` (conflicts,
    summaries, chosen); ``shift`` what each theory and each mechanism that is off adds, by name; ``shared`` covariance
    of the draw's random effect; ``noise`` covariance of each conflict over the summaries it uses.
    """

    scores: Scores
    chosen: Values
    centre: Values
    slopes: Values
    shift: dict[str, Values]
    shared: Values
    noise: tuple[Values, ...]

    @cached_property
    def latent(self) -> int:
        """Number of latent values: parameters in the pool and random effects."""
        return len(self.chosen) + len(self.shared)

    def loadings(self, conflict: int) -> Values:
        """How the scores of a conflict load on the latent values."""
        rows = np.flatnonzero(self.scores.used[conflict])
        return np.hstack([self.slopes[conflict][rows], np.eye(len(self.shared))[rows]])

    def precision(self, conflict: int) -> Values:
        """Inverse of the noise of a conflict."""
        return np.linalg.inv(self.noise[conflict])


def learn(table: Table, *, own_slopes: bool = True) -> Emulator:
    """Learn the emulator from the draws of a table; those with a mechanism off teach its shift alone.

    Raises:
        InputError: for too few draws.
    """
    on = table.rows(table.off == "")
    if len(on.unit) < LEAST_DRAWS:
        raise InputError(f"--draws: {len(on.unit)} with all mechanisms on; expected at least {LEAST_DRAWS}")
    scores = scores_of(table)
    y, z = scores.of(on.summaries), normal(on.unit)
    theory = dummies(on.theory, THEORIES)
    mean = pooled_mean(y, scores.used)
    chosen = pool_of(z, mean)
    shared, by_theory = shared_slopes(z[:, chosen], theory, mean)
    explained = z[:, chosen] @ shared.T + theory @ by_theory.T
    centre = np.where(scores.used, (y - explained[:, None, :]).mean(axis=0), 0.0)
    rest = np.where(scores.used, y - explained[:, None, :] - centre, 0.0)
    slopes = np.repeat(shared[None], len(table.conflicts), axis=0)
    if own_slopes and len(chosen):
        slopes = slopes + departures(z[:, chosen], rest, scores.used)
        rest = rest - np.where(scores.used, np.einsum("nd,ckd->nck", z[:, chosen], slopes - shared[None]), 0.0)
    effect = random_effect(rest, scores.used)
    noise = tuple(noise_of(rest[:, c], scores.used[c], effect) for c in range(len(table.conflicts)))
    shift = {THEORIES[0]: np.zeros(len(effect)), **dict(zip(THEORIES[1:], by_theory.T, strict=True))}
    found = Emulator(scores, chosen, centre, slopes, shift, effect, noise)
    return with_mechanisms(found, table)


def pooled_mean(y: Values, used: Values) -> Values:
    """Mean over the conflicts that use a summary: shape (draws, summaries); 0 where none does."""
    n = used.sum(axis=0)
    return np.where(n > 0, y.sum(axis=1) / np.maximum(n, 1), 0.0)


def pool_of(z: Values, mean: Values) -> Values:
    """Places of the parameters that move some summary, at a rate of false finds over all summaries together."""
    from scipy.stats import false_discovery_control
    from sklearn.feature_selection import f_regression

    moving = np.flatnonzero(mean.std(axis=0) > 1e-9)
    p = np.array([f_regression(z, mean[:, k])[1] for k in moving])
    sure = false_discovery_control(np.nan_to_num(p, nan=1.0).ravel()).reshape(p.shape) < FALSE_FINDS
    return np.flatnonzero(sure.any(axis=0))


def shared_slopes(z: Values, theory: Values, mean: Values) -> tuple[Values, Values]:
    """Slopes on the parameters in the pool, and shifts by theory: shapes (summaries, chosen), (summaries, theories)."""
    from sklearn.linear_model import LinearRegression

    fit = LinearRegression().fit(np.hstack([z, theory]), mean)
    both = np.asarray(fit.coef_)
    return both[:, : z.shape[1]], both[:, z.shape[1] :]


def departures(z: Values, rest: Values, used: Values) -> Values:
    """How the slopes of each conflict depart from the shared ones, as far as cross-validation bears out."""
    from sklearn.linear_model import RidgeCV

    found = np.zeros((*used.shape, z.shape[1]))
    for c, mask in enumerate(used):
        if mask.any():
            fit = RidgeCV(alphas=PENALTIES).fit(z, rest[:, c][:, mask])
            found[c, mask] = np.asarray(fit.coef_).reshape(int(mask.sum()), -1)
    return found


def random_effect(rest: Values, used: Values) -> Values:
    """Covariance of what a draw moves in all conflicts alike: the mean over pairs of different conflicts."""
    total = rest.sum(axis=1)
    same = np.einsum("nck,ncl->kl", rest, rest)
    both = used.astype(float)
    pairs = np.outer(both.sum(axis=0), both.sum(axis=0)) - both.T @ both
    crossed = np.where(pairs > 0, (total.T @ total - same) / np.maximum(pairs, 1.0) / len(rest), 0.0)
    return positive(crossed, 1e-4)


def positive(matrix: Values, least: float) -> Values:
    """The nearest matrix whose eigenvalues are at least so large."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2.0)
    return (vectors * np.maximum(values, least)) @ vectors.T


def noise_of(rest: Values, mask: Values, effect: Values) -> Values:
    """Covariance of one conflict's scores beyond the random effect, over the summaries it uses."""
    from sklearn.covariance import LedoitWolf

    rows = np.flatnonzero(mask)
    if not len(rows):
        return np.zeros((0, 0))
    whole = np.asarray(LedoitWolf(assume_centered=True).fit(rest[:, rows]).covariance_)
    return positive(whole - effect[np.ix_(rows, rows)], LEAST_VARIANCE)


def with_mechanisms(found: Emulator, table: Table) -> Emulator:
    """The same with the shift of each mechanism that is off, from the draws in which it is."""
    shift = dict(found.shift)
    for word in sorted(set(table.off.tolist()) - {""}):
        some = table.rows(table.off == word)
        y = found.scores.of(some.summaries)
        expected = found.centre + np.einsum("nd,ckd->nck", normal(some.unit)[:, found.chosen], found.slopes)
        by_theory = np.array([found.shift[str(t)] for t in some.theory])
        rest = np.where(found.scores.used, y - expected - by_theory[:, None, :], 0.0)
        shift[word] = pooled_mean(rest, found.scores.used).mean(axis=0)
    return Emulator(
        found.scores, found.chosen, found.centre, found.slopes, shift, found.shared, found.noise
    )
