"""Methods that are tried beside the one in use: what is scored of each, and which draws rejection keeps."""

import numpy as np
import pytest
from pooled_tables import made

from detente.experiments.calibration.pooling import methods as module
from detente.experiments.calibration.pooling.methods import near, row_of, trial, tried
from detente.experiments.calibration.pooling.synthetic import Calibrated


def test_a_row_has_the_mean_error_of_intervals_and_the_share_of_uneven_ranks():
    """All ranks in the middle: 50 % intervals are off by .5, and no ranks could be more uneven."""
    even, middle = (np.arange(100) + 0.5) / 100, np.full(100, 0.5)
    row = row_of("m", np.stack([even, middle], axis=1), np.array([0.2, 0.6]))
    assert (row["method"], row["skill"], row["uneven"]) == ("m", pytest.approx(0.4), 0.5)
    gaps = (row["gap50"], row["gap80"], row["gap95"])
    assert gaps == pytest.approx((0.25, 0.1, 0.03), abs=0.006)
    assert (row["parameters"], row["truths"]) == (2, 100)


def test_rejection_keeps_a_tenth_and_twenty_at_least():
    mine = np.arange(400.0)[:, None]
    draws = near(mine, np.array([[100.2]]), mine, np.random.default_rng(1))
    assert draws.shape == (1, 199, 1)
    assert set(draws.ravel()) <= set(range(81, 121))
    assert len(set(draws.ravel())) > 35
    few = near(mine[:50], np.array([[0.0]]), mine[:50], np.random.default_rng(1))
    assert set(few.ravel()) == set(range(20))


def test_what_is_near_is_measured_in_the_spread_of_each_summary():
    """The second summary spreads a thousand times as far, so that only the first tells draws apart."""
    mine = np.stack([np.arange(400.0), 1000.0 * (np.arange(400) % 2)], axis=1)
    draws = near(mine, np.array([[200.0, 0.0]]), mine[:, :1], np.random.default_rng(1))
    assert {int(k) % 2 for k in draws.ravel()} == {0}
    assert 155 < draws.min() < draws.max() < 245


def test_a_trial_is_of_the_parameters_that_every_fold_pooled(monkeypatch):
    asked = []

    def tell(table, places, method, seed):
        asked.append((places.tolist(), seed))
        return np.full((4, 1), 0.5), np.array([0.3])

    monkeypatch.setattr(module, "tried", tell)
    ranks = np.tile(np.linspace(0.0, 1.0, 4)[:, None], (1, 3))
    rows = trial(made(5), Calibrated(ranks, np.array([0.8, 1.0, 0.0]), np.array([0.1, 0.7, 0.0])), seed=9)
    assert asked == [([1], 9)] * 3
    assert [row["skill"] for row in rows] == [0.7, 0.3, 0.3, 0.3]
    assert rows[0]["method"] == "Bayesian regression on pooled summaries"
    assert trial(made(5), Calibrated(ranks, np.full(3, 0.8), np.zeros(3))) == []


def test_a_method_is_tried_on_truths_that_it_has_not_seen():
    """One that answers with the middle of the prior whatever it sees: truths above it have rank 1, others 0."""
    table, seen = made(60, conflicts=1), []
    table.unit[:, 3] = np.linspace(0.01, 0.99, 60)

    def middle(x, z, asked, rng):
        seen.append((len(z), len(asked)))
        return np.zeros((len(asked), 5, z.shape[1]))

    ranks, skill = tried(table, np.array([3]), middle, 1)
    own = table.unit[table.off == "", 3]
    assert sorted(ranks[:, 0]) == sorted((own > 0.5).astype(float))
    assert [a + b for a, b in seen] == [len(own)] * 5
    assert sum(b for _, b in seen) == len(own)
    assert skill.shape == (1,)
    assert skill[0] < 0.0
