"""The estimator on a synthetic table with a known truth: it recovers it, says so honestly, and leaves the rest."""

import numpy as np
import pytest
from pooled_tables import MOVED, made

from detente.experiments.pooling.draws import names
from detente.experiments.pooling.estimator import learn
from detente.experiments.pooling.pool import posterior_of, sampled
from detente.experiments.pooling.synthetic import calibrated, calibration_rows
from detente.experiments.pooling.theory_weights import LEAST_IN_BIN, largest_gap, mechanism_rows, theory_rows
from detente.experiments.runs.pooled_posterior import leave_out
from detente.model.errors import InputError

TABLE = made()
LEARNT = learn(TABLE)


def test_only_parameters_that_move_a_summary_are_pooled():
    assert set(MOVED) <= set(LEARNT.chosen.tolist())
    assert len(LEARNT.chosen) <= 5


@pytest.mark.parametrize("truth", [-1.0, 1.0])
def test_a_known_truth_is_recovered(truth):
    table = made(truth=truth)
    learnt = learn(table)
    mean, spread = (v[0] for v in learnt.moments(table.observed[None]))
    for place in MOVED:
        k = learnt.chosen.tolist().index(place)
        assert mean[k] == pytest.approx(truth, abs=0.4)
        assert 0.15 < spread[k] < 0.5  # .3: four conflicts, each with a noise of .6


@pytest.mark.slow
def test_posteriors_are_honest():
    rows = {row["parameter"]: row for row in calibration_rows(calibrated(TABLE))}
    for place in MOVED:
        row = rows[names()[place]]
        assert row["within80"] == pytest.approx(0.8, abs=0.1)
        assert row["rank_p"] > 0.001
        assert row["skill"] > 0.5
    assert rows[names()[50]]["skill"] == 0.0


def test_an_observation_that_nothing_reproduces_is_left_out():
    table = made()
    table.observed[:, 1] = 99.0
    assert 1 in LEARNT.features.kept
    assert 1 not in learn(table).features.kept


@pytest.mark.slow
def test_leaving_out_a_conflict_that_says_something_else_moves_the_posterior():
    table = made()
    table.observed[0, :2] = -2.0
    learnt = learn(table)
    unit = sampled(learnt, table.observed[None], 200, np.random.default_rng(1))
    found = posterior_of(learnt, table, unit)
    name = names()[MOVED[0]]
    without = leave_out(found, "war-0")
    assert without.posterior.quantiles(name, [0.5]) > found.quantiles(name, [0.5])
    assert 5 < without.effective_size < 200
    assert leave_out(found, "war-1").posterior.quantiles(name, [0.5]) < without.posterior.quantiles(
        name, [0.5]
    )


@pytest.mark.slow
def test_a_theory_that_shows_is_weighed_and_one_that_does_not_is_not():
    rows = {row["theory"]: row for row in theory_rows(TABLE)}
    assert rows["ripeness"]["weight"] > 0.6
    assert rows["ripeness"]["weight_if_true"] > 0.6
    assert rows["readiness"]["weight_if_true"] == pytest.approx(
        rows["commitment"]["weight_if_true"], abs=0.12
    )
    assert sum(row["weight"] for row in rows.values()) == pytest.approx(1.0)


@pytest.mark.slow
def test_a_mechanism_that_shows_is_told_apart():
    (row,) = mechanism_rows(TABLE)
    assert row["mechanism"] == "level"
    assert row["told_apart"] > 0.95
    assert row["chance_off"] < 0.2


def test_too_few_draws_are_refused():
    with pytest.raises(InputError, match="expected at least 60"):
        learn(TABLE.rows(np.arange(20)))


@pytest.mark.parametrize(("n", "gap"), [(LEAST_IN_BIN, 0.9), (LEAST_IN_BIN - 1, 0.0)])
def test_a_bin_is_compared_from_the_least_number_of_draws_on(n, gap):
    assert largest_gap(np.full(n, 0.9), np.zeros(n, bool)) == pytest.approx(gap)
