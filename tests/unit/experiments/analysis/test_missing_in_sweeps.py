"""What is missing in some runs of a sweep: null in its files; indices, regret and effects are of the other runs."""

import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from detente.experiments.analysis.robustness_of_sweep import weigh_results
from detente.experiments.analysis.sensitivity import (
    by_seed,
    fitted,
    luck_in,
    noise_of,
    point_means,
    sensitivity,
)
from detente.experiments.analysis.variance_shares import so_far
from detente.experiments.cli.printing.robustness import print_robustness
from detente.experiments.cli.printing.sensitivity import luck_cell, print_sensitivity
from detente.experiments.compare import factorial, regret
from detente.experiments.compare.lessons import seed_spread
from detente.experiments.sweep.design.factors import column_of
from detente.experiments.sweep.results import Results
from detente.experiments.sweep.sweep import sweep

NAN = math.nan


@pytest.fixture(scope="module")
def results(compiled, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Runs in which a ceasefire is rare at one end and frequent at the other."""
    out = tmp_path_factory.mktemp("missing") / "swing"
    levers = {"ceasefires": [0, 0.5, 1.0], "mediation": [0, 1.0]}
    return sweep("template", out=out, workers=1, policies=["status-quo", "opening"], levers=levers, runs=8)


def strict(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def printed(show: Any, *args: Any) -> str:
    to = Console(width=200, record=True, file=io.StringIO())
    show(to, *args)
    return to.export_text()


# -- files


def test_what_is_missing_is_null_in_the_files(results: Results):
    import pyarrow.parquet as pq

    length = pq.read_table(results.path, columns=["ceasefires", "ceasefire_length", "ally_trust"]).to_pandas()
    assert (length["ceasefire_length"].isna() == (length["ceasefires"] == 0)).all()
    raw = pq.read_table(results.path, columns=["ceasefire_length", "ally_trust", "attacks"])
    assert raw["ceasefire_length"].null_count == (length["ceasefires"] == 0).sum() > 0
    assert raw["ally_trust"].null_count == len(length)
    assert raw["attacks"].null_count == 0


def test_what_is_missing_is_an_empty_cell_of_a_csv(results: Results, tmp_path: Path):
    path = tmp_path / "runs.csv"
    results.table.to_csv(path, index=False)
    again = pd.read_csv(path)
    assert again["ally_trust"].isna().all()


# -- noise and indices


@pytest.mark.parametrize(
    ("values", "means", "runs", "missing", "empty"),
    [
        ([[1.0, 3.0], [NAN, 4.0]], [2.0, 4.0], 3, 1, 0),
        ([[NAN, NAN], [2.0, 4.0]], [NAN, 3.0], 2, 2, 1),
        ([[NAN, NAN], [NAN, NAN]], [NAN, NAN], 0, 4, 2),
        ([[1.0, NAN, NAN], [NAN, 5.0, 7.0], [2.0, 2.0, 2.0]], [1.0, 6.0, 2.0], 6, 3, 0),
        ([[1.0, 2.0]], [1.5], 2, 0, 0),
    ],
)
def test_means_and_noise_are_of_the_runs_that_have_a_value(values, means, runs, missing, empty):
    table = np.array(values)
    assert point_means(table) == pytest.approx(means, nan_ok=True)
    found = noise_of(table)
    assert (found.runs, found.missing, found.empty) == (runs, missing, empty)
    assert found.verdict == "missing" if runs == 0 else found.verdict != "missing"
    assert found.between >= 0


def test_luck_of_an_incomplete_table_is_that_within_points():
    """Within variances 2 and 8, of two and two runs, so 5 in a run; a third point has one run."""
    table = np.array([[1.0, 3.0, NAN], [NAN, 2.0, 6.0], [7.0, NAN, NAN]])
    single, mean = luck_in(table)
    assert single == pytest.approx(5.0)
    assert mean == pytest.approx(5.0 * (0.5 + 0.5 + 1.0) / 3)
    assert np.isnan(luck_in(np.array([[1.0, NAN], [NAN, 2.0]]))).all()


def test_swings_are_fitted_to_the_points_that_have_a_value():
    """y = 1 + 2 x exactly in the first seed, of three points; two points are too few for the second."""
    x = np.array([0.0, 0.25, 0.5, 1.0])
    design = np.column_stack([np.ones(4), x])
    values = np.column_stack([1 + 2 * x, 1 + 2 * x, 1 + 2 * x])
    values[1, 0] = NAN
    values[:2, 1] = NAN
    found = fitted(design, values)
    assert found[:, 0] == pytest.approx([1.0, 2.0])
    assert np.isnan(found[:, 1]).all()
    assert found[:, 2] == pytest.approx([1.0, 2.0])


def test_a_run_not_done_is_not_a_run_without_a_value():
    rows = pd.DataFrame(
        [(0, 1, 1.0), (0, 2, NAN), (1, 1, 3.0), (2, 1, NAN), (2, 2, NAN)], columns=["point", "seed", "x"]
    )
    assert by_seed(rows, "x") == pytest.approx(np.array([[1.0, NAN], [NAN, NAN]]), nan_ok=True)


def test_sensitivity_of_the_length_of_ceasefires(results: Results):
    found = sensitivity(results, ["ceasefire_length", "attacks", "ally_trust"])
    noise = found.noise[found.noise["policy"] == "status-quo"].set_index("outcome")
    rows = results.table[results.table["policy"] == "status-quo"]
    assert noise.loc["ceasefire_length", "runs"] == (rows["ceasefires"] > 0).sum()
    assert noise.loc["attacks", ["runs", "missing"]].tolist() == [48, 0]
    assert noise.loc["ally_trust", "verdict"] == "missing"
    assert not (found.indices["outcome"] == "ally_trust").any()
    strict(found.to_json())
    told = printed(print_sensitivity, found, ["ceasefire_length", "ally_trust"])
    assert f"{noise.loc['ceasefire_length', 'runs']} of 48 runs" in told
    assert "no run has a value" in told
    assert found.plot().to_json()


@pytest.mark.parametrize("design", ["sobol", "morris"])
def test_indices_need_a_value_at_every_point(compiled, tmp_path: Path, design: str):
    made = sweep(
        {
            "case": "template",
            "policies": ["status-quo"],
            "levers": {"ceasefires": "0:1", "mediation": "0:1"},
            "design": {"kind": design, "samples": 4},
            "runs": 2,
        },
        out=tmp_path / design,
        workers=1,
    )
    found = sensitivity(made, ["ceasefire_length", "attacks", "implementation"])
    noise = found.noise.set_index("outcome")
    assert (found.indices["outcome"] == "attacks").any()
    for name in ("ceasefire_length", "implementation"):
        whole = noise.loc[name, "empty"] == 0 and noise.loc[name, "between"] > 0
        assert (found.indices["outcome"] == name).any() == whole
    assert np.isfinite(found.indices.loc[found.indices["index"] != "sigma", "value"]).all()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"verdict": "missing", "share": 0.0, "runs": 0, "missing": 8, "empty": 2}, "no run has a value"),
        ({"verdict": "clear", "share": 0.05, "runs": 8, "missing": 0, "empty": 0}, "clear (5%)"),
        (
            {"verdict": "blurred", "share": 0.2, "runs": 6, "missing": 2, "empty": 0},
            "blurred (20%), 6 of 8 runs",
        ),
        (
            {"verdict": "clear", "share": 0.0, "runs": 6, "missing": 2, "empty": 1},
            "clear (0%), 6 of 8 runs, none at 1 points",
        ),
        ({"verdict": "unknown", "share": NAN, "runs": 3, "missing": 1, "empty": 0}, "unknown, 3 of 4 runs"),
    ],
)
def test_how_much_is_luck_in_words(row, words):
    assert luck_cell(row) == words


def test_shares_so_far_are_of_the_runs_that_have_a_value(results: Results):
    rows = results.table[results.table["policy"] == "status-quo"]
    indices, noise = so_far(rows, [column_of(f.name) for f in results.factors], "ceasefire_length")
    assert indices["value"].between(0, 1).all()
    assert noise["missing"].item() > 0


# -- regret and bars


def means(**by_policy: list[float]) -> pd.DataFrame:
    rows = [(k, policy, value) for policy, values in by_policy.items() for k, value in enumerate(values)]
    return pd.DataFrame(rows, columns=["state", "policy", "ceasefire_length"])


def test_regret_is_of_the_states_in_which_a_policy_has_a_mean():
    found = regret.ranking(means(a=[10.0, NAN, 4.0, NAN], b=[NAN, 5.0, 6.0, NAN]), "ceasefire_length")
    assert found["states"].to_dict() == {"a": 2, "b": 2}
    assert found["max_regret"].to_dict() == {"a": 2.0, "b": 0.0}
    assert found["mean_regret"].to_dict() == {"a": 1.0, "b": 0.0}
    assert found["best_in"].to_dict() == {"a": 0.5, "b": 1.0}


def test_a_policy_without_any_mean_stands_last():
    found = regret.ranking(means(a=[NAN, NAN], b=[5.0, 6.0], c=[1.0, 7.0]), "ceasefire_length")
    assert list(found.index)[-1] == "a"
    assert found.loc["a", "states"] == 0
    assert math.isnan(found.loc["a", "best_in"])


def test_what_is_missing_clears_no_bar():
    table = pd.DataFrame({"ceasefire_length": [NAN, 10.0, 50.0], "aftermath_each": [NAN, 1.0, 9.0]})
    assert regret.clears(table, {"ceasefire_length": 20.0}).tolist() == [False, False, True]
    assert regret.clears(table, {"aftermath_each": 5.0}).tolist() == [False, True, False]


def test_robustness_of_a_sweep_whose_outcome_is_missing(results: Results):
    found = weigh_results(results, outcomes=["ceasefire_length", "attacks", "ally_trust"])
    rows = results.table
    first = rows[(rows["policy"] == "status-quo") & (rows["point"] == 0)]["ceasefire_length"]
    got = found.means[(found.means["policy"] == "status-quo") & (found.means["state"] == 0)]
    assert got["ceasefire_length"].item() == pytest.approx(first.mean(), nan_ok=True)
    told = strict(found.to_json())
    assert told["means"][0]["ally_trust"] is None
    words = printed(print_robustness, found)
    assert "No run has a value of ally_trust in any state." in words
    assert found.plot_states("ceasefire_length").to_json()


# -- factorials


def worked(n: int, seeds: int = 3) -> np.ndarray[Any, Any]:
    """Corners whose value is 1, 2, 4 ... for each factor raised, and 0.5 more where the first two both are."""
    raised = factorial.corners(n)
    base = raised @ (2.0 ** np.arange(n)) + 0.5 * raised[:, 0] * raised[:, 1]
    return base[:, None] + np.arange(seeds)[None, :] * 10.0


@pytest.mark.parametrize("gone", [[0], [3], [0, 5], [1, 2], [7, 6, 0]])
def test_effects_within_a_seed_are_of_the_settings_with_a_value_on_both_sides(gone):
    values = worked(3)
    values[gone, 1] = NAN
    found = factorial.main_effects(values)
    whole = factorial.main_effects(worked(3))
    assert found[:, [0, 2]] == pytest.approx(whole[:, [0, 2]])
    assert found[2, 1] == pytest.approx(4.0)
    assert 1.0 <= found[0, 1] <= 1.5
    assert 2.0 <= found[1, 1] <= 2.5
    pairs = factorial.interactions(values)
    settings = [k for k in (0, 4) if not {k, k + 1, k + 2, k + 3} & set(gone)]
    assert pairs[0, 1][1] == pytest.approx(0.5 if settings else NAN, nan_ok=True)
    assert pairs[0, 1][0] == pytest.approx(0.5)


def test_a_seed_without_any_pair_has_no_effect():
    values = worked(2)
    values[[1, 3], 0] = NAN
    found = factorial.main_effects(values)
    assert math.isnan(found[0, 0])
    assert math.isnan(found[1, 0]) is False
    assert factorial.interval(found[0])["pairs"] == 2


def test_a_whole_factorial_is_computed_as_before():
    values = worked(5) + np.random.default_rng(1).normal(0, 1, (32, 3))
    raised = factorial.corners(5).astype(bool)
    expected = np.array([values[on].mean(axis=0) - values[~on].mean(axis=0) for on in raised.T])
    assert factorial.main_effects(values).tobytes() == expected.tobytes()


def test_spread_within_a_corner_is_of_the_known():
    values = np.array([[1.0, 3.0, NAN], [NAN, NAN, 2.0], [2.0, 6.0, NAN]])
    assert seed_spread(values) == pytest.approx((np.sqrt(2.0) + np.sqrt(8.0)) / 2)
    assert seed_spread(np.full((2, 3), NAN)) == 0.0
