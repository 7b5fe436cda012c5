"""Scores of forecasts given as equally likely values, and the skill of one over another with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]

LEVEL = 0.8
LEAST_ORIGINS = 12
"""Origins below which no interval of a skill is given."""

LEAST_TERMS = 2
TERMS_OF_MONTHS = 0.3
TERMS_OF_LEADS = 0.7
CORRELATION = 0.5
"""How the variance of a skill is estimated; chosen so that intervals cover as docs/scoring.md shows."""


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


def summary(values: Values, observed: float) -> dict[str, float]:
    """Middle, spread and scores of one forecast of equally likely values."""
    low, high = interval(values)
    return {
        "mean": float(np.mean(values)),
        "median": float(np.median(values)),
        "low80": low,
        "high80": high,
        "crps": crps(values, observed),
        "interval_score": interval_score(low, high, observed),
    }


def skill(mine: Values, other: Values) -> float:
    """1 - mean score / mean score of the other: above 0 is better than it, 1 perfect.

    0 where both scores are 0, a tie; NaN where only the other's is, as no ratio can be formed.
    """
    own, base = float(np.mean(mine)), float(np.mean(other))
    if base > 0:
        return 1.0 - own / base
    return 0.0 if own == 0 else float("nan")


def skill_interval(
    mine: Values, other: Values, origin: Values, lead: Values | None = None, *, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the skill, allowing for overlapping leads and for errors that persist from month to month.

    Args:
        mine: scores of a forecast, one for each origin and lead.
        other: scores of the forecast it is compared with, in the same order.
        origin: origin of each score, as a date or a count of months.
        lead: months ahead of each score, from 1; the place of the score among those of its origin unless given.
        level: nominal coverage.

    Returns:
        Lower and upper end; NaN where there are too few origins (`n_terms`), or where either forecast never errs.
    """
    months = np.asarray(origin)
    if np.issubdtype(months.dtype, np.datetime64):
        months = months.astype("datetime64[M]").astype(int)
    ahead = places(months) if lead is None else np.asarray(lead)
    _, place = np.unique(months + ahead, return_inverse=True)
    rows = np.bincount(place).astype(float)
    terms = n_terms(len(np.unique(months)), len(rows), int(ahead.max()))
    sums = [np.bincount(place, weights=np.asarray(v, dtype=float)) for v in (mine, other)]
    if terms == 0 or min(s.sum() for s in sums) <= 0:
        return float("nan"), float("nan")
    low, high = ratio_interval(sums[0], sums[1], rows, terms, level)
    return float(1.0 - high), float(1.0 - low)


def places(origin: Values) -> Values:
    """The place of each value among those of its origin: 1, 2, ... in their order."""
    order = np.argsort(origin, kind="stable")
    _, first, counts = np.unique(origin[order], return_index=True, return_counts=True)
    found = np.empty(len(origin), dtype=int)
    found[order] = np.arange(len(origin)) - np.repeat(first, counts) + 1
    return found


def n_terms(n_origins: int, n_months: int, longest: int) -> int:
    """How many cosine terms estimate the variance of a mean over so many months; 0 with too few of them.

    Fewer terms look only at slow changes, which is where overlapping leads and lasting errors show.
    """
    allowed = min(TERMS_OF_MONTHS * n_months ** (2 / 3), TERMS_OF_LEADS * n_months / longest)
    enough = n_origins >= LEAST_ORIGINS and TERMS_OF_LEADS * n_months / longest >= LEAST_TERMS
    return max(int(allowed), LEAST_TERMS) if enough else 0


def ratio_interval(
    mine: Values, other: Values, rows: Values, terms: int, level: float = 0.95
) -> tuple[Values, Values]:
    """Interval of the ratio of two sums of scores by month, each of shape (..., months).

    ``rows`` has the number of scores in each month.  The logarithm of the ratio is taken to be linear in the scores;
    its variance is the mean square of ``terms`` low-frequency cosine projections (Mueller 2007; Lazarus, Lewis, Stock
    & Watson 2018), so that the ratio to its standard error has Student's t distribution with as many degrees of
    freedom.
    """
    from scipy.stats import t

    totals = mine.sum(axis=-1, keepdims=True), other.sum(axis=-1, keepdims=True)
    influence = mine / totals[0] - other / totals[1]
    error = np.sqrt(np.mean((influence @ projections(rows, terms)) ** 2, axis=-1))
    half = float(t.ppf(0.5 + level / 2, terms)) * error
    ratio = (totals[0] / totals[1])[..., 0]
    return ratio * np.exp(-half), ratio * np.exp(half)


def projections(rows: Values, terms: int) -> Values:
    """Weights of the projections, shape (months, terms).

    Each is scaled to have the variance of the sum itself if months are correlated as ``CORRELATION`` to the power of
    their distance: the first and last months hold fewer scores than the others, and the slowest cosines see less of
    what persists than the sum does.
    """
    n = len(rows)
    turns = np.pi * np.arange(1, terms + 1) * ((np.arange(n) + 0.5) / n)[:, None]
    waves = np.cos(turns)
    centred = waves - (rows @ waves) / rows.sum()
    scaled = rows[:, None] * centred
    correlation = CORRELATION ** np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    own = np.einsum("ib,ij,jb->b", scaled, correlation, scaled)
    return waves * np.sqrt((rows @ correlation @ rows) / own)
