"""`detente robustness`: what is printed is what was computed."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.cli import app
from detente.experiments.robust import weigh
from detente.model.errors import InputError


def called(*args: str, status: int = 0) -> Any:
    result = CliRunner().invoke(app, ["robustness", *args])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_json_holds_theories_regret_and_states(compiled: None):
    args = (
        "--policies",
        "status-quo,five-lessons",
        "--states",
        "2",
        "--runs",
        "2",
        "--param",
        "measures.base",
    )
    told = json.loads(called("template", *args, "--json").stdout)
    assert told["uncertain"] == ["measures.base"]
    assert len(told["means"]) == 4
    assert {row["theory"] for row in told["theories"]["effects"]} == {
        "readiness",
        "ripeness",
        "commitment",
        "reciprocity",
    }
    assert {row["policy"] for row in told["regret"]["agreements"]} == {"status-quo", "five-lessons"}
    row = next(
        r
        for r in told["theories"]["effects"]
        if (r["theory"], r["outcome"]) == ("readiness", "deaths_per_day")
    )
    two = [
        detente.ensemble("template", p, runs=10).outcomes["deaths_per_day"]
        for p in ("status-quo", "five-lessons")
    ]
    assert row["mean"] == pytest.approx((two[1] - two[0]).mean())


def test_figures_draw_theories_and_states(compiled: None):
    made = weigh(
        "template",
        ["status-quo", "five-lessons"],
        (1, 2),
        states=3,
        uncertain=["measures.base", "talks.issue"],
    )
    dots = made.plot().data
    effects = made.theories.effects
    assert [float(x) for x in dots[0].x] == list(effects.loc[effects["outcome"] == "deaths_per_day", "mean"])
    (lines,) = made.plot_states("agreements").data
    assert lines.type == "parcoords"
    assert list(lines.dimensions[-1]["values"]) == list(
        made.by_state("agreements", "five-lessons")["agreements"]
    )
    with pytest.raises(InputError, match="expected one of"):
        made.by_state("agreements", "history")


def test_one_policy_is_nothing_to_choose_from(compiled: None):
    assert "at least two" in called("template", "--policies", "status-quo", status=2).stderr
    assert "trust.memori" in called("template", "--param", "trust.memori", status=2).stderr
