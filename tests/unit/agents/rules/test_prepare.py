"""What is computed before the first step: rates of decay, offers, backgrounds, beliefs, readiness, tipping shares."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    FOE,
    FOE_ALLY,
    FOE_PATRON,
    PATRON,
    PATRON_FOE,
    world,
)

from detente.agents import codes
from detente.agents.rules import prepare as rules
from detente.agents.rules.chance import event_uniform
from detente.agents.rules.endurance import pain


@pytest.fixture
def w():
    return world()


MEMORIES = [
    ("keep_trust", "trust", "memory"),
    ("keep_exhaustion", "endurance", "exhaustion_memory"),
    ("keep_capital", "endurance", "capital_memory"),
    ("keep_discontent", "endurance", "discontent_memory"),
    ("keep_trend", "endurance", "trend_memory"),
    ("keep_window", "readiness", "window_memory"),
    ("keep_record", "readiness", "record_memory"),
    ("keep_lag", "readiness", "lag"),
    ("keep_standing", "talks", "standing_memory"),
    ("keep_failure", "talks", "failure_memory"),
    ("keep_view", "settlement", "view_memory"),
    ("keep_level", "violence", "level_memory"),
    ("keep_surge", "violence", "surge_memory"),
    ("keep_fortune", "endings", "fortune_memory"),
    ("keep_lull", "endings", "lull_days"),
]


def test_what_is_kept_over_a_step(w):
    for k, (_, group, name) in enumerate(MEMORIES):
        setattr(getattr(w.par, group), name, 10.0 + k)
    rules.set_rates(w)
    for k, (rate, _, _) in enumerate(MEMORIES):
        assert getattr(w.rates, rate) == pytest.approx(math.exp(-2.0 / (10.0 + k))), rate
    assert w.rates.keep_disarmed == pytest.approx(math.exp(-2.0 / 540.0))


def test_what_is_kept_over_a_tick(w):
    w.par.violence.memory, w.par.violence.backlog_days = 11.0, 12.0
    w.par.violence.stale_days = 13.0
    rules.set_rates(w)
    kept = {"excitation": 11.0, "backlog": 12.0, "conduct": 5.0, "week": 7.0, "quarter": 90.0}
    kept |= {"stale": 13.0, "toll": 1000.0}
    for name, days in kept.items():
        assert getattr(w.rates, f"keep_{name}") == pytest.approx(math.exp(-0.5 / days)), name


@pytest.mark.parametrize(("hostile", "sides"), [(4, 4), (2, 2), (0, 1)])
def test_offers_are_shared_by_all_sides_and_raised_by_the_unanswered(w, hostile, sides):
    for d in w.dyads:
        d.hostile = int(d.index < hostile)
    c = w.par.ceasefires
    c.onset, c.answer, c.answer_days = 0.001, 0.2, 5.0
    rules.share_offers(w)
    assert w.rates.offer_rate == pytest.approx(0.001 / (1.0 - math.exp(-1.0)) / sides)


def test_violence_opens_at_its_base_rates(w):
    """n_own = 0.3 alone: background 0.7 lbar, excitation 0.3 lbar, and the season on the background."""
    v = w.par.violence
    v.n_own, v.n_rec, v.n_ally = 0.3, 0.0, 0.0
    w.days[0].season = 2.0
    w.targets[0].lbar, w.targets[0].deaths_per_event = 0.5, 4.0
    for d in w.dyads:
        d.lbar, d.deaths_per_event = 10.0 * (d.index + 1), 3.0
    w.dyads[FOE_PATRON].lethal = 0
    rules.open_violence(w)
    for d in w.dyads[:4]:
        assert (d.mu, d.excitation) == pytest.approx((0.7 * d.lbar, 0.3 * d.lbar))
        assert [d.rate, d.conduct_expected, d.conduct_seen] == pytest.approx([1.7 * d.lbar] * 3)
        deaths = 0.0 if d.index == FOE_PATRON else 3.0 * 1.7 * d.lbar
        assert (d.deaths_week, d.deaths_quarter) == pytest.approx((deaths, deaths))
    assert [d.rate for d in w.dyads[4:]] == [0.0, 0.0]
    normal = {ALLY: 20.0 * 3.0 + 0.5 * 4.0, FOE: (10.0 + 30.0) * 3.0, PATRON: 0.0}
    assert {p.index: p.losses_normal for p in w.parties} == pytest.approx(normal)


def test_violence_opens_beside_a_side_that_does_not_fight(w):
    for d in w.dyads:
        d.lbar, d.hostile = 2.0, int(d.index in (FOE_ALLY, FOE_PATRON))
    w.days[0].season = 1.0
    rules.open_violence(w)
    assert [d.rate > 0.0 for d in w.dyads] == [d.hostile == 1 for d in w.dyads]


def test_belief_opens_at_its_prior(w):
    w.par.trust.weight = 8.0
    d = w.dyads[FOE_ALLY]
    d.trust_reference = 0.25
    rules.open_trust(w)
    assert (d.prior_kept, d.prior_broken, d.kept, d.broken, d.trust) == (2.0, 6.0, 2.0, 6.0, 0.25)
    assert w.dyads[5].trust == 0.4


@pytest.mark.parametrize("theory", range(4))
def test_every_theory_opens_at_the_level_of_the_first(w, theory):
    w.clock.theory = theory
    w.parties[ALLY].exhaustion = 0.9
    w.parties[FOE].window = 0.5
    w.dyads[4].readiness = w.dyads[5].readiness = 0.2
    rules.open_readiness(w)
    sg = 1.0 / (1.0 + math.exp(-1.3 * 0.5))
    expected = [0.5, math.sqrt(sg * 0.5), 0.5, math.sqrt(sg * 0.5), 0.2, 0.2]
    assert [d.readiness for d in w.dyads] == pytest.approx(expected)
    assert [d.readiness_usual for d in w.dyads] == pytest.approx(expected)
    assert [d.readiness_lagged for d in w.dyads] == pytest.approx(expected)
    joint = [math.sqrt(expected[0] * expected[1]), math.sqrt(expected[2] * expected[3]), 0.2]
    assert [p.readiness for p in w.pairs] == pytest.approx(joint)
    assert [p.readiness_usual for p in w.pairs] == pytest.approx(joint)
    assert w.dyads[ALLY_FOE].pain_reference == pytest.approx(0.9)
    assert w.dyads[4].pain_reference == 1.0


@pytest.mark.parametrize(("pooled", "usual"), [(0.0, 0.2), (0.5, 0.32), (1.0, 0.44)])
def test_usual_readiness_is_drawn_to_that_of_wars_in_general(w, pooled, usual):
    w.par.readiness.pooled = pooled
    w.dyads[4].readiness = w.dyads[5].readiness = 0.2
    rules.open_readiness(w)
    assert [w.dyads[k].readiness_usual for k in (4, 5)] == pytest.approx([usual, usual])
    assert w.pairs[2].readiness_usual == pytest.approx(usual)


def test_levels_match_theories(w):
    w.clock.theory = codes.RIPENESS
    rules.open_readiness(w)
    ripe = 1.0 / (1.0 + math.exp(-8.0 * 0.05))
    assert w.dyads[PATRON_FOE].readiness_level == pytest.approx(0.5 / ripe)


def test_a_painless_war_has_a_reference_all_the_same(w):
    w.parties[ALLY].exhaustion = 0.0
    assert pain(w, w.dyads[ALLY_FOE]) == 0.0
    rules.open_readiness(w)
    assert w.dyads[ALLY_FOE].pain_reference == 0.001


def test_a_theory_that_would_give_nothing_is_scaled_finitely(w):
    w.clock.theory = codes.RECIPROCITY
    w.dyads[ALLY_FOE].record = -800.0
    rules.open_readiness(w)
    assert w.dyads[ALLY_FOE].readiness_level == pytest.approx(0.5 / 1e-6)


def test_the_tipping_share_is_drawn_below_where_the_party_stands(w):
    p = w.parties[ALLY]
    p.key_lo, p.key_hi, p.power, p.tipping = 31, 32, 0.5, 0.45
    w.par.leverage.tipping_spread = 0.1
    scale = 0.1 * math.sqrt(3.0) / math.pi
    u = event_uniform(7, 9, 0, 31, 32, 0) / (1.0 + math.exp(-(0.5 - 0.04 - 0.45) / scale))
    rules.draw_tipping(w, p)
    assert p.tipping == pytest.approx(0.45 + scale * math.log(u / (1.0 - u)))


def test_parties_open(w):
    ally, patron = w.parties[ALLY], w.parties[PATRON]
    ally.morale, ally.support, ally.legitimacy, patron.presence = 0.6, 0.9, 0.7, 1.0
    ally.fragile, ally.tipping, w.parties[FOE].tipping = 1, 0.3, 0.3
    for p in w.parties:
        p.discipline = p.hawkishness = 9.0
    for f, hawkishness, discontent in zip(w.factions, (0.5, 0.25, 0.75), (0.2, 0.4, 0.1), strict=True):
        f.hawkishness, f.discontent = hawkishness, discontent
    rules.open_parties(w)
    assert [p.hawkishness for p in w.parties] == pytest.approx([0.6 * 0.5 + 0.4 * 0.25, 0.75, 0.0])
    assert [p.discipline for p in w.parties] == pytest.approx([1.0 - 0.6 * 0.2 - 0.4 * 0.4, 0.9, 1.0])
    assert (ally.morale_full, ally.legitimacy_start, patron.presence_start) == (0.6, 0.7, 1.0)
    assert (ally.capability, ally.power) == pytest.approx((1.5, 0.6))
    assert ally.tipping != 0.3
    assert w.parties[FOE].tipping == 0.3


def test_everything_is_prepared(w):
    for d in w.dyads:
        d.lbar, d.trust_reference = 1.0, 0.3
    w.parties[ALLY].morale = 2.0
    rules.prepare(w)
    assert w.rates.keep_trust == pytest.approx(math.exp(-2.0 / w.par.trust.memory))
    assert w.rates.offer_rate > 0.0
    assert w.parties[ALLY].capability == 2.0
    assert w.dyads[FOE_ALLY].rate > 0.0
    assert w.dyads[FOE_ALLY].trust == 0.3
    # readiness is opened last: at even trust, and at the odds of the capabilities just weighed
    assert w.dyads[FOE_ALLY].optimism == 0.5
    assert w.dyads[FOE_ALLY].readiness_usual > 0.0


# -- tolls


@pytest.mark.parametrize(("pooled", "usual"), [(0.0, 12.0), (0.5, 6.0), (1.0, 3.0)])
def test_tolls_open_at_the_base_rates_and_are_held_against_wars_in_general(w, pooled, usual):
    w.par.endurance.toll_scale, w.par.endurance.toll_pooled = 3.0, pooled
    for d in w.dyads:
        d.lbar, d.deaths_per_event = 0.0, 4.0
    w.dyads[ALLY_FOE].lbar, w.dyads[PATRON_FOE].lbar = 3.0, 0.5
    w.dyads[FOE_PATRON].lbar, w.dyads[FOE_PATRON].lethal = 5.0, 0
    w.dyads[4].lbar = 7.0  # does not fight
    rules.open_toll(w)
    assert [d.toll for d in w.dyads] == [12.0, 0.0, 2.0, 0.0, 0.0, 0.0]
    assert w.dyads[ALLY_FOE].toll_reference == pytest.approx(usual)
    assert w.dyads[FOE_ALLY].toll_reference == 1.0
    assert [(p.toll_start, p.toll) for p in w.parties] == [(0.0, 0.0), (14.0, 14.0), (0.0, 0.0)]
