"""SPOILERS (E15): groups outside the process strike when peace nears; hardliners inside a party break its truces.

Peace that nears is what provokes (Stedman 1997): talks that are seen to progress, or a truce in force.  No recognition
moves an outside spoiler.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    FACTION,
    IN_FORCE,
    INSIDE,
    NEAR_PEACE,
    NOBODY,
    PARTY,
    SPOILER,
    SPOILER_STRIKE,
)
from detente.agents.rules.calendar import both_hold_fire, holds_fire, season_factor, today
from detente.agents.rules.chance import count, event_size, event_uniform, happens
from detente.agents.rules.chronicle import log
from detente.agents.rules.registry import rule
from detente.agents.rules.severity import deaths_of
from detente.agents.state import U_COUNT

if TYPE_CHECKING:
    from detente.agents.state import FactionState, SpoilerState, Target, Track, World

HARDLINE = 0.5
"""Hawkishness from which a faction is one of hardliners."""

NOTABLE_THREAT = 0.9
NOTABLE_DEATHS = 10.0
"""Threat and deaths from which a spoiler's strike is told in the chronicle."""


@rule
def freshness(w: World, track: Track) -> float:
    """How far progress of talks still alarms: less, the longer a track has not moved (1 just after it has)."""
    if w.par.switches.bargaining == 0:
        return 1.0
    return math.exp(-(w.clock.day - track.moved_day) / w.par.spoilers.patience)


@rule
def perceive_threat(w: World, s: SpoilerState) -> float:
    """How near peace looks to a spoiler, 0 to 1: the most visible progress of talks, or a truce while it is young.

    One that is not there, or still stands inside a party, feels nothing.
    """
    if s.active == 0:
        return 0.0
    nearest = 0.0
    for pair in w.pairs:
        if pair.truce_state == IN_FORCE and both_hold_fire(w, w.dyads[pair.ab], w.dyads[pair.ba]):
            age = w.clock.day - pair.truce_start
            nearest = max(nearest, math.exp(-age / w.par.spoilers.patience))
    for track in w.tracks:
        if track.is_open == 1:
            nearest = max(nearest, track.visibility * track.n_settled / track.n_issues * freshness(w, track))
    return nearest


@rule
def strike(w: World, t: Target) -> None:
    """Draw the attacks of a spoiler on one party in one tick, and their deaths: none while it is not there."""
    p = w.par.violence
    c = w.clock
    s = w.spoilers[t.spoiler]
    t.attacks = 0.0
    if s.active == 0:
        return
    season = season_factor(w)
    provoked = w.par.spoilers.provoked * s.threat if w.par.switches.spoilers == 1 else 0.0
    pressed = math.exp(provoked) if provoked > 0.0 else 1.0
    mean = t.lbar * s.strength * season * pressed * c.tick_days
    n = count(mean, p.dispersion * c.tick_days, t.tick_luck[U_COUNT])
    t.attacks = float(n)
    if n == 0:
        return
    deaths = deaths_of(w, t, n, 1.0)
    s.cum_attacks += t.attacks
    w.parties[t.victim].losses += deaths
    w.tally.spoiler_attacks += t.attacks
    if provoked > 0.0:
        w.tally.provoked_attacks += t.attacks
    w.tally.fatalities += deaths * c.deaths_scale
    if provoked > 0.0 and s.threat >= NOTABLE_THREAT and deaths >= NOTABLE_DEATHS:
        log(w, c.day, SPOILER_STRIKE, SPOILER, s.index, PARTY, t.victim, NOBODY, NEAR_PEACE, deaths)


@rule
def spoil_from_inside(w: World, f: FactionState) -> None:
    """Discontented hardliners of an undisciplined party break its truce with the main foe: one attack, their own.

    What a measure suspends wholly, such as missile tests, is not theirs to do.
    """
    party = w.parties[f.party]
    if w.par.switches.spoilers == 0 or party.foe_dyad == NOBODY:
        return
    d = w.dyads[party.foe_dyad]
    if not holds_fire(w, d) or (w.par.switches.adherence == 1 and f.hawkishness < HARDLINE):
        return
    c = w.clock
    hazard = w.par.spoilers.inside * f.share * f.hawkishness * f.discontent * (1.0 - d.suspended)
    u = event_uniform(c.seed_lo, c.seed_hi, c.tick, f.key_lo, f.key_hi, 0)
    if happens(u, hazard, c.tick_days):
        scale = d.size_scale * today(w).severity
        v = event_uniform(c.seed_lo, c.seed_hi, c.tick, f.key_lo, f.key_hi, 1)
        deaths = d.lethal * event_size(v, scale, w.par.violence.tail, w.par.violence.max_deaths)
        d.attacks += 1.0
        w.tally.inside_attacks += 1.0
        d.deaths += deaths
        log(w, c.day, SPOILER_STRIKE, FACTION, f.index, PARTY, d.target, NOBODY, INSIDE, deaths)
