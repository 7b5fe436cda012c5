"""Posteriors and weights of theories from an emulated likelihood, for observed summaries or synthetic ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.pooling.draws import names, to_parameters
from detente.experiments.pooling.emulator import Emulator

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Conditioned:
    """The emulator conditioned on some conflicts: all that does not depend on what was observed."""

    emulator: Emulator
    conflicts: tuple[int, ...]
    covariance: Values
    gain: Values
    weight: Values
    places: tuple[Values, Values]

    def residuals(self, scores: Values, words: Sequence[str]) -> Values:
        """Scores less their centre and the shifts of some words: shape (truths, used)."""
        shift = sum((self.emulator.shift[w] for w in words), np.zeros(scores.shape[-1]))
        return (scores - self.emulator.centre - shift)[:, self.places[0], self.places[1]]

    def means(self, scores: Values, words: Sequence[str]) -> Values:
        """Posterior means of the latent values: shape (truths, latent)."""
        return self.residuals(scores, words) @ self.gain.T @ self.covariance

    def log_evidence(self, scores: Values, words: Sequence[str]) -> Values:
        """Log likelihood of scores, parameters and random effects integrated out, up to a constant."""
        r = self.residuals(scores, words)
        h = r @ self.gain.T
        plain = np.einsum("ni,ij,nj->n", r, self.weight, r)
        return -0.5 * (plain - np.einsum("ni,ij,nj->n", h, self.covariance, h))


def conditioned(emulator: Emulator, conflicts: Sequence[int] | None = None) -> Conditioned:
    """Condition on all conflicts, or on some."""
    kept = tuple(range(len(emulator.centre))) if conflicts is None else tuple(conflicts)
    prior = np.eye(emulator.latent)
    d = len(emulator.chosen)
    prior[d:, d:] = np.linalg.inv(emulator.shared)
    gains: list[Values] = []
    blocks: list[Values] = []
    for c in kept:
        loading, precision = emulator.loadings(c), emulator.precision(c)
        gains.append(loading.T @ precision)
        blocks.append(precision)
        prior = prior + gains[-1] @ loading
    places = [(c, k) for c in kept for k in np.flatnonzero(emulator.scores.used[c])]
    at = np.array(places, dtype=int).reshape(-1, 2)
    return Conditioned(
        emulator,
        kept,
        np.linalg.inv(prior),
        np.hstack(gains),
        diagonal(blocks),
        (at[:, 0], at[:, 1]),
    )


def diagonal(blocks: Sequence[Values]) -> Values:
    """One matrix of the blocks along its diagonal."""
    from scipy.linalg import block_diag

    return np.asarray(block_diag(*blocks))


def theory_weights(given: Conditioned, scores: Values) -> Values:
    """Posterior weights of the theories, each with the same prior: shape (truths, theories)."""
    return shares(np.stack([given.log_evidence(scores, (t,)) for t in THEORIES], axis=1))


def shares(logs: Values) -> Values:
    """Weights from log weights, along the last axis."""
    relative = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return relative / relative.sum(axis=-1, keepdims=True)


def chance_off(given: Conditioned, scores: Values, mechanism: str) -> Values:
    """Posterior chance that a mechanism is off, against all on, with even prior odds; theories averaged."""
    on = np.stack([given.log_evidence(scores, (t,)) for t in THEORIES], axis=1)
    off = np.stack([given.log_evidence(scores, (t, mechanism)) for t in THEORIES], axis=1)
    both = np.stack([log_mean(on), log_mean(off)], axis=1)
    return shares(both)[:, 1]


def log_mean(logs: Values) -> Values:
    """Log of the mean of exponentials, along the last axis."""
    top = logs.max(axis=-1)
    return top + np.log(np.mean(np.exp(logs - top[:, None]), axis=-1))


@dataclass(frozen=True)
class Sampled:
    """Draws of the posterior: values of the unit interval (draws, parameters), latent values and theories."""

    unit: Values
    latent: Values
    theory: tuple[str, ...]

    def parameters(self) -> Values:
        """Parameters in their units."""
        return to_parameters(self.unit)


def sample(given: Conditioned, scores: Values, n: int, rng: np.random.Generator) -> Sampled:
    """Draws given one set of scores (conflicts, summaries); parameters outside the pool are drawn from their prior."""
    from scipy.special import ndtr

    weights = theory_weights(given, scores[None])[0]
    theory = tuple(THEORIES[k] for k in rng.choice(len(THEORIES), size=n, p=weights))
    means = {t: given.means(scores[None], (t,))[0] for t in set(theory)}
    root = np.linalg.cholesky(given.covariance)
    latent = np.array([means[t] for t in theory]) + rng.standard_normal((n, len(root))) @ root.T
    unit = rng.random((n, len(names())))
    d = len(given.emulator.chosen)
    unit[:, given.emulator.chosen] = ndtr(latent[:, :d])
    return Sampled(unit, latent, theory)


def log_likelihoods(given: Conditioned, scores: Values, found: Sampled) -> Values:
    """Log likelihood of each conflict at each draw, up to a constant: shape (draws, conflicts)."""
    e = given.emulator
    shifts = np.array([e.shift[t] for t in found.theory])
    columns: list[Values] = []
    for c in range(len(e.centre)):
        rows = np.flatnonzero(e.scores.used[c])
        expected = e.centre[c][rows] + shifts[:, rows] + found.latent @ e.loadings(c).T
        r = scores[c][rows] - expected
        columns.append(-0.5 * np.einsum("ni,ij,nj->n", r, e.precision(c), r))
    return np.stack(columns, axis=1)


def widths(given: Conditioned) -> Mapping[str, float]:
    """Posterior over prior standard deviation on normal scale, of the parameters in the pool."""
    sd = np.sqrt(np.diag(given.covariance))
    return {names()[j]: float(sd[k]) for k, j in enumerate(given.emulator.chosen)}
