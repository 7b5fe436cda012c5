"""The moves of ``detente if``: a ceasefire, an agreement, talks or a withdrawal, from a few words to moves of a policy.

Where the model knows a ceasefire only by what led to it (its class) or has a number for the whole case (monitoring),
the words become a setting of the runs with the move, and the result says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.agents.codes import TRUCE_CLASSES
from detente.experiments.cases.builder.history import unanswered
from detente.model.errors import InputError, nearest, one_of, raise_problems, unknown, wrong

if TYPE_CHECKING:
    from detente.model.scenario import RelationSpec, Scenario, TrackSpec

Words = Mapping[str, Any]
Given = str | Words | Sequence[str | Words] | None
"""A move in words, ``key=value`` separated by commas or a mapping; or several."""

KEYS: dict[str, tuple[str, ...]] = {
    "truce": ("class", "monitored", "scope", "between", "by", "days"),
    "agreement": ("between", "issues"),
    "talks": ("between", "track", "mediated"),
    "withdrawal": ("by", "left"),
}
"""What can be asked for, and the keys of each."""

SCOPES = {"national": "dyad", "local": "local"}
"""Scope of a ceasefire -> what a move calls it."""

ALONE_DAYS = 14
"""Days for which one side holds fire where nothing is said of it."""

LONGEST = 3650


class Asked(NamedTuple):
    """One move in words: its kind, and key -> value."""

    kind: str
    words: dict[str, Any]


@dataclass(frozen=True)
class Moves:
    """What is done on the day, as moves of a policy, and what the runs with it are set to beside.

    ``rank`` is the class of the ceasefire, 0 (cessation) to 2 (definitive); ``facts`` are numbers of the case.
    """

    moves: tuple[dict[str, Any], ...]
    rank: int = 0
    facts: Mapping[str, float] = field(default_factory=dict[str, float])
    words: tuple[str, ...] = ()


# -- reading


def asked_moves(**given: Given) -> list[Asked]:
    """Moves in words, each of its kind; raises ``InputError`` for none, and with every key and form that is wrong."""
    problems: list[InputError] = []
    found: list[Asked] = []
    for kind, several in given.items():
        for one in listed(several):
            try:
                found.append(Asked(kind, checked_keys(kind, one)))
            except InputError as error:
                problems.append(error)
    if not found and not problems:
        options = ", ".join(f"--{kind}" for kind in KEYS)
        problems.append(InputError(f"{options}: got none of them; expected at least one move"))
    raise_problems(problems)
    return found


def listed(given: Given) -> list[str | Words]:
    """One move or several as a list."""
    if given is None:
        return []
    return [given] if isinstance(given, str | Mapping) else list(given)


def checked_keys(kind: str, one: str | Words) -> dict[str, Any]:
    """The words of one move by key; raises ``InputError`` for a key that its kind does not have."""
    words = dict(one) if isinstance(one, Mapping) else split(kind, one)
    problems = [
        wrong(f"--{kind}", key, f"one of the keys {', '.join(KEYS[kind])}{nearest(key, KEYS[kind])}")
        for key in words
        if key not in KEYS[kind]
    ]
    raise_problems(problems)
    return words


def split(kind: str, text: str) -> dict[str, Any]:
    """``key=value,key=value`` as a mapping."""
    words: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not key or not equals or not value:
            example = f"{KEYS[kind][0]}=..."
            raise wrong(f"--{kind}", part, f"KEY=VALUE, separated by commas, such as {example}")
        if key in words:
            raise InputError(f"--{kind}: {key} is given twice")
        words[key] = value
    return words


# -- values


class Faults:
    """Values of one kind of move, read one by one; what is wrong with them is noted, to be raised together."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.found = asked, list[InputError]()

    def place(self, key: str) -> str:
        """What a message calls a value."""
        return f"--{self.asked.kind} {key}"

    def read[T](self, key: str, read: Callable[[str, Any], T], usual: T) -> T:
        """A value, or the usual one where it is not given or wrong."""
        value = self.asked.words.get(key)
        if value is None:
            return usual
        try:
            return read(self.place(key), value)
        except InputError as error:
            self.found.append(error)
            return usual


def number(low: float, high: float, unit: str = "") -> Callable[[str, Any], float]:
    """A reader of numbers between two ends."""

    def read(place: str, value: Any) -> float:
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = float("nan")
        if isinstance(value, bool) or not low <= found <= high:
            raise wrong(place, value, f"a number from {low:g} to {high:g}{unit}")
        return found

    return read


def word_of(known: Sequence[str]) -> Callable[[str, Any], str]:
    """A reader of words out of a list."""

    def read(place: str, value: Any) -> str:
        if value not in known:
            raise wrong(place, value, f"{one_of(tuple(known))}{nearest(str(value), known)}")
        return str(value)

    return read


def several(place: str, value: Any) -> tuple[str, ...]:
    """Names joined by plus signs, or a list of them."""
    names = value.split("+") if isinstance(value, str) else list(value)
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise wrong(place, value, "names joined by +")
    return tuple(name.strip() for name in names)


# -- who


def wars_of(scenario: Scenario) -> list[RelationSpec]:
    """The relations of parties that fight, those with most attacks first."""
    return sorted((r for r in scenario.relation if r.hostile), key=lambda r: -sum(r.attacks))


def pair_reader(scenario: Scenario) -> Callable[[str, Any], tuple[str, str]]:
    """A reader of two parties that fight each other, in the order of their relation."""
    known = {frozenset(r.between): r.between for r in wars_of(scenario)}

    def read(place: str, value: Any) -> tuple[str, str]:
        names = several(place, value)
        for name in names:
            if name not in {p.name for p in scenario.party}:
                raise unknown(place, name, [p.name for p in scenario.party])
        if frozenset(names) not in known or len(names) != 2:
            pairs = ", ".join("+".join(pair) for pair in known.values())
            raise wrong(place, "+".join(names), f"two parties that fight each other: {pairs}")
        return known[frozenset(names)]

    return read


def main_pair(scenario: Scenario) -> tuple[str, str]:
    """The two parties of the war with most attacks; raises ``InputError`` for a case without a war."""
    wars = wars_of(scenario)
    if not wars:
        raise InputError(f"{scenario.case.name}: no two parties are hostile; expected a war")
    return wars[0].between


# -- moves


def moves_on(scenario: Scenario, day: date, asked: Sequence[Asked]) -> Moves:
    """The moves that some words stand for, on a day of a case; raises ``InputError`` with every fault of all."""
    makers = {"truce": truce, "agreement": agreement, "talks": talks, "withdrawal": withdrawal}
    problems: list[InputError] = []
    made: list[Moves] = []
    for one in asked:
        faults = Faults(one)
        try:
            made.append(makers[one.kind](scenario, day, faults))
        except InputError as error:
            faults.found.append(error)
        problems += faults.found
    raise_problems(problems)
    return Moves(
        tuple(move for one in made for move in one.moves),
        max(one.rank for one in made),
        {path: value for one in made for path, value in one.facts.items()},
        tuple(line for one in made for line in one.words),
    )


def truce(scenario: Scenario, day: date, given: Faults) -> Moves:
    """A ceasefire: of both sides unless ``by`` names the one that holds fire."""
    kind = given.read("class", word_of(TRUCE_CLASSES), TRUCE_CLASSES[0])
    monitored = given.read("monitored", number(0, 1), -1.0)
    scope = given.read("scope", word_of(tuple(SCOPES)), "national")
    days = given.read("days", number(1, LONGEST, " days"), -1.0)
    pair = given.read("between", pair_reader(scenario), main_pair(scenario))
    by = given.read("by", word_of(pair), "")
    a, b = pair if by in ("", pair[0]) else pair[::-1]
    rank = TRUCE_CLASSES.index(kind)
    usual = float(ALONE_DAYS) if by else term_of(scenario, rank)
    end = last_day(scenario, day, days if days > 0 else usual)
    move: dict[str, Any] = {"date": day, "actor": a, "do": "offer_truce", "to": b, "from": day}
    move |= {"scope": SCOPES[scope], "sort": "act" if by else "joint"} | ({"until": end} if end else {})
    moves = (move, *([unanswered(move, end or day)] if by else []))
    facts = {} if monitored < 0 else {f"relation.{pair[0]}.{pair[1]}.monitoring": monitored}
    words = [f"{scope} ceasefire ({kind}) of {a if by else f'{a} and {b}'}"]
    words += [f"kept under {monitored:g} of full monitoring"] if facts else []
    return Moves(moves, rank, facts, (", ".join(words),))


def term_of(scenario: Scenario, rank: int) -> float:
    """Days for which a ceasefire of both sides stands by its class, if that is above the first; else -1."""
    own = scenario.parameters.ceasefires
    return (-1.0, own.term_compliance, own.term_definitive)[rank]


def last_day(scenario: Scenario, day: date, days: float) -> date | None:
    """The last day of a ceasefire of so many days, within the case; none where the rules decide."""
    return min(day + timedelta(days=round(days) - 1), scenario.case.end) if days > 0 else None


def agreement(scenario: Scenario, day: date, given: Faults) -> Moves:
    """An agreement, on all issues between two parties unless some are named."""
    pair = given.read("between", pair_reader(scenario), main_pair(scenario))
    known = list(dict.fromkeys(i.name for t in tracks_between(scenario, pair) for i in t.issues))
    issues = given.read("issues", several, ())
    given.found += [unknown(given.place("issues"), name, known) for name in issues if name not in known]
    move = {"date": day, "sort": "joint", "actor": pair[0], "do": "sign_agreement", "to": pair[1]}
    what = f" on {', '.join(issues)}" if issues else ""
    words = (f"agreement of {pair[0]} and {pair[1]}{what}",)
    return Moves(({**move, **({"issues": list(issues)} if issues else {})},), words=words)


def tracks_between(scenario: Scenario, pair: Sequence[str]) -> list[TrackSpec]:
    """The lines of talks between two parties."""
    return [t for t in scenario.track if set(t.between) == set(pair)]


def talks(scenario: Scenario, day: date, given: Faults) -> Moves:
    """Talks opened by both sides, on the first track between them unless one is named."""
    pair = given.read("between", pair_reader(scenario), main_pair(scenario))
    named = {t.name: t for t in scenario.track}
    usual = next(iter(tracks_between(scenario, pair)), None)
    name = given.read("track", known_name(named), usual.name if usual else "")
    mediated = given.read("mediated", number(0, 1), -1.0)
    if name not in named:
        raise InputError(
            f"{given.place('track')}: {' and '.join(pair)} have no track; expected one in the case"
        )
    a, b = named[name].between
    move = {"date": day, "sort": "joint", "actor": a, "do": "open_track", "to": b, "track": name}
    wish = {"date": day, "sort": "act", "do": "invite_mediators", "amount": max(mediated, 0.0)}
    hosts = [{**wish, "actor": p} for p in (a, b)] if mediated >= 0 else []
    said = f", mediators invited at {mediated:g}" if hosts else ""
    return Moves((move, *hosts), words=(f"talks of {a} and {b} ({name}){said}",))


def known_name(known: Mapping[str, Any]) -> Callable[[str, Any], str]:
    """A reader of names of a case."""

    def read(place: str, value: Any) -> str:
        if value not in known:
            raise unknown(place, str(value), known)
        return str(value)

    return read


def withdrawal(scenario: Scenario, day: date, given: Faults) -> Moves:
    """Forces of a patron that go home, all unless some are ``left``."""
    patrons = list(dict.fromkeys(p.patron for p in scenario.party if p.patron))
    if not patrons:
        raise InputError(
            f"--withdrawal: no party of {scenario.case.name} has a patron; expected one with forces to withdraw"
        )
    by = given.read("by", word_of(patrons), patrons[0])
    left = given.read("left", number(0, 1), 0.0)
    move = {"date": day, "sort": "act", "actor": by, "do": "draw_down", "amount": left}
    return Moves((move,), words=(f"withdrawal of {by}, {left:g} of its forces left",))


def kinds_of(asked: Sequence[Asked]) -> Iterator[dict[str, Any]]:
    """The words of each move as plain values."""
    for one in asked:
        yield {"kind": one.kind, **{key: str(value) for key, value in one.words.items()}}
