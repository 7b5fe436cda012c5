"""Indices against functions whose indices are known, and noise against luck that was put there."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from detente.experiments.analysis.sensitivity import morris, noise_of, sensitivity, sobol
from detente.experiments.cli.main import app
from detente.experiments.sweep.results import open_results
from detente.experiments.sweep.sweep import sweep
from detente.model.errors import InputError

ISHIGAMI = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}


def ishigami(x: Any) -> Any:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_finds_the_indices_of_the_ishigami_function():
    """S1 = .314, .442, 0; ST = .558, .442, .244 (Ishigami & Homma 1990)."""
    from SALib.sample import sobol as sampler

    points = sampler.sample(ISHIGAMI, 1024, calc_second_order=False, seed=1)
    found = {(row["factor"], row["index"]): row for row in sobol(ISHIGAMI, ishigami(points), False)}
    known = {"a": (0.314, 0.558), "b": (0.442, 0.442), "c": (0.0, 0.244)}
    for name, (first, total) in known.items():
        assert found[name, "S1"]["value"] == pytest.approx(first, abs=0.05)
        assert found[name, "ST"]["value"] == pytest.approx(total, abs=0.05)
        assert found[name, "ST"]["low95"] <= total <= found[name, "ST"]["high95"]


def test_morris_gives_the_slopes_of_a_plane():
    from SALib.sample import morris as sampler

    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0.0, 1.0]] * 2}
    points = sampler.sample(problem, 20, num_levels=4, seed=1)
    found = {
        (row["factor"], row["index"]): row["value"]
        for row in morris(problem, points, 3 * points[:, 0] - 2 * points[:, 1], 4)
    }
    assert found["a", "mu_star"] == pytest.approx(3)
    assert found["b", "mu_star"] == pytest.approx(2)
    assert found["a", "sigma"] == pytest.approx(0, abs=1e-9)


# -- noise


def table(real: float, own: float, seeds: int = 10, points: int = 400) -> Any:
    """Points that differ by ``real``, luck that all share, and luck of their own (standard deviations)."""
    rng = np.random.default_rng(7)
    shared = rng.normal(0, 50, seeds)
    return rng.normal(0, real, points)[:, None] + shared[None, :] + rng.normal(0, own, (points, seeds))


def test_shared_luck_is_no_noise():
    found = noise_of(table(1.0, 0.0))
    assert found.verdict == "clear"
    assert found.share == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("own", "verdict"), [(0.5, "clear"), (2.0, "blurred"), (6.0, "meaningless")])
def test_own_luck_is_told_from_effect(own: float, verdict: str):
    found = noise_of(table(1.0, own))
    assert found.share == pytest.approx(own**2 / 10 / (1 + own**2 / 10), abs=0.12)
    assert found.verdict == verdict


def test_seeds_needed_bring_luck_to_a_tenth():
    found = noise_of(table(1.0, 3.0))
    assert found.needed == pytest.approx(81, rel=0.4)  # 9 / n = a ninth of 1
    again = noise_of(table(1.0, 3.0, seeds=found.needed or 0))
    assert again.share == pytest.approx(0.1, abs=0.03)


def test_pure_luck_and_no_variation_are_named():
    assert noise_of(table(0.0, 1.0)).verdict == "meaningless"
    assert noise_of(np.ones((10, 5))).verdict == "does not vary"
    assert noise_of(table(1.0, 1.0, seeds=1)).verdict == "unknown"


# -- sweeps


def asked(**keys: Any) -> dict[str, Any]:
    return {"cases": ["template"], "policies": ["status-quo"], **keys}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Path:
    """A small Latin hypercube over two levers of the template."""
    out = tmp_path_factory.mktemp("sweep") / "lhs"
    levers = {"recognition": "0:1", "parallel_tracks": "0:1"}
    sweep(asked(levers=levers, design="lhs:24", runs=8), out=out)
    return out


def test_swings_are_slopes_within_seeds(swept: Path):
    made = sensitivity(swept, ["measures", "tracks_opened"])
    found = made.indices.set_index(["outcome", "factor"])
    assert found.loc[("measures", "recognition"), "low95"] > 0
    assert found.loc[("tracks_opened", "parallel_tracks"), "low95"] > 0
    table = open_results(swept).table
    slopes: list[float] = []
    for _, rows in table.groupby("seed"):
        x = np.column_stack([np.ones(len(rows)), rows["recognition"], rows["parallel_tracks"]])
        slopes.append(np.linalg.lstsq(x, rows["measures"].to_numpy(), rcond=None)[0][1])
    assert found.loc[("measures", "recognition"), "value"] == pytest.approx(np.mean(slopes), rel=1e-6)


def test_the_figure_and_the_tables(swept: Path, tmp_path: Path):
    page = tmp_path / "tornado.html"
    result = CliRunner().invoke(app, ["sensitivity", str(swept), "--plot", str(page)])
    assert result.exit_code == 0, result.output
    assert "Linear change" in result.stdout
    assert "is random" in result.stdout
    assert "Plotly.newPlot" in page.read_text(encoding="utf-8")
    told = json.loads(CliRunner().invoke(app, ["sensitivity", str(swept), "--json"]).stdout)
    assert told["method"] == "swing"
    assert {row["outcome"] for row in told["noise"]} >= {"fatalities", "collapsed"}


@pytest.mark.parametrize("kind", ["sobol:8", "morris:6"])
def test_sobol_and_morris_sweeps_are_analysed(kind: str, tmp_path: Path, compiled: None):
    out = tmp_path / "s"
    levers = {"recognition": "0:1", "parallel_tracks": "0:1"}
    sweep(asked(levers=levers, design=kind, runs=4), out=out)
    made = sensitivity(out, ["issues_settled"])
    lead = made.indices[made.indices["index"].isin(["ST", "mu_star"])].set_index("factor")["value"]
    assert lead["parallel_tracks"] > lead["recognition"]
    assert made.plot().data


def test_what_cannot_be_analysed_is_refused(swept: Path, tmp_path: Path):
    with pytest.raises(InputError, match="outcome"):
        sensitivity(swept, ["happiness"])
    result = CliRunner().invoke(app, ["sensitivity", str(tmp_path / "nowhere")])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    bare = tmp_path / "bare"
    sweep(asked(runs=2), out=bare)
    with pytest.raises(InputError, match="varies no lever"):
        sensitivity(bare)
    next(bare.glob("chunk-*.parquet")).unlink()
    with pytest.raises(InputError, match="missing"):
        sensitivity(bare)
