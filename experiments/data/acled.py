"""A user's own export of ACLED: one row an event.  Its terms let nobody pass it on, so none comes with the project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data import coverage as covering
from detente.experiments.data import partial_dates
from detente.experiments.data.cells import codes, ids, nothing_left, numbers, once
from detente.experiments.data.columns import has
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import DAY, MONTH, TWICE, Coverage, Report, tally
from detente.experiments.data.selection import OPTIONS, Field, Selection, columns_for, one_country, rows_with
from detente.experiments.data.source import Cells, Source

if TYPE_CHECKING:
    import pandas as pd

NAME = "ACLED"
NEEDED = ("event_date", "event_type", "fatalities")
IDS = ("event_id_cnty", "event_id", "data_id")
VIOLENT = ("battle", "explosion", "remote violence", "violence against civilians")
"""Beginnings of the types of event that are organised violence; protests, riots and strategic developments are not."""

FOUGHT = ("battle", "explosion", "remote violence")
SHAPES = ("%d %B %Y", "%d-%B-%Y", "%d-%b-%Y", "%d-%b-%y")
"""Ways in which exports of different years write a date, beside 2018-06-15."""

SIDES = Field(("actor1", "actor2"))
FIELDS = {"country": Field(("country", "iso")), "side_a": SIDES, "side_b": SIDES}
PRECISION = {1: DAY, 2: "week", 3: MONTH}


def recognised(names: Sequence[str]) -> bool:
    """Whether these are columns of an ACLED export."""
    return has(names, *NEEDED)


def read_acled(sources: Sequence[Source], selection: Selection) -> Observed:
    """Events and deaths of organised violence: by day where the day is known, by month all of them.

    ACLED puts no order between its two actors, so a side is looked for in both.
    """
    (source,) = sources
    cells = cells_of(source, selection)
    table = checked(cells)
    key = source.column(*IDS)
    keep = (
        np.ones(len(cells), dtype=bool) if key is None else once(cells, key, ids(cells, key), table, "event")
    )
    picked = picked_rows(cells, selection)
    violent = of_types(cells, VIOLENT)
    days = covering.covered(table["start"].min(), table["start"].max(), selection, str(source.path))
    inside = covering.within(table["start"], days)
    used = table[keep & picked & violent & inside]
    fates = np.select(
        [~keep, ~picked, ~violent, ~inside],
        [TWICE, "not selected", "not organised violence", "outside the dates covered"],
        "",
    )
    notes = (*source.notes, *covering.beyond(days, table["start"].min(), table["start"].max()))
    return Observed(
        (NAME,),
        (source.path,),
        daily=daily_counts(used, days),
        monthly=monthly_totals(used, days),
        reports=(report_of(source, used, fates, key is not None, days, notes),),
    )


def cells_of(source: Source, selection: Selection) -> Cells:
    """The columns of a file that are needed, as text."""
    groups = (("country",), IDS, ("time_precision",))
    more = [name for wanted in groups if (name := source.column(*wanted))]
    return source.read([*(source.needed(n) for n in NEEDED), *more, *columns_for(source, selection, FIELDS)])


def checked(cells: Cells) -> pd.DataFrame:
    """Events with dates and numbers in place of text."""
    import pandas as pd

    source = cells.source
    when = source.needed("event_date")
    dated = partial_dates.from_text(cells, when, "event", SHAPES)
    cells.refuse(
        when, (dated.precision != DAY).to_numpy(dtype=bool), "a date such as 2018-06-15 or 15 June 2018"
    )
    kind = cells[source.needed("event_type")].str.lower()
    table = pd.DataFrame(
        {"start": dated.first, "deaths": numbers(cells, source.needed("fatalities")), "kind": kind}
    )
    precise = source.column("time_precision")
    table["precision"] = 1.0 if precise is None else codes(cells, precise, 3)
    return table


def of_types(cells: Cells, types: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """Events whose type begins with one of these words."""
    return cells[cells.source.needed("event_type")].str.lower().str.startswith(types).to_numpy(dtype=bool)


def picked_rows(cells: Cells, selection: Selection) -> np.ndarray[Any, Any]:
    """Events chosen; one country at least must be chosen where there are several."""
    country = cells.source.column("country")
    if country is not None:
        one_country(str(cells.source.path), cells[country].unique(), selection, FIELDS)
    picked = np.ones(len(cells), dtype=bool)
    for name, value in selection.wanted.items():
        if name in FIELDS:
            picked &= rows_with(cells, FIELDS[name], value, OPTIONS[name], "events")
    if not picked.any():
        raise nothing_left(f"{selection.option()}: {cells.source.path}")
    return picked


def daily_counts(events: pd.DataFrame, days: Coverage) -> pd.DataFrame:
    """Events and deaths a day, of events whose day is known."""
    known = events[events["precision"] == 1]
    return covering.by_day(known["start"], {"events": np.ones(len(known)), "deaths": known["deaths"]}, days)


def monthly_totals(events: pd.DataFrame, days: Coverage) -> pd.DataFrame | None:
    """Deaths a month in fighting, and in all organised violence."""
    fought = np.where(events["kind"].str.startswith(FOUGHT), events["deaths"], 0.0)
    return covering.by_month(
        events["start"], {"deaths_fighting": fought, "deaths_all": events["deaths"]}, days
    )


def report_of(
    source: Source,
    used: pd.DataFrame,
    fates: np.ndarray[Any, Any],
    has_ids: bool,
    days: Coverage,
    notes: tuple[str, ...],
) -> Report:
    """How a file was read."""
    precision = used["precision"].to_numpy()
    return Report(
        str(source.path),
        NAME,
        source.form,
        **tally(fates, has_ids=has_ids),
        precision={"date": {word: int((precision == code).sum()) for code, word in PRECISION.items()}},
        heaps={MONTH: covering.heap(used["deaths"], precision == 3)},
        coverage=days,
        notes=notes,
    )
