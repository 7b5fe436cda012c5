"""The pooled posterior as a whole: what is said of a parameter and of a conflict, and what a fit is made from."""

from types import SimpleNamespace

import numpy as np
import pytest
from pooled_tables import MOVED, made

from detente.agents.parameters import Parameters
from detente.experiments.calibration.pooling import pool as module
from detente.experiments.calibration.pooling.draws import names, to_parameters
from detente.experiments.calibration.pooling.pool import (
    Pooled,
    about_of,
    calibrate_pool,
    conflict_rows,
    posterior_of,
    rows_of,
    sampled,
    state_of,
)
from detente.experiments.calibration.pooling.summaries import SUMMARIES, N
from detente.experiments.calibration.pooling.synthetic import Calibrated
from detente.experiments.runs.inputs import free_parameters
from detente.experiments.runs.pooled_posterior import WITHOUT
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.unknowns import fits
from detente.model.errors import InputError

HONEST = {"rank_p": 0.5, "within50": 0.5, "within80": 0.8, "within95": 0.95}

# -- words


@pytest.mark.parametrize(
    ("ratio", "changed", "state"),
    [
        (0.81, {}, "identified"),  # less than 1 - 1/3 of the variance
        (0.82, {}, "narrowed a little"),
        (0.948, {}, "narrowed a little"),  # less than 1 - 1/10 of it
        (0.949, {}, "not identified"),
        (0.5, {"rank_p": 0.01}, "not calibrated"),
        (0.5, {"rank_p": 0.011}, "identified"),
        (0.5, {"within50": 0.44}, "not calibrated"),
        (0.5, {"within80": 0.86}, "not calibrated"),
        (0.5, {"within95": 0.89}, "not calibrated"),
        (0.5, {"within50": 0.54, "within80": 0.76, "within95": 0.91}, "identified"),
        (0.96, {"rank_p": 0.0, "within50": 0.0}, "not identified"),
    ],
)
def test_what_the_data_say_of_a_parameter(ratio, changed, state):
    assert state_of(ratio, {**HONEST, **changed}) == state


class Certain:
    """An estimator of two parameters: both on the unit interval at a quarter, of widths .5 and 3."""

    chosen = np.array(MOVED)

    def __init__(self, used=None):
        self.features = SimpleNamespace(used=used, kept=np.array([0, 1]))

    def draws(self, observed, n, rng):
        return np.full((1, n, 2), 0.25)

    def moments(self, observed):
        return np.zeros((1, 2)), np.array([[0.5, 3.0]])


def test_draws_take_the_pool_from_the_posterior_and_the_rest_from_the_prior():
    unit = sampled(Certain(), np.zeros((1, 1, N)), 40, np.random.default_rng(1))
    assert unit.shape == (40, len(names()))
    assert (unit[:, MOVED] == 0.25).all()
    assert 0.45 < np.delete(unit, MOVED, axis=1).mean() < 0.55
    assert all(
        fits(Parameters(), dict(zip(names(), row, strict=True))) for row in to_parameters(unit).tolist()
    )


def posterior(n=4, **about):
    values = to_parameters(np.tile(np.linspace(0.0, 1.0, n)[:, None], (1, len(names()))))[:, MOVED]
    return Posterior(tuple(names()[k] for k in MOVED), values, np.full(n, 1 / n), about)


def test_a_row_of_a_parameter_says_whether_it_is_in_the_pool_and_how_wide_it_is():
    n = len(names())
    own = Calibrated(np.tile(((np.arange(100) + 0.5) / 100)[:, None], (1, n)), np.zeros(n), np.zeros(n))
    rows = rows_of(posterior(11), Certain(), made(5), own)
    assert [row["parameter"] for row in rows] == list(names())
    inside = [row for row in rows if row["in_pool"]]
    assert [row["parameter"] for row in inside] == [names()[k] for k in MOVED]
    assert [row["width"] for row in inside] == [0.5, 1.0]  # no wider than the prior
    first, declared = inside[0], free_parameters()[names()[MOVED[0]]]
    assert first["low80"] < first["median"] < first["high80"]
    assert (first["prior_low"], first["prior_high"]) == (declared.low, declared.high)
    outside = rows[0]
    assert (outside["width"], outside["low80"], outside["median"]) == (1.0, None, None)
    assert outside["state"] == "not identified"


def test_a_summary_that_few_draws_reproduce_is_named():
    """Of 200 draws one lies below the first observation, two below the second; the third varies, but is not used."""
    table = made(200, conflicts=2)
    table.summaries[:] = np.arange(200.0)[:, None, None]
    table.observed[:] = 100.0
    table.observed[0, :3] = 0.5, 1.5, 0.5
    table.observed[1, 0] = 198.5
    used = np.full((2, N), True)
    used[0, 2] = False
    logs = {"war-0": [0.0] * 4, "war-1": [0.0, -1e9, -1e9, -1e9]}
    first, second = conflict_rows(posterior(**{WITHOUT: logs}), table, Certain(used))
    assert first == {
        "conflict": "war-0",
        "summaries": N - 1,
        "not_reproduced": [next(iter(SUMMARIES))],
        "effective_size_without": pytest.approx(4.0),
    }
    assert second["not_reproduced"] == [next(iter(SUMMARIES))]
    assert second["effective_size_without"] == pytest.approx(1.0)


def test_a_draw_that_equals_what_was_observed_counts_half_below():
    table = made(200, conflicts=1)
    table.summaries[:] = 7.0
    table.observed[:] = 7.0
    used = np.full((1, N), True)
    (row,) = conflict_rows(posterior(**{WITHOUT: {"war-0": [0.0] * 4}}), table, Certain(used))
    assert row["not_reproduced"] == []


class Density:
    """An estimator under which each conflict adds 1 to the log density of the first draw and nothing to others."""

    chosen, features = np.array(MOVED), None

    def log_density(self, observed, unit):
        return np.r_[float(observed.shape[1]), np.zeros(len(unit) - 1)]


def test_log_weights_without_a_conflict_are_what_it_took_away(monkeypatch):
    monkeypatch.setattr(module, "learn", lambda table, like: Density())
    table = made(5, conflicts=2)
    unit = np.random.default_rng(1).random((3, len(names())))
    found = posterior_of(Density(), table, unit)
    assert found.about[WITHOUT] == {"war-0": [-1.0, 0.0, 0.0], "war-1": [-1.0, 0.0, 0.0]}
    assert found.weights.tolist() == [1 / 3] * 3
    assert found.names == tuple(names()[k] for k in MOVED)
    assert np.array_equal(found.values, to_parameters(unit)[:, MOVED])


def test_a_fit_says_what_it_was_made_from():
    table = made(7, conflicts=2)
    table = type(table)(
        *(getattr(table, f) for f in table.__dataclass_fields__ if f != "left_out"), left_out=3
    )
    about = about_of(table, 5, ["war-1"])
    assert (about["draws"], about["left_out"], about["seed"], about["without"]) == (10, 3, 5, ["war-1"])
    assert about["conflicts"] == ["war-0", "war-1"]
    other = made(7, conflicts=2, seed=2)
    assert about_of(other, 5, [])["table_sha256"] != about["table_sha256"]


# -- the whole


@pytest.fixture
def parts(monkeypatch):
    """The parts of a fit, each of which says over which conflicts it was asked."""
    asked = {}

    def note(name, answer):
        def part(table, *more, **how):
            asked[name] = table.conflicts
            return answer

        monkeypatch.setattr(module, name, part)

    n = len(names())
    own = Calibrated(np.full((6, n), 0.5), np.zeros(n), np.zeros(n))
    monkeypatch.setattr(module, "SAMPLE", 10)
    note("learn", Certain(np.full((1, N), True)))
    note("calibrated", own)
    note("theory_rows", [{"weight": float("nan")}])
    note("mechanism_rows", [])
    note("trial", [])
    logs = {WITHOUT: {"war-1": [0.0] * 4}}
    monkeypatch.setattr(module, "posterior_of", lambda estimator, table, unit: posterior(**logs))

    def predicted(some, unit, theories, progress):
        asked["predicted"] = (some, len(unit))
        return np.zeros((0, 1, N))

    monkeypatch.setattr(module, "predicted", predicted)
    return asked


def test_a_conflict_is_left_out_of_every_part_of_a_fit(parts):
    told = []
    found = [SimpleNamespace(name=name) for name in ("war-0", "war-1")]
    made_of = made(6, conflicts=2)
    fit = module.pooled(found, made_of, without=["war-0"], runs=7, progress=lambda *what: told.append(what))
    assert parts.pop("predicted") == (found[1:], 7)
    assert set(parts.values()) == {("war-1",)}
    assert told == [("learning", 0, 1), ("learning", 1, 1)]
    plain = fit.to_json()
    assert (plain["without"], plain["conflicts"][0]["conflict"], plain["truths"]) == (["war-0"], "war-1", 6)
    assert plain["theories"] == [{"weight": None}]
    assert WITHOUT not in plain
    assert "report" not in plain


def test_a_conflict_that_is_not_in_the_table_cannot_be_left_out():
    with pytest.raises(InputError, match=r"--without: .*'war-9'.*war-0"):
        module.pooled([], made(5), without=["war-9"])


def test_a_fit_is_shown_in_lines_without_the_names_of_what_is_not_identified():
    states = ("identified", "not calibrated", "not identified", "not identified")
    rows = [{"parameter": f"p{k}", "state": state} for k, state in enumerate(states)]
    about = {"report": {"parameters": rows}, "conflicts": ["a", "b"], "draws": 2000}
    assert repr(Pooled(posterior(**about))).splitlines() == [
        "Pooled posterior over 2 conflicts, 2,000 draws",
        "  identified: 1 (p0)",
        "  narrowed a little: 0",
        "  not calibrated: 1 (p1)",
        "  not identified: 2",
    ]
    assert Pooled(posterior(**about)).parameters()["state"].tolist() == list(states)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"draws": 149}, "--draws: got 149; expected a whole number from 150"),
        ({"seed": -1}, "--seed: got -1; expected a whole number from 0"),
        ({"out": "pool.csv"}, r"pool\.csv"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_read(asked, words, tmp_path):
    with pytest.raises(InputError, match=words):
        calibrate_pool(tmp_path, **asked)


def test_the_fewest_draws_and_the_first_seed_are_let_through_to_the_data(tmp_path):
    with pytest.raises(InputError, match=r"holds no cases\.csv"):
        calibrate_pool(tmp_path, draws=150, seed=0)


@pytest.mark.parametrize("lacking", ["pyabc", "sklearn"])
def test_a_library_that_is_not_installed_is_asked_for(monkeypatch, lacking, tmp_path):
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == lacking else "there")
    with pytest.raises(InputError, match="needs the extra 'calibration'"):
        calibrate_pool(tmp_path)


def test_a_fit_is_kept_beside_its_table(monkeypatch, tmp_path):
    """What is asked for reaches each part, and the posterior and the table are named alike."""
    asked, tell = {}, print
    monkeypatch.setattr(module, "library", lambda: None)
    monkeypatch.setattr(module, "compile_now", lambda: None)
    monkeypatch.setattr(module, "conflicts", lambda *given: asked.update(conflicts=given) or "found")
    monkeypatch.setattr(module, "simulate", lambda *given, **how: asked.update(table=(given, how)) or "table")
    monkeypatch.setattr(
        module, "pooled", lambda *given, **how: asked.update(fit=(given, how)) or Pooled("posterior")
    )
    monkeypatch.setattr(module, "write_posterior", lambda *given: asked.update(kept=given))
    given = {"draws": 200, "seed": 7, "without": ["a"], "resume": True, "progress": tell}
    assert calibrate_pool("data", out=tmp_path / "pool.json", **given).posterior == "posterior"
    table = ("found", 200, 7, tmp_path / "pool.jsonl")
    assert asked == {
        "conflicts": ("data", tell),
        "table": (table, {"resume": True, "progress": tell}),
        "fit": (("found", "table"), {"seed": 7, "without": ["a"], "progress": tell}),
        "kept": ("posterior", tmp_path / "pool.json"),
    }
    asked.clear()
    calibrate_pool("data")
    assert asked["table"] == (("found", 2000, 1, None), {"resume": False, "progress": None})
    assert "kept" not in asked
