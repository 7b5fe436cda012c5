"""Words on the pages: whole, beside each other and not on each other, and without names that only files have."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from live_page import LIVE, ready, to_the_end

pytestmark = pytest.mark.browser

AFGHANISTAN = "/live?case=afghanistan-2018&policy=history&seed=1"
BOXES = """selectors => selectors.flatMap(s => [...document.querySelectorAll(s)]).filter(e => e.textContent.trim())
    .map(e => { const b = e.getBoundingClientRect();
      return {words: e.textContent, left: b.left, right: b.right, top: b.top, bottom: b.bottom}; })
    .filter(b => b.right > b.left)"""
SLACK = 2.0
"""What boxes of letters may reach into each other, since they hold more than the letters [px]."""


def boxes(page: Any, *selectors: str) -> list[dict[str, Any]]:
    """Where texts stand."""
    return page.evaluate(BOXES, list(selectors))


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two texts lie on each other."""
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"])
    high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return wide > SLACK and high > SLACK


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 800), (390, 844)])
def test_the_live_page_has_room_for_its_words(visit: Callable[..., Any], width: int, height: int) -> None:
    page = ready(visit(width, height).open(AFGHANISTAN))
    names = boxes(page, ".network .name", ".network .state")
    (frame,) = page.evaluate(
        "[...document.querySelectorAll('.network')].map(e => e.getBoundingClientRect().toJSON())"
    )
    outside = [b["words"] for b in names if b["left"] < frame["left"] - 1 or b["right"] > frame["right"] + 1]
    assert outside == []
    numbers = boxes(page, ".network .trust-number")
    assert [(n["words"], b["words"]) for n in numbers for b in names if overlaps(n, b)] == []
    (head,) = [b for b in boxes(page, ".heads h2") if b["words"] == "What happened"]
    (pivot,) = boxes(page, ".pivot")
    assert not overlaps(head, pivot)
    lanes = boxes(page, ".y5tick text")
    assert len(lanes) == 4
    assert [(a["words"], b["words"]) for a, b in pairwise(lanes) if overlaps(a, b)] == []
    assert page.locator(".transport input[type=date]").bounding_box()["width"] >= 120, "room for a whole date"
    to_the_end(page)
    (day,) = boxes(page, "#live-today")
    assert day["words"] == "End of 31 August 2021"
    assert day["bottom"] - day["top"] < 40, "one line"
    (facts,) = boxes(page, "#live-facts")
    (grid,) = page.evaluate("[document.querySelector('.today').getBoundingClientRect().bottom]")
    assert facts["bottom"] <= grid + SLACK, "what has come of it is seen below the day"
    assert not re.search(r"\d{4}-\d\d-\d\d", page.inner_text(".chronicle"))


def test_a_long_line_on_the_day_is_read_to_its_end(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/live?case=korea-2017&policy=history&seed=1"))
    to_the_end(page)
    (facts,) = boxes(page, "#live-facts")
    assert "ends: " in facts["words"]
    frame = page.evaluate("document.querySelector('.today').getBoundingClientRect().toJSON()")
    assert facts["left"] >= frame["left"] - 1
    assert facts["right"] <= frame["right"] + 1
    assert facts["bottom"] <= frame["bottom"] + SLACK
    assert page.evaluate("document.querySelector('.setup').getBoundingClientRect().height") < 60, "one row"


def test_between_two_notes_the_caption_says_which_comes_next(visit: Callable[..., Any]) -> None:
    page = ready(visit().open(AFGHANISTAN))
    assert page.inner_text("#live-caption p") == "Nothing new on record. Next: 7 June 2018."
    page.click("#live-caption [aria-label='The next note']")
    assert "7 June 2018" in page.inner_text("#live-caption p strong")
    page.evaluate(f"{LIVE}.player.seek({LIVE}.run.lastDay)")
    assert page.inner_text("#live-caption p") == "Nothing more on record."


def test_a_remark_on_a_policy_has_no_name_of_a_file(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/live?case=template&policy=opening"))
    words = page.inner_text(".notes")
    assert "“The Republic offers The Movement a ceasefire, 5 April 2030”" in words
    assert "_" not in words


def test_the_title_of_a_comparison_is_whole(visit: Callable[..., Any]) -> None:
    page = visit().open("/compare?case=template&policies=status-quo&base=five-lessons")
    page.wait_for_selector(".gtitle", timeout=60_000)
    right = page.evaluate("document.querySelector('.js-plotly-plot').getBoundingClientRect().right")
    texts = boxes(page, ".gtitle", ".gtitle-subtitle")
    assert len(texts) == 2
    assert [b["words"] for b in texts if b["right"] > right] == []
