"""Leaders (E17): they change by hazard or on a day, and see war and risk in their own light."""

import math

import pytest
from worlds import ALLY, FOE, NO_ONE, PATRON, logged, party, world

from detente.agents import codes
from detente.agents.rules import calendar
from detente.agents.rules import leaders as rules
from detente.agents.rules.chance import shock
from detente.agents.state import Move


@pytest.fixture
def w(monkeypatch):
    """Nobody falls by chance; a new leader's draws are 0.8 (hawkishness), 0.3 (risk) and 0.9 (window)."""
    w = world()
    w.par.switches.leaders = 1
    vars(w.par.leaders).update(turnover=0.2, spread=0.1, window=0.4)
    for p in w.parties:
        p.hawkishness = p.hawkishness_start = 0.5
        p.risk_tolerance = p.risk_start = 0.6
        p.capital = 0.3
    draws = {rules.U_TURNOVER: 0.999, rules.U_HAWK: 0.8, rules.U_RISK: 0.3, rules.U_WINDOW: 0.9}
    monkeypatch.setattr(rules, "draw", lambda w, p, k: draws[k])
    return w, draws


def test_a_new_leader_is_drawn_about_the_party_and_starts_rested(w):
    w, _ = w
    p = w.parties[FOE]
    p.window = 0.1
    rules.replace_leader(w, p, -1.0, codes.BY_CHANCE)
    assert p.hawkishness == pytest.approx(0.5 + 0.1 * shock(0.8))
    assert p.risk_tolerance == pytest.approx(0.6 + 0.1 * shock(0.3))
    assert p.window == pytest.approx(0.1 + 0.4 * shock(0.9))
    assert (p.capital, w.tally.leaders) == (1.0, 1.0)
    assert logged(w) == [("leader_changed", party(FOE), NO_ONE, -1, "chance event", p.hawkishness)]


def test_leaders_change_at_their_rate(w):
    w, draws = w
    draws[rules.U_TURNOVER] = 1.0 - math.exp(-0.2 / 365.25 * 2.0) - 1e-9
    rules.leaders(w)
    assert w.tally.leaders == 3.0
    draws[rules.U_TURNOVER] += 2e-9
    rules.leaders(w)
    assert w.tally.leaders == 3.0


def test_without_the_switch_nobody_is_replaced(w):
    w, draws = w
    w.par.switches.leaders, draws[rules.U_TURNOVER] = 0, 1e-12
    w.parties[FOE].successor = 0.9
    rules.leaders(w)
    assert w.tally.leaders == 0.0


@pytest.mark.parametrize(("amount", "expected"), [(0.9, 0.9), (-1.0, 0.5)])
def test_a_policy_names_the_day_and_the_successor(w, amount, expected):
    """Without a number the successor is as hawkish as the party."""
    w, _ = w
    calendar.change_context(w, Move(actor=ALLY, subject=codes.NEW_LEADER, amount=amount))
    assert w.parties[ALLY].hawkishness == 0.5
    rules.leaders(w)
    assert w.parties[ALLY].hawkishness == pytest.approx(expected)
    assert [(e[0], e[1], e[4]) for e in logged(w)] == [
        ("leader_changed", party(ALLY), "imposed by the policy")
    ]
    rules.leaders(w)
    assert w.tally.leaders == 1.0


def test_no_hawk_and_no_risk_beyond_the_ends(w):
    w, draws = w
    w.parties[PATRON].hawkishness_start = 0.99
    w.parties[PATRON].risk_start = 0.01
    draws[rules.U_HAWK], draws[rules.U_RISK] = 0.999, 0.001
    rules.replace_leader(w, w.parties[PATRON], -1.0, codes.BY_CHANCE)
    assert (w.parties[PATRON].hawkishness, w.parties[PATRON].risk_tolerance) == (1.0, 0.0)
