"""AGENDA (E7): issues that several tracks of one pair share are settled once, and forgotten once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import DOES_CEASE, NO_TRUCE, NOBODY
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Track, World


@rule
def issue_at(w: World, track: Track, place: int) -> int:
    """Which issue of the case stands at one place of a track's agenda (-1: none)."""
    for k in range(len(w.issues)):
        if w.issues[k].track == track.index and w.issues[k].place == place:
            return k
    return NOBODY


@rule
def mark(w: World, pair: int, topic: int, settled: int) -> None:
    """Mark a topic as settled (1) or open (0) on every track of a pair that has it on its agenda."""
    for issue in w.issues:
        if issue.pair != pair or issue.topic != topic:
            continue
        track = w.tracks[issue.track]
        if track.agenda[issue.place] != settled:
            track.agenda[issue.place] = settled
            track.n_settled += 1 if settled == 1 else -1
            track.moved_day = w.clock.day if settled == 1 else track.moved_day


@rule
def settle_issue(w: World, track: Track, place: int) -> None:
    """An issue is settled on a track, and on all that share it; a settled ceasefire asks for one to be offered."""
    if w.par.switches.terms == 0:
        track.agenda[place] = 1
        track.n_settled += 1
        track.moved_day = w.clock.day
        return
    issue = w.issues[issue_at(w, track, place)]
    mark(w, issue.pair, issue.topic, 1)
    pair = w.pairs[track.pair]
    if issue.does == DOES_CEASE and pair.truce_state == NO_TRUCE:
        pair.truce_settled = issue.size


@rule
def reopen_issue(w: World, track: Track, place: int) -> None:
    """What was settled on an issue does not survive, on this track or any that shares it."""
    if w.par.switches.terms == 0:
        track.agenda[place] = 0
        track.n_settled -= 1
        return
    issue = w.issues[issue_at(w, track, place)]
    mark(w, issue.pair, issue.topic, 0)
    if issue.does == DOES_CEASE:
        w.pairs[track.pair].truce_settled = 0.0


@rule
def is_own(w: World, track: Track, place: int) -> bool:
    """Whether a track is the first of its pair to have an issue, so that it alone answers for it."""
    return w.par.switches.terms == 0 or w.issues[issue_at(w, track, place)].first == 1
