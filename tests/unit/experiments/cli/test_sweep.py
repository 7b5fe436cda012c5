"""`detente sweep`: what it asks for, what it says, and how it ends when it is interrupted or a run fails."""

import json
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from detente.experiments.cli import sweep as module
from detente.experiments.cli.main import app
from detente.experiments.sweep import dry_run, results, sweep
from detente.experiments.sweep.store import MANIFEST
from detente.model.errors import InputError


def outcome(**changes):
    """Results of nine of ten runs."""
    about = {"path": "here", "n_runs": 10, "n_done": 9, "complete": False, "n_chunks": 5, "kind": "grid"}
    return SimpleNamespace(**{**about, "missing": (3,), "damaged": ("c",), **changes})


@pytest.fixture
def asked(monkeypatch):
    """Sweeps that are not carried out: what was asked for is noted."""
    noted = {"warnings": ["odd"], "outcome": outcome()}

    def swept(design, **how):
        noted.update(design=design, **how)
        how["ready"]("plan")
        if "fault" in noted:
            raise noted["fault"]
        return noted["outcome"]

    def ready(plan, *, quiet, compiled=True):
        noted.update(plan=plan, quiet=quiet, compiled=compiled)
        return noted["warnings"]

    monkeypatch.setattr(sweep, "sweep", swept)
    monkeypatch.setattr(module, "ready", ready)
    monkeypatch.setattr(results, "open_results", lambda out: outcome(path=out, n_done=4))
    return noted


def command(*args):
    return CliRunner().invoke(app, ["sweep", *map(str, args)])


def test_a_case_with_what_varies(asked, tmp_path):
    ended = command(
        *("template", "--out", tmp_path, "--lever", "mediation=0:1", "--param", "trust.memory", "--runs", 3),
        *("--seed", 7, "--policies", "status-quo,opening", "--shard", "1/2", "--design", "lhs:4"),
        *("--workers", 2, "--processes"),
    )
    assert (ended.exit_code, asked["out"]) == (0, tmp_path)
    design = asked["design"]
    assert (design.cases, design.policies, design.runs) == (("template",), ("status-quo", "opening"), 3)
    assert design.first_seed == 7
    assert [f.name for f in design.factors] == ["mediation", "trust.memory"]
    assert (asked["shard"], asked["workers"], asked["processes"], asked["dask"]) == ("1/2", 2, True, None)
    assert (asked["resume"], asked["quiet"], asked["compiled"]) == (False, False, False)


def test_the_engine_is_waited_for_only_where_it_runs_here(asked, tmp_path):
    for more, here in ((), True), (("--processes",), False), (("--dask", "tcp://x:1"), False):
        command("template", "--out", tmp_path, *more)
        assert asked["compiled"] is here


def test_what_there_is_in_words(asked):
    said = command("template", "--out", "x").stdout
    assert said == "9 of 10 runs are in here\n"
    asked["outcome"] = outcome(n_done=10, complete=True, kind="posterior")
    first, second, third = command("template", "--out", "x").stdout.splitlines()
    assert first == "10 of 10 runs are in here"
    assert "posterior" in second
    assert "pandas.read_parquet('here') or detente.open_results('here')" in third


def test_what_there_is_as_one_object(asked):
    said = json.loads(command("template", "--out", "x", "--json").stdout)
    assert said == {
        "out": "here",
        "runs": 10,
        "done": 9,
        "complete": False,
        "chunks": 5,
        "missing": [3],
        "damaged": ["c"],
        "warnings": ["odd"],
    }
    assert asked["quiet"] is True


def test_an_interruption_says_how_to_go_on(asked, tmp_path):
    asked["fault"] = KeyboardInterrupt()
    out = tmp_path / "my results"
    assert command("template", "--out", out).exit_code == 130  # before there is anything
    out.mkdir()
    (out / MANIFEST).write_text("{}")
    ended = command("template", "--out", out)
    assert ended.exit_code == 130
    again = f"to go on: detente sweep --resume --out '{out}'"
    assert f"4 of 10 runs are done; {again}" in " ".join(ended.stderr.split("\n"))
    assert ended.stdout.startswith("4 of 10 runs are in")


def test_a_run_that_fails_is_said_beside_the_rest(asked, tmp_path):
    asked["fault"] = sweep.SweepFaultError("seed 3: broken")
    ended = command("template", "--out", tmp_path)
    assert ended.exit_code == module.FAULT != 0
    assert "seed 3: broken" in ended.stderr
    assert ended.stdout.startswith("4 of 10 runs are in")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("template",), "--out: got nothing"),
        ((), "got neither case nor design"),
        (("--resume",), "got neither case nor design"),
        (("--out", "x"), "got neither case nor design"),
        (("--out", "x", "--resume", "--runs", "3"), "got neither case nor design"),
        (("template", "--out", "x", "--lever", "=1"), "--lever"),
        (("template", "--out", "x", "--lever", "mediation="), "--lever"),
        (("template", "--out", "x", "--param", "a.b", "--param", "a.b=1"), "--param: a.b is given twice"),
    ],
)
def test_what_cannot_be_swept(asked, args, words):
    ended = command(*args)
    assert ended.exit_code == 2
    assert words in " ".join(ended.stderr.split())


def test_a_directory_is_gone_on_with_by_its_own_design(asked, monkeypatch, tmp_path):
    monkeypatch.setattr(sweep, "resumed_design", lambda out: ("design of", out))
    assert command("--resume", "--out", tmp_path).exit_code == 0
    assert (asked["design"], asked["resume"]) == (("design of", tmp_path), True)


def test_settings_as_they_are_written():
    assert module.varied(["a=0:1", " b = 2 ", "c"], "--x") == {"a": "0:1", "b": "2", "c": ":"}
    assert module.varied([], "--x") is module.varied(None, "--x") is None
    with pytest.raises(InputError, match="--x"):
        module.varied(["a = "], "--x")


def test_a_rehearsal_in_words_and_as_one_object(asked, monkeypatch):
    estimate = SimpleNamespace(
        points=1200,
        runs=12000,
        chunks=9,
        bytes=2_000_000,
        seconds_with=lambda n: 120.0 / n,
        to_json=lambda: {"runs": 12000},
    )

    def tried(design, ready):
        ready("plan")
        return estimate

    monkeypatch.setattr(dry_run, "dry_run", tried)
    ended = command("template", "--dry-run", "--workers", 2)
    first, second, third = ended.stdout.splitlines()
    assert first == "1,200 points, 12,000 runs in 9 chunks"
    assert second.endswith("with 2 workers (200 runs/s), by a few runs just now")
    assert third.startswith("about 2")
    said = json.loads(command("template", "--dry-run", "--workers", 2, "--json").stdout)
    assert said == {"runs": 12000, "workers": 2, "seconds_with_workers": 60.0, "warnings": ["odd"]}
