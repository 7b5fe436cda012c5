"""Endurance (E5, E11): odds, pain, the value of war, political capital, discontent."""

import math

import pytest
from scipy.special import expit as logistic
from worlds import ALLY, ALLY_FOE, FOE, FOE_ALLY, PATRON, PATRON_FOE, world

from detente.agents.rules import endurance as rules


@pytest.fixture
def w():
    """The ally with capability 0.8 and a rising trend, the foe with 0.4 and a falling one."""
    w = world()
    ally, foe = w.parties[ALLY], w.parties[FOE]
    ally.capability, ally.trend, foe.capability, foe.trend = 0.8, 0.001, 0.4, -0.002
    w.par.endurance.look_ahead, w.par.endurance.power_scale = 100.0, 0.5
    return w


# -- odds, pain, war


def test_odds_look_ahead_along_the_trends(w):
    assert rules.odds(w, w.dyads[ALLY_FOE]) == pytest.approx(logistic((math.log(2.0) + 0.3) / 0.5))
    assert rules.odds(w, w.dyads[FOE_ALLY]) == pytest.approx(logistic(-(math.log(2.0) + 0.3) / 0.5))


def test_odds_are_finite_where_a_side_has_nothing_left(w):
    w.parties[ALLY].trend = w.parties[FOE].trend = 0.0
    w.parties[FOE].capability = 0.0
    assert rules.odds(w, w.dyads[ALLY_FOE]) == pytest.approx(logistic(math.log(0.8e6) / 0.5))
    w.parties[ALLY].capability, w.parties[FOE].capability = 0.0, 0.4
    assert rules.odds(w, w.dyads[ALLY_FOE]) == pytest.approx(logistic(math.log(1e-6 / 0.4) / 0.5), abs=1e-15)


def test_pain_is_exhaustion_times_evenness(w):
    w.parties[ALLY].exhaustion = 1.5
    p = logistic((math.log(2.0) + 0.3) / 0.5)
    assert rules.pain(w, w.dyads[ALLY_FOE]) == pytest.approx(1.5 * 4.0 * p * (1.0 - p))
    w.parties[ALLY].capability, w.parties[ALLY].trend, w.parties[FOE].trend = 0.4, 0.0, 0.0
    assert rules.pain(w, w.dyads[ALLY_FOE]) == pytest.approx(1.5)


@pytest.mark.parametrize(("normal", "cost"), [(0.5, 0.2 * 1.5), (0.0, 0.07), (1e-9, 0.07), (2e-9, 0.3)])
def test_war_is_worth_the_odds_less_its_cost(w, normal, cost):
    w.par.endurance.war_cost, w.par.endurance.standoff_cost = 0.2, 0.07
    w.parties[ALLY].exhaustion, w.parties[ALLY].losses_normal = 1.5, normal
    d = w.dyads[ALLY_FOE]
    rules.expect_from_war(w, d)
    assert d.war_value == pytest.approx(logistic((math.log(2.0) + 0.3) / 0.5) - cost)


# -- capital and discontent


@pytest.fixture
def paying(w):
    """The ally's leader: hawks at 0.5, risk tolerance 0.2, legitimacy 0.6; two factions; price 1.4, sceptics 0.5."""
    ally = w.parties[ALLY]
    ally.hawkishness, ally.risk_tolerance, ally.legitimacy, ally.capital = 0.5, 0.2, 0.6, 1.2
    for f, hawkishness, discontent in zip(w.factions, (0.9, 0.3, 0.7), (0.2, 0.4, 0.6), strict=True):
        f.hawkishness, f.discontent = hawkishness, discontent
    w.par.measures.price, w.par.measures.sceptics = 1.4, 0.5
    w.par.endurance.discontent_gain = 0.6
    return w


def test_a_concession_costs_capital_and_rouses_the_hawks(paying):
    w = paying
    rules.spend_capital(w, w.parties[ALLY], 0.8, 0.7)
    price = 1.4 * 0.5 * 0.8 * 0.7 * (1.0 - 0.2) * (1.0 + 0.5 * (1.0 - 0.6))
    assert w.parties[ALLY].capital == pytest.approx(1.2 * math.exp(-price))
    expected = [1.0 - 0.8 * math.exp(-0.6 * 0.9 * 0.56), 1.0 - 0.6 * math.exp(-0.6 * 0.3 * 0.56), 0.6]
    assert [f.discontent for f in w.factions] == pytest.approx(expected)


def test_each_party_rouses_its_own_factions(paying):
    rules.spend_capital(paying, paying.parties[FOE], 0.8, 0.7)
    assert [f.discontent for f in paying.factions[:2]] == [0.2, 0.4]
    assert paying.factions[2].discontent > 0.6


def test_a_concession_that_was_answered_pays(paying):
    paying.par.endurance.success = 0.2
    rules.win_capital(paying, paying.parties[ALLY])
    assert paying.parties[ALLY].capital == pytest.approx(1.2 + 0.2 * (1.5 - 1.2))


@pytest.mark.parametrize(
    ("index", "expected"),
    [(ALLY, [0.2 + 0.1 * 0.9 * 0.8, 0.4 + 0.1 * 0.3 * 0.6, 0.6]), (FOE, [0.2, 0.4, 0.6 + 0.1 * 0.7 * 0.4])],
)
@pytest.mark.parametrize("weight", [1.0, 0.25])
def test_a_broken_promise_vindicates_the_hawks(paying, index, expected, weight):
    paying.par.endurance.vindication = 0.1
    rules.vindicate_hawks(paying, paying.parties[index], weight)
    roused = [d + weight * (e - d) for d, e in zip((0.2, 0.4, 0.6), expected, strict=True)]
    assert [f.discontent for f in paying.factions] == pytest.approx(roused)


def test_switched_off_nobody_pays_wins_or_is_roused(paying):
    w = paying
    w.par.switches.endurance = 0
    rules.spend_capital(w, w.parties[ALLY], 0.8, 0.7)
    rules.win_capital(w, w.parties[ALLY])
    rules.vindicate_hawks(w, w.parties[ALLY], 1.0)
    assert w.parties[ALLY].capital == 1.2
    assert [f.discontent for f in w.factions] == [0.2, 0.4, 0.6]


# -- recovery


def test_exhaustion_follows_losses_and_capital_and_standing_recover(w):
    p = w.parties[ALLY]
    w.rates.keep_exhaustion, w.rates.keep_capital, w.rates.keep_standing = 0.9, 0.8, 0.7
    p.losses, p.losses_normal, p.exhaustion = 6.0, 1.5, 0.5  # twice the normal over two days
    p.capital, p.legitimacy_start, p.legitimacy = 0.4, 0.9, 0.5
    rules.tire(w, p)
    assert p.exhaustion == pytest.approx(2.0 - 1.5 * 0.9)
    assert p.capital == pytest.approx(1.0 - 0.6 * 0.8)
    assert p.legitimacy == pytest.approx(0.9 - 0.4 * 0.7)


@pytest.mark.parametrize(("normal", "exhaustion"), [(0.0, 0.5), (1e-9, 0.5), (2e-9, 3e9 * 0.1 + 0.5 * 0.9)])
def test_where_nobody_dies_exhaustion_stays(w, normal, exhaustion):
    p = w.parties[ALLY]
    w.rates.keep_exhaustion, p.losses, p.losses_normal, p.exhaustion = 0.9, 12.0, normal, 0.5
    rules.tire(w, p)
    assert p.exhaustion == pytest.approx(exhaustion)


def test_a_step_of_endurance(w):
    """Discontent fades to its normal; discipline is what the discontented leave; war is valued where one fights."""
    w.par.endurance.discontent_normal, w.rates.keep_discontent, w.rates.keep_capital = 0.1, 0.5, 0.5
    for f, discontent in zip(w.factions, (0.5, 0.3, 0.9), strict=True):
        f.discontent = discontent
    for p in w.parties:
        p.capital, p.discipline = 0.4, 0.123
    for d in w.dyads:
        d.war_value = 9.0
    rules.endurance(w)
    assert [f.discontent for f in w.factions] == pytest.approx([0.3, 0.2, 0.5])
    assert [p.discipline for p in w.parties] == pytest.approx([1.0 - 0.6 * 0.3 - 0.4 * 0.2, 0.5, 1.0])
    assert [p.capital for p in w.parties] == pytest.approx([0.7] * 3)
    assert [d.war_value < 9.0 for d in w.dyads] == [True] * 4 + [False] * 2


def test_switched_off_only_the_value_of_war_is_kept(w):
    w.par.switches.endurance = 0
    w.factions[0].discontent, w.parties[PATRON].capital, w.parties[ALLY].discipline = 0.5, 0.4, 0.7
    w.dyads[PATRON_FOE].war_value = 9.0
    rules.endurance(w)
    assert (w.factions[0].discontent, w.parties[PATRON].capital, w.parties[ALLY].discipline) == (
        0.5,
        0.4,
        0.7,
    )
    assert w.dyads[PATRON_FOE].war_value < 1.0


# -- bargaining: what the war would cost if it resumed


@pytest.fixture
def bargaining(w):
    w.par.switches.bargaining = 1
    w.par.endurance.war_cost, w.par.endurance.standoff_cost, w.par.endurance.toll_elasticity = 0.2, 0.07, 0.5
    w.par.endurance.prospect = 0.25
    return w


@pytest.mark.parametrize(
    ("suffered", "expected"), [(3.0, 0.2), (12.0, 0.4), (0.75, 0.1), (0.0, 0.2 * math.sqrt(1e-3))]
)
def test_a_resumed_war_costs_what_it_takes_of_a_side(bargaining, suffered, expected):
    """What the foe does to the ally counts, not what the ally does to the foe."""
    w = bargaining
    w.dyads[FOE_ALLY].toll, w.dyads[FOE_ALLY].toll_reference = suffered, 3.0
    w.dyads[ALLY_FOE].toll = 99.0
    assert rules.resumed_cost(w, w.dyads[ALLY_FOE]) == pytest.approx(expected)
    rules.expect_from_war(w, w.dyads[ALLY_FOE])
    war = logistic((math.log(2.0) + 0.3) / 0.5) - expected
    assert w.dyads[ALLY_FOE].war_value == pytest.approx(war)


def test_a_standoff_costs_what_it_did(bargaining):
    bargaining.dyads[ALLY_FOE].lethal, bargaining.dyads[FOE_ALLY].toll = 0, 9.0
    assert rules.resumed_cost(bargaining, bargaining.dyads[ALLY_FOE]) == 0.07


def test_war_looks_no_cheaper_for_losses_that_were_forgotten(bargaining):
    """Off, the value of war rises as exhaustion falls; on, it does not."""
    w, d = bargaining, bargaining.dyads[ALLY_FOE]
    w.parties[ALLY].losses_normal, w.dyads[FOE_ALLY].toll = 1.0, 1.0
    values = {}
    for on in (0, 1):
        w.par.switches.bargaining = on
        for exhaustion in (0.1, 1.0):
            w.parties[ALLY].exhaustion = exhaustion
            rules.expect_from_war(w, d)
            values[on, exhaustion] = d.war_value
    assert values[0, 0.1] - values[0, 1.0] == pytest.approx(0.2 * 0.9)
    assert values[1, 0.1] == values[1, 1.0]


@pytest.mark.parametrize(
    ("on", "start", "expected"), [(0, 2.0, 0.4), (1, 0.0, 0.4), (1, 2.0, 0.4 + 0.25 * (3.0 - 0.4))]
)
def test_part_of_the_hurt_is_the_prospect_of_war(bargaining, on, start, expected):
    w, ally = bargaining, bargaining.parties[ALLY]
    w.par.switches.bargaining = on
    ally.exhaustion, ally.toll, ally.toll_start = 0.4, 6.0, start
    assert rules.hurt(w, ally) == pytest.approx(expected)
    p = logistic((math.log(2.0) + 0.3) / 0.5)
    assert rules.pain(w, w.dyads[ALLY_FOE]) == pytest.approx(expected * 4.0 * p * (1.0 - p))


def test_the_tolls_of_a_party_are_those_of_all_its_foes(bargaining):
    w = bargaining
    for d, toll in zip(w.dyads, (1.0, 2.0, 4.0, 8.0, 0.0, 0.0), strict=True):
        d.toll = toll
    rules.endurance(w)
    assert [p.toll for p in w.parties] == [2.0, 5.0, 8.0]
    w.par.switches.bargaining, w.dyads[0].toll = 0, 50.0
    rules.endurance(w)
    assert w.parties[FOE].toll == 5.0


def test_log_odds_and_odds_are_one(w):
    d = w.dyads[ALLY_FOE]
    assert rules.log_odds(w, d) == pytest.approx((math.log(2.0) + 0.3) / 0.5)
    assert rules.odds(w, d) == logistic(rules.log_odds(w, d))
