"""What is computed once, before the first step: numbers that depend on parameters and on the opening state alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import NOBODY
from detente.agents.rules.calendar import today
from detente.agents.rules.chance import LOGISTIC_SD, event_uniform, logistic, shock
from detente.agents.rules.course import can_be_beaten, set_fervour
from detente.agents.rules.endurance import pain
from detente.agents.rules.leverage import TIPPING_WIDTH, own_capability, weigh_power
from detente.agents.rules.rates import set_rates
from detente.agents.rules.readiness import appraise, become_ready, combine
from detente.agents.rules.registry import rule
from detente.agents.rules.violence import set_background

if TYPE_CHECKING:
    from detente.agents.state import PartyState, World


LEAST_FALL = 0.2
"""Least fall of the log ratio of capabilities at which a side begins to melt."""

USUAL_READINESS = 0.44
USUAL_TRUST = 0.35
"""Readiness and trust at the start of the median drawn war: what a case is in part held against."""


@rule
def share_offers(w: World) -> None:
    """Offers per side of a dyad, so that a conflict as a whole begins ceasefires at the observed rate.

    An offer counts when it is answered, so the rate is raised by the chance of an answer at reference readiness.
    """
    p = w.par.ceasefires
    n = 0
    for d in w.dyads:
        n += d.hostile
    answered = -math.expm1(-p.answer * p.answer_days)
    w.rates.offer_rate = p.onset / answered / max(n, 1)
    if w.par.switches.adherence == 1:
        w.rates.offer_rate /= 1.0 - p.unilateral


@rule
def open_violence(w: World) -> None:
    """Background, excitation and losses at the base rates, as if the war had gone on like this before."""
    season = today(w).season
    for d in w.dyads:
        if d.hostile == 0:
            continue
        set_background(w, d)
        d.excitation = d.lbar - d.mu
        d.rate = d.mu * season + d.excitation
        d.usual = d.rate
        d.conduct_expected = d.rate
        d.conduct_seen = d.rate
        d.deaths_week = d.rate * d.deaths_per_event * d.lethal
        d.deaths_quarter = d.deaths_week
        if d.lethal == 1:
            w.parties[d.target].losses_normal += d.lbar * d.deaths_per_event
    for t in w.targets:
        if w.spoilers[t.spoiler].active == 0:
            continue
        w.parties[t.victim].losses_normal += t.lbar * t.deaths_per_event


@rule
def open_toll(w: World) -> None:
    """What the wars take at the base rates, and the usual toll: between the case's own and that of wars in general."""
    p = w.par.endurance
    for d in w.dyads:
        if d.hostile == 1 and d.lethal == 1:
            d.toll = d.lbar * d.deaths_per_event
            w.parties[d.target].toll_start += d.toll
        if d.toll > 0.0:
            own = (1.0 - p.toll_pooled) * math.log(d.toll)
            d.toll_reference = math.exp(own + p.toll_pooled * math.log(p.toll_scale))
    for party in w.parties:
        party.toll = party.toll_start


@rule
def open_trust(w: World) -> None:
    """Belief starts at its prior."""
    for d in w.dyads:
        weight = w.par.trust.weight
        d.prior_kept = weight * d.trust_reference
        d.prior_broken = weight * (1.0 - d.trust_reference)
        d.kept = d.prior_kept
        d.broken = d.prior_broken
        d.trust = d.trust_reference


@rule
def open_readiness(w: World) -> None:
    """Readiness at the start of the case, and what all later readiness is held against."""
    pooled = w.par.readiness.pooled
    for d in w.dyads:
        if d.hostile == 1:
            d.pain_reference = max(pain(w, d), 1e-3)
            if pooled > 0.0:
                d.pain_reference = math.exp((1.0 - pooled) * math.log(d.pain_reference))
            d.trust_usual = d.trust_reference + pooled * (USUAL_TRUST - d.trust_reference)
    for d in w.dyads:
        if d.hostile == 1:
            appraise(w, d)
    for d in w.dyads:
        if d.hostile == 1:
            first = math.sqrt(d.motivation * d.optimism)
            d.readiness_level = first / max(combine(w, d, w.dyads[d.reverse].motivation), 1e-6)
            become_ready(w, d)
    for d in w.dyads:
        d.readiness_usual = d.readiness + pooled * (USUAL_READINESS - d.readiness)
        d.readiness_lagged = d.readiness
    for pair in w.pairs:
        pair.readiness = math.sqrt(w.dyads[pair.ab].readiness * w.dyads[pair.ba].readiness)
        pair.readiness_usual = math.sqrt(w.dyads[pair.ab].readiness_usual * w.dyads[pair.ba].readiness_usual)


@rule
def make_brittle(w: World, p: PartyState) -> None:
    """Where a party that can be beaten in the field begins to melt: so far below its opening balance, by lot.

    At a volatility of 1 the lot is as wide in the log ratio of capabilities as the tipping share's is at even odds.
    """
    c = w.clock
    fall = w.par.endings.beaten + w.par.endings.depth * p.is_state
    volatility = w.pairs[w.dyads[p.foe_dyad].pair].volatility
    lot = volatility * shock(event_uniform(c.seed_lo, c.seed_hi, 0, p.key_lo, p.key_hi, 0))
    fall = max(fall - 4.0 * w.par.leverage.tipping_spread * lot, LEAST_FALL)
    p.fragile = 1
    p.brittle = 1
    p.tipping = logistic(math.log(p.power / (1.0 - p.power)) - fall)


@rule
def open_course(w: World) -> None:
    """Every war begins at its declared rate, or at the level declared beside it."""
    for pair in w.pairs:
        if pair.volatility < 0.0:
            pair.volatility = w.par.violence.level_spread
        if w.par.switches.level == 1 and pair.hostile == 1:
            pair.level += 0.5 * pair.volatility * pair.volatility
            set_fervour(w, pair)


@rule
def open_cast(w: World) -> None:
    """What share of its party a faction that may split off has on the first day."""
    for s in w.spoilers:
        if s.faction != NOBODY:
            s.usual_share = w.factions[s.faction].share


@rule
def draw_tipping(w: World, p: PartyState) -> None:
    """Where a party's forces begin to melt: logistic about the declared share, and below where the party stands.

    Nobody knows it beforehand; only that the party has held out at its opening share of capability.
    """
    c = w.clock
    scale = w.par.leverage.tipping_spread * LOGISTIC_SD
    u = event_uniform(c.seed_lo, c.seed_hi, 0, p.key_lo, p.key_hi, 0)
    u *= logistic((p.power - 2.0 * TIPPING_WIDTH - p.tipping) / scale)
    p.tipping += scale * math.log(u / (1.0 - u))


@rule
def open_parties(w: World) -> None:
    """Hawkishness and discipline from the factions, capability from morale and presence, the tipping share by lot."""
    for p in w.parties:
        p.discipline = 1.0
        p.hawkishness = 0.0
        p.morale_full = p.morale
        p.presence_start = p.presence
        p.legitimacy_start = p.legitimacy
        p.capability = own_capability(w, p)
    weigh_power(w)
    for p in w.parties:
        if w.par.switches.endings == 1 and p.fragile == 0 and can_be_beaten(w, p):
            make_brittle(w, p)
        elif p.fragile == 1:
            draw_tipping(w, p)
    for f in w.factions:
        w.parties[f.party].discipline -= f.share * f.discontent
        w.parties[f.party].hawkishness += f.share * f.hawkishness
    for p in w.parties:
        p.hawkishness_start = p.hawkishness
        p.risk_start = p.risk_tolerance


@rule
def prepare(w: World) -> None:
    """Open a case: everything that follows from its parameters and declared initial state."""
    set_rates(w)
    share_offers(w)
    open_cast(w)
    open_course(w)
    open_parties(w)
    open_violence(w)
    open_toll(w)
    open_trust(w)
    open_readiness(w)
