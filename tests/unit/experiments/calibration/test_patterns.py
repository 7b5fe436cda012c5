"""The patterns calibration aims at: each worked out by hand on a few days."""

from datetime import date

import numpy as np
import pytest

from detente.experiments.calibration.patterns import PATTERNS, Year, amplitude, as_vector, patterns, sizes
from detente.experiments.evidence.moments import autocorrelation, fano


def year(events, deaths=None, season=None, holiday=None, truce=None, start=date(2017, 1, 1)):
    events = np.asarray(events, dtype=float)
    ones = np.ones(len(events))
    return Year(
        start,
        ones if season is None else np.asarray(season, dtype=float),
        ones if holiday is None else np.asarray(holiday, dtype=float),
        np.zeros(len(events)) if truce is None else np.asarray(truce, dtype=float),
        events,
        2.0 * events if deaths is None else np.asarray(deaths, dtype=float),
    )


def test_level_and_severity_of_a_year():
    y = year([2, 4, 6], [1, 2, 9], season=[1.0, 2.0, 1.0], holiday=[1.0, 0.5, 1.0])
    assert (y.level, y.severity) == (4.0, 1.0)
    assert year([0, 0], [3, 0]).severity == 3.0
    assert year([0.5, 0], [3, 0]).severity == 3.0  # of less than one event, as of one


def test_the_amplitude_of_a_season_is_a_regression():
    season = np.array([0.5, 1.5, 0.5, 1.5])
    assert amplitude(year(4.0 * season, season=season)) == pytest.approx(1.0)
    assert amplitude(year(4.0 * (1 + 2.0 * (season - 1)), season=2 * season)) == pytest.approx(2.0)
    assert amplitude(year([1, 3, 5, 7], season=np.ones(4))) == 0.0
    assert amplitude(year(np.zeros(4), season=season)) == pytest.approx(0.0)


def test_sizes_are_those_of_days_with_one_event_over_their_years_severity():
    first = year([1, 2, 1, 0], [3, 8, 5, 0])  # 16 deaths in 4 events
    second = year([1, 1], [2, 6])  # 8 in 2
    assert sizes([first, second]).tolist() == [0.75, 1.25, 0.5, 1.5]
    assert sizes([]).tolist() == []


def days(n, seed):
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.4 * np.cos(2 * np.pi * np.arange(n) / n)
    events = rng.poisson(3.0 * season)
    holiday = np.ones(n)
    holiday[50:53] = 0.5
    truce = np.zeros(n)
    return year(events, rng.integers(1, 9, n) * events, season, holiday, truce)


def test_every_pattern():
    first, second = days(210, 1), days(196, 2)
    found = patterns([first, second])
    mean = (first.events.mean() + second.events.mean()) / 2
    levelled = [y.events / y.events.mean() * mean for y in (first, second)]
    weeks = np.concatenate([w.reshape(-1, 7).sum(axis=1) for w in levelled])
    amplitudes = [amplitude(first), amplitude(second)]
    deaths = sizes([first, second])
    both = np.concatenate(levelled)
    around = np.r_[22:50, 53:81]
    expected = (both[around].mean() + both[210 + around].mean()) * 3
    assert found == pytest.approx(
        {
            "weekly_fano": fano(weeks),
            "daily_fano": fano(both),
            "autocorrelation_1": autocorrelation(weeks, 1),
            "autocorrelation_2": autocorrelation(weeks, 2),
            "autocorrelation_4": autocorrelation(weeks, 4),
            "autocorrelation_13": autocorrelation(weeks, 13),
            "season_mean": np.mean(amplitudes),
            "season_spread": np.std(amplitudes),
            "holiday": (both[50:53].sum() + both[260:263].sum()) / expected,
            "size_median": np.median(deaths),
            "size_tail": np.log(np.quantile(deaths, 0.95) / np.median(deaths)),
        }
    )
    assert as_vector(found).tolist() == [found[name] for name in PATTERNS]


def test_short_years_have_no_amplitude_and_days_of_many_events_no_size():
    found = patterns([year([2, 4] * 40)])
    assert np.isnan(found["season_mean"])
    assert np.isnan(found["season_spread"])
    assert np.isnan(found["size_median"])
    assert np.isnan(found["size_tail"])
    half = year(np.arange(180) % 5 + 1.0, season=1.0 + np.arange(180) / 180)
    assert patterns([half])["season_mean"] == pytest.approx(amplitude(half))


def test_a_holiday_with_a_truce_does_not_count():
    y = days(210, 1)
    y.truce[50] = 1.0
    assert np.isnan(patterns([y])["holiday"])


def test_a_severity_whose_median_is_nought_has_no_tail():
    found = patterns([year([1, 1, 1, 1] * 30, [0, 0, 0, 5] * 30)])
    assert found["size_median"] == 0.0
    assert np.isnan(found["size_tail"])


def test_patterns_of_years_without_events_are_not_known_and_warn_of_nothing(recwarn):
    found = patterns([year(np.zeros(190))])
    assert np.isnan([found[name] for name in ("weekly_fano", "daily_fano", "size_median")]).all()
    assert not recwarn.list


def test_a_year_given_another_level_is_told_by_its_own_events():
    assert (year([]).severity, year([0, 0], [0, 0]).severity) == (0.0, 0.0)
    half = year([2, 4], [3, 9], season=[1.0, 2.0], holiday=[1.0, 0.5])
    assert (half.level, half.severity) == (3.0, 2.0)
    assert year([0.2, 0.2], [1, 1]).severity == 2.0  # over one event at least
