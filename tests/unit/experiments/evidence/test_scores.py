"""Scores on a handful of values, and the bootstrap drawn again by hand."""

import numpy as np
import pytest

from detente.experiments.evidence import scores


def test_crps_is_the_mean_distance_less_half_that_of_the_values():
    values = np.array([1.0, 2.0, 6.0])
    own = np.abs(values[:, None] - values).mean()
    assert scores.crps(values, 3.0) == pytest.approx(np.abs(values - 3.0).mean() - 0.5 * own)


def test_intervals():
    values = np.arange(101.0)
    assert scores.interval(values) == pytest.approx((10.0, 90.0))
    assert scores.interval(values, 0.5) == pytest.approx((25.0, 75.0))


@pytest.mark.parametrize(
    ("observed", "score"), [(15.0, 10.0), (8.0, 10.0 + 10.0 * 2.0), (25.0, 10.0 + 10.0 * 5.0)]
)
def test_an_interval_is_charged_for_its_width_and_for_missing(observed, score):
    assert scores.interval_score(10.0, 20.0, observed) == pytest.approx(score)
    half = scores.interval_score(10.0, 20.0, observed, 0.5)
    assert half == pytest.approx(10.0 + (score - 10.0) * 0.2 / 0.5)


def test_pit_counts_ties_half():
    assert scores.pit(np.array([1.0, 2.0, 2.0, 5.0]), 2.0) == 0.5
    assert scores.pit(np.array([1.0, 2.0, 2.0, 5.0]), 3.0) == 0.75
    assert scores.pit(np.array([1.0, 2.0]), 0.0) == 0.0


def test_skill():
    assert scores.skill(np.array([1.0, 2.0]), np.array([2.0, 4.0])) == pytest.approx(0.5)
    assert scores.skill(np.array([4.0]), np.array([0.5])) == -7.0
    assert np.isnan(scores.skill(np.array([1.0]), np.array([0.0])))


def drawn_by_hand(mine, other, origin, n, seed, level):
    """Blocks of six origins in a row on a circle, as many as there are origins."""
    names = sorted(set(origin))
    pairs = [(sum(mine[origin == o]), sum(other[origin == o])) for o in names]
    rng = np.random.default_rng(seed)
    blocks = int(np.ceil(len(names) / 6))
    firsts = rng.integers(0, len(names), size=(n, blocks))
    ratios = []
    for row in firsts:
        places = [(first + k) % len(names) for first in row for k in range(6)][: len(names)]
        ratios.append(1.0 - sum(pairs[k][0] for k in places) / sum(pairs[k][1] for k in places))
    return np.quantile(ratios, [0.5 - level / 2, 0.5 + level / 2])


@pytest.mark.parametrize("n_origins", [12, 14])
def test_the_interval_of_a_skill(n_origins):
    rng = np.random.default_rng(3)
    origin = np.repeat(np.arange(n_origins), 2)
    mine, other = rng.gamma(2, 3, len(origin)), rng.gamma(2, 4, len(origin))
    found = scores.skill_interval(mine, other, origin, n=50, seed=4, level=0.9)
    assert found == pytest.approx(tuple(drawn_by_hand(mine, other, origin, 50, 4, 0.9)))
    usual = scores.skill_interval(mine, other, origin)
    assert usual == pytest.approx(tuple(drawn_by_hand(mine, other, origin, 2000, 1, 0.95)))


def test_fewer_than_two_blocks_give_no_interval():
    origin = np.arange(11)
    assert np.isnan(scores.skill_interval(np.ones(11), np.ones(11), origin)).all()
