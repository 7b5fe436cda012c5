"""Mediators, and the pairs that each of them has access to."""

from __future__ import annotations

from typing import Any

from detente.agents import codes
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions


def mediators(at: Positions) -> Entries:
    """Mediator records."""
    return [
        {
            "capacity": m.capacity,
            "style": codes.MEDIATOR_STYLES.index(m.style),
            "strategy": codes.MEDIATOR_STRATEGIES.index(m.strategy),
            "skill": m.skill,
            "leverage": m.leverage,
            "presence": m.presence,
            "monitors": m.monitors,
            "present": int(m.is_there_on(at.scenario.case.start)),
        }
        for m in at.scenario.mediator
    ]


def mediations(at: Positions) -> Entries:
    """What each mediator has access to; bias is counted towards the first party of the pair."""
    entries: list[dict[str, Any]] = []
    for i, m in enumerate(at.scenario.mediator):
        for a in m.access:
            pair = at.pair_of(a.between)
            same_way = a.between == at.scenario.relation[pair].between
            bias = a.bias if same_way else -a.bias
            link = {"mediator": i, "pair": pair, "access": a.access, "bias": bias}
            entries.append(link | {"reopens": a.reopens or 0.0})
    return entries
