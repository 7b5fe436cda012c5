"""Measures (E10): hazards of giving, answering and taking back, and what each does to belief, capital and standing."""

import math

import pytest
from worlds import (
    ALLY,
    ALLY_PATRON,
    FOE,
    FOE_PATRON,
    PATRON,
    PATRON_FOE,
    choice,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import measures as rules
from detente.agents.state import U_HAPPENS, Measure


@pytest.fixture
def w():
    """A measure of the patron for the foe: its next step costs 0.4, at most 1.0 in all."""
    w = world(
        measures=[Measure(index=0), Measure(index=1, dyad=PATRON_FOE, size=0.4, max_size=1.0, reversible=1)]
    )
    vars(w.par.measures).update(
        base=0.05,
        unprompted=0.1,
        reply=0.04,
        reversal=0.002,
        reversal_slope=3.0,
        disappointment=0.25,
        growth=1.3,
        reply_days=30.0,
        pause_days=180.0,
        patience=3.0,
        recognition_hurt=0.5,
        price=1.4,
    )
    vars(w.par.trust).update(
        measure_weight=0.8, measure_scale=0.5, loss_aversion=2.5, unmet=0.6, spillover=0.0, max_weight=40.0
    )
    w.par.endurance.capital_half, w.par.endurance.success, w.par.talks.boost_days = 0.5, 0.2, 90.0
    w.par.endurance.discontent_normal, w.par.violence.talk_and_hold = 0.2, 0.7
    w.par.strategies.caution, w.par.strategies.initiative, w.par.strategies.reciprocity = 0.5, 2.5, 2.0
    for d in w.dyads:
        d.kept, d.broken, d.prior_kept, d.trust, d.trust_reference = 4.0, 6.0, 2.0, 0.4, 0.4
    return w


def weight(cost):
    """Evidence in a measure of this cost."""
    return 0.8 * (1.0 - math.exp(-cost / 0.5))


@pytest.fixture
def m(w):
    return w.measures[1]


# -- asking


@pytest.mark.parametrize(
    ("kind", "lever"),
    [
        (codes.CONFIDENCE, codes.LEVER_MEASURES),
        (codes.RECOGNITION, codes.LEVER_RECOGNITION),
        (codes.POSTURE, codes.LEVER_POSTURE),
    ],
)
def test_each_kind_of_measure_has_its_lever(w, m, kind, lever):
    m.kind = kind
    assert rules.measure_will(w, w.parties[PATRON], m) == pytest.approx(0.1)
    w.parties[PATRON].levers[lever] = 0.5
    assert rules.measure_will(w, w.parties[PATRON], m) == pytest.approx(0.1 + 0.9 * 0.5)


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({}, 0.1 * 0.6 * 0.75),
        ({"lever": 1.0}, 0.6 * 0.75),
        ({"capital": 0.5}, 0.1 * 0.6 * 0.5),
        ({"strategy": codes.GRIT_INITIATOR}, 0.1 * 0.6 * 0.75 * 2.5),
    ],
)
def test_giving(w, m, change, factor):
    p = w.parties[PATRON]
    p.capital, p.strategy = change.get("capital", 1.5), change.get("strategy", codes.PLAIN)
    p.levers[codes.LEVER_MEASURES] = change.get("lever", 0.0)
    w.dyads[PATRON_FOE].readiness, w.dyads[FOE_PATRON].readiness = 0.6, 0.9
    assert rules.give_measure(w, p, m) == pytest.approx(0.05 * factor)


@pytest.mark.parametrize(
    ("fields", "possible"),
    [
        ({"paused_until": 10.0, "waiting_until": 10.0}, True),
        ({"paused_until": 10.1}, False),
        ({"waiting_until": 10.1}, False),
        ({"size": 0.0}, False),
        ({"size": -0.1}, False),
        ({"state": codes.GIVEN, "given_size": 0.9}, True),
        ({"state": codes.GIVEN, "given_size": 1.0}, False),
        ({"state": codes.REVERSED, "given_size": 1.0}, True),
    ],
)
def test_when_a_step_can_be_given(w, m, fields, possible):
    w.dyads[PATRON_FOE].readiness = 0.6
    vars(m).update(fields)
    assert (rules.give_measure(w, w.parties[PATRON], m) > 0.0) is possible


@pytest.mark.parametrize("ask", [rules.give_measure, rules.answer_measure, rules.reverse_measure])
def test_switched_off_nobody_moves(w, m, ask):
    w.dyads[PATRON_FOE].readiness = w.dyads[FOE_PATRON].readiness = 0.6
    m.state, m.waiting_until = codes.GIVEN, 5.0 if ask is rules.give_measure else 40.0
    assert ask(w, w.parties[PATRON], m) > 0.0
    w.par.switches.measures = 0
    assert ask(w, w.parties[PATRON], m) == 0.0


@pytest.mark.parametrize(
    ("waiting", "strategy", "expected"),
    [(10.0, codes.PLAIN, 0.0), (10.1, codes.PLAIN, 0.04 * 0.9), (10.1, codes.RECIPROCATOR, 0.08 * 0.9)],
)
def test_answering(w, m, waiting, strategy, expected):
    w.dyads[PATRON_FOE].readiness, w.dyads[FOE_PATRON].readiness = 0.6, 0.9
    m.waiting_until, w.parties[FOE].strategy = waiting, strategy
    assert rules.answer_measure(w, w.parties[FOE], m) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "log_factor"),
    [
        ({}, 0.0),
        ({"trust": 0.3}, 3.0 * 0.1),
        ({"trust": 0.6}, -3.0 * 0.2),
        ({"discipline": 0.7}, 3.0 * 0.1),
        ({"failure": 2.0}, 3.0 * 0.25 * 2.0),
        ({"talking": 1}, -0.7),
        ({"strategy": codes.CAUTIOUS}, math.log(0.5)),
        ({"trust": 0.3, "discipline": 0.7, "failure": 2.0, "talking": 1}, 0.3 + 0.3 + 1.5 - 0.7),
    ],
)
def test_taking_back(w, m, change, log_factor):
    m.state = codes.GIVEN
    p, pair = w.parties[PATRON], w.pairs[1]
    w.dyads[PATRON_FOE].trust = change.get("trust", 0.4)
    p.discipline, p.strategy = change.get("discipline", 0.8), change.get("strategy", codes.PLAIN)
    pair.failure, pair.talking = change.get("failure", 0.0), change.get("talking", 0)
    assert rules.reverse_measure(w, p, m) == pytest.approx(0.002 * math.exp(log_factor))


@pytest.mark.parametrize("fields", [{"state": codes.NOT_GIVEN}, {"state": codes.GIVEN, "reversible": 0}])
def test_what_cannot_be_taken_back(w, m, fields):
    vars(m).update(fields)
    assert rules.reverse_measure(w, w.parties[PATRON], m) == 0.0


# -- what a measure suspends


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 1.0 - (1.0 - 0.8 * 0.5) * (1.0 - 0.5)),
        ({"state": codes.REVERSED}, 0.5),
        ({"dyad": FOE_PATRON}, 0.5),
        ({"max_size": 0.0}, 0.5),
        ({"given_size": 3.0}, 1.0 - 0.2 * 0.5),
    ],
)
def test_measures_that_stand_given_suspend_attacks(w, m, fields, expected):
    vars(m).update(state=codes.GIVEN, restrains=0.8, given_size=0.5)
    vars(m).update(fields)
    other = Measure(dyad=PATRON_FOE, state=codes.GIVEN, restrains=0.5, given_size=0.5, max_size=0.5)
    w.measures.append(other)
    d = w.dyads[PATRON_FOE]
    rules.suspend(w, d)
    assert d.suspended == pytest.approx(expected)


def test_recognising_a_foe_slights_its_enemies_among_the_allies(w):
    ally, d = w.parties[ALLY], w.dyads[PATRON_FOE]
    ally.legitimacy, ally.alignment = 0.8, 0.25
    w.parties[FOE].patron = PATRON  # fights the ally, so it is not slighted
    w.parties[FOE].legitimacy = 0.8
    rules.slight_allies(w, w.parties[PATRON], d, 0.4)
    hurt = 0.5 * 0.4 * 0.75
    assert ally.legitimacy == pytest.approx(0.8 * math.exp(-hurt))
    assert (w.dyads[ALLY_PATRON].kept, w.dyads[ALLY_PATRON].broken) == pytest.approx((4.0, 6.0 + hurt))
    assert w.parties[FOE].legitimacy == 0.8
    assert [d.broken for d in w.dyads[:5]] == [6.0] * 5


@pytest.mark.parametrize("case", ["another patron", "no dyad"])
def test_who_is_not_slighted(w, case):
    ally = w.parties[ALLY]
    ally.legitimacy = 0.8
    if case == "another patron":
        ally.patron = FOE
    else:
        ally.patron_dyad = codes.NOBODY
    rules.slight_allies(w, w.parties[PATRON], w.dyads[PATRON_FOE], 0.4)
    assert [d.broken for d in w.dyads] == [6.0] * 6
    assert (ally.legitimacy == 0.8) is (case == "another patron")


# -- giving and answering


def giving(w, **fields):
    return choice(w, codes.GIVE_MEASURE, 1, PATRON, **fields)


def test_a_step_is_given(w, m):
    patron = w.parties[PATRON]
    patron.hawkishness, patron.legitimacy, patron.capital = 0.5, 1.0, 1.2
    m.divisive, m.restrains, m.n_given = 0.5, 0.8, 1
    rules.give(w, giving(w, why=codes.BY_POLICY))
    assert (m.state, m.n_given, m.given_size, m.step_size, m.given_day) == (codes.GIVEN, 2, 0.4, 0.4, 10.0)
    assert m.waiting_until == 40.0
    assert w.dyads[FOE_PATRON].kept == pytest.approx(4.0 + weight(0.4))
    assert w.dyads[PATRON_FOE].kept == 4.0
    assert patron.capital == pytest.approx(1.2 * math.exp(-1.4 * 0.5 * 0.4 * 0.5))
    assert w.dyads[PATRON_FOE].suspended == pytest.approx(0.8 * 0.4)
    assert (w.dyads[PATRON_FOE].recognition_given, w.tally.measures) == (0.0, 1.0)
    assert logged(w) == [("measure_given", party(PATRON), party(FOE), 1, "imposed by the policy", 0.4)]


@pytest.mark.parametrize(
    ("amount", "given", "size"),
    [(-1.0, 0.0, 0.4), (0.7, 0.0, 0.7), (0.0, 0.0, 0.0), (0.7, 0.5, 0.5), (-1.0, 0.8, 0.2), (0.5, 1.5, 0.0)],
)
def test_the_size_of_a_step(w, m, amount, given, size):
    m.given_size = given
    for k in range(2):
        rules.give(w, giving(w, amount=amount))
        if k == 0:
            assert (m.step_size, m.given_size) == pytest.approx((size, given + size))
            assert m.waiting_until == (40.0 if size > 0.0 else -1.0)
    assert w.tally.measures == 2.0


def test_a_step_of_no_cost_is_exactly_nothing(w, m):
    m.kind = codes.RECOGNITION
    m.divisive, w.parties[PATRON].hawkishness = 1.0, 1.0
    before = [(d.kept, d.broken, d.recognition_given) for d in w.dyads]
    rules.give(w, giving(w, amount=0.0))
    assert [(d.kept, d.broken, d.recognition_given) for d in w.dyads] == before
    assert (m.state, m.waiting_until, w.parties[PATRON].capital) == (codes.GIVEN, -1.0, 1.0)


def test_recognition_given_saturates_and_slights(w, m):
    m.kind, w.dyads[PATRON_FOE].recognition_given = codes.RECOGNITION, 0.25
    w.parties[ALLY].legitimacy, w.parties[ALLY].alignment = 0.8, 0.25
    rules.give(w, giving(w))
    assert w.dyads[PATRON_FOE].recognition_given == pytest.approx(1.0 - 0.75 * math.exp(-0.4))
    assert w.parties[ALLY].legitimacy == pytest.approx(0.8 * math.exp(-0.5 * 0.4 * 0.75))


def answering(w, **fields):
    return choice(w, codes.ANSWER_MEASURE, 1, FOE, **fields)


def test_an_answer_is_good_news_to_the_giver(w, m):
    patron = w.parties[PATRON]
    m.step_size, m.n_unmet, m.waiting_until, m.size = 0.4, 2, 40.0, 0.6
    rules.answer(w, answering(w, why=codes.BY_POLICY))
    assert (m.waiting_until, m.n_unmet, m.size) == pytest.approx((-1.0, 0, 0.78))
    assert patron.capital == pytest.approx(1.0 + 0.2 * 0.5)
    assert w.dyads[PATRON_FOE].kept == pytest.approx(4.0 + weight(0.4))
    assert w.dyads[FOE_PATRON].kept == 4.0
    assert (w.pairs[1].boost, w.tally.answers) == (100.0, 1.0)
    assert logged(w) == [("measure_answered", party(FOE), party(PATRON), 1, "imposed by the policy", m.size)]
    rules.answer(w, answering(w))
    assert (m.size, w.tally.answers) == (1.0, 2.0)


def test_an_answer_to_nothing_wins_nothing(w, m):
    rules.answer(w, answering(w))
    assert (w.parties[PATRON].capital, w.dyads[PATRON_FOE].kept) == (1.0, 4.0)


# -- taking back, and promises broken


@pytest.fixture
def given(w, m):
    """A measure of 0.5 that stands given, restrains, and awaits an answer; the foe's hawks wait to be proved right."""
    vars(m).update(
        state=codes.GIVEN, given_size=0.5, step_size=0.5, restrains=0.8, waiting_until=40.0, given_day=8.0
    )
    f = w.factions[2]
    f.hawkishness, f.discontent, w.par.endurance.vindication = 0.5, 0.2, 0.1
    rules.suspend(w, w.dyads[PATRON_FOE])
    return m


def test_taking_back_hurts_more_than_giving_helped(w, given):
    c = choice(w, codes.REVERSE_MEASURE, 1, PATRON, why=codes.BY_POLICY)
    rules.take_back(w, c)
    d = w.dyads[FOE_PATRON]
    assert (d.kept, d.broken) == pytest.approx((4.0 - weight(0.5), 6.0 + 2.5 * weight(0.5)))
    assert (w.dyads[PATRON_FOE].kept, w.dyads[PATRON_FOE].broken) == (4.0, 6.0)
    assert w.factions[2].discontent == pytest.approx(0.2 + 0.1 * 0.5 * 0.8)
    assert (given.state, given.given_size, given.waiting_until) == (codes.REVERSED, 0.0, -1.0)
    assert (given.paused_until, w.dyads[PATRON_FOE].suspended, w.tally.reversals) == (190.0, 0.0, 1.0)
    assert logged(w) == [("measure_reversed", party(PATRON), party(FOE), 1, "imposed by the policy", 0.4)]
    rules.take_back(w, c)
    assert (w.tally.reversals, len(logged(w))) == (1.0, 1)
    given.state = codes.GIVEN
    rules.take_back(w, c)
    assert w.tally.reversals == 2.0


@pytest.mark.parametrize(
    ("given_size", "recognised", "left"), [(0.5, 0.6, 1.0 - 0.4 * math.exp(0.5)), (2.0, 0.6, 0.0)]
)
def test_recognition_lapses_with_its_measure(w, given, given_size, recognised, left):
    given.kind, given.given_size = codes.RECOGNITION, given_size
    w.dyads[PATRON_FOE].recognition_given = recognised
    rules.withdraw(w, given, codes.MEASURE_REVERSED, codes.BY_CHOICE)
    assert w.dyads[PATRON_FOE].recognition_given == pytest.approx(left)


def test_other_measures_leave_recognition_alone(w, given):
    w.dyads[PATRON_FOE].recognition_given = 0.6
    rules.withdraw(w, given, codes.MEASURE_REVERSED, codes.BY_CHOICE)
    assert w.dyads[PATRON_FOE].recognition_given == 0.6


def test_taking_back_nothing_is_no_news(w, given):
    given.given_size = 0.0
    rules.withdraw(w, given, codes.MEASURE_REVERSED, codes.BY_CHOICE)
    assert (w.dyads[FOE_PATRON].broken, w.factions[2].discontent, w.tally.reversals) == (6.0, 0.2, 1.0)


# -- no answer


@pytest.mark.parametrize(("waiting", "missed"), [(10.5, True), (10.6, False), (0.0, True), (-1.0, False)])
def test_a_step_is_unmet_when_its_time_is_over(w, m, waiting, missed):
    m.step_size, m.waiting_until, m.n_unmet = 0.4, waiting, 1
    rules.miss_answers(w, m)
    assert m.waiting_until == (-1.0 if missed else waiting)
    assert m.n_unmet == (2 if missed else 1)
    assert w.dyads[PATRON_FOE].broken == pytest.approx(6.0 + missed * 0.6 * weight(0.4))
    told = [("measure_unmet", party(FOE), party(PATRON), 1, "no answer came in time", 0.4)]
    assert logged(w) == told * missed
    assert w.dyads[FOE_PATRON].broken == 6.0


def test_the_givers_hawks_were_right(w):
    f = w.factions[2]
    f.hawkishness, f.discontent, w.par.endurance.vindication = 0.5, 0.2, 0.1
    m = Measure(index=2, dyad=FOE_PATRON, step_size=0.4, waiting_until=10.0)
    rules.miss_answers(w, m)
    assert f.discontent == pytest.approx(0.2 + 0.1 * 0.5 * 0.8)


@pytest.mark.parametrize(("before", "n", "paused"), [(1, 2, -1.0), (2, 0, 190.0), (3, 0, 190.0)])
def test_after_a_few_unmet_steps_the_giver_pauses(w, m, before, n, paused):
    m.waiting_until, m.n_unmet = 10.0, before
    rules.miss_answers(w, m)
    assert (m.n_unmet, m.paused_until) == (n, paused)


@pytest.mark.parametrize(
    ("change", "breaks"),
    [
        ({}, True),
        ({"state": codes.REVERSED}, False),
        ({"given_day": 10.0}, False),
        ({"given_day": 9.9}, True),
        ({"restrains": 0.0}, False),
        ({"lethal": 1}, False),
        ({"step_attacks": 0.0}, False),
        ({"step_attacks": 0.5}, True),
    ],
)
def test_a_provocation_breaks_the_promise_of_a_measure(w, given, change, breaks):
    d = w.dyads[PATRON_FOE]
    d.lethal, d.step_attacks = change.pop("lethal", 0), change.pop("step_attacks", 2.0)
    vars(given).update(change)
    rules.watch_promise(w, given)
    told = [("promise_broken", party(PATRON), party(FOE), 1, "a provocation broke the promise", 0.4)]
    assert logged(w) == told * breaks
    assert w.tally.promises_broken == float(breaks)


def test_each_broken_promise_counts(w, given):
    w.dyads[PATRON_FOE].lethal, w.dyads[PATRON_FOE].step_attacks = 0, 2.0
    for _ in range(2):
        given.state = codes.GIVEN
        rules.watch_promise(w, given)
    assert w.tally.promises_broken == 2.0


# -- a step


@pytest.fixture
def stepping(w, m):
    """One choice of each earlier kind stands before the three about measures; each falls due just below its chance."""
    m.step_size = 0.4
    p = 1.0 - math.exp(-0.3 * 2.0)
    kinds = (
        codes.OFFER_TRUCE,
        codes.OPEN_TRACK,
        codes.GIVE_MEASURE,
        codes.ANSWER_MEASURE,
        codes.REVERSE_MEASURE,
    )
    for kind in (*kinds, codes.DRAW_DOWN):
        choice(w, kind, 1, PATRON, hazard=0.3).luck[U_HAPPENS] = p - 1e-9
    w.clock.n_truce_choices, w.clock.n_talk_choices, w.clock.n_measure_choices = 1, 1, 3
    return w


def test_a_step_of_measures(stepping):
    rules.measures(stepping)
    assert [e[0] for e in logged(stepping)] == ["measure_given", "measure_answered", "measure_reversed"]


def test_a_choice_that_does_not_fall_due_changes_nothing(stepping):
    stepping.choices[2].luck[U_HAPPENS] += 2e-9
    rules.measures(stepping)
    assert [e[0] for e in logged(stepping)] == ["measure_answered"]


def test_answers_are_missed_and_promises_watched_each_step(w, given):
    w.measures[0].waiting_until = 10.0
    w.dyads[PATRON_FOE].lethal, w.dyads[PATRON_FOE].step_attacks = 0, 2.0
    rules.measures(w)
    assert [e[0] for e in logged(w)] == ["measure_unmet", "promise_broken"]


def test_switched_off_no_step_is_taken(stepping):
    stepping.par.switches.measures = 0
    rules.measures(stepping)
    assert logged(stepping) == []


# -- core and fringe, and what is promised to a leader


@pytest.fixture
def promise(w, m):
    """A promise that stands whole: seven tenths of what it suspends and of its cost are its core."""
    w.par.switches.terms, w.dyads[PATRON_FOE].lethal = 1, 0
    w.clock.n_truce_choices, w.parties[PATRON].discipline = 1, 0.8
    vars(m).update(
        state=codes.GIVEN, given_size=1.0, core=0.7, fringe=0.3, restrains=1.0, given_day=1.0, key_lo=3
    )
    return m


def test_what_costs_less_to_break_lapses_first(w, m, promise):
    p = w.parties[PATRON]
    whole = rules.reverse_measure(w, p, m)
    assert rules.narrow_measure(w, p, m) == pytest.approx(0.002 / 0.3)
    assert whole == pytest.approx(0.002 * 0.3)
    m.narrowed = 1
    assert rules.narrow_measure(w, p, m) == 0.0
    assert rules.reverse_measure(w, p, m) == pytest.approx(0.002)


@pytest.mark.parametrize(
    "fields", [{"state": codes.NOT_GIVEN}, {"fringe": 0.0}, {"reversible": 0}, {"narrowed": 1}]
)
def test_what_cannot_be_narrowed(w, promise, fields):
    vars(promise).update(fields)
    assert rules.narrow_measure(w, w.parties[PATRON], promise) == 0.0


@pytest.mark.parametrize("switch", ["terms", "measures"])
def test_without_its_switch_there_is_no_fringe(w, promise, switch):
    setattr(w.par.switches, switch, 0)
    assert rules.narrow_measure(w, w.parties[PATRON], promise) == 0.0


def test_a_side_that_gets_nothing_in_return_lets_the_fringe_go(w, promise):
    p = w.parties[PATRON]
    usual, whole = rules.narrow_measure(w, p, promise), rules.reverse_measure(w, p, promise)
    promise.n_unmet = 1
    assert rules.narrow_measure(w, p, promise) == pytest.approx(usual * math.exp(3.0 * 0.25))
    assert rules.reverse_measure(w, p, promise) == whole
    w.measures.append(Measure(index=2, dyad=FOE_PATRON, state=codes.GIVEN, given_day=0.5))
    assert rules.narrow_measure(w, p, promise) > usual  # given before the promise was
    w.measures[2].given_day = 1.0
    assert rules.narrow_measure(w, p, promise) == usual


def test_narrowing_costs_less_trust_than_taking_back(w, promise):
    judge = w.dyads[FOE_PATRON]
    rules.narrow(w, promise, codes.BY_CHOICE)
    lost = weight(1.0) - weight(0.7)
    assert judge.broken == pytest.approx(6.0 + 2.5 * lost)
    assert judge.kept == pytest.approx(4.0 - lost)
    assert (promise.state, promise.narrowed, promise.given_size) == (codes.GIVEN, 1, 0.7)
    assert promise.paused_until == 190.0
    assert w.dyads[PATRON_FOE].suspended == pytest.approx(0.7)
    assert logged(w) == [("measure_narrowed", party(PATRON), party(FOE), 1, "own choice", 0.7)]
    rules.narrow(w, promise, codes.BY_CHOICE)
    assert len(logged(w)) == 1


def test_a_step_given_anew_restores_the_fringe(w, promise):
    rules.narrow(w, promise, codes.BY_CHOICE)
    rules.give(w, choice(w, codes.GIVE_MEASURE, 1, PATRON, amount=0.3))
    assert (promise.narrowed, promise.given_size) == (0, 1.0)
    assert w.dyads[PATRON_FOE].suspended == 1.0


@pytest.mark.parametrize(("core", "lapses"), [(0.0, "measure_narrowed"), (0.95, "promise_broken")])
def test_a_provocation_in_the_fringe_is_less_grave(w, promise, core, lapses):
    promise.core, w.dyads[PATRON_FOE].step_attacks = core, 3.0
    rules.watch_promise(w, promise)
    assert [(e[0], e[4]) for e in logged(w)] == [(lapses, "a provocation broke the promise")]


def test_what_the_core_does_not_rule_out_breaks_nothing_more(w, promise):
    rules.narrow(w, promise, codes.BY_CHOICE)
    w.dyads[PATRON_FOE].step_attacks = 3.0
    rules.watch_promise(w, promise)
    assert promise.state == codes.GIVEN
    assert len(logged(w)) == 1


@pytest.mark.parametrize(
    ("core", "narrowed", "restrains", "share"), [(0.4, 0, 1.0, 0.4), (0.4, 1, 0.5, 0.25)]
)
def test_provocations_are_shared_out_between_core_and_fringe(w, promise, core, narrowed, restrains, share):
    promise.core, promise.narrowed, promise.restrains = core, narrowed, restrains
    hits = []
    for step in range(4000):
        w.clock.step = step
        hits.append(rules.hits_core(w, promise, 1.0))
    assert sum(hits) / 4000 == pytest.approx(share, abs=0.025)


def test_what_is_promised_to_a_leader_costs_more_to_break(w, m):
    w.par.switches.terms, w.par.switches.endurance, w.par.talks.summit_cost = 1, 1, 0.2
    w.parties[PATRON].risk_tolerance, w.parties[PATRON].discipline = 0.5, 0.8
    m.at_summit, m.size = 0.5, 1.0
    gift = choice(w, codes.GIVE_MEASURE, 1, PATRON)
    rules.give(w, gift)
    assert m.to_leader == 0  # nobody's leaders talk
    m.state, m.given_size = codes.NOT_GIVEN, 0.0
    w.tracks[1].rank, w.tracks[1].is_open = codes.SUMMIT, 1
    rules.give(w, gift)
    assert m.to_leader == 1
    d, giver = w.dyads[FOE_PATRON], w.parties[PATRON]
    assert rules.reverse_measure(w, giver, m) == pytest.approx(0.002 / 1.5)
    broken, capital = d.broken, giver.capital
    rules.withdraw(w, m, codes.MEASURE_REVERSED, codes.BY_CHOICE)
    assert d.broken == pytest.approx(broken + 1.5 * 2.5 * weight(1.0))
    assert giver.capital == pytest.approx(capital * (1.0 - 0.5 * 0.2 * 0.5))
    assert m.to_leader == 0


def test_narrowing_is_decided_like_any_other_step(w, promise):
    made = choice(w, codes.NARROW_MEASURE, 1, PATRON, hazard=0.3)
    w.clock.n_truce_choices = w.clock.n_talk_choices = w.clock.n_measure_choices = 0
    w.clock.n_presence_choices, w.clock.n_narrow_choices = 0, 1
    made.luck[U_HAPPENS], made.blocked_until = 0.0, 100.0
    rules.measures(w)
    assert promise.narrowed == 0
    made.imposed = codes.IMPOSE
    rules.measures(w)
    assert promise.narrowed == 1
    assert (w.tally.scored_acts, w.tally.log_score) == (1.0, math.log(0.3))
