"""Null models: their means, past errors and quantiles, each against its own definition."""

import numpy as np
import pytest
from scipy.stats import nbinom, poisson

from detente.experiments.evidence import nulls
from detente.experiments.evidence.nulls import NULLS, History, Null

SEASON = tuple(1.0 + 0.1 * k for k in range(12))


def known(n, first_month=1, season=SEASON):
    months = (np.arange(n) + first_month - 1) % 12 + 1
    return History(np.arange(float(n)) + 1.0, months, season)


@pytest.mark.parametrize(("last", "lead", "month"), [(11, 1, 12), (12, 1, 1), (12, 12, 12), (3, 10, 1)])
def test_the_month_of_a_lead(last, lead, month):
    assert History(np.ones(1), np.array([last]), SEASON).month_ahead(lead) == month


def test_what_was_known_some_months_earlier():
    h = known(20)
    assert h.before(0) is h
    assert h.before(3).values.tolist() == list(range(1, 18))
    assert h.before(3).month[-1] == 5
    assert h.before(3).season is SEASON


def test_means():
    h = known(30, first_month=1)  # ends in June
    assert nulls.last_value(h, 4) == 30.0
    assert nulls.year_mean(h, 4) == np.mean(np.arange(19, 31))
    assert [nulls.year_ago(h, lead) for lead in (1, 2, 12, 13)] == [19.0, 20.0, 30.0, 19.0]
    weights = np.array([SEASON[m - 1] for m in h.month[-12:]])
    level = h.values[-12:].sum() / weights.sum()
    assert nulls.seasonal_level(h, 1) == pytest.approx(level * SEASON[6])
    assert nulls.seasonal_level(h, 8) == pytest.approx(level * SEASON[1])


@pytest.mark.parametrize("lead", [1, 3])
def test_past_errors(lead):
    """What the last month would have been forecast to be, so many months earlier, and so on backwards."""
    h = known(20)
    seen, means = nulls.past_errors(nulls.last_value, h, lead)
    n = min(60, 20 - 12 - lead)
    assert seen.tolist() == [20.0 - k for k in range(n)]
    assert means.tolist() == [20.0 - k - lead for k in range(n)]
    long = known(100)
    assert len(nulls.past_errors(nulls.last_value, long, lead)[0]) == 60


def test_a_mean_of_nothing_is_nearly_nothing():
    h = History(np.zeros(20), np.arange(20) % 12 + 1, SEASON)
    assert set(nulls.past_errors(nulls.last_value, h, 1)[1]) == {0.001}
    assert nulls.poisson_quantiles(0.0).max() <= 1.0
    assert nulls.negative_binomial_quantiles(0.0, 2.0).max() <= 1.0


def test_size_has_the_largest_likelihood():
    seen, means = np.array([1.0, 9.0, 2.0, 14.0, 3.0, 7.2]), np.full(6, 6.0)

    def likelihood(size):
        return nbinom.logpmf(np.round(seen), size, size / (size + means)).sum()

    found = nulls.fitted_size(seen, means)
    assert likelihood(found) >= max(likelihood(found * f) for f in (0.97, 1.03, 0.5, 2.0))
    assert nulls.fitted_size(seen[:5], means[:5]) == 1.0
    assert nulls.fitted_size(np.full(8, 6.0), np.full(8, 6.0)) == pytest.approx(1e4, rel=0.05)
    wild = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 900.0])
    assert nulls.fitted_size(wild, np.full(6, 900.0)) == pytest.approx(0.2, rel=0.05)


def test_quantiles_stand_in_the_middle_of_equal_shares():
    levels = nulls.levels_of_quantiles()
    assert len(levels) == 400
    assert levels[[0, -1]] == pytest.approx([0.5 / 400, 399.5 / 400])
    assert nulls.poisson_quantiles(7.0).tolist() == poisson.ppf(levels, 7.0).tolist()
    assert nulls.negative_binomial_quantiles(7.0, 2.0).tolist() == nbinom.ppf(levels, 2.0, 2.0 / 9.0).tolist()


def test_a_null_is_poisson_or_has_the_spread_of_its_past_errors():
    h = known(40)
    plain, wide = Null("a", nulls.last_value, spread=False), Null("b", nulls.last_value, spread=True)
    assert plain.forecast(h, 2).tolist() == nulls.poisson_quantiles(40.0).tolist()
    size = nulls.fitted_size(*nulls.past_errors(nulls.last_value, h, 2))
    assert wide.size(h, 2) == size
    assert wide.forecast(h, 2).tolist() == nulls.negative_binomial_quantiles(40.0, size).tolist()


def test_which_nulls_there_are():
    assert [(n.mean, n.spread) for n in NULLS] == [
        (nulls.last_value, False),
        (nulls.last_value, True),
        (nulls.year_mean, True),
        (nulls.year_ago, False),
        (nulls.seasonal_level, True),
    ]
