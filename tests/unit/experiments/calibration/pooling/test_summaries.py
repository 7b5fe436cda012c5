"""Summaries of courses: what they are on courses made by hand, and that they do not hang on the size of a war."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.experiments.calibration.pooling.conflicts import days_of
from detente.experiments.calibration.pooling.courses import Course, Truce, month_starts
from detente.experiments.calibration.pooling.summaries import (
    SUMMARIES,
    around,
    correlation,
    dispersion,
    effect,
    excess,
    level,
    offensives,
    peak_until,
    summary,
    survival,
)

DAYS = 10 * 365


def course(**changes):
    rng = np.random.default_rng(1)
    usual = {
        "series": rng.gamma(2.0, 20.0, 120),
        "events": rng.poisson(1.0, DAYS).astype(float),
        "truces": (),
        "agreements": (),
        "talks": float("inf"),
        "won": False,
    }
    return Course(DAYS, **{**usual, **changes})


def of(made):
    return dict(zip(SUMMARIES, summary(made), strict=True))


def test_days_without_an_event_count_as_none():
    daily = pd.DataFrame({"events": [2, 3]}, index=pd.to_datetime(["2001-01-02", "2001-01-04"]))
    assert days_of(daily, date(2001, 1, 1), date(2001, 1, 5)).tolist() == [0.0, 2.0, 0.0, 3.0, 0.0]
    assert days_of(None, date(2001, 1, 1), date(2001, 1, 5)) is None


def test_every_summary_of_a_recorded_course_is_a_number():
    assert np.isfinite(summary(course())).all()


def test_what_the_data_do_not_record_is_not_summarised():
    found = of(Course(DAYS, np.ones(120)))
    missing = {name for name, value in found.items() if np.isnan(value)}
    assert {
        "truces_joint",
        "truce_effect",
        "full_agreements",
        "won",
        "first_talks",
        "weekly_memory",
    } <= missing
    assert not {"level_spread", "trend", "quiet_months"} & missing


def test_level_does_not_hang_on_the_size_of_a_war():
    small, large = of(course()), of(course(series=course().series * 100.0))
    assert small["level_spread"] == pytest.approx(large["level_spread"], abs=0.02)
    assert small["trend"] == pytest.approx(large["trend"], abs=0.02)


def test_overdispersion_survives_thinning():
    rng = np.random.default_rng(2)
    counts = rng.negative_binomial(2, 2 / 12, 200 * 91).astype(float)
    thin = rng.binomial(counts.astype(int), 0.4).astype(float)
    assert excess(counts, 91) == pytest.approx(np.log(0.5), abs=0.1)
    assert excess(thin, 91) == pytest.approx(np.log(0.5), abs=0.1)


def test_a_ceasefire_that_holds_is_seen():
    events = np.ones(DAYS)
    events[1000:1400] = 0.0
    kept = of(course(events=events, truces=(Truce(1000, joint=True, local=False),)))
    never = of(course(events=np.ones(DAYS), truces=(Truce(1000, joint=True, local=False),)))
    assert kept["truce_effect"] < never["truce_effect"] == pytest.approx(0.0, abs=0.01)
    assert kept["truce_holds"] == pytest.approx((1.0 + 2 * 0.2) / 3)
    assert kept["truce_survival"] > never["truce_survival"]


def test_survival_is_counted_in_months():
    events = np.ones(DAYS)
    events[1001:1121] = 0.0
    assert survival(np.r_[0.0, np.cumsum(events)], 1000, 90.0) == 4.0


def test_local_ceasefires_and_partial_agreements_stand_apart():
    local = of(course(truces=(Truce(900, joint=True, local=True),)))
    assert local["truces_local"] == pytest.approx(np.log(1.5 / (DAYS / 365.25)))
    assert local["truces_joint"] == pytest.approx(np.log(0.5 / (DAYS / 365.25)))
    signed = of(course(agreements=((1000, False), (2000, True))))
    assert signed["first_agreement"] == pytest.approx(2000 / DAYS)


def test_months_begin_where_the_calendar_says():
    assert month_starts(date(2019, 12, 30), 40).tolist() == [0, 2, 33]


# -- worked out by hand

YEARS = np.repeat([10.0, 40.0, 25.0], 12)
"""Three years: a mean of 25, and a pseudo-count of 2.75."""


def test_the_level_of_three_years():
    found = level(YEARS)
    logs = np.log(np.array([12.75, 42.75, 27.75]) / 27.75)
    assert found["level_spread"] == pytest.approx(np.std(logs))
    up, down = logs[1] - logs[0], logs[2] - logs[1]
    changes = (up**2 + down**2) / 35 - ((up + down) / 35) ** 2
    assert found["monthly_change"] == pytest.approx(np.sqrt(changes))
    yearly = np.log(513 / 153) ** 2 + np.log(333 / 513) ** 2
    assert found["yearly_change"] == pytest.approx(np.sqrt(yearly / 2))
    assert found["peak"] == pytest.approx(np.log(42.75 / 27.75))
    assert found["trend"] == pytest.approx(np.log(27.75 / 12.75))
    assert found["end_level"] == pytest.approx(np.log((32.5 + 2.75) / 27.75))
    assert found["offensives"] == pytest.approx(
        np.log(1.5 / 2.0)
    )  # one in the two years that have one before
    assert found["quiet_months"] == 0.0


def test_the_level_of_three_months():
    found = level(np.array([1.0, 2.0, 3.0]))
    assert found["peak"] == pytest.approx(np.log(3.45 / 2.45))
    assert found["trend"] == pytest.approx(np.log(3.45 / 1.45))
    assert found["offensives"] == pytest.approx(np.log(0.5))
    assert (found["yearly_change"], found["memory_1"]) == (0.0, 0.0)
    assert level(np.zeros(24))["peak"] == pytest.approx(0.0, abs=1e-6)


def test_quiet_months_have_less_than_a_tenth_of_the_mean():
    series = np.r_[np.full(6, 0.9), np.full(6, 1.1), np.full(12, 19.0)]  # their mean is 10
    assert level(series)["quiet_months"] == 0.25


def test_autocorrelation_needs_more_months_than_its_lag():
    five = np.arange(1.0, 6.0)
    assert correlation(five, 1) == pytest.approx(0.4)  # (2 + 0 + 0 + 2) / 10
    assert correlation(five, 2) == pytest.approx(-0.1)  # (0 - 1 + 0) / 10
    assert correlation(five, 3) == 0.0
    assert correlation(np.ones(9), 1) == 0.0


@pytest.mark.parametrize(
    ("later", "begun"),
    [([20.0], 1), ([19.9], 0), ([20.0, 30.0], 1), ([20.0, 10.0, 40.0], 2)],
)
def test_an_offensive_begins_with_a_month_of_twice_the_year_before(later, begun):
    series = np.r_[np.full(12, 10.0), later]
    assert offensives(series) == pytest.approx(np.log(begun + 0.5))
    assert offensives(np.r_[np.zeros(12), 1.9]) == pytest.approx(np.log(0.5))
    assert offensives(np.r_[np.zeros(12), 2.0]) == pytest.approx(np.log(1.5))


def test_overdispersion_is_what_the_variance_has_beyond_the_mean():
    """Blocks of mean 2 and 4: 16/3 - 2 and 64/3 - 4 over 4 + 16; an empty block and a part of one count nothing."""
    counts = np.array([0, 4, 0, 4, 0, 8, 0, 8, 0, 0, 0, 0, 99.0])
    assert excess(counts, 4) == pytest.approx(np.log(62 / 60))
    assert excess(np.zeros(8), 4) == 0.0
    assert excess(np.ones(8), 4) == pytest.approx(np.log(0.02))


def test_days_are_uneven_within_quarters_and_weeks_within_years():
    events = np.random.default_rng(3).poisson(2.0, 800).astype(float)
    events[::7] += 6.0 * (np.arange(115) % 3 == 0)
    weeks = events[:798].reshape(114, 7).sum(axis=1)
    found = dispersion(Course(800, np.ones(26), events))
    assert found["daily_dispersion"] == excess(events, 91)
    assert found["weekly_dispersion"] == excess(weeks, 52)
    assert found["weekly_memory"] == pytest.approx(correlation(weeks, 1) - correlation(weeks, 13))


# -- a ceasefire

DAY = 400


def around_a_truce(n=800):
    """One event a day, two in the four weeks before day 400, and in 90 days after it one every other day."""
    events = np.ones(n)
    events[DAY - 28 : DAY] = 2.0
    events[DAY : DAY + 90] = np.arange(90) % 2
    return np.r_[0.0, np.cumsum(events)]


def test_the_effects_of_one_ceasefire():
    """62 + 56 events before, 45 after, and 90 days' worth of one a day later; back at 29.5 in the fourth month."""
    found = effect(around_a_truce(), DAY)
    expected = (np.log(45.5 / 118.5), np.log(90.5 / 118.5), 0.0, 3.0, np.log(56.5 / 28.5))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("day", "n", "usable"), [(90, 800, True), (89, 800, False), (710, 800, True), (711, 800, False)]
)
def test_a_ceasefire_needs_ninety_days_before_and_after(day, n, usable):
    assert (effect(np.arange(n + 1.0), day) is not None) == usable


@pytest.mark.parametrize(("before", "usable"), [(5, True), (4, False)])
def test_a_ceasefire_in_a_quiet_time_says_nothing(before, usable):
    events = np.zeros(800)
    events[DAY - before : DAY] = 1.0
    assert (effect(np.r_[0.0, np.cumsum(events)], DAY) is not None) == usable


@pytest.mark.parametrize(("n", "late"), [(DAY + 181, 90.0), (DAY + 180, 45.0)])
def test_what_comes_late_is_that_of_the_first_days_where_it_is_too_short(n, late):
    assert effect(around_a_truce(n), DAY)[1] == pytest.approx(np.log((late + 0.5) / 118.5))


@pytest.mark.parametrize(("after", "held"), [(24, 1.0), (25, 0.0)])
def test_a_ceasefire_holds_with_less_than_a_quarter_of_the_events_before(after, held):
    events = np.zeros(800)
    events[DAY - 50 : DAY] = 2.0
    events[DAY : DAY + after] = 1.0
    assert effect(np.r_[0.0, np.cumsum(events)], DAY)[2] == held


@pytest.mark.parametrize(("events", "months"), [(10, 0.0), (9, 24.0)])
def test_violence_is_back_with_three_quarters_of_the_months_before(events, months):
    """40 events in three months: 10 in one are three quarters."""
    days = np.zeros(1200)
    days[DAY + 1 : DAY + 1 + events] = 1.0
    assert survival(np.r_[0.0, np.cumsum(days)], DAY, 40.0) == months


@pytest.mark.parametrize(("n", "months"), [(DAY + 60, 1.0), (DAY + 61, 2.0)])
def test_survival_ends_with_the_last_whole_month(n, months):
    assert survival(np.zeros(n + 1), DAY, 40.0) == months


def test_without_ceasefires_their_effects_are_neutral():
    found = of(course())
    names = ("truce_effect", "truce_effect_late", "truce_holds", "truce_survival", "rise_before")
    assert [found[name] for name in names] == pytest.approx([0.0, 0.0, 0.2, 3.0, 0.0])


def test_ceasefires_of_both_sides_and_of_one_are_told_apart():
    known = [Truce(900, joint=True, local=False), *[Truce(k, joint=False, local=False) for k in (5, 6)]]
    found = of(course(truces=(*known, Truce(7, joint=False, local=True))))
    years = DAYS / 365.25
    assert found["truces_joint"] == pytest.approx(np.log(1.5 / years))
    assert found["truces_alone"] == pytest.approx(np.log(2.5 / years))
    assert found["truces_local"] == pytest.approx(np.log(1.5 / years))


# -- agreements and talks


def signed(day, until=DAYS):
    """Two events a day before a day and one after it, four in the 365 days to 780."""
    events = np.where(np.arange(until) < day, 2.0, 1.0)
    events[415:780] = 4.0
    return events


def test_the_violence_around_an_agreement():
    """730 before and 365 after; the worst twelve months before had 1460."""
    found = of(course(events=signed(1500), agreements=((1500, True),)))
    assert found["full_agreements"] == pytest.approx(np.log(1.5 / (DAYS / 365.25)))
    assert found["agreement_effect"] == pytest.approx(np.log(365.5 / 730.5) / 2)
    assert found["signed_low"] == pytest.approx((np.log(730.5 / 1460.5) - 0.5) / 2)


def test_the_peak_is_that_of_the_five_years_before():
    total = np.r_[0.0, np.cumsum(signed(3000))]
    assert peak_until(total, 2220) == 1460.0
    assert peak_until(total, 2610) == 730.0


@pytest.mark.parametrize(
    ("day", "n", "usable"), [(365, 800, True), (364, 800, False), (500, 865, True), (500, 864, False)]
)
def test_an_agreement_needs_a_year_before_and_after(day, n, usable):
    found = around(Course(n, np.ones(1), np.r_[np.ones(day), np.zeros(n - day)]), [day])
    assert (found[0] < 0.0) == usable


def test_without_an_agreement_the_whole_span_is_before_it():
    found = of(course())
    assert (found["first_agreement"], found["agreement_effect"], found["signed_low"]) == (1.0, 0.0, -0.5)
    assert of(course(agreements=((5000, True),)))["first_agreement"] == 1.0
    assert of(course(agreements=((20, False), (50, False))))["full_agreements"] == found["full_agreements"]


@pytest.mark.parametrize(("talks", "share"), [(365.0, 0.1), (float("inf"), 1.0)])
def test_talks_begin_after_a_share_of_the_span(talks, share):
    assert of(course(talks=talks))["first_talks"] == pytest.approx(share)


@pytest.mark.parametrize(("won", "value"), [(True, 1.0), (False, 0.0)])
def test_a_victory_is_one(won, value):
    assert of(course(won=won))["won"] == value
