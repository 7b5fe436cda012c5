"""The reference null models, against numbers worked out by hand."""

import numpy as np
import pytest
from scipy.stats import nbinom

from detente.experiments.benchmark import reference_nulls as module
from detente.experiments.benchmark.reference_nulls import (
    DRAWS,
    MOVING,
    SIZES,
    centred_mean,
    counts,
    marks,
    moving_levels,
    moving_size,
    reference_forecasts,
    seasonless_level,
    shrunk_season,
    size_of,
)
from detente.experiments.evidence.nulls import History


def history(values, first=1):
    values = np.asarray(values, float)
    return History(values, (np.arange(len(values)) + first - 1) % 12 + 1, (1.0,) * 12)


def test_counts_are_evenly_spaced_quantiles():
    found = np.sort(counts(10.0, 2.0))
    even = (np.arange(DRAWS) + 0.5) / DRAWS
    assert found.tolist() == nbinom.ppf(even, 2.0, 2.0 / 12.0).tolist()
    assert counts(0.0, 2.0).max() <= 1.0
    uniform, luck = marks()
    assert np.sort(uniform) == pytest.approx(even)
    assert abs(np.corrcoef(uniform, luck)[0, 1]) < 0.2


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ([0.0, 20.0], 100 / 190),  # a mean of 10, a variance of 200
        ([9.0, 11.0], 50.0),
        ([10.0], 50.0),
        ([10.0, 10.0 + 2 * np.sqrt(10.0) / np.sqrt(2) + 5.8], None),
        ([0.0, 0.0, 0.0, 100.0], 0.3),
    ],
)
def test_the_size_has_the_mean_and_the_variance_of_the_months(values, size):
    found = size_of(np.array(values))
    assert 0.3 <= found <= 50.0
    if size is not None:
        assert found == pytest.approx(size)


def test_a_month_counts_half_after_three():
    found = moving_levels(np.array([8.0, 0.0, 0.0, 0.0, 4.0]))
    k = 0.5 ** (1 / 3)
    assert found[0] == 8.0
    assert found[3] == pytest.approx(4.0 / (1 + k + k**2 + 0.5))
    assert found[4] == pytest.approx((4.0 + 8.0 * k**4) / (1 + k + k**2 + k**3 + k**4))


def test_the_size_about_the_moving_level_is_the_likeliest_of_the_last_five_years():
    rng = np.random.default_rng(1)
    for size in (0.4, 5.0):
        values = rng.negative_binomial(size, size / (size + 40.0), 400).astype(float)
        levels = moving_levels(values)
        seen, means = values[-59:], np.maximum(levels[-60:-1], 0.05)
        likely = [nbinom.logpmf(seen, s, s / (s + means)).sum() for s in SIZES]
        assert moving_size(values) == SIZES[int(np.argmax(likely))]
    assert moving_size(np.ones(13)) == 1.0
    assert moving_size(np.r_[np.full(13, 30.0), 30.0]) == 40.0


def test_the_moving_level_walks_further_the_longer_the_lead():
    known = history(np.full(60, 100.0))
    sd = [np.log(reference_forecasts(known, lead)[MOVING]).std() for lead in (1, 9)]
    own = 1 / np.sqrt(40.0) / 1.0  # counts about a level of 100, at the largest size tried
    assert sd[1] ** 2 - sd[0] ** 2 == pytest.approx(0.01 * 8, abs=0.02)
    assert sd[0] > own / 2


def test_the_mean_of_the_months_around_needs_seven_of_them():
    values = np.arange(20.0)
    found = centred_mean(values)
    assert found[0] == np.mean(values[:7])
    assert found[10] == 10.0
    assert found[-1] == np.mean(values[-7:])
    assert centred_mean(np.array([1.0, 2.0, 6.0])).tolist() == [3.0] * 3


def test_a_season_is_shrunk_by_how_few_years_tell_of_it(monkeypatch):
    """Three years of Januaries at twice the level: 3 of 7 parts of log 2 (a death added to each)."""
    monkeypatch.setattr(module, "centred_mean", lambda values: np.full(len(values), 9.0))
    values = np.tile(np.r_[19.0, np.full(11, 9.0)], 3)
    found = shrunk_season(history(values))
    assert found[0] == pytest.approx(2 ** (3 / 7))
    assert found[1:] == pytest.approx(np.ones(11))
    assert shrunk_season(history(values[:6]))[7] == 1.0


def test_the_level_without_season_divides_each_month_by_its_factor():
    factors = np.r_[2.0, np.full(11, 1.0)]
    assert seasonless_level(history(np.r_[20.0, np.full(11, 10.0)]), factors) == pytest.approx(10.0)
