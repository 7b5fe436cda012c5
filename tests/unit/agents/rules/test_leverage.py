"""Leverage (E12): milestones, drawdown, capability lent by a patron, melting morale, collapse."""

import math

import pytest
from scipy.special import expit as logistic
from worlds import (
    ALLY,
    ALLY_PATRON,
    FOE,
    FOE_PATRON,
    NO_ONE,
    PATRON,
    PATRON_FOE,
    choice,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import leverage as rules
from detente.agents.state import U_FALL


@pytest.fixture
def w():
    """A patron with 60 % of its forces present, who waits for violence to fall below half of the quarter's mean."""
    w = world()
    w.par.leverage.milestone, w.par.leverage.milestone_width = 0.5, 0.2
    patron = w.parties[PATRON]
    patron.presence, patron.presence_start = 0.6, 0.8
    return w


# -- milestones and drawdown


@pytest.mark.parametrize(
    ("lethal", "quarter", "ratio"),
    [(1, (3.0, 1.0), 0.75), (1, (0.0, 0.0), 0.65), (0, (3.0, 1.0), 0.65)],
)
def test_a_milestone_is_met_as_violence_falls(w, lethal, quarter, ratio):
    """Deaths of the week over the quarter's mean; the mean conduct where attacks do not kill, or none died."""
    ab, ba = w.dyads[PATRON_FOE], w.dyads[FOE_PATRON]
    ab.lethal = lethal
    ab.deaths_quarter, ba.deaths_quarter = quarter
    ab.deaths_week, ba.deaths_week, ab.conduct, ba.conduct = 2.0, 1.0, 0.9, 0.4
    assert rules.milestone_met(w, w.parties[PATRON]) == pytest.approx(logistic((0.5 - ratio) / 0.2))


def test_one_death_in_the_quarter_is_enough_to_compare_with(w):
    ab = w.dyads[PATRON_FOE]
    ab.deaths_quarter, ab.deaths_week = 0.5, 0.25
    assert rules.milestone_met(w, w.parties[PATRON]) == pytest.approx(0.5)


def test_without_a_foe_every_milestone_is_met(w):
    w.parties[PATRON].foe_dyad = codes.NOBODY
    assert rules.milestone_met(w, w.parties[PATRON]) == 1.0


@pytest.mark.parametrize(
    ("conditionality", "lever", "strategy", "factor"),
    [
        (0.0, 0.0, codes.PLAIN, 1.0),
        (0.0, 0.5, codes.PLAIN, 1.0 + 4.0 * 0.5),
        (0.8, 0.0, codes.PLAIN, 1.0 - 0.8 * 0.5),
        (0.0, 0.0, codes.CAUTIOUS, 0.6),
    ],
)
def test_drawdown(w, conditionality, lever, strategy, factor):
    w.par.leverage.drawdown, w.par.leverage.posture_gain, w.par.strategies.caution = 0.01, 4.0, 0.6
    ab, patron = w.dyads[PATRON_FOE], w.parties[PATRON]
    ab.deaths_quarter, ab.deaths_week = 1.0, 0.5  # the milestone is half met
    patron.conditionality, patron.strategy = conditionality, strategy
    patron.levers[codes.LEVER_POSTURE] = lever
    assert rules.draw_down(w, patron) == pytest.approx(0.01 * factor)


def test_no_drawdown_without_forces_or_mechanism(w):
    w.parties[PATRON].presence = 0.0
    assert rules.draw_down(w, w.parties[PATRON]) == 0.0
    w.parties[PATRON].presence, w.par.switches.leverage = 0.6, 0
    assert rules.draw_down(w, w.parties[PATRON]) == 0.0


@pytest.mark.parametrize(("amount", "left"), [(-1.0, 0.4), (0.1, 0.1), (0.0, 0.0), (0.9, 0.6)])
def test_presence_falls_by_a_step_or_to_the_imposed_share(w, amount, left):
    w.par.leverage.drawdown_step = 0.2
    c = choice(w, codes.DRAW_DOWN, 0, PATRON, amount=amount, why=codes.BY_POLICY)
    rules.reduce_presence(w, c)
    assert w.parties[PATRON].presence == pytest.approx(left)
    told = [("drawdown", party(PATRON), NO_ONE, -1, "imposed by the policy", w.parties[PATRON].presence)]
    assert logged(w) == told
    assert w.tally.drawdowns == 1.0
    rules.reduce_presence(w, c)
    assert w.tally.drawdowns == 2.0


def test_presence_never_falls_below_nothing(w):
    w.par.leverage.drawdown_step = 0.7
    rules.reduce_presence(w, choice(w, codes.DRAW_DOWN, 0, PATRON))
    assert w.parties[PATRON].presence == 0.0


# -- power and capability


def test_shares_of_power(w):
    for p, capability in zip(w.parties, (1.5, 0.5, 2.0), strict=True):
        p.capability, p.power = capability, 9.0
    rules.weigh_power(w)
    assert [p.power for p in w.parties] == [0.75, 0.25, 0.8]
    w.parties[ALLY].main_foe, w.parties[ALLY].power = codes.NOBODY, 9.0
    rules.weigh_power(w)
    assert w.parties[ALLY].power == 9.0
    w.parties[FOE].capability = w.parties[PATRON].capability = 0.0
    rules.weigh_power(w)
    assert w.parties[PATRON].power == 0.0


@pytest.mark.parametrize(
    ("morale", "support", "presence", "expected"),
    [
        (0.5, 0.8, 0.25, 0.9),
        (0.5, 0.8, 1.0, 1.3),
        (0.5, 0.8, 0.0, 0.5),
        (0.0, 0.0, 0.5, 0.001),
        (0.0005, 0.0, 0.5, 0.001),
    ],
)
def test_strength_is_morale_and_what_a_patron_lends(w, morale, support, presence, expected):
    w.par.leverage.returns = 0.5
    assert rules.strength(w, morale, support, presence) == pytest.approx(expected)


def test_only_a_patron_lends(w):
    w.par.leverage.returns = 1.0
    ally = w.parties[ALLY]
    ally.morale, ally.support = 0.5, 0.8
    assert rules.own_capability(w, ally) == pytest.approx(0.5 + 0.8 * 0.6)
    ally.patron = codes.NOBODY
    assert rules.own_capability(w, ally) == 0.5


# -- morale


@pytest.fixture
def fragile(w):
    """The ally can collapse: tipping share 0.4, morale 0.8 of 1.0."""
    ally = w.parties[ALLY]
    ally.fragile, ally.tipping, ally.morale, ally.morale_full, ally.power = 1, 0.4, 0.8, 1.0, 0.4
    ally.legitimacy_start = ally.legitimacy = 0.8
    d = w.dyads[ALLY_PATRON]
    d.trust = d.trust_reference = 0.6
    r = w.par.leverage
    r.melt, r.recover, r.standing, r.reliance = 0.1, 0.04, 0.5, 0.25
    return w


def after(morale, full, power, tipping=0.4):
    """Two days of dm/dt = -melting m + mending (full - m)."""
    melting = 0.1 * logistic((tipping - power) / 0.02)
    mending = 0.04 * logistic((power - tipping + 0.06) / 0.03)
    rate = melting + mending
    rest = mending * full / rate
    return rest + (morale - rest) * math.exp(-2.0 * rate)


@pytest.mark.parametrize("power", [0.32, 0.38, 0.4, 0.43, 0.6])
def test_morale_melts_below_the_tipping_share_and_mends_above(fragile, power):
    ally = fragile.parties[ALLY]
    ally.power = power
    rules.keep_up_morale(fragile, ally)
    assert ally.morale == pytest.approx(after(0.8, 1.0, power))


@pytest.mark.parametrize(
    ("change", "full"),
    [
        ({"legitimacy": 0.6}, 1.0 - 0.5 * 0.2),
        ({"trust": 0.2}, 1.0 - 0.25 * 0.4),
        ({"legitimacy": 0.6, "trust": 0.2}, 1.0 - 0.1 - 0.1),
        ({"legitimacy": 1.0}, 1.0 + 0.5 * 0.2),
        ({"morale_full": 1.5, "trust": 0.2}, 1.5 * 0.9),
    ],
)
def test_full_morale_rests_on_standing_and_on_belief_in_the_patron(fragile, change, full):
    ally = fragile.parties[ALLY]
    fragile.dyads[ALLY_PATRON].trust = change.pop("trust", 0.6)
    vars(ally).update(change)
    rules.keep_up_morale(fragile, ally)
    assert ally.morale == pytest.approx(after(0.8, full, 0.4))


def test_full_morale_is_never_negative(fragile):
    fragile.par.leverage.standing, fragile.parties[ALLY].legitimacy = 9.0, 0.0
    rules.keep_up_morale(fragile, fragile.parties[ALLY])
    assert fragile.parties[ALLY].morale == pytest.approx(after(0.8, 0.0, 0.4))


def test_without_a_patron_belief_in_one_does_not_count(fragile):
    fragile.parties[ALLY].patron_dyad = codes.NOBODY
    fragile.dyads[-1].trust = 0.0
    rules.keep_up_morale(fragile, fragile.parties[ALLY])
    assert fragile.parties[ALLY].morale == pytest.approx(after(0.8, 1.0, 0.4))


@pytest.mark.parametrize("case", ["not fragile", "no rate"])
def test_morale_stays(fragile, case):
    if case == "not fragile":
        fragile.parties[ALLY].fragile = 0
    else:
        fragile.par.leverage.melt = fragile.par.leverage.recover = 0.0
    rules.keep_up_morale(fragile, fragile.parties[ALLY])
    assert fragile.parties[ALLY].morale == 0.8


# -- collapse


@pytest.mark.parametrize(
    ("power", "share"), [(0.3, 0.5), (0.32, 1.0 / (1.0 + math.e)), (0.26, logistic(2.0))]
)
def test_collapse_is_steep_below_the_margin(fragile, power, share):
    fragile.par.leverage.fall, fragile.par.leverage.fall_margin = 0.2, 0.1
    fragile.parties[ALLY].power = power
    assert rules.fall_hazard(fragile, fragile.parties[ALLY]) == pytest.approx(0.2 * share)


@pytest.fixture
def falling(fragile):
    """Half of the largest hazard, 0.1 a day, over two days."""
    fragile.par.leverage.fall, fragile.par.leverage.fall_margin = 0.2, 0.1
    fragile.parties[ALLY].power = 0.3
    return fragile


P_FALL = 1.0 - math.exp(-0.2)


@pytest.mark.parametrize(("u", "falls"), [(P_FALL + 1e-9, 0), (P_FALL - 1e-9, 1)])
def test_a_fragile_party_falls_by_its_hazard(falling, u, falls):
    ally = falling.parties[ALLY]
    ally.luck[U_FALL] = u
    rules.may_fall(falling, ally)
    assert ally.collapsed == falls
    told = ("party_collapsed", party(ALLY), party(FOE), -1, "balance of capability lost", 0.3)
    assert logged(falling) == [told] * falls
    rules.may_fall(falling, ally)
    assert len(logged(falling)) == falls


def test_who_is_not_fragile_does_not_fall(falling):
    falling.parties[ALLY].fragile = 0
    rules.may_fall(falling, falling.parties[ALLY])
    assert falling.parties[ALLY].collapsed == 0


# -- a step


@pytest.fixture
def stepping(falling):
    """The ally's capability was 2.0; the patron's choice to draw down stands last, and is certain."""
    w = falling
    for kind in (codes.OFFER_TRUCE, codes.OPEN_TRACK, codes.GIVE_MEASURE):
        choice(w, kind, 0, PATRON, hazard=math.inf)
    choice(w, codes.DRAW_DOWN, 0, PATRON, hazard=math.inf)
    w.clock.n_truce_choices = w.clock.n_talk_choices = w.clock.n_measure_choices = 1
    w.clock.n_presence_choices = 1
    ally = w.parties[ALLY]
    ally.capability, ally.support, ally.trend, ally.luck[U_FALL] = 2.0, 0.5, 0.02, 1.0
    w.par.leverage.drawdown_step, w.par.leverage.returns, w.rates.keep_trend = 0.35, 0.5, 0.75
    w.parties[FOE].trend = 0.04
    return w


def test_a_step_of_leverage(stepping):
    w, ally = stepping, stepping.parties[ALLY]
    rules.leverage(w)
    assert w.parties[PATRON].presence == pytest.approx(0.25)
    assert w.tally.drawdowns == 1.0
    assert ally.morale == pytest.approx(after(0.8, 1.0, 0.3))
    assert ally.capability == pytest.approx(ally.morale + 0.5 * 0.5)
    change = math.log(ally.capability / 2.0) / 2.0
    assert ally.trend == pytest.approx(change + (0.02 - change) * 0.75)
    assert w.parties[FOE].trend == pytest.approx(0.04 * 0.75)
    assert ally.power == pytest.approx(ally.capability / (ally.capability + 1.0))
    assert ally.collapsed == 0


def test_collapse_comes_after_the_new_balance(stepping):
    ally = stepping.parties[ALLY]
    ally.luck[U_FALL], ally.tipping = 0.0, 0.9
    rules.leverage(stepping)
    assert ally.collapsed == 1


def test_switched_off_nothing_moves(stepping):
    stepping.par.switches.leverage = 0
    rules.leverage(stepping)
    assert (stepping.parties[PATRON].presence, stepping.parties[ALLY].morale) == (0.6, 0.8)


def test_arms_given_up_are_no_capability(w):
    ally = w.parties[ALLY]
    ally.morale, ally.support, ally.demobilised, w.parties[PATRON].presence = 0.5, 0.8, 0.4, 1.0
    assert rules.own_capability(w, ally) == pytest.approx(0.3 + 0.8)
