"""Whose an imposed move is: the policy's, or the user's own decision.

A run does not write it down, since both take the same path.  It follows from the opening: what is imposed rests on the
latest dated move about the same thing, and the user's own are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from detente.agents import codes
from detente.agents.schema import dtype_of
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.policy import MEASURE_DECISIONS, TRACK_DECISIONS, TRUCE_DECISIONS, MoveSpec, parts_of
from detente.model.story import ABOUT_CHOICE, ABOUT_MEASURE, ABOUT_TRACK

IMPOSED = (codes.BY_POLICY, codes.AGAINST_MODEL)
"""Causes of events that a policy or a user brought about."""

SOON = 1e-6
"""Days by which the clock of a run with steps of a third may be behind."""


NO_DECISION = (
    *(codes.SILENCE, codes.CONTEXT, codes.SIGN_BY_POLICY, codes.VOTE, codes.KEEP_PEACE),
    *codes.CAST_EFFECTS,
)
"""Effects of moves that are nobody's decision."""


class Dated(NamedTuple):
    """A dated move: its day, who decides what about which thing, and whether it is the user's own."""

    day: float
    actor: str
    decision: str
    about: str
    own: bool


def is_own(event: Any, start: Opening) -> bool:
    """Whether an event came about by a decision of the user's, made on top of the policy."""
    if not start.decisions or int(event["why"]) not in IMPOSED:
        return False
    by_now = [m for m in dated_moves(start) if m.day <= float(event["day"]) + SOON]
    return next((m.own for m in reversed(by_now) if brings_about(m, event, start)), False)


def dated_moves(start: Opening) -> Iterator[Dated]:
    """The moves of an opening, policy and decisions together, in the order in which they are made."""
    places = dict(start.layout.slices())
    own = {made for d in start.decisions for made in own_moves(d, start)}
    for m in start.buffer[places["moves"]].view(dtype_of(KINDS["moves"])):
        effect, subject = int(m["effect"]), int(m["subject"])
        if int(m["condition"]) != codes.NOBODY or effect in NO_DECISION:
            continue
        actor = start.cast.parties[int(m["actor"])]
        if effect == codes.SET_LEVER:
            named = (actor, "lever", tuple(codes.LEVERS)[subject])
        elif effect == codes.SIGN:
            named = (actor, "sign_agreement", f"{actor}>{other_side(start.cast.pairs[subject], actor)}")
        else:
            named = tuple(start.cast.choices[subject].split(":", 2))
        moved = (float(m["day"]), *named)
        yield Dated(*moved, own=moved in own)


def other_side(pair: str, actor: str) -> str:
    """The other party of a pair, as the cast names it."""
    a, b = pair.split("+")
    return b if actor == a else a


def own_moves(decision: MoveSpec, start: Opening) -> Iterator[tuple[float, str, str, str]]:
    """Day, actor, decision and subject of what a user decided: both halves of a joint move."""
    for part in parts_of(decision):
        day = 0.0 if part.date is None else max(float((part.date - start.scenario.case.start).days), 0.0)
        about = part.track or part.measure or (f"{part.actor}>{part.to}" if part.to else part.actor)
        match part.do:
            case "lever":
                yield day, part.actor, "lever", part.lever or ""
            case "invite_mediators":
                yield day, part.actor, "lever", tuple(codes.LEVERS)[codes.LEVER_MEDIATION]
            case "block":
                yield day, part.actor, part.what or "", about
            case _:
                yield day, part.actor, part.do, about


def brings_about(m: Dated, event: Any, start: Opening) -> bool:
    """Whether an event may rest on a move: it is about the same choice, lever, track, measure, forces or truce."""
    what, subject, cast = int(event["what"]), int(event["subject"]), start.cast
    if what in codes.COMINGS_AND_GOINGS:
        return False
    actor = cast.parties[int(event["actor"])]
    if what in ABOUT_CHOICE:
        return f"{m.actor}:{m.decision}:{m.about}" == cast.choices[subject]
    if what == codes.LEVER_SET:
        return (m.actor, m.decision, m.about) == (actor, "lever", tuple(codes.LEVERS)[subject])
    if what == codes.DRAWDOWN:
        return (m.actor, m.decision) == (actor, "draw_down")
    if what == codes.OFFENSIVE:
        return m.decision == "launch_offensive" and m.about == f"{actor}>{cast.parties[int(event['other'])]}"
    if what in ABOUT_TRACK:
        return m.decision in TRACK_DECISIONS and m.about == cast.tracks[subject]
    if what in ABOUT_MEASURE:
        return m.decision in MEASURE_DECISIONS and m.about == cast.measures[subject]
    decisions = ("sign_agreement",) if what == codes.AGREEMENT else TRUCE_DECISIONS
    if m.decision not in decisions or not 0 <= subject < len(cast.pairs):
        return False
    return set(m.about.split(">")) == set(cast.pairs[subject].split("+"))
