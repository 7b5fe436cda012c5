"""How the level of a war moves, and how uneven its days are."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.span import Span, whole_months
from detente.experiments.data.observations import EVENTS
from detente.experiments.evidence.latent_level import fit_level, is_well_seen
from detente.experiments.evidence.levels import LEAST_MONTHS, Window, yearly_changes

DAYS = 30
"""Days over which the mean of days is taken."""

LEAST_DAY_EVENTS = 100
"""Events from which the unevenness of days is estimated."""


def volatility(evidence: Evidence, span: Span) -> dict[str, Any]:
    """Spread and memory of the latent level, and yearly changes; each None, with the reason, where data are too few."""
    if evidence.monthly is None or evidence.total is None:
        return {"level_spread": None, "why": "deaths are not counted by month"}
    months = whole_months(evidence.monthly, span.since, span.until)[evidence.total].dropna()
    stamps: Any = months.index
    deaths = months.to_numpy(dtype=float)
    some = np.flatnonzero(deaths > 0)
    window = Window(0, deaths, np.asarray(stamps.year))
    changes = yearly_changes(window)
    known: dict[str, Any] = {
        "yearly_change_sd": round(float(np.std(changes, ddof=1)), 3) if len(changes) >= 4 else None,
        "years": len(changes),
    }
    own = deaths[some[0] : some[-1] + 1] if len(some) else deaths
    if len(own) < LEAST_MONTHS or not is_well_seen(Window(0, own, window.year[: len(own)])):
        why = f"too little data: {len(own)} months; {LEAST_MONTHS} with a mean of 8 deaths and few empty ones needed"
        return {**known, "level_spread": None, "why": why}
    return {**known, **fitted(own)}


def fitted(deaths: np.ndarray[Any, Any]) -> dict[str, Any]:
    """The latent level of a series that is well seen."""
    level = fit_level(deaths)
    return {
        "level_spread": round(min(max(level.spread, 0.1), 2.0), 3),
        "monthly_sigma": round(level.sigma, 3),
        "half_life_months": round(level.half_life, 2),
        "count_size": round(level.size, 3),
        "why": f"latent level of {len(deaths)} months of deaths, seen through negative-binomial counts",
    }


def daily_dispersion(evidence: Evidence, span: Span) -> float | None:
    """Variance over mean of events a day, about the mean of the days around; None where events are too few."""
    if evidence.daily is None or EVENTS not in evidence.daily:
        return None
    days = evidence.daily.loc[str(span.since) : str(span.until), EVENTS].astype(float)
    if days.sum() < LEAST_DAY_EVENTS or len(days) < 2 * DAYS:
        return None
    mean = days.rolling(DAYS, center=True, min_periods=DAYS // 2).mean()
    free = (DAYS - 1) / DAYS  # a day is part of the mean it is held against
    return round(float(((days - mean) ** 2).sum() / free / mean.sum()), 3)
