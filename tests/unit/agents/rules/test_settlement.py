"""Settlement (E13): what a package is worth, who refuses it, how an agreement holds or fails, how a run ends."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    DAY,
    FOE,
    FOE_PATRON,
    PATRON,
    PATRON_FOE,
    hold_fire,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import settlement as rules
from detente.agents.state import U_PURPOSE, U_RELAPSE, U_VIEW_A, U_VIEW_B, Track, Veto


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


# -- the end of a run


def test_a_step_of_settlement(agreed, pair):
    w = agreed
    w.pairs[0].complete = 1
    w.dyads[0].package_value = w.dyads[1].package_value = 0.1
    w.pairs[2].complete, w.clock.horizon = 1, 6
    rules.settlement(w)
    assert [p.agreed for p in w.pairs] == [1, 1, 0]
    assert pair.implementation > 0.0
    assert (w.clock.end_reason, w.clock.end_step) == (codes.END_SETTLED, 5)


@pytest.mark.parametrize(
    ("agreed", "horizon", "collapsed", "reason", "step"),
    [
        ((), 7, (), "running", -1),
        ((), 6, (), "fighting_on", 5),
        ((), 3, (), "fighting_on", 5),
        ((0,), 6, (), "partial_settlement", 5),
        ((0, 1), 6, (), "settled", 5),
        ((0, 1), 7, (), "running", -1),
        ((), 7, (FOE,), "collapse", 5),
        ((0, 1), 6, (ALLY,), "collapse", 5),
    ],
)
def test_how_a_run_ends(w, agreed, horizon, collapsed, reason, step):
    for k in agreed:
        w.pairs[k].agreed = 1
    for k in collapsed:
        w.parties[k].collapsed = 1
    w.clock.horizon = horizon
    rules.close(w)
    assert codes.END_REASONS[w.clock.end_reason] == reason
    assert w.clock.end_step == step
