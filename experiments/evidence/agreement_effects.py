"""Violence around agreements: the year after over the year before, relapse, and how far war had fallen by then.

A table of agreements has the columns of ``AGREEMENT_COLUMNS``; days count from the first of the days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.evidence.day_table import DEATHS, EVENTS, DayTable

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

AGREEMENT_COLUMNS = ("dyad", "day", "type", "ended")
"""Position of the dyad; day of signature; ``full``, ``partial`` or ``process``; day of its end (NaN: it stood)."""

YEAR = 365
PSEUDO = 0.5
LEAST_YEAR, LEAST_DEATHS, LEAST_PEAK = 10, 25, 10
"""Events in the year before, deaths in it (for relapse), and events of the peak year, that a unit needs."""
HALF = 0.5
STARTS_AFTER = tuple(range(0, 49 * 30, 30))
"""Days after the signature on which 12-month windows begin; the last ends within five years."""


def agreement_rows(days: DayTable, agreements: pd.DataFrame) -> pd.DataFrame:
    """One row an agreement: ``year_after``, ``relapse``, ``of_peak`` and ``last_90`` (NaN: not to be said)."""
    rows = agreements.reset_index(drop=True)
    dyad, day = rows["dyad"].to_numpy(int), rows["day"].to_numpy(int)
    rows["group"] = days.group[dyad]
    rows["year_after"] = year_after(days, dyad, day)
    rows["relapse"] = relapse(days, dyad, day)
    rows["of_peak"] = of_peak(days, dyad, day)
    rows["last_90"] = last_90(days, dyad, day)
    return rows


def year_after(days: DayTable, dyad: Values, day: Values) -> Values:
    """Events of months 1 to 12 over those of the 12 months before."""
    before = days.between(dyad, day - YEAR, day - 1)
    after = days.between(dyad, day + 1, day + YEAR)
    return np.where(before >= LEAST_YEAR, (after + PSEUDO) / (before + PSEUDO), np.nan)


def relapse(days: DayTable, dyad: Values, day: Values) -> Values:
    """1 where any 12 months within five years have more than half of the deaths of the year before, else 0."""
    before = days.between(dyad, day - YEAR, day - 1, DEATHS)
    events = days.between(dyad, day - YEAR, day - 1, EVENTS)
    years = [days.between(dyad, day + 1 + s, day + YEAR + s, DEATHS) for s in STARTS_AFTER]
    watched = np.isfinite(days.between(dyad, day + 1, day + 5 * YEAR))
    counted = watched & (before >= LEAST_DEATHS) & (events >= LEAST_YEAR)
    back = np.max(np.stack(years), axis=0) > HALF * before
    return np.where(counted, back.astype(float), np.nan)


def of_peak(days: DayTable, dyad: Values, day: Values) -> Values:
    """Events of the year before over those of the peak 12 months of the last five years."""
    years = [days.between(dyad, day - YEAR - s, day - 1 - s) for s in STARTS_AFTER]
    known = np.nan_to_num(np.stack(years), nan=-1.0)
    peak = known.max(axis=0)
    counted = (peak >= LEAST_PEAK) & (day >= 2 * YEAR)
    return np.where(counted, known[0] / np.maximum(peak, 1.0), np.nan)


def last_90(days: DayTable, dyad: Values, day: Values) -> Values:
    """Daily rate of the last 90 days over that of days -365 to -91."""
    late, early = days.between(dyad, day - 90, day - 1), days.between(dyad, day - YEAR, day - 91)
    counted = late + early >= LEAST_YEAR
    return np.where(counted, (late + PSEUDO) / (early * 90.0 / 275.0 + PSEUDO), np.nan)


def times_to_end(rows: pd.DataFrame, watched: Values) -> tuple[Values, Values]:
    """Years that agreements stood, and whether they ended; ``watched`` is the last day on which each was."""
    ended = np.isfinite(rows["ended"].to_numpy(float))
    last = np.where(ended, rows["ended"].to_numpy(float), watched)
    years = (last - rows["day"].to_numpy(float)) / 365.25
    return np.maximum(years, 0.01), ended.astype(float)
