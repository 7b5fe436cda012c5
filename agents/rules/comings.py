"""COMINGS AND GOINGS (E18): actors arrive and leave, factions split off their party and go back to it.

A faction that splits off takes its share of the fighters along: the party is weaker and less hawkish, and outside it
stands a spoiler that attacks in proportion to what it took (Pearlman & Cunningham 2012; Duursma & Fliervoet 2021).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    ACTOR_ARRIVED,
    ACTOR_LEFT,
    ARRIVE,
    BY_POLICY,
    FACTION,
    FACTION_REJOINED,
    FACTION_SPLIT,
    LEAVE,
    MEDIATOR,
    MEDIATOR_LEFT,
    NOBODY,
    PARTY,
    SPLIT,
    SPOILER,
    WORLD,
)
from detente.agents.rules.chance import clip
from detente.agents.rules.chronicle import log
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import MediatorState, Move, PartyState, SpoilerState, World


@rule
def reweigh(w: World, p: PartyState) -> None:
    """A party's hawkishness moves by as much as the mean of its factions has moved."""
    mean = 0.0
    for i in range(p.first_faction, p.first_faction + p.n_factions):
        mean += w.factions[i].share * w.factions[i].hawkishness
    p.hawkishness = clip(p.hawkishness + mean - p.hawkishness_start, 0.0, 1.0)
    p.hawkishness_start = mean


@rule
def scale_forces(w: World, p: PartyState, left: float) -> None:
    """A party fights with a share ``left`` of its own forces: its capability, and its attacks on everybody."""
    p.morale *= left
    p.morale_full *= left
    for d in w.dyads:
        if d.source == p.index:
            d.mu *= left
            d.responsive *= left


@rule
def scale_shares(w: World, p: PartyState, by: float) -> None:
    """The shares of a party's factions, all by one factor."""
    for i in range(p.first_faction, p.first_faction + p.n_factions):
        w.factions[i].share *= by


@rule
def split_off(w: World, s: SpoilerState, part: float, why: int) -> None:
    """A faction, or part of it, leaves its party and fights on its own; not twice, nor where it is all there is."""
    if s.active == 1 or s.faction == NOBODY:
        return
    f = w.factions[s.faction]
    p = w.parties[f.party]
    if f.share <= 0.0 or f.share >= 1.0:
        return
    s.share = f.share * part
    if s.share <= 0.0:
        return
    s.strength = s.share / s.usual_share
    s.active = 1
    s.has_split = 1
    f.share -= s.share
    scale_shares(w, p, 1.0 / (1.0 - s.share))
    scale_forces(w, p, 1.0 - s.share)
    reweigh(w, p)
    w.tally.splits += 1.0
    log(w, w.clock.day, FACTION_SPLIT, SPOILER, s.index, PARTY, p.index, NOBODY, why, s.share)


@rule
def stand_down(s: SpoilerState) -> None:
    """A spoiler is there no more."""
    s.active = 0
    s.share = 0.0
    s.threat = 0.0


@rule
def rejoin(w: World, s: SpoilerState, why: int) -> None:
    """A group that had split off goes back to its party, with its fighters."""
    if s.active == 0 or s.share <= 0.0:
        return
    f = w.factions[s.faction]
    p = w.parties[f.party]
    scale_shares(w, p, 1.0 - s.share)
    f.share += s.share
    scale_forces(w, p, 1.0 / (1.0 - s.share))
    reweigh(w, p)
    w.tally.rejoinings += 1.0
    log(w, w.clock.day, FACTION_REJOINED, SPOILER, s.index, PARTY, p.index, NOBODY, why, s.share)
    stand_down(s)


@rule
def change_spoiler(w: World, s: SpoilerState, m: Move) -> None:
    """A spoiler comes, goes, splits off or goes back; arriving again changes how much it attacks."""
    if m.subject == SPLIT:
        split_off(w, s, m.amount if m.amount >= 0.0 else 1.0, BY_POLICY)
    elif m.subject == ARRIVE:
        s.active = 1
        if m.amount >= 0.0:
            s.strength = m.amount
        log(w, w.clock.day, ACTOR_ARRIVED, SPOILER, s.index, WORLD, NOBODY, NOBODY, BY_POLICY, s.strength)
    elif m.subject == LEAVE:
        if s.active == 1:
            stand_down(s)
            log(w, w.clock.day, ACTOR_LEFT, SPOILER, s.index, WORLD, NOBODY, NOBODY, BY_POLICY, 0.0)
    else:
        rejoin(w, s, BY_POLICY)


@rule
def send_home(w: World, m: MediatorState) -> None:
    """A mediator that goes ends all its work."""
    for link in w.mediations:
        if link.mediator == m.index and link.engaged > 0:
            link.engaged = 0
            link.held = 0
            link.worked = 0.0
            log(w, w.clock.day, MEDIATOR_LEFT, MEDIATOR, m.index, WORLD, NOBODY, link.pair, BY_POLICY, 0.0)


@rule
def change_mediator(w: World, a: MediatorState, m: Move) -> None:
    """A mediator or a mission of monitors comes or goes; arriving again changes the attention it gives."""
    if m.subject == ARRIVE:
        a.present = 1
        if m.amount >= 0.0:
            a.presence = m.amount
        log(w, w.clock.day, ACTOR_ARRIVED, MEDIATOR, a.index, WORLD, NOBODY, NOBODY, BY_POLICY, a.presence)
    elif a.present == 1:
        a.present = 0
        log(w, w.clock.day, ACTOR_LEFT, MEDIATOR, a.index, WORLD, NOBODY, NOBODY, BY_POLICY, 0.0)
        send_home(w, a)


@rule
def change_troops(w: World, p: PartyState, m: Move) -> None:
    """Outside troops arrive, or all of them leave."""
    what = ACTOR_LEFT
    presence = 0.0
    if m.subject == ARRIVE:
        what = ACTOR_ARRIVED
        presence = max(p.presence, m.amount)
    p.presence = presence
    log(w, w.clock.day, what, PARTY, p.index, WORLD, NOBODY, NOBODY, BY_POLICY, presence)


@rule
def change_actors(w: World, m: Move) -> None:
    """A policy or the case says on a day who comes, goes, splits off or joins, or what share a faction has.

    Without the mechanism the cast of the first day stays.
    """
    if w.par.switches.leaders == 0:
        return
    if m.kind == SPOILER:
        change_spoiler(w, w.spoilers[m.actor], m)
    elif m.kind == MEDIATOR:
        change_mediator(w, w.mediators[m.actor], m)
    elif m.kind == FACTION:
        f = w.factions[m.actor]
        f.share = m.amount
        reweigh(w, w.parties[f.party])
    else:
        change_troops(w, w.parties[m.actor], m)
