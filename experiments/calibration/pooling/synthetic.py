"""Simulation-based calibration: posteriors of draws whose truth is known, through the stored table.

The estimator is learnt without the fold that a truth lies in.  If posteriors mean what they say, the rank of the truth
among draws of its posterior is uniform, and an interval of 80 % holds it in 80 % of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.calibration.pooling.draws import names
from detente.experiments.calibration.pooling.estimator import learn
from detente.experiments.calibration.pooling.table import Table

Values = np.ndarray[Any, Any]

FOLDS, DRAWS, BINS = 5, 199, 10
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Calibrated:
    """Ranks of truths in [0, 1] (truths, parameters), and by parameter the share of folds in whose pool it was.

    ``skill`` is how much nearer posteriors come to truths than the prior does (1: on them; 0: no nearer), by the
    continuous ranked probability score.
    """

    ranks: Values
    pooled: Values
    skill: Values


def calibrated(table: Table, seed: int = 1) -> Calibrated:
    """Every draw of a table with all mechanisms on as a truth, its posterior learnt from the other folds."""
    rng = np.random.default_rng([seed, 3])
    on = table.rows(table.off == "")
    fold = rng.permutation(len(on.unit)) % FOLDS
    parts = [judged(on.rows(fold != k), on.rows(fold == k), rng) for k in range(FOLDS)]
    return Calibrated(
        np.concatenate([p.ranks for p in parts]),
        np.mean([p.pooled for p in parts], axis=0),
        np.mean([p.skill for p in parts], axis=0),
    )


def judged(table: Table, truths: Table, rng: np.random.Generator) -> Calibrated:
    """Ranks and skill of some truths; parameters outside the pool have the ranks of the prior."""
    estimator = learn(table)
    draws, truth = estimator.draws(truths.summaries, DRAWS, rng), truths.unit[:, estimator.chosen]
    ranks = rng.random(truths.unit.shape)
    ranks[:, estimator.chosen] = np.mean(draws < truth[:, None, :], axis=1)
    pooled, skill = np.zeros(truths.unit.shape[1]), np.zeros(truths.unit.shape[1])
    pooled[estimator.chosen], skill[estimator.chosen] = 1.0, skill_of(draws, truth)
    return Calibrated(ranks, pooled, skill)


def skill_of(draws: Values, truth: Values) -> Values:
    """One less the ratio of the posterior's mean ranked probability score to that of the uniform prior."""
    n = draws.shape[1]
    weight = (2.0 * np.arange(1, n + 1) - n - 1.0) / n**2
    spread = np.einsum("nld,l->nd", np.sort(draws, axis=1), weight)
    own = np.abs(draws - truth[:, None, :]).mean(axis=1) - spread
    prior = (truth**2 + (1.0 - truth) ** 2) / 2.0 - 1.0 / 6.0
    return 1.0 - own.mean(axis=0) / prior.mean(axis=0)


def uniform_p(ranks: Values) -> float:
    """Chance of ranks as uneven as these if they were uniform (chi-square)."""
    from scipy.stats import chisquare

    return float(chisquare(np.histogram(ranks, bins=BINS, range=(0.0, 1.0))[0]).pvalue)


def coverage(ranks: Values) -> list[float]:
    """Shares of truths inside the central intervals of ``LEVELS``."""
    return [float(np.mean(np.abs(ranks - 0.5) <= level / 2.0)) for level in LEVELS]


def calibration_rows(found: Calibrated) -> list[dict[str, Any]]:
    """Ranks, coverage and skill: one row a parameter."""
    return [
        {
            "parameter": name,
            "pooled_in_folds": float(found.pooled[k]),
            "rank_p": uniform_p(found.ranks[:, k]),
            **dict(zip(("within50", "within80", "within95"), coverage(found.ranks[:, k]), strict=True)),
            "skill": float(found.skill[k]),
        }
        for k, name in enumerate(names())
    ]
