"""What version 0.1 wrote opens under the core of that version, or is refused in one sentence; never silently as new."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

import detente
from detente.dashboards.app.address import mismatch, read_view
from detente.experiments.runs.posterior_draws import posterior_of
from detente.experiments.runs.replay import read_replay
from detente.experiments.sweep.store import StoreError

OLD = Path(__file__).with_name("version_0_1")
SAYS = "made with version 0.1.0, here it is 0.2.0: run under the profile core-0.1"


def test_a_replay_runs_under_the_core_of_its_version() -> None:
    saved = read_replay(OLD / "replay.toml")
    assert saved.recipe.profile == "core-0.1"
    start = saved.recipe.open()
    assert start.parameters.switches.level == 0
    assert start.parameters.trust.memory == 300.0  # what the file says itself stands


def test_a_replay_says_so_first() -> None:
    lines: list[str] = []
    detente.replay(OLD / "replay.toml", engine="mesa", report=lines.append)
    assert lines[0] == SAYS
    assert all(line.startswith(("scenario_sha256", "policy_sha256")) for line in lines[1:])
    assert detente.check(OLD / "replay.toml").warnings[0].text == f"[made].version: {SAYS}"


def test_a_link_opens_under_the_core_of_its_version() -> None:
    view = read_view(dict(parse_qsl((OLD / "link.txt").read_text().strip().removeprefix("?"))))
    assert view.recipe.profile == "core-0.1"
    assert mismatch(view) == f"This address was {SAYS}, the core of that version."


def test_a_sweep_is_not_gone_on_with(tmp_path: Path) -> None:
    begun = tmp_path / "sweep"
    shutil.copytree(OLD / "sweep", begun)
    design = {"policies": ["status-quo"], "levers": {"direct_channel": [0.0, 1.0]}, "runs": 4, "chunk": 4}
    with pytest.raises(StoreError, match=r"begun with version 0\.1\.0, here it is 0\.2\.0; expected another"):
        detente.sweep("korea-2017", out=begun, resume=True, **design)
    assert sorted(p.name for p in begun.iterdir()) == sorted(p.name for p in (OLD / "sweep").iterdir())


def test_a_posterior_is_refused() -> None:
    with pytest.raises(detente.InputError, match=r"got '0\.1\.0'; expected a posterior of version 0\.2\.0"):
        posterior_of("afghanistan-2018", OLD / "posterior.json")


def test_a_case_file_that_does_not_say_its_version_is_told_of() -> None:
    remarks = [remark.text for remark in detente.check(OLD / "case").warnings]
    assert any("[case].written_for: is missing" in text and "core-0.1" in text for text in remarks)


def test_a_case_file_of_that_version_gives_the_run_of_that_version_bit_for_bit(tmp_path: Path) -> None:
    shutil.copytree(OLD / "case", tmp_path / "case")
    file = tmp_path / "case" / "case.toml"
    file.write_text(file.read_text("utf-8").replace("[case]\n", '[case]\nwritten_for = "0.1"\n'), "utf-8")
    then = json.loads((OLD / "run.json").read_text())
    made = detente.run(file, "five-lessons", then["seed"], engine="mesa").trajectory
    kept = [made.columns.index(name) for name in then["columns"]]
    rows = np.ascontiguousarray(made.rows[:, kept], dtype="<f8")
    assert hashlib.sha256(rows.tobytes()).hexdigest() == then["sha256"]


def test_whatever_opens_such_a_case_runs_that_core(tmp_path: Path) -> None:
    shutil.copytree(OLD / "case", tmp_path / "case")
    file = tmp_path / "case" / "case.toml"
    own = '[case]\nwritten_for = "0.1"\n'
    text = file.read_text("utf-8").replace("[case]\n", own, 1)
    file.write_text(text + "\n[parameters.switches]\nlevel = 1\n", "utf-8")
    scenario = detente.load_scenario(file)
    assert scenario.parameters.switches.leaders == 0
    assert scenario.parameters.switches.level == 1  # what the file says itself stands
    assert not [w for w in detente.check(file).warnings if w.name == "parameter-moves-nothing"]
    swept = detente.sweep(file, policies=["five-lessons"], runs=1, out=tmp_path / "sweep")
    run = detente.run(file, "five-lessons", 1)
    assert swept.table["fatalities"].tolist() == [run.outcomes["fatalities"]]
