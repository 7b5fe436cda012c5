"""Moments, null models, scores and the likelihood of daily events, each against a known answer."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from detente.experiments.evidence import moments, nulls, scores
from detente.experiments.evidence.holidays import marked, projected
from detente.experiments.evidence.likelihood import Days, Fit, fit_at, ridge, simulate
from detente.model.catalogue import load_scenario


def test_weeks_leave_out_the_last_days():
    assert moments.weekly(np.arange(15.0)).tolist() == [21, 70]
    assert moments.weekly(np.ones((2, 14))).shape == (2, 2)


def test_dispersion_of_known_counts():
    rng = np.random.default_rng(1)
    assert moments.fano(rng.poisson(20, 20_000)) == pytest.approx(1.0, abs=0.05)
    heavy = rng.negative_binomial(4, 4 / 24, 40_000)
    assert moments.negative_binomial_size(heavy) == pytest.approx(4.0, rel=0.05)
    assert moments.negative_binomial_size(np.array([3.0, 3, 3])) == float("inf")


def test_autocorrelation_of_a_known_series():
    rng = np.random.default_rng(2)
    x = np.zeros(20_000)
    for t in range(1, len(x)):
        x[t] = 0.6 * x[t - 1] + rng.standard_normal()
    assert moments.autocorrelation(x, 1) == pytest.approx(0.6, abs=0.03)
    assert moments.autocorrelation(x, 2) == pytest.approx(0.36, abs=0.03)
    assert np.isnan(moments.autocorrelation(np.ones(9), 1))


def test_month_factors_are_told_from_levels_of_years():
    dates = np.arange("2010-01-01", "2014-07-01", dtype="datetime64[D]")
    month = dates.astype("datetime64[M]").astype(int) % 12 + 1
    year = dates.astype("datetime64[Y]").astype(int)
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(12) / 12)
    events = 5.0 * 1.5 ** (year - year[0]) * season[month - 1]
    found = moments.month_factors(events, month, year)
    assert found == pytest.approx(season / season.mean(), abs=1e-6)


def test_holiday_effect_and_severity():
    events = np.full(100, 4.0)
    holiday = np.zeros(100)
    holiday[50:53] = 1
    events[50:53] = 1
    assert moments.holiday_effect(events, holiday) == pytest.approx(0.25)
    year = np.repeat([2017, 2018], 50)
    assert moments.severity_by_year(np.ones(100), np.arange(100.0), year) == {2017: 24.5, 2018: 74.5}


def test_a_trend_over_years_is_not_taken_for_memory():
    rng = np.random.default_rng(3)
    year = np.repeat([0, 1], 364)
    daily = rng.poisson(np.where(year == 0, 2.0, 6.0)).astype(float)
    raw, levelled = moments.shape_of_weeks(daily), moments.shape_of_weeks(daily, year)
    assert raw["autocorrelation_1"] > 0.5
    assert abs(levelled["autocorrelation_1"]) < 0.3


def history(values: Any, season: Any = None) -> nulls.History:
    n = len(values)
    return nulls.History(
        np.asarray(values, dtype=float),
        np.arange(n) % 12 + 1,
        tuple(season if season is not None else np.ones(12)),
    )


def test_means_of_null_models():
    known = history(np.arange(1.0, 25))
    assert nulls.last_value(known, 3) == 24
    assert nulls.year_mean(known, 1) == np.arange(13, 25).mean()
    assert [nulls.year_ago(known, lead) for lead in (1, 6, 12, 13)] == [13, 18, 24, 13]
    season = np.linspace(0.5, 1.5, 12)
    wave = history(np.tile(10 * season, 3), season)
    assert nulls.seasonal_level(wave, 1) == pytest.approx(5.0)
    assert nulls.seasonal_level(wave, 12) == pytest.approx(15.0)


def test_past_errors_use_what_was_known_then():
    known = history(np.arange(1.0, 41))
    for lead in (1, 3):
        seen, means = nulls.past_errors(nulls.last_value, known, lead)
        assert np.all(seen - means == lead)
        assert seen.max() == 40


def test_size_is_recovered():
    rng = np.random.default_rng(4)
    means = np.full(4000, 50.0)
    assert nulls.fitted_size(rng.negative_binomial(6, 6 / 56, 4000), means) == pytest.approx(6, rel=0.1)


def test_quantiles_have_their_distribution():
    assert nulls.poisson_quantiles(2700.0).mean() == pytest.approx(2700, rel=1e-3)
    values = nulls.negative_binomial_quantiles(100.0, 5.0)
    assert values.mean() == pytest.approx(100, rel=0.02)
    assert values.var() == pytest.approx(100 + 100**2 / 5, rel=0.06)


def test_scores_of_known_forecasts():
    values = np.array([0.0, 10.0])
    assert scores.crps(values, 5.0) == pytest.approx(2.5)
    assert scores.crps(np.array([7.0, 7.0]), 4.0) == pytest.approx(3.0)
    assert scores.interval_score(10, 20, 15) == pytest.approx(10)
    assert scores.interval_score(10, 20, 25) == pytest.approx(10 + 2 / 0.2 * 5)
    assert scores.pit(np.array([1.0, 2, 2, 3]), 2.0) == 0.5


def test_pit_of_a_true_forecast_is_even_and_its_intervals_cover():
    rng = np.random.default_rng(5)
    forecast = rng.gamma(4, 10, 2000)
    seen = rng.gamma(4, 10, 2000)
    pits = np.array([scores.pit(forecast, x) for x in seen])
    counts, _ = np.histogram(pits, bins=10, range=(0, 1))
    assert np.all(np.abs(counts - 200) < 5 * np.sqrt(200))
    low, high = scores.interval(forecast)
    assert np.mean((low <= seen) & (seen <= high)) == pytest.approx(0.8, abs=0.04)


def test_skill_and_its_interval():
    origin = np.repeat(np.arange(48), 6)
    rng = np.random.default_rng(6)
    other = rng.gamma(4, 25, len(origin))
    mine = 0.8 * other
    assert scores.skill(mine, other) == pytest.approx(0.2)
    low, high = scores.skill_interval(mine, other, origin)
    assert low == pytest.approx(0.2)
    assert high == pytest.approx(0.2)
    noise = rng.gamma(4, 25, len(origin))
    low, high = scores.skill_interval(noise, other, origin)
    assert low < 0 < high
    assert all(np.isnan(scores.skill_interval(mine[:36], other[:36], origin[:36])))


def test_errors_in_a_row_leave_more_doubt_than_errors_that_cancel():
    origin, other = np.arange(48), np.full(48, 10.0)
    alternating = other * (0.8 + 0.3 * (-1.0) ** origin)
    low, high = scores.skill_interval(alternating, other, origin)
    assert low < 0.2 < high
    assert high - low < 0.1
    in_a_row = other * (0.8 + 0.3 * (-1.0) ** (origin // 6))
    slow_low, slow_high = scores.skill_interval(in_a_row, other, origin)
    assert slow_high - slow_low > 3 * (high - low)


def test_holidays_of_other_years_follow_the_islamic_calendar():
    case = load_scenario("afghanistan-2018")
    found = projected(case, date(2015, 1, 1), date(2018, 12, 31))
    assert [h.start for h in found] == [
        date(2015, 7, 17),
        date(2015, 9, 23),
        date(2016, 7, 6),
        date(2016, 9, 11),
        date(2017, 6, 25),
        date(2017, 9, 1),
        date(2018, 6, 15),
        date(2018, 8, 21),
    ]
    assert projected(case, case.case.start, case.case.end) == case.calendar.holidays
    factors = marked(found, date(2018, 6, 14), 5)
    assert factors == [1.0, 0.45, 0.45, 0.45, 1.0]


@pytest.fixture
def days() -> Days:
    return Days.of(np.full(4 * 365, 3.0), date(2014, 1, 1))


def truth(days: Days, branching: float, memory: float, spread: float = 0.0) -> Fit:
    season = np.array([-0.15, 0.05, 0.0, 0.0])
    return Fit(0.0, branching, memory, 6.0, np.full(days.n_levels, 3.0), season, spread, np.zeros(0))


def test_likelihood_finds_the_background_it_was_drawn_from(days: Days):
    drawn = simulate(days, truth(days, 0.0, 10.0), np.random.default_rng(7))
    fit = fit_at(drawn, 0.0, 10.0)
    assert fit.levels == pytest.approx(np.full(4, 3.0), rel=0.12)
    assert fit.kappa == pytest.approx(6.0, rel=0.4)
    assert fit.season[0] == pytest.approx(-0.15, abs=0.06)


def test_likelihood_tells_excitation_from_none(days: Days):
    drawn = simulate(days, truth(days, 0.5, 6.0), np.random.default_rng(8))
    surface, best = ridge(drawn, np.array([0.0, 0.3, 0.5, 0.7]), np.array([3.0, 6.0, 20.0]))
    assert surface.max() - surface[0].max() > 5
    assert 0.3 <= best.branching <= 0.7
    none = simulate(days, truth(days, 0.0, 6.0), np.random.default_rng(9))
    flat, _ = ridge(none, np.array([0.0, 0.5]), np.array([6.0]))
    assert flat[0, 0] > flat[1, 0]


def test_one_level_for_all_years_is_another_background(days: Days):
    events = np.where(days.year < 2, 2.0, 4.0)
    one = Days.of(events, date(2014, 1, 1), one_level=True)
    assert one.n_levels == 1
    assert days.n_levels == 4
    assert fit_at(one, 0.0, 10.0).levels == pytest.approx([3.0], rel=0.05)
