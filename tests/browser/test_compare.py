"""Compare futures: what is shown is of the question asked, numbers can be typed, and words say what is clear."""

from collections.abc import Callable
from typing import Any

import pytest
from live_page import changed, ready

pytestmark = pytest.mark.browser

START = "/compare?case=template&policies=status-quo%2Cfive-lessons&base=status-quo"


def compared(page: Any) -> Any:
    """Wait until all runs are shown, of the question that the controls ask."""
    status = "#compare-status:has-text('500 runs of each policy.')"
    page.wait_for_selector(f"#compare-main:not(.old) {status}", timeout=60_000)
    return page


def test_after_another_case_the_old_figure_is_greyed_until_the_new_one_is_there(
    visit: Callable[..., Any],
) -> None:
    page = compared(visit().open(START))
    page.route("**/_dash-update-component", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.locator("#compare-case").click()
    page.get_by_text("Korea, 2017 to 2020").last.click()
    page.wait_for_selector("#compare-main.old")
    assert (
        float(page.locator("#compare-main .figure-place").evaluate("e => getComputedStyle(e).opacity")) < 0.5
    )
    page.unroute("**/_dash-update-component")
    compared(page)
    assert "provocations" in page.inner_text("#compare-differences")


def test_a_number_typed_with_enter_moves_the_lever(visit: Callable[..., Any]) -> None:
    page = compared(visit().open(START))
    box = page.get_by_label("recognition · lesson 1").locator("xpath=self::input")
    box.fill("0.35")
    box.press("Enter")
    page.wait_for_function("location.search.includes('lever.recognition=0.35')")
    compared(page)
    assert "recognition 0.35" in page.inner_text("#compare-status")


def test_words_say_what_is_clear_and_what_bold_means(visit: Callable[..., Any]) -> None:
    page = compared(visit().open(START))
    told = page.locator(".told p").all_inner_texts()
    assert told[0].startswith("“Five lessons” against “Status quo”, mean of 500 pairs of runs: ")
    assert "fewer deaths" in told[0]
    assert "no difference in deaths" in told[1], "yours is the baseline itself"
    rest = page.inner_text("#compare-differences")
    assert "In bold: a clear difference" in rest
    assert "luck alone" in rest


def test_decisions_of_the_live_page_are_compared_too(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=korea-2017&policy=history"))
    changed(page, lambda: page.click("#live-try"))
    page.click("#live-compare")
    compared(page)
    assert "1 January 2018: United States invites mediators" in page.inner_text("#compare-decided")
    told = page.inner_text(".told")
    assert "“Yours” against “History”" in told
    assert "no clear difference in" in told
    address = page.url[page.url.index("/compare") :]
    assert "decisions=" in address
    assert compared(visit().open(address)).inner_text(".told") == told
    page.click("#compare-undecide")
    page.wait_for_function("!location.search.includes('decisions=')")
    compared(page)
    assert "no difference in provocations" in page.inner_text(".told")
