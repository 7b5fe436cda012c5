"""The examples of docs/examples run, and what they find is there."""

import importlib
import sys
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

import detente
from detente.model.errors import InputError

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(autouse=True)
def examples_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes import the example that a class stands in, so it must be on their path too."""
    monkeypatch.syspath_prepend(str(FOLDER))


def example(name: str) -> Any:
    """An example as a module of its own name."""
    return sys.modules.get(name) or importlib.import_module(name)


@pytest.mark.slow
def test_own_actors_decide_as_they_say(compiled: None):
    made = example("own_actors")
    table = made.main(runs=40)
    assert table.loc["mean", "ceasefire_offers"] != 0
    never = detente.run(
        "template",
        "status-quo",
        seed=3,
        actors={"movement": made.DeedsFirst},
        parameters={"switches": {"measures": 0}},
    ).events
    offers = never[(never["event"] == "truce_offered") & (never["actor"].str.contains("Movement"))]
    assert offers.empty


def test_own_actors_run_on_mesa_only():
    made = example("own_actors")
    with pytest.raises(InputError, match="movement"):
        detente.run("template", "status-quo", engine="compiled", actors={"movement": made.DeedsFirst})


@pytest.mark.slow
def test_salib_finds_the_lever_that_matters(compiled: None):
    found = example("with_salib").main(samples=32)
    total = dict(zip(example("with_salib").PROBLEM["names"], found["ST"], strict=True))
    assert total["parallel_tracks"] > total["recognition"]
    assert total["parallel_tracks"] > total["trust.memory"]


@pytest.mark.slow
def test_optuna_finds_better_levers_than_none(compiled: None):
    study = example("with_optuna").main(trials=25)
    assert study.best_value > study.trials[0].value
    levers = study.best_params
    again = [
        detente.evaluate("template", s, policy="status-quo", engine="compiled", **levers) for s in range(1, 9)
    ]
    assert study.best_value == pytest.approx(np.mean([run["days_in_ceasefire"] for run in again]))


@pytest.mark.slow
def test_the_workbench_finds_a_box(compiled: None):
    inputs, agreed, often, box = example("with_ema_workbench").main(scenarios=150)
    assert len(inputs) == 150
    assert agreed[often].min() > agreed[~often].max()
    assert box.density > np.mean(often)
    row = inputs.iloc[0].to_dict()
    again = example("with_ema_workbench").lessons(**row)
    assert again["agreed"] == agreed[0]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has scenarios in its place")
def test_batch_run_gives_what_a_run_gives():
    table = example("with_mesa_batch_run").main(range(1, 3))
    assert len(table.groupby(["recognition", "RunId"])) == 4


@pytest.mark.mesa
def test_scenarios_give_what_runs_give():
    made = example("with_mesa_scenarios")
    table = made.main(made.SETTINGS[-2:])
    for row in table.to_dict("records"):
        levers, seed = {"recognition": row["recognition"]}, row["seed_number"]
        run = detente.run("template", "status-quo", seed, step_days=7, levers=levers)
        assert (row["fatalities"], row["attacks"]) == (run.outcomes["fatalities"], run.outcomes["attacks"])
    assert table["seed_number"].nunique() == len(table)
