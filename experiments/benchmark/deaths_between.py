"""Deaths between two days, from monthly counts, of which a month that is cut is split as its days are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.observations import DEATHS, EVENTS
from detente.experiments.evidence.origins import unusable
from detente.experiments.evidence.refit import Known

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.cases.builder.evidence import Evidence
    from detente.model.scenario import Scenario

COVER_MONTHS = 12
"""Months from which the share of deaths that days hold is taken."""
MOST_COVER = 30.0


def months_after(day: date, months: int) -> date:
    """The same day of the month, so many months later (earlier if negative), or the last that the month has."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (following - first).days) - 1)


@dataclass(frozen=True)
class Deaths:
    """Deaths by month (first day -> number), and by day where days are known; months not in it are not known.

    ``daily`` is the whole table of days that the deaths a day are a column of.
    """

    months: Mapping[date, float]
    daily: pd.DataFrame | None = None

    @classmethod
    def of_evidence(cls, evidence: Evidence) -> Deaths:
        """The deaths that files count: by month in all, or sums of days where no file has months."""
        daily = evidence.daily
        if daily is not None and DEATHS not in daily:
            daily = None
        if evidence.monthly is not None and evidence.total is not None:
            return cls(by_month(evidence.monthly[evidence.total]), daily)
        return cls({} if daily is None else whole_months(daily[DEATHS]), daily)

    @classmethod
    def of_scenario(cls, scenario: Scenario) -> Deaths:
        """The observed deaths of a case."""
        series = next((s.monthly for s in scenario.observed if DEATHS in s.name), {})
        return cls({date.fromisoformat(f"{month}-01"): float(value) for month, value in series.items()})

    def between(self, first: date, end: date) -> float | None:
        """Deaths from a day to another (not included); None where a month of them is not known."""
        total, month = 0.0, first.replace(day=1)
        while month < end:
            if month not in self.months:
                return None
            following = months_after(month, 1)
            total += self.months[month] * self.share(month, following, max(first, month), min(end, following))
            month = following
        return total

    def share(self, month: date, following: date, first: date, end: date) -> float:
        """The share of a month's deaths from one day of it to another: that of its days, or even."""
        if (first, end) == (month, following):
            return 1.0
        whole = self.of_days(month, following)
        if whole is not None and whole > 0:
            return (self.of_days(first, end) or 0.0) / whole
        return (end - first).days / (following - month).days

    def of_days(self, first: date, end: date) -> float | None:
        """Deaths that the table of days has from a day to another (not included); None where it lacks a day."""
        if self.daily is None or end <= first:
            return None
        begin, sums = self.sums
        a, b = first.toordinal() - begin, end.toordinal() - begin
        return float(sums[b] - sums[a]) if a >= 0 and b < len(sums) else None

    @cached_property
    def sums(self) -> tuple[int, np.ndarray[Any, Any]]:
        """Number of the first day with days, and deaths before each day from it on; every day is in the table."""
        daily: Any = self.daily
        return daily.index[0].toordinal(), np.concatenate([[0.0], np.cumsum(daily[DEATHS].to_numpy(float))])


def by_month(values: Any) -> dict[date, float]:
    """A monthly series as a mapping; months that are not known are left out."""
    return {stamp.date(): float(value) for stamp, value in values.items() if value == value}


def whole_months(days: pd.Series[Any]) -> dict[date, float]:
    """Sums of the months that daily counts cover whole."""
    parts: Any = days.resample("MS")
    sums, lengths = parts.sum(), parts.count()
    return by_month(sums[lengths.to_numpy() == sums.index.days_in_month])


# -- what is known on a day


def known_on(deaths: Deaths, day: date) -> Known:
    """What is known of violence on a day: months that end on it where days are known to it, else calendar months."""
    month = day.replace(day=1)
    past = Deaths({m: v for m, v in deaths.months.items() if months_after(m, 1) <= day}, deaths.daily)
    tail = 0.0 if day == month else begun_month(past, month, day)
    end = month if tail is None else day
    values: list[float] = []
    labels: list[date] = []
    while True:
        start, stop = months_after(day, -len(values) - 1), months_after(day, -len(values))
        if end == month:
            start, stop = months_after(month, -len(values) - 1), months_after(month, -len(values))
        sum_before = past.between(start, min(stop, month))
        if sum_before is None:
            break
        values.append(sum_before + (tail or 0.0 if stop > month else 0.0))
        labels.append((start + (stop - start) / 2).replace(day=1))
    daily = None if deaths.daily is None else deaths.daily[deaths.daily.index < str(day)]
    why = "" if daily is None else unusable(daily)
    table = daily if daily is not None and EVENTS in daily and not why else None
    return Known(
        day,
        table,
        np.array(values[::-1], dtype=float),
        np.array(labels[::-1], dtype="datetime64[D]"),
        why or "no daily data",
    )


def begun_month(past: Deaths, month: date, day: date) -> float | None:
    """Deaths of a month that has begun, from its days and what days hold of the months before; None without days."""
    days = past.of_days(month, day)
    if days is None:
        return None
    first = months_after(month, -COVER_MONTHS)
    counted, whole = past.of_days(first, month), past.between(first, month)
    if not counted or whole is None:
        return days
    return days * min(max(whole / counted, 1.0), MOST_COVER)
