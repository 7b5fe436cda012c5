"""Refits: rates, severity, season and dispersion of a case, each against what it is defined to be."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from detente.experiments.evidence import refit as module
from detente.experiments.evidence.likelihood import Days, fit_at
from detente.experiments.evidence.moments import month_factors
from detente.experiments.evidence.refit import (
    Known,
    Refit,
    at_day,
    fitted_dispersion,
    known_season,
    level,
    month_of,
    opened_at,
    pooled_branching,
    pooled_share,
    rates_of,
    refit,
    series_season,
    smoothed,
    total_deaths,
    total_rate,
)
from detente.model.calendars import season_curve
from detente.model.catalogue import load_scenario
from detente.model.scenario import FactSpec

AFGHAN = load_scenario("afghanistan-2018")
KOREA = load_scenario("korea-2017")


def months(n, last="2017-12"):
    return pd.period_range(end=last, periods=n, freq="M").to_timestamp().to_numpy().astype("datetime64[D]")


def days(n, last="2017-12-31", level_=3.0, seed=1):
    rng = np.random.default_rng(seed)
    index = pd.date_range(end=last, periods=n, freq="D")
    events = rng.poisson(level_ * (1 + 0.3 * np.sin(2 * np.pi * index.day_of_year.to_numpy() / 365)))
    return pd.DataFrame({"events": events, "deaths": events * 4.0}, index=index).astype(float)


def known(daily=None, n_months=60):
    values = 100.0 + 20.0 * np.sin(2 * np.pi * np.arange(n_months) / 12) + np.arange(n_months)
    return Known(date(2018, 1, 1), daily, values, months(n_months))


# -- what a case has


def test_rates_and_deaths_of_all_sides_and_spoilers():
    hostile = [r for r in AFGHAN.relation if r.hostile]
    targets = [t for s in AFGHAN.spoiler for t in s.target]
    assert len(hostile) < len(AFGHAN.relation)
    assert targets
    rates = [*(rate for r in hostile for rate in r.attacks), *(t.attacks for t in targets)]
    assert rates_of(AFGHAN) == rates
    assert total_rate(AFGHAN) == pytest.approx(sum(rates))
    deaths = sum(a * d for r in hostile for a, d in zip(r.attacks, r.deaths_per_event, strict=True))
    deaths += sum(t.attacks * t.deaths_per_event for t in targets)
    assert total_deaths(AFGHAN) == pytest.approx(deaths)
    assert total_deaths(KOREA) == 0.0
    assert pooled_share(AFGHAN) == pytest.approx(sum(r * r for r in rates) / sum(rates) ** 2)


def test_branching_is_what_the_background_leaves():
    v = AFGHAN.parameters.violence
    still = v.model_copy(update={"n_own": 0.3, "n_rec": 0.0, "n_ally": 0.0})
    case = AFGHAN.model_copy(update={"parameters": AFGHAN.parameters.model_copy(update={"violence": still})})
    dyads = sum(a for r in case.relation if r.hostile for a in r.attacks)
    assert pooled_branching(case) == pytest.approx(0.3 * dyads / total_rate(case))
    peaceful = AFGHAN.model_copy(
        update={
            "relation": tuple(r.model_copy(update={"attacks": (0.0, 0.0)}) for r in AFGHAN.relation),
            "spoiler": (),
        }
    )
    assert pooled_branching(peaceful) == 0.0


# -- levels and seasons


def test_months_and_levels():
    k = known()
    assert month_of(k)[[0, 11, 12]].tolist() == [1, 12, 1]
    assert k.year_before.tolist() == k.monthly[-12:].tolist()
    season = tuple(1.0 + 0.1 * i for i in range(12))
    found = level(np.array([10.0, 20.0]), np.array([1, 12]), season)
    assert found == pytest.approx(30.0 / (1.0 + 2.1))
    assert level(np.zeros(0), np.zeros(0, int), season) == 0.0


def test_a_season_is_smoothed_to_two_harmonics():
    factors = np.array([1.0, 1.2, 1.4, 1.1, 0.9, 0.8, 0.7, 0.9, 1.0, 1.1, 1.0, 0.9])
    curve = season_curve(tuple(factors), (np.arange(12) + 0.5) / 12)
    assert smoothed(factors) == pytest.approx(tuple(curve / curve.mean()))
    assert np.mean(smoothed(3.0 * factors)) == pytest.approx(1.0)


@pytest.mark.parametrize(("n", "own"), [(729, True), (730, False), (4000, False)])
def test_the_season_of_days_needs_two_years_and_takes_ten(n, own):
    daily = days(n)
    found = known_season(AFGHAN, known(daily))
    recent = daily.iloc[-3650:]
    of_days = smoothed(month_factors(recent["events"].to_numpy(), recent.index.month, recent.index.year))
    of_case = smoothed(np.asarray(AFGHAN.calendar.season))
    assert found == pytest.approx(of_case if own else of_days)


@pytest.mark.parametrize(("n", "own"), [(23, True), (24, False), (150, False)])
def test_the_season_of_months(n, own):
    k = known(n_months=n)
    recent = slice(-120, None)
    years = k.months[recent].astype("datetime64[Y]").astype(int)
    of_series = smoothed(month_factors(k.monthly[recent], month_of(k)[recent], years))
    of_case = smoothed(np.asarray(AFGHAN.calendar.season))
    assert known_season(AFGHAN, k) == pytest.approx(of_case if own else of_series)
    assert series_season(k) == pytest.approx(of_series)


# -- refits


def test_with_months_the_scale_does_all():
    k = known()
    fit = refit(AFGHAN, k)
    season = known_season(AFGHAN, k)
    assert (fit.events, fit.deaths, fit.dispersion) == (1.0, 1.0, AFGHAN.parameters.violence.dispersion)
    assert fit.season == season
    assert fit.expected == pytest.approx(level(k.monthly[-12:], month_of(k)[-12:], season))


def test_with_days_rates_and_severity_are_those_of_the_last_year():
    daily = days(900)
    k = known(daily)
    fit = refit(AFGHAN, k)
    year = daily.iloc[-365:]
    weights = np.asarray(fit.season)[year.index.month - 1]
    assert fit.events == pytest.approx(year["events"].sum() / weights.sum() / total_rate(AFGHAN))
    assert fit.deaths == pytest.approx(4.0 / (total_deaths(AFGHAN) / total_rate(AFGHAN)))
    assert fit.dispersion == pytest.approx(fitted_dispersion(AFGHAN, k))
    assert fit.expected == pytest.approx(level(k.monthly[-12:], month_of(k)[-12:], fit.season))


def test_severity_stays_where_nobody_is_killed_or_nothing_happened():
    assert refit(KOREA, known(days(800))).deaths == 1.0
    quiet = days(800)
    quiet.iloc[-365:] = 0.0
    assert refit(AFGHAN, known(quiet)).deaths == 1.0


def test_dispersion_is_fitted_to_five_years_and_shared_by_the_sources():
    daily = days(2000)
    recent = daily.iloc[-1825:]
    start = recent.index[0].date()
    holidays = module.projected(AFGHAN, start, date(2017, 12, 31))
    factors = np.array(module.marked(holidays, start, 1825))
    fit = fit_at(
        Days.of(recent["events"].to_numpy(), start, factors),
        pooled_branching(AFGHAN),
        AFGHAN.parameters.violence.memory,
    )
    expected = np.clip(fit.kappa * pooled_share(AFGHAN), 0.5, 50.0)
    assert fitted_dispersion(AFGHAN, known(daily)) == pytest.approx(expected)


@pytest.mark.parametrize(("kappa", "expected"), [(1e-3, 0.5), (1e9, 50.0)])
def test_dispersion_is_bounded(monkeypatch, kappa, expected):
    monkeypatch.setattr(module, "fit_at", lambda *args: type("Fit", (), {"kappa": kappa}))
    assert fitted_dispersion(AFGHAN, known(days(400))) == expected


# -- another day


FIT = Refit(2.0, 0.5, tuple([1.0] * 11 + [1.5]), 7.0, 100.0, "")


def test_a_case_on_another_day():
    made = at_day(AFGHAN, FIT, date(2016, 1, 1), date(2016, 12, 31))
    case = made.case
    assert (case.start, case.end, case.pivot) == (date(2016, 1, 1), date(2016, 12, 31), date(2016, 1, 1))
    assert (case.step_days, case.deaths_scale, made.observed) == (1.0, 1.0, ())
    assert (made.calendar.season, made.calendar.severity) == (FIT.season, {})
    assert [h.start for h in made.calendar.holidays] == [date(2016, 7, 6), date(2016, 9, 11)]
    for mine, own in zip(made.relation, AFGHAN.relation, strict=True):
        assert mine.attacks == tuple(2.0 * a for a in own.attacks)
        assert mine.deaths_per_event == tuple(max(0.5 * d, 1.0) for d in own.deaths_per_event)
    mine = [t for s in made.spoiler for t in s.target]
    own = [t for s in AFGHAN.spoiler for t in s.target]
    assert [t.attacks for t in mine] == [2.0 * t.attacks for t in own]
    assert [t.deaths_per_event for t in mine] == [max(0.5 * t.deaths_per_event, 1.0) for t in own]
    assert total_rate(made) == pytest.approx(2.0 * total_rate(AFGHAN))


def test_the_case_is_opened_there_with_nothing_imposed():
    start = opened_at(AFGHAN, FIT, date(2016, 1, 1), date(2016, 12, 31))
    assert start.parameters.violence.dispersion == 7.0
    assert start.parameters.trust == AFGHAN.parameters.trust
    assert start.policy.move == ()
    assert start.scenario.case.start == date(2016, 1, 1)


def test_the_violence_of_the_data_is_not_drawn():
    """What else is not known of the case stays unknown."""
    paths = (
        "relation.taliban.afghan-government.attacks",
        "relation.taliban.afghan-government.deaths_per_event",
        "spoiler.islamic-state.afghan-government.attacks",
        "party.taliban.morale",
    )
    facts = tuple(FactSpec(path=path, low=0.0, high=500.0, grade="prior") for path in paths)
    unsure = AFGHAN.model_copy(update={"facts": facts})
    made = at_day(unsure, FIT, date(2016, 1, 1), date(2016, 12, 31))
    assert [fact.path for fact in made.facts] == ["party.taliban.morale"]
    assert module.pooled_branching(unsure) == module.pooled_branching(AFGHAN)
