"""A policy's moves resolved to records: which choice each concerns, when it is due, and whether it is imposed at all.

History can be left to the rules or imposed (``docs/history.md``): mode ``free`` keeps context only, ``until`` imposes
the acts known by a day and leaves the rest to the rules, ``conditioned`` imposes all acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents import codes
from detente.model.errors import InputError
from detente.model.policy import ConditionSpec, MoveSpec, Policy, QuietSpec, parts_of
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    from detente.model.records.cast import Cast

FOREVER = 1e6
INITIATIVES = (codes.OFFER_TRUCE, codes.OPEN_TRACK, codes.GIVE_MEASURE, codes.DRAW_DOWN)
"""What a quiet party does not start; it still answers, extends and walks out."""

LEVER_ORDER = tuple(codes.LEVERS)


class MoveBook:
    """Where a policy's words are looked up while its moves are resolved."""

    def __init__(
        self,
        scenario: Scenario,
        cast: Cast,
        choices: np.ndarray[Any, Any],
        parties: np.ndarray[Any, Any],
        start: date,
    ) -> None:
        self.scenario = scenario
        self.cast = cast
        self.choices = choices
        self.parties = parties
        self.start = start
        self.position = {name: i for i, name in enumerate(cast.choices)}

    def day(self, when: date | None) -> float:
        """Days since the start of the case; -1 for no date."""
        return -1.0 if when is None else float((when - self.start).days)

    def end_day(self, when: date | None) -> float:
        """The day after an inclusive last day; -1 for none."""
        return -1.0 if when is None else float((when - self.start).days + 1)

    def topics(self, between: tuple[str, str], issues: Sequence[str] | None) -> int:
        """The topics of two parties that bear these names, as bits; -1 for all."""
        if issues is None:
            return -1
        known = list(dict.fromkeys(topic_names(self.scenario, between)))
        return sum(1 << known.index(name) for name in dict.fromkeys(issues))

    def party(self, name: str | None) -> int:
        """Position of a party, -1 for none."""
        return codes.NOBODY if name is None else self.cast.parties.index(name)

    def actor(self, name: str) -> dict[str, int]:
        """Kind and position of an actor of any kind that changes."""
        kinds = {
            codes.PARTY: self.cast.parties,
            codes.MEDIATOR: self.cast.mediators,
            codes.SPOILER: self.cast.spoilers,
        }
        kind = next(kind for kind, names in kinds.items() if name in names)
        return {"kind": kind, "actor": kinds[kind].index(name)}

    def choice(self, move: MoveSpec, decision: str) -> int:
        """Position of the choice a move speaks of."""
        about = move.track or move.measure or (f"{move.actor}>{move.to}" if move.to else move.actor)
        return self.position[f"{move.actor}:{decision}:{about}"]

    def pair(self, between: tuple[str, str]) -> int:
        """Position of a pair, named in either order."""
        names = self.cast.pairs
        joined = "+".join(between)
        return names.index(joined) if joined in names else names.index("+".join(between[::-1]))


@dataclass(frozen=True)
class Plan:
    """A policy's moves and conditions as records, dated moves in the order of their days, triggered ones last."""

    moves: tuple[dict[str, Any], ...]
    conditions: tuple[dict[str, Any], ...]
    mode_words: str
    until_day: float

    @classmethod
    def of(
        cls,
        moves: list[dict[str, Any]],
        conditions: Sequence[dict[str, Any]],
        mode_words: str,
        until_day: float,
    ) -> Plan:
        """A plan with its moves put in order; moves of one day keep the order given."""
        ordered = sorted(moves, key=lambda m: (is_triggered(m), m["day"]))
        return cls(tuple(ordered), tuple(conditions), mode_words, until_day)


def topic_names(scenario: Scenario, between: tuple[str, str]) -> Iterator[str]:
    """Issues on the agendas of the tracks between two parties, in order, those that tracks share several times."""
    return (i.name for t in scenario.track if set(t.between) == set(between) for i in t.issues)


def is_triggered(move: Mapping[str, Any]) -> bool:
    """Whether a move waits for a condition."""
    return move.get("condition", codes.NOBODY) != codes.NOBODY


def plan_policy(
    book: MoveBook,
    policy: Policy,
    levers: Mapping[str, float],
    *,
    mode: str | None,
    until: date | None,
) -> Plan:
    """The plan of a policy, with the silences it lays on the choices it speaks for."""
    mode, until = chosen_mode(policy, mode, until)
    until_day = book.end_day(until) if mode == "until" else (FOREVER if mode == "conditioned" else -1.0)
    words = f"until {until}" if mode == "until" else mode
    conditions: list[dict[str, Any]] = []
    moves = [m for spec in policy.move for m in move_records(book, spec, mode, until, conditions)]
    moves += silences(book, moves, until_day)
    moves += unsigned(moves, until_day)
    moves += [m for quiet in policy.quiet for m in quiet_records(book, quiet)]
    moves += lever_records(book, levers)
    moves += cast_records(book)
    moves += unsplit(moves)
    return Plan.of(moves, conditions, words, until_day)


def silences(book: MoveBook, moves: Sequence[Mapping[str, Any]], until_day: float) -> list[dict[str, Any]]:
    """While history speaks for an actor's decisions of a kind, the rule does not."""
    c = book.choices
    spoken = {
        (int(c["actor"][m["subject"]]), int(c["kind"][m["subject"]]))
        for m in moves
        if m["effect"] == codes.IMPOSE and not is_triggered(m)
    }
    return [
        {"day": 0.0, "effect": codes.SILENCE, "actor": int(r["actor"]), "subject": i, "until_day": until_day}
        for i, r in enumerate(c)
        if (int(r["actor"]), int(r["kind"])) in spoken
    ]


def unsigned(moves: Sequence[Mapping[str, Any]], until_day: float) -> list[dict[str, Any]]:
    """While history signs the agreements of a pair, the rule does not."""
    pairs = dict.fromkeys(m["subject"] for m in moves if m["effect"] == codes.SIGN and not is_triggered(m))
    return [{"day": 0.0, "effect": codes.SIGN_BY_POLICY, "subject": k, "until_day": until_day} for k in pairs]


def cast_records(book: MoveBook) -> list[dict[str, Any]]:
    """Comings and goings on the days that the case itself gives."""
    case, moves = book.scenario.case, list[dict[str, Any]]()
    for one in (*book.scenario.spoiler, *book.scenario.mediator):
        change = {"effect": codes.CHANGE_ACTORS, "sort": codes.CONTEXT_SORT, **book.actor(one.name)}
        if one.start is not None and one.start > case.start:
            moves.append({**change, "day": book.day(one.start), "subject": codes.ARRIVE, "amount": -1.0})
        if one.end is not None and one.end < case.end:
            moves.append({**change, "day": book.end_day(one.end), "subject": codes.LEAVE})
    return moves


FACTION_MOVES = (codes.SPLIT, codes.JOIN)
"""What a faction decides; the rest that changes who is there are facts of the world."""


def unsplit(moves: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """While a policy says when a faction splits off or goes back, chance does not."""
    last: dict[int, float] = {}
    for m in moves:
        if m["effect"] == codes.CHANGE_ACTORS and m["subject"] in FACTION_MOVES and not is_triggered(m):
            last[m["actor"]] = max(last.get(m["actor"], 0.0), m["day"])
    return [
        {"day": 0.0, "effect": codes.SPLIT_BY_POLICY, "subject": k, "until_day": day}
        for k, day in last.items()
    ]


WINDOWS = (codes.SILENCE, codes.BLOCK, codes.SIGN_BY_POLICY, codes.SPLIT_BY_POLICY)
"""Effects that hold until a day of their own."""
LASTING = (*WINDOWS, codes.SET_LEVER)
"""Effects that go on after their day: they are cut short, or taken up, where one plan follows another."""


def is_over(move: Mapping[str, Any], day: float) -> bool:
    """Whether what a move silenced or ruled out is free again by a day."""
    return move["effect"] in WINDOWS and move["until_day"] <= day


def splice(before: Plan, after: Plan, day: float) -> Plan:
    """One plan up to a day and another from it on.

    Whatever the first plan laid down for longer ends at the day; what the second would have laid down by then begins.
    """
    moves: list[dict[str, Any]] = []
    for m in before.moves:
        if is_triggered(m):
            moves.append({**m, "expires": day})
        elif m["day"] < day:
            cut = m["effect"] in WINDOWS
            moves.append({**m, "until_day": min(m["until_day"], day)} if cut else m)
    taken_up = {(m["actor"], m["subject"]) for m in after.moves if m["effect"] == codes.SET_LEVER}
    for m in before.moves:
        if m["effect"] == codes.SET_LEVER and (m["actor"], m["subject"]) not in taken_up and m["day"] < day:
            moves.append({**m, "day": day, "amount": 0.0})
    shift = len(before.conditions)
    for m in after.moves:
        if is_triggered(m):
            moves.append({**m, "day": max(m["day"], day), "condition": m["condition"] + shift})
        elif m["day"] >= day or (m["effect"] in LASTING and not is_over(m, day)):
            moves.append({**m, "day": max(m["day"], day)})
    words = f"{before.mode_words}, from day {day:g} {after.mode_words}"
    return Plan.of(moves, (*before.conditions, *after.conditions), words, after.until_day)


def with_decisions(book: MoveBook, plan: Plan, decisions: Sequence[MoveSpec]) -> Plan:
    """A plan with a user's decisions on top of it.

    Each is made on its day whatever the policy's mode, and what it rules out the policy no longer imposes.  A decision
    silences no rule: before its day nothing differs.
    """
    parts = [part for d in decisions for part in parts_of(d)]
    made = [m for part in parts for m in move_records(book, part, "conditioned", None, [])]
    ruled_out = [m for m in made if m["effect"] in RULES_OUT]
    kept = [m for m in plan.moves if not any(rules_out(block, m) for block in ruled_out)]
    return Plan.of([*kept, *made], plan.conditions, plan.mode_words, plan.until_day)


RULES_OUT = {codes.BLOCK: codes.IMPOSE, codes.SIGN_BY_POLICY: codes.SIGN}
"""What a decision of the user's takes out of a policy that would impose it."""


def rules_out(block: Mapping[str, Any], move: Mapping[str, Any]) -> bool:
    """Whether a block stands against a dated move that a policy would impose."""
    same = move["effect"] == RULES_OUT[block["effect"]] and move["subject"] == block["subject"]
    return same and not is_triggered(move) and block["day"] <= move["day"] < block["until_day"]


def check_once_a_step(book: MoveBook, plan: Plan, step_days: float) -> None:
    """Raise ``InputError`` where a political step would have to carry out one decision on two of its days.

    Decisions about truces fall on the violence clock, all others once a step.
    """
    last: dict[int, float] = {}
    for m in plan.moves:
        political = (
            m["effect"] == codes.IMPOSE
            and int(book.choices["kind"][m["subject"]]) not in codes.TRUCE_DECISIONS
        )
        if not political or is_triggered(m):
            continue
        before = last.get(int(m["subject"]), float(m["day"]))
        if before < m["day"] and before // step_days == m["day"] // step_days:
            first, second = (book.start + timedelta(days=int(day)) for day in (before, m["day"]))
            actor, decision, about = book.cast.choices[m["subject"]].split(":", 2)
            raise InputError(
                f"move: {actor} {decision} {about}: got {first} and {second}, which lie in one political step of "
                f"{step_days:g} days; expected at most one a step, so a shorter step_days"
            )
        last[m["subject"]] = m["day"]


def chosen_mode(policy: Policy, mode: str | None, until: date | None) -> tuple[str, date | None]:
    """The mode asked for, or the policy's own; a date asked for means mode ``until``."""
    if until is not None:
        return "until", until
    if mode is None or mode == policy.mode:
        return policy.mode, policy.until
    if mode == "until":
        raise InputError("mode 'until' needs a date, as in --until 2018-07-22")
    if mode not in ("free", "conditioned"):
        raise InputError(f"mode: got {mode!r}; expected free, until or conditioned")
    return mode, None


def is_imposed(spec: MoveSpec, mode: str, until: date | None) -> bool:
    """Whether a dated move is carried out in a mode: context and triggered moves always are.

    Mode ``free`` leaves out all acts, ``until`` those not known by the day (levers and blocks included).
    """
    if spec.sort == "context" or spec.when is not None:
        return True
    if mode == "free":
        return spec.do in ("block", "lever")
    if mode == "until":
        return until is not None and spec.known is not None and spec.known <= until
    return mode == "conditioned"


def move_records(
    book: MoveBook, spec: MoveSpec, mode: str, until: date | None, conditions: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The records of one line of a policy: none if its mode leaves it to the rules."""
    if not is_imposed(spec, mode, until):
        return []
    record: dict[str, Any] = {
        "day": max(book.day(spec.date), 0.0),
        "actor": codes.NOBODY if spec.do in codes.ACTOR_CHANGES else book.party(spec.actor),
        "sort": codes.MOVE_SORTS.index(spec.sort),
        "from_day": book.day(spec.start),
        "until_day": book.end_day(spec.end),
        "amount": -1.0 if spec.amount is None else spec.amount,
        "scope": codes.TRUCE_SCOPES.index(spec.scope or "dyad"),
    }
    if spec.when is not None:
        record["condition"] = len(conditions)
        conditions.append(condition_record(book, spec.when))
    if spec.do == "lever":
        record |= {"effect": codes.SET_LEVER, "subject": LEVER_ORDER.index(spec.lever or "")}
    elif spec.do == "invite_mediators":
        # A party's willingness to be mediated, which mediators weigh at their rounds.
        wanted = 1.0 if spec.amount is None else spec.amount
        record |= {"effect": codes.SET_LEVER, "subject": codes.LEVER_MEDIATION, "amount": wanted}
    elif spec.do in ("sign_agreement", "plebiscite"):
        between = (spec.actor, spec.to or "")
        effect = codes.SIGN if spec.do == "sign_agreement" else codes.VOTE
        record |= {
            "effect": effect,
            "subject": book.pair(between),
            "topics": book.topics(between, spec.issues),
        }
        if spec.ceasefire is False:
            record["amount"] = 0.0
    elif spec.do in codes.ACTOR_CHANGES:
        subject = codes.ACTOR_CHANGES.index(spec.do)
        record |= {"effect": codes.CHANGE_ACTORS, "subject": subject, **book.actor(spec.actor)}
    elif spec.do == "leader":
        risk = -1.0 if spec.risk_tolerance is None else spec.risk_tolerance
        record |= {"effect": codes.CONTEXT, "subject": codes.NEW_LEADER, "risk": risk}
        return [*share_records(book, spec, record), record]
    elif spec.do == "peacekeepers":
        record |= {"effect": codes.KEEP_PEACE, "subject": book.pair((spec.actor, spec.to or ""))}
    elif spec.do in codes.CONTEXTS:
        record |= {"effect": codes.CONTEXT, "subject": codes.CONTEXTS.index(spec.do)}
    elif spec.do == "block":
        until_day = FOREVER if spec.end is None else record["until_day"]
        record |= blocked(book, spec) | {"until_day": until_day}
    else:
        subject = book.choice(spec, spec.do)
        record |= {"effect": codes.IMPOSE, "subject": subject}
        if spec.kept is not None:
            record["amount"] = spec.kept
    return [record]


def share_records(book: MoveBook, spec: MoveSpec, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The shares of a party's factions under a new leader, one record for each."""
    names = book.cast.factions
    change = {**record, "effect": codes.CHANGE_ACTORS, "kind": codes.FACTION, "subject": codes.NOBODY}
    return [
        {**change, "actor": names.index(f"{spec.actor}/{name}"), "amount": share}
        for name, share in spec.factions.items()
    ]


def blocked(book: MoveBook, spec: MoveSpec) -> dict[str, Any]:
    """What a block rules out: a choice of its actor's, or that both sides sign unless the policy has them sign."""
    if spec.what == "sign_agreement":
        return {"effect": codes.SIGN_BY_POLICY, "subject": book.pair((spec.actor, spec.to or ""))}
    return {"effect": codes.BLOCK, "subject": book.choice(spec, spec.what or "")}


def condition_record(book: MoveBook, spec: ConditionSpec) -> dict[str, Any]:
    """The record of a declared condition."""
    return {
        "watches": codes.WATCHED.index(spec.watch),
        "subject": book.pair(spec.between),
        "below": int(spec.below is not None),
        "relative": int(spec.relative),
        "level": spec.level,
        "for_days": spec.for_days,
    }


def quiet_records(book: MoveBook, quiet: QuietSpec) -> list[dict[str, Any]]:
    """A party that starts nothing new: its initiatives are ruled out for the time given."""
    actor = book.party(quiet.actor)
    until_day = FOREVER if quiet.end is None else book.end_day(quiet.end)
    ruled_out = [
        i for i, c in enumerate(book.choices) if c["actor"] == actor and int(c["kind"]) in INITIATIVES
    ]
    day = max(book.day(quiet.start), 0.0)
    return [
        {"day": day, "effect": codes.BLOCK, "actor": actor, "subject": i, "until_day": until_day}
        for i in ruled_out
    ]


def lever_records(book: MoveBook, levers: Mapping[str, float]) -> list[dict[str, Any]]:
    """The sponsors' lever settings, from the case's pivot on."""
    day = max(book.day(book.scenario.case.pivot), 0.0)
    return [
        {
            "day": day,
            "effect": codes.SET_LEVER,
            "actor": int(i),
            "subject": LEVER_ORDER.index(name),
            "amount": value,
        }
        for i in np.flatnonzero(book.parties["sponsor"])
        for name, value in levers.items()
        if value > 0.0
    ]
