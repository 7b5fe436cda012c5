"""The moves a viewer may make on a day of a run, in words, each with the decision it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from detente.agents.codes import LEVER_TITLES, LEVERS
from detente.model.opening import Opening
from detente.model.scenario import RelationSpec, Scenario
from detente.model.titles import told_apart

Offer = dict[str, Any]


def offers(start: Opening) -> list[Offer]:
    """Every move the case knows, grouped: label, group, decision without a date, and the keys one may add."""
    s = start.scenario
    made = [*truces(s), *tracks(s), *measures(s), *leverage(s), *mediation(s), *levers(s)]
    one_sided = [o for o in made if o["decision"]["do"] in RULED_OUT and "sort" not in o["decision"]]
    return [*made, *map(ruled_out, one_sided)]


def offer(label: str, group: str, decision: dict[str, Any], *fields: str) -> Offer:
    """One move."""
    return {"label": label, "group": group, "decision": decision, "fields": list(fields)}


def title(s: Scenario, name: str) -> str:
    """The title of a party."""
    return next(p.title for p in s.party if p.name == name)


def foes(s: Scenario) -> list[RelationSpec]:
    """The relations between parties that fight."""
    return [r for r in s.relation if r.hostile]


def truces(s: Scenario) -> Iterator[Offer]:
    """Ceasefires: declared by both, or offered by one for the other to answer."""
    for r in foes(s):
        a, b = r.between
        both = {"sort": "joint", "do": "offer_truce", "actor": a, "to": b}
        yield offer(
            f"{title(s, a)} and {title(s, b)} declare a ceasefire", "Ceasefires", both, "from", "until"
        )
        for one, other in ((a, b), (b, a)):
            decision = {"do": "offer_truce", "actor": one, "to": other}
            label = f"{title(s, one)} offers {title(s, other)} a ceasefire"
            yield offer(label, "Ceasefires", decision, "from", "until")


PLATES = {
    "front": "talks",
    "working": "working talks",
}
"""Form of a track in a word or two; others by their own name."""


def plates(s: Scenario) -> dict[str, str]:
    """What stands on the line between two parties for each track: its form, and its rank or number to tell it apart."""
    found: dict[str, str] = {}
    for t in s.track:
        words = PLATES.get(t.form, t.form)
        alike = [o for o in s.track if (set(o.between), o.form) == (set(t.between), t.form)]
        if len(alike) > 1:
            ranked = words.replace("talks", f"{t.rank} talks")
            words = ranked if ranked != words else f"{words}, {t.rank}"
        same = [o for o in alike if o.rank == t.rank]
        found[t.name] = f"{words} {same.index(t) + 1}" if len(same) > 1 else words
    return found


def tracks(s: Scenario) -> Iterator[Offer]:
    """Talks: opened by both sides, sought by one, left by one."""
    titles = told_apart(s)
    for t in s.track:
        a, b = t.between
        both = {"sort": "joint", "do": "open_track", "actor": a, "to": b, "track": t.name}
        form = "" if titles[t.name] != t.title else f" ({t.form})"
        yield offer(f"Open: {titles[t.name]}{form}", "Talks", both)
        for side in (a, b):
            yield offer(
                f"{title(s, side)} seeks: {titles[t.name]}",
                "Talks",
                {"do": "open_track", "actor": side, "track": t.name},
            )
        for side in (a, b):
            yield offer(
                f"{title(s, side)} walks out of: {titles[t.name]}",
                "Walk out",
                {"do": "leave_track", "actor": side, "track": t.name},
            )


def measures(s: Scenario) -> Iterator[Offer]:
    """Confidence-building measures: given, or taken back."""
    for m in s.measure:
        give = {"do": "give_measure", "actor": m.giver, "measure": m.name}
        yield offer(f"{title(s, m.giver)}: {m.title}", "Confidence-building measures", give)
        if m.reversible:
            back = {"do": "reverse_measure", "actor": m.giver, "measure": m.name}
            yield offer(f"{title(s, m.giver)} takes back: {m.title}", "Take back", back)


def leverage(s: Scenario) -> Iterator[Offer]:
    """Forces drawn down."""
    for p in s.party:
        if any(other.patron == p.name for other in s.party):
            yield offer(
                f"{title(s, p.name)} draws down its forces",
                "Forces",
                {"do": "draw_down", "actor": p.name},
                "amount",
            )


def mediation(s: Scenario) -> Iterator[Offer]:
    """Mediators asked in: all who have access to a party, since each decides for itself at its next round."""
    for p in s.party:
        able = [m.title for m in s.mediator if any(p.name in a.between for a in m.access)]
        if able:
            invite = {"do": "invite_mediators", "actor": p.name}
            yield offer(f"{p.title} invites mediators ({', '.join(able)})", "Mediation", invite, "amount")


def levers(s: Scenario) -> Iterator[Offer]:
    """A sponsor's willingness, from the day on."""
    for p in s.party:
        for name in LEVERS if p.sponsor else ():
            decision = {"do": "lever", "actor": p.name, "lever": name}
            yield offer(f"{p.title} sets {LEVER_TITLES[name]}", "Levers", decision, "level")


RULED_OUT = ("offer_truce", "open_track", "leave_track", "give_measure", "reverse_measure", "draw_down")


def ruled_out(made: Offer) -> Offer:
    """The block of a move: its actor does not make it, whatever the policy or the rules say."""
    decision = {**made["decision"], "do": "block", "what": made["decision"]["do"]}
    return offer(f"Rule out: {made['label']}", "Block a move", decision, "until")
