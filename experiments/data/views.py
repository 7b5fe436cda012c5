"""Country-months as ViEWS keeps them: ``month_id`` (1 is January 1980), ``country_id``, deaths by type of violence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.cells import numbers
from detente.experiments.data.columns import has
from detente.experiments.data.coverage import given_by, month_end
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import Coverage, Report
from detente.experiments.data.selection import Field, Selection, chosen, columns_for
from detente.experiments.data.source import Cells, Source
from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    import pandas as pd

NAME = "ViEWS"
LAST_MONTH = 12 * (2100 - 1979)
TYPES = {"sb": "state_based", "ns": "non_state", "os": "one_sided"}
DEATHS = {
    f"deaths_{name}": (
        f"ged_{code}",
        f"ged_best_{code}",
        f"ged_{code}_best_sum_nokgi",
        f"ucdp_ged_{code}_best_sum",
    )
    for code, name in TYPES.items()
}
EVENTS = {f"events_{name}": (f"ged_count_{code}", f"ucdp_ged_{code}_count") for code, name in TYPES.items()}
FIELDS = {"country": Field(("country_id", "country", "country_name", "name", "isoab", "gwcode"))}


def recognised(names: Sequence[str]) -> bool:
    """Whether these are columns of a table of country-months."""
    return has(names, "month_id") and has(names, "country_id")


def read_views(sources: Sequence[Source], selection: Selection) -> Observed:
    """Observed deaths a month of one country, by type of violence and in all; columns of predictions are not read."""
    (source,) = sources
    series = {
        name: column for name, wanted in {**DEATHS, **EVENTS}.items() if (column := source.column(*wanted))
    }
    if not series:
        expected = ", ".join(wanted[0] for wanted in DEATHS.values())
        raise InputError(
            f"{source.path}, line 1: has no observed deaths; expected a column such as {expected}"
        )
    month, country = source.needed("month_id"), source.needed("country_id")
    cells = source.read([month, country, *series.values(), *columns_for(source, selection, FIELDS)])
    ids = numbers(cells, month, least=1, most=LAST_MONTH)
    picked = rows_of_country(cells, country, selection)
    values = {name: numbers(cells, column, whole=False, gaps=True) for name, column in series.items()}
    table = monthly(cells, month, ids, picked, values)
    kept = table[within(table.index, selection)]
    if kept.empty:
        raise InputError(
            f"{', '.join(selection.days)}: {source.path} has no month between them; expected some"
        )
    return Observed(
        (NAME,),
        (source.path,),
        monthly=kept,
        reports=(report_of(source, len(cells), len(table), kept, selection),),
    )


def rows_of_country(cells: Cells, country: str, selection: Selection) -> np.ndarray[Any, Any]:
    """The rows of one country."""
    if "country" in selection.wanted:
        picked = chosen(cells, selection, FIELDS, "country")
    else:
        picked = np.ones(len(cells), dtype=bool)
    known = cells[country][picked].unique()
    if len(known) > 1:
        shown = ", ".join(sorted(known)[:8])
        raise InputError(
            f"{cells.source.path}: holds {len(known)} countries (country_id {shown}, ...); choose one with --country"
        )
    return picked


def monthly(
    cells: Cells, column: str, ids: np.ndarray[Any, Any], picked: np.ndarray[Any, Any], values: dict[str, Any]
) -> pd.DataFrame:
    """The months of one country in order, none twice and none left out."""
    import pandas as pd

    rows = np.flatnonzero(picked)
    rows = rows[np.argsort(ids[rows], kind="stable")]
    for before, after in pairwise(rows):
        if ids[after] != ids[before] + 1:
            expected = f"{int(ids[before]) + 1}, the next month (every month once)"
            raise wrong(cells.place(int(after), column), cells[column].iloc[after], expected)
    index = pd.DatetimeIndex((ids[rows].astype(int) + 119).astype("datetime64[M]").astype("datetime64[us]"))
    table = pd.DataFrame({name: column_values[rows] for name, column_values in values.items()}, index=index)
    deaths = [name for name in DEATHS if name in table]
    if len(deaths) == len(DEATHS):
        table["deaths_all"] = table[deaths].sum(axis=1, skipna=False)
    return table


def within(index: Any, selection: Selection) -> np.ndarray[Any, Any]:
    """Months between the days asked for."""
    mask = np.ones(len(index), dtype=bool)
    if selection.since is not None:
        mask &= index >= str(selection.since)
    if selection.until is not None:
        mask &= [month_end(day.date()) <= selection.until for day in index]
    return mask


def report_of(source: Source, rows: int, months: int, kept: pd.DataFrame, selection: Selection) -> Report:
    """How a file was read."""
    skipped = {"not selected": rows - months, "outside the dates given": months - len(kept)}
    return Report(
        str(source.path),
        NAME,
        source.form,
        rows=rows,
        used=len(kept),
        skipped={reason: n for reason, n in skipped.items() if n},
        duplicates=0,
        coverage=Coverage(kept.index[0].date(), month_end(kept.index[-1].date()), given_by(selection)),
        notes=source.notes,
    )
