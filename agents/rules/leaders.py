"""LEADERS (E17): leaders fall or are replaced, and the new ones see war and risk in their own light.

A change at the top is among the few things that make a long war end sooner, or go on (Tiernay 2015): the successor is
not bound by what the predecessor staked on the war.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import BY_CHANCE, BY_POLICY, LEADER_CHANGED, NOBODY, PARTY, WORLD
from detente.agents.rules.chance import YEAR, clip, event_uniform, happens, shock
from detente.agents.rules.chronicle import log
from detente.agents.rules.factions import move_factions
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import PartyState, World

U_TURNOVER = 8
U_HAWK = 9
U_RISK = 10
U_WINDOW = 11
"""Draws of a party in a step: whether its leader changes, and what the new one is like."""


@rule
def draw(w: World, p: PartyState, k: int) -> float:
    """A draw of a party in the present step."""
    c = w.clock
    return event_uniform(c.seed_lo, c.seed_hi, c.step, p.key_lo, p.key_hi, k)


@rule
def replace_leader(w: World, p: PartyState, hawkishness: float, why: int) -> None:
    """A new leader: hawkishness as given, or drawn about that of the factions (-1), and a tolerance for risk anew.

    The window of opportunity that a change opens, or shuts, closes with time as any other does.
    """
    lead = w.par.leaders
    if hawkishness < 0.0:
        hawkishness = clip(p.hawkishness_start + lead.spread * shock(draw(w, p, U_HAWK)), 0.0, 1.0)
    p.window = clip(p.window + lead.window * shock(draw(w, p, U_WINDOW)), -2.0, 2.0)
    p.hawkishness = hawkishness
    p.risk_tolerance = p.successor_risk
    if p.successor_risk < 0.0:
        p.risk_tolerance = clip(p.risk_start + lead.spread * shock(draw(w, p, U_RISK)), 0.0, 1.0)
    p.capital = 1.0
    w.tally.leaders += 1.0
    log(w, w.clock.day, LEADER_CHANGED, PARTY, p.index, WORLD, NOBODY, NOBODY, why, hawkishness)


@rule
def leaders(w: World) -> None:
    """Leaders change by hazard, and on the day on which a policy says so; then factions grow, split off and rejoin."""
    if w.par.switches.leaders == 0:
        return
    for p in w.parties:
        if p.successor >= 0.0:
            replace_leader(w, p, p.successor, BY_POLICY)
            p.successor = -1.0
            p.successor_risk = -1.0
        elif happens(draw(w, p, U_TURNOVER), w.par.leaders.turnover / YEAR, w.clock.step_days):
            replace_leader(w, p, -1.0, BY_CHANCE)
    move_factions(w)
