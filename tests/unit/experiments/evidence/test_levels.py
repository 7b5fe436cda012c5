"""Levels of violence: windows, yearly changes and offensives by hand, and against published tables."""

import math

import numpy as np
import pytest

from detente.experiments.evidence.levels import (
    Window,
    longest_run,
    offensives,
    trailing_mean,
    window_of,
    yearly_changes,
    years_at_risk,
)

EMPIRICS = "empirics"


def years(n, first=2000):
    return np.repeat(np.arange(first, first + n), 12)


def test_the_longest_run_bridges_one_quiet_year():
    assert longest_run([1990, 1992, 1993, 1996, 1997]) == (1990, 1993)


def test_a_window_runs_from_the_first_deaths_to_the_last():
    deaths = np.r_[np.zeros(3), np.full(42, 10.0), np.zeros(3), np.full(12, 1.0)]
    window = window_of(5, deaths, years(5))
    assert window is not None
    assert (window.dyad, len(window.deaths), window.deaths.sum()) == (5, 42, 420.0)


@pytest.mark.parametrize("deaths", [np.full(30, 20.0), np.full(60, 4.9), np.full(120, 3.0)])
def test_short_or_small_wars_have_no_window(deaths):
    assert window_of(0, deaths, years(10)[: len(deaths)]) is None


def test_yearly_changes_count_whole_years_of_which_one_is_active():
    deaths = np.r_[np.full(12, 10.0), np.full(12, 1.0), np.full(12, 1.0), np.full(12, 5.0), np.full(6, 9.0)]
    changes = yearly_changes(Window(0, deaths, years(5)[:54]))
    assert changes == pytest.approx([math.log(17 / 125), math.log(65 / 17)])


def test_an_offensive_lasts_while_deaths_stay_at_twice_the_level_before():
    deaths = np.r_[np.full(12, 10.0), 30.0, 20.0, 5.0, 10.0, 15.0, 12.0, 12.0, 12.0]
    first, *more = offensives(Window(0, deaths, years(2)[:20]))
    assert more == []
    assert (first.months, first.peak) == (2, 3.0)
    assert first.after_1_3 == pytest.approx(1.0)
    assert first.after_4_6 == pytest.approx(1.2)


def test_nothing_is_at_risk_below_a_level_of_five():
    window = Window(0, np.r_[np.full(12, 4.0), 100.0, np.full(11, 9.0)], years(2))
    assert list(offensives(window)) == []
    assert trailing_mean(window.deaths)[13] == pytest.approx(12.0)
    assert years_at_risk(window) == pytest.approx(11 / 12)


def test_yearly_changes_and_offensives_are_those_published(shared_data):
    pd = pytest.importorskip("pandas")
    changes = pd.read_csv(shared_data / EMPIRICS / "s1_yearly_log_change_by_conflict.csv")
    rows = pd.read_csv(shared_data / EMPIRICS / "s1_offensives.csv")
    compared = 0
    for case in changes.loc[changes["src"] == "main", "dyad"]:
        file = shared_data / "conflicts" / f"{case}.csv"
        if not file.exists():
            continue
        deaths = pd.read_csv(file, parse_dates=["date"], index_col="date")["deaths"].dropna()
        window = window_of(0, deaths.to_numpy(float), deaths.index.year.to_numpy())
        published = changes[(changes["src"] == "main") & (changes["dyad"] == case)].iloc[0]
        assert yearly_changes(window).std(ddof=1) == pytest.approx(published["sd"], abs=5e-4)
        known = rows[(rows["src"] == "main") & (rows["dyad"] == case)]
        found = list(offensives(window))
        assert [o.months for o in found] == known["dur"].tolist()
        assert [o.peak for o in found] == pytest.approx(known["peak"].tolist(), abs=5.1e-3)
        compared += 1
    assert compared >= 10
