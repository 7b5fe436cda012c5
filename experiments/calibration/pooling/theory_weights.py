"""Which theory of readiness, and which mechanism, do the conflicts speak for?  Weights, and what they are worth.

A classifier (logistic regression, scikit-learn) learns from the table which theory made the pooled summaries of a draw.
Its weights for draws it has not seen show how far such data can tell theories apart at all.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.agents.parameters import CORE_SWITCHES
from detente.experiments.calibration.pooling.estimator import features_of
from detente.experiments.calibration.pooling.table import Table

Values = np.ndarray[Any, Any]

FOLDS = 5
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Inverse penalties that cross-validation chooses from."""

LEAST, LEAST_IN_BIN, BINS = 20, 20, 5
"""Draws of a word that a classifier needs; draws in a bin that are compared; number of bins."""


def classifier(*, even: bool) -> Any:
    """A logistic regression whose penalty is chosen by cross-validation; ``even`` gives all words the same prior."""
    from sklearn.linear_model import LogisticRegressionCV

    weights = "balanced" if even else None
    how: dict[str, Any] = {"Cs": STRENGTHS, "l1_ratios": (0.0,), "use_legacy_attributes": False}
    return LogisticRegressionCV(scoring="neg_log_loss", class_weight=weights, max_iter=2000, **how)


def weighed(table: Table, words: Values, *, even: bool = False) -> tuple[Values, Values, list[str]]:
    """Weights of words for draws that were left out (draws, words), for what was observed, and the words in order."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    features = features_of(table)
    x, own = features.of(table.summaries), features.of(table.observed[None])
    split = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    seen = cross_val_predict(classifier(even=even), x, words, cv=split, method="predict_proba")
    fit = classifier(even=even).fit(x, words)
    return np.asarray(seen), np.asarray(fit.predict_proba(own))[0], [str(word) for word in fit.classes_]


def theory_rows(table: Table) -> list[dict[str, Any]]:
    """One row a theory: its weight, and how weights are borne out on synthetic truths."""
    on = table.rows(table.off == "")
    seen, own, order = weighed(on, on.theory)
    rows: list[dict[str, Any]] = []
    for name in THEORIES:
        k = order.index(name)
        true = on.theory == name
        rows.append(
            {
                "theory": name,
                "weight": float(own[k]),
                "truths": int(true.sum()),
                "weight_if_true": float(seen[true, k].mean()),
                "weight_if_false": float(seen[~true, k].mean()),
                "first_if_true": float(np.mean(seen[true].argmax(axis=1) == k)),
                "largest_gap": largest_gap(seen[:, k], true),
            }
        )
    return rows


def largest_gap(weight: Values, true: Values) -> float:
    """Largest difference between the mean weight and the share of truths, over bins with draws enough."""
    gaps = [0.0]
    place = np.minimum((weight * BINS).astype(int), BINS - 1)
    for k in range(BINS):
        inside = place == k
        if inside.sum() >= LEAST_IN_BIN:
            gaps.append(abs(float(weight[inside].mean()) - float(true[inside].mean())))
    return max(gaps)


def mechanism_rows(table: Table) -> list[dict[str, Any]]:
    """One row a mechanism with draws enough: chance that it is off at even odds, and how far such chances tell.

    ``told_apart`` is the chance that a draw with it off has the larger chance than one with all on: .5 for none.
    """
    from sklearn.metrics import roc_auc_score

    rows: list[dict[str, Any]] = []
    for name in CORE_SWITCHES:
        off = table.off == name
        if off.sum() < LEAST:
            continue
        pair = table.rows(off | (table.off == ""))
        words = (pair.off == name).astype(int)
        seen, own, _ = weighed(pair, words, even=True)
        chance = seen[:, 1]
        rows.append(
            {
                "mechanism": name,
                "chance_off": float(own[1]),
                "truths_off": int(off.sum()),
                "chance_if_off": float(chance[words == 1].mean()),
                "chance_if_on": float(chance[words == 0].mean()),
                "told_apart": float(roc_auc_score(words, chance)),
            }
        )
    return rows
