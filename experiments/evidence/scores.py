"""Scores of forecasts given as equally likely values, and the skill of one over another with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]

LEVEL = 0.8
BLOCK = 6
"""Months in a block of the bootstrap: leads overlap by as much."""


def crps(values: Values, observed: float) -> float:
    """Continuous ranked probability score of equally likely values (Gneiting & Raftery 2007); less is better."""
    import scoringrules

    found: Any = scoringrules.crps_ensemble(observed, np.asarray(values, dtype=float), backend="numpy")
    return float(found)


def interval(values: Values, share: float = LEVEL) -> tuple[float, float]:
    """Ends of the middle share of some values."""
    low, high = np.quantile(values, [0.5 - share / 2, 0.5 + share / 2])
    return float(low), float(high)


def interval_score(low: float, high: float, observed: float, share: float = LEVEL) -> float:
    """Width of an interval plus a penalty for missing (Gneiting & Raftery 2007); less is better."""
    import scoringrules

    return float(scoringrules.interval_score(observed, low, high, 1 - share, backend="numpy"))


def pit(values: Values, observed: float) -> float:
    """Where the observed value stands among the forecast ones, 0 to 1; ties count half."""
    below = float(np.mean(values < observed))
    return below + 0.5 * float(np.mean(values == observed))


def skill(mine: Values, other: Values) -> float:
    """1 - mean score / mean score of the other: above 0 is better than it, 1 perfect."""
    base = float(np.mean(other))
    return 1.0 - float(np.mean(mine)) / base if base > 0 else float("nan")


def skill_interval(
    mine: Values, other: Values, origin: Values, *, n: int = 2000, seed: int = 1, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the skill by a block bootstrap over origins.

    Blocks of ``BLOCK`` consecutive origins, all leads of an origin together, drawn on a circle (Politis & Romano 1992).
    NaN with fewer than two blocks.
    """
    origins = np.unique(origin)
    if len(origins) < 2 * BLOCK:
        return float("nan"), float("nan")
    sums = np.array([[mine[origin == o].sum(), other[origin == o].sum()] for o in origins])
    rng = np.random.default_rng(seed)
    n_blocks = -(-len(origins) // BLOCK)
    firsts = rng.integers(0, len(origins), size=(n, n_blocks))
    drawn = (firsts[:, :, None] + np.arange(BLOCK)) % len(origins)
    totals = sums[drawn.reshape(n, -1)[:, : len(origins)]].sum(axis=1)
    ratios = 1.0 - totals[:, 0] / np.maximum(totals[:, 1], 1e-12)
    low, high = np.quantile(ratios, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
