"""A trial of methods on known truths, through the same table and folds: how near each comes, and how honest it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from detente.experiments.calibration.pooling.estimator import features_of, normal
from detente.experiments.calibration.pooling.synthetic import (
    DRAWS,
    FOLDS,
    LEVELS,
    Calibrated,
    coverage,
    skill_of,
    uniform_p,
)
from detente.experiments.calibration.pooling.table import Table

Values = np.ndarray[Any, Any]

NEAREST = 0.1
"""Share of the draws of the table that rejection keeps."""

Method = Callable[[Values, Values, Values, np.random.Generator], Values]
"""From summaries and parameters (normal scale) of the table, and summaries of truths: draws (truths, draws, pool)."""


def trial(table: Table, own: Calibrated, seed: int = 1) -> list[dict[str, Any]]:
    """One row a method, over the parameters that were in the pool in every fold; the method in use comes first."""
    places = np.flatnonzero(own.pooled == 1.0)
    if not len(places):
        return []
    rows = [row_of("Bayesian regression on pooled summaries", own.ranks[:, places], own.skill[places])]
    for name, method in METHODS.items():
        rows.append(row_of(name, *tried(table, places, method, seed)))
    return rows


def row_of(name: str, ranks: Values, skill: Values) -> dict[str, Any]:
    """Mean skill of a method, mean error of its intervals, and the share of parameters whose ranks are uneven."""
    gaps = np.abs(np.array([coverage(column) for column in ranks.T]) - LEVELS).mean(axis=0)
    return {
        "method": name,
        "skill": float(np.mean(skill)),
        **dict(zip(("gap50", "gap80", "gap95"), gaps.tolist(), strict=True)),
        "uneven": float(np.mean([uniform_p(column) < 0.01 for column in ranks.T])),
        "parameters": ranks.shape[1],
        "truths": len(ranks),
    }


def tried(table: Table, places: Values, method: Method, seed: int) -> tuple[Values, Values]:
    """Ranks and skill of a method over all folds, of the parameters at some places."""
    from scipy.special import ndtr

    rng = np.random.default_rng([seed, 4])
    on = table.rows(table.off == "")
    fold = rng.permutation(len(on.unit)) % FOLDS
    ranks: list[Values] = []
    skill: list[Values] = []
    for k in range(FOLDS):
        train, test = on.rows(fold != k), on.rows(fold == k)
        features = features_of(train)
        seen = [features.of(part.summaries) for part in (train, test)]
        draws = ndtr(method(seen[0], normal(train.unit[:, places]), seen[1], rng))
        truth = test.unit[:, places]
        ranks.append(np.mean(draws < truth[:, None, :], axis=1))
        skill.append(skill_of(draws, truth))
    return np.concatenate(ranks), np.mean(skill, axis=0)


def nearest(seen: Values, z: Values, asked: Values, rng: np.random.Generator) -> Values:
    """Rejection on learnt statistics (pyabc): the draws whose expected parameters are nearest to those of a truth."""
    from pyabc.predictor import LinearPredictor

    logging.getLogger("ABC.Predictor").setLevel(logging.WARNING)
    learnt = LinearPredictor()
    learnt.fit(seen, z, None)
    return near(np.asarray(learnt.predict(seen)), np.asarray(learnt.predict(asked)), z, rng)


def plain(seen: Values, z: Values, asked: Values, rng: np.random.Generator) -> Values:
    """Rejection on the pooled summaries as they are."""
    return near(seen, asked, z, rng)


def near(mine: Values, theirs: Values, z: Values, rng: np.random.Generator) -> Values:
    """Draws of the table nearest to each truth."""
    unit = mine.std(axis=0) + 1e-12
    kept = max(int(NEAREST * len(z)), 20)
    found: list[Values] = []
    for row in theirs:
        order = np.argsort((((mine - row) / unit) ** 2).sum(axis=1))[:kept]
        found.append(z[rng.choice(order, DRAWS)])
    return np.array(found)


def bent(seen: Values, z: Values, asked: Values, rng: np.random.Generator) -> Values:
    """The regression in use with squares of the pooled summaries beside them."""
    from sklearn.linear_model import BayesianRidge

    x, at = (np.hstack([s, np.clip(s, -3.0, 3.0) ** 2]) for s in (seen, asked))
    parts: list[Values] = []
    for column in z.T:
        mean, spread = BayesianRidge().fit(x, column).predict(at, return_std=True)
        parts.append(mean[:, None] + spread[:, None] * rng.standard_normal((len(at), DRAWS)))
    return np.stack(parts, axis=2)


METHODS: dict[str, Method] = {
    "the same with squares of the summaries": bent,
    "rejection on learnt statistics (pyabc)": nearest,
    "rejection on the summaries": plain,
}
"""Methods that are tried beside the one in use."""
