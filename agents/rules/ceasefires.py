"""CEASEFIRES (E8, E9): offers, answers, windows per party, how a side keeps its word, expiry, extension, collapse.

Onset is likelier in bloody months, during talks and near holidays (Clayton et al. 2022); classes differ in durability
(Clayton & Sticher 2021); a side may mean to use the pause (Sticher & Vukovic 2021).  A truce between two parties is an
object on their pair; the window in which each holds fire stands on its dyad, so that windows may differ and other dyads
are untouched.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    AFTER_SETTLEMENT,
    ANSWER_BREACH,
    ANSWER_TRUCE,
    BREACH_ANSWERED,
    BY_BREACHES,
    BY_CHOICE,
    BY_HOSTILE_PURPOSE,
    BY_TERM,
    CESSATION,
    COMPLIANCE,
    DEFINITIVE,
    DYAD_SCOPE,
    EXTEND_TRUCE,
    IMPOSE,
    IN_FORCE,
    LEVER_CEASEFIRES,
    LOCAL_SCOPE,
    NO_ANSWER,
    NO_TRUCE,
    NOBODY,
    OFFER_TRUCE,
    OFFERED,
    OPPORTUNIST,
    PARTY,
    TRUCE_COLLAPSED,
    TRUCE_DECLARED,
    TRUCE_EXPIRED,
    TRUCE_EXTENDED,
    TRUCE_LAPSED,
    TRUCE_OFFERED,
)
from detente.agents.rules.calendar import holds_fire, today
from detente.agents.rules.chance import LOGISTIC_SD, clip, event_uniform, happens, shock
from detente.agents.rules.choices import settle
from detente.agents.rules.chronicle import log, log_ceasefire, log_truce
from detente.agents.rules.conduct import compliance, misconduct
from detente.agents.rules.endurance import LEAST_TOLL
from detente.agents.rules.readiness import rise
from detente.agents.rules.registry import rule
from detente.agents.rules.strategies import temper
from detente.agents.state import U_ADHERE, U_COLLAPSE, U_HAPPENS, U_PURPOSE, U_SCOPE

if TYPE_CHECKING:
    from detente.agents.state import Choice, Dyad, Pair, PartyState, World


BRIEF_DAYS = 10.0
"""Longest term of a truce that counts as brief [days]."""

PUSH_DAYS = 14.0
"""Time for which a side that has launched an offensive offers no truce [days]."""

SHARED = 0.9
"""Weight of the luck that both sides of a ceasefire share; what is left is each side's own."""

U_ALONE = 3
"""Draw of a pair that tells whether a ceasefire is one side's own; 1 and 2 are those of its sides' adherence."""

# -- asking


@rule
def offer_truce(w: World, i: PartyState, d: Dyad) -> float:
    """Hazard [1/day] that a party offers the other a truce: none in a war at rest, nor in its own offensive."""
    p = w.par.ceasefires
    pair = w.pairs[d.pair]
    if w.par.switches.ceasefires == 0 or pair.truce_state != NO_TRUCE or holds_fire(w, d):
        return 0.0
    if pair.is_quiet == 1 or w.clock.day - d.offensive_day < PUSH_DAYS:
        return 0.0
    felt = w.dyads[d.reverse] if w.par.switches.adherence == 1 else d
    recent = math.log((felt.deaths_week + 0.1) / (felt.deaths_quarter + 0.1))
    log_rel = p.bloody * clip(recent, -2.0, 2.0) + p.talking * pair.talking
    if w.par.switches.bargaining == 1 and felt.toll > 0.0:
        log_rel += p.bloody * math.log(max(felt.toll / felt.toll_reference, LEAST_TOLL))
    if w.par.switches.adherence == 1:
        log_rel += p.follow * math.exp(-(w.clock.day - pair.calm_day) / p.follow_days)
    if w.par.switches.terms == 1:
        log_rel += p.agreed_truce * pair.truce_settled
    if today(w).holiday < 1.0:
        log_rel += p.holiday * d.observes
    will = (1.0 + p.lever_gain * i.levers[LEVER_CEASEFIRES]) * (1.0 - pair.lull)
    return w.rates.offer_rate * d.eagerness * math.exp(log_rel) * will * temper(w, i, OFFER_TRUCE)


@rule
def answer_truce(w: World, i: PartyState, d: Dyad) -> float:
    """Hazard [1/day] that a party answers the other's pending offer with a window of its own."""
    p = w.par.ceasefires
    pair = w.pairs[d.pair]
    if pair.truce_state != OFFERED or pair.offered_by != d.reverse:
        return 0.0
    willing = d.eagerness * (1.0 + p.lever_gain * i.levers[LEVER_CEASEFIRES])
    return p.answer * willing * temper(w, i, ANSWER_TRUCE)


ASKED_PART = 0.2
"""Last part of a term in which an extension is asked, at a rate inverse to it: so its size hardly matters."""


@rule
def extend_truce(w: World, i: PartyState, d: Dyad) -> float:
    """Hazard [1/day] that a party extends its own window, asked in the last part of the term."""
    p = w.par.ceasefires
    pair = w.pairs[d.pair]
    if pair.truce_state != IN_FORCE or not holds_fire(w, d):
        return 0.0
    last_part = max(ASKED_PART * pair.truce_term, 1.0)
    if d.truce_until - w.clock.day > last_part:
        return 0.0
    willing = d.eagerness * math.exp(-p.conduct * max(w.dyads[d.reverse].conduct - 1.0, 0.0))
    will = 1.0 + p.lever_gain * i.levers[LEVER_CEASEFIRES]
    return willing * will * temper(w, i, EXTEND_TRUCE) / last_part


@rule
def answer_breach(w: World, i: PartyState, d: Dyad) -> float:
    """Hazard [1/day] that a party answers the other's breach of a truce in proportion, to restore it."""
    p = w.par.ceasefires
    back = w.dyads[d.reverse]
    if w.pairs[d.pair].truce_state != IN_FORCE or back.breaching == 0 or w.clock.day < back.chastened_until:
        return 0.0
    return p.answer_breach * d.eagerness * temper(w, i, ANSWER_BREACH)


# -- applying


@rule
def class_restraint(w: World, truce_class: int) -> float:
    """Violence under a truce of this class, relative to none, if all fighters obey."""
    p = w.par.ceasefires
    factor = p.restraint
    for _ in range(truce_class):
        factor *= p.restraint_step
    return factor


@rule
def declare(w: World, d: Dyad, start: float, end: float, restraint: float) -> None:
    """The source of a dyad holds fire towards its target from one day until another."""
    d.truce_from = start
    d.truce_until = end
    d.truce_restraint = restraint
    d.adherence = 1.0
    d.breaching = 0


@rule
def own_term(w: World, pair: Pair) -> float:
    """The term a side asks for of its own accord [days]: short near a holiday, longer with terms of compliance."""
    p = w.par.ceasefires
    if today(w).holiday < 1.0:
        return p.term_holiday
    if pair.truce_class == CESSATION:
        return p.term_cessation
    if pair.truce_class == COMPLIANCE:
        return p.term_compliance
    return p.term_definitive


@rule
def asks_no_answer(w: World, pair: Pair) -> bool:
    """Whether a side that would offer a ceasefire declares one of its own instead, as in half of all ceasefires."""
    if w.par.switches.adherence == 0:
        return False
    c = w.clock
    u = event_uniform(c.seed_lo, c.seed_hi, c.tick, pair.key_lo, pair.key_hi, U_ALONE)
    return u < w.par.ceasefires.unilateral


@rule
def cease_alone(w: World, pair: Pair, d: Dyad) -> None:
    """One side holds fire for a while and asks nothing in return."""
    p = w.par.ceasefires
    pair.truce_class = CESSATION
    term = p.term_holiday if today(w).holiday < 1.0 else p.term_unilateral
    start = w.clock.day + w.clock.tick_days
    declare(w, d, start, start + term, class_restraint(w, CESSATION))
    adhere(w, pair, d, term, BY_CHOICE)
    w.tally.one_sided += 1.0
    log_truce(w, pair, TRUCE_DECLARED, d.source, d.target, BY_CHOICE, term, start)


@rule
def make_offer(w: World, choice: Choice) -> None:
    """Offer a truce: the offerer's own window stands from its first day; the other may answer."""
    d = w.dyads[choice.subject]
    pair = w.pairs[d.pair]
    day = w.clock.day
    pair.truce_class = CESSATION
    if pair.progress >= 1.0:
        pair.truce_class = DEFINITIVE
    elif pair.progress >= 0.5:
        pair.truce_class = COMPLIANCE
    pair.truce_scope = choice.scope
    d.meant = choice.amount
    if choice.why == BY_CHOICE:
        pair.truce_scope = LOCAL_SCOPE if pair.tick_luck[U_SCOPE] < w.par.ceasefires.local else DYAD_SCOPE
        if asks_no_answer(w, pair):
            cease_alone(w, pair, d)
            return
    pair.truce_state = OFFERED
    pair.offered_by = d.index
    pair.offered_day = day
    pair.offer_from = choice.from_day if choice.from_day >= 0.0 else day + 2.0
    pair.offer_until = choice.until_day if choice.until_day >= 0.0 else pair.offer_from + own_term(w, pair)
    if choice.until_day >= 0.0:
        declare(w, d, pair.offer_from, pair.offer_until, class_restraint(w, pair.truce_class))
        adhere(w, pair, d, pair.offer_until - pair.offer_from, choice.why)
    w.tally.truce_offers += 1.0
    log(w, day, TRUCE_OFFERED, PARTY, d.source, PARTY, d.target, pair.index, choice.why, pair.offer_from)


@rule
def end_of_offer(w: World, pair: Pair, start: float, bound: bool) -> float:
    """Last day of a ceasefire that is answered now: a late answer shortens the term only of a side already bound."""
    if bound or w.par.switches.adherence == 0:
        return max(pair.offer_until, start + 1.0)
    return max(start + pair.offer_until - pair.offer_from, start + 1.0)


@rule
def take_offer(w: World, choice: Choice) -> None:
    """Answer an offer: both sides hold fire in their windows, and the ceasefire is in force."""
    d = w.dyads[choice.subject]
    pair = w.pairs[d.pair]
    other = w.dyads[d.reverse]
    restraint = class_restraint(w, pair.truce_class)
    soonest = w.clock.day + w.clock.tick_days
    start = choice.from_day if choice.from_day >= 0.0 else max(pair.offer_from, soonest)
    bound = other.truce_from >= 0.0 and other.truce_until > start
    end = choice.until_day if choice.until_day >= 0.0 else end_of_offer(w, pair, start, bound)
    declare(w, d, start, end, restraint)
    d.meant = choice.amount
    if not bound:
        declare(w, other, start, end, restraint)
    pair.pinned_until = -1.0
    if choice.until_day >= 0.0:
        pair.pinned_until = min(end, other.truce_until)
    begin(w, pair, choice.why)


@rule
def hostile_side(w: World, pair: Pair) -> int:
    """The side that means to use the pause (0 none, 1 first, 2 second): if any, the less ready one."""
    p = w.par.ceasefires
    rise_a = rise(w, w.dyads[pair.ab])
    rise_b = rise(w, w.dyads[pair.ba])
    p_hostile = p.hostile * math.exp(-p.slope * min(rise_a, rise_b))
    first = rise_a < rise_b
    schemer = w.parties[pair.a] if first else w.parties[pair.b]
    if schemer.strategy == OPPORTUNIST:
        p_hostile *= 2.0
    if pair.tick_luck[U_PURPOSE] >= p_hostile:
        return 0
    return 1 if first else 2


@rule
def score_adherence(w: World, pair: Pair, d: Dyad, term: float, why: int) -> float:
    """How likely a side is to keep its truce [logit], but for luck.

    Readiness and a higher class speak for it, and an agreement most; to mean to use the pause speaks against.  Once the
    class is known, monitoring does not show in the data: its range holds 0.
    """
    p = w.par.ceasefires
    score = p.ready * rise(w, d) + p.watched * pair.monitoring + p.class_step * pair.truce_class
    if term <= BRIEF_DAYS:
        score += p.brief
    if why == AFTER_SETTLEMENT:
        score += p.signed * pair.coverage
    elif pair.truce_state == IN_FORCE and pair.hostile_purpose == (1 if d.index == pair.ab else 2):
        score -= p.scheming
    return score


@rule
def adhere(w: World, pair: Pair, d: Dyad, term: float, why: int) -> None:
    """Luck, most of it that of both sides, decides whether one side keeps its truce, unless a policy says how.

    What came of the ceasefires of 47 conflicts is a mixture of this kind: few hold, and then almost wholly; the others
    differ little from matched dates without one.
    """
    if w.par.switches.adherence == 0:
        return
    p = w.par.ceasefires
    c = w.clock
    side = 1 if d.index == pair.ab else 2
    own = event_uniform(c.seed_lo, c.seed_hi, c.tick, pair.key_lo, pair.key_hi, side)
    luck = SHARED * shock(pair.tick_luck[U_ADHERE]) + math.sqrt(1.0 - SHARED * SHARED) * shock(own)
    score = score_adherence(w, pair, d, term, why) + luck / LOGISTIC_SD
    kept = 1.0 if score > p.holds_cut else 0.0
    if d.meant >= 0.0:
        kept = d.meant
    keep(w, d, kept)
    w.tally.kept_truces += kept


@rule
def keep(w: World, d: Dyad, kept: float) -> None:
    """A side keeps its truce as far as given (0: not at all, 1: almost wholly)."""
    d.adherence = 1.0 - kept + kept * w.par.ceasefires.held


@rule
def begin(w: World, pair: Pair, why: int) -> None:
    """A ceasefire comes into force; luck decides whether a side means to use the pause."""
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    pair.truce_state = IN_FORCE
    pair.truce_settled = 0.0
    pair.truce_start = max(ab.truce_from, ba.truce_from)
    pair.truce_term = min(ab.truce_until, ba.truce_until) - pair.truce_start
    pair.breaches = 0.0
    pair.hostile_purpose = hostile_side(w, pair)
    adhere(w, pair, ab, pair.truce_term, why)
    adhere(w, pair, ba, pair.truce_term, why)
    w.tally.truces += 1.0
    log_ceasefire(w, pair, why)


@rule
def prolong(w: World, choice: Choice) -> None:
    """Extend the party's own window, by its term or to the imposed day."""
    d = w.dyads[choice.subject]
    pair = w.pairs[d.pair]
    until = choice.until_day if choice.until_day >= 0.0 else d.truce_until + max(pair.truce_term, 1.0)
    if d.truce_from < 0.0:
        d.truce_from = w.clock.day
    d.truce_until = max(d.truce_until, until)
    if choice.amount >= 0.0 and w.par.switches.adherence == 1:
        d.meant = choice.amount
        keep(w, d, choice.amount)
    log(
        w,
        w.clock.day,
        TRUCE_EXTENDED,
        PARTY,
        d.source,
        PARTY,
        d.target,
        pair.index,
        choice.why,
        d.truce_until,
    )


@rule
def release(d: Dyad) -> None:
    """A side is no longer bound."""
    d.truce_from = -1.0
    d.truce_until = -1.0
    d.truce_restraint = 1.0
    d.adherence = 1.0
    d.chastened_until = -1.0
    d.conduct = 1.0
    d.breaching = 0


@rule
def end_truce(w: World, pair: Pair, what: int, why: int) -> None:
    """A ceasefire ends; a window that has days to run stays, unless the truce was broken.

    What a policy said of how it is kept is said of this ceasefire alone.
    """
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    age = max(w.clock.day + w.clock.tick_days - pair.truce_start, 0.0)
    ab.meant = -1.0
    ba.meant = -1.0
    if what == TRUCE_COLLAPSED:
        release(ab)
        release(ba)
        w.tally.truce_collapses += 1.0
    if pair.truce_state == IN_FORCE:
        pair.ceased_day = w.clock.day
        if what == TRUCE_COLLAPSED:
            pair.broken_day = w.clock.day
    pair.truce_state = NO_TRUCE
    pair.offered_by = NOBODY
    log(w, w.clock.day, what, PARTY, pair.a, PARTY, pair.b, pair.index, why, age)


# -- the truce's own clock, tick by tick


@rule
def collapse_hazard(w: World, pair: Pair) -> float:
    """Hazard [1/day] that a ceasefire in force is broken, by its class, conduct, monitoring and purpose."""
    p = w.par.ceasefires
    base = p.collapse_cessation
    if pair.truce_class == COMPLIANCE:
        base = p.collapse_compliance
    elif pair.truce_class == DEFINITIVE:
        base = p.collapse_definitive
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    excess = 0.5 * (misconduct(w, ab) + misconduct(w, ba))
    hazard = base * math.exp(p.conduct * clip(excess, -1.0, 1.5)) * (1.0 - p.monitored * pair.monitoring)
    if pair.hostile_purpose > 0 and w.par.switches.adherence == 0:
        hazard += p.early_end
    return hazard


@rule
def why_collapsed(pair: Pair) -> int:
    """The cause written beside a collapse: the largest term of its hazard."""
    if pair.hostile_purpose > 0:
        return BY_HOSTILE_PURPOSE
    return BY_BREACHES


@rule
def run_truce(w: World, pair: Pair) -> None:
    """Lapse of an unanswered offer, expiry at term, or collapse: what ends a truce in this tick.

    The truce of an agreement ends with the agreement (``settlement.carry_on``).
    """
    if pair.truce_state == NO_TRUCE:
        return
    day = w.clock.day + w.clock.tick_days
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    if pair.truce_state == OFFERED:
        if day - pair.offered_day > w.par.ceasefires.answer_days:
            end_truce(w, pair, TRUCE_LAPSED, NO_ANSWER)
        return
    if day >= ab.truce_until or day >= ba.truce_until:
        end_truce(w, pair, TRUCE_EXPIRED, BY_TERM)
        return
    if day <= pair.truce_start or day <= pair.pinned_until or (pair.agreed == 1 and pair.fights_on == 0):
        return
    if happens(pair.tick_luck[U_COLLAPSE], collapse_hazard(w, pair), w.clock.tick_days):
        end_truce(w, pair, TRUCE_COLLAPSED, why_collapsed(pair))


@rule
def chasten(w: World, choice: Choice) -> None:
    """A limited answer to a breach: the breaker holds back for a while, and the breach is closed (Wiehler 2021)."""
    p = w.par.ceasefires
    d = w.dyads[choice.subject]
    breaker = w.dyads[d.reverse]
    breaker.chastened_until = w.clock.day + p.chastened_days
    breaker.breaching = 0
    breaker.conduct_seen *= p.chastened
    w.tally.breach_answers += 1.0
    log(
        w, w.clock.day, BREACH_ANSWERED, PARTY, d.source, PARTY, d.target, d.pair, choice.why, breaker.conduct
    )


@rule
def apply_truce(w: World, choice: Choice) -> None:
    """Carry out a decision about a ceasefire."""
    if choice.kind == OFFER_TRUCE:
        make_offer(w, choice)
    elif choice.kind == ANSWER_TRUCE:
        take_offer(w, choice)
    elif choice.kind == ANSWER_BREACH:
        chasten(w, choice)
    else:
        prolong(w, choice)


@rule
def decide_truces(w: World, kind: int) -> None:
    """Carry out the tick's decisions of one kind: offers come before answers, answers before extensions.

    An imposed answer to an offer of the same day is weighed once the offer stands.
    """
    for i in range(w.clock.n_truce_choices):
        choice = w.choices[i]
        if choice.kind != kind:
            continue
        if kind == ANSWER_TRUCE and choice.imposed == IMPOSE and choice.hazard <= 0.0:
            choice.hazard = answer_truce(w, w.parties[choice.actor], w.dyads[choice.subject])
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.tick_days):
            apply_truce(w, choice)


@rule
def ceasefires(w: World) -> None:
    """One tick of the ceasefires: decisions taken, conduct judged, windows that run out, truces that break."""
    if w.par.switches.ceasefires == 1:
        decide_truces(w, OFFER_TRUCE)
        decide_truces(w, ANSWER_TRUCE)
        decide_truces(w, EXTEND_TRUCE)
        decide_truces(w, ANSWER_BREACH)
    compliance(w)
    for pair in w.pairs:
        if pair.hostile == 1:
            run_truce(w, pair)
