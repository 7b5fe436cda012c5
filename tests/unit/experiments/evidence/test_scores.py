"""Scores on a handful of values, and the interval of a skill worked out again by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student_t

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
    assert scores.skill(np.array([0.0, 0.0]), np.array([0.0, 0.0])) == 0.0


def by_hand(mine, other, months, terms, level):
    """The interval of 1 - q, q a ratio of sums: month by month, term by term."""
    names = sorted(set(months))
    n = len(names)
    rows = [sum(m == name for m in months) for name in names]
    sums = [[sum(v[k] for k in range(len(v)) if months[k] == m) for m in names] for v in (mine, other)]
    shares = [sums[0][t] / sum(sums[0]) - sums[1][t] / sum(sums[1]) for t in range(n)]
    close = [[0.5 ** abs(s - t) for t in range(n)] for s in range(n)]
    whole = sum(rows[s] * close[s][t] * rows[t] for s in range(n) for t in range(n))
    squares = []
    for j in range(1, terms + 1):
        wave = [np.cos(np.pi * j * (t + 0.5) / n) for t in range(n)]
        mean = sum(r * w for r, w in zip(rows, wave, strict=True)) / sum(rows)
        own = [rows[t] * (wave[t] - mean) for t in range(n)]
        usual = sum(own[s] * close[s][t] * own[t] for s in range(n) for t in range(n))
        seen = sum(z * w for z, w in zip(shares, wave, strict=True))
        squares.append(seen**2 * whole / usual)
    half = student_t.ppf(0.5 + level / 2, terms) * np.sqrt(sum(squares) / terms)
    ratio = sum(sums[0]) / sum(sums[1])
    return 1 - ratio * np.exp(half), 1 - ratio * np.exp(-half)


@pytest.mark.parametrize(("n_origins", "leads", "terms"), [(18, 2, 2), (24, 1, 2), (40, 3, 3), (60, 6, 4)])
def test_the_interval_of_a_skill(n_origins, leads, terms):
    rng = np.random.default_rng(3)
    origin, lead = np.repeat(np.arange(n_origins), leads), np.tile(np.arange(1, leads + 1), n_origins)
    mine, other = rng.gamma(2, 3, len(origin)), rng.gamma(2, 4, len(origin))
    assert scores.n_terms(n_origins, n_origins + leads - 1, leads) == terms
    found = scores.skill_interval(mine, other, origin, lead, level=0.9)
    assert found == pytest.approx(by_hand(mine, other, origin + lead, terms, 0.9))
    usual = scores.skill_interval(mine, other, origin, lead)
    assert usual == pytest.approx(by_hand(mine, other, origin + lead, terms, 0.95))
    low, high = usual
    assert low < scores.skill(mine, other) < high < 1.0


def test_origins_may_be_dates_and_leads_are_counted_where_none_are_given():
    rng = np.random.default_rng(4)
    dates = pd.date_range("2015-11-01", periods=30, freq="MS").to_numpy()
    mine, other = rng.gamma(2, 3, 60), rng.gamma(2, 4, 60)
    origin, lead = np.repeat(np.arange(30), 2), np.tile([1, 2], 30)
    expected = scores.skill_interval(mine, other, origin, lead)
    assert scores.skill_interval(mine, other, np.repeat(dates, 2), lead) == expected
    assert scores.skill_interval(mine, other, origin) == expected
    shuffled = rng.permutation(60)
    given = mine[shuffled], other[shuffled], origin[shuffled], lead[shuffled]
    assert scores.skill_interval(*given) == pytest.approx(expected)
    assert scores.places(np.array([5, 3, 5, 3, 5])).tolist() == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("origins", "months", "longest", "terms"),
    [
        (11, 11, 1, 0),
        (12, 12, 1, 2),
        (12, 17, 6, 0),
        (13, 18, 6, 2),
        (23, 34, 12, 0),
        (24, 35, 12, 2),
        (24, 24, 12, 0),
        (43, 48, 6, 3),
        (43, 54, 12, 3),
        (120, 131, 12, 7),
        (120, 120, 1, 7),
    ],
)
def test_a_longer_lead_needs_more_origins_and_leaves_fewer_terms(origins, months, longest, terms):
    assert scores.n_terms(origins, months, longest) == terms


def test_too_few_origins_and_forecasts_that_never_err_give_no_interval():
    origin = np.arange(11)
    assert np.isnan(scores.skill_interval(np.ones(11), np.ones(11), origin)).all()
    origin = np.arange(30)
    for mine, other in ((0.0, 1.0), (1.0, 0.0), (0.0, 0.0)):
        assert np.isnan(scores.skill_interval(np.full(30, mine), np.full(30, other), origin)).all()
    assert scores.skill_interval(np.full(30, 2.0), np.full(30, 2.0), origin) == (0.0, 0.0)


def test_only_the_last_lead_overlaps_as_far_as_all_leads_do():
    """A forecast twelve months ahead shares eleven months of luck with the next one, whatever else is scored."""
    rng = np.random.default_rng(5)
    mine, other, origin = rng.gamma(9, 1, 23), rng.gamma(9, 1, 23), np.arange(23)
    assert np.isfinite(scores.skill_interval(mine, other, origin, np.full(23, 1))).all()
    assert np.isnan(scores.skill_interval(mine, other, origin, np.full(23, 12))).all()
