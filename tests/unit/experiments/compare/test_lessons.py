"""`detente lessons`: the corners are the policies they should be, and what is printed is what was computed."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import detente
from detente.agents.codes import LEVERS
from detente.experiments.cli.main import app
from detente.experiments.compare.lessons import Lessons, lessons, levels, open_corners, settings
from detente.experiments.runs.outcomes import OUTCOMES
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS


@pytest.fixture(scope="module")
def made(compiled: None) -> Lessons:
    return lessons("template", 6)


def same(corner: dict[str, Any], case: str, policy: str, n: int) -> None:
    expected = detente.ensemble(case, policy, runs=n).outcomes
    for o in OUTCOMES:
        np.testing.assert_array_equal(corner[o.name], expected[o.name].to_numpy(), err_msg=o.name)


@pytest.mark.parametrize(
    ("corner", "policy"),
    [(1 << k, f"only-{lesson}") for k, lesson in enumerate(LESSONS)]
    + [(31 ^ (1 << k), f"without-{lesson}") for k, lesson in enumerate(LESSONS)]
    + [(31, "five-lessons"), (0, "status-quo")],
)
def test_corners_are_the_generated_policies(made: Lessons, corner: int, policy: str):
    """Run for run: in the template, nothing but the levers sets its policies apart."""
    same(made.ends[corner], "template", policy, 6)


def test_the_afghan_corner_without_any_lesson_is_history_left_to_the_rules(compiled: None):
    start = open_corners("afghanistan-2018")[0]
    assert set(start.levers.values()) == {0.0}
    assert start.policy.name == "five-lessons"
    assert start.mode == "until 2018-07-22"


def test_levels_are_those_of_the_policies():
    on = settings(levels(load_scenario("korea-2017")), [True, False, False, True, False])
    assert on == {lever: 0.8 if lesson in (1, 4) else 0.0 for lever, lesson in LEVERS.items()}


def test_a_case_without_such_policies_has_lessons_too(tmp_path: Path, repo_root: Path, compiled: None):
    """Any case: levers at 0 and at .8, with the moves of its first policy."""
    source = repo_root / "model" / "scenarios" / "template"
    (tmp_path / "policies").mkdir()
    (tmp_path / "case.toml").write_bytes((source / "case.toml").read_bytes())
    (tmp_path / "policies" / "opening.toml").write_bytes((source / "policies" / "opening.toml").read_bytes())
    made = lessons(str(tmp_path / "case.toml"), 2)
    assert made.starts[0].policy.name == "opening"
    assert made.about["levels"]["recognition"] == [0.0, 0.8]


def test_a_lesson_that_is_off_has_the_level_of_status_quo(tmp_path: Path, repo_root: Path):
    shutil.copytree(repo_root / "model" / "scenarios" / "template", tmp_path / "own")
    with (tmp_path / "own" / "policies" / "status-quo.toml").open("a") as file:
        file.write("\n[levers]\nmediation = 0.3\n")
    known = levels(load_scenario(str(tmp_path / "own" / "case.toml")))
    assert known["mediation"] == (0.3, 0.8)
    assert known["recognition"] == (0.0, 0.8)


def test_a_lever_that_five_lessons_leaves_alone_stays_down(tmp_path: Path, repo_root: Path):
    own = tmp_path / "own"
    shutil.copytree(repo_root / "model" / "scenarios" / "template", own)
    file = own / "policies" / "five-lessons.toml"
    file.write_text(file.read_text("utf-8").replace("ceasefires = 0.8\n", ""), "utf-8")
    known = levels(load_scenario(str(own / "case.toml")))
    assert known["ceasefires"] == (0.0, 0.0)
    assert known["confidence_building"] == (0.0, 0.8)


def test_the_table_has_a_row_a_run(made: Lessons):
    table = made.outcomes
    assert len(table) == 32 * 6
    assert set(LESSONS) <= set(table.columns)
    on = table[(table["recognition"] == 1)]["measures"].mean()
    off = table[(table["recognition"] == 0)]["measures"].mean()
    row = made.effects.set_index(["outcome", "lesson", "kind"]).loc[("measures", "recognition", "main")]
    assert row["mean"] == pytest.approx(on - off)
    assert row["low95"] < row["mean"] < row["high95"]


def called(*args: str, status: int = 0) -> Any:
    result = CliRunner().invoke(app, ["lessons", *args])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_json_is_one_object_with_everything(made: Lessons):
    told = json.loads(called("template", "--runs", "6", "--json").stdout)
    assert told["runs"] == 192
    assert told["theory"] == "readiness"
    effect = told["outcomes"]["days_in_ceasefire"]
    assert set(effect["main"]) == set(LESSONS) == set(effect["alone"]) == set(effect["last"])
    assert len(effect["interactions"]) == 10
    row = made.effects.set_index(["outcome", "lesson", "kind"]).loc[
        ("days_in_ceasefire", "parallel-tracks", "main")
    ]
    assert effect["main"]["parallel-tracks"]["mean"] == pytest.approx(row["mean"])


def test_the_table_printed_holds_the_effects(made: Lessons):
    told = called("template", "--runs", "6").stdout
    mean = made.effects.set_index(["outcome", "lesson", "kind"])["mean"][("measures", "recognition", "main")]
    assert f"+{mean:.2f} ±" in told
    assert "not a forecast" in told
    (still,) = [line for line in told.splitlines() if line.startswith("No lesson moves ")]
    assert "final_presence" in still  # nobody in the template has a patron


def test_files_are_written(tmp_path: Path):
    page, table = tmp_path / "lessons.html", tmp_path / "lessons.parquet"
    called("template", "--runs", "2", "--plot", str(page), "--out", str(table))
    assert "Plotly.newPlot" in page.read_text(encoding="utf-8")
    assert len(pd.read_parquet(table)) == 64


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("atlantis",), "unknown case"),
        (("template", "--runs", "0"), "runs: got 0"),
        (("template", "--theory", "luck"), "theory"),
        (("template", "--param", "trust.memory=1"), "trust.memory"),
        (("template", "--plot", "x.pdf"), ".html or .png or .svg"),
    ],
)
def test_bad_input_is_one_line(args: tuple[str, ...], said: str):
    result = called(*args, status=2)
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_seeds_must_be_seeds():
    with pytest.raises(InputError, match="seeds"):
        lessons("template", seeds=[1, 1])


def test_the_figure_draws_the_effects(made: Lessons):
    figure = made.plot()
    bars = [trace for trace in figure.data if trace.type == "bar"]
    cells = [trace for trace in figure.data if trace.type == "heatmap"]
    assert len(bars) == len(cells) == 4
    row = made.effects[(made.effects["outcome"] == "deaths_per_day") & (made.effects["kind"] == "main")]
    assert list(bars[0].x[:5]) == list(row["mean"])
    assert "not a forecast" in figure.layout.title.subtitle.text
    assert bars[0].y[-1] == "all five at once"
