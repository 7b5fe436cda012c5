"""A list of conflicts: one row a conflict, with the first and last month of its data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.experiments.data import partial_dates
from detente.experiments.data.cells import numbers, once
from detente.experiments.data.columns import has
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import TWICE, Report, tally
from detente.experiments.data.selection import Field, Selection, chosen, columns_for
from detente.experiments.data.source import Source
from detente.model.errors import wrong

NAME = "list of conflicts"
FIELDS = {"country": Field(("country",)), "conflict": Field(("case",)), "case": Field(("case",))}
COUNTS = ("months", "events", "deaths")


def recognised(names: Sequence[str]) -> bool:
    """Whether these are columns of a list of conflicts."""
    return has(names, "case", "first", "last")


def read_conflicts(sources: Sequence[Source], selection: Selection) -> Observed:
    """Conflicts with ``case``, ``country``, ``first`` and ``last`` month, and what the list counts of them."""
    (source,) = sources
    names = [source.needed(name) for name in ("case", "first", "last")]
    more = [name for wanted in ("country", "outcome", *COUNTS) if (name := source.column(wanted))]
    cells = source.read([*names, *more, *columns_for(source, selection, FIELDS)])
    case, first, last = names
    keep = once(cells, case, cells[case], cells.table, "conflict")
    picked = (
        chosen(cells, selection, FIELDS, "conflict") if selection.wanted else np.ones(len(cells), dtype=bool)
    )
    table = cells.table[[case, *more]].copy()
    since, until = (partial_dates.from_text(cells, name, name) for name in (first, last))
    late = (until.last() < since.first).to_numpy(dtype=bool)
    if late.any():
        row = int(late.argmax())
        raise wrong(cells.place(row, last), cells[last].iloc[row], "a month not before the first")
    table["first"], table["last"] = since.first, until.first
    for name in (name for name in COUNTS if name in table):
        table[name] = numbers(cells, name, gaps=True)
    kept = table[keep & picked].reset_index(drop=True)
    report = Report(
        str(source.path),
        NAME,
        source.form,
        **tally(np.select([~keep, ~picked], [TWICE, "not selected"], "")),
        notes=source.notes,
    )
    return Observed((NAME,), (source.path,), conflicts=kept, reports=(report,))
