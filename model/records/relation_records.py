"""Relations between parties: pairs, directed dyads, and the links from one dyad to another."""

from __future__ import annotations

from typing import Any

from detente.agents import codes
from detente.agents.parameters import Parameters
from detente.model.death_scale import size_scale
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions
from detente.model.scenario import RelationSpec


def pairs(at: Positions) -> Entries:
    """Pairs, one for each relation."""
    return [
        {
            "index": k,
            "a": at.party[r.between[0]],
            "b": at.party[r.between[1]],
            "ab": 2 * k,
            "ba": 2 * k + 1,
            "hostile": int(r.hostile),
            "hotline": r.hotline,
            "monitoring": r.monitoring,
            "monitoring_own": r.monitoring,
            "peacekeepers": r.peacekeepers,
            "volatility": -1.0 if r.volatility is None else r.volatility,
            "level": r.level,
            "surge": r.surge,
            "is_quiet": int(r.faded),
            "lull": float(r.faded),
        }
        for k, r in enumerate(at.scenario.relation)
    ]


def dyads(at: Positions, parameters: Parameters) -> Entries:
    """Directed dyads, two for each relation, each with its block of witnesses."""
    heard: dict[int, list[int]] = {}
    for j, link in enumerate(witnesses(at)):
        heard.setdefault(link["dyad"], []).append(j)
    entries: list[dict[str, Any]] = []
    for k, r in enumerate(at.scenario.relation):
        for side in (0, 1):
            own = heard.get(2 * k + side, [])
            block = {"first_witness": own[0] if own else 0, "n_witnesses": len(own)}
            entries.append(dyad(at, parameters, k, r, side) | block)
    return entries


def dyad(at: Positions, parameters: Parameters, k: int, r: RelationSpec, side: int) -> dict[str, Any]:
    """One directed dyad of a relation; ``side`` is 0 from its first party to its second, 1 back."""
    source, target = at.ends[2 * k + side]
    return {
        "index": 2 * k + side,
        "source": at.party[source],
        "target": at.party[target],
        "reverse": 2 * k + 1 - side,
        "pair": k,
        "blamed": accused(at, target, source) if r.hostile else codes.NOBODY,
        "hostile": int(r.hostile),
        "lethal": int(r.lethal),
        "observes": r.holiday[side],
        "lbar": r.attacks[side],
        "deaths_per_event": r.deaths_per_event[side],
        "size_scale": size_scale(parameters, r.deaths_per_event[side]),
        "trust_reference": r.trust[side],
    }


def accused(at: Positions, victim: str, author: str | None) -> int:
    """The dyad blamed for an attack on a victim when its author is mistaken: the main foe's, or another foe's."""
    main = next(p.main_foe for p in at.scenario.party if p.name == victim)
    others = [source for source, target in at.ends if target == victim]
    for source in [main, *others]:
        suspect = at.dyad_or_none(source, victim)
        if source != author and suspect != codes.NOBODY and at.hostile[suspect]:
            return suspect
    return codes.NOBODY


def allies(at: Positions) -> Entries:
    """Which dyads hear of an ally's attacks on the same foe; the weights of one dyad sum to 1."""
    friends = friends_of(at)
    entries: list[dict[str, Any]] = []
    for index, (source, target) in enumerate(at.ends):
        if not at.hostile[index]:
            continue
        theirs = [at.dyad_or_none(friend, target) for friend in friends[source]]
        heard = [d for d in theirs if d != codes.NOBODY and at.hostile[d]]
        entries += [{"dyad": index, "heard": d, "weight": 1.0 / len(heard)} for d in heard]
    return entries


def friends_of(at: Positions) -> dict[str, list[str]]:
    """The parties that each party has a relation with and does not fight."""
    friends: dict[str, list[str]] = {name: [] for name in at.party}
    for r in at.scenario.relation:
        if not r.hostile:
            a, b = r.between
            friends[a].append(b)
            friends[b].append(a)
    return friends


def witnesses(at: Positions) -> Entries:
    """Who else judges the target of each dyad, in the order of dyads."""
    judged_by: dict[str, list[int]] = {}
    for index, (_, target) in enumerate(at.ends):
        judged_by.setdefault(target, []).append(index)
    return [
        {"dyad": index, "heard_by": other}
        for index, (_, target) in enumerate(at.ends)
        for other in judged_by[target]
        if other != index
    ]


def vetoes(at: Positions) -> Entries:
    """Third parties with a veto, each by its dyad towards the first of the two sides that it fights."""
    entries: list[dict[str, Any]] = []
    for k, r in enumerate(at.scenario.relation):
        for third in r.veto:
            own = [at.dyad_or_none(third, side) for side in r.between]
            hostile = [d for d in own if d != codes.NOBODY and at.hostile[d]]
            entries += [{"pair": k, "dyad": hostile[0]}] if hostile else []
    return entries
