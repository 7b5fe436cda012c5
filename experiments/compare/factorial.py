"""A two-level factorial whose corners all run under the same seeds: main effects and interactions, seed by seed.

Every effect is computed within a seed and then averaged over seeds, so that luck common to the corners cancels, and
its interval is that of a mean over independent seeds.  With n factors there are 2**n corners; corner c has factor k
raised where bit k of c is set (Yates order).
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
    return np.array([values[on].mean(axis=0) - values[~on].mean(axis=0) for on in raised.T])


def interactions(values: Values) -> dict[tuple[int, int], Values]:
    """How much more one factor adds where the other is raised too, averaged over the rest: (j, k) -> seeds.

    The difference of the two differences, not half of it.
    """
    raised = corners(n_factors(values)).astype(bool)
    made: dict[tuple[int, int], Values] = {}
    for j, k in combinations(range(raised.shape[1]), 2):
        same = raised[:, j] == raised[:, k]
        made[j, k] = 2.0 * (values[same].mean(axis=0) - values[~same].mean(axis=0))
    return made


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
    """Mean of an effect over seeds, with the 95 % interval of that mean."""
    return paired_difference(effects, np.zeros(len(effects)))
