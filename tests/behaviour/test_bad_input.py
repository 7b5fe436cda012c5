"""Whatever a user gets wrong is one clear line and exit status 2: no traceback, no file left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.experiments.cli.main import app
from detente.model.catalogue import SHIPPED

TEMPLATE = (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")
QUIET = (SHIPPED / "template" / "policies" / "status-quo.toml").read_text(encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that anything written is seen."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def outspoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that speaks up whenever it is asked for: what is wrong is said before anything compiles."""
    monkeypatch.setattr("detente.experiments.cli.compiling.make_ready", lambda to, *_: to.print("Compiling"))


def refused(args: list[str], faults: int = 1) -> str:
    """What a command is refused with, a line for each fault, before anything compiles."""
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 2, (result.exit_code, result.output, result.exception)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == faults, result.stderr
    assert all(line.startswith("detente: ") for line in lines)
    return "\n".join(line.removeprefix("detente: ") for line in lines)


def edited(folder: Path, old: str, new: str) -> str:
    """The path of a copy of the template in which one text is replaced by another."""
    assert TEMPLATE.count(old) >= 1, old
    path = folder / "case.toml"
    path.write_text(TEMPLATE.replace(old, new, 1), encoding="utf-8")
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "status-quo.toml").write_text(QUIET, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["run", "afghanistn-2018"], ["'afghanistn-2018'", "did you mean 'afghanistan-2018'"]),
        (["run", "template", "--policy", "opning"], ["'opning'", "did you mean 'opening'"]),
        (["run", "afghanistan-2018", "--policy", "opening"], ["'opening'", "five-lessons"]),
        (["run", "template", "--lever", "recogniton=1"], ["'recogniton'", "did you mean 'recognition'"]),
        (["run", "template", "--lever", "recognition=1.01"], ["recognition", "1.01", "0 to 1"]),
        (["run", "template", "--lever", "recognition=-0.1"], ["recognition", "-0.1", "0 to 1"]),
        (["run", "template", "--lever", "recognition"], ["--lever", "'recognition'", "NAME=NUMBER"]),
        (["run", "template", "--lever", "recognition=high"], ["--lever", "high", "NAME=NUMBER"]),
        (["run", "template", "--lever", "recognition=nan"], ["--lever", "nan", "NAME=NUMBER"]),
        (["run", "template", "--lever", "recognition=inf"], ["--lever", "inf", "NAME=NUMBER"]),
        (["run", "template", "--lever", "mediation=1", "--lever", "mediation=0"], ["mediation", "twice"]),
        (["run", "template", "--param", "trust.memry=300"], ["'trust.memry'", "did you mean 'trust.memory'"]),
        (["run", "template", "--param", "memory=300"], ["'memory'", "trust.memory"]),
        (["run", "template", "--param", "trust.memory=1"], ["trust.memory", "180"]),
        (["run", "template", "--param", "trust.memory"], ["--param", "'trust.memory'", "NAME=NUMBER"]),
        (["run", "template", "--seed", "-1"], ["seed", "-1", "2**64"]),
        (["run", "template", "--seed", str(2**64)], ["seed", str(2**64)]),
        (["run", "template", "--engine", "compild"], ["engine", "'compild'", "did you mean 'compiled'"]),
        (["run", "template", "--mode", "fre"], ["mode", "'fre'", "conditioned"]),
        (["run", "template", "--mode", "until"], ["until", "date"]),
        (["run", "template", "--until", "22 July 2018"], ["22 July 2018", "2018-07-22"]),
        (["run", "template", "--until", "2018-02-30"], ["2018-02-30"]),
        (["run", "template", "--step", "0"], ["step_days", "0"]),
        (["run", "template", "--step", "1.5"], ["step_days", "1.5"]),
        (["run", "nowhere/case.toml"], ["nowhere/case.toml"]),
        (["run", "template", "--policy", ""], ["policy", "''", "opening"]),
        (["robustness", "template", "--states", "0"], ["--states", "0", "from 1"]),
        (["robustness", "template", "--outcomes", ","], ["outcomes", "none", "agreements"]),
        (["audit", "template", "--runs", "1"], ["--runs", "1", "from 2"]),
        (["sweep", "template", "--out", "s", "--workers", "0"], ["workers", "0", "at least 1"]),
        (["compare", "template", "--runs", "0"], ["runs", "0", "from 1"]),
        (["compare", "template", "--runs", "-3"], ["runs", "-3"]),
        (["compare", "template", "--seed", "-1"], ["seed", "-1"]),
        (["compare", "template", "--seed", str(2**64 - 2), "--runs", "5"], ["seed", str(2**64 + 2)]),
        (["compare", "template", "--policies", ","], ["policies", "none"]),
        (["compare", "template", "--policies", "opening,opening"], ["opening", "twice"]),
        (["compare", "template", "--policies", "opening,histry"], ["'histry'"]),
        (["compare", "template", "--policies", "status-quo,history"], ["'history'", "opening"]),
        (["compare", "template", "--lever", "mediaton=1"], ["'mediaton'", "did you mean 'mediation'"]),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else str(value),
)
def test_a_wrong_option_is_one_line(here: Path, args: list[str], told: list[str]):
    line = refused(args)
    assert [word for word in told if word not in line] == [], line
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("step_days = 1.0", "step_day = 1.0", ["step_day", "did you mean 'step_days'"]),
        ("start = 2030-01-01", "start = 2032-01-01", ["end", "2031-12-31", "2032-01-01"]),
        ("start = 2030-01-01", "start = 2030-02-30", ["case.toml"]),
        ("start = 2030-01-01", 'start = "soon"', ["start", "'soon'"]),
        ("pivot = 2030-03-01", "pivot = 2029-03-01", ["pivot", "2029-03-01"]),
        ('name = "movement"', 'name = "republic"', ["republic"]),
        ("share = 0.6", 'share = "most"', ["share", "'most'"]),
        ("share = 0.6", "share = 0.7", ["faction", "sum to 1"]),
        ("deaths_scale = 1.0", "deaths_scale = -1.0", ["deaths_scale", "-1.0"]),
        ("[case]", "[case", ["case.toml"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_case_file_is_a_line_a_fault(here: Path, tmp_path: Path, old: str, new: str, told: list[str]):
    faults = 12 if old == 'name = "movement"' else 1  # all that names the party is at fault too
    line = refused(["run", edited(tmp_path, old, new)], faults)
    assert "case.toml" in line
    assert [word for word in told if word not in line] == [], line
    assert list(here.iterdir()) == []


def test_the_unedited_copy_runs(tmp_path: Path):
    """The control of the test above: its copies are refused for what was edited."""
    path = edited(tmp_path, "[case]", "[case]")
    result = CliRunner().invoke(app, ["run", path, "--engine", "mesa", "--json"])
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 'x'\ntitle = 'X'\nsummary = ''\nlever = {}\n", ["lever", "did you mean 'levers'"]),
        ("name = 'x'\ntitle = 'X'\nsummary = ''\n[levers]\nmediation = 2\n", ["mediation", "2"]),
        ("name = 'x'\ntitle = 'X'\nsummary = ''\nmode = 'until'\n", ["until"]),
        ("name = 'x'\nname = 'y'\n", ["x.toml"]),
        ("\x00", ["x.toml"]),
    ],
)
def test_a_wrong_policy_file_is_one_line(here: Path, tmp_path: Path, text: str, told: list[str]):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    line = refused(["run", "template", "--policy", str(path)])
    assert [word for word in told if word not in line] == [], line


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert "huge.toml" in refused(["run", str(path)])
    assert "huge.toml" in refused(["run", "template", "--policy", str(path)])


def test_a_directory_is_not_a_case(tmp_path: Path):
    assert "is a directory" in refused(["run", f"{tmp_path}/"])


@pytest.fixture
def no_run(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes every run that is begun."""
    begun: list[str] = []
    monkeypatch.setattr("detente.experiments.runs.run.run_opening", lambda *a, **k: begun.append("run"))
    monkeypatch.setattr(
        "detente.experiments.compare.policies.run_together", lambda *a, **k: begun.append("runs")
    )
    return begun


@pytest.mark.parametrize("command", [["run", "template"], ["compare", "template", "--runs", "2"]])
@pytest.mark.parametrize(("option", "suffix"), [("--plot", ".html"), ("--out", ".parquet")])
@pytest.mark.parametrize(
    "kind", ["under a file", "in no folder", "a folder", "another suffix", "a long name"]
)
def test_an_unwritable_path_is_found_before_the_run(
    here: Path, tmp_path: Path, no_run: list[str], command: list[str], option: str, suffix: str, kind: str
):
    blocked = tmp_path / "file"
    blocked.write_text("kept")
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    target = {
        "under a file": blocked / f"x{suffix}",
        "in no folder": tmp_path / "none" / f"x{suffix}",
        "a folder": folder,
        "another suffix": tmp_path / "x.txt",
        "a long name": tmp_path / f"{'x' * 300}{suffix}",
    }[kind]
    line = refused([*command, option, str(target)])
    assert option in line
    assert target.name[:40] in line
    assert no_run == []
    assert list(here.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["file", f"folder{suffix}", "here"])
    assert blocked.read_text() == "kept"


def test_what_fails_while_writing_leaves_the_old_file(tmp_path: Path):
    from detente.experiments.io.files import write_atomically
    from detente.model.errors import InputError

    target = tmp_path / "x.html"
    target.write_text("old")

    def half(path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write_atomically(target, half)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_fault_of_ours_is_not_blamed_on_the_user(monkeypatch: pytest.MonkeyPatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("detente.experiments.runs.run.run_opening", broken)
    result = CliRunner().invoke(app, ["run", "template"])
    assert result.exit_code == 1
    assert isinstance(result.exception, RuntimeError)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["run", "afghanistn-2018"], "did you mean 'afghanistan-2018'"),
        (["run", "template", "--out", "/dev/null/x.parquet"], "--out"),
        (["run"], "CASE"),
        (["rn", "template"], "rn"),
        (["run", "template", "--sed", "1"], "--sed"),
        (["compare", "template", "--runs", "many"], "--runs"),
    ],
)
def test_the_program_itself_ends_with_2(tmp_path: Path, args: list[str], told: str):
    done = subprocess.run(
        [sys.executable, "-m", "detente", *args],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
