"""Cells of a file converted to dates, numbers and ids; errors name file, line, column and value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.source import Cells
from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    import pandas as pd

MOST = 1e9
"""Largest number read: no day or month of a conflict has counted as much."""

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years that a table of counts may hold."""

BLANK = ("", "NA", "N/A", "NaN", "nan", "NULL", ".")
"""Cells that hold nothing."""


def latest_year() -> int:
    """The last year in which something observed can have happened; one is left for clocks and time zones."""
    return date.today().year + 1


def dates(cells: Cells, column: str, *, monthly: bool = False, last: int | None = None) -> pd.DatetimeIndex:
    """A column of dates (2018-06-15; a time of day is ignored) or, if ``monthly``, of months (2018-06).

    Years run from 1900 to ``last``, or to 2100 where nothing else is said.
    """
    import pandas as pd

    place, values = different(cells[column])
    shown = "[0-9]{4}-[0-9]{2}" if monthly else "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    tail = "" if monthly else "([ T][0-9]{2}:[0-9]{2}.*)?"
    expected = "a month such as 2018-06" if monthly else "a date such as 2018-06-15"
    cells.refuse(column, ~values.str.fullmatch(shown + tail).to_numpy(dtype=bool)[place], expected)
    end = last or LAST_YEAR
    years = values.str[:4].astype(int).to_numpy()[place]
    cells.refuse(column, (years < FIRST_YEAR) | (years > end), f"{expected}, from {FIRST_YEAR} to {end}")
    parsed: Any = pd.to_datetime(
        values.str[: 7 if monthly else 10], format="%Y-%m" if monthly else "%Y-%m-%d", errors="coerce"
    )
    cells.refuse(column, parsed.isna().to_numpy()[place], f"{expected}; there is no such day")
    return pd.DatetimeIndex(parsed.to_numpy().astype("datetime64[us]")[place])


def different(values: pd.Series[str]) -> tuple[np.ndarray[Any, Any], pd.Series[str]]:
    """Which of the different values of a column each row has, and these values: a long column holds few."""
    import pandas as pd

    place, known = values.factorize()
    return place, pd.Series(known)


def blank(cells: Cells, column: str) -> np.ndarray[Any, Any]:
    """Which cells hold nothing."""
    return cells[column].isin(BLANK).to_numpy(dtype=bool)


def numbers(
    cells: Cells,
    column: str,
    *,
    whole: bool = True,
    least: float = 0.0,
    most: float = MOST,
    gaps: bool = False,
) -> np.ndarray[Any, Any]:
    """A column of finite numbers from ``least`` to ``most``; counts are ``whole``; ``gaps`` may be, and are NaN."""
    import pandas as pd

    place, known = different(cells[column])
    parsed: Any = pd.to_numeric(known, errors="coerce")
    values = parsed.to_numpy(dtype=float)[place]
    bad = ~np.isfinite(values) | (values < least) | (values > most)
    if whole:
        with np.errstate(invalid="ignore"):
            bad |= values != np.floor(values)
    if gaps:
        bad &= ~blank(cells, column)
    kind = "a whole number" if whole else "a number"
    end = ", or nothing" if gaps else f" (and at most {most:g})"
    cells.refuse(column, bad, f"{kind} of at least {least:g}{end}")
    return values


def codes(cells: Cells, column: str, most: int) -> np.ndarray[Any, Any]:
    """A column of codes from 1 on."""
    values = numbers(cells, column, least=1)
    cells.refuse(column, values > most, f"a code from 1 to {most}")
    return values


def ids(cells: Cells, column: str) -> pd.Series[str]:
    """A column of ids, each row with one; ``300380.0`` is ``300380``, as other software writes it."""
    values = plain_id(cells[column])
    cells.refuse(column, values.isin(BLANK).to_numpy(dtype=bool), "an id in every row")
    return values


def plain_id(values: pd.Series[str]) -> pd.Series[str]:
    """Ids without the decimal point that other software leaves behind."""
    pointed = values.str.contains(".", regex=False)
    return values.str.replace(r"^([0-9]+)\.0+$", r"\1", regex=True) if pointed.any() else values


def once(
    cells: Cells, column: str, key: pd.Series[str], compared: pd.DataFrame, what: str
) -> np.ndarray[Any, Any]:
    """Which rows to keep so that each id counts once.

    A row with the same id and the same content is left out; one with the same id and other content is refused.
    """
    later = key.duplicated().to_numpy()
    if not later.any():
        return ~later
    same = compared.assign(key=key.to_numpy()).duplicated().to_numpy()
    if (later & ~same).any():
        row = int((later & ~same).argmax())
        first = int((key == key.iloc[row]).to_numpy().argmax())
        raise wrong(
            cells.place(row, column),
            cells[column].iloc[row],
            f"each {what} once ({cells.line(first)} has different values for it)",
        )
    return ~later


def check_steps(
    cells: Cells, when: pd.DatetimeIndex, column: str, next_one: Callable[[Any], Any], unit: str
) -> None:
    """Refuse rows out of order, doubled or left out: a day without a row is not a day without events."""
    due = next_one(when[:-1])
    bad = np.flatnonzero((when[1:] != due).astype(bool))
    if len(bad):
        row = int(bad[0]) + 1
        what = f"the next {unit}, {due[row - 1].date()}"
        raise wrong(cells.place(row, column), str(when[row].date()), f"{what} (every {unit} once, in order)")


def listed(names: list[str], most: int = 8) -> str:
    """The first names of a list, for a message."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def nothing_left(where: str) -> InputError:
    """The line for a choice that leaves no row."""
    return InputError(f"{where}: no row matches all of these options; expected at least one")
