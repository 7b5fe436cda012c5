"""Items of an order that wait for a condition in place of a day: what they may wait for, and how an order has them.

``detente sequence`` knows an item that waits as an item of its own (``when``).  So an item that waits in one order and
has its day in the other becomes two: the item itself, ruled out in the order in which it waits, and a copy that is made
once the condition is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.dashboards.app.record import in_words
from detente.experiments.analysis.sequence_contrasts import CALM, QUIET
from detente.model.errors import InputError, unknown
from detente.model.policy import ConditionSpec

if TYPE_CHECKING:
    from detente.experiments.analysis.sequence_items import ItemSpec
    from detente.model.scenario import RelationSpec, Scenario

OWN = "own"
"""What an order says of an item that waits for the condition written beside it."""

ONCE = "once"
"""What stands between the name of an item and that of a condition in the name of a copy."""

PROGRESS, STEADY = 0.5, 0.6
"""Share of issues settled, and trust, that an item may wait for."""


LONGEST = 200
"""Characters that the title of an item may have."""


class Wait(NamedTuple):
    """A condition that an item may wait for: its name in addresses, what it is in words, and the condition."""

    name: str
    words: str
    condition: ConditionSpec


class Waits(NamedTuple):
    """That an item of an order waits for a condition, by its name."""

    name: str


Turn = date | Waits
"""When an item is done: on a day, or once a condition is met."""


def waits_of(scenario: Scenario) -> dict[str, Wait]:
    """What items may wait for in a case, by name: for each two parties that fight, what they have done by then."""
    found = [
        wait for relation in scenario.relation if relation.hostile for wait in of_pair(scenario, relation)
    ]
    return {wait.name: wait for wait in found}


def of_pair(scenario: Scenario, relation: RelationSpec) -> Iterable[Wait]:
    """What may be waited for between two parties that fight."""
    titles = {p.name: p.title for p in scenario.party}
    both, name = " and ".join(titles[p] for p in relation.between), ".".join(relation.between)
    tracks = [t for t in scenario.track if set(t.between) == set(relation.between)]
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("quiet", f"a ceasefire of {both} has held for 30 days", dict(QUIET)),
        ("trust", f"each of {both} trusts the other above {STEADY:g}", {"watch": "trust", "above": STEADY}),
    ]
    if relation.lethal:
        rows.append(("calm", f"deaths between {both} are at half their mean for 30 days", dict(CALM)))
    if tracks:
        words = f"talks of {both} have settled more than half of what they are about"
        rows.append(("half-settled", words, {"watch": "talks_progress", "above": PROGRESS}))
    for key, words, how in rows:
        yield Wait(f"{key}.{name}", words, ConditionSpec.model_validate({**how, "between": relation.between}))


def wait_like(scenario: Scenario, condition: ConditionSpec) -> str:
    """The name of the condition that is the same, whichever of the two stands first."""

    def plain_words(one: ConditionSpec) -> dict[str, Any]:
        return {**one.model_dump(), "between": sorted(one.between)}

    wanted = plain_words(condition)
    return next(wait.name for wait in waits_of(scenario).values() if plain_words(wait.condition) == wanted)


def own_words(scenario: Scenario, condition: ConditionSpec) -> str:
    """The condition of an item in words."""
    titles = {p.name: p.title for p in scenario.party}
    both = " and ".join(titles[p] for p in condition.between)
    way = "below" if condition.below is not None else "above"
    share = " times its mean" if condition.relative else ""
    lasting = f" for {condition.for_days:g} days" if condition.for_days > 1 else ""
    return f"{condition.watch.replace('_', ' ')} between {both} {way} {condition.level:g}{share}{lasting}"


# -- items as ``detente sequence`` takes them


def wait_asked(scenario: Scenario, one: ItemSpec, name: str, place: str) -> Waits:
    """What an item is said to wait for; raises ``InputError`` for what it cannot."""
    known = [OWN] if one.when is not None else [*waits_of(scenario)]
    if name not in known:
        raise unknown(place, name, known)
    if one.after:
        raise InputError(f"{place}: {one.name} must come after {', '.join(one.after)}; expected a day")
    return Waits(name)


def turn_words(scenario: Scenario, one: ItemSpec, turn: Turn) -> str:
    """When an item is done, in words."""
    if isinstance(turn, date):
        return in_words(turn)
    if turn.name == OWN and one.when is not None:
        return f"once {own_words(scenario, one.when)}"
    return f"once {waits_of(scenario)[turn.name].words}"


def copy_name(item: str, wait: str) -> str:
    """The name of a copy that waits."""
    return item if wait == OWN else f"{item}-{ONCE}-{wait.replace('.', '-')}"


def items_with_waits(
    scenario: Scenario, known: Mapping[str, ItemSpec], orders: Sequence[Mapping[str, Turn]]
) -> list[ItemSpec]:
    """The items of a case, and a copy for each item that waits for a condition of ``waits_of``.

    A copy rules out nothing by itself where the item has its day in another order: the item does, being left out.
    """
    waits = waits_of(scenario)
    copies: dict[str, ItemSpec] = {}
    dated = {name for order in orders for name, turn in order.items() if isinstance(turn, date)}
    for order in orders:
        for item, turn in order.items():
            if isinstance(turn, Waits) and turn.name != OWN:
                name, one = copy_name(item, turn.name), known[item]
                wait = waits[turn.name]
                changes = {"name": name, "earliest": None, "when": wait.condition, "once": True}
                changes |= {"title": f"{one.words}, once {wait.words}"[:LONGEST]}
                changes |= {"hold": one.hold and item not in dated}
                copies[name] = one.model_copy(update=changes)
    return [*known.values(), *copies.values()]


def file_of_items(gap: float, items: Iterable[ItemSpec]) -> str:
    """Items as a ``sequence.toml``."""
    import tomli_w

    return tomli_w.dumps({"gap": gap, "item": [table_of(one) for one in items]})


def table_of(one: ItemSpec) -> dict[str, Any]:
    """An item as a file has it, its moves without the day that stands in for that of an order."""
    table = one.model_dump(by_alias=True, exclude_defaults=True, exclude={"move"})
    moves = [move.model_dump(by_alias=True, exclude_defaults=True, exclude={"date"}) for move in one.move]
    return {**{key: plain(value) for key, value in table.items()}, "move": [plain(move) for move in moves]}


def plain(value: Any) -> Any:
    """Values as TOML has them: tuples as lists, nothing that is left out."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if inner is not None}
    return [plain(inner) for inner in value] if isinstance(value, tuple | list) else value
