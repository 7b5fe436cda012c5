"""The page *Where else?*: what an address asks, what is shipped, how far a comparison is, in words."""

import json
import re
from typing import Any

import pandas as pd
import pytest
from site_parts import own_case

from detente.dashboards.app.cases import Cases, checked_cases
from detente.dashboards.app.pages import where as page
from detente.dashboards.app.shell import query_of
from detente.dashboards.app.site import make_app
from detente.dashboards.app.where_question import (
    Asked,
    address_of,
    duration,
    estimate_words,
    key_of,
    offered,
    read_asked,
    stored,
    time_left,
    usual,
)
from detente.dashboards.figures.style import END_INK, INK, QUIET
from detente.dashboards.figures.where import SHOWN, cell_words
from detente.experiments.compare.where_tables import HEADS, effect_rows
from detente.experiments.compare.where_yardsticks import EFFECTS, TOGETHER
from detente.model.errors import InputError

CASES = Cases()


def site() -> Any:
    return make_app().server.extensions["detente"]


def plain_text(part: Any) -> str:
    """All words of a component."""
    if part is None or isinstance(part, str | int | float):
        return "" if part is None else str(part)
    if isinstance(part, list | tuple):
        return " ".join(map(plain_text, part))
    return plain_text(getattr(part, "children", None))


def test_an_address_without_a_question_is_that_of_the_shipped_result():
    assert read_asked({}, CASES) is None
    assert read_asked({"lesson": "recognition"}, CASES) is None
    assert address_of(None, TOGETHER) == {"lesson": TOGETHER}


@pytest.mark.parametrize("lesson", [TOGETHER, "recognition"])
def test_an_address_is_read_back_as_it_was_written(lesson: str):
    asked = Asked(("korea-2017", "template"), 50, 10)
    assert read_asked(address_of(asked, lesson), CASES) == asked


def test_runs_alone_ask_for_all_cases_but_the_fictional_one():
    asked = read_asked({"runs": "10"}, CASES)
    assert asked == Asked(usual(CASES), 10, 5)
    assert "template" not in usual(CASES)
    assert "template" in dict(offered(CASES))


@pytest.mark.parametrize(
    ("search", "named"),
    [
        ("?cases=atlantis", "atlantis"),
        ("?cases=template,template", "different"),
        ("?cases=", "one or more"),
        ("?runs=1000", "10, 20, 50, 100"),
        ("?runs=x", "10, 20, 50, 100"),
        ("?draws=3", "0, 5, 10"),
        ("?surprise=1", "surprise"),
        ("?cases=../template", "template"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(search: str, named: str):
    with pytest.raises(InputError, match=named):
        read_asked(query_of(search), CASES)


def test_a_lesson_that_is_none_is_refused():
    with pytest.raises(InputError, match="recognition"):
        page.layout(site(), {"lesson": "recognitoin"})


def test_a_reader_s_own_case_is_offered_and_its_new_text_computed_anew(tmp_path):
    path = own_case(tmp_path)
    cases = checked_cases([path])
    assert "my-valley" in usual(cases)
    before = key_of(Asked(("my-valley",), 10, 0), cases)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2031-12-31", "2031-11-30", 1), encoding="utf-8")
    assert key_of(Asked(("my-valley",), 10, 0), cases) != before


def test_the_shipped_result_has_every_case_every_lesson_and_both_intervals():
    made = stored().made
    assert list(made.about["titles"]) == list(usual(CASES))
    assert made.about["draws_done"] > 0
    together = made.effects[made.effects["lesson"] == TOGETHER]
    known = together[together["verdict"] != "no value"]
    assert not known[["mean", "low95", "high95", "wide_low95", "wide_high95"]].isna().any(axis=None)
    assert set(made.effects["lesson"]) == set(EFFECTS)
    assert set(made.short) == set(made.sentences) == set(usual(CASES))


def test_the_shipped_result_is_drawn_in_both_layouts():
    found = stored()
    titles = set(found.made.about["titles"].values())
    for figure, rows in ((found.wide, 2 * len(SHOWN)), (found.narrow, len(SHOWN))):
        assert sum(str(key).startswith("xaxis") for key in figure.layout) == rows
        points = [t for t in figure.data if t.type == "scatter" and t.mode == "markers"]
        assert {t.y[0] for t in points} == titles
    assert found.narrow.layout.height > found.wide.layout.height


def test_the_table_holds_what_the_effects_hold():
    made = stored().made
    rows = effect_rows(made.effects, "recognition")
    assert {len(row) for row in rows} == {len(HEADS)}
    words = plain_text(page.effects_table(made, "recognition"))
    assert "recognition, alone" in words
    assert all(row[2] in words and row[3] in words for row in rows)


def test_shares_and_conditions_are_told_in_words():
    made = stored().made
    words = plain_text(page.effects_table(made, TOGETHER))
    assert re.search(r"\d %", words)
    assert not re.search(r"\d%", words)
    words = page.condition_words("Where stalemate is higher, the five lessons add less to deaths a day.")
    assert words.startswith(
        "Where stalemate (how even the capabilities of the two main sides are) is higher, the"
    )
    words = page.condition_words("Where vetoes is higher, they add less.")
    assert words == "Where vetoes (parties whose consent peace needs) are higher, they add less."
    assert page.condition_words("Agreements, in 11 cases.") == "Agreements, in 11 cases."


@pytest.mark.parametrize(("share", "ink"), [(0.93, END_INK), (0.3, INK)])
def test_a_number_is_read_on_its_colour_in_both_themes(share: float, ink: str):
    cell = {"mean": -14.2, "verdict": "helps", "sign_share": share}
    assert cell_words(cell) == f"<span style='color:{ink}'><b>−14</b></span>"
    assert QUIET in cell_words({**cell, "verdict": "no effect"})


def test_a_result_without_draws_has_a_dash_for_what_is_not_known():
    made = stored().made
    bare = made.effects.assign(draws=0, sign_share=float("nan"))
    assert {(row[4], row[5]) for row in effect_rows(bare, TOGETHER)} == {("–", "–")}


def test_a_case_is_told_in_a_sentence_with_its_numbers_and_a_link():
    made = stored().made
    line = page.case_line(site(), made, "korea-2017")
    words = plain_text(line)
    assert words.startswith("Korea, 2017 to 2020")
    assert made.short["korea-2017"] in words
    assert made.sentences["korea-2017"] in words
    assert "/compare?case=korea-2017" in json.dumps(
        line.to_plotly_json(), default=lambda o: o.to_plotly_json()
    )


def test_other_rules_are_said(monkeypatch: pytest.MonkeyPatch):
    made = stored().made
    monkeypatch.setattr("detente.model.kernel.rules_digest", lambda: made.about["rules_digest"])
    assert "rules have changed" not in page.source_words(None, made)
    monkeypatch.setattr("detente.model.kernel.rules_digest", lambda: "others")
    assert "rules have changed" in page.source_words(None, made)
    assert page.source_words(Asked(("template",), 10, 0), made).startswith("Computed on this machine")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "5 seconds"), (31, "35 seconds"), (90, "90 seconds"), (91, "2 minutes")]
)
def test_times_are_rounded_up(seconds: float, words: str):
    assert duration(seconds) == words


def test_time_left_is_that_of_the_parts_to_come():
    assert time_left(10.0, 1, 4) == "about 30 seconds left"
    assert time_left(10.0, 4, 4) == "now the figure"


def test_what_is_chosen_says_how_long_it_takes():
    short, long = (estimate_words(["template"], 10, n, CASES) for n in (0, 40))
    assert short.startswith("1 case, 1 part: about 5 seconds")
    assert "41 parts" in long
    assert Asked(("template",), 10, 40).seconds > Asked(("template",), 10, 0).seconds
    assert estimate_words([], 10, 0, CASES) == "Choose at least one case."


def test_effects_are_numbers_after_they_were_read():
    effects: pd.DataFrame = stored().made.effects
    assert effects["mean"].dtype == float
    assert effects["verdict"].map(type).eq(str).all()
