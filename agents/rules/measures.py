"""MEASURES (E10): confidence-building measures as graduated reciprocation in tension reduction (Osgood 1962).

A step is announced alone, invites an answer, grows when answered, and pauses when ignored.  Only its cost makes it a
signal (Kydd 2000): at cost 0 it is exactly nothing.  Taking it back hurts trust more than giving it helped.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    ANSWER_MEASURE,
    BY_PROVOCATION,
    GIVE_MEASURE,
    GIVEN,
    LEVER_MEASURES,
    LEVER_POSTURE,
    LEVER_RECOGNITION,
    MEASURE_ANSWERED,
    MEASURE_GIVEN,
    MEASURE_REVERSED,
    MEASURE_UNMET,
    NO_ANSWER,
    NOBODY,
    PARTY,
    POSTURE,
    PROMISE_BROKEN,
    RECOGNITION,
    REVERSE_MEASURE,
    REVERSED,
)
from detente.agents.rules.choices import settle
from detente.agents.rules.chronicle import log
from detente.agents.rules.endurance import spend_capital, vindicate_hawks, win_capital
from detente.agents.rules.registry import rule
from detente.agents.rules.strategies import temper
from detente.agents.rules.trust import bad_news, good_news, measure_weight, retract, weigh_in
from detente.agents.rules.waiting import is_waiting
from detente.agents.state import U_HAPPENS

if TYPE_CHECKING:
    from detente.agents.state import Choice, Dyad, Measure, PartyState, World


@rule
def measure_will(w: World, i: PartyState, m: Measure) -> float:
    """How willing the giver is: its lever for the kind of measure, above the little it does unprompted."""
    lever = i.levers[LEVER_MEASURES]
    if m.kind == RECOGNITION:
        lever = i.levers[LEVER_RECOGNITION]
    elif m.kind == POSTURE:
        lever = i.levers[LEVER_POSTURE]
    quiet = w.par.measures.unprompted
    return quiet + (1.0 - quiet) * lever


@rule
def give_measure(w: World, i: PartyState, m: Measure) -> float:
    """Hazard [1/day] that the giver takes its next step."""
    p = w.par.measures
    day = w.clock.day
    if w.par.switches.measures == 0 or m.size <= 0.0 or day < m.paused_until or day < m.waiting_until:
        return 0.0
    if m.state == GIVEN and m.given_size >= m.max_size:
        return 0.0
    if is_waiting(w, m.first_wait, m.n_waits):
        return 0.0
    d = w.dyads[m.dyad]
    able = i.capital / (i.capital + w.par.endurance.capital_half)
    return measure_will(w, i, m) * d.readiness * able * p.base * temper(w, i, GIVE_MEASURE)


@rule
def answer_measure(w: World, i: PartyState, m: Measure) -> float:
    """Hazard [1/day] that the receiver answers a step it has been invited to answer."""
    if w.par.switches.measures == 0 or w.clock.day >= m.waiting_until:
        return 0.0
    back = w.dyads[w.dyads[m.dyad].reverse]
    return w.par.measures.reply * back.readiness * temper(w, i, ANSWER_MEASURE)


@rule
def reverse_measure(w: World, i: PartyState, m: Measure) -> float:
    """Hazard [1/day] that the giver takes back what it gave: distrust, discontent and failed talks raise it.

    Talks that are open hold it, as they hold provocations (Cha et al. 2017).
    """
    p = w.par.measures
    if w.par.switches.measures == 0 or m.state != GIVEN or m.reversible == 0:
        return 0.0
    d = w.dyads[m.dyad]
    sour = (d.trust_reference - d.trust) + (1.0 - w.par.endurance.discontent_normal - i.discipline)
    pair = w.pairs[d.pair]
    sour += p.disappointment * pair.failure
    held = w.par.violence.talk_and_hold * pair.talking
    return p.reversal * math.exp(p.reversal_slope * sour - held) * temper(w, i, REVERSE_MEASURE)


@rule
def suspend(w: World, d: Dyad) -> None:
    """What the measures that stand given leave suspended of the giver's attacks on the receiver."""
    left = 1.0
    for m in w.measures:
        if m.dyad == d.index and m.state == GIVEN and m.max_size > 0.0:
            left *= 1.0 - m.restrains * min(m.given_size / m.max_size, 1.0)
    d.suspended = 1.0 - left


@rule
def slight_allies(w: World, giver: PartyState, d: Dyad, size: float) -> None:
    """Recognition of a foe costs the giver's allies standing, and the giver their trust, the less they are aligned."""
    for ally in w.parties:
        if ally.patron == giver.index and ally.main_foe == d.target:
            hurt = w.par.measures.recognition_hurt * size * (1.0 - ally.alignment)
            ally.legitimacy *= math.exp(-hurt)
            if ally.patron_dyad != NOBODY:
                weigh_in(w, w.dyads[ally.patron_dyad], 0.0, hurt)


@rule
def give(w: World, choice: Choice) -> None:
    """A step is given: the receiver's belief rises with its cost, the giver pays at home, an answer is awaited."""
    m = w.measures[choice.subject]
    d = w.dyads[m.dyad]
    giver = w.parties[d.source]
    size = choice.amount if choice.amount >= 0.0 else m.size
    size = max(min(size, m.max_size - m.given_size), 0.0)
    m.state = GIVEN
    m.n_given += 1
    m.given_size += size
    m.step_size = size
    m.given_day = w.clock.day
    if size > 0.0:
        m.waiting_until = w.clock.day + w.par.measures.reply_days
        good_news(w, w.dyads[d.reverse], measure_weight(w, size))
        spend_capital(w, giver, size, m.divisive)
        if m.kind == RECOGNITION:
            d.recognition_given = 1.0 - (1.0 - d.recognition_given) * math.exp(-size)
            slight_allies(w, giver, d, size)
        suspend(w, d)
    w.tally.measures += 1.0
    log(w, w.clock.day, MEASURE_GIVEN, PARTY, d.source, PARTY, d.target, m.index, choice.why, size)


@rule
def answer(w: World, choice: Choice) -> None:
    """The receiver answers in kind: the giver's belief rises, the next step grows, opening talks gets easier."""
    m = w.measures[choice.subject]
    d = w.dyads[m.dyad]
    m.waiting_until = -1.0
    m.n_unmet = 0
    if m.step_size > 0.0:
        win_capital(w, w.parties[d.source])
    good_news(w, d, measure_weight(w, m.step_size))
    m.size = min(m.size * w.par.measures.growth, m.max_size)
    w.pairs[d.pair].boost = w.clock.day + w.par.talks.boost_days
    w.tally.answers += 1.0
    log(w, w.clock.day, MEASURE_ANSWERED, PARTY, d.target, PARTY, d.source, m.index, choice.why, m.size)


@rule
def withdraw(w: World, m: Measure, what: int, why: int) -> None:
    """A measure stands no longer: it hurts trust more than it helped; recognition lapses with it."""
    d = w.dyads[m.dyad]
    if m.state != GIVEN:
        return
    if m.given_size > 0.0:
        weight = measure_weight(w, m.given_size)
        retract(w, w.dyads[d.reverse], weight)
        bad_news(w, w.dyads[d.reverse], weight)
        vindicate_hawks(w, w.parties[d.target], 1.0)
        if m.kind == RECOGNITION:
            given = 1.0 - (1.0 - d.recognition_given) * math.exp(m.given_size)
            d.recognition_given = max(given, 0.0)
    m.state = REVERSED
    suspend(w, d)
    m.given_size = 0.0
    m.waiting_until = -1.0
    m.paused_until = w.clock.day + w.par.measures.pause_days
    w.tally.reversals += 1.0
    log(w, w.clock.day, what, PARTY, d.source, PARTY, d.target, m.index, why, m.size)


@rule
def take_back(w: World, choice: Choice) -> None:
    """The giver takes a measure back."""
    withdraw(w, w.measures[choice.subject], MEASURE_REVERSED, choice.why)


@rule
def miss_answers(w: World, m: Measure) -> None:
    """A step that nobody answered in time counts against the receiver; after a few the giver pauses."""
    if m.waiting_until < 0.0 or w.clock.day + w.clock.tick_days < m.waiting_until:
        return
    d = w.dyads[m.dyad]
    m.waiting_until = -1.0
    m.n_unmet += 1
    vindicate_hawks(w, w.parties[d.source], 1.0)
    bad_news(w, d, w.par.trust.unmet * measure_weight(w, m.step_size) / w.par.trust.loss_aversion)
    if m.n_unmet >= w.par.measures.patience:
        m.n_unmet = 0
        m.paused_until = w.clock.day + w.par.measures.pause_days
    log(w, w.clock.day, MEASURE_UNMET, PARTY, d.target, PARTY, d.source, m.index, NO_ANSWER, m.step_size)


@rule
def watch_promise(w: World, m: Measure) -> None:
    """A provocation while a measure that suspends it stands given breaks the promise: the measure is as if taken back.

    Only here do provocations enter trust.
    """
    d = w.dyads[m.dyad]
    if m.state != GIVEN or w.clock.day <= m.given_day:
        return
    if m.restrains > 0.0 and d.lethal == 0 and d.step_attacks > 0.0:
        w.tally.promises_broken += 1.0
        withdraw(w, m, PROMISE_BROKEN, BY_PROVOCATION)


@rule
def measures(w: World) -> None:
    """Steps given, answered, taken back and missed."""
    if w.par.switches.measures == 0:
        return
    first = w.clock.n_truce_choices + w.clock.n_talk_choices
    for i in range(first, first + w.clock.n_measure_choices):
        choice = w.choices[i]
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.step_days):
            if choice.kind == GIVE_MEASURE:
                give(w, choice)
            elif choice.kind == ANSWER_MEASURE:
                answer(w, choice)
            else:
                take_back(w, choice)
    for m in w.measures:
        miss_answers(w, m)
        watch_promise(w, m)
