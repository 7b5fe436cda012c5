"""Parties and their factions."""

from __future__ import annotations

from typing import Any

from detente.agents import codes
from detente.model.records.arrays import Entries
from detente.model.records.positions import Positions
from detente.model.scenario import PartySpec


def parties(at: Positions) -> Entries:
    """Party records, each with its block of factions."""
    entries: list[dict[str, Any]] = []
    first = 0
    for i, p in enumerate(at.scenario.party):
        entries.append(party(at, i, p, first))
        first += len(p.faction)
    return entries


def party(at: Positions, i: int, p: PartySpec, first_faction: int) -> dict[str, Any]:
    """One party record; its levers stand at 0 until the policy's moves set them."""
    return {
        "index": i,
        "patron": at.party_or_none(p.patron),
        "patron_dyad": at.dyad_or_none(p.name, p.patron),
        "strategy": codes.STRATEGIES.index(p.strategy),
        "sponsor": int(p.sponsor),
        "is_state": int(p.fights_for_the_state),
        "conditionality": p.conditionality,
        "validation": p.validation,
        "risk_tolerance": p.risk_tolerance,
        "alignment": p.alignment,
        "window": p.window,
        "legitimacy": p.legitimacy,
        "morale": p.morale,
        "support": p.support,
        "presence": p.presence,
        "tipping": p.tipping,
        "fragile": int(p.tipping > 0 and p.main_foe is not None),
        "main_foe": at.party_or_none(p.main_foe),
        "foe_dyad": at.dyad_or_none(p.name, p.main_foe),
        "first_faction": first_faction,
        "n_factions": len(p.faction),
        "drift": p.drift or 0.0,
    }


def factions(at: Positions) -> Entries:
    """Faction records, in blocks by party."""
    return [
        {"party": i, "share": f.share, "hawkishness": f.hawkishness, "discontent": f.discontent}
        for i, p in enumerate(at.scenario.party)
        for f in p.faction
    ]
