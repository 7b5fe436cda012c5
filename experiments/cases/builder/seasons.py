"""What the date does to violence: the months of the year, and holidays of a calendar, where the data show it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.cases.builder.estimate import Estimate, about
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.span import Span, whole_months
from detente.experiments.data.observations import EVENTS
from detente.model.prior_ranges import NINETY, SEASON

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

LEAST_YEARS, LEAST_COUNT, LEAST_A_YEAR = 3, 200, 12
"""Whole years, events in all and in each year from which a season is estimated."""

CHANCE, CHANCE_HOLIDAY = 0.01, 0.001
"""How often a season, or the holidays of a calendar, may be seen where there are none."""

AROUND, LEAST_EXPECTED, MOST_RATIO = 28, 10.0, 0.75
"""Days before and after that a holiday is compared with, events expected on it, and the ratio below which it fits."""

FIRST, LAST = date(1924, 8, 1), date(2077, 11, 16)
"""What the Umm al-Qura calendar of ``hijridate`` covers."""


class Season(NamedTuple):
    """Factors by month, whether the data show them, and how that was found out."""

    factors: tuple[float, ...]
    shown: bool
    source: str
    events: float = 0.0

    def peak(self) -> Estimate:
        """The factor of the strongest month; where no season is shown, at most that of drawn wars."""
        if not self.shown:
            return Estimate(1.0, 1.0, math.exp(SEASON), "prior", self.source)
        return about(max(self.factors), 1.0 + NINETY / math.sqrt(self.events / 12.0), "data", self.source)


def season_of(evidence: Evidence, span: Span) -> Season:
    """The season, if months differ by more than chance; even months else."""
    table = year_by_month(evidence, span)
    even = (1.0,) * 12
    if len(table) < LEAST_YEARS or table.sum() < LEAST_COUNT:
        need = f"at least {LEAST_YEARS} whole years and {LEAST_COUNT} events needed"
        return Season(even, False, f"too little data: {len(table)} years, {table.sum():,.0f} events; {need}")
    chance = chance_of_none(table)
    words = f"{table.sum():,.0f} events of {len(table)} years, year x month, chance {chance:.2g}"
    if chance > CHANCE:
        return Season(even, False, f"months do not differ beyond chance: {words}")
    share = table.sum(axis=0) / table.sum() * 12.0
    factors = np.clip(share / share.mean(), 0.2, 5.0)
    return Season(tuple(round(float(f), 3) for f in factors), True, words, float(table.sum()))


def year_by_month(evidence: Evidence, span: Span) -> Values:
    """Events of whole years (rows) by month; deaths are too uneven to show a season."""
    daily = evidence.daily
    if daily is None or EVENTS not in daily:
        return np.zeros((0, 12))
    days = daily.loc[str(span.since) : str(span.until), EVENTS]
    months = whole_months(days.resample("MS").sum().to_frame(), span.since, span.until)[EVENTS]
    stamps: Any = months.index
    rows = [months[stamps.year == year].to_numpy(float) for year in sorted(set(stamps.year))]
    return np.array([row for row in rows if len(row) == 12 and row.sum() >= LEAST_A_YEAR]).reshape(-1, 12)


def chance_of_none(table: Values) -> float:
    """How often months would differ as much if they did not: years take their own level, months vary beyond Poisson."""
    from scipy.stats import f as f_distribution

    rows, columns, total = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True), table.sum()
    even, seasonal = rows / 12.0 * np.ones_like(table), rows * columns / total
    free = (len(table) - 1) * 11
    spread = float(((table - seasonal) ** 2 / np.maximum(seasonal, 1e-9)).sum()) / free
    gain = deviance(table, even) - deviance(table, seasonal)
    return float(f_distribution.sf(gain / 11.0 / max(spread, 1e-9), 11, free))


def deviance(counts: Values, means: Values) -> float:
    """Poisson deviance."""
    logs = np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-9) / np.maximum(means, 1e-9)), 0.0)
    return float(2.0 * (logs - (counts - means)).sum())


# -- holidays


class Holidays(NamedTuple):
    """A calendar's holidays: what they are called, and the factor on attacks on them; why, or why not."""

    name: str
    factor: float | None
    source: str
    seen: float = 0.0

    def estimate(self) -> Estimate:
        """The factor; where the holidays do not fit, what would not have been seen."""
        if self.factor is None:
            return Estimate(1.0, MOST_RATIO, 1.0, "prior", self.source)
        width = math.exp(NINETY / math.sqrt(self.seen + 0.5))
        return about(self.factor, width, "data", self.source).within(0.0, 1.0)


class Feast(NamedTuple):
    """Days of one year of a calendar."""

    name: str
    first: date
    last: date


def eids(since: date, until: date) -> Iterator[Feast]:
    """The three days of each of the two Eids, by the Umm al-Qura calendar."""
    from hijridate import Gregorian, Hijri

    low, high = max(since, FIRST), min(until, LAST)
    if low > high:
        return
    for year in range(Gregorian.fromdate(low).to_hijri().year, Gregorian.fromdate(high).to_hijri().year + 1):
        for name, month, day in (("Eid al-Fitr", 10, 1), ("Eid al-Adha", 12, 10)):
            when = Hijri(year, month, day).to_gregorian()
            first = date(when.year, when.month, when.day)
            if since <= first and first + timedelta(days=2) <= until:
                yield Feast(f"{name} {first.year}", first, first + timedelta(days=2))


def christmases(since: date, until: date) -> Iterator[Feast]:
    """24 to 26 December."""
    for year in range(since.year, until.year + 1):
        first = date(year, 12, 24)
        if since <= first and first + timedelta(days=2) <= until:
            yield Feast(f"Christmas {year}", first, first + timedelta(days=2))


CALENDARS = {"the two Eids": eids, "Christmas": christmases}
"""Calendars whose holidays are tried."""


def holidays_of(evidence: Evidence, span: Span) -> list[Holidays]:
    """Each calendar, with the factor on attacks where its holidays fit."""
    daily = evidence.daily
    if daily is None or EVENTS not in daily:
        return [Holidays(name, None, "events are not counted by day") for name in CALENDARS]
    days = daily.loc[str(span.since) : str(span.until), EVENTS]
    return [fit(name, list(feasts(span.since, span.until)), days) for name, feasts in CALENDARS.items()]


def fit(name: str, feasts: list[Feast], days: pd.Series[Any]) -> Holidays:
    """Whether fewer events fall on some holidays than in the weeks around them."""
    from scipy.stats import poisson

    seen = expected = 0.0
    for feast in feasts:
        on, around = on_and_around(feast, days)
        seen, expected = seen + on, expected + around
    if expected < LEAST_EXPECTED:
        return Holidays(
            name, None, f"too little data: {expected:.1f} events expected, {LEAST_EXPECTED:g} needed"
        )
    ratio = (seen + 0.5) / (expected + 0.5)
    words = f"{seen:.0f} events on {len(feasts)} holidays, {expected:.0f} by the {AROUND} days around each"
    clusters = max(
        float(days.var()) / float(days.mean()), 1.0
    )  # events come in clusters, and so do quiet days
    chance = float(poisson.cdf(seen / clusters, expected / clusters))
    fits = ratio < MOST_RATIO and chance < CHANCE_HOLIDAY
    factor = min(round(ratio, 3), 1.0) if fits else None
    return Holidays(name, factor, words if fits else f"does not fit: {words}", seen)


def on_and_around(feast: Feast, days: pd.Series[Any]) -> tuple[float, float]:
    """Events on a holiday, and those that the weeks before and after would give as many days."""
    on = days.loc[str(feast.first) : str(feast.last)]
    wide = days.loc[str(feast.first - timedelta(days=AROUND)) : str(feast.last + timedelta(days=AROUND))]
    others = len(wide) - len(on)
    return float(on.sum()), (float(wide.sum()) - float(on.sum())) / others * len(on) if others else 0.0


def holidays_between(kept: list[Holidays], start: date, end: date) -> list[dict[str, Any]]:
    """The holidays of the calendars that fit, in the order of their days, none on a day of another."""
    feasts = [(feast, h.factor) for h in kept if h.factor for feast in CALENDARS[h.name](start, end)]
    tables: list[dict[str, Any]] = []
    for feast, factor in sorted(feasts, key=lambda pair: pair[0].first):
        if not tables or feast.first > tables[-1]["until"]:
            tables.append({"name": feast.name, "from": feast.first, "until": feast.last, "restraint": factor})
    return tables
