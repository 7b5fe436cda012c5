"""Settlement (E13): what a package is worth, who refuses it, how an agreement holds or fails, how a run ends."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    CHANNEL,
    DAY,
    FOE,
    FOE_PATRON,
    FRONT,
    PATRON,
    PATRON_FOE,
    hold_fire,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import settlement as rules
from detente.agents.rules.course import is_fought
from detente.agents.state import ALL_TOPICS, U_PURPOSE, U_RELAPSE, U_VIEW_A, U_VIEW_B, Issue, Track, Veto


@pytest.fixture
def w():
    w = world()
    vars(w.par.settlement).update(
        retry_days=90.0,
        noise=0.1,
        shift=0.3,
        relapse_quarter=0.08,
        relapse_year=0.04,
        relapse_two=0.02,
        relapse_later=0.01,
        protected=0.5,
        implementation_days=100.0,
    )
    w.par.endurance.success = 0.2
    return w


@pytest.fixture
def pair(w):
    """Patron and foe."""
    return w.pairs[1]


# -- packages


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.5),
        ({"commitment": 0.6}, 0.5 - 0.4 * 0.3),
        ({"commitment": 0.6, "theory": codes.COMMITMENT}, 0.5 - 0.4 * 0.6),
        ({"war": 0.4}, 0.1),
        ({"u": 1.0}, 0.6),
        ({"u": 0.25}, 0.45),
        ({"commitment": 0.6, "war": 0.4, "u": 0.75}, 0.5 - 0.12 + 0.05 - 0.4),
    ],
)
@pytest.mark.parametrize("side", [PATRON, FOE])
def test_what_a_package_is_worth(w, pair, side, change, expected):
    d = w.dyads[PATRON_FOE if side == PATRON else FOE_PATRON]
    w.clock.theory = change.get("theory", codes.READINESS)
    d.commitment, d.war_value = change.get("commitment", 1.0), change.get("war", 0.0)
    pair.luck[U_VIEW_A] = pair.luck[U_VIEW_B] = 9.0
    pair.luck[U_VIEW_A if side == PATRON else U_VIEW_B] = change.get("u", 0.5)
    assert rules.value_package(w, w.parties[side], d) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, True),
        ({"hostile": 0}, False),
        ({"agreed": 1}, False),
        ({"complete": 0}, False),
        ({"offer_day": 0.0}, False),
        ({"offer_day": -80.0}, True),
        ({"offer_day": 5.0, "day": 95.0}, True),
        ({"offer_day": 5.0, "day": 94.9}, False),
    ],
)
def test_when_a_package_is_due(w, pair, change, due):
    w.clock.day = change.pop("day", DAY)
    pair.complete = 1
    vars(pair).update(change)
    assert rules.package_due(w, pair) is due
    w.par.switches.settlement = 0
    assert rules.package_due(w, pair) is False


def test_the_first_third_party_that_sees_less_in_it_vetoes(w, pair):
    w.vetoes.extend([Veto(0, 5), Veto(1, ALLY_FOE), Veto(1, 4)])
    w.dyads[5].package_value = -1.0
    assert rules.refusing_third(w, pair) == codes.NOBODY
    w.dyads[4].package_value = -0.1
    assert rules.refusing_third(w, pair) == 4
    w.dyads[ALLY_FOE].package_value = -0.1
    assert rules.refusing_third(w, pair) == ALLY_FOE


def offered(w, patron, foe):
    w.dyads[PATRON_FOE].package_value, w.dyads[FOE_PATRON].package_value = patron, foe
    rules.put_forward(w, w.pairs[1])
    return logged(w)


@pytest.mark.parametrize(
    ("patron", "foe", "by"),
    [(-0.1, 0.5, PATRON), (0.5, -0.1, FOE), (-0.2, -0.1, PATRON), (-0.1, -0.2, FOE), (-0.1, -0.1, FOE)],
)
def test_a_package_is_refused_by_who_likes_it_less(w, pair, patron, foe, by):
    events = offered(w, patron, foe)
    value = patron if by == PATRON else foe
    other = FOE if by == PATRON else PATRON
    assert events == [("package_refused", party(by), party(other), 1, "expects more from fighting on", value)]
    assert (pair.offer_day, pair.agreed, w.tally.packages) == (DAY, 0, 1.0)
    offered(w, patron, foe)
    assert w.tally.packages == 2.0


def test_a_package_worth_nothing_more_than_war_is_signed(w, pair):
    assert [e[0] for e in offered(w, 0.0, 0.0)] == ["agreement", "truce_began"]
    assert pair.agreed == 1


def test_a_veto_comes_before_both_sides(w, pair):
    w.vetoes.append(Veto(1, ALLY_FOE))
    w.dyads[ALLY_FOE].package_value = -0.3
    events = offered(w, 0.5, 0.5)
    assert events == [("package_refused", party(ALLY), party(FOE), 1, "vetoed by a third party", -0.3)]
    assert pair.agreed == 0


# -- agreements


def test_an_agreement_is_signed(w, pair):
    pair.implementation = 0.7
    w.tracks.append(Track(index=3, pair=1))
    for t in w.tracks:
        t.is_open = 1
    pair.tick_luck[U_PURPOSE] = 0.0
    rules.sign_agreement(w, pair, codes.BY_CHOICE)
    assert (pair.agreed, pair.agreed_day, pair.implementation) == (1, DAY, 0.0)
    assert [p.capital for p in w.parties] == pytest.approx([1.0, 1.1, 1.1])
    assert [t.is_open for t in w.tracks] == [1, 0, 1, 0]
    assert logged(w)[0] == ("agreement", party(PATRON), party(FOE), 1, "own choice", 1.0)
    assert logged(w)[1][:2] == ("truce_began", party(PATRON))
    assert logged(w)[1][4] == "part of the agreement"
    assert w.tally.agreements == 1.0
    rules.sign_agreement(w, pair, codes.BY_CHOICE)
    assert w.tally.agreements == 2.0


def test_its_ceasefire_is_definitive_and_for_good(w, pair):
    w.par.ceasefires.restraint, w.par.ceasefires.restraint_step = 0.3, 0.8
    pair.tick_luck[U_PURPOSE] = 0.0  # would mean hostile purpose
    rules.cease_for_good(w, pair)
    for k in (PATRON_FOE, FOE_PATRON):
        d = w.dyads[k]
        assert (d.truce_from, d.truce_until, d.truce_restraint) == pytest.approx((10.5, 1e6, 0.3 * 0.64))
    assert (pair.truce_class, pair.truce_state) == (codes.DEFINITIVE, codes.IN_FORCE)
    assert (pair.hostile_purpose, w.tally.truces) == (0, 1.0)


def test_without_the_mechanism_an_agreement_brings_no_ceasefire(w, pair):
    w.par.switches.ceasefires = 0
    rules.sign_agreement(w, pair, codes.BY_CHOICE)
    assert pair.truce_state == codes.NO_TRUCE


@pytest.mark.parametrize(
    ("age", "base"),
    [(0.0, 0.08), (89.9, 0.08), (90.0, 0.04), (364.9, 0.04), (365.0, 0.02), (729.9, 0.02), (730.0, 0.01)],
)
def test_relapse_falls_with_age(w, pair, age, base):
    pair.agreed_day, w.clock.day = 100.0, 100.0 + age
    assert rules.relapse_hazard(w, pair) == pytest.approx(base)


@pytest.mark.parametrize(
    ("guarantee", "implementation", "cover"),
    [(0.4, 0.0, 0.4), (0.0, 0.4, 0.4), (0.4, 0.5, 0.7), (1.0, 0.0, 1.0)],
)
def test_relapse_falls_with_guarantees_and_implementation(w, pair, guarantee, implementation, cover):
    pair.agreed_day, pair.guarantee, pair.implementation = DAY, guarantee, implementation
    assert rules.relapse_hazard(w, pair) == pytest.approx(0.08 * (1.0 - 0.5 * cover))


@pytest.mark.parametrize(("strength", "factor"), [(0.0, 1.0), (0.4, 0.8), (1.0, 0.5)])
def test_relapse_falls_with_peacekeepers(w, pair, strength, factor):
    pair.agreed_day, pair.peacekeepers = DAY, strength
    assert rules.relapse_hazard(w, pair) == pytest.approx(0.08 * factor)


@pytest.fixture
def agreed(w, pair):
    """An agreement of the day before, with a guarantor at work, that holds by its luck."""
    pair.agreed, pair.agreed_day, pair.luck[U_RELAPSE] = 1, DAY - 1.0, 0.9
    w.par.mediation.credit, w.par.mediation.discredit = 0.01, 1.5
    w.mediators[0].style = codes.GUARANTOR
    w.mediations[0].pair, w.mediations[0].engaged = 1, 1
    return w


@pytest.mark.parametrize(
    ("breaching", "carried_out"), [((), True), ((PATRON_FOE,), False), ((FOE_PATRON,), False)]
)
def test_an_agreement_is_carried_out_while_nobody_breaks_its_truce(agreed, pair, breaching, carried_out):
    pair.implementation = 0.2
    for k in breaching:
        agreed.dyads[k].breaching = 1
    rules.carry_on(agreed, pair)
    done = 1.0 - math.exp(-2.0 / 100.0)
    assert pair.implementation == pytest.approx(0.2 + 0.8 * done * carried_out)
    assert (pair.agreed, agreed.mediators[0].kept, agreed.mediators[0].broken) == (1, 3.02, 1.0)
    assert logged(agreed) == []


def fails_at(w, pair):
    """The luck at which the agreement fails, after this step's implementation."""
    implemented = 1.0 - math.exp(-2.0 / 100.0)
    return 1.0 - math.exp(-2.0 * 0.08 * (1.0 - 0.5 * implemented))


def test_an_agreement_fails_by_its_hazard(agreed, pair):
    pair.luck[U_RELAPSE] = fails_at(agreed, pair) + 1e-9
    rules.carry_on(agreed, pair)
    assert pair.agreed == 1
    pair.implementation, pair.luck[U_RELAPSE] = 0.0, fails_at(agreed, pair) - 1e-9
    rules.carry_on(agreed, pair)
    assert pair.agreed == 0


def test_an_agreement_that_fails_takes_its_truce_and_part_of_the_talks_with_it(agreed, pair):
    w = agreed
    pair.luck[U_RELAPSE], pair.failure, pair.truce_state = 0.0, 0.5, codes.IN_FORCE
    w.tracks.append(Track(index=3, pair=1))
    for t in w.tracks:
        t.n_settled, t.agenda = 4, [1, 1, 1, 1, 0, 0, 0, 0]
    w.par.talks.keeps = 0.25
    hold_fire(w, PATRON_FOE, FOE_PATRON)
    rules.carry_on(w, pair)
    assert (pair.agreed, pair.offer_day, pair.failure, w.tally.relapses) == (0, DAY, 1.5, 1.0)
    assert (w.mediators[0].kept, w.mediators[0].broken) == (3.0, 2.5)
    assert [t.n_settled for t in w.tracks] == [4, 1, 4, 1]
    assert [(e[0], e[4]) for e in logged(w)] == [
        ("relapse", "agreement did not hold"),
        ("truce_collapsed", "agreement did not hold"),
    ]
    assert logged(w)[0][1:4] == (party(PATRON), party(FOE), 1)
    assert logged(w)[0][5] == 1.0
    assert w.dyads[PATRON_FOE].truce_from == -1.0
    pair.agreed, pair.agreed_day = 1, DAY
    rules.carry_on(w, pair)
    assert (w.tally.relapses, pair.failure) == (2.0, 2.5)
    assert [e[0] for e in logged(w)][2:] == ["relapse"]


# -- terms that follow the balance


@pytest.fixture
def bargaining(w):
    """Costs of 0.2 and 0.4 of the war resumed; hawks want 0.2 of the stake beyond their share."""
    w.par.switches.bargaining = 1
    w.par.endurance.war_cost, w.par.endurance.toll_elasticity, w.par.endurance.hawk_stake = 0.2, 0.5, 0.2
    w.par.endurance.power_scale = 0.5
    w.dyads[FOE_PATRON].toll, w.dyads[PATRON_FOE].toll = 1.0, 4.0
    for p in w.parties:
        p.hawkishness = 0.5
    for k in (PATRON_FOE, FOE_PATRON):
        w.dyads[k].commitment = 1.0
    vars(w.par.settlement).update(counter_days=30.0, concede=0.5, view_spread=0.1, power_binds=0.4)
    return w


@pytest.mark.parametrize("side", [PATRON, FOE])
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.3),
        ({"commitment": 0.6}, 0.3 - 0.4 * 0.3),
        ({"commitment": 0.6, "theory": codes.COMMITMENT}, 0.3 - 0.4 * 0.6),
        ({"hawkishness": 0.9}, 0.3 - 0.2 * 0.4),
        ({"hawkishness": 0.1}, 0.3 + 0.2 * 0.4),
        ({"view": 0.07}, 0.37),
        ({"terms": 0.05}, 0.35),
        ({"commitment": 0.6, "hawkishness": 0.9, "view": -0.02, "terms": -0.05}, 0.3 - 0.12 - 0.08 - 0.07),
    ],
)
def test_what_terms_that_follow_the_balance_are_worth(bargaining, pair, side, change, expected):
    """Half of what peace saves both, less fear, hawks and mistakes; the odds of war cancel."""
    w = bargaining
    d = w.dyads[PATRON_FOE if side == PATRON else FOE_PATRON]
    w.clock.theory = change.get("theory", codes.READINESS)
    d.commitment, w.parties[side].hawkishness = change.get("commitment", 1.0), change.get("hawkishness", 0.5)
    pair.view_a, pair.view_b = (change.get("view", 0.0), 9.0)[:: 1 if side == PATRON else -1]
    pair.terms = change.get("terms", 0.0) * (1.0 if side == PATRON else -1.0)
    for capability in (0.5, 1.0, 4.0):
        w.parties[PATRON].capability, d.war_value = capability, capability
        assert rules.value_package(w, w.parties[side], d) == pytest.approx(expected)


def settle_on_table(w, does, size, of=codes.NOBODY):
    """An issue that the direct channel has settled."""
    w.par.switches.terms = 1
    place = len(w.issues)
    w.issues.append(
        Issue(track=CHANNEL, place=place, pair=1, topic=place, first=1, does=does, size=size, party=of)
    )
    w.tracks[CHANNEL].agenda[place] = 1
    w.tracks[CHANNEL].n_settled += 1


def test_power_sharing_binds_and_disarming_is_feared(bargaining, pair):
    w, d, foe = bargaining, bargaining.dyads[FOE_PATRON], bargaining.parties[FOE]
    d.commitment = 0.6
    settle_on_table(w, codes.DOES_SHARE, 0.5)
    assert rules.fear(w, foe, d) == pytest.approx(0.4 * 0.3 * 0.8)
    settle_on_table(w, codes.DOES_DEMOBILISE, 0.5, FOE)
    odds_lost = 0.5 - 1.0 / (1.0 + math.exp(math.log(2.0) / 0.5))
    assert rules.fear(w, foe, d) == pytest.approx(0.4 * (0.3 * 0.8 + odds_lost))
    w.par.switches.terms = 0
    assert rules.fear(w, foe, d) == pytest.approx(0.4 * 0.3)


@pytest.mark.parametrize(
    ("on", "day", "due"), [(0, 60.0, False), (1, 60.0, True), (1, 39.9, False), (0, 100.0, True)]
)
def test_counter_offers_come_sooner_than_the_same_offer(bargaining, pair, on, day, due):
    w = bargaining
    w.par.switches.bargaining, w.clock.day = on, day
    pair.complete, pair.offer_day = 1, 10.0
    assert rules.package_due(w, pair) is due
    pair.by_policy_until = day + 0.5
    assert rules.package_due(w, pair) is False
    pair.by_policy_until = day
    assert rules.package_due(w, pair) is due


@pytest.mark.parametrize(
    ("patron", "foe", "first", "later"),
    [
        (0.2, 0.1, True, True),
        (0.2, -0.1, True, True),  # some terms leave neither worse off
        (-0.2, 0.2, True, True),
        (0.1, -0.2, True, False),  # and here none does, as a refusal has told
        (-0.1, -0.2, False, False),  # nobody puts forward what it would refuse
    ],
)
def test_a_package_is_put_forward_by_a_side_that_gains_while_there_is_room(
    bargaining, pair, patron, foe, first, later
):
    w = bargaining
    w.dyads[pair.ab].package_value, w.dyads[pair.ba].package_value = patron, foe
    assert rules.is_proposed(w, pair) is first
    pair.offer_day = 10.0
    assert rules.is_proposed(w, pair) is later
    w.par.switches.bargaining = 0
    assert rules.is_proposed(w, pair) is True


def test_a_veto_that_has_been_cast_stops_counter_offers(bargaining, pair):
    w = bargaining
    third = next(k for k, d in enumerate(w.dyads) if d.pair != pair.index)
    for k, value in ((pair.ab, 0.2), (pair.ba, 0.2), (third, -0.1)):
        w.dyads[k].package_value = value
    w = w._replace(vetoes=[Veto(pair=pair.index, dyad=third)])
    assert rules.is_proposed(w, pair) is True
    pair.offer_day = 10.0
    assert rules.is_proposed(w, pair) is False
    w.dyads[third].package_value = 0.0
    assert rules.is_proposed(w, pair) is True


@pytest.mark.parametrize(
    ("patron", "foe", "terms"),
    [
        (0.4, -0.1, -0.05),
        (0.1, -0.4, -0.05),
        (-0.1, 0.4, 0.05),
        (-0.4, 0.1, 0.05),
        (-0.1, -0.2, 0.0),
        (-0.1, 0.0, 0.0),
    ],
)
def test_after_a_refusal_the_side_that_gains_concedes_and_both_learn(
    bargaining, pair, patron, foe, terms, monkeypatch
):
    monkeypatch.setattr(rules, "LEARNT", 0.25)
    pair.view_a, pair.view_b = 0.08, -0.04
    offered(bargaining, patron, foe)
    assert pair.terms == pytest.approx(terms)
    assert (pair.view_a, pair.view_b) == pytest.approx((0.06, -0.03))
    bargaining.par.switches.bargaining, pair.terms = 0, 0.0
    offered(bargaining, patron, foe)
    assert (pair.terms, pair.view_a) == pytest.approx((0.0, 0.06))


def test_a_veto_of_a_third_party_moves_no_terms(bargaining, pair):
    bargaining.vetoes.append(Veto(1, ALLY_FOE))
    bargaining.dyads[ALLY_FOE].package_value, pair.view_a = -0.3, 0.08
    offered(bargaining, 0.5, -0.1)
    assert (pair.terms, pair.view_a) == (0.0, 0.08)


def test_mistakes_persist_and_arise_anew_for_each_side(bargaining, pair):
    w = bargaining
    w.rates.keep_view, pair.view_a, pair.view_b = 0.8, 0.1, -0.1
    pair.luck[U_VIEW_A], pair.luck[U_VIEW_B] = 0.75, 0.5
    rules.mistake(w, pair)
    shaken = 0.1 * 0.6 * math.sqrt(3.0) / math.pi * math.log(3.0)
    assert (pair.view_a, pair.view_b) == pytest.approx((0.08 + shaken, -0.08))


@pytest.mark.parametrize(("on", "hostile", "moved"), [(1, 1, True), (0, 1, False), (1, 0, False)])
def test_only_sides_that_fight_and_bargain_make_mistakes(bargaining, pair, on, hostile, moved):
    bargaining.par.switches.bargaining, pair.hostile, pair.luck[U_VIEW_A] = on, hostile, 0.9
    for other in bargaining.pairs:
        other.luck[U_VIEW_A] = other.luck[U_VIEW_B] = 0.9
    rules.settlement(bargaining)
    assert (pair.view_a > 0.0, pair.view_b > 0.0) == (moved, moved)


# -- striking first


@pytest.fixture
def alarmed(bargaining):
    """The foe would disarm by half: its odds fall from 0.5 to 0.2, half of which it fears; war costs both 0.6 less."""
    w = bargaining
    w.par.violence.preempt_days = 60.0
    settle_on_table(w, codes.DOES_DEMOBILISE, 0.5, FOE)
    w.dyads[FOE_PATRON].commitment = 0.5
    return w


LOST = 0.5 * (0.5 - 0.2)  # logistic(-2 log 2) = 1 / 5


@pytest.mark.parametrize(("saved", "strikes"), [(LOST - 1e-6, True), (LOST + 1e-6, False)])
def test_a_side_that_would_lose_more_than_peace_saves_strikes_first(alarmed, pair, saved, strikes):
    w, d = alarmed, alarmed.dyads[FOE_PATRON]
    w.par.endurance.war_cost, w.dyads[PATRON_FOE].toll = saved / 2.0, 1.0
    rules.pre_empt(w, pair, d)
    assert d.alarmed_until == (DAY + 60.0 if strikes else -1.0)
    assert w.tally.pre_emptions == float(strikes)
    told = ("pre_empted", party(FOE), party(PATRON), 1, "fears what peace would let the other do", LOST)
    assert logged(w) == ([(*told[:5], pytest.approx(LOST))] if strikes else [])


@pytest.mark.parametrize("case", ["bargaining off", "terms off", "nobody dies", "binds", "all is well"])
def test_nobody_strikes_first_without_cause(alarmed, pair, case):
    w, d = alarmed, alarmed.dyads[FOE_PATRON]
    w.par.endurance.war_cost = w.par.endurance.standoff_cost = 0.01
    if case == "bargaining off":
        w.par.switches.bargaining = 0
    elif case == "terms off":
        w.par.switches.terms = 0
    elif case == "nobody dies":
        d.lethal = 0
    elif case == "binds":
        d.commitment = 1.0
    rules.pre_empt(w, pair, d)
    assert w.tally.pre_emptions == (1.0 if case == "all is well" else 0.0)


def test_it_is_the_side_that_refuses_that_strikes(alarmed, pair):
    w = alarmed
    w.par.endurance.war_cost = 0.01
    events = offered(w, 0.5, -0.1)
    assert [(e[0], e[1]) for e in events] == [("package_refused", party(FOE)), ("pre_empted", party(FOE))]
    assert (w.dyads[FOE_PATRON].alarmed_until, w.dyads[PATRON_FOE].alarmed_until) == (DAY + 60.0, -1.0)
    offered(w, -0.5, 0.1)
    assert (w.tally.pre_emptions, w.dyads[PATRON_FOE].alarmed_until) == (1.0, -1.0)


# -- agreements in part


def test_a_partial_agreement_leaves_the_talks_open_and_is_carried_on_by_the_full_one(bargaining, pair):
    w = bargaining
    settle_on_table(w, codes.DOES_NOTHING, 0.0)
    w.tracks[CHANNEL].is_open = 1
    rules.sign_agreement(w, pair, codes.BY_CHOICE)
    assert (pair.coverage, w.tracks[CHANNEL].is_open, logged(w)[0][5]) == (0.25, 1, 0.25)
    pair.implementation, pair.truce_start, w.tracks[CHANNEL].n_settled = 0.8, 3.0, 4
    rules.sign_agreement(w, pair, codes.BY_CHOICE)
    assert (pair.coverage, w.tracks[CHANNEL].is_open, pair.implementation) == (1.0, 0, pytest.approx(0.2))
    assert (pair.truce_start, w.tally.truces) == (3.0, 1.0)  # the ceasefire stands


def test_a_full_agreement_after_a_partial_one_is_put_forward(bargaining, pair):
    pair.complete, pair.agreed, pair.coverage = 1, 1, 0.5
    assert rules.package_due(bargaining, pair) is True
    pair.coverage = 1.0
    assert rules.package_due(bargaining, pair) is False


@pytest.fixture
def talking(bargaining, pair):
    """Two sides that have settled half of their agenda, and nothing for half a year."""
    w = bargaining
    track = w.tracks[CHANNEL]
    track.is_open, track.n_issues, track.n_settled = 1, 4, 2
    w.clock.day = 400.0
    track.moved_day = 400.0 - rules.STUCK_DAYS
    pair.talking = 1
    w.par.settlement.interim, w.par.switches.terms = 1e6, 1  # at once
    return w


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, True),
        ({"talking": 0}, False),
        ({"complete": 1}, False),
        ({"hostile": 0}, False),
        ({"by_policy_until": 400.5}, False),
        ({"agreed": 1, "coverage": 0.5}, False),
        ({"agreed": 1, "coverage": 0.25}, True),
        ({"agreed": 1, "coverage": 1.0}, False),
        ({"offer_day": 399.0}, True),
        ({"offer_day": 400.0}, False),
    ],
)
def test_when_sides_think_of_signing_a_part(talking, pair, change, due):
    vars(pair).update(change)
    assert rules.part_due(talking, pair) is due
    assert rules.is_offered(talking, pair) is (due or bool(change.get("complete")))


@pytest.mark.parametrize(
    ("settled", "still", "due"),
    [(2, 0.0, True), (1, 0.0, False), (3, 0.0, True), (4, 0.0, False), (2, -0.5, False), (2, 0.5, True)],
)
def test_a_part_is_half_an_agenda_on_which_nothing_moves(talking, pair, settled, still, due):
    track = talking.tracks[CHANNEL]
    track.n_settled = settled
    track.moved_day -= still
    assert rules.part_due(talking, pair) is due


@pytest.mark.parametrize("off", ["terms", "settlement"])
def test_no_part_is_signed_with_the_mechanism_off(talking, pair, off):
    setattr(talking.par.switches, off, 0)
    assert rules.part_due(talking, pair) is False


def test_parts_are_signed_at_their_rate(talking, pair):
    w = talking
    w.par.settlement.interim = 2.0
    steps = 40_000
    signed = 0
    for step in range(steps):
        w.clock.step = step
        signed += rules.part_due(w, pair)
    expected = steps * w.clock.step_days * 2.0 / 365.25
    assert abs(signed - expected) < 4.0 * math.sqrt(expected)


def part_signed(w, pair):
    """Whether a part is signed now."""
    rules.sign_part(w, pair)
    return pair.agreed == 1


def test_a_part_is_signed_where_both_gain_and_nobody_has_a_veto(talking, pair):
    w, first, second = talking, talking.dyads[pair.ab], talking.dyads[pair.ba]
    first.package_value, second.package_value = 0.1, -0.01
    assert not part_signed(w, pair)
    second.package_value = 0.0
    w.vetoes.append(Veto(pair.index, ALLY_FOE))
    w.dyads[ALLY_FOE].package_value = -0.1
    assert not part_signed(w, pair)
    w.dyads[ALLY_FOE].package_value = 0.1
    assert part_signed(w, pair)
    assert (w.tally.packages, w.tally.agreements, pair.coverage) == (1.0, 1.0, 0.5)
    assert w.tracks[CHANNEL].is_open == 1


@pytest.mark.parametrize(("rate", "agreed"), [(1e6, 1), (0.0, 0)])
def test_the_stage_signs_a_part_that_is_due(talking, pair, rate, agreed):
    talking.par.settlement.interim = rate
    for p in talking.pairs:
        p.luck[U_RELAPSE] = p.luck[U_VIEW_A] = p.luck[U_VIEW_B] = 0.5
    rules.settlement(talking)
    assert pair.agreed == agreed


@pytest.mark.parametrize(("does", "ceasefires"), [(codes.DOES_CEASE, 1.0), (codes.DOES_SHARE, 0.0)])
def test_a_part_has_a_ceasefire_where_that_is_settled(talking, pair, does, ceasefires):
    settle_on_table(talking, does, 1.0)
    talking.tracks[CHANNEL].n_issues = 4
    assert part_signed(talking, pair)
    assert (talking.tally.truces, pair.fights_on) == (ceasefires, 1 - ceasefires)
    if ceasefires:
        assert pair.truce_class == codes.COMPLIANCE


def test_the_ceasefire_of_an_agreement_covers_the_whole_war(bargaining, pair):
    pair.truce_scope, bargaining.par.switches.terms = codes.LOCAL_SCOPE, 1
    rules.cease_for_good(bargaining, pair)
    assert (pair.truce_scope, pair.truce_class) == (codes.DYAD_SCOPE, codes.DEFINITIVE)


def test_a_second_agreement_without_a_ceasefire_brings_one(bargaining, pair):
    pair.agreed = 1
    rules.sign_agreement(bargaining, pair, codes.BY_CHOICE)
    assert (pair.truce_state, bargaining.tally.truces) == (codes.IN_FORCE, 1.0)


@pytest.mark.parametrize(
    ("coverage", "shares", "factor"),
    [(1.0, 0.0, 1.0), (0.25, 0.0, 1.0 + 0.6 * 0.75), (1.0, 0.5, 0.8), (0.25, 0.5, 1.45 * 0.8)],
)
def test_relapse_rises_with_what_is_left_open_and_falls_with_shared_power(
    bargaining, pair, coverage, shares, factor
):
    bargaining.par.settlement.partial_relapse = 1.6
    pair.agreed_day, pair.coverage, pair.shares_power = DAY, coverage, shares
    assert rules.relapse_hazard(bargaining, pair) == pytest.approx(0.08 * factor)


def test_a_failed_agreement_is_void_and_its_terms_start_afresh(agreed, pair):
    pair.luck[U_RELAPSE], pair.terms, pair.withdraws, pair.coverage = 0.0, 0.2, [0.5, 0.0], 0.5
    rules.carry_on(agreed, pair)
    assert (pair.terms, pair.withdraws, pair.coverage) == (0.0, [0.0, 0.0], 1.0)


def test_what_a_standing_agreement_owes_is_done(agreed, pair):
    w, patron = agreed, agreed.parties[PATRON]
    patron.presence = patron.presence_start = patron.conditionality = 1.0
    pair.withdraws, pair.implementation, w.par.switches.terms = [0.5, 0.0], 1.0, 1
    rules.carry_on(w, pair)
    assert patron.presence == 0.5


def test_issues_that_tracks_share_are_forgotten_once_when_an_agreement_fails(agreed, pair):
    """Two tracks of four shared issues keep half: two, not one."""
    w = agreed
    w.par.switches.terms, w.par.talks.keeps, pair.luck[U_RELAPSE] = 1, 0.5, 0.0
    w.tracks.append(Track(index=3, pair=1))
    for k in range(4):
        w.issues.append(Issue(track=CHANNEL, place=k, pair=1, topic=k, first=1))
        w.issues.append(Issue(track=3, place=3 - k, pair=1, topic=k))
    for t in (w.tracks[CHANNEL], w.tracks[3]):
        t.n_settled, t.agenda = 4, [1, 1, 1, 1, 0, 0, 0, 0]
    rules.carry_on(w, pair)
    assert [t.n_settled for t in w.tracks] == [0, 2, 0, 2]
    assert (w.tracks[CHANNEL].agenda[:4], w.tracks[3].agenda[:4]) == ([1, 1, 0, 0], [0, 0, 1, 1])


def test_arms_come_back_with_time(w):
    w.parties[FOE].demobilised, w.rates.keep_disarmed = 0.5, 0.9
    rules.settlement(w)
    assert [p.demobilised for p in w.parties] == pytest.approx([0.0, 0.45, 0.0])


def test_while_an_agreement_stands_a_side_stays_disarmed(agreed, pair):
    w = agreed
    w.par.switches.terms, w.rates.keep_disarmed = 1, 0.9
    pair.demobilises, pair.implementation, w.parties[FOE].demobilised = [0.0, 0.5], 1.0, 0.5
    rules.settlement(w)
    assert w.parties[FOE].demobilised == 0.5


# -- agreements and votes that a policy imposes


@pytest.mark.parametrize(
    ("values", "against"), [((0.1, 0.0), False), ((0.1, -0.01), True), ((-0.01, 0.1), True)]
)
def test_an_imposed_agreement_is_signed_and_counted_where_a_side_would_rather_fight(
    bargaining, pair, values, against
):
    w = bargaining
    settle_on_table(w, codes.DOES_NOTHING, 0.0)
    settle_on_table(w, codes.DOES_NOTHING, 0.0)
    w.tracks[CHANNEL].agenda[:2], w.tracks[CHANNEL].n_settled = [0, 0], 0
    pair.signing, pair.view_a, pair.view_b = 0b10, values[0] - 0.3, values[1] - 0.3
    pair.view_a, pair.view_b = pair.view_a + 1e-12, pair.view_b + 1e-12
    rules.sign_by_policy(w, pair)
    assert (pair.agreed, pair.signing, pair.coverage, w.tracks[CHANNEL].agenda[:2]) == (1, 0, 0.25, [0, 1])
    assert w.tally.against_model == float(against)
    why = "imposed by the policy against the model's own rule" if against else "imposed by the policy"
    assert (logged(w)[0][0], logged(w)[0][4]) == ("agreement", why)


def test_an_agreement_without_a_ceasefire_leaves_the_war_to_be_fought(bargaining, pair):
    w = bargaining
    pair.signing, pair.signing_truce = 0b10, 0
    rules.sign_by_policy(w, pair)
    assert (pair.agreed, pair.fights_on, pair.signing_truce, pair.truce_state) == (1, 1, 1, codes.NO_TRUCE)
    assert is_fought(w, pair)
    pair.signing = 0b100
    rules.sign_by_policy(w, pair)  # the next one has a ceasefire
    assert (pair.agreed, pair.fights_on, pair.truce_state) == (1, 0, codes.IN_FORCE)
    assert not is_fought(w, pair)


def test_all_topics_are_signed_unless_some_are_named(bargaining, pair):
    w = bargaining
    for _ in range(4):
        settle_on_table(w, codes.DOES_NOTHING, 0.0)
    w.tracks[CHANNEL].agenda[:4], w.tracks[CHANNEL].n_settled = [0, 0, 0, 0], 0
    pair.signing = ALL_TOPICS
    rules.sign_by_policy(w, pair)
    assert (w.tracks[CHANNEL].agenda[:4], pair.coverage) == ([1, 1, 1, 1], 1.0)


def test_a_step_signs_and_votes_as_the_policy_says(bargaining, pair):
    w = bargaining
    w.par.switches.bargaining = 0
    pair.signing, pair.vote, pair.voter, pair.luck[U_RELAPSE] = ALL_TOPICS, 0.49, FOE, 0.0
    rules.settlement(w)
    assert [e[0] for e in logged(w)] == ["agreement", "truce_began", "voted"]
    assert (pair.agreed, pair.signing, pair.vote) == (0, 0, -1.0)


@pytest.fixture
def signed(w, pair):
    """An agreement of patron and foe on whose last issue its channel ended."""
    pair.agreed, pair.truce_state, pair.withdraws = 1, codes.IN_FORCE, [0.5, 0.0]
    w.tracks[CHANNEL].agenda, w.tracks[CHANNEL].n_settled = [1, 1, 1, 1, 0, 0, 0, 0], 4
    w.tracks[FRONT].agenda, w.tracks[FRONT].n_settled = [1, 1, 1, 1, 0, 0, 0, 0], 4
    w.par.talks.summit_cost, w.par.settlement.vote_terms = 0.2, 0.06
    for p, risk in zip(w.parties, (0.0, 0.5, 0.25), strict=True):
        p.risk_tolerance = risk
    return w


@pytest.mark.parametrize("share", [0.5, 0.7])
def test_a_majority_backs_the_leader_who_signed(signed, pair, share):
    pair.vote, pair.voter = share, FOE
    rules.hold_vote(signed, pair)
    assert (pair.agreed, pair.vote, pair.terms) == (1, -1.0, 0.0)
    assert [p.capital for p in signed.parties] == pytest.approx([1.0, 1.1, 1.0])
    assert logged(signed) == [("voted", party(FOE), party(PATRON), 1, "by popular vote", share)]


@pytest.mark.parametrize(
    ("voter", "terms", "capital"), [(FOE, -0.06, [1.0, 0.9, 1.0]), (PATRON, 0.06, [1.0, 1.0, 0.85])]
)
def test_a_lost_vote_voids_the_agreement_and_betters_the_next_offer(signed, pair, voter, terms, capital):
    w = signed
    pair.vote, pair.voter = 0.499, voter
    rules.hold_vote(w, pair)
    assert (pair.agreed, pair.offer_day, pair.withdraws, pair.terms) == (
        0,
        DAY,
        [0.0, 0.0],
        pytest.approx(terms),
    )
    assert [p.capital for p in w.parties] == pytest.approx(capital)
    assert (w.tracks[CHANNEL].agenda[:4], w.tracks[CHANNEL].n_settled) == ([1, 1, 1, 0], 3)
    assert (w.tracks[FRONT].n_settled, pair.truce_state) == (4, codes.IN_FORCE)


def test_a_lost_vote_opens_no_issue_of_a_side_track(signed, pair):
    signed.tracks[CHANNEL].form, pair.vote, pair.voter = codes.BACKCHANNEL, 0.3, FOE
    rules.hold_vote(signed, pair)
    assert (pair.agreed, signed.tracks[CHANNEL].n_settled) == (0, 4)


def test_without_endurance_a_lost_vote_costs_its_leader_nothing(signed, pair):
    pair.vote, pair.voter, signed.par.switches.endurance = 0.3, FOE, 0
    rules.hold_vote(signed, pair)
    assert (pair.agreed, signed.parties[FOE].capital) == (0, 1.0)


def test_there_is_no_vote_on_an_agreement_that_does_not_stand(signed, pair):
    pair.agreed, pair.vote, pair.voter = 0, 0.3, FOE
    rules.hold_vote(signed, pair)
    assert (logged(signed), pair.vote, pair.terms, signed.parties[FOE].capital) == ([], -1.0, 0.0, 1.0)


# -- a step of the stage


def test_a_step_of_settlement(agreed, pair):
    w = agreed
    w.pairs[0].complete = 1
    w.dyads[0].package_value = w.dyads[1].package_value = 0.1
    w.pairs[2].complete, w.clock.horizon = 1, 6
    rules.settlement(w)
    assert [p.agreed for p in w.pairs] == [1, 1, 0]
    assert pair.implementation > 0.0
    assert (w.clock.end_reason, w.clock.end_step) == (codes.END_SETTLED, 5)
