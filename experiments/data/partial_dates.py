"""Dates that are known to the day, the month or the year, and how well; days that do not exist are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.cells import BLANK, FIRST_YEAR, latest_year
from detente.experiments.data.report import DAY, MONTH, NONE, PRECISIONS, YEAR
from detente.experiments.data.source import Cells

if TYPE_CHECKING:
    import pandas as pd

WANTED = "a date such as 2018-06-15, 2018-06 or 2018, or nothing"
PART = "a whole number; 0, -1 or nothing where it is not known"


@dataclass(frozen=True)
class PartialDates:
    """A date a row: ``first`` is the first day it may be, NaT where nothing is known, and ``precision`` how well it is.

    ``notes`` name the days that do not exist and were taken to their month, and say how slashes were read.
    """

    first: pd.Series[Any]
    precision: pd.Series[str]
    notes: tuple[str, ...] = ()

    def or_else(self, other: PartialDates) -> PartialDates:
        """These dates, and those of another column in every row that has none."""
        none = self.precision == NONE
        return PartialDates(
            self.first.where(~none, other.first),
            self.precision.where(~none, other.precision),
            (*self.notes, *other.notes),
        )

    def last(self) -> pd.Series[Any]:
        """The last day each may be."""
        import pandas as pd

        ends = self.first.copy()
        for word, offset in ((MONTH, pd.offsets.MonthEnd(1)), (YEAR, pd.offsets.YearEnd(1))):
            mask = self.precision == word
            ends[mask] = ends[mask] + offset
        return ends


def counts(precision: pd.Series[str]) -> dict[str, int]:
    """How many dates are known to the day, to the month, to the year, and not at all."""
    return {word: int((precision == word).sum()) for word in PRECISIONS}


def from_parts(cells: Cells, year: str, month: str, day: str, what: str) -> PartialDates:
    """Dates from three columns, in which 0, negative codes and nothing all say that a part is not known."""
    y, m, d = (part(cells, column) for column in (year, month, day))
    last = latest_year()
    cells.refuse(year, (y > 0) & ((y < FIRST_YEAR) | (y > last)), f"a year from {FIRST_YEAR} to {last}")
    cells.refuse(month, m > 12, "a month from 1 to 12, or a code for none")
    cells.refuse(day, d > 31, "a day from 1 to 31, or a code for none")
    return dated(cells, day, np.stack([y, m, d]), what)


def part(cells: Cells, column: str) -> np.ndarray[Any, Any]:
    """Years, months or days; 0 where not known."""
    import pandas as pd

    empty = cells[column].isin(BLANK).to_numpy(dtype=bool)
    values: Any = pd.to_numeric(cells[column], errors="coerce").to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        bad = ~empty & (~np.isfinite(values) | (values != np.floor(values)) | (np.abs(values) > 1e6))
    cells.refuse(column, bad, PART)
    return np.where(empty, 0, np.maximum(np.nan_to_num(values), 0)).astype(int)


def dated(cells: Cells, column: str, parts: np.ndarray[Any, Any], what: str) -> PartialDates:
    """Dates of years, months and days, shape (3, rows); 0 is a part that is not known."""
    import pandas as pd

    y, m, d = parts
    m = np.where(y > 0, m, 0)
    d = np.where(m > 0, d, 0)
    months = (12 * (np.maximum(y, 1) - 1970) + np.maximum(m - 1, 0)).astype("datetime64[M]")
    length = (
        (months + np.timedelta64(1, "M")).astype("datetime64[D]") - months.astype("datetime64[D]")
    ).astype(int)
    none_such = d > length
    d = np.where(none_such, 0, d)
    days = months.astype("datetime64[D]") + np.maximum(d - 1, 0).astype("timedelta64[D]")
    precision = np.select([d > 0, m > 0, y > 0], [DAY, MONTH, YEAR], NONE)
    first = pd.Series(days.astype("datetime64[us]"), index=cells.table.index).where(pd.Series(y > 0))
    return PartialDates(
        first,
        pd.Series(precision, index=first.index, dtype="str"),
        named(cells, column, parts, none_such, what),
    )


def named(
    cells: Cells, column: str, parts: np.ndarray[Any, Any], rows: np.ndarray[Any, Any], what: str
) -> tuple[str, ...]:
    """Each day that does not exist, with its place."""
    return tuple(
        f"{cells.line(int(row))}, column {column}: {what} {y}-{m:02}-{d:02} does not exist; used as known to the month"
        for row, (y, m, d) in zip(np.flatnonzero(rows), parts.T[rows], strict=True)
    )


def from_text(cells: Cells, column: str, what: str, shapes: Sequence[str] = ()) -> PartialDates:
    """Dates from one column: a day, a month or a year in ISO form, or in one of the ``shapes`` of ``strptime``."""
    import pandas as pd

    values = (
        cells[column]
        .str.replace("[ T][0-9]{2}:[0-9]{2}.*$", "", regex=True)
        .str.replace(r"\.0+$", "", regex=True)
    )
    for shape in shapes:
        values = in_iso(values, shape)
    empty = values.isin((*BLANK, "-1", "0", "NaT"))
    found = values.str.extract("^([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?$")
    cells.refuse(column, (~empty & found[0].isna()).to_numpy(dtype=bool), WANTED)
    parts = np.stack(
        [pd.to_numeric(found[k].fillna("0").where(~empty, "0")).to_numpy(dtype=int) for k in range(3)]
    )
    last = latest_year()
    outside = (parts[0] < FIRST_YEAR) | (parts[0] > last)
    cells.refuse(column, ~empty.to_numpy(dtype=bool) & outside, f"{WANTED}, from {FIRST_YEAR} to {last}")
    cells.refuse(column, (parts[1] > 12) | (parts[2] > 31), WANTED)
    made = dated(cells, column, parts, what)
    return PartialDates(made.first, made.precision, (*made.notes, *slashes(cells, column, shapes)))


def slashes(cells: Cells, column: str, shapes: Sequence[str]) -> tuple[str, ...]:
    """A note that says which of day and month was taken to come first."""
    some = int(cells[column].str.contains("/", regex=False).sum())
    order = "month/day/year" if any(shape.startswith("%m/") for shape in shapes) else "day/month/year"
    return (f"dates with slashes in column {column} ({some:,}) are read as {order}",) if some else ()


def in_iso(values: pd.Series[str], shape: str) -> pd.Series[str]:
    """Dates of one shape rewritten in ISO form, others as they stand."""
    import pandas as pd

    parsed: Any = pd.to_datetime(values, format=shape, errors="coerce")
    iso = parsed.dt.strftime("%Y-%m-%d")
    return values.where(parsed.isna(), iso).astype("str")
