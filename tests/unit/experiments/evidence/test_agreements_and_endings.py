"""Agreements and the ends of wars by hand, and against published figures."""

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.experiments.evidence import agreement_effects, endings
from detente.experiments.evidence.day_table import DayTable
from detente.experiments.evidence.samples import survival


def days_of(rate, length=4000, last=None):
    events = np.asarray(rate(np.arange(length)), dtype=float)[None]
    one = np.array([0])
    seen = np.array([length - 1 if last is None else last])
    return DayTable(date(2030, 1, 1), events, events, seen, one, one)


def signed(*rows):
    return pd.DataFrame(rows, columns=list(agreement_effects.AGREEMENT_COLUMNS))


def falling(day):
    """Four events a day for two years, two in the third, one after."""
    return np.where(day < 730, 4.0, np.where(day < 1095, 2.0, 1.0))


def test_the_year_after_is_compared_with_the_year_before():
    rows = agreement_effects.agreement_rows(days_of(falling), signed((0, 1095, "full", np.nan)))
    assert rows.loc[0, "year_after"] == pytest.approx(365.5 / 730.5)
    assert rows.loc[0, "of_peak"] == pytest.approx(0.5, abs=0.02)
    assert rows.loc[0, "last_90"] == pytest.approx((180.5) / (550 * 90 / 275 + 0.5))


def test_relapse_is_any_year_above_half_and_needs_five_years():
    def back(day):
        return np.where(day < 1095, 2.0, np.where((day > 1500) & (day < 1900), 1.1, 0.0))

    rows = agreement_effects.agreement_rows(days_of(back), signed((0, 1095, "full", np.nan)))
    assert rows.loc[0, "relapse"] == 1.0
    quiet = days_of(lambda day: np.where(day < 1095, 2.0, 0.9))
    assert agreement_effects.agreement_rows(quiet, signed((0, 1095, "full", np.nan))).loc[0, "relapse"] == 0.0
    short = days_of(back, last=2500)
    assert np.isnan(
        agreement_effects.agreement_rows(short, signed((0, 1095, "full", np.nan))).loc[0, "relapse"]
    )


def test_agreements_stand_until_they_fail_or_are_watched_no_longer():
    rows = signed((0, 100, "full", np.nan), (0, 100, "full", 465.25))
    times, ended = agreement_effects.times_to_end(rows, np.array([830.5, 830.5]))
    assert times == pytest.approx([2.0, 1.0])
    assert ended.tolist() == [0.0, 1.0]


def test_runs_of_active_years():
    assert endings.active_runs([True, False, True, True]) == [(0, 0), (2, 3)]
    assert endings.active_runs([False]) == []


def test_recurrence_is_dated_and_watched_to_the_end():
    rows = [("a", "a", 1, 2, 1.0, 2.5, "ceasefire"), ("a", "a", 5, 6, 5.25, 6.0, "")]
    rows.append(("b", "b", 1, 3, 1.0, 3.5, "low activity"))
    table = pd.DataFrame(rows, columns=list(endings.EPISODE_COLUMNS))
    ended = endings.ended_episodes(table, 0, 9)
    assert ended["outcome"].tolist() == ["ceasefire", "low activity"]
    times, came = endings.recurrences(ended, 9.0)
    assert times.tolist() == [2.75, 6.0]
    assert came.tolist() == [1.0, 0.0]


def test_a_renewal_is_not_a_new_ceasefire():
    table = pd.DataFrame(
        {"conflict": [1, 1, 1, 2], "start": [10, 24, 60, 24], "end": [20.0, 30.0, np.nan, 30.0]}
    )
    assert endings.is_new(table).tolist() == [True, False, True, True]
    table["year"], table["new"] = 0, endings.is_new(table)
    table["unilateral"], table["local"] = False, [False, False, True, True]
    active = pd.DataFrame({"conflict": [1, 2, 3], "year": [0, 0, 0], "group": [1, 2, 3]})
    counted = endings.per_active_year(active, table)
    assert counted["new"].tolist() == [2, 1, 0]
    assert counted["general"].tolist() == [1, 0, 0]


def test_time_to_the_first_event_that_follows():
    starts = pd.DataFrame({"dyad": [0, 0, 1, 2], "day": [100, 50, 10, 10]})
    events = pd.DataFrame({"dyad": [0, 2], "day": [48 + 365.25, 2]})
    times, came, dyads = endings.time_to(starts, events, {0: 999.0, 1: 740.5, 2: 375.25})
    assert dyads == [0, 1, 2]
    assert came.tolist() == [1.0, 0.0, 0.0]
    assert times == pytest.approx([363.25 / 365.25, 2.0, 1.0])


def test_outcomes_and_recurrence_are_those_published(shared_data):
    names = dict(zip((1, 2, 3, 4, 5), endings.OUTCOMES, strict=True)) | {6: "actor ceases"}
    known = pd.read_csv(shared_data / "empirics" / "termination_episodes_conflict_open.csv")

    def in_years(column):
        dates = pd.to_datetime(known[column], dayfirst=True, errors="coerce")
        return (dates - pd.Timestamp("1989-01-01")).dt.days / 365.25

    about = {"conflict": known["conflict_id"], "group": known["conflict_id"]}
    span = {"first_year": known["first_year"], "last_year": known["last_year"]}
    table = pd.DataFrame({**about, **span, "start": in_years("start"), "end": in_years("end")})
    table["outcome"] = known["outcome"].map(names).fillna("")
    ended = endings.ended_episodes(table, 1989, 2018)
    shares = (ended["outcome"].value_counts() / len(ended)).round(2)
    expected = {"agreement": 0.13, "ceasefire": 0.19, "government victory": 0.12}
    expected["rebel victory"] = 0.05
    assert {k: shares[k] for k in expected} == expected
    times, came = endings.recurrences(ended, 2020.0)
    assert 1 - survival(times, came, 2.0) == pytest.approx(0.18, abs=0.005)
    assert 1 - survival(times, came, 5.0) == pytest.approx(0.49, abs=0.005)


# -- at the edges


def year_counts(before, after=0.0):
    """Events on the first day of the year before an agreement on day 1095, and on the last day of the year after."""

    def rate(day):
        return np.where(day == 730, before, np.where(day == 1460, after, 0.0))

    return rate


@pytest.mark.parametrize(("before", "known"), [(10.0, True), (9.0, False)])
def test_the_year_before_needs_ten_events(before, known):
    rows = agreement_effects.agreement_rows(
        days_of(year_counts(before, 5.0)), signed((0, 1095, "full", np.nan))
    )
    found = rows.loc[0, "year_after"]
    assert found == pytest.approx(5.5 / 10.5) if known else np.isnan(found)


def test_the_years_around_an_agreement_leave_out_its_day_and_all_beyond():
    def rate(day):
        return np.where(np.isin(day, (729, 1095, 1461)), 500.0, np.where(day == 800, 20.0, 0.0))

    rows = agreement_effects.agreement_rows(days_of(rate), signed((0, 1095, "full", np.nan)))
    assert rows.loc[0, "year_after"] == pytest.approx(0.5 / 20.5)


def deaths_of(events, deaths, last=None):
    days = days_of(events, last=last)
    return dataclasses.replace(days, deaths=np.asarray(deaths(np.arange(4000)), dtype=float)[None])


@pytest.mark.parametrize(
    ("deaths", "events", "last", "expected"),
    [
        (25.0, 10.0, None, 0.0),
        (24.0, 10.0, None, np.nan),
        (25.0, 9.0, None, np.nan),
        (25.0, 10.0, 1095 + 1825, 0.0),
        (25.0, 10.0, 1095 + 1824, np.nan),
    ],
)
def test_relapse_asks_for_a_bloody_year_before_and_five_watched_after(deaths, events, last, expected):
    days = deaths_of(year_counts(events), lambda day: np.where(day == 730, deaths, 0.0), last)
    found = agreement_effects.agreement_rows(days, signed((0, 1095, "full", np.nan))).loc[0, "relapse"]
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("first", "second", "relapse"),
    [
        ((1096, 20.0), (1460, 11.0), 1.0),  # 31 of 60 in one year
        ((1096, 20.0), (1461, 11.0), 0.0),
        ((1096, 20.0), (1460, 10.0), 0.0),  # half is not more than half
        ((1096 + 1440, 31.0), None, 1.0),  # first day of the last window
        ((1096 + 1440 + 364, 31.0), None, 1.0),
        ((1096 + 1440 + 365, 31.0), None, 0.0),
        ((1095, 99.0), None, 0.0),
    ],
)
def test_relapse_is_a_year_with_more_than_half_of_the_deaths(first, second, relapse):
    def deaths(day):
        found = np.where(day == 730, 60.0, 0.0) + np.where(day == first[0], first[1], 0.0)
        return found if second is None else found + np.where(day == second[0], second[1], 0.0)

    days = deaths_of(year_counts(10.0), deaths)
    rows = agreement_effects.agreement_rows(days, signed((0, 1095, "full", np.nan)))
    assert rows.loc[0, "relapse"] == relapse


@pytest.mark.parametrize(
    ("day", "peak_day", "peak", "expected"),
    [
        (2000, 1700, 10.0, 1.0),
        (2000, 1700, 9.0, np.nan),
        (2000, 1999, 10.0, 1.0),
        (2000, 2000, 10.0, np.nan),
        (730, 400, 10.0, 1.0),
        (729, 400, 10.0, np.nan),
        (2000, 2000 - 1440 - 365, 10.0, 0.0),
        (2000, 2000 - 1440 - 366, 10.0, np.nan),
    ],
)
def test_the_peak_is_a_year_of_ten_events_within_five(day, peak_day, peak, expected):
    days = days_of(lambda d: np.where(d == peak_day, peak, 0.0))
    found = agreement_effects.agreement_rows(days, signed((0, day, "full", np.nan))).loc[0, "of_peak"]
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("late", "early", "expected"),
    [((910, 4.0), (909, 6.0), 4.5 / (6 * 90 / 275 + 0.5)), ((910, 4.0), (909, 5.0), np.nan)],
)
def test_the_last_ninety_days_stand_beside_the_rest_of_their_year(late, early, expected):
    days = days_of(lambda d: np.where(d == late[0], late[1], np.where(d == early[0], early[1], 0.0)))
    found = agreement_effects.agreement_rows(days, signed((0, 1000, "full", np.nan))).loc[0, "last_90"]
    assert found == pytest.approx(expected, nan_ok=True)
    ends = days_of(lambda d: np.where(d == 999, 20.0, np.where(d == 635, 30.0, 0.0)))
    whole = agreement_effects.agreement_rows(ends, signed((0, 1000, "full", np.nan))).loc[0, "last_90"]
    assert whole == pytest.approx(20.5 / (30 * 90 / 275 + 0.5))


def test_rows_have_the_group_of_their_dyad_and_an_end_on_the_day_lasts_a_little():
    days = dataclasses.replace(days_of(falling), group=np.array([6]))
    rows = agreement_effects.agreement_rows(days, signed((0, 1095, "full", 1095.0)))
    assert rows.loc[0, "group"] == 6
    times, came = agreement_effects.times_to_end(rows, np.array([3999.0]))
    assert (times.tolist(), came.tolist()) == ([0.01], [1.0])


@pytest.mark.parametrize(("next_start", "new"), [(25, False), (26, True), (19, False), (18, True)])
def test_a_ceasefire_within_five_days_of_the_last_is_its_renewal(next_start, new):
    table = pd.DataFrame({"conflict": [1, 1], "start": [10, next_start], "end": [20.0, 40.0]})
    assert endings.is_new(table).tolist() == [True, new]


def test_ceasefires_of_one_day_do_not_renew_each_other():
    table = pd.DataFrame({"conflict": [1, 1], "start": [10, 10], "end": [10.0, 10.0]})
    assert endings.is_new(table).tolist() == [True, True]


def test_episodes_are_taken_by_their_last_year_and_recur_in_their_own_conflict():
    rows = [("b", "b", 4, 4, 4.0, 4.5, "ceasefire"), ("a", "a", 5, 6, 5.0, 6.5, "agreement")]
    rows += [("a", "a", 1, 2, 1.0, 2.5, "ceasefire"), ("a", "a", 9, 9, 9.0, 9.9, "agreement")]
    table = pd.DataFrame(rows, columns=list(endings.EPISODE_COLUMNS))
    ended = endings.ended_episodes(table, 2, 6)
    assert ended[["conflict", "last_year"]].to_numpy().tolist() == [["a", 2], ["a", 6], ["b", 4]]
    times, came = endings.recurrences(ended, 10.0)
    assert times.tolist() == [2.5, 2.5, 6.0]
    assert came.tolist() == [1.0, 1.0, 0.0]
    assert endings.ended_episodes(table, 3, 5)["conflict"].tolist() == ["b"]


def test_a_recurrence_without_dates_counts_years_and_one_at_once_lasts_a_little():
    rows = [("a", "a", 1, 2, 1.0, np.nan, "ceasefire"), ("a", "a", 5, 6, 5.0, 6.0, "")]
    rows += [("b", "b", 1, 2, 1.0, 2.9, "ceasefire"), ("b", "b", 3, 4, 2.9, 4.0, "")]
    table = pd.DataFrame(rows, columns=list(endings.EPISODE_COLUMNS))
    times, _ = endings.recurrences(endings.ended_episodes(table, 0, 9), 9.0)
    assert times.tolist() == [3.0, 0.05]


@pytest.mark.parametrize(("day", "came"), [(97, True), (96, False)])
def test_what_came_up_to_three_days_before_follows(day, came):
    starts, events = (
        pd.DataFrame({"dyad": [0], "day": [100]}),
        pd.DataFrame({"dyad": [0, 0], "day": [20, day]}),
    )
    times, found, _ = endings.time_to(starts, events, {0: 465.25})
    assert found.tolist() == [float(came)]
    assert times == pytest.approx([0.01 if came else 1.0])


def test_years_without_ceasefires_have_none_of_either_kind():
    active = pd.DataFrame({"conflict": [1, 1], "year": [0, 1], "group": [5, 5]})
    table = pd.DataFrame(
        {"conflict": [1, 1, 1], "year": [0, 0, 0], "new": [True, True, False]}
        | {"unilateral": [True, False, False], "local": [False, False, False]}
    )
    counted = endings.per_active_year(active, table)
    assert counted.to_numpy().tolist() == [[1, 0, 5, 2, 1], [1, 1, 5, 0, 0]]
