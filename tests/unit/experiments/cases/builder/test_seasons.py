"""Seasons and holidays from counts made by hand."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from detente.experiments.cases.builder import seasons as module
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.seasons import (
    Feast,
    Holidays,
    Season,
    chance_of_none,
    christmases,
    deviance,
    eids,
    fit,
    holidays_between,
    holidays_of,
    on_and_around,
    season_of,
    year_by_month,
)
from detente.experiments.cases.builder.span import Span
from detente.model.prior_ranges import NINETY, SEASON

FIRST = date(2001, 1, 1)


def span(last, first=FIRST):
    return Span(first, last, first, first, last)


def daily(values, first=FIRST):
    index = pd.date_range(first, periods=len(values))
    return Evidence(daily=pd.DataFrame({"events": np.asarray(values, dtype=float)}, index=index))


def by_month(rows):
    """Counts of whole years, all of a month on its first day."""
    index = pd.date_range(FIRST, f"{FIRST.year + len(rows) - 1}-12-31")
    events = pd.Series(0.0, index=index)
    for year, row in enumerate(rows):
        for month, n in enumerate(row):
            events[pd.Timestamp(FIRST.year + year, month + 1, 1)] = n
    return Evidence(daily=events.to_frame("events"))


# -- seasons


SHARP = [30.0] * 6 + [2.0] * 6


@pytest.mark.parametrize(("rows", "shown"), [([SHARP] * 3, True), ([SHARP] * 2, False)])
def test_a_season_needs_three_whole_years(rows, shown):
    found = season_of(by_month(rows), span(date(FIRST.year + len(rows) - 1, 12, 31)))
    assert found.shown == shown
    if shown:
        assert found.factors == tuple([1.875] * 6 + [0.2] * 6)  # 2 / 16 = .125, cut at .2
        assert found.events == 576.0
    else:
        assert found.source.startswith("too little data: 2 years, 384 events; at least 3 whole years")


@pytest.mark.parametrize(("top", "n"), [(11.0, 201), (10.0, 198)])
def test_a_season_needs_two_hundred_events(top, n):
    rows = [[top] * 6 + [0.0] * 6, [top] * 6 + [0.0] * 6, [top] * 6 + [n - 18 * top, *[0.0] * 5]]
    found = season_of(by_month(rows), span(date(2003, 12, 31)))
    assert found.shown == (n >= 200)


def test_even_months_show_no_season():
    dice = np.random.default_rng(1).poisson(10.0, (4, 12)).tolist()
    found = season_of(by_month(dice), span(date(2004, 12, 31)))
    assert (found.shown, found.factors) == (False, (1.0,) * 12)
    assert found.source.startswith("months do not differ beyond chance")


def test_years_count_that_are_whole_and_have_a_dozen_events():
    rows = [[1.0] * 12, [1.0] * 11 + [0.0], [3.0] * 12]
    assert year_by_month(by_month(rows), span(date(2003, 12, 31))).tolist() == [rows[0], rows[2]]
    assert year_by_month(by_month(rows), span(date(2003, 12, 30))).tolist() == [rows[0]]
    assert year_by_month(by_month(rows), span(date(2003, 12, 31), date(2001, 1, 2))).tolist() == [rows[2]]
    assert year_by_month(Evidence(), span(date(2003, 12, 31))).shape == (0, 12)


def test_the_deviance_is_twice_the_log_likelihood_lost():
    assert deviance(np.array([4.0, 0.0]), np.array([2.0, 3.0])) == pytest.approx(
        2 * (4 * math.log(2) - 2 + 3)
    )


def test_months_that_differ_alike_each_year_are_no_chance():
    assert chance_of_none(np.array([SHARP] * 3)) < 1e-9
    turned = np.array([SHARP, SHARP[::-1], SHARP, SHARP[::-1]])
    assert chance_of_none(turned) > 0.5


def test_the_strongest_month_is_unsure_by_its_own_events():
    peak = Season((1.5, *[1.0] * 11), True, "seen", 1200.0).peak()
    assert (peak.value, peak.high, peak.grade) == (1.5, pytest.approx(1.5 * (1 + NINETY / 10)), "data")
    none = Season((1.0,) * 12, False, "none").peak()
    assert (none.value, none.low, none.high, none.grade) == (1.0, 1.0, math.exp(SEASON), "prior")


# -- holidays


def test_the_days_of_the_calendars():
    assert list(christmases(date(2001, 12, 24), date(2002, 12, 25))) == [
        Feast("Christmas 2001", date(2001, 12, 24), date(2001, 12, 26))
    ]
    assert len(list(christmases(date(2001, 12, 25), date(2002, 12, 26)))) == 1
    first, second = date(2018, 6, 15), date(2018, 8, 21)
    assert [f.first for f in eids(first, second + timedelta(days=2))] == [first, second]
    assert [f.first for f in eids(first + timedelta(days=1), second + timedelta(days=1))] == []
    assert [f.last - f.first for f in eids(first, second)] == [timedelta(days=2)]
    assert list(eids(date(1900, 1, 1), date(1920, 1, 1))) == []


def test_a_holiday_is_compared_with_four_weeks_on_either_side():
    values = np.ones(120)
    values[50:53] = 5.0
    values[21] = values[81] = 100.0  # a day too far
    values[22] = values[80] = 2.0
    days = daily(values).daily["events"]
    feast = Feast("x", FIRST + timedelta(days=50), FIRST + timedelta(days=52))
    assert on_and_around(feast, days) == (15.0, pytest.approx(58 / 56 * 3))
    alone = daily(np.ones(3)).daily["events"]
    assert on_and_around(Feast("x", FIRST, FIRST + timedelta(days=2)), alone) == (3.0, 0.0)


def feasts(n):
    return [
        Feast(f"{k}", FIRST + timedelta(days=60 * k + 29), FIRST + timedelta(days=60 * k + 31))
        for k in range(n)
    ]


def with_holidays(rate, quiet, n=10):
    """Days with so many events each, and others on holidays."""
    values = np.full(60 * n, float(rate))
    for k in range(n):
        values[60 * k + 29 : 60 * k + 32] = quiet
    return daily(values).daily["events"]


def test_a_holiday_fits_where_far_fewer_events_fall_on_it():
    found = fit("x", feasts(10), with_holidays(2.0, 0.5))
    assert found.factor == pytest.approx((15 + 0.5) / (60 + 0.5), abs=5e-4)
    assert (found.seen, found.source) == (15.0, "15 events on 10 holidays, 60 by the 28 days around each")
    mild = fit("x", feasts(10), with_holidays(20.0, 15.2))
    assert mild.factor is None
    assert mild.source.startswith("does not fit: ")


@pytest.mark.parametrize(("rate", "known"), [(3.4, True), (3.3, False)])
def test_a_holiday_needs_ten_events_expected_on_it(rate, known):
    found = fit("x", feasts(1), with_holidays(rate, 0.0, 1))
    assert found.source.startswith("too little data") != known


def test_a_few_quiet_days_are_chance():
    """Eleven expected and three seen: often enough by chance."""
    assert fit("x", feasts(4), with_holidays(1.0, 0.25, 4)).factor is None


def test_the_factor_of_holidays_and_how_far_it_may_be_off():
    found = Holidays("x", 0.5, "seen", 24.5).estimate()
    width = math.exp(NINETY / 5.0)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5 / width, 0.5 * width))
    unknown = Holidays("x", None, "none").estimate()
    assert (unknown.value, unknown.low, unknown.high, unknown.grade) == (1.0, 0.75, 1.0, "prior")


def test_holidays_are_tried_where_events_are_counted_by_day():
    assert {h.source for h in holidays_of(Evidence(), span(date(2003, 1, 1)))} == {
        "events are not counted by day"
    }
    names = [h.name for h in holidays_of(daily(np.ones(900)), span(date(2003, 1, 1)))]
    assert names == ["the two Eids", "Christmas"]


def test_no_holiday_begins_on_a_day_of_another(monkeypatch):
    def some(*offsets):
        return lambda start, end: [
            Feast(f"{k}", start + timedelta(days=k), start + timedelta(days=k + 2)) for k in offsets
        ]

    monkeypatch.setattr(module, "CALENDARS", {"a": some(0, 10), "b": some(2, 3), "c": some(40)})
    kept = [Holidays("a", 0.4, ""), Holidays("b", 0.6, ""), Holidays("c", None, "")]
    tables = holidays_between(kept, FIRST, date(2001, 12, 31))
    assert [(t["name"], t["restraint"]) for t in tables] == [("0", 0.4), ("3", 0.6), ("10", 0.4)]
