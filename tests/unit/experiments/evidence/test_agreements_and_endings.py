"""Agreements and the ends of wars by hand, and against published figures."""

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
