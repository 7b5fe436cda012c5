"""Samples, product-limit survival and day tables, each on numbers worked out by hand."""

from datetime import date

import numpy as np
import pytest

from detente.experiments.evidence.day_table import DEATHS, DayTable
from detente.experiments.evidence.samples import (
    ended_by,
    median,
    quantile,
    ratio_of_sums,
    sample,
    share_above,
    share_below,
    spread,
    survival,
    surviving,
)


def table(events, deaths=None, last=None, first=date(2030, 1, 1)):
    counts = np.atleast_2d(np.array(events, dtype=float))
    killed = counts if deaths is None else np.atleast_2d(np.array(deaths, dtype=float))
    n = len(counts)
    seen = np.full(n, counts.shape[1] - 1) if last is None else np.array(last)
    return DayTable(first, counts, killed, seen, np.arange(n), np.arange(n))


def test_a_sample_leaves_out_units_that_are_not_known():
    units = sample(([1.0, np.nan, 4.0], [2.0, 1.0, 1.0]), ["a", "b", "c"], ratio_of_sums)
    assert (units.n, units.n_groups) == (2, 2)
    assert units.value() == pytest.approx(5.0 / 3.0)


def test_an_interval_draws_whole_groups():
    units = sample([0.0, 0.0, 1.0, 1.0], ["a", "a", "b", "b"], median)
    low, high = units.interval(200)
    assert (low, high) == (0.0, 1.0)
    one = sample([3.0, 5.0], ["a", "a"], median)
    assert one.interval(20) == (4.0, 4.0)


def test_nothing_has_no_value_and_no_interval():
    none = sample([], [], median)
    assert np.isnan(none.value())
    assert all(np.isnan(none.interval()))
    assert not none.is_enough


def test_statistics():
    values = np.array([[1.0], [2.0], [3.0], [6.0]])
    assert median(values) == 2.5
    assert spread(values) == pytest.approx(np.sqrt(14.0 / 3.0))
    assert quantile(1.0)(values) == 6.0
    assert share_above(2.0)(values) == 0.5
    assert share_below(2.0)(values) == 0.25


def test_survival_is_the_product_limit():
    times, ended = np.array([1.0, 2.0, 2.0, 3.0, 5.0]), np.array([1.0, 1.0, 0.0, 1.0, 0.0])
    # 4/5 at 1; 3 of the 4 left at 2; one of two left at 3
    assert survival(times, ended, 0.5) == 1.0
    assert survival(times, ended, 2.0) == pytest.approx(0.8 * 0.75)
    assert surviving(9.0)(np.stack([times, ended], axis=1)) == pytest.approx(0.8 * 0.75 * 0.5)
    assert ended_by(1.0)(np.stack([times, ended], axis=1)) == pytest.approx(0.2)


def test_sums_between_days_end_where_watching_ends():
    days = table([[1, 2, 3, 4], [5, 6, 7, 8]], last=[3, 1])
    dyad = np.array([0, 0, 1, 1, 0])
    sums = days.between(dyad, np.array([1, -1, 0, 0, 2]), np.array([2, 1, 1, 2, 1]))
    assert sums[[0, 2]].tolist() == [5.0, 11.0]
    assert np.isnan(sums[[1, 3, 4]]).all()


def test_months_are_those_of_the_calendar():
    days = table(np.ones((2, 70)), last=[69, 40], first=date(2030, 1, 15))
    assert days.month_starts == [date(2030, 2, 1)]
    assert days.monthly(DEATHS)[0].tolist() == [28.0]
    assert np.isnan(days.monthly(DEATHS)[1]).all()


def test_a_source_places_some_events_and_their_deaths():
    days = table(np.full((1, 4000), 2.0), np.full((1, 4000), 6.0))
    seen = days.placed(0.4, np.random.default_rng(1))
    assert seen.events.sum() == pytest.approx(3200, rel=0.05)
    assert set(zip(seen.events[0], seen.deaths[0], strict=True)) == {(0.0, 0.0), (1.0, 3.0), (2.0, 6.0)}
    assert days.placed(1.0, np.random.default_rng(1)) is days
