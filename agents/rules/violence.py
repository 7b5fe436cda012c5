"""VIOLENCE (E1, E2): self- and mutually exciting attacks per directed dyad, restrained by holidays and truces.

Attacks i -> j come at the rate ``mu s(t) exp(g) + X``, where the excitation X remembers own attacks, attacks suffered
and attacks on allies (a discrete Hawkes process: Lewis et al. 2012; action and reaction: Linke et al. 2012).  The
background ``mu = (I - A) lbar`` is set so that the mean rate is ``lbar`` whatever the branching.  Deaths per event
have a power-law tail (Bohorquez et al. 2009).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import IN_FORCE, LOCAL_SCOPE, NOBODY, OPPORTUNIST
from detente.agents.rules.calendar import holds_fire, season_factor, today
from detente.agents.rules.chance import clip, count
from detente.agents.rules.leverage import strength
from detente.agents.rules.registry import rule
from detente.agents.rules.severity import deaths_of
from detente.agents.rules.spoilers import spoil_from_inside, strike
from detente.agents.state import U_COUNT

if TYPE_CHECKING:
    from detente.agents.state import Dyad, PartyState, World


AFTERMATH_DAYS = 28.0

CARRIED = 0.95
"""Share of the violence left that an agreement fully carried out ends, where wars do not come to rest by E16."""

LEAST_LEFT = 0.01
"""Violence left by a truce below which attacks grow no less deadly."""

MOST_PROVOKED = 0.95
"""Largest share of a side's attacks, beyond those that its own set off, that others can have provoked."""


@rule
def expected_blame(w: World, d: Dyad) -> float:
    """Attacks per day that a dyad's target lays at its source's door at the base rates, mistakes included."""
    pair = w.pairs[d.pair]
    clear = (1.0 - pair.monitoring_own) * (1.0 - pair.hotline)
    if w.par.switches.attribution == 0:
        return d.lbar
    p = w.par.attribution.mistaken * clear
    seen = d.lbar if d.blamed == NOBODY else d.lbar * (1.0 - p)
    for other in w.dyads:
        if other.blamed == d.index and other.hostile == 1:
            q = w.pairs[other.pair]
            seen += other.lbar * w.par.attribution.mistaken * (1.0 - q.monitoring_own) * (1.0 - q.hotline)
    for t in w.targets:
        if t.blamed == d.index and w.spoilers[t.spoiler].active == 1:
            seen += t.lbar * w.par.attribution.mistaken_spoiler * clear
    return seen


@rule
def expected_provocation(w: World, d: Dyad) -> float:
    """Attacks per day that those suffered and those of allies would provoke at the base rates."""
    p = w.par.violence
    allied = 0.0
    for link in w.allies:
        if link.dyad == d.index:
            allied += link.weight * expected_blame(w, w.dyads[link.heard])
    return p.n_rec * expected_blame(w, w.dyads[d.reverse]) + p.n_ally * allied


@rule
def set_background(w: World, d: Dyad) -> None:
    """The background mu = (I - A) lbar of one dyad, on attacks as they are blamed.

    A side that attacks far less than it is attacked answers less of what it suffers: no more than its own mean allows,
    so that the mean rate is lbar for any branching, and a side declared to make no attacks makes none.
    """
    d.responsive = 1.0
    d.mu = d.lbar
    if w.par.switches.excitation == 0:
        return
    own = d.lbar * (1.0 - w.par.violence.n_own)
    provoked = expected_provocation(w, d)
    if provoked > 0.0:
        d.responsive = min(1.0, MOST_PROVOKED * own / provoked)
    d.mu = own - d.responsive * provoked


@rule
def exposure(w: World, d: Dyad) -> float:
    """How far the target is exposed to a source that fights it: log of its capability at first over its shield now.

    What its patron lends shields it while the patron is there, and not bound by a truce of its own with the source.
    """
    j = w.parties[d.target]
    if w.par.switches.leverage == 0 or j.patron == NOBODY or holds_fire(w, d):
        return 0.0
    patron = w.parties[j.patron]
    free = 1.0
    if patron.main_foe == d.source and patron.foe_dyad != NOBODY:
        free = truce_factor(w, patron, w.dyads[patron.foe_dyad])
    shield = strength(w, j.morale, j.support * free, patron.presence)
    full = strength(w, j.morale_full, j.support, patron.presence_start)
    return 0.0 if shield == full else math.log(full / shield)


@rule
def waiting(w: World, d: Dyad) -> float:
    """How far an ally and its foe wait to see what a young truce between patron and foe brings (0: not at all).

    The foe has what it wants of the patron while it spares it; the ally has lost its cover (Sticher & Vukovic 2021).
    """
    if w.par.switches.adherence == 0:
        return 0.0
    i = w.parties[d.source]
    ally = i if i.patron != NOBODY else w.parties[d.target]
    foe = d.target if i.patron != NOBODY else d.source
    if ally.patron == NOBODY:
        return 0.0
    patron = w.parties[ally.patron]
    if patron.main_foe != foe or patron.foe_dyad == NOBODY:
        return 0.0
    front = w.dyads[patron.foe_dyad]
    truce = w.pairs[front.pair]
    if truce.truce_state != IN_FORCE or not holds_fire(w, front):
        return 0.0
    return math.exp(-max(w.clock.day - truce.truce_start, 0.0) / w.par.violence.patience)


@rule
def escalation(w: World, source: PartyState, d: Dyad) -> float:
    """Log multiplier of a party's background attacks on one foe.

    Failed talks heat (Menninga & Prorok 2021).  Talks open without a truce invite fighting for position where attacks
    kill (Sticher & Vukovic 2021), and hold back provocations, which would cost the talks (Cha et al. 2017).  Discontent
    above its normal loosens the hand (Stedman 1997), and a foe whose patron is gone or bound is pressed harder.
    """
    p = w.par.violence
    pair = w.pairs[d.pair]
    talking = 1.0 if pair.talking == 1 and not holds_fire(w, d) else 0.0
    position = p.talk_and_fight if d.lethal == 1 else -p.talk_and_hold
    unruly = (1.0 - w.par.endurance.discontent_normal) - source.discipline
    heat = p.failed_talks * pair.failure + position * talking + p.discontent_heat * unruly
    exposed = exposure(w, d)
    if w.par.switches.terms == 1 and d.lethal == 1:
        heat -= p.wind_down * pair.progress
    if w.par.switches.adherence == 1:
        wait = waiting(w, d)
        exposed *= 1.0 - p.waits * wait
        if not holds_fire(w, d):
            heat -= p.hush * wait
    if w.clock.day < d.alarmed_until and not holds_fire(w, d):
        heat += p.preempt
    heat += p.pressed * exposed
    if source.strategy == OPPORTUNIST:
        open_flank = 1.0 if holds_fire(w, w.dyads[d.reverse]) and not holds_fire(w, d) else 0.0
        heat += w.par.strategies.advantage * (open_flank + exposed)
    return heat


@rule
def holiday_factor(w: World, weight: float) -> float:
    """Restraint that a holiday puts on an actor who observes it with this weight (1: no restraint)."""
    return 1.0 - weight * (1.0 - today(w).holiday)


@rule
def violence_left(w: World, d: Dyad) -> float:
    """Violence that a side's way of keeping its truce leaves, relative to none.

    Where it keeps it at all, violence dies down as the truce grows old (Fortna 2003) and an agreement is carried out.
    """
    p = w.par.ceasefires
    pair = w.pairs[d.pair]
    left = d.adherence
    if left < 1.0 and pair.truce_state == IN_FORCE:
        kept = (1.0 - left) / (1.0 - p.held)
        dying = math.exp(-max(w.clock.day - pair.truce_start, 0.0) / p.settle_days)
        left = 1.0 - kept + kept * p.held * dying
    if pair.agreed == 1 and w.par.switches.endings == 0:
        left *= 1.0 - CARRIED * pair.implementation
    return left


@rule
def truce_factor(w: World, source: PartyState, d: Dyad) -> float:
    """Restraint of a truce: what the way in which a side keeps it leaves of its violence.

    In the first version: its class's factor for the share of fighters that obey, none for the rest.
    """
    if not holds_fire(w, d):
        return 1.0
    p = w.par.ceasefires
    covered = p.local_share if w.pairs[d.pair].truce_scope == LOCAL_SCOPE else 1.0
    obeyed = source.discipline
    left = d.truce_restraint
    if w.par.switches.adherence == 1:
        obeyed = 1.0
        left = violence_left(w, d)
    if w.clock.day < d.chastened_until:
        left *= p.chastened
    return 1.0 - covered * obeyed * (1.0 - left)


@rule
def active_share(w: World, source: PartyState, d: Dyad) -> float:
    """Share of a side's usual activity left by measures that suspend it and by forces that have gone home."""
    present = 1.0
    if source.presence_start > 0.0:
        gone = 1.0 - source.presence / source.presence_start
        present = 1.0 - w.par.leverage.withdrawn * gone
    return (1.0 - d.suspended) * present * (1.0 - source.demobilised)


@rule
def rearmament(w: World, d: Dyad) -> float:
    """Operations a side prepares under a truce that it means to use [share of its usual rate]."""
    pair = w.pairs[d.pair]
    side = 1 if d.index == pair.ab else 2
    if pair.hostile_purpose != side or pair.truce_state != IN_FORCE:
        return 0.0
    w.tally.rearming_days += w.clock.tick_days
    return w.par.ceasefires.rearm


@rule
def fierceness(w: World, d: Dyad, truce: float) -> float:
    """How deadly an attack is relative to the usual: less where a truce or a lull leaves small ones alone."""
    if w.par.switches.level == 0:
        return 1.0
    return math.exp(d.fierceness + w.par.violence.severity_slope * math.log(max(truce, LEAST_LEFT)))


@rule
def fight(w: World, d: Dyad) -> None:
    """Draw the attacks of one dyad in one tick, and the deaths they cause."""
    p = w.par.violence
    c = w.clock
    source = w.parties[d.source]
    season = season_factor(w)
    heat = clip(d.heat, -p.heat_limit, p.heat_limit)
    active = active_share(w, source, d)
    background = d.mu * season * math.exp(heat + d.fervour)
    d.rate = (background + d.excitation) * active
    d.usual = d.rate
    pair = w.pairs[d.pair]
    if pair.agreed == 1 and pair.lull > 0.0:
        d.usual = (background * math.exp(w.par.endings.quiet * pair.lull) + d.excitation) * active
    d.restraint_holiday = holiday_factor(w, d.observes)
    truce = truce_factor(w, source, d)
    d.restraint = d.restraint_holiday * truce
    released = 0.0
    if truce < 1.0:
        if w.par.switches.adherence == 1:
            d.backlog *= w.rates.keep_stale
        d.backlog += (p.put_off * (1.0 - truce) + rearmament(w, d)) * d.rate * c.tick_days
    elif d.restraint_holiday >= 1.0:
        released = d.backlog * (1.0 - w.rates.keep_backlog)
        d.backlog -= released
    mean = d.restraint * d.rate * c.tick_days + released * active
    n = count(mean, p.dispersion * c.tick_days, d.tick_luck[U_COUNT])
    d.attacks = float(n)
    d.deaths = deaths_of(w, d, n, fierceness(w, d, truce)) if d.lethal == 1 and n > 0 else 0.0


@rule
def count_losses(w: World, d: Dyad) -> None:
    """Add a tick's attacks and deaths to what the rest of the model reads."""
    w.parties[d.target].losses += d.deaths
    d.step_attacks += d.attacks
    d.step_deaths += d.deaths
    d.cum_attacks += d.attacks
    r = w.rates
    today_rate = d.deaths / w.clock.tick_days
    d.deaths_week = today_rate + (d.deaths_week - today_rate) * r.keep_week
    d.deaths_quarter = today_rate + (d.deaths_quarter - today_rate) * r.keep_quarter
    fought = not holds_fire(w, d) and w.pairs[d.pair].is_quiet == 0
    if w.par.switches.bargaining == 1 and d.lethal == 1 and fought:
        d.toll = today_rate + (d.toll - today_rate) * r.keep_toll
    w.tally.attacks += d.attacks
    if w.clock.day - w.pairs[d.pair].ceased_day < AFTERMATH_DAYS:
        w.tally.aftermath += d.attacks
    w.tally.fatalities += d.deaths * w.clock.deaths_scale


@rule
def excite(w: World, d: Dyad) -> None:
    """X <- e X + (1 - e) (n_own N + n_rec N' + n_ally N'_allies) / dt: what today's attacks set off tomorrow."""
    if w.par.switches.excitation == 0:
        return
    p = w.par.violence
    suffered = w.dyads[d.reverse].seen
    provoked = d.responsive * (p.n_rec * suffered + p.n_ally * d.allied_attacks)
    triggered = (p.n_own * d.attacks + provoked) / w.clock.tick_days
    d.excitation = triggered + (d.excitation - triggered) * w.rates.keep_excitation


@rule
def violence(w: World) -> None:
    """One tick of fighting: all sides strike on what they knew, then all take in what happened."""
    for d in w.dyads:
        if d.hostile == 1:
            fight(w, d)
    for t in w.targets:
        strike(w, t)
    for f in w.factions:
        spoil_from_inside(w, f)
    for d in w.dyads:
        if d.hostile == 1:
            count_losses(w, d)
