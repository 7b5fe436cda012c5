"""MEASURES (E10): confidence-building measures as graduated reciprocation in tension reduction (Osgood 1962).

A step is announced alone, invites an answer, grows when answered, and pauses when ignored.  Only its cost makes it a
signal (Kydd 2000): at cost 0 it is exactly nothing.  Taking it back hurts trust more than giving it helped.
A promise may have a core and a fringe.  A side breaks the more readily what costs less to break: the fringe first, and
last what it has promised to a leader (audience costs: Fearon 1994, Tomz 2007; reputation: Jervis 1970).
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
    MEASURE_NARROWED,
    MEASURE_REVERSED,
    MEASURE_UNMET,
    NARROW_MEASURE,
    NO_ANSWER,
    NOBODY,
    PARTY,
    POSTURE,
    PROMISE_BROKEN,
    RECOGNITION,
    REVERSE_MEASURE,
    REVERSED,
    SUMMIT,
)
from detente.agents.rules.chance import event_uniform
from detente.agents.rules.choices import first_measure, first_narrowing, settle
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
def regret(w: World, i: PartyState, m: Measure, missed: float) -> float:
    """Hazard [1/day] that the giver goes back on what it gave: distrust, discontent and failed talks raise it.

    ``missed`` is 1 where the other side has given nothing in return, which disappoints as failed talks do.  Talks that
    are open hold it, as they hold provocations (Cha et al. 2017).
    """
    p = w.par.measures
    d = w.dyads[m.dyad]
    sour = (d.trust_reference - d.trust) + (1.0 - w.par.endurance.discontent_normal - i.discipline)
    pair = w.pairs[d.pair]
    sour += p.disappointment * (pair.failure + missed)
    held = w.par.violence.talk_and_hold * pair.talking
    return p.reversal * math.exp(p.reversal_slope * sour - held)


@rule
def price(m: Measure) -> float:
    """What breaking a promise costs relative to one that was not given to a leader."""
    return 1.0 + m.at_summit * m.to_leader


@rule
def has_fringe(w: World, m: Measure) -> bool:
    """Whether a measure stands with a fringe that can lapse while its core holds."""
    return w.par.switches.terms == 1 and m.fringe > 0.0 and m.state == GIVEN and m.narrowed == 0


@rule
def reverse_measure(w: World, i: PartyState, m: Measure) -> float:
    """Hazard [1/day] that the giver takes back what it gave, the lower the more that costs.

    A side that has a fringe to give up rarely gives up the core with it.
    """
    if w.par.switches.measures == 0 or m.state != GIVEN or m.reversible == 0:
        return 0.0
    spared = m.fringe if has_fringe(w, m) else 1.0
    return regret(w, i, m, 0.0) * temper(w, i, REVERSE_MEASURE) * spared / price(m)


@rule
def gave_nothing(w: World, m: Measure) -> bool:
    """Whether the receiver has left a step unanswered, and given nothing of its own since that still stands."""
    if m.n_unmet == 0:
        return False
    back = w.dyads[m.dyad].reverse
    for other in w.measures:
        if other.dyad == back and other.state == GIVEN and other.given_day >= m.given_day:
            return False
    return True


@rule
def narrow_measure(w: World, i: PartyState, m: Measure) -> float:
    """Hazard [1/day] that the giver lets the fringe of a promise lapse: as much the higher as that costs less."""
    if w.par.switches.measures == 0 or m.reversible == 0 or not has_fringe(w, m):
        return 0.0
    missed = 1.0 if gave_nothing(w, m) else 0.0
    return regret(w, i, m, missed) * temper(w, i, NARROW_MEASURE) / m.fringe


@rule
def covered(m: Measure) -> float:
    """Share of the giver's attacks that a measure which stands given suspends: of its core only, once narrowed."""
    if m.narrowed == 1:
        return m.restrains * m.core * min(m.given_size / ((1.0 - m.fringe) * m.max_size), 1.0)
    return m.restrains * min(m.given_size / m.max_size, 1.0)


@rule
def suspend(w: World, d: Dyad) -> None:
    """What the measures that stand given leave suspended of the giver's attacks on the receiver."""
    left = 1.0
    for m in w.measures:
        if m.dyad == d.index and m.state == GIVEN and m.max_size > 0.0:
            left *= 1.0 - covered(m)
    d.suspended = 1.0 - left


@rule
def leaders_talk(w: World, pair: int) -> bool:
    """Whether the leaders of a pair deal with each other: at a summit, or while their track is open."""
    talk = False
    for track in w.tracks:
        if track.pair == pair and track.rank == SUMMIT and track.is_open == 1:
            talk = True
    return talk


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
    if m.at_summit > 0.0 and w.par.switches.terms == 1 and leaders_talk(w, d.pair):
        m.to_leader = 1
    if size > 0.0:
        m.narrowed = 0
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
def lose_audience(w: World, giver: PartyState, m: Measure) -> None:
    """A leader who breaks what was promised to a leader pays at home, as for a summit that fails (Fearon 1994)."""
    if m.to_leader == 1 and w.par.switches.endurance == 1:
        cost = w.par.talks.summit_cost * (1.0 - giver.risk_tolerance)
        giver.capital *= 1.0 - min(m.at_summit, 1.0) * cost


@rule
def withdraw(w: World, m: Measure, what: int, why: int) -> None:
    """A measure stands no longer: it hurts trust more than it helped; recognition lapses with it."""
    d = w.dyads[m.dyad]
    if m.state != GIVEN:
        return
    if m.given_size > 0.0:
        weight = measure_weight(w, m.given_size)
        retract(w, w.dyads[d.reverse], weight)
        bad_news(w, w.dyads[d.reverse], price(m) * weight)
        vindicate_hawks(w, w.parties[d.target], 1.0)
        lose_audience(w, w.parties[d.source], m)
        if m.kind == RECOGNITION:
            given = 1.0 - (1.0 - d.recognition_given) * math.exp(m.given_size)
            d.recognition_given = max(given, 0.0)
    m.state = REVERSED
    m.narrowed = 0
    m.to_leader = 0
    suspend(w, d)
    m.given_size = 0.0
    m.waiting_until = -1.0
    m.paused_until = w.clock.day + w.par.measures.pause_days
    w.tally.reversals += 1.0
    log(w, w.clock.day, what, PARTY, d.source, PARTY, d.target, m.index, why, m.size)


@rule
def narrow(w: World, m: Measure, why: int) -> None:
    """The fringe of a measure lapses while its core holds: that costs trust what the fringe was worth."""
    if not has_fringe(w, m):
        return
    d = w.dyads[m.dyad]
    left = (1.0 - m.fringe) * m.given_size
    weight = measure_weight(w, m.given_size) - measure_weight(w, left)
    retract(w, w.dyads[d.reverse], weight)
    bad_news(w, w.dyads[d.reverse], weight)
    vindicate_hawks(w, w.parties[d.target], m.fringe)
    m.narrowed = 1
    m.given_size = left
    suspend(w, d)
    m.waiting_until = -1.0
    m.paused_until = w.clock.day + w.par.measures.pause_days
    log(w, w.clock.day, MEASURE_NARROWED, PARTY, d.source, PARTY, d.target, m.index, why, left)


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
def hits_core(w: World, m: Measure, n: float) -> bool:
    """Whether one of n provocations under a promise is of a kind that its core rules out, by the share of that kind."""
    if m.fringe <= 0.0 or w.par.switches.terms == 0:
        return True
    grave = m.core
    if m.narrowed == 1:
        leaks = m.core * (1.0 - m.restrains)
        grave = leaks / (leaks + 1.0 - m.core)
    c = w.clock
    u = event_uniform(c.seed_lo, c.seed_hi, c.step, m.key_lo, m.key_hi, 0)
    return u < -math.expm1(n * math.log1p(-grave))


@rule
def watch_promise(w: World, m: Measure) -> None:
    """A provocation while a measure that suspends it stands given breaks the promise: the measure is as if taken back.

    One that lies in the fringe ends the fringe alone.  Only here do provocations enter trust.
    """
    d = w.dyads[m.dyad]
    if m.state != GIVEN or w.clock.day <= m.given_day:
        return
    if m.restrains > 0.0 and d.lethal == 0 and d.step_attacks > 0.0:
        if hits_core(w, m, d.step_attacks):
            w.tally.promises_broken += 1.0
            withdraw(w, m, PROMISE_BROKEN, BY_PROVOCATION)
        else:
            narrow(w, m, BY_PROVOCATION)


@rule
def measures(w: World) -> None:
    """Steps given, answered, taken back and missed."""
    if w.par.switches.measures == 0:
        return
    first = first_measure(w)
    for i in range(first, first + w.clock.n_measure_choices):
        choice = w.choices[i]
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.step_days):
            if choice.kind == GIVE_MEASURE:
                give(w, choice)
            elif choice.kind == ANSWER_MEASURE:
                answer(w, choice)
            else:
                take_back(w, choice)
    first = first_narrowing(w)
    for i in range(first, first + w.clock.n_narrow_choices):
        choice = w.choices[i]
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.step_days):
            narrow(w, w.measures[choice.subject], choice.why)
    for m in w.measures:
        miss_answers(w, m)
        watch_promise(w, m)
