"""COURSE (E1, E16): how a war's level moves, how it falls quiet and flares up, and which way its fortune turns.

The log level of a war is the sum of a slow and a fast process that both return to their mean: in 37 dyads of UCDP GED
a latent level with a half-life of five months, seen through negative-binomial counts, reproduces yearly changes and
offensives.  Wars fade out more often than they are settled, and come back more often (Kreutz 2010).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import BY_CHANCE, FADED, FLARED_UP, NOBODY, PARTY
from detente.agents.rules.calendar import both_hold_fire
from detente.agents.rules.chance import YEAR, drift, happens, shock
from detente.agents.rules.chronicle import log
from detente.agents.rules.registry import rule
from detente.agents.state import U_FORTUNE, U_LEVEL, U_QUIET, U_RESUMED, U_SURGE

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Pair, PartyState, World


@rule
def is_killing(w: World, pair: Pair) -> bool:
    """Whether two parties fight with attacks that kill."""
    return pair.hostile == 1 and w.dyads[pair.ab].lethal == 1


@rule
def is_fought(w: World, pair: Pair) -> bool:
    """Whether a war is fought now: neither faded out, nor under a ceasefire of both sides or one that was signed."""
    if pair.is_quiet == 1 or (pair.agreed == 1 and pair.fights_on == 0):
        return False
    return not both_hold_fire(w, w.dyads[pair.ab], w.dyads[pair.ba])


@rule
def slow_spread(w: World, pair: Pair) -> float:
    """Standard deviation of the slow part of a war's log level."""
    return pair.volatility * math.sqrt(1.0 - w.par.violence.surge_share)


@rule
def fast_spread(w: World, pair: Pair) -> float:
    """Standard deviation of its fast part."""
    return pair.volatility * math.sqrt(w.par.violence.surge_share)


@rule
def move_level(w: World, pair: Pair) -> None:
    """One step of both parts of the level; it moves on under a truce, so that what resumes has a level of its own."""
    pair.level = drift(pair.level, w.rates.keep_level, slow_spread(w, pair), pair.luck[U_LEVEL])
    pair.surge = drift(pair.surge, w.rates.keep_surge, fast_spread(w, pair), pair.luck[U_SURGE])


@rule
def fade_hazard(w: World, pair: Pair) -> float:
    """Hazard [1/day] that a war fades out: the milder it has become, the likelier."""
    e = w.par.endings
    return e.fade / YEAR * math.exp(-e.fade_slope * pair.level)


@rule
def flare_hazard(w: World, pair: Pair) -> float:
    """Hazard [1/day] that a war that has come to rest flares up: less with peacekeepers from outside (Fortna 2008)."""
    return w.par.endings.flare / YEAR * (1.0 - w.par.settlement.peacekept * pair.peacekeepers)


@rule
def resume(w: World, pair: Pair) -> None:
    """A war that had come to rest is fought again, at a level that owes nothing to that of before."""
    pair.is_quiet = 0
    if w.par.switches.level == 1:
        pair.level = slow_spread(w, pair) * shock(pair.luck[U_RESUMED])


@rule
def fade_or_flare(w: World, pair: Pair) -> None:
    """A war fades out, or one that had flares up; under an agreement it comes to rest as that is carried out."""
    step = w.clock.step_days
    if pair.is_quiet == 0:
        if happens(pair.luck[U_QUIET], fade_hazard(w, pair), step):
            pair.is_quiet = 1
            w.tally.lulls += 1.0
            log(w, w.clock.day, FADED, PARTY, pair.a, PARTY, pair.b, pair.index, BY_CHANCE, pair.level)
    elif pair.agreed == 0 and happens(pair.luck[U_QUIET], flare_hazard(w, pair), step):
        resume(w, pair)
        log(w, w.clock.day, FLARED_UP, PARTY, pair.a, PARTY, pair.b, pair.index, BY_CHANCE, pair.level)
    rest = 1.0 if pair.is_quiet == 1 else pair.agreed * pair.implementation
    pair.lull = rest + (pair.lull - rest) * w.rates.keep_lull


@rule
def turn_fortune(w: World, pair: Pair) -> None:
    """The fortune of war turns while it is fought: battles won and lost that no capability told beforehand.

    Where the level of a war hardly moves, its front hardly does.
    """
    if is_fought(w, pair):
        e = w.par.endings
        spread = e.fortune_spread * pair.volatility
        pair.fortune = drift(pair.fortune, w.rates.keep_fortune, spread, pair.luck[U_FORTUNE])


@rule
def fortune_of(w: World, d: Dyad) -> float:
    """What the fortune of war adds to the log ratio of capabilities of a dyad's source."""
    pair = w.pairs[d.pair]
    return pair.fortune if d.index == pair.ab else -pair.fortune


@rule
def can_be_beaten(w: World, p: PartyState) -> bool:
    """Whether a party that is not propped up from outside is in the field against its main foe."""
    if p.foe_dyad == NOBODY or p.presence_start > 0.0:
        return False
    return is_killing(w, w.pairs[w.dyads[p.foe_dyad].pair])


@rule
def set_fervour(w: World, pair: Pair) -> None:
    """Log multipliers of both sides' background attacks and of their deadliness: mean deaths are those declared."""
    slope = w.par.violence.severity_slope
    fervour = -w.par.endings.quiet * pair.lull
    fierce = 0.0
    if w.par.switches.level == 1:
        variance = pair.volatility * pair.volatility
        fervour += pair.level + pair.surge - 0.5 * variance
        fierce = slope * fervour - 0.5 * (slope + slope * slope) * variance
    for d in (w.dyads[pair.ab], w.dyads[pair.ba]):
        d.fervour = fervour
        d.fierceness = fierce


@rule
def course(w: World) -> None:
    """One step of every war's own course."""
    if w.par.switches.level == 0 and w.par.switches.endings == 0:
        return
    for pair in w.pairs:
        if pair.hostile == 0:
            continue
        if w.par.switches.level == 1:
            move_level(w, pair)
        if w.par.switches.endings == 1 and is_killing(w, pair):
            fade_or_flare(w, pair)
            turn_fortune(w, pair)
        set_fervour(w, pair)
