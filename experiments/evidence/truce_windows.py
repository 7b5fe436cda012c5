"""Violence around ceasefires: ratios of windows after the start to windows before, and matched placebo dates.

A table of ceasefires is a pandas table with the columns of ``TRUCE_COLUMNS``; days count from the first of the days.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.evidence.day_table import DEATHS, EVENTS, DayTable

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

TRUCE_COLUMNS = ("dyad", "start", "end", "kind", "unilateral", "local", "ended")
"""Position of the dyad; first day; last day (NaN: unknown); class; whether one side alone; whether in part of the area;
and how it ended: ``party``, ``term``, ``followed`` or nothing."""

WINDOWS = {
    "d0_30": (0, 30),
    "d31_90": (31, 90),
    "d0_89": (0, 89),
    "d91_180": (91, 180),
    "d181_365": (181, 365),
}
"""First and last day after the start, both included."""
BEFORE = (28, 90, 365)
"""Lengths of the windows before the start [days]."""
LEAST_BEFORE = 5
"""Events in the 90 days before without which a ceasefire is left out."""
PSEUDO = 0.5
"""Added to both counts of a ratio."""
NEAR_BEFORE, NEAR_AFTER, AFTER_END = 91, 366, 31
"""Days around the start and after the end of a ceasefire that no placebo date falls into."""
POOL_STEP, DRAWN, LEAST_FITS, LEAST_OWN = 7, 8, 3, 5
CLOSE = {28: (math.log(1.5), 1.0), 90: (math.log(1.4), 1.0), 365: (math.log(1.6), 3.0)}
"""How near a placebo's events before have to be to a ceasefire's: largest log ratio, and what is added to both."""


def around(days: DayTable, dyad: Values, start: Values) -> pd.DataFrame:
    """Events and deaths in all windows around some days of some dyads (NaN: not watched)."""
    import pandas as pd

    columns: dict[str, Values] = {"dyad": dyad, "start": start, "group": days.group[dyad]}
    for what in (EVENTS, DEATHS):
        for name, (a, b) in WINDOWS.items():
            columns[f"{what}_{name}"] = days.between(dyad, start + a, start + b, what)
        for n in BEFORE:
            columns[f"{what}_pre{n}"] = days.between(dyad, start - n, start - 1, what)
    return pd.DataFrame(columns)


def truce_rows(days: DayTable, truces: pd.DataFrame) -> pd.DataFrame:
    """The windows of ceasefires with violence enough before them, beside what the table says of each."""
    rows = around(days, truces["dyad"].to_numpy(int), truces["start"].to_numpy(int))
    told = truces.reset_index(drop=True).drop(columns=["dyad", "start"])
    rows = rows.join(told)
    return rows[rows[f"{EVENTS}_pre90"] >= LEAST_BEFORE].reset_index(drop=True)


def ratio(rows: pd.DataFrame, window: str, before: int = 90, what: str = EVENTS) -> Values:
    """A window's count over that expected from the days before; NaN where either is unknown or nothing came before."""
    a, b = WINDOWS[window]
    pre = rows[f"{what}_pre{before}"].to_numpy(float)
    expected = pre * (b - a + 1) / before
    found = (rows[f"{what}_{window}"].to_numpy(float) + PSEUDO) / (expected + PSEUDO)
    return np.where(pre > 0, found, np.nan)


# -- placebo dates


def is_near(days: DayTable, truces: pd.DataFrame) -> Values:
    """Days on which a ceasefire of the dyad is too near for a placebo: shape (dyads, days)."""
    near = np.zeros(days.events.shape, dtype=bool)
    columns = (truces[c].to_numpy(float) for c in ("dyad", "start", "end"))
    for dyad, start, end in zip(*columns, strict=True):
        d, s = int(dyad), int(start)
        near[d, max(s - NEAR_BEFORE, 0) : s + NEAR_AFTER] = True
        if np.isfinite(end):
            near[d, max(s, 0) : int(end) + AFTER_END] = True
    return near


def placebo_pool(days: DayTable, truces: pd.DataFrame) -> pd.DataFrame:
    """Dates that a placebo may fall on, one a week, by events in the 90 days before."""
    import pandas as pd

    near = is_near(days, truces)
    dyads: list[Values] = []
    starts: list[Values] = []
    for dyad in range(days.n_dyads):
        at = np.arange(365, int(days.last[dyad]) - 366, POOL_STEP)
        at = at[~near[dyad, at]]
        dyads.append(np.full(len(at), dyad))
        starts.append(at)
    dyad, start = np.concatenate(dyads or [np.zeros(0)]), np.concatenate(starts or [np.zeros(0)])
    dyad, start = dyad.astype(int), start.astype(int)
    pool = {"dyad": dyad, "start": start}
    pool |= {f"pre{n}": days.between(dyad, start - n, start - 1) for n in BEFORE}
    table = pd.DataFrame(pool)
    return table[table["pre90"] >= LEAST_BEFORE].sort_values("pre90", kind="stable", ignore_index=True)


def fits(pool: dict[str, Values], pre: dict[int, float]) -> Values:
    """Positions in the pool whose events before match, as ``CLOSE`` says; what is unknown is not matched."""
    bar, added = CLOSE[90]
    low, high = (pre[90] + added) / math.exp(bar) - added, (pre[90] + added) * math.exp(bar) - added
    a = int(np.searchsorted(pool["pre90"], low, side="right"))
    b = int(np.searchsorted(pool["pre90"], high, side="left"))
    match = np.ones(max(b - a, 0), dtype=bool)
    for n in (28, 365):
        bar, added = CLOSE[n]
        if np.isfinite(pre[n]):
            match &= np.abs(np.log((pool[f"pre{n}"][a:b] + added) / (pre[n] + added))) < bar
    return a + np.flatnonzero(match)


def placebos(days: DayTable, truces: pd.DataFrame, rows: pd.DataFrame, seed: int = 7) -> pd.DataFrame:
    """The windows around eight matched dates for each ceasefire, of its own dyad where five fit; ``of`` is its row."""
    rng = np.random.default_rng(seed)
    pool = {str(name): column.to_numpy() for name, column in placebo_pool(days, truces).items()}
    before = [rows[f"{EVENTS}_pre{n}"].to_numpy(float) for n in BEFORE]
    drawn: list[Values] = []
    of: list[int] = []
    for k, dyad in enumerate(rows["dyad"]):
        match = fits(pool, {n: float(column[k]) for n, column in zip(BEFORE, before, strict=True)})
        own = match[pool["dyad"][match] == dyad]
        match = own if len(own) >= LEAST_OWN else match
        if len(match) >= LEAST_FITS:
            drawn.append(match[rng.integers(0, len(match), DRAWN)])
            of += [k] * DRAWN
    at = np.concatenate(drawn or [np.zeros(0, dtype=int)])
    table = around(days, pool["dyad"][at].astype(int), pool["start"][at].astype(int))
    table["of"] = np.array(of, dtype=int)
    table["group"] = rows["group"].to_numpy()[table["of"]]
    return table
