"""What a policy leaves to the rules: decisions that it neither imposes nor rules out, as a case is opened under it."""

from __future__ import annotations

from collections.abc import Iterator

from detente.experiments.cases.imposed import Imposed, concerns_same, day_of
from detente.model.moves import is_imposed
from detente.model.policy import TRUCE_DECISIONS, MoveSpec

Lines = Iterator[str]

WITHIN_A_WAR = ("offer_truce", "answer_truce", "extend_truce")
"""Decisions about a truce with a foe."""


def left_to_rules(p: Imposed) -> tuple[str, ...]:
    """One line for each kind of decision that stays with the rules, with what it concerns."""
    parts = (later_moves, truces, talks, measures, agreements)
    return tuple(line for part in parts for line in part(p))


def later_moves(p: Imposed) -> Lines:
    """Dated moves that the mode does not impose."""
    mode, until = p.mode
    left = [m for m in p.start.policy.move if m.date is not None and not is_imposed(m, mode, until)]
    if left:
        first = min(map(day_of, left))
        yield f"{len(left)} dated moves, from {first} on; mode conditioned imposes them"


def truces(p: Imposed) -> Lines:
    """Answers to imposed offers, ends of imposed truces before their day, truces of the parties' own accord."""
    if p.ground.is_off("ceasefires"):
        return
    offers = [m for m in p.planned if m.do == "offer_truce"]
    for m in offers:
        if not is_answered(p, m):
            yield f"whether {m.to} answers the truce that {m.actor} offers on {on(m)}"
    by_luck = [m for m in offers if m.kept is None]
    if by_luck:
        yield f"how far {len(by_luck)} of {len(offers)} imposed truces are kept, for want of kept"
    if offers:
        yield f"whether imposed truces ({len(offers)}) break before their last day"
    free = [f"{a} and {b}" for a, b in foes(p) if not all_banned(p, a, b, WITHIN_A_WAR)]
    if free:
        yield f"truces of their own accord: {'; '.join(free)}"


def is_answered(p: Imposed, offer: MoveSpec) -> bool:
    """Whether an offer is of both sides, or what the other does is decided."""
    if offer.sort == "joint":
        return True
    replies = (m for m in p.doing(*TRUCE_DECISIONS) if m.actor == offer.to and m.do == "answer_truce")
    return any(concerns_same(m, offer) for m in replies) or p.is_banned(
        str(offer.to), "answer_truce", offer.actor
    )


def foes(p: Imposed) -> Iterator[tuple[str, str]]:
    """Pairs of parties that are hostile, in the order of the case."""
    yield from (r.between for r in p.scenario.relation if r.hostile)


def all_banned(p: Imposed, a: str, b: str, decisions: tuple[str, ...]) -> bool:
    """Whether neither of two parties is ever free to take some decisions about the other."""
    return all(is_out(p, one, d, other) for one, other in ((a, b), (b, a)) for d in decisions)


def is_out(p: Imposed, actor: str, decision: str, subject: str) -> bool:
    """Whether a decision is ruled out from the first day to the last."""
    case = p.scenario.case
    return any(
        (b.actor, b.decision) == (actor, decision)
        and b.about in (None, subject)
        and b.start <= case.start
        and b.end >= case.end
        for b in p.bans
    )


def talks(p: Imposed) -> Lines:
    """Tracks that may be opened, or left, otherwise than imposed."""
    if p.ground.is_off("talks"):
        return
    tracks = p.scenario.track
    opening = [t.name for t in tracks if not any(is_out(p, a, "open_track", t.name) for a in t.between)]
    leaving = [t.name for t in tracks if not all(is_out(p, a, "leave_track", t.name) for a in t.between)]
    if opening:
        yield f"when talks open, beside what is imposed: {', '.join(opening)}"
    if leaving:
        yield f"when talks are left, beside what is imposed: {', '.join(leaving)}"


def measures(p: Imposed) -> Lines:
    """Measures that their givers may give of their own accord."""
    if p.ground.is_off("measures"):
        return
    free = [m.name for m in p.scenario.measure if not is_out(p, m.giver, "give_measure", m.name)]
    if free:
        yield f"measures, beside what is imposed: {', '.join(free)}"


def agreements(p: Imposed) -> Lines:
    """Signatures that are not imposed, and whether those that are imposed last."""
    if p.ground.is_off("settlement"):
        return
    free = [
        (a, b) for a, b in foes(p) if not any(is_out(p, x, "sign_agreement", y) for x, y in ((a, b), (b, a)))
    ]
    pairs = [f"{a} and {b}" for a, b in free]
    if pairs:
        yield f"agreements that are not imposed: {'; '.join(pairs)}"
    for m in p.planned:
        if m.do == "sign_agreement":
            yield f"whether the agreement of {on(m)} lasts"


def on(m: MoveSpec) -> str:
    """The day of a move, in words."""
    return str(m.date) if m.date else "a day that a condition sets"
