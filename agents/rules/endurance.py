"""ENDURANCE (E5, E11): losses hurt, concessions cost political capital and rouse the hawks.

The hurting stalemate (Zartman 2000) is exhaustion times how even the odds are, and it is nowhere else in the model.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.rules.chance import logistic
from detente.agents.rules.course import fortune_of
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Dyad, PartyState, World


MOST_CAPITAL = 1.5

LEAST_TOLL = 1e-3
"""Toll relative to the usual below which the cost of a war falls no further."""


@rule
def log_odds(w: World, d: Dyad) -> float:
    """Log odds that the source prevails over the target, on capabilities looked ahead along their visible trend."""
    p = w.par.endurance
    i = w.parties[d.source]
    j = w.parties[d.target]
    ahead = p.look_ahead * (i.trend - j.trend)
    log_ratio = math.log(max(i.capability, 1e-6) / max(j.capability, 1e-6)) + ahead
    return (log_ratio + fortune_of(w, d)) / p.power_scale


@rule
def odds(w: World, d: Dyad) -> float:
    """Chance that the source prevails over the target."""
    return logistic(log_odds(w, d))


@rule
def resumed_cost(w: World, d: Dyad) -> float:
    """Cost to the source of fighting the target on: what this war takes of it while it is fought.

    The toll is not forgotten while the guns are silent, so that a truce does not make war look cheap.
    """
    p = w.par.endurance
    if d.lethal == 0:
        return p.standoff_cost
    back = w.dyads[d.reverse]
    toll = max(back.toll / back.toll_reference, LEAST_TOLL)
    return p.war_cost * math.exp(p.toll_elasticity * math.log(toll))


@rule
def hurt(w: World, i: PartyState) -> float:
    """Losses felt, and in part those that the war would bring if it went on (1 at normal losses)."""
    if w.par.switches.bargaining == 0 or i.toll_start <= 0.0:
        return i.exhaustion
    return i.exhaustion + w.par.endurance.prospect * (i.toll / i.toll_start - i.exhaustion)


@rule
def pain(w: World, d: Dyad) -> float:
    """How much a stalemate hurts the source: losses times evenness of the odds (1 at even odds, normal losses)."""
    even = odds(w, d)
    return hurt(w, w.parties[d.source]) * 4.0 * even * (1.0 - even)


@rule
def expect_from_war(w: World, d: Dyad) -> None:
    """Value of fighting on: odds of prevailing less its cost, in losses or, where nobody dies, in standing guard."""
    p = w.par.endurance
    i = w.parties[d.source]
    cost = p.war_cost * i.exhaustion if i.losses_normal > 1e-9 else p.standoff_cost
    if w.par.switches.bargaining == 1:
        cost = resumed_cost(w, d)
    d.war_value = odds(w, d) - cost


@rule
def spend_capital(w: World, p: PartyState, cost: float, divisive: float) -> None:
    """A concession takes political capital from a leader with hawks behind him, and rouses their discontent.

    It costs less a leader who tolerates political risk, and more one whom third audiences doubt.
    """
    if w.par.switches.endurance == 0:
        return
    doubted = 1.0 + w.par.measures.sceptics * (1.0 - p.legitimacy)
    price = w.par.measures.price * p.hawkishness * cost * divisive * (1.0 - p.risk_tolerance) * doubted
    p.capital *= math.exp(-price)
    for i in range(p.first_faction, p.first_faction + p.n_factions):
        f = w.factions[i]
        roused = w.par.endurance.discontent_gain * f.hawkishness * cost * divisive
        f.discontent = 1.0 - (1.0 - f.discontent) * math.exp(-roused)


@rule
def win_capital(w: World, p: PartyState) -> None:
    """A concession that was answered, or an agreement, pays at home."""
    if w.par.switches.endurance == 1:
        p.capital += w.par.endurance.success * (MOST_CAPITAL - p.capital)


@rule
def vindicate_hawks(w: World, p: PartyState, weight: float) -> None:
    """A promise that the other side broke or did not answer tells the hawks that they were right.

    ``weight`` is 1 for what is news and less for what they have seen before.
    """
    if w.par.switches.endurance == 0:
        return
    for i in range(p.first_faction, p.first_faction + p.n_factions):
        f = w.factions[i]
        f.discontent += weight * w.par.endurance.vindication * f.hawkishness * (1.0 - f.discontent)


@rule
def tire(w: World, p: PartyState) -> None:
    """Exhaustion follows own losses relative to the case's normal; capital and standing recover."""
    if p.losses_normal > 1e-9:
        felt = p.losses / (w.clock.step_days * p.losses_normal)
        p.exhaustion = felt + (p.exhaustion - felt) * w.rates.keep_exhaustion
    p.capital = 1.0 + (p.capital - 1.0) * w.rates.keep_capital
    p.legitimacy = p.legitimacy_start + (p.legitimacy - p.legitimacy_start) * w.rates.keep_standing


@rule
def count_toll(w: World) -> None:
    """What each party's wars take of it, all foes together."""
    for p in w.parties:
        p.toll = 0.0
    for d in w.dyads:
        w.parties[d.target].toll += d.toll


@rule
def endurance(w: World) -> None:
    """What the step's losses and concessions did to leaders, factions and discipline."""
    if w.par.switches.bargaining == 1:
        count_toll(w)
    if w.par.switches.endurance == 1:
        normal = w.par.endurance.discontent_normal
        for p in w.parties:
            tire(w, p)
            p.discipline = 1.0
        for f in w.factions:
            f.discontent = normal + (f.discontent - normal) * w.rates.keep_discontent
            w.parties[f.party].discipline -= f.share * f.discontent
    for d in w.dyads:
        if d.hostile == 1:
            expect_from_war(w, d)
