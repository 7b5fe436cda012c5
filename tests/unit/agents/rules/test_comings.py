"""Comings and goings (E18): who is there acts, who is not does nothing; a split weakens and tames the party."""

import pytest
from worlds import (
    ALLY,
    ALLY_FOE,
    ALLY_PATRON,
    CHANNEL,
    FOE,
    FRONT,
    NO_ONE,
    PATRON,
    hold_fire,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import calendar, mediation, prepare, spoilers, talks
from detente.agents.rules.leverage import own_capability
from detente.agents.state import Move, Track

HAWKS = 1
"""The faction that splits off: two fifths of the ally."""


@pytest.fixture
def w():
    w = world()
    w.par.switches.leaders = 1
    w.factions[0].hawkishness, w.factions[HAWKS].hawkishness = 0.3, 0.9
    s = w.spoilers[0]
    s.active, s.faction = 0, HAWKS
    prepare.open_cast(w)
    p = w.parties[ALLY]
    p.hawkishness = p.hawkishness_start = 0.6 * 0.3 + 0.4 * 0.9
    p.morale = p.morale_full = 1.0
    for d in w.dyads:
        d.mu = 0.2
    return w


def move(what, actor=0, kind=codes.SPOILER, amount=-1.0):
    return Move(effect=codes.CHANGE_ACTORS, subject=what, actor=actor, kind=kind, amount=amount)


def change(w, *moves):
    for m in moves:
        calendar.carry_out(w, m)


def strike(w):
    t = w.targets[0]
    t.tick_luck[0] = 0.999999
    spoilers.strike(w, t)
    return t.attacks


def test_a_split_takes_fighters_attacks_and_hawks_along(w):
    p, s = w.parties[ALLY], w.spoilers[0]
    before = own_capability(w, p)
    change(w, move(codes.SPLIT))
    assert (s.active, s.has_split, s.share, s.strength) == (1, 1, pytest.approx(0.4), pytest.approx(1.0))
    assert [f.share for f in w.factions[:2]] == pytest.approx([1.0, 0.0])
    assert p.hawkishness == pytest.approx(0.3) == p.hawkishness_start
    assert own_capability(w, p) == pytest.approx(0.6 * before)
    assert [w.dyads[d].mu for d in (ALLY_FOE, ALLY_PATRON)] == pytest.approx([0.12, 0.12])
    assert w.dyads[ALLY_FOE].responsive == pytest.approx(0.6)
    assert all(d.mu == 0.2 for d in w.dyads if d.source != ALLY)
    assert w.tally.splits == 1.0
    assert logged(w) == [
        ("faction_split", ("spoiler", 0), party(ALLY), -1, "imposed by the policy", pytest.approx(0.4))
    ]


def test_part_of_a_faction_attacks_in_proportion(w):
    change(w, move(codes.SPLIT, amount=0.25))
    s = w.spoilers[0]
    assert (s.share, s.strength) == (pytest.approx(0.1), pytest.approx(0.25))
    assert [f.share for f in w.factions[:2]] == pytest.approx([0.6 / 0.9, 0.3 / 0.9])


def test_nobody_splits_off_twice_or_alone(w):
    change(w, move(codes.SPLIT), move(codes.SPLIT))
    assert w.tally.splits == 1.0
    whole = w.spoilers[0]
    whole.active, whole.faction = 0, 2
    change(w, move(codes.SPLIT))
    assert w.tally.splits == 1.0


def test_who_goes_back_brings_everything_back(w):
    p = w.parties[ALLY]
    change(w, move(codes.SPLIT), move(codes.JOIN))
    assert (w.spoilers[0].active, w.tally.rejoinings) == (0, 1.0)
    assert [f.share for f in w.factions[:2]] == pytest.approx([0.6, 0.4])
    assert (p.hawkishness, p.morale, w.dyads[ALLY_FOE].mu) == pytest.approx((0.54, 1.0, 0.2))
    change(w, move(codes.JOIN))
    assert w.tally.rejoinings == 1.0


def test_an_absent_spoiler_neither_strikes_nor_feels(w):
    w.pairs[0].truce_state, w.pairs[0].truce_start = codes.IN_FORCE, w.clock.day
    hold_fire(w, ALLY_FOE, ALLY_FOE + 1)
    s, t = w.spoilers[0], w.targets[0]
    t.attacks = 3.0
    assert (strike(w), spoilers.perceive_threat(w, s)) == (0.0, 0.0)
    change(w, move(codes.ARRIVE))
    assert strike(w) > 0.0
    assert spoilers.perceive_threat(w, s) > 0.9
    change(w, move(codes.LEAVE), move(codes.LEAVE))
    assert strike(w) == 0.0
    assert [e[0] for e in logged(w)] == ["actor_arrived", "actor_left"]


def test_arriving_again_makes_a_spoiler_stronger(w):
    change(w, move(codes.ARRIVE, amount=0.5))
    few = strike(w)
    change(w, move(codes.ARRIVE, amount=3.0))
    assert strike(w) > few


def test_a_mediator_that_goes_ends_its_work(w):
    link, other = w.mediations
    link.engaged = link.held = other.engaged = 1
    change(w, move(codes.LEAVE, 0, codes.MEDIATOR))
    assert (link.engaged, link.held, other.engaged) == (0, 0, 1)
    assert [e[:3] for e in logged(w)] == [
        ("actor_left", ("mediator", 0), NO_ONE),
        ("mediator_left", ("mediator", 0), NO_ONE),
    ]
    w.par.mediation.round_days = w.clock.step_days
    assert [mediation.is_round(w, m) for m in w.mediators] == [False, True]
    change(w, move(codes.ARRIVE, 0, codes.MEDIATOR, 0.3))
    assert mediation.is_round(w, w.mediators[0])
    assert w.mediators[0].presence == 0.3


def test_a_track_ends_with_its_host(w):
    track = w.tracks[CHANNEL]
    track.host, track.is_open, track.opened_day = 1, 1, 0.0
    talks.talks(w)
    assert track.is_open == 1
    w.mediators[1].present = 0
    talks.talks(w)
    assert (track.is_open, w.tally.failures) == (0, 1.0)
    assert logged(w)[-1][:2] == ("track_failed", party(w.pairs[track.pair].a))
    assert logged(w)[-1][4] == "its host has gone"
    assert talks.open_track(w, w.parties[PATRON], track) == 0.0


def test_troops_arrive_and_leave(w):
    w.parties[ALLY].support = 1.0
    p = w.parties[PATRON]
    p.presence = 0.2
    weak = own_capability(w, w.parties[ALLY])
    change(w, move(codes.ARRIVE, PATRON, codes.PARTY, 0.7))
    assert p.presence == 0.7
    assert own_capability(w, w.parties[ALLY]) > weak
    change(w, move(codes.ARRIVE, PATRON, codes.PARTY, 0.1))
    assert p.presence == 0.7
    change(w, move(codes.LEAVE, PATRON, codes.PARTY))
    assert p.presence == 0.0


def test_a_new_leader_brings_his_factions_and_his_risk(w):
    shares = [move(codes.NOBODY, k, codes.FACTION, share) for k, share in ((0, 0.1), (1, 0.9))]
    change(w, *shares)
    p = w.parties[ALLY]
    assert p.hawkishness == pytest.approx(0.1 * 0.3 + 0.9 * 0.9)
    calendar.carry_out(w, Move(effect=codes.CONTEXT, actor=ALLY, subject=codes.NEW_LEADER, risk=0.9))
    assert (p.successor, p.successor_risk) == (pytest.approx(0.84), 0.9)


def test_without_the_mechanism_the_cast_of_the_first_day_stays(w):
    w.par.switches.leaders = 0
    change(w, move(codes.SPLIT), move(codes.ARRIVE), move(codes.LEAVE, 0, codes.MEDIATOR))
    assert (w.spoilers[0].active, w.mediators[0].present, w.clock.n_events) == (0, 1, 0)


def test_nobody_is_blamed_for_a_spoiler_that_is_not_there(w):
    from detente.agents.rules.violence import expected_blame

    w.par.switches.attribution = 1
    w.par.attribution.mistaken_spoiler = 0.5
    d = w.dyads[w.targets[0].blamed]
    absent = expected_blame(w, d)
    w.spoilers[0].active = 1
    assert expected_blame(w, d) > absent


def test_tracks_without_a_host_go_on(w):
    track = Track(index=FRONT, pair=0)
    w.mediators[0].present = w.mediators[1].present = 0
    assert not talks.has_lost_host(w, track)
    assert w.parties[FOE].presence == 0.0
