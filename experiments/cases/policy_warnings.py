"""What is legal in a policy and probably not meant in its case: each rule yields a line for every place it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from detente.agents.codes import LEVERS, SET_LEVER
from detente.agents.schema import dtype_of
from detente.experiments.cases.case_warnings import is_between_foes
from detente.experiments.cases.imposed import Imposed, about, concerns_same, day_of, named
from detente.experiments.cases.inert import inert_lever, inert_levers, inert_parameter
from detente.experiments.cases.remark import Remark, remarks
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.policy import MEASURE_DECISIONS, TRACK_DECISIONS, TRUCE_DECISIONS, ConditionSpec, MoveSpec

Lines = Iterator[str]


def policy_remarks(start: Opening) -> list[Remark]:
    """Everything that is probably not meant in a policy, as a case is opened under it."""
    return remarks(RULES, Imposed(start))


# -- settings


def lever_set_in_vain(p: Imposed) -> Lines:
    """A lever is raised that moves nothing in the case."""
    raised = [name for name, value in p.start.levers.items() if value > 0]
    moved = [
        m.lever or "mediation" for m in p.doing("lever", "invite_mediators") if p.ground.is_sponsor(m.actor)
    ]
    for name in dict.fromkeys([*raised, *moved]):
        why = inert_lever(p.ground, name)
        if why is not None:
            yield f"lever {name}: is raised and moves nothing in {p.scenario.case.name}: {why}"


def parameter_set_in_vain(p: Imposed) -> Lines:
    """A parameter is given another value than the case's, and nothing reads it."""
    for group in type(p.start.parameters).model_fields:
        own, used = getattr(p.scenario.parameters, group), getattr(p.start.parameters, group)
        for name in type(used).model_fields:
            why = inert_parameter(p.ground, f"{group}.{name}")
            if why is not None and getattr(used, name) != getattr(own, name):
                yield f"parameter {group}.{name}: {getattr(used, name):g} moves nothing: {why}"


def lever_overwritten(p: Imposed) -> Lines:
    """A lever is moved before the pivot, on which the policy's own setting takes its place."""
    pivot = p.scenario.case.pivot
    for m in p.doing("lever", "invite_mediators"):
        setting = p.start.levers.get(m.lever or "mediation", 0.0)
        if m.date is not None and m.date <= pivot and setting > 0 and p.ground.is_sponsor(m.actor):
            yield f"{named(m)}: holds until {pivot} only, when the policy's {setting:g} takes its place"


def moves_left_to_the_rules(p: Imposed) -> Lines:
    """Mode free carries out none of the acts that the policy dates."""
    acts = [m for m in p.start.policy.move if m.date is not None and m.sort != "context"]
    left = [m for m in acts if m.do not in ("block", "lever")]
    if p.mode[0] == "free" and left:
        yield f"mode: is 'free', which carries out none of {len(left)} dated acts, {named(left[0])} first"


def move_of_a_mechanism_that_is_off(p: Imposed) -> Lines:
    """A decision is imposed while its mechanism is switched off."""
    mechanism = {
        **dict.fromkeys(TRUCE_DECISIONS, "ceasefires"),
        **dict.fromkeys(TRACK_DECISIONS, "talks"),
        **dict.fromkeys(MEASURE_DECISIONS, "measures"),
        "draw_down": "leverage",
        "launch_offensive": "level",
    }
    for m in p.doing(*mechanism):
        if p.ground.is_off(mechanism[m.do]):
            yield f"{named(m)}: does nothing, since switches.{mechanism[m.do]} is 0"


# -- dates


def window_before_its_move(p: Imposed) -> Lines:
    """A window of a truce begins before the day it is decided on."""
    for m in p.doing(*TRUCE_DECISIONS):
        if m.date is not None and m.start is not None and m.start < m.date:
            yield f"{named(m)}.from: {m.start} lies before the move itself"


# -- moves against each other


def imposed_and_ruled_out(p: Imposed) -> Lines:
    """One decision is imposed on a day on which it is ruled out: it is made all the same."""
    for m in p.dated:
        for b in p.bans:
            same = m.actor == b.actor and m.do == b.decision and b.about in (None, about(m))
            if same and b.start <= day_of(m) <= b.end:
                yield f"{named(m)}: is ruled out from {b.start} to {b.end}, and made all the same"


def made_twice(p: Imposed) -> Lines:
    """One decision is imposed twice on a day: the later line counts."""
    seen: dict[tuple[object, ...], MoveSpec] = {}
    for m in p.dated:
        key = (m.date, m.actor, m.do, m.what, about(m), m.lever)
        if key in seen and m.sort != "context":
            yield f"{named(m)}: stands twice on this day; the later line counts"
        seen[key] = m


OPPOSITES = {
    "leave_track": "open_track",
    "reverse_measure": "give_measure",
    "narrow_measure": "give_measure",
}
"""What undoes a decision -> the decision."""


def undone_the_same_day(p: Imposed) -> Lines:
    """A track is opened and left, or a measure given and taken back, on one day."""
    for m in p.dated:
        if m.do in OPPOSITES and any(
            n.do == OPPOSITES[m.do] and about(n) == about(m) and n.date == m.date for n in p.dated
        ):
            yield f"{named(m)}: undoes on the same day what {OPPOSITES[m.do]} does"


FIRST = {
    "leave_track": ("open_track",),
    "reverse_measure": ("give_measure",),
    "narrow_measure": ("give_measure",),
    "answer_measure": ("give_measure",),
    "extend_truce": ("offer_truce", "answer_truce"),
}
"""What a decision presupposes."""


def before_anything_it_builds_on(p: Imposed) -> Lines:
    """A track is left, a measure taken back or answered, a truce extended, before any move that begins it."""
    for m in p.dated:
        if m.do not in FIRST:
            continue
        begun = [n for n in p.moves if n.do in FIRST[m.do] and concerns_same(m, n) and is_earlier(n, m)]
        if not begun:
            words = " or ".join(FIRST[m.do])
            yield f"{named(m)}: no {words} stands before it, so it does something only if the rules began it"


def is_earlier(one: MoveSpec, other: MoveSpec) -> bool:
    """Whether a move may be made by the day of another; a triggered one may come at any time."""
    return one.date is None or day_of(one) <= day_of(other)


def answer_without_offer(p: Imposed) -> Lines:
    """An imposed answer to a truce that nobody offered binds both sides."""
    offers = list(p.doing("offer_truce"))
    for m in p.doing("answer_truce"):
        offered = [n for n in offers if n.actor == m.to and n.to == m.actor and is_earlier(n, m)]
        if not offered:
            yield f"{named(m)}: {m.to} offers no truce before it; the answer binds {m.to} all the same"


def truce_that_the_other_may_answer(p: Imposed) -> Lines:
    """A truce is offered, and nothing says what the other side does: its own rule answers, or not."""
    for m in (m for m in p.planned if m.do == "offer_truce"):
        other = str(m.to)
        spoken_for = any(n.actor == other for n in p.doing("answer_truce"))
        if not (spoken_for or p.is_banned(other, "answer_truce", m.actor) or p.ground.is_off("ceasefires")):
            yield (
                f"{named(m)}: {other} answers, or not, by its own rule; add its answer_truce (sort reply), or a block"
                " of it, to decide that"
            )


def talks_that_the_rules_may_leave(p: Imposed) -> Lines:
    """Talks are imposed, and a participant may walk out by its own rule."""
    if p.mode[0] != "conditioned":
        return  # what follows the day of mode "until" is meant for the rules
    between = {t.name: t.between for t in p.scenario.track}
    leaving = {m.actor for m in p.doing("leave_track") if m.date is not None}
    for track in dict.fromkeys(str(m.track) for m in p.planned if m.do == "open_track"):
        free = [
            name
            for name in between[track]
            if name not in leaving and not p.is_banned(name, "leave_track", track)
        ]
        if free and not p.ground.is_off("talks"):
            yield (
                f"[move: open_track {track}]: {' and '.join(free)} may leave it by their own rule; block leave_track to"
                " keep it open"
            )


def track_ruled_out_throughout(p: Imposed) -> Lines:
    """A track that one side is never free to open, and that nothing imposes."""
    case = p.scenario.case
    opened = {m.track for m in p.doing("open_track")}
    for t in p.scenario.track:
        for b in p.bans:
            whole = b.start <= case.start and b.end >= case.end
            if b.decision == "open_track" and b.about == t.name and whole and t.name not in opened:
                yield f"[track: {t.name}]: never opens: {b.actor} may not open it, from the first day to the last"


# -- sizes


def step_without_effect(p: Imposed) -> Lines:
    """A step of a measure that is nothing, or larger than the measure can be."""
    largest = {x.name: x.max_cost for x in p.scenario.measure}
    for m in p.doing("give_measure"):
        limit = largest[str(m.measure)]
        if m.amount == 0:
            yield f"{named(m)}.amount: 0 gives nothing"
        elif m.amount is not None and m.amount > limit:
            yield f"{named(m)}.amount: {m.amount:g} is cut to the measure's max_cost, {limit:g}"


def drawdown_without_effect(p: Imposed) -> Lines:
    """Forces are drawn down to a share that is not below the one before."""
    present = {x.name: x.presence for x in p.scenario.party}
    for m in p.dated:
        if m.do != "draw_down":
            continue
        if present[m.actor] == 0 or (m.amount is not None and m.amount >= present[m.actor]):
            yield f"{named(m)}: leaves forces as they are, at {present[m.actor]:g}"
        present[m.actor] = min(present[m.actor], m.amount if m.amount is not None else present[m.actor])


def offensive_that_kills_nobody(p: Imposed) -> Lines:
    """An offensive is imposed where attacks are provocations: it raises them, and no rule would launch it."""
    for m in p.doing("launch_offensive"):
        relation = next(r for r in p.scenario.relation if set(r.between) == {m.actor, m.to})
        if not relation.lethal:
            yield f"{named(m)}: attacks on {m.to} are provocations that kill nobody"


def peacekeepers_without_effect(p: Imposed) -> Lines:
    """Peacekeepers come in the strength that is there already, or where the way in which wars end is switched off."""
    there = {frozenset(r.between): r.peacekeepers for r in p.scenario.relation}
    for m in (m for m in p.dated if m.do == "peacekeepers"):
        sides = frozenset((m.actor, str(m.to)))
        if p.ground.is_off("endings"):
            yield f"{named(m)}: does nothing, since switches.endings is 0"
        elif m.amount == there[sides]:
            yield f"{named(m)}.amount: leaves peacekeepers as they are, at {m.amount:g}"
        there[sides] = m.amount or 0.0


# -- conditions

HIGHEST = {"trust": 1.0, "readiness": 1.0, "talks_progress": 1.0}
"""Largest value that what is watched can take, where it has one."""


def trigger_never_met(p: Imposed) -> Lines:
    """A condition that no course of a run meets."""
    for m in p.moves:
        if m.when is not None and (why := why_never(p, m.when)) is not None:
            yield f"{named(m)}.when: is never met: {why}"


def why_never(p: Imposed, k: ConditionSpec) -> str | None:
    """Why a condition is never met; nothing where it may be."""
    days = p.start.n_days
    highest = days if k.watch == "truce_days" else HIGHEST.get(k.watch)
    zero = why_always_zero(p, k)
    if k.for_days > days:
        return f"it must hold for {k.for_days:g} days, and the case has {days:g}"
    if k.for_days <= 0:
        return None  # met at once, whatever is watched
    if k.below == 0 or (k.relative and zero and k.below is not None):
        return f"{k.watch} is never below 0"
    if k.above is not None and zero:
        return f"{k.watch} is always 0, since {zero}"
    if k.above is not None and highest is not None and k.above >= highest:
        return f"{k.watch} is never above {highest:g}"
    return None


def why_always_zero(p: Imposed, k: ConditionSpec) -> str | None:
    """Why what a condition watches stays at nothing; none where it may rise."""
    foes = is_between_foes(p.scenario, k.between)
    relation = next(r for r in p.scenario.relation if set(r.between) == set(k.between))
    if k.watch in ("deaths", "attacks", "readiness", "truce_days") and not foes:
        return f"{' and '.join(k.between)} are not hostile"
    if k.watch == "deaths" and not relation.lethal:
        return "attacks between them are provocations that kill nobody"
    if k.watch == "truce_days" and p.ground.is_off("ceasefires"):
        return "ceasefires are switched off"
    if k.watch == "talks_progress" and not any(set(t.between) == set(k.between) for t in p.scenario.track):
        return "they have no track"
    if k.watch == "talks_progress" and p.ground.is_off("talks"):
        return "talks are switched off"
    return None


def trigger_met_at_once(p: Imposed) -> Lines:
    """A condition that is met on the first days of every run."""
    for m in p.moves:
        k = m.when
        if k is None:
            continue
        if k.for_days <= 0:
            yield f"{named(m)}.when.for_days: 0 is met on the first day, whatever is watched"
        elif k.below is not None and k.below > HIGHEST.get(k.watch, float("inf")):
            yield f"{named(m)}.when.below: {k.watch} is always below {k.below:g}"
        elif k.below and not k.relative and k.watch in ("truce_days", "talks_progress"):
            yield f"{named(m)}.when.below: {k.watch} begins at 0, so this is met after {k.for_days:g} days of every run"


RULES: tuple[Callable[[Imposed], Lines], ...] = (
    moves_left_to_the_rules,
    lever_set_in_vain,
    parameter_set_in_vain,
    lever_overwritten,
    move_of_a_mechanism_that_is_off,
    window_before_its_move,
    imposed_and_ruled_out,
    made_twice,
    undone_the_same_day,
    before_anything_it_builds_on,
    answer_without_offer,
    truce_that_the_other_may_answer,
    talks_that_the_rules_may_leave,
    track_ruled_out_throughout,
    step_without_effect,
    drawdown_without_effect,
    offensive_that_kills_nobody,
    peacekeepers_without_effect,
    trigger_never_met,
    trigger_met_at_once,
)
"""The rules, in the order in which a reader meets what they speak of."""


# -- policies that are the same


def footprint(start: Opening) -> tuple[bytes, ...]:
    """What a policy does to a run, as bytes: equal for two policies of a case whose runs are the same.

    Levers that move nothing are left out, and so is their being set.
    """
    moves, conditions = (records_of(start, kind) for kind in ("moves", "conditions"))
    inert = [tuple(LEVERS).index(name) for name in inert_levers(Imposed(start).ground)]
    lines = [m.tobytes() for m in moves if not (m["effect"] == SET_LEVER and int(m["subject"]) in inert)]
    return (start.theory.encode(), start.parameter_record.tobytes(), *lines, conditions.tobytes())


def records_of(start: Opening, kind: str) -> np.ndarray[Any, Any]:
    """The records of a kind, as they lie in the opening's buffer."""
    place = dict(start.layout.slices())[kind]
    return start.buffer[place].view(dtype_of(KINDS[kind]))


def same_policies(starts: Mapping[str, Opening]) -> list[Remark]:
    """Openings of one case that do the same, by the names given them."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for name, start in starts.items():
        key = (start.scenario.sha256, start.step_days, *footprint(start))
        alike.setdefault(key, []).append(name)
    case = next((start.scenario.case.name for start in starts.values()), "")
    reason = "same moves, and no lever that acts differs"
    return [
        Remark("policy-equals-another", f"policies {', '.join(names)}: are the same in {case}: {reason}")
        for names in alike.values()
        if len(names) > 1
    ]
