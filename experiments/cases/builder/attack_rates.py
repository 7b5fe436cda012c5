"""Attacks and deaths from observed days and months: how many, how deadly, by whom, and how much is not seen by day."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.cases.builder.dyads import precise
from detente.experiments.cases.builder.estimate import Estimate, about, from_range, prior
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.span import LEAST_EVENTS, Span, whole_months
from detente.experiments.data.observations import DEATHS, EVENTS
from detente.model.prior_ranges import DEATHS as USUAL_DEATHS
from detente.model.prior_ranges import DEATHS_PER_EVENT, NINETY, RANGES, share_of_attacks

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_MONTH = 365.25 / 12.0
LEAST_SIDED = 30
"""Events with deaths of a known side from which the share of each side's attacks is read."""

READING = 0.15
"""How far the share of attacks may lie off what deaths say, since who opened a fight is not recorded [judgement]."""

MEMORY_MONTHS = 10.0
"""Months that say no more than one, since the level of a war moves slowly (half-life 5 months: UCDP GED, 78 dyads)."""

MONTH = 31
"""Days that a file of days may lack before its rates are held against months beyond it."""

LEAST_TAIL, LEAST_SIZE = 50, 5
"""Events of at least so many deaths from which a tail is estimated, and that many deaths."""


class Counted(NamedTuple):
    """What the days of reference hold: place-precise events and deaths, their days, and deaths in all by month.

    ``days`` are those on which events are counted, which may be fewer than the days of reference; ``when`` names them.
    ``level`` is what months of reference have in deaths over those with such days: 1 where days are counted throughout.
    """

    events: float
    deaths: float
    days: int
    total: float
    months: int
    when: str
    level: float = 1.0


def counted(evidence: Evidence, span: Span) -> Counted:
    """Sums over the days that numbers are estimated from."""
    events = deaths = total = 0.0
    months, n_days, when = 0, span.days, f"{span.since} to {span.until}"
    if evidence.daily is not None and EVENTS in evidence.daily:
        days = evidence.daily.loc[str(span.since) : str(span.until)]
        if len(days):
            n_days, when = len(days), f"{days.index[0].date()} to {days.index[-1].date()}"
        events, deaths = float(days[EVENTS].sum()), float(days[DEATHS].sum()) if DEATHS in days else 0.0
    if evidence.monthly is not None and evidence.total is not None:
        known = whole_months(evidence.monthly, span.since, span.until)[evidence.total].dropna()
        total, months = float(known.sum()), len(known)
    return Counted(events, deaths, n_days, total, months, when, level_of_months(evidence, span))


def level_of_months(evidence: Evidence, span: Span) -> float:
    """Mean deaths of the months of reference over those of the months among them that days cover whole."""
    counted = days_within(evidence, span)
    every, some = known_totals(evidence, span), known_totals(evidence, counted)
    if span.days - counted.days < MONTH or some.sum() <= 0:
        return 1.0
    return float(every.mean() / some.mean())


def known_totals(evidence: Evidence, span: Span) -> pd.Series[Any]:
    """Deaths in all by whole month between the days that numbers are estimated from, as far as they are known."""
    import pandas as pd

    if evidence.monthly is None or evidence.total is None:
        return pd.Series(dtype=float)
    return whole_months(evidence.monthly, span.since, span.until)[evidence.total].dropna()


def days_within(evidence: Evidence, span: Span) -> Span:
    """The same days, as far as events are counted on them."""
    if evidence.daily is None or evidence.daily.empty:
        return replace(span, since=span.until + timedelta(days=1))
    first, last = (stamp.date() for stamp in (evidence.daily.index[0], evidence.daily.index[-1]))
    return replace(span, since=max(span.since, first), until=min(span.until, last))


def too_few(what: str, have: float, need: int) -> str:
    """Why there is only a prior."""
    return f"too little data: {have:,.0f} {what}, at least {need} needed"


def deadliness(c: Counted, evidence: Evidence, span: Span) -> Estimate:
    """Mean deaths of an attack."""
    if c.events < LEAST_EVENTS or not evidence.lethal:
        return from_range(DEATHS_PER_EVENT.range(), too_few("events by day", c.events, LEAST_EVENTS))
    value, sizes = c.deaths / c.events, event_sizes(evidence, span)
    spread = float(sizes.std(ddof=1)) / math.sqrt(len(sizes)) if len(sizes) > 1 else value
    width = 1.0 + NINETY * spread / max(value, 0.1)
    source = f"{c.deaths:,.0f} deaths in {c.events:,.0f} events, {c.when}"
    return about(max(value, 1e-3), width, "data", source).within(1.0, 200.0)


def event_sizes(evidence: Evidence, span: Span) -> np.ndarray[Any, Any]:
    """Deaths of single events; those of days with one event where events are not listed."""
    if evidence.events is not None:
        known = precise(evidence.events)
        inside = (known["start"] >= str(span.since)) & (known["start"] <= str(span.until))
        return known[inside & (known["type_of_violence"] <= 2)]["best"].to_numpy(dtype=float)
    if evidence.daily is None or not {EVENTS, DEATHS} <= set(evidence.daily):
        return np.zeros(0)
    days = evidence.daily.loc[str(span.since) : str(span.until)]
    return days[days[EVENTS] == 1][DEATHS].to_numpy(dtype=float)


def attacks(c: Counted, deadly: Estimate, evidence: Evidence, span: Span) -> Estimate:
    """Attacks a day by all sides: events by day, or deaths by month over deaths per attack, or the prior."""
    if c.events >= LEAST_EVENTS:
        source = f"{c.events:,.0f} place-precise events in {c.days:,} days, {c.when}"
        if c.level != 1.0:
            source += f"; times {c.level:.3g}, the deaths of all months over those of these days"
        return about(c.events / c.days * c.level, width_of_level(evidence, span), "data", source)
    if not evidence.lethal and c.events:
        width = math.exp(NINETY / math.sqrt(c.events)) * width_of_level(evidence, span)
        return about(c.events / c.days, width, "judgement", f"only {c.events:,.0f} events in {c.days:,} days")
    if c.months and c.total > 0:
        rate = c.total / c.months / DAYS_PER_MONTH / deadly.value
        width = width_of_level(evidence, span) * math.exp(NINETY * DEATHS_PER_EVENT.sd)
        source = f"{c.total:,.0f} deaths in {c.months} months over the prior of deaths per event"
        return about(rate, width, "judgement", source)
    usual = from_range(USUAL_DEATHS.range(), too_few("events by day", c.events, LEAST_EVENTS))
    return usual.times(1.0 / DAYS_PER_MONTH / deadly.value)


def width_of_level(evidence: Evidence, span: Span) -> float:
    """The factor by which a mean rate may be off, from how much months differ."""
    counts = monthly_counts(evidence, span)
    if len(counts) < 6 or counts.sum() <= 0:
        return math.exp(NINETY * 0.5)
    n = max(len(counts) / MEMORY_MONTHS, 1.0)
    relative = float(counts.std(ddof=1)) / float(counts.mean()) / math.sqrt(n)
    return math.exp(NINETY * math.sqrt(math.log1p(relative**2)))


def monthly_counts(evidence: Evidence, span: Span) -> np.ndarray[Any, Any]:
    """Events by whole month, or deaths where events are not counted by day."""
    daily = evidence.daily
    if daily is not None and EVENTS in daily and daily[EVENTS].sum() > 0:
        days = daily.loc[str(span.since) : str(span.until), EVENTS]
        return days.resample("MS").sum().to_numpy(dtype=float)
    if evidence.monthly is not None and evidence.total is not None:
        return whole_months(evidence.monthly, span.since, span.until)[evidence.total].dropna().to_numpy(float)
    return np.zeros(0)


def scale(c: Counted, evidence: Evidence, span: Span) -> Estimate:
    """All deaths of the monthly series per death of the modelled attacks."""
    if c.events < LEAST_EVENTS or not c.months or c.total <= 0 or c.deaths <= 0 or evidence.daily is None:
        return Estimate(1.0, 1.0, 1.0, "judgement", "no two counts to compare: taken as complete")
    total, seen = totals_and_days(evidence, span)
    if seen <= 0 or total <= 0:
        return Estimate(
            1.0, 1.0, 1.0, "judgement", "no deaths by day in months with a total: taken as complete"
        )
    ratio = total / seen
    source = f"{total:,.0f} deaths ({evidence.total}) by month over {seen:,.0f} by day, same months"
    return about(ratio, 1.25, "data", source).within(0.05, 100.0)


def totals_and_days(evidence: Evidence, span: Span) -> tuple[float, float]:
    """Deaths of the monthly series, and deaths by day, in the months that both cover whole."""
    known = known_totals(evidence, days_within(evidence, span))
    if evidence.daily is None or known.empty:
        return 0.0, 0.0
    by_day = evidence.daily[DEATHS].resample("MS").sum()
    return float(known.sum()), float(by_day.reindex(known.index).fillna(0.0).sum())


# -- by side


def side_share(events: pd.DataFrame | None) -> Estimate:
    """Side A's share of the attacks of one dyad: its foe's deaths speak for it."""
    if events is None:
        return from_range(share_of_attacks(), "no file says who was killed")
    a, b = (events[name].to_numpy(dtype=float) for name in ("deaths_a", "deaths_b"))
    sided = np.nan_to_num(a) + np.nan_to_num(b)
    n = int((sided > 0).sum())
    if n < LEAST_SIDED:
        return from_range(share_of_attacks(), too_few("events with deaths of a known side", n, LEAST_SIDED))
    shares = np.nan_to_num(b)[sided > 0] / sided[sided > 0]
    value = float(min(max(shares.mean(), 0.05), 0.95))
    width = READING + NINETY * float(shares.std(ddof=1)) / math.sqrt(n)
    source = f"deaths of the other side in {n:,} events; who opened a fight is not recorded"
    return Estimate(value, max(value - width, 0.02), min(value + width, 0.98), "data", source)


def split(rate: Estimate, share: Estimate) -> tuple[Estimate, Estimate]:
    """A rate divided between two sides; the worse grade of the two holds."""
    ends = (share.value, share.low, share.high), (1 - share.value, 1 - share.high, 1 - share.low)
    width = rate.high / rate.value if rate.value > 0 else 1.0
    parts = [divided(rate, share, part, width) for part in ends]
    return parts[0], parts[1]


def divided(rate: Estimate, share: Estimate, part: tuple[float, float, float], width: float) -> Estimate:
    """One side's part of a rate: relative uncertainties add as independent ones do."""
    value, low, high = part
    down, up = (math.hypot(math.log(width), math.log(max(x, 1e-3) / value)) for x in (low, high))
    grade = rate.grade if share.grade == "data" or rate.grade == "prior" else "judgement"
    words = "split by" if share.grade == "data" else "split by judgement:"
    source = f"{rate.source}; {words} {share.source}"
    mean = rate.value * value
    return Estimate(mean, mean * math.exp(-down), mean * math.exp(up), grade, source).within(0.0, 1000.0)


# -- spoilers and the tail


def spoiling(rate: Estimate) -> Estimate:
    """Attacks of a spoiler of which no file says anything."""
    span = RANGES["spoiling"]
    why = f"{span.low:g} to {span.high:g} of all attacks"
    return Estimate(
        span.value * rate.value,
        span.low * rate.value,
        span.high * rate.value,
        "prior",
        f"{span.source}; {why}",
    )


def tail(sizes: np.ndarray[Any, Any]) -> tuple[float | None, str]:
    """Exponent of the tail of deaths per event, and how it was estimated or why it was not."""
    large = sizes[sizes >= LEAST_SIZE]
    if len(large) < LEAST_TAIL:
        need = f"at least {LEAST_TAIL} events of {LEAST_SIZE} deaths and more needed"
        return None, f"too little data: {len(large)} such events, {need}"
    exponent = len(large) / float(np.log(large / (LEAST_SIZE - 0.5)).sum())
    value = min(max(exponent, 1.2), 3.5)
    cut = "" if value == exponent else f"; cut from {exponent:.3g} to what the parameter can be"
    return value, f"maximum likelihood, {len(large):,} events of {LEAST_SIZE} deaths and more{cut}"


def trust() -> Estimate:
    """Trust between foes before any news."""
    return prior("trust")
