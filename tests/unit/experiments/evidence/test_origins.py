"""Origins: which series is scored, what was known, which months there are, and forecasts from counted runs."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.data.observations import Observed
from detente.experiments.evidence import origins as module
from detente.experiments.evidence.nulls import past_errors, seasonal_level
from detente.experiments.evidence.origins import (
    Origin,
    Target,
    ahead,
    at_origin,
    check_fresh,
    check_scorable,
    chosen_target,
    known_before,
    months_between,
    origins,
)
from detente.experiments.evidence.refit import Known, Refit, at_day, refit, total_deaths, total_rate
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

AFGHAN = load_scenario("afghanistan-2018")


def daily(first, last, **columns):
    index = pd.date_range(first, last, freq="D")
    made = {"events": np.ones(len(index)), "deaths": 2.0 * np.ones(len(index))}
    return pd.DataFrame(made | columns, index=index)


def monthly(n=48, first="2014-01-01", **columns):
    index = pd.date_range(first, periods=n, freq="MS")
    return pd.DataFrame({"deaths_all": np.arange(float(n)), "bombs": np.ones(n)} | columns, index=index)


def observed(days=None, months=None):
    return Observed(("test",), (), daily=days, monthly=months)


# -- the series


def test_months_are_scored_by_deaths_in_all_or_as_asked():
    data = observed(months=monthly())
    assert (chosen_target(data, None).name, chosen_target(data, None).deaths) == ("deaths_all", True)
    assert (chosen_target(data, "bombs").name, chosen_target(data, "bombs").deaths) == ("bombs", False)
    with pytest.raises(InputError, match="--series: got 'x'; expected one of deaths_all, bombs"):
        chosen_target(data, "x")


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2014-01-01", "2014-03-31", ["2014-01", "2014-02", "2014-03"]),
        ("2014-01-02", "2014-03-31", ["2014-02", "2014-03"]),
        ("2014-01-01", "2014-03-30", ["2014-01", "2014-02"]),
        ("2014-01-02", "2014-03-30", ["2014-02"]),
    ],
)
def test_days_are_summed_over_whole_months(first, last, months):
    target = chosen_target(observed(days=daily(first, last)), None)
    assert [f"{m:%Y-%m}" for m in target.values.index] == months
    assert target.name == "deaths"
    assert target.values.loc["2014-02-01"] == 56.0


def test_a_series_that_is_not_there():
    with pytest.raises(InputError, match="hold neither days nor months"):
        chosen_target(observed(), None)
    with pytest.raises(InputError, match="--series: the files have events; choose one"):
        chosen_target(observed(days=daily("2014-01-01", "2014-03-31").drop(columns="deaths")), None)
    with pytest.raises(InputError, match="covers no calendar month whole; expected 36 and more"):
        chosen_target(observed(days=daily("2014-01-02", "2014-01-30")), None)


def test_what_was_known_before_a_day():
    data = observed(daily("2014-01-01", "2016-12-31"), monthly())
    known = known_before(data, chosen_target(data, None), date(2015, 6, 1))
    assert known.origin == date(2015, 6, 1)
    assert known.daily.index[-1] == pd.Timestamp("2015-05-31")
    assert known.monthly.tolist() == list(range(17))
    assert str(known.months[-1]) == "2015-05-01"


@pytest.mark.parametrize(("day", "enough"), [(date(2014, 12, 31), False), (date(2015, 1, 1), True)])
def test_days_need_a_year_and_both_counts(day, enough):
    data = observed(daily("2014-01-01", "2016-12-31"), monthly())
    assert (known_before(data, chosen_target(data, None), day).daily is not None) is enough
    for column in ("events", "deaths"):
        less = observed(data.daily.drop(columns=column), data.monthly)
        late = known_before(less, chosen_target(less, None), date(2016, 1, 1))
        assert (late.daily, late.months_only) == (None, f"the days have no column {column}")
    early = known_before(data, chosen_target(data, None), date(2014, 6, 1))
    assert (early.daily, early.months_only) == (None, "fewer than 365 days before the origin")
    assert (
        known_before(observed(months=monthly()), chosen_target(data, None), day).months_only
        == "no daily data"
    )


def first_days(first, n):
    return [stamp.date() for stamp in pd.date_range(first, periods=n, freq="MS")]


@pytest.mark.parametrize(
    ("last", "n", "said"),
    [
        ("2016-12-31", 12, None),  # the last origin is 1 December 2016
        ("2016-11-30", 12, None),
        ("2016-11-29", 12, "end on 2016-11-29, before the forecast origin 2016-12-01.*--until 2016-11-01"),
        ("2016-06-15", 12, "end on 2016-06-15, before the forecast origin 2016-12-01.*--until 2016-06-01"),
        ("2016-05-31", 12, "--until 2016-06-01"),
        ("2015-12-31", 12, "before the forecast origin 2016-12-01.*--until 2016-01-01"),
        ("2015-12-30", 12, "up to the last origin, or leave the daily file out"),
        ("2014-12-31", 1, "end on 2014-12-31, before the forecast origin 2016-01-01"),
        ("2015-12-31", 1, None),
    ],
)
def test_days_that_end_before_an_origin_are_refused(last, n, said):
    data, days = observed(daily("2013-01-01", last), monthly()), first_days("2016-01-01", n)
    if said is None:
        check_fresh(data, days)
        return
    with pytest.raises(InputError, match=said):
        check_fresh(data, days)


def test_months_alone_are_never_stale():
    check_fresh(observed(months=monthly()), first_days("2016-01-01", 3))
    unused = daily("2013-01-01", "2014-01-31").drop(columns="events")
    check_fresh(observed(unused, monthly()), first_days("2016-01-01", 3))


def test_a_case_is_scored_on_what_its_runs_can_hold():
    data = observed(months=monthly())
    korea = load_scenario("korea-2017")
    check_scorable(AFGHAN, chosen_target(data, None))
    check_scorable(korea, chosen_target(data, "bombs"))
    assert total_deaths(korea) == 0
    with pytest.raises(
        InputError, match="korea-2017: has no deaths at its base rates, so it cannot be scored"
    ):
        check_scorable(korea, chosen_target(data, None))
    still = AFGHAN.model_copy(update={"relation": (), "spoiler": ()})
    for series_name, what in (("deaths_all", "deaths"), ("bombs", "attacks")):
        with pytest.raises(InputError, match=f"afghanistan-2018: has no {what} at its base rates"):
            check_scorable(still, chosen_target(data, series_name))


# -- the months


@pytest.mark.parametrize(
    ("first", "second", "n"),
    [
        (date(2014, 1, 1), date(2014, 12, 1), 11),
        (date(2014, 12, 1), date(2015, 1, 1), 1),
        (date(2014, 3, 1), date(2013, 1, 1), -14),
    ],
)
def test_months_between(first, second, n):
    assert months_between(first, second) == n


def test_months_ahead():
    assert ahead(date(2014, 11, 1), 3) == [
        date(2014, 11, 1),
        date(2014, 12, 1),
        date(2015, 1, 1),
        date(2015, 2, 1),
    ]


def series(n=48):
    values = monthly(n)["deaths_all"]
    return Target("deaths_all", values, deaths=True)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2014, 1, 1), None, [date(2017, m, 1) for m in range(1, 13)]),
        (date(2017, 10, 1), None, [date(2017, m, 1) for m in (10, 11, 12)]),
        (date(2017, 9, 2), date(2017, 11, 1), [date(2017, m, 1) for m in (10, 11)]),
        (date(2017, 9, 2), date(2030, 1, 1), [date(2017, m, 1) for m in (10, 11, 12)]),
    ],
)
def test_origins_are_months_with_three_years_before_them(first, last, expected):
    assert origins(series(), first, last) == expected


def test_a_series_that_is_too_short_has_no_origin():
    assert origins(series(37), date(2014, 1, 1), None) == [date(2017, 1, 1)]
    with pytest.raises(
        InputError, match="runs from 2014-01 to 2016-12, and a first origin needs 36 months before it"
    ):
        origins(series(36), date(2014, 1, 1), None)


# -- forecasts


def origin(raw, scale=2.0, spread=None):
    values = 50.0 + np.arange(40.0) % 7
    months = pd.date_range("2014-01-01", periods=40, freq="MS").to_numpy().astype("datetime64[D]")
    known = Known(date(2017, 5, 1), None, values, months)
    fit = Refit(1.0, 1.0, tuple([1.0] * 12), 1.0, 100.0, "")
    made = Origin(date(2017, 5, 1), known, fit, np.asarray(raw, dtype=float), scale)
    if spread is not None:
        object.__setattr__(made, "spread", lambda lead: spread)
    return made


def test_runs_that_ended_early_are_left_out_of_a_lead():
    made = origin([[1.0, 2.0], [3.0, np.nan]])
    assert made.runs_of(1).tolist() == [1.0, 3.0]
    assert made.runs_of(2).tolist() == [2.0]


def test_the_models_own_history_has_its_own_season():
    h = origin([[1.0]]).own_history()
    assert h.values.tolist() == origin([[1.0]]).known.monthly.tolist()
    assert h.month[:2].tolist() == [1, 2]
    assert h.season == tuple([1.0] * 12)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([[40.0], [60.0]], 1.25 / 1.04 - 1.0),
        ([[50.0], [50.0]], 0.25),
        ([[0.0], [100.0]], 0.0),  # the runs vary by more than past errors do
        ([[0.0], [0.0]], 0.25),
    ],
)
def test_the_spread_is_what_past_errors_show_beyond_the_runs(monkeypatch, raw, expected):
    asked = []

    def sized(seen, means):
        asked.append((seen.tolist(), means.tolist()))
        return 4.0

    monkeypatch.setattr(module, "fitted_size", sized)
    made = origin(raw)
    assert made.spread(1) == pytest.approx(expected)
    seen, means = past_errors(seasonal_level, made.own_history(), 1)
    assert asked == [(seen.tolist(), means.tolist())]


def test_a_forecast_is_poisson_around_counts_times_the_scale():
    key = [date(2017, 5, 1).toordinal(), 1]
    made = origin([[1.0], [3.0]], scale=2.0, spread=0.5)
    noise = np.random.default_rng([*key, 1])
    assert made.forecast(1, with_spread=False).tolist() == noise.poisson([2.0, 6.0]).tolist()
    sigma = np.sqrt(np.log(1.5))
    draws = np.random.default_rng(key).standard_normal(2)
    means = np.array([2.0, 6.0]) * np.exp(sigma * draws - sigma**2 / 2)
    expected = np.random.default_rng([*key, 1]).poisson(means)
    assert made.forecast(1, with_spread=True).tolist() == expected.tolist()
    still = origin([[1.0], [3.0]], spread=0.0)
    assert still.forecast(1, with_spread=True).tolist() == still.forecast(1, with_spread=False).tolist()


@pytest.mark.parametrize("scale", [0.004, 0.05, 1.0, 2.5, 40.0])
def test_scaled_counts_have_the_noise_of_counts(scale):
    """Runs of 500 deaths a month scaled to 2 said that 2 is certain; and to 20,000, only multiples of the scale."""
    raw = np.random.default_rng(1).poisson(500.0, (4000, 1)).astype(float)
    values = origin(raw, scale=scale).forecast(1, with_spread=False)
    mean = 500.0 * scale
    assert values.mean() == pytest.approx(mean, abs=4 * np.sqrt((mean + mean * scale) / 4000))
    assert values.var() == pytest.approx(mean + mean * scale, rel=0.12)
    assert (values == np.round(values)).all()


@pytest.mark.parametrize(("series_name", "deaths"), [("deaths_all", True), ("bombs", False)])
def test_a_case_is_run_ahead_and_scaled_to_what_is_expected(monkeypatch, series_name, deaths):
    from detente.experiments.runs import ensemble

    counts = np.arange(24).reshape(2, 3, 4)
    asked = []

    def run_together(starts, seeds, every):
        asked.append((starts[0].scenario.case.start, starts[0].scenario.case.end, seeds, every))
        return [SimpleNamespace(monthly_counts=counts)]

    monkeypatch.setattr(ensemble, "run_together", run_together)
    data = observed(months=monthly())
    target = chosen_target(data, series_name)
    made = at_origin(AFGHAN, data, target, date(2017, 5, 1), 2, 2)
    assert asked == [(date(2017, 5, 1), date(2017, 6, 30), (1, 2), 30)]
    expected = counts[:, :, 0] if deaths else counts[:, :, 1] + counts[:, :, 2]
    assert made.raw.tolist() == expected.tolist()
    fit = refit(AFGHAN, known_before(data, target, date(2017, 5, 1)))
    shifted = at_day(AFGHAN, fit, date(2017, 5, 1), date(2017, 6, 30))
    usual = total_deaths(shifted) if deaths else total_rate(shifted)
    assert made.scale == pytest.approx(fit.expected / (365.2425 / 12 * usual))
    assert made.fit == fit
    assert module.LEAST_MONTHS == 36


def test_one_row_for_each_lead_that_has_an_observed_month():
    from detente.experiments.evidence.hindcast import (
        FIXED,
        LEADS,
        MAX_LEAD,
        checked_leads,
        fitted_row,
        scored_rows,
    )
    from detente.experiments.evidence.hindcast_result import MODEL
    from detente.experiments.evidence.nulls import NULLS

    months = pd.Series([70.0, 80.0], pd.date_range("2017-05-01", periods=2, freq="MS"))
    made = origin([[1.0, 2.0, 3.0], [3.0, 6.0, 9.0]], scale=10.0, spread=0.0)
    rows = scored_rows(made, Target("deaths", months, deaths=True), [1, 2, 3])
    names = [MODEL, FIXED, *(null.name for null in NULLS)]
    assert [row["forecast"] for row in rows] == names * 2
    assert [row["lead"] for row in rows] == [1] * len(names) + [2] * len(names)
    assert {(row["lead"], row["month"], row["observed"]) for row in rows} == {
        (1, date(2017, 5, 1), 70.0),
        (2, date(2017, 6, 1), 80.0),
    }
    own = rows[0]  # values 10 and 30
    assert (own["mean"], own["median"], own["low80"], own["high80"]) == pytest.approx(
        (20.0, 20.0, 12.0, 28.0)
    )
    assert (own["covered"], own["pit"], own["origin"]) == (0.0, 1.0, date(2017, 5, 1))
    assert own["crps"] == pytest.approx(50.0 - 5.0)
    assert own["interval_score"] == pytest.approx(16.0 + 2.0 / 0.2 * 42.0)
    assert fitted_row(made, [1, 3]) == {
        **{"origin": "2017-05-01", "events": 1.0, "deaths": 1.0, "dispersion": 1.0, "scale": 10.0},
        **{"expected": 100.0, "spread_1": 0.0, "spread_3": 0.0, "fitted": ""},
    }
    assert (LEADS, MAX_LEAD) == ((1, 2, 3, 4, 5, 6), 24)
    assert checked_leads([24, 1, 1]) == (1, 24)
    for leads in ([], [0], [25]):
        with pytest.raises(InputError, match="leads: got"):
            checked_leads(leads)
