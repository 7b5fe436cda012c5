"""How many runs common random numbers save: a paired comparison against one of independent seeds, per outcome.

The difference of two means over n seeds has variance (s1^2 + s2^2 - 2 cov) / n if both sides share their seeds, and
(s1^2 + s2^2) / n if they do not.  The ratio of the two is how many times as many runs the independent comparison needs
for an interval as narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.final_outcomes import ends_of_all
from detente.experiments.runs.outcomes import OUTCOMES
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

RESAMPLES = 1000

ROUNDING = 1e-12
"""Variance of the pairs, relative to that of independent runs, below which they agree but for rounding."""


def saving(first: Values, second: Values) -> float:
    """Independent runs that do the work of one paired run; NaN where nothing varies, infinity where the pairs agree."""
    apart = float(first.var(ddof=1) + second.var(ddof=1))
    paired = float((second - first).var(ddof=1))
    if apart <= 0:
        return float("nan")
    return apart / paired if paired > ROUNDING * apart else float("inf")


def savings(
    starts: tuple[Opening, Opening], seeds: Sequence[int], *, threads: int | None = None
) -> pd.DataFrame:
    """Rows by outcome: unit, saving with its 95 % bootstrap interval, correlation of the pairs that have a value."""
    import pandas as pd

    _, (first, second) = ends_of_all(starts, seeds, threads=threads)
    rng = np.random.default_rng(1)
    draws = rng.integers(0, len(seeds), (RESAMPLES, len(seeds)))
    rows: list[dict[str, Any]] = []
    for o in OUTCOMES:
        a, b = first[o.name], second[o.name]
        both = ~np.isnan(a - b)
        if both.sum() < 2 or (found := saving(a[both], b[both])) != found:
            continue
        again = np.array([saving(a[kept], b[kept]) for draw in draws if len(kept := draw[both[draw]]) > 1])
        a, b = a[both], b[both]
        low, high = (
            np.quantile(again[np.isfinite(again)], [0.025, 0.975])
            if np.isfinite(again).any()
            else (found,) * 2
        )
        varies = a.std() > 0 and b.std() > 0
        alike = float(np.corrcoef(a, b)[0, 1]) if varies else float("nan")
        rows.append(
            {
                "outcome": o.name,
                "unit": o.unit,
                "saving": found,
                "low95": low,
                "high95": high,
                "correlation": alike,
            }
        )
    return pd.DataFrame(rows)
