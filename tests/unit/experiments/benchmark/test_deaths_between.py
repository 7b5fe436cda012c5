"""Deaths between two days, and what is known of them on a day."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.experiments.benchmark.deaths_between import Deaths, known_on, months_after

MONTHS = {months_after(date(2000, 1, 1), k): 30.0 + k for k in range(24)}


def daily(since, until, value=1.0):
    days = pd.date_range(since, until)
    return pd.DataFrame({"events": 1.0, "deaths": value}, index=days)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2000, 1, 31), 1, date(2000, 2, 29)),
        (date(2000, 3, 31), -1, date(2000, 2, 29)),
        (date(2000, 11, 15), 2, date(2001, 1, 15)),
        (date(2000, 1, 1), 0, date(2000, 1, 1)),
    ],
)
def test_months_after_a_day(day, months, expected):
    assert months_after(day, months) == expected


def test_whole_months_are_summed():
    assert Deaths(MONTHS).between(date(2000, 1, 1), date(2000, 4, 1)) == 30 + 31 + 32


def test_a_month_that_is_cut_is_even_without_days():
    assert Deaths(MONTHS).between(date(2000, 1, 1), date(2000, 1, 11)) == pytest.approx(30 * 10 / 31)


def test_a_month_that_is_cut_is_split_as_its_days_are():
    days = daily("2000-01-01", "2000-01-31", 0.0)
    days.loc["2000-01-05", "deaths"] = 3.0
    days.loc["2000-01-20", "deaths"] = 1.0
    assert Deaths(MONTHS, days).between(date(2000, 1, 1), date(2000, 1, 11)) == pytest.approx(30 * 3 / 4)


def test_a_month_that_is_not_known_leaves_the_sum_open():
    assert Deaths(MONTHS).between(date(1999, 12, 1), date(2000, 3, 1)) is None


def test_nothing_of_a_month_that_has_begun_is_known_without_days():
    known = known_on(Deaths(MONTHS), date(2000, 7, 15))
    assert known.monthly.tolist() == [30.0, 31.0, 32.0, 33.0, 34.0, 35.0]
    assert known.daily is None


def test_days_of_a_month_that_has_begun_are_known_and_no_later_ones():
    days = daily("2000-01-01", "2001-12-31")
    days.loc["2001-07-15":, "deaths"] = 1000.0
    known = known_on(Deaths(MONTHS, days), date(2001, 7, 15))
    assert known.daily is not None
    assert known.daily.index[-1].date() == date(2001, 7, 14)
    calm = known_on(Deaths(MONTHS, daily("2000-01-01", "2001-12-31")), date(2001, 7, 15))
    assert np.array_equal(known.monthly, calm.monthly)
    assert len(known.monthly) == 18


def test_later_months_are_not_known():
    changed = {**MONTHS, date(2000, 8, 1): 9999.0}
    one, other = (known_on(Deaths(m), date(2000, 7, 15)) for m in (MONTHS, changed))
    assert np.array_equal(one.monthly, other.monthly)
