"""How decisions fall due: the hazard's own draw, what a policy imposes, and what is written down of it."""

import math

import pytest
from worlds import ALLY, NO_ONE, choice, logged, party, world

from detente.agents import codes
from detente.agents.rules.choices import is_open_to, settle


@pytest.fixture
def w():
    return world()


def asked(w, hazard=0.5, **fields):
    return choice(w, codes.OPEN_TRACK, 2, hazard=hazard, **fields)


@pytest.mark.parametrize(
    ("silent", "blocked", "own"),
    [(-1.0, -1.0, True), (10.0, 10.0, True), (10.5, -1.0, False), (-1.0, 10.5, False), (11.0, 11.0, False)],
)
def test_a_party_decides_while_no_policy_speaks_for_it_or_forbids(w, silent, blocked, own):
    assert is_open_to(w, asked(w, silent_until=silent, blocked_until=blocked)) is own


def test_a_choice_falls_due_below_its_chance(w):
    c = asked(w, from_day=3.0, until_day=4.0, amount=0.5, scope=1, why=codes.BY_POLICY)
    p = 1.0 - math.exp(-0.5 * 2.0)
    assert settle(w, c, p, 2.0) is False
    assert (c.from_day, c.why) == (3.0, codes.BY_POLICY)
    assert c.cum_hazard == 1.0
    assert settle(w, c, p - 1e-9, 2.0) is True
    assert (c.why, c.from_day, c.until_day, c.amount, c.scope) == (codes.BY_CHOICE, -1.0, -1.0, -1.0, 0)
    assert c.cum_hazard == 2.0
    assert logged(w) == []


def test_a_blocked_choice_does_not_fall_due_but_its_hazard_runs_on(w):
    c = asked(w, blocked_until=99.0)
    assert settle(w, c, 0.0, 2.0) is False
    assert c.cum_hazard == 1.0


def test_no_hazard_is_never_and_leaves_no_trace(w):
    c = asked(w, hazard=0.0)
    assert settle(w, c, 0.0, 2.0) is False
    assert c.cum_hazard == 0.0


def test_an_infinite_hazard_falls_due_and_is_not_summed(w):
    c = asked(w, hazard=math.inf)
    assert settle(w, c, 0.999, 2.0) is True
    assert c.cum_hazard == 0.0


def test_an_imposed_choice_falls_due_and_is_scored(w):
    c = asked(w, imposed=codes.IMPOSE, from_day=3.0, amount=0.5, scope=1)
    assert settle(w, c, 0.999, 2.0) is True
    assert (c.imposed, c.why, c.from_day, c.amount, c.scope) == (codes.FREE, codes.BY_POLICY, 3.0, 0.5, 1)
    assert w.tally.log_score == math.log(0.5)
    assert (w.tally.scored_acts, w.tally.against_model) == (1.0, 0.0)
    assert logged(w) == [("move_imposed", party(ALLY), NO_ONE, c.index, "imposed by the policy", 0.5)]
    c.imposed = codes.IMPOSE
    settle(w, c, 0.999, 2.0)
    assert w.tally.log_score == 2.0 * math.log(0.5)
    assert w.tally.scored_acts == 2.0


def test_an_imposed_choice_the_rule_forbids_counts_as_against_the_model(w):
    c = asked(w, hazard=0.0, imposed=codes.IMPOSE)
    assert settle(w, c, 0.999, 2.0) is True
    assert (w.tally.scored_acts, w.tally.against_model, w.tally.log_score) == (0.0, 1.0, 0.0)
    why = "imposed by the policy against the model's own rule"
    assert logged(w) == [("move_imposed", party(ALLY), NO_ONE, c.index, why, 0.0)]


def test_an_imposed_choice_that_was_certain_is_not_scored(w):
    assert settle(w, asked(w, hazard=math.inf, imposed=codes.IMPOSE), 0.999, 2.0) is True
    assert (w.tally.scored_acts, w.tally.log_score) == (0.0, 0.0)
