"""MEDIATION (E14): mediators choose where to work within their capacity, and what their presence is worth.

Mediators go where readiness is perceived and access is given (stalemate condition: Ruhe 2015); the joint effect of
several is an inverted U, and a hostile one hurts (Boehmelt 2011); guarantees answer the commitment problem
(Walter 1997) and last while the guarantor's leverage does (Kenwick).  A go-between who has the ear of both may have
talks that just broke off reopened within days.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    BY_CHOICE,
    ENTREPRENEUR,
    FACILITATOR,
    FORMULATOR,
    GUARANTOR,
    LEVER_MEDIATION,
    MEDIATOR,
    MEDIATOR_ENGAGED,
    MEDIATOR_LEFT,
    NOBODY,
    PERSISTENT,
    RIPENESS_SEEKER,
    WORLD,
)
from detente.agents.rules.chronicle import log
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Mediation, MediatorState, Pair, World


@rule
def is_round(w: World, m: MediatorState) -> bool:
    """Whether a mediator reviews where to work in this step: one that is absent does not."""
    if m.present == 0:
        return False
    length = w.par.mediation.round_days
    start = w.clock.day
    return math.floor((start + w.clock.step_days) / length) > math.floor(start / length)


@rule
def weigh_pair(w: World, m: MediatorState, link: Mediation) -> float:
    """How much a mediator wants to work on one pair [logit against staying out]."""
    p = w.par.mediation
    q = w.par.strategies
    pair = w.pairs[link.pair]
    invited = max(w.parties[pair.a].levers[LEVER_MEDIATION], w.parties[pair.b].levers[LEVER_MEDIATION])
    ripe = p.readiness * (pair.readiness - 0.5)
    stay = p.persistence * link.engaged
    alone = 0.0
    if m.strategy == RIPENESS_SEEKER:
        ripe *= q.seeking
    elif m.strategy == PERSISTENT:
        stay += q.staying * link.engaged
    elif m.strategy == ENTREPRENEUR and pair.n_mediators - link.engaged <= 0:
        alone = q.bold
    return ripe + link.access + stay + alone + p.lever_gain * invited - p.bias * abs(link.bias)


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
        link.worked = 0.0
        what = MEDIATOR_ENGAGED if taken else MEDIATOR_LEFT
        w.tally.engagements += 1.0 if taken else 0.0
        log(w, w.clock.day, what, MEDIATOR, m.index, WORLD, NOBODY, link.pair, BY_CHOICE, link.score)
    link.held = link.engaged


@rule
def count_in(w: World, link: Mediation) -> None:
    """Add one mediator's work to its pair: each style does one thing best, and leverage wanes as the work wears on."""
    p = w.par.mediation
    m = w.mediators[link.mediator]
    pair = w.pairs[link.pair]
    skill = m.skill * (1.0 - 0.5 * abs(link.bias))
    pair.n_mediators += 1
    pair.skill += skill if m.style == FACILITATOR else skill * p.facilitation
    pair.drafting += skill if m.style == FORMULATOR else skill * p.drafting
    if w.par.switches.terms == 1:
        pair.reopens += m.presence * link.reopens
    pair.monitoring = 1.0 - (1.0 - pair.monitoring) * (1.0 - m.monitors * m.presence)
    if m.style == GUARANTOR:
        credible = m.kept / (m.kept + m.broken)
        weight = credible * m.presence * m.leverage * math.exp(-link.worked / p.waning)
        pair.guarantee = 1.0 - (1.0 - pair.guarantee) * (1.0 - weight)
    link.worked += w.clock.step_days


@rule
def joint_effect(n: int, total: float) -> float:
    """Effect of n mediators with this sum of skills: their mean, times an inverted U that peaks at two."""
    if n == 0:
        return 0.0
    return total / n * (n / 2.0) * math.exp(1.0 - n / 2.0)


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
        pair.drafting = 0.0
        pair.reopens = 0.0
        pair.monitoring = pair.monitoring_own
        pair.guarantee = 0.0
    for link in w.mediations:
        if link.engaged == 1:
            count_in(w, link)
    for pair in w.pairs:
        w.tally.mediated_days += w.clock.step_days if pair.n_mediators > 0 else 0.0
        pair.mediated = joint_effect(pair.n_mediators, pair.skill)
        pair.formulated = joint_effect(pair.n_mediators, pair.drafting)


@rule
def stake_credit(w: World, pair: Pair, kept: float, broken: float) -> None:
    """Guarantors at work on a pair gain or lose credibility with its agreement [observations]."""
    for link in w.mediations:
        if link.pair == pair.index and link.engaged == 1:
            m = w.mediators[link.mediator]
            if m.style == GUARANTOR:
                m.kept += kept
                m.broken += broken
