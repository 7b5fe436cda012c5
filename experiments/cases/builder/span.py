"""The days of a case: its first, last and pivot, and the days that its numbers are estimated from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.new_request import Request
from detente.experiments.data.coverage import month_end
from detente.experiments.data.observations import EVENTS
from detente.model.errors import InputError
from detente.model.scenario import MAX_CASE_DAYS

if TYPE_CHECKING:
    import pandas as pd

LEAST_EVENTS, LEAST_DAYS = 30, 365
"""Events and days that a rate is estimated from; where the days before the pivot hold fewer, earlier ones are added."""


@dataclass(frozen=True)
class Span:
    """First day, last day and pivot of a case; its numbers come from the days ``since`` to ``until``."""

    start: date
    end: date
    pivot: date
    since: date
    until: date
    notes: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """Days that numbers are estimated from."""
        return (self.until - self.since).days + 1


def span_of(evidence: Evidence, request: Request) -> Span:
    """The days of a case: those asked for, or those from the first event to the end of the data."""
    covered, active = evidence.span, evidence.active()
    start = request.since or max(active[0].replace(day=1), covered[0])
    end = request.until or covered[1]
    pivot = request.pivot or start
    check_days(start, end, pivot, covered)
    last = min(covered[1], end)
    if request.pivot is not None:
        last = min(last, request.pivot - timedelta(days=1))
    since, notes = reference(evidence, start, last)
    return Span(start, end, pivot, since, last, notes)


def check_days(start: date, end: date, pivot: date, covered: tuple[date, date]) -> None:
    """Refuse days out of order, a case of over a century, and a case that data say nothing of."""
    data = f"the data cover {covered[0]} to {covered[1]}"
    if end <= start:
        raise InputError(f"--until: got {end}; expected a day after the first, {start} ({data})")
    if (end - start).days > MAX_CASE_DAYS:
        raise InputError(f"--until: got {end}; expected a day at most 100 years after the first, {start}")
    if not start <= pivot < end:
        raise InputError(f"--pivot: got {pivot}; expected a day from {start} to {end - timedelta(days=1)}")
    if min(end, pivot) <= covered[0] and pivot > start:
        raise InputError(f"--pivot: got {pivot}; expected a day by which there are data ({data})")
    if end <= covered[0]:
        raise InputError(f"--until: got {end}; expected a day within the data or after them ({data})")


def reference(evidence: Evidence, start: date, last: date) -> tuple[date, tuple[str, ...]]:
    """The first day that numbers are estimated from: the case's, or earlier where that leaves too little."""
    covered = evidence.span
    first = max(start, covered[0])
    if (last - first).days + 1 >= LEAST_DAYS and n_events(evidence, first, last) >= LEAST_EVENTS:
        return first, ()
    early = max(min(first, evidence.active()[0].replace(day=1)), covered[0])
    if early >= first or last <= early:
        return min(first, last), ()
    since = nearest_enough(evidence, early, first, last)
    why = f"fewer than {LEAST_DAYS} days or {LEAST_EVENTS} events from {first} to {last}"
    return since, (f"numbers are estimated from {since} on: {why}",)


def nearest_enough(evidence: Evidence, early: date, first: date, last: date) -> date:
    """The latest first of a month, whole years before, from which there is enough; else the earliest."""
    day = min(first, last)
    while day > early:
        day = max(date(day.year - 1, day.month, 1), early)
        if (last - day).days + 1 >= LEAST_DAYS and n_events(evidence, day, last) >= LEAST_EVENTS:
            return day
    return early


def n_events(evidence: Evidence, since: date, until: date) -> int:
    """Events recorded between two days; months with deaths where events are not counted."""
    table = evidence.daily
    if table is not None and EVENTS in table:
        return int(table.loc[str(since) : str(until), EVENTS].sum())
    if evidence.monthly is None or evidence.total is None:
        return 0
    return int((whole_months(evidence.monthly, since, until)[evidence.total] > 0).sum())


def whole_months(monthly: pd.DataFrame, since: date, until: date) -> pd.DataFrame:
    """The months that lie whole between two days."""
    stamps: Any = monthly.index
    inside = [s.date() >= since and month_end(s.date()) <= until for s in stamps]
    return monthly[np.array(inside, dtype=bool)]
