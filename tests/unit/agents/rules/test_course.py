"""Course (E1, E16): a war's level, its lulls, its fortune, and how it is lost and won."""

import math

import pytest
from worlds import ALLY, ALLY_FOE, DAY, FOE, FOE_ALLY, PATRON, hold_fire, logged, party, world

from detente.agents import codes
from detente.agents.rules import course as rules
from detente.agents.rules import leverage
from detente.agents.rules.chance import drift, shock
from detente.agents.state import U_FALL, U_FORTUNE, U_LEVEL, U_QUIET, U_RESUMED, U_SURGE

NEVER, NOW = 0.999999, 1e-12


@pytest.fixture
def w():
    """A war with a volatility of 0.8, a quarter of its variance in the fast part; nothing is left to chance."""
    w = world()
    w.par.switches.level = w.par.switches.endings = 1
    w.par.violence.surge_share = 0.25
    vars(w.par.endings).update(
        fade=0.3, fade_slope=0.5, flare=0.4, quiet=4.0, fortune_spread=0.3, beaten=0.6, depth=0.4
    )
    r = w.rates
    r.keep_level, r.keep_surge, r.keep_lull, r.keep_fortune = 0.9, 0.6, 0.75, 0.95
    for pair in w.pairs:
        pair.volatility = 0.8
        pair.luck = [0.5] * 8
        pair.luck[U_QUIET] = NEVER
    return w


# -- the level


def test_both_parts_of_the_level_return_to_their_mean_with_the_wars_own_spread(w):
    pair = w.pairs[0]
    pair.level, pair.surge = 1.0, -0.5
    pair.luck[U_LEVEL], pair.luck[U_SURGE] = 0.8, 0.3
    rules.move_level(w, pair)
    assert pair.level == pytest.approx(drift(1.0, 0.9, 0.8 * math.sqrt(0.75), 0.8))
    assert pair.surge == pytest.approx(drift(-0.5, 0.6, 0.8 * math.sqrt(0.25), 0.3))


def test_the_mean_of_the_level_is_the_declared_rate(w):
    pair = w.pairs[0]
    pair.level, pair.surge = 0.7, 0.1
    rules.set_fervour(w, pair)
    assert w.dyads[ALLY_FOE].fervour == pytest.approx(0.8 - 0.5 * 0.8**2)
    assert w.dyads[FOE_ALLY].fervour == w.dyads[ALLY_FOE].fervour


def test_without_its_switch_no_level_moves(w):
    w.par.switches.level = w.par.switches.endings = 0
    w.pairs[0].level = 1.0
    rules.course(w)
    assert w.pairs[0].level == 1.0
    assert w.dyads[ALLY_FOE].fervour == 0.0


def test_parties_at_peace_have_no_level(w):
    w.pairs[2].level = 1.0
    rules.course(w)
    assert w.pairs[2].level == 1.0
    assert w.pairs[0].level == pytest.approx(0.0)


def test_provocations_have_a_level_and_neither_lulls_nor_fortune(w):
    w.dyads[ALLY_FOE].lethal = w.dyads[FOE_ALLY].lethal = 0
    pair = w.pairs[0]
    pair.level = 1.0
    pair.luck[U_QUIET], pair.luck[U_FORTUNE] = NOW, 0.9
    rules.course(w)
    assert pair.level == pytest.approx(0.9)
    assert (pair.is_quiet, pair.fortune) == (0, 0.0)


# -- fading out and flaring up


@pytest.mark.parametrize("level", [-1.0, 0.0, 2.0])
def test_a_mild_war_fades_more_easily(w, level):
    w.pairs[0].level = level
    assert rules.fade_hazard(w, w.pairs[0]) == pytest.approx(0.3 / 365.25 * math.exp(-0.5 * level))


def test_a_war_fades_out(w):
    pair = w.pairs[0]
    pair.level, pair.luck[U_QUIET] = 0.4, NOW
    rules.fade_or_flare(w, pair)
    assert (pair.is_quiet, w.tally.lulls) == (1, 1.0)
    assert pair.lull == pytest.approx(0.25)
    assert logged(w) == [("faded", party(ALLY), party(FOE), 0, "chance event", 0.4)]
    rules.set_fervour(w, pair)
    assert w.dyads[ALLY_FOE].fervour == pytest.approx(0.4 - 0.32 - 4.0 * 0.25)


def test_a_war_that_flares_up_has_a_level_of_its_own(w):
    pair = w.pairs[0]
    pair.is_quiet, pair.lull, pair.level = 1, 1.0, -2.0
    pair.luck[U_QUIET], pair.luck[U_RESUMED] = NOW, 0.7
    rules.fade_or_flare(w, pair)
    assert (pair.is_quiet, w.tally.lulls) == (0, 0.0)
    assert pair.lull == pytest.approx(0.75)
    assert pair.level == pytest.approx(0.8 * math.sqrt(0.75) * shock(0.7))
    assert [event[0] for event in logged(w)] == ["flared_up"]


@pytest.mark.parametrize(("strength", "factor"), [(0.0, 1.0), (0.4, 0.8), (1.0, 0.5)])
def test_a_war_at_rest_flares_up_less_with_peacekeepers(w, strength, factor):
    w.pairs[0].peacekeepers = strength
    assert rules.flare_hazard(w, w.pairs[0]) == pytest.approx(0.4 / rules.YEAR * factor)


def test_no_war_flares_up_while_an_agreement_stands(w):
    pair = w.pairs[0]
    pair.is_quiet, pair.agreed, pair.luck[U_QUIET] = 1, 1, NOW
    rules.fade_or_flare(w, pair)
    assert pair.is_quiet == 1


def test_fighting_comes_to_rest_as_an_agreement_is_carried_out(w):
    pair = w.pairs[0]
    pair.agreed, pair.implementation = 1, 0.6
    rules.fade_or_flare(w, pair)
    assert pair.lull == pytest.approx(0.6 + (0.0 - 0.6) * 0.75)


def test_an_agreement_that_fails_in_a_lull_brings_the_war_back(w):
    pair = w.pairs[0]
    pair.is_quiet = 1
    rules.resume(w, pair)
    assert pair.is_quiet == 0


# -- the fortune of war


@pytest.mark.parametrize(("quiet", "agreed", "held"), [(1, 0, ()), (0, 1, ()), (0, 0, (ALLY_FOE, FOE_ALLY))])
def test_fortune_turns_only_while_the_war_is_fought(w, quiet, agreed, held):
    pair = w.pairs[0]
    pair.is_quiet, pair.agreed, pair.fortune, pair.luck[U_FORTUNE] = quiet, agreed, 0.2, 0.9
    hold_fire(w, *held)
    rules.turn_fortune(w, pair)
    assert pair.fortune == 0.2
    pair.is_quiet = pair.agreed = 0
    w.dyads[ALLY_FOE].truce_until = DAY
    rules.turn_fortune(w, pair)
    assert pair.fortune == pytest.approx(drift(0.2, 0.95, 0.3 * 0.8, 0.9))


def test_fortune_of_one_side_is_the_others_misfortune(w):
    w.pairs[0].fortune = 0.3
    assert rules.fortune_of(w, w.dyads[ALLY_FOE]) == 0.3
    assert rules.fortune_of(w, w.dyads[FOE_ALLY]) == -0.3


def test_fortune_moves_the_share_of_capability(w):
    ally, foe = w.parties[ALLY], w.parties[FOE]
    ally.capability = foe.capability = 1.0
    w.pairs[0].fortune = math.log(3.0)
    assert leverage.share_of_power(w, ally) == pytest.approx(0.75)
    assert leverage.share_of_power(w, foe) == pytest.approx(0.25)


# -- victory


def test_who_can_be_beaten_in_the_field(w):
    """Whoever has a main foe that attacks kill; not an outside power, nor one whose foe only provokes."""
    assert rules.can_be_beaten(w, w.parties[FOE])
    w.parties[PATRON].presence_start = 0.5
    assert not rules.can_be_beaten(w, w.parties[PATRON])
    w.dyads[ALLY_FOE].lethal = 0
    assert not rules.can_be_beaten(w, w.parties[FOE])
    w.parties[FOE].foe_dyad = codes.NOBODY
    assert not rules.can_be_beaten(w, w.parties[FOE])


@pytest.mark.parametrize(("brittle", "quiet", "falls"), [(1, 0, 1), (1, 1, 0), (0, 1, 1)])
def test_a_side_that_can_be_beaten_in_the_field_falls_only_while_it_is_fought(w, brittle, quiet, falls):
    foe = w.parties[FOE]
    foe.fragile, foe.brittle, foe.power, foe.tipping, foe.luck[U_FALL] = 1, brittle, 0.0, 0.5, NOW
    w.pairs[0].is_quiet = quiet
    leverage.may_fall(w, foe)
    assert (foe.collapsed, w.tally.victories) == (falls, float(falls))
