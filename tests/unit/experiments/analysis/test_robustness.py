"""`detente robustness`: what is printed is what was computed."""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.analysis import robustness_result
from detente.experiments.analysis.discovery import discover
from detente.experiments.analysis.robustness import robustness
from detente.experiments.analysis.robustness_of_sweep import weigh_results
from detente.experiments.cli.main import app
from detente.experiments.sweep.results import Results
from detente.model.errors import InputError


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Results:
    return detente.sweep(
        "template",
        out=tmp_path_factory.mktemp("sweep") / "results",
        policies=["status-quo", "five-lessons"],
        theories=["readiness", "ripeness"],
        parameters={"talks.issue": ":", "measures.base": ":"},
        design="lhs:30",
        runs=4,
        workers=1,
    )


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
    made = robustness(
        "template",
        ["status-quo", "five-lessons"],
        seeds=(1, 2),
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


@pytest.mark.slow
def test_a_sweep_is_weighed_as_its_table_says(swept: Results):
    bars = ("--bar", "days_in_ceasefire=200", "--bar", "deaths_per_day=7")
    told = json.loads(called(str(swept.path), *bars, "--json").stdout)
    assert told["states"] == 60
    table = swept.table.assign(
        good=(swept.table["days_in_ceasefire"] >= 200) & (swept.table["deaths_per_day"] <= 7)
    )
    means = table.groupby(["theory", "point", "policy"], observed=True).mean(numeric_only=True).reset_index()
    cleared = means.assign(good=(means["days_in_ceasefire"] >= 200) & (means["deaths_per_day"] <= 7))
    for row in told["satisficing"]:
        policy = row["policy"]
        assert row["states"] == pytest.approx(cleared.loc[cleared["policy"] == policy, "good"].mean())
        assert row["runs"] == pytest.approx(table.loc[table["policy"] == policy, "good"].mean())
    assert 0 < told["satisficing"][1]["states"] < 1
    days = means.pivot(index=["theory", "point"], columns="policy", values="days_in_ceasefire")
    worst = (days.max(axis=1) - days["status-quo"]).max()
    found = {row["policy"]: row["max_regret"] for row in told["regret"]["days_in_ceasefire"]}
    assert found["status-quo"] == pytest.approx(worst)


@pytest.fixture
def found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same states are not searched twice, which takes seconds."""
    found: dict[Any, Any] = {}

    def remembered(inputs: pd.DataFrame, wanted: Any) -> Any:
        key = (inputs.to_csv(), tuple(wanted))
        if key not in found:
            found[key] = discover(inputs, wanted)
        return found[key]

    monkeypatch.setattr(robustness_result, "discover", remembered)


@pytest.mark.usefixtures("found_once")
def test_the_states_of_a_sweep_are_described_in_words(swept: Results):
    told = called(str(swept.path), "--bar", "issues_settled=3").stdout
    assert "Good enough: issues_settled at least 3" in told
    made = weigh_results(swept, bars={"issues_settled": 3})
    boxes = [box for box in made.boxes if box["limits"]]
    assert any("talks.issue" in box["limits"] for box in boxes)
    for box in boxes:
        assert box["words"] in told
        inside = made.inputs.index == made.inputs.index
        for name, limit in box["limits"].items():
            column = made.inputs[name]
            inside &= column.isin(limit) if isinstance(limit[0], str) else column.between(*limit)
        rows = made.means[made.means["policy"] == box["policy"]].sort_values("state")
        happened = (rows["issues_settled"] >= 3).to_numpy() == box["cleared"]
        assert box["density"] == pytest.approx(happened[inside].mean())
        assert box["coverage"] == pytest.approx(happened[inside].sum() / happened.sum())


def test_without_the_workbench_all_but_the_words_is_told(swept: Results, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis", None)
    result = called(str(swept.path), "--bar", "issues_settled=3", "--json")
    assert "detente[discovery]" in result.stderr
    assert result.stderr.count("\n") == 1
    told = json.loads(result.stdout)
    assert told["boxes"] is None
    assert told["satisficing"]
    assert "Good enough" in called(str(swept.path), "--bar", "issues_settled=3").stdout


def test_a_case_takes_bars_too(compiled: None):
    args = ("--policies", "status-quo,five-lessons", "--states", "4", "--runs", "3", "--param", "talks.issue")
    told = json.loads(called("template", *args, "--bar", "issues_settled=2", "--json").stdout)
    means = [row for row in told["means"] if row["policy"] == "five-lessons"]
    found = {row["policy"]: row for row in told["satisficing"]}
    assert found["five-lessons"]["states"] == sum(row["issues_settled"] >= 2 for row in means) / 4
    assert found["five-lessons"]["runs"] == pytest.approx(sum(row["runs_cleared"] for row in means) / 4)
    first = means[0]
    runs = detente.ensemble(
        "template", "five-lessons", runs=3, parameters={"talks": {"issue": first["talks.issue"]}}
    )
    assert first["theory"] == "readiness"
    assert first["runs_cleared"] == (runs.outcomes["issues_settled"] >= 2).mean()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--runs", "3"), "holds finished runs"),
        (("--policies", "opening"), "expected one of: five-lessons, status-quo"),
        (("--policies", "status-quo"), "status-quo is the only policy; expected several, or --bar"),
        (("--bar", "talk_days=3"), "got 'talk_days'"),
        (("--bar", "talks"), "expected NAME=NUMBER"),
        (("--outcomes", "days_in_ceasfire"), "did you mean 'days_in_ceasefire'?"),
    ],
)
def test_what_a_sweep_cannot_answer_is_one_line(swept: Results, args: tuple[str, ...], words: str):
    said = called(str(swept.path), *args, status=2).stderr
    assert words in said
    assert said.count("\n") == 1


def test_a_directory_without_a_sweep_is_said(tmp_path: Path):
    assert "expected the directory of a sweep" in called(str(tmp_path), status=2).stderr
