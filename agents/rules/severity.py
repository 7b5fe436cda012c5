"""SEVERITY (E2): deaths in the attacks of one side in one tick, by a party or by a spoiler alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.rules.calendar import today
from detente.agents.rules.chance import event_size, event_uniform
from detente.agents.rules.registry import rule
from detente.agents.state import N_EVENT_SIZES, U_SIZE

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Target, World


@rule
def deaths_of(w: World, author: Dyad | Target, n: int, fierceness: float) -> float:
    """Deaths in n attacks, so many times as deadly as usual.

    There is a size for each, from the draws made in advance or, beyond those, one by one.
    """
    c = w.clock
    p = w.par.violence
    scale = author.size_scale * today(w).severity * fierceness
    deaths = 0.0
    for k in range(n):
        if k < N_EVENT_SIZES:
            u = author.tick_luck[U_SIZE + k]
        else:
            u = event_uniform(c.seed_lo, c.seed_hi, c.tick, author.key_lo, author.key_hi, k)
        deaths += event_size(u, scale, p.tail, p.max_deaths)
    return deaths
