"""TALKS (E7): tracks open, progress through an agenda, fail, leak, and leave somebody out.

The sequencing dilemma is a precondition on another track, kept by either side; proximity talks and backchannels are
the ways around it (Wanis-St. John 2006).  Complementary tracks help each other where patron and ally are aligned and
undercut each other where they are not.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    BACKCHANNEL,
    BY_CHANCE,
    BY_POLICY,
    DIRECT,
    HOST_LEFT,
    ISSUE_SETTLED,
    LEAK,
    LEAVE_TRACK,
    LEVER_CHANNEL,
    LEVER_TRACKS,
    NOBODY,
    OPEN_TRACK,
    PARTY,
    PROXIMITY,
    RECIPROCATOR,
    ROUTINE,
    SUMMIT,
    TRACK_CONCLUDED,
    TRACK_FAILED,
    TRACK_OPENED,
    WORKING,
    WORKING_LEVEL,
)
from detente.agents.rules.agenda import is_own, reopen_issue, settle_issue
from detente.agents.rules.chance import event_uniform, happens
from detente.agents.rules.choices import first_talk, settle
from detente.agents.rules.chronicle import log
from detente.agents.rules.endurance import spend_capital
from detente.agents.rules.registry import rule
from detente.agents.rules.strategies import temper
from detente.agents.rules.trust import weigh_in
from detente.agents.rules.waiting import is_waiting
from detente.agents.state import U_HAPPENS, U_ISSUE, U_LEAK

if TYPE_CHECKING:
    from detente.agents.state import Choice, Pair, PartyState, Track, World


SIDE_SHARE = 0.5
"""How much of a side track's own progress counts for the pair."""


@rule
def channel_will(w: World, i: PartyState, track: Track) -> float:
    """The sponsor's lever for this form of track: direct channel, or parallel tracks for every other."""
    if track.form == DIRECT:
        return i.levers[LEVER_CHANNEL]
    return i.levers[LEVER_TRACKS]


@rule
def precondition(w: World, i: PartyState, track: Track) -> float:
    """Factor on opening from what a party wants in place beforehand: 1 if met or none, small if unmet.

    A sponsor willing to use the channel drops its own precondition to that extent; an agreement that stands where the
    needed track led meets it, and so does a rescue of talks that just failed, which is a way round it.
    """
    pair = w.pairs[track.pair]
    needed = track.needs_a if i.index == pair.a else track.needs_b
    if needed == NOBODY or track.form == PROXIMITY or track.form == BACKCHANNEL:
        return 1.0
    met = channel_will(w, i, track)
    if w.tracks[needed].is_open == 1 or w.pairs[w.tracks[needed].pair].agreed == 1 or rescue(w, track) > 1.0:
        met = 1.0
    return w.par.talks.unmet + (1.0 - w.par.talks.unmet) * met


@rule
def is_settled(pair: Pair) -> bool:
    """Whether an agreement stands that leaves nothing open."""
    return pair.agreed == 1 and pair.coverage >= 1.0


@rule
def is_done(w: World, track: Track) -> bool:
    """Whether a side track has nothing left to prepare."""
    return w.par.switches.terms == 1 and is_side_track(w, track) and track.n_settled == track.n_issues


@rule
def has_lost_host(w: World, track: Track) -> bool:
    """Whether the mediator without whom a track cannot go on is absent."""
    return track.host != NOBODY and w.mediators[track.host].present == 0


@rule
def open_track(w: World, i: PartyState, track: Track) -> float:
    """Hazard [1/day] that a party brings about the opening of a track; each side carries half of it."""
    p = w.par.talks
    pair = w.pairs[track.pair]
    if w.par.switches.talks == 0 or track.is_open == 1 or is_settled(pair) or is_done(w, track):
        return 0.0
    if is_waiting(w, track.first_wait, track.n_waits) or has_lost_host(w, track):
        return 0.0
    gain = p.channel_gain if track.form == DIRECT else p.tracks_gain
    other = w.parties[pair.b] if i.index == pair.a else w.parties[pair.a]
    ready = 0.5 * p.base * pair.eagerness * temper(w, i, OPEN_TRACK)
    if track.rank == SUMMIT:
        ready *= 2.0 * i.risk_tolerance
    willing = (
        (1.0 + gain * channel_will(w, i, track)) * precondition(w, i, track) * precondition(w, other, track)
    )
    boost = p.boost if w.clock.day < pair.boost else 1.0
    return ready * willing * boost * rescue(w, track) + accept_rescue(w, i, track)


@rule
def leave_track(w: World, i: PartyState, track: Track) -> float:
    """Hazard [1/day] that a party walks out of a track; each side carries half of it."""
    if w.par.switches.talks == 0 or track.is_open == 0:
        return 0.0
    p = w.par.talks
    hazard = 0.5 * p.failure / w.pairs[track.pair].eagerness * temper(w, i, LEAVE_TRACK)
    if track.rank == SUMMIT:
        hazard *= p.summit_failure
    if i.strategy == RECIPROCATOR:
        pair = w.pairs[track.pair]
        back = w.dyads[pair.ba] if i.index == pair.a else w.dyads[pair.ab]
        if back.breaching == 1:
            hazard *= w.par.strategies.reciprocity
    return hazard


@rule
def ally_alignment(w: World, track: Track) -> float:
    """Alignment with its patron of the ally concerned: the one left out, or the side that has a patron."""
    pair = w.pairs[track.pair]
    if track.excluded != NOBODY:
        return w.parties[track.excluded].alignment
    if w.parties[pair.a].patron != NOBODY:
        return w.parties[pair.a].alignment
    return w.parties[pair.b].alignment


@rule
def rescue(w: World, track: Track) -> float:
    """Factor on reopening just after a failure while an aligned ally talks to the same foe, as a third party would."""
    if track.sister == NOBODY or w.tracks[track.sister].is_open == 0:
        return 1.0
    p = w.par.talks
    lean = 2.0 * ally_alignment(w, track) - 1.0
    if w.clock.day - w.pairs[track.pair].failed_day >= p.rescue_days:
        return 1.0
    return 1.0 + p.rescue * max(lean, 0.0)


@rule
def offered_rescue(w: World, track: Track) -> float:
    """Rate [1/day] at which mediators at work offer to reopen a track that broke off in sight of them."""
    offered = w.pairs[track.pair].reopens
    if offered <= 0.0:
        return 0.0
    return offered * track.visibility * math.exp((track.failed_day - w.clock.day) / w.par.talks.rescue_days)


@rule
def accept_rescue(w: World, i: PartyState, track: Track) -> float:
    """Hazard [1/day] that a side lets a third party reopen talks, whatever it wanted in place beforehand.

    The offer does not wait for the two sides to come round; like any opening it takes both, each with half of it.
    """
    offered = offered_rescue(w, track)
    if offered <= 0.0:
        return 0.0
    taken = 0.5 * offered * w.pairs[track.pair].eagerness * temper(w, i, OPEN_TRACK)
    return taken * 2.0 * i.risk_tolerance if track.rank == SUMMIT else taken


@rule
def hardness(w: World, track: Track, k: int) -> float:
    """Pace of the k-th issue of an agenda relative to the first: easy ones stand first, hard ones last."""
    if track.n_issues < 2:
        return 1.0
    return math.exp(math.log(w.par.talks.hardest) * k / (track.n_issues - 1))


@rule
def issue_hazard(w: World, track: Track) -> float:
    """Hazard [1/day] that the first issue of an open track is settled."""
    p = w.par.talks
    pair = w.pairs[track.pair]
    pace = p.issue * pair.readiness * track.level
    if track.form == DIRECT:
        pace *= p.direct_speed
    if track.rank == WORKING_LEVEL or track.form == WORKING:
        pace *= p.working_speed
    elif track.rank == SUMMIT:
        pace *= p.summit_speed
    if track.sister != NOBODY and w.tracks[track.sister].is_open == 1:
        pace *= 1.0 + p.sister * (2.0 * ally_alignment(w, track) - 1.0)
    return pace * max(1.0 + p.mediated * pair.formulated, 0.1)


@rule
def negotiate(w: World, track: Track) -> None:
    """One step of an open track: issues settled one by one, each by its own draw."""
    hazard = issue_hazard(w, track)
    most = hazard * w.clock.step_days  # no issue's chance is larger, so on most days nothing else is computed
    pair = w.pairs[track.pair]
    for k in range(track.n_issues):
        if track.agenda[k] == 1 or track.luck[U_ISSUE + k] >= most:
            continue
        if happens(track.luck[U_ISSUE + k], hazard * hardness(w, track, k), w.clock.step_days):
            settle_issue(w, track, k)
            w.tally.issues += 1.0
            log(w, w.clock.day, ISSUE_SETTLED, PARTY, pair.a, PARTY, pair.b, track.index, BY_CHANCE, float(k))


@rule
def leave_out(w: World, track: Track) -> None:
    """What an open track does to the ally it leaves out, and to third audiences of the patron."""
    if track.excluded == NOBODY:
        return
    p = w.par.talks
    ally = w.parties[track.excluded]
    days = w.clock.step_days
    hurt = p.exclusion * (1.0 - ally.alignment) * track.visibility
    ally.legitimacy *= math.exp(-hurt * days)
    if ally.patron_dyad != NOBODY:
        slighted = p.slight * (1.0 - ally.alignment) * track.visibility
        weigh_in(w, w.dyads[ally.patron_dyad], 0.0, slighted * days)
    if track.form == DIRECT and ally.patron != NOBODY:
        patron = w.parties[ally.patron]
        patron.legitimacy = 1.0 - (1.0 - patron.legitimacy) * math.exp(-p.sincerity * track.visibility * days)


@rule
def spill(w: World, track: Track) -> None:
    """A secret track may leak: both leaders pay, the excluded learn of it, and it is secret no more."""
    if track.leak <= 0.0 or track.visibility >= 1.0:
        return
    if happens(track.luck[U_LEAK], track.leak, w.clock.step_days):
        pair = w.pairs[track.pair]
        track.visibility = 1.0
        w.tally.leaks += 1.0
        if w.par.switches.endurance == 1:
            for index in (pair.a, pair.b):
                leader = w.parties[index]
                leader.capital *= 1.0 - w.par.talks.leak_cost * (1.0 - leader.risk_tolerance)
        log(w, w.clock.day, LEAK, PARTY, pair.a, PARTY, pair.b, track.index, BY_CHANCE, track.leak)


@rule
def is_refused(w: World, choice: Choice) -> bool:
    """Whether a policy rules out that the other side opens the same track: it takes two."""
    return choice.partner != NOBODY and w.clock.day < w.choices[choice.partner].blocked_until


@rule
def open_up(w: World, choice: Choice) -> None:
    """A track opens; nothing happens if it is open already."""
    track = w.tracks[choice.subject]
    if track.is_open == 1:
        return
    pair = w.pairs[track.pair]
    mend(w, track)
    track.is_open = 1
    track.opened_day = w.clock.day
    track.moved_day = w.clock.day
    for index in (pair.a, pair.b):
        spend_capital(w, w.parties[index], w.par.endurance.talking_cost * track.visibility, 1.0)
    w.tally.tracks += 1.0
    log(
        w, w.clock.day, TRACK_OPENED, PARTY, pair.a, PARTY, pair.b, track.index, choice.why, float(track.form)
    )


@rule
def forget_part(w: World, track: Track, own: int) -> None:
    """Part of what was settled on a track does not survive its failure; the later items of the agenda go first.

    With ``own`` = 1 only issues that no earlier track of the pair has: where all tracks forget, each goes once.
    """
    c = w.clock
    u = event_uniform(c.seed_lo, c.seed_hi, c.step, track.key_lo, track.key_hi, 0)
    left = 0
    for k in range(track.n_issues):
        if track.agenda[k] == 1 and (own == 0 or is_own(w, track, k)):
            left += 1
    kept = math.floor(w.par.talks.keeps * left + u)
    for k in range(track.n_issues - 1, -1, -1):
        if left > kept and track.agenda[k] == 1 and (own == 0 or is_own(w, track, k)):
            reopen_issue(w, track, k)
            left -= 1


@rule
def lose_face(w: World, pair: Pair) -> None:
    """Both leaders pay at home for a summit that fails, less those who tolerate political risk."""
    if w.par.switches.endurance == 0:
        return
    for index in (pair.a, pair.b):
        leader = w.parties[index]
        leader.capital *= 1.0 - w.par.talks.summit_cost * (1.0 - leader.risk_tolerance)


@rule
def mend(w: World, track: Track) -> None:
    """Talks reopened while a third party offers its rescue have hardly failed: the sooner, the less heat is left."""
    if offered_rescue(w, track) <= 0.0:
        return
    pair = w.pairs[track.pair]
    age = w.clock.day - track.failed_day
    left = track.visibility * math.exp(-age / w.par.talks.failure_memory)
    fail(w, pair, -min(left, pair.failure) * math.exp(-age / w.par.talks.rescue_days))


@rule
def fail(w: World, pair: Pair, weight: float) -> None:
    """Talks that failed heat the fight of the pair, and, where a patron was talking, its ally's with the same foe."""
    pair.failure += weight
    for ally in w.parties:
        if ally.foe_dyad == NOBODY or ally.patron == NOBODY:
            continue
        shared = (ally.patron == pair.a and ally.main_foe == pair.b) or (
            ally.patron == pair.b and ally.main_foe == pair.a
        )
        if shared:
            other = w.pairs[w.dyads[ally.foe_dyad].pair]
            other.failure = max(other.failure + weight, 0.0)


@rule
def break_off(w: World, choice: Choice) -> None:
    """A party walks out: part of what was settled survives, and the failure heats the fight for a while."""
    track = w.tracks[choice.subject]
    if track.is_open == 1:
        end_badly(w, track, choice.actor, choice.why)


@rule
def end_badly(w: World, track: Track, actor: int, why: int) -> None:
    """An open track fails, by the doing of a party, or of a host who has gone (then the first party is named)."""
    pair = w.pairs[track.pair]
    track.is_open = 0
    forget_part(w, track, 0)
    fail(w, pair, track.visibility)
    pair.failed_day = w.clock.day
    track.failed_day = w.clock.day
    if track.rank == SUMMIT:
        lose_face(w, pair)
    w.tally.failures += 1.0
    left = pair.b if actor == pair.a else pair.a
    kept = float(track.n_settled)
    log(w, w.clock.day, TRACK_FAILED, PARTY, actor, PARTY, left, track.index, why, kept)


@rule
def is_side_track(w: World, track: Track) -> bool:
    """Whether a track prepares agreements and cannot conclude one: a backchannel, or talks of working rank."""
    if track.form == BACKCHANNEL or track.form == WORKING:
        return True
    return w.par.switches.terms == 1 and track.rank == WORKING_LEVEL


@rule
def conclude(w: World, track: Track) -> None:
    """A side track that has settled its agenda has done its work, and closes without a failure."""
    if is_side_track(w, track) and track.n_settled == track.n_issues:
        pair = w.pairs[track.pair]
        track.is_open = 0
        settled = float(track.n_settled)
        log(w, w.clock.day, TRACK_CONCLUDED, PARTY, pair.a, PARTY, pair.b, track.index, ROUTINE, settled)


@rule
def sum_up(w: World) -> None:
    """What each pair reads off its tracks: whether it talks, and how far the best of them has come."""
    for pair in w.pairs:
        pair.talking = 0
        pair.complete = 0
        pair.progress = 0.0
        pair.failure *= w.rates.keep_failure
    for track in w.tracks:
        pair = w.pairs[track.pair]
        if track.is_open == 1:
            pair.talking = 1
            w.tally.talk_days += w.clock.step_days
            if track.n_settled == track.n_issues and not is_side_track(w, track):
                pair.complete = 1
        part = SIDE_SHARE if w.par.switches.terms == 1 and is_side_track(w, track) else 1.0
        pair.progress = max(pair.progress, part * track.n_settled / track.n_issues)


@rule
def talks(w: World) -> None:
    """Tracks open and break off as the sides chose; those opened before today negotiate."""
    if w.par.switches.talks == 0:
        return
    first = first_talk(w)
    for i in range(first, first + w.clock.n_talk_choices):
        choice = w.choices[i]
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.step_days):
            if choice.kind == OPEN_TRACK:
                if choice.why == BY_POLICY or not is_refused(w, choice):
                    open_up(w, choice)
            else:
                break_off(w, choice)
    for track in w.tracks:
        if track.is_open == 1 and has_lost_host(w, track):
            end_badly(w, track, w.pairs[track.pair].a, HOST_LEFT)
        if track.is_open == 1 and track.opened_day < w.clock.day:
            negotiate(w, track)
            leave_out(w, track)
            spill(w, track)
            conclude(w, track)
    sum_up(w)
