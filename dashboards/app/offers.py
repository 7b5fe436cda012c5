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
    """Every move the case knows, by who makes it and what it is about.

    Each has a label, a group, the ``decision`` without a date, others made with it (``also``), the keys one may add
    (``fields``, each with what it begins with: days after the decision, or a number), and whether it can be ruled out.
    """
    s = start.scenario
    return [*truces(s), *tracks(s), *measures(s), *leverage(s), *mediation(s), *levers(s)]


def offer(label: str, group: str, decision: dict[str, Any], **fields: float | None) -> Offer:
    """One move."""
    blockable = decision["do"] in RULED_OUT and "sort" not in decision
    return {
        "label": label, "group": group, "decision": decision, "also": [], "fields": fields, "blockable": blockable,
    }  # fmt: skip


def title(s: Scenario, name: str) -> str:
    """The title of a party."""
    return next(p.title for p in s.party if p.name == name)


def foes(s: Scenario) -> list[RelationSpec]:
    """The relations between parties that fight."""
    return [r for r in s.relation if r.hostile]


TERM, EXTENSION = 30, 90
"""Days that a ceasefire lasts, and that it is prolonged, unless another day is typed."""


def truces(s: Scenario) -> Iterator[Offer]:
    """Ceasefires: declared by both, offered by one for the other to answer, prolonged by both or by one."""
    for r in foes(s):
        a, b = r.between
        group = f"Ceasefire: {title(s, a)} and {title(s, b)}"
        both = {"sort": "joint", "do": "offer_truce", "actor": a, "to": b}
        dates = {"from": 0, "until": TERM}
        yield offer(f"{title(s, a)} and {title(s, b)} declare a ceasefire", group, both, **dates)
        one, other = ({"do": "extend_truce", "actor": x, "to": y} for x, y in ((a, b), (b, a)))
        label = f"{title(s, a)} and {title(s, b)} extend their ceasefire"
        yield {**offer(label, group, one, until=EXTENSION), "also": [other], "blockable": False}
        for x, y in ((a, b), (b, a)):
            decision = {"do": "offer_truce", "actor": x, "to": y}
            yield offer(f"{title(s, x)} offers {title(s, y)} a ceasefire", group, decision, **dates)
            alone = {"do": "extend_truce", "actor": x, "to": y}
            label = f"{title(s, x)} goes on holding fire towards {title(s, y)}"
            yield offer(label, group, alone, until=EXTENSION)


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
        name, group = titles[t.name], f"Talks: {title(s, a)} and {title(s, b)}"
        both = {"sort": "joint", "do": "open_track", "actor": a, "to": b, "track": t.name}
        form = "" if name != t.title else f" ({t.form})"
        yield offer(f"Open: {name}{form}", group, both)
        for do, words in (("open_track", "seeks"), ("leave_track", "walks out of")):
            for side in (a, b):
                decision = {"do": do, "actor": side, "track": t.name}
                yield offer(f"{title(s, side)} {words}: {name}", group, decision)


def measures(s: Scenario) -> Iterator[Offer]:
    """Confidence-building measures: given, or taken back."""
    for m in s.measure:
        group = f"Confidence-building measures: {title(s, m.giver)}"
        give = {"do": "give_measure", "actor": m.giver, "measure": m.name}
        yield offer(f"{title(s, m.giver)}: {m.title}", group, give)
        if m.reversible:
            back = {"do": "reverse_measure", "actor": m.giver, "measure": m.name}
            yield offer(f"{title(s, m.giver)} takes back: {m.title}", group, back)
        if m.fringe is not None:
            core = {"do": "narrow_measure", "actor": m.giver, "measure": m.name}
            yield offer(f"{title(s, m.giver)} narrows to its core: {m.title}", group, core)


LEFT, ALL_OF_IT = 0.5, 1.0
"""Share of forces that a drawdown leaves, and strength of a wish, unless others are typed."""


def leverage(s: Scenario) -> Iterator[Offer]:
    """Forces drawn down."""
    for p in s.party:
        if any(other.patron == p.name for other in s.party):
            decision = {"do": "draw_down", "actor": p.name}
            yield offer(f"{p.title} draws down its forces", "Forces", decision, amount=LEFT)


def mediation(s: Scenario) -> Iterator[Offer]:
    """Mediators asked in: all who have access to a party, since each decides for itself at its next round."""
    for p in s.party:
        able = [m.title for m in s.mediator if any(p.name in a.between for a in m.access)]
        if able:
            invite = {"do": "invite_mediators", "actor": p.name}
            label = f"{p.title} invites mediators ({', '.join(able)})"
            yield offer(label, "Mediation", invite, strength=ALL_OF_IT)


WILL = 0.8
"""Level of a lever unless another is typed."""


def levers(s: Scenario) -> Iterator[Offer]:
    """A sponsor's willingness, from the day on."""
    for p in s.party:
        for name in LEVERS if p.sponsor else ():
            decision = {"do": "lever", "actor": p.name, "lever": name}
            yield offer(f"{p.title} sets {LEVER_TITLES[name]}", f"Will of {p.title}", decision, level=WILL)


RULED_OUT = (
    *("offer_truce", "extend_truce", "open_track", "leave_track"),
    *("give_measure", "reverse_measure", "narrow_measure", "draw_down"),
)
"""Decisions that a viewer may rule out: the actor does not make them, whatever the policy or the rules say."""
