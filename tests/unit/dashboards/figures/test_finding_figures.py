"""A figure is found by the name of its function; one that is asked for and not there is named, with its file."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from detente.dashboards.figures import figures
from detente.model import drawing
from detente.model.drawing import NoFigureError, figure, offered

ROOT = Path(__file__).resolve().parents[4]
ASKS = ("draw", "figure", "drawn_or_plain")
"""Functions that are given the name of a figure."""


def asked(source: str) -> Iterator[str]:
    """Every figure that a module asks for by name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS:
            yield from (
                a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
            )


def names_asked_for() -> dict[str, str]:
    """Every figure asked for by name below the dashboards, with a file that does."""
    files = (path for layer in ("model", "experiments") for path in (ROOT / layer).rglob("*.py"))
    return {
        name: path.relative_to(ROOT).as_posix() for path in files for name in asked(path.read_text("utf-8"))
    }


def test_every_figure_asked_for_is_there():
    wanted = names_asked_for()
    missing = [
        f"{file} asks for figure {name!r}, which no file of dashboards/figures draws"
        for name, file in wanted.items()
        if name not in figures()
    ]
    assert missing == []
    assert len(wanted) >= 15


def test_the_search_sees_a_name():
    source = 'def plot(self):\n    return draw("amnesty", self.table)\n'
    assert list(asked(source)) == ["amnesty"]


@pytest.mark.parametrize("name", figures())
def test_every_figure_listed_is_a_function(name):
    assert callable(figure(name))
    assert figure(name).__doc__


def test_the_name_of_the_function_is_that_of_the_figure():
    assert figures()["sensitivity"] == "detente.dashboards.figures.sensitivity:sensitivity_figure"
    assert figures()["run-portrait"] == "detente.dashboards.figures.portrait:run_portrait"
    assert "heat" not in figures(), "a function for one page, not named as its file"


def test_what_is_installed_offers_them():
    assert offered().items() >= figures().items(), "install the package again: python3 -m uv sync"


def test_a_figure_that_is_not_there_is_named_with_its_file_and_the_nearest():
    with pytest.raises(
        NoFigureError,
        match=re.escape(
            "no figure 'lessns': no lessns_figure in dashboards/figures/lessns.py draws it; did you mean 'lessons'?"
        ),
    ):
        figure("lessns")


def test_no_package_that_draws_is_said(monkeypatch):
    monkeypatch.setattr(drawing, "entry_points", lambda **_: [])
    with pytest.raises(NoFigureError, match=r"'run'.*'detente\.figures'.*install the package again"):
        figure("run")


@pytest.mark.parametrize("place", ["detente.dashboards.figures.run:no_figure", "detente.no_module:figure"])
def test_a_place_that_leads_nowhere_is_named(place, monkeypatch):
    monkeypatch.setattr(drawing, "offered", lambda: {"amnesty": place})
    with pytest.raises(
        LookupError, match=rf"^figure 'amnesty' is said to be drawn by {re.escape(place)}: .+"
    ) as e:
        figure("amnesty")
    assert not isinstance(e.value, NoFigureError), "a portrait would fall back to words and hide it"


class Other:
    """The entry point of another package."""

    def load(self):
        return lambda: {"amnesty": "builtins:len"}


def test_another_package_may_offer_figures_of_its_own(monkeypatch):
    ours = EntryPoint("detente", "detente.dashboards.figures:figures", drawing.GROUP)
    monkeypatch.setattr(drawing, "entry_points", lambda **_: [ours, Other()])
    assert figure("amnesty") is len
    assert offered() == figures() | {"amnesty": "builtins:len"}
