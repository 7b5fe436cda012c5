"""Calibration on synthetic truths: skill, coverage and evenness of ranks, worked out by hand."""

import numpy as np
import pytest
from pooled_tables import made

from detente.experiments.calibration.pooling import synthetic as module
from detente.experiments.calibration.pooling.draws import names
from detente.experiments.calibration.pooling.synthetic import (
    Calibrated,
    calibrated,
    calibration_rows,
    coverage,
    skill_of,
    uniform_p,
)


def test_skill_is_how_much_nearer_draws_come_than_an_even_prior():
    """Draws at 0 and 1 of a truth of .5 score .5 - .25, the prior .25 - 1/6: three times as much."""
    truth = np.array([[0.5]])
    assert skill_of(np.array([[[0.0], [1.0]]]), truth) == pytest.approx([-2.0])
    assert skill_of(np.full((1, 4, 1), 0.5), truth) == pytest.approx([1.0])
    even = (np.arange(400) + 0.5) / 400
    assert skill_of(np.tile(even[None, :, None], (2, 1, 1)), np.array([[0.2], [0.9]])) == pytest.approx(
        [0.0], abs=1e-4
    )


def test_an_end_of_an_interval_counts_as_inside():
    assert coverage(np.array([0.25, 0.75, 0.95, 0.1, 0.99])) == [0.4, 0.6, 0.8]


def test_ranks_in_every_bin_are_as_even_as_can_be_and_ranks_in_one_are_not():
    even = (np.arange(50) + 0.5) / 50
    assert uniform_p(even) == 1.0
    moved = np.r_[
        even[:-5], np.full(5, 0.5)
    ]  # (10 - 5)^2 / 5 + (0 - 5)^2 / 5 = 10, with 9 degrees of freedom
    assert uniform_p(moved) == pytest.approx(0.3505, abs=1e-4)
    assert uniform_p(np.full(50, 0.5)) < 1e-9


def test_every_draw_with_all_mechanisms_on_is_a_truth_once(monkeypatch):
    table, seen = made(50, conflicts=1), []
    table.unit[:, 0] = np.arange(50)
    on = {k for k in range(50) if table.off[k] == ""}

    def judged(train, truths, rng):
        seen.append((set(train.unit[:, 0]), truths.unit[:, 0].tolist()))
        ranks = np.full(truths.unit.shape, float(len(seen)))
        return Calibrated(ranks, np.array([float(len(seen))]), np.array([10.0 * len(seen)]))

    monkeypatch.setattr(module, "judged", judged)
    found = calibrated(table)
    assert len(seen) == 5
    assert sorted(k for _, truths in seen for k in truths) == sorted(on)
    assert all(not train & set(truths) and train | set(truths) == on for train, truths in seen)
    assert max(len(truths) for _, truths in seen) - min(len(truths) for _, truths in seen) <= 1
    assert (found.pooled.tolist(), found.skill.tolist(), len(found.ranks)) == ([3.0], [30.0], len(on))


class Half:
    """An estimator of the parameters 3 and 10 whose draws are 0, 1/2 and 1 for every truth."""

    chosen = np.array([3, 10])

    def draws(self, summaries, n, rng):
        return np.tile(np.array([0.0, 0.5, 1.0])[None, :, None], (len(summaries), 1, 2))


def test_parameters_outside_the_pool_have_the_ranks_of_the_prior(monkeypatch):
    monkeypatch.setattr(module, "learn", lambda table: Half())
    truths = made(200, conflicts=1)
    truths.unit[:, 3], truths.unit[:, 10] = 0.4, 0.6
    found = module.judged(truths, truths, np.random.default_rng(1))
    assert set(found.ranks[:, 3]) == {1 / 3}
    assert set(found.ranks[:, 10]) == {2 / 3}
    others = np.delete(found.ranks, [3, 10], axis=1)
    assert 0.45 < others.mean() < 0.55
    assert np.flatnonzero(found.pooled).tolist() == np.flatnonzero(found.skill).tolist() == [3, 10]
    assert set(found.pooled) == {0.0, 1.0}


def test_a_row_of_calibration_has_each_number_in_its_place():
    n = len(names())
    ranks = np.tile(np.array([0.5, 0.5, 0.2, 0.03])[:, None], (1, n))
    rows = calibration_rows(Calibrated(ranks, np.linspace(0.0, 1.0, n), np.arange(n, dtype=float)))
    assert [row["parameter"] for row in rows] == list(names())
    last = rows[-1]
    assert (last["pooled_in_folds"], last["skill"]) == (1.0, n - 1.0)
    assert (last["within50"], last["within80"], last["within95"]) == (0.5, 0.75, 1.0)
