"""Ceasefires and agreements of the conflict that is built, chosen from tables of many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.experiments.cases.builder.dyads import Dyad
from detente.experiments.cases.builder.new_request import Request
from detente.experiments.data.layouts import Layout
from detente.experiments.data.observations import Observed
from detente.experiments.data.report import Report
from detente.experiments.data.selection import Selection
from detente.experiments.data.source import Source
from detente.model.errors import InputError, raise_problems, unknown

if TYPE_CHECKING:
    import pandas as pd

Opened = tuple[Source, Layout]
Rows = tuple["pd.DataFrame | None", "pd.DataFrame | None", tuple[Report, ...], tuple[str, ...]]
Take = Callable[[Observed], "pd.DataFrame | None"]


class Told(NamedTuple):
    """What files of counts tell: dyads, and the choices that they answer."""

    dyads: Sequence[Dyad]
    answered: Collection[str]


def truces_and_agreements(
    truces: Sequence[Opened], agreements: Sequence[Opened], request: Request, told: Told
) -> Rows:
    """The rows of all tables of ceasefires, and of all tables of agreements; raises every fault of both."""
    named = {path.name.partition(".")[0].casefold() for path in request.observed}
    check_case([*truces, *agreements], request.wanted.get("case"), named)
    problems: list[InputError] = []
    found: list[Any] = []
    for opened, take in ((truces, lambda o: o.spells), (agreements, lambda o: o.agreements)):
        try:
            found.append(all_rows(opened, take, request, told))
        except InputError as error:
            problems.append(error)
    raise_problems(problems)
    (spells, first, said), (signed, second, noted) = found
    return spells, signed, (*first, *second), (*said, *noted)


def check_case(opened: Sequence[Opened], case: str | None, named: Collection[str]) -> None:
    """Refuse a case that no table has; one may lack it, and all may if a file of counts is ``named`` so."""
    if case is None or case.casefold() in named:
        return
    columns = [(source, column) for source, _ in opened if (column := source.column("case"))]
    known = sorted({name for source, column in columns for name in source.read([column])[column]})
    if known and case.casefold() not in {name.casefold() for name in known}:
        files = ", ".join(str(source.path) for source, _ in columns)
        raise unknown(f"--case: {files}", case, known)


def all_rows(
    opened: Sequence[Opened], take: Take, request: Request, told: Told
) -> tuple[pd.DataFrame | None, tuple[Report, ...], tuple[str, ...]]:
    """The rows chosen from several files of one kind, each with the file it stands in."""
    import pandas as pd

    tables, reports, notes = [], [], []
    for source, layout in opened:
        read = [
            rows for way in choices(source, layout, request, told) if (rows := tried(source, layout, way))
        ]
        if not read:
            notes.append(f"{source.path.name}: no row is of this conflict")
            n = len(source.read([source.names[0]]))
            reports.append(Report(str(source.path), layout.name, source.form, n, 0, {"not selected": n}))
        for observed in read:
            table = take(observed)
            tables.append(None if table is None else table.assign(file=str(source.path)))
        reports += [observed.reports[0] for observed in read[:1]]
    kept = [table for table in tables if table is not None and len(table)]
    if not kept:
        return None, tuple(reports), tuple(notes)
    rows = pd.concat(kept, ignore_index=True)
    key = rows["file"] + " " + rows["id"].where(rows["id"] != "", rows.index.astype(str))
    rows = rows[~key.duplicated()].sort_values("start", kind="stable").reset_index(drop=True)
    return rows, tuple(reports), tuple(notes)


class Way(NamedTuple):
    """One way to choose rows: what is wanted; where ``soft``, a file may have none of it."""

    wanted: Mapping[str, str]
    soft: bool


def choices(source: Source, layout: Layout, request: Request, told: Told) -> Iterator[Way]:
    """Ways to choose from a file, all of which count: the case, what was asked for, or ids of the events file."""
    present = {key for key, field in layout.fields.items() if field.present(source)}
    asked = {key: word for key, word in request.wanted.items() if key in present}
    if "case" in asked:
        yield Way({"case": asked["case"]}, soft=True)
    elif told.dyads and "dyad" in present:
        ids = [d.dyad_id for d in told.dyads if d.dyad_id]
        named = ids or [f"{d.side_a} - {d.side_b}" for d in told.dyads]
        yield from (Way({"dyad": one}, soft=True) for one in dict.fromkeys(named))
    elif told.dyads and "conflict" in present:
        yield from (Way({"conflict": d.conflict_id}, soft=True) for d in told.dyads)
    else:
        yield Way(
            required(source, layout, asked), soft=bool(asked) and all(key in told.answered for key in asked)
        )


def required(source: Source, layout: Layout, asked: Mapping[str, str]) -> Mapping[str, str]:
    """What was asked for; where nothing was, a file of several conflicts is refused and they are listed."""
    if asked:
        return asked
    for name in ("case", "location", "country", "conflict_name"):
        column = source.column(name)
        if column is not None:
            known = sorted(set(source.read([column])[column]))
            if len(known) > 1:
                raise InputError(
                    f"{source.path}: {len(known)} conflicts match ({', '.join(known[:20])}"
                    f"{', ...' if len(known) > 20 else ''}; column {column}); choose one with --case, --country, "
                    "--conflict or --dyad"
                )
            return {}
    return {}


def tried(source: Source, layout: Layout, way: Way) -> Observed | None:
    """The rows of one choice; None where a file has none and need not have."""
    try:
        return layout.read([source], Selection(way.wanted))
    except InputError as error:
        if not way.soft or " has no " not in str(error) or "column" in str(error):
            raise
        return None
