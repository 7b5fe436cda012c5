"""What can be put in order in a case: tracks, truces, measures, drawdowns and mediators, as items.

Items are read from ``sequence.toml`` beside the case, or built from the case itself.  An item's moves are ruled out
from the day on which the levers act until its turn comes; then they are made, and from then on the rules decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from detente.agents.codes import LEVERS
from detente.experiments.compare.lessons import levels
from detente.model.catalogue import label
from detente.model.crosscheck import condition_problems, move_problems
from detente.model.errors import InputError, raise_problems, unknown
from detente.model.explain import validated
from detente.model.fields import Document, Slug, Spec, Text, Title, frozen, refuse, refuse_all
from detente.model.policy import ConditionSpec, MoveSpec, parts_of
from detente.model.reading import read_toml
from detente.model.scenario import MeasureSpec, PartySpec, Scenario, TrackSpec

FILE_NAME = "sequence.toml"
"""The file of items beside a case."""

EXPECTED_MOVE = "a move without date, when, from and until: the order gives its day"
SOME_DAY = dt.date(2000, 1, 1)
"""Stands in for the day of a move until an order gives it one."""

LEAVES = 0.5
"""Share of its forces that a drawdown of the built items leaves."""

DAYS_OF_MOVES = ("date", "when", "from", "until", "known_from")


class ItemSpec(Spec):
    """One thing that can be done sooner or later, and the moves it consists of."""

    name: Slug = Field(description="name of the item, by which orders refer to it")
    title: Title | None = Field(
        None, description="name of the item in texts and figures; its name unless given"
    )
    earliest: dt.date | None = Field(None, description="first day on which it can be done")
    after: tuple[Slug, ...] = Field((), description="items that must come before it, where an order has them")
    when: ConditionSpec | None = Field(None, description="condition that it waits for once its turn has come")
    hold: bool = Field(True, description="whether it is ruled out until its turn comes")
    once: bool = Field(False, description="whether it is ruled out again once it was done")
    note: Text = Field("", description="what it is, in words")
    move: tuple[MoveSpec, ...] = Field(min_length=1, description="moves made at once, without dates")

    @field_validator("move", mode="before")
    @classmethod
    def moves_have_no_day(cls, moves: Any) -> Any:
        """An order gives moves their day; joint moves are held as the act and the reply they consist of."""
        if not isinstance(moves, Sequence) or isinstance(moves, str):
            return moves
        return tuple(with_some_day(one) for one in moves)

    @field_validator("move")
    @classmethod
    def joint_moves_are_two(cls, moves: tuple[MoveSpec, ...]) -> tuple[MoveSpec, ...]:
        """An act by one side and a reply by the other stand for each joint move."""
        return tuple(part for move in moves for part in parts_of(move))

    @model_validator(mode="after")
    def waits_for_one_thing(self) -> Self:
        """A condition is watched from the day on which the levers act, so no earliest day goes with it."""
        refuse_all(self.clashes())
        return self

    def clashes(self) -> Iterator[PydanticCustomError]:
        """Keys that do not go together."""
        if self.when is not None and self.earliest is not None:
            yield refuse("earliest", self.earliest, "no such key beside when")
        if self.when is not None and self.after:
            yield refuse("after", self.after, "no such key beside when")
        if self.name in self.after:
            yield refuse("after", self.name, "other items")

    @property
    def words(self) -> str:
        """What texts call it."""
        return self.title or self.name


def with_some_day(move: Any) -> Any:
    """A move's table with a day to be replaced; one that has a day of its own is refused."""
    if not isinstance(move, Mapping):
        return move
    for key in DAYS_OF_MOVES:
        if key in move:
            raise refuse("", key, EXPECTED_MOVE)
    return {**move, "date": SOME_DAY}


class ItemsSpec(Document):
    """A whole ``sequence.toml``."""

    gap: float = Field(120.0, ge=1, le=3650, description="days between two items of an order")
    item: tuple[ItemSpec, ...] = Field(min_length=1, description="what can be put in order")

    @classmethod
    def cross_problems(cls, whole: Any, *, partial: bool = False) -> Iterable[InputError]:
        """Items have names of their own, and name each other."""
        found = vars(whole).get("item")
        items = found if isinstance(found, Sequence) else ()
        sound = [item for item in items if is_named(item)]
        return item_problems(sound) if len(sound) == len(items) else ()

    @model_validator(mode="after")
    def items_fit(self) -> Self:
        """Raise what is wrong between items."""
        raise_problems(item_problems(self.item))
        return self


def is_named(item: Any) -> bool:
    """Whether an item of a file with faults has the keys by which items are told apart."""
    return isinstance(item, ItemSpec) and {"name", "after"} <= vars(item).keys()


def item_problems(items: Sequence[ItemSpec]) -> Iterator[InputError]:
    """Names given twice, and items that come after one that is not there."""
    names = [item.name for item in items]
    for k, item in enumerate(items, start=1):
        if item.name in names[: k - 1]:
            yield InputError(f"[item {k}: {item.name}].name: got a name given twice; expected one of its own")
        for other in item.after:
            if other not in names:
                yield unknown(f"[item {k}: {item.name}].after", other, names)


def case_problems(scenario: Scenario, items: Sequence[ItemSpec]) -> Iterator[InputError]:
    """Moves and conditions that name what the case has not."""
    for k, item in enumerate(items, start=1):
        place = f"[item {k}: {item.name}]"
        yield from faults_of_moves(scenario, f"{place}.move", item.move)
        if item.when is not None:
            yield from condition_problems(scenario, f"{place}.when", item.when)
        if item.earliest is not None and not scenario.case.pivot <= item.earliest <= scenario.case.end:
            days = f"a date from {scenario.case.pivot}, when the levers act, to {scenario.case.end}"
            yield InputError(f"{place}.earliest: got {item.earliest}; expected {days}")


def faults_of_moves(scenario: Scenario, place: str, moves: Sequence[MoveSpec]) -> Iterator[InputError]:
    """What the moves of an item name that the case has not, once: a joint move is an act and a reply."""
    said: set[str] = set()
    for move in moves:
        dated = move.model_copy(update={"date": scenario.case.pivot})
        for problem in move_problems(scenario, place, dated):
            if str(problem) not in said:
                said.add(str(problem))
                yield problem


def read_items(path: Path, scenario: Scenario) -> ItemsSpec:
    """The items of a file, checked by themselves and against the case; raises all its problems in one message."""
    raw = read_toml(path)
    try:
        read, lines = validated(ItemsSpec, raw, label(path)).read_from(path), list[str]()
        sound = read.item
    except InputError as error:
        read, lines, sound = None, list(error.problems), tuple(sound_items(raw))
    lines += [f"{label(path)}: {problem}" for problem in case_problems(scenario, sound)]
    if read is None or lines:
        raise InputError("; ".join(lines), tuple(lines))
    return read


def sound_items(raw: Mapping[str, Any]) -> Iterator[ItemSpec]:
    """Those items of a file that can be read, to be checked against a case."""
    tables = raw.get("item")
    for one in tables if isinstance(tables, Sequence) else ():
        with suppress(ValidationError, InputError):
            yield ItemSpec.model_validate(frozen(one))


def items_of(scenario: Scenario, path: str | Path | None = None) -> ItemsSpec:
    """The items of a file, of the one beside the case, or built from the case."""
    if path is not None:
        return read_items(Path(path), scenario)
    beside = None if scenario.path is None else scenario.path.parent / FILE_NAME
    if beside is not None and beside.is_file():
        return read_items(beside, scenario)
    built = tuple(built_items(scenario))
    if not built:
        raise InputError(f"{scenario.case.name}: has no track, truce, measure or mediator to put in order")
    return ItemsSpec.model_validate({"item": built})


# -- items built from a case


def built_items(scenario: Scenario) -> Iterator[ItemSpec]:
    """Everything in a case that can be done sooner or later."""
    sources = (
        (track_item(scenario, track) for track in scenario.track),
        truce_items(scenario),
        (measure_item(measure) for measure in scenario.measure),
        (drawdown_item(party) for party in scenario.party if is_patron(scenario, party)),
        (mediators_item(party) for party in scenario.party if party.sponsor and scenario.mediator),
    )
    taken: set[str] = set()
    for item in (item for source in sources for item in source):
        name = item.name if item.name not in taken else f"{item.name}-{len(taken)}"
        taken.add(name)
        yield item if name == item.name else item.model_copy(update={"name": name})


def is_patron(scenario: Scenario, party: PartySpec) -> bool:
    """Whether a party has forces present that it can draw down."""
    return party.presence > 0 and any(p.patron == party.name for p in scenario.party)


def item(name: str, title: str, *moves: Mapping[str, Any], **more: Any) -> ItemSpec:
    """An item from the tables of its moves."""
    return ItemSpec.model_validate({"name": name, "title": title, "move": moves, **more})


def track_item(scenario: Scenario, track: TrackSpec) -> ItemSpec:
    """The opening of a track by both sides."""
    sponsors = [p.name for p in scenario.party if p.sponsor or p.patron]
    first, second = track.between
    if second in sponsors and first not in sponsors:
        first, second = second, first
    move = {"sort": "joint", "actor": first, "to": second, "do": "open_track", "track": track.name}
    return item(track.name, track.title, move)


def truce_items(scenario: Scenario) -> Iterator[ItemSpec]:
    """A ceasefire of each two parties that fight."""
    titles = {p.name: p.title for p in scenario.party}
    for relation in scenario.relation:
        if relation.hostile:
            first, second = relation.between
            move = {"sort": "joint", "actor": first, "to": second, "do": "offer_truce"}
            title = f"Ceasefire between {titles[first]} and {titles[second]}"
            yield item(f"truce-{first}-{second}", title, move)


def measure_item(measure: MeasureSpec) -> ItemSpec:
    """A measure given."""
    move = {"sort": "act", "actor": measure.giver, "do": "give_measure", "measure": measure.name}
    return item(measure.name, measure.title, move)


def drawdown_item(party: PartySpec) -> ItemSpec:
    """A drawdown of a patron's forces to half."""
    move = {"sort": "act", "actor": party.name, "do": "draw_down", "amount": LEAVES}
    return item(f"drawdown-{party.name}", f"{party.title}: drawdown to half its forces", move)


def mediators_item(party: PartySpec) -> ItemSpec:
    """An invitation to mediators."""
    move = {"sort": "act", "actor": party.name, "do": "invite_mediators", "amount": 1.0}
    return item(f"mediators-{party.name}", f"{party.title} invites mediators", move)


# -- the items of an order that nobody named


def usual_items(scenario: Scenario, items: Sequence[ItemSpec]) -> list[str]:
    """One item, the first in the case, for each lever that five lessons raises: what its order is about."""
    raised = [lever for lever, (off, on) in levels(scenario).items() if on > off]
    found: list[str] = []
    for lever in raised:
        match = next((i.name for i in items if i.name not in found and lever_of(scenario, i) == lever), None)
        found += [] if match is None else [match]
    return found


KINDS_OF_MEASURES = {
    "recognition": "recognition",
    "confidence": "confidence_building",
    "posture": "force_posture",
}


def lever_of(scenario: Scenario, one: ItemSpec) -> str:
    """The lever that carries an item."""
    move = one.move[0]
    if move.do == "open_track":
        track = next(t for t in scenario.track if t.name == move.track)
        return "direct_channel" if track.form == "direct" else "parallel_tracks"
    if move.do == "give_measure":
        measure = next(m for m in scenario.measure if m.name == move.measure)
        return KINDS_OF_MEASURES[measure.kind]
    if move.do == "lever":
        return str(move.lever)
    words = {"offer_truce": "ceasefires", "draw_down": "force_posture", "invite_mediators": "mediation"}
    return words.get(move.do, next(iter(LEVERS)))
