"""Summaries of courses: what they are on courses made by hand, and that they do not hang on the size of a war."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.experiments.pooling.conflicts import days_of
from detente.experiments.pooling.courses import Course, Truce, month_starts
from detente.experiments.pooling.summaries import SUMMARIES, excess, summary, survival

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
