"""The reference says of every public name, key, move, option and status what it is, and its examples run."""

import doctest
import functools
import inspect
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.experiments.cli import exit_status as guard
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.policy import DOABLE, check_policy, parse_policy

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
SCREENS = 72
"""Lines on three screens."""

sys.path.insert(0, str(DOCS))
from generating import commands, keys, moves, python  # noqa: E402

griffe = pytest.importorskip("griffe", reason="the reader of docstrings is not installed")


@functools.cache
def package() -> Any:
    """The package as the site reads it."""
    from detente.dashboards.manual.places import search_path

    loader = griffe.GriffeLoader(search_paths=[search_path()], allow_inspection=False)
    loaded = loader.load("detente", try_relative_path=False)
    loader.resolve_aliases(implicit=False, external=False)
    return loaded


def docstring(name: str) -> str:
    """What the site says of a public name."""
    found = package()[name].docstring
    return inspect.cleandoc(found.value) if found else ""


def examples(name: str) -> list[doctest.Example]:
    """The examples in it."""
    return doctest.DocTestParser().get_examples(docstring(name))


@pytest.mark.parametrize("name", dir(detente))
def test_every_public_name_has_an_example_that_shows_something(name: str):
    assert any(example.want for example in examples(name)), f"detente.{name} has no example in its docstring"
    assert "SKIP" not in docstring(name)


SLOW = ("transfer", "score", "calibrate")
"""Names whose example takes many seconds, for it asks a question that needs hundreds of runs or a fit."""


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in dir(detente)]
)
def test_the_example_of_every_public_name_runs(
    name: str, compiled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    test = doctest.DocTest(examples(name), {}, f"detente.{name}", None, 0, docstring(name))
    printed: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=printed.append)
    assert not printed, "".join(printed)


FUNCTIONS = [n for n in dir(detente) if inspect.isroutine(getattr(detente, n))]


@pytest.mark.parametrize("name", [*FUNCTIONS, "PeaceProcess"])
def test_every_argument_of_a_public_name_is_described(name: str):
    sections = griffe.parse_google(package()[name].final_target.docstring)
    kind = griffe.DocstringSectionKind.parameters
    described = {p.name.lstrip("*") for s in sections if s.kind is kind for p in s.value}
    assert described == set(inspect.signature(getattr(detente, name)).parameters)


def test_the_list_of_names_is_that_of_the_package():
    page = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    assert sorted(python.public_names()) == sorted(dir(detente))
    for name in dir(detente):
        assert f"\n::: detente.{name}\n" in page


def test_every_key_of_a_case_or_a_policy_says_what_it_is():
    assert keys.keys_without_meaning() == []


def test_the_keys_are_those_that_the_template_uses():
    written = tomllib.loads((ROOT / "model/scenarios/template/case.toml").read_text(encoding="utf-8"))
    page = keys.case_keys()
    for table in (written["case"], *written["party"], *written["track"]):
        for key, value in table.items():
            if not isinstance(value, list) or not value or not isinstance(value[0], dict):
                assert f"| `{key}` |" in page


def test_every_do_is_described_and_its_example_fits_a_case():
    assert set(moves.MEANINGS) == {do for known in DOABLE.values() for do in known}
    page = moves.move_sections()
    scenarios = {case: load_scenario(case) for case in (moves.CASE, *moves.CASES.values())}
    for do in moves.all_moves():
        assert moves.example(do) in page
        policy = parse_policy(moves.policy_around(moves.example(do)), do)
        check_policy(policy, scenarios[moves.CASES.get(do, moves.CASE)])
        assert policy.move[0].do == do


def test_a_wrong_example_is_refused():
    wrong = moves.example("offer_truce").replace('"taliban"', '"talibn"')
    with pytest.raises(InputError, match="taliban"):
        check_policy(parse_policy(moves.policy_around(wrong), "wrong"), load_scenario(moves.CASE))


def test_every_command_and_every_option_says_what_it_does():
    for name, command in commands.all_commands():
        assert commands.first_line(command), name
        for parameter in command.params:
            row = commands.parameter_row(parameter)
            assert row is None or row[-1], f"{name} {parameter.opts}"


def test_one_line_helps_are_whole():
    env = {**os.environ, "COLUMNS": "79"}
    for group in ([], ["data"]):
        said = subprocess.run(
            [sys.executable, "-m", "detente", *group, "--help"],
            capture_output=True,
            text=True,
            check=True,
            env=env,
        ).stdout
        lines = said.partition("Commands:")[2].strip().splitlines()
        assert lines
        assert [line for line in lines if "..." in line or len(line) > 79] == []


def test_help_on_the_package_fits_on_three_screens(tmp_path: Path):
    script = "import detente; help(detente)"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    ).stdout
    assert len(said.splitlines()) <= SCREENS
    assert [name for name in dir(detente) if name != "__version__" and name not in said] == []


def test_exit_statuses_are_those_of_the_commands():
    known = {getattr(guard, name) for name in ("DONE", "FAULT", "BAD_INPUT", "INTERRUPTED", "TERMINATED")}
    assert set(commands.STATUSES) == known
    env = {**os.environ, "COLUMNS": "79"}
    command = [sys.executable, "-m", "detente", "run", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert (done.returncode, len(done.stderr.splitlines()), done.stdout) == (guard.BAD_INPUT, 1, "")
