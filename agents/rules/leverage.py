"""LEVERAGE (E12): presence, capability and the collapse of a party that has lost the balance.

An ally fights with its own morale and the support of a patron who is present.  Presence moves by bargains, by
milestones or by a date; past a tipping share of capability, drawn once per run, morale melts and collapse follows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    BALANCE_LOST,
    DRAW_DOWN,
    DRAWDOWN,
    LEVER_POSTURE,
    NOBODY,
    PARTY,
    PARTY_COLLAPSED,
    WORLD,
)
from detente.agents.rules.chance import happens, logistic
from detente.agents.rules.choices import first_drawdown, settle
from detente.agents.rules.chronicle import log
from detente.agents.rules.course import fortune_of, is_fought
from detente.agents.rules.registry import rule
from detente.agents.rules.strategies import temper
from detente.agents.state import U_FALL, U_HAPPENS

if TYPE_CHECKING:
    from detente.agents.state import Choice, PartyState, World


TIPPING_WIDTH = 0.02
"""How gradually melting sets in about the tipping share."""


@rule
def milestone_met(w: World, i: PartyState) -> float:
    """How far violence on the patron's front has fallen to reward with drawdown, 0 to 1.

    Deaths of the week are held against the quarter's mean; where attacks do not kill, their number against the usual.
    """
    if i.foe_dyad == NOBODY:
        return 1.0
    ab = w.dyads[i.foe_dyad]
    ba = w.dyads[ab.reverse]
    usual = ab.deaths_quarter + ba.deaths_quarter
    ratio = 0.5 * (ab.conduct + ba.conduct)
    if ab.lethal == 1 and usual > 0.0:
        ratio = (ab.deaths_week + ba.deaths_week) / usual
    return logistic((w.par.leverage.milestone - ratio) / w.par.leverage.milestone_width)


@rule
def draw_down(w: World, i: PartyState) -> float:
    """Hazard [1/day] that a patron reduces its presence by one step of its own accord.

    Conditionality is apart from willingness: a conditional patron waits for the milestone, one that goes by the
    calendar does not.
    """
    p = w.par.leverage
    if w.par.switches.leverage == 0 or i.presence <= 0.0:
        return 0.0
    held = i.conditionality * (1.0 - milestone_met(w, i))
    willing = 1.0 + p.posture_gain * i.levers[LEVER_POSTURE]
    return p.drawdown * willing * (1.0 - held) * temper(w, i, DRAW_DOWN)


@rule
def reduce_presence(w: World, choice: Choice) -> None:
    """Presence falls by a step, or to the imposed share."""
    i = w.parties[choice.actor]
    before = i.presence
    target = choice.amount if choice.amount >= 0.0 else before - w.par.leverage.drawdown_step
    i.presence = max(min(target, before), 0.0)
    w.tally.drawdowns += 1.0
    log(w, w.clock.day, DRAWDOWN, PARTY, i.index, WORLD, NOBODY, NOBODY, choice.why, i.presence)


@rule
def share_of_power(w: World, p: PartyState) -> float:
    """A party's share of capability against its main foe (one half at parity), as the fortune of war has it."""
    foe = w.parties[p.main_foe]
    own = p.capability
    if p.foe_dyad != NOBODY:
        fortune = fortune_of(w, w.dyads[p.foe_dyad])
        own *= 1.0 if fortune == 0.0 else math.exp(fortune)
    return own / max(own + foe.capability, 1e-9)


@rule
def weigh_power(w: World) -> None:
    """Note every party's share of capability against its main foe."""
    for p in w.parties:
        if p.main_foe != NOBODY:
            p.power = share_of_power(w, p)


@rule
def strength(w: World, morale: float, support: float, presence: float) -> float:
    """Capability: own morale, and what a patron lends it, of which the last forces to leave take most.

    Saigon in 1975 and Kabul in 1992 outlived the foreign troops and fell when what remained, aid and air power, was
    cut (Willbanks 2004; Kalinovsky 2011).
    """
    lent = 0.0
    if presence > 0.0:
        lent = support * math.exp(w.par.leverage.returns * math.log(presence))
    return max(morale + lent, 1e-3)


@rule
def own_capability(w: World, p: PartyState) -> float:
    """A party's capability with its patron as present as it is."""
    presence = w.parties[p.patron].presence if p.patron != NOBODY else 0.0
    return strength(w, p.morale * (1.0 - p.demobilised), p.support, presence)


@rule
def is_tried(w: World, p: PartyState) -> bool:
    """Whether a fragile party can melt away now: one that can be beaten in the field alone, only while it is fought."""
    return p.brittle == 0 or is_fought(w, w.pairs[w.dyads[p.foe_dyad].pair])


@rule
def keep_up_morale(w: World, p: PartyState) -> None:
    """Morale melts below the tipping share and recovers above it, towards what standing and a trusted patron carry."""
    r = w.par.leverage
    if p.fragile == 0 or p.collapsed == 1 or not is_tried(w, p):
        return
    s = p.power
    doubt = p.legitimacy_start - p.legitimacy
    left = 0.0
    if p.patron_dyad != NOBODY:
        d = w.dyads[p.patron_dyad]
        left = d.trust_reference - d.trust
    full = p.morale_full * max(1.0 - r.standing * doubt - r.reliance * left, 0.0)
    melting = r.melt * logistic((p.tipping - s) / TIPPING_WIDTH)
    mending = r.recover * logistic((s - p.tipping + 0.06) / 0.03)
    rate = melting + mending
    if rate <= 0.0:
        return
    rest = mending * full / rate
    p.morale = rest + (p.morale - rest) * math.exp(-rate * w.clock.step_days)


@rule
def fall_hazard(w: World, p: PartyState) -> float:
    """Hazard [1/day] that a party collapses, steep in the share of capability it has lost."""
    r = w.par.leverage
    s = p.power
    return r.fall * logistic((p.tipping - r.fall_margin - s) / TIPPING_WIDTH)


@rule
def may_fall(w: World, p: PartyState) -> None:
    """A fragile party may collapse in this step."""
    if p.fragile == 0 or p.collapsed == 1 or not is_tried(w, p):
        return
    if happens(p.luck[U_FALL], fall_hazard(w, p), w.clock.step_days):
        p.collapsed = 1
        w.tally.victories += 1.0 if w.par.switches.endings == 1 else 0.0
        log(w, w.clock.day, PARTY_COLLAPSED, PARTY, p.index, PARTY, p.main_foe, NOBODY, BALANCE_LOST, p.power)


@rule
def leverage(w: World) -> None:
    """Presence as decided, then morale, capability and its trend, then collapse."""
    if w.par.switches.leverage == 0:
        return
    first = first_drawdown(w)
    for i in range(first, first + w.clock.n_presence_choices):
        choice = w.choices[i]
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.step_days):
            reduce_presence(w, choice)
    for p in w.parties:
        keep_up_morale(w, p)
    for p in w.parties:
        before = p.capability
        p.capability = own_capability(w, p)
        change = 0.0 if p.capability == before else math.log(p.capability / before) / w.clock.step_days
        p.trend = change + (p.trend - change) * w.rates.keep_trend
    weigh_power(w)
    for p in w.parties:
        may_fall(w, p)
