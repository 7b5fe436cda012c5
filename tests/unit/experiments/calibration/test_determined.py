"""What days a fit is refused for, each with its reason, and which parameters they say nothing about."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from detente.experiments.calibration import calibration
from detente.experiments.calibration.calibration import check_covered, default_start
from detente.experiments.calibration.determined import (
    SPEAKS_TO,
    aimed,
    check_determined,
    months,
    undetermined,
    unspoken,
)
from detente.experiments.calibration.patterns import CHECKED, PATTERNS, Year
from detente.experiments.calibration.priors import FITTED
from detente.experiments.cli.main import app
from detente.experiments.data.observations import Observed
from detente.model.errors import InputError

RNG = np.random.default_rng(1)


def year(start, events, deaths=None):
    events = np.asarray(events, dtype=float)
    season = 1.0 + 0.3 * np.sin(np.arange(len(events)) / 58.0)
    ones = np.ones(len(events))
    lost = events * RNG.integers(1, 9, len(events)) if deaths is None else np.asarray(deaths, dtype=float)
    return Year(start, season, ones, 0 * ones, events, lost)


def years(*rates, days=365, **how):
    return [year(date(2014 + k, 1, 1), RNG.poisson(rate, days), **how) for k, rate in enumerate(rates)]


def at(places, count=1.0, days=365):
    """A year with events on some days alone."""
    events = np.zeros(days)
    events[list(places)] = count
    return year(date(2014, 1, 1), events)


def test_every_parameter_that_is_fitted_has_patterns_that_speak_to_it():
    assert set(SPEAKS_TO) == set(FITTED)
    told = {pattern for patterns in SPEAKS_TO.values() for pattern in patterns}
    assert told == set(aimed()) == set(PATTERNS) - set(CHECKED)


@pytest.mark.parametrize("made", [years(2.0, 2.0), years(0.3, 0.1, 0.2), years(8.0, 0.0), years(30.0)])
def test_days_that_can_determine_a_fit_are_taken(made):
    check_determined(made)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (years(2.0, days=120), "120 days in calendar years with 60 days or more; a fit needs at least 365"),
        (years(2.0, days=31), "2014-01-01 to 2014-01-31 holds 31 days"),
        (years(2.0, days=364), "holds 364 days .* less than a year shows no season"),
        (years(0.0, 0.0), "holds no event; a fit needs at least 60 events for 6 parameters"),
        (years(2.0, 2.0, deaths=np.zeros(365)), r"holds \d+ events and no deaths"),
        ([at(range(0, 354, 6))], "holds 59 events; a fit needs at least 60 events for 6 parameters"),
        ([at([5], 500.0)], "holds events in 1 of 12 months; a fit needs events in at least 6"),
        ([at(range(150), 2.0)], "holds events in 5 of 12 months"),
        ([at(range(365))], "holds 4 of the 9 patterns aimed at, for 6 parameters .*the days do not vary"),
    ],
)
def test_days_that_cannot_determine_a_fit_are_refused_with_the_reason(made, said):
    with pytest.raises(InputError, match=said):
        check_determined(made)


def test_patterns_are_missing_with_a_reason():
    short = years(20.0, days=100)
    assert undetermined(short) == {
        "autocorrelation_4": "14 weeks, needs 16",
        "autocorrelation_13": "14 weeks, needs 52",
        "season_spread": "0 years of 180 days, needs 2",
        "size_median": "0 days with a single event, needs 20",
        "size_tail": "0 days with a single event, needs 20",
    }
    assert undetermined(years(2.0, 2.0)) == {}


def test_parameters_that_nothing_speaks_to():
    assert unspoken(years(2.0, 2.0)) == {}
    assert unspoken(years(20.0, 20.0)) == {"violence.tail": "0 days with a single event, needs 20"}
    assert set(unspoken(years(20.0))) == {"violence.tail", "violence.season_spread"}


def test_months_with_events_are_those_of_the_calendar():
    assert months(at([0, 30, 31])) == (2, 12)
    assert months(at([])) == (0, 12)
    assert months(at(range(31), days=45)) == (1, 2)


def daily(first, last):
    index = pd.date_range(first, last, freq="D")
    return pd.DataFrame({"events": 1.0, "deaths": 2.0}, index=index)


@pytest.mark.parametrize(
    ("first", "until", "said"),
    [
        ("2014-01-01", "2016-12-31", None),
        (
            "2013-12-31",
            "2016-12-31",
            "--from: got '2013-12-31'; expected a day that the data cover, 2014-01-01 to",
        ),
        ("2014-01-01", "2017-01-01", "--until: got '2017-01-01'; expected a day that the data cover"),
        ("2014-01-01", "2026-07-22", "--until: got '2026-07-22'"),
        ("2017-01-01", "2018-01-01", "--from: got '2017-01-01'"),
        ("2012-01-01", "2013-01-01", "--from: got '2012-01-01'"),
    ],
)
def test_a_span_that_the_days_do_not_cover_is_refused(first, until, said):
    days = daily("2014-01-01", "2016-12-31")
    span = date.fromisoformat(first), date.fromisoformat(until)
    if said is None:
        check_covered(days, *span)
        return
    with pytest.raises(InputError, match=said):
        check_covered(days, *span)


def test_a_fit_begins_four_years_back_or_with_the_days():
    data = Observed(("test",), (), daily=daily("2014-03-05", "2018-12-31"))
    assert default_start(data, date(2018, 7, 22)) == date(2014, 3, 5)
    assert default_start(data, date(2020, 2, 29)) == date(2016, 1, 1)
    assert default_start(Observed(("test",), ()), date(2018, 7, 22)) == date(2014, 1, 1)


@pytest.mark.parametrize(
    ("events", "deaths", "until", "said"),
    [
        ("0", "0", "2017-12-31", "holds no event"),
        ("1", "0", "2017-12-31", "731 events and no deaths"),
        ("1", "1", "2017-12-31", "the days do not vary"),
        ("1", "1", "2018-01-01", "--until: got '2018-01-01'"),
        ("1", "1", "2016-04-30", "121 days in calendar years"),
        ("1", "1", "2016-01-31", "which holds 31 days of data"),
    ],
)
def test_the_command_refuses_and_leaves_nothing_behind(tmp_path, monkeypatch, events, deaths, until, said):
    monkeypatch.setattr(calibration, "library", lambda: None)
    monkeypatch.chdir(tmp_path)
    days = pd.date_range("2016-01-01", "2017-12-31", freq="D")
    rows = "\n".join(f"{day:%Y-%m-%d},{events},{deaths}" for day in days)
    (tmp_path / "days.csv").write_text(f"date,events,deaths\n{rows}\n", encoding="utf-8")
    args = ["calibrate", "afghanistan-2018", "--data", "days.csv", "--until", until, "--out", "p.json"]
    result = CliRunner().invoke(app, args)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["days.csv"]
