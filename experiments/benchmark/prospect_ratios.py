"""What windows of deaths are compared by: with over without, paired by seed, and after over before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]

PSEUDO = 0.5
"""Added to both counts of a ratio."""

QUANTILES: Mapping[str, float] = {
    "q05": 0.05,
    "q10": 0.10,
    "q25": 0.25,
    "median": 0.50,
    "q75": 0.75,
    "q90": 0.90,
    "q95": 0.95,
}
RESAMPLES = 400


def ratio(counts: Any, others: Any) -> Values:
    """(D + .5) / (D' + .5)."""
    return (np.asarray(counts, float) + PSEUDO) / (np.asarray(others, float) + PSEUDO)


def quantiles(values: Values) -> dict[str, float]:
    """Quantiles by name."""
    ends = np.quantile(values, list(QUANTILES.values()))
    return dict(zip(QUANTILES, map(float, ends), strict=True))


def count_cells(counts: Values) -> dict[str, float]:
    """Mean and quantiles of the deaths of a window."""
    return {"mean": float(counts.mean()), **quantiles(counts)}


def ratio_cells(ratios: Values) -> dict[str, float]:
    """Quantiles of a ratio, the probability of a rise (above 1; exactly 1 counts half), and that of less than half."""
    rise = float(np.mean(ratios > 1.0) + 0.5 * np.mean(ratios == 1.0))
    return {**quantiles(ratios), "rise": rise, "below_half": float(np.mean(ratios < 0.5))}


def paired_cells(with_move: Values, without: Values) -> dict[str, float]:
    """With over without, run by run, and the ratio of the means with its 95 % interval over runs drawn again."""
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(without), (RESAMPLES, len(without)))
    means = ratio(with_move[drawn].mean(axis=1), without[drawn].mean(axis=1))
    low, high = np.quantile(means, [0.025, 0.975])
    whole = {"of_means": float(ratio(with_move.mean(), without.mean()))}
    return {**ratio_cells(ratio(with_move, without)), **whole, "low95": float(low), "high95": float(high)}
