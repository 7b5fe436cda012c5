"""Calibration: known values come back from made-up data at the stated rate; a fit cut short goes on to the same end."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from detente.experiments.calibration.calibration import BRANCHINGS, MEMORIES, REGION
from detente.experiments.calibration.fitting import Settings, fit, scales
from detente.experiments.calibration.patterns import CHECKED, PATTERNS, as_vector, patterns
from detente.experiments.calibration.priors import FITTED, allowed, priors
from detente.experiments.calibration.simulating import Study, afterwards, simulate, study
from detente.experiments.cli.main import app
from detente.experiments.evidence.likelihood import Days, Fit, fit_at, ridge
from detente.experiments.evidence.likelihood import simulate as drawn
from detente.experiments.runs.posterior import (
    Posterior,
    confused,
    of_sample,
    read_posterior,
    table_of,
    write_posterior,
)
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

pytestmark = pytest.mark.usefixtures("compiled")

TRUTHS = ((0.4, 10.0), (0.2, 20.0), (0.6, 6.0))


def made_up(first: str = "2016-01-01", last: str = "2018-12-31", level: float = 3.0) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    index = pd.date_range(first, last, freq="D")
    season = 1 + 0.2 * np.sin(2 * np.pi * (index.day_of_year.to_numpy() - 80) / 365)
    events = rng.negative_binomial(5, 5 / (5 + level * season)).astype(float)
    return pd.DataFrame({"events": events, "deaths": events * 6}, index=index)


@pytest.fixture(scope="module")
def short() -> Study:
    return study(load_scenario("afghanistan-2018"), made_up(), date(2017, 1, 1), date(2018, 7, 22))


def shipped(case: str = "afghanistan-2018") -> dict[str, float]:
    return {p.name: p.shipped for p in priors(load_scenario(case).parameters)}


def test_priors_are_the_declared_ranges():
    table = priors(load_scenario("afghanistan-2018").parameters)
    assert tuple(p.name for p in table) == FITTED
    memory = table[FITTED.index("violence.memory")]
    assert (memory.low, memory.high, memory.log) == (5, 40, False)
    wide = table[FITTED.index("violence.dispersion")]
    assert wide.log
    assert wide.value(wide.ends[0]) == pytest.approx(wide.low)
    assert wide.value(99) == wide.high
    assert not allowed({"violence.n_own": 0.6, "violence.n_rec": 0.4}, 0.05)


def test_a_study_gives_runs_the_levels_of_its_years(short: Study):
    runs = [simulate(short, shipped(), 10 * k) for k in range(25)]
    for k, year in enumerate(short.years):
        mean = np.mean([run[k].events.mean() for run in runs])
        assert mean == pytest.approx(year.events.mean(), rel=0.06)
        deaths = np.sum([run[k].deaths.sum() for run in runs]) / np.sum([run[k].events.sum() for run in runs])
        assert deaths == pytest.approx(year.severity, rel=0.1)


def test_days_with_a_truce_are_no_holiday(short: Study):
    last = short.years[-1]
    assert last.truce[(date(2018, 6, 15) - last.start).days] == 1
    assert last.truce.sum() > 3
    assert set(patterns(short.years)) == set(PATTERNS)


def test_what_comes_after_is_run_at_what_was_known(short: Study):
    later = afterwards(short, made_up(), date(2018, 7, 22))
    assert later is not None
    assert later.years[0].given is not None
    assert later.years[0].given[0] == pytest.approx(3.0, rel=0.1)
    assert afterwards(short, made_up().loc[:"2018-08-01"], date(2018, 7, 22)) is None


def test_a_study_needs_days():
    with pytest.raises(InputError, match="which holds 0 days"):
        study(load_scenario("afghanistan-2018"), made_up(), date(2020, 1, 1), date(2020, 7, 1))


def sample() -> Posterior:
    rng = np.random.default_rng(2)
    own = rng.uniform(0.1, 0.4, 400)
    other = 0.05 + (0.4 - own) / 2 + 0.005 * rng.standard_normal(400)
    values = np.column_stack([own, other, rng.uniform(5, 40, 400)])
    return Posterior(FITTED[:3], values, np.full(400, 1 / 400), {"case": "x"})


def test_a_posterior_is_kept_and_drawn_from(tmp_path: Path):
    path = tmp_path / "posterior.json"
    write_posterior(sample(), path)
    back = read_posterior(path)
    assert back.names == FITTED[:3]
    assert back.values == pytest.approx(sample().values, rel=1e-4)
    assert back.draws(3, 5) == back.draws(3, 5)
    low, high = back.quantiles("violence.n_own", (0.025, 0.975))
    assert (low, high) == (pytest.approx(0.1, abs=0.02), pytest.approx(0.4, abs=0.02))
    with pytest.raises(InputError, match="does not exist"):
        read_posterior(tmp_path / "none.json")


@pytest.mark.slow  # loads the library of the fit
def test_a_file_that_no_fit_left_is_not_gone_on_with(tmp_path: Path):
    from detente.experiments.calibration.fitting import library, same_target

    (tmp_path / "a.db").write_text("not a database")
    with pytest.raises(InputError, match="is not the database of an earlier fit"):
        same_target(library(), f"sqlite:///{tmp_path / 'a.db'}", {})


def test_quantiles_and_draws_go_by_weight():
    skewed = Posterior(("a",), np.array([[3.0], [1.0], [2.0]]), np.array([0.1, 0.1, 0.8]), {})
    assert skewed.quantiles("a", (0.05, 0.2, 0.5, 0.85, 0.95)) == [1.0, 2.0, 2.0, 2.0, 3.0]
    assert np.mean([row["a"] == 2.0 for row in skewed.draws(2000)]) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("sample", "weights", "names", "words"),
    [
        ("[[1]]", "[1, 1]", '["violence.tail"]', "is not a posterior"),
        ("[]", "[]", '["violence.tail"]', "is not a posterior"),
        ("[[2], [2]]", "[2, -1]", '["violence.tail"]', "weights: got .*-1.*at least 0"),
        ("[[2]]", "[0]", '["violence.tail"]', "not all of them 0"),
        ("[[2]]", "[NaN]", '["violence.tail"]', "weights: got .*nan"),
        ("[[NaN]]", "[1]", '["violence.tail"]', "violence.tail: got nan; expected a number from"),
        ("[[200]]", "[1]", '["violence.tail"]', "violence.tail: got 200.0; expected a number from"),
        ("[[2]]", "[1]", '["violence.tale"]', "did you mean 'violence.tail'"),
    ],
)
def test_what_is_no_posterior_is_one_line(tmp_path: Path, sample: str, weights: str, names: str, words: str):
    path = tmp_path / "posterior.json"
    text = f'{{"sample": {sample}, "weights": {weights}, "parameters": {names}}}'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_posterior(path)


def test_what_is_not_told_apart_and_what_is_not_learnt_are_said():
    (pair,) = confused(sample())
    assert (pair["first"], pair["second"]) == ("violence.n_own", "violence.n_rec")
    assert pair["correlation"] < -0.9
    table = priors(load_scenario("afghanistan-2018").parameters, FITTED[:3])
    rows = {row["parameter"]: row for row in table_of(sample(), table)}
    assert rows["violence.memory"]["learnt"] < 0.1
    assert rows["violence.n_own"]["learnt"] > 0.6
    assert rows["violence.n_own"]["shipped_inside"]


def test_the_command_says_what_is_missing(tmp_path: Path):
    path = tmp_path / "m.csv"
    path.write_text("month,deaths\n2018-01,3\n", encoding="utf-8")
    base = ["calibrate", "afghanistan-2018", "--data", str(path)]
    for args, said in (
        (base[:2], "--data: got nothing"),
        (base, "--until: got nothing"),
        ([*base, "--until", "2018-07-22", "--out", str(tmp_path / "p.json")], "needs days"),
        (
            [*base, "--until", "2018-07-22", "--out", str(tmp_path / "p.json"), "--resume"],
            "p.db does not exist",
        ),
        ([*base, "--until", "2018-07-22", "--population", "3"], "--population: got 3"),
    ):
        result = CliRunner().invoke(app, args)
        assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def small_fit(
    made: Study, path: Path, generations: int, *, resume: bool = False, population: int = 20
) -> Any:
    table = priors(made.scenario.parameters)
    settings = Settings(population, generations, workers=1, minutes=30)
    unit = scales(made, shipped(), settings, 20)
    return fit(made, table, as_vector(patterns(made.years)), unit, settings, path, resume=resume)


@pytest.mark.slow
def test_a_fit_cut_short_goes_on_and_ends_the_same(short: Study, tmp_path: Path):
    whole = small_fit(short, tmp_path / "whole.db", 3)
    small_fit(short, tmp_path / "cut.db", 1)
    again = small_fit(short, tmp_path / "cut.db", 3, resume=True)
    assert np.array_equal(whole.values, again.values)
    assert np.array_equal(whole.weights, again.weights)
    other = study(short.scenario, made_up(level=6.0), date(2017, 1, 1), date(2018, 7, 22))
    with pytest.raises(InputError, match="made from other data"):
        small_fit(other, tmp_path / "cut.db", 3, resume=True)


def known(truth: tuple[float, float], seed: int) -> Days:
    """Five years drawn at a known branching and memory."""
    days = Days.of(np.full(5 * 365, 3.0), date(2014, 1, 1))
    season = np.array([-0.15, 0.05, 0.0, 0.0])
    made = Fit(0.0, *truth, 7.0, np.full(days.n_levels, 3.0), season, 0.0, np.zeros(0))
    return drawn(days, made, np.random.default_rng(seed))


def inside(truth: tuple[float, float], seed: int) -> bool:
    """Whether the 95 % region of branching and memory holds the truth."""
    days = known(truth, seed)
    surface, best = ridge(days, BRANCHINGS[::2], MEMORIES[1:6])
    at_truth = fit_at(days, *truth, start=best.vector).log_likelihood
    return bool(max(surface.max(), at_truth) - at_truth <= REGION)


@pytest.mark.slow
def test_the_region_of_branching_and_memory_holds_the_truth():
    """Of 12 samples at least 7 (fewer comes about once in 50 at the 80 % stated); none at all is held by few."""
    held = [inside(TRUTHS[0], seed) for seed in range(12)]
    assert sum(held) >= 7
    away = [known(TRUTHS[0], seed) for seed in range(6)]
    tops = [ridge(days, BRANCHINGS[::2], MEMORIES[1:6])[0].max() for days in away]
    wrong = [top - fit_at(days, 0.0, 10.0).log_likelihood for days, top in zip(away, tops, strict=True)]
    assert sum(gap > REGION for gap in wrong) >= 5


@pytest.mark.acceptance
@pytest.mark.parametrize("truth", TRUTHS)
def test_coverage_of_the_region_is_as_stated(truth: tuple[float, float]):
    """40 samples a truth: 27 or more hold it (fewer comes about once in 50 at the 80 % stated).

    Less than the nominal 95 %: a level fitted to each year takes up some excitation, so that branching comes out low.
    """
    held = sum(inside(truth, 100 + seed) for seed in range(40))
    print(f"truth {truth}: held by {held} of 40")
    assert held >= 27


def recovered(
    values: dict[str, float], seed: int, path: Path, population: int, rounds: int
) -> list[dict[str, Any]]:
    """The posterior of days run by the rules at known values, as its table with the truth as shipped values."""
    case = load_scenario("afghanistan-2018")
    base = study(case, made_up("2014-01-01"), date(2014, 1, 1), date(2018, 7, 22))
    own = case.parameters
    truth = {name.split(".")[1]: value for name, value in values.items()}
    violence = own.violence.model_copy(update=truth)
    told = case.model_copy(update={"parameters": own.model_copy(update={"violence": violence})})
    made = Study(told, base.season, tuple(simulate(base, values, seed)))
    table = priors(told.parameters)
    settings = Settings(population, rounds, seed=seed, workers=2, minutes=30)
    unit = scales(made, {p.name: p.shipped for p in table}, settings, 30)
    found = fit(made, table, as_vector(patterns(made.years)), unit, settings, path)
    return table_of(of_sample(found, {}), table)


@pytest.mark.acceptance
def test_known_values_come_back_from_the_rules(tmp_path: Path):
    """Six truths: 88 % of 36 intervals of 95 % hold theirs (fewer about once in 30), and dispersion is learnt."""
    rng = np.random.default_rng(3)
    held: list[bool] = []
    for k in range(6):
        values = {
            "violence.n_own": float(rng.uniform(0.05, 0.5)),
            "violence.n_rec": float(rng.uniform(0.02, 0.2)),
            "violence.memory": float(rng.uniform(6, 35)),
            "violence.dispersion": float(np.exp(rng.uniform(np.log(0.8), np.log(10)))),
            "violence.season_spread": float(rng.uniform(0.1, 0.9)),
            "violence.tail": float(rng.uniform(1.5, 3.2)),
        }
        rows = recovered(values, 1000 + 50 * k, tmp_path / f"{k}.db", 80, 4)
        held += [row["shipped_inside"] for row in rows]
        learnt = {row["parameter"]: row["learnt"] for row in rows}
        assert learnt["violence.dispersion"] > 0.2
    assert np.mean(held) >= 0.88


def test_patterns_that_are_only_checked_are_declared():
    assert set(CHECKED) < set(PATTERNS)
    assert json.dumps(PATTERNS)
