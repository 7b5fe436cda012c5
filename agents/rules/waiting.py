"""What must be done before a track can open, or a measure be given: measures, tracks, issues.

Unlike a precondition of a party (E7), which talks can get round, this is a fact of the case: arms first, then talks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import GIVEN, ISSUE_SETTLED_FIRST, MEASURE_GIVEN_FIRST
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Wait, World


@rule
def is_met(w: World, wait: Wait) -> bool:
    """Whether a measure stands given, a track has settled its agenda or led to an agreement, or an issue is settled."""
    if wait.waits_for == MEASURE_GIVEN_FIRST:
        return w.measures[wait.subject].state == GIVEN
    track = w.tracks[wait.subject]
    if w.pairs[track.pair].agreed == 1:
        return True
    if wait.waits_for == ISSUE_SETTLED_FIRST:
        return track.agenda[wait.place] == 1
    return track.n_settled == track.n_issues


@rule
def is_waiting(w: World, first: int, n: int) -> bool:
    """Whether anything in a block of conditions is not met."""
    missing = 0
    for k in range(first, first + n):
        missing += 0 if is_met(w, w.waits[k]) else 1
    return missing > 0
