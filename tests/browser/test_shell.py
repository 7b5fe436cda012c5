"""What stands around every page: navigation, theme, an address that leads nowhere."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_a_path_that_leads_nowhere_says_so(visit: Callable[..., Any]) -> None:
    page = visit().open("/nowhere")
    page.wait_for_selector(".broken")
    assert "/nowhere" in page.inner_text(".broken")


def test_the_theme_changes_and_stays(visit: Callable[..., Any]) -> None:
    page = visit(theme="dark").open("/nowhere")
    page.wait_for_selector("#theme-button")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.click("#theme-button")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.reload()
    page.wait_for_selector("#theme-button")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_every_page_of_the_navigation_opens_and_says_that_it_is_no_forecast(
    visit: Callable[..., Any],
) -> None:
    page = visit().open("/")
    page.wait_for_selector(".nav-link")
    titles = page.eval_on_selector_all(".nav-link", "links => links.map(l => l.textContent)")
    assert titles
    for title in titles:
        page.click(f".nav-link:text-is('{title}')")
        page.wait_for_selector(f".nav-link.here:text-is('{title}')")
        assert page.inner_text("#page").strip()
        assert "not a forecast" in page.inner_text("body").lower()
