"""Samples, product-limit survival and day tables, each on numbers worked out by hand."""

from datetime import date

import numpy as np
import pytest

from detente.experiments.evidence.day_table import DEATHS, DayTable
from detente.experiments.evidence.samples import (
    ended_by,
    mean,
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


# -- at the edges


def test_an_interval_holds_nine_tenths_of_two_hundred_draws_of_groups():
    values, groups = np.arange(12.0), np.repeat([4, 9, 2, 7], 3)
    units = sample(values, groups, mean)
    picked = np.random.default_rng(1).integers(0, 4, (200, 4))
    by_group = np.array([values[groups == g].mean() for g in (2, 4, 7, 9)])
    drawn = by_group[picked].mean(axis=1)
    assert units.interval() == pytest.approx(tuple(np.quantile(drawn, (0.05, 0.95))))
    assert units.interval(200, 2) != units.interval(200, 1)
    assert units.value() == 5.5


def test_an_interval_leaves_out_draws_without_a_value():
    sometimes = sample(
        [1.0, 2.0, 3.0, 4.0], [0, 0, 1, 1], lambda v: float(v.mean()) if v[0, 0] < 3 else np.nan
    )
    assert np.isfinite(sometimes.interval(50)).all()
    never = sample([1.0, 2.0], [0, 1], lambda v: float("nan"))
    assert np.isnan(never.interval(50)).all()


@pytest.mark.parametrize(("n", "enough"), [(7, False), (8, True)])
def test_eight_units_are_enough(n, enough):
    assert sample(np.ones(n), np.zeros(n), mean).is_enough is enough


NOTHING, ONE = np.zeros((0, 2)), np.array([[3.0, 0.0]])


@pytest.mark.parametrize(
    ("statistic", "of_one"),
    [
        (median, 3.0),
        (mean, 3.0),
        (spread, np.nan),
        (quantile(0.9), 3.0),
        (share_above(3.0), 0.0),
        (share_below(3.0), 0.0),
        (ratio_of_sums, np.nan),
        (surviving(1.0), 1.0),
        (ended_by(1.0), 0.0),
    ],
)
def test_statistics_of_nothing_and_of_one_unit(statistic, of_one):
    assert np.isnan(statistic(NOTHING))
    assert statistic(ONE) == pytest.approx(of_one, nan_ok=True)


def test_statistics_read_the_first_column():
    values = np.array([[1.0, 50.0], [2.0, 60.0], [6.0, 70.0]])
    assert (median(values), mean(values), quantile(0.5)(values)) == (2.0, 3.0, 2.0)
    assert (share_above(2.0)(values), share_below(2.0)(values)) == (1 / 3, 1 / 3)
    assert spread(values) == pytest.approx(np.std([1, 2, 6], ddof=1))
    assert ratio_of_sums(values) == 9 / 180


def test_a_window_of_no_days_is_not_known():
    days = table([[1, 2, 3, 4]])
    one = np.array([0])
    assert np.isnan(days.between(one, np.array([2]), np.array([1]))[0])
    assert days.between(one, np.array([3]), np.array([3]))[0] == 4.0
    assert days.between(one, np.array([0]), np.array([3]))[0] == 10.0
    assert np.isnan(days.between(one, np.array([0]), np.array([4]))[0])


def test_events_and_deaths_are_summed_apart():
    days = table([[1, 2, 3, 4]], [[10, 0, 5, 0]])
    one = np.array([0])
    assert days.between(one, np.array([1]), np.array([2]), DEATHS)[0] == 5.0
    assert days.cumulated[DEATHS].tolist() == [[0, 10, 10, 15, 15]]


@pytest.mark.parametrize(
    ("first", "n", "months"),
    [
        (date(2030, 1, 1), 31, [date(2030, 1, 1)]),
        (date(2030, 1, 1), 30, []),
        (date(2030, 1, 2), 30 + 27, []),
        (date(2030, 1, 2), 30 + 28, [date(2030, 2, 1)]),
        (date(2030, 12, 1), 62, [date(2030, 12, 1), date(2031, 1, 1)]),
    ],
)
def test_months_lie_whole_within_the_days(first, n, months):
    days = table(np.ones((1, n)), first=first)
    assert days.month_starts == months
    assert days.monthly().shape == (1, len(months))


@pytest.mark.parametrize(("last", "known"), [(58, [31.0, 28.0]), (57, [31.0, np.nan])])
def test_a_month_that_was_not_watched_to_its_end_is_not_known(last, known):
    days = table(np.ones((1, 70)), last=[last], first=date(2030, 1, 1))
    assert days.monthly()[0, :2].tolist() == pytest.approx(known, nan_ok=True)


def test_a_source_that_places_few_rounds_deaths():
    days = table([[3.0]], [[10.0]])
    seen = {
        (float(d.events[0, 0]), float(d.deaths[0, 0]))
        for d in (days.placed(0.5, np.random.default_rng(k)) for k in range(60))
    }
    assert seen == {(0.0, 0.0), (1.0, 3.0), (2.0, 7.0), (3.0, 10.0)}
