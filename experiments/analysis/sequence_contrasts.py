"""The contrasts that have a name: who first, which level first, truce or talks first, and which way round.

Each is built from a case's own tracks, truces and measures, where it has them; where it has not, the reason is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detente.experiments.analysis.sequence_items import ItemSpec
from detente.experiments.analysis.sequence_orders import Order, evenly
from detente.experiments.compare.where_conditions import Sides
from detente.model.errors import InputError
from detente.model.policy import ConditionSpec
from detente.model.scenario import Scenario, TrackSpec


class NotThereError(Exception):
    """The case lacks what a contrast is about; the text says what."""


@dataclass(frozen=True)
class Contrast:
    """Orders to be compared, the items that are held where an order leaves them out, and items of its own."""

    name: str
    title: str
    orders: tuple[Order, ...]
    items: tuple[str, ...]
    own: Mapping[str, ItemSpec] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """A case, its items, and the days between two turns."""

    scenario: Scenario
    items: Mapping[str, ItemSpec]
    gap: float

    @property
    def sides(self) -> Sides:
        """Who stands against whom."""
        return Sides.of(self.scenario)

    def opening_of(self, track: TrackSpec) -> str:
        """The item that opens a track."""
        return self.item_with(lambda move: move.do == "open_track" and move.track == track.name, track.title)

    def item_with(self, matches: Callable[[Any], bool], what: str) -> str:
        """The first item with a move that is sought."""
        found = next((name for name, one in self.items.items() if any(map(matches, one.move))), None)
        if found is None:
            raise NotThereError(f"no item for {what}")
        return found

    def tracks(self, first: str | None = None, second: str | None = None) -> list[TrackSpec]:
        """Tracks between two parties; all of them without names."""
        if first is None:
            return list(self.scenario.track)
        return [t for t in self.scenario.track if set(t.between) == {first, second}]

    def truce(self, first: str, second: str) -> str:
        """The item that offers a ceasefire between two parties."""
        both = {first, second}
        return self.item_with(
            lambda m: m.do == "offer_truce" and {m.actor, m.to} == both, "a ceasefire of theirs"
        )

    def between(self) -> tuple[str, str]:
        """Who fights at the side of the state, and its main foe."""
        sides = self.sides
        if sides.foe is None:
            raise NotThereError("nobody fights the sponsor")
        return sides.fighter.name, sides.foe.name


def front(tracks: Sequence[TrackSpec]) -> TrackSpec | None:
    """The open track of some: a front one, else a direct one, else any but a secret or an indirect one."""
    for form in ("front", "direct", "working"):
        for track in tracks:
            if track.form == form:
                return track
    return None


def three(board: Board, first: str, second: str, names: Sequence[str]) -> tuple[Order, ...]:
    """One first, the other first, and where it has a name, both at once."""
    turns = ([[first], [second]], [[second], [first]], [[first, second]])
    return tuple(evenly(t, board.gap, name) for t, name in zip(turns, names, strict=False))


def patron_or_ally(board: Board) -> Contrast:
    """Who talks to the foe first: the patron, its ally, or both at once."""
    sides = board.sides
    if sides.ally is None or sides.foe is None:
        raise NotThereError("it has no ally with a patron")
    foe = sides.foe.name
    direct = [t for t in board.tracks(sides.sponsor.name, foe) if t.form == "direct"]
    patron = direct[0] if direct else front(board.tracks(sides.sponsor.name, foe))
    ally = front(board.tracks(sides.ally.name, foe))
    if patron is None or ally is None:
        who = "patron" if patron is None else "ally"
        raise NotThereError(f"it has no open track between the {who} and the foe")
    first, second = board.opening_of(patron), board.opening_of(ally)
    orders = three(board, first, second, ("patron first", "ally first", "both at once"))
    return Contrast("patron-or-ally", "Who talks to the foe first?", orders, (first, second))


def summit_or_working(board: Board) -> Contrast:
    """A summit first, or talks at the working level first."""
    sponsor = board.sides.sponsor.name
    summits = [t for t in board.tracks() if t.rank == "summit"]
    for summit in sorted(summits, key=lambda t: sponsor not in t.between):
        same = board.tracks(*summit.between)
        senior = [t for t in same if t.rank == "senior" and t.form == summit.form]
        below = [t for t in same if t.rank == "working"] or senior
        if below:
            first, second = board.opening_of(summit), board.opening_of(below[0])
            orders = three(board, first, second, ("summit first", "working level first"))
            return Contrast("summit-or-working", "At which level to begin?", orders, (first, second))
    raise NotThereError("it has no summit beside a track of lower rank between the same two parties")


def truce_or_talks(board: Board) -> Contrast:
    """A truce first, or talks first."""
    fighter, foe = board.between()
    track = front(board.tracks(fighter, foe))
    if track is None:
        raise NotThereError("it has no open track between those who fight")
    first, second = board.truce(fighter, foe), board.opening_of(track)
    orders = three(board, first, second, ("truce first", "talks first", "both at once"))
    return Contrast("truce-or-talks", "A truce first, or talks first?", orders, (first, second))


CALM = {"watch": "deaths", "below": 0.5, "relative": True, "for_days": 30.0}
QUIET = {"watch": "truce_days", "above": 30.0}


def recognition_and_milestones(board: Board) -> Contrast:
    """Recognition on the first day, or once violence has stayed low: deaths at half their mean for a month.

    Where nobody is killed, once a ceasefire has held for a month.
    """
    fighter, foe = board.between()
    steps = [m.name for m in board.scenario.measure if m.kind == "recognition" and m.receiver == foe]
    if not steps:
        raise NotThereError("it has no measure of recognition for the foe")
    name = board.item_with(lambda m: m.do == "give_measure" and m.measure in steps, "recognition")
    lethal = any(r.lethal and set(r.between) == {fighter, foe} for r in board.scenario.relation)
    when = ConditionSpec.model_validate({**(CALM if lethal else QUIET), "between": (fighter, foe)})
    now, later = f"{name}-at-once", f"{name}-on-milestone"
    own = {
        now: board.items[name].model_copy(update={"name": now, "once": True, "after": (), "when": None}),
        later: board.items[name].model_copy(
            update={"name": later, "once": True, "after": (), "earliest": None, "when": when}
        ),
    }
    orders = (
        evenly([[now]], board.gap, "before milestones"),
        evenly([[later]], board.gap, "after milestones"),
    )
    title = "Recognition before milestones, or after?"
    return Contrast("recognition-and-milestones", title, orders, (now, later), own)


def way_round(board: Board) -> Contrast:
    """Straight to the open track, or a way round first: proximity talks, or a backchannel."""
    fighter, foe = board.between()
    main = front(board.tracks(fighter, foe)) or front(board.tracks(board.sides.sponsor.name, foe))
    ways = [
        next((t for t in board.tracks() if t.form == form), None) for form in ("proximity", "backchannel")
    ]
    if main is None or not any(ways):
        raise NotThereError("it has no open track with proximity talks or a backchannel beside it")
    target = board.opening_of(main)
    sides = {t.form: board.opening_of(t) for t in ways if t is not None}
    straight = evenly([[], [target]], board.gap, "straight to open talks")
    orders = [
        straight,
        *(evenly([[name], [target]], board.gap, f"{form} first") for form, name in sides.items()),
    ]
    return Contrast("way-round", "Which way round?", tuple(orders), (target, *sides.values()))


BUILDERS: Mapping[str, Callable[[Board], Contrast]] = {
    "patron-or-ally": patron_or_ally,
    "summit-or-working": summit_or_working,
    "truce-or-talks": truce_or_talks,
    "recognition-and-milestones": recognition_and_milestones,
    "way-round": way_round,
}
"""Every contrast by name."""


@dataclass(frozen=True)
class Missing:
    """A contrast that a case does not allow, and why."""

    contrast: str
    why: str


def contrasts_of(board: Board, names: Sequence[str]) -> tuple[list[Contrast], list[Missing]]:
    """The contrasts of some names that the case allows, and the others with the reason.

    Raises ``InputError`` where it allows none.
    """
    found: list[Contrast] = []
    missing: list[Missing] = []
    for name in names:
        try:
            found.append(BUILDERS[name](board))
        except NotThereError as why:
            missing.append(Missing(name, str(why)))
    if not found:
        said = "; ".join(f"{one.contrast}: {one.why}" for one in missing)
        raise InputError(f"contrast: {board.scenario.case.name} allows none of them ({said})")
    return found, missing
