"""What ceasefires do: whether they take hold and for how long, what follows their end, and what comes before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.evidence.day_table import EVENTS, DayTable
from detente.experiments.evidence.samples import Statistic
from detente.experiments.evidence.truce_windows import LEAST_BEFORE, PSEUDO, WINDOWS

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

WELL_SEEN = 10
"""Events in the 90 days before that shares and survival ask for."""
HOLDS, RETURNS = 0.5, 0.75
"""Rate, relative to before, below which a ceasefire took hold in its first 30 days and above which war is back."""
MONTH, LONGEST = 30, 24
AGES = ("d0_30", "d31_90", "d91_180", "d181_365")
AGE_PSEUDO = 0.25
LEAST_YEAR = 15
"""Events on days -365 to -91 that the rise before a ceasefire is measured against."""
BASE_DAYS = 275
CAP = 10.0
"""Largest weekly rate that counts, relative to the base: a few large escalations carry any mean."""


def took_hold(days: DayTable, rows: pd.DataFrame) -> pd.DataFrame:
    """Ceasefires well seen, with ``held`` (NaN: not watched): whether days 1 to 30 lie below half of before."""
    seen = rows[rows[f"{EVENTS}_pre90"] >= WELL_SEEN].reset_index(drop=True)
    start = seen["start"].to_numpy(int)
    first = days.between(seen["dyad"].to_numpy(int), start + 1, start + MONTH)
    bar = HOLDS * seen[f"{EVENTS}_pre90"].to_numpy(float) / 3.0
    seen["held"] = np.where(np.isfinite(first), (first < bar).astype(float), np.nan)
    return seen


def behaviour(days: DayTable, rows: pd.DataFrame) -> tuple[Values, Values, Values]:
    """How long ceasefires that took hold lasted: months, whether violence came back, and groups.

    War is back with the first 30 days of at least three quarters of the rate before.
    """
    seen = took_hold(days, rows)
    seen = seen[seen["held"] == 1.0]
    dyad, start = seen["dyad"].to_numpy(int), seen["start"].to_numpy(int)
    bar = RETURNS * seen[f"{EVENTS}_pre90"].to_numpy(float) / 3.0
    months = np.full(len(seen), LONGEST)
    back = np.zeros(len(seen))
    going = np.ones(len(seen), dtype=bool)
    for k in range(1, LONGEST):
        count = days.between(dyad, start + 1 + MONTH * k, start + MONTH * (k + 1))
        stops = going & (~np.isfinite(count) | (count >= bar))
        months[stops] = k
        back[stops & np.isfinite(count)] = 1.0
        going &= ~stops
    return months, back, seen["group"].to_numpy()


def monthly_hazard(first: int, last: int) -> Statistic:
    """Share a month of ceasefires that ends in some months of age, of units with months and whether they ended."""

    def rate(values: Values) -> float:
        months, ended = values[:, 0], values[:, 1]
        ages = range(first, last + 1)
        at_risk = sum(int(np.count_nonzero(months >= k)) for k in ages)
        ends = sum(float(ended[months == k].sum()) for k in ages)
        return ends / at_risk if at_risk else float("nan")

    return rate


def by_age(rows: pd.DataFrame) -> tuple[dict[str, Values], Values]:
    """Ratios by age of ceasefires of which days 0 to 30 lie below half of before, and their groups."""
    seen = rows[rows[f"{EVENTS}_pre90"] >= WELL_SEEN]
    rate = seen[f"{EVENTS}_pre90"].to_numpy(float) / 90.0
    held = seen[f"{EVENTS}_d0_30"].to_numpy(float) < HOLDS * 31 * rate
    seen, rate = seen[held], rate[held]
    ratios: dict[str, Values] = {}
    for name in AGES:
        n = WINDOWS[name][1] - WINDOWS[name][0] + 1
        ratios[name] = (seen[f"{EVENTS}_{name}"].to_numpy(float) + AGE_PSEUDO) / (rate * n + AGE_PSEUDO)
    return ratios, seen["group"].to_numpy()


def after_end(days: DayTable, truces: pd.DataFrame) -> pd.DataFrame:
    """Ceasefires of known end: ``d1_30`` and ``d1_90`` after it over before the start, and ``alone``.

    A ceasefire ends alone if no other of its dyad begins within 90 days.
    """
    known = truces[np.isfinite(truces["end"].to_numpy(float))].reset_index(drop=True)
    dyad, start, end = (known[c].to_numpy(int) for c in ("dyad", "start", "end"))
    pre = days.between(dyad, start - 90, start - 1)
    known["group"] = days.group[dyad]
    known["d1_30"] = (days.between(dyad, end + 1, end + 30) + PSEUDO) / (pre / 3.0 + PSEUDO)
    known["d1_90"] = (days.between(dyad, end + 1, end + 90) + PSEUDO) / (pre + PSEUDO)
    known["alone"] = days_to_next(known, truces) > 90
    watched = np.isfinite(known["d1_90"]) & (pre >= LEAST_BEFORE) & (end - start >= 1)
    return known[watched].reset_index(drop=True)


def days_to_next(ended: pd.DataFrame, truces: pd.DataFrame) -> Values:
    """Days from the end of each ceasefire to the start of the next of its dyad; infinite where there is none."""
    starts = {k: np.sort(g["start"].to_numpy(float)) for k, g in truces.groupby("dyad")}
    found = np.full(len(ended), np.inf)
    columns = (ended[c].to_numpy(float) for c in ("dyad", "start", "end"))
    for k, (dyad, start, end) in enumerate(zip(*columns, strict=True)):
        later = starts[int(dyad)]
        later = later[(later >= end - 1) & (later != start)]
        found[k] = later[0] - end if len(later) else np.inf
    return found


def rise(days: DayTable, rows: pd.DataFrame) -> tuple[Values, Values]:
    """Weekly rates before and after the start, over the base: shape (ceasefires, 3), and groups.

    The columns are the last 4 weeks before, weeks -13 to -5, and the first 2 weeks after.
    """
    dyad, start = rows["dyad"].to_numpy(int), rows["start"].to_numpy(int)
    base = days.between(dyad, start - 365, start - 91)
    counted = base >= LEAST_YEAR
    week = np.where(counted, base, np.nan) / BASE_DAYS * 7.0
    spans = ((-28, -1, 4), (-91, -29, 9), (0, 13, 2))
    rates = [days.between(dyad, start + a, start + b) / n / week for a, b, n in spans]
    table = np.minimum(np.stack(rates, axis=1), CAP)
    counted &= np.isfinite(table).all(axis=1)
    return table[counted], rows["group"].to_numpy()[counted]
