"""Posterior predictive checks: every conflict run at draws of the posterior, beside what was observed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.experiments.calibration.pooling.conflicts import Conflict, Found
from detente.experiments.calibration.pooling.courses import simulated
from detente.experiments.calibration.pooling.draws import names, to_parameters
from detente.experiments.calibration.pooling.summaries import SUMMARIES, summary
from detente.experiments.calibration.pooling.table import Table
from detente.model.errors import InputError
from detente.model.trajectory import EventOverflowError

Values = np.ndarray[Any, Any]

RUNS = 60
SEEDS = 50_000_000
"""First seed of these runs, beyond those of any table."""


def predicted(
    found: Sequence[Conflict], unit: Values, theories: Sequence[str] | Values, progress: Found | None = None
) -> Values:
    """Summaries of one run a conflict at each draw of a posterior (draws, parameters): (runs, conflicts, summaries).

    Theories take turns as they stand in a list, those of a table for instance.
    """
    tell = progress or (lambda what, done, total: None)
    rows: list[Values] = []
    for number, values in enumerate(to_parameters(unit)):
        tell("checking", number, len(unit))
        setting = dict(zip(names(), values.tolist(), strict=True))
        theory = str(theories[number % len(theories)])
        row = run_all(found, setting, theory, SEEDS + number * len(found))
        if row is not None:
            rows.append(row)
    tell("checking", len(unit), len(unit))
    return np.array(rows).reshape(len(rows), len(found), len(SUMMARIES))


def run_all(found: Sequence[Conflict], setting: dict[str, float], theory: str, seed: int) -> Values | None:
    """One run a conflict; None where a case cannot take the parameters."""
    try:
        courses = [
            simulated(c.start(setting, theory), seed + k, c.thin, counted=c.counted)
            for k, c in enumerate(found)
        ]
    except (EventOverflowError, InputError):
        return None
    return np.array([summary(course) for course in courses])


def predictive_rows(values: Values, prior: Table, kept: Values) -> list[dict[str, Any]]:
    """One row a summary: the mean over the conflicts that record it, observed, at the posterior and at the prior.

    ``inside80`` and ``inside95`` are shares of the conflicts whose own value lies in their own interval; ``kept`` says
    which pooled summaries the fit used, as some draws reproduce them.
    """
    rows: list[dict[str, Any]] = []
    for k, (name, meaning) in enumerate(SUMMARIES.items()):
        known = np.flatnonzero(np.isfinite(prior.observed[:, k]))
        if len(known) and len(values):
            head = {"summary": name, "meaning": meaning, "conflicts": len(known), "used": k in kept}
            before = prior.summaries[:, known, k]
            rows.append({**head, **row_of(values[:, known, k], before, prior.observed[known, k])})
    return rows


def row_of(here: Values, before: Values, observed: Values) -> dict[str, Any]:
    """One summary at the posterior and at the prior: (runs, conflicts) each, beside what was observed."""
    mean = float(observed.mean())
    low, median, high = (float(v) for v in np.quantile(here.mean(axis=1), [0.025, 0.5, 0.975]))
    return {
        "observed": mean,
        "low95": low,
        "median": median,
        "high95": high,
        "inside": low <= mean <= high,
        "prior_median": float(np.median(before.mean(axis=1))),
        "inside80": inside(here, observed, 0.8),
        "inside95": inside(here, observed, 0.95),
    }


def inside(values: Values, observed: Values, level: float) -> float:
    """Share of conflicts whose observed value lies in the central interval of its runs."""
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return float(np.mean((low <= observed) & (observed <= high)))
