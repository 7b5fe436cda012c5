"""The course of a conflict, observed or simulated, in the same plain form: deaths, events, ceasefires, agreements.

Simulated events are thinned to the share that the source of daily events places, so that both are seen alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from detente.agents import codes
from detente.experiments.runs.event_logs import RunLog, logged_runs
from detente.model.opening import Opening

Values = np.ndarray[Any, Any]

KINDS = (codes.TRUCE_BEGAN, codes.TRUCE_DECLARED, codes.TRACK_OPENED, codes.AGREEMENT, codes.PARTY_COLLAPSED)
"""Events of the chronicle that are read."""

COLUMNS = ("tally.attacks", "tally.spoiler_attacks", "tally.fatalities")


@dataclass(frozen=True)
class Truce:
    """A ceasefire: first day, whether both sides hold it, and whether it is local."""

    day: int
    joint: bool
    local: bool


@dataclass(frozen=True)
class Course:
    """What happened in a conflict; days count from its first.

    ``series`` is what is counted by month (deaths, or tests where nobody is killed); ``events`` placed events by day,
    ``truces``, ``agreements`` (day, whether full) and ``talks`` (first day of open talks; infinite where there were
    none) are None where the data do not record them; ``won`` is whether a side won in the field.
    """

    n_days: int
    series: Values
    events: Values | None = None
    truces: tuple[Truce, ...] | None = None
    agreements: tuple[tuple[int, bool], ...] | None = None
    talks: float | None = None
    won: bool | None = None

    @property
    def years(self) -> float:
        """Length in years."""
        return self.n_days / 365.25


def month_starts(first: date, n_days: int) -> Values:
    """Places of the first days of the months of a span; the first of them is 0."""
    stamps = np.datetime64(first) + np.arange(n_days)
    months = stamps.astype("datetime64[M]")
    return np.flatnonzero(np.r_[True, months[1:] != months[:-1]])


def simulated(start: Opening, seed: int, thin: float, *, counted: str = "deaths") -> Course:
    """The course of one run; after its end nothing happens any more.

    ``thin`` is the share of events that is seen; ``counted`` what the monthly series counts, ``deaths`` or ``events``.
    """
    ((log, rows),) = logged_runs(start, [seed], KINDS, COLUMNS)
    daily = np.zeros((start.n_days, len(COLUMNS)))
    daily[: len(rows)] = np.diff(rows, axis=0, prepend=0.0)
    events = np.rint(daily[:, 0] + daily[:, 1]).astype(np.int64)
    seen = np.random.default_rng([seed, 1]).binomial(np.maximum(events, 0), thin).astype(float)
    first = month_starts(start.scenario.case.start, start.n_days)
    counts = daily[:, 2] if counted == "deaths" else events.astype(float)
    return Course(
        start.n_days,
        np.add.reduceat(counts, first),
        seen,
        truces_of(log),
        agreements_of(start, log),
        talks_of(log),
        bool(np.any(log.events["what"] == codes.PARTY_COLLAPSED)),
    )


def truces_of(log: RunLog) -> tuple[Truce, ...]:
    """The ceasefires of a run, each day and kind once."""
    begun = [e for e in log.events if int(e["what"]) in codes.CEASEFIRE_BEGINS]
    return once(
        Truce(
            int(e["since"] if e["since"] >= 0 else e["day"]),
            int(e["what"]) == codes.TRUCE_BEGAN,
            codes.TRUCE_FORMS[int(e["form"])][1] == "local",
        )
        for e in begun
    )


def once(truces: Any) -> tuple[Truce, ...]:
    """Ceasefires in the order of their days, those alike on one day once."""
    return tuple(sorted(set(truces), key=lambda t: (t.day, t.joint, t.local)))


def agreements_of(start: Opening, log: RunLog) -> tuple[tuple[int, bool], ...]:
    """The agreements of a run: day, and whether it settled everything."""
    signed = log.events[log.events["what"] == codes.AGREEMENT]
    return tuple((int(e["day"]), float(e["value"]) >= 1.0) for e in signed)


def talks_of(log: RunLog) -> float:
    """Day on which the first track opened; infinite where none did."""
    opened = log.events["day"][log.events["what"] == codes.TRACK_OPENED]
    return float(opened[0]) if len(opened) else float("inf")


def days_from(first: date, stamps: Sequence[Any]) -> list[int]:
    """Days of some dates, counted from the first."""
    return [(stamp.date() - first).days for stamp in stamps]
