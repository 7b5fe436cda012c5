"""FACTIONS (E18): they grow and shrink, split off when peace is made against them, and go back when they tire.

Peace processes divide armed movements: over talks, over the agreement, over how it is carried out (Duursma &
Fliervoet 2021).  How fast is a fact of the case; without one, factions neither move nor split off of themselves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import BY_CHANCE, NOBODY, TIRED
from detente.agents.rules.calendar import both_hold_fire
from detente.agents.rules.chance import YEAR, event_uniform, happens
from detente.agents.rules.comings import rejoin, reweigh, split_off
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import FactionState, PartyState, SpoilerState, World

U_SPLIT = 0
U_REJOIN = 1
U_PART = 2
"""Draws of a spoiler in a step."""


@rule
def peace_made(w: World, p: PartyState) -> float:
    """How far a party has gone towards peace with a foe: all the way with an agreement or a truce, else its talks."""
    made = 0.0
    for pair in w.pairs:
        if pair.hostile == 1 and (pair.a == p.index or pair.b == p.index):
            if pair.agreed == 1 or both_hold_fire(w, w.dyads[pair.ab], w.dyads[pair.ba]):
                return 1.0
            made = max(made, pair.progress * pair.talking)
    return made


@rule
def strain(w: World, f: FactionState) -> float:
    """How far what the leadership does runs against a faction: peace against its hawkishness and its discontent."""
    unhappy = max(f.discontent - w.par.endurance.discontent_normal, 0.0)
    return peace_made(w, w.parties[f.party]) * (f.hawkishness + unhappy)


@rule
def split_hazard(w: World, s: SpoilerState) -> float:
    """Hazard [1/day] that a faction splits off: in proportion to its strain, and to how much it has grown."""
    if s.active == 1 or s.has_split == 1 or s.faction == NOBODY or s.usual_share <= 0.0:
        return 0.0
    f = w.factions[s.faction]
    return s.splits / YEAR * strain(w, f) * f.share / s.usual_share


@rule
def rejoin_hazard(s: SpoilerState) -> float:
    """Hazard [1/day] that a group that split off goes back: no peace threatens it, or it has grown used to one."""
    if s.active == 0 or s.share <= 0.0:
        return 0.0
    return s.rejoins / YEAR * (1.0 - s.threat)


@rule
def try_spoiler(w: World, s: SpoilerState) -> None:
    """A faction may split off in this step, or go back; not while a policy says when."""
    c = w.clock
    if s.faction == NOBODY or c.day < s.by_policy_until:
        return
    leaves = split_hazard(w, s)
    if leaves > 0.0:
        u = event_uniform(c.seed_lo, c.seed_hi, c.step, s.key_lo, s.key_hi, U_SPLIT)
        if happens(u, leaves, c.step_days):
            # Nobody knows beforehand how many follow: a few hundred men, or all of them.
            part = event_uniform(c.seed_lo, c.seed_hi, c.step, s.key_lo, s.key_hi, U_PART)
            split_off(w, s, part, BY_CHANCE)
            return
    returns = rejoin_hazard(s)
    if returns > 0.0:
        u = event_uniform(c.seed_lo, c.seed_hi, c.step, s.key_lo, s.key_hi, U_REJOIN)
        if happens(u, returns, c.step_days):
            rejoin(w, s, TIRED)


@rule
def sway(w: World, p: PartyState) -> float:
    """Which way events push a party's fighters, -1 to 1: to the hawks (above 0) or to the doves.

    A foe that breaks its truce, or kills while talks go on, proves the hawks right; an agreement carried out the doves.
    """
    if p.foe_dyad == NOBODY:
        return 0.0
    d = w.dyads[p.foe_dyad]
    pair = w.pairs[d.pair]
    if w.dyads[d.reverse].breaching == 1:
        return 1.0
    if pair.agreed == 1:
        return -pair.implementation
    if pair.talking == 1 and p.losses_normal > 1e-9:
        return min(p.losses / (w.clock.step_days * p.losses_normal), 1.0)
    return 0.0


@rule
def shift_shares(w: World, p: PartyState) -> None:
    """Shares of factions grow or shrink by how much more hawkish they are than the party's mean."""
    pace = p.drift / YEAR * sway(w, p) * w.clock.step_days
    if pace == 0.0:
        return
    total = 0.0
    for i in range(p.first_faction, p.first_faction + p.n_factions):
        f = w.factions[i]
        f.share *= math.exp(pace * (f.hawkishness - p.hawkishness_start))
        total += f.share
    for i in range(p.first_faction, p.first_faction + p.n_factions):
        w.factions[i].share /= total
    reweigh(w, p)


@rule
def move_factions(w: World) -> None:
    """Factions drift where the case says how fast, and those that may split off or go back do so by lot."""
    for p in w.parties:
        if p.drift > 0.0:
            shift_shares(w, p)
    for s in w.spoilers:
        try_spoiler(w, s)
