"""What a policy imposes in a case: its moves as they are carried out, and the decisions that it rules out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from detente.agents.codes import DECISIONS
from detente.experiments.cases.inert import Ground
from detente.model.crosscheck import when
from detente.model.moves import INITIATIVES, is_imposed
from detente.model.opening import Opening
from detente.model.policy import MoveSpec, parts_of
from detente.model.scenario import Scenario


@dataclass(frozen=True)
class Ban:
    """A decision that is ruled out from one day to another (both inclusive); ``about`` nothing means about anything."""

    actor: str
    decision: str
    about: str | None
    start: date
    end: date


@dataclass(frozen=True)
class Imposed:
    """A case opened under a policy, seen as what is imposed in it."""

    start: Opening

    @property
    def scenario(self) -> Scenario:
        """The case."""
        return self.start.scenario

    @cached_property
    def ground(self) -> Ground:
        """The case with the parameters it runs with."""
        return Ground(self.scenario, self.start.parameters, (self.start.theory,))

    @property
    def mode(self) -> tuple[str, date | None]:
        """How dated moves count, and the day of mode ``until``."""
        mode, _, day = self.start.mode.rpartition(", from day ")[2].lstrip("0123456789. ").partition(" ")
        return mode, date.fromisoformat(day) if day else None

    @cached_property
    def moves(self) -> tuple[MoveSpec, ...]:
        """Moves of the policy that are carried out, in the order of the file, and a user's own decisions."""
        decisions = self.start.decisions
        decided = [p for d in decisions for p in parts_of(d)]
        return (*self.planned, *decided)

    @cached_property
    def planned(self) -> tuple[MoveSpec, ...]:
        """Moves of the policy alone: a user who decides in a run knows that the others go on by their rules."""
        mode, until = self.mode
        since = self.start.before[0] if self.start.before else self.scenario.case.start
        return tuple(
            m
            for m in self.start.policy.move
            if is_imposed(m, mode, until) and (m.date is None or m.date >= since)
        )

    @property
    def dated(self) -> list[MoveSpec]:
        """Those with a date, in the order of their days."""
        return sorted((m for m in self.moves if m.date is not None), key=day_of)

    def doing(self, *decisions: str) -> Iterator[MoveSpec]:
        """Moves that do one of these, dated or triggered."""
        return (m for m in self.moves if m.do in decisions)

    @cached_property
    def bans(self) -> tuple[Ban, ...]:
        """Decisions that blocks and quiet times rule out."""
        last = self.scenario.case.end
        blocks = [
            Ban(m.actor, str(m.what), about(m), day_of(m), m.end or last)
            for m in self.dated
            if m.do == "block"
        ]
        initiatives = [DECISIONS[kind] for kind in INITIATIVES]
        quiet = [
            Ban(q.actor, decision, None, q.start, q.end or last)
            for q in self.start.policy.quiet
            for decision in initiatives
        ]
        return (*blocks, *quiet)

    def is_banned(self, actor: str, decision: str, subject: str | None) -> bool:
        """Whether a decision is ruled out at any time."""
        return any(
            b.actor == actor and b.decision == decision and b.about in (None, subject) for b in self.bans
        )


def day_of(m: MoveSpec) -> date:
    """The day of a move; those that a condition triggers have none and come last."""
    return m.date or date.max


def about(m: MoveSpec) -> str | None:
    """What a move is about: a track, a measure, or the other party."""
    return m.track or m.measure or m.to


def named(m: MoveSpec) -> str:
    """A move as lines name it."""
    what = m.what if m.do == "block" else None
    words = (m.actor, m.do, what, about(m) or m.lever)
    return f"[move: {' '.join(word for word in words if word)}{when(m)}]"


def concerns_same(one: MoveSpec, other: MoveSpec) -> bool:
    """Whether two moves are about one track, one measure, or one pair of parties."""
    if one.to is None or other.to is None:
        return about(one) == about(other)
    return {one.actor, one.to} == {other.actor, other.to}
