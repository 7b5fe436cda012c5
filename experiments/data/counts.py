"""Tables of counts: daily and monthly ones with a column for each series, and plain ``date,series,value`` files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from detente.experiments.data.cells import check_steps, dates, numbers
from detente.experiments.data.coverage import given_by, month_end
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import Coverage, Report
from detente.experiments.data.selection import Selection
from detente.experiments.data.source import Cells, Source
from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    import pandas as pd


def is_series(names: Sequence[str]) -> bool:
    """Whether these are the columns of a plain series file."""
    return set(names) == {"date", "series", "value"}


def is_dated(names: Sequence[str]) -> bool:
    """Whether rows are dated by a column ``date``: days, or first days of months."""
    return "date" in names


def is_monthly(names: Sequence[str]) -> bool:
    """Whether rows are dated by a column ``month``."""
    return "month" in names


def read_dated(sources: Sequence[Source], selection: Selection) -> Observed:
    """One row a day, or a month: ``date`` and a column of whole numbers for each series.

    Rows are months where every date is a month (2018-06) or, in two rows and more, the first day of one.
    """
    (source,) = sources
    cells = source.read()
    text = cells["date"]
    if bool((text.str.len() == 7).all()):
        return read_columns(cells, "date", dates(cells, "date", monthly=True), selection, monthly=True)
    when = dates(cells, "date")
    monthly = len(when) > 1 and bool((when.day == 1).all())
    return read_columns(cells, "date", when, selection, monthly=monthly)


def read_monthly(sources: Sequence[Source], selection: Selection) -> Observed:
    """One row a month: ``month`` (2018-06) and a column of whole numbers for each series."""
    (source,) = sources
    cells = source.read()
    return read_columns(cells, "month", dates(cells, "month", monthly=True), selection, monthly=True)


def read_columns(
    cells: Cells, key: str, when: pd.DatetimeIndex, selection: Selection, *, monthly: bool
) -> Observed:
    """A table of counts by day or month, no row left out; in a monthly one a cell may be empty: nobody counted."""
    import pandas as pd

    series = [name for name in cells.table.columns if name != key]
    if not series:
        raise InputError(
            f"{cells.source.path}, line 1: has no column beside {key!r}; expected one for each series"
        )
    unnamed(cells.source)
    offset: Any = pd.offsets.MonthBegin(1) if monthly else pd.Timedelta(days=1)
    check_steps(cells, when, key, lambda stamps: stamps + offset, "month" if monthly else "day")
    table = pd.DataFrame({name: numbers(cells, name, gaps=monthly) for name in series}, index=when)
    return observed(cells.source, table, "monthly" if monthly else "daily", len(cells), selection)


def unnamed(source: Source) -> None:
    """Refuse a series without a name."""
    if "" in source.names:
        place = source.names.index("") + 1
        raise InputError(f"{source.path}, line 1: column {place} has no name; expected one for each series")


def observed(source: Source, table: pd.DataFrame, kind: str, rows: int, selection: Selection) -> Observed:
    """A table of counts as observed data, cut to the days asked for."""
    unit = "monthly" if "month" in kind else "daily"
    kept = between(table, selection, monthly=unit == "monthly")
    if kept.empty:
        raise InputError(f"{', '.join(selection.days)}: {source.path} has no row between them; expected some")
    first, last = kept.index[0].date(), kept.index[-1].date()
    cut = rows * (len(table) - len(kept)) // len(table)
    report = Report(
        str(source.path),
        kind,
        source.form,
        rows=rows,
        used=rows - cut,
        skipped={"outside the dates given": cut} if cut else {},
        duplicates=0,
        coverage=Coverage(first, month_end(last) if unit == "monthly" else last, given_by(selection)),
        notes=source.notes,
    )
    return Observed((kind,), (source.path,), reports=(report,), **{unit: kept})


def between(table: pd.DataFrame, selection: Selection, *, monthly: bool) -> pd.DataFrame:
    """Rows between the days asked for, months only where they are whole."""
    since, until = selection.since, selection.until
    days = [day.date() for day in table.index]
    ends = [month_end(day) for day in days] if monthly else days
    mask = [
        (since is None or day >= since) and (until is None or end <= until)
        for day, end in zip(days, ends, strict=True)
    ]
    return table[mask]


def read_series(sources: Sequence[Source], selection: Selection) -> Observed:
    """``date,series,value``: one row a value, of days (2018-06-15) or of months (2018-06), not of both."""
    import pandas as pd

    (source,) = sources
    cells = source.read()
    monthly = bool(cells["date"].str.len().iloc[0] == 7)
    when = dates(cells, "date", monthly=monthly)
    values = numbers(cells, "value", whole=False)
    cells.refuse("series", (cells["series"] == "").to_numpy(dtype=bool), "the name of a series")
    long = pd.DataFrame({"date": when, "series": cells["series"], "value": values})
    twice = long.duplicated(["date", "series"]).to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise wrong(cells.place(row, "date"), cells["date"].iloc[row], "each series once a date")
    wide = long.pivot(index="date", columns="series", values="value").sort_index()
    wide.columns.name = None
    wide.index.name = None
    check_whole(source, wide, monthly=monthly)
    return observed(source, wide, "series by month" if monthly else "series by day", len(cells), selection)


def check_whole(source: Source, wide: pd.DataFrame, *, monthly: bool) -> None:
    """No series misses a date between its file's first and last."""
    import pandas as pd

    every = pd.date_range(wide.index[0], wide.index[-1], freq="MS" if monthly else "D")
    filled = wide.reindex(every)
    gaps = filled.isna()
    if gaps.to_numpy().any():
        series = next(name for name in filled.columns if gaps[name].any())
        first: Any = filled.index[gaps[series].to_numpy().argmax()]
        unit = "month" if monthly else "day"
        raise InputError(
            f"{source.path}: series {series!r} has no value for {first.date()}; expected one for every {unit} "
            "(write 0 where nothing happened)"
        )
