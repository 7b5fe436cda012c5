"""Checks of a scenario that no single table can make: names, references, sums.  Each raises one ``InputError``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.model.errors import InputError, nearest, unknown, wrong

if TYPE_CHECKING:
    from detente.agents.parameters import Parameters
    from detente.model.scenario import Scenario

MAX_BRANCHING = 0.8
"""Largest sum of the excitation parameters: above it, violence could feed on itself without end."""


def at(kind: str, position: int, name: str, key: str) -> str:
    """The place of a key in the n-th table of a kind, as messages write it."""
    return f"[{kind} {position + 1}: {name}].{key}"


def check_scenario(s: Scenario) -> None:
    """Raise on the first inconsistency found."""
    check_names(s)
    check_relations(s)
    check_parties(s)
    check_spoilers(s)
    check_mediators(s)
    check_tracks(s)
    check_measures(s)
    check_parameters(s.parameters)


def check_unique(names: Iterable[tuple[str, str]]) -> None:
    """Every name, given with the place it stands at, occurs once."""
    seen: dict[str, str] = {}
    for place, name in names:
        if name in seen:
            raise wrong(place, name, f"a name of its own; {seen[name]} has it already")
        seen[name] = place


def check_names(s: Scenario) -> None:
    """Names are unique among actors of all kinds, among tracks, among measures and among observed series."""
    actors = [(at("party", i, p.name, "name"), p.name) for i, p in enumerate(s.party)]
    for p in s.party:
        actors += [(f"[party.faction: {f.name} of {p.name}].name", f.name) for f in p.faction]
    actors += [(at("spoiler", i, x.name, "name"), x.name) for i, x in enumerate(s.spoiler)]
    actors += [(at("mediator", i, x.name, "name"), x.name) for i, x in enumerate(s.mediator)]
    check_unique(actors)
    check_unique((at("track", i, x.name, "name"), x.name) for i, x in enumerate(s.track))
    check_unique((at("measure", i, x.name, "name"), x.name) for i, x in enumerate(s.measure))
    check_unique((at("observed", i, x.name, "name"), x.name) for i, x in enumerate(s.observed))


def party_names(s: Scenario) -> list[str]:
    """Names of the parties, in order."""
    return [p.name for p in s.party]


def check_party(s: Scenario, place: str, name: str | None) -> None:
    """A party that is named exists."""
    if name is not None and name not in party_names(s):
        raise unknown(place, name, party_names(s))


def related(s: Scenario, a: str, b: str) -> bool:
    """Whether a relation between two parties is declared."""
    return any({a, b} == set(r.between) for r in s.relation)


def hostile(s: Scenario, a: str, b: str) -> bool:
    """Whether two parties are declared to fight."""
    return any(r.hostile and {a, b} == set(r.between) for r in s.relation)


def check_between(s: Scenario, place: str, between: tuple[str, str]) -> None:
    """Two parties exist and a relation between them is declared."""
    for name in between:
        check_party(s, place, name)
    if not related(s, *between):
        raise wrong(place, list(between), "two parties with a [[relation]] between them")


def check_parties(s: Scenario) -> None:
    """Patrons and foes exist, patrons do not support each other in a circle, and somebody holds the levers."""
    patron_of = {p.name: p.patron for p in s.party}
    for i, p in enumerate(s.party):
        check_party(s, at("party", i, p.name, "patron"), p.patron)
        check_party(s, at("party", i, p.name, "main_foe"), p.main_foe)
        for key, other in (("patron", p.patron), ("main_foe", p.main_foe)):
            if other == p.name:
                raise wrong(at("party", i, p.name, key), other, "another party")
        if p.main_foe is not None and not hostile(s, p.name, p.main_foe):
            raise wrong(at("party", i, p.name, "main_foe"), p.main_foe, "a party it is hostile to")
        above, steps = p.patron, 0
        while above is not None and steps <= len(s.party):
            above, steps = patron_of.get(above), steps + 1
        if above is not None:
            raise wrong(at("party", i, p.name, "patron"), p.patron, "patrons that do not form a circle")
    if not any(p.sponsor for p in s.party):
        raise InputError("[[party]].sponsor: got none; expected sponsor = true for at least one party")


def check_relations(s: Scenario) -> None:
    """Relations join existing parties, each pair once; some of them fight."""
    seen: set[frozenset[str]] = set()
    for i, r in enumerate(s.relation):
        place = f"[relation {i + 1}].between"
        for name in r.between:
            check_party(s, place, name)
        if frozenset(r.between) in seen:
            raise wrong(place, list(r.between), "one [[relation]] for each two parties")
        seen.add(frozenset(r.between))


def check_spoilers(s: Scenario) -> None:
    """Spoilers strike existing parties, each once."""
    for i, x in enumerate(s.spoiler):
        for target in x.target:
            check_party(s, at("spoiler", i, x.name, "target.party"), target.party)
        struck = [t.party for t in x.target]
        if len(set(struck)) < len(struck):
            raise wrong(at("spoiler", i, x.name, "target"), struck, "each party once")


def check_mediators(s: Scenario) -> None:
    """Mediators have access between related parties, stated once for each two."""
    for i, m in enumerate(s.mediator):
        place = at("mediator", i, m.name, "access.between")
        for a in m.access:
            check_between(s, place, a.between)
        if len({frozenset(a.between) for a in m.access}) < len(m.access):
            raise wrong(place, [list(a.between) for a in m.access], "each two parties once")


def check_tracks(s: Scenario) -> None:
    """Tracks join related parties; what they need exists and is wanted by a participant."""
    by_name = {t.name: t for t in s.track}
    for i, t in enumerate(s.track):
        check_between(s, at("track", i, t.name, "between"), t.between)
        for who, needed in t.needs.items():
            place = at("track", i, t.name, f"needs.{who}")
            if who not in t.between:
                expected = f"a need of one of its participants, {t.between[0]} or {t.between[1]}"
                raise wrong(place, needed, expected + nearest(who, t.between))
            if needed not in by_name or needed == t.name:
                raise unknown(place, needed, by_name.keys() - {t.name})
        place = at("track", i, t.name, "sister")
        if t.sister is not None:
            if t.sister not in by_name or t.sister == t.name:
                raise unknown(place, t.sister, by_name.keys() - {t.name})
            if not set(t.between) & set(by_name[t.sister].between):
                raise wrong(place, t.sister, "a track that shares a participant with it")
        check_party(s, at("track", i, t.name, "excluded"), t.excluded)
        if t.excluded in t.between:
            raise wrong(
                at("track", i, t.name, "excluded"), t.excluded, "a party that does not take part in it"
            )


def check_measures(s: Scenario) -> None:
    """Measures pass between related parties."""
    for i, m in enumerate(s.measure):
        check_party(s, at("measure", i, m.name, "from"), m.giver)
        check_party(s, at("measure", i, m.name, "to"), m.receiver)
        check_between(s, at("measure", i, m.name, "from/to"), (m.giver, m.receiver))


def check_parameters(parameters: Parameters) -> None:
    """Attacks trigger fewer attacks than would sustain themselves for ever."""
    v = parameters.violence
    total = v.n_own + v.n_rec + v.n_ally
    if total > MAX_BRANCHING + 1e-12:
        place = "[parameters.violence].n_own + n_rec + n_ally"
        raise wrong(place, round(total, 6), f"a sum of at most {MAX_BRANCHING:g}")
