"""The ETH/PRIO Civil Conflict Ceasefire Dataset (Clayton et al. 2022), and plain tables of ceasefires.

A row of a release is one actor in one ceasefire: rows with one ``uniq_id`` are one ceasefire.  Releases name their
columns differently, so each fact is looked for under several names, in capitals or not; a date is one column, or three
for year, month and day, in which 0, -1 and other negative codes say that a part is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data import partial_dates
from detente.experiments.data.cells import nothing_left, plain_id
from detente.experiments.data.columns import column_of
from detente.experiments.data.coverage import begun_between, span
from detente.experiments.data.observations import Observed
from detente.experiments.data.partial_dates import PartialDates
from detente.experiments.data.report import DAY, NONE, PRECISIONS, TWICE, Report, tally
from detente.experiments.data.selection import OPTIONS, Field, Selection, columns_for, rows_with
from detente.experiments.data.source import Cells, Source
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

NAME = "ceasefires"
EFFECT = ("cf_effect", "effect", "start")
DECLARED = ("cf_dec", "cf_declared", "dec", "declared")
ENDS = ("end", "cf_end", "ended")
"""Beginnings of the names of columns for the day a ceasefire takes effect, is declared, and ends."""

CLASSES = ("ceasefire_class", "cf_class", "class", "type")
COUNTRIES = ("location", "country")
IDS = ("uniq_id", "cf_uniq_id")
ACTORS = ("actor_name", "actors", "actor")
STARTS = ("start", "start_precision", "start_from", "effect_precision")
CLASS_OF = {"1": "cessation", "2": "preliminary", "3": "definitive"}
SIDE_OF = {"1": "unilateral", "2": "bilateral", "3": "multilateral"}
FACTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "class": (CLASSES, CLASS_OF),
    "location": (COUNTRIES, {}),
    "actors": (ACTORS, {}),
    "side": (("side",), SIDE_OF),
    "partial": (("partial",), {}),
}
"""What is kept of a ceasefire beside its dates -> the columns it may stand in, and its codes in words."""

FIELDS = {
    "country": Field(("location", "country", "case")),
    "conflict": Field(("ucdp_acd_id", "ucdp_conflict_id", "conflict_id", "case")),
    "dyad": Field(("ucdp_dyad", "ucdp_dyad_1", "ucdp_dyad_ids", "dyad_id"), several=True),
    "side_a": Field(("actor_name", "actors", "ucdp_actor_id"), several=True),
    "side_b": Field(("actor_name", "actors", "ucdp_actor_id"), several=True),
    "case": Field(("case",)),
}


def recognised(names: Sequence[str]) -> bool:
    """Whether these columns are those of ceasefires: they have a start, an end and a class."""
    starts = date_columns(names, (*EFFECT, *DECLARED))
    return all((starts, date_columns(names, ENDS), column_of(names, CLASSES)))


def date_columns(names: Sequence[str], prefixes: Sequence[str]) -> tuple[str, ...] | None:
    """The one column, or the three for year, month and day, that hold a date."""
    for prefix in prefixes:
        if whole := column_of(names, (f"{prefix}_date",)):
            return (whole,)
        for year in ("yr", "year"):
            parts = [column_of(names, (f"{prefix}_{part}",)) for part in (year, "month", "day")]
            if all(parts):
                return tuple(str(part) for part in parts)
    bare = column_of(names, [prefix for prefix in prefixes if prefix != "ended"])
    return (bare,) if bare else None


@dataclass(frozen=True)
class Columns:
    """Where a file keeps the dates of its ceasefires."""

    effect: tuple[str, ...] | None
    declared: tuple[str, ...] | None
    end: tuple[str, ...]

    @staticmethod
    def of(source: Source) -> Columns:
        """The columns of a file that has been recognised."""
        ends = date_columns(source.names, ENDS)
        if ends is None:
            raise InputError(
                f"{source.path}, line 1: has no end of ceasefires; expected end_yr, end_month and end_day"
            )
        return Columns(date_columns(source.names, EFFECT), date_columns(source.names, DECLARED), ends)


def read_ceasefires(sources: Sequence[Source], selection: Selection) -> Observed:
    """Ceasefires, one row each: ``start`` and ``end`` are the first days they may be (NaT: not known, or in force).

    ``start_precision`` and ``end_precision`` say how well a date is known (day, month, year, none), ``start_from``
    whether the start is the day of effect or, where a row has none, of declaration; ``days`` needs both days.
    """
    (source,) = sources
    where = Columns.of(source)
    cells = cells_of(source, selection)
    rows, notes = rows_of(cells, where)
    repeated = cells.table.duplicated().to_numpy() & rows["id_known"].to_numpy()
    picked = whole_ceasefires(cells, rows["id"], selection)
    used = rows[picked & ~repeated]
    spells, more = ceasefires_of(used)
    fate = fates(spells, selection)
    kept = spells[fate == ""].reset_index(drop=True)
    later = rows["id"].map(dict(zip(spells["id"], fate, strict=True))).fillna("").to_numpy()
    every = np.where(repeated, TWICE, np.where(picked, later, "not selected"))
    report = Report(
        str(source.path),
        NAME,
        source.form,
        **tally(every, has_ids=bool(rows["id_known"].any())),
        precision={
            what: partial_dates.counts(kept[f"{what}_precision"]) for what in ("effect", "start", "end")
        },
        coverage=span(kept["start"], selection),
        notes=(*source.notes, *notes, *more),
    )
    return Observed((NAME,), (source.path,), spells=kept, reports=(report,))


def whole_ceasefires(cells: Cells, key: pd.Series[str], selection: Selection) -> np.ndarray[Any, Any]:
    """Rows of the ceasefires chosen: each thing asked for must hold of one of its actors, and all its rows go along."""
    picked = np.ones(len(cells), dtype=bool)
    for name, value in selection.wanted.items():
        if name in FIELDS:
            rows = rows_with(cells, FIELDS[name], value, OPTIONS[name], "ceasefires")
            picked &= key.isin(set(key[rows])).to_numpy(dtype=bool)
    if not picked.any():
        raise nothing_left(f"{selection.option()}: {cells.source.path}")
    return picked


def fates(spells: pd.DataFrame, selection: Selection) -> np.ndarray[Any, Any]:
    """Why each ceasefire is left out; empty for those that stay."""
    none = (spells["start_precision"] == NONE).to_numpy(dtype=bool)
    return np.select(
        [none, ~begun_between(spells["start"], selection)],
        ["without a start", "outside the dates given"],
        "",
    )


def cells_of(source: Source, selection: Selection) -> Cells:
    """All columns of a file that have a name, as text: two rows are one only if they agree in each."""
    columns_for(source, selection, FIELDS)
    return source.read([name for name in source.names if name])


def rows_of(cells: Cells, where: Columns) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row for each row of the file, with dates in place of text; and notes on dates that are none."""
    import pandas as pd

    effect = dates_of(cells, where.effect, "effect")
    start = effect.or_else(dates_of(cells, where.declared, "declaration"))
    end = dates_of(cells, where.end, "end")
    known = [effect.precision != NONE, start.precision != NONE]
    rows = pd.DataFrame(
        {
            "start": start.first,
            "start_precision": start.precision,
            "start_from": np.select(known, ["effect", "declared"], NONE),
            "effect_precision": effect.precision,
            "end": end.first,
            "end_precision": end.precision,
            **{column: facts(cells, names, words) for column, (names, words) in FACTS.items()},
        }
    )
    rows["id"], rows["id_known"] = keys(cells)
    return rows, (*start.notes, *end.notes, *early(cells, where, start, end))


def early(cells: Cells, where: Columns, start: PartialDates, end: PartialDates) -> tuple[str, ...]:
    """A note for each row whose end lies before its start, as in a few of the release; a plain table is refused."""
    late = (end.last() < start.first).to_numpy(dtype=bool)
    if len(where.end) == 1:
        cells.refuse(where.end[0], late, "an end not before the start")
    said = "the end is before the start; no duration is computed"
    return tuple(f"{cells.line(int(row))}: {said}" for row in np.flatnonzero(late))


def dates_of(cells: Cells, names: tuple[str, ...] | None, what: str) -> PartialDates:
    """The dates of one kind; none at all where the file has no such columns."""
    import pandas as pd

    if names is None:
        none = pd.Series(pd.NaT, index=cells.table.index, dtype="datetime64[us]")
        return PartialDates(none, pd.Series(NONE, index=none.index, dtype="str"))
    if len(names) == 1:
        return partial_dates.from_text(cells, names[0], what)
    year, month, day = names
    return partial_dates.from_parts(cells, year, month, day, what)


def keys(cells: Cells) -> tuple[pd.Series[str], pd.Series[bool]]:
    """What tells ceasefires apart: their id, else their number within a conflict or country, else their row."""
    import pandas as pd

    source = cells.source
    name, number = source.column(*IDS), source.column("cf_id")
    rows = pd.Series([f"row {k}" for k in range(len(cells))], index=cells.table.index, dtype="str")
    key = rows
    if name is not None:
        key = plain_id(cells[name])
    elif number is not None:
        home = source.column("cc", *COUNTRIES)
        key = plain_id(cells[number])
        key = key.where(key == "", (plain_id(cells[home]) + "-" if home else "") + key)
    known = (key != "") & (key is not rows)
    return key.where(key != "", rows), known


def facts(cells: Cells, wanted: Sequence[str], words: dict[str, str]) -> pd.Series[str]:
    """A column of words, codes written out; empty where the file has no such column."""
    import pandas as pd

    name = cells.source.column(*wanted)
    if name is None:
        return pd.Series("", index=cells.table.index, dtype="str")
    values = plain_id(cells[name])
    return values.replace(words)


def ceasefires_of(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a ceasefire: where its rows differ, the date known best counts, and of those the earliest."""
    ranks = {word: k for k, word in enumerate(PRECISIONS)}
    order = rows.assign(
        by_effect=rows["start_from"] != "effect",
        start_rank=rows["start_precision"].map(ranks),
        end_rank=rows["end_precision"].map(ranks),
    )
    spells = best(order, ["by_effect", "start_rank", "start"])[[*STARTS, *FACTS]]
    spells[["end", "end_precision"]] = best(order, ["end_rank", "end"])[["end", "end_precision"]]
    spells["actors"] = rows.groupby("id", sort=False)["actors"].agg(joined)
    days = (spells["end"] - spells["start"]).dt.days.astype(float)
    exact = (spells["start_precision"] == DAY) & (spells["end_precision"] == DAY) & (days >= 0)
    spells["days"] = days.where(exact)
    return spells.reset_index(), differences(rows)


def best(rows: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """The row of each ceasefire that comes first in an order; ceasefires stay in the order of the file."""
    first = rows.sort_values(order, kind="stable").drop_duplicates("id").set_index("id")
    return first.loc[list(dict.fromkeys(rows["id"]))].copy()


def joined(names: pd.Series[str]) -> str:
    """Names in one cell, each once."""
    return ", ".join(dict.fromkeys(name for name in names if name))


def differences(rows: pd.DataFrame) -> tuple[str, ...]:
    """Notes on rows that are one ceasefire, and on those that give it different dates."""
    count = rows.groupby("id")[["start", "end"]].nunique(dropna=False)
    other = int((count > 1).any(axis=1).sum())
    notes = (f"{len(rows):,} rows form {len(count):,} ceasefires (one row per actor)",)
    rule = "the most precise date is used, then the earliest"
    more = (f"{other:,} ceasefires have rows with different dates: {rule}",)
    return (*(notes if len(rows) > len(count) else ()), *(more if other else ()))
