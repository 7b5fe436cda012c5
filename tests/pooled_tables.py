"""Synthetic tables of a pooled fit, with a known truth."""

import numpy as np

from detente.agents.codes import THEORIES
from detente.experiments.calibration.pooling.draws import names
from detente.experiments.calibration.pooling.estimator import normal
from detente.experiments.calibration.pooling.summaries import N
from detente.experiments.calibration.pooling.table import Table

MOVED = (3, 10)
"""Parameters that move the first two summaries of the synthetic conflicts; no other moves any."""


def made(n=300, conflicts=4, truth=1.0, noise=0.6, seed=1):
    """A table in which two summaries follow two parameters, and a third the theory; observed at a known truth."""
    rng = np.random.default_rng(seed)
    unit = rng.random((n, len(names())))
    theory = rng.choice(THEORIES, n)
    off = np.where(rng.random(n) < 0.15, "level", "")
    s = rng.standard_normal((n, conflicts, N)) * noise
    z = normal(unit)
    for k, place in enumerate(MOVED):
        s[:, :, k] += z[:, place][:, None]
    s[:, :, 2] += 1.5 * (theory == "ripeness")[:, None]
    s[:, :, 3] += 2.0 * (off == "level")[:, None]
    seen = np.zeros((conflicts, N))
    seen[:, :2] = truth
    seen[:, 2] = 1.5
    seen[0, 5] = np.nan
    return Table(tuple(f"war-{k}" for k in range(conflicts)), unit, theory, off, s, seen)
