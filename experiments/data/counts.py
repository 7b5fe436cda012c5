"""Tables of counts: daily and monthly ones with a column for each series, and plain ``date,series,value`` files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.data.cells import dates, missing_column, numbers, place, read_strings, steps_of
from detente.experiments.data.observations import Observed
from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    import pandas as pd


def read_daily(path: Path) -> Observed:
    """One row a day: ``date`` and a column of whole numbers for each series."""
    return Observed(("daily",), (path,), daily=read_columns(path, "date", monthly=False))


def read_monthly(path: Path) -> Observed:
    """One row a month: ``month`` (2018-06) and a column of whole numbers for each series."""
    return Observed(("monthly",), (path,), monthly=read_columns(path, "month", monthly=True))


def read_columns(path: Path, key: str, *, monthly: bool) -> pd.DataFrame:
    """A table of counts by day or month, no row left out."""
    import pandas as pd

    table = read_strings(path)
    when = dates(path, table, key, monthly=monthly)
    series = [name for name in table.columns if name != key]
    if not series:
        raise InputError(f"{path}, line 1: has no column beside {key!r}; expected one for each series")
    check_steps(path, when, key, monthly=monthly)
    return pd.DataFrame({name: numbers(path, table, name) for name in series}, index=when)


def check_steps(path: Path, when: pd.DatetimeIndex, column: str, *, monthly: bool) -> None:
    """Every day, or month, once and in order."""
    import pandas as pd

    offset: Any = pd.offsets.MonthBegin(1) if monthly else pd.Timedelta(days=1)
    steps_of(path, when, column, lambda stamp: stamp + offset, "month" if monthly else "day")


def read_series(path: Path) -> Observed:
    """``date,series,value``: one row a value, of days (2018-06-15) or of months (2018-06), not of both."""
    import pandas as pd

    table = read_strings(path)
    for wanted in ("date", "series", "value"):
        if wanted not in table.columns:
            raise missing_column(path, wanted, list(table.columns))
    monthly = bool(table["date"].str.len().iloc[0] == 7)
    when = dates(path, table, "date", monthly=monthly)
    values = numbers(path, table, "value", whole=False)
    long = pd.DataFrame({"date": when, "series": table["series"], "value": values})
    twice = long.duplicated(["date", "series"]).to_numpy()
    if twice.any():
        row = int(twice.argmax())
        raise wrong(place(path, row, "date"), table["date"].iloc[row], "each series once a date")
    wide = long.pivot(index="date", columns="series", values="value").sort_index()
    wide.columns.name = None
    check_whole(path, wide, monthly=monthly)
    kind = "series by month" if monthly else "series by day"
    return Observed((kind,), (path,), **{"monthly" if monthly else "daily": wide})


def check_whole(path: Path, wide: pd.DataFrame, *, monthly: bool) -> None:
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
            f"{path}: series {series!r} has no value for {first.date()}; expected one for every {unit} "
            "(write 0 where nothing happened)"
        )
