"""The schema of a policy: what is done, by whom, when, and how much a sponsor wants it.

A policy sets levers and lists moves.  A move is one actor's own decision at a date, or once a declared condition is
met, or a fact of the world.  What comes of it (violence, breaches, collapse) cannot be imposed, only scored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from detente.agents import codes
from detente.agents.codes import CONTEXTS, DECISIONS, LEVERS, TRUCE_SCOPES, WATCHED
from detente.model.crosscheck import check_policy
from detente.model.errors import nearest, one_of
from detente.model.fields import (
    Both,
    Document,
    Share,
    Slug,
    Spec,
    Text,
    Title,
    check_order,
    frozen,
    is_left_out,
    order_problems,
    refuse,
    refuse_all,
    word_of,
)

__all__ = ["ConditionSpec", "MoveSpec", "Policy", "QuietSpec", "check_policy", "parse_policy"]

TRUCE_DECISIONS = tuple(DECISIONS[code] for code in codes.TRUCE_DECISIONS)
TRACK_DECISIONS = tuple(DECISIONS[code] for code in codes.TRACK_DECISIONS)
MEASURE_DECISIONS = tuple(DECISIONS[code] for code in codes.MEASURE_DECISIONS)

REPLY_OF = {"offer_truce": "answer_truce", "open_track": "open_track", "give_measure": "answer_measure"}
"""What the other side does when a joint move is read as an act and a reply."""

SORTS = ("act", "reply", "joint", "context")
DOABLE: dict[str, tuple[str, ...]] = {
    "act": (
        *(d for d in DECISIONS if not d.startswith("answer_")),
        "invite_mediators",
        "block",
        "lever",
        "split",
        "join",
    ),
    "reply": (*DECISIONS, "block"),
    "joint": (*REPLY_OF, "sign_agreement"),
    "context": (*CONTEXTS, "plebiscite", "peacekeepers", "arrive", "leave"),
}
"""What a move of each sort can do."""


class ConditionSpec(Spec):
    """A condition on the course of a run that triggers a move."""

    watch: Annotated[str, word_of(WATCHED)] = Field(description="quantity that is watched")
    between: Both = Field(description="the two parties between whom it is watched")
    below: float | None = Field(
        None, ge=0, description="the move is made once the quantity is below this [as watched]"
    )
    above: float | None = Field(
        None, ge=0, description="the move is made once the quantity is above this [as watched]"
    )
    relative: bool = Field(False, description="the level is a share of the 90-day mean (deaths only)")
    for_days: float = Field(1.0, ge=0, le=3650, description="how long it must hold without a break [days]")

    @model_validator(mode="after")
    def one_level(self) -> Self:
        """Exactly one level, and a mean only where one is kept."""
        refuse_all(self.level_problems())
        return self

    def level_problems(self) -> Iterator[PydanticCustomError]:
        """What is wrong with the level."""
        if (self.below is None) == (self.above is None):
            value = None if self.below is None else [self.below, self.above]
            yield refuse("below", value, "exactly one of below and above")
        if self.relative and self.watch != "deaths":
            yield refuse("relative", True, "relative = true only with watch = 'deaths'")

    @property
    def level(self) -> float:
        """The level compared with."""
        return self.below if self.below is not None else self.above or 0.0


class MoveSpec(Spec):
    """One line of a policy.  Which of its optional keys it takes depends on what it does."""

    date: dt.date | None = Field(None, description="day it is made")
    when: ConditionSpec | None = Field(None, description="condition that triggers it, once")
    actor: Slug = Field(
        description="party that moves, or the party, spoiler or mediator that the fact concerns"
    )
    sort: str = Field("act", description="act, reply, joint or context: who could have decided otherwise")
    do: str = Field(description="a decision, 'invite_mediators', 'block', 'lever', or a fact of the world")
    what: Annotated[str, word_of((*DECISIONS, "sign_agreement"))] | None = Field(
        None, description="decision that a block rules out, or sign_agreement"
    )
    to: Slug | None = Field(None, description="the other party")
    track: Slug | None = Field(None, description="track that is opened or left")
    measure: Slug | None = Field(None, description="measure that is given, answered or taken back")
    lever: Annotated[str, word_of(LEVERS)] | None = Field(None, description="lever that is set")
    start: dt.date | None = Field(None, alias="from", description="first day of the actor's window")
    end: dt.date | None = Field(
        None, alias="until", description="last day of the actor's window, or of a block"
    )
    scope: Annotated[str, word_of(TRUCE_SCOPES)] | None = Field(None, description="what a truce covers")
    amount: float | None = Field(
        None,
        ge=0,
        le=3,
        description="size of a lever, a measure's step or a window; share of forces, of a faction, of votes; "
        "strength of peacekeepers",
    )
    kept: Share | None = Field(
        None,
        description="how far the actor keeps its truce: 1 almost wholly, 0 not at all; by luck unless given",
    )
    issues: tuple[Title, ...] | None = Field(
        None, min_length=1, description="issues that an agreement settles; all unless given"
    )
    ceasefire: bool | None = Field(
        None, description="whether a ceasefire comes with an agreement; it does unless this is false"
    )
    risk_tolerance: Share | None = Field(
        None,
        exclude_if=is_left_out,
        description="a new leader's tolerance for political risk; drawn about the party's unless given",
    )
    factions: dict[Slug, Share] = Field(
        default={},
        exclude_if=is_left_out,
        description="shares of all factions of the party under a new leader; as they are unless given",
    )
    known_from: dt.date | None = Field(None, description="day it was announced; its date unless given")
    note: Text = Field("", description="what happened, in words")
    source: Text = Field("", description="where that is written")

    @field_validator("sort")
    @classmethod
    def sort_can_be_imposed(cls, sort: str) -> str:
        """Outcomes are never imposed."""
        if sort == "outcome":
            raise refuse(
                "", sort, "an act, reply, joint or context move: outcomes can only be scored, never imposed"
            )
        if sort not in SORTS:
            raise refuse("", sort, one_of(SORTS) + nearest(sort, SORTS))
        return sort

    @model_validator(mode="after")
    def makes_sense(self) -> Self:
        """A move has one trigger, does what its sort can do, and carries the keys that what it does asks for."""
        refuse_all(self.move_problems())
        return self

    def move_problems(self) -> Iterator[PydanticCustomError]:
        """What makes no sense in a move."""
        known = DOABLE[self.sort]
        if self.do not in known:
            expected = f"for a move of sort {self.sort!r} {one_of(known)}{nearest(self.do, known)}"
            yield refuse("do", self.do, expected)
        if (self.date is None) == (self.when is None):
            yield refuse("date", self.date, "either a date or a condition (when), not both and not neither")
        if self.do in known:  # or which keys it takes is not known
            yield from self.key_problems()
            yield from self.amount_problems()
        yield from order_problems(self.start, self.end)
        if self.date is not None:
            yield from order_problems(self.date, self.end)
            yield from order_problems(self.known_from, self.date, "date")
        elif self.known_from is not None:
            yield refuse("known_from", self.known_from, "no known_from on a move that a condition triggers")

    def key_problems(self) -> Iterator[PydanticCustomError]:
        """Refuse keys that would be ignored and ask for those that are needed."""
        needed, allowed = keys_for(self.do, self.what, self.sort)
        for key in (
            "what",
            "to",
            "track",
            "measure",
            "lever",
            "start",
            "end",
            "amount",
            "scope",
            "kept",
            "issues",
            "ceasefire",
            "risk_tolerance",
            "factions",
        ):
            value = getattr(self, key)
            value = None if value == {} else value
            written = {"start": "from", "end": "until"}.get(key, key)
            if value is None and key in needed:
                yield refuse(written, None, f"this key, since the move does {self.do!r}")
            if value is not None and key not in needed + allowed:
                yield refuse(written, value, f"no such key on a move that does {self.do!r}")
        if self.factions and abs(sum(self.factions.values()) - 1) > 1e-6:
            yield refuse("factions", self.factions, "shares of all factions that sum to 1")
        if self.to == self.actor:
            yield refuse("to", self.to, "another party than the actor")

    def amount_problems(self) -> Iterator[PydanticCustomError]:
        """Levers and shares of forces end at 1, windows at 2."""
        ends = {
            "plebiscite": 1.0,
            "peacekeepers": 1.0,
            "lever": 1.0,
            "leader": 1.0,
            "split": 1.0,
            "draw_down": 1.0,
            "invite_mediators": 1.0,
            "window": 2.0,
            "setback": 2.0,
        }
        highest = ends.get(self.do, 3.0)
        if self.amount is not None and self.amount > highest:
            yield refuse("amount", self.amount, f"a number from 0 to {highest:g}")

    @property
    def known(self) -> dt.date | None:
        """Day from which the move was known; none if a condition triggers it."""
        return self.known_from or self.date


def keys_for(do: str, what: str | None, sort: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys a move must carry and those it may, by what it does (a block: by what it rules out)."""
    if do == "block":
        needed, _ = keys_for(what, None, "act") if what is not None else ((), ())
        return ("what", *needed), ("end",)
    if do == "lever":
        return ("lever", "amount"), ()
    if do == "sign_agreement":
        return ("to",), ("issues", "ceasefire")
    if do in ("plebiscite", "peacekeepers"):
        return ("to", "amount"), ()
    if do == "leader":
        return (), ("amount", "risk_tolerance", "factions")
    if do in ("leave", "join"):
        return (), ()
    if do == "launch_offensive":
        return ("to",), ()
    if do in (*CONTEXTS, "arrive", "split", "invite_mediators"):
        return (), ("amount",)
    other = ("to",) if sort == "joint" or do in TRUCE_DECISIONS else ()
    if do in TRUCE_DECISIONS:
        own = {"offer_truce": ("start", "end", "scope", "kept"), "answer_breach": ("start", "end")}
        return other, own.get(do, ("start", "end", "kept"))
    if do in TRACK_DECISIONS:
        return ("track", *other), ()
    if do in MEASURE_DECISIONS:
        return ("measure", *other), ("amount",) if do == "give_measure" else ()
    return (), ("amount",)


class QuietSpec(Spec):
    """From a day on, an actor decides nothing new of its own accord."""

    actor: Slug = Field(description="party that starts nothing new")
    start: dt.date = Field(alias="from", description="first day")
    end: dt.date | None = Field(
        None, alias="until", description="last day; to the end of the case unless given"
    )

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        """A quiet time does not end before it starts."""
        check_order(self.start, self.end)
        return self


class Policy(Document):
    """Lever settings and moves.  A joint move is held as the act and the reply it consists of."""

    name: Slug = Field(description="name of the policy, that of its file")
    title: Title = Field(description="title in figures and lists")
    summary: Text = Field(description="what is done, in a sentence or two")
    mode: Literal["free", "until", "conditioned"] = Field(
        "conditioned", description="which moves are imposed: context only, those known by a day, all"
    )
    until: dt.date | None = Field(None, description="the day of mode 'until', inclusive")
    levers: dict[Annotated[str, word_of(LEVERS)], Share] = Field(
        default={}, description="willingness of the sponsor from the case's pivot on"
    )
    move: tuple[MoveSpec, ...] = Field(
        (), description="what is done, each at a date or once a condition is met"
    )
    quiet: tuple[QuietSpec, ...] = Field((), description="parties that start nothing new for a time")

    @field_validator("move")
    @classmethod
    def joint_moves_are_two(cls, moves: tuple[MoveSpec, ...]) -> tuple[MoveSpec, ...]:
        """An act by one side and a reply by the other stand for each joint move."""
        return tuple(part for m in moves for part in parts_of(m))

    @model_validator(mode="after")
    def until_when(self) -> Self:
        """A day goes with mode 'until' and with no other."""
        if self.mode == "until" and self.until is None:
            raise refuse("until", None, "a date, since mode is 'until'")
        if self.mode != "until" and self.until is not None:
            raise refuse("until", self.until, f"no such key, since mode is {self.mode!r}")
        return self


def parts_of(m: MoveSpec) -> tuple[MoveSpec, ...]:
    """The moves that one line stands for: two for a joint move, but that an agreement is signed by both at once."""
    return act_and_reply(m) if m.sort == "joint" and m.do in REPLY_OF else (m,)


class Decisions(Spec):
    """What a user decides in the course of a run: dated moves, made on their day whatever the policy's mode."""

    decision: tuple[MoveSpec, ...] = ()

    @field_validator("decision")
    @classmethod
    def dated(cls, decisions: tuple[MoveSpec, ...]) -> tuple[MoveSpec, ...]:
        """A decision is taken on a day, not once a condition is met."""
        for d in decisions:
            if d.date is None:
                raise refuse("date", None, "a date: a decision is taken on a day")
        return decisions


def act_and_reply(joint: MoveSpec) -> tuple[MoveSpec, MoveSpec]:
    """The act of one side and the reply of the other that a joint move consists of."""
    act: dict[str, Any] = {"sort": "act"}
    reply: dict[str, Any] = {"sort": "reply", "do": REPLY_OF[joint.do], "actor": joint.to}
    if joint.do == "offer_truce":
        reply["to"] = joint.actor
    else:
        act["to"] = reply["to"] = None  # the track or measure names the other side
    reply["amount"] = reply["scope"] = None
    return joint.model_copy(update=act), joint.model_copy(update=reply)


def sound_part(raw: Mapping[str, Any]) -> Policy:
    """A policy of the moves and quiet times of a file that can be read, to be checked against a case."""
    moves, quiet = (
        sound_tables(cls, raw.get(key)) for cls, key in ((MoveSpec, "move"), (QuietSpec, "quiet"))
    )
    day = raw.get("until")
    mode = {"mode": "until", "until": day} if isinstance(day, dt.date) else {}
    return Policy.model_validate(
        {"name": "sound-part", "title": "Sound part", "summary": "", **mode, "move": moves, "quiet": quiet}
    )


def sound_tables(cls: type[Spec], tables: object) -> tuple[Spec, ...]:
    """Those tables of a list that can be read."""
    read: list[Spec] = []
    for one in tables if isinstance(tables, Sequence) else ():
        with suppress(ValidationError):
            read.append(cls.model_validate(frozen(one)))
    return tuple(read)


def parse_policy(raw: dict[str, Any], file: str, path: Path | None = None) -> Policy:
    """A policy from the tables of a file, inheritance resolved; raises ``InputError`` naming ``file``."""
    from detente.model.explain import validated

    return validated(Policy, raw, file).read_from(path)
