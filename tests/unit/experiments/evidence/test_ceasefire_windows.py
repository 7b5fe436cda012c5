"""Violence around ceasefires by hand, and against published tables."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from day_tables import days_of, truces

from detente.experiments.evidence import truce_effects
from detente.experiments.evidence.day_table import DayTable
from detente.experiments.evidence.truce_mixture import Counts, LogNormal, fit_log_normal, fit_mixture
from detente.experiments.evidence.truce_windows import (
    fits,
    is_near,
    placebos,
    ratio,
    truce_rows,
)


def halved(day):
    return np.where(day < 400, 2.0, 1.0)


def test_ratios_compare_with_the_rate_before():
    rows = truce_rows(days_of(halved), truces((0, 400, np.nan, "")))
    assert rows.loc[0, "events_pre90"] == 180.0
    assert ratio(rows, "d0_89")[0] == pytest.approx(90.5 / 180.5)
    assert ratio(rows, "d0_30", 28)[0] == pytest.approx(31.5 / (56 * 31 / 28 + 0.5))
    assert ratio(rows, "d0_89", what="deaths")[0] == pytest.approx(180.5 / 360.5)


def test_what_is_not_watched_has_no_ratio_and_quiet_dyads_are_left_out():
    days = days_of(halved, lambda day: 0.0 * day, last=420)
    rows = truce_rows(days, truces((0, 400, np.nan, ""), (1, 400, np.nan, "")))
    assert len(rows) == 1
    assert np.isnan(ratio(rows, "d0_89")[0])


def test_placebo_dates_keep_away_from_ceasefires():
    near = is_near(days_of(halved), truces((0, 500, 900, "term")))[0]
    assert np.flatnonzero(near)[[0, -1]].tolist() == [500 - 91, 900 + 30]


def test_a_match_is_near_in_all_three_windows():
    pool = {"pre90": np.array([10.0, 30.0, 31.0]), "pre28": np.array([5.0, 5.0, 20.0])}
    pool["pre365"] = np.array([90.0, 90.0, 90.0])
    assert fits(pool, {28: 5.0, 90: 30.0, 365: 100.0}).tolist() == [1]
    assert fits(pool, {28: np.nan, 90: 30.0, 365: np.nan}).tolist() == [1, 2]


def test_placebos_of_a_steady_war_show_no_fall():
    days = days_of(lambda day: 0 * day + 2.0, length=3000)
    events = truces((0, 400, 410, "term"))
    rows = placebos(days, events, truce_rows(days, events))
    assert len(rows) == 8
    assert (rows["start"] >= 400 + 366).all()
    assert ratio(rows, "d0_89") == pytest.approx(1.0)


def test_a_ceasefire_took_hold_and_lasts_until_violence_is_back():
    def kept(day):
        return np.where((day >= 400) & (day < 520), 0.2, 2.0)

    days = days_of(kept, halved)
    rows = truce_rows(days, truces((0, 400, np.nan, ""), (1, 400, np.nan, "")))
    assert truce_effects.took_hold(days, rows)["held"].tolist() == [1.0, 0.0]
    months, back, group = truce_effects.behaviour(days, rows)
    assert (months.tolist(), back.tolist(), group.tolist()) == ([4], [1.0], [0])


def test_a_ceasefire_that_is_watched_no_longer_is_censored():
    days = days_of(lambda day: np.where(day >= 400, 0.2, 2.0), last=495)
    months, back, _ = truce_effects.behaviour(days, truce_rows(days, truces((0, 400, np.nan, ""))))
    assert (months.tolist(), back.tolist()) == ([3], [0.0])


def test_hazards_count_months_at_risk():
    values = np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 0.0]])
    assert truce_effects.monthly_hazard(1, 2)(values) == pytest.approx(2 / 5)


def test_after_the_end_the_level_is_that_before_the_start():
    def back(day):
        return np.where((day >= 400) & (day <= 430), 0.0, np.where(day > 430, 3.0, 2.0))

    days = days_of(back)
    both = truces((0, 400, 430, "party"), (0, 480, 500, "term"))
    first = truce_effects.after_end(days, both).iloc[0]
    assert first["d1_30"] == pytest.approx(90.5 / 60.5)
    assert not first["alone"]
    assert truce_effects.days_to_next(both, both).tolist() == [50.0, np.inf]


def test_the_rise_before_is_measured_against_the_year():
    def rising(day):
        return np.where(day < 372, 1.0, 2.0)

    days = days_of(rising)
    table, _ = truce_effects.rise(days, truce_rows(days, truces((0, 400, np.nan, ""))))
    assert table[0] == pytest.approx([2.0, 1.0, 2.0], rel=2e-2)


def test_a_mixture_finds_those_that_hold():
    rng = np.random.default_rng(3)
    expected = np.full(400, 40.0)
    holds = rng.random(400) < 0.3
    log_ratio = np.where(holds, rng.normal(-3.0, 0.5, 400), rng.normal(-0.2, 0.5, 400))
    counts = Counts(rng.poisson(expected * np.exp(log_ratio)), expected)
    fitted, _ = fit_mixture(counts, LogNormal(-0.2, 0.5))
    assert fitted.share == pytest.approx(0.3, abs=0.05)
    assert fitted.holds.mean == pytest.approx(-3.0, abs=0.4)


def test_the_likelihood_of_a_count_is_an_integral_over_ratios():
    counts = Counts(np.array([0.0, 80.0]), np.array([2.0, 100.0]))
    small, large = counts.log_likelihoods(LogNormal(0.0, 0.06))
    assert small == pytest.approx(-2.0, abs=0.02)
    variance = 0.06**2 + 1 / 80
    exact = -0.5 * math.log(2 * math.pi * variance) - 0.5 * math.log(0.8) ** 2 / variance - math.log(80)
    assert large == pytest.approx(exact)


# -- on the open data


def test_windows_are_those_published(shared_data):
    published = pd.read_csv(shared_data / "empirics" / "s2_mixture_posteriors.csv")
    known = pd.read_csv(shared_data / "conflicts" / "ceasefires.csv")
    compared = 0
    for case in ("sri-lanka-ltte", "turkey-pkk", "angola-unita"):
        daily = pd.read_csv(shared_data / "conflicts" / f"{case}.daily.csv")
        first = date.fromisoformat(daily["date"][0])
        counts = [daily[c].to_numpy(float)[None] for c in ("events", "deaths")]
        one = np.array([0])
        days = DayTable(first, *counts, np.array([len(daily) - 1]), one, one)
        mine = known[(known["case"] == case) & pd.to_datetime(known["effect"], errors="coerce").notna()]
        mine = mine[mine["effect_precision"] == "day"]
        table = truces(*((0, (date.fromisoformat(d) - first).days, np.nan, "") for d in mine["effect"]))
        table["uid"] = mine["cf_uniq_id"].to_numpy()
        rows = truce_rows(days, table).merge(published, on="uid")
        assert rows["events_pre90"].tolist() == rows["e_pre90"].tolist()
        assert rows["events_d0_89"].tolist() == rows["e_d0_89"].tolist()
        compared += len(rows)
    assert compared >= 25


def test_share_and_mixture_are_those_published(shared_data):
    rows = pd.read_csv(shared_data / "empirics" / "s2_mixture_posteriors.csv")
    count, before = rows["e_d0_89"].to_numpy(float), rows["e_pre90"].to_numpy(float)
    assert np.mean((count + 0.5) / (before + 0.5) < 0.25) == pytest.approx(0.22, abs=5e-3)
    counts = Counts(count, before)
    assert fit_mixture(counts, LogNormal(math.log(0.77), 0.74))[0].share == pytest.approx(0.154, abs=0.01)
    assert fit_log_normal(counts) == pytest.approx((-0.72, 1.18), abs=0.01)
