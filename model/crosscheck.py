"""Checks of a policy against the case it is for.  Each raises one ``InputError``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from detente.model.consistency import hostile, party_names, related
from detente.model.errors import InputError, unknown, wrong

if TYPE_CHECKING:
    from detente.model.policy import MoveSpec, Policy
    from detente.model.scenario import Scenario


def check_policy(policy: Policy, scenario: Scenario) -> None:
    """Raise unless every name in a policy exists in the case and every date lies inside it."""
    try:
        check_day(scenario, "until", policy.until)
        for m in policy.move:
            check_move(scenario, f"[move: {m.actor} {m.do}{when(m)}]", m)
        for i, q in enumerate(policy.quiet):
            place = f"[quiet {i + 1}]"
            check_actor(scenario, f"{place}.actor", q.actor)
            check_day(scenario, f"{place}.from", q.start)
            check_day(scenario, f"{place}.until", q.end)
    except InputError as e:
        source = policy.path or f"policy {policy.name!r}"
        raise InputError(f"{source}: {e} (case {scenario.case.name})") from None


def when(m: MoveSpec) -> str:
    """The date of a move, where it has one."""
    return f" {m.date}" if m.date is not None else ""


def check_day(s: Scenario, place: str, day: date | None) -> None:
    """A day lies inside the case."""
    if day is not None and not s.case.start <= day <= s.case.end:
        raise wrong(place, day, f"a date from {s.case.start} to {s.case.end}")


def check_actor(s: Scenario, place: str, name: str) -> None:
    """A party exists."""
    if name not in party_names(s):
        raise unknown(place, name, party_names(s))


def check_move(s: Scenario, place: str, m: MoveSpec) -> None:
    """A move names what exists, and is its actor's to make."""
    check_actor(s, f"{place}.actor", m.actor)
    for key, day in (("date", m.date), ("from", m.start), ("until", m.end)):
        check_day(s, f"{place}.{key}", day)
    if m.to is not None:
        check_actor(s, f"{place}.to", m.to)
        if not hostile(s, m.actor, m.to):
            raise wrong(f"{place}.to", m.to, f"a party that {m.actor} is hostile to")
    check_track(s, place, m)
    check_measure(s, place, m)
    decision = m.what if m.do == "block" else m.do
    if m.do == "lever" and not any(p.sponsor and p.name == m.actor for p in s.party):
        raise wrong(f"{place}.actor", m.actor, "a sponsor, whose willingness a lever is")
    if decision == "draw_down" and not any(p.patron == m.actor for p in s.party):
        raise wrong(f"{place}.actor", m.actor, "a patron, which has forces to draw down")
    if m.when is not None:
        between = m.when.between
        for name in between:
            check_actor(s, f"{place}.when.between", name)
        if not related(s, *between):
            raise wrong(
                f"{place}.when.between", list(between), "two parties with a [[relation]] between them"
            )


def check_track(s: Scenario, place: str, m: MoveSpec) -> None:
    """A track exists and the actor takes part in it."""
    if m.track is None:
        return
    tracks = {t.name: t for t in s.track}
    if m.track not in tracks:
        raise unknown(f"{place}.track", m.track, tracks)
    if m.actor not in tracks[m.track].between:
        raise wrong(f"{place}.track", m.track, f"a track that {m.actor} takes part in")


def check_measure(s: Scenario, place: str, m: MoveSpec) -> None:
    """A measure exists and is the actor's to give, answer or take back."""
    if m.measure is None:
        return
    measures = {x.name: x for x in s.measure}
    if m.measure not in measures:
        raise unknown(f"{place}.measure", m.measure, measures)
    measure = measures[m.measure]
    decision = m.what if m.do == "block" else m.do
    if decision == "answer_measure" and m.actor != measure.receiver:
        raise wrong(f"{place}.measure", m.measure, f"a measure that {m.actor} receives")
    if decision != "answer_measure" and m.actor != measure.giver:
        raise wrong(f"{place}.measure", m.measure, f"a measure that {m.actor} gives")
    if decision == "reverse_measure" and not measure.reversible:
        raise wrong(f"{place}.measure", m.measure, "a measure that is reversible")
