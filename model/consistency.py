"""Checks of a scenario that no single table can make: names, references, sums.

Each yields every problem it sees as an ``InputError``.  Who wants to know whether all is well raises them
(``raise_problems``); who wants the list goes through them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from detente.agents.state import MAX_TOPICS
from detente.model.errors import InputError, nearest, raise_problems, unknown, wrong
from detente.model.facts import faults_of_facts

if TYPE_CHECKING:
    from detente.agents.parameters import Parameters
    from detente.model.scenario import ComingSpec, EffectSpec, Scenario, SpoilerSpec, TrackSpec

Problems = Iterator[InputError]

MAX_BRANCHING = 0.8
"""Largest sum of the excitation parameters: above it, violence could feed on itself without end."""


def at(kind: str, position: int, name: str, key: str) -> str:
    """The place of a key in the n-th table of a kind, as messages write it."""
    return f"[{kind} {position + 1}: {name}].{key}"


def scenario_problems(s: Scenario, *, partial: bool = False) -> Problems:
    """Every inconsistency of a case.

    Where only the ``partial`` case is sound, a check ends at a record that lacks what it needs: that mistake is told
    elsewhere.
    """
    for check in CHECKS:
        try:
            yield from check(s)
        except AttributeError:
            if not partial:
                raise


def repeated(names: Iterable[tuple[str, str]]) -> Problems:
    """Names, given with the places they stand at, that occur more than once."""
    seen: dict[str, str] = {}
    for place, name in names:
        if name in seen:
            yield wrong(place, name, f"a name of its own; {seen[name]} has it already")
        seen.setdefault(name, place)


def names_repeated(s: Scenario) -> Problems:
    """Names are unique among actors of all kinds, among tracks, among measures and among observed series."""
    actors = [(at("party", i, p.name, "name"), p.name) for i, p in enumerate(s.party)]
    for i, p in enumerate(s.party):
        place = f"[party {i + 1}: {p.name}.faction"
        actors += [(f"{place} {k + 1}: {f.name}].name", f.name) for k, f in enumerate(p.faction)]
    actors += [(at("spoiler", i, x.name, "name"), x.name) for i, x in enumerate(s.spoiler)]
    actors += [(at("mediator", i, x.name, "name"), x.name) for i, x in enumerate(s.mediator)]
    yield from repeated(actors)
    yield from repeated((at("track", i, x.name, "name"), x.name) for i, x in enumerate(s.track))
    yield from repeated((at("measure", i, x.name, "name"), x.name) for i, x in enumerate(s.measure))
    yield from repeated((at("observed", i, x.name, "name"), x.name) for i, x in enumerate(s.observed))


def party_names(s: Scenario) -> list[str]:
    """Names of the parties, in order."""
    return [p.name for p in s.party]


def no_party(s: Scenario, place: str, name: str | None) -> Problems:
    """A party that is named and does not exist."""
    if name is not None and name not in party_names(s):
        yield unknown(place, name, party_names(s))


def related(s: Scenario, a: str, b: str) -> bool:
    """Whether a relation between two parties is declared."""
    return any({a, b} == set(r.between) for r in s.relation)


def hostile(s: Scenario, a: str, b: str) -> bool:
    """Whether two parties are declared to fight."""
    return any(r.hostile and {a, b} == set(r.between) for r in s.relation)


def relations_are_known(s: Scenario) -> bool:
    """Whether every relation joins parties that exist; else none can be said to be missing."""
    names = party_names(s)
    return all(name in names for r in s.relation for name in r.between)


def unrelated(s: Scenario, place: str, between: tuple[str, str]) -> Problems:
    """Two parties of which one does not exist, or with no relation between them."""
    if not set(between) <= set(party_names(s)):
        for name in between:
            yield from no_party(s, place, name)
    elif not related(s, *between) and relations_are_known(s):
        yield wrong(place, list(between), "two parties with a [[relation]] between them")


def faults_of_relations(s: Scenario) -> Problems:
    """Relations join existing parties, each pair once, and those with a veto exist."""
    seen: set[frozenset[str]] = set()
    for i, r in enumerate(s.relation):
        place = f"[relation {i + 1}].between"
        for name in r.between:
            yield from no_party(s, place, name)
        if frozenset(r.between) in seen:
            yield wrong(place, list(r.between), "one [[relation]] for each two parties")
        seen.add(frozenset(r.between))
        for name in r.veto:
            yield from no_party(s, f"[relation {i + 1}].veto", name)


def faults_of_parties(s: Scenario) -> Problems:
    """Patrons and foes exist, patrons do not support each other in a circle, and somebody holds the levers."""
    patron_of = {p.name: p.patron for p in s.party}
    for i, p in enumerate(s.party):
        for key, other in (("patron", p.patron), ("main_foe", p.main_foe)):
            yield from no_party(s, at("party", i, p.name, key), other)
            if other == p.name:
                yield wrong(at("party", i, p.name, key), other, "another party")
        foe = p.main_foe
        if foe in patron_of and foe != p.name and not hostile(s, p.name, foe) and relations_are_known(s):
            yield wrong(at("party", i, p.name, "main_foe"), p.main_foe, "a party it is hostile to")
        if p.patron != p.name and supports_in_circle(patron_of, p.patron):
            yield wrong(at("party", i, p.name, "patron"), p.patron, "patrons that do not form a circle")
    if not any(p.sponsor for p in s.party):
        yield InputError("[[party]].sponsor: got none; expected sponsor = true for at least one party")


def supports_in_circle(patron_of: dict[str, str | None], patron: str | None) -> bool:
    """Whether the patrons above a party never end."""
    steps = 0
    while patron is not None and steps <= len(patron_of):
        patron, steps = patron_of.get(patron), steps + 1
    return patron is not None


def faults_of_spoilers(s: Scenario) -> Problems:
    """Spoilers strike existing parties, each once."""
    for i, x in enumerate(s.spoiler):
        for target in x.target:
            yield from no_party(s, at("spoiler", i, x.name, "target.party"), target.party)
        struck = [t.party for t in x.target]
        if len(set(struck)) < len(struck):
            yield wrong(at("spoiler", i, x.name, "target"), struck, "each party once")
        yield from faults_of_split(s, i, x)
        yield from faults_of_dates(s, "spoiler", i, x)


def faults_of_split(s: Scenario, i: int, x: SpoilerSpec) -> Problems:
    """A faction that splits off exists, is not its whole party, is not itself the target, and is one spoiler."""
    if x.out_of is None:
        return
    place = at("spoiler", i, x.name, "out_of")
    shares = {f"{p.name}.{f.name}": f.share for p in s.party for f in p.faction}
    if x.out_of not in shares:
        yield unknown(place, x.out_of, shares)
    elif not 0 < shares[x.out_of] < 1:
        yield wrong(place, x.out_of, "a faction with a share between 0 and 1, not all or none of its party")
    for other in s.spoiler[:i]:
        if other.out_of == x.out_of:
            yield wrong(
                place, x.out_of, f"one spoiler out of a faction; {other.name!r} comes out of it already"
            )


def faults_of_dates(s: Scenario, kind: str, i: int, x: ComingSpec) -> Problems:
    """An actor is there on some day of the case."""
    name = str(getattr(x, "name", ""))
    if x.start is not None and x.start > s.case.end:
        yield wrong(at(kind, i, name, "from"), x.start, f"a date up to the end of the case, {s.case.end}")
    if x.end is not None and x.end < s.case.start:
        yield wrong(
            at(kind, i, name, "until"), x.end, f"a date from the start of the case on, {s.case.start}"
        )


def faults_of_mediators(s: Scenario) -> Problems:
    """Mediators have access between related parties, stated once for each two."""
    for i, m in enumerate(s.mediator):
        yield from faults_of_dates(s, "mediator", i, m)
        place = at("mediator", i, m.name, "access.between")
        for a in m.access:
            yield from unrelated(s, place, a.between)
        if len({frozenset(a.between) for a in m.access}) < len(m.access):
            yield wrong(place, [list(a.between) for a in m.access], "each two parties once")


def faults_of_tracks(s: Scenario) -> Problems:
    """Tracks join related parties; what they need exists and is wanted by a participant."""
    by_name = {t.name: t for t in s.track}
    for i, t in enumerate(s.track):
        yield from unrelated(s, at("track", i, t.name, "between"), t.between)
        yield from faults_of_needs(i, t, by_name)
        yield from faults_of_sister(i, t, by_name)
        yield from faults_of_host(s, i, t)
        yield from faults_of_effects(s, i, t)
        yield from faults_of_topics(s, i, t)
        place = at("track", i, t.name, "excluded")
        yield from no_party(s, place, t.excluded)
        if t.excluded in t.between:
            yield wrong(place, t.excluded, "a party that does not take part in it")


def is_sound(does: EffectSpec | None) -> bool:
    """Whether an issue has one effect or none: of a table with a fault of its own nothing more is said."""
    return does is None or not any(True for _ in does.effect_problems())


def faults_of_effects(s: Scenario, i: int, t: TrackSpec) -> Problems:
    """What an issue does concerns a side that can do it."""
    forces = {p.name: p.presence > 0.0 for p in s.party}
    for issue in t.issues:
        if issue.does is None or not is_sound(issue.does):
            continue
        place = at("track", i, t.name, f"issues: {issue.name}: does")
        if issue.does.of is not None and issue.does.of not in t.between:
            yield wrong(
                f"{place}.of", issue.does.of, f"a side of the track, {t.between[0]} or {t.between[1]}"
            )
        elif issue.does.effect == "withdrawal":
            of = issue.does.of
            if not (forces.get(of, False) if of else any(forces.get(name, False) for name in t.between)):
                yield wrong(place, "withdrawal", "a side with presence above 0, whose forces can go home")


def faults_of_topics(s: Scenario, i: int, t: TrackSpec) -> Problems:
    """An issue does the same on all tracks between two parties; together they have no more than can be told apart."""
    does = {issue.name: issue.does for issue in t.issues}
    together = [other for other in s.track[:i] if set(other.between) == set(t.between)]
    for other in together:
        for same in other.issues:
            mine = does.get(same.name)
            if same.name in does and same.does != mine and is_sound(same.does) and is_sound(mine):
                place = at("track", i, t.name, f"issues: {same.name}: does")
                got = "nothing" if mine is None else mine.effect
                yield wrong(place, got, f"the same as on the track {other.name!r}")
    n_topics = len({issue.name for other in (*together, t) for issue in other.issues})
    if n_topics > MAX_TOPICS:
        expected = (
            f"at most {MAX_TOPICS} different issues on the tracks between {t.between[0]} and {t.between[1]}"
        )
        yield wrong(at("track", i, t.name, "issues"), n_topics, expected)


def faults_of_needs(i: int, t: TrackSpec, by_name: dict[str, TrackSpec]) -> Problems:
    """A precondition is that of a participant, and another track."""
    for who, needed in t.needs.items():
        place = at("track", i, t.name, f"needs.{who}")
        if who not in t.between:
            expected = f"a need of one of its participants, {t.between[0]} or {t.between[1]}"
            yield wrong(place, needed, expected + nearest(who, t.between))
        if needed not in by_name or needed == t.name:
            yield unknown(place, needed, by_name.keys() - {t.name})


def faults_of_sister(i: int, t: TrackSpec, by_name: dict[str, TrackSpec]) -> Problems:
    """A complementary track is another track, with a participant in common."""
    place = at("track", i, t.name, "sister")
    if t.sister is None:
        return
    if t.sister not in by_name or t.sister == t.name:
        yield unknown(place, t.sister, by_name.keys() - {t.name})
    elif not set(t.between) & set(by_name[t.sister].between):
        yield wrong(place, t.sister, "a track that shares a participant with it")


def faults_of_host(s: Scenario, i: int, t: TrackSpec) -> Problems:
    """A track's host is a mediator."""
    names = [m.name for m in s.mediator]
    if t.host is not None and t.host not in names:
        yield unknown(at("track", i, t.name, "host"), t.host, names)


def faults_of_waits(s: Scenario) -> Problems:
    """What tracks and measures wait for exists, has one meaning, and does not in the end wait for them."""
    tracks, gifts = {t.name: t for t in s.track}, {m.name for m in s.measure}
    issues = {f"{t.name}: {issue.name}" for t in s.track for issue in t.issues}
    waiting = [("track", i, one) for i, one in enumerate(s.track)]
    waiting += [("measure", i, one) for i, one in enumerate(s.measure)]
    waits = {(kind, one.name): [*things_waited_for(one.after, tracks, gifts)] for kind, _, one in waiting}
    for kind, i, one in waiting:
        place = at(kind, i, one.name, "after")
        for name in one.after:
            if name not in issues | gifts | tracks.keys():
                yield unknown(place, name, issues | gifts | tracks.keys())
            elif name in gifts and name in tracks:
                yield wrong(place, name, "a name that is not both a track's and a measure's")
        if waits_in_circle(waits, (kind, one.name)):
            yield wrong(place, list(one.after), "nothing that itself waits for this")


Thing = tuple[str, str]
"""A track or a measure: which of the two, and its name."""


def things_waited_for(after: Iterable[str], tracks: Container[str], gifts: Container[str]) -> Iterator[Thing]:
    """The tracks and measures behind what is waited for."""
    for name in after:
        track = name if name in tracks else name.partition(": ")[0]
        if name in gifts:
            yield "measure", name
        elif track in tracks:
            yield "track", track


def waits_in_circle(waits: Mapping[Thing, Iterable[Thing]], first: Thing) -> bool:
    """Whether something waits, over others or not, for itself."""
    seen, ahead = set[Thing](), list(waits[first])
    while ahead:
        one = ahead.pop()
        if one == first:
            return True
        if one not in seen:
            seen.add(one)
            ahead += waits.get(one, ())
    return False


def faults_of_measures(s: Scenario) -> Problems:
    """Measures pass between related parties."""
    for i, m in enumerate(s.measure):
        ends = (("from", m.giver), ("to", m.receiver))
        known = [end for end in ends if end[1] in party_names(s)]
        for key, name in ends:
            yield from no_party(s, at("measure", i, m.name, key), name)
        if len(known) == 2:
            yield from unrelated(s, at("measure", i, m.name, "from/to"), (m.giver, m.receiver))


def faults_of_parameters(s: Scenario) -> Problems:
    """The parameters of a case fit each other."""
    yield from parameter_problems(s.parameters)


CHECKS: tuple[Callable[[Scenario], Problems], ...] = (
    names_repeated,
    faults_of_relations,
    faults_of_parties,
    faults_of_spoilers,
    faults_of_mediators,
    faults_of_tracks,
    faults_of_measures,
    faults_of_waits,
    faults_of_parameters,
    faults_of_facts,
)


def parameter_problems(parameters: Parameters) -> Problems:
    """Attacks trigger fewer attacks than would sustain themselves for ever."""
    v = parameters.violence
    total = v.n_own + v.n_rec + v.n_ally
    if total > MAX_BRANCHING + 1e-12:
        place = "[parameters.violence].n_own + n_rec + n_ally"
        yield wrong(place, round(total, 6), f"a sum of at most {MAX_BRANCHING:g}")


def check_parameters(parameters: Parameters) -> None:
    """Raise unless parameters fit each other."""
    raise_problems(parameter_problems(parameters))
