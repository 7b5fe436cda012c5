"""Work on the live page is never lost: not at the end of a run, not by a refusal, not by the browser's Back."""

from collections.abc import Callable
from typing import Any

import pytest
from live_page import LIVE, changed, query_of, ready, sha, step_in, to_the_end

from detente.model.catalogue import load_scenario

pytestmark = pytest.mark.browser

MOVES = {
    "afghanistan-2018": ("history", "five-lessons", "United States and Taliban declare a ceasefire"),
    "korea-2017": ("history", "five-lessons", "United States and North Korea declare a ceasefire"),
    "template": ("status-quo", "five-lessons", "The Republic and The Movement declare a ceasefire"),
}
"""Case -> a policy, another one, and a move."""


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=[] if c == "korea-2017" else pytest.mark.acceptance) for c in MOVES]
)
def test_at_the_end_of_a_run_everything_can_be_changed_undone_reloaded_and_shared(
    case: str, visit: Callable[..., Any]
) -> None:
    first, second, move = MOVES[case]
    page = ready(visit().open(f"/?case={case}&policy={first}&seed=2"))
    start = load_scenario(case).case
    changed(page, lambda: step_in(page, move, start.pivot.isoformat()))
    to_the_end(page)
    assert f"{start.end.day} {start.end:%B %Y}" in page.inner_text("#live-today")
    changed(page, lambda: page.select_option("#live-policy", second))
    changed(page, lambda: page.click("button[aria-label='Next seed']"))
    assert page.locator(".notice-error").count() == 0
    to_the_end(page)
    here, shown = sha(page), page.inner_text("#live-today")
    page.reload()
    assert (sha(ready(page)), page.inner_text("#live-today")) == (here, shown)
    elsewhere = ready(visit().open(query_of(page)))
    assert (sha(elsewhere), elsewhere.inner_text("#live-today")) == (here, shown)
    assert move in elsewhere.inner_text("#live-log")
    assert query_of(elsewhere) == query_of(page)
    changed(page, lambda: page.click("#live-undo"))
    to_the_end(page)
    other = "template" if case != "template" else "korea-2017"
    changed(page, lambda: page.select_option("#live-case", other))
    assert page.evaluate(f"{LIVE}.recipe.case") == other
    assert page.locator(".notice-error").count() == 0


def test_an_old_link_to_the_end_still_opens(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=template&policy=status-quo&seed=1&date=2032-01-01"))
    assert page.locator(".notice-error").count() == 0
    assert page.evaluate(f"{LIVE}.player.day === {LIVE}.run.lastDay")
    assert "31 December 2031" in page.inner_text("#live-today")


def test_after_a_refusal_the_controls_say_what_the_picture_shows(visit: Callable[..., Any]) -> None:
    window = visit()
    window.allow("400")
    page = ready(window.open("/?case=template&policy=status-quo"))
    page.route("**/api/open", lambda route: route.fulfill(status=400, json={"error": "not this time"}))
    for control, value in (
        ("#live-policy", "five-lessons"),
        ("#live-theory", "ripeness"),
        ("#live-case", "korea-2017"),
    ):
        before = page.input_value(control)
        page.select_option(control, value)
        page.wait_for_selector(".notice-error:has-text('not this time')")
        assert page.input_value(control) == before
        page.click(".notes button")
    page.fill("#live-seed", "77")
    page.press("#live-seed", "Enter")
    page.wait_for_selector(".notice-error")
    assert page.input_value("#live-seed") == "1"


def test_every_change_is_a_step_in_the_browser_s_history(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=template&policy=status-quo&seed=1&date=2030-03-01"))
    plain = sha(page)
    changed(page, lambda: step_in(page, MOVES["template"][2], "2030-03-01"))
    decided = sha(page)
    page.keyboard.press("PageDown")  # a day is no step of its own
    changed(page, lambda: page.click("button[aria-label='Next seed']"))
    for wanted, act in ((decided, page.go_back), (plain, page.go_back), (decided, page.go_forward)):
        changed(page, act)
        assert sha(page) == wanted
    assert MOVES["template"][2] in page.inner_text("#live-log")


def test_a_link_that_cannot_be_read_stays_in_the_address_to_be_mended(visit: Callable[..., Any]) -> None:
    whole = ready(visit().open("/?case=template&policy=status-quo"))
    changed(whole, lambda: step_in(whole, MOVES["template"][2], "2030-03-01"))
    link = query_of(whole)
    cut = link[: link.index("decisions=") + 30]
    window = visit()
    window.allow("400")
    page = ready(window.open(cut))
    page.wait_for_selector(".notice-error:has-text('cut short')")
    page.keyboard.press("ArrowRight")
    assert query_of(page) == cut
    page.goto(window.base + link)
    assert sha(ready(page)) == sha(whole)
    page.goto(window.base + cut)
    changed(ready(page), lambda: page.click("button[aria-label='Next seed']"))
    assert "seed=2" in page.url
    assert "decisions=" not in page.url
