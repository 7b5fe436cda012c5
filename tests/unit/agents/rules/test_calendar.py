"""The calendar: the clock, the season, the policy's moves and the conditions they wait for."""

import math

import pytest
from worlds import (
    ALLY_FOE,
    FOE_ALLY,
    FOE_PATRON,
    NO_ONE,
    PATRON,
    PATRON_FOE,
    choice,
    hold_fire,
    logged,
    party,
    world,
)

from detente.agents import codes
from detente.agents.rules import calendar as rules
from detente.agents.rules.chance import event_uniform
from detente.agents.state import ALL_TOPICS, Condition, Day, Move


@pytest.fixture
def w():
    return world()


# -- the clock


@pytest.mark.parametrize(("day", "expected"), [(0.0, 0.1), (1.9, 0.2), (2.0, 0.3), (3.0, 0.3), (99.0, 0.3)])
def test_the_last_day_stands_for_all_later_ones(day, expected):
    w = world(days=[Day(season=0.1), Day(season=0.2), Day(season=0.3)])
    w.clock.day = day
    assert rules.today(w).season == expected


def test_ticks_stand_inside_their_step(w):
    for k, expected in ((0, 10.0), (3, 11.5)):
        w.clock.tick = 20 + k
        rules.turn_to_tick(w, k)
        assert w.clock.day == expected


def test_ticks_and_steps_are_counted_one_by_one(w):
    rules.next_tick(w)
    assert (w.clock.tick, w.clock.step) == (21, 5)
    rules.next_step(w)
    assert (w.clock.tick, w.clock.step) == (21, 6)


def about_to_end(w, n_days, tick, per_step):
    """A world whose next step is its last: so many days in all, of ticks of a day."""
    w = w._replace(days=[Day()] * n_days)
    c = w.clock
    c.tick, c.tick_days, c.ticks_per_step, c.step_days = tick, 1.0, per_step, float(per_step)
    c.step, c.horizon = tick // per_step - 1, tick // per_step + 1
    w.par.trust.memory = 10.0
    rules.set_rates(w)
    return w


@pytest.mark.parametrize(
    ("n_days", "tick", "per_step", "left"),
    [(730, 728, 28, 2), (730, 728, 7, 2), (730, 729, 3, 1), (29, 28, 28, 1), (55, 28, 28, 27), (9, 8, 2, 1)],
)
def test_the_last_step_ends_with_the_case(w, n_days, tick, per_step, left):
    w = about_to_end(w, n_days, tick, per_step)
    rules.next_step(w)
    assert (w.clock.ticks_per_step, w.clock.step_days, w.clock.tick_days) == (left, float(left), 1.0)
    assert w.rates.keep_trust == pytest.approx(math.exp(-left / 10.0))


@pytest.mark.parametrize(("n_days", "tick", "per_step"), [(728, 700, 28), (730, 729, 1), (14, 7, 7)])
def test_a_last_step_that_is_whole_is_as_all_others(w, n_days, tick, per_step):
    w = about_to_end(w, n_days, tick, per_step)
    w.rates.keep_trust = 0.5
    rules.next_step(w)
    assert (w.clock.ticks_per_step, w.clock.step_days, w.rates.keep_trust) == (per_step, per_step, 0.5)


def test_a_step_before_the_last_is_not_shortened(w):
    w = about_to_end(w, 730, 728, 28)
    w.clock.horizon += 1
    rules.next_step(w)
    assert w.clock.ticks_per_step == 28


def test_the_season_has_an_amplitude_of_its_own_each_year():
    w = world(days=[Day(year=3, season=1.5)])
    w.clock.season_year = 2
    w.par.violence.season_spread = 0.4
    u = event_uniform(7, 9, 3, 11, 13, 0)
    rules.turn_year(w)
    assert w.clock.season_year == 3
    assert w.clock.season_strength == pytest.approx(1.0 + 0.4 * (2.0 * u - 1.0))
    w.clock.season_strength = 0.7
    rules.turn_year(w)
    assert w.clock.season_strength == 0.7


@pytest.mark.parametrize(
    ("season", "strength", "expected"), [(1.5, 0.6, 1.3), (0.5, 0.6, 0.7), (0.2, 2.0, 0.02)]
)
def test_season_factor(w, season, strength, expected):
    w.days[0].season, w.clock.season_strength = season, strength
    assert rules.season_factor(w) == pytest.approx(expected)


@pytest.mark.parametrize(("k", "left"), [(0, 0.0), (1, 7.0), (3, 7.0)])
def test_a_new_step_forgets_the_counts_of_the_last(w, k, left):
    for p in w.parties:
        p.losses = 7.0
    for d in w.dyads:
        d.step_attacks = d.step_deaths = 7.0
    rules.turn_to_tick(w, k)
    assert {p.losses for p in w.parties} == {left}
    assert {d.step_attacks for d in w.dyads} == {d.step_deaths for d in w.dyads} == {left}


def test_a_new_page_turns_the_year_and_carries_out_the_moves(w):
    w.days[0].year = 1
    w.moves.append(Move(day=10.0, effect=codes.SET_LEVER, actor=PATRON, subject=1, amount=0.6))
    rules.calendar(w)
    assert w.clock.season_year == 1
    assert w.parties[PATRON].levers[1] == 0.6


# -- moves


def test_an_imposed_decision_takes_the_moves_terms(w):
    choice(w, codes.OPEN_TRACK, 0)
    c = choice(w, codes.OFFER_TRUCE, 0)
    m = Move(effect=codes.IMPOSE, subject=1, from_day=3.0, until_day=4.0, amount=0.5, scope=1)
    rules.carry_out(w, m)
    assert (c.imposed, c.from_day, c.until_day, c.amount, c.scope) == (codes.IMPOSE, 3.0, 4.0, 0.5, 1)
    assert m.done == 1
    assert w.choices[0].imposed == codes.FREE


def test_a_silent_decision_waits_for_the_policy(w):
    c = choice(w, codes.OFFER_TRUCE, 0)
    rules.carry_out(w, Move(effect=codes.SILENCE, subject=0, until_day=44.0))
    assert (c.silent_until, c.blocked_until) == (44.0, -1.0)
    assert logged(w) == []


def test_a_blocked_decision_is_logged(w):
    c = choice(w, codes.OFFER_TRUCE, 0)
    rules.carry_out(w, Move(effect=codes.BLOCK, actor=PATRON, subject=0, from_day=3.0, until_day=44.0))
    assert (c.silent_until, c.blocked_until) == (-1.0, 44.0)
    assert logged(w) == [("move_blocked", party(PATRON), NO_ONE, 0, "imposed by the policy", 44.0)]


def levers(raised):
    """The levers of a party, at 0 save for those given by their position; however many there are."""
    return [raised.get(k, 0.0) for k in range(codes.N_LEVERS)]


def test_a_lever_is_set_and_logged(w):
    rules.carry_out(w, Move(effect=codes.SET_LEVER, actor=PATRON, subject=4, amount=0.6))
    assert w.parties[PATRON].levers == levers({4: 0.6})
    assert logged(w) == [("lever_set", party(PATRON), NO_ONE, 4, "imposed by the policy", 0.6)]


@pytest.mark.parametrize(
    ("subject", "amount", "before", "after", "told"),
    [
        (codes.OPEN_WINDOW, 0.75, 0.0, 0.75, 0.75),
        (codes.OPEN_WINDOW, -1.0, 0.0, 0.5, 0.5),
        (codes.OPEN_WINDOW, 0.0, 0.25, 0.25, 0.0),
        (codes.OPEN_WINDOW, 0.75, 1.75, 2.0, 0.75),
        (codes.PROVOCATION, 0.75, 0.25, -0.5, -0.75),
        (codes.PROVOCATION, 0.75, -1.75, -2.0, -0.75),
    ],
)
def test_the_world_opens_a_window_or_closes_it(w, subject, amount, before, after, told):
    w.parties[PATRON].window = before
    rules.carry_out(w, Move(effect=codes.CONTEXT, actor=PATRON, subject=subject, amount=amount))
    assert w.parties[PATRON].window == after
    assert logged(w) == [("context_changed", party(PATRON), NO_ONE, subject, "imposed by the policy", told)]


def lever_moves(*days, **fields):
    """Moves that set one lever after another, one on each day."""
    return [
        Move(day=day, effect=codes.SET_LEVER, actor=PATRON, subject=k, amount=0.5, **fields)
        for k, day in enumerate(days)
    ]


def test_dated_moves_are_carried_out_once_when_their_tick_comes(w):
    w.moves.extend(lever_moves(9.0, 10.0, 10.4, 10.5, 12.0))
    w.clock.next_move = 1
    rules.carry_out_moves(w)
    assert w.parties[PATRON].levers == levers({1: 0.5, 2: 0.5})
    assert w.clock.next_move == 3
    w.parties[PATRON].levers = levers({})
    rules.carry_out_moves(w)
    assert w.parties[PATRON].levers == levers({})
    w.clock.day = 11.6
    rules.carry_out_moves(w)
    assert w.parties[PATRON].levers == [0.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.0]


def waiting(w, day=5.0, expires=50.0, done=0, met=1):
    """A triggered move on a lever, between dated ones that are not due yet, and its condition."""
    w.conditions.extend([Condition(met=1 - met), Condition(met=met)])
    w.moves.extend(lever_moves(99.0))
    w.moves.append(
        Move(
            day=day,
            expires=expires,
            done=done,
            condition=1,
            effect=codes.SET_LEVER,
            actor=PATRON,
            subject=3,
            amount=0.5,
        )
    )


@pytest.mark.parametrize(
    ("fields", "moved"),
    [
        ({}, True),
        ({"day": 10.4}, True),
        ({"day": 10.5}, False),
        ({"expires": 10.0}, False),
        ({"expires": 10.1}, True),
        ({"done": 1}, False),
        ({"met": 0}, False),
    ],
)
def test_a_triggered_move_is_made_once_in_its_time(w, fields, moved):
    waiting(w, **fields)
    for k in w.conditions:
        k.for_days, k.watches, k.level = 99.0, codes.WATCH_TRUST, 2.0
    rules.carry_out_moves(w)
    assert w.parties[PATRON].levers[3] == (0.5 if moved else 0.0)
    w.parties[PATRON].levers[3] = 0.0
    rules.carry_out_moves(w)
    assert w.parties[PATRON].levers[3] == 0.0


def test_dated_moves_behind_a_triggered_one_are_not_held_up(w):
    waiting(w, met=0)
    w.conditions[1].for_days = 99.0
    w.moves[0].day = 10.0
    w.moves.append(Move(day=10.0, effect=codes.SET_LEVER, actor=PATRON, subject=5, amount=0.25))
    rules.carry_out_moves(w)
    assert w.parties[PATRON].levers == levers({0: 0.5, 5: 0.25})


# -- conditions


def test_what_each_condition_watches(w):
    pair, ab, ba = w.pairs[1], w.dyads[PATRON_FOE], w.dyads[FOE_PATRON]
    ab.deaths_week, ba.deaths_week = 1.0, 2.5
    ab.conduct_seen, ba.conduct_seen = 0.25, 0.5
    ab.trust, ba.trust = 0.6, 0.4
    pair.readiness, pair.progress, pair.truce_start = 0.3, 0.75, 6.0
    expected = {"deaths": 3.5, "attacks": 0.75, "trust": 0.4, "readiness": 0.3, "talks_progress": 0.75}

    def value(watches):
        return rules.watched_value(w, Condition(watches=codes.WATCHED.index(watches)), pair)

    assert {name: value(name) for name in expected} == expected
    assert value("truce_days") == 0.0
    hold_fire(w, PATRON_FOE)
    assert value("truce_days") == 0.0
    hold_fire(w, FOE_PATRON)
    assert value("truce_days") == 4.0
    w.dyads[PATRON_FOE].trust, w.dyads[FOE_PATRON].trust = 0.3, 0.6
    assert value("trust") == 0.3
    w.dyads[PATRON_FOE].trust, w.dyads[FOE_PATRON].trust = 0.6, 0.3
    assert value("trust") == 0.3


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"below": 1, "level": 0.5}, True),
        ({"below": 1, "level": 0.4}, False),
        ({"below": 1, "level": 0.3}, False),
        ({"below": 0, "level": 0.5}, False),
        ({"below": 0, "level": 0.4}, False),
        ({"below": 0, "level": 0.3}, True),
        ({"below": 1, "level": 0.2, "relative": 1}, True),
        ({"below": 1, "level": 0.1, "relative": 1}, False),
    ],
)
def test_a_condition_holds_below_or_above_its_level(w, fields, holds):
    """Readiness stands at 0.4; relative levels are shares of 2.5 deaths a day."""
    w.pairs[1].readiness = 0.4
    w.dyads[PATRON_FOE].deaths_quarter, w.dyads[FOE_PATRON].deaths_quarter = 1.0, 1.5
    k = Condition(watches=codes.WATCH_READINESS, subject=1, held=2.0, for_days=99.0, **fields)
    rules.watch(w, k)
    assert k.held == (2.5 if holds else 0.0)
    assert k.met == 0


def test_a_condition_is_met_when_it_has_held_long_enough_and_stays_met(w):
    k = Condition(watches=codes.WATCH_READINESS, level=0.5, below=1, for_days=1.0)
    for expected in ((0.5, 0), (1.0, 1), (1.0, 1)):
        rules.watch(w, k)
        assert (k.held, k.met) == expected


def test_conditions_are_watched_before_moves_are_made(w):
    waiting(w, met=0)
    for k in w.conditions:
        k.watches, k.level, k.below = codes.WATCH_READINESS, 0.5, 1
    rules.carry_out_moves(w)
    assert [k.held for k in w.conditions] == [0.0, 0.5]
    assert w.parties[PATRON].levers[3] == 0.5


# -- who holds fire


@pytest.mark.parametrize(("day", "bound"), [(4.9, False), (5.0, True), (49.9, True), (50.0, False)])
def test_a_window_holds_from_its_first_day_until_its_last(w, day, bound):
    hold_fire(w, ALLY_FOE)
    w.clock.day = day
    assert rules.holds_fire(w, w.dyads[ALLY_FOE]) is bound
    assert rules.holds_fire(w, w.dyads[FOE_ALLY]) is False


@pytest.mark.parametrize(
    ("dyads", "both"), [((), False), ((ALLY_FOE,), False), ((FOE_ALLY,), False), ((ALLY_FOE, FOE_ALLY), True)]
)
def test_both_hold_fire(w, dyads, both):
    hold_fire(w, *dyads)
    assert rules.both_hold_fire(w, w.dyads[ALLY_FOE], w.dyads[FOE_ALLY]) is both


def test_an_imposed_decision_is_noted(w):
    rules.note_imposed(w, PATRON, 4, False, 0.5)
    rules.note_imposed(w, PATRON, 4, True, 0.0)
    rules.note_imposed(w, PATRON, 4, True, 0.0)
    assert w.tally.against_model == 2.0
    assert [e[1:4] for e in logged(w)] == [(party(PATRON), NO_ONE, 4)] * 3
    assert [e[4:] for e in logged(w)] == [
        ("imposed by the policy", 0.5),
        ("imposed by the policy against the model's own rule", 0.0),
        ("imposed by the policy against the model's own rule", 0.0),
    ]


# -- agreements and votes that a policy imposes


@pytest.mark.parametrize(("topics", "signing"), [(-1, ALL_TOPICS), (0b101, 0b101)])
def test_an_agreement_is_signed_in_the_step_of_its_move(w, topics, signing):
    rules.carry_out(w, Move(effect=codes.SIGN, actor=PATRON, subject=1, topics=topics))
    assert [p.signing for p in w.pairs] == [0, signing, 0]
    assert logged(w) == []


@pytest.mark.parametrize(("amount", "truce"), [(-1.0, 1), (0.0, 0)])
def test_an_agreement_says_whether_a_ceasefire_comes_with_it(w, amount, truce):
    rules.carry_out(w, Move(effect=codes.SIGN, actor=PATRON, subject=1, amount=amount))
    assert [p.signing_truce for p in w.pairs] == [1, truce, 1]


def test_while_history_signs_the_rule_does_not(w):
    rules.carry_out(w, Move(effect=codes.SIGN_BY_POLICY, subject=1, until_day=44.0))
    rules.carry_out(w, Move(effect=codes.SIGN_BY_POLICY, subject=1, until_day=12.0))
    assert [p.by_policy_until for p in w.pairs] == [-1.0, 44.0, -1.0]
    assert [p.signing for p in w.pairs] == [0, 0, 0]


def test_a_vote_is_noted_with_who_holds_it(w):
    rules.carry_out(w, Move(effect=codes.VOTE, actor=PATRON, subject=1, amount=0.0))
    assert [(p.vote, p.voter) for p in w.pairs] == [(-1.0, -1), (0.0, PATRON), (-1.0, -1)]


def test_peacekeepers_come_between_two_sides_and_leave(w):
    w.par.switches.endings = 1
    for strength in (0.7, 0.0):
        rules.carry_out(w, Move(effect=codes.KEEP_PEACE, actor=PATRON, subject=1, amount=strength))
        assert [p.peacekeepers for p in w.pairs] == [0.0, strength, 0.0]
    assert [(e[0], e[4], e[5]) for e in logged(w)] == [
        ("peacekeepers", "imposed by the policy", 0.7),
        ("peacekeepers", "imposed by the policy", 0.0),
    ]


def test_where_wars_do_not_come_back_nobody_keeps_the_peace(w):
    w.par.switches.endings = 0
    rules.carry_out(w, Move(effect=codes.KEEP_PEACE, actor=PATRON, subject=1, amount=0.7))
    assert (w.pairs[1].peacekeepers, w.clock.n_events) == (0.0, 0)


@pytest.mark.parametrize("effect", [codes.SIGN, codes.SIGN_BY_POLICY, codes.VOTE])
def test_without_settlement_nothing_is_signed_or_voted_on(w, effect):
    w.par.switches.settlement = 0
    rules.carry_out(w, Move(effect=effect, actor=PATRON, subject=1, until_day=44.0, amount=0.4))
    assert (w.pairs[1].signing, w.pairs[1].vote, w.pairs[1].by_policy_until) == (0, -1.0, -1.0)
