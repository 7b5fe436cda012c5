"""A two-level factorial whose corners all run under the same seeds: main effects and interactions, seed by seed.

Every effect is computed within a seed and then averaged over seeds, so that luck common to the corners cancels, and
its interval is that of a mean over independent seeds.  With n factors there are 2**n corners; corner c has factor k
raised where bit k of c is set (Yates order).  A value that is missing (NaN) in some corners leaves an effect within a
seed to the settings of the other factors in which it has a value on both sides; without any, the seed has no effect.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from detente.experiments.runs.intervals import paired_difference

Values = np.ndarray[Any, Any]


def corners(n: int) -> Values:
    """The corners of n factors: shape (2**n, n), 1 where a factor is raised."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


def main_effects(values: Values) -> Values:
    """What raising each factor adds, averaged over the settings of the others: shape (factors, seeds).

    ``values`` has shape (corners, seeds).
    """
    raised = corners(n_factors(values)).astype(bool)
    whole = np.array([values[on].mean(axis=0) - values[~on].mean(axis=0) for on in raised.T])
    steps = [values[on] - values[~on] for on in raised.T]  # corners come in the same order on both sides
    return np.where(np.isnan(whole), [mean_of_known(step) for step in steps], whole)


def interactions(values: Values) -> dict[tuple[int, int], Values]:
    """How much more one factor adds where the other is raised too, averaged over the rest: (j, k) -> seeds.

    The difference of the two differences, not half of it.
    """
    raised = corners(n_factors(values)).astype(bool)
    made: dict[tuple[int, int], Values] = {}
    for j, k in combinations(range(raised.shape[1]), 2):
        same = raised[:, j] == raised[:, k]
        whole = 2.0 * (values[same].mean(axis=0) - values[~same].mean(axis=0))
        made[j, k] = np.where(np.isnan(whole), mean_of_known(joint_steps(values, raised, j, k)), whole)
    return made


def joint_steps(values: Values, raised: Values, j: int, k: int) -> Values:
    """What raising one factor adds to the effect of another, at each setting of the rest: shape (settings, seeds)."""
    none, first, second, both = (
        values[(raised[:, j] == a) & (raised[:, k] == b)]
        for a, b in ((False, False), (True, False), (False, True), (True, True))
    )
    return both - first - second + none


def mean_of_known(values: Values) -> Values:
    """Mean over the first axis of the values that are not missing; NaN where all are."""
    n = np.sum(~np.isnan(values), axis=0)
    return np.where(n > 0, np.nansum(values, axis=0) / np.maximum(n, 1), np.nan)


def alone(values: Values) -> Values:
    """What each factor adds where no other is raised: shape (factors, seeds)."""
    n = n_factors(values)
    return np.array([values[1 << k] - values[0] for k in range(n)])


def last(values: Values) -> Values:
    """What each factor adds on top of all the others: shape (factors, seeds)."""
    n, full = n_factors(values), len(values) - 1
    return np.array([values[full] - values[full ^ (1 << k)] for k in range(n)])


def together(values: Values) -> Values:
    """What all factors add at once: one value a seed."""
    return values[-1] - values[0]


def n_factors(values: Values) -> int:
    """Factors of a factorial with so many corners; raises ``ValueError`` for a number that is no power of two."""
    n = len(values).bit_length() - 1
    if len(values) != 1 << n:
        raise ValueError(f"{len(values)} corners; expected a power of two")
    return n


def interval(effects: Values) -> dict[str, float]:
    """Mean of an effect over the seeds that have one, with the 95 % interval of that mean."""
    return paired_difference(effects, np.zeros(len(effects)))
