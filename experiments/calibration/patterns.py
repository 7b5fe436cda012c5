"""The patterns that calibration aims at, worked out alike from observed days and from runs.

Moments and patterns, not levels: each year's level, the season and each year's severity are given to the runs, so that
what is compared is dispersion, memory, the season's change from year to year, holidays, and the shape of severity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from detente.experiments.evidence.moments import autocorrelation, fano, holiday_effect, weekly

Values = np.ndarray[Any, Any]

PATTERNS = {
    "weekly_fano": "variance over mean of weekly events, level of the year removed",
    "daily_fano": "the same of daily events",
    "autocorrelation_1": "autocorrelation of weekly events at 1 week",
    "autocorrelation_2": "at 2 weeks",
    "autocorrelation_4": "at 4 weeks",
    "autocorrelation_13": "at 13 weeks",
    "season_mean": "mean over years of the season's amplitude (1: as fitted)",
    "season_spread": "its standard deviation over years",
    "holiday": "events on holidays without a truce over those expected from the days around",
    "size_median": "median deaths of days with one event, over the year's mean severity",
    "size_tail": "log ratio of their 95 % quantile to their median",
}
"""Name of a pattern -> what it is."""

CHECKED = ("season_mean", "holiday")
"""Patterns that no fitted parameter stands for: they are compared afterwards, and not aimed at."""

LEAST_DAYS = 60
"""Days of a year that its patterns need."""


@dataclass(frozen=True)
class Year:
    """The days of one year: first day, season and holiday factors of each, truces, and observed events and deaths.

    ``given`` is the level and severity that runs are to have; the year's own unless said.
    """

    start: date
    season: Values
    holiday: Values
    truce: Values
    events: Values
    deaths: Values
    given: tuple[float, float] | None = None

    @property
    def level(self) -> float:
        """Events a day with season removed."""
        return float(self.events.sum() / np.sum(self.season * self.holiday))

    @property
    def severity(self) -> float:
        """Deaths of an event."""
        return float(self.deaths.sum() / max(float(self.events.sum()), 1.0))


def patterns(years: Sequence[Year]) -> dict[str, float]:
    """The patterns of some years of days, by name."""
    relative = [y.events / max(float(y.events.mean()), 1e-9) for y in years]
    mean = float(np.mean([y.events.mean() for y in years]))
    levelled = np.concatenate(relative) * mean
    weeks = np.concatenate([weekly(r * mean) for r in relative])
    amplitudes = [amplitude(y) for y in years if len(y.events) >= 180]
    deaths = sizes(years)
    median = float(np.median(deaths)) if len(deaths) else float("nan")
    top = float(np.quantile(deaths, 0.95)) if len(deaths) else float("nan")
    holiday = np.concatenate([y.holiday < 1 for y in years]).astype(float)
    return {
        "weekly_fano": fano(weeks),
        "daily_fano": fano(levelled),
        **{f"autocorrelation_{k}": autocorrelation(weeks, k) for k in (1, 2, 4, 13)},
        "season_mean": float(np.mean(amplitudes)) if amplitudes else float("nan"),
        "season_spread": float(np.std(amplitudes)) if amplitudes else float("nan"),
        "holiday": holiday_effect(levelled, holiday, left_out=np.concatenate([y.truce for y in years])),
        "size_median": median,
        "size_tail": float(np.log(top / median)) if median > 0 else float("nan"),
    }


def amplitude(year: Year) -> float:
    """How strong the season was in a year: the regression of relative events on the season, 1 if as fitted."""
    s = year.season / year.season.mean() - 1.0
    relative = year.events / max(float(year.events.mean()), 1e-9) - 1.0
    return float(np.dot(s, relative) / max(float(np.dot(s, s)), 1e-9))


def sizes(years: Sequence[Year]) -> Values:
    """Deaths of days with a single event, which are that event's, over their year's mean severity."""
    found = [y.deaths[y.events == 1] / max(y.severity, 1e-9) for y in years]
    return np.concatenate(found) if found else np.zeros(0)


def as_vector(made: dict[str, float]) -> Values:
    """The patterns in their declared order."""
    return np.array([made[name] for name in PATTERNS])
