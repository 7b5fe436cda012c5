"""Every command, whatever the encoding that it writes in: the same exit status, and all of it told."""

import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente.experiments.cli import main as entry
from detente.experiments.io.output import visible
from detente.model.catalogue import SHIPPED

ENCODINGS = ("utf-8", "cp1252", "latin-1", "ascii")
ALWAYS = ("utf-8", "ascii")
"""Tried at every change: the usual one, and the one that can write least; the others before a release."""
TRIED = [pytest.param(e, marks=[] if e in ALWAYS else pytest.mark.acceptance) for e in ENCODINGS]

HOSTILE = "[red]Elsewhere[/red] \x1b[2J\u202e − “é” 中 =1+1"
"""A title that no terminal should obey and few can write."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "scenarios": (),
    "check": ("odd",),
    "run": ("odd", "--policy", "status-quo"),
    "compare": ("odd", "--runs", "3", "--plot", "x.html"),
    "sweep": ("odd", "--policies", "status-quo", "--runs", "2", "--out", "sweep", "--resume"),
    "lessons": ("template", "--runs", "4"),
    "survival": ("odd", "--runs", "4"),
    "sensitivity": ("swept",),
    "robustness": ("odd", "--states", "2", "--runs", "2", "--policies", "status-quo,opening"),
    "transfer": ("--runs", "4"),
    "where": ("template", "korea-2017", "--runs", "4", "--draws", "2"),
    "sequence": ("template", "--pairs", "20", "--draws", "2", "--trials", "10"),
    "audit": ("template", "--runs", "4", "--no-parameters"),
    "validate": ("template", "--runs", "4"),
    "score": (
        "afghanistan-2018",
        "--data",
        "days.csv",
        "--from",
        "2017-06-01",
        "--until",
        "2017-07-01",
        "--runs",
        "20",
    ),
    "benchmark": ("--data", "days.csv", "--runs", "4", "--origins", "24", "--leads", "1"),
    "if": ("odd", "--from", "2030-06-01", "--truce", "class=cessation", "--runs", "4"),
    "predict": (
        "colombia-2010",
        "--until",
        "2014-06-30",
        "--months",
        "2",
        "--runs",
        "20",
        "--lock",
        "locked.json",
    ),
    "calibrate": (
        *("afghanistan-2018", "--data", "days.csv", "--until", "2017-12-31", "--from", "2016-01-01"),
        *("--population", "20", "--generations", "1", "--minutes", ".2", "--out", "fit.json"),
    ),
    "data": ("summary", "days.csv"),
    "new": ("mine", "--data", "days.csv", "--force", "--no-screening"),
    "serve": (),
    "docs": ("--path",),
}
"""Each command with the least that makes it print its tables."""

QUICK = ("scenarios", "check", "run", "data", "docs")
"""Commands that print within a second; the others are tried where there is time."""

REMEMBERED = (
    ("detente.experiments.compare.lessons", "lessons"),
    ("detente.experiments.compare.survival", "survival"),
    ("detente.experiments.analysis.sensitivity", "sensitivity"),
    ("detente.experiments.analysis.robustness", "robustness"),
    ("detente.experiments.compare.transfer", "transfer"),
    ("detente.experiments.audit.audit", "audit"),
    ("detente.experiments.validity.card", "validate"),
    ("detente.experiments.evidence.hindcast", "score"),
    ("detente.experiments.calibration.calibration", "calibrate"),
)
"""What takes long is computed once, and printed in every encoding."""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Iterator[Path]:
    """A folder with a case of an odd title, a sweep and some observed days, as the working folder."""
    import detente

    folder = tmp_path_factory.mktemp("workplace")
    text = (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")
    title = next(line for line in text.splitlines() if line.startswith("title ="))
    (folder / "odd" / "policies").mkdir(parents=True)
    (folder / "odd" / "case.toml").write_text(
        text.replace(title, f"title = {json.dumps(HOSTILE)}", 1), encoding="utf-8"
    )
    for policy in (SHIPPED / "template" / "policies").glob("*.toml"):
        (folder / "odd" / "policies" / policy.name).write_bytes(policy.read_bytes())
    dates, luck = pd.date_range("2014-01-01", "2017-12-31"), np.random.default_rng(1)
    counts = {"events": luck.poisson(20, len(dates)), "deaths": luck.poisson(55, len(dates))}
    pd.DataFrame({"date": dates} | counts).to_csv(folder / "days.csv", index=False)
    detente.sweep(
        *("template",),
        out=folder / "swept",
        policies=["status-quo"],
        levers={"mediation": "0:1"},
        runs=2,
        design="morris:2",
    )
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


REMEMBER: dict[tuple[str, str], Any] = {}


@pytest.fixture
def quick(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing long is computed twice, nothing is served, and the manual is there."""

    def once(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def remembered(*args: Any, **how: Any) -> Any:
            key = (name, repr(args))
            if key not in REMEMBER:
                REMEMBER[key] = function(*args, **how)
            return REMEMBER[key]

        return remembered

    for module, name in REMEMBERED:
        loaded = importlib.import_module(module)
        monkeypatch.setattr(loaded, name, once(name, getattr(loaded, name)))
    monkeypatch.setattr("waitress.serve", lambda *args, **how: None)
    monkeypatch.setattr("detente.dashboards.manual.places.built_site", lambda: workplace / "manual −")
    (workplace / "fit.db").unlink(missing_ok=True)


def called(monkeypatch: pytest.MonkeyPatch, encoding: str, *words: str) -> tuple[int, str, str]:
    """The status of a command, and what it writes to streams that refuse what they cannot encode."""
    Path("locked.json").unlink(missing_ok=True)  # a lock is written once
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict") for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        patch.setattr(sys, "argv", ["detente", *words])
        patch.setattr(sys, "excepthook", sys.excepthook)
        with pytest.raises(SystemExit) as ended:
            entry.main()
    out, error = (written(stream) for stream in streams)
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, error


def written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode(stream.encoding)


def test_every_command_is_here():
    from typer.main import get_command

    from detente.experiments.cli.main import app

    assert set(get_command(app).commands) == set(COMMANDS)


@pytest.mark.parametrize("encoding", TRIED)
@pytest.mark.parametrize(
    "command", [pytest.param(c, marks=[] if c in QUICK else pytest.mark.slow) for c in COMMANDS]
)
def test_a_command_ends_as_it_should(
    quick: None, monkeypatch: pytest.MonkeyPatch, command: str, encoding: str
):
    status, out, error = called(monkeypatch, encoding, command, *COMMANDS[command])
    assert status == (1 if command == "audit" else 0), error  # so few runs show no effects
    assert out.strip()
    for text in (out, error):
        assert visible(text) == text
        assert "Traceback" not in text
    if "odd" in COMMANDS[command] and command in ("compare", "survival"):
        assert "[red]Elsewhere[/red] \\x1b[2J\\u202e" in " ".join(out.split())


@pytest.mark.parametrize("encoding", TRIED)
@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_written_in_any_encoding(monkeypatch: pytest.MonkeyPatch, command: str, encoding: str):
    status, out, _ = called(monkeypatch, encoding, command, "--help")
    assert status == 0
    assert out.startswith("Usage: ")


JSON = [c for c in COMMANDS if c not in ("serve", "docs", "calibrate")]


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("command", JSON)
def test_json_is_one_object_in_any_encoding(
    quick: None, monkeypatch: pytest.MonkeyPatch, command: str, encoding: str
):
    _, out, _ = called(monkeypatch, encoding, command, *COMMANDS[command], "--json")
    assert isinstance(json.loads(out), dict)


WRONG = {
    "a case that is not there": ("run", "\x1b[31mcase −"),
    "an option that is not there": ("run", "--\x1b[31mx−"),
    "a word too many": ("scenarios", "x\x1b]0;t\x07−"),
    "a file that is not there": ("check", "\x9b31m−.toml"),
    "a command that is not there": ("\x1b[2J−",),
    "a lever that is not there": ("run", "template", "--lever", "\x1b[2J−=1"),
    "a byte of a file name": ("check", "\udcff\udc9b.toml"),
    "a place that cannot be written": ("run", "template", "--plot", "\x1b[2J/−.html"),
}


@pytest.mark.parametrize("encoding", TRIED)
@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_any_encoding(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], encoding: str
):
    status, out, error = called(monkeypatch, encoding, *words)
    assert status == 2
    assert visible(out + error) == out + error
    assert "\\x" in out + error or "\\udc" in out + error


def test_a_warning_goes_through_the_gate(monkeypatch: pytest.MonkeyPatch):
    import warnings

    def warned(*args: Any, **how: Any) -> Any:
        warnings.warn("the cache \x1b[2J−", UserWarning, stacklevel=1)
        return []

    monkeypatch.setattr("detente.model.catalogue.scenarios", warned)
    assert called(monkeypatch, "ascii", "scenarios")[2] == "detente: warning: the cache \\x1b[2J-\n"


def test_a_fault_of_ours_keeps_its_traceback_and_steers_nothing(capsys: pytest.CaptureFixture[str]):
    from detente.experiments.cli.exit_status import tell_fault

    try:
        raise RuntimeError("\x1b[2J −")
    except RuntimeError as fault:
        tell_fault(type(fault), fault, fault.__traceback__)
    error = capsys.readouterr().err
    assert error.startswith("Traceback (most recent call last):\n  File ")
    assert error.endswith("RuntimeError: \\x1b[2J −\n")


LOCALES: dict[str, dict[str, str]] = {
    "a pipe of Windows": {"PYTHONIOENCODING": "cp1252"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1"},
    "a locale of no language": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a code page of DOS": {"PYTHONIOENCODING": "cp437"},
    "UTF-8": {"PYTHONUTF8": "1"},
}


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES.values(), ids=LOCALES)
@pytest.mark.parametrize(
    "words", [("compare", "template", "--runs", "3"), ("lessons", "template", "--runs", "4")]
)
def test_a_table_is_written_whole(workplace: Path, words: tuple[str, ...], locale: dict[str, str]):
    done = subprocess.run(
        [sys.executable, "-m", "detente", *words],
        env={**os.environ, **locale},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert b"This is what happens if the model's assumptions hold; it is not a forecast." in done.stdout
    if "cp1252" in locale.values():
        assert b"| -0" in done.stdout or b" -0" in done.stdout
