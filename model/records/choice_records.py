"""Every decision that a party can take, one record each, in blocks by the stage that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from detente.agents import codes
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions
from detente.model.scenario import MeasureSpec, TrackSpec


class Decision(NamedTuple):
    """One decision: whose it is, of which kind, the position of what it concerns, and the name of that."""

    actor: str
    kind: int
    subject: int
    about: str

    @property
    def name(self) -> str:
        """The choice's own name."""
        return f"{self.actor}:{codes.DECISIONS[self.kind]}:{self.about}"


class Choices(NamedTuple):
    """The choices of a case: those about ceasefires stand first, then talks, measures and presence.

    Those to narrow a measure to its core, and offensives, stand last, so that all others keep their places.
    """

    truces: Sequence[Decision]
    talks: Sequence[Decision]
    measures: Sequence[Decision]
    presence: Sequence[Decision]
    narrowings: Sequence[Decision]
    offensives: Sequence[Decision]

    @property
    def names(self) -> list[str]:
        """Their names, in the order of the records."""
        return [decision.name for block in self for decision in block]

    def entries(self, at: Positions) -> Entries:
        """Their records; the two sides' openings of a track are each other's partners."""
        entries: list[dict[str, Any]] = [
            {"actor": at.party[d.actor], "kind": d.kind, "subject": d.subject}
            for block in self
            for d in block
        ]
        first = len(self.truces)
        for i in range(first, first + len(self.talks), len(TALK_KINDS) * 2):
            entries[i]["partner"], entries[i + 1]["partner"] = i + 1, i
        return entries


TALK_KINDS = codes.TRACK_DECISIONS
"""Decisions about a track, in the order of their records: opening by both sides first, then leaving by both."""


def choices_of(at: Positions) -> Choices:
    """Every choice of a case."""
    case = at.scenario
    return Choices(
        truces=truce_choices(at),
        talks=[d for i, t in enumerate(case.track) for d in talk_choices(at, i, t)],
        measures=[d for i, m in enumerate(case.measure) for d in measure_choices(i, m)],
        presence=[
            Decision(p.name, codes.DRAW_DOWN, i, p.name) for i, p in enumerate(case.party) if p.presence > 0
        ],
        narrowings=[
            Decision(m.giver, codes.NARROW_MEASURE, i, m.name)
            for i, m in enumerate(case.measure)
            if m.fringe is not None
        ],
        offensives=[
            Decision(source, codes.LAUNCH_OFFENSIVE, index, f"{source}>{target}")
            for index, (source, target) in enumerate(at.ends)
            if at.hostile[index]
        ],
    )


def truce_choices(at: Positions) -> list[Decision]:
    """The choices about ceasefires, for each dyad whose parties fight."""
    return [
        Decision(source, kind, index, f"{source}>{target}")
        for index, (source, target) in enumerate(at.ends)
        if at.hostile[index]
        for kind in codes.TRUCE_DECISIONS
    ]


def talk_choices(at: Positions, i: int, t: TrackSpec) -> list[Decision]:
    """The choices about one track, sides in the order of their pair."""
    sides = at.scenario.relation[at.pair_of(t.between)].between
    return [Decision(side, kind, i, t.name) for kind in TALK_KINDS for side in sides]


def measure_choices(i: int, m: MeasureSpec) -> list[Decision]:
    """The choices about one measure."""
    return [
        Decision(m.giver, codes.GIVE_MEASURE, i, m.name),
        Decision(m.receiver, codes.ANSWER_MEASURE, i, m.name),
        Decision(m.giver, codes.REVERSE_MEASURE, i, m.name),
    ]
