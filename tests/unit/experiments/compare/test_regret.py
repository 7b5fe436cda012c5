"""Regret, satisficing and boxes, on tables whose answers can be worked out by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.experiments.analysis import discovery
from detente.experiments.compare import (
    common_random_numbers as paired,
)
from detente.experiments.compare import (
    lessons_over_parameters as priors,
)
from detente.experiments.compare import (
    regret as robustness,
)
from detente.experiments.compare.regret import over_states
from detente.experiments.runs.inputs import declared_parameters
from detente.model.errors import InputError
from detente.model.request import Request, open_case


@pytest.fixture
def means() -> pd.DataFrame:
    """Two states, two policies: talk is better in the first, fight in the second; less is better of deaths."""
    rows = [(0, "talk", 5.0, 0.2), (0, "fight", 9.0, 0.0), (1, "talk", 8.0, 0.1), (1, "fight", 7.0, 0.0)]
    return pd.DataFrame(rows, columns=["state", "policy", "deaths_per_day", "agreements"])


def test_regret_is_the_distance_from_the_best(means: pd.DataFrame):
    assert robustness.regret(means, "deaths_per_day").to_numpy().tolist() == [[0.0, 4.0], [1.0, 0.0]]
    assert robustness.regret(means, "agreements")["fight"].tolist() == pytest.approx([0.2, 0.1])
    with pytest.raises(InputError, match="talk_days"):
        robustness.regret(means, "talk_days")


def test_the_ranking_puts_the_smallest_largest_regret_first(means: pd.DataFrame):
    table = robustness.ranking(means, "deaths_per_day")
    assert list(table.index) == ["talk", "fight"]
    assert table.loc["talk", "max_regret"] == 1.0
    assert table.loc["fight", "best_in"] == 0.5


def test_satisficing_counts_states_that_clear_every_bar(means: pd.DataFrame):
    assert robustness.satisficing(means, {"deaths_per_day": 8.0}).to_dict() == {"talk": 1.0, "fight": 0.5}
    both = robustness.satisficing(means, {"deaths_per_day": 8.0, "agreements": 0.15})
    assert both.to_dict() == {"talk": 0.5, "fight": 0.0}
    with pytest.raises(InputError, match="final_trust"):
        robustness.satisficing(means, {"final_trust": 0.4})


def test_worlds_stay_in_the_declared_ranges_and_take_theories_in_turn():
    states = robustness.worlds(["trust.memory", "talks.issue"], 12)
    assert [s["theory"] for s in states[:4]] == ["readiness", "ripeness", "commitment", "reciprocity"]
    known = declared_parameters()["trust.memory"]
    assert all(known.low <= s["trust.memory"] <= known.high for s in states)
    with pytest.raises(InputError, match=r"trust\.memory"):
        robustness.worlds(["trust.memori"], 3)


@pytest.mark.slow
def test_discovery_finds_the_box_that_was_put_there():
    rng = np.random.default_rng(1)
    inputs = pd.DataFrame(rng.random((400, 3)), columns=["a", "b", "c"])
    found = discovery.discover(inputs, (inputs["a"] > 0.6) & (inputs["b"] < 0.5))
    assert found["density"] > 0.95
    assert found["coverage"] > 0.9
    assert set(found["limits"]) == {"a", "b"}
    assert "a above 0.6" in found["words"]
    assert "b below 0.49" in found["words"] or "b below 0.5" in found["words"]
    assert discovery.discover(inputs, np.zeros(400))["words"] == "in no state"
    assert discovery.discover(inputs, np.ones(400))["words"] == "in every state"


def test_discovery_tells_theories_apart_and_takes_no_luck_for_a_limit():
    rng = np.random.default_rng(2)
    inputs = pd.DataFrame(rng.random((200, 4)), columns=list("abcd"))
    inputs["theory"] = np.tile(["readiness", "ripeness", "commitment", "reciprocity"], 50)
    where = (inputs["a"] > 0.5) & inputs["theory"].isin(["ripeness", "commitment"])
    found = discovery.discover(inputs, where)
    assert found["limits"].keys() == {"a", "theory"}
    assert found["limits"]["theory"] == ("ripeness", "commitment")
    assert "a above 0.5" in found["words"]
    assert "theory ripeness or commitment" in found["words"]
    luck = discovery.discover(inputs, rng.random(200) < 0.4)
    assert luck["limits"] == {}
    assert luck["words"] == f"in {luck['base']:.0%} of the states, wherever one looks"


def test_states_are_run(compiled: None):
    states = robustness.worlds(["measures.base"], 2)
    asked = [Request.of("template", name, {}, robustness.means_in) for name in ("status-quo", "five-lessons")]
    made = robustness.means_in(asked, states, range(1, 4), ["issues_settled"])
    assert len(made) == 4
    assert (robustness.regret(made, "issues_settled").min(axis=1) == 0).all()


# -- common random numbers


def test_the_saving_is_the_ratio_of_variances():
    rng = np.random.default_rng(2)
    shared, own = rng.normal(0, 1, 20_000), rng.normal(0, 1, (2, 20_000))
    # variance apart: 2 (1 + .25); paired: 2 * .25
    assert paired.saving(shared + own[0] / 2, shared + own[1] / 2) == pytest.approx(5.0, rel=0.05)
    assert paired.saving(own[0], own[1]) == pytest.approx(1.0, rel=0.05)
    assert paired.saving(shared, shared + 1.0) == float("inf")
    assert np.isnan(paired.saving(np.ones(5), np.ones(5)))


def test_pairs_save_runs_in_the_template(compiled: None):
    starts = tuple(open_case("template", "status-quo", levers={"recognition": x}) for x in (0.0, 0.8))
    table: Any = paired.savings((starts[0], starts[1]), range(1, 61)).set_index("outcome")
    row = table.loc["attacks"]
    assert row["saving"] > 1.5
    assert row["low95"] <= row["saving"] <= row["high95"]


# -- where lessons hurt


def test_points_are_inside_the_graded_ranges():
    known = declared_parameters()
    for point in priors.points(5):
        assert set(point) == set(priors.CONTESTED)
        assert all(known[name].low <= value <= known[name].high for name, value in point.items())


def test_worse_depends_on_the_outcome():
    up, down = {"low95": 0.1, "high95": 0.2}, {"low95": -0.2, "high95": -0.1}
    assert priors.is_worse("collapsed", up)
    assert not priors.is_worse("collapsed", down)
    assert priors.is_worse("final_trust", down)
    assert not priors.is_worse("talk_days", up)


def test_differences_hold_luck_and_the_states():
    seeds = 2
    found = [
        [{"agreements": np.zeros(seeds)}, {"agreements": np.full(seeds, effect)}]
        for effect in (1.0, 2.0, -1.0)
    ]
    luck = pd.DataFrame(
        [
            {
                "outcome": "agreements",
                "policy": "b",
                "unit": "agreements",
                "mean": 1.0,
                "low95": 0.5,
                "high95": 1.5,
            }
        ]
    )
    table = over_states(found, ["a", "b"], luck, seeds)
    (row,) = table.to_dict("records")
    assert (row["mean"], row["draws"], row["sign_share"]) == (1.0, 3, pytest.approx(2 / 3))
    assert row["draws_low95"] < 0 < row["draws_high95"]
