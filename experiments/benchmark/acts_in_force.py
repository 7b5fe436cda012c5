"""The acts of a history as of a day: those in force, put back on the first day of a case, and those that follow.

What an act did to violence in earlier months is part of the level that is filtered from them, so an act without a known
end is put back only while it is young enough for its effect not to be in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from detente.model.policy import MoveSpec, Policy

YOUNG = 60
"""Days after which a ceasefire or an agreement of unknown end is taken to be in the level of violence (the median
length of ceasefires of several sides: ETH/PRIO)."""

TALKS = 365
"""Days after which talks that were opened, and not left as far as is known, are no longer taken to be held."""

OPEN_ENDED = {"offer_truce": YOUNG, "answer_truce": YOUNG, "sign_agreement": YOUNG, "open_track": TALKS}
"""What is in force for how many days [days] where no end is known."""


def in_force(moves: Sequence[MoveSpec], day: date) -> tuple[MoveSpec, ...]:
    """The dated moves before a day that are still in force on it, dated on it, without ends that only came later."""
    past = [move for move in moves if move.date is not None and move.date < day]
    kept = [move for k, move in enumerate(past) if lasts(move, past[k + 1 :], day)]
    return tuple({key(move): opened(move, day) for move in kept}.values())


def lasts(move: MoveSpec, later: Sequence[MoveSpec], day: date) -> bool:
    """Whether a move made before a day still holds on it, given what was done between."""
    if move.do == "lever":
        return True
    if move.do == "open_track" and any(m.do == "leave_track" and m.track == move.track for m in later):
        return False
    if move.do == "block":
        return move.what == "answer_truce" and (move.end is None or move.end >= day)
    if move.do not in OPEN_ENDED or move.date is None:
        return False
    return move.end >= day if move.end is not None else (day - move.date).days <= OPEN_ENDED[move.do]


def key(move: MoveSpec) -> tuple[Any, ...]:
    """What a move decides: of several decisions on the same matter, the last one holds."""
    return move.actor, move.to, move.do, move.what, move.track, move.lever, move.scope


def opened(move: MoveSpec, day: date) -> MoveSpec:
    """A move made on a day, as far as is known then: when it will end is left to the rules."""
    dates: dict[str, Any] = {"date": day, "known_from": None, "end": day if move.do == "block" else None}
    return move.model_copy(update={**dates, "start": None if move.start is None else day})


def following(moves: Sequence[MoveSpec], first: date, last: date) -> Iterator[MoveSpec]:
    """The dated moves of a stretch of time."""
    for move in moves:
        if move.date is not None and first <= move.date <= last:
            yield move.model_copy(update={"known_from": None})


def with_ends(kept: Sequence[MoveSpec], moves: Sequence[MoveSpec], day: date) -> tuple[MoveSpec, ...]:
    """Moves in force on a day, with the ends that history gave them."""
    ends = {key(m): m.end for m in moves if m.date is not None and m.date < day and m.end is not None}
    return tuple(
        m.model_copy(update={"end": ends[key(m)]}) if ends.get(key(m), date.min) >= day else m for m in kept
    )


def policy_of(moves: Sequence[MoveSpec], day: date, *, known: bool) -> Policy:
    """A policy of acts: imposed throughout if diplomacy is known, or else on the first day alone."""
    words = "Acts of the history, also those to come" if known else "Acts in force on the first day"
    mode: dict[str, Any] = {"mode": "conditioned"} if known else {"mode": "until", "until": day}
    head = {"name": "diplomacy-known" if known else "nothing-known", "title": words, "summary": words}
    return Policy.model_construct(**head, **{"until": None, **mode}, levers={}, move=tuple(moves), quiet=())
