"""The words of a case that is built: comments on top of its files, its summary, and the policies that any case has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from detente.experiments.cases.builder.assembly import Draft
from detente.experiments.cases.builder.span import Span
from detente.model.catalogue import SHIPPED
from detente.model.reading import TOML, read_text

PATTERN, COMMON = "template", ("status-quo", "five-lessons")
"""The shipped case whose policies fit any case, and which they are: they name no party."""

HISTORY = """\
What was done, as tables of ceasefires and agreements say.  Only what such tables hold stands here: offers, answers,
signatures and the opening of talks.  Visits, releases, changes of leaders and outside moves are to be added by hand."""


def case_opening(draft: Draft, about: dict[str, Any]) -> str:
    """What stands on top of the case file."""
    days = about["days"]
    lines = [
        f"{draft.span.start} to {draft.span.end}, built by `detente new` from the files under sources.",
        "",
        f"Numbers are estimated from {days['estimated_from']} to {days['estimated_until']}.",
        *(f"  {line}" for line in about["findings"]),
        "",
        "Whatever no file and no expert says is a prior: a range, not a number.  NOTES.md says more of each.",
    ]
    return "\n".join(lines)


def summary_of(draft: Draft) -> str:
    """The summary of a case."""
    cast, span = draft.cast, draft.span
    others = len(cast.foes) - 1
    more = f" and {others} other {'party' if others == 1 else 'parties'}" if others else ""
    return f"{cast.government.title}, {cast.main.title}{more}, {span.start:%Y-%m} to {span.end:%Y-%m}; built from data."


def shipped_policies() -> dict[str, str]:
    """The policies that fit any case, as they stand in the shipped one."""
    folder = SHIPPED / PATTERN / "policies"
    return {name: read_text(folder / f"{name}.toml", TOML) for name in COMMON}


def history_head(
    span: Span, moves: Sequence[dict[str, Any]], pivot: date | None
) -> tuple[str, dict[str, Any]]:
    """The comment and the first keys of the history; with a pivot asked for, it is imposed up to the day before."""
    summary = "Ceasefires and agreements of the files."
    head: dict[str, Any] = {"name": "history", "title": "History", "summary": summary, "mode": "conditioned"}
    if pivot is not None and pivot > span.start:
        head |= {"mode": "until", "until": min(pivot - timedelta(days=1), span.end)}
        head["summary"] = f"{summary[:-1]}, imposed up to the day before the pivot, then left to the rules."
    if not moves:
        head["summary"] = "No file says what was done; add moves by hand."
    return HISTORY, head
