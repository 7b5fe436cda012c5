"""What ``import detente`` hands out."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import detente

SOURCE = Path(__file__).resolve().parents[3] / "detente" / "__init__.py"
SCREENS = 70
"""Lines on three screens."""

COMMANDS = {"serve": None, "docs": None, "data": "data_summary", "if": "what_if"}
"""Commands whose function has another name, or that have none."""


def seen_by_type_checkers() -> dict[str, tuple[str, str]]:
    """Public name -> module and name there, in the part that is there for type checkers."""
    (guarded,) = (
        node
        for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name)
    )
    return {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in guarded.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_type_checkers_see_what_is_handed_out():
    table = importlib.import_module("detente")._PUBLIC
    assert seen_by_type_checkers() == {name: (f"detente.{module}", name) for name, module in table.items()}


def test_every_re_export_is_one_for_type_checkers():
    assert all(name == attribute for name, (_, attribute) in seen_by_type_checkers().items())


def test_only_public_names_are_listed():
    assert dir(detente) == sorted([*seen_by_type_checkers(), "__version__"])


def test_every_command_has_its_function():
    from detente.experiments.cli.main import app

    for command in typer.main.get_command(app).commands:
        name = COMMANDS.get(command, command)
        assert name is None or name in dir(detente), (
            f"command {command!r}: detente has no {name!r}; add the function to detente/__init__.py, or say in "
            "COMMANDS of tests/unit/package/test_public_face.py what it is called (None: it has none)"
        )


def test_a_module_that_registers_a_command_is_found():
    from detente.experiments.cli.main import app, own_commands

    assert {"run", "data", "sweep"} <= set(own_commands())
    assert not {"options", "progress", "main", "compiling", "exit_status"} & set(own_commands())
    named = {name.removesuffix("_") for name in own_commands()}  # a keyword of Python takes a low line
    assert named <= set(typer.main.get_command(app).commands), "a command is named as its module"


def test_a_command_without_a_place_stands_after_the_others():
    from detente.experiments.cli.main import app
    from detente.experiments.cli.options import ORDER

    group = typer.main.get_command(app)
    group.commands = {"amnesty": group.commands["run"], **group.commands}
    listed = group.list_commands(None)
    assert listed[: len(ORDER)] == list(ORDER)
    assert "amnesty" in listed[len(ORDER) :]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ensembel", "ensemble"),
        ("InputErr", "InputError"),
        ("peaceprocess", "PeaceProcess"),
        ("sweeps", "sweep"),
    ],
)
def test_a_misspelt_name_is_told_the_nearest(name: str, near: str):
    with pytest.raises(AttributeError, match=f"{name}.*did you mean '{near}'"):
        getattr(detente, name)


def test_a_name_that_python_asks_for_is_not_guessed_at():
    with pytest.raises(AttributeError) as caught:
        _ = detente.__wrapped__
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("name", [n for n in dir(detente) if callable(getattr(detente, n))])
def test_every_public_function_says_what_it_takes(name: str):
    value = getattr(detente, name)
    text = inspect.getdoc(value) or ""
    assert text
    if inspect.isfunction(value):
        missing = [p for p in inspect.signature(value).parameters if f"{p}: " not in text and p != "asked"]
        assert missing == []
        assert "Returns:" in text


def test_help_on_the_package_fits_on_three_screens_and_names_everything(tmp_path: Path):
    script = "import detente; help(detente)"
    command = [sys.executable, "-c", script]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert len(said.splitlines()) <= SCREENS
    assert [name for name in dir(detente) if name not in said and name != "__version__"] == []
