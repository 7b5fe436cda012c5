"""A calibration's own figures: the ridge, intervals of what is predicted, what is compared afterwards."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.calibration import calibration
from detente.experiments.calibration.calibration import (
    BACKGROUNDS,
    BRANCHINGS,
    MEMORIES,
    REGION,
    Calibration,
    Ridge,
    after,
    checks,
    column,
    predicted,
    read_after,
    ridge_row,
    ridges,
    row_of,
)
from detente.experiments.calibration.patterns import CHECKED, PATTERNS, Year
from detente.experiments.cli.printing import calibration as printing
from detente.experiments.evidence.likelihood import Fit
from detente.experiments.evidence.moments import autocorrelation, fano
from detente.experiments.runs.posterior import Posterior, Prior
from detente.model.errors import InputError

BEST = Fit(0.0, 0.3, 12.0, 6.0, np.ones(1), np.zeros(4), 0.0, np.arange(3.0))


def surface(*points):
    """A surface at -50 but for some points, given by row and column."""
    made = np.full((len(BRANCHINGS), len(MEMORIES)), -50.0)
    for row, place, value in points:
        made[row, place] = value
    return made


def test_the_grid_of_the_ridge():
    assert BRANCHINGS.tolist() == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    assert (MEMORIES[0], MEMORIES[-1], len(MEMORIES)) == (3.0, 60.0, 8)


def test_a_ridge_in_figures():
    made = Ridge("b", surface((3, 3, -10.0), (2, 5, -12.9), (6, 2, -13.1), (0, 7, -20.0)), BEST, -12.0)
    row = ridge_row(made, (0.4, 21.0))
    assert row == {
        "background": "b",
        "branching": 0.3,
        "memory": 12.0,
        "kappa": 6.0,
        "top": -10.0,
        "branching_from": 0.2,
        "branching_to": 0.3,
        "memory_from": 12.0,
        "memory_to": 26.0,
        "none_below_top": 10.0,
        "shipped": {"branching": 0.4, "memory": 21.0},
        "shipped_below_top": 2.0,
        "shipped_inside": True,
    }
    assert not ridge_row(Ridge("b", made.surface, BEST, -13.0), (0.4, 21.0))["shipped_inside"]


def test_a_pattern_against_its_runs():
    values, plain = np.r_[np.arange(101.0), np.nan], np.array([4.0, 6.0, np.nan])
    row = row_of("fitted", "x", 2.5, values, plain)
    assert row == {
        "when": "fitted",
        "pattern": "x",
        "observed": 2.5,
        "low95": 2.5,
        "median": 50.0,
        "high95": 97.5,
        "inside": True,
        "shipped_median": 5.0,
    }
    for observed, inside in ((2.4, False), (97.5, True), (97.6, False)):
        assert row_of("fitted", "x", observed, values, plain)["inside"] is inside


def test_a_pattern_that_no_run_has_gives_no_interval_and_no_warning(recwarn):
    nothing = np.full(4, np.nan)
    row = row_of("fitted", "x", 2.5, nothing, nothing)
    assert np.isnan([row["low95"], row["median"], row["high95"], row["shipped_median"]]).all()
    assert not row["inside"]
    assert not recwarn.list


@pytest.mark.parametrize(
    ("observed", "values", "said"),
    [
        (2.5, np.arange(5.0), "inside"),
        (9.0, np.arange(5.0), "OUTSIDE"),
        (np.nan, np.arange(5.0), "not known"),
        (2.5, np.full(5, np.nan), "not known"),
    ],
)
def test_what_is_printed_of_a_check(observed, values, said):
    assert printing.place(row_of("fitted", "x", observed, values, values)) == said


def year(events, deaths):
    ones = np.ones(len(events))
    return Year(date(2018, 1, 1), ones, ones, 0 * ones, np.asarray(events, float), np.asarray(deaths, float))


def test_what_is_compared_afterwards():
    events = np.r_[np.arange(14.0), np.ones(14)]
    found = read_after([year(events[:14], 2 * events[:14]), year(events[14:], 0 * events[14:])])
    weeks = np.array([21.0, 70.0, 7.0, 7.0])
    assert found == pytest.approx(
        {
            "events_a_day": 105.0 / 28.0,
            "deaths_per_event": 182.0 / 105.0,
            "weekly_fano": fano(weeks),
            "daily_fano": fano(events),
            "autocorrelation_1": autocorrelation(weeks, 1),
            "largest_week": 70.0,
        }
    )
    assert read_after([year(np.zeros(28), np.ones(28))])["deaths_per_event"] == 28.0
    assert column([{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}], "b").tolist() == [2.0, 4.0]


MEAN = float(np.mean(np.arange(28) % 5))


@pytest.fixture
def runs(monkeypatch):
    """Runs that are told apart by seed: one year of constant days whose level is the parameter."""
    asked = []

    def simulate(made, parameters, seed, workers):
        asked.append((parameters["a"], seed, workers))
        return [year(np.arange(28.0) % 5 + parameters["a"], np.ones(28))]

    monkeypatch.setattr(calibration, "simulate", simulate)
    monkeypatch.setattr(
        calibration, "patterns", lambda years: dict.fromkeys(PATTERNS, years[0].events.mean() - MEAN)
    )
    return asked


POSTERIOR = Posterior(("a",), np.array([[1.0], [2.0], [3.0]]), np.array([0.2, 0.3, 0.5]), {"case": "x"})
STUDY = SimpleNamespace(years=[year(np.arange(28.0) % 5 + 2.0, np.ones(28))])


def test_runs_are_drawn_from_the_posterior_under_seeds_of_their_own(runs):
    values, made = predicted(STUDY, POSTERIOR, 3, 2, 4)
    drawn = [row["a"] for row in POSTERIOR.draws(3, 2)]
    assert runs == [(a, 7_000_000 + 1000 * (6 + k), 4) for k, a in enumerate(drawn)]
    assert values.shape == (3, len(PATTERNS))
    assert values[:, 0] == pytest.approx(drawn, abs=1e-4)
    assert len(made) == 3


def test_the_posterior_and_the_shipped_values_are_checked_in_the_years_fitted(runs):
    table = checks(STUDY, POSTERIOR, None, {"a": 9.0}, 8, 2)
    assert table["pattern"].tolist() == list(PATTERNS)
    assert set(table["when"]) == {"fitted"}
    assert table["aimed"].tolist() == [name not in CHECKED for name in PATTERNS]
    assert table["observed"].to_numpy() == pytest.approx(2.0, abs=1e-4)
    assert table["shipped_median"].to_numpy() == pytest.approx(9.0, abs=1e-4)
    assert [seed for a, seed, _ in runs if a == 9.0] == [8_000_000, 8_001_000]
    assert len(runs) == 10


def test_what_comes_after_is_checked_too_and_never_aimed_at(runs):
    table = checks(STUDY, POSTERIOR, STUDY, {"a": 9.0}, 8, 2)
    later = table[table["when"] == "after"]
    assert later["pattern"].tolist() == list(read_after(STUDY.years))
    assert not later["aimed"].any()
    seeds = [seed for _, seed, _ in runs]
    assert seeds[10:18] == [9_000_000 + 1000 * k for k in range(8)]
    assert seeds[18:] == [9_500_000, 9_501_000]
    drawn = [row["a"] for row in POSTERIOR.draws(8, 2)]
    assert [a for a, seed, _ in runs if 9_000_000 <= seed < 9_500_000] == drawn
    row = after(STUDY, POSTERIOR, {"a": 9.0}, 8, 2)[0]
    assert row["pattern"] == "events_a_day"
    assert row["shipped_median"] == pytest.approx(MEAN + 9.0)


def test_each_background_has_its_ridge(monkeypatch):
    asked = []

    def ridge(days, branchings, memories, *, spread):
        assert np.array_equal(branchings, BRANCHINGS)
        assert np.array_equal(memories, MEMORIES)
        asked.append((days.n_levels, spread, len(days.events)))
        return surface((1, 1, -1.0)), BEST

    def fit_at(days, branching, memory, *, spread, start):
        assert start is BEST.vector
        return SimpleNamespace(log_likelihood=-(branching + memory + spread))

    monkeypatch.setattr(calibration, "ridge", ridge)
    monkeypatch.setattr(calibration, "fit_at", fit_at)
    years = [year(np.ones(365), np.ones(365)), year(np.ones(20), np.ones(20))]
    made = ridges(years, date(2017, 1, 1), (0.4, 21.0))
    assert [r.background for r in made] == list(BACKGROUNDS)
    assert asked == [(1, 0.0, 385), (2, 0.0, 385), (2, 0.6, 385)]
    assert [r.at_shipped for r in made] == pytest.approx([-21.4, -21.4, -22.0])


def whole():
    table = (Prior("a", 0.0, 5.0, 2.0, "sign", "an a"),)
    checked = pd.DataFrame([{"pattern": "x", "observed": 1.0}])
    made = Ridge("b", surface((3, 3, -10.0)), BEST, -12.0)
    return Calibration(POSTERIOR, table, checked, (made,), (0.4, 21.0), {"case": "x"})


def test_everything_as_one_object():
    made = whole().to_json()
    assert (made["case"], made["checks"]) == ("x", [{"pattern": "x", "observed": 1.0}])
    assert made["parameters"][0]["parameter"] == "a"
    assert made["not_told_apart"] == []
    assert made["ridge"]["branching"] == BRANCHINGS.tolist()
    assert made["ridge"]["memory"] == MEMORIES.tolist()
    (background,) = made["ridge"]["backgrounds"]
    assert background["log_likelihood"] == whole().ridges[0].surface.tolist()
    assert background["background"] == "b"


def test_checks_and_likelihood_are_kept_with_the_posterior():
    checked = pd.DataFrame([{"pattern": "x", "observed": float("nan"), "inside": False}])
    report = replace(whole(), checks=checked).report()
    assert report["checks"] == [{"pattern": "x", "observed": None, "inside": False}]
    assert [row["background"] for row in report["likelihood"]] == ["b"]


def test_a_figure_is_asked_for_with_surfaces_below_their_top(monkeypatch):
    from detente.experiments.io import figures

    asked = []
    monkeypatch.setattr(figures, "draw", lambda name, *tables, about: asked.append((name, tables, about)))
    whole().plot()
    ((name, (surfaces, checked, parameters), about),) = asked
    assert name == "calibration"
    assert surfaces["b"].max() == 0.0
    assert surfaces["b"].min() == -40.0
    assert checked["pattern"].tolist() == ["x"]
    assert parameters["parameter"].tolist() == ["a"]
    assert (about["region"], about["shipped"], about["case"]) == (-REGION, (0.4, 21.0), "x")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"minutes": 0.0}, "--minutes: got 0.0"),
        ({"minutes": float("inf")}, "--minutes: got inf"),
        ({"population": 19}, "--population: got 19"),
        ({"generations": 0}, "--generations: got 0"),
        ({"seed": -1}, "--seed: got -1"),
        ({"seed": 2**32}, f"--seed: got {2**32}"),
        ({"workers": 0}, "--workers: got 0"),
    ],
)
def test_settings_of_a_fit_out_of_range(changed, words):
    fine = {"population": 20, "generations": 1, "seed": 0, "workers": 1, "minutes": 0.1}
    made = calibration.checked_settings(**fine)
    assert (made.population, made.generations, made.seed, made.workers, made.minutes) == (20, 1, 0, 1, 0.1)
    assert calibration.checked_settings(**{**fine, "seed": 2**32 - 1}).seed == 2**32 - 1
    with pytest.raises(InputError) as caught:
        calibration.checked_settings(**{**fine, **changed})
    assert words in str(caught.value)


def test_a_fit_unless_told_otherwise():
    import inspect

    given = {k: p.default for k, p in inspect.signature(calibration.calibrate).parameters.items()}
    names = ("resume", "workers", "population", "generations", "minutes", "seed")
    assert [given[name] for name in names] == [False, 2, 200, 6, 15.0, 1]


def test_priors_are_the_declared_ranges_with_the_values_of_the_case():
    from detente.experiments.calibration.priors import FITTED, allowed, priors
    from detente.experiments.runs.inputs import declared_parameters
    from detente.model.catalogue import load_scenario

    own = load_scenario("afghanistan-2018").parameters
    found = priors(own)
    assert [p.name for p in found] == list(FITTED)
    assert (
        *("violence.n_own", "violence.n_rec", "violence.memory", "violence.dispersion"),
        *("violence.season_spread", "violence.tail"),
    ) == FITTED
    known = declared_parameters()
    for p in found:
        assert (p.low, p.high, p.grade) == (known[p.name].low, known[p.name].high, known[p.name].grade)
        assert p.shipped == getattr(own.violence, p.name.split(".")[1])
    assert [p.name for p in priors(own, ["trust.memory"])] == ["trust.memory"]
    assert allowed({"violence.n_own": 0.5, "violence.n_rec": 0.25}, 0.05)  # at most four in five, all in all
    assert not allowed({"violence.n_own": 0.5, "violence.n_rec": 0.25}, 0.051)
    assert allowed({}, 0.8)
    assert not allowed({"violence.n_rec": 0.81}, 0.0)


def test_fits_begin_anew_unless_told_to_go_on():
    import inspect

    from detente.experiments.calibration.fitting import fit
    from detente.experiments.calibration.simulating import simulate

    for function in (fit, calibration.fit_days):
        assert inspect.signature(function).parameters["resume"].default is False
    assert inspect.signature(simulate).parameters["workers"].default == 1


@pytest.mark.parametrize(("start", "first"), [(None, date(2014, 1, 1)), ("2016-03-02", date(2016, 3, 2))])
def test_a_fit_takes_five_calendar_years_unless_told_otherwise(monkeypatch, tmp_path, start, first):
    from detente.experiments.data.observations import Observed

    asked = []

    def fit_days(scenario, observed, since, until, database, settings, **how):
        asked.append((scenario.case.name, since, until, database.name, how["resume"]))
        return SimpleNamespace(posterior="posterior")

    written = []
    monkeypatch.setattr(calibration, "library", lambda: None)
    monkeypatch.setattr(calibration, "fit_days", fit_days)
    monkeypatch.setattr(calibration, "write_posterior", lambda *given: written.append(given))
    out = tmp_path / "p.json"
    calibration.calibrate("template", Observed((), ()), "2018-07-22", start=start, out=out)
    assert asked == [("template", first, date(2018, 7, 22), "p.db", False)]
    assert written == [("posterior", out)]


@pytest.mark.parametrize(
    ("there", "resume", "said"),
    [
        (False, False, None),
        (True, True, None),
        (True, False, r"p\.db: holds an earlier fit; use --resume to continue it"),
        (False, True, r"--resume: .*p\.db does not exist"),
    ],
)
def test_a_fit_neither_overwrites_another_nor_goes_on_from_none(tmp_path, there, resume, said):
    target, database = tmp_path / "p.json", tmp_path / "p.db"
    if there:
        database.write_text("earlier")
    if said is None:
        assert calibration.checked_database(target, resume) == database
    else:
        with pytest.raises(InputError, match=said):
            calibration.checked_database(target, resume)


def daily(first="2015-01-01", last="2018-07-31", **columns):
    index = pd.date_range(first, last)
    return pd.DataFrame(columns or {"events": 1.0, "deaths": 2.0}, index=index)


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (None, date(2014, 1, 1)),
        (daily().iloc[:0], date(2014, 1, 1)),
        (daily("2012-01-01"), date(2014, 1, 1)),
        (daily("2016-03-05"), date(2016, 3, 5)),
    ],
)
def test_a_fit_begins_four_years_before_its_last_or_where_the_data_do(days, first):
    assert calibration.default_start(SimpleNamespace(daily=days), date(2018, 7, 22)) == first


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2015, 1, 1), date(2018, 7, 31), None),
        (
            date(2014, 12, 31),
            date(2018, 7, 31),
            "--from: got '2014-12-31'; expected a day that the data cover",
        ),
        (date(2015, 1, 1), date(2018, 8, 1), "--until: got '2018-08-01'"),
        (date(2015, 1, 1), date(2014, 12, 1), "--until: got '2014-12-01'"),
    ],
)
def test_the_span_of_a_fit_is_covered_by_its_days(first, last, said):
    if said is None:
        calibration.check_covered(daily(), first, last)
    else:
        with pytest.raises(InputError, match=said):
            calibration.check_covered(daily(), first, last)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (None, "needs days with columns events and deaths"),
        (daily(deaths=2.0), "needs days with columns events and deaths"),
        (daily(events=2.0), "needs days with columns events and deaths"),
        (daily().iloc[:0], "holds no day"),
        (daily("2017-01-01"), "--from: got '2015-01-01'"),
    ],
)
def test_days_that_cannot_be_fitted_are_refused(days, said, tmp_path):
    with pytest.raises(InputError, match=said):
        calibration.fit_days(
            None, SimpleNamespace(daily=days), date(2015, 1, 1), date(2018, 7, 22), tmp_path / "p.db", None
        )


def test_a_fit_is_of_the_observed_patterns_and_is_checked_with_later_days(monkeypatch, tmp_path):
    from detente.experiments.calibration.fitting import Settings
    from detente.model.catalogue import load_scenario

    case, days, done = load_scenario("afghanistan-2018"), daily(), {}
    settings = Settings(population=33, seed=4, workers=3)
    years = [year(np.ones(400), np.ones(400))]
    made = SimpleNamespace(years=years)
    monkeypatch.setattr(calibration, "study", lambda *asked: done.update(study=asked) or made)
    monkeypatch.setattr(calibration, "check_determined", lambda found: done.update(determined=found))
    monkeypatch.setattr(calibration, "scales", lambda *asked: done.update(scales=asked) or "unit")
    monkeypatch.setattr(calibration, "fit", lambda *asked, **how: done.update(fit=asked, how=how) or "sample")
    monkeypatch.setattr(calibration, "unspoken", lambda found: {"violence.tail": "why"})
    monkeypatch.setattr(
        calibration, "of_sample", lambda sample, about: replace(POSTERIOR, about={**about, "sample": sample})
    )
    monkeypatch.setattr(calibration, "afterwards", lambda *asked: done.update(afterwards=asked) or "later")
    monkeypatch.setattr(calibration, "checks", lambda *asked: done.update(checks=asked) or pd.DataFrame())
    monkeypatch.setattr(calibration, "ridges", lambda *asked: done.update(ridges=asked) or ())
    first, last = date(2015, 1, 1), date(2018, 7, 22)
    observed = SimpleNamespace(daily=days, paths=[tmp_path / "a.csv"])
    found = calibration.fit_days(
        case, observed, first, last, tmp_path / "p.db", settings, resume=True, progress=print
    )
    assert done["study"][0] is case
    assert done["study"][1] is days
    assert done["study"][2:] == (first, last)
    assert done["determined"] is years
    fitted, table, target, unit, how, database = done["fit"]
    assert (fitted, unit, how, database) == (made, "unit", settings, tmp_path / "p.db")
    assert target.tolist() == pytest.approx(
        calibration.as_vector(calibration.patterns(years)).tolist(), nan_ok=True
    )
    assert done["how"] == {"resume": True, "progress": print}
    assert done["scales"][1] == {p.name: p.shipped for p in table}
    assert done["afterwards"][2] == last
    assert done["checks"][2:] == ("later", {p.name: p.shipped for p in table}, calibration.N_PREDICTED, 3)
    assert done["ridges"][1] == years[0].start
    assert done["ridges"][2][1] == case.parameters.violence.memory
    assert 0 < done["ridges"][2][0] < 1
    assert found.about["not_informed"] == {"violence.tail": "why"}
    expected = {"case": "afghanistan-2018", "from": "2015-01-01", "until": "2018-07-22", "data": ["a.csv"]}
    expected |= {"population": 33, "seed": 4, "title": case.case.title, "scenario_sha256": case.sha256}
    assert {k: found.about[k] for k in expected} == expected
    assert set(found.about) >= {"version", "rules_digest", "method"}
    assert (found.about["sample"], "report" in found.about) == ("sample", False)
    assert found.posterior.about["report"] == {"checks": [], "likelihood": []}


def test_what_a_fit_is_asked_for_is_checked_before_anything_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(calibration, "library", lambda: None)
    monkeypatch.setattr(calibration, "read_data", lambda path, country: pytest.fail("read"))
    for asked, said in (
        ({"population": 3}, "--population"),
        ({"out": tmp_path / "p.txt"}, r"expected a path that ends in \.json"),
    ):
        with pytest.raises(InputError, match=said):
            calibration.calibrate("template", "days.csv", "2018-07-22", **asked)
    monkeypatch.setattr(calibration, "read_data", lambda path, country: (path, country))
    with pytest.raises(InputError, match="until: got None; expected the last day to fit on"):
        calibration.calibrate("template", "days.csv", None, out=tmp_path / "p.json", country="X")
