"""The calendar of a case as one record a day: season, holidays, severity of the year."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.agents.schema import dtype_of
from detente.agents.state import Day
from detente.model.scenario import Scenario

DAYS_IN_YEAR = 365.2425
LEAST_SEASON = 0.05


def season_curve(monthly: tuple[float, ...], phase: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Two harmonics fitted by least squares to monthly factors, with mean 1; ``phase`` is the share of the year."""
    middle = (np.arange(12) + 0.5) / 12

    def harmonics(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        turns = 2 * np.pi * x[:, None] * np.arange(1, 3)
        return np.hstack([np.ones((len(x), 1)), np.cos(turns), np.sin(turns)])

    level = np.asarray(monthly) / np.mean(monthly)
    weights, *_ = np.linalg.lstsq(harmonics(middle), level, rcond=None)
    weights[0] = 1.0
    return np.maximum(harmonics(phase) @ weights, LEAST_SEASON)


def day_records(scenario: Scenario) -> np.ndarray[Any, Any]:
    """One ``Day`` record for every day of the case."""
    start, end = scenario.case.start, scenario.case.end
    n = (end - start).days + 1
    dates = np.arange(n) + np.datetime64(start, "D")
    years = dates.astype("datetime64[Y]")
    year = years.astype(int) + 1970
    made = np.zeros(n, dtype=dtype_of(Day))
    phase = (dates - years).astype(int) / DAYS_IN_YEAR
    made["season"] = season_curve(scenario.calendar.season, phase)
    made["holiday"] = 1.0
    for h in scenario.calendar.holidays:
        first, last = (h.start - start).days, (h.end - start).days
        if last >= 0 and first < n:
            made["holiday"][max(first, 0) : last + 1] = h.restraint
    severity = [scenario.calendar.severity.get(y, 1.0) for y in range(start.year, end.year + 1)]
    made["year"] = year - start.year
    made["severity"] = np.array(severity)[year - start.year]
    return made
