"""Holidays of other years: those of a case that return on one day of the Islamic calendar, or of the common one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from detente.model.scenario import Holiday, Scenario

FIRST, LAST = date(1924, 8, 1), date(2077, 11, 16)
"""What the Umm al-Qura calendar of ``hijridate`` covers."""


def projected(scenario: Scenario, start: date, end: date) -> tuple[Holiday, ...]:
    """A case's holidays between two dates: its own where it names them, elsewhere as its calendar repeats.

    The case's dates prevail in the years that it names.  Others follow if the holidays of the case stand on the
    same few days of the Islamic year (Umm al-Qura) or of the common year; a case whose holidays do neither has none in
    other years.
    """
    own = scenario.calendar.holidays
    if not own:
        return ()
    first, last = own[0].start, own[-1].end
    named = [h for h in own if h.start <= end and h.end >= start]
    repeated = [h for h in repeats(own, start, end) if h.end < first or h.start > last]
    merged = sorted([*named, *repeated], key=lambda h: h.start)
    return tuple(h for k, h in enumerate(merged) if k == 0 or h.start > merged[k - 1].end)


def repeats(own: tuple[Holiday, ...], start: date, end: date) -> Iterable[Holiday]:
    """The holidays as their calendar repeats them."""
    patterns = {islamic(h.start): h for h in own if FIRST <= h.start <= LAST}
    if len(patterns) == len(own) or len(own) / max(len(patterns), 1) < 1.5:
        return common_year(own, start, end)
    return islamic_year(patterns, start, end)


def islamic(day: date) -> tuple[int, int]:
    """Month and day of the Islamic year."""
    from hijridate import Gregorian

    hijri = Gregorian.fromdate(day).to_hijri()
    return hijri.month, hijri.day


def islamic_year(patterns: dict[tuple[int, int], Holiday], start: date, end: date) -> list[Holiday]:
    """Holidays on the same days of each Islamic year."""
    from hijridate import Gregorian, Hijri

    low, high = max(start, FIRST), min(end, LAST)
    if low > high:
        return []
    years = range(Gregorian.fromdate(low).to_hijri().year, Gregorian.fromdate(high).to_hijri().year + 1)
    found: list[Holiday] = []
    for year in years:
        for (month, day), like in patterns.items():
            when = Hijri(year, month, day).to_gregorian()
            found.append(moved(like, date(when.year, when.month, when.day)))
    return [h for h in found if h.start <= end and h.end >= start]


def common_year(own: tuple[Holiday, ...], start: date, end: date) -> list[Holiday]:
    """Holidays that stand on one day of the common year, if those of the case do."""
    days = {(h.start.month, h.start.day): h for h in own}
    if len(days) == len(own) and len(own) > 1:
        return []
    found = [
        moved(like, date(year, month, min(day, 28) if month == 2 else day))
        for year in range(start.year, end.year + 1)
        for (month, day), like in days.items()
    ]
    return [h for h in found if h.start <= end and h.end >= start]


def moved(like: Holiday, first: date) -> Holiday:
    """The same holiday, beginning on another day."""
    last = first + (like.end - like.start)
    return like.model_copy(update={"start": first, "end": last, "name": like.name[:-4] + str(first.year)})


def marked(holidays: Iterable[Holiday], start: date, n_days: int) -> list[float]:
    """The factor of each day from a start on: a holiday's restraint, 1 on other days."""
    factor = [1.0] * n_days
    for h in holidays:
        day = h.start
        while day <= h.end:
            k = (day - start).days
            if 0 <= k < n_days:
                factor[k] = h.restraint
            day += timedelta(days=1)
    return factor
