"""Moments: each on a handful of numbers, worked out by hand."""

import numpy as np
import pytest

from detente.experiments.evidence import moments
from detente.experiments.evidence.moments import (
    autocorrelation,
    fano,
    holiday_effect,
    month_factors,
    negative_binomial_size,
    severity_by_year,
    shape_of_weeks,
    stretches,
    weekly,
    year_level,
)


def test_weeks_are_summed_along_the_last_axis():
    days = np.arange(30.0).reshape(2, 15)
    assert weekly(days).tolist() == [[21.0, 70.0], [126.0, 175.0]]


def test_dispersion():
    assert fano(np.array([1.0, 2.0, 3.0, 6.0])) == pytest.approx((14.0 / 3.0) / 3.0)
    assert fano(np.array([0.5, 0.5])) == 0.0
    assert np.isnan(fano(np.zeros(3)))
    assert negative_binomial_size(np.array([1.0, 2.0, 3.0, 6.0])) == pytest.approx(9.0 / (14.0 / 3.0 - 3.0))
    assert negative_binomial_size(np.array([2.0, 2.0, 2.0 + 1e-9])) == float("inf")
    assert negative_binomial_size(np.zeros(3)) == float("inf")


def test_autocorrelation():
    x = np.array([1.0, 2.0, 4.0, 1.0])  # deviations -1, 0, 2, -1; power 6
    assert autocorrelation(x, 1) == pytest.approx(-2.0 / 6.0)
    assert autocorrelation(x, 2) == pytest.approx(-2.0 / 6.0)
    assert np.isnan(autocorrelation(x, 3))
    assert np.isnan(autocorrelation(np.ones(9), 1))
    assert autocorrelation(0.1 * x, 1) == pytest.approx(-2.0 / 6.0)


def test_month_factors_of_one_even_year():
    """Two days a month, twice the events in July: a factor of 24 / 13 of the mean's 12 / 13."""
    month = np.repeat(np.arange(1, 13), 2)
    events = np.where(month == 7, 6.0, 3.0)
    found = month_factors(events, month, np.full(24, 2017))
    expected = np.where(np.arange(1, 13) == 7, 2.0, 1.0)
    assert found == pytest.approx(expected / expected.mean())


def test_a_month_without_a_day_has_the_mean_and_one_without_events_nearly_nothing():
    month = np.r_[np.full(4, 1), np.full(4, 2), np.full(4, 3)]
    events = np.r_[np.full(4, 2.0), np.full(4, 4.0), np.zeros(4)]
    found = month_factors(events, month, np.full(12, 2017))
    assert found[:3].mean() == pytest.approx(1.0)
    assert found[1] == pytest.approx(2.0 * found[0])
    # one, two and a thousandth, which stands for nothing; months without a day take the mean of these three
    assert found == pytest.approx(np.array([1.0, 2.0, 0.001, *[1.0] * 9]) * 3.0 / 3.001)


HOLIDAYS = np.zeros(40)
HOLIDAYS[[10, 11, 30]] = 1


def test_holidays_against_the_days_around_them():
    events = np.arange(40.0)
    seen, expected = (
        10.0 + 11.0 + 30.0,
        np.mean([7, 8, 9, 12, 13, 14]) * 2 + np.mean([27, 28, 29, 31, 32, 33]),
    )
    assert holiday_effect(events, HOLIDAYS, around=3) == pytest.approx(seen / expected)
    left_out = np.zeros(40)
    left_out[30] = 1
    alone = 21.0 / (np.mean([7, 8, 9, 12, 13, 14]) * 2)
    assert holiday_effect(events, HOLIDAYS, around=3, left_out=left_out) == pytest.approx(alone)
    left_out[:] = 0
    left_out[9] = 1  # a truce beside a holiday: only that day is left out of what is expected
    expected = np.mean([7, 8, 12, 13, 14]) * 2 + np.mean([27, 28, 29, 31, 32, 33])
    assert holiday_effect(events, HOLIDAYS, around=3, left_out=left_out) == pytest.approx(seen / expected)


def test_holidays_near_the_ends_or_each_other():
    events = np.arange(6.0) + 1.0
    first = np.array([1, 0, 0, 0, 0, 0])
    assert holiday_effect(events, first, around=2) == pytest.approx(1.0 / 2.5)
    last = first[::-1].copy()
    assert holiday_effect(events, last, around=2) == pytest.approx(6.0 / 4.5)
    both = np.array([0, 1, 0, 1, 0, 0])
    expected = np.mean([1, 3]) + np.mean([3, 5, 6])
    assert holiday_effect(events, both, around=2) == pytest.approx((2.0 + 4.0) / expected)
    assert np.isnan(holiday_effect(events, np.ones(6)))
    assert np.isnan(holiday_effect(np.zeros(6), first))
    month = np.zeros(70)
    month[35] = 1
    steps = np.where(np.abs(np.arange(70) - 35) <= 28, 2.0, 99.0)
    assert holiday_effect(steps, month) == 1.0


def test_stretches():
    assert stretches(np.array([True, True, False, True])) == [(0, 1), (3, 3)]
    assert stretches(np.zeros(3, bool)) == []


def test_severity_by_year():
    found = severity_by_year(
        np.array([1.0, 1.0, 0.0, 0.5]), np.array([3.0, 5.0, 2.0, 2.0]), np.array([1, 1, 2, 3])
    )
    assert found[1] == 4.0
    assert np.isnan(found[2])
    assert found[3] == 4.0


def test_levels_of_years():
    daily = np.r_[np.full(14, 1.0), np.full(14, 3.0), np.zeros(14)]
    year = np.repeat([1, 2, 3], 14)
    mean = 4.0 / 3.0
    expected = np.r_[np.full(14, 1.0 / mean), np.full(14, 3.0 / mean), np.ones(14)]
    assert year_level(daily, year) == pytest.approx(expected)
    assert year_level(np.zeros(4), np.ones(4)).tolist() == [1.0] * 4


def test_the_shape_of_weeks():
    daily = np.repeat([1.0, 2.0, 4.0, 1.0], 7)
    weeks = np.array([7.0, 14.0, 28.0, 7.0])
    found = shape_of_weeks(daily, lags=(1, 2))
    assert found == pytest.approx(
        {
            "fano": fano(weeks),
            "size": negative_binomial_size(weeks),
            "autocorrelation_1": -2.0 / 6.0,
            "autocorrelation_2": -2.0 / 6.0,
        }
    )
    year = np.repeat([1, 2], 14)
    levelled = weeks / np.array([0.75, 0.75, 1.25, 1.25])
    assert shape_of_weeks(daily, year, (1,))["fano"] == pytest.approx(fano(levelled))
    assert set(shape_of_weeks(daily)) == {"fano", "size", *(f"autocorrelation_{k}" for k in moments.LAGS)}
