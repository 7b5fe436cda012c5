"""Mediation (E14): where mediators go, what their presence is worth, and what an agreement does to their credit."""

import math

import pytest
from worlds import NO_ONE, PATRON, logged, world

from detente.agents import codes
from detente.agents.rules import mediation as rules
from detente.agents.state import Mediation, MediatorState


@pytest.fixture
def w():
    """Two mediators; the first may work on two pairs, the second on one."""
    w = world(
        mediators=[MediatorState(index=0, skill=0.8), MediatorState(index=1, skill=0.5)],
        mediations=[Mediation(0, 0), Mediation(1, 0), Mediation(0, 1)],
    )
    vars(w.par.mediation).update(
        waning=700.0,
        facilitation=0.6,
        drafting=0.3,
        round_days=30.0,
        readiness=4.0,
        persistence=1.5,
        lever_gain=2.0,
        bias=0.8,
    )
    w.par.strategies.seeking, w.par.strategies.staying, w.par.strategies.bold = 2.0, 1.1, 1.2
    return w


@pytest.mark.parametrize(
    ("day", "due"),
    [(0.0, False), (27.9, False), (28.0, True), (29.0, True), (30.0, False), (58.0, True), (118.0, True)],
)
def test_a_round_is_due_in_the_step_that_reaches_it(w, day, due):
    w.clock.day = day
    assert rules.is_round(w, w.mediators[0]) is due


# -- where to go


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, 0.0),
        ({"readiness": 0.7}, 0.8),
        ({"readiness": 0.3}, -0.8),
        ({"access": 0.6}, 0.6),
        ({"engaged": 1}, 1.5),
        ({"lever_a": 0.5}, 1.0),
        ({"lever_b": 0.5}, 1.0),
        ({"lever_a": 0.5, "lever_b": 0.25}, 1.0),
        ({"bias": 0.5}, -0.4),
        ({"bias": -0.5}, -0.4),
        (
            {"readiness": 0.7, "access": 0.6, "engaged": 1, "lever_a": 0.5, "bias": 0.5},
            0.8 + 0.6 + 1.5 + 1.0 - 0.4,
        ),
        ({"strategy": codes.RIPENESS_SEEKER, "readiness": 0.7}, 1.6),
        ({"strategy": codes.RIPENESS_SEEKER, "engaged": 1}, 1.5),
        ({"strategy": codes.PERSISTENT, "engaged": 1}, 2.6),
        ({"strategy": codes.PERSISTENT}, 0.0),
        ({"strategy": codes.ENTREPRENEUR}, 1.2),
        ({"strategy": codes.ENTREPRENEUR, "n": 1}, 0.0),
        ({"strategy": codes.ENTREPRENEUR, "n": 1, "engaged": 1}, 1.2 + 1.5),
        ({"strategy": codes.ENTREPRENEUR, "n": 2, "engaged": 1}, 1.5),
        ({"n": 0, "readiness": 0.7}, 0.8),
    ],
)
def test_how_much_a_mediator_wants_to_work_on_a_pair(w, change, expected):
    m, link, pair = w.mediators[0], w.mediations[2], w.pairs[1]
    m.strategy, pair.readiness = change.get("strategy", codes.PLAIN), change.get("readiness", 0.5)
    link.access, link.engaged, link.bias = (
        change.get("access", 0.0),
        change.get("engaged", 0),
        change.get("bias", 0.0),
    )
    pair.n_mediators = change.get("n", 0)
    w.parties[pair.a].levers[codes.LEVER_MEDIATION] = change.get("lever_a", 0.0)
    w.parties[pair.b].levers[codes.LEVER_MEDIATION] = change.get("lever_b", 0.0)
    assert rules.weigh_pair(w, m, link) == pytest.approx(expected)


@pytest.fixture
def scored(w):
    """Scores of log 2 and log 3 for the first mediator's pairs: shares 2/6, 3/6, and 1/6 for staying out."""
    w.mediations[0].score, w.mediations[1].score, w.mediations[2].score = math.log(2.0), 9.0, math.log(3.0)
    return w


@pytest.mark.parametrize(
    ("u", "chosen", "left"),
    [(0.0, 0, 0.0), (0.25, 0, 0.75), (0.34, 2, (0.34 - 1 / 3) * 2.0), (0.5, 2, 1 / 3), (0.84, -1, 0.84)],
)
def test_one_choice_among_pairs_and_staying_out(scored, u, chosen, left):
    i, rest = rules.choose(scored, scored.mediators[0], u)
    assert i == chosen
    assert rest == pytest.approx(left)


def test_the_luck_at_an_edge_goes_to_the_next(scored):
    scored.mediations[0].score = scored.mediations[2].score = 0.0
    w = scored
    w.mediations.pop()
    assert rules.choose(w, w.mediators[0], 0.5)[0] == codes.NOBODY


def test_a_pair_taken_already_is_not_chosen_again(scored):
    scored.mediations[0].engaged = 2
    assert rules.choose(scored, scored.mediators[0], 0.74)[0] == 2
    assert rules.choose(scored, scored.mediators[0], 0.76)[0] == codes.NOBODY


@pytest.mark.parametrize(
    ("capacity", "u", "engaged"),
    [
        (1, 0.25, [1, 0, 0]),
        (2, 0.26, [1, 0, 0]),  # what is left of the luck, 0.78, is beyond the edge of staying out
        (2, 0.24, [1, 0, 1]),
        (2, 0.9, [0, 0, 0]),
        (0, 0.1, [0, 0, 0]),
    ],
)
def test_a_mediator_takes_as_many_pairs_as_it_can_serve(scored, capacity, u, engaged):
    m = scored.mediators[0]
    m.capacity, m.luck[0] = capacity, u
    rules.engage(scored, m)
    assert [link.engaged for link in scored.mediations] == engaged


def test_other_mediators_are_left_where_they_are(scored):
    scored.mediations[1].engaged = 1
    scored.mediators[0].luck[0] = 0.9
    rules.engage(scored, scored.mediators[0])
    assert (scored.mediations[1].engaged, scored.mediations[1].held, logged(scored)) == (1, 0, [])


@pytest.mark.parametrize(
    ("mark", "held", "engaged", "told"),
    [
        (2, 0, 1, "mediator_engaged"),
        (2, 1, 1, ""),
        (1, 1, 0, "mediator_left"),
        (0, 0, 0, ""),
    ],
)
def test_what_changed_in_a_round_is_told(w, mark, held, engaged, told):
    link = w.mediations[2]
    link.engaged, link.held, link.worked, link.score = mark, held, 60.0, 0.7
    rules.settle_in(w, w.mediators[0], link)
    assert (link.engaged, link.held) == (engaged, engaged)
    assert link.worked == (0.0 if told else 60.0)
    assert w.tally.engagements == float(told == "mediator_engaged")
    expected = [(told, ("mediator", 0), NO_ONE, 1, "own choice", 0.7)] if told else []
    assert logged(w) == expected


def test_each_engagement_counts(w):
    for _ in range(2):
        w.mediations[2].engaged, w.mediations[2].held = 2, 0
        rules.settle_in(w, w.mediators[0], w.mediations[2])
    assert w.tally.engagements == 2.0


# -- what presence is worth


@pytest.mark.parametrize(
    ("style", "bias", "skill", "drafting"),
    [
        (codes.FACILITATOR, 0.0, 0.8, 0.8 * 0.3),
        (codes.FORMULATOR, 0.0, 0.8 * 0.6, 0.8),
        (codes.GUARANTOR, 0.0, 0.8 * 0.6, 0.8 * 0.3),
        (codes.FACILITATOR, 0.5, 0.6, 0.6 * 0.3),
        (codes.FACILITATOR, -0.5, 0.6, 0.6 * 0.3),
    ],
)
def test_each_style_does_one_thing_best(w, style, bias, skill, drafting):
    pair, link = w.pairs[1], w.mediations[2]
    w.mediators[0].style, link.bias, link.worked = style, bias, 7.0
    pair.skill, pair.drafting, pair.n_mediators = 0.1, 0.2, 1
    rules.count_in(w, link)
    assert (pair.skill, pair.drafting) == pytest.approx((0.1 + skill, 0.2 + drafting))
    assert (pair.n_mediators, link.worked) == (2, 9.0)


def test_monitors_add_up_without_double_counting(w):
    pair, m = w.pairs[1], w.mediators[0]
    pair.monitoring, m.monitors, m.presence = 0.2, 0.5, 0.8
    rules.count_in(w, w.mediations[2])
    assert pair.monitoring == pytest.approx(1.0 - 0.8 * (1.0 - 0.4))


@pytest.mark.parametrize(("terms", "expected"), [(1, 0.1 + 0.8 * 0.3), (0, 0.1)])
def test_mediators_at_work_can_have_talks_reopened(w, terms, expected):
    pair, m, link = w.pairs[1], w.mediators[0], w.mediations[2]
    pair.reopens, m.presence, link.reopens, w.par.switches.terms = 0.1, 0.8, 0.3, terms
    rules.count_in(w, link)
    assert pair.reopens == pytest.approx(expected)


def test_a_guarantee_is_credible_present_and_wanes(w):
    pair, m, link = w.pairs[1], w.mediators[0], w.mediations[2]
    m.kept, m.broken, m.presence, m.leverage, link.worked = 3.0, 1.0, 0.8, 0.5, 350.0
    pair.guarantee = 0.2
    rules.count_in(w, link)
    assert pair.guarantee == 0.2
    m.style, link.worked = codes.GUARANTOR, 350.0
    rules.count_in(w, link)
    weight = 0.75 * 0.8 * 0.5 * math.exp(-0.5)
    assert pair.guarantee == pytest.approx(1.0 - 0.8 * (1.0 - weight))


@pytest.mark.parametrize(
    ("n", "total", "expected"),
    [
        (0, 0.6, 0.0),
        (1, 0.6, 0.6 * 0.5 * math.exp(0.5)),
        (2, 0.6, 0.3),
        (4, -0.8, -0.2 * 2.0 * math.exp(-1.0)),
    ],
)
def test_the_joint_effect_peaks_at_two(n, total, expected):
    assert rules.joint_effect(n, total) == pytest.approx(expected)


# -- a step


@pytest.fixture
def stepping(scored):
    """It is not a round; the first mediator works on both its pairs, the second waits."""
    w = scored
    for k in (0, 2):
        w.mediations[k].engaged = w.mediations[k].held = 1
    for pair in w.pairs:
        pair.n_mediators, pair.skill, pair.drafting, pair.monitoring, pair.guarantee = 9, 9.0, 9.0, 0.9, 0.9
        pair.mediated, pair.formulated = 9.0, 9.0
        pair.monitoring_own = 0.25
    for m in w.mediators:
        m.luck[0] = 0.0
    return w


def test_a_step_of_mediation(stepping):
    w = stepping
    rules.mediation(w)
    one = 0.5 * math.exp(0.5)
    assert [p.n_mediators for p in w.pairs] == [1, 1, 0]
    assert [p.skill for p in w.pairs] == [0.8, 0.8, 0.0]
    assert [p.drafting for p in w.pairs] == pytest.approx([0.24, 0.24, 0.0])
    assert [p.monitoring for p in w.pairs] == [0.25] * 3
    assert [p.guarantee for p in w.pairs] == [0.0] * 3
    assert [p.mediated for p in w.pairs] == pytest.approx([0.8 * one, 0.8 * one, 0.0])
    assert [p.formulated for p in w.pairs] == pytest.approx([0.24 * one, 0.24 * one, 0.0])
    assert w.tally.mediated_days == 4.0
    assert logged(w) == []


def test_at_a_round_every_mediator_chooses_anew(stepping):
    w = stepping
    w.clock.day = 28.0
    rules.mediation(w)
    assert [link.engaged for link in w.mediations] == [1, 1, 0]
    assert [p.n_mediators for p in w.pairs] == [2, 0, 0]


def test_switched_off_no_mediator_moves(stepping):
    stepping.par.switches.mediation = 0
    stepping.clock.day = 28.0
    rules.mediation(stepping)
    assert [p.n_mediators for p in stepping.pairs] == [9] * 3
    assert [link.engaged for link in stepping.mediations] == [1, 0, 1]


def test_guarantors_at_work_stake_their_credit(w):
    w.mediators.append(MediatorState(index=2, style=codes.GUARANTOR))
    w.mediators[0].style = codes.GUARANTOR
    w.mediations.extend([Mediation(1, 1), Mediation(2, 1), Mediation(2, 0)])
    for k in (1, 2, 3):
        w.mediations[k].engaged = 1
    w.mediations[0].engaged = 0
    for _ in range(2):
        rules.stake_credit(w, w.pairs[1], 0.25, 0.5)
    assert [(m.kept, m.broken) for m in w.mediators] == [(3.5, 2.0), (3.0, 1.0), (3.0, 1.0)]


def test_levers_of_both_sides_count(w):
    assert w.pairs[1].a == PATRON
