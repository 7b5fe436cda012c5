"""Events in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from detente.agents import codes
from detente.model.opening import Opening
from detente.model.stages import STAGE_NAMES

KIND_NAMES = {
    codes.PARTY: "parties",
    codes.FACTION: "factions",
    codes.MEDIATOR: "mediators",
    codes.SPOILER: "spoilers",
}

ABOUT_TRACK = {codes.TRACK_OPENED, codes.ISSUE_SETTLED, codes.TRACK_FAILED, codes.TRACK_CONCLUDED, codes.LEAK}
ABOUT_MEASURE = {
    codes.MEASURE_GIVEN,
    codes.MEASURE_ANSWERED,
    codes.MEASURE_UNMET,
    codes.MEASURE_REVERSED,
    codes.MEASURE_NARROWED,
    codes.PROMISE_BROKEN,
}
ABOUT_CHOICE = {codes.MOVE_IMPOSED, codes.MOVE_BLOCKED}


def title_of(start: Opening, kind: int, index: int) -> str:
    """The title of an actor; empty for the world itself."""
    if kind == codes.WORLD or index < 0:
        return ""
    name = start.cast.of(KIND_NAMES[kind])[index]
    return start.cast.titles.get(name, name)


def subject_of(start: Opening, what: int, subject: int, other: str) -> str:
    """What an event is about, in words."""
    if subject < 0:
        return ""
    cast = start.cast
    if what in ABOUT_TRACK:
        name = cast.tracks[subject]
        return cast.titles.get(name, name)
    if what in ABOUT_MEASURE:
        name = cast.measures[subject]
        return cast.titles.get(name, name)
    if what in ABOUT_CHOICE:
        _, decision, about = cast.choices[subject].split(":", 2)
        titles = (cast.titles.get(name, name) for name in about.split(">"))
        return f"{decision.replace('_', ' ')}: {' to '.join(titles)}"
    if what == codes.LEVER_SET:
        return codes.DECLARED_LEVERS[subject].title
    if what == codes.CONTEXT_CHANGED:
        return codes.CONTEXTS[subject]
    if other and what not in (codes.MEDIATOR_ENGAGED, codes.MEDIATOR_LEFT):
        return ""
    sides = (cast.titles.get(name, name) for name in cast.pairs[subject].split("+"))
    return f"between {' and '.join(sides)}"


def truce_form(form: int) -> str:
    """Class and scope of a ceasefire, in words."""
    kind, scope = codes.TRUCE_FORMS[form]
    words = "cessation of hostilities" if kind == codes.TRUCE_CLASSES[codes.CESSATION] else kind
    return f"local {words}" if scope == codes.TRUCE_SCOPES[codes.LOCAL_SCOPE] else words


def event_row(event: Any, start: Opening) -> dict[str, Any]:
    """One event in words: date, stage, event, actor, other, what it was about, why, and its number.

    ``event`` is an ``Event`` object or a row of an event array.
    """
    read = event.__getitem__ if hasattr(event, "dtype") else event.__getattribute__
    day, what = float(read("day")), int(read("what"))
    other = title_of(start, int(read("other_kind")), int(read("other")))
    began = what in codes.CEASEFIRE_BEGINS
    return {
        "date": (start.scenario.case.start + timedelta(days=int(day))).isoformat(),
        "stage": STAGE_NAMES[int(read("stage"))],
        "event": codes.EVENTS[what],
        "actor": title_of(start, int(read("actor_kind")), int(read("actor"))),
        "other": other,
        "what": truce_form(int(read("form")))
        if began
        else subject_of(start, what, int(read("subject")), other),
        "why": codes.CAUSES[int(read("why"))],
        "value": float(read("value")),
    }
