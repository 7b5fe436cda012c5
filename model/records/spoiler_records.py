"""Spoilers and their wars."""

from __future__ import annotations

from detente.agents.parameters import Parameters
from detente.model.death_scale import size_scale
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions
from detente.model.records.relation_records import accused


def spoilers(at: Positions) -> Entries:
    """Spoiler records: those that stand inside a party, or come later, are not active at first."""
    first = at.scenario.case.start
    return [
        {
            "active": int(s.out_of is None and s.is_there_on(first)),
            "faction": at.faction_or_none(s.out_of),
            "splits": s.splits or 0.0,
            "rejoins": s.rejoins or 0.0,
        }
        for s in at.scenario.spoiler
    ]


def targets(at: Positions, parameters: Parameters) -> Entries:
    """The wars of the spoilers, one for each party that each of them strikes."""
    return [
        {
            "spoiler": i,
            "victim": at.party[t.party],
            "blamed": accused(at, t.party, None),
            "lbar": t.attacks,
            "deaths_per_event": t.deaths_per_event,
            "size_scale": size_scale(parameters, t.deaths_per_event),
        }
        for i, s in enumerate(at.scenario.spoiler)
        for t in s.target
    ]
