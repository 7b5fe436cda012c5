"""Joint draws of where a war stands, as facts of a case."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from detente.experiments.benchmark import level_rows as module
from detente.experiments.benchmark.level_filter import STEPS, Belief, Process, size_about
from detente.experiments.benchmark.level_rows import (
    LevelRows,
    extra_variance,
    fact_columns,
    level_rows,
    states,
)

HOW = Process(0.8, 0.25, 20.0, 0.1, 0.02, 3.0, 2.0)


def rows(**changed):
    usual = {"mean": 2.0, "spread": 0.8, "size": 1.0, "slow": 0.5, "fast": 0.3, "faded": 0.0}
    return LevelRows(**{key: np.array([float(v)]) for key, v in {**usual, **changed}.items()})


def war(**changed):
    about = {
        "between": ("a", "b"),
        "hostile": True,
        "lethal": True,
        "attacks": (2.0, 0.0),
        "deaths_per_event": (3.0, 3.0),
    }
    return SimpleNamespace(**{**about, **changed})


def columns(monkeypatch, made, *wars):
    monkeypatch.setattr(module, "process_of", lambda parameters: HOW)
    scenario = SimpleNamespace(parameters=None, relation=wars or (war(),))
    found = fact_columns(SimpleNamespace(scenario=scenario, level=SimpleNamespace(expected=5.0)), made)
    assert all(name.startswith("facts.relation.") or "relation." in name for name in found)
    return {name.split("relation.", 1)[1]: float(v[0]) for name, v in found.items()}


def test_a_row_is_the_level_the_volatility_and_the_attacks_of_a_war(monkeypatch):
    found = columns(monkeypatch, rows())
    expected = math.exp(2.0 + 0.32)
    assert found == {
        "a.b.attacks": pytest.approx(2.0 * expected / 5.0),
        "a.b.volatility": pytest.approx(0.4),
        "a.b.level": pytest.approx((0.5 - 0.5 * 0.64 / 2.0) / 2.0),
        "a.b.surge": pytest.approx(0.15),
    }


def test_facts_stay_within_what_a_case_may_hold(monkeypatch):
    high = columns(monkeypatch, rows(mean=9.0, slow=99.0, fast=-99.0, spread=9.0))
    assert (high["a.b.attacks"], high["a.b.level"], high["a.b.surge"], high["a.b.volatility"]) == (
        1000,
        3,
        -3,
        2.5,
    )
    low = columns(monkeypatch, rows(slow=-99.0, fast=99.0, spread=0.01))
    assert (low["a.b.level"], low["a.b.surge"], low["a.b.volatility"]) == (-3.0, 3.0, 0.05)


def test_two_wars_each_move_by_more_than_their_sum_and_peace_has_no_level(monkeypatch):
    """Of two alike wars each has twice the relative variance."""
    both = columns(monkeypatch, rows(), war(), war(between=("a", "c")), war(between=("b", "c"), lethal=False))
    assert both["a.b.volatility"] == both["a.c.volatility"]
    assert math.expm1((2.0 * both["a.b.volatility"]) ** 2) == pytest.approx(2 * math.expm1(0.64))
    assert "b.c.level" not in both


def test_more_unevenness_than_that_of_runs_is_at_least_none_and_at_most_thirty():
    spread, size = np.array([0.8, 0.8, 0.8]), np.array([2.0, 2.0, 1e-9])
    data = 1 / size_about(2.0, 0.64 * 0.25 * HOW.mean_share)
    found = extra_variance(HOW, spread, size, 0.1)
    assert found[0] == pytest.approx((1 + data) / 1.1 - 1)
    assert found[2] == 30.0
    assert extra_variance(HOW, spread, size, 99.0)[0] == 0.0


def test_slow_parts_are_drawn_as_they_are_believed_and_spread_within_a_step():
    fought, faded = np.zeros((2, len(STEPS))), np.zeros((2, len(STEPS)))
    fought[0, 5], fought[0, 30], faded[0, 12] = 0.15, 0.45, 0.4
    fought[1, 20], faded[1, 20] = 1.0, 1.0
    n = 4000
    picked, gone = np.zeros(n, int), np.arange(n) < n // 2
    found = states(Belief(np.zeros(2), fought, faded), picked, gone, np.random.default_rng(1))
    half = (STEPS[1] - STEPS[0]) / 2
    assert np.abs(found[gone] - STEPS[12]).max() <= half
    low = np.abs(found[~gone] - STEPS[5]) <= half
    assert low.mean() == pytest.approx(0.25, abs=0.04)
    assert np.abs(found[~gone][~low] - STEPS[30]).max() <= half
    assert found[gone].std() == pytest.approx(2 * half / math.sqrt(12), rel=0.05)
    other = states(Belief(np.zeros(2), fought, faded), picked + 1, gone, np.random.default_rng(1))
    assert np.abs(other - STEPS[20]).max() <= half


def test_without_months_there_are_no_rows():
    assert level_rows(SimpleNamespace(known=SimpleNamespace(monthly=np.zeros(0))), 5, 1) is None


def test_the_mean_of_a_row_is_that_of_a_log_normal():
    assert rows().expected == pytest.approx([math.exp(2.32)])
