"""Orders of items: written ``first > second + third``, allowed or not, and turned into moves of a case.

An order says in which turns items are done; items of one turn, joined by ``+``, are done at once.  Turns lie a number
of days apart, from the day on which the levers act: the usual one, or that behind the sign, ``first >90 second``.  An
order that begins with the sign waits so many days itself.  A name may stand before it: ``truce first: truce > talks``.
What an order leaves out, though it is compared with orders that
have it, is ruled out throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

from detente.agents.codes import LEVERS
from detente.experiments.analysis.sequence_items import ItemSpec
from detente.experiments.compare.lessons import levels
from detente.model.errors import InputError, unknown, wrong
from detente.model.policy import MoveSpec
from detente.model.request import Request, checked_decisions
from detente.model.scenario import Scenario

THEN, TOGETHER = ">", "+"

SPACED = re.compile(r"\s*(?P<days>\d{1,4}(?:\.\d+)?)\s+(?P<items>.+)")
"""A turn with the days that pass before it."""

Table = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """Items in turns, and the days between one turn and the next (one number for each turn after the first)."""

    turns: tuple[tuple[str, ...], ...]
    gaps: tuple[float, ...]
    name: str = ""

    @property
    def label(self) -> str:
        """What tables call it: its name, or its items in order, with the days between them where they differ."""
        return self.name or self.words

    @property
    def words(self) -> str:
        """Its items in order; the days between turns where they are not all alike."""
        joined = [f" {TOGETHER} ".join(turn) for turn in self.turns]
        if len(set(self.gaps)) <= 1:
            return f" {THEN} ".join(joined)
        days = [f" {THEN}{gap:g} " for gap in self.gaps]
        return joined[0] + "".join(f"{gap}{turn}" for gap, turn in zip(days, joined[1:], strict=True))

    @property
    def items(self) -> tuple[str, ...]:
        """Its items."""
        return tuple(name for turn in self.turns for name in turn)


def evenly(turns: Sequence[Sequence[str]], gap: float, name: str = "") -> Order:
    """An order whose turns all lie the same number of days apart."""
    return Order(tuple(map(tuple, turns)), (gap,) * (len(turns) - 1), name)


def read_order(text: str, gap: float, known: Mapping[str, ItemSpec]) -> Order:
    """An order from text; raises ``InputError`` for an unknown item, one given twice, and an order not allowed."""
    order = written_order(text, gap)
    for name in order.items:
        if name not in known:
            raise unknown("order: item", name, known)
    if len(set(order.items)) < len(order.items):
        raise wrong("order", text, "each item once")
    if problem := fault(order, known):
        raise InputError(f"order {text!r}: {problem}")
    return order


def written_order(text: str, gap: float) -> Order:
    """An order as it is written, its items not looked at."""
    name, colon, rest = text.partition(":")
    first, *later = (rest if colon else text).split(THEN)
    spaced = [SPACED.fullmatch(turn) for turn in later]
    gaps = tuple(gap if found is None else float(found["days"]) for found in spaced)
    rows = [turn if found is None else found["items"] for turn, found in zip(later, spaced, strict=True)]
    waits = bool(spaced) and spaced[0] is not None and not first.strip()
    turns = [() if waits else items_in(first), *map(items_in, rows)]
    return Order(tuple(turns), gaps, name.strip() if colon else "")


def items_in(turn: str) -> tuple[str, ...]:
    """The items of a turn."""
    return tuple(name.strip() for name in turn.split(TOGETHER))


def fault(order: Order, known: Mapping[str, ItemSpec]) -> str:
    """Why an order is not allowed: an item before, or beside, one that it must come after; empty where it is."""
    turn_of = {name: k for k, turn in enumerate(order.turns) for name in turn}
    for name, turn in turn_of.items():
        for other in known[name].after:
            if turn_of.get(other, -1) >= turn:
                return f"{name} must come after {other}"
    return ""


def allowed_orders(names: Sequence[str], known: Mapping[str, ItemSpec]) -> Iterator[tuple[str, ...]]:
    """Every order of some items, one a turn, that their conditions allow."""
    for row in permutations(names):
        if not fault(evenly([[name] for name in row], 1.0), known):
            yield row


def check_orderable(names: Sequence[str], known: Mapping[str, ItemSpec]) -> None:
    """Raise ``InputError`` where items wait for each other in a circle, so that no order is allowed."""
    left = list(names)
    while left:
        free = [n for n in left if not set(known[n].after) & set(left)]
        if not free:
            waits = "; ".join(
                f"{n} must come after {', '.join(set(known[n].after) & set(left))}" for n in left
            )
            raise InputError(f"items: no order is allowed: {waits}")
        left = [n for n in left if n not in free]


def by_priority(names: Sequence[str], keys: Mapping[str, float], known: Mapping[str, ItemSpec]) -> list[str]:
    """The order that follows some keys as far as what must come before what allows."""
    left, row = sorted(names, key=lambda n: keys[n]), list[str]()
    while left:
        free = next(n for n in left if not set(known[n].after) & set(left))
        row.append(free)
        left.remove(free)
    return row


# -- from an order to moves


def days_of(order: Order, known: Mapping[str, ItemSpec], scenario: Scenario) -> dict[str, date]:
    """The day of every item: that of its turn, or its earliest where that is later.

    A turn begins no sooner than the items of the turn before.  Raises ``InputError`` for a day after the end.
    """
    day, found = scenario.case.pivot, dict[str, date]()
    for k, turn in enumerate(order.turns):
        if k:
            day += timedelta(days=round(order.gaps[k - 1]))
        for name in turn:
            found[name] = max(day, known[name].earliest or day)
        day = max((found[name] for name in turn), default=day)
        if day > scenario.case.end:
            raise InputError(
                f"order {order.label!r}: {' + '.join(turn)} would come on {day}; expected all turns by "
                f"{scenario.case.end}, so a shorter gap or fewer items"
            )
    return found


def ordered(
    request: Request, order: Order, all_items: Sequence[str], known: Mapping[str, ItemSpec]
) -> Request:
    """What is asked of a case with an order of items; those of ``all_items`` that it leaves out are ruled out."""
    scenario, tables = request.scenario, list[Table]()
    waiting: list[MoveSpec] = []
    days = days_of(order, known, scenario)
    for name in all_items:
        one, day = known[name], days.get(name)
        if one.hold:
            tables += held(scenario, one, day if one.when is None and not one.once else None)
        if day is not None and one.when is None:
            tables += [table_of(move, day) for move in one.move]
        elif day is not None:
            waiting += [move.model_copy(update={"date": None, "when": one.when}) for move in one.move]
    decisions = checked_decisions(scenario, tables)
    made = replace(request, decisions=(*request.decisions, *decisions))
    return with_waiting(made, waiting) if waiting else made


def with_waiting(request: Request, waiting: Sequence[MoveSpec]) -> Request:
    """A request with moves that wait for a condition, watched from the day on which the levers act."""
    levers = {**request.policy.levers, **request.levers}
    policy = request.policy.model_copy(update={"levers": levers, "move": (*request.policy.move, *waiting)})
    return replace(request, branch=(request.scenario.case.pivot, policy))


def table_of(move: MoveSpec, day: date) -> Table:
    """A move on a day, as a file has it."""
    return {**move.model_dump(by_alias=True, exclude_defaults=True), "sort": move.sort, "date": day}


def held(scenario: Scenario, one: ItemSpec, until: date | None) -> Iterator[Table]:
    """What rules an item out from the day on which the levers act to the eve of its turn, or for good."""
    first = scenario.case.pivot
    if until is not None and until <= first:
        return
    for move in one.move:
        yield from (lever_held(scenario, move, first) if is_lever(move) else ruled_out(move, first, until))


def is_lever(move: MoveSpec) -> bool:
    """Whether a move sets a lever, which stands at its level without lessons until then."""
    return move.do in ("lever", "invite_mediators")


def lever_held(scenario: Scenario, move: MoveSpec, day: date) -> Iterator[Table]:
    """A lever at its level without lessons."""
    lever = move.lever or "mediation"
    off = levels(scenario)[lever][0] if lever in LEVERS else 0.0
    yield {"date": day, "sort": "act", "actor": move.actor, "do": "lever", "lever": lever, "amount": off}


def ruled_out(move: MoveSpec, first: date, until: date | None) -> Iterator[Table]:
    """The choice of a move, and for a truce that of the other side, ruled out for a time."""
    sides = [(move.actor, move.to)]
    what = move.do
    if move.do in ("offer_truce", "answer_truce"):
        what, sides = "offer_truce", [(move.actor, move.to), (str(move.to), move.actor)]
        if move.do == "answer_truce":
            return
    for actor, to in sides:
        table = {"date": first, "sort": "act", "actor": actor, "do": "block", "what": what}
        table |= {"to": to, "track": move.track, "measure": move.measure}
        end = {} if until is None else {"until": until - timedelta(days=1)}
        yield {key: value for key, value in {**table, **end}.items() if value is not None}
