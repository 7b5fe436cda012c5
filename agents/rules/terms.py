"""TERMS (E13): what the issues of an agreement do once it is signed and carried out.

An agreement on withdrawal takes forces home, one on demobilisation disarms a side, power sharing binds both (Hartzell &
Hoddie 2003), prisoners and recognition are given at the signature.  What a side gives out of its hands it cannot take
back, and it fears what the other will do then: the commitment problem (Fearon 1995; Walter 1997).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    BY_AGREEMENT,
    BY_BREACHES,
    DOES_DEMOBILISE,
    DOES_NOTHING,
    DOES_RECOGNISE,
    DOES_RELEASE,
    DOES_SHARE,
    DOES_WITHDRAW,
    FORCES_LEFT,
    MILESTONE_MISSED,
    NOBODY,
    PARTY,
    WORLD,
)
from detente.agents.rules.chance import chance, logistic
from detente.agents.rules.chronicle import log
from detente.agents.rules.endurance import log_odds, vindicate_hawks
from detente.agents.rules.leverage import strength
from detente.agents.rules.measures import slight_allies
from detente.agents.rules.registry import rule
from detente.agents.rules.talks import is_side_track
from detente.agents.rules.trust import bad_news, good_news, measure_weight

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Issue, Pair, PartyState, World


@rule
def dyad_of(w: World, pair: Pair, party: int) -> Dyad:
    """The dyad by which a side of a pair acts on the other."""
    return w.dyads[pair.ab] if party == pair.a else w.dyads[pair.ba]


@rule
def is_on_table(w: World, issue: Issue, pair: Pair) -> bool:
    """Whether an issue of a pair has been settled."""
    return issue.pair == pair.index and w.tracks[issue.track].agenda[issue.place] == 1


@rule
def most_settled(w: World, pair: Pair, does: int, party: int) -> float:
    """Largest size among the settled issues of a pair that do one thing to one party (-1: to either)."""
    most = 0.0
    for issue in w.issues:
        concerned = party == NOBODY or issue.party == party
        if issue.does == does and concerned and is_on_table(w, issue, pair):
            most = max(most, issue.size)
    return most


# -- what a side fears


@rule
def cover_lost(w: World, i: PartyState) -> float:
    """Fall of a party's log capability once a withdrawal signed by its patron has been carried out."""
    if i.patron == NOBODY:
        return 0.0
    patron = w.parties[i.patron]
    if patron.foe_dyad == NOBODY or patron.presence_start <= 0.0:
        return 0.0
    pair = w.pairs[w.dyads[patron.foe_dyad].pair]
    share = pair.withdraws[0] if patron.index == pair.a else pair.withdraws[1]
    if pair.agreed == 0 or share <= 0.0:
        return 0.0
    left = min(patron.presence_start * (1.0 - share), patron.presence)
    own = i.morale * (1.0 - i.demobilised)
    return math.log(strength(w, own, i.support, patron.presence) / strength(w, own, i.support, left))


@rule
def arms_lost(w: World, i: PartyState, pair: Pair) -> float:
    """Fall of a party's log capability by the demobilisation on the table, its patron's support aside."""
    share = most_settled(w, pair, DOES_DEMOBILISE, i.index)
    presence = w.parties[i.patron].presence if i.patron != NOBODY else 0.0
    now = strength(w, i.morale * (1.0 - i.demobilised), i.support, presence)
    then = strength(w, i.morale * (1.0 - max(share, i.demobilised)), i.support, presence)
    return math.log(now / then)


@rule
def odds_lost(w: World, i: PartyState, d: Dyad) -> float:
    """Fall of a side's odds that peace itself brings, which the other cannot promise not to use (Fearon 1995)."""
    if w.par.switches.terms == 0:
        return 0.0
    pair = w.pairs[d.pair]
    lost = cover_lost(w, i) + arms_lost(w, i, pair) - arms_lost(w, w.parties[d.target], pair)
    if lost <= 0.0:
        return 0.0
    now = log_odds(w, d)
    return logistic(now) - logistic(now - lost / w.par.endurance.power_scale)


@rule
def bound(w: World, pair: Pair) -> float:
    """Share of what both fear that a settled sharing of power takes away."""
    if w.par.switches.terms == 0:
        return 0.0
    return w.par.settlement.power_binds * most_settled(w, pair, DOES_SHARE, NOBODY)


# -- what is signed


@rule
def sign_issue(w: World, pair: Pair, issue: Issue) -> None:
    """One issue of a signed agreement: what is given at once is given, what takes time is owed."""
    side = 0 if issue.party == pair.a else 1
    w.tally.signed_issues += 1.0 if issue.does != DOES_NOTHING else 0.0
    if issue.does == DOES_WITHDRAW:
        pair.withdraws[side] = max(pair.withdraws[side], issue.size)
    elif issue.does == DOES_DEMOBILISE:
        pair.demobilises[side] = max(pair.demobilises[side], issue.size)
    elif issue.does == DOES_SHARE:
        pair.shares_power = max(pair.shares_power, issue.size)
    elif issue.does == DOES_RELEASE:
        weight = measure_weight(w, issue.size)
        good_news(w, w.dyads[pair.ab], weight)
        good_news(w, w.dyads[pair.ba], weight)
    elif issue.does == DOES_RECOGNISE:
        recognise(w, w.dyads[dyad_of(w, pair, issue.party).reverse], issue.size)


@rule
def recognise(w: World, d: Dyad, size: float) -> None:
    """The source of a dyad recognises its target: a costly signal, at the expense of the source's allies."""
    d.recognition_given = 1.0 - (1.0 - d.recognition_given) * math.exp(-size)
    good_news(w, w.dyads[d.reverse], measure_weight(w, size))
    slight_allies(w, w.parties[d.source], d, size)


@rule
def sign_terms(w: World, pair: Pair) -> None:
    """What was settled between two parties is signed, each topic once: what an earlier part gave is not given again."""
    pair.coverage = coverage(w, pair)
    pair.late[0] = pair.late[1] = 0.0
    pair.review_day = w.clock.day
    for issue in w.issues:
        is_new = (pair.signed >> issue.topic) & 1 == 0
        if issue.first == 1 and is_new and is_on_table(w, issue, pair):
            pair.signed |= 1 << issue.topic
            sign_issue(w, pair, issue)


@rule
def leading_track(w: World, pair: Pair) -> int:
    """The track that has come farthest of those that can conclude an agreement (-1: there is none)."""
    best = -1.0
    leading = NOBODY
    for track in w.tracks:
        settled = track.n_settled / track.n_issues
        if track.pair == pair.index and not is_side_track(w, track) and settled > best:
            best = settled
            leading = track.index
    return leading


@rule
def coverage(w: World, pair: Pair) -> float:
    """Share of its agenda settled by the track that has come farthest of those that can conclude (1: no track)."""
    leading = leading_track(w, pair)
    if leading == NOBODY:
        return 1.0
    return w.tracks[leading].n_settled / w.tracks[leading].n_issues


@rule
def void_terms(pair: Pair) -> None:
    """An agreement that has failed obliges nobody."""
    pair.withdraws[0] = pair.withdraws[1] = 0.0
    pair.demobilises[0] = pair.demobilises[1] = 0.0
    pair.shares_power = 0.0
    pair.coverage = 1.0
    pair.signed = 0


# -- what is carried out


@rule
def tell_withdrawal(w: World, pair: Pair, p: PartyState, before: float) -> None:
    """Forces that go home are told of by quarters of those there at first, once each has left."""
    quarter = 0.25 * p.presence_start
    gone, gone_before = p.presence_start - p.presence, p.presence_start - before
    if math.floor(gone / quarter) > math.floor(gone_before / quarter):
        log(w, w.clock.day, FORCES_LEFT, PARTY, p.index, WORLD, NOBODY, pair.index, BY_AGREEMENT, p.presence)


@rule
def withdraw_forces(w: World, pair: Pair) -> None:
    """A signed withdrawal takes a patron's forces home: with the agreement, or, without conditions, by the calendar."""
    if w.par.switches.leverage == 0:
        return
    age = w.clock.day - pair.agreed_day
    scheduled = chance(1.0 / w.par.settlement.implementation_days, age)
    for side in range(2):
        p = w.parties[pair.a] if side == 0 else w.parties[pair.b]
        if pair.withdraws[side] > 0.0:
            done = scheduled + p.conditionality * (pair.implementation - scheduled)
            before = p.presence
            p.presence = min(before, p.presence_start * (1.0 - pair.withdraws[side] * done))
            tell_withdrawal(w, pair, p, before)


@rule
def demobilise(w: World, pair: Pair) -> None:
    """A signed demobilisation disarms a side as the agreement is carried out."""
    for side in range(2):
        p = w.parties[pair.a] if side == 0 else w.parties[pair.b]
        p.demobilised = max(p.demobilised, pair.demobilises[side] * pair.implementation)


@rule
def review(w: World, pair: Pair) -> None:
    """At each review, a side in breach for much of the time has missed a milestone: a broken promise."""
    s = w.par.settlement
    for side in range(2):
        d = w.dyads[pair.ab] if side == 0 else w.dyads[pair.ba]
        pair.late[side] += w.clock.step_days * d.breaching
    if w.clock.day - pair.review_day < s.review_days:
        return
    pair.review_day = w.clock.day
    for side in range(2):
        d = w.dyads[pair.ab] if side == 0 else w.dyads[pair.ba]
        if pair.late[side] > s.lateness * s.review_days:
            bad_news(w, w.dyads[d.reverse], measure_weight(w, s.milestone))
            vindicate_hawks(w, w.parties[d.target], 1.0)
            w.tally.milestones_missed += 1.0
            late = pair.late[side]
            log(
                w,
                w.clock.day,
                MILESTONE_MISSED,
                PARTY,
                d.source,
                PARTY,
                d.target,
                pair.index,
                BY_BREACHES,
                late,
            )
        pair.late[side] = 0.0


@rule
def carry_out_terms(w: World, pair: Pair) -> None:
    """One step of a standing agreement: what it owes is done as far as it has been carried out, and reviewed."""
    if w.par.switches.terms == 1:
        withdraw_forces(w, pair)
        demobilise(w, pair)
        review(w, pair)
