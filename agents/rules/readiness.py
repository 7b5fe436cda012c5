"""READINESS (E6): motivation times optimism, per side towards the other (Pruitt 2005; feedback: Arevalo 2026)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import COMMITMENT, LEVER_POSTURE, LEVER_RECOGNITION, RECIPROCITY, RIPENESS
from detente.agents.rules.chance import logistic
from detente.agents.rules.endurance import pain
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Dyad, World

RIPE_SLOPE = 8.0
RIPE_LEVEL = 0.45


@rule
def on_offer(w: World, d: Dyad) -> float:
    """Recognition and posture that the target holds out to the source: what is given already draws no more."""
    giver = w.parties[d.target]
    back = w.dyads[d.reverse]
    recognition = giver.levers[LEVER_RECOGNITION] * (1.0 - back.recognition_given)
    posture = giver.levers[LEVER_POSTURE] * giver.presence
    return recognition + posture


@rule
def motivate(w: World, d: Dyad) -> float:
    """Motivation: a stalemate that hurts more than at the start, what is on offer, less the hawks, plus the window."""
    p = w.par.readiness
    i = w.parties[d.source]
    hurt = p.pain * (pain(w, d) / d.pain_reference - 1.0)
    drawn = p.validation * i.validation * on_offer(w, d)
    return logistic(hurt + drawn - p.hawks * i.hawkishness + p.window * i.window)


@rule
def hope(w: World, d: Dyad) -> float:
    """Optimism: trust above its reference, progress, mediation, and the other's readiness as seen with delay."""
    p = w.par.readiness
    pair = w.pairs[d.pair]
    back = w.dyads[d.reverse]
    feedback = p.progress * pair.progress + p.mutual * (back.readiness_lagged - back.readiness_usual)
    if w.clock.theory == RIPENESS:
        feedback = 0.0
    return logistic(p.trust * (d.trust - d.trust_usual) + p.mediated * pair.mediated + feedback)


@rule
def combine(w: World, d: Dyad, other_motivation: float) -> float:
    """Readiness by the theory in force, from the same four appraisals.

    readiness: motivation and optimism back each other up (Pruitt 2005); ripeness: a sharp threshold on what both sides
    feel and on a way out (Zartman 2000); commitment: both, and the belief that a bargain binds (Walter 1997);
    reciprocity: optimism and the other's record of promises (Osgood 1962).
    """
    theory = w.clock.theory
    value = math.sqrt(d.motivation * d.optimism)
    if theory == RIPENESS:
        value = logistic(RIPE_SLOPE * (min(d.motivation, other_motivation, d.optimism) - RIPE_LEVEL))
    elif theory == COMMITMENT:
        value = math.exp(math.log(max(d.motivation * d.optimism * d.commitment, 1e-12)) / 3.0)
    elif theory == RECIPROCITY:
        value = math.sqrt(d.reciprocity * d.optimism)
    return value


@rule
def appraise(w: World, d: Dyad) -> None:
    """The source's four appraisals of peace with the target."""
    d.motivation = motivate(w, d)
    d.optimism = hope(w, d)
    d.commitment = 1.0 - (1.0 - d.trust) * (1.0 - w.pairs[d.pair].guarantee)
    d.reciprocity = logistic(d.record)


@rule
def rise(w: World, d: Dyad) -> float:
    """Readiness of one side above what it is held against: its level at the start of the case, or wars in general."""
    return d.readiness - d.readiness_usual


@rule
def grow_eager(w: World, d: Dyad) -> None:
    """What the rise of readiness does to the hazards of truces, computed once a step."""
    d.eagerness = math.exp(w.par.ceasefires.slope * rise(w, d))


@rule
def become_ready(w: World, d: Dyad) -> None:
    """Readiness from the appraisals, at the level of the first theory at the start of the case."""
    d.readiness = min(d.readiness_level * combine(w, d, w.dyads[d.reverse].motivation), 1.0)


@rule
def readiness(w: World) -> None:
    """All sides appraise what they saw by the end of the last step; perceptions of each other lag."""
    if w.par.switches.readiness == 0:
        return
    for p in w.parties:
        p.window *= w.rates.keep_window
    for d in w.dyads:
        if d.hostile == 1:
            appraise(w, d)
    for d in w.dyads:
        if d.hostile == 1:
            become_ready(w, d)
            grow_eager(w, d)
    for d in w.dyads:
        d.readiness_lagged = d.readiness + (d.readiness_lagged - d.readiness) * w.rates.keep_lag
    for pair in w.pairs:
        pair.readiness = math.sqrt(w.dyads[pair.ab].readiness * w.dyads[pair.ba].readiness)
        pair.eagerness = math.exp(w.par.talks.slope * (pair.readiness - pair.readiness_usual))
