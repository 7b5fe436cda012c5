"""The filter of a war's level: its chances, shares and sizes against other ways to compute them."""

import math

import numpy as np
import pytest
from scipy.stats import nbinom

from detente.agents.parameters import Parameters
from detente.experiments.benchmark.level_filter import (
    KEPT,
    MONTH,
    STEPS,
    Belief,
    Grid,
    LevelNow,
    Process,
    beliefs,
    fast_part,
    grid,
    level_now,
    log_chances,
    moments,
    normal,
    process_of,
    size_about,
    transitions,
    updated,
)
from detente.model.prior_ranges import VOLATILITY

HOW = Process(0.8, 0.25, 20.0, 0.1, 0.02, 3.0, 1.5)


def test_the_process_by_month_is_that_of_the_parameters():
    p = Parameters()
    how = process_of(p)
    assert how.keep == pytest.approx(math.exp(-MONTH / p.violence.level_memory))
    assert (how.fast_share, how.fast_days) == (p.violence.surge_share, p.violence.surge_memory)
    assert how.fade == pytest.approx(1 - math.exp(-p.endings.fade / 12))
    assert how.flare == pytest.approx(1 - math.exp(-p.endings.flare / 12))
    assert (how.quiet, how.slope) == (p.endings.quiet, 1 + p.violence.severity_slope)


def test_shares_of_a_month_of_the_fast_part_are_those_of_its_integrals():
    """Sums over pairs of moments of a month, whose correlation falls off with the days between them."""
    at = (np.arange(2000) + 0.5) / 2000 * MONTH
    assert HOW.end_share == pytest.approx(np.exp(-(MONTH - at) / 20.0).mean(), rel=1e-4)
    some = at[::10]
    both = np.exp(-np.abs(some[:, None] - some[None, :]) / 20.0).mean()
    assert HOW.mean_share == pytest.approx(both, rel=1e-2)


def test_a_level_returns_to_its_mean_and_keeps_its_spread():
    step = transitions(0.8)
    assert step.sum(axis=1) == pytest.approx(np.ones(len(STEPS)))
    middle = np.searchsorted(STEPS, 1.0)
    assert step[middle] @ STEPS == pytest.approx(0.8 * STEPS[middle], abs=0.01)
    variance = step[middle] @ STEPS**2 - (step[middle] @ STEPS) ** 2
    assert variance == pytest.approx(1 - 0.64 + (STEPS[1] - STEPS[0]) ** 2 / 12, abs=0.01)


def test_chances_are_those_of_the_negative_binomial():
    mean, size = np.array([2.0, 30.0]), np.array([0.6, 5.0])
    assert log_chances(7.0, mean, size) == pytest.approx(nbinom.logpmf(7, size, size / (size + mean)))


def test_the_grid_reaches_from_below_to_above_the_mean_count():
    made = grid(np.array([8.0, 12.0]))
    means = np.unique(made.mean.round(6))
    assert means[[0, -1]] == pytest.approx([math.log(10) - 3.5, math.log(10) + 2.0])
    assert np.diff(means) == pytest.approx(np.full(len(means) - 1, 0.5))
    assert len(made.mean) == 7 * 6 * 12
    best = made.prior.argmax()
    assert made.mean[best] == pytest.approx(means[np.abs(means - 3.0).argmin()], abs=1e-5)
    assert made.size[best] == 1.2  # nearest to 1.5 in logs
    k = 100
    parts = (
        math.log(made.spread[k] / VOLATILITY.median) / VOLATILITY.sd,
        math.log(made.size[k] / 1.5) / 0.9,
        (made.mean[k] - 3.0) / 2.0,
    )
    assert made.prior[k] == pytest.approx(-0.5 * sum(p * p for p in parts))
    assert grid(np.zeros(3)).mean.min() == pytest.approx(math.log(0.1) - 3.5)


def test_a_war_fades_out_and_flares_up_from_month_to_month():
    even = np.full((1, len(STEPS)), 1 / len(STEPS))
    later = Belief(np.zeros(1), 0.7 * even, 0.3 * even).moved(HOW)
    assert later.fought.sum() == pytest.approx(0.7 * 0.9 + 0.3 * 0.02)
    assert later.faded.sum() == pytest.approx(0.3 * 0.98 + 0.7 * 0.1)


def one(weight=0.5):
    """One combination, at half of two steps fought and half faded."""
    table = Grid(np.array([1.0]), np.array([2.0]), np.array([1.0]), np.array([-1.0]))
    fought, faded = np.zeros((1, len(STEPS))), np.zeros((1, len(STEPS)))
    fought[0, 10], faded[0, 20] = 0.5, 0.5
    return table, Belief(np.array([weight]), fought, faded)


def test_a_count_is_weighed_by_how_likely_it_was_fought_and_faded():
    table, before = one()
    mean = np.full((1, len(STEPS)), 20.0)
    now = updated(before, table, 4.0, mean, HOW)
    a = 0.5 * nbinom.pmf(4, 2.0, 2.0 / 22.0)
    q = 0.5 * nbinom.pmf(4, 2.0, 2.0 / (2.0 + 20.0 * math.exp(-3.0)))
    assert now.fought.sum() == pytest.approx(a / (a + q))
    assert now.faded.sum() == pytest.approx(q / (a + q))
    assert now.weight[0] == pytest.approx(-1.0 + KEPT * (0.5 + 1.0) + math.log(a + q))


def test_weights_sum_to_one_whatever_their_size():
    assert normal(np.array([-5000.0, -5000.0 + math.log(3.0)])) == pytest.approx([0.25, 0.75])


def test_the_level_of_a_belief_is_that_of_its_steps():
    table, belief = one()
    centre, width = moments(table, np.array([1.0]), belief.fought, HOW)
    assert centre == pytest.approx(1.0 + math.sqrt(0.75) * STEPS[10])
    assert width == pytest.approx(0.0, abs=1e-6)
    belief.fought[0, 12] = 0.5
    _, width = moments(table, np.array([1.0]), belief.fought, HOW)
    assert width == pytest.approx(math.sqrt(0.75) * (STEPS[12] - STEPS[11]))


def test_only_the_last_ten_years_are_looked_back_on():
    quiet, usual = np.zeros(24), np.full(120, 20.0)
    long = beliefs(np.r_[quiet, usual], np.ones(144), HOW)
    short = beliefs(usual, np.ones(120), HOW)
    assert np.array_equal(long[2].weight, short[2].weight)
    assert level_now(np.r_[quiet, usual], np.ones(144), HOW) == level_now(usual, np.ones(120), HOW)


def test_what_was_believed_before_the_last_month_is_that_of_the_months_before_it():
    counts, even = np.array([5.0, 9.0, 7.0]), np.ones(3)
    _, before, now = beliefs(counts, even, HOW)
    assert before.fought.sum(axis=1) + before.faded.sum(axis=1) == pytest.approx(np.ones(len(before.weight)))
    table = grid(counts)
    own = table.spread * math.sqrt(0.75)
    mean = np.exp(table.mean[:, None] + own[:, None] * STEPS)
    assert updated(before, table, 7.0, mean, HOW).weight == pytest.approx(now.weight)


def test_the_mean_of_a_month_in_the_long_run_is_that_of_a_log_normal():
    assert LevelNow(2.0, 0.8, 0, 0, 0, 0, 0, 0, 0).expected == pytest.approx(math.exp(2.0 + 0.32))


def test_the_fast_part_of_a_month_is_told_from_its_count_and_known_the_worse_for_its_end():
    """A level known for sure: the log of a count of size 50 is off by a variance of a fiftieth, as normals are."""
    own = 0.4**2 * 0.25
    seen = own * HOW.mean_share
    shift, slope = math.sqrt(seen), HOW.end_share / HOW.mean_share
    told = seen / (seen + 1 / 50)
    ahead = math.log(1e6), 1e-9
    mean, sd = fast_part((1e6 * math.exp(shift), 1.0), ahead, 0.4, 1e9, HOW)
    assert mean == pytest.approx(slope * told * shift, rel=0.1)
    left = own * (1 - HOW.end_share * slope)
    assert sd == pytest.approx(math.sqrt(slope**2 * told / 50 + left), rel=0.02)
    busy, _ = fast_part((2e6 * math.exp(shift), 2.0), ahead, 0.4, 1e9, HOW)  # of a season twice as strong
    assert busy == pytest.approx(mean, rel=1e-4)
    assert fast_part((1.0, 1.0), (0.0, 1.0), 0.0, 1.0, HOW) == (0.0, 0.0)


def test_the_size_of_counts_about_more_of_the_level_is_larger():
    """(1 + 1/k) = (1 + 1/k') exp(v): the same relative variance, part of it the level's; 50 at most."""
    found = size_about(2.0, 0.1)
    assert (1 + 1 / found) * math.exp(0.1) == pytest.approx(1.5)
    assert size_about(2.0, 9.0) == pytest.approx(50.0)
