"""SETTLEMENT (E13): packages, veto players, signature, implementation, relapse, and how a run ends.

A side accepts when the package, discounted by what would be lost if it does not bind (Fearon 1995; Walter 1997), is
worth at least what it expects from fighting on.  Agreements relapse less as they age, as they are carried out and as
they are guaranteed (Joshi & Quinn 2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    AFTER_SETTLEMENT,
    AGREEMENT,
    AGREEMENT_FAILED,
    BETTER_TO_FIGHT,
    BY_CHOICE,
    BY_VETO,
    COMMITMENT,
    DEFINITIVE,
    END_COLLAPSE,
    END_FIGHTING,
    END_PARTIAL,
    END_SETTLED,
    IN_FORCE,
    NOBODY,
    PACKAGE_REFUSED,
    PARTY,
    RELAPSE,
    RUNNING,
    TRUCE_COLLAPSED,
)
from detente.agents.rules.ceasefires import begin, class_restraint, declare, end_truce
from detente.agents.rules.chance import chance, happens
from detente.agents.rules.chronicle import log
from detente.agents.rules.endurance import win_capital
from detente.agents.rules.mediation import stake_credit
from detente.agents.rules.registry import rule
from detente.agents.rules.talks import forget_part
from detente.agents.state import U_RELAPSE, U_VIEW_A, U_VIEW_B

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Pair, PartyState, World

FOREVER = 1e6


@rule
def value_package(w: World, i: PartyState, d: Dyad) -> float:
    """What a package is worth to one side, less what it expects from fighting on; accepted at 0 or more.

    The package splits the stake evenly; with probability 1 - commitment it does not bind and shifts against the side.
    Each side sees it in its own light, drawn once per offer.
    """
    p = w.par.settlement
    pair = w.pairs[d.pair]
    u = pair.luck[U_VIEW_A] if i.index == pair.a else pair.luck[U_VIEW_B]
    shift = p.shift if w.clock.theory != COMMITMENT else 2.0 * p.shift
    share = 0.5 - (1.0 - d.commitment) * shift
    return share + p.noise * (2.0 * u - 1.0) - d.war_value


@rule
def package_due(w: World, pair: Pair) -> bool:
    """Whether a finished agenda is put forward as a package in this step."""
    if w.par.switches.settlement == 0 or pair.hostile == 0 or pair.agreed == 1 or pair.complete == 0:
        return False
    return pair.offer_day < 0.0 or w.clock.day - pair.offer_day >= w.par.settlement.retry_days


@rule
def refusing_third(w: World, pair: Pair) -> int:
    """The dyad by which a third party with a veto finds the package worse than fighting on (-1: none does)."""
    for v in w.vetoes:
        if v.pair == pair.index and w.dyads[v.dyad].package_value < 0.0:
            return v.dyad
    return NOBODY


@rule
def refuse(w: World, pair: Pair, d: Dyad, why: int) -> None:
    """A package fails on the side that sees less in it than in fighting on."""
    log(w, w.clock.day, PACKAGE_REFUSED, PARTY, d.source, PARTY, d.target, pair.index, why, d.package_value)


@rule
def put_forward(w: World, pair: Pair) -> None:
    """A finished agenda becomes a package: signed if all accept it, else refused by the one who likes it less."""
    pair.offer_day = w.clock.day
    w.tally.packages += 1.0
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    vetoed_by = refusing_third(w, pair)
    if vetoed_by != NOBODY:
        refuse(w, pair, w.dyads[vetoed_by], BY_VETO)
    elif ab.package_value >= 0.0 and ba.package_value >= 0.0:
        sign_agreement(w, pair)
    elif ab.package_value < ba.package_value:
        refuse(w, pair, ab, BETTER_TO_FIGHT)
    else:
        refuse(w, pair, ba, BETTER_TO_FIGHT)


@rule
def sign_agreement(w: World, pair: Pair) -> None:
    """An agreement is signed, and with it a definitive ceasefire; the talks that led to it are over."""
    pair.agreed = 1
    pair.agreed_day = w.clock.day
    pair.implementation = 0.0
    w.tally.agreements += 1.0
    win_capital(w, w.parties[pair.a])
    win_capital(w, w.parties[pair.b])
    log(w, w.clock.day, AGREEMENT, PARTY, pair.a, PARTY, pair.b, pair.index, BY_CHOICE, 1.0)
    for track in w.tracks:
        if track.pair == pair.index:
            track.is_open = 0
    if w.par.switches.ceasefires == 1:
        cease_for_good(w, pair)


@rule
def cease_for_good(w: World, pair: Pair) -> None:
    """The definitive ceasefire of an agreement, for as long as it stands."""
    pair.truce_class = DEFINITIVE
    restraint = class_restraint(w, DEFINITIVE)
    start = w.clock.day + w.clock.tick_days
    declare(w, w.dyads[pair.ab], start, FOREVER, restraint)
    declare(w, w.dyads[pair.ba], start, FOREVER, restraint)
    begin(w, pair, AFTER_SETTLEMENT)
    pair.hostile_purpose = 0


@rule
def relapse_hazard(w: World, pair: Pair) -> float:
    """Hazard [1/day] that an agreement fails, by its age, and less as it is carried out and guaranteed.

    The measured rates hold for agreements kept as well as agreements are, so misconduct acts through implementation.
    """
    p = w.par.settlement
    age = w.clock.day - pair.agreed_day
    base = p.relapse_later
    if age < 90.0:
        base = p.relapse_quarter
    elif age < 365.0:
        base = p.relapse_year
    elif age < 730.0:
        base = p.relapse_two
    cover = 1.0 - (1.0 - pair.guarantee) * (1.0 - pair.implementation)
    return base * (1.0 - p.protected * cover)


@rule
def carry_on(w: World, pair: Pair) -> None:
    """A standing agreement is carried out while neither side breaks its truce, or fails.

    If it fails it takes its ceasefire and part of what was settled with it.
    """
    step = w.clock.step_days
    if w.dyads[pair.ab].breaching == 0 and w.dyads[pair.ba].breaching == 0:
        carried_out = chance(1.0 / w.par.settlement.implementation_days, step)
        pair.implementation += (1.0 - pair.implementation) * carried_out
    if not happens(pair.luck[U_RELAPSE], relapse_hazard(w, pair), step):
        stake_credit(w, pair, w.par.mediation.credit * step, 0.0)
        return
    stake_credit(w, pair, 0.0, w.par.mediation.discredit)
    pair.agreed = 0
    pair.offer_day = w.clock.day
    pair.failure += 1.0
    for track in w.tracks:
        if track.pair == pair.index:
            forget_part(w, track)
    w.tally.relapses += 1.0
    age = w.clock.day - pair.agreed_day
    log(w, w.clock.day, RELAPSE, PARTY, pair.a, PARTY, pair.b, pair.index, AGREEMENT_FAILED, age)
    if pair.truce_state == IN_FORCE:
        end_truce(w, pair, TRUCE_COLLAPSED, AGREEMENT_FAILED)


@rule
def settlement(w: World) -> None:
    """Packages are put forward, agreements carried on, and the run is closed when its time is up."""
    for pair in w.pairs:
        if pair.agreed == 1:
            carry_on(w, pair)
        elif package_due(w, pair):
            put_forward(w, pair)
    close(w)


@rule
def close(w: World) -> None:
    """Name the end of the run: a collapse at once, anything else at the horizon."""
    c = w.clock
    for p in w.parties:
        if p.collapsed == 1:
            c.end_reason = END_COLLAPSE
    if c.end_reason == RUNNING and c.step + 1 >= c.horizon:
        n_hostile = 0
        n_agreed = 0
        for pair in w.pairs:
            n_hostile += pair.hostile
            n_agreed += pair.agreed
        c.end_reason = END_FIGHTING
        if n_agreed > 0:
            c.end_reason = END_SETTLED if n_agreed == n_hostile else END_PARTIAL
    if c.end_reason != RUNNING:
        c.end_step = c.step
