"""ENDS (E13, E16): how a run ends: by a victory or a collapse at once, or by what it has come to at its horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    BALANCE_LOST,
    END_COLLAPSE,
    END_FADED,
    END_FIGHTING,
    END_GOVERNMENT,
    END_PARTIAL,
    END_REBELS,
    END_SETTLED,
    END_TRUCE,
    IN_FORCE,
    NO_TRUCE,
    NOBODY,
    RUNNING,
    TRUCE_COLLAPSED,
)
from detente.agents.rules.ceasefires import end_truce
from detente.agents.rules.course import is_killing
from detente.agents.rules.registry import rule
from detente.agents.rules.talks import is_settled

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Pair, PartyState, World

LASTING = 365.0
"""Age from which a ceasefire that still holds at the end of a run counts as an ending [days]."""


@rule
def leave_field(w: World, p: PartyState) -> None:
    """The wars of a side that has been beaten are over."""
    for pair in w.pairs:
        if pair.hostile == 0 or (pair.a != p.index and pair.b != p.index):
            continue
        if pair.truce_state != NO_TRUCE:
            end_truce(w, pair, TRUCE_COLLAPSED, BALANCE_LOST)
        pair.hostile = 0
        pair.agreed = 0
        pair.talking = 0
        for track in w.tracks:
            if track.pair == pair.index:
                track.is_open = 0
        stop(w.dyads[pair.ab])
        stop(w.dyads[pair.ba])


@rule
def stop(d: Dyad) -> None:
    """A side attacks no more."""
    d.hostile = 0
    d.rate = d.excitation = d.backlog = 0.0
    d.attacks = d.deaths = d.seen = 0.0


@rule
def killing_wars(w: World) -> int:
    """Wars that are left in which attacks kill."""
    n = 0
    for pair in w.pairs:
        n += 1 if is_killing(w, pair) else 0
    return n


@rule
def victory(w: World) -> int:
    """How the fall of a party ends the run (0: it goes on, since others fight on)."""
    for p in w.parties:
        if p.collapsed == 1:
            if w.par.switches.endings == 0 or (p.is_state == 1 and p.patron != NOBODY):
                return END_COLLAPSE
            if p.is_state == 1:
                return END_REBELS
            if killing_wars(w) == 0:
                return END_GOVERNMENT
    return RUNNING


@rule
def is_at_peace(w: World, pair: Pair) -> bool:
    """Whether two parties have held fire for a year."""
    return pair.truce_state == IN_FORCE and w.clock.day - pair.truce_start >= LASTING


@rule
def how_it_stands(w: World) -> int:
    """What a run has come to at its horizon: settled wholly or in part, quiet, at rest under ceasefires, or neither."""
    n_hostile = n_agreed = n_settled = n_quiet = n_ceased = 0
    for pair in w.pairs:
        if pair.hostile == 1:
            n_hostile += 1
            n_agreed += pair.agreed
            n_settled += 1 if is_settled(pair) else 0
            n_quiet += pair.is_quiet
            n_ceased += 1 if pair.is_quiet == 1 or is_at_peace(w, pair) else 0
    if n_agreed > 0:
        return END_SETTLED if n_settled == n_hostile else END_PARTIAL
    if w.par.switches.endings == 1 and n_hostile > 0:
        if n_quiet == n_hostile:
            return END_FADED
        if n_ceased == n_hostile:
            return END_TRUCE
    return END_FIGHTING


@rule
def close(w: World) -> None:
    """Name the end of the run: a victory or a collapse at once, anything else at the horizon."""
    c = w.clock
    if w.par.switches.endings == 1:
        for p in w.parties:
            if p.collapsed == 1 and p.is_state == 0:
                leave_field(w, p)
    c.end_reason = victory(w)
    if c.end_reason == RUNNING and c.step + 1 >= c.horizon:
        c.end_reason = how_it_stands(w)
    if c.end_reason != RUNNING:
        c.end_step = c.step
