"""The UCDP Peace Agreement Dataset (Pettersson, Högbladh & Öberg 2019), and plain lists of agreements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data import partial_dates
from detente.experiments.data.cells import once, plain_id
from detente.experiments.data.columns import column_of, has
from detente.experiments.data.coverage import begun_between, span
from detente.experiments.data.eth_prio import facts
from detente.experiments.data.observations import Observed
from detente.experiments.data.partial_dates import PartialDates
from detente.experiments.data.report import NONE, TWICE, YEAR, Report, tally
from detente.experiments.data.selection import Field, Selection, chosen, columns_for
from detente.experiments.data.source import Cells, Source

if TYPE_CHECKING:
    import pandas as pd

NAME = "peace agreements"
IDS = ("paid", "pa_id")
SIGNED = ("pa_date", "date")
ENDS = ("duration", "end_date")
TYPES = ("pa_type", "type", "kind")
TYPE_OF = {"1": "full", "2": "partial", "3": "process"}
NAMES = ("pa_name", "name")
PARTIES = ("dyad_name", "dyads", "parties")
CONFLICTS = ("conflict_name", "case")
PROVISIONS = {
    "ceasefire": ("cease", "ceasefire"),
    "prisoners": ("pris", "prisoner_release"),
    "power": ("pp", "shagov", "power_sharing"),
    "autonomy": ("aut", "fed", "ind", "autonomy"),
}
"""What an agreement may provide for -> the columns of which one says so with a 1."""

FIELDS = {
    "country": Field(("country", "gwno", "case"), several=True),
    "conflict": Field(("conflict_name", "conflict_id", "case"), several=True),
    "dyad": Field(("dyad_name", "dyad_id", "dyads"), several=True),
    "side_a": Field(("actor_name", "actor_id", "parties"), several=True),
    "side_b": Field(("actor_name", "actor_id", "parties"), several=True),
    "case": Field(("case",)),
}


def recognised(names: Sequence[str]) -> bool:
    """Whether these are columns of peace agreements: a name, a date, a type, and an id or parties."""
    parts = (SIGNED, NAMES, TYPES)
    return all(column_of(names, wanted) for wanted in parts) and bool(
        column_of(names, (*IDS, "parties")) or has(names, "pa_name")
    )


def read_agreements(sources: Sequence[Source], selection: Selection) -> Observed:
    """Agreements, one row each, with the day signed as ``start``, ``end``, and how well each is known.

    ``type`` is full, partial or process; ``ended`` is 1 where UCDP says that it ended, 0 where not, else NaN.
    """
    (source,) = sources
    when = source.needed(*SIGNED)
    groups = (IDS, ENDS, TYPES, NAMES, ("year",), ("ended",), PARTIES, CONFLICTS)
    more = [name for wanted in groups if (name := source.column(*wanted))]
    more += [name for wanted in PROVISIONS.values() for one in wanted if (name := source.column(one))]
    cells = source.read([when, *more, *columns_for(source, selection, FIELDS)])
    table, notes = checked(cells, when)
    key = source.column(*IDS)
    same = table.drop(columns="provisions")
    keep = once(cells, key, table["id"], same, "agreement") if key else np.ones(len(cells), dtype=bool)
    picked = (
        chosen(cells, selection, FIELDS, "agreements")
        if selection.wanted
        else np.ones(len(cells), dtype=bool)
    )
    inside = begun_between(table["start"], selection)
    fates = np.select(
        [~keep, ~picked, (table["start_precision"] == NONE).to_numpy(dtype=bool), ~inside],
        [TWICE, "not selected", "without a date", "outside the dates given"],
        "",
    )
    kept = table[fates == ""].reset_index(drop=True)
    report = report_of(source, kept, fates, key is not None, notes, selection)
    return Observed((NAME,), (source.path,), agreements=kept, reports=(report,))


def checked(cells: Cells, when: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Agreements with dates in place of text, and notes on days that are none."""
    import pandas as pd

    source = cells.source
    signed = partial_dates.from_text(cells, when, "agreement", ("%d/%m/%Y",))
    year, ends = source.column("year"), source.column(*ENDS)
    notes = signed.notes
    if year is not None:
        signed = signed.or_else(years(cells, year))
    table = pd.DataFrame({"start": signed.first, "start_precision": signed.precision})
    for column, wanted, words in (("id", IDS, {}), ("name", NAMES, {}), ("type", TYPES, TYPE_OF)):
        table[column] = facts(cells, wanted, words)
    table["parties"] = facts(cells, PARTIES, {})
    table["conflict"] = facts(cells, CONFLICTS, {})
    end = partial_dates.from_text(cells, ends, "end", ("%d/%m/%Y",)) if ends else None
    if end is not None:
        table["end"], table["end_precision"] = end.first, end.precision
        notes = (*notes, *end.notes, *early(cells, signed, end))
    ended: Any = pd.to_numeric(facts(cells, ("ended",), {}), errors="coerce")
    table["ended"] = ended.astype(float)
    table["provisions"] = provisions(cells)
    return table, (*source.notes, *notes)


def provisions(cells: Cells) -> pd.Series[str]:
    """What each agreement provides for, in words separated by commas; empty where nothing is said."""
    import pandas as pd

    words = pd.Series("", index=cells.table.index, dtype="str")
    for word, wanted in PROVISIONS.items():
        names = [name for one in wanted if (name := cells.source.column(one))]
        says = np.zeros(len(cells), dtype=bool)
        for name in names:
            says |= plain_id(cells[name]).eq("1").to_numpy(dtype=bool)
        words = words.where(~says, words + f"{word},")
    return words.str.rstrip(",")


def years(cells: Cells, column: str) -> PartialDates:
    """The year of each agreement, for those whose day is not given."""
    y = partial_dates.part(cells, column)
    return partial_dates.dated(cells, column, np.stack([y, 0 * y, 0 * y]), YEAR)


def early(cells: Cells, signed: PartialDates, end: PartialDates) -> tuple[str, ...]:
    """A note for each agreement that ends before it is signed."""
    late = np.flatnonzero((end.last() < signed.first).to_numpy(dtype=bool))
    return tuple(f"{cells.line(int(row))}: the agreement ends before it is signed" for row in late)


def report_of(
    source: Source,
    kept: pd.DataFrame,
    fates: np.ndarray[Any, Any],
    has_ids: bool,
    notes: tuple[str, ...],
    selection: Selection,
) -> Report:
    """How a file was read."""
    ends = [what for what in ("start", "end") if f"{what}_precision" in kept]
    return Report(
        str(source.path),
        NAME,
        source.form,
        **tally(fates, has_ids=has_ids),
        precision={what: partial_dates.counts(kept[f"{what}_precision"]) for what in ends},
        coverage=span(kept["start"], selection),
        notes=notes,
    )
