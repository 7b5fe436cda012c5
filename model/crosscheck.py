"""Checks of a policy against the case it is for.  Each yields every problem it sees as an ``InputError``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from detente.agents.codes import ACTOR_CHANGES
from detente.model.consistency import hostile, no_party, party_names, related
from detente.model.errors import InputError, nearest, together, unknown, wrong

if TYPE_CHECKING:
    from detente.model.policy import ConditionSpec, MoveSpec, Policy
    from detente.model.scenario import Scenario

Problems = Iterator[InputError]


def check_policy(policy: Policy, scenario: Scenario) -> None:
    """Raise unless every name in a policy exists in the case and every date lies inside it."""
    source = str(policy.path or f"policy {policy.name!r}")
    lines = [
        f"{source}: {problem} (case {scenario.case.name})" for problem in policy_problems(policy, scenario)
    ]
    if lines:
        raise together(lines, source)


def policy_problems(policy: Policy, scenario: Scenario) -> Problems:
    """Every name in a policy that does not exist in the case, and every date outside it."""
    yield from day_problems(scenario, "until", policy.until)
    for m in policy.move:
        yield from move_problems(scenario, f"[move: {m.actor} {m.do}{when(m)}]", m)
    for i, q in enumerate(policy.quiet):
        place = f"[quiet {i + 1}]"
        yield from no_party(scenario, f"{place}.actor", q.actor)
        yield from day_problems(scenario, f"{place}.from", q.start)
        yield from day_problems(scenario, f"{place}.until", q.end)


def when(m: MoveSpec) -> str:
    """The date of a move, where it has one."""
    return f" {m.date}" if m.date is not None else ""


def day_problems(s: Scenario, place: str, day: date | None) -> Problems:
    """A day lies inside the case."""
    if day is not None and not s.case.start <= day <= s.case.end:
        yield wrong(place, day, f"a date from {s.case.start} to {s.case.end}")


def move_problems(s: Scenario, place: str, m: MoveSpec) -> Problems:
    """A move names what exists, and is its actor's to make."""
    if m.do in ACTOR_CHANGES:
        yield from change_problems(s, place, m)
        return
    known = m.actor in party_names(s)
    yield from no_party(s, f"{place}.actor", m.actor)
    yield from share_problems(s, place, m)
    for key, day in (("date", m.date), ("from", m.start), ("until", m.end)):
        yield from day_problems(s, f"{place}.{key}", day)
    yield from no_party(s, f"{place}.to", m.to)
    if m.to in party_names(s) and known and not hostile(s, m.actor, str(m.to)):
        yield wrong(f"{place}.to", m.to, f"a party that {m.actor} is hostile to")
    yield from track_problems(s, place, m, known=known)
    yield from issue_problems(s, place, m)
    yield from measure_problems(s, place, m, known=known)
    if known:
        yield from role_problems(s, place, m)
    if m.when is not None:
        yield from condition_problems(s, place, m.when)


def change_problems(s: Scenario, place: str, m: MoveSpec) -> Problems:
    """Who comes and goes can: a spoiler, a mediator, a patron's troops; only a faction splits off and goes back."""
    yield from day_problems(s, f"{place}.date", m.date)
    spoilers = {x.name: x for x in s.spoiler}
    others = {x.name for x in s.mediator} | {p.patron for p in s.party if p.patron is not None}
    if m.do in ("split", "join"):
        inside = [name for name, x in spoilers.items() if x.out_of is not None]
        if m.actor not in inside:
            expected = "a spoiler with out_of, the faction that it is" + nearest(m.actor, inside)
            yield wrong(f"{place}.actor", m.actor, expected)
    elif m.actor not in spoilers and m.actor not in others:
        expected = "a spoiler, a mediator or a patron" + nearest(m.actor, (*spoilers, *others))
        yield wrong(f"{place}.actor", m.actor, expected)
    elif m.do == "arrive":
        yield from arrival_problems(s, place, m)
    if m.when is not None:
        yield from condition_problems(s, place, m.when)


def arrival_problems(s: Scenario, place: str, m: MoveSpec) -> Problems:
    """What arrives is as much as can: troops say how much, attention and troops end at 1, factions split off."""
    if any(x.name == m.actor and x.out_of is not None for x in s.spoiler):
        yield wrong(f"{place}.do", m.do, "split, since it comes out of a faction")
    if m.actor in party_names(s) and m.amount is None:
        yield wrong(f"{place}.amount", m.amount, "the share of its forces that is present then")
    if m.amount is not None and m.amount > 1 and all(x.name != m.actor for x in s.spoiler):
        yield wrong(f"{place}.amount", m.amount, "a number from 0 to 1")


def share_problems(s: Scenario, place: str, m: MoveSpec) -> Problems:
    """Shares under a new leader are those of all factions of his party."""
    own = next(([f.name for f in p.faction] for p in s.party if p.name == m.actor), None)
    if own is not None and m.factions:
        for name in m.factions:
            if name not in own:
                yield unknown(f"{place}.factions", name, own)
        if missing := [name for name in own if name not in m.factions]:
            yield wrong(f"{place}.factions", sorted(m.factions), f"a share of {missing[0]} too")


def role_problems(s: Scenario, place: str, m: MoveSpec) -> Problems:
    """Levers are a sponsor's, forces a patron's."""
    decision = m.what if m.do == "block" else m.do
    if m.do == "lever" and not any(p.sponsor and p.name == m.actor for p in s.party):
        yield wrong(f"{place}.actor", m.actor, "a sponsor, whose willingness a lever is")
    if decision == "draw_down" and not any(p.patron == m.actor for p in s.party):
        yield wrong(f"{place}.actor", m.actor, "a patron, which has forces to draw down")


def condition_problems(s: Scenario, place: str, condition: ConditionSpec) -> Problems:
    """A condition is on two parties with a relation."""
    between = condition.between
    if not set(between) <= set(party_names(s)):
        for name in between:
            yield from no_party(s, f"{place}.when.between", name)
    elif not related(s, *between):
        expected = "two parties with a [[relation]] between them"
        yield wrong(f"{place}.when.between", list(between), expected)


def issue_problems(s: Scenario, place: str, m: MoveSpec) -> Problems:
    """Issues that an agreement settles stand on an agenda of the two sides."""
    if not {m.actor, m.to} <= set(party_names(s)):
        return
    names = {i.name for t in s.track if set(t.between) == {m.actor, m.to} for i in t.issues}
    for name in m.issues or ():
        if name not in names:
            yield unknown(f"{place}.issues", name, names)


def track_problems(s: Scenario, place: str, m: MoveSpec, *, known: bool) -> Problems:
    """A track exists and the actor, if it is ``known``, takes part in it."""
    if m.track is None:
        return
    tracks = {t.name: t for t in s.track}
    if m.track not in tracks:
        yield unknown(f"{place}.track", m.track, tracks)
    elif known and m.actor not in tracks[m.track].between:
        yield wrong(f"{place}.track", m.track, f"a track that {m.actor} takes part in")


def measure_problems(s: Scenario, place: str, m: MoveSpec, *, known: bool) -> Problems:
    """A measure exists and is the actor's to give, answer or take back."""
    if m.measure is None:
        return
    measures = {x.name: x for x in s.measure}
    if m.measure not in measures:
        yield unknown(f"{place}.measure", m.measure, measures)
        return
    measure = measures[m.measure]
    decision = m.what if m.do == "block" else m.do
    side, does = (measure.receiver, "receives") if decision == "answer_measure" else (measure.giver, "gives")
    if known and m.actor != side:
        yield wrong(f"{place}.measure", m.measure, f"a measure that {m.actor} {does}")
    if decision == "reverse_measure" and not measure.reversible:
        yield wrong(f"{place}.measure", m.measure, "a measure that is reversible")
    if decision == "narrow_measure" and measure.fringe is None:
        yield wrong(f"{place}.measure", m.measure, "a measure that has a fringe")
