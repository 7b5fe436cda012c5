"""From observed files to a runnable case: ``detente new``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from detente.experiments.cases.builder.assembly import (
    Draft,
    Measured,
    notes_on_opinions,
    other_numbers,
    tables_of,
)
from detente.experiments.cases.builder.attack_rates import (
    attacks,
    counted,
    deadliness,
    event_sizes,
    scale,
    tail,
)
from detente.experiments.cases.builder.copying import copied
from detente.experiments.cases.builder.estimate import Fact
from detente.experiments.cases.builder.evidence import Evidence, gather
from detente.experiments.cases.builder.experts import Opinion, read_experts
from detente.experiments.cases.builder.findings import findings, monthly_csv, observed_tables
from detente.experiments.cases.builder.history import History, contradictions, history_of
from detente.experiments.cases.builder.new_request import Day, Files, Problems, Request, checked_request
from detente.experiments.cases.builder.parties import Cast, cast_of
from detente.experiments.cases.builder.screening import Progress, Ready, Screening, screened
from detente.experiments.cases.builder.seasons import holidays_of, season_of
from detente.experiments.cases.builder.source_notes import by_grade, file_tables, notes_text, source_lines
from detente.experiments.cases.builder.span import Span, span_of
from detente.experiments.cases.builder.texts import case_opening, history_head, shipped_policies, summary_of
from detente.experiments.cases.builder.trial import check_texts
from detente.experiments.cases.builder.usual_facts import remaining_facts
from detente.experiments.cases.builder.volatility import daily_dispersion, volatility
from detente.experiments.cases.builder.writing import policy_text, toml_text, write_folder
from detente.experiments.data.selection import Choice
from detente.model.scenario import VERSIONS, parse_scenario


@dataclass(frozen=True)
class NewCase:
    """A case that was built: its folder, its facts with their grades, what the data say, and what hangs on what."""

    name: str
    folder: Path
    facts: tuple[Fact, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict[str, Any])
    screening: Screening | None = None
    copied_from: str | None = None

    @cached_property
    def grades(self) -> dict[str, int]:
        """How many facts there are of each grade."""
        return by_grade(self.facts)

    @property
    def share_from_data(self) -> float:
        """Share of facts that come from data; 0 where the case has none."""
        return self.grades["data"] / len(self.facts) if self.facts else 0.0

    def to_json(self) -> dict[str, Any]:
        """Everything as one object of plain values, as ``detente new --json`` prints it."""
        return {
            "name": self.name,
            "folder": str(self.folder),
            "copied_from": self.copied_from,
            "grades": self.grades,
            "share_from_data": self.share_from_data,
            "facts": [fact.to_json() for fact in self.facts],
            **self.about,
            "screening": None if self.screening is None else self.screening.to_json(),
        }

    def __repr__(self) -> str:
        """The case in lines, as a notebook shows it."""
        if self.copied_from:
            return f"Case {self.name} in {self.folder}, a copy of {self.copied_from}"
        grades = ", ".join(f"{n} {grade}" for grade, n in self.grades.items() if n)
        lines = [f"Case {self.name} in {self.folder}: {len(self.facts)} facts ({grades})"]
        lines += [f"  {line}" for line in self.about["findings"]]
        return "\n".join([*lines, *(self.screening.lines() if self.screening else ())])


def new(
    name: str,
    *,
    out: str | Path | None = None,
    copy: str | None = None,
    ged: Files = None,
    data: Files = None,
    ceasefires: Files = None,
    agreements: Files = None,
    experts: str | Path | None = None,
    country: str | int | None = None,
    pivot: Day = None,
    force: bool = False,
    screen: bool = True,
    progress: Progress | None = None,
    ready: Ready | None = None,
    **choice: Unpack[Choice],
) -> NewCase:
    r"""Build a case from observed files: a folder with the case, its policies, its observed series and notes.

    What the data do not say is a prior with a range, drawn anew for each seed.

    Args:
        name: name of the case: lower-case letters, digits and hyphens.
        out: its folder; the name in the working folder unless given.
        copy: a shipped case to copy in place of building one.
        ged: files of UCDP GED, yearly and candidate releases.
        data: other files of observed data, of any layout that ``read_data`` knows.
        ceasefires: tables of ceasefires.
        agreements: tables of peace agreements.
        experts: a table of what experts say, one row an actor.
        country: the country, by name or id.
        pivot: day from which levers act; numbers are then estimated from the days before it.
        force: replace a case that is there.
        screen: find out which facts the outcomes depend on, which takes up to a minute; Ctrl-C ends it, and the case
            stands.
        progress: called with the number of draws of the screening done and the number in all.
        ready: called with an opening of the case and its first seed before it is screened.
        **choice: ``conflict``, ``dyad``, ``side_a``, ``side_b`` and ``case`` choose rows by name or id; ``since`` and
            ``until`` (dates or text) are the first and the last day of the case.

    Returns:
        The folder, the facts with their grades, what the data say, and the facts that outcomes depend on most.

    Raises:
        InputError: with everything that is wrong with the files or options; nothing is written then.

    Examples:
        >>> import detente, pathlib, tempfile
        >>> case = detente.new("my-war", out=pathlib.Path(tempfile.mkdtemp()) / "my-war", copy="template")
        >>> detente.check(case.folder).ok
        True
    """
    wanted = {"country": country, **choice}
    if copy is not None:
        given = {
            "ged": ged,
            "data": data,
            "ceasefires": ceasefires,
            "agreements": agreements,
            "experts": experts,
        }
        return NewCase(name, *copied(name, copy, out, {**given, **wanted, "pivot": pivot}, force=force))
    request = checked_request(
        name,
        out=out,
        force=force,
        observed=[ged, data],
        ceasefires=ceasefires,
        agreements=agreements,
        experts=experts,
        pivot=pivot,
        **wanted,  # pyright: ignore[reportArgumentType]
    )
    return built(request, screen=screen, progress=progress, ready=ready)


def built(
    request: Request,
    *,
    screen: bool = True,
    progress: Progress | None = None,
    ready: Ready | None = None,
) -> NewCase:
    """The case of a checked request, written to its folder."""
    whole = gather(request)
    span = span_of(whole, request)
    evidence = whole.with_dyads_of(span.since, span.until)
    cast = cast_of(evidence, request, span.until)
    draft = Draft(evidence, span, cast, measured(evidence, span), ())
    draft.opinions, history = opinions_and_history(request, draft)
    tables = tables_of(draft)
    about = about_case(request, draft, history)
    case = whole_case(request, draft, tables, about)
    draft.facts += remaining_facts(parse_scenario(case, request.name), {fact.path for fact in draft.facts})
    case["facts"] = [fact.table() for fact in draft.facts]
    facts = (*draft.facts, *other_numbers(draft.measured))
    texts = files_of(request, draft, case, history, about, facts)
    check_texts(texts)
    write_folder(request.folder, texts)
    found = screened(request.folder, progress, ready) if screen else None
    return NewCase(request.name, request.folder, facts, about, found)


def measured(evidence: Evidence, span: Span) -> Measured:
    """What the data say."""
    c = counted(evidence, span)
    deadly = deadliness(c, evidence, span)
    return Measured(
        c,
        attacks(c, deadly, evidence, span),
        deadly,
        scale(c, evidence, span),
        season_of(evidence, span),
        holidays_of(evidence, span),
        tail(event_sizes(evidence, span)),
        volatility(evidence, span),
        daily_dispersion(evidence, span),
    )


def opinions_and_history(request: Request, draft: Draft) -> tuple[list[Opinion], History]:
    """What experts say, and the moves of the files; raises every fault of both."""
    problems = Problems()
    read = problems.attempt(read_experts, request.experts, draft.cast) if request.experts else None
    problems.add(contradictions(draft.evidence, draft.cast))
    problems.end()
    return read or [], history_of(draft.evidence, draft.cast, draft.span)


def about_case(request: Request, draft: Draft, history: History) -> dict[str, Any]:
    """What stands with a case beside its tables: files, days, findings, history, notes."""
    evidence, span = draft.evidence, draft.span
    paths = [*evidence.files, *([request.experts] if request.experts else [])]
    return {
        "chosen": evidence.choice,
        "files": file_tables(paths, evidence.reports),
        "days": {
            "start": f"{span.start}",
            "end": f"{span.end}",
            "pivot": f"{span.pivot}",
            "estimated_from": f"{span.since}",
            "estimated_until": f"{span.until}",
        },
        "parties": [p.title for p in draft.cast.parties],
        "findings": findings(draft),
        "history": {
            "truces": history.truces,
            "agreements": history.agreements,
            "moves": len(history.moves),
            "left_out": history.left_out,
        },
        "notes": [*evidence.notes, *draft.cast.notes, *span.notes, *notes_on_opinions(draft)],
    }


def whole_case(
    request: Request, draft: Draft, tables: dict[str, Any], about: dict[str, Any]
) -> dict[str, Any]:
    """Every table of the case file but the facts."""
    span = draft.span
    head = {
        "name": request.name,
        "title": title_of(draft.cast),
        "summary": summary_of(draft),
        "start": span.start,
        "end": span.end,
        "step_days": 1.0,
        "pivot": span.pivot,
        "deaths_scale": draft.measured.scale.rounded().value,
        "sources": source_lines(about["files"]),
        "written_for": VERSIONS[-1],
    }
    return {"case": head, **tables, "observed": observed_tables(draft)}


def title_of(cast: Cast) -> str:
    """The title of a case: its two main parties."""
    return f"{cast.government.title} and {cast.main.title}"[:200]


def files_of(
    request: Request,
    draft: Draft,
    case: dict[str, Any],
    history: History,
    about: dict[str, Any],
    facts: Sequence[Fact],
) -> dict[str, str]:
    """The files of the folder."""
    full = {key: table for key, table in case.items() if table}
    texts = {
        "case.toml": toml_text(case_opening(draft, about), full),
        "NOTES.md": notes_text(case["case"]["title"], about, facts),
        **{f"policies/{name}.toml": text for name, text in shipped_policies().items()},
    }
    moves = history.moves
    texts["policies/history.toml"] = policy_text(*history_head(draft.span, moves, request.pivot), moves)
    series = monthly_csv(draft)
    return {**texts, "observed.csv": series} if series else texts
