"""Cells of a csv file turned into dates and numbers; what is wrong is said with file, line, column and value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model.errors import InputError, nearest, wrong

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 2_000_000_000
"""Largest file read [bytes]; all of GED has about 250,000,000."""

MOST = 1e9
"""Largest number read: no day or month of a conflict has counted as much."""

Strings = "pd.Series[str]"


def header(path: Path) -> tuple[str, ...]:
    """The column names of a csv file, without spaces around them; raises ``InputError`` if there are none."""
    import csv

    check_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            names = next(csv.reader(lines), [])
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8 text; expected a csv file") from None
    except csv.Error as error:
        raise InputError(f"{path}: is not a csv file: {error}") from None
    found = tuple(name.strip() for name in names)
    if not any(found):
        raise InputError(f"{path}, line 1: is empty; expected the names of columns, separated by commas")
    doubled = [name for name in found if found.count(name) > 1]
    if doubled:
        raise InputError(f"{path}, line 1: column {doubled[0]!r} occurs twice; expected each once")
    return found


def check_file(path: Path) -> None:
    """Refuse what is no readable file of sensible size."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a directory; expected a csv file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path}: has {size / 1e9:.1f} GB; expected a csv file of at most 2 GB")
    except FileNotFoundError:
        raise InputError(f"{path}: does not exist; expected a csv file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{str(path)!r}: cannot be read ({error})") from None


def read_strings(path: Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The cells of a csv file as text, those of ``columns`` only if given; one row at least."""
    import pandas as pd

    names = header(path)
    wanted = [k for k, name in enumerate(names) if columns is None or name in columns]
    try:
        table = pd.read_csv(
            path,
            dtype=str,
            usecols=wanted,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
            index_col=False,
        )
    except (pd.errors.ParserError, UnicodeDecodeError, ValueError) as error:
        reason = str(error).replace("Error tokenizing data. C error: ", "")
        raise InputError(f"{path}: is not a csv file of {len(names)} columns: {reason}") from None
    table.columns = [names[k] for k in wanted]
    stripped: Any = table.apply(lambda cells: cells.str.strip())
    while len(stripped) and not any(stripped.iloc[-1]):  # blank lines at the end
        stripped = stripped.iloc[:-1]
    if stripped.empty:
        raise InputError(f"{path}: holds no rows; expected at least one below the names of its columns")
    return stripped


def place(path: Path, row: int, column: str) -> str:
    """Where a cell stands; the names of columns are line 1."""
    return f"{path}, line {row + 2}, column {column}"


def refuse(path: Path, table: pd.DataFrame, column: str, bad: np.ndarray[Any, Any], expected: str) -> None:
    """Raise ``InputError`` for the first cell marked as bad, if there is one."""
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise wrong(place(path, row, column), table[column].iloc[row], expected)


def dates(path: Path, table: pd.DataFrame, column: str, *, monthly: bool = False) -> pd.DatetimeIndex:
    """A column of dates (2018-06-15, hours after it are let go) or, if ``monthly``, of months (2018-06)."""
    import pandas as pd

    cells = table[column]
    shown = r"\d{4}-\d{2}" if monthly else r"\d{4}-\d{2}-\d{2}"
    tail = "" if monthly else r"([ T]\d{2}:\d{2}.*)?"
    expected = "a month such as 2018-06" if monthly else "a date such as 2018-06-15"
    refuse(path, table, column, ~cells.str.fullmatch(shown + tail).to_numpy(dtype=bool), expected)
    parsed: Any = pd.to_datetime(
        cells.str[: 7 if monthly else 10], format="%Y-%m" if monthly else "%Y-%m-%d", errors="coerce"
    )
    refuse(path, table, column, parsed.isna().to_numpy(), expected)
    return pd.DatetimeIndex(parsed)


def numbers(
    path: Path, table: pd.DataFrame, column: str, *, whole: bool = True, least: float = 0.0
) -> np.ndarray[Any, Any]:
    """A column of finite numbers of at least ``least``; counts are ``whole``."""
    import pandas as pd

    parsed: Any = pd.to_numeric(table[column], errors="coerce")
    values = parsed.to_numpy(dtype=float)
    bad = ~np.isfinite(values) | (values < least) | (values > MOST)
    if whole:
        with np.errstate(invalid="ignore"):
            bad |= values != np.floor(values)
    kind = "a whole number" if whole else "a number"
    refuse(path, table, column, bad, f"{kind} of at least {least:g} (and at most {MOST:g})")
    return values


def missing_column(path: Path, wanted: str, names: Sequence[str]) -> InputError:
    """The line for a column that is not there."""
    return InputError(
        f"{path}, line 1: has no column {wanted!r}; found {', '.join(names[:12])}{nearest(wanted, names)}"
    )


def steps_of(
    path: Path, when: pd.DatetimeIndex, column: str, next_one: Callable[[Any], Any], unit: str
) -> None:
    """Refuse rows out of order, doubled or left out: a day without a row is not a day without events."""
    import pandas as pd

    stamps = list(when)
    for k in range(1, len(stamps)):
        due = next_one(stamps[k - 1])
        if stamps[k] != due:
            shown = pd.Timestamp(stamps[k]).date()
            what = f"the next {unit}, {pd.Timestamp(due).date()}"
            raise wrong(place(path, k, column), str(shown), f"{what} (every {unit} once, in order)")
