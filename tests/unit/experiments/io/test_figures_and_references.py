"""Figures are looked up by name, references by key, and results become plain JSON."""

import json

import pandas as pd
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


# -- words in figures

WORDS = ("<b>x</b>", "<a href='javascript:alert(1)'>x</a>", "a & b", "a < b", "&lt;", "\x1b[2J<br>")


@pytest.mark.parametrize("text", WORDS)
def test_words_of_a_user_are_no_html_in_a_figure(text):
    from html import unescape

    from detente.experiments.io.figures import plain_words
    from detente.experiments.io.output import visible

    about = {"title": text, "titles": {"republic": text}, "list": [text], "n": 1, "pair": (text, 2.5)}
    shown = plain_words(about)
    assert unescape(shown["title"]) == visible(text)
    assert "<" not in str(shown)
    assert (shown["titles"]["republic"], shown["list"], shown["pair"]) == (
        shown["title"],
        [shown["title"]],
        (shown["title"], 2.5),
    )
    table = pd.DataFrame({"name": [text, "plain"], "value": [1.0, 2.0]})
    assert plain_words(table)["name"].tolist() == [shown["title"], "plain"]
    assert plain_words(table)["value"].tolist() == [1.0, 2.0]
    assert table["name"].tolist() == [text, "plain"]


def test_a_title_is_plain_in_a_figure_and_in_its_page(tmp_path):
    import detente
    from detente.experiments.io.files import write_figure
    from detente.model.scenario import Scenario

    scenario = detente.load_scenario("template")
    title = "<img src=x onerror=alert(1)> & co"
    case = scenario.case.model_copy(update={"title": title})
    odd = Scenario.model_validate({**scenario.model_dump(), "case": case.model_dump()})
    figure = detente.run(odd, "status-quo", engine="mesa", until=None).plot()
    assert "<img" not in str(figure.layout.title.text)
    write_figure(figure, tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; co" in page.split("</title>")[0]
