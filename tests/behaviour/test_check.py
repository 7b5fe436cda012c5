"""``detente check`` as a user gives it: what it prints, how it ends, what it loads, and how soon it answers."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shipped_cases import every_case, with_policies
from typer.testing import CliRunner

from detente.experiments.cli.main import app
from detente.model.catalogue import SHIPPED

LIMIT = 5.0
"""Seconds within which every shipped file is checked."""


def called(*args: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, ["check", *args])
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_nothing_found() -> None:
    told = ["korea-2017: a case with 13 policies", "facts by grade: 1 data, 7 judgement", "nothing found"]
    assert called("korea-2017") == (0, told, "")


def test_errors_first_then_warnings_then_how_many(tmp_path: Path) -> None:
    text = (SHIPPED / "template" / "policies" / "opening.toml").read_text(encoding="utf-8")
    path = tmp_path / "opening.toml"
    path.write_text(text, encoding="utf-8")
    status, lines, _ = called(str(path), "--case", "template")
    assert status == 0
    assert lines[0] == f"{path}: a policy of template"
    assert lines[1].startswith("warning  [move: republic offer_truce movement 2030-04-05]: ")
    assert lines[-1] == "1 warning"
    path.write_text(
        text.replace('to = "movement"', 'to = "movment"').replace('"deaths"', '"deths"'), encoding="utf-8"
    )
    status, lines, _ = called(str(path), "--case", "template")
    assert status == 2
    assert [line.split()[0] for line in lines[1:-1]] == ["error", "error"]
    assert lines[-1] == "2 errors"


def test_json_is_one_object() -> None:
    status, lines, stderr = called("template", "--json")
    result = json.loads("\n".join(lines))
    assert (status, stderr) == (0, "")
    assert (result["kind"], result["ok"], result["errors"]) == ("case", True, [])
    assert {"name", "text"} == set(result["warnings"][0])
    status, lines, _ = called("templat", "--json")
    assert status == 2
    assert "did you mean 'template'" in json.loads("\n".join(lines))["errors"][0]


def test_a_refused_file_is_told_of_fault_by_fault(tmp_path: Path) -> None:
    """A run is refused with every fault that ``check`` lists, a line each."""
    text = (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")
    path = tmp_path / "case.toml"
    path.write_text(
        text.replace("share = 0.6", "share = 0.7").replace("leak = 0.005", "leak = 5"), encoding="utf-8"
    )
    refused = CliRunner().invoke(app, ["run", str(path)])
    assert refused.exit_code == 2
    told = refused.stderr.splitlines()
    assert len(told) == 2
    assert all(line.startswith(f"detente: {path}: ") for line in told)
    status, lines, _ = called(str(path))
    assert status == 2
    assert len([line for line in lines if line.startswith("error")]) == 2


def test_a_folder_with_a_case_is_checked_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    shutil.copytree(SHIPPED / "template", tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    assert called("mine")[1][0] == "mine: a case with 13 policies"
    assert called("mine/opening")[1][0] == "mine/opening: a policy of template"
    done = CliRunner().invoke(app, ["run", "mine", "--engine", "mesa", "--until", "2030-02-01", "--json"])
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["case"] == "template"


def test_compare_and_sweep_warn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compiled: None) -> None:
    monkeypatch.chdir(tmp_path)
    words = "lever force_posture: is raised and moves nothing in template"
    args = ["compare", "template", "--policies", "status-quo,only-force-posture", "--runs", "2"]
    done = CliRunner().invoke(app, args)
    assert done.exit_code == 0
    warnings = [line for line in done.stderr.splitlines() if line.startswith("detente: warning: ")]
    assert any(words in line for line in warnings)
    assert any("are the same in template" in line for line in warnings)
    done = CliRunner().invoke(app, [*args, "--json"])
    assert "warning" not in done.stderr
    assert any(words in line for line in json.loads(done.stdout)["warnings"])
    sweep = ["sweep", "template", "--lever", "force_posture=0:1:2", "--runs", "2", "--policies", "status-quo"]
    done = CliRunner().invoke(app, [*sweep, "--out", "plain"])
    assert "detente: warning: levers.force_posture: is varied and moves nothing in template" in done.stderr
    done = CliRunner().invoke(app, [*sweep, "--out", "json", "--json"])
    assert any("levers.force_posture" in line for line in json.loads(done.stdout)["warnings"])
    done = CliRunner().invoke(app, [*sweep, "--dry-run", "--json"])
    assert any("levers.force_posture" in line for line in json.loads(done.stdout)["warnings"])


def test_the_dashboard_warns(compiled: None) -> None:
    from detente.dashboards.app.site import make_app

    client = make_app().server.test_client()

    def notes_on(policy: str) -> list[str]:
        body = {"address": f"?case=template&policy={policy}&seed=1"}
        while (answer := client.post("/api/open", json=body)).status_code == 202:
            pass  # computed in the background, and asked for again
        return answer.get_json()["notes"]

    words = "The lever “force posture” is raised and moves nothing in this case"
    assert any(note.startswith(words) for note in notes_on("only-force-posture"))
    assert notes_on("only-recognition") == []


def test_it_loads_no_compiler() -> None:
    code = (
        "import sys; from detente.experiments.cases.check import check;"
        "assert check('afghanistan-2018').ok; assert check('korea-2017/history').ok;"
        "assert not {'numba', 'mesa', 'pandas', 'scipy'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.parametrize("target", every_case(with_policies))
def test_it_answers_soon(target: str) -> None:
    start = time.process_time()
    status, _, _ = called(target)
    assert status == 0
    assert time.process_time() - start < LIMIT


def test_the_design_on_the_page_of_sweeps_is_sound(tmp_path: Path, repo_root: Path) -> None:
    page = (repo_root / "docs" / "sweeps.md").read_text(encoding="utf-8")
    path = tmp_path / "design.toml"
    path.write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    start = time.process_time()
    status, lines, _ = called(str(path))
    assert (status, lines[-1]) == (0, "nothing found")
    assert "a design of" in lines[0]
    assert time.process_time() - start < LIMIT
