"""Figures are looked up by name, references by key, and results become plain JSON."""

import json

import pytest

from detente.experiments.io import figures
from detente.experiments.io.bibliography import UNSOURCED, references
from detente.experiments.io.figures import NoFigureError, draw, drawn_or_plain
from detente.experiments.io.plain_json import as_json, without_nan


def installed(monkeypatch, *names):
    """Have a few figures installed; the list notes which were asked for."""
    asked = []

    def figure(name):
        asked.append(name)
        if name not in names:
            raise NoFigureError(f"no figure {name!r}")
        return lambda *tables, **about: (tables, about)

    monkeypatch.setattr(figures, "figure", figure)
    return asked


def test_a_figure_is_drawn_from_its_tables(monkeypatch):
    asked = installed(monkeypatch, "fan")
    assert draw("fan", 1, 2, about=3) == ((1, 2), {"about": 3})
    assert asked == ["fan"]


def test_a_figure_that_nobody_draws(monkeypatch):
    installed(monkeypatch)
    with pytest.raises(NoFigureError):
        draw("fan")
    assert (
        drawn_or_plain({"a": "<b>"}, "fan", about={}) == "<pre>{&#x27;a&#x27;: &#x27;&lt;b&gt;&#x27;}</pre>"
    )


def test_a_portrait_is_drawn_where_somebody_does(monkeypatch):
    installed(monkeypatch, "fan")
    assert drawn_or_plain("plain", "fan", 1, about={"x": 2}) == ((1,), {"about": {"x": 2}})


def test_references_by_key_in_order():
    found = references()
    assert list(found) == sorted(found)
    assert found["zartman2000"].key == "zartman2000"
    assert "Zartman" in found["zartman2000"].reference
    assert all(r.key == key and r.reference and r.taken for key, r in found.items())
    assert UNSOURCED not in found


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (float("-inf"), None),
        (-1e308, -1e308),
        (3, 3),
        ("inf", "inf"),
        ({1: (float("nan"), 2.0)}, {"1": [None, 2.0]}),
        ([{"a": float("inf")}], [{"a": None}]),
    ],
)
def test_what_is_no_number_is_null(value, plain):
    assert without_nan(value) == plain


def test_one_object_in_plain_letters():
    text = as_json({"title": "Détente", "x": float("nan"), "rows": [1]})
    assert text == '{\n  "title": "Détente",\n  "x": null,\n  "rows": [\n    1\n  ]\n}'
    assert json.loads(text)["x"] is None
