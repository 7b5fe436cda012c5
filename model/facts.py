"""The facts of a case: the numbers of its tables that can be varied, by path, and a case with other numbers in them.

A path is the kind of a table, the names that tell it from others of its kind, and a key: ``party.republic.morale``,
``faction.generals.hawkishness``, ``relation.republic.movement.trust`` (the first towards the second),
``spoiler.rejectionists.republic.attacks``, ``mediator.neighbour.republic.movement.bias``, ``track.front.level``,
``measure.prisoner-release.cost``.  Every number of those tables with a range in the schema is a fact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt

from detente.model.errors import InputError, nearest, one_of, raise_problems, wrong
from detente.model.keywords import FACT

if TYPE_CHECKING:
    from pydantic import BaseModel

    from detente.model.scenario import FactionSpec, FactSpec, PartySpec, Scenario

Place = tuple[str | int, ...]
"""Where a number stands in a case: keys, and positions in lists."""

Problems = Iterator[InputError]

PATHS: Mapping[str, str] = {
    "party.NAME.KEY": "party",
    "faction.NAME.KEY": "party.faction",
    "relation.FIRST.SECOND.KEY": "relation",
    "spoiler.NAME.KEY": "spoiler",
    "spoiler.NAME.PARTY.KEY": "spoiler.target",
    "mediator.NAME.KEY": "mediator",
    "mediator.NAME.FIRST.SECOND.KEY": "mediator.access",
    "track.NAME.KEY": "track",
    "measure.NAME.KEY": "measure",
}
"""Every form of path, and the table that it leads into."""

POSITIVE = ("presence", "tipping")
"""Keys of a party where 0 means none: facts where they are above 0, and only above 0."""

WAR = ("attacks", "deaths_per_event", "holiday")
"""Keys of a relation that mean something only between parties that fight."""

UNIT = re.compile(r"\s*\[([^\]]+)\]")
CLOSE = 1e-9
"""How far a sum may lie off by rounding."""


@dataclass(frozen=True)
class Range:
    """What the schema lets stand at a key; open ends are not part of it."""

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: float) -> bool:
        """Whether a number lies in the range."""
        above = value > self.low if self.open_low else value >= self.low
        below = value < self.high if self.open_high else value <= self.high
        return above and below

    @property
    def words(self) -> str:
        """The range in words."""
        low = f"above {self.low:g}" if self.open_low else f"from {self.low:g}"
        high = f"below {self.high:g}" if self.open_high else f"{self.high:g}"
        return f"a number {low} and {high}" if self.open_high else f"a number {low} to {high}"


@dataclass(frozen=True)
class Fact:
    """A number of a case that can be varied: where it stands, what it is, and what the schema lets it be."""

    path: str
    place: Place
    value: float
    range: Range
    unit: str
    meaning: str


@dataclass(frozen=True)
class Key:
    """A key of a table that holds a number, or a pair of them (one for each direction)."""

    name: str
    range: Range
    unit: str
    meaning: str
    pair: bool


@cache
def number_keys(model: type[BaseModel]) -> tuple[Key, ...]:
    """The keys of a table that hold numbers with a range, read off its schema."""
    found: list[Key] = []
    for name, field in model.model_fields.items():
        inner = get_args(field.annotation)
        pair = get_origin(field.annotation) is tuple and len(inner) == 2 and inner[1] is not Ellipsis
        marks = number_marks(inner[0] if pair else field.annotation)
        if marks is not None:
            words = field.description or ""
            unit = ", ".join(UNIT.findall(words)) or "1"
            found.append(Key(name, range_of([*field.metadata, *marks]), unit, UNIT.sub("", words), pair))
    return tuple(found)


def number_marks(annotation: Any) -> list[Any] | None:
    """What an annotation adds to a number, or a number that may be left out; None where it is of something else."""
    if annotation is float:
        return []
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        marks = number_marks(inner)
        return None if marks is None else [*marks, *(m for i in more for m in getattr(i, "metadata", [i]))]
    if get_origin(annotation) in (Union, UnionType):
        (inner, *others) = [part for part in get_args(annotation) if part is not NoneType]
        return None if others else number_marks(inner)
    return None


def range_of(marks: Iterable[Any]) -> Range:
    """The range that marks of an annotation declare."""
    low, high, open_low, open_high = -math.inf, math.inf, False, False
    for mark in marks:
        match mark:
            case Ge(ge=int() | float() as bound):
                low = float(bound)
            case Gt(gt=int() | float() as bound):
                low, open_low = float(bound), True
            case Le(le=int() | float() as bound):
                high = float(bound)
            case Lt(lt=int() | float() as bound):
                high, open_high = float(bound), True
            case _:
                pass
    return Range(low, high, open_low, open_high)


# -- the facts of a case


def facts_of(scenario: Scenario) -> dict[str, Fact]:
    """Every number of a case that can be varied, by path, in the order of its tables."""
    sources = (party_facts, relation_facts, spoiler_facts, mediator_facts, track_facts, measure_facts)
    return {fact.path: fact for source in sources for fact in source(scenario)}


def held(names: str, place: Place, record: Any) -> Iterator[Fact]:
    """The numbers of one table that are no pairs, those that are left out left out."""
    for key in number_keys(type(record)):
        if not key.pair and getattr(record, key.name) is not None:
            value = float(getattr(record, key.name))
            at = (*place, key.name)
            yield Fact(f"{names}.{key.name}", at, value, key.range, key.unit, key.meaning)


def party_facts(scenario: Scenario) -> Iterator[Fact]:
    """Facts of parties, with the mean hawkishness of their factions, and of factions."""
    for i, party in enumerate(scenario.party):
        for fact in held(f"party.{party.name}", ("party", i), party):
            if fact.place[-1] not in POSITIVE:
                yield fact
            elif fact.value > 0:
                above = Range(0.0, fact.range.high, open_low=True)
                yield Fact(fact.path, fact.place, fact.value, above, fact.unit, fact.meaning)
        place, mean = ("party", i, "hawkishness"), mean_hawkishness(party)
        words = "mean hawkishness of its factions, weighted by share; all of them move with it"
        yield Fact(f"party.{party.name}.hawkishness", place, mean, Range(0.0, 1.0), "1", words)
        for k, faction in enumerate(party.faction):
            for fact in held(f"faction.{faction.name}", ("party", i, "faction", k), faction):
                if fact.place[-1] != "share" or len(party.faction) > 1:
                    yield fact


def mean_hawkishness(party: PartySpec) -> float:
    """Mean hawkishness of a party's factions, weighted by share."""
    total = sum(f.share for f in party.faction) or 1.0  # a faulty party is told of elsewhere
    return sum(f.share * f.hawkishness for f in party.faction) / total


def relation_facts(scenario: Scenario) -> Iterator[Fact]:
    """Facts of relations: pairs of numbers by direction, others in the order in which the case names the two."""
    for i, relation in enumerate(scenario.relation):
        a, b = relation.between
        for key in number_keys(type(relation)):
            if key.pair and (relation.hostile or key.name not in WAR):
                for side, names in enumerate((f"{a}.{b}", f"{b}.{a}")):
                    value, place = getattr(relation, key.name)[side], ("relation", i, key.name, side)
                    path = f"relation.{names}.{key.name}"
                    yield Fact(path, place, float(value), key.range, key.unit, key.meaning)
        yield from held(f"relation.{a}.{b}", ("relation", i), relation)


def spoiler_facts(scenario: Scenario) -> Iterator[Fact]:
    """Facts of spoilers, and of their wars."""
    for i, spoiler in enumerate(scenario.spoiler):
        yield from held(f"spoiler.{spoiler.name}", ("spoiler", i), spoiler)
        for k, target in enumerate(spoiler.target):
            yield from held(f"spoiler.{spoiler.name}.{target.party}", ("spoiler", i, "target", k), target)


def mediator_facts(scenario: Scenario) -> Iterator[Fact]:
    """Facts of mediators, and of their access between two parties."""
    for i, mediator in enumerate(scenario.mediator):
        yield from held(f"mediator.{mediator.name}", ("mediator", i), mediator)
        for k, access in enumerate(mediator.access):
            names = f"mediator.{mediator.name}.{access.between[0]}.{access.between[1]}"
            yield from held(names, ("mediator", i, "access", k), access)


def track_facts(scenario: Scenario) -> Iterator[Fact]:
    """Facts of tracks."""
    for i, track in enumerate(scenario.track):
        yield from held(f"track.{track.name}", ("track", i), track)


def measure_facts(scenario: Scenario) -> Iterator[Fact]:
    """Facts of measures."""
    for i, measure in enumerate(scenario.measure):
        yield from held(f"measure.{measure.name}", ("measure", i), measure)


# -- a case with other facts


def with_facts(scenario: Scenario, facts: Mapping[str, float]) -> Scenario:
    """The case with other numbers at some paths, which have been checked (``setting_problems``).

    Factions without a share among ``facts`` keep their proportions in what is left; where all have one, shares are
    scaled to sum to 1.  A party's hawkishness moves all its factions towards 0, or towards 1, in proportion.
    """
    if not facts:
        return scenario
    known = facts_of(scenario)
    return with_values(scenario, {known[path].place: value for path, value in facts.items()})


def with_values(scenario: Scenario, values: Mapping[Place, float]) -> Scenario:
    """The case with other facts, given by their places."""
    changed = replaced(scenario, {place: value for place, value in values.items() if not is_mean(place)})
    touched = sorted({int(place[1]) for place in values if is_mean(place) or place[-1] == "share"})
    if not touched:
        return changed
    parties = list(changed.party)
    for i in touched:
        party = parties[i]
        shares = [values.get(("party", i, "faction", k, "share")) for k in range(len(party.faction))]
        if any(share is not None for share in shares):
            party = party.model_copy(update={"faction": with_shares(party.faction, shares)})
        mean = values.get(("party", i, "hawkishness"))
        if mean is not None:
            party = party.model_copy(update={"faction": with_mean(party, mean)})
        parties[i] = party
    return changed.model_copy(update={"party": tuple(parties)})


def is_mean(place: Place) -> bool:
    """Whether a place is that of a party's mean hawkishness, which no key of the case holds."""
    return len(place) == 3 and place[0] == "party" and place[2] == "hawkishness"


def replaced(record: Any, values: Mapping[Place, float]) -> Any:
    """A record, list or number with other numbers at some places in it."""
    if not values:
        return record
    if () in values:
        return values[()]
    inside: dict[str | int, dict[Place, float]] = {}
    for place, value in values.items():
        inside.setdefault(place[0], {})[place[1:]] = value
    if isinstance(record, tuple):
        entries: tuple[Any, ...] = record
        return tuple(replaced(entry, inside.get(k, {})) for k, entry in enumerate(entries))
    return record.model_copy(update={str(k): replaced(getattr(record, str(k)), v) for k, v in inside.items()})


def with_shares(factions: tuple[FactionSpec, ...], shares: list[float | None]) -> tuple[FactionSpec, ...]:
    """Factions of which some have new shares: the others divide what is left, or all are scaled to sum to 1."""
    given = sum(share for share in shares if share is not None)
    others = sum(f.share for f, share in zip(factions, shares, strict=True) if share is None)
    unset = shares.count(None)
    parts: list[float] = []
    for faction, share in zip(factions, shares, strict=True):
        if share is not None:
            parts.append(share if unset else share / given)
        elif others > 0:
            parts.append((1.0 - given) * faction.share / others)
        else:
            parts.append((1.0 - given) / unset)
    return tuple(f.model_copy(update={"share": part}) for f, part in zip(factions, parts, strict=True))


def with_whole_shares(
    scenario: Scenario, facts: Mapping[str, float], held: Mapping[str, float]
) -> dict[str, float]:
    """Facts drawn one by one, with the shares of a party's factions scaled to make up the party.

    Shares that are ``held`` stay, and those that were drawn divide what is left.  Where a faction has neither, it
    fills its party by itself.
    """
    scaled = dict(facts)
    for party in scenario.party:
        paths = [f"faction.{f.name}.share" for f in party.faction]
        left = 1.0 - sum(held.get(path, 0.0) for path in paths)
        total = sum(facts.get(path, 0.0) for path in paths)
        if total > 0.0 and all(path in facts or path in held for path in paths):
            scaled |= {path: facts[path] * left / total for path in paths if path in facts}
    return scaled


def with_mean(party: PartySpec, mean: float) -> tuple[FactionSpec, ...]:
    """Factions whose hawkishness has a given mean."""
    now = mean_hawkishness(party)
    if mean == now:
        return party.faction

    def moved(h: float) -> float:
        return h * mean / now if mean < now else 1.0 - (1.0 - h) * (1.0 - mean) / (1.0 - now)

    return tuple(f.model_copy(update={"hawkishness": moved(f.hawkishness)}) for f in party.faction)


# -- checks


def path_problem(place: str, path: str, known: Collection[str]) -> InputError:
    """The line for a path that does not exist."""
    return wrong(place, path, expected_path(path, known))


def expected_path(path: str, known: Collection[str]) -> str:
    """What could stand where a path goes wrong, and the nearest path, one that ends in the same key if there is one."""
    paths = [p.split(".") for p in known]
    parts = path.split(".")
    depth = 0
    while depth < len(parts) and any(p[: depth + 1] == parts[: depth + 1] for p in paths):
        depth += 1
    begun = ".".join(parts[:depth])
    options = dict.fromkeys(p[depth] for p in paths if p[:depth] == parts[:depth] and len(p) > depth)
    if not options:
        expected = f"the path {begun}" if begun else "no fact: the case has none"
    else:
        expected = (f"{begun}. and then " if begun else "a path that begins with ") + one_of(options)
    alike = [".".join(p) for p in paths if (p[0], p[-1]) == (parts[0], parts[-1])]
    return expected + (nearest(path, alike) or nearest(path, known))


def setting_problems(scenario: Scenario, facts: Mapping[str, Any]) -> Problems:
    """Facts set by hand that do not exist, are no numbers in their range, or do not go together."""
    known = facts_of(scenario)
    sound: dict[str, float] = {}
    for path, value in facts.items():
        if path not in known:
            yield path_problem("fact", path, known)
        elif (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not known[path].range.holds(value)
        ):
            yield wrong(f"{FACT}.{path}", value, known[path].range.words)
        else:
            sound[path] = float(value)
    drawn = [fact for fact in priors_of(scenario) if fact.path not in sound]
    lows, highs = {f.path: f.low for f in drawn} | sound, {f.path: f.high for f in drawn} | sound
    for party in scenario.party:
        yield from share_problems(party, sound, by_hand, whole=True)
        yield from hawkishness_problems(party, sound, by_hand)
    yield from cost_problems(scenario, lows, highs, by_hand)


def by_hand(path: str) -> str:
    """The place of a fact that is set by hand, as messages write it."""
    return f"{FACT}.{path}"


def check_facts(scenario: Scenario, facts: Mapping[str, Any]) -> None:
    """Raise ``InputError`` for facts set by hand that the case cannot have."""
    raise_problems(setting_problems(scenario, facts))


def priors_of(scenario: Scenario) -> tuple[FactSpec, ...]:
    """The facts of a case that are drawn for each seed, in the order of the file."""
    return tuple(fact for fact in scenario.facts if fact.grade == "prior")


def share_problems(
    party: PartySpec, highs: Mapping[str, float], place: Callable[[str], str], *, whole: bool = False
) -> Problems:
    """Shares of factions that leave less than nothing for the others, or do not make up the ``whole`` party."""
    named = [path for f in party.faction if (path := f"faction.{f.name}.share") in highs]
    total = sum(highs[path] for path in named)
    if named and len(named) < len(party.faction) and total > 1 + CLOSE:
        yield wrong(
            place(named[-1]), highs[named[-1]], f"shares of factions of {party.name} of at most 1 in all"
        )
    elif named and len(named) == len(party.faction) and (total <= 0 or (whole and abs(total - 1) > CLOSE)):
        yield wrong(
            place(named[-1]), highs[named[-1]], f"shares of the factions of {party.name} that sum to 1"
        )


def hawkishness_problems(
    party: PartySpec, given: Mapping[str, float], place: Callable[[str], str]
) -> Problems:
    """Hawkishness of a faction beside that of its party, which moves all its factions."""
    mean = f"party.{party.name}.hawkishness"
    for f in party.faction:
        path = f"faction.{f.name}.hawkishness"
        if mean in given and path in given:
            yield wrong(place(path), given[path], f"either this or {mean}, which moves all its factions")


def cost_problems(
    scenario: Scenario, lows: Mapping[str, float], highs: Mapping[str, float], place: Callable[[str], str]
) -> Problems:
    """Measures whose first step can cost more than their largest."""
    for m in scenario.measure:
        first, most = f"measure.{m.name}.cost", f"measure.{m.name}.max_cost"
        cost, most_cost = highs.get(first, m.cost), lows.get(most, m.max_cost)
        if cost > most_cost and first in highs:
            yield wrong(place(first), cost, f"a cost of at most max_cost, {most_cost:g}")
        elif cost > most_cost and most in lows:
            yield wrong(place(most), most_cost, f"a number of at least the cost, {cost:g}")


def faults_of_facts(scenario: Scenario) -> Problems:
    """Facts with a range: each exists, once; it stands inside its range, and that inside what the schema allows."""
    if not scenario.facts:
        return
    known = facts_of(scenario)
    position: dict[str, int] = {}
    for i, fact in enumerate(scenario.facts, start=1):
        if fact.path not in known:
            yield path_problem(f"[facts {i}].path", fact.path, known)
        elif fact.path in position:
            yield wrong(
                f"[facts {i}].path", fact.path, f"a path of its own; facts {position[fact.path]} has it"
            )
        else:
            position[fact.path] = i
            yield from range_problems(f"[facts {i}: {fact.path}]", fact, known[fact.path])
    drawn = [fact for fact in priors_of(scenario) if fact.path in position]
    lows, highs = {f.path: f.low for f in drawn}, {f.path: f.high for f in drawn}

    def place(path: str) -> str:
        end = "low" if path.endswith(".max_cost") else "high"
        return f"[facts {position[path]}: {path}].{end}"

    for party in scenario.party:
        yield from share_problems(party, highs, place)
        yield from hawkishness_problems(party, highs, place)
    yield from cost_problems(scenario, lows, highs, place)


def range_problems(place: str, fact: FactSpec, known: Fact) -> Problems:
    """A range beyond what the schema allows, or one that the value of the case lies outside of."""
    for end in ("low", "high"):
        if not known.range.holds(getattr(fact, end)):
            yield wrong(f"{place}.{end}", getattr(fact, end), known.range.words)
    if not fact.low - CLOSE <= known.value <= fact.high + CLOSE:
        expected = f"a value between its low and high, {fact.low:g} to {fact.high:g}"
        yield wrong(f"{place}: value of the case", round(known.value, 6), expected)
