"""Simulation-based calibration: posteriors of draws whose truth is known, through the stored table.

The emulator is learnt without the fold that a truth lies in.  If posteriors mean what they say, the rank of the truth
among draws of its posterior is uniform, and an interval of 80 % holds it in 80 % of cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.pooling.draws import MECHANISMS, names
from detente.experiments.pooling.emulator import learn
from detente.experiments.pooling.inference import Conditioned, chance_off, conditioned, theory_weights
from detente.experiments.pooling.table import Table

Values = np.ndarray[Any, Any]

FOLDS, DRAWS, BINS = 5, 199, 10
LEVELS = (0.5, 0.8, 0.95)
LEAST_IN_BIN = 20


@dataclass(frozen=True)
class Calibrated:
    """Ranks of truths in [0, 1] (truths, parameters); scores of intervals; weights and truths of theories, mechanisms.

    ``pooled`` is the share of folds in which a parameter was in the pool; ``skill`` how much nearer the posterior is to
    the truth than the prior (1: on it; 0: no nearer), by its continuous ranked probability score.
    """

    ranks: Values
    pooled: Values
    skill: Values
    weights: Values
    theory: Values
    chances: dict[str, tuple[Values, Values]]

    def p(self, place: int) -> float:
        """Chance of ranks as uneven as these if they were uniform (chi-square)."""
        from scipy.stats import chisquare

        counts = np.histogram(self.ranks[:, place], bins=BINS, range=(0.0, 1.0))[0]
        return float(chisquare(counts).pvalue)

    def coverage(self, place: int) -> list[float]:
        """Shares of truths inside the central intervals of ``LEVELS``."""
        off = np.abs(self.ranks[:, place] - 0.5)
        return [float(np.mean(off <= level / 2.0)) for level in LEVELS]


def calibrated(table: Table, seed: int = 1, *, own_slopes: bool = True) -> Calibrated:
    """Every draw of a table as a truth, its posterior learnt from the other folds."""
    rng = np.random.default_rng([seed, 3])
    parts = list(folds(table, rng, own_slopes=own_slopes))
    whole = {m: tuple(np.concatenate([p.chances[m][k] for p in parts]) for k in (0, 1)) for m in MECHANISMS}
    return Calibrated(
        np.concatenate([p.ranks for p in parts]),
        np.mean([p.pooled for p in parts], axis=0),
        np.mean([p.skill for p in parts], axis=0),
        np.concatenate([p.weights for p in parts]),
        np.concatenate([p.theory for p in parts]),
        {m: (np.asarray(a), np.asarray(b)) for m, (a, b) in whole.items()},
    )


def folds(table: Table, rng: np.random.Generator, *, own_slopes: bool) -> Iterator[Calibrated]:
    """The truths of each fold, judged by an emulator of the others."""
    fold = rng.permutation(len(table.unit)) % FOLDS
    for k in range(FOLDS):
        given = conditioned(learn(table.rows(fold != k), own_slopes=own_slopes))
        yield judged(given, table.rows(fold == k), rng)


def judged(given: Conditioned, truths: Table, rng: np.random.Generator) -> Calibrated:
    """Ranks, skill and weights of some truths."""
    on = truths.rows(truths.off == "")
    scores = given.emulator.scores.of(on.summaries)
    weights = theory_weights(given, scores)
    draws = drawn(given, scores, weights, rng)
    chosen = given.emulator.chosen
    ranks = rng.random(on.unit.shape)
    ranks[:, chosen] = np.mean(draws < on.unit[:, chosen][:, None, :], axis=1)
    pooled, skill = np.zeros(on.unit.shape[1]), np.zeros(on.unit.shape[1])
    pooled[chosen], skill[chosen] = 1.0, skill_of(draws, on.unit[:, chosen])
    chances = {m: chances_of(given, truths, on, m) for m in MECHANISMS}
    return Calibrated(ranks, pooled, skill, weights, on.theory, chances)


def drawn(given: Conditioned, scores: Values, weights: Values, rng: np.random.Generator) -> Values:
    """Posterior draws of the parameters in the pool on the unit interval: shape (truths, draws, pool)."""
    from scipy.special import ndtr

    d = len(given.emulator.chosen)
    means = np.stack([given.means(scores, (t,))[:, :d] for t in THEORIES], axis=1)
    picked = (rng.random((len(scores), DRAWS, 1)) > np.cumsum(weights, axis=1)[:, None, :-1]).sum(axis=2)
    centre = np.take_along_axis(means, picked[:, :, None], axis=1)
    root = np.linalg.cholesky(given.covariance[:d, :d]) if d else np.zeros((0, 0))
    return ndtr(centre + rng.standard_normal(centre.shape) @ root.T)


def skill_of(draws: Values, truth: Values) -> Values:
    """One less the ratio of the posterior's mean ranked probability score to that of the uniform prior."""
    ordered = np.sort(draws, axis=1)
    n = draws.shape[1]
    weight = (2.0 * np.arange(1, n + 1) - n - 1.0) / n**2
    spread = np.einsum("nld,l->nd", ordered, weight)
    own = np.abs(draws - truth[:, None, :]).mean(axis=1) - spread
    prior = (truth**2 + (1.0 - truth) ** 2) / 2.0 - 1.0 / 6.0
    return 1.0 - own.mean(axis=0) / prior.mean(axis=0)


def chances_of(given: Conditioned, truths: Table, on: Table, mechanism: str) -> tuple[Values, Values]:
    """Chances that a mechanism is off, of truths in which it is and of truths with all on."""
    off = truths.rows(truths.off == mechanism)
    if mechanism not in given.emulator.shift:
        return np.zeros(0), np.zeros(0)
    parts = [given.emulator.scores.of(t.summaries) for t in (off, on)]
    a, b = (chance_off(given, s, mechanism) if len(s) else np.zeros(0) for s in parts)
    return a, b


# -- what is said of theories


def theory_rows(found: Calibrated) -> list[dict[str, Any]]:
    """How weights of theories are borne out: one row a theory."""
    rows: list[dict[str, Any]] = []
    for k, name in enumerate(THEORIES):
        true = found.theory == name
        weight = found.weights[:, k]
        best = found.weights.argmax(axis=1) == k
        rows.append(
            {
                "theory": name,
                "truths": int(true.sum()),
                "weight_if_true": float(weight[true].mean()),
                "weight_if_false": float(weight[~true].mean()),
                "first_if_true": float(best[true].mean()),
                "largest_gap": largest_gap(weight, true.astype(float)),
            }
        )
    return rows


def largest_gap(weight: Values, true: Values) -> float:
    """Largest difference between the mean weight and the share of truths, over bins with truths enough."""
    gaps = [0.0]
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (weight >= low) & (weight < low + 0.2 + 1e-12 * (low > 0.7))
        if inside.sum() >= LEAST_IN_BIN:
            gaps.append(abs(float(weight[inside].mean()) - float(true[inside].mean())))
    return max(gaps)


def mechanism_rows(found: Calibrated) -> list[dict[str, Any]]:
    """How well the summaries show that a mechanism is off: one row a mechanism."""
    rows: list[dict[str, Any]] = []
    for name, (off, on) in found.chances.items():
        if len(off) and len(on):
            ahead = float(np.mean(off[:, None] > on[None, :]) + 0.5 * np.mean(off[:, None] == on[None, :]))
            about = {"chance_if_off": float(off.mean()), "chance_if_on": float(on.mean()), "told_apart": ahead}
            rows.append({"mechanism": name, "truths_off": len(off), "truths_on": len(on), **about})
    return rows


def parameter_rows(found: Calibrated) -> list[dict[str, Any]]:
    """Ranks, coverage and skill: one row a parameter."""
    return [
        {
            "parameter": name,
            "pooled_in_folds": float(found.pooled[k]),
            "rank_p": found.p(k),
            **dict(zip(("within50", "within80", "within95"), found.coverage(k), strict=True)),
            "skill": float(found.skill[k]),
        }
        for k, name in enumerate(names())
    ]
