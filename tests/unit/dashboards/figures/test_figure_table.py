"""One table says which function draws which figure; a line forgotten or wrong is named, with the file to mend."""

import ast
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from detente.dashboards.figures import FIGURES
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


def test_every_figure_asked_for_is_in_the_table_and_every_line_of_it_is_asked_for():
    wanted = names_asked_for()
    missing = [
        f"{file} asks for figure {name!r}: add it to FIGURES in dashboards/figures/__init__.py"
        for name, file in wanted.items()
        if name not in FIGURES
    ]
    unused = [
        f"nothing in model/ or experiments/ asks for figure {name!r} of FIGURES in dashboards/figures/__init__.py"
        for name in FIGURES
        if name not in wanted
    ]
    assert missing + unused == []


def test_the_search_sees_a_name():
    source = 'def plot(self):\n    return draw("amnesty", self.table)\n'
    assert list(asked(source)) == ["amnesty"]


@pytest.mark.parametrize("name", FIGURES)
def test_every_line_leads_to_a_function(name):
    assert callable(figure(name))
    assert figure(name).__doc__


def test_what_is_installed_offers_the_table():
    assert offered().items() >= FIGURES.items(), "install the package again: python3 -m uv sync"


def test_a_figure_that_is_not_in_the_table_is_named_with_the_nearest():
    message = (
        "no figure 'lesson': add it to FIGURES in dashboards/figures/__init__.py; did you mean 'lessons'?"
    )
    with pytest.raises(NoFigureError, match=re.escape(message)):
        figure("lesson")


def test_no_table_at_all_is_said(monkeypatch):
    monkeypatch.setattr(drawing, "entry_points", lambda **_: [])
    with pytest.raises(NoFigureError, match=r"'run'.*'detente\.figures'.*install the package again"):
        figure("run")


@pytest.mark.parametrize("place", ["detente.dashboards.figures.run:no_figure", "detente.no_module:figure"])
def test_a_line_that_leads_nowhere_is_named(place, monkeypatch):
    monkeypatch.setitem(FIGURES, "amnesty", place)
    with pytest.raises(
        LookupError, match=rf"^figure 'amnesty' is said to be drawn by {re.escape(place)}: .+"
    ) as e:
        figure("amnesty")
    assert not isinstance(e.value, NoFigureError), "a portrait would fall back to words and hide it"


def test_another_package_may_offer_figures_of_its_own(monkeypatch):
    own = EntryPoint("ours", f"{__name__}:OWN", drawing.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda self: OWN if self is own else len)
    monkeypatch.setattr(drawing, "entry_points", lambda **_: [own])
    assert offered() == OWN
    assert figure("amnesty") is len


OWN = {"amnesty": "builtins:len"}
