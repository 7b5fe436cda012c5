"""Every page for everybody: axe finds nothing, keys are enough, motion can be left out, small screens can be used."""

from collections.abc import Callable
from typing import Any

import pytest
from live_page import LIVE, answered, changed, ready, step_in, to_the_end

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

pytestmark = pytest.mark.browser

PAGES = {
    "/?case=template&policy=status-quo": ".live .main-svg",
    "/compare?case=template&policies=status-quo&base=status-quo": "#compare-table",
    "/explore": "#page h1, #page .empty-state",
    "/evidence?case=template": "#evidence-parameter-table",
    "/where": "#where-figure .main-svg, #where-narrow .main-svg",
    "/": ".q-bars rect",
    "/lessons?case=template": ".q-bars rect",
    "/sequence?case=template": ".s-mark",
    "/own": "#own-folder",
}
"""Page -> what is there once it is drawn."""
FLAT = ("/?case=template&policy=status-quo", "/compare?case=template&policies=status-quo&base=status-quo")
"""Pages tried on a flat screen at every change; all others are before a release."""
SMALL = [
    *((path, 390, 844) for path in PAGES),
    *(pytest.param(p, 640, 400, marks=[] if p in FLAT else pytest.mark.acceptance) for p in PAGES),
]


def violations(page: Any) -> list[str]:
    """What axe finds wrong, one line each: the rule, how many places, the first of them."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}) x{len(v['nodes'])}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(path: str, theme: str, visit: Callable[..., Any]) -> None:
    page = visit(theme=theme).open(path)
    page.locator(PAGES[path]).first.wait_for(timeout=60_000, state="attached")
    page.wait_for_timeout(800)
    assert violations(page) == []
    assert page.locator("h1").count() == 1


def test_axe_finds_nothing_at_the_end_of_a_run_with_a_decision_and_an_error(
    visit: Callable[..., Any],
) -> None:
    window = visit(theme="dark")
    window.allow("400")
    page = ready(window.open("/?case=template&policy=status-quo"))
    changed(page, lambda: step_in(page, "The Republic and The Movement declare a ceasefire", "2030-03-01"))
    page.wait_for_selector("#live-verdict details")
    to_the_end(page)

    def wrong() -> None:
        page.fill("#live-seed", "x")
        page.press("#live-seed", "Enter")

    answered(page, wrong)
    assert violations(page) == []


def test_keys_reach_a_dropdown_and_leave_nothing_hidden_in_their_way(visit: Callable[..., Any]) -> None:
    page = visit().open("/evidence?case=template")
    page.locator("#evidence-parameter-table").wait_for(timeout=60_000, state="attached")
    page.locator(".dash-dropdown").first.wait_for(timeout=60_000)
    names = page.evaluate("[...document.querySelectorAll('.dash-dropdown')].map(e => e.id)")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id"))
    assert set(names) <= reached
    assert violations(page) == []


def test_the_network_says_in_words_what_it_shows(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=template&policy=status-quo&date=2030-03-01"))
    words = page.get_attribute(".network", "aria-label")
    assert "Network on 1 March 2030" in words
    assert "The Republic and The Movement: trust" in words
    page.keyboard.press("PageDown")
    assert "31 March 2030" in page.get_attribute(".network", "aria-label")


def test_with_little_motion_nothing_glides(visit: Callable[..., Any]) -> None:
    page = visit().page
    page.emulate_media(reduced_motion="reduce")
    page.goto(visit().base + "/?case=template&policy=status-quo")
    ready(page)
    page.evaluate(f"{LIVE}.player.play()")
    page.wait_for_timeout(1200)
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate(f"{LIVE}.player.day") > 20
    assert page.evaluate(f"{LIVE}.dayKey") > "2030-01-10"
    page.evaluate(f"{LIVE}.player.pause()")


def test_the_student_s_errand_is_done_by_keys_alone(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1&date=2018-06-16"))

    def reach(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == name:
                return
        pytest.fail(f"no key reaches {name}")

    reach("live-move")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("document.activeElement.selectedOptions[0].textContent")
        if chosen == "Afghan government and Taliban extend their ceasefire":
            break
    reach("live-decide")
    changed(page, lambda: page.keyboard.press("Enter"))
    page.wait_for_selector("#live-verdict .first")


@pytest.mark.parametrize(("path", "width", "height"), SMALL)
def test_small_screens_scroll_down_only(
    path: str, width: int, height: int, visit: Callable[..., Any], snap: Callable[..., Any]
) -> None:
    """640 by 400 is a screen of 1280 by 800 at 200 %."""
    page = visit(width, height).open(path)
    page.locator(PAGES[path]).first.wait_for(timeout=60_000, state="attached")
    page.wait_for_timeout(600)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if path.startswith("/?"):
        assert page.locator(".network").bounding_box()["height"] >= 250
        bar = page.locator(".bottom").evaluate("e => getComputedStyle(e).position")
        assert bar == ("sticky" if height > 560 else "static")
    if path.startswith("/compare"):
        assert page.locator(".wide").evaluate("e => getComputedStyle(e, '::before').content") != "none"
    snap(page, f"small-{width}-{path.strip('/').split('?')[0] or 'live'}", full=True)
