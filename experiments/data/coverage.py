"""Which days data cover, and events counted by day and by month within them, quiet ones included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.report import FILE, Coverage
from detente.experiments.data.selection import Selection
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def covered(first: pd.Timestamp, last: pd.Timestamp, selection: Selection, files: str) -> Coverage:
    """The days covered: whole months from a file's first event to its last, or those that the user names.

    A file of many countries covers a quiet one as long as the others; raises ``InputError`` where the days named and
    those of the file have nothing in common.
    """
    own = Coverage(month_start(first.date()), month_end(last.date()))
    since, until = selection.since or own.since, selection.until or own.until
    if since > own.until or until < own.since or until < since:
        raise InputError(
            f"{', '.join(selection.days)}: got {since} to {until}; expected dates that overlap those of {files}, "
            f"{own.since} to {own.until}"
        )
    return Coverage(since, until, given_by(selection))


def beyond(coverage: Coverage, first: pd.Timestamp, last: pd.Timestamp) -> tuple[str, ...]:
    """Notes on days that count as quiet because the user says so, and on months that are not covered whole."""
    since, until = month_start(first.date()), month_end(last.date())
    sides = [(f"before {since}", coverage.since < since), (f"after {until}", coverage.until > until)]
    quiet = " and ".join(text for text, holds in sides if holds)
    whole = coverage.since.day == 1 and coverage.until == month_end(coverage.until)
    return (
        *((f"days {quiet} count as days without events (given by {coverage.by})",) if quiet else ()),
        *(() if whole else ("the monthly table holds whole months only",)),
    )


def month_start(day: date) -> date:
    """The first day of a month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def within(when: pd.Series[Any], coverage: Coverage) -> np.ndarray[Any, Any]:
    """Which dates fall into the days covered."""
    import pandas as pd

    since, until = pd.Timestamp(coverage.since), pd.Timestamp(coverage.until)
    return ((when >= since) & (when <= until)).to_numpy(dtype=bool)


def by_day(when: pd.Series[Any], series: dict[str, Any], coverage: Coverage) -> pd.DataFrame:
    """Sums a day of each series, every day covered: a column a series."""
    import pandas as pd

    days = pd.date_range(coverage.since, coverage.until, freq="D")
    return summed(when.to_numpy(), series, days)


def by_month(when: pd.Series[Any], series: dict[str, Any], coverage: Coverage) -> pd.DataFrame | None:
    """Sums a month of each series, every calendar month that is covered whole; None if there is none."""
    import pandas as pd

    first, last = coverage.since, coverage.until
    if first.day > 1:
        first = month_end(first) + timedelta(days=1)
    if last != month_end(last):
        last = month_start(last) - timedelta(days=1)
    if last < first:
        return None
    months = pd.date_range(first, last, freq="MS")
    return summed(when.dt.to_period("M").dt.to_timestamp().to_numpy(), series, months)


def summed(when: Any, series: dict[str, Any], index: pd.DatetimeIndex) -> pd.DataFrame:
    """Values summed by date, zero on the dates of the index that have none."""
    import pandas as pd

    table = pd.DataFrame({name: np.asarray(values, dtype=float) for name, values in series.items()})
    return table.groupby(pd.DatetimeIndex(when)).sum().reindex(index, fill_value=0.0)


def heap(deaths: Any, mask: np.ndarray[Any, Any]) -> dict[str, float]:
    """Events and deaths of a heap."""
    return {"events": int(mask.sum()), "deaths": float(np.asarray(deaths, dtype=float)[mask].sum())}


def begun_between(when: pd.Series[Any], selection: Selection) -> np.ndarray[Any, Any]:
    """Which dates lie between the days asked for; all where none are."""
    inside = np.ones(len(when), dtype=bool)
    if selection.since is not None:
        inside &= (when >= str(selection.since)).to_numpy(dtype=bool)
    if selection.until is not None:
        inside &= (when <= str(selection.until)).to_numpy(dtype=bool)
    return inside


def span(when: pd.Series[Any], selection: Selection) -> Coverage | None:
    """From the first date to the last, or the days asked for."""
    known = when.dropna()
    if known.empty:
        return None
    since, until = selection.since, selection.until
    return Coverage(since or known.min().date(), until or known.max().date(), given_by(selection))


def given_by(selection: Selection) -> str:
    """Who says which days are covered: the file, or the options that did."""
    given = [
        name for name, day in zip(selection.days, (selection.since, selection.until), strict=True) if day
    ]
    return " and ".join(given) or FILE
