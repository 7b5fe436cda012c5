"""How wars end and come back, how often ceasefires begin, and what leads to an agreement.

A conflict is active in a calendar year with at least 25 deaths; an episode is a run of active years.  Episodes are
tables with the columns of ``EPISODE_COLUMNS``, as the UCDP Conflict Termination Dataset has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

ACTIVE_DEATHS = 25
EPISODE_COLUMNS = ("conflict", "group", "first_year", "last_year", "start", "end", "outcome")
"""Label; label that intervals are resampled by; first and last active year; first and last day [years]; outcome (empty:
it went on when the data end)."""

AGREEMENT, CEASEFIRE, FADED = "agreement", "ceasefire", "low activity"
GOVERNMENT_WON, REBELS_WON = "government victory", "rebel victory"
OUTCOMES = (AGREEMENT, CEASEFIRE, GOVERNMENT_WON, REBELS_WON, FADED)

RENEWAL = 5
"""Days after the end of a ceasefire within which the next of the same conflict is its renewal, not a new one."""
SHORTEST = 0.05
"""Least time to a recurrence [years], as some dates are known to the year alone."""


# -- episodes


def active_runs(active: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last places of the runs of true values."""
    edges = np.flatnonzero(np.diff(np.r_[0, np.asarray(active, dtype=int), 0]))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def ended_episodes(episodes: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Episodes with an outcome whose last active year lies in some years, with ``next`` and ``next_start``."""
    ordered = episodes.sort_values(["conflict", "first_year"], kind="stable")
    by = ordered.groupby("conflict", sort=False)
    ordered = ordered.assign(next=by["first_year"].shift(-1), next_start=by["start"].shift(-1))
    known = ordered["outcome"].astype(str).str.len() > 0
    return ordered[known & ordered["last_year"].between(first, last)].reset_index(drop=True)


def recurrences(ended: pd.DataFrame, final: Values | float) -> tuple[Values, Values]:
    """Years from the end of each episode to the next, and whether it came; watched to the ``final`` year if not.

    By dates where both are known, else by years.
    """
    last = ended["last_year"].to_numpy(float)
    back = ended["next"].to_numpy(float)
    dated = ended["next_start"].to_numpy(float) - ended["end"].to_numpy(float)
    came = np.isfinite(back)
    years = np.where(came, np.where(np.isfinite(dated), dated, back - last), final - last)
    return np.maximum(years, SHORTEST), came.astype(float)


# -- ceasefires in active years


def is_new(truces: pd.DataFrame) -> Values:
    """Which ceasefires are no renewal: none of the same conflict began earlier and ended up to five days before.

    Columns: conflict, start and end [days], the end NaN where it is unknown.
    """
    found = np.ones(len(truces), dtype=bool)
    for _, at in truces.groupby("conflict").indices.items():
        start = truces["start"].to_numpy(float)[at]
        end = truces["end"].to_numpy(float)[at]
        gap = start[:, None] - end[None, :]
        renewed = (gap <= RENEWAL) & (gap >= -1) & (start[None, :] < start[:, None])
        found[at] = ~renewed.any(axis=1)
    return found


def per_active_year(active: pd.DataFrame, truces: pd.DataFrame) -> pd.DataFrame:
    """Active years (conflict, year, group) with ``new`` ceasefires begun in each, and ``general`` two-sided ones.

    ``truces`` has conflict, year, new, unilateral and local.
    """
    new = truces[truces["new"].astype(bool)]
    general = new[~new["unilateral"].astype(bool) & ~new["local"].astype(bool)]
    counted = active.copy()
    for name, rows in (("new", new), ("general", general)):
        count = rows.groupby(["conflict", "year"]).size().rename(name).reset_index()
        counted = counted.merge(count, on=["conflict", "year"], how="left")
    return counted.fillna({"new": 0, "general": 0})


# -- what leads to an agreement


def time_to(
    starts: pd.DataFrame, events: pd.DataFrame, watched: dict[Any, float], slack: float = 3.0
) -> tuple[Values, Values, list[Any]]:
    """Years from the first of ``starts`` (dyad, day) of each dyad to its first event from then on.

    ``events`` has dyad and day; an event up to ``slack`` days earlier counts as following.  ``watched`` is the last day
    of each dyad.  Returns times, whether the event came, and the dyads.
    """
    times: list[float] = []
    came: list[float] = []
    dyads: list[Any] = []
    by_dyad: dict[Any, Any] = {k: g["day"].to_numpy(float) for k, g in events.groupby("dyad")}
    for dyad, day in starts.groupby("dyad")["day"].min().items():
        later = by_dyad.get(dyad, np.zeros(0))
        later = later[later >= day - slack]
        until = float(later.min()) if len(later) else watched[dyad]
        times.append(max((until - float(day)) / 365.25, 0.01))
        came.append(float(len(later) > 0))
        dyads.append(dyad)
    return np.array(times), np.array(came), dyads
