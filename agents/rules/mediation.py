"""MEDIATION (E14): mediators choose where to work within their capacity, and what their presence is worth.

Mediators go where readiness is perceived and access is given (stalemate condition: Ruhe 2015); the joint effect of
several is an inverted U, and a hostile one hurts (Boehmelt 2011); guarantees answer the commitment problem
(Walter 1997).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    BY_CHOICE,
    LEVER_MEDIATION,
    MEDIATOR,
    MEDIATOR_ENGAGED,
    MEDIATOR_LEFT,
    NOBODY,
    WORLD,
)
from detente.agents.rules.chronicle import log
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Mediation, MediatorState, World


@rule
def is_round(w: World, m: MediatorState) -> bool:
    """Whether a mediator reviews where to work in this step."""
    length = w.par.mediation.round_days
    start = w.clock.day
    return math.floor((start + w.clock.step_days) / length) > math.floor(start / length)


@rule
def weigh_pair(w: World, m: MediatorState, link: Mediation) -> float:
    """How much a mediator wants to work on one pair [logit against staying out]."""
    p = w.par.mediation
    pair = w.pairs[link.pair]
    invited = max(w.parties[pair.a].levers[LEVER_MEDIATION], w.parties[pair.b].levers[LEVER_MEDIATION])
    return (
        p.readiness * (pair.readiness - 0.5)
        + link.access
        + p.persistence * link.engaged
        + p.lever_gain * invited
        - p.bias * abs(link.bias)
    )


@rule
def engage(w: World, m: MediatorState) -> None:
    """Take up to ``capacity`` pairs: each in turn, in proportion to the scores of those left and of staying out."""
    u = m.luck[0]
    for _ in range(m.capacity):
        chosen, u = choose(w, m, u)
        if chosen == NOBODY:
            break
        w.mediations[chosen].engaged = 2
    for link in w.mediations:
        if link.mediator == m.index:
            settle_in(w, m, link)


@rule
def choose(w: World, m: MediatorState, u: float) -> tuple[int, float]:
    """One logit choice among the pairs not yet taken; returns it with what is left of the uniform."""
    total = 1.0
    for link in w.mediations:
        if link.mediator == m.index and link.engaged != 2:
            total += math.exp(link.score)
    edge = 0.0
    for i in range(len(w.mediations)):
        link = w.mediations[i]
        if link.mediator == m.index and link.engaged != 2:
            share = math.exp(link.score) / total
            if u < edge + share:
                return i, (u - edge) / share
            edge += share
    return NOBODY, u


@rule
def settle_in(w: World, m: MediatorState, link: Mediation) -> None:
    """Turn the marks of one round into engagement, and log what changed (2 taken, 1 held before, 0 not)."""
    taken = link.engaged == 2
    link.engaged = 1 if taken else 0
    if link.engaged != link.held:
        what = MEDIATOR_ENGAGED if taken else MEDIATOR_LEFT
        log(w, w.clock.day, what, MEDIATOR, m.index, WORLD, NOBODY, link.pair, BY_CHOICE, link.score)
    link.held = link.engaged


@rule
def count_in(w: World, link: Mediation) -> None:
    """Add one mediator's work to its pair."""
    m = w.mediators[link.mediator]
    pair = w.pairs[link.pair]
    credible = m.kept / (m.kept + m.broken)
    pair.n_mediators += 1
    pair.skill += m.skill * (1.0 - 0.5 * abs(link.bias))
    pair.monitoring = 1.0 - (1.0 - pair.monitoring) * (1.0 - m.monitors * m.presence)
    pair.guarantee = 1.0 - (1.0 - pair.guarantee) * (1.0 - credible * m.presence * m.leverage)


@rule
def mediation(w: World) -> None:
    """Mediators review where to work (each at its round), then their presence is counted pair by pair."""
    if w.par.switches.mediation == 0:
        return
    for m in w.mediators:
        if is_round(w, m):
            engage(w, m)
    for pair in w.pairs:
        pair.n_mediators = 0
        pair.skill = 0.0
        pair.monitoring = pair.monitoring_own
        pair.guarantee = 0.0
    for link in w.mediations:
        if link.engaged == 1:
            count_in(w, link)
    for pair in w.pairs:
        pair.mediated = 0.0
        if pair.n_mediators > 0:
            n = float(pair.n_mediators)
            pair.mediated = pair.skill / n * (n / 2.0) * math.exp(1.0 - n / 2.0)
