"""Talks (E7): opening, preconditions, rescue, pace, failure, leaks, and what they do to those left out."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_PATRON,
    BACK,
    CHANNEL,
    DAY,
    FOE,
    FOE_PATRON,
    FRONT,
    PATRON,
    PATRON_FOE,
    choice,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import talks as rules
from detente.agents.rules.chance import event_uniform
from detente.agents.state import U_HAPPENS, U_ISSUE, U_LEAK, Issue


@pytest.fixture
def w():
    w = world()
    vars(w.par.talks).update(
        base=0.002,
        unmet=0.1,
        channel_gain=4.0,
        tracks_gain=3.0,
        issue=0.02,
        hardest=0.25,
        rescue=40.0,
        rescue_days=14.0,
        working_speed=0.6,
        summit_speed=2.5,
        summit_failure=3.0,
        summit_cost=0.2,
        sister=0.5,
        direct_speed=1.8,
        mediated=0.5,
        failure=0.004,
        keeps=0.7,
        boost=1.5,
        exclusion=0.01,
        slight=0.03,
        sincerity=0.05,
        leak_cost=0.1,
    )
    w.par.strategies.hard, w.par.strategies.reciprocity = 0.4, 2.0
    w.par.endurance.talking_cost, w.par.measures.price = 0.2, 1.4
    w.parties[ALLY].alignment = 0.75
    return w


@pytest.fixture
def front(w):
    return w.tracks[FRONT]


@pytest.fixture
def channel(w):
    return w.tracks[CHANNEL]


# -- willingness and preconditions


def test_each_form_of_track_has_its_lever(w, front, channel):
    patron = w.parties[PATRON]
    patron.levers[codes.LEVER_CHANNEL], patron.levers[codes.LEVER_TRACKS] = 0.8, 0.3
    assert rules.channel_will(w, patron, channel) == 0.8
    assert rules.channel_will(w, patron, front) == 0.3
    assert rules.channel_will(w, patron, w.tracks[BACK]) == 0.3


@pytest.mark.parametrize(
    ("party_index", "needs_a", "needs_b", "lever", "expected"),
    [
        (ALLY, -1, CHANNEL, 0.0, 1.0),
        (FOE, CHANNEL, -1, 0.0, 1.0),
        (ALLY, CHANNEL, -1, 0.0, 0.1),
        (FOE, -1, CHANNEL, 0.0, 0.1),
        (ALLY, CHANNEL, -1, 0.5, 0.1 + 0.9 * 0.5),
    ],
)
def test_each_side_has_its_own_precondition(w, front, party_index, needs_a, needs_b, lever, expected):
    front.needs_a, front.needs_b = needs_a, needs_b
    w.parties[party_index].levers[codes.LEVER_TRACKS] = lever
    assert rules.precondition(w, w.parties[party_index], front) == pytest.approx(expected)


@pytest.mark.parametrize("case", ["open", "agreed", "rescue", "proximity", "backchannel"])
def test_what_meets_or_gets_round_a_precondition(w, front, case):
    front.needs_a = CHANNEL
    if case == "open":
        w.tracks[CHANNEL].is_open = 1
    elif case == "agreed":
        w.pairs[1].agreed = 1
    elif case == "rescue":
        front.sister, w.tracks[BACK].is_open, w.pairs[0].failed_day = BACK, 1, DAY
    else:
        front.form = codes.PROXIMITY if case == "proximity" else codes.BACKCHANNEL
    assert rules.precondition(w, w.parties[ALLY], front) == pytest.approx(1.0)


# -- opening


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 1.0),
        ({"eagerness": 1.5}, 1.5),
        ({"strategy": codes.HARDLINER}, 0.4),
        ({"lever": 0.5}, 1.0 + 4.0 * 0.5),
        ({"rank": codes.SUMMIT, "risk": 0.75}, 1.5),
        ({"boost": 10.1}, 1.5),
        ({"boost": 10.0}, 1.0),
        ({"needs_a": FRONT}, 0.1),
        ({"needs_b": FRONT}, 0.1),
        ({"needs_a": FRONT, "needs_b": FRONT}, 0.01),
        ({"failed_day": 10.0}, 1.0 + 40.0 * 0.5),
    ],
)
def test_opening_a_direct_channel(w, channel, change, factor):
    """Each side carries half; the sister track that a rescue leans on is open."""
    patron, pair = w.parties[PATRON], w.pairs[1]
    channel.sister, w.tracks[BACK].is_open = BACK, 1
    patron.strategy, patron.risk_tolerance = change.get("strategy", codes.PLAIN), change.get("risk", 0.5)
    patron.levers[codes.LEVER_CHANNEL] = change.get("lever", 0.0)
    channel.rank = change.get("rank", codes.SENIOR_LEVEL)
    channel.needs_a, channel.needs_b = change.get("needs_a", -1), change.get("needs_b", -1)
    pair.eagerness, pair.boost = change.get("eagerness", 1.0), change.get("boost", -1.0)
    pair.failed_day = change.get("failed_day", -1e6)
    assert rules.open_track(w, patron, channel) == pytest.approx(0.001 * factor)


def test_the_other_sides_precondition_is_weighed_by_its_own_will(w, channel):
    channel.needs_b = FRONT
    w.parties[FOE].levers[codes.LEVER_CHANNEL] = 0.5
    assert rules.open_track(w, w.parties[PATRON], channel) == pytest.approx(0.001 * 0.55)
    assert rules.open_track(w, w.parties[FOE], channel) == pytest.approx(0.001 * 3.0 * 0.55)


def test_other_tracks_gain_by_the_lever_of_tracks(w, front):
    w.parties[ALLY].levers[codes.LEVER_TRACKS] = 0.5
    assert rules.open_track(w, w.parties[ALLY], front) == pytest.approx(0.001 * 2.5)


@pytest.mark.parametrize("case", ["switched off", "open", "agreed"])
def test_what_cannot_be_opened(w, front, case):
    if case == "switched off":
        w.par.switches.talks = 0
    elif case == "open":
        front.is_open = 1
    else:
        w.pairs[0].agreed = 1
    assert rules.open_track(w, w.parties[ALLY], front) == 0.0


# -- leaving


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 1.0),
        ({"eagerness": 2.0}, 0.5),
        ({"strategy": codes.HARDLINER}, 2.5),
        ({"rank": codes.SUMMIT}, 3.0),
        ({"strategy": codes.RECIPROCATOR}, 1.0),
        ({"strategy": codes.RECIPROCATOR, "breach": PATRON_FOE}, 1.0),
        ({"strategy": codes.RECIPROCATOR, "breach": FOE_PATRON}, 2.0),
        ({"strategy": codes.CAUTIOUS, "breach": FOE_PATRON}, 0.6),
    ],
)
def test_leaving(w, channel, change, factor):
    channel.is_open, channel.rank = 1, change.get("rank", codes.SENIOR_LEVEL)
    w.parties[PATRON].strategy, w.par.strategies.caution = change.get("strategy", codes.PLAIN), 0.6
    w.pairs[1].eagerness = change.get("eagerness", 1.0)
    if "breach" in change:
        w.dyads[change["breach"]].breaching = 1
    assert rules.leave_track(w, w.parties[PATRON], channel) == pytest.approx(0.002 * factor)


@pytest.mark.parametrize(("breach", "factor"), [(FOE_PATRON, 1.0), (PATRON_FOE, 2.0)])
def test_the_second_side_looks_at_the_first(w, channel, breach, factor):
    channel.is_open, w.parties[FOE].strategy, w.dyads[breach].breaching = 1, codes.RECIPROCATOR, 1
    assert rules.leave_track(w, w.parties[FOE], channel) == pytest.approx(0.002 * factor)


@pytest.mark.parametrize(("switch", "is_open"), [(0, 1), (1, 0)])
def test_what_cannot_be_left(w, channel, switch, is_open):
    w.par.switches.talks, channel.is_open = switch, is_open
    assert rules.leave_track(w, w.parties[PATRON], channel) == 0.0


# -- allies and rescue


def test_whose_alignment_counts(w, front, channel):
    for p, alignment in zip(w.parties, (0.2, 0.4, 0.6), strict=True):
        p.alignment = alignment
    assert rules.ally_alignment(w, channel) == 0.2  # the ally left out
    assert rules.ally_alignment(w, front) == 0.2  # the side that has a patron
    w.parties[ALLY].patron = codes.NOBODY
    assert rules.ally_alignment(w, front) == 0.4
    channel.excluded = codes.NOBODY
    assert rules.ally_alignment(w, channel) == 0.4


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 1.0 + 40.0 * 0.5),
        ({"alignment": 0.5}, 1.0),
        ({"alignment": 0.25}, 1.0),
        ({"alignment": 1.0}, 41.0),
        ({"failed_day": -3.9}, 21.0),
        ({"failed_day": -4.0}, 1.0),
        ({"sister": codes.NOBODY}, 1.0),
        ({"is_open": 0}, 1.0),
    ],
)
def test_rescue(w, channel, change, expected):
    channel.sister, w.tracks[FRONT].is_open = change.get("sister", FRONT), change.get("is_open", 1)
    w.pairs[1].failed_day = change.get("failed_day", DAY)
    w.parties[ALLY].alignment = change.get("alignment", 0.75)
    w.tracks[-1].is_open = 1
    assert rules.rescue(w, channel) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.5 * 0.3),
        ({"day": 24.0}, 0.5 * 0.3 * math.exp(-1.0)),
        ({"visibility": 0.5}, 0.25 * 0.3),
        ({"reopens": 0.0}, 0.0),
        ({"rank": codes.SUMMIT}, 0.5 * 0.3 * 2.0 * 0.7),
        ({"eagerness": 1.5}, 0.75 * 0.3),
        ({"strategy": codes.CAUTIOUS, "caution": 0.4}, 0.5 * 0.3 * 0.4),
    ],
)
def test_a_third_party_has_talks_reopened_within_days(w, channel, change, expected):
    pair, patron = w.pairs[1], w.parties[PATRON]
    channel.failed_day, patron.risk_tolerance = DAY, 0.7
    patron.strategy, w.par.strategies.caution = (
        change.get("strategy", codes.PLAIN),
        change.get("caution", 1.0),
    )
    channel.visibility, channel.rank = change.get("visibility", 1.0), change.get("rank", codes.SENIOR_LEVEL)
    usual = rules.open_track(w, patron, channel)
    pair.reopens, pair.eagerness = change.get("reopens", 0.3), change.get("eagerness", 1.0)
    w.clock.day = change.get("day", DAY)
    assert rules.accept_rescue(w, patron, channel) == pytest.approx(expected)
    if "eagerness" not in change:
        assert rules.open_track(w, patron, channel) == pytest.approx(usual + expected)


@pytest.mark.parametrize(
    ("reopens", "days", "left"), [(0.3, 0.0, 0.0), (0.3, 5.0, 1.0 - math.exp(-5.0 / 14.0)), (0.0, 0.0, 1.0)]
)
def test_talks_that_are_rescued_have_hardly_failed(w, channel, reopens, days, left):
    pair, other = w.pairs[1], w.pairs[0]
    pair.reopens, channel.failed_day, w.par.talks.failure_memory = reopens, DAY - days, 60.0
    pair.failure = other.failure = math.exp(-days / 60.0)
    rules.mend(w, channel)
    assert pair.failure == pytest.approx(left * math.exp(-days / 60.0))
    assert other.failure == pair.failure


# -- pace


@pytest.mark.parametrize(
    ("n", "k", "expected"),
    [(1, 0, 1.0), (4, 0, 1.0), (4, 3, 0.25), (3, 1, 0.5), (2, 1, 0.25), (5, 1, 0.25**0.25)],
)
def test_hard_issues_stand_last(w, front, n, k, expected):
    front.n_issues = n
    assert rules.hardness(w, front, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 1.0),
        ({"readiness": 0.8}, 2.0),
        ({"level": 1.5}, 1.5),
        ({"form": codes.DIRECT}, 1.8),
        ({"rank": codes.WORKING_LEVEL}, 0.6),
        ({"form": codes.WORKING}, 0.6),
        ({"form": codes.WORKING, "rank": codes.SUMMIT}, 0.6),
        ({"rank": codes.SUMMIT}, 2.5),
        ({"sister": CHANNEL}, 1.0),
        ({"sister": BACK}, 1.0 + 0.5 * 0.5),
        ({"sister": BACK, "alignment": 0.25}, 1.0 - 0.5 * 0.5),
        ({"formulated": 0.5}, 1.25),
        ({"formulated": -0.5}, 0.75),
        ({"formulated": -9.0}, 0.1),
    ],
)
def test_the_pace_of_an_open_track(w, front, change, factor):
    front.form, front.rank = change.get("form", codes.FRONT), change.get("rank", codes.SENIOR_LEVEL)
    front.level, front.sister = change.get("level", 1.0), change.get("sister", codes.NOBODY)
    w.tracks[BACK].is_open = 1
    w.parties[ALLY].alignment = change.get("alignment", 0.75)
    w.pairs[0].readiness, w.pairs[0].formulated = change.get("readiness", 0.4), change.get("formulated", 0.0)
    assert rules.issue_hazard(w, front) == pytest.approx(0.02 * 0.4 * factor)


def test_each_issue_is_settled_by_its_own_draw(w, front):
    """Hazards of 0.4 a day for the first issue and a quarter of that for the last, over two days."""
    w.pairs[0].readiness, front.level, front.n_issues, front.n_settled = 1.0, 20.0, 4, 1
    paces = [0.25 ** (k / 3.0) for k in range(4)]
    chances = [1.0 - math.exp(-0.8 * pace) for pace in paces]
    front.agenda[1] = 1
    front.luck[U_ISSUE : U_ISSUE + 5] = [chances[0] - 1e-9, 0.0, chances[2] + 1e-9, chances[3] - 1e-9, 0.0]
    rules.negotiate(w, front)
    assert front.agenda == [1, 1, 0, 1, 0, 0, 0, 0]
    assert (front.n_settled, w.tally.issues) == (3, 2.0)
    told = [("issue_settled", party(ALLY), party(FOE), FRONT, "chance event", k) for k in (0.0, 3.0)]
    assert logged(w) == told


# -- those left out


def test_who_is_left_out_loses_standing_and_trust(w, channel):
    ally, d = w.parties[ALLY], w.dyads[ALLY_PATRON]
    ally.legitimacy, d.kept, d.broken, channel.visibility = 0.8, 4.0, 6.0, 0.5
    w.parties[PATRON].legitimacy = 0.6
    rules.leave_out(w, channel)
    assert ally.legitimacy == pytest.approx(0.8 * math.exp(-0.01 * 0.25 * 0.5 * 2.0))
    assert (d.kept, d.broken) == pytest.approx((4.0, 6.0 + 0.03 * 0.25 * 0.5 * 2.0))
    assert w.parties[PATRON].legitimacy == pytest.approx(1.0 - 0.4 * math.exp(-0.05 * 0.5 * 2.0))


@pytest.mark.parametrize("case", ["nobody", "no dyad", "no patron", "not direct"])
def test_who_has_nothing_to_lose(w, channel, case):
    ally = w.parties[ALLY]
    for p in w.parties:
        p.legitimacy = 0.6
    if case == "nobody":
        channel.excluded = codes.NOBODY
    elif case == "no dyad":
        ally.patron_dyad = codes.NOBODY
    elif case == "no patron":
        ally.patron = codes.NOBODY
    else:
        channel.form = codes.FRONT
    rules.leave_out(w, channel)
    assert (ally.legitimacy == 0.6) is (case == "nobody")
    assert (w.dyads[ALLY_PATRON].broken == 3.0) is (case in ("nobody", "no dyad"))
    assert (w.parties[PATRON].legitimacy == 0.6) is (case != "no dyad")
    assert w.dyads[ALLY_PATRON - 1].broken == 3.0


# -- leaks


P_LEAK = 1.0 - math.exp(-0.05 * 2.0)


@pytest.mark.parametrize(
    ("change", "leaks"),
    [
        ({}, True),
        ({"u": P_LEAK + 1e-9}, False),
        ({"leak": 0.0}, False),
        ({"visibility": 1.0}, False),
        ({"visibility": 0.9}, True),
    ],
)
def test_a_secret_track_may_leak(w, change, leaks):
    back = w.tracks[BACK]
    back.leak, back.visibility = change.get("leak", 0.05), change.get("visibility", 0.2)
    back.luck[U_LEAK] = change.get("u", P_LEAK - 1e-9)
    for p, risk in zip(w.parties, (0.25, 0.5, 0.0), strict=True):
        p.risk_tolerance, p.capital = risk, 1.2
    rules.spill(w, back)
    capital = [1.2 * (1.0 - 0.1 * 0.75), 1.2 * (1.0 - 0.1 * 0.5), 1.2] if leaks else [1.2] * 3
    assert [p.capital for p in w.parties] == pytest.approx(capital)
    assert back.visibility == (1.0 if leaks else change.get("visibility", 0.2))
    assert w.tally.leaks == float(leaks)
    assert logged(w) == [("leak", party(ALLY), party(FOE), BACK, "chance event", 0.05)] * leaks


def test_without_endurance_a_leak_costs_nobody(w):
    w.par.switches.endurance = 0
    w.tracks[BACK].leak = 0.05
    for _ in range(2):
        w.tracks[BACK].visibility = 0.2
        rules.spill(w, w.tracks[BACK])
    assert (w.tally.leaks, w.parties[ALLY].capital) == (2.0, 1.0)


# -- opening and breaking off


@pytest.mark.parametrize(
    ("partner", "blocked", "refused"), [(-1, 99.0, False), (0, 10.0, False), (0, 10.1, True)]
)
def test_it_takes_two_to_open(w, partner, blocked, refused):
    choice(w, codes.OPEN_TRACK, CHANNEL, FOE, blocked_until=blocked)
    c = choice(w, codes.OPEN_TRACK, CHANNEL, PATRON, partner=partner)
    assert rules.is_refused(w, c) is refused


def test_opening_costs_both_leaders(w, channel):
    for p, hawkishness in zip(w.parties, (0.9, 0.25, 0.5), strict=True):
        p.hawkishness, p.legitimacy = hawkishness, 1.0
    channel.visibility, w.factions[2].hawkishness, w.factions[2].discontent = 0.75, 0.5, 0.2
    w.par.endurance.discontent_gain = 0.6
    c = choice(w, codes.OPEN_TRACK, CHANNEL, FOE, why=codes.BY_POLICY)
    rules.open_up(w, c)
    assert (channel.is_open, channel.opened_day, w.tally.tracks) == (1, DAY, 1.0)
    expected = [1.0, math.exp(-1.4 * 0.25 * 0.15), math.exp(-1.4 * 0.5 * 0.15)]
    assert [p.capital for p in w.parties] == pytest.approx(expected)
    assert w.factions[2].discontent == pytest.approx(1.0 - 0.8 * math.exp(-0.6 * 0.5 * 0.15))
    told = ("track_opened", party(PATRON), party(FOE), CHANNEL, "imposed by the policy", float(codes.DIRECT))
    assert logged(w) == [told]
    rules.open_up(w, c)
    assert (w.tally.tracks, logged(w)) == (1.0, [told])
    channel.is_open = 0
    rules.open_up(w, c)
    assert w.tally.tracks == 2.0


@pytest.mark.parametrize("settled", [4, 3, 2])
def test_what_survives_a_failure_is_lost_from_the_end(w, front, settled):
    front.key_lo, front.key_hi, front.n_issues = 5, 6, 5
    front.agenda = [1, 0, 1, 1, 1, 0, 0, 0] if settled == 4 else [1] * settled + [0] * (8 - settled)
    front.n_settled = settled
    kept = math.floor(0.7 * settled + event_uniform(7, 9, 5, 5, 6, 0))
    rules.forget_part(w, front, 0)
    assert front.n_settled == sum(front.agenda) == kept
    assert [k for k in range(8) if front.agenda[k]] == [k for k in (0, 2, 3, 4) if settled == 4][
        :kept
    ] or settled < 4


def test_nothing_is_forgotten_where_all_is_kept(w, front):
    w.par.talks.keeps = 1.0
    front.n_settled, front.agenda = 2, [1, 0, 0, 1, 0, 0, 0, 0]
    rules.forget_part(w, front, 0)
    assert (front.n_settled, front.agenda[:4]) == (2, [1, 0, 0, 1])


@pytest.mark.parametrize(("endurance", "expected"), [(1, [1.2, 1.2 * 0.9, 1.2 * 0.85]), (0, [1.2] * 3)])
def test_a_failed_summit_costs_both_leaders(w, endurance, expected):
    w.par.switches.endurance = endurance
    for p, risk in zip(w.parties, (0.0, 0.5, 0.25), strict=True):
        p.risk_tolerance, p.capital = risk, 1.2
    rules.lose_face(w, w.pairs[1])
    assert [p.capital for p in w.parties] == pytest.approx(expected)


def heat(w, k, fields):
    """Failures felt by the first two pairs after talks of the k-th failed with weight 0.4."""
    vars(w.parties[ALLY]).update(fields)
    for pair in w.pairs:
        pair.failure = 0.5
    rules.fail(w, w.pairs[k], 0.4)
    return [pair.failure for pair in w.pairs]


@pytest.mark.parametrize(
    ("k", "fields", "expected"),
    [
        (1, {}, [0.9, 0.9, 0.5]),
        (0, {}, [0.9, 0.5, 0.5]),
        (1, {"foe_dyad": codes.NOBODY}, [0.5, 0.9, 0.5]),
        (1, {"patron": codes.NOBODY}, [0.5, 0.9, 0.5]),
        (1, {"patron": FOE}, [0.5, 0.9, 0.5]),
        (1, {"main_foe": PATRON}, [0.5, 0.9, 0.5]),
        (1, {"patron": FOE, "main_foe": PATRON, "foe_dyad": ALLY_PATRON}, [0.5, 0.9, 0.9]),
    ],
)
def test_a_patrons_failure_heats_its_allys_fight_with_the_same_foe(w, k, fields, expected):
    assert heat(w, k, fields) == pytest.approx(expected)


@pytest.mark.parametrize(("actor", "left"), [(PATRON, FOE), (FOE, PATRON)])
@pytest.mark.parametrize(("rank", "capital"), [(codes.SENIOR_LEVEL, 1.0), (codes.SUMMIT, 0.8)])
def test_breaking_off(w, channel, actor, left, rank, capital):
    channel.is_open, channel.rank, channel.visibility = 1, rank, 0.5
    channel.n_settled, channel.agenda, w.par.talks.keeps = 4, [1] * 4 + [0] * 4, 0.5
    c = choice(w, codes.LEAVE_TRACK, CHANNEL, actor, why=codes.BY_POLICY)
    rules.break_off(w, c)
    assert (channel.is_open, channel.n_settled) == (0, 2)
    assert (w.pairs[1].failure, w.pairs[1].failed_day, w.pairs[0].failure) == (0.5, DAY, 0.5)
    assert [p.capital for p in w.parties] == pytest.approx([1.0, capital, capital])
    told = ("track_failed", party(actor), party(left), CHANNEL, "imposed by the policy", 2.0)
    assert logged(w) == [told]
    rules.break_off(w, c)
    assert w.tally.failures == 1.0
    channel.is_open = 1
    rules.break_off(w, c)
    assert w.tally.failures == 2.0


# -- concluding and summing up


def test_talks_of_working_rank_conclude_nothing_where_terms_count(w, front):
    front.form, front.rank = codes.PROXIMITY, codes.WORKING_LEVEL
    assert not rules.is_side_track(w, front)
    w.par.switches.terms = 1
    assert rules.is_side_track(w, front)
    front.rank = codes.SENIOR_LEVEL
    assert not rules.is_side_track(w, front)


@pytest.mark.parametrize("form", range(5))
@pytest.mark.parametrize("settled", [3, 4])
def test_a_side_track_concludes_when_its_agenda_is_settled(w, front, form, settled):
    front.form, front.is_open, front.n_settled = form, 1, settled
    side = form in (codes.BACKCHANNEL, codes.WORKING)
    assert rules.is_side_track(w, front) is side
    rules.conclude(w, front)
    done = side and settled == 4
    assert front.is_open == (0 if done else 1)
    assert logged(w) == [("track_concluded", party(ALLY), party(FOE), FRONT, "by rule", 4.0)] * done


def test_what_each_pair_reads_off_its_tracks(w, front, channel):
    back = w.tracks[BACK]
    w.rates.keep_failure = 0.75
    for pair in w.pairs:
        pair.talking, pair.complete, pair.progress, pair.failure = 1, 1, 1.0, 2.0
    front.n_settled, back.n_settled, back.is_open = 2, 1, 1
    rules.sum_up(w)
    assert [p.talking for p in w.pairs] == [1, 0, 0]
    assert [p.complete for p in w.pairs] == [0, 0, 0]
    assert [p.progress for p in w.pairs] == [0.5, 0.0, 0.0]
    assert [p.failure for p in w.pairs] == [1.5] * 3
    assert w.tally.talk_days == 2.0
    back.n_settled, channel.is_open, channel.n_settled = 4, 1, 4
    rules.sum_up(w)
    assert [p.complete for p in w.pairs] == [0, 1, 0]
    assert w.tally.talk_days == 6.0


# -- a step


@pytest.fixture
def stepping(w):
    """Choices to open the front and to leave the channel stand between others of other stages; all are certain."""
    choice(w, codes.OFFER_TRUCE, 0, hazard=math.inf)
    choice(w, codes.OPEN_TRACK, FRONT, hazard=math.inf)
    choice(w, codes.LEAVE_TRACK, CHANNEL, PATRON, hazard=math.inf)
    choice(w, codes.GIVE_MEASURE, 0, hazard=math.inf)
    w.clock.n_truce_choices, w.clock.n_talk_choices, w.clock.n_measure_choices = 1, 2, 1
    w.tracks[CHANNEL].is_open, w.tracks[CHANNEL].opened_day = 1, 4.0
    return w


def happenings(w):
    return [e[0] for e in logged(w)]


def test_a_step_of_talks(stepping):
    rules.talks(stepping)
    assert happenings(stepping) == ["track_opened", "track_failed"]
    assert stepping.pairs[0].talking == 1


def test_a_choice_falls_due_by_its_chance_over_the_step(stepping):
    p = 1.0 - math.exp(-0.3 * 2.0)
    for k, nudge in ((1, 1e-9), (2, -1e-9)):
        stepping.choices[k].hazard, stepping.choices[k].luck[U_HAPPENS] = 0.3, p + nudge
    rules.talks(stepping)
    assert happenings(stepping) == ["track_failed"]


@pytest.mark.parametrize(("imposed", "opened"), [(codes.FREE, False), (codes.IMPOSE, True)])
def test_a_refusal_of_the_other_side_stops_a_choice_but_not_the_policy(stepping, imposed, opened):
    w = stepping
    w.choices[1].partner, w.choices[0].blocked_until, w.choices[1].imposed = 0, 99.0, imposed
    rules.talks(w)
    assert w.tracks[FRONT].is_open == int(opened)


def test_tracks_opened_before_today_negotiate_leave_out_leak_and_conclude(stepping):
    w = stepping
    w.choices.clear()
    w.clock.n_talk_choices = w.clock.n_truce_choices = 0
    channel, back, front = w.tracks[CHANNEL], w.tracks[BACK], w.tracks[FRONT]
    for t in (channel, back, front):
        t.is_open, t.opened_day, t.n_issues, t.leak = 1, 8.0, 1, 9.0
    front.opened_day = DAY
    for pair in w.pairs:
        pair.readiness = 1.0
    ally = w.parties[ALLY]
    ally.legitimacy = 0.8
    rules.talks(w)
    told = ["issue_settled", "issue_settled", "leak", "track_concluded"]
    assert happenings(w) == told
    assert ally.legitimacy < 0.8
    assert (front.n_settled, w.pairs[1].complete, w.pairs[0].progress) == (0, 1, 1.0)


def test_switched_off_nobody_talks(stepping):
    stepping.par.switches.talks = 0
    rules.talks(stepping)
    assert (happenings(stepping), stepping.pairs[0].talking) == ([], 0)


# -- partial agreements, side tracks and shared agendas


@pytest.mark.parametrize(
    ("agreed", "coverage", "settled"), [(0, 1.0, False), (1, 1.0, True), (1, 0.99, False)]
)
def test_an_agreement_that_leaves_something_open_settles_nothing_for_good(
    w, channel, agreed, coverage, settled
):
    pair = w.pairs[channel.pair]
    pair.agreed, pair.coverage = agreed, coverage
    assert rules.is_settled(pair) is settled
    assert (rules.open_track(w, w.parties[PATRON], channel) == 0.0) is settled


@pytest.mark.parametrize(
    ("on", "form", "settled", "done"),
    [
        (1, codes.BACKCHANNEL, 4, True),
        (1, codes.WORKING, 4, True),
        (1, codes.BACKCHANNEL, 3, False),
        (1, codes.FRONT, 4, False),
        (0, codes.BACKCHANNEL, 4, False),
    ],
)
def test_a_side_track_that_has_done_its_work_does_not_reopen(w, on, form, settled, done):
    track = w.tracks[BACK]
    w.par.switches.terms, track.form, track.n_settled = on, form, settled
    assert rules.is_done(w, track) is done
    assert (rules.open_track(w, w.parties[ALLY], track) == 0.0) is done


@pytest.mark.parametrize(
    ("on", "front", "back", "expected"), [(0, 1, 3, 0.75), (1, 1, 3, 0.375), (1, 2, 3, 0.5), (1, 0, 4, 0.5)]
)
def test_progress_on_the_side_counts_in_part(w, on, front, back, expected):
    w.par.switches.terms = on
    w.tracks[FRONT].n_settled, w.tracks[BACK].n_settled = front, back
    rules.sum_up(w)
    assert w.pairs[0].progress == expected


@pytest.fixture
def sharing(w):
    """Front and backchannel with the same four issues, in the same order."""
    w.par.switches.terms = 1
    for k in range(4):
        w.issues.append(Issue(track=FRONT, place=k, pair=0, topic=k, first=1))
        w.issues.append(Issue(track=BACK, place=k, pair=0, topic=k))
    for t in (w.tracks[FRONT], w.tracks[BACK]):
        t.n_settled, t.agenda = 3, [1, 1, 1, 0, 0, 0, 0, 0]
    return w


@pytest.mark.parametrize(("keeps", "left"), [(1.0, 3), (0.0, 0)])
def test_what_is_forgotten_on_one_track_is_forgotten_on_all(sharing, keeps, left):
    sharing.par.talks.keeps = keeps
    rules.forget_part(sharing, sharing.tracks[BACK], 0)
    assert [sharing.tracks[k].n_settled for k in (FRONT, BACK)] == [left, left]


def test_where_all_tracks_forget_the_first_alone_answers_for_an_issue(sharing):
    sharing.par.talks.keeps = 0.0
    rules.forget_part(sharing, sharing.tracks[BACK], 1)
    assert [sharing.tracks[k].n_settled for k in (FRONT, BACK)] == [3, 3]
    rules.forget_part(sharing, sharing.tracks[FRONT], 1)
    assert [sharing.tracks[k].n_settled for k in (FRONT, BACK)] == [0, 0]


def test_an_issue_settled_on_one_track_is_settled_on_all(sharing):
    t = sharing.tracks[BACK]
    t.luck = [0.0] * len(t.luck)
    sharing.pairs[0].readiness = 1.0
    rules.negotiate(sharing, t)
    assert [sharing.tracks[k].n_settled for k in (FRONT, BACK)] == [4, 4]
    assert (sharing.tally.issues, t.moved_day) == (1.0, DAY)


def test_a_track_moves_when_it_opens(w, channel):
    rules.open_up(w, choice(w, codes.OPEN_TRACK, CHANNEL))
    assert channel.moved_day == DAY
