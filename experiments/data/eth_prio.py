"""The ETH/PRIO Civil Conflict Ceasefire Dataset as a csv file: one row a ceasefire (Clayton et al. 2022).

Releases name their columns differently, so each fact is looked for under several names; a date is one column, or three
for year, month and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.cells import read_strings, refuse
from detente.experiments.data.observations import Observed
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

STARTS = ("cf_effect", "effect", "start", "cf_dec", "declared")
"""Beginnings of names of the day a ceasefire takes effect, or else is declared; the first found is taken."""

ENDS = ("end", "cf_end", "ended")
CLASSES = ("class", "ceasefire_class", "cf_class", "type")
COUNTRIES = ("location", "country")
MISSING = ("", "NA", "-99", "-88", "-77", "NaN", ".")


def looks_like(names: Sequence[str]) -> bool:
    """Whether these columns are those of ceasefires: they have a start, an end and a class."""
    return all((date_columns(names, STARTS), date_columns(names, ENDS), first_of(names, CLASSES)))


def first_of(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The first of the wanted names that is there."""
    return next((name for name in wanted if name in names), None)


def date_columns(names: Sequence[str], prefixes: Sequence[str]) -> tuple[str, ...] | None:
    """The one column, or the three for year, month and day, that hold a date."""
    for prefix in prefixes:
        if f"{prefix}_date" in names:
            return (f"{prefix}_date",)
        for year in (f"{prefix}_yr", f"{prefix}_year"):
            parts = (year, f"{prefix}_month", f"{prefix}_day")
            if all(part in names for part in parts):
                return parts
    return None


def read_ceasefires(path: Path) -> Observed:
    """Ceasefires with ``start``, ``end`` (NaT: not known or still in force), ``class``, ``location`` and ``days``.

    A start without a day is left out and counted in ``left_out``: nothing can be said of how long it lasted.
    """
    import pandas as pd

    table = read_strings(path)
    names = list(table.columns)
    starts, ends = date_columns(names, STARTS), date_columns(names, ENDS)
    if starts is None or ends is None:
        what, prefixes = ("start", STARTS) if starts is None else ("end", ENDS)
        shown = ", ".join(f"{p}_date" for p in prefixes)
        raise InputError(
            f"{path}, line 1: has no {what} of ceasefires; expected one of {shown}, or _yr, _month and _day"
        )
    start, end = read_dates(path, table, starts), read_dates(path, table, ends)
    late = (end < start).to_numpy()
    refuse(path, table, ends[0], late, "an end not before the start")
    made = pd.DataFrame({"start": start, "end": end})
    for column, options in (("class", CLASSES), ("location", COUNTRIES)):
        name = first_of(names, options)
        made[column] = "" if name is None else table[name]
    made["days"] = (made["end"] - made["start"]).dt.days
    kept = made[made["start"].notna()].reset_index(drop=True)
    kept.attrs["left_out"] = len(made) - len(kept)
    return Observed(("ceasefires",), (path,), spells=kept)


def read_dates(path: Path, table: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series[Any]:
    """Dates from one column, or from year, month and day; NaT where any part is missing."""
    import pandas as pd

    if len(columns) == 1:
        text = table[columns[0]]
    else:
        year, month, day = (table[name].str.replace(r"\.0$", "", regex=True) for name in columns)
        text = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    absent = np.zeros(len(table), dtype=bool)
    for name in columns:
        cells = table[name]
        absent |= cells.isin(MISSING).to_numpy() | cells.str.startswith("-").to_numpy(dtype=bool)
    parsed: Any = pd.to_datetime(text.where(~absent), format="%Y-%m-%d", errors="coerce")
    bad = parsed.isna().to_numpy() & ~absent
    refuse(path, table, columns[-1], bad, "a date such as 2018-06-15, or year, month and day")
    return parsed
