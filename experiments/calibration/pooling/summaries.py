"""Summaries of the course of a conflict: level, volatility, ceasefires and their survival, agreements, endings, talks.

All are free of the size of a war, and all are defined for every course that has the data: rare things are counted with
pseudo-counts that pull a summary without cases to a neutral value.  NaN: the data of a conflict do not record it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.experiments.calibration.pooling.courses import Course, Truce
from detente.experiments.evidence.levels import TRAILING, TWICE, trailing_mean

Values = np.ndarray[Any, Any]

SUMMARIES = {
    "level_spread": "standard deviation of log monthly deaths",
    "monthly_change": "standard deviation of the change of log deaths from month to month",
    "yearly_change": "standard deviation of the change of log deaths from year to year",
    "memory_1": "autocorrelation of log deaths at 1 month",
    "memory_6": "at 6 months",
    "memory_12": "at 12 months",
    "offensives": "log rate of offensives (months of twice the mean of the year before)",
    "quiet_months": "share of months below a tenth of the mean",
    "peak": "log ratio of the worst 12 months to the mean",
    "trend": "log ratio of the last third to the first",
    "end_level": "log ratio of the last two years to the mean",
    "daily_dispersion": "overdispersion of daily events within quarters, free of thinning",
    "weekly_dispersion": "the same of weekly events within years",
    "weekly_memory": "autocorrelation of weekly events at 1 week, less that at 13",
    "truces_joint": "log rate of general ceasefires of both sides",
    "truces_alone": "log rate of general ceasefires of one side",
    "truces_local": "log rate of local ceasefires",
    "truce_effect": "mean log ratio of events in 90 days after a general ceasefire to 90 before",
    "truce_effect_late": "the same of days 91 to 365 after it",
    "truce_holds": "share of general ceasefires with less than a quarter of the events before",
    "truce_survival": "mean months until violence is back at three quarters of before",
    "rise_before": "mean log ratio of the last 28 days before a ceasefire to the two months before",
    "full_agreements": "log rate of full agreements",
    "first_agreement": "share of the span before the first full agreement",
    "agreement_effect": "mean log ratio of events in the year after an agreement, full or partial, to the year before",
    "signed_low": "mean log ratio of events in the year before an agreement to the peak year until then",
    "won": "whether a side won in the field",
    "first_talks": "share of the span before the first talks",
}
"""Name of a summary -> what it is."""

N = len(SUMMARIES)
LEAST_EVENTS = 5
SURVIVAL_MONTHS = 24


def summary(course: Course) -> Values:
    """All summaries of a course, in the declared order; NaN where the data do not record one."""
    found = {**level(course.series), **dispersion(course), **truces(course), **agreements(course)}
    found["won"] = float("nan") if course.won is None else float(course.won)
    talks = course.talks
    found["first_talks"] = float("nan") if talks is None else min(talks / course.n_days, 1.0)
    return np.array([found[name] for name in SUMMARIES])


# -- level


def level(series: Values) -> dict[str, float]:
    """Summaries of a monthly series."""
    mean = max(float(series.mean()), 1e-9)
    pseudo = 0.1 * mean + 0.25
    logs = np.log((series + pseudo) / (mean + pseudo))
    years = series[: len(series) // 12 * 12].reshape(-1, 12).sum(axis=1)
    yearly = np.diff(np.log(years + 12.0 * pseudo))
    third = max(len(series) // 3, 1)
    first, last = float(series[:third].mean()), float(series[-third:].mean())
    running = np.convolve(series, np.ones(12) / 12.0, "valid") if len(series) >= 12 else series
    return {
        "level_spread": float(logs.std()),
        "monthly_change": float(np.diff(logs).std()),
        "yearly_change": float(np.sqrt(np.mean(yearly**2))) if len(yearly) else 0.0,
        **{f"memory_{lag}": correlation(logs, lag) for lag in (1, 6, 12)},
        "offensives": offensives(series),
        "quiet_months": float(np.mean(series < 0.1 * mean)),
        "peak": float(np.log((running.max() + pseudo) / (mean + pseudo))),
        "trend": float(np.log((last + pseudo) / (first + pseudo))),
        "end_level": float(np.log((float(series[-24:].mean()) + pseudo) / (mean + pseudo))),
    }


def correlation(values: Values, lag: int) -> float:
    """Autocorrelation at a lag; 0 where the series does not vary or is too short."""
    d = values - values.mean()
    power = float(np.dot(d, d))
    return float(np.dot(d[:-lag], d[lag:])) / power if power > 0 and len(d) > lag + 2 else 0.0


def offensives(series: Values) -> float:
    """Log rate a year of first months of offensives."""
    before = trailing_mean(series)
    high = (series >= TWICE * before) & (series >= 2.0) & np.isfinite(before)
    begun = int(np.count_nonzero(high & ~np.r_[False, high[:-1]]))
    return float(np.log((begun + 0.5) / max((len(series) - TRAILING) / 12.0, 1.0)))


# -- days


def dispersion(course: Course) -> dict[str, float]:
    """Overdispersion and memory of events by day and week."""
    names = ("daily_dispersion", "weekly_dispersion", "weekly_memory")
    if course.events is None:
        return dict.fromkeys(names, float("nan"))
    weeks = course.events[: len(course.events) // 7 * 7].reshape(-1, 7).sum(axis=1)
    near = correlation(weeks, 1) - correlation(weeks, 13)
    return dict(zip(names, (excess(course.events, 91), excess(weeks, 52), near), strict=True))


def excess(counts: Values, block: int) -> float:
    """Log of the variance beyond Poisson's over the squared mean, within blocks; thinning does not change it."""
    parts = counts[: len(counts) // block * block].reshape(-1, block)
    mean = parts.mean(axis=1)
    parts, mean = parts[mean > 0.02], mean[mean > 0.02]
    if not len(parts):
        return 0.0
    variance = parts.var(axis=1, ddof=1)
    return float(np.log(max(float(np.sum(variance - mean)) / float(np.sum(mean**2)), 0.02)))


# -- ceasefires


def truces(course: Course) -> dict[str, float]:
    """Rates of ceasefires, what they do and how long it lasts."""
    known = course.truces
    if known is None:
        return dict.fromkeys([n for n in SUMMARIES if n.startswith("truce")] + ["rise_before"], float("nan"))
    general = [t for t in known if not t.local]
    counts = {
        "truces_joint": sum(t.joint for t in general),
        "truces_alone": sum(not t.joint for t in general),
        "truces_local": sum(t.local for t in known),
    }
    rates = {name: float(np.log((n + 0.5) / course.years)) for name, n in counts.items()}
    return {**rates, **effects(course, general)}


def effects(course: Course, general: Sequence[Truce]) -> dict[str, float]:
    """What general ceasefires do to events; two neutral pseudo-cases stand beside those seen."""
    names = ("truce_effect", "truce_effect_late", "truce_holds", "truce_survival", "rise_before")
    if course.events is None:
        return dict.fromkeys(names, float("nan"))
    total = np.r_[0.0, np.cumsum(course.events)]
    rows = [row for t in general if (row := effect(total, t.day)) is not None]
    neutral = [(0.0, 0.0, 0.2, 3.0, 0.0)] * 2
    return dict(zip(names, np.mean([*rows, *neutral], axis=0).tolist(), strict=True))


def effect(total: Values, day: int) -> tuple[float, ...] | None:
    """Effects of one ceasefire; None where it was too quiet before, or the data begin or end too near."""
    if day < 90 or day + 90 > len(total) - 1:
        return None
    before = between(total, day - 90, day)
    if before < LEAST_EVENTS:
        return None
    after = between(total, day, day + 90)
    end = min(day + 366, len(total) - 1)
    days_late = end - (day + 91)
    late = between(total, day + 91, end) / days_late * 90.0 if days_late >= 90 else after
    near = log_ratio(between(total, day - 28, day), between(total, day - 90, day - 28) * 28.0 / 62.0)
    held = float(after < 0.25 * before)
    return log_ratio(after, before), log_ratio(late, before), held, survival(total, day, before), near


def survival(total: Values, day: int, before: float) -> float:
    """Months until 30 days have three quarters of the events before; 24 at most."""
    bar = 0.75 * before / 3.0
    for month in range(SURVIVAL_MONTHS):
        first, last = day + 1 + 30 * month, day + 31 + 30 * month
        if last > len(total) - 1:
            return float(month)
        if between(total, first, last) >= bar:
            return float(month)
    return float(SURVIVAL_MONTHS)


def between(total: Values, first: int, last: int) -> float:
    """Events from a day to the day before another."""
    return float(total[max(last, 0)] - total[max(first, 0)])


def log_ratio(after: float, before: float) -> float:
    """Log ratio of two counts with a half added to each."""
    return float(np.log((after + 0.5) / (before + 0.5)))


# -- agreements


def agreements(course: Course) -> dict[str, float]:
    """Rates of agreements, when the first came, and the violence around them."""
    names = ("full_agreements", "first_agreement", "agreement_effect", "signed_low")
    known = course.agreements
    if known is None:
        return dict.fromkeys(names, float("nan"))
    full = [day for day, whole in known if whole]
    rate = float(np.log((len(full) + 0.5) / course.years))
    first = min(min(full, default=course.n_days) / course.n_days, 1.0)
    return dict(zip(names, (rate, first, *around(course, [d for d, _ in known])), strict=True))


def around(course: Course, days: Sequence[int]) -> tuple[float, float]:
    """Mean log ratios of the year after to the year before, and of the year before to the peak; one neutral case."""
    if course.events is None:
        return float("nan"), float("nan")
    total = np.r_[0.0, np.cumsum(course.events)]
    usable = [d for d in days if d >= 365 and d + 365 <= len(total) - 1]
    after = [log_ratio(between(total, d, d + 365), between(total, d - 365, d)) for d in usable]
    low = [log_ratio(between(total, d - 365, d), peak_until(total, d)) for d in usable]
    return float(np.mean([*after, 0.0])), float(np.mean([*low, -0.5]))


def peak_until(total: Values, day: int) -> float:
    """Events of the worst 12 months of the five years before a day."""
    return max(between(total, d - 365, d) for d in range(day, max(day - 4 * 365, 364), -30))
