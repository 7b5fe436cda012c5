"""The pooled posterior as a file: its version, what a case itself sets, and the weights without one conflict."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import detente
from detente.agents.parameters import Parameters
from detente.experiments.cli.main import app
from detente.experiments.runs.pooled_posterior import (
    WITHOUT,
    case_parameters,
    check_current,
    is_pooled,
    leave_out,
    pooled_posterior,
)
from detente.experiments.runs.posterior import Posterior, write_posterior
from detente.experiments.runs.posterior_draws import draws_for
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

NAMES = ("trust.memory", "violence.tail")
ABOUT = {"version": detente.__version__, WITHOUT: {"a": [0.0, -5.0], "b": [0.0, 0.0]}}
FOUND = Posterior(NAMES, np.array([[300.0, 2.0], [900.0, 2.5]]), np.array([0.5, 0.5]), ABOUT)


def test_weights_without_a_conflict():
    left = leave_out(FOUND, "a")
    assert left.posterior.weights[0] == pytest.approx(1.0 / (1.0 + np.exp(-5.0)))
    assert left.effective_size == pytest.approx(1.0, abs=0.05)
    assert leave_out(FOUND, "b").effective_size == pytest.approx(2.0)
    assert "without a: effective sample size 1 of 2" in left.words


def test_an_unknown_conflict_and_a_posterior_of_one_case_are_refused():
    with pytest.raises(InputError, match="a"):
        leave_out(FOUND, "aa")
    with pytest.raises(InputError, match="--pool"):
        leave_out(Posterior(NAMES, FOUND.values, FOUND.weights, {}), "a")


def test_another_version_is_refused(tmp_path):
    old = Posterior(NAMES, FOUND.values, FOUND.weights, {**ABOUT, "version": "0.0.1"})
    with pytest.raises(InputError, match=r"0\.0\.1"):
        check_current(old, "posterior")
    path = tmp_path / "old.json"
    write_posterior(old, path)
    done = CliRunner().invoke(app, ["run", "template", "--posterior", str(path)])
    assert done.exit_code == 2
    assert "version" in done.output


def test_what_a_case_sets_itself_is_not_drawn():
    scenario = load_scenario("template")
    violence = scenario.parameters.violence.model_copy(update={"tail": 1.9})
    own = scenario.model_copy(
        update={"parameters": scenario.parameters.model_copy(update={"violence": violence})}
    )
    assert case_parameters(own) - case_parameters(scenario) == {"violence.tail"}
    assert draws_for(own, FOUND).names == ("trust.memory",)
    assert draws_for(scenario, FOUND).names == NAMES


def test_the_shipped_one_can_be_drawn_from_by_its_word():
    found = pooled_posterior()
    assert is_pooled(found)
    assert len(found.about["conflicts"]) == 19
    assert draws_for("template", "pooled").names
    assert set(found.about[WITHOUT]) == set(found.about["conflicts"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--pool"], "--data-dir"),
        (["--pool", "template", "--data-dir", "x"], "CASE"),
        (["template", "--draws", "500"], "--draws: needs --pool"),
        (["--pool", "--data-dir", "no-such-folder"], "no-such-folder"),
        ([], "CASE: got nothing"),
    ],
)
def test_ways_to_calibrate_are_not_mixed(arguments, words):
    done = CliRunner().invoke(app, ["calibrate", *arguments])
    assert done.exit_code == 2
    assert words in done.output


def test_the_report_of_the_shipped_one_has_what_the_manual_says_of_it():
    report = pooled_posterior().about["report"]
    assert json.dumps(report)
    rows = report["parameters"]
    assert {row["state"] for row in rows} <= {
        "identified",
        "narrowed a little",
        "not identified",
        "not calibrated",
    }
    for row in rows:
        if row["state"] == "identified":
            assert row["rank_p"] > 0.01
            assert abs(row["within80"] - 0.8) <= 0.05
    assert [row["theory"] for row in report["theories"]] == [
        "readiness",
        "ripeness",
        "commitment",
        "reciprocity",
    ]


def test_every_draw_that_counts_opens_a_case():
    """Excitation is bounded as a sum, which the range of no single parameter says."""
    found = pooled_posterior()
    usual = Parameters().violence
    for values, weight in zip(found.values, found.weights, strict=True):
        drawn = dict(zip(found.names, values, strict=True))
        total = sum(drawn.get(f"violence.{n}", getattr(usual, n)) for n in ("n_own", "n_rec", "n_ally"))
        assert weight == 0.0 or total <= 0.8
    assert found.weights.sum() == pytest.approx(1.0)
    assert (found.weights > 0).sum() > 0.9 * len(found.weights)
