"""LUCK: fills the draws of a tick or a step before any rule reads them.

Counters are (tick or step, purpose, name of the record), the key is the seed.  The compiled engine runs these rules;
the Mesa driver fills the same numbers in blocks (``detente.model.luck_blocks``), because one draw at a time is slow in
Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.rules.chance import TICK_PURPOSE, philox, unit
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import World


@rule
def fill(w: World, luck: list[float], counter: int, purpose: int, key_lo: int, key_hi: int) -> None:
    """Fill a row of draws: two uniforms from each block of four words."""
    n = len(luck)
    for j in range(0, n, 2):
        a, b, c, d = philox(counter, purpose + (j >> 1), key_lo, key_hi, w.clock.seed_lo, w.clock.seed_hi)
        luck[j] = unit(a, b)
        if j + 1 < n:
            luck[j + 1] = unit(c, d)


@rule
def draw_tick_luck(w: World) -> None:
    """Draw the tick's luck of dyads that fight, spoilers' wars and pairs; choices draw when they are asked."""
    tick = w.clock.tick
    for d in w.dyads:
        if d.hostile == 1:
            fill(w, d.tick_luck, tick, TICK_PURPOSE, d.key_lo, d.key_hi)
    for t in w.targets:
        fill(w, t.tick_luck, tick, TICK_PURPOSE, t.key_lo, t.key_hi)
    for p in w.pairs:
        if p.hostile == 1:
            fill(w, p.tick_luck, tick, TICK_PURPOSE, p.key_lo, p.key_hi)


@rule
def draw_step_luck(w: World) -> None:
    """Draw the step's luck of parties that can fall, mediators, pairs and open tracks."""
    step = w.clock.step
    for p in w.parties:
        if p.fragile == 1:
            fill(w, p.luck, step, 0, p.key_lo, p.key_hi)
    for m in w.mediators:
        fill(w, m.luck, step, 0, m.key_lo, m.key_hi)
    for pair in w.pairs:
        if pair.hostile == 1:
            fill(w, pair.luck, step, 0, pair.key_lo, pair.key_hi)
    for track in w.tracks:
        if track.is_open == 1:
            fill(w, track.luck, step, 0, track.key_lo, track.key_hi)
