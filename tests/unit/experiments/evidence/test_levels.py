"""Levels of violence: windows, yearly changes and offensives by hand, and against published tables."""

import math
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from detente.experiments.evidence.day_table import DayTable
from detente.experiments.evidence.levels import (
    Window,
    all_changes,
    longest_run,
    offensive_rate,
    offensive_table,
    offensives,
    spread_by_dyad,
    trailing_mean,
    window_of,
    windows,
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


# -- at the edges


@pytest.mark.parametrize(
    ("deaths", "length"),
    [
        (np.full(36, 300 / 36 + 1e-9), 36),
        (np.full(36, 8.3), None),  # 298.8 deaths
        (np.full(35, 9.0), None),
        (np.r_[np.full(60, 4.0), np.full(12, 5.0)], 72),
        (np.full(80, 3.99), None),
        (np.r_[np.full(12, 24.9 / 12), np.full(36, 9.0)], 36),
        (np.r_[np.full(12, 25.1 / 12), np.full(36, 9.0)], 48),
    ],
)
def test_how_long_and_how_bloody_a_series_has_to_be(deaths, length):
    window = window_of(3, deaths, years(10)[: len(deaths)])
    assert (None if window is None else len(window.deaths)) == length


def test_months_that_were_not_watched_are_no_part_of_a_series():
    deaths = np.r_[np.full(5, np.nan), np.full(48, 10.0), np.full(7, np.nan)]
    window = window_of(3, deaths, years(5))
    assert len(window.deaths) == 48
    assert window.year[[0, -1]].tolist() == [2000, 2004]


def test_a_war_whose_every_year_is_quiet_has_no_series():
    assert window_of(0, np.full(15 * 12, 24.0 / 12), years(15)) is None


@pytest.mark.parametrize(
    ("active", "run"),
    [
        ([1990], (1990, 1990)),
        ([1990, 1993], (1990, 1990)),
        ([1990, 1992], (1990, 1992)),
        ([1990, 1993, 1994], (1993, 1994)),
        ([1990, 1991, 1994, 1995], (1990, 1991)),
    ],
)
def test_a_run_bridges_one_year_and_no_two(active, run):
    assert longest_run(active) == run


def test_a_change_needs_two_whole_years_of_which_one_is_active():
    def changes(*totals, last=12):
        deaths = np.concatenate([np.r_[total, np.zeros(11)] for total in totals])
        n = len(deaths) - 12 + last
        return yearly_changes(Window(0, deaths[:n], years(len(totals))[:n]))

    assert changes(25.0, 0.0) == pytest.approx([math.log(5 / 30)])
    assert changes(0.0, 25.0) == pytest.approx([math.log(30 / 5)])
    assert changes(24.9, 0.0).tolist() == []
    assert changes(60.0, 120.0, last=11).tolist() == []
    assert changes(60.0).tolist() == []


def test_the_mean_of_twelve_months_before():
    deaths = np.arange(15.0)
    assert trailing_mean(deaths)[12:] == pytest.approx([5.5, 6.5, 7.5])
    assert np.isnan(trailing_mean(deaths)[:12]).all()


@pytest.mark.parametrize(
    ("level", "month", "begins"),
    [(5.0, 10.0, True), (4.9, 99.0, False), (10.0, 19.9, False), (10.0, 20.0, True)],
)
def test_an_offensive_begins_at_twice_a_level_of_five(level, month, begins):
    found = list(offensives(Window(0, np.r_[np.full(12, level), month], years(2)[:13])))
    assert len(found) == begins


def test_a_second_offensive_is_measured_against_the_level_of_its_own_year():
    deaths = np.r_[np.full(12, 10.0), 24.0, np.full(11, 10.0), 40.0, 5.0]
    first, second = offensives(Window(0, deaths, years(3)[:26]))
    assert (first.months, first.peak) == (1, 2.4)
    assert second.peak == pytest.approx(40.0 / (134.0 / 12))
    assert math.isnan(second.after_1_3)


def test_an_offensive_that_goes_on_to_the_end_has_no_aftermath():
    deaths = np.r_[np.full(12, 10.0), 30.0, 40.0]
    (only,) = offensives(Window(0, deaths, years(2)[:14]))
    assert (only.months, only.peak) == (2, 4.0)
    assert math.isnan(only.after_1_3)
    assert math.isnan(only.after_4_6)


def test_the_series_of_all_dyads_and_their_groups():
    first = date(2000, 1, 1)
    n = (date(2006, 1, 1) - first).days
    deaths = np.stack([np.full(n, 0.5), np.full(n, 0.01), np.full(n, 1.0)])
    days = DayTable(first, deaths, deaths, np.full(3, n - 1), np.arange(3), np.array([4, 5, 6]))
    found = windows(days)
    assert [w.dyad for w in found] == [0, 2]
    assert [len(w.deaths) for w in found] == [72, 72]
    changes, group = all_changes(days, found)
    assert group.tolist() == [4] * 5 + [6] * 5
    assert changes == pytest.approx(np.zeros(10), abs=0.01)
    spreads, group = spread_by_dyad(days, found)
    assert (len(spreads), group.tolist()) == (2, [4, 6])
    table, group = offensive_table(days, found)
    assert (table.shape, group.tolist()) == ((0, 4), [])
    assert offensive_rate(days, found).groups.tolist() == [4, 6]
    assert [len(part) for part in all_changes(days, [])] == [0, 0]


@pytest.mark.parametrize(("n", "counted"), [(5, 1), (4, 0)])
def test_the_spread_of_a_dyad_needs_four_changes(n, counted):
    deaths = np.concatenate([np.full(12, 10.0 * 2**k) for k in range(n)])
    days = SimpleNamespace(group=np.array([4]))
    spreads, _ = spread_by_dyad(days, [Window(0, deaths, years(n))])
    assert len(spreads) == counted
