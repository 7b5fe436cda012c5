"""The factorial's arithmetic, on outcomes whose effects are known because they were written down."""

from itertools import combinations

import numpy as np
import pytest

from detente.experiments.compare import factorial

MAIN = np.array([3.0, -2.0, 0.5, 0.0, 1.0])
PAIR = {(0, 1): 4.0, (2, 4): -1.5}


@pytest.fixture
def values() -> np.ndarray:
    """Corners by seeds: a constant, five effects, two interactions, and luck that all corners share."""
    raised = factorial.corners(5).astype(float)
    made = 10.0 + raised @ MAIN
    for (j, k), size in PAIR.items():
        made += size * raised[:, j] * raised[:, k]
    luck = np.random.default_rng(1).normal(0, 5, 40)
    return made[:, None] + luck[None, :]


def test_corners_are_all_settings_once():
    rows = factorial.corners(5)
    assert rows.shape == (32, 5)
    assert len({tuple(row) for row in rows}) == 32
    assert rows[0].sum() == 0
    assert rows[-1].sum() == 5
    assert list(rows[1]) == [1, 0, 0, 0, 0]


def test_main_effects_average_over_the_others(values: np.ndarray):
    half = {0: 2.0, 1: 2.0, 2: -0.75, 4: -0.75}  # each interaction is met in half the corners
    expected = [MAIN[k] + half.get(k, 0.0) for k in range(5)]
    np.testing.assert_allclose(factorial.main_effects(values).mean(axis=1), expected, atol=1e-9)


def test_interactions_are_differences_of_differences(values: np.ndarray):
    found = factorial.interactions(values)
    assert list(found) == list(combinations(range(5), 2))
    for pair, effect in found.items():
        np.testing.assert_allclose(effect, PAIR.get(pair, 0.0), atol=1e-9)


def test_alone_last_and_together(values: np.ndarray):
    np.testing.assert_allclose(factorial.alone(values).mean(axis=1), MAIN, atol=1e-9)
    expected = np.add(MAIN, [4.0, 4.0, -1.5, 0.0, -1.5])
    np.testing.assert_allclose(factorial.last(values).mean(axis=1), expected, atol=1e-9)
    np.testing.assert_allclose(factorial.together(values), MAIN.sum() + 4.0 - 1.5, atol=1e-9)


def test_shared_luck_cancels_and_own_luck_does_not(values: np.ndarray):
    exact = factorial.interval(factorial.main_effects(values)[0])
    assert exact["high95"] - exact["low95"] == pytest.approx(0.0, abs=1e-9)
    own = values + np.random.default_rng(2).normal(0, 1, values.shape)
    noisy = factorial.interval(factorial.main_effects(own)[0])
    # 16 corners against 16: a seed's effect has sd sqrt(2 / 16), the interval of 40 seeds 2.02 of its mean's
    assert noisy["high95"] - noisy["low95"] == pytest.approx(
        2 * 2.02 * np.sqrt(2 / 16) / np.sqrt(40), rel=0.35
    )


def test_a_table_that_is_no_factorial_is_refused():
    with pytest.raises(ValueError, match="power of two"):
        factorial.main_effects(np.zeros((31, 4)))


def test_intervals_hold_the_truth_as_often_as_they_say():
    """False alarms: of 400 effects that are nought, between 2 and 9 % leave it out (expected 5 %)."""
    rng = np.random.default_rng(3)
    outside = 0
    for _ in range(80):
        for effect in factorial.main_effects(rng.normal(size=(32, 25))):
            made = factorial.interval(effect)
            outside += made["low95"] > 0 or made["high95"] < 0
    assert 0.02 <= outside / 400 <= 0.09


def test_effects_of_what_is_missing_somewhere_are_means_of_the_steps_that_are_known():
    """Two factors and two seeds; under the second seed the outcome of one corner is missing."""
    values = np.array([[1.0, 1.0], [3.0, 4.0], [2.0, np.nan], [8.0, 9.0]])
    first, second = factorial.main_effects(values)
    assert first.tolist() == [4.0, 3.0]  # (2 + 6) / 2; of the second seed only 4 - 1
    assert second.tolist() == [3.0, 5.0]  # (1 + 5) / 2; only 9 - 4
    pair = factorial.interactions(values)[0, 1]
    assert pair[0] == 4.0
    assert np.isnan(pair[1])
    none = factorial.main_effects(np.full((4, 1), np.nan))
    assert np.isnan(none).all()


def test_interactions_of_what_is_missing_are_means_over_the_rest():
    raised = factorial.corners(3).astype(float)
    values = (1.0 + 2.0 * raised[:, 0] * raised[:, 1] + 5.0 * raised[:, 2])[:, None].repeat(2, axis=1)
    values[0, 1] = np.nan  # known with the third factor raised
    assert factorial.interactions(values)[0, 1].tolist() == [2.0, 2.0]


def test_a_mean_of_what_is_known():
    values = np.array([[1.0, np.nan, np.nan], [4.0, 5.0, np.nan]])
    found = factorial.mean_of_known(values)
    assert found[:2].tolist() == [2.5, 5.0]
    assert np.isnan(found[2])
