"""Spells of agreements read off the chronicles of runs, and shares of spells still standing."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.agents import codes
from detente.experiments.evidence.samples import survival
from detente.experiments.validity.panel import Panel

Values = np.ndarray[Any, Any]

RESAMPLES = 1000


def agreements(panel: Panel) -> tuple[Values, Values]:
    """Days that each agreement of a panel stood, and whether it was broken (else the run ended first)."""
    days: list[float] = []
    broken: list[bool] = []
    for run, events in enumerate(panel.events):
        signed: dict[int, float] = {}
        for e in events:
            what, pair, day = int(e["what"]), int(e["subject"]), float(e["day"])
            if what == codes.AGREEMENT:
                signed[pair] = day
            elif what == codes.RELAPSE and pair in signed:
                days.append(day - signed.pop(pair))
                broken.append(True)
        last = float(panel.start.days_after(panel.last_step[run]))
        standing = [last - day for day in signed.values() if last > day]
        days += standing
        broken += [False] * len(standing)
    return np.array(days), np.array(broken, dtype=bool)


def median_survival(days: Values, ended: Values) -> float:
    """Kaplan-Meier median; infinity where fewer than half end."""
    from scipy.stats import CensoredData, ecdf

    curve = ecdf(CensoredData.right_censored(days, ~ended)).sf
    below = np.flatnonzero(curve.probabilities <= 0.5)
    return float(curve.quantiles[below[0]]) if len(below) else float("inf")


def picks(n_known: int, n: int) -> Values:
    """Places of a thousand samples of n out of so many; the same each time."""
    return np.random.default_rng(1).integers(0, n_known, (RESAMPLES, n))


def resampled_survival(days: Values, ended: Values, at: float, n: int) -> Values:
    """Share standing after so many days in samples of n spells, as many as were observed; NaN of too few."""
    if len(days) < n // 4:
        return np.array([np.nan])
    return np.array([survival(days[p], ended[p], at) for p in picks(len(days), n)])


def resampled(values: Values, n: int, statistic: Any) -> Values:
    """A statistic of samples of n values, as many as were observed; NaN of too few."""
    known = values[np.isfinite(values)]
    if len(known) < n // 4:
        return np.array([np.nan])
    return np.asarray(statistic(known[picks(len(known), n)], axis=1))
