"""What is on record in a case: the dated moves of its policy, which a run follows to the end or up to a day.

The notes of these moves tell the story; a page shows each as a caption on its day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from detente.agents.codes import LEVER_TITLES
from detente.model.opening import Opening
from detente.model.policy import MoveSpec

AS_RECORDED, UNTIL, FREE = "conditioned", "until", "free"

DOES = {
    "offer_truce": "offers {to} a ceasefire",
    "answer_truce": "accepts a ceasefire with {to}",
    "extend_truce": "goes on holding fire towards {to}",
    "answer_breach": "answers a breach by {to}",
    "open_track": "opens: {track}",
    "leave_track": "leaves: {track}",
    "give_measure": "takes a step: {measure}",
    "answer_measure": "answers: {measure}",
    "reverse_measure": "takes back: {measure}",
    "launch_offensive": "launches an offensive against {to}",
    "narrow_measure": "narrows to its core: {measure}",
    "draw_down": "draws down its forces",
    "invite_mediators": "invites mediators",
    "sign_agreement": "signs an agreement with {to}",
    "plebiscite": "votes on the agreement with {to}",
    "peacekeepers": "has peacekeepers between itself and {to}",
    "lever": "sets its will: {lever}",
    "leader": "has a new leader",
    "window": "has a window of opportunity",
    "setback": "has a setback",
    "arrive": "arrives",
    "leave": "leaves",
    "split": "splits off its party",
    "join": "goes back to its party",
}
"""What a move does, in words; ``block`` says what is ruled out."""


def record(start: Opening) -> dict[str, Any] | None:
    """The ways in which a run may follow the record; none where the policy has no dated move.

    ``on``: whether all of it is imposed; ``until``: the last day up to which it is; ``ways``: mode and words of each.
    """
    if not any(m.date for m in start.policy.move):
        return None
    mode, day = mode_now(start.mode)
    ways = [(AS_RECORDED, "As recorded"), free_way(start, day)]
    if mode == FREE and ways[1][0] != FREE:
        ways.append((FREE, "Free throughout"))
    until = {AS_RECORDED: start.scenario.case.end.isoformat(), UNTIL: day}.get(mode)
    return {
        "mode": mode,
        "usual": start.policy.mode,
        "until": until,
        "ways": [{"mode": m, "words": words} for m, words in ways],
    }


def mode_now(text: str) -> tuple[str, str]:
    """The mode of an opening and its day, if it has one; after a branch, those of the policy that took over."""
    mode, _, day = re.sub(r"^from day \d+ ", "", text.split(", ")[-1]).partition(" ")
    return mode, day


def free_way(start: Opening, day: str) -> tuple[str, str]:
    """The mode in which the rules decide, and from when; ``day`` is the last one imposed now, if there is one."""
    until = date.fromisoformat(day) if day else start.policy.until
    if until is None:
        return FREE, "Free throughout"
    return UNTIL, f"Free from {in_words(until + timedelta(1))}"


def in_words(day: date) -> str:
    """A date to read."""
    return f"{day.day} {day:%B %Y}"


def captions(start: Opening) -> list[dict[str, str]]:
    """The notes of the recorded moves by date: date, who did what, note, source.  A note given twice is told once."""
    rows: dict[tuple[date, str], dict[str, str]] = {}
    for m in start.policy.move:
        if m.date and m.note and (m.date, m.note) not in rows:
            words = move_words(start, m)
            row = {"date": m.date.isoformat(), "who": words, "note": m.note, "source": m.source}
            rows[m.date, m.note] = row
    return [rows[key] for key in sorted(rows, key=lambda key: key[0])]


def move_words(start: Opening, m: MoveSpec) -> str:
    """Who moves, and what it does."""
    titles = start.cast.titles
    names = {key: titles.get(value or "", value or "") for key, value in (
        ("to", m.to), ("track", m.track), ("measure", m.measure),
    )}  # fmt: skip
    names["lever"] = LEVER_TITLES.get(m.lever or "", m.lever or "")
    actor = titles.get(m.actor, m.actor)
    if m.do == "block":
        return f"{actor} rules out: {(m.what or '').replace('_', ' ')}"
    return f"{actor} {DOES.get(m.do, m.do.replace('_', ' '))}".format(**names)
