"""UCDP's Georeferenced Event Dataset, yearly and candidate releases (Sundberg & Melander 2013; Hegre et al. 2020).

Days are fitted on *place-precise* events only: those whose place and day UCDP knows exactly (``where_prec`` and
``date_prec`` of 1).  The rest, reported for a district or a month, are counted in the monthly totals and nowhere else;
an event that may lie in either of two months or more is counted in none of them, and reported apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data import coverage as covering
from detente.experiments.data.cells import codes, dates, ids, latest_year, numbers, once, plain_id
from detente.experiments.data.columns import column_of, has
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import DAY, MONTH, YEAR, Coverage, Report
from detente.experiments.data.selection import (
    Field,
    Selection,
    chosen_anywhere,
    columns_for,
    one_country,
)
from detente.experiments.data.source import Cells, Source
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

NAME = "UCDP GED"
COLUMNS = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id"),
    *("conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id"),
    *("side_a_new_id", "side_a", "side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources"),
    *("source_article", "source_office", "source_date", "source_headline", "source_original"),
    *("where_prec", "where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude"),
    *("geom_wkt", "priogrid_gid", "country", "country_id", "region", "event_clarity", "date_prec"),
    *("date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "best"),
    *("high", "low", "gwnoa", "gwnob"),
)
"""Columns of a release in their order, which candidate releases without a header follow too."""

NEEDED = ("date_start", "date_end", "type_of_violence", "country", "where_prec", "date_prec")
BEST = ("best", "best_est")
"""UCDP's best estimate of deaths, under its present name and an older one."""

FIELDS = {
    "country": Field(("country", "country_id")),
    "conflict": Field(("conflict_name", "conflict_new_id", "conflict_id")),
    "dyad": Field(("dyad_name", "dyad_new_id", "dyad_id")),
    "side_a": Field(("side_a", "side_a_new_id", "side_a_id")),
    "side_b": Field(("side_b", "side_b_new_id", "side_b_id")),
}
STATE_BASED = 1
EXACT = 1
"""UCDP's code for a place, or a day, that is known exactly."""

MONTHLY, YEARLY = 4, 5
"""UCDP's codes for an event whose month, or year, is all that is known of its date."""

PRECISION = {1: DAY, 2: "two to six days", 3: "week", MONTHLY: MONTH, YEARLY: YEAR}


def recognised(names: Sequence[str]) -> bool:
    """Whether these are columns of GED."""
    return has(names, "date_start") and column_of(names, BEST) is not None


def headerless(record: Sequence[str]) -> bool:
    """Whether a first line is no header but an event, as in candidate releases."""
    place = COLUMNS.index("date_start")
    return len(record) == len(COLUMNS) and record[0][:1].isdigit() and record[place][:4].isdigit()


@dataclass(frozen=True)
class Events:
    """Events of one file: all that count, each once, and which of them are chosen."""

    cells: Cells
    table: pd.DataFrame
    chosen: np.ndarray[Any, Any]
    duplicates: int | None
    notes: tuple[str, ...]


def read_ged(sources: Sequence[Source], selection: Selection) -> Observed:
    """Daily place-precise counts and monthly totals of the events chosen, from one release or several.

    Nothing need be chosen where a file has one country only.  Deaths are UCDP's best estimates; an event that
    lasts over the end of a month counts in the month it began.
    """
    import pandas as pd

    files = without_repeats(events_of(sources, selection))
    every = pd.concat([events.table for events in files], ignore_index=True)
    first, last = every["start"].min(), last_day(every)
    check_gaps(files)
    paths = tuple(source.path for source in sources)
    days = covering.covered(first, last, selection, ", ".join(str(path) for path in paths))
    used = pd.concat([used_of(events, days) for events in files], ignore_index=True)
    reports = tuple(report_of(events, days) for events in files)
    quiet = covering.beyond(days, first, last)
    reports = tuple(replace(r, notes=(*r.notes, *quiet)) for r in reports)
    return Observed(
        (NAME,), paths, daily=daily_counts(used, days), monthly=monthly_totals(used, days), reports=reports
    )


def events_of(sources: Sequence[Source], selection: Selection, more: Sequence[str] = ()) -> list[Events]:
    """The events of each file, with those chosen marked; a choice must be met in one file at least.

    ``more`` are columns whose cells are wanted too, where a file has them.
    """
    files = [cells_of(source, selection, more) for source in sources]
    countries = [cells[cells.source.needed("country")] for cells in files]
    names = ", ".join(str(source.path) for source in sources)
    one_country(names, (name for column in countries for name in column.unique()), selection, FIELDS)
    masks = chosen_anywhere(files, selection, FIELDS, "events")
    return [each_once(cells, mask) for cells, mask in zip(files, masks, strict=True)]


def cells_of(source: Source, selection: Selection, more: Sequence[str] = ()) -> Cells:
    """The columns of a file that are needed, as text."""
    needed = [*(source.needed(name) for name in NEEDED), source.needed(*BEST)]
    others = [name for wanted in ("id", "year", *more) if (name := source.column(wanted)) is not None]
    return source.read([*needed, *others, *columns_for(source, selection, FIELDS)])


def each_once(cells: Cells, mask: np.ndarray[Any, Any]) -> Events:
    """The events of a file, checked, each counted once."""
    table, key = checked(cells), cells.source.column("id")
    notes = (*cells.source.notes, *year_notes(cells, table))
    if key is None:
        return Events(cells, table, mask, None, (*notes, "no id column: duplicates cannot be found"))
    table["id"] = ids(cells, key)
    named = {name for field in FIELDS.values() for name in field.present(cells.source)} & {*cells.table}
    compared = table.assign(**{name: plain_id(cells[name]) for name in sorted(named)})
    keep = once(cells, key, table["id"], compared, "event")
    return Events(cells, table[keep], mask[keep], int((~keep).sum()), notes)


def checked(cells: Cells) -> pd.DataFrame:
    """Events with dates and numbers in place of text."""
    import pandas as pd

    source, last = cells.source, latest_year()
    start, end = (dates(cells, source.needed(name), last=last) for name in ("date_start", "date_end"))
    late = source.needed("date_end")
    cells.refuse(late, (end < start), "a day not before date_start")
    table = pd.DataFrame({"start": start, "end": end, "best": numbers(cells, source.needed(*BEST))})
    for name, most in (("type_of_violence", 3), ("where_prec", 7), ("date_prec", 5)):
        table[name] = codes(cells, source.needed(name), most)
    return table


def year_notes(cells: Cells, table: pd.DataFrame) -> tuple[str, ...]:
    """A note where the column ``year`` says another year than the dates; an impossible year is refused."""
    name = cells.source.column("year")
    if name is None:
        return ()
    year = numbers(cells, name, least=1900, most=latest_year())
    other = int(((year < table["start"].dt.year) | (year > table["end"].dt.year)).sum())
    return (f"{other:,} events: column {name} differs from the dates; the dates are used",) if other else ()


def without_repeats(files: list[Events]) -> list[Events]:
    """Several releases as one: an event that an earlier file has too is left out of the later ones."""
    if len(files) == 1:
        return files
    seen: set[str] = set()
    kept: list[Events] = []
    for events in files:
        if events.duplicates is None:
            kept.append(events)
            continue
        fresh = ~events.table["id"].isin(seen).to_numpy(dtype=bool)
        seen.update(events.table["id"])
        gone = int((~fresh).sum())
        said = (f"{gone:,} events also occur in an earlier file, whose version is used",) if gone else ()
        kept.append(
            Events(
                events.cells,
                events.table[fresh],
                events.chosen[fresh],
                events.duplicates + gone,
                (*events.notes, *said),
            )
        )
    return kept


def last_day(table: pd.DataFrame) -> pd.Timestamp:
    """The last day that events reach, each within the year in which it began, as yearly releases end."""
    import pandas as pd

    years: Any = table["start"].dt.year
    ends = pd.to_datetime(years.astype(str) + "-12-31")
    return table["end"].where(table["end"] < ends, ends).max()


def check_gaps(files: Sequence[Events]) -> None:
    """Refuse releases that leave months between them out: nobody knows what happened then."""
    spans = sorted(
        (covering.month_start(e.table["start"].min().date()), covering.month_end(last_day(e.table).date()))
        for e in files
        if len(e.table)
    )
    reach = spans[0][1]
    for since, until in spans[1:]:
        if (since - reach).days > 1:
            raise InputError(
                f"--data: no file of {NAME} has events between {reach} and {since}; expected files that follow "
                "one another"
            )
        reach = max(reach, until)


def used_of(events: Events, days: Coverage) -> pd.DataFrame:
    """Events that are chosen and fall into the days covered."""
    table = events.table[events.chosen]
    return table[covering.within(table["start"], days)]


def daily_counts(events: pd.DataFrame, days: Coverage) -> pd.DataFrame:
    """Place-precise events and deaths a day."""
    precise = events[(events["where_prec"] == EXACT) & (events["date_prec"] == EXACT)]
    series = {"events": np.ones(len(precise)), "deaths": precise["best"]}
    return covering.by_day(precise["start"], series, days)


def monthly_totals(events: pd.DataFrame, days: Coverage) -> pd.DataFrame | None:
    """Deaths a month in state-based and in all organised violence, however vague the place."""
    known = events[~monthless(events)]
    state = np.where(known["type_of_violence"] == STATE_BASED, known["best"], 0.0)
    return covering.by_month(known["start"], {"deaths_state_based": state, "deaths_all": known["best"]}, days)


def monthless(events: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Events known to a month or worse that may lie in either of several months."""
    vague = events["date_prec"] >= MONTHLY
    months = events["start"].dt.to_period("M") != events["end"].dt.to_period("M")
    return (vague & months).to_numpy(dtype=bool)


def report_of(events: Events, days: Coverage) -> Report:
    """How a file was read."""
    used = used_of(events, days)
    outside = int(events.chosen.sum()) - len(used)
    others = int((~events.chosen).sum())
    skipped = {"not selected": others, "outside the dates covered": outside}
    precision, deaths = used["date_prec"].to_numpy(), used["best"]
    return Report(
        str(events.cells.source.path),
        NAME,
        events.cells.source.form,
        rows=len(events.cells),
        used=len(used),
        skipped={reason: n for reason, n in skipped.items() if n},
        duplicates=events.duplicates,
        precision={
            "date": {word: int((precision == code).sum()) for code, word in PRECISION.items()},
            "place": {
                "exact": int((used["where_prec"] == EXACT).sum()),
                "less exact": int((used["where_prec"] > EXACT).sum()),
            },
        },
        heaps={
            MONTH: covering.heap(deaths, precision == MONTHLY),
            YEAR: covering.heap(deaths, precision == YEARLY),
            "in no month": covering.heap(deaths, monthless(used)),
        },
        coverage=days,
        notes=events.notes,
    )
