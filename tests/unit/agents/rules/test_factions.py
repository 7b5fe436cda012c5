"""Factions (E18): peace strains them, time and violence move them, and they leave and come back by lot."""

import math

import pytest
from worlds import ALLY, ALLY_FOE, FOE_ALLY, hold_fire, world

from detente.agents import codes
from detente.agents.rules import factions as rules

HAWKS = 1


@pytest.fixture
def w():
    w = world()
    w.par.switches.leaders = 1
    w.par.endurance.discontent_normal = 0.2
    w.factions[0].hawkishness, w.factions[HAWKS].hawkishness = 0.3, 0.9
    for f in w.factions:
        f.discontent = 0.2
    w.parties[ALLY].hawkishness = w.parties[ALLY].hawkishness_start = 0.54
    s = w.spoilers[0]
    s.active, s.faction, s.usual_share, s.splits, s.rejoins = 0, HAWKS, 0.4, 0.5, 0.8
    return w


def hazard(w):
    return rules.split_hazard(w, w.spoilers[0]) * rules.YEAR


def test_peace_runs_against_hawks(w):
    assert hazard(w) == 0.0
    w.pairs[0].talking, w.pairs[0].progress = 1, 0.5
    assert hazard(w) == pytest.approx(0.5 * 0.9 * 0.5)
    w.pairs[0].agreed = 1
    assert hazard(w) == pytest.approx(0.5 * 0.9)


def test_so_does_a_truce_but_only_one_of_both(w):
    hold_fire(w, ALLY_FOE)
    assert hazard(w) == 0.0
    hold_fire(w, FOE_ALLY)
    assert hazard(w) == pytest.approx(0.5 * 0.9)


@pytest.mark.parametrize(("field", "value"), [("hawkishness", 0.95), ("discontent", 0.6), ("share", 0.6)])
def test_hawkish_unhappy_and_grown_factions_leave_sooner(w, field, value):
    w.pairs[0].agreed = 1
    before = hazard(w)
    setattr(w.factions[HAWKS], field, value)
    assert hazard(w) > before


def test_discontent_alone_drives_nobody_out(w):
    w.factions[HAWKS].discontent = 0.9
    assert hazard(w) == 0.0


def test_who_has_left_does_not_leave_again(w):
    w.pairs[0].agreed = 1
    w.spoilers[0].has_split = 1
    assert hazard(w) == 0.0


def test_no_peace_or_an_old_one_brings_them_back(w):
    s = w.spoilers[0]
    assert rules.rejoin_hazard(s) == 0.0
    s.active, s.share, s.threat = 1, 0.4, 0.75
    assert rules.rejoin_hazard(s) * rules.YEAR == pytest.approx(0.8 * 0.25)


def test_lots_fall_at_these_rates_unless_a_policy_says_when(w):
    s = w.spoilers[0]
    s.splits, s.by_policy_until = 1e9, w.clock.day + 1.0
    w.pairs[0].agreed = 1
    rules.move_factions(w)
    assert s.active == 0
    s.by_policy_until = w.clock.day
    rules.move_factions(w)
    assert (s.active, w.tally.splits) == (1, 1.0)
    s.rejoins = 1e9
    rules.move_factions(w)
    assert (s.active, w.tally.rejoinings) == (0, 1.0)


def test_violence_feeds_hawks_and_peace_carried_out_doves(w):
    p, pair = w.parties[ALLY], w.pairs[0]
    p.losses_normal, p.losses = 2.0, 2.0
    assert rules.sway(w, p) == 0.0
    pair.talking = 1
    assert rules.sway(w, p) == pytest.approx(2.0 / (2.0 * w.clock.step_days))
    w.dyads[FOE_ALLY].breaching = 1
    assert rules.sway(w, p) == 1.0
    w.dyads[FOE_ALLY].breaching, pair.agreed, pair.implementation = 0, 1, 0.4
    assert rules.sway(w, p) == -0.4


@pytest.mark.parametrize(("breaching", "agreed", "sign"), [(1, 0, 1), (0, 1, -1)])
def test_shares_drift_where_a_case_says_how_fast(w, breaching, agreed, sign):
    p = w.parties[ALLY]
    w.dyads[FOE_ALLY].breaching = breaching
    w.pairs[0].agreed, w.pairs[0].implementation = agreed, 1.0
    rules.move_factions(w)
    assert [f.share for f in w.factions[:2]] == [0.6, 0.4]
    p.drift = 1.0
    rules.move_factions(w)
    pace = sign * w.clock.step_days / rules.YEAR
    odds = 0.4 / 0.6 * math.exp(pace * (0.9 - 0.3))
    assert w.factions[HAWKS].share == pytest.approx(odds / (1 + odds))
    assert w.factions[0].share + w.factions[HAWKS].share == pytest.approx(1.0)
    assert (p.hawkishness - 0.54) * sign > 0.0


def test_a_party_without_a_main_foe_does_not_drift(w):
    w.parties[ALLY].foe_dyad = codes.NOBODY
    assert rules.sway(w, w.parties[ALLY]) == 0.0


def test_how_many_follow_is_luck():
    left = []
    for seed in range(40):
        w = world()
        w.clock.seed_lo, w.par.switches.leaders = seed, 1
        w.pairs[0].agreed = 1
        s = w.spoilers[0]
        w.factions[HAWKS].hawkishness = 0.9
        s.active, s.faction, s.usual_share, s.splits = 0, HAWKS, 0.4, 1e9
        there = w.factions[HAWKS].share
        rules.try_spoiler(w, s)
        assert 0.0 < s.share < there
        left.append(s.share / there)
    assert min(left) < 0.2
    assert max(left) > 0.8


def test_a_spoiler_draws_each_of_its_chances_anew():
    """Who splits off, how many follow and who goes back are three draws of one step."""
    assert len({rules.U_SPLIT, rules.U_REJOIN, rules.U_PART}) == 3
