"""The page on observed data: its example prints what the page says, and it names every layout and option."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.experiments.cli.main import app
from detente.experiments.data.layouts import LAYOUTS


@pytest.fixture(scope="module")
def page(repo_root: Path) -> str:
    return (repo_root / "docs" / "data.md").read_text(encoding="utf-8")


def block(page: str, kind: str) -> str:
    (text,) = re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)
    return text


@pytest.fixture
def folder(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "events.csv").write_text(block(page, "csv"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_command_prints_what_the_page_says(page: str):
    command, _, shown = block(page, "console").partition("\n")
    arguments = command.removeprefix("$ detente ").split()
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    assert result.stdout.startswith(shown)


@pytest.mark.usefixtures("folder")
def test_the_python_of_the_page_prints_what_it_says(page: str, capsys: pytest.CaptureFixture[str]):
    exec(compile(block(page, "python"), "docs/data.md", "exec"), {})
    assert capsys.readouterr().out == block(page, "text")


def test_every_layout_stands_on_the_page(page: str):
    for layout in LAYOUTS:
        assert layout.name.lower() in page.lower()


def test_every_option_on_the_page_exists(page: str):
    options = set(re.findall(r"`(--[a-z][a-z-]+)`", page))
    assert len(options) >= 9
    runner = CliRunner()
    commands = (["data", "summary"], ["score"], ["new"])
    shown = "".join(runner.invoke(app, [*name, "--help"]).output for name in commands)
    assert not {option for option in options if option not in shown}
