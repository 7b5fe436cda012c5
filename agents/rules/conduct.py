"""CONDUCT (E8): what a side does under its ceasefire, what of it is a breach, and what a day of truce tells.

Most ceasefires are violated (Wiehler 2021), and chance alone brings attacks in a war of many.  So conduct is held
against what the war would bring without a truce, and a breach is more than chance explains.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import BREACH, BY_BREACHES, IN_FORCE, LOCAL_SCOPE, PARTY
from detente.agents.rules.calendar import both_hold_fire, holds_fire
from detente.agents.rules.chance import clip
from detente.agents.rules.chronicle import log
from detente.agents.rules.endurance import vindicate_hawks
from detente.agents.rules.rates import CONDUCT_DAYS
from detente.agents.rules.registry import rule
from detente.agents.rules.trust import bad_news, good_news

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Pair, World


SURPRISING = 2.33
"""Standard deviations above its mean that a count exceeds by chance once in a hundred times."""

ONE_ATTACK = 2.0
"""More than one attack weighs in what has been seen of a side over its memory of conduct."""


@rule
def permitted(w: World, d: Dyad) -> float:
    """Violence under a truce, relative to none, that is no breach of it."""
    p = w.par.ceasefires
    if w.par.switches.adherence == 0:
        return d.truce_restraint
    covered = p.local_share if w.pairs[d.pair].truce_scope == LOCAL_SCOPE else 1.0
    return 1.0 - covered * (1.0 - p.tolerated)


@rule
def misconduct(w: World, d: Dyad) -> float:
    """Conduct under a truce above what its class and normal discipline lead to expect (0: as expected)."""
    p = w.par.ceasefires
    if w.par.switches.adherence == 1:
        return d.conduct - permitted(w, d)
    covered = p.local_share if w.pairs[d.pair].truce_scope == LOCAL_SCOPE else 1.0
    usual = 1.0 - covered * (1.0 - w.par.endurance.discontent_normal) * (1.0 - d.truce_restraint)
    return d.conduct - usual


@rule
def is_breach(w: World, d: Dyad) -> bool:
    """Whether more is seen of a side than its truce permits and chance explains, once in a hundred times.

    One attack alone is none.  A breach goes on until no more is seen than the truce permits.
    """
    if w.par.switches.adherence == 0:
        return d.conduct >= w.par.trust.breach_level and misconduct(w, d) >= 0.0
    days = 2.0 * CONDUCT_DAYS
    mean = days * d.conduct_expected * permitted(w, d)
    spread = math.sqrt(mean + mean * mean / (days * w.par.violence.dispersion))
    if d.breaching == 1:
        return days * d.conduct_seen >= mean + 0.5
    return days * d.conduct_seen >= max(mean + SURPRISING * spread + 0.5, ONE_ATTACK)


@rule
def watch_conduct(w: World, d: Dyad) -> None:
    """Five-day mean of attacks blamed on the source, relative to what holidays alone would leave.

    Under an agreement that is carried out, the quiet it brings does not lower what is expected.
    One pseudo-event at the truce's own level keeps the ratio finite where little is expected; the mean starts afresh on
    the first day of a window, so that what came before is no breach.
    """
    keep = w.rates.keep_conduct
    held = holds_fire(w, d)
    level = permitted(w, d) if held else 1.0
    if held and w.clock.day - d.truce_from < w.clock.tick_days:
        d.conduct_seen = level * d.conduct_expected
        d.truce_seen = 0.0
        d.truce_expected = 0.0
    seen = d.seen / w.clock.tick_days
    expected = d.usual * d.restraint_holiday
    d.conduct_seen = seen + (d.conduct_seen - seen) * keep
    d.conduct_expected = expected + (d.conduct_expected - expected) * keep
    if held:
        d.truce_seen = d.truce_seen * w.rates.keep_quarter + d.seen
        d.truce_expected = d.truce_expected * w.rates.keep_quarter + expected * w.clock.tick_days
    d.conduct = (CONDUCT_DAYS * d.conduct_seen + level) / (CONDUCT_DAYS * d.conduct_expected + 1.0)


@rule
def telling(w: World, d: Dyad) -> float:
    """How far a side's conduct under a truce tells that it keeps it: 1 for calm where much was expected, 0 for nothing.

    A few days without an attack tell little in a small war, a few months do; more attacks than usual tell against it.
    """
    return clip((d.truce_expected - d.truce_seen) / (d.truce_expected + 1.0), -1.0, 1.0)


@rule
def weigh_day(w: World, victim: Dyad, d: Dyad) -> None:
    """A day of a truce that is no breach, in the eyes of the other side: as good or bad as it tells."""
    weight = w.par.trust.kept_day * w.clock.tick_days
    if w.par.switches.adherence == 0:
        good_news(w, victim, weight)
        return
    told = telling(w, d)
    if told >= 0.0:
        good_news(w, victim, weight * told)
    else:
        bad_news(w, victim, -weight * told)


@rule
def judge(w: World, pair: Pair, d: Dyad) -> None:
    """A day of a truce kept or broken by the source of a dyad, as its target sees it."""
    p = w.par.trust
    victim = w.dyads[d.reverse]
    if not is_breach(w, d):
        weigh_day(w, victim, d)
        d.breaching = 0
        return
    bad_news(w, victim, p.kept_day * w.clock.tick_days)
    if d.breaching == 0:
        d.breaching = 1
        seen_before = pair.breaches if w.par.switches.adherence == 1 else 0.0
        vindicate_hawks(w, w.parties[d.target], 1.0 / (1.0 + seen_before))
        pair.breaches += 1.0
        w.tally.breaches += 1.0
        log(w, w.clock.day, BREACH, PARTY, d.source, PARTY, d.target, pair.index, BY_BREACHES, d.conduct)


@rule
def compliance(w: World) -> None:
    """One tick of every truce: conduct, and what it does to trust."""
    for d in w.dyads:
        if d.hostile == 1:
            watch_conduct(w, d)
    for pair in w.pairs:
        ab = w.dyads[pair.ab]
        ba = w.dyads[pair.ba]
        if holds_fire(w, ab) or holds_fire(w, ba):
            pair.calm_day = w.clock.day
        if pair.truce_state == IN_FORCE and both_hold_fire(w, ab, ba):
            w.tally.truce_days += w.clock.tick_days
            judge(w, pair, ab)
            judge(w, pair, ba)
        elif w.par.switches.adherence == 1:
            for d in (ab, ba):
                if holds_fire(w, d):
                    weigh_day(w, w.dyads[d.reverse], d)
