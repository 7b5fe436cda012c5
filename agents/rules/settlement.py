"""SETTLEMENT (E13): packages, veto players, signature, implementation and relapse.

A side accepts when the package, discounted by what would be lost if it does not bind (Fearon 1995; Walter 1997), is
worth at least what it expects from fighting on.  What peace saves both is shared evenly, so that terms follow the
balance and unequal sides can settle too; what stands in the way is fear, hawks and mistakes.  Agreements relapse less
as they age, as they are carried out and as they are guaranteed (Joshi & Quinn 2015).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    AFRAID,
    AFTER_SETTLEMENT,
    AGAINST_MODEL,
    AGREEMENT,
    AGREEMENT_FAILED,
    BETTER_TO_FIGHT,
    BY_CHOICE,
    BY_POLICY,
    BY_VETO,
    BY_VOTE,
    COMMITMENT,
    COMPLIANCE,
    DEFINITIVE,
    DOES_CEASE,
    DYAD_SCOPE,
    IN_FORCE,
    MISJUDGED,
    NOBODY,
    PACKAGE_REFUSED,
    PARTY,
    PRE_EMPTED,
    RELAPSE,
    TRUCE_COLLAPSED,
    VOTED,
    WANTS_MORE,
)
from detente.agents.rules.agenda import mark, reopen_issue
from detente.agents.rules.ceasefires import begin, class_restraint, declare, end_truce
from detente.agents.rules.chance import YEAR, chance, drift, event_uniform, happens
from detente.agents.rules.chronicle import log
from detente.agents.rules.course import resume
from detente.agents.rules.ends import close
from detente.agents.rules.endurance import resumed_cost, win_capital
from detente.agents.rules.mediation import stake_credit
from detente.agents.rules.registry import rule
from detente.agents.rules.talks import forget_part, is_settled, is_side_track
from detente.agents.rules.terms import (
    bound,
    carry_out_terms,
    leading_track,
    most_settled,
    odds_lost,
    sign_terms,
    void_terms,
)
from detente.agents.state import U_RELAPSE, U_VIEW_A, U_VIEW_B

if TYPE_CHECKING:
    from detente.agents.state import Dyad, Pair, PartyState, World

FOREVER = 1e6

MAJORITY = 0.5

STUCK_DAYS = 180.0
"""Time without a settled issue after which sides that still talk think of signing what they have [days]."""

PART = 0.5
"""Share of an agenda from which what is settled is worth signing by itself."""

U_INTERIM = 4
"""Draw of a pair that tells whether it is signed today; 1 to 3 are those of its ceasefires."""

LEARNT = 0.3
"""Share of a mistaken view that a refusal corrects."""


@rule
def expected_shift(w: World) -> float:
    """Loss that a side expects from an agreement that does not bind; twice as much where commitment is the theory."""
    shift = w.par.settlement.shift
    return 2.0 * shift if w.clock.theory == COMMITMENT else shift


@rule
def fear(w: World, i: PartyState, d: Dyad) -> float:
    """What a side expects to lose by a bargain that does not bind: more where peace itself weakens it."""
    shift = expected_shift(w) * (1.0 - bound(w, w.pairs[d.pair]))
    return (1.0 - d.commitment) * (shift + odds_lost(w, i, d))


@rule
def wanted(w: World, i: PartyState) -> float:
    """Share of the stake that a side's hawks want beyond what an even-minded side does."""
    return w.par.endurance.hawk_stake * (i.hawkishness - 0.5)


@rule
def own_view(pair: Pair, i: PartyState) -> float:
    """One side's mistake about what a package is worth."""
    return pair.view_a if i.index == pair.a else pair.view_b


@rule
def value_terms(w: World, i: PartyState, d: Dyad) -> float:
    """What terms that follow the balance are worth to one side above fighting on.

    Each side gets what war would give it and half of what peace saves both: the value of war cancels, and half of both
    costs of the war resumed is what can be won.  Counter-offers move it from one side to the other; against it stand
    the fear that the agreement does not bind, what hawks want beyond their share, and a mistaken view.
    """
    pair = w.pairs[d.pair]
    saved = 0.5 * (resumed_cost(w, d) + resumed_cost(w, w.dyads[d.reverse]))
    moved = pair.terms if i.index == pair.a else -pair.terms
    return saved + moved - fear(w, i, d) - wanted(w, i) + own_view(pair, i)


@rule
def value_package(w: World, i: PartyState, d: Dyad) -> float:
    """What a package is worth to one side, less what it expects from fighting on; accepted at 0 or more.

    With probability 1 - commitment it does not bind and shifts against the side.  Each side sees it in its own light.
    """
    if w.par.switches.bargaining == 1:
        return value_terms(w, i, d)
    p = w.par.settlement
    pair = w.pairs[d.pair]
    u = pair.luck[U_VIEW_A] if i.index == pair.a else pair.luck[U_VIEW_B]
    share = 0.5 - (1.0 - d.commitment) * expected_shift(w)
    return share + p.noise * (2.0 * u - 1.0) - d.war_value


@rule
def can_sign(w: World, pair: Pair) -> bool:
    """Whether two sides may sign anything of their own accord in this step: not in that in which an agreement fails."""
    if (
        w.par.switches.settlement == 0
        or pair.hostile == 0
        or is_settled(pair)
        or pair.offer_day == w.clock.day
    ):
        return False
    return w.clock.day >= pair.by_policy_until


@rule
def part_due(w: World, pair: Pair) -> bool:
    """Whether two sides at the table think of signing the part that they have settled, and talking on about the rest.

    Most agreements of UCDP's list are partial: 174 of 302, against 58 full ones.
    """
    s = w.par.settlement
    if w.par.switches.terms == 0 or s.interim == 0.0 or pair.talking == 0 or pair.complete == 1:
        return False
    if not can_sign(w, pair):
        return False
    leading = leading_track(w, pair)
    if leading == NOBODY or w.clock.day - w.tracks[leading].moved_day < STUCK_DAYS:
        return False
    settled = w.tracks[leading].n_settled / w.tracks[leading].n_issues
    if settled < PART or settled >= 1.0 or (pair.agreed == 1 and settled <= pair.coverage):
        return False
    c = w.clock
    u = event_uniform(c.seed_lo, c.seed_hi, c.step, pair.key_lo, pair.key_hi, U_INTERIM)
    return happens(u, s.interim / YEAR, c.step_days)


@rule
def package_due(w: World, pair: Pair) -> bool:
    """Whether a finished agenda is put forward as a package in this step."""
    if pair.complete == 0 or not can_sign(w, pair):
        return False
    wait = w.par.settlement.counter_days if w.par.switches.bargaining == 1 else w.par.settlement.retry_days
    return pair.offer_day < 0.0 or w.clock.day - pair.offer_day >= wait


@rule
def is_offered(w: World, pair: Pair) -> bool:
    """Whether something is to be signed in this step, so that the sides are asked what it is worth to them."""
    return package_due(w, pair) or part_due(w, pair)


@rule
def refusing_third(w: World, pair: Pair) -> int:
    """The dyad by which a third party with a veto finds the package worse than fighting on (-1: none does)."""
    for v in w.vetoes:
        if v.pair == pair.index and w.dyads[v.dyad].package_value < 0.0:
            return v.dyad
    return NOBODY


@rule
def is_proposed(w: World, pair: Pair) -> bool:
    """Whether the package that is due is put forward: a side gains by it, and it is not known to be hopeless.

    A first offer is made in hope.  A refusal tells what the other will not take, so that a counter-offer is made only
    where some terms leave neither side worse off than fighting on (Fearon 1995), and nobody has a veto against all.
    """
    if w.par.switches.bargaining == 0:
        return True
    first, second = w.dyads[pair.ab].package_value, w.dyads[pair.ba].package_value
    if max(first, second) < 0.0:
        return False
    return pair.offer_day < 0.0 or (first + second >= 0.0 and refusing_third(w, pair) == NOBODY)


@rule
def refuse(w: World, pair: Pair, d: Dyad, why: int) -> None:
    """A package fails on the side that sees less in it than in fighting on."""
    log(w, w.clock.day, PACKAGE_REFUSED, PARTY, d.source, PARTY, d.target, pair.index, why, d.package_value)


@rule
def concede(w: World, pair: Pair, ab: Dyad, ba: Dyad) -> None:
    """After a refusal the side that gains by the package offers the other part of what it can spare, and both learn.

    An offer that is refused tells what the other will not take (Fearon 1995).
    """
    if w.par.switches.bargaining == 0:
        return
    p = w.par.settlement
    if ab.package_value > 0.0 and ba.package_value < 0.0:
        pair.terms -= p.concede * min(ab.package_value, -ba.package_value)
    elif ba.package_value > 0.0 and ab.package_value < 0.0:
        pair.terms += p.concede * min(ba.package_value, -ab.package_value)
    pair.view_a *= 1.0 - LEARNT
    pair.view_b *= 1.0 - LEARNT


@rule
def pre_empt(w: World, pair: Pair, d: Dyad) -> None:
    """A side that refuses since peace would weaken it by more than war costs both may strike first, while it can.

    Where the shift exceeds the surplus no bargain holds (Fearon 1995; Powell 2006).
    """
    if w.par.switches.bargaining == 0 or d.lethal == 0:
        return
    saved = resumed_cost(w, d) + resumed_cost(w, w.dyads[d.reverse])
    lost = (1.0 - d.commitment) * odds_lost(w, w.parties[d.source], d)
    if lost > saved:
        d.alarmed_until = w.clock.day + w.par.violence.preempt_days
        w.tally.pre_emptions += 1.0
        log(w, w.clock.day, PRE_EMPTED, PARTY, d.source, PARTY, d.target, pair.index, AFRAID, lost)


@rule
def mistake(w: World, pair: Pair) -> None:
    """Both sides' mistakes about what a package is worth persist, are corrected with time and arise anew."""
    p = w.par.settlement
    pair.view_a = drift(pair.view_a, w.rates.keep_view, p.view_spread, pair.luck[U_VIEW_A])
    pair.view_b = drift(pair.view_b, w.rates.keep_view, p.view_spread, pair.luck[U_VIEW_B])


@rule
def why_refused(w: World, pair: Pair, d: Dyad) -> int:
    """What speaks most against a package: fear of a bargain that does not bind, hawks, or a mistaken view."""
    if w.par.switches.bargaining == 0:
        return BETTER_TO_FIGHT
    i = w.parties[d.source]
    more, mistaken = wanted(w, i), -own_view(pair, i)
    if fear(w, i, d) >= max(more, mistaken):
        return AFRAID
    return WANTS_MORE if more >= mistaken else MISJUDGED


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
        sign_agreement(w, pair, BY_CHOICE)
    else:
        unwilling = ab if ab.package_value < ba.package_value else ba
        refuse(w, pair, unwilling, why_refused(w, pair, unwilling))
        concede(w, pair, ab, ba)
        pre_empt(w, pair, unwilling)


@rule
def sign_part(w: World, pair: Pair) -> None:
    """A partial agreement, where each side gains by what is settled so far and none has a veto against it.

    It has a ceasefire where that is among what is settled.
    """
    if min(w.dyads[pair.ab].package_value, w.dyads[pair.ba].package_value) < 0.0:
        return
    if refusing_third(w, pair) == NOBODY:
        w.tally.packages += 1.0
        pair.signing_truce = 1 if most_settled(w, pair, DOES_CEASE, NOBODY) > 0.0 else 0
        sign_agreement(w, pair, BY_CHOICE)


@rule
def sign_agreement(w: World, pair: Pair, why: int) -> None:
    """An agreement is signed, and with it a ceasefire unless it has none; talks are over where nothing is left open.

    Of 64 partial agreements in UCDP's list for ten conflicts 13 have a ceasefire, of 17 full ones 14.
    """
    already = pair.agreed == 1
    carried_out = pair.implementation * pair.coverage if already else 0.0
    if w.par.switches.terms == 1:
        sign_terms(w, pair)
    pair.agreed = 1
    pair.agreed_day = w.clock.day
    pair.implementation = carried_out
    w.tally.agreements += 1.0
    win_capital(w, w.parties[pair.a])
    win_capital(w, w.parties[pair.b])
    log(w, w.clock.day, AGREEMENT, PARTY, pair.a, PARTY, pair.b, pair.index, why, pair.coverage)
    for track in w.tracks:
        if track.pair == pair.index and pair.coverage >= 1.0:
            track.is_open = 0
    pair.fights_on = 1 - pair.signing_truce
    pair.signing_truce = 1
    holds = already and pair.truce_state == IN_FORCE
    if w.par.switches.ceasefires == 1 and pair.fights_on == 0 and not holds:
        cease_for_good(w, pair)


@rule
def sign_by_policy(w: World, pair: Pair) -> None:
    """Both sides accept the package that the policy has them sign; where one would rather fight, against the model."""
    for issue in w.issues:
        if issue.pair == pair.index and (pair.signing >> issue.topic) & 1 == 1:
            mark(w, pair.index, issue.topic, 1)
    pair.signing = 0
    w.tally.packages += 1.0
    ab = w.dyads[pair.ab]
    ba = w.dyads[pair.ba]
    worst = min(value_package(w, w.parties[pair.a], ab), value_package(w, w.parties[pair.b], ba))
    if worst < 0.0:
        w.tally.against_model += 1.0
    sign_agreement(w, pair, AGAINST_MODEL if worst < 0.0 else BY_POLICY)


@rule
def hold_vote(w: World, pair: Pair) -> None:
    """A plebiscite on a standing agreement: a majority backs the leader who signed, a defeat reopens the talks.

    The ceasefire stands, the hardest issue is open again, and what is offered next is better for the side that voted.
    """
    share = pair.vote
    pair.vote = -1.0
    if pair.agreed == 0:
        return
    voter = w.parties[pair.voter]
    other = pair.b if voter.index == pair.a else pair.a
    log(w, w.clock.day, VOTED, PARTY, voter.index, PARTY, other, pair.index, BY_VOTE, share)
    if share >= MAJORITY:
        win_capital(w, voter)
    else:
        lose_vote(w, pair, voter)


@rule
def lose_vote(w: World, pair: Pair, voter: PartyState) -> None:
    """The agreement is void, its leader pays at home, and talks begin again where they were hardest."""
    pair.agreed = 0
    pair.offer_day = w.clock.day
    void_terms(pair)
    if w.par.switches.endurance == 1:
        voter.capital *= 1.0 - w.par.talks.summit_cost * (1.0 - voter.risk_tolerance)
    better = w.par.settlement.vote_terms
    pair.terms += better if voter.index == pair.a else -better
    for track in w.tracks:
        last = track.n_issues - 1
        if track.pair == pair.index and not is_side_track(w, track) and track.agenda[last] == 1:
            reopen_issue(w, track, last)


@rule
def cease_for_good(w: World, pair: Pair) -> None:
    """The ceasefire of an agreement, for as long as it stands: definitive where nothing is left open."""
    pair.truce_class = DEFINITIVE
    if w.par.switches.terms == 1:
        pair.truce_scope = DYAD_SCOPE
        if pair.coverage < 1.0:
            pair.truce_class = COMPLIANCE
    restraint = class_restraint(w, pair.truce_class)
    start = w.clock.day + w.clock.tick_days
    declare(w, w.dyads[pair.ab], start, FOREVER, restraint)
    declare(w, w.dyads[pair.ba], start, FOREVER, restraint)
    begin(w, pair, AFTER_SETTLEMENT)
    pair.hostile_purpose = 0


@rule
def relapse_hazard(w: World, pair: Pair) -> float:
    """Hazard [1/day] that an agreement fails, by its age, and less as it is carried out and guaranteed.

    The measured rates hold for agreements kept as well as agreements are, so misconduct acts through implementation.
    Peacekeepers from outside make the return of a war less likely (Fortna 2008).
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
    partial = 1.0 + (p.partial_relapse - 1.0) * (1.0 - pair.coverage)
    kept = 1.0 - p.peacekept * pair.peacekeepers
    return base * partial * (1.0 - p.protected * cover) * (1.0 - p.power_binds * pair.shares_power) * kept


@rule
def carry_on(w: World, pair: Pair) -> None:
    """A standing agreement is carried out while neither side breaks its truce, or fails.

    If it fails it takes its ceasefire and part of what was settled with it.
    """
    step = w.clock.step_days
    if w.dyads[pair.ab].breaching == 0 and w.dyads[pair.ba].breaching == 0:
        carried_out = chance(1.0 / w.par.settlement.implementation_days, step)
        pair.implementation += (1.0 - pair.implementation) * carried_out
    carry_out_terms(w, pair)
    if not happens(pair.luck[U_RELAPSE], relapse_hazard(w, pair), step):
        stake_credit(w, pair, w.par.mediation.credit * step, 0.0)
        return
    stake_credit(w, pair, 0.0, w.par.mediation.discredit)
    pair.agreed = 0
    pair.offer_day = w.clock.day
    pair.terms = 0.0
    void_terms(pair)
    pair.failure += 1.0
    for track in w.tracks:
        if track.pair == pair.index:
            forget_part(w, track, 1)
    w.tally.relapses += 1.0
    if pair.is_quiet == 1:
        resume(w, pair)
    age = w.clock.day - pair.agreed_day
    log(w, w.clock.day, RELAPSE, PARTY, pair.a, PARTY, pair.b, pair.index, AGREEMENT_FAILED, age)
    if pair.truce_state == IN_FORCE:
        end_truce(w, pair, TRUCE_COLLAPSED, AGREEMENT_FAILED)


@rule
def settlement(w: World) -> None:
    """Packages are put forward, agreements carried on, and the run is closed when its time is up."""
    for p in w.parties:
        p.demobilised *= w.rates.keep_disarmed
    for pair in w.pairs:
        if w.par.switches.bargaining == 1 and pair.hostile == 1:
            mistake(w, pair)
        if pair.signing != 0:
            sign_by_policy(w, pair)
        elif pair.agreed == 1:
            carry_on(w, pair)
        if pair.vote >= 0.0:
            hold_vote(w, pair)
        if package_due(w, pair):
            if is_proposed(w, pair):
                put_forward(w, pair)
        elif part_due(w, pair):
            sign_part(w, pair)
    close(w)
