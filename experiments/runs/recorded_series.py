"""What is kept of each run of an ensemble: a few series, thinned, and monthly counts.

Both drivers hand over the same rows, one a step, of the columns named here; what is kept of them is worked out once.
Values after the end of a run are NaN: the model says nothing about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.experiments.runs.outcomes import hostile_dyads, hostile_pairs
from detente.model.errors import wrong
from detente.model.keywords import as_python
from detente.model.opening import Opening

Values = np.ndarray[Any, Any]

COUNTS = ("fatalities", "attacks", "spoiler_attacks")
"""Fields of the tally that are kept as counts per interval and per month."""

COUNT_NAMES = {"fatalities": "deaths", "attacks": "attacks", "spoiler_attacks": "spoiler attacks"}


def checked_every(every: Any) -> float:
    """Days between kept values."""
    days = as_python(every)
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days <= 3660:
        raise wrong("every", every, "a number of days above 0")
    return float(days)


@dataclass(frozen=True)
class Watch:
    """Which columns are asked for, and when they are kept."""

    start: Opening
    every_steps: int

    @classmethod
    def of(cls, start: Opening, every: float) -> Watch:
        """Keep levels every so many days, at least every step."""
        return cls(start, max(1, round(every / start.step_days)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the trajectory that are asked for: counts first, then trust, then readiness."""
        dyads = tuple(f"dyads.{name}.trust" for name in hostile_dyads(self.start))
        pairs = tuple(f"pairs.{name}.readiness" for name in hostile_pairs(self.start))
        return (*(f"tally.{field}" for field in COUNTS), *dyads, *pairs)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the series kept: counts per interval, levels, and their means."""
        dyads = tuple(f"trust {name}" for name in hostile_dyads(self.start))
        pairs = tuple(f"readiness {name}" for name in hostile_pairs(self.start))
        return (*(COUNT_NAMES[field] for field in COUNTS), *dyads, *pairs, "mean trust", "mean readiness")

    @property
    def sampled_steps(self) -> Values:
        """Steps at which series are kept, the opening included."""
        return np.arange(0, self.start.n_steps + 1, self.every_steps)

    @property
    def dates(self) -> list[date]:
        """Dates of the kept series; a count is that of the interval up to its date."""
        first = self.start.scenario.case.start
        return [first + timedelta(days=int(days)) for days in self.start.days_after(self.sampled_steps)]

    @property
    def months(self) -> list[date]:
        """First days of the calendar months that the case covers whole."""
        case = self.start.scenario.case
        month = case.start if case.start.day == 1 else next_month(case.start)
        found: list[date] = []
        while next_month(month) <= case.end + timedelta(days=1):
            found.append(month)
            month = next_month(month)
        return found

    def series(self, rows: Values, steps: Values) -> Values:
        """The kept series: shape (runs, dates, names); the first count is NaN, it has no interval behind it."""
        return self.series_of(rows[:, self.sampled_steps, :], steps)

    def series_of(self, sampled: Values, steps: Values) -> Values:
        """The kept series of rows that are thinned already: shape (runs, dates, columns) to (runs, dates, names)."""
        thinned = np.array(sampled, dtype=float)
        late = self.sampled_steps[None, :] > steps[:, None]
        thinned[late] = np.nan
        n_counts, n_dyads = len(COUNTS), len(hostile_dyads(self.start))
        counts = np.diff(thinned[:, :, :n_counts], axis=1, prepend=np.nan)
        trust = thinned[:, :, n_counts : n_counts + n_dyads]
        readiness = thinned[:, :, n_counts + n_dyads :]
        means = np.stack([trust.mean(axis=2), readiness.mean(axis=2)], axis=2)
        return np.concatenate([counts, trust, readiness, means], axis=2).astype(np.float32)

    def monthly(self, rows: Values, steps: Values) -> Values:
        """Counts per whole calendar month: shape (runs, months, counts); NaN for a month in which the run ended."""
        months, n_counts = self.months, len(COUNTS)
        if not months:
            return np.zeros((len(rows), 0, n_counts), dtype=np.float32)
        edges = np.array([self.step_of(day) for day in [*months, next_month(months[-1])]])
        below = np.clip(np.floor(edges).astype(int), 0, rows.shape[1] - 1)
        above = np.clip(below + 1, 0, rows.shape[1] - 1)
        share = (edges - below)[None, :, None]
        at = rows[:, below, :n_counts] * (1 - share) + rows[:, above, :n_counts] * share
        at[edges[None, :] > steps[:, None] + 1e-9] = np.nan
        return np.diff(at, axis=1).astype(np.float32)

    def step_of(self, day: date) -> float:
        """How many steps lie before a date."""
        return self.start.steps_by((day - self.start.scenario.case.start).days)


def next_month(day: date) -> date:
    """The first day of the month after a date."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
