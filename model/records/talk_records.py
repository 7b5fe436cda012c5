"""What the parties can do for peace: tracks of talks, and confidence-building measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from detente.agents import codes
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions
from detente.model.scenario import ONE_SIDED, IssueSpec, TrackSpec


def tracks(at: Positions) -> Entries:
    """Tracks, sides in the order of their pair."""
    blocks = wait_blocks([t.after for t in at.scenario.track], 0)
    return [track(at, t) | block for t, block in zip(at.scenario.track, blocks, strict=True)]


def wait_blocks(lists: Sequence[Sequence[str]], first: int) -> Iterator[dict[str, int]]:
    """Where the conditions of each of some records stand among all, from a position on."""
    for after in lists:
        yield {"first_wait": first, "n_waits": len(after)} if after else {}
        first += len(after)


def waits(at: Positions) -> Entries:
    """What tracks wait for, then what measures wait for."""
    return [wait(at, name) for one in (*at.scenario.track, *at.scenario.measure) for name in one.after]


def wait(at: Positions, name: str) -> dict[str, Any]:
    """One condition: a measure, a track, or ``track: issue``."""
    gifts = [m.name for m in at.scenario.measure]
    if name in gifts:
        return {"waits_for": codes.MEASURE_GIVEN_FIRST, "subject": gifts.index(name)}
    if name in at.track:
        return {"waits_for": codes.TRACK_DONE_FIRST, "subject": at.track[name]}
    track, _, issue = name.partition(": ")
    place = [i.name for i in at.scenario.track[at.track[track]].issues].index(issue)
    return {"waits_for": codes.ISSUE_SETTLED_FIRST, "subject": at.track[track], "place": place}


def track(at: Positions, t: TrackSpec) -> dict[str, Any]:
    """One track."""
    pair = at.pair_of(t.between)
    a, b = at.scenario.relation[pair].between
    return {
        "pair": pair,
        "form": codes.TRACK_FORMS.index(t.form),
        "rank": codes.TRACK_RANKS.index(t.rank),
        "level": t.level,
        "visibility": t.visibility,
        "leak": t.leak,
        "needs_a": at.track_or_none(t.needs.get(a)),
        "needs_b": at.track_or_none(t.needs.get(b)),
        "sister": at.track_or_none(t.sister),
        "excluded": at.party_or_none(t.excluded),
        "host": at.mediator_or_none(t.host),
        "n_issues": len(t.issues),
    }


def issues(at: Positions) -> Entries:
    """Every issue of every track, in order; a topic is a name that the tracks of one pair may share."""
    topics: dict[int, dict[str, int]] = {}
    entries: list[dict[str, Any]] = []
    for index, t in enumerate(at.scenario.track):
        pair = at.pair_of(t.between)
        known = topics.setdefault(pair, {})
        for place, issue in enumerate(t.issues):
            entry = {"track": index, "place": place, "pair": pair, "first": int(issue.name not in known)}
            topic = known.setdefault(issue.name, len(known))
            entries.append(entry | {"topic": topic} | effect(at, t, issue))
    return entries


def effect(at: Positions, t: TrackSpec, issue: IssueSpec) -> dict[str, Any]:
    """What an issue does, how much of it, and to whom."""
    if issue.does is None:
        return {}
    return {
        "does": codes.EFFECTS.index(issue.does.effect),
        "size": issue.does.size,
        "party": at.party_or_none(concerned(at, t, issue)),
    }


def concerned(at: Positions, t: TrackSpec, issue: IssueSpec) -> str | None:
    """The party that an effect concerns: as declared, else the one with forces to withdraw, or that is no sponsor."""
    if issue.does is None or issue.does.of is not None or issue.does.effect not in ONE_SIDED:
        return issue.does.of if issue.does is not None else None
    sides = [p for p in at.scenario.party if p.name in t.between]
    if issue.does.effect == "withdrawal":
        return next((p.name for p in sides if p.presence > 0.0), None)
    return next((p.name for p in sides if not p.sponsor), sides[-1].name)


def measures(at: Positions) -> Entries:
    """Confidence-building measures."""
    blocks = wait_blocks([m.after for m in at.scenario.measure], sum(len(t.after) for t in at.scenario.track))
    return [
        {
            "dyad": at.dyad[m.giver, m.receiver],
            "kind": codes.MEASURE_KINDS.index(m.kind),
            "cost": m.cost,
            "size": m.cost,
            "max_size": m.max_cost,
            "divisive": m.divisive,
            "restrains": m.restrains,
            "core": 1.0 if m.core is None else m.core,
            "fringe": m.fringe or 0.0,
            "at_summit": m.at_summit or 0.0,
            "reversible": int(m.reversible),
        }
        | block
        for m, block in zip(at.scenario.measure, blocks, strict=True)
    ]
