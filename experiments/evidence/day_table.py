"""Daily events and deaths of some dyads, as the estimators of targets take them: from data or from runs alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from detente.experiments.runs.recorded_series import next_month

Values = np.ndarray[Any, Any]
EVENTS, DEATHS = "events", "deaths"


@dataclass(frozen=True)
class DayTable:
    """Days of some dyads.

    ``events`` and ``deaths`` have shape (dyads, days), day 0 is ``first``; ``last`` is the last day on which each dyad
    was watched, ``conflict`` the conflict it belongs to and ``group`` the label that intervals are resampled by.
    """

    first: date
    events: Values
    deaths: Values
    last: Values
    conflict: Values
    group: Values

    @property
    def n_dyads(self) -> int:
        """Number of dyads."""
        return len(self.events)

    @cached_property
    def cumulated(self) -> dict[str, Values]:
        """Events and deaths before each day: shape (dyads, days + 1)."""
        return {EVENTS: before_each_day(self.events), DEATHS: before_each_day(self.deaths)}

    def between(self, dyad: Values, start: Values, end: Values, what: str = EVENTS) -> Values:
        """Sums from one day to another, both included; NaN where a window leaves the days that were watched."""
        known = (start >= 0) & (end <= self.last[dyad]) & (end >= start)
        before = self.cumulated[what]
        a, b = np.where(known, start, 0).astype(int), np.where(known, end, 0).astype(int)
        return np.where(known, before[dyad, b + 1] - before[dyad, a], np.nan)

    @cached_property
    def month_starts(self) -> list[date]:
        """First days of the calendar months that lie whole within the days."""
        month = self.first if self.first.day == 1 else next_month(self.first)
        end = self.first + timedelta(days=self.events.shape[1])
        found: list[date] = []
        while next_month(month) <= end:
            found.append(month)
            month = next_month(month)
        return found

    def monthly(self, what: str = DEATHS) -> Values:
        """Sums by calendar month: shape (dyads, months); NaN for months that were not watched whole."""
        starts = self.month_starts
        if not starts:
            return np.zeros((self.n_dyads, 0))
        edges = np.array([(m - self.first).days for m in [*starts, next_month(starts[-1])]])
        sums = np.diff(self.cumulated[what][:, edges], axis=1)
        return np.where(edges[None, 1:] - 1 <= self.last[:, None], sums, np.nan)

    def placed(self, share: float, rng: np.random.Generator) -> DayTable:
        """What a source keeps that records each event with some probability, a day's deaths in proportion."""
        if share >= 1.0:
            return self
        kept = rng.binomial(self.events.astype(int), share).astype(float)
        part = np.divide(kept, self.events, out=np.zeros_like(kept), where=self.events > 0)
        return replace(self, events=kept, deaths=np.rint(self.deaths * part))


def before_each_day(daily: Values) -> Values:
    """Sums of all days before each, and of all."""
    return np.concatenate([np.zeros((len(daily), 1)), np.cumsum(daily, axis=1, dtype=float)], axis=1)
