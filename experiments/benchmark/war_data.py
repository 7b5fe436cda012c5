"""Conflicts that are known by data alone: files read once, and a case built anew of what they say before a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.benchmark.opened import OpenedCase, last_day, opened_at
from detente.experiments.cases.builder.assembly import Draft, tables_of
from detente.experiments.cases.builder.evidence import Evidence, gather
from detente.experiments.cases.builder.history import history_of
from detente.experiments.cases.builder.new import measured, title_of
from detente.experiments.cases.builder.new_request import Files, Request, checked_request
from detente.experiments.cases.builder.parties import Cast, cast_of
from detente.experiments.cases.builder.span import Span, span_of
from detente.experiments.cases.builder.usual_facts import remaining_facts
from detente.experiments.data.coverage import month_end
from detente.experiments.data.observations import Observed
from detente.experiments.evidence.origins import Target, chosen_target, known_before
from detente.model.policy import MoveSpec, parse_policy
from detente.model.scenario import Scenario, parse_scenario

if TYPE_CHECKING:
    import pandas as pd

NAME = "opened"
"""Name of a case that is built for a day."""


@dataclass(frozen=True)
class WarData:
    """Everything that the files say of a conflict."""

    name: str
    request: Request
    evidence: Evidence

    @cached_property
    def observed(self) -> Observed:
        """Counts by day and month."""
        return Observed((), self.evidence.files, self.evidence.daily, self.evidence.monthly)

    @cached_property
    def target(self) -> Target:
        """The monthly series of deaths."""
        return chosen_target(self.observed, self.evidence.total)


def read_war(
    name: str, files: Files, *, ceasefires: Files = None, agreements: Files = None, **choice: Any
) -> WarData:
    """Read the files of a conflict.

    Args:
        name: name of the conflict.
        files: observed files of any layout that ``read_data`` knows.
        ceasefires: tables of ceasefires.
        agreements: tables of peace agreements.
        **choice: ``country``, ``conflict``, ``dyad``, ``side_a``, ``side_b``, ``case``: which rows.

    Raises:
        InputError: with everything that is wrong with the files or the choice.
    """
    request = checked_request(
        NAME,
        out=Path(f"{NAME}-case-that-is-not-written"),
        observed=[files],
        ceasefires=ceasefires,
        agreements=agreements,
        **choice,
    )
    return WarData(name, request, gather(request))


def open_war(war: WarData, day: date, *, months: int = 12, by_day: bool = True) -> OpenedCase:
    """The conflict opened on a day with a case built of the data before it alone; its history is that of all files.

    Raises:
        InputError: where there are no data before the day.
    """
    end = last_day(day, months)
    past = before(war.evidence, day)
    scenario, cast = case_before(war.request, past, day, end)
    known = known_before(Observed((), (), past.daily, past.monthly), past_target(war, day), day)
    return opened_at(scenario, known, day, end, acts_of(war.evidence, cast, end), by_day=by_day)


def past_target(war: WarData, day: date) -> Target:
    """The series of deaths up to a day."""
    values: Any = war.target.values
    return replace(war.target, values=values[values.index < str(day)])


def before(evidence: Evidence, day: date) -> Evidence:
    """What is known on a day: counts of whole months and days before it."""
    monthly, daily, events = evidence.monthly, evidence.daily, evidence.events
    if monthly is not None:
        stamps: Any = monthly.index
        monthly = monthly[[month_end(s.date()) < day for s in stamps]]
    if daily is not None:
        daily = daily[daily.index < str(day)]
    if events is not None:
        events = events[events["start"] < str(day)]
    return replace(
        evidence,
        monthly=filled(monthly),
        daily=filled(daily),
        events=filled(events),
        truces=rows_before(evidence.truces, day),
        agreements=rows_before(evidence.agreements, day),
    )


def rows_before(table: pd.DataFrame | None, day: date) -> pd.DataFrame | None:
    """Rows before a day; where there are none all of them, which then serve for the names of the parties alone."""
    if table is None:
        return None
    early = table[table["start"] < str(day)]
    return early if len(early) else table


def filled(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """A table, None where it has no rows."""
    return None if table is None or table.empty else table


def case_before(request: Request, past: Evidence, day: date, end: date) -> tuple[Scenario, Cast]:
    """A case of the data before a day, and its parties."""
    yesterday = day - timedelta(days=1)
    span = replace(span_of(past, replace(request, until=yesterday)), end=end, pivot=day)
    evidence = past.with_dyads_of(span.since, span.until)
    cast = by_role(cast_of(evidence, request, span.until))
    draft = Draft(evidence, span, cast, measured(evidence, span), ())
    tables = tables_of(draft)
    head = {
        "name": NAME,
        "title": title_of(cast),
        "summary": f"Opened on {day}.",
        "start": span.start,
        "end": end,
        "pivot": day,
        "deaths_scale": draft.measured.scale.rounded().value,
    }
    case: dict[str, Any] = {"case": head, **tables}
    scenario = parse_scenario(case, NAME)
    draft.facts += remaining_facts(scenario, {fact.path for fact in draft.facts})
    return parse_scenario({**case, "facts": [f.table() for f in draft.facts]}, NAME), cast


def by_role(cast: Cast) -> Cast:
    """A cast whose names say what a party is, and not who: luck is drawn by name, and no name may tell anything."""
    home = replace(cast.government, name="government")
    foes = {p.name: replace(p, name=f"foe-{k}") for k, p in enumerate(cast.foes, start=1)}
    return replace(
        cast,
        government=home,
        foes=tuple(foes.values()),
        among=tuple((foes[a.name], foes[b.name], share) for a, b, share in cast.among),
        spoilers=tuple((f"Spoilers {k}", share) for k, (_, share) in enumerate(cast.spoilers, start=1)),
    )


def acts_of(evidence: Evidence, cast: Cast, end: date) -> tuple[MoveSpec, ...]:
    """The dated acts of the tables of ceasefires and agreements, up to the end of a case."""
    whole = Span(date.min, end, date.min, date.min, end)
    moves = history_of(evidence, cast, whole).moves
    head = {"name": "history", "title": "History", "summary": "Acts of the files."}
    return parse_policy({**head, "mode": "conditioned", "move": moves}, "history").move
