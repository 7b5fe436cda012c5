"""What the parties can do for peace: tracks of talks, and confidence-building measures."""

from __future__ import annotations

from typing import Any

from detente.agents import codes
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions
from detente.model.scenario import TrackSpec


def tracks(at: Positions) -> Entries:
    """Tracks, sides in the order of their pair."""
    return [track(at, t) for t in at.scenario.track]


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
        "n_issues": len(t.issues),
    }


def measures(at: Positions) -> Entries:
    """Confidence-building measures."""
    return [
        {
            "dyad": at.dyad[m.giver, m.receiver],
            "kind": codes.MEASURE_KINDS.index(m.kind),
            "cost": m.cost,
            "size": m.cost,
            "max_size": m.max_cost,
            "divisive": m.divisive,
            "restrains": m.restrains,
            "reversible": int(m.reversible),
        }
        for m in at.scenario.measure
    ]
