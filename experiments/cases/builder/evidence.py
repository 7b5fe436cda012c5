"""What the files of a request hold: counts, events by dyad, ceasefires and agreements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.cases.builder.dyads import (
    Dyad,
    counts_of,
    dyad_events,
    dyads_of,
    one_conflict,
    precise,
)
from detente.experiments.cases.builder.new_request import Problems, Request
from detente.experiments.cases.builder.rows import Told, truces_and_agreements
from detente.experiments.data import agreements as agreement_files
from detente.experiments.data import conflict_list, eth_prio, ged
from detente.experiments.data.coverage import month_end
from detente.experiments.data.layouts import Layout, grouped, merged, open_layout
from detente.experiments.data.observations import DEATHS, EVENTS, Observed
from detente.experiments.data.report import Report
from detente.experiments.data.selection import OPTIONS, Selection
from detente.experiments.data.source import Source
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

ROLES = {eth_prio.NAME: "ceasefires", agreement_files.NAME: "agreements", conflict_list.NAME: "list"}
"""Layouts that hold something else than counts of events, and what that is."""

LAUNCHES = "missile_launches"
"""Series of provocations."""

Opened = tuple[Source, Layout]


@dataclass(frozen=True)
class Evidence:
    """Everything that was read; where it is not ``lethal``, events are provocations that kill nobody.

    ``events`` are single events of dyads (GED only), ``daily`` and ``monthly`` counts, ``total`` the monthly column of
    all deaths.  ``choice`` says in words what was chosen.
    """

    dyads: tuple[Dyad, ...] = ()
    events: pd.DataFrame | None = None
    daily: pd.DataFrame | None = None
    monthly: pd.DataFrame | None = None
    total: str | None = None
    lethal: bool = True
    truces: pd.DataFrame | None = None
    agreements: pd.DataFrame | None = None
    choice: str = "all rows"
    files: tuple[Path, ...] = ()
    reports: tuple[Report, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def span(self) -> tuple[date, date]:
        """First and last day that counts cover."""
        tables = [t for t in (self.daily, self.monthly) if t is not None]
        first: Any = min(t.index[0] for t in tables)
        last: Any = max(
            month_end(t.index[-1].date()) if t is self.monthly else t.index[-1].date() for t in tables
        )
        return first.date(), last

    def active(self) -> tuple[date, date]:
        """First and last day, or month, with an event or a death; all that is covered where there is none."""
        marks: list[Any] = []
        for table in (self.daily, self.monthly):
            if table is not None:
                column = (
                    EVENTS if EVENTS in table and table is self.daily else (self.total or table.columns[0])
                )
                some = table.index[table[column].fillna(0).to_numpy() > 0]
                marks += [some[0], some[-1]] if len(some) else []
        return (min(marks).date(), max(marks).date()) if marks else self.span

    def with_dyads_of(self, since: date, until: date) -> Evidence:
        """The same with the dyads of some days, where they have any: later events do not say who mattered then."""
        if self.events is None:
            return self
        inside = (self.events["start"] >= str(since)) & (self.events["start"] <= str(until))
        return replace(self, dyads=dyads_of(self.events[inside]) or self.dyads)


def gather(request: Request) -> Evidence:
    """Read all files of a request; raises ``InputError`` with every fault of every file."""
    problems = Problems()
    by_role = sorted_files(request, problems)
    problems.end()
    problems.add(unanswered(request, [one for part in by_role.values() for one in part]))
    problems.end()
    counted = problems.attempt(counts, by_role["counts"], request)
    problems.end()
    found = counted if counted is not None else Evidence()
    told = Told(found.dyads, answered_by(by_role["counts"]))
    rows = problems.attempt(
        truces_and_agreements, by_role["ceasefires"], by_role["agreements"], request, told
    )
    problems.end()
    truces, agreements, reports, notes = rows or (None, None, (), ())
    return replace(
        found,
        truces=truces,
        agreements=agreements,
        choice=words_of(request),
        files=tuple(source.path for part in by_role.values() for source, _ in part),
        reports=(*found.reports, *reports),
        notes=(*found.notes, *notes),
    )


def answered_by(opened: Sequence[Opened]) -> set[str]:
    """The choices that some files have columns for."""
    return {key for source, layout in opened for key, field in layout.fields.items() if field.present(source)}


def words_of(request: Request) -> str:
    """What is chosen, in words."""
    return ", ".join(f"{key.replace('_', ' ')} {word}" for key, word in request.wanted.items()) or "all rows"


def sorted_files(request: Request, problems: Problems) -> dict[str, list[Opened]]:
    """Files by what they hold; one named as something that it is not is a fault."""
    by_role: dict[str, list[Opened]] = {"counts": [], "ceasefires": [], "agreements": [], "list": []}
    groups = (
        ("--data", request.observed, None),
        ("--ceasefires", request.ceasefires, "ceasefires"),
        ("--agreements", request.agreements, "agreements"),
    )
    for option, paths, wanted in groups:
        for path in paths:
            opened = problems.attempt(open_layout, path)
            if opened is None:
                continue
            role = ROLES.get(opened[1].name, "counts")
            if wanted is not None and role != wanted:
                problems.add(
                    iter([InputError(f"{option}: {path} holds {opened[1].name}; expected {wanted}")])
                )
            by_role[role].append(opened)
    if not by_role["counts"] and not problems.found:
        problems.add(
            iter([InputError("--ged, --data: got no events or counts; expected at least one such file")])
        )
    return by_role


def counts(opened: Sequence[Opened], request: Request) -> Evidence:
    """Counts by day and month, and single events of dyads where a file has them."""
    parts: list[Observed] = []
    evidence: dict[str, Any] = {}
    for layout, sources in grouped(opened):
        wanted = {key: word for key, word in request.wanted.items() if key in layout.fields}
        if layout.name == ged.NAME:
            events = dyad_events(sources, Selection(wanted))
            evidence = {"events": events, "dyads": dyads_of(events)}
            names = ", ".join(str(source.path) for source in sources)
            one_conflict(evidence["dyads"], names, chosen=bool(set(wanted) - {"country"}))
        parts.append(layout.read(sources, Selection(wanted)))
    whole = merged(parts)
    daily = whole.daily
    if daily is not None and LAUNCHES in daily and EVENTS not in daily:
        evidence |= {"lethal": False}
        daily = daily[[LAUNCHES]].rename(columns={LAUNCHES: EVENTS})
    if daily is not None and evidence.get("dyads"):
        daily = fought_by_day(evidence["events"], evidence["dyads"], daily.index)
    return Evidence(
        daily=daily, monthly=whole.monthly, total=whole.total(), reports=whole.reports, **evidence
    )


def fought_by_day(events: pd.DataFrame, dyads: Sequence[Dyad], days: Any) -> pd.DataFrame:
    """Place-precise events and deaths a day of some dyads: violence against civilians is in the monthly totals only."""
    import pandas as pd

    known = precise(pd.concat([counts_of(events, dyad) for dyad in dyads]))
    table = pd.DataFrame({EVENTS: 1.0, DEATHS: known["best"].astype(float)}, index=known.index)
    return table.groupby(known["start"].to_numpy()).sum().reindex(days, fill_value=0.0)


def unanswered(request: Request, opened: Sequence[Opened]) -> Iterator[InputError]:
    """A choice that no file can answer; of sides, counts know none, and those are then the names of the parties."""
    for key, word in request.wanted.items():
        columns = [layout.fields[key].present(source) for source, layout in opened if key in layout.fields]
        if key not in ("side_a", "side_b") and not any(columns):
            expected = "no such option, since no file has a column for it"
            yield InputError(f"{OPTIONS[key]}: got {word!r}; expected {expected}")
