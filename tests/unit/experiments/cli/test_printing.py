"""What the commands print and write; what they refuse is in tests/behaviour/test_bad_input.py."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

import detente
from detente.experiments.cli import compiling
from detente.experiments.cli.main import app
from detente.experiments.io.plain_json import as_json
from detente.model import engine


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder: what a command writes unasked is seen."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Have the engine compiled, so that no command announces it."""
    engine.compile_now()


def called(*args: str, status: int = 0) -> Result:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_scenarios_lists_cases_and_policies():
    told = called("scenarios").stdout
    for name in ("afghanistan-2018", "template", "history", "status-quo", "five-lessons", "opening"):
        assert name in told
    listed = json.loads(called("scenarios", "--json").stdout)["cases"]
    found = {case["name"]: [policy["name"] for policy in case["policies"]] for case in listed}
    assert found["afghanistan-2018"][:2] == ["history", "status-quo"]


def test_a_case_without_policies_is_listed_too():
    from detente.experiments.cli.printing.scenarios import print_cases
    from detente.model.catalogue import CaseEntry

    to = Console(record=True, width=80)
    print_cases(to, [CaseEntry("bare", "A bare case", "No policy yet.", [])])
    assert to.export_text().strip() == "bare  A bare case: No policy yet."


def test_run_prints_one_json_object_and_nothing_else():
    result = called("run", "template", "--policy", "opening", "--seed", "3", "--json")
    made = json.loads(result.stdout)
    assert result.stderr == ""
    expected = detente.run("template", "opening", seed=3, engine="mesa").to_json()
    assert made == json.loads(as_json(expected)) | {"engine": made["engine"]}
    needed = {"case", "policy", "seed", "engine", "version", "mode", "scenario_sha256", "steps", "end_reason"}
    assert needed | {"end_date", "outcomes", "trajectory_sha256", "rules_digest"} <= set(made)


def test_both_engines_print_the_same_digest():
    args = ("run", "afghanistan-2018", "--seed", "1", "--json", "--engine")
    mesa, fast = (json.loads(called(*args, name).stdout) for name in ("mesa", "compiled"))
    assert (mesa.pop("engine"), fast.pop("engine")) == ("mesa", "compiled")
    assert mesa == fast
    other = json.loads(called("run", "afghanistan-2018", "--seed", "2", "--json").stdout)
    assert other["trajectory_sha256"] != mesa["trajectory_sha256"]


def test_options_reach_the_run():
    args = ["--lever", "mediation=0.4", "--param", "trust.memory=300", "--until", "2030-04-01", "--step", "2"]
    made = json.loads(called("run", "template", "--policy", "opening", *args, "--json").stdout)
    assert made["levers"]["mediation"] == 0.4
    assert made["parameters"] == {"trust.memory": 300.0}
    assert made["mode"] == "until 2030-04-01"
    assert made["step_days"] == 2.0
    assert made["steps"] == 365
    assert json.loads(called("run", "template", "--mode", "free", "--json").stdout)["mode"] == "free"


def test_the_usual_policy_is_the_first():
    assert json.loads(called("run", "template", "--json").stdout)["policy"] == "status-quo"
    assert json.loads(called("run", "afghanistan-2018", "--json").stdout)["policy"] == "history"


def test_run_prints_outcomes_and_what_they_are_not():
    told = called("run", "template", "--seed", "3").stdout
    made = detente.run("template", "status-quo", seed=3)
    assert re.search(rf"fatalities\W+{made.outcomes['fatalities']:,.0f}\W", told)
    assert str(made.end_date) in told
    assert "not a forecast" in told


def test_the_story_is_dated_and_in_order():
    told = called("run", "afghanistan-2018", "--story").stdout.splitlines()
    days = [line[:10].strip() for line in told if re.match(r"\d{4}-\d{2}", line)]
    assert days == sorted(days)
    assert len(days) > 10
    ceasefire = "Ceasefire between Afghan government and Taliban: cessation of hostilities for 3 days"
    assert f"2018-06-09  {ceasefire} (policy)" in told
    assert told[-2].startswith("2021-08-31  The run ends: ")


def test_files_are_written_where_asked(here: Path):
    result = called("run", "template", "--plot", "a.html", "--out", "a.parquet")
    assert sorted(path.name for path in here.iterdir()) == ["a.html", "a.parquet"]
    assert "Wrote a.html" in result.stdout
    assert "Wrote a.parquet" in result.stdout
    table = pd.read_parquet("a.parquet")
    assert len(table) == 731
    assert set(table["policy"]) == {"status-quo"}


def test_compare_prints_a_table_and_writes_its_figure(here: Path):
    result = called("compare", "template", "--runs", "12")
    assert all(line.startswith("detente: warning: ") for line in result.stderr.splitlines())
    assert "movement answers, or not, by its own rule" in result.stderr
    assert [path.name for path in here.iterdir()] == ["detente-template.html"]
    assert "Wrote detente-template.html" in result.stdout
    for part in ("fatalities", "status-quo", "opening", "fighting on", "12 runs", "not a forecast", "Modes:"):
        assert part in result.stdout
    made = detente.compare("template", runs=12)
    deaths = made.summary().loc[("fatalities", "opening")]
    cell = f"{deaths['median']:,.0f} [{deaths['low80']:,.0f}, {deaths['high80']:,.0f}]"
    assert cell in result.stdout


def test_compare_as_json_writes_nothing_unasked(here: Path):
    result = called("compare", "template", "--policies", "opening,status-quo", "--runs", "6", "--json")
    made = json.loads(result.stdout)
    assert result.stderr == ""
    assert list(here.iterdir()) == []
    (warning,) = made.pop("warnings")
    assert "movement answers, or not, by its own rule" in warning
    assert list(made["policies"]) == ["opening", "status-quo"]
    assert made["baseline"] == "opening"
    assert made["seeds"] == "1 to 6"
    again = detente.compare("template", ["opening", "status-quo"], runs=6).to_json()
    assert made == json.loads(as_json(again))


def test_compare_saves_a_row_a_run():
    called("compare", "template", "--runs", "6", "--seed", "11", "--out", "all.parquet", "--json")
    table = pd.read_parquet("all.parquet")
    assert table.groupby("policy")["seed"].apply(list).to_dict() == {
        "five-lessons": list(range(11, 17)),
        "opening": list(range(11, 17)),
        "status-quo": list(range(11, 17)),
    }
    expected = detente.run("template", "opening", seed=13).outcomes["fatalities"]
    assert table.query("policy == 'opening' and seed == 13")["fatalities"].item() == expected


def test_ctrl_c_reports_the_runs_done(monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def pressed(to: Any, what: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda done, total: signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(compiling, "bar", pressed)
    result = called("compare", "template", "--runs", "5000", "--json", status=130)
    made = json.loads(result.stdout)
    assert made["runs"] == 50
    assert made["interrupted"] is True
    assert result.stderr == "detente: interrupted: 50 of 5000 runs per policy were done\n"


def test_ctrl_c_in_a_single_run_ends_without_a_traceback(monkeypatch: pytest.MonkeyPatch):
    def pressed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.experiments.runs.run.run_opening", pressed)
    result = called("run", "template", status=130)
    assert result.stderr == "detente: interrupted; nothing was finished\n"


def test_compiling_is_announced_once_and_shows_a_run(monkeypatch: pytest.MonkeyPatch):
    steps: list[str] = []
    monkeypatch.setattr(engine, "is_ready", lambda: False)
    monkeypatch.setattr(engine, "compile_now", lambda progress=None: steps.append("compiled"))
    result = called("run", "template", "--engine", "compiled", "--seed", "2", "--json")
    first, second = result.stderr.splitlines()
    assert first.startswith("Compiling the engine: about 20 s")
    deaths = detente.run("template", "status-quo", seed=2, engine="mesa").outcomes["fatalities"]
    assert f"(policy status-quo, seed 2): {deaths:,.0f} deaths" in second
    assert json.loads(result.stdout)["outcomes"]["fatalities"] == deaths
    assert steps[0] == "compiled"


def test_a_fault_of_the_compiler_is_not_swallowed(monkeypatch: pytest.MonkeyPatch):
    def broken(progress: object = None) -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(engine, "is_ready", lambda: False)
    monkeypatch.setattr(engine, "compile_now", broken)
    result = CliRunner().invoke(app, ["run", "template", "--engine", "compiled"])
    assert result.exit_code == 1
    assert str(result.exception) == "no compiler"


PROBE = """
import sys
from detente.experiments.cli.main import main
sys.argv = ["detente", "run", "template", "--policy", "opening", "--plot", "x.html", "--json"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("numba" in sys.modules, "scipy.stats" in sys.modules, file=sys.stderr)
"""


def test_a_cold_run_neither_compiles_nor_loads_the_compiler(here: Path):
    cache = here / "cache"
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DETENTE_CACHE": str(cache)},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["engine"] == "mesa"
    assert done.stderr.splitlines()[-1] == "False False"
    assert (here / "x.html").stat().st_size > 1_000_000
    assert list(cache.glob("kernel-*/complete")) == []


def test_json_has_no_nan():
    made = as_json({"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": "é"}})
    assert json.loads(made, parse_constant=pytest.fail) == {"a": None, "b": [None, 1.5], "c": {"d": "é"}}
    assert "é" in made


def test_a_branch_and_a_theory_are_said_and_change_the_run():
    args = ("run", "afghanistan-2018", "--seed", "2", "--json")
    plain = json.loads(called(*args).stdout)
    assert (plain["theory"], plain["before"]) == ("readiness", None)
    branched = json.loads(called(*args, "--branch-at", "2018-09-01", "--branch-to", "five-lessons").stdout)
    assert branched["policy"] == "five-lessons"
    assert branched["before"]["policy"] == "history"
    assert branched["before"]["until"] == "2018-09-01"
    ripe = json.loads(called(*args, "--theory", "ripeness").stdout)
    assert len({made["trajectory_sha256"] for made in (plain, branched, ripe)}) == 3


def test_policies_compared_with_a_branch_share_their_past():
    made = detente.compare("template", ["status-quo", "opening"], runs=4, branch_at="2031-06-01", until=None)
    assert made.policies == ("status-quo", "opening")
    assert [e.about["before"] is None for e in made.ensembles] == [True, False]
    first, second = (e.monthly[e.monthly["date"] < "2031-06-01"] for e in made.ensembles)
    assert len(first) > 0
    pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True))
