"""Where everything in a case stands among the records of its kind: names become positions here."""

from __future__ import annotations

from functools import cached_property

from detente.agents import codes
from detente.model.scenario import Scenario


def both_ways(a: str, b: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two parties as source and target, both ways."""
    return (a, b), (b, a)


class Positions:
    """Positions of a case's parties, dyads, pairs, tracks, measures and mediators, by name.

    Each relation of the case is one pair and two directed dyads, the first from its first party to its second.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    @cached_property
    def party(self) -> dict[str, int]:
        """Position of each party."""
        return {p.name: i for i, p in enumerate(self.scenario.party)}

    @cached_property
    def track(self) -> dict[str, int]:
        """Position of each track."""
        return {t.name: i for i, t in enumerate(self.scenario.track)}

    @cached_property
    def ends(self) -> list[tuple[str, str]]:
        """Source and target of each directed dyad."""
        return [ends for r in self.scenario.relation for ends in both_ways(*r.between)]

    @cached_property
    def dyad(self) -> dict[tuple[str, str], int]:
        """Position of the dyad from a source to a target."""
        return {ends: i for i, ends in enumerate(self.ends)}

    @cached_property
    def hostile(self) -> list[bool]:
        """Whether the parties of each dyad fight."""
        return [r.hostile for r in self.scenario.relation for _ in range(2)]

    @cached_property
    def pair(self) -> dict[frozenset[str], int]:
        """Position of the pair of two parties."""
        return {frozenset(r.between): i for i, r in enumerate(self.scenario.relation)}

    @cached_property
    def faction(self) -> dict[str, int]:
        """Position of each faction, by ``party.faction``."""
        names = [f"{p.name}.{f.name}" for p in self.scenario.party for f in p.faction]
        return {name: i for i, name in enumerate(names)}

    def faction_or_none(self, name: str | None) -> int:
        """Position of a faction, -1 where none is named."""
        return self.faction.get(name or "", codes.NOBODY)

    def mediator_or_none(self, name: str | None) -> int:
        """Position of a mediator, -1 where none is named."""
        names = [m.name for m in self.scenario.mediator]
        return names.index(name) if name in names else codes.NOBODY

    def party_or_none(self, name: str | None) -> int:
        """Position of a party, -1 where none is named."""
        return self.party.get(name or "", codes.NOBODY)

    def track_or_none(self, name: str | None) -> int:
        """Position of a track, -1 where none is named."""
        return self.track.get(name or "", codes.NOBODY)

    def dyad_or_none(self, source: str | None, target: str | None) -> int:
        """Position of the dyad from one party to another, -1 if there is none."""
        if source is None or target is None:
            return codes.NOBODY
        return self.dyad.get((source, target), codes.NOBODY)

    def pair_of(self, between: tuple[str, str]) -> int:
        """Position of the pair of two parties, given in either order."""
        return self.pair[frozenset(between)]
