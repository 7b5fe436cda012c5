"""Moments of violence, the same functions for observed days and for runs of the model.

What is fitted is the shape of daily and weekly *events*; deaths come from events, severity and a monthly scale, and
totals are tested apart (docs/scoring.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]

LAGS = (1, 2, 4, 13)
"""Lags of the autocorrelation [weeks]."""


def weekly(daily: Values) -> Values:
    """Sums over whole weeks, the last days left out where they make none: shape (..., days) to (..., weeks)."""
    n = daily.shape[-1] // 7
    return daily[..., : 7 * n].reshape(*daily.shape[:-1], n, 7).sum(axis=-1)


def fano(counts: Values) -> float:
    """Variance over mean of some counts: 1 for a Poisson process of constant rate."""
    mean = float(np.mean(counts))
    return float(np.var(counts, ddof=1)) / mean if mean > 0 else float("nan")


def negative_binomial_size(counts: Values) -> float:
    """Size k of a negative binomial with the counts' mean and variance; infinite at Poisson's or less."""
    mean, variance = float(np.mean(counts)), float(np.var(counts, ddof=1))
    return mean * mean / (variance - mean) if variance > mean else float("inf")


def autocorrelation(values: Values, lag: int) -> float:
    """Correlation of a series with itself some steps later; NaN where it does not vary or is too short."""
    if len(values) <= lag + 1:
        return float("nan")
    d = values - np.mean(values)
    power = float(np.dot(d, d))
    return float(np.dot(d[:-lag], d[lag:])) / power if power > 0 else float("nan")


def month_factors(events: Values, month: Values, year: Values, turns: int = 50) -> Values:
    """Factor of each calendar month on daily events, mean 1, beside levels of the years.

    The maximum-likelihood fit of a Poisson regression on year and month, by proportional fitting.  ``month`` (1 to 12)
    and ``year`` belong to the days.  A month without a day in the data gets the mean of the others.
    """
    years, which = np.unique(year, return_inverse=True)
    days = np.zeros((len(years), 12))
    total = np.zeros((len(years), 12))
    np.add.at(days, (which, month - 1), 1.0)
    np.add.at(total, (which, month - 1), events)
    factor = np.ones(12)
    for _ in range(turns):
        level = total.sum(axis=1) / np.maximum(days @ factor, 1e-12)
        expected = level @ days
        factor = np.divide(total.sum(axis=0), expected, out=np.ones(12), where=expected > 0)
        factor = np.maximum(factor, 1e-3)
        factor /= factor[days.sum(axis=0) > 0].mean()
    return factor


def holiday_effect(
    events: Values, holiday: Values, around: int = 28, left_out: Values | None = None
) -> float:
    """Events on holidays over those expected from the days around them (``around`` on each side, no holidays).

    ``holiday`` marks days as 0 or 1; holidays that touch a day marked in ``left_out`` (a truce) do not count.  NaN
    where no holiday has days around it.
    """
    marked = holiday.astype(bool)
    out = np.zeros(len(events), dtype=bool) if left_out is None else left_out.astype(bool)
    seen = 0.0
    expected = 0.0
    for first, last in stretches(marked):
        near = np.r_[max(first - around, 0) : first, last + 1 : min(last + 1 + around, len(events))]
        near = near[~marked[near] & ~out[near]]
        if len(near) and not out[first : last + 1].any():
            seen += float(events[first : last + 1].sum())
            expected += float(events[near].mean()) * (last - first + 1)
    return seen / expected if expected > 0 else float("nan")


def stretches(marked: Values) -> list[tuple[int, int]]:
    """First and last positions of the stretches of true values."""
    edges = np.flatnonzero(np.diff(np.r_[0, marked.astype(int), 0]))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def severity_by_year(events: Values, deaths: Values, year: Values) -> dict[int, float]:
    """Mean deaths of an event in each year; NaN for a year without events."""
    found: dict[int, float] = {}
    for y in np.unique(year):
        n = float(events[year == y].sum())
        found[int(y)] = float(deaths[year == y].sum()) / n if n > 0 else float("nan")
    return found


def shape_of_weeks(
    daily: Values, year: Values | None = None, lags: Sequence[int] = LAGS
) -> Mapping[str, float]:
    """Dispersion and memory of weekly events: Fano factor, negative-binomial size, autocorrelations by lag.

    With ``year`` each week is first divided by its year's mean level (relative to the whole), so that a trend over the
    years, which the model does not have, is not taken for memory.
    """
    weeks = weekly(daily)
    if year is not None:
        level = year_level(daily, year)[: 7 * len(weeks) : 7]
        weeks = weeks / level
    made = {"fano": fano(weeks), "size": negative_binomial_size(weeks)}
    return {**made, **{f"autocorrelation_{lag}": autocorrelation(weeks, lag) for lag in lags}}


def year_level(daily: Values, year: Values) -> Values:
    """Each day's level of the year, relative to the mean of all days; 1 for a year without events."""
    whole = float(daily.mean())
    level = np.ones(len(daily))
    for y in np.unique(year):
        mean = float(daily[year == y].mean())
        if mean > 0 and whole > 0:
            level[year == y] = mean / whole
    return level
