"""TRUST (E4): a Beta belief that the other will honour its word (Kydd 2000, 2005).

Only what an untrustworthy side would not do moves it: days of a kept truce, costly measures, breaches and reversals.
Ordinary attacks outside commitments do not.  It fades to the dyad's own prior, and news spills over one hop.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.rules.chance import clip
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Dyad, World


@rule
def weigh_in(w: World, d: Dyad, kept: float, broken: float) -> None:
    """Add evidence [pseudo-observations] to the belief of a dyad, keeping its weight below the bound."""
    if w.par.switches.trust == 0:
        return
    a = d.kept + kept
    b = d.broken + broken
    excess = (a + b) / w.par.trust.max_weight
    if excess > 1.0:
        a /= excess
        b /= excess
    d.kept = a
    d.broken = b
    d.trust = a / (a + b)
    d.record += kept - broken
    if d.hostile == 1 and kept + broken > 0.0:
        w.tally.news += 1.0


@rule
def spread_news(w: World, d: Dyad, kept: float, broken: float) -> None:
    """Third parties that know the judged party take over a share of the news, one hop (Bara & Clayton 2023)."""
    share = w.par.trust.spillover
    for i in range(d.first_witness, d.first_witness + d.n_witnesses):
        weigh_in(w, w.dyads[w.witnesses[i].heard_by], share * kept, share * broken)


@rule
def good_news(w: World, d: Dyad, amount: float) -> None:
    """The target kept its word towards the source: belief rises, with third parties a little."""
    weigh_in(w, d, amount, 0.0)
    spread_news(w, d, amount, 0.0)


@rule
def bad_news(w: World, d: Dyad, amount: float) -> None:
    """The target broke its word towards the source; ``amount`` is what keeping it would have weighed."""
    loss = w.par.trust.loss_aversion * amount
    weigh_in(w, d, 0.0, loss)
    spread_news(w, d, 0.0, loss)


@rule
def retract(w: World, d: Dyad, amount: float) -> None:
    """Evidence of a kept promise turns out to have been none: what is left of it above the prior is taken away."""
    if w.par.switches.trust == 1:
        d.kept -= clip(d.kept - d.prior_kept, 0.0, amount)
        d.trust = d.kept / (d.kept + d.broken)


@rule
def measure_weight(w: World, cost: float) -> float:
    """Evidence in a measure of this cost: nothing at zero cost, saturating (costly signals: Kydd 2000)."""
    p = w.par.trust
    return p.measure_weight * -math.expm1(-cost / p.measure_scale)


@rule
def trust(w: World) -> None:
    """Belief without news fades to its prior; so does the record of promises."""
    if w.par.switches.trust == 0:
        return
    for d in w.dyads:
        keep = w.rates.keep_trust
        d.kept = d.prior_kept + (d.kept - d.prior_kept) * keep
        d.broken = d.prior_broken + (d.broken - d.prior_broken) * keep
        d.trust = d.kept / (d.kept + d.broken)
        d.record *= w.rates.keep_record
