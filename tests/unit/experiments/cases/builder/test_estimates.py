"""What is read off counts: rates and their ranges, shares of sides, tails, seasons and holidays."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from detente.experiments.cases.builder import attack_rates as rates
from detente.experiments.cases.builder.estimate import Estimate, significant
from detente.experiments.cases.builder.evidence import Evidence
from detente.experiments.cases.builder.seasons import chance_of_none, eids, fit, holidays_between, season_of
from detente.experiments.cases.builder.span import Span, n_events
from detente.experiments.cases.builder.volatility import daily_dispersion, volatility
from detente.model.prior_ranges import RANGES, share_of_attacks


def daily(events: np.ndarray, deaths: np.ndarray | None = None) -> Evidence:
    days = pd.date_range("2001-01-01", periods=len(events), freq="D")
    table = pd.DataFrame({"events": events, "deaths": events if deaths is None else deaths}, index=days)
    monthly = table[["deaths"]].resample("MS").sum()
    return Evidence(daily=table.astype(float), monthly=monthly.astype(float), total="deaths")


def test_events_between_two_days_are_counted_or_months_with_deaths():
    first, last = date(2001, 1, 1), date(2001, 3, 31)
    monthly = pd.DataFrame({"deaths": [0.0, 1.0, 5.0]}, index=pd.date_range(first, periods=3, freq="MS"))
    assert n_events(Evidence(monthly=monthly, total="deaths"), first, last) == 2
    assert n_events(daily(np.full(90, 2)), date(2001, 1, 2), date(2001, 1, 4)) == 6
    assert n_events(Evidence(), first, last) == 0


def whole(e: Evidence) -> Span:
    first, last = e.span
    return Span(first, last, first, first, last)


def poisson(mean: float | np.ndarray, days: int = 6 * 365, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, size=days).astype(float)


def test_a_rate_lies_in_its_range_and_the_range_narrows_with_years():
    widths = []
    for years in (2, 10):
        e = daily(poisson(0.5, years * 365))
        span = whole(e)
        c = rates.counted(e, span)
        found = rates.attacks(c, rates.deadliness(c, e, span), e, span)
        assert found.low < 0.5 < found.high
        assert found.grade == "data"
        widths.append(found.high / found.low)
    assert widths[1] < widths[0]


def test_deaths_by_month_that_are_not_seen_by_day_scale_deaths():
    e = daily(poisson(0.5))
    assert e.monthly is not None
    double = Evidence(daily=e.daily, monthly=2.0 * e.monthly, total="deaths")
    span = whole(double)
    assert rates.scale(rates.counted(double, span), double, span).value == pytest.approx(2.0)


PARTS = [slice(0, 365), slice(400, 900), slice(-365, None), slice(20, 500)]
"""Days of six years that a file may hold beside months of all."""


@pytest.mark.parametrize("part", PARTS)
def test_days_that_are_not_in_a_file_are_not_days_without_attacks(part):
    """Else a war of which one year is known by day would have a sixth of its attacks, each six times as deadly."""
    e = daily(poisson(0.5), 4.0 * poisson(0.5))
    some = Evidence(daily=e.daily.iloc[part], monthly=e.monthly, total="deaths")
    span = whole(some)
    c = rates.counted(some, span)
    found = rates.attacks(c, rates.deadliness(c, some, span), some, span)
    assert c.days == len(e.daily.iloc[part])
    assert 0.35 < found.value < 0.65
    assert rates.scale(c, some, span).value == 1.0


def test_a_war_that_grew_after_the_days_of_a_file_has_the_attacks_of_all_months():
    """Deaths by month say how much more there was: rate times deaths times scale are those of the whole."""
    e = daily(poisson(np.repeat([0.2, 0.8], 3 * 365)))
    some = Evidence(daily=e.daily.iloc[: 3 * 365], monthly=e.monthly, total="deaths")
    span = whole(some)
    c = rates.counted(some, span)
    found = rates.attacks(c, rates.deadliness(c, some, span), some, span)
    assert found.value == pytest.approx(float(e.daily["events"].mean()), rel=0.1)
    assert "the deaths of all months over those of these days" in found.source


def test_days_throughout_leave_a_rate_as_it_is():
    e = daily(poisson(0.5))
    c = rates.counted(e, whole(e))
    assert (c.level, c.days) == (1.0, 6 * 365)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_the_share_of_a_side_is_that_of_its_foes_deaths(share):
    theirs = np.random.default_rng(2).random(400) < share
    events = pd.DataFrame({"deaths_a": np.where(theirs, 0, 3), "deaths_b": np.where(theirs, 3, 0)})
    found = rates.side_share(events)
    assert found.value == pytest.approx(share, abs=0.06)
    assert found.low < share < found.high
    assert found.grade == "data"


def test_a_side_without_deaths_told_apart_is_split_by_the_prior():
    for events in (None, pd.DataFrame({"deaths_a": [0.0] * 50, "deaths_b": [np.nan] * 50})):
        found = rates.side_share(events)
        assert (found.value, found.grade) == (0.5, "prior")
        assert found.low == share_of_attacks().low


def test_a_split_keeps_the_rate_and_takes_the_worse_grade():
    rate = Estimate(2.0, 1.0, 4.0, "data", "counted")
    a, b = rates.split(rate, Estimate(0.7, 0.6, 0.8, "data", "deaths"))
    assert a.value + b.value == pytest.approx(2.0)
    assert a.low < 0.7 < a.high
    assert a.grade == b.grade == "data"
    assert rates.split(rate, Estimate(0.5, 0.3, 0.7, "prior", "judgement"))[0].grade == "judgement"


@pytest.mark.parametrize("exponent", [1.4, 2.2, 3.0])
def test_the_tail_of_a_power_law_is_found(exponent):
    sizes = np.floor(4.5 * (1.0 + np.random.default_rng(3).pareto(exponent, 4000)) + 0.5)
    value, _ = rates.tail(sizes)
    assert value == pytest.approx(exponent, rel=0.1)


def test_too_few_large_events_give_no_tail():
    value, why = rates.tail(np.full(49, 9.0))
    assert value is None
    assert "49 such events, at least 50 events of 5 deaths and more needed" in why


def test_a_season_is_seen_where_there_is_one():
    days = pd.date_range("2001-01-01", periods=8 * 365, freq="D")
    wave = 0.4 * np.exp(0.6 * np.cos(2 * np.pi * (np.asarray(days.month) - 7) / 12))
    e = daily(poisson(wave, len(days)))
    found = season_of(e, whole(e))
    assert found.shown
    assert np.argmax(found.factors) in (5, 6, 7)
    assert np.mean(found.factors) == pytest.approx(1.0, abs=0.01)
    assert found.peak().low < max(found.factors) < found.peak().high


def test_a_season_is_seldom_seen_where_there_is_none():
    """300 years by month in clusters, twice as uneven as chance: 1 in 100 is allowed, and four standard errors."""
    dice = np.random.default_rng(4)
    chances = [
        chance_of_none(dice.negative_binomial(10, 0.5, size=(8, 12)).astype(float)) for _ in range(300)
    ]
    assert np.mean(np.array(chances) < 0.01) < 0.01 + 4 * np.sqrt(0.01 * 0.99 / 300)


def test_eids_stand_where_the_calendar_has_them():
    known = {(f.name, f.first) for f in eids(date(2018, 1, 1), date(2018, 12, 31))}
    assert known == {("Eid al-Fitr 2018", date(2018, 6, 15)), ("Eid al-Adha 2018", date(2018, 8, 21))}


def test_holidays_fit_where_events_fall_and_stand_in_the_case():
    e = daily(poisson(2.0))
    assert e.daily is not None
    days, feasts = e.daily["events"].copy(), list(eids(date(2001, 1, 1), date(2006, 12, 31)))
    assert fit("the two Eids", feasts, days).factor is None
    for feast in feasts:
        days.loc[str(feast.first) : str(feast.last)] = 0.0
    found = fit("the two Eids", feasts, days)
    assert found.factor is not None
    assert found.factor < 0.1
    tables = holidays_between([found], date(2010, 1, 1), date(2011, 12, 31))
    assert len(tables) == 4
    assert all(a["until"] < b["from"] for a, b in pairwise(tables))


def test_the_level_of_a_war_is_measured_where_it_is_well_seen():
    rng = np.random.default_rng(5)
    x, level = np.zeros(120), 0.0
    for t in range(120):
        level = 0.85 * level + 0.4 * rng.normal()
        x[t] = level
    months = pd.date_range("2001-01-01", periods=120, freq="MS")
    deaths = rng.poisson(60 * np.exp(x))
    e = Evidence(monthly=pd.DataFrame({"deaths": deaths.astype(float)}, index=months), total="deaths")
    found = volatility(e, whole(e))
    assert 0.3 < found["level_spread"] < 1.4  # the true one is .4 / sqrt(1 - .85^2) = .76
    quiet = Evidence(monthly=pd.DataFrame({"deaths": np.ones(120)}, index=months), total="deaths")
    assert volatility(quiet, whole(quiet))["level_spread"] is None


def test_days_in_clusters_are_uneven_and_others_are_not():
    even = daily(poisson(1.0))
    assert daily_dispersion(even, whole(even)) == pytest.approx(1.0, abs=0.1)
    clusters = daily(np.random.default_rng(6).negative_binomial(1, 0.5, size=6 * 365).astype(float))
    assert daily_dispersion(clusters, whole(clusters)) == pytest.approx(2.0, abs=0.25)


def test_a_spoiler_has_its_share_of_all_attacks():
    found = rates.spoiling(Estimate(10.0, 5.0, 20.0, "data", "counted"))
    assert (found.low, found.high) == (10 * RANGES["spoiling"].low, 10 * RANGES["spoiling"].high)
    assert found.grade == "prior"


def test_numbers_are_cut_and_rounded_without_losing_their_range():
    found = Estimate(0.123456, 0.1234561, 0.1234562, "data", "x").rounded()
    assert found.low <= found.value <= found.high
    assert Estimate(5.0, 1.0, 9.0, "data", "x").within(0.0, 3.0)[:3] == (3.0, 1.0, 3.0)
    assert "cut from 5" in Estimate(5.0, 1.0, 9.0, "data", "x").within(0.0, 3.0).source
    assert [significant(x) for x in (0.0, 123456.0, 0.00123456)] == [0.0, 123500.0, 0.001235]
