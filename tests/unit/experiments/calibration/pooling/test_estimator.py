"""The estimator on a synthetic table with a known truth: it recovers it, says so honestly, and leaves the rest."""

from types import SimpleNamespace

import numpy as np
import pytest
from pooled_tables import MOVED, made

from detente.experiments.calibration.pooling.draws import names
from detente.experiments.calibration.pooling.estimator import (
    Estimator,
    Features,
    Regression,
    learn,
    likeness_of,
    normal,
)
from detente.experiments.calibration.pooling.pool import posterior_of, sampled
from detente.experiments.calibration.pooling.synthetic import calibrated, calibration_rows
from detente.experiments.calibration.pooling.theory_weights import (
    LEAST_IN_BIN,
    largest_gap,
    mechanism_rows,
    theory_rows,
)
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


def test_summaries_are_averaged_over_the_conflicts_that_record_them_and_cut_at_three():
    used = np.array([[True, True], [True, False]])
    same = SimpleNamespace(transform=lambda values: values)
    features = Features(used, np.array([0]), same, np.array([1.0]), np.array([2.0]))
    seen = np.array([[[5.0, 1.0], [2.0, np.nan]]])
    assert features.pooled(seen).tolist() == [[2.5, 1.0]]
    assert features.of(seen).tolist() == [[0.75]]


@pytest.mark.parametrize(("log", "width"), [(1.0, 0.6), (9.0, 0.75), (-9.0, -2.0)])
def test_a_width_is_bounded_and_set_right_on_average(log, width):
    fit = Regression(answer(4.0), answer(log), 0.2)
    mean, spread = fit.moments(np.zeros((1, 1)))
    assert (mean.tolist(), spread) == ([4.0], pytest.approx([np.exp(width)]))


def answer(value):
    return SimpleNamespace(predict=lambda x: np.full(len(x), value))


def estimator(*moments, likeness):
    """One that says the same mean and width whatever it sees."""
    fits = tuple(
        SimpleNamespace(moments=lambda x, m=m, s=s: (np.full(len(x), m), np.full(len(x), s)))
        for m, s in moments
    )
    return Estimator(
        SimpleNamespace(of=lambda s: np.zeros((len(s), 1))), np.arange(len(fits)), fits, likeness
    )


def test_the_density_of_a_draw_is_that_of_a_normal_distribution():
    """Of mean 1 and width 2: at 3 one width off; two that hang together by .6 are less likely apart than alike."""
    one = estimator((1.0, 2.0), likeness=np.eye(1))
    at = normal_share([[1.0], [3.0]])
    assert one.log_density(np.zeros((1, 1, 1)), at) == pytest.approx([-np.log(2.0), -0.5 - np.log(2.0)])
    two = estimator((0.0, 1.0), (0.0, 1.0), likeness=np.array([[1.0, 0.6], [0.6, 1.0]]))
    alike, apart = two.log_density(np.zeros((1, 1, 1)), normal_share([[1.0, 1.0], [1.0, -1.0]]))
    assert (alike, apart) == pytest.approx((-0.8 / 0.64 / 2, -3.2 / 0.64 / 2))


def normal_share(values):
    from scipy.special import ndtr

    return ndtr(np.array(values))


def test_draws_have_the_mean_the_width_and_the_likeness_that_were_learnt():
    two = estimator((1.0, 0.5), (-1.0, 0.2), likeness=np.array([[1.0, 0.6], [0.6, 1.0]]))
    unit = two.draws(np.zeros((1, 1, 1)), 20_000, np.random.default_rng(1))
    z = normal(unit[0])
    assert unit.shape == (1, 20_000, 2)
    assert z.mean(axis=0) == pytest.approx([1.0, -1.0], abs=0.02)
    assert z.std(axis=0) == pytest.approx([0.5, 0.2], rel=0.02)
    assert np.corrcoef(z.T)[0, 1] == pytest.approx(0.6, abs=0.02)


def test_an_empty_pool_has_no_draws_to_speak_of():
    none = estimator(likeness=np.zeros((0, 0)))
    assert none.draws(np.zeros((1, 1, 1)), 5, np.random.default_rng(1)).shape == (1, 5, 0)
    assert none.log_density(np.zeros((1, 1, 1)), np.zeros((5, 0))).tolist() == [0.0] * 5


def test_the_ends_of_the_unit_interval_are_far_but_not_infinitely_far():
    assert normal(np.array([0.0, 0.5, 1.0])) == pytest.approx([-5.9978, 0.0, 5.9978], abs=1e-4)


def test_residuals_that_hang_together_are_seen_to():
    rng = np.random.default_rng(1)
    common = rng.standard_normal(4000)
    rest = np.stack([2.0 * common, common + rng.standard_normal(4000), rng.standard_normal(4000)], axis=1)
    found = likeness_of(rest)
    assert np.diag(found) == pytest.approx([1.0, 1.0, 1.0])
    assert found[0, 1] == pytest.approx(np.sqrt(0.5), abs=0.03)
    assert abs(found[0, 2]) < 0.06


def test_what_was_learnt_for_all_is_learnt_again_for_some_of_the_same_parameters():
    table = made(100)
    table.observed[1:, 1] = 99.0  # nothing reproduces it but in the first conflict
    like = learn(made(100))
    again = learn(table, like)
    assert again.chosen.tolist() == like.chosen.tolist()
    assert again.features.kept.tolist() == like.features.kept.tolist()


def test_nothing_that_varies_and_was_observed_is_refused():
    table = made(80)
    table.observed[:] = np.nan
    with pytest.raises(InputError, match="no summary is both observed and moved"):
        learn(table)
    table.observed[:] = 99.0
    with pytest.raises(InputError, match="no draw reproduces anything"):
        learn(table)


@pytest.mark.parametrize(("n", "gap"), [(LEAST_IN_BIN, 0.9), (LEAST_IN_BIN - 1, 0.0)])
def test_a_bin_is_compared_from_the_least_number_of_draws_on(n, gap):
    assert largest_gap(np.full(n, 0.9), np.zeros(n, bool)) == pytest.approx(gap)
