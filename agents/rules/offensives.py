"""OFFENSIVES (E16): a side raises the level of its war for some weeks, where it has a reason to.

The level of a war moves by itself as that of real wars does, so an offensive is decided only for a reason that can be
seen: a ceasefire has just been broken, the other side's patron is bound or gone, or the balance turns its way.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import (
    BY_CHOICE,
    COVER_LOST,
    GAINING,
    LAUNCH_OFFENSIVE,
    OFFENSIVE,
    OFFERED,
    PARTY,
    TRUCE_BROKEN,
)
from detente.agents.rules.calendar import holds_fire
from detente.agents.rules.choices import first_offensive, settle
from detente.agents.rules.chronicle import log
from detente.agents.rules.course import fortune_of, resume, set_fervour
from detente.agents.rules.endurance import odds
from detente.agents.rules.registry import rule
from detente.agents.rules.strategies import temper
from detente.agents.rules.violence import exposure
from detente.agents.state import U_HAPPENS

if TYPE_CHECKING:
    from detente.agents.state import Choice, Dyad, PartyState, World

OUTRAGE_DAYS = 14.0
"""Time in which the break of a ceasefire ceases to be a reason [days]: the rebound is over within two months."""

REST_DAYS = 56.0
"""Time after an offensive before the same side launches another [days]."""

EXPOSED = 0.1
"""Weight of a foe's lost cover, per unit of log capability, relative to a ceasefire broken today."""

VISIBLE = 0.35
"""Gain in the log ratio of capabilities, by fortune and by trend, from which it is plain to see."""

RISING = 0.5
"""Weight of each unit of that gain beyond it, relative to a ceasefire broken today."""

STRONGER = 2.0
"""Log hazard of an offensive per unit of a side's odds above even."""


@rule
def since_broken(w: World, d: Dyad) -> float:
    """How fresh the break of the last ceasefire between the two is (1: today)."""
    age = w.clock.day - w.pairs[d.pair].broken_day
    return math.exp(-age / OUTRAGE_DAYS) if age < REST_DAYS else 0.0


@rule
def gain(w: World, d: Dyad) -> float:
    """What the fortune of war and the visible trend of capabilities have brought a side, beyond what goes unnoticed."""
    trend = w.parties[d.source].trend - w.parties[d.target].trend
    return max(fortune_of(w, d) + w.par.endurance.look_ahead * trend - VISIBLE, 0.0)


@rule
def can_attack(w: World, d: Dyad) -> bool:
    """Whether a war is fought in which a side may launch an offensive.

    Not while it holds fire, while its own offer waits for an answer or its ceasefire for its first day, nor soon after
    the last offensive.
    """
    pair = w.pairs[d.pair]
    if w.par.switches.level == 0 or d.hostile == 0 or d.lethal == 0:
        return False
    if pair.is_quiet == 1 or pair.agreed == 1 or holds_fire(w, d):
        return False
    if (pair.truce_state == OFFERED and pair.offered_by == d.index) or w.clock.day < d.truce_from:
        return False
    return w.clock.day - d.offensive_day >= REST_DAYS


@rule
def launch_offensive(w: World, i: PartyState, d: Dyad) -> float:
    """Hazard [1/day] that a party launches an offensive against a foe: none without a reason."""
    if not can_attack(w, d):
        return 0.0
    reason = since_broken(w, d) + EXPOSED * max(exposure(w, d), 0.0) + RISING * gain(w, d)
    if reason <= 0.0:
        return 0.0
    strong = math.exp(STRONGER * (odds(w, d) - 0.5))
    return w.par.violence.offensive * reason * strong * temper(w, i, LAUNCH_OFFENSIVE)


@rule
def why_launched(w: World, d: Dyad) -> int:
    """The cause written beside an offensive: the weightiest of its reasons."""
    cover = EXPOSED * exposure(w, d)
    gaining = RISING * gain(w, d)
    if since_broken(w, d) >= max(cover, gaining):
        return TRUCE_BROKEN
    return COVER_LOST if cover >= gaining else GAINING


@rule
def attack(w: World, choice: Choice) -> None:
    """An offensive begins: the fast part of the war's level rises, and fades as it always does."""
    d = w.dyads[choice.subject]
    pair = w.pairs[d.pair]
    why = why_launched(w, d) if choice.why == BY_CHOICE else choice.why
    pair.surge += w.par.violence.resumed
    d.offensive_day = w.clock.day
    if pair.is_quiet == 1:
        resume(w, pair)
    set_fervour(w, pair)
    w.tally.offensives += 1.0
    log(w, w.clock.day, OFFENSIVE, PARTY, d.source, PARTY, d.target, pair.index, why, pair.surge)


@rule
def offensives(w: World) -> None:
    """Decisions on offensives; in a war that has no level of its own there are none."""
    if w.par.switches.level == 0:
        return
    for i in range(first_offensive(w), len(w.choices)):
        choice = w.choices[i]
        if settle(w, choice, choice.luck[U_HAPPENS], w.clock.step_days):
            attack(w, choice)
