"""What is on record: followed to the end or up to a day, told by the case's own notes, beside what was observed."""

from collections.abc import Callable
from typing import Any

import pytest
from live_page import LIVE, changed, query_of, ready, sha

from detente.experiments.runs.replay import recipe_of

pytestmark = pytest.mark.browser

CASE = {"case": "afghanistan-2018", "policy": "history", "seed": 1}
DOHA = "2020-02-29"


def show(page: Any, date: str) -> None:
    page.fill("#live-date", date)
    page.dispatch_event("#live-date", "change")
    page.keyboard.press("Tab")


def test_the_record_is_switched_on_and_off_and_the_link_keeps_it(
    visit: Callable[..., Any], compiled: None
) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1"))
    recorded, free = (
        page.get_by_role("button", name="As recorded"),
        page.get_by_role("button", name="Free from 23 July 2018"),
    )
    assert (recorded.get_attribute("aria-pressed"), free.get_attribute("aria-pressed")) == ("false", "true")
    assert sha(page) == recipe_of(CASE, "a test").run().trajectory.sha256
    changed(page, recorded.click)
    assert sha(page) == recipe_of({**CASE, "mode": "conditioned"}, "a test").run().trajectory.sha256
    assert recorded.get_attribute("aria-pressed") == "true"
    elsewhere = ready(visit().open(query_of(page)))
    assert sha(elsewhere) == sha(page)
    assert elsewhere.get_by_role("button", name="As recorded").get_attribute("aria-pressed") == "true"
    changed(page, free.click)
    assert "mode=" not in page.url


def test_a_lecturer_goes_to_the_agreement_of_doha_by_its_caption(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&mode=conditioned&date=2020-02-20"))
    for _ in range(2):
        page.get_by_role("button", name="The next note").click()
    assert page.inner_text("#live-today") == "29 February 2020"
    caption = page.inner_text("#live-caption")
    assert "29 February 2020, on record and in this run" in caption
    assert "Doha" in caption
    free = ready(visit().open(f"/?case=afghanistan-2018&policy=history&date={DOHA}"))
    assert "left to the rules here" in free.inner_text("#live-caption")


def test_the_pivot_has_a_label_and_what_was_observed_stands_above_the_cover(
    visit: Callable[..., Any],
) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history"))
    assert page.locator(".record text").all_text_contents() == [
        "pivot (dotted), 23 Jul 2018: from here on the rules decide"
    ]
    dots = page.locator(".record circle")
    months = page.evaluate(f"{LIVE}.charts.plot.data.find(t => t.name === 'observed').x.length")
    assert dots.count() == months == 12
    box, cover = dots.last.bounding_box(), page.locator(".cover-window").bounding_box()
    assert cover["x"] < box["x"] < cover["x"] + cover["width"]
    order = (
        "document.querySelector('.cover-window').compareDocumentPosition(document.querySelector('.record'))"
    )
    assert page.evaluate(order) & 4, "drawn after the cover, and so above it"


def test_the_chronicle_leaves_out_a_mediator_s_later_visits(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&date=end"))
    visits = [line for line in page.locator(".lines li:not([hidden])").all_inner_texts() if "mediat" in line]
    assert len(visits) == len({line.splitlines()[-1] for line in visits}) <= 9
    page.check("#live-all")
    assert page.locator(".lines li:not([hidden])", has_text="stops mediating").count() > 0


def test_a_peak_says_what_was_different(visit: Callable[..., Any], snap: Any) -> None:
    page = ready(visit().open("/live?case=template&policy=status-quo&seed=3&date=2030-06-10"))
    page.click("#live-why-here")
    page.wait_for_selector("#live-why .facts", timeout=60_000)
    words = page.inner_text("#live-why")
    assert "The 14 days up to 10 June 2030" in words
    assert "The Republic on The Movement" in words
    snap(page, "why-here")
    page.click("#live-why button[aria-label='Close']")
    assert not page.is_visible("#live-why")
