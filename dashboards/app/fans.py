"""Fans for a page: bands over many runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.ensemble import Ensemble
from detente.model.errors import wrong

MOST_RUNS = 1000
BANDS = ("low80", "low50", "median", "high50", "high80")


def checked_fan_runs(runs: Any) -> int:
    """A number of runs that a fan may have; raises ``InputError`` for any other."""
    if isinstance(runs, bool) or not isinstance(runs, int) or not 1 <= runs <= MOST_RUNS:
        raise wrong("runs", runs, f"a whole number from 1 to {MOST_RUNS}")
    return runs


def fan_lines(made: Ensemble) -> dict[str, Any]:
    """A fan as plain lists: for each series its days and bands; and how the runs ended."""
    start = made.start.scenario.case.start
    series: dict[str, Any] = {}
    for name, group in made.fan().groupby("series", sort=False, observed=True):
        days = [(day.date() - start).days for day in group["date"]]
        lines = {band: np.round(group[band].to_numpy(float), 4).tolist() for band in BANDS}
        series[str(name)] = {"days": days, **lines}
    return without_nan({"runs": len(made.seeds), "endings": made.endings(), "series": series})
