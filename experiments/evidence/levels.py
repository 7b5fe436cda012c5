"""How levels of violence move: yearly changes, and offensives with their lengths, peaks and aftermaths.

The series of a dyad is its longest run of calendar years with at least 25 deaths (a year of fewer is bridged), from the
first month with deaths to the last, if that makes 36 months with a mean of 4 deaths.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from detente.experiments.evidence.day_table import DEATHS, DayTable
from detente.experiments.evidence.samples import Sample, ratio_of_sums, sample

Values = np.ndarray[Any, Any]

ACTIVE_DEATHS = 25
"""Deaths that make a year active."""
LEAST_TOTAL, LEAST_MONTHS, LEAST_MEAN = 300, 36, 4.0
TRAILING, TWICE, LEAST_LEVEL = 12, 2.0, 5.0
"""An offensive begins in a month of at least twice the mean of the 12 months before, if that mean is at least 5."""
LEAST_CHANGES = 4


class Window(NamedTuple):
    """The series of one dyad: deaths by month, and the calendar year of each month."""

    dyad: int
    deaths: Values
    year: Values


class Offensive(NamedTuple):
    """One offensive: how long [months], its peak over the level before, and the levels after its end over that."""

    months: int
    peak: float
    after_1_3: float
    after_4_6: float


def windows(days: DayTable) -> list[Window]:
    """The series of all dyads that have one."""
    monthly = days.monthly(DEATHS)
    year = np.array([m.year for m in days.month_starts])
    found = (window_of(dyad, monthly[dyad], year) for dyad in range(days.n_dyads))
    return [w for w in found if w is not None]


def window_of(dyad: int, deaths: Values, year: Values) -> Window | None:
    """The series of one dyad, from its monthly deaths (NaN: not watched); none where it is too short or too small."""
    known = np.isfinite(deaths)
    deaths, year = deaths[known], year[known]
    if deaths.sum() < LEAST_TOTAL:
        return None
    active = [y for y in np.unique(year) if deaths[year == y].sum() >= ACTIVE_DEATHS]
    if not active:
        return None
    first, last = longest_run(active)
    inside = (year >= first) & (year <= last)
    deaths, year = deaths[inside], year[inside]
    bloody = np.flatnonzero(deaths > 0)
    cut = slice(int(bloody[0]), int(bloody[-1]) + 1)
    deaths, year = deaths[cut], year[cut]
    if len(deaths) < LEAST_MONTHS or deaths.mean() < LEAST_MEAN:
        return None
    return Window(dyad, deaths, year)


def longest_run(years: list[Any]) -> tuple[int, int]:
    """First and last of the longest run of years in which no two in a row are missing."""
    runs = [[years[0]]]
    for y in years[1:]:
        if y - runs[-1][-1] <= 2:
            runs[-1].append(y)
        else:
            runs.append([y])
    best = max(runs, key=lambda run: run[-1] - run[0])
    return int(best[0]), int(best[-1])


def yearly_changes(window: Window) -> Values:
    """Log changes of annual deaths plus 5 between whole years of which one has at least 25."""
    years, months = np.unique(window.year, return_counts=True)
    total = np.array([window.deaths[window.year == y].sum() for y in years[months == TRAILING]])
    if len(total) < 2:
        return np.zeros(0)
    counted = (total[:-1] >= ACTIVE_DEATHS) | (total[1:] >= ACTIVE_DEATHS)
    return np.diff(np.log(total + 5.0))[counted]


def trailing_mean(deaths: Values) -> Values:
    """Mean of the 12 months before each month; NaN where there are fewer."""
    before = np.full(len(deaths), np.nan)
    sums = np.concatenate([[0.0], np.cumsum(deaths)])
    before[TRAILING:] = (sums[TRAILING:-1] - sums[: -TRAILING - 1]) / TRAILING
    return before


def years_at_risk(window: Window) -> float:
    """Years in which an offensive could begin."""
    return float(np.nansum(trailing_mean(window.deaths) >= LEAST_LEVEL)) / 12.0


def offensives(window: Window) -> Iterator[Offensive]:
    """The offensives of a series: each lasts while deaths stay at twice the level before it."""
    deaths, level = window.deaths, trailing_mean(window.deaths)
    t = TRAILING
    while t < len(deaths):
        base = level[t]
        if base < LEAST_LEVEL or deaths[t] < TWICE * base:
            t += 1
            continue
        quiet = np.flatnonzero(deaths[t:] < TWICE * base)
        end = t + int(quiet[0]) if len(quiet) else len(deaths)
        after = [mean_of(deaths, end + a, end + b) / base for a, b in ((0, 3), (3, 6))]
        yield Offensive(end - t, float(deaths[t:end].max() / base), *after)
        t = end


def mean_of(deaths: Values, start: int, stop: int) -> float:
    """Mean of some months; NaN where the series ends before."""
    return float(deaths[start:stop].mean()) if stop <= len(deaths) else float("nan")


# -- samples


def all_changes(days: DayTable, found: list[Window]) -> tuple[Values, Values]:
    """Yearly changes of all series, with the groups."""
    parts = [(yearly_changes(w), w.dyad) for w in found]
    dyad = np.concatenate([np.full(len(c), d) for c, d in parts] or [np.zeros(0)]).astype(int)
    return np.concatenate([c for c, _ in parts] or [np.zeros(0)]), days.group[dyad]


def spread_by_dyad(days: DayTable, found: list[Window]) -> tuple[Values, Values]:
    """Standard deviation of yearly changes of each dyad that has four, with the groups."""
    rows = [(np.std(c, ddof=1), w.dyad) for w in found if len(c := yearly_changes(w)) >= LEAST_CHANGES]
    dyad = np.array([d for _, d in rows], dtype=int)
    return np.array([s for s, _ in rows]), days.group[dyad]


def offensive_rate(days: DayTable, found: list[Window]) -> Sample:
    """Offensives a year at risk, one unit a dyad."""
    rows = [(len(list(offensives(w))), years_at_risk(w), w.dyad) for w in found]
    table = np.array(rows, dtype=float).reshape(-1, 3)
    return sample(table[:, :2].T, days.group[table[:, 2].astype(int)], ratio_of_sums)


def offensive_table(days: DayTable, found: list[Window]) -> tuple[Values, Values]:
    """All offensives, as rows of the fields of ``Offensive``, with the groups."""
    rows = [(*o, w.dyad) for w in found for o in offensives(w)]
    table = np.array(rows, dtype=float).reshape(-1, len(Offensive._fields) + 1)
    return table[:, :-1], days.group[table[:, -1].astype(int)]
