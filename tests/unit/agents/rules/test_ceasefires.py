"""Ceasefires (E8, E9): hazards of offers and answers, windows, conduct, breaches, the end of a truce."""

import math

import pytest
from truces import BACK, HERE, in_force, truce_world, weigh_adherence
from worlds import (
    DAY,
    FOE,
    PATRON,
    choice,
    hold_fire,
    logged,
    party,
)

from detente.agents import codes
from detente.agents.rules import ceasefires as rules
from detente.agents.rules.chance import event_uniform
from detente.agents.state import U_ADHERE, U_COLLAPSE, U_HAPPENS, U_PURPOSE, U_SCOPE


@pytest.fixture
def w():
    """Patron and foe, with round numbers for every parameter of ceasefires."""
    return truce_world()


# -- asking


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 1.0),
        ({"eagerness": 1.5}, 1.5),
        ({"lever": 0.5}, 2.5),
        ({"week": 1.9}, math.exp(0.5 * math.log(2.0 / 1.0))),
        ({"week": 0.4}, math.exp(0.5 * math.log(0.5 / 1.0))),
        ({"week": 99.0}, math.exp(0.5 * 2.0)),
        ({"week": 0.0}, math.exp(-0.5 * 2.0)),
        ({"talking": 1}, math.exp(0.7)),
        ({"holiday": 0.4}, math.exp(0.8 * 0.5)),
        ({"strategy": codes.CAUTIOUS}, 0.5),
        ({"week": 1.9, "talking": 1, "holiday": 0.4}, math.exp(0.5 * math.log(2.0) + 0.7 + 0.4)),
    ],
)
def test_offers(w, change, factor):
    """The quarter's mean is 0.9 deaths a day; a week without deaths counts as no less than a seventh of that."""
    d, i = w.dyads[HERE], w.parties[PATRON]
    d.deaths_quarter, d.deaths_week, d.observes = 0.9, change.get("week", 0.9), 0.5
    d.eagerness, i.strategy = change.get("eagerness", 1.0), change.get("strategy", codes.PLAIN)
    i.levers[codes.LEVER_CEASEFIRES] = change.get("lever", 0.0)
    w.pairs[1].talking, w.days[0].holiday = change.get("talking", 0), change.get("holiday", 1.0)
    assert rules.offer_truce(w, i, d) == pytest.approx(0.01 * factor)


@pytest.mark.parametrize(
    "case", ["switched off", "offered", "in force", "holding fire", "at rest", "in its own offensive"]
)
def test_no_offer(w, case):
    if case == "switched off":
        w.par.switches.ceasefires = 0
    elif case == "at rest":
        w.pairs[1].is_quiet = 1
    elif case == "in its own offensive":
        w.dyads[HERE].offensive_day = w.clock.day - 13.9
    elif case == "holding fire":
        hold_fire(w, HERE)
    else:
        w.pairs[1].truce_state = codes.OFFERED if case == "offered" else codes.IN_FORCE
    assert rules.offer_truce(w, w.parties[PATRON], w.dyads[HERE]) == 0.0


def test_an_offensive_that_is_over_and_that_of_the_other_forbid_no_offer(w):
    w.dyads[HERE].offensive_day, w.dyads[BACK].offensive_day = w.clock.day - 14.0, w.clock.day
    assert rules.offer_truce(w, w.parties[PATRON], w.dyads[HERE]) > 0.0


@pytest.mark.parametrize(
    ("eagerness", "lever", "strategy", "factor"),
    [
        (1.0, 0.0, codes.PLAIN, 1.0),
        (1.5, 0.0, codes.PLAIN, 1.5),
        (1.5, 0.5, codes.PLAIN, 1.5 * 2.5),
        (1.0, 0.0, codes.RECIPROCATOR, 2.0),
    ],
)
def test_answers(w, eagerness, lever, strategy, factor):
    d, i, pair = w.dyads[HERE], w.parties[PATRON], w.pairs[1]
    pair.truce_state, pair.offered_by = codes.OFFERED, BACK
    d.eagerness, i.strategy, i.levers[codes.LEVER_CEASEFIRES] = eagerness, strategy, lever
    assert rules.answer_truce(w, i, d) == pytest.approx(0.2 * factor)


@pytest.mark.parametrize(
    ("state", "by"), [(codes.OFFERED, HERE), (codes.NO_TRUCE, BACK), (codes.IN_FORCE, BACK)]
)
def test_only_the_others_pending_offer_is_answered(w, state, by):
    w.pairs[1].truce_state, w.pairs[1].offered_by = state, by
    assert rules.answer_truce(w, w.parties[PATRON], w.dyads[HERE]) == 0.0


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 1.0),
        ({"eagerness": 1.5}, 1.5),
        ({"lever": 0.5}, 2.5),
        ({"conduct": 1.2}, math.exp(-3.0 * 0.2)),
        ({"conduct": 0.5}, 1.0),
        ({"strategy": codes.CAUTIOUS}, 0.5),
    ],
)
def test_extensions(w, change, factor):
    """Asked in the last fifth of a term of twenty days, at a rate of one over those four days."""
    in_force(w, since=-6.0, until=14.0)
    d, i = w.dyads[HERE], w.parties[PATRON]
    d.eagerness, i.strategy = change.get("eagerness", 1.0), change.get("strategy", codes.PLAIN)
    w.dyads[BACK].conduct, i.levers[codes.LEVER_CEASEFIRES] = (
        change.get("conduct", 1.0),
        change.get("lever", 0.0),
    )
    assert rules.extend_truce(w, i, d) == pytest.approx(factor / 4.0)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(-6.0, 14.1, 0.0), (8.0, 11.0, 1.0), (8.0, 11.1, 0.0), (-90.0, 30.0, 1 / 24)],
)
def test_extensions_are_asked_in_the_last_part_of_a_term(w, since, until, expected):
    in_force(w, since, until)
    assert rules.extend_truce(w, w.parties[PATRON], w.dyads[HERE]) == pytest.approx(expected)


@pytest.mark.parametrize("case", ["offered", "window over"])
def test_no_extension(w, case):
    in_force(w, since=-6.0, until=14.0)
    if case == "offered":
        w.pairs[1].truce_state = codes.OFFERED
    else:
        w.dyads[HERE].truce_until = 10.0
    assert rules.extend_truce(w, w.parties[PATRON], w.dyads[HERE]) == 0.0


@pytest.mark.parametrize(
    ("eagerness", "strategy", "factor"),
    [(1.0, codes.PLAIN, 1.0), (1.5, codes.PLAIN, 1.5), (1.0, codes.RECIPROCATOR, 2.0)],
)
def test_answers_to_a_breach(w, eagerness, strategy, factor):
    in_force(w)
    w.dyads[BACK].breaching, w.dyads[BACK].chastened_until = 1, 10.0
    w.dyads[HERE].eagerness, w.parties[PATRON].strategy = eagerness, strategy
    assert rules.answer_breach(w, w.parties[PATRON], w.dyads[HERE]) == pytest.approx(0.1 * factor)


@pytest.mark.parametrize("case", ["offered", "no breach", "answered already"])
def test_no_answer_to_a_breach(w, case):
    pair, back = in_force(w), w.dyads[BACK]
    back.breaching = int(case != "no breach")
    back.chastened_until = 10.5 if case == "answered already" else -1.0
    if case == "offered":
        pair.truce_state = codes.OFFERED
    assert rules.answer_breach(w, w.parties[PATRON], w.dyads[HERE]) == 0.0


# -- terms


@pytest.mark.parametrize(("truce_class", "expected"), [(0, 0.3), (1, 0.24), (2, 0.192)])
def test_restraint_by_class(w, truce_class, expected):
    assert rules.class_restraint(w, truce_class) == pytest.approx(expected)


def test_a_window_is_declared(w):
    d = w.dyads[HERE]
    d.breaching = 1
    rules.declare(w, d, 12.0, 40.0, 0.24)
    assert (d.truce_from, d.truce_until, d.truce_restraint, d.breaching) == (12.0, 40.0, 0.24, 0)


@pytest.mark.parametrize(
    ("truce_class", "holiday", "expected"),
    [(0, 1.0, 30.0), (1, 1.0, 120.0), (2, 1.0, 730.0), (1, 0.5, 3.0)],
)
def test_own_terms(w, truce_class, holiday, expected):
    w.pairs[1].truce_class, w.days[0].holiday = truce_class, holiday
    assert rules.own_term(w, w.pairs[1]) == expected


# -- offers


def offer(w, **fields):
    return choice(w, codes.OFFER_TRUCE, HERE, PATRON, **fields)


@pytest.mark.parametrize(
    ("progress", "expected", "term"),
    [
        (0.0, codes.CESSATION, 30.0),
        (0.49, codes.CESSATION, 30.0),
        (0.5, codes.COMPLIANCE, 120.0),
        (0.99, codes.COMPLIANCE, 120.0),
        (1.0, codes.DEFINITIVE, 730.0),
    ],
)
def test_the_class_of_an_offer_follows_the_progress_of_talks(w, progress, expected, term):
    pair = w.pairs[1]
    pair.progress = progress
    rules.make_offer(w, offer(w))
    assert pair.truce_class == expected
    assert (pair.offer_from, pair.offer_until) == (12.0, 12.0 + term)


def test_an_offer_of_a_partys_own(w):
    pair, d = w.pairs[1], w.dyads[HERE]
    pair.tick_luck[U_SCOPE] = 0.25
    c = offer(w, scope=codes.LOCAL_SCOPE, why=codes.BY_CHOICE)
    rules.make_offer(w, c)
    assert (pair.truce_state, pair.offered_by, pair.offered_day) == (codes.OFFERED, HERE, DAY)
    assert pair.truce_scope == codes.DYAD_SCOPE
    assert d.truce_from == -1.0
    assert logged(w) == [("truce_offered", party(PATRON), party(FOE), 1, "own choice", 12.0)]
    assert w.tally.truce_offers == 1.0
    pair.tick_luck[U_SCOPE] = 0.249
    rules.make_offer(w, c)
    assert (pair.truce_scope, w.tally.truce_offers) == (codes.LOCAL_SCOPE, 2.0)


def test_an_imposed_offer_has_its_own_scope_and_window(w):
    pair, d = w.pairs[1], w.dyads[HERE]
    pair.tick_luck[U_SCOPE], pair.progress = 0.9, 0.5
    c = offer(w, scope=codes.LOCAL_SCOPE, why=codes.BY_POLICY, from_day=0.0, until_day=20.0)
    rules.make_offer(w, c)
    assert (pair.truce_scope, pair.offer_from, pair.offer_until) == (codes.LOCAL_SCOPE, 0.0, 20.0)
    assert (d.truce_from, d.truce_until, d.truce_restraint) == pytest.approx((0.0, 20.0, 0.24))
    assert logged(w)[0][4:] == ("imposed by the policy", 0.0)


def test_an_imposed_offer_of_no_length_binds_too(w):
    rules.make_offer(w, offer(w, why=codes.BY_POLICY, from_day=0.0, until_day=0.0))
    assert (w.pairs[1].offer_until, w.dyads[HERE].truce_until) == (0.0, 0.0)


# -- answers


@pytest.fixture
def offered(w):
    """The foe has offered a truce with compliance terms from day 12 until day 40."""
    pair = w.pairs[1]
    pair.truce_state, pair.offered_by, pair.truce_class = codes.OFFERED, BACK, codes.COMPLIANCE
    pair.offer_from, pair.offer_until, pair.pinned_until = 12.0, 40.0, 7.0
    pair.tick_luck[U_PURPOSE] = 0.99
    return w


def answer(w, **fields):
    return choice(w, codes.ANSWER_TRUCE, HERE, PATRON, **fields)


def windows(w):
    return [(d.truce_from, d.truce_until) for d in (w.dyads[HERE], w.dyads[BACK])]


def test_an_answer_binds_both_in_the_offered_window(offered):
    w, pair = offered, offered.pairs[1]
    rules.take_offer(w, answer(w, why=codes.BY_CHOICE))
    assert windows(w) == [(12.0, 40.0)] * 2
    assert [w.dyads[k].truce_restraint for k in (HERE, BACK)] == pytest.approx([0.24, 0.24])
    assert (pair.truce_state, pair.truce_start, pair.truce_term) == (codes.IN_FORCE, 12.0, 28.0)
    assert pair.pinned_until == -1.0
    assert logged(w) == [("truce_began", party(PATRON), party(FOE), 1, "own choice", 28.0)]


def test_a_late_answer_binds_from_the_next_tick(offered):
    offered.clock.day = 20.0
    rules.take_offer(offered, answer(offered))
    assert windows(offered) == [(20.5, 40.0)] * 2


def test_an_answer_after_the_window_lasts_a_day(offered):
    offered.clock.day = 44.0
    rules.take_offer(offered, answer(offered))
    assert windows(offered) == [(44.5, 45.5)] * 2


@pytest.mark.parametrize(("day", "window"), [(20.0, (20.5, 48.5)), (44.0, (44.5, 72.5)), (3.0, (12.0, 40.0))])
def test_an_offer_answered_late_lasts_as_long_as_was_offered(offered, day, window):
    offered.par.switches.adherence, offered.clock.day = 1, day
    offered.pairs[1].tick_luck[U_ADHERE] = 0.5
    rules.take_offer(offered, answer(offered))
    assert windows(offered) == [window] * 2


def test_a_late_answer_to_a_side_that_is_bound_already_ends_with_its_window(offered):
    offered.par.switches.adherence, offered.clock.day = 1, 20.0
    offered.pairs[1].tick_luck[U_ADHERE] = 0.5
    hold_fire(offered, BACK, since=12.0, until=40.0)
    rules.take_offer(offered, answer(offered))
    assert windows(offered) == [(20.5, 40.0), (12.0, 40.0)]


def test_a_window_the_offerer_declared_stays(offered):
    hold_fire(offered, BACK, since=0.0, until=30.0)
    rules.take_offer(offered, answer(offered, from_day=14.0, until_day=36.0))
    assert windows(offered) == [(14.0, 36.0), (0.0, 30.0)]
    assert offered.pairs[1].pinned_until == 30.0
    assert (offered.pairs[1].truce_start, offered.pairs[1].truce_term) == (14.0, 16.0)


@pytest.mark.parametrize(("since", "until"), [(-1.0, 30.0), (0.0, 14.0)])
def test_a_window_that_is_over_or_was_never_declared_is_replaced(offered, since, until):
    hold_fire(offered, BACK, since=since, until=until)
    rules.take_offer(offered, answer(offered, from_day=14.0, until_day=36.0))
    assert windows(offered) == [(14.0, 36.0)] * 2


@pytest.mark.parametrize(
    ("fields", "window"), [({"from_day": 14.0}, (14.0, 40.0)), ({"until_day": 36.0}, (12.0, 36.0))]
)
def test_half_a_window_may_be_imposed(offered, fields, window):
    rules.take_offer(offered, answer(offered, **fields))
    assert windows(offered) == [window] * 2


def test_an_answer_may_be_imposed_from_the_first_day_on(offered):
    rules.take_offer(offered, answer(offered, from_day=0.0, until_day=0.0))
    assert windows(offered) == [(0.0, 0.0)] * 2
    assert offered.pairs[1].pinned_until == 0.0


@pytest.mark.parametrize(
    ("rise_a", "rise_b", "strategy_a", "strategy_b", "p", "side"),
    [
        (0.0, 0.0, 0, 0, 0.2, 2),
        (0.0, 0.1, 0, 0, 0.2, 1),
        (0.2, 0.1, 0, 0, 0.2 * math.exp(-0.4), 2),
        (-0.1, 0.1, 0, 0, 0.2 * math.exp(0.4), 1),
        (0.0, 0.1, codes.OPPORTUNIST, 0, 0.4, 1),
        (0.0, 0.1, 0, codes.OPPORTUNIST, 0.2, 1),
        (0.1, 0.0, 0, codes.OPPORTUNIST, 0.4, 2),
        (0.1, 0.0, codes.OPPORTUNIST, 0, 0.2, 2),
    ],
)
def test_the_less_ready_side_may_mean_to_use_the_pause(w, rise_a, rise_b, strategy_a, strategy_b, p, side):
    pair = w.pairs[1]
    for d, rise in ((w.dyads[HERE], rise_a), (w.dyads[BACK], rise_b)):
        d.readiness, d.readiness_usual = 0.4 + rise, 0.4
    w.parties[PATRON].strategy, w.parties[FOE].strategy = strategy_a, strategy_b
    pair.tick_luck[U_PURPOSE] = p - 1e-9
    assert rules.hostile_side(w, pair) == side
    pair.tick_luck[U_PURPOSE] = p + 1e-9
    assert rules.hostile_side(w, pair) == 0


def test_a_ceasefire_begins_when_the_later_window_opens(w):
    pair = w.pairs[1]
    hold_fire(w, HERE, since=12.0, until=40.0)
    hold_fire(w, BACK, since=14.0, until=30.0)
    pair.breaches, pair.tick_luck[U_PURPOSE] = 3.0, 0.0
    rules.begin(w, pair, codes.BY_POLICY)
    assert (pair.truce_state, pair.truce_start, pair.truce_term) == (codes.IN_FORCE, 14.0, 16.0)
    assert (pair.breaches, pair.hostile_purpose, w.tally.truces) == (0.0, 2, 1.0)
    assert logged(w) == [("truce_began", party(PATRON), party(FOE), 1, "imposed by the policy", 16.0)]
    rules.begin(w, pair, codes.BY_POLICY)
    assert w.tally.truces == 2.0


# -- extensions and ends


@pytest.mark.parametrize(
    ("term", "imposed", "until"),
    [(20.0, -1.0, 34.0), (0.5, -1.0, 15.0), (20.0, 60.0, 60.0), (20.0, 12.0, 14.0)],
)
def test_a_window_is_prolonged_by_its_term_or_to_the_imposed_day(w, term, imposed, until):
    d = w.dyads[HERE]
    hold_fire(w, HERE, since=0.0, until=14.0)
    w.pairs[1].truce_term = term
    rules.prolong(w, choice(w, codes.EXTEND_TRUCE, HERE, PATRON, until_day=imposed, why=codes.BY_POLICY))
    assert (d.truce_from, d.truce_until) == (0.0, until)
    assert logged(w) == [("truce_extended", party(PATRON), party(FOE), 1, "imposed by the policy", until)]


def test_an_imposed_extension_without_a_window_opens_one_today(w):
    rules.prolong(w, choice(w, codes.EXTEND_TRUCE, HERE, PATRON, until_day=0.0))
    d = w.dyads[HERE]
    assert (d.truce_from, d.truce_until) == (DAY, 0.0)


def released(d):
    return (d.truce_from, d.truce_until, d.truce_restraint, d.chastened_until, d.conduct, d.breaching)


def bound(w):
    for k in (HERE, BACK):
        d = w.dyads[k]
        d.truce_restraint, d.chastened_until, d.conduct, d.breaching = 0.3, 20.0, 0.5, 1


FREE = (-1.0, -1.0, 1.0, -1.0, 1.0, 0)
BOUND = (5.0, 50.0, 0.3, 20.0, 0.5, 1)


def test_a_released_side_is_bound_by_nothing(w):
    in_force(w)
    bound(w)
    rules.release(w.dyads[HERE])
    assert released(w.dyads[HERE]) == FREE


@pytest.mark.parametrize(
    ("what", "left", "collapses"), [(codes.TRUCE_COLLAPSED, FREE, 1.0), (codes.TRUCE_EXPIRED, BOUND, 0.0)]
)
def test_a_broken_truce_releases_both_sides_and_an_expired_one_leaves_the_windows(w, what, left, collapses):
    pair = in_force(w)
    bound(w)
    pair.offered_by = HERE
    rules.end_truce(w, pair, what, codes.BY_BREACHES)
    assert [released(w.dyads[k]) for k in (HERE, BACK)] == [left, left]
    assert (pair.truce_state, pair.offered_by, pair.ceased_day) == (codes.NO_TRUCE, codes.NOBODY, DAY)
    assert w.tally.truce_collapses == collapses
    assert logged(w) == [(codes.EVENTS[what], party(PATRON), party(FOE), 1, "broken by attacks", 5.5)]
    rules.end_truce(w, pair, what, codes.BY_BREACHES)
    assert w.tally.truce_collapses == 2.0 * collapses


def test_a_truce_that_never_began_leaves_no_aftermath_and_has_no_age(w):
    pair = w.pairs[1]
    pair.truce_state, pair.truce_start = codes.OFFERED, 30.0
    rules.end_truce(w, pair, codes.TRUCE_LAPSED, codes.NO_ANSWER)
    assert pair.ceased_day == -1e6
    assert logged(w) == [("truce_lapsed", party(PATRON), party(FOE), 1, "no answer came in time", 0.0)]


# -- collapse


@pytest.mark.parametrize(
    ("truce_class", "excess", "monitoring", "purpose", "expected"),
    [
        (codes.CESSATION, (0.0, 0.0), 0.0, 0, 0.004),
        (codes.COMPLIANCE, (0.0, 0.0), 0.0, 0, 0.002),
        (codes.DEFINITIVE, (0.0, 0.0), 0.0, 0, 0.001),
        (codes.CESSATION, (0.4, 0.0), 0.0, 0, 0.004 * math.exp(3.0 * 0.2)),
        (codes.CESSATION, (0.0, 0.4), 0.0, 0, 0.004 * math.exp(3.0 * 0.2)),
        (codes.CESSATION, (9.0, 9.0), 0.0, 0, 0.004 * math.exp(3.0 * 1.5)),
        (codes.CESSATION, (-9.0, -9.0), 0.0, 0, 0.004 * math.exp(-3.0)),
        (codes.CESSATION, (0.0, 0.0), 0.8, 0, 0.004 * 0.6),
        (codes.CESSATION, (0.0, 0.0), 0.0, 1, 0.004 + 0.2),
        (codes.CESSATION, (0.0, 0.0), 0.8, 2, 0.004 * 0.6 + 0.2),
    ],
)
def test_the_hazard_of_collapse(w, truce_class, excess, monitoring, purpose, expected):
    pair = in_force(w)
    for k, more in zip((HERE, BACK), excess, strict=True):
        w.dyads[k].truce_restraint, w.dyads[k].conduct = 0.3, 1.0 - 0.8 * 0.7 + more
    pair.truce_class, pair.monitoring, pair.hostile_purpose = truce_class, monitoring, purpose
    assert rules.collapse_hazard(w, pair) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("purpose", "why"), [(0, codes.BY_BREACHES), (1, codes.BY_HOSTILE_PURPOSE), (2, codes.BY_HOSTILE_PURPOSE)]
)
def test_the_cause_of_a_collapse(w, purpose, why):
    w.pairs[1].hostile_purpose = purpose
    assert rules.why_collapsed(w.pairs[1]) == why


@pytest.mark.parametrize(("offered_day", "lapses"), [(0.5, False), (0.4, True)])
def test_an_unanswered_offer_lapses(w, offered_day, lapses):
    pair = w.pairs[1]
    pair.truce_state, pair.offered_day, pair.tick_luck[U_COLLAPSE] = codes.OFFERED, offered_day, 0.0
    hold_fire(w, HERE, until=50.0)
    rules.run_truce(w, pair)
    assert pair.truce_state == (codes.NO_TRUCE if lapses else codes.OFFERED)
    assert [e[0] for e in logged(w)] == ["truce_lapsed"] * lapses
    assert [e[4] for e in logged(w)] == ["no answer came in time"] * lapses


@pytest.mark.parametrize(
    ("until_a", "until_b", "expires"),
    [(50.0, 50.0, False), (10.5, 50.0, True), (50.0, 10.5, True), (10.6, 10.6, False)],
)
def test_a_truce_expires_with_the_first_window(w, until_a, until_b, expires):
    pair = in_force(w)
    w.dyads[HERE].truce_until, w.dyads[BACK].truce_until = until_a, until_b
    pair.tick_luck[U_COLLAPSE] = 0.999
    rules.run_truce(w, pair)
    assert [(e[0], e[4]) for e in logged(w)] == [("truce_expired", "reached its term")] * expires


P_COLLAPSE = 1.0 - math.exp(-0.204 * 0.5)


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ({}, True),
        ({"u": P_COLLAPSE + 1e-9}, False),
        ({"truce_start": 10.5}, False),
        ({"truce_start": 10.4}, True),
        ({"pinned_until": 10.5}, False),
        ({"pinned_until": 10.4}, True),
        ({"agreed": 1}, False),
        ({"truce_state": codes.NO_TRUCE}, False),
    ],
)
def test_a_truce_collapses_by_its_hazard_unless_something_holds_it(w, change, breaks):
    pair = in_force(w)
    for k in (HERE, BACK):
        w.dyads[k].truce_restraint, w.dyads[k].conduct = 0.3, 0.44
    pair.hostile_purpose, pair.tick_luck[U_COLLAPSE] = 1, change.pop("u", P_COLLAPSE - 1e-9)
    vars(pair).update(change)
    rules.run_truce(w, pair)
    told = [("truce_collapsed", "one side meant to use the pause")]
    assert [(e[0], e[4]) for e in logged(w)] == told * breaks


# -- decisions applied


def test_a_limited_answer_closes_a_breach(w):
    breaker = w.dyads[BACK]
    breaker.breaching, breaker.conduct_seen, breaker.conduct = 1, 2.0, 0.9
    c = choice(w, codes.ANSWER_BREACH, HERE, PATRON, why=codes.BY_POLICY)
    rules.chasten(w, c)
    assert (breaker.chastened_until, breaker.breaching, breaker.conduct_seen) == (31.0, 0, 1.2)
    assert w.dyads[HERE].chastened_until == -1.0
    assert logged(w) == [("breach_answered", party(PATRON), party(FOE), 1, "imposed by the policy", 0.9)]
    rules.chasten(w, c)
    assert w.tally.breach_answers == 2.0


DECISIONS = {
    codes.OFFER_TRUCE: "truce_offered",
    codes.ANSWER_TRUCE: "truce_began",
    codes.EXTEND_TRUCE: "truce_extended",
    codes.ANSWER_BREACH: "breach_answered",
}


@pytest.mark.parametrize("kind", DECISIONS)
def test_each_decision_is_carried_out(w, kind):
    hold_fire(w, HERE, BACK)
    rules.apply_truce(w, choice(w, kind, HERE, PATRON))
    assert [e[0] for e in logged(w)] == [DECISIONS[kind]]


@pytest.mark.parametrize("kind", DECISIONS)
def test_decisions_of_one_kind_fall_due_by_the_tick(w, kind):
    hold_fire(w, HERE, BACK)
    p = 1.0 - math.exp(-0.8 * 0.5)
    others = [k for k in DECISIONS if k != kind]
    for k in (others[0], kind, others[1], kind, others[2]):
        c = choice(w, k, HERE, PATRON, hazard=0.8)
        c.luck[U_HAPPENS] = p - 1e-9
    w.choices[1].luck[U_HAPPENS] = p + 1e-9
    w.clock.n_truce_choices = 5
    rules.decide_truces(w, kind)
    assert [e[0] for e in logged(w)] == [DECISIONS[kind]]
    w.clock.n_truce_choices = 3
    rules.decide_truces(w, kind)
    assert len(logged(w)) == 1


@pytest.mark.parametrize(
    ("imposed", "hazard", "scored"),
    [(codes.IMPOSE, 0.0, 0.2), (codes.IMPOSE, 0.7, 0.7), (codes.FREE, 0.0, None)],
)
def test_an_imposed_answer_is_weighed_once_the_offer_stands(offered, imposed, hazard, scored):
    w = offered
    c = answer(w, imposed=imposed, hazard=hazard)
    w.clock.n_truce_choices = 1
    rules.decide_truces(w, codes.ANSWER_TRUCE)
    assert w.tally.log_score == (0.0 if scored is None else pytest.approx(math.log(scored)))
    assert c.hazard == (hazard if scored is None else scored)


def test_other_imposed_decisions_are_not_weighed_again(w):
    c = offer(w, imposed=codes.IMPOSE, hazard=0.0)
    w.pairs[1].truce_state, w.pairs[1].offered_by = codes.OFFERED, BACK
    w.clock.n_truce_choices = 1
    rules.decide_truces(w, codes.OFFER_TRUCE)
    assert (c.hazard, w.tally.against_model) == (0.0, 1.0)


def sure(w, kind, subject, actor):
    """A choice of this tick that is certain, among those about ceasefires."""
    w.clock.n_truce_choices += 1
    return choice(w, kind, subject, actor, hazard=math.inf)


def test_a_tick_of_ceasefires(w):
    """Answers, extensions and answers to breaches come after offers, whatever the order of the choices."""
    w.pairs[1].tick_luck[U_PURPOSE] = 0.99
    w.dyads[BACK].breaching = 1
    for kind in (codes.ANSWER_BREACH, codes.EXTEND_TRUCE, codes.ANSWER_TRUCE):
        sure(w, kind, HERE, PATRON)
    sure(w, codes.OFFER_TRUCE, BACK, FOE)
    for d in w.dyads:
        d.conduct = 9.0
    for pair in w.pairs:
        pair.tick_luck[U_COLLAPSE] = 0.999
    w.pairs[2].truce_state, w.pairs[2].offered_day = (
        codes.OFFERED,
        -50.0,
    )  # does not fight: nobody looks at it
    w.pairs[0].truce_state, w.pairs[0].offered_day = codes.OFFERED, -50.0
    rules.ceasefires(w)
    order = ["truce_offered", "truce_began", "truce_extended", "breach_answered", "truce_lapsed"]
    assert [e[0] for e in logged(w)] == order
    assert [d.conduct != 9.0 for d in w.dyads] == [True] * 4 + [False] * 2


def test_switched_off_nothing_is_decided_but_what_stands_runs_out(w):
    w.par.switches.ceasefires = 0
    sure(w, codes.OFFER_TRUCE, HERE, PATRON)
    in_force(w, until=10.5)
    w.dyads[HERE].truce_restraint = w.dyads[BACK].truce_restraint = 0.3
    rules.ceasefires(w)
    assert [e[0] for e in logged(w)] == ["truce_expired"]


# -- truces that hold or never take hold


@pytest.fixture
def adhering(w, monkeypatch):
    """Weights of the score that can be told apart; half of a local truce is covered; no side ceases alone."""
    monkeypatch.setattr(rules, "SHARED", 0.8)
    return weigh_adherence(w)


@pytest.mark.parametrize(("on", "factor"), [(0, 1.0), (1, math.exp(0.5 * math.log(2.0)))])
def test_offers_answer_to_deaths_suffered(adhering, on, factor):
    """With the switch off, to those inflicted: the same numbers, the other dyad."""
    w, i, d, back = adhering, adhering.parties[PATRON], adhering.dyads[HERE], adhering.dyads[BACK]
    w.par.switches.adherence = on
    for one in (d, back):
        one.deaths_week = one.deaths_quarter = 0.9
    back.deaths_week = 1.9
    assert rules.offer_truce(w, i, d) == pytest.approx(0.01 * factor)
    back.deaths_week, d.deaths_week = 0.9, 1.9
    assert rules.offer_truce(w, i, d) == pytest.approx(0.01 * (2.0**0.5 if on == 0 else 1.0))


@pytest.mark.parametrize(("on", "factor"), [(0, 1.0), (1, math.exp(2.0 * 0.4))])
def test_a_ceasefire_that_talks_have_settled_is_offered_sooner(adhering, on, factor):
    w = adhering
    w.par.switches.terms, w.pairs[1].truce_settled = on, 0.4
    assert rules.offer_truce(w, w.parties[PATRON], w.dyads[HERE]) == pytest.approx(0.01 * factor)


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({}, 0.0),
        ({"readiness": 0.5}, 4.0 * 0.2),
        ({"readiness": 0.1}, -4.0 * 0.2),
        ({"monitoring": 0.5}, 0.3),
        ({"class": codes.COMPLIANCE}, 1.1),
        ({"class": codes.DEFINITIVE}, 2.2),
        ({"term": 10.0}, 1.5),
        ({"term": 10.1}, 0.0),
        ({"why": codes.AFTER_SETTLEMENT}, 3.0),
        ({"purpose": 1}, -2.0),
        ({"purpose": 2}, 0.0),
        ({"purpose": 1, "state": codes.OFFERED}, 0.0),
        ({"purpose": 1, "why": codes.AFTER_SETTLEMENT}, 3.0),
        ({"readiness": 0.5, "class": codes.COMPLIANCE, "term": 3.0, "purpose": 1}, 0.8 + 1.1 + 1.5 - 2.0),
    ],
)
def test_what_speaks_for_a_truce_to_be_kept(adhering, change, score):
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    d.readiness_usual, d.readiness = 0.3, change.get("readiness", 0.3)
    pair.monitoring, pair.truce_class = change.get("monitoring", 0.0), change.get("class", codes.CESSATION)
    pair.hostile_purpose, pair.truce_state = change.get("purpose", 0), change.get("state", codes.IN_FORCE)
    why, term = change.get("why", codes.BY_CHOICE), change.get("term", 60.0)
    assert rules.score_adherence(w, pair, d, term, why) == pytest.approx(score)


def test_an_agreement_speaks_for_its_ceasefire_by_what_it_covers(adhering):
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    d.readiness_usual = d.readiness = 0.3
    pair.truce_class, pair.coverage = codes.CESSATION, 0.5
    assert rules.score_adherence(w, pair, d, 60.0, codes.AFTER_SETTLEMENT) == pytest.approx(1.5)


def logit_of(u):
    return math.log(u / (1.0 - u))


@pytest.mark.parametrize(("dyad", "side"), [(HERE, 1), (BACK, 2)])
@pytest.mark.parametrize(("above", "adherence", "kept"), [(True, 0.05, 1.0), (False, 1.0, 0.0)])
def test_luck_shared_in_part_decides_how_a_truce_is_kept(adhering, dyad, side, above, adherence, kept):
    """The score, 0, plus 0.8 of the shared luck and 0.6 of the own, just above and just below the cut."""
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[dyad]
    pair.key_lo, pair.key_hi, pair.tick_luck[U_ADHERE] = 41, 42, 0.9
    luck = 0.8 * logit_of(0.9) + 0.6 * logit_of(event_uniform(7, 9, 20, 41, 42, side))
    w.par.ceasefires.holds_cut = luck - 1e-9 if above else luck + 1e-9
    rules.adhere(w, pair, d, 60.0, codes.BY_CHOICE)
    assert (d.adherence, w.tally.kept_truces) == (adherence, kept)
    rules.adhere(w, pair, d, 60.0, codes.BY_CHOICE)
    assert w.tally.kept_truces == 2.0 * kept
    w.par.switches.adherence, d.adherence = 0, 0.123
    rules.adhere(w, pair, d, 60.0, codes.BY_CHOICE)
    assert (d.adherence, w.tally.kept_truces) == (0.123, 2.0 * kept)


def test_a_truce_that_begins_is_kept_by_both_as_luck_has_it(adhering, monkeypatch):
    w, pair = adhering, adhering.pairs[1]
    hold_fire(w, HERE, BACK, since=12.0, until=40.0)
    pair.truce_settled, pair.tick_luck[U_ADHERE], pair.tick_luck[U_PURPOSE] = 0.7, 0.999, 0.999
    monkeypatch.setattr(rules, "SHARED", 1.0)
    rules.begin(w, pair, codes.BY_CHOICE)
    assert [w.dyads[k].adherence for k in (HERE, BACK)] == [0.05, 0.05]
    assert (pair.truce_settled, w.tally.kept_truces) == (0.0, 2.0)
    rules.release(w.dyads[HERE])
    assert w.dyads[HERE].adherence == 1.0


def test_a_window_of_ones_own_is_kept_as_luck_has_it_and_no_old_purpose_counts(adhering, monkeypatch):
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    monkeypatch.setattr(rules, "SHARED", 1.0)
    pair.hostile_purpose, pair.tick_luck[U_ADHERE] = 1, 0.5
    w.par.ceasefires.holds_cut = 1.4  # a term of days gives 1.5; with the old purpose it would be -0.5
    made = choice(w, codes.OFFER_TRUCE, HERE, actor=PATRON)
    made.from_day, made.until_day, made.why = 11.0, 14.0, codes.BY_POLICY
    rules.make_offer(w, made)
    assert d.adherence == 0.05
    made.until_day, pair.truce_class = -1.0, codes.CESSATION
    d.adherence = 0.7
    rules.make_offer(w, made)
    assert d.adherence == 0.7


# -- ceasefires of one side, and what a day of a truce tells


@pytest.mark.parametrize(
    ("holiday", "share", "alone", "term"),
    [(1.0, 0.999999, True, 9.0), (0.5, 0.999999, True, 3.0), (1.0, 0.0, False, 0.0)],
)
def test_a_side_may_cease_alone_and_ask_no_answer(adhering, holiday, share, alone, term):
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    w.par.ceasefires.unilateral, w.par.ceasefires.term_unilateral, w.par.ceasefires.term_holiday = (
        share,
        9.0,
        3.0,
    )
    w.days[0].holiday = holiday
    pair.tick_luck[U_ADHERE] = 0.5
    made = choice(w, codes.OFFER_TRUCE, HERE, actor=PATRON)
    rules.make_offer(w, made)
    assert (w.tally.one_sided, w.tally.truce_offers) == ((1.0, 0.0) if alone else (0.0, 1.0))
    if alone:
        assert (d.truce_from, d.truce_until) == (DAY + 0.5, DAY + 0.5 + term)
        assert (pair.truce_state, w.dyads[BACK].truce_from) == (codes.NO_TRUCE, -1.0)
        assert [(e[0], e[-1]) for e in logged(w)] == [("truce_declared", term)]
    else:
        assert pair.truce_state == codes.OFFERED


@pytest.mark.parametrize(("why", "on"), [(codes.BY_POLICY, 1), (codes.BY_CHOICE, 0)])
def test_what_a_policy_offers_asks_an_answer_and_so_did_the_first_version(adhering, why, on):
    w = adhering
    w.par.switches.adherence, w.par.ceasefires.unilateral = on, 0.999999
    made = choice(w, codes.OFFER_TRUCE, HERE, actor=PATRON, why=why)
    rules.make_offer(w, made)
    assert (w.pairs[1].truce_state, w.tally.one_sided) == (codes.OFFERED, 0.0)


def test_offers_follow_a_truce_that_has_ended_and_rest_in_a_lull(adhering):
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    w.par.ceasefires.follow, w.par.ceasefires.follow_days = 2.0, 20.0
    usual = rules.offer_truce(w, w.parties[PATRON], d)
    pair.calm_day = DAY - 10.0
    assert rules.offer_truce(w, w.parties[PATRON], d) == pytest.approx(usual * math.exp(2.0 * math.exp(-0.5)))
    pair.lull = 0.75
    assert rules.offer_truce(w, w.parties[PATRON], d) == pytest.approx(
        0.25 * usual * math.exp(2.0 * math.exp(-0.5))
    )


def test_a_war_that_takes_more_is_stopped_more_often(adhering):
    w, back = adhering, adhering.dyads[BACK]
    usual = rules.offer_truce(w, w.parties[PATRON], w.dyads[HERE])
    w.par.switches.bargaining, w.par.ceasefires.bloody = 1, 0.5
    back.toll, back.toll_reference = 4.0, 1.0
    assert rules.offer_truce(w, w.parties[PATRON], w.dyads[HERE]) == pytest.approx(2.0 * usual)


# -- truces of which a policy says how they are kept


@pytest.mark.parametrize(("kept", "adherence"), [(1.0, 0.05), (0.0, 1.0), (0.6, 0.4 + 0.6 * 0.05)])
def test_a_policy_may_say_how_a_side_keeps_its_truce(adhering, kept, adherence):
    """Whatever luck and readiness say; the other side's own way stays as it is, until the side is released."""
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    pair.tick_luck[U_ADHERE] = pair.tick_luck[U_PURPOSE] = 0.5
    made = choice(w, codes.OFFER_TRUCE, HERE, actor=PATRON)
    made.from_day, made.until_day, made.amount, made.why = 11.0, 40.0, kept, codes.BY_POLICY
    rules.make_offer(w, made)
    assert (d.meant, d.adherence) == (kept, pytest.approx(adherence))
    answer = choice(w, codes.ANSWER_TRUCE, BACK, actor=FOE)
    pair.tick_luck[U_ADHERE], answer.why = 1e-12, codes.BY_POLICY
    rules.take_offer(w, answer)
    assert d.adherence == pytest.approx(adherence)
    assert (w.dyads[BACK].meant, w.dyads[BACK].adherence) == (-1.0, 1.0)
    rules.end_truce(w, pair, codes.TRUCE_COLLAPSED, codes.BY_BREACHES)
    assert (d.meant, d.adherence) == (-1.0, 1.0)


def test_what_a_policy_said_of_a_ceasefire_does_not_hold_for_the_next(adhering):
    """A ceasefire on record as kept runs out; that of a later agreement is kept or not as luck has it."""
    w, pair, d = adhering, in_force(adhering), adhering.dyads[HERE]
    d.meant = 1.0
    rules.end_truce(w, pair, codes.TRUCE_EXPIRED, codes.BY_TERM)
    assert d.meant == -1.0
    pair.tick_luck[U_ADHERE], w.par.ceasefires.signed = 1e-12, 0.0
    rules.adhere(w, pair, d, 700.0, codes.AFTER_SETTLEMENT)
    assert d.adherence == 1.0


def test_an_extension_may_be_kept_otherwise(adhering):
    w, d = adhering, adhering.dyads[HERE]
    in_force(w)
    d.adherence = 1.0
    made = choice(w, codes.EXTEND_TRUCE, HERE, actor=PATRON)
    made.until_day = 80.0
    rules.prolong(w, made)
    assert d.adherence == 1.0
    made.amount = 1.0
    rules.prolong(w, made)
    assert (d.adherence, d.meant) == (0.05, 1.0)


def test_a_side_that_decides_anew_owes_nothing_to_what_a_policy_said(adhering):
    w, pair, d = adhering, adhering.pairs[1], adhering.dyads[HERE]
    d.meant, pair.tick_luck[U_ADHERE] = 1.0, 0.5
    w.par.ceasefires.unilateral = 0.999999
    made = choice(w, codes.OFFER_TRUCE, HERE, actor=PATRON)
    rules.make_offer(w, made)
    assert d.meant == -1.0
