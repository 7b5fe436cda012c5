"""ATTRIBUTION (E3): attacks are seen with error; a spoiler's bomb may be laid at the main foe's door (Stedman 1997)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import NOBODY
from detente.agents.rules.registry import rule
from detente.agents.rules.violence import excite
from detente.agents.state import U_BLAME

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Target, World


@rule
def p_mistaken(w: World, base: float, monitoring: float, hotline: float) -> float:
    """Chance that the author of an attack is mistaken; monitoring and hotlines cut it."""
    if w.par.switches.attribution == 0:
        return 0.0
    return base * (1.0 - monitoring) * (1.0 - hotline)


@rule
def blame(w: World, d: Dyad) -> None:
    """Lay a tick's attacks of one party at the door of their author, or of another foe of the victim."""
    pair = w.pairs[d.pair]
    named = d.index
    if d.blamed != NOBODY:
        p = p_mistaken(w, w.par.attribution.mistaken, pair.monitoring, pair.hotline)
        if d.tick_luck[U_BLAME] < p:
            named = d.blamed
            w.tally.mistaken += 1.0
    w.dyads[named].seen += d.attacks


@rule
def blame_spoiler(w: World, t: Target) -> None:
    """Lay a tick's spoiler attacks at the spoiler's door (and so at nobody's in the model), or at the main foe's."""
    if t.blamed == NOBODY or t.attacks <= 0.0:
        return
    accused = w.dyads[t.blamed]
    pair = w.pairs[accused.pair]
    p = p_mistaken(w, w.par.attribution.mistaken_spoiler, pair.monitoring, pair.hotline)
    if t.tick_luck[U_BLAME] < p:
        accused.seen += t.attacks
        w.tally.mistaken += 1.0


@rule
def attribution(w: World) -> None:
    """Who is blamed for what in this tick, and what that sets off."""
    for d in w.dyads:
        d.seen = 0.0
        d.allied_attacks = 0.0
    for d in w.dyads:
        if d.hostile == 1 and d.attacks > 0.0:
            blame(w, d)
    for t in w.targets:
        blame_spoiler(w, t)
    for link in w.allies:
        w.dyads[link.dyad].allied_attacks += link.weight * w.dyads[link.heard].seen
    for d in w.dyads:
        if d.hostile == 1:
            excite(w, d)
