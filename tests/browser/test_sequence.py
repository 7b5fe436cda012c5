"""In which order: marks are dragged, moved by keys and typed; pairs compare two orders; the link opens the same."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

pytestmark = pytest.mark.browser

TRUCE = "truce-republic-movement"
PAGE = f"/sequence?case=template&a={TRUCE}@2030-03-01,front@2030-06-29&b=front@2030-03-01,{TRUCE}@2030-06-29&draws=20"
VERDICT = "#sequence-verdict"
SECONDS = 120_000


def drawn(page: Any) -> Any:
    """Wait until the calendar is drawn."""
    page.wait_for_selector(".s-mark", timeout=60_000)
    return page


def mark(page: Any, item: str, order: str) -> Any:
    """The mark of an item in an order."""
    return page.locator(f"[data-item={item}] .s-mark[data-order={order}]")


def asked(page: Any) -> str:
    """Ask the pairs, and wait for the verdict."""
    page.click("#sequence-begin")
    page.wait_for_selector(VERDICT, timeout=SECONDS)
    return page.inner_text(VERDICT)


def path(page: Any) -> str:
    """The address without the server."""
    return "/sequence" + page.url.partition("/sequence")[2]


def violations(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}) x{len(v['nodes'])}: {v['nodes'][0]['html'][:160]}" for v in found]


def test_a_mark_is_dragged_and_the_pairs_answer(visit: Callable[..., Any], snap: Any) -> None:
    page = drawn(visit().open(PAGE))
    assert page.input_value("#sequence-start") == "truce-or-talks"
    where = mark(page, "front", "a")
    box, lane = where.bounding_box(), page.locator("[data-item=front] .s-lane").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(lane["x"] + lane["width"] / 2, box["y"] + 8, steps=4)
    page.mouse.up()
    assert where.get_attribute("aria-valuetext") in ("29 January 2031", "30 January 2031", "31 January 2031")
    assert "front@2031-01-" in page.url
    assert page.input_value("#sequence-start") == ""
    verdict = asked(page)
    assert verdict.startswith("Which of these orders?")
    assert page.url.endswith("answer=1")
    assert "deaths a day" in page.get_attribute("#sequence-figure", "aria-label")
    page.click("#sequence-numbers summary")
    assert page.locator("#sequence-numbers tbody tr").count() >= 4
    assert page.locator(".s-row").count() >= 2
    snap(page, "sequence-answered", full=True)
    assert violations(page) == []
    there = drawn(visit(theme="dark").open(path(page)))
    there.wait_for_selector(VERDICT, timeout=SECONDS)
    assert there.inner_text(VERDICT) == verdict
    assert there.inner_text("#sequence-words") == page.inner_text("#sequence-words")
    assert violations(there) == []
    snap(there, "sequence-dark", full=True)


def test_keys_alone_move_compare_and_stop(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open(PAGE))

    def reach(true: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"(e => {true})(document.activeElement)"):
                return
        pytest.fail(f"no key reaches {true}")

    reach("e.dataset.order === 'b'")
    item = page.evaluate("document.activeElement.closest('[data-item]').dataset.item")
    before = mark(page, item, "b").get_attribute("aria-valuenow")
    for key in ("ArrowRight", "Shift+ArrowRight", "PageUp"):
        page.keyboard.press(key)
    assert int(mark(page, item, "b").get_attribute("aria-valuenow")) == int(before) + 7 + 1 + 30
    page.keyboard.press("End")
    assert mark(page, item, "b").get_attribute("aria-valuetext") == "31 December 2031"
    page.keyboard.press("Home")
    assert mark(page, item, "b").get_attribute("aria-valuetext") == "1 March 2030"
    page.keyboard.press("PageUp")
    reach("e.id === 'sequence-begin'")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sequence-stop"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sequence-begin"
    assert page.inner_text("#sequence-state") == "Stopped."
    assert "answer=1" not in page.url
    page.keyboard.press("Enter")
    page.wait_for_selector(VERDICT, timeout=SECONDS)


def test_days_are_typed_items_added_removed_and_left_out(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open("/sequence?case=template"))
    day = page.locator("[data-item=front] input").nth(1)
    day.fill("2030-08-01")
    page.wait_for_function("location.search.includes('front@2030-08-01')")
    day.fill("")
    day.blur()
    assert mark(page, "front", "b").is_hidden()
    assert "talks" not in page.inner_text("#sequence-words p:nth-child(2)")
    page.select_option("#sequence-add", "prisoner-release")
    assert page.evaluate("document.activeElement.closest('[data-item]').dataset.item") == "prisoner-release"
    page.click("[data-item=front] button")
    assert page.locator("[data-item]").count() == 2
    page.go_back()
    page.wait_for_selector("[data-item=front]")
    page.select_option("#sequence-start", "way-round")
    page.wait_for_selector("[data-item=backchannel]")


def test_orders_that_are_alike_are_refused_in_words(visit: Callable[..., Any]) -> None:
    window = visit()
    window.allow("400")
    page = drawn(window.open("/sequence?case=template&a=front@2030-06-01&b=front@2030-06-01"))
    page.click("#sequence-begin")
    page.wait_for_selector(".notice-error")
    assert "A and B are the same" in page.inner_text(".notice-error")
    assert violations(page) == []


def test_a_small_screen_has_all_of_it(visit: Callable[..., Any], snap: Any) -> None:
    page = drawn(visit(390, 844).open(PAGE + "&answer=1"))
    page.wait_for_selector(VERDICT, timeout=SECONDS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert mark(page, "front", "a").bounding_box()["width"] >= 24
    snap(page, "sequence-390", full=True)


def test_an_item_waits_for_a_condition_by_keys_and_the_answer_is_mailed(
    visit: Callable[..., Any], chromium: Any, snap: Any, tmp_path: Path
) -> None:
    page = drawn(visit().open(PAGE.replace("draws=20", "draws=0")))
    pick = page.locator("[data-item=front] select[data-order=b]")
    pick.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("location.search.includes('front@quiet.republic.movement')")
    assert mark(page, "front", "b").is_hidden()
    assert "once a ceasefire" in page.inner_text("#sequence-words")
    asked(page)
    assert violations(page) == []
    with page.expect_download(timeout=SECONDS) as saved:
        page.click("#sequence-mail")
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    assert file.stat().st_size < 2_000_000
    alone = chromium.new_context(offline=True).new_page()
    heard: list[str] = []
    alone.on("console", lambda message: heard.append(message.text))
    alone.goto(file.as_uri())
    assert page.inner_text(VERDICT) in alone.inner_text("main")
    assert alone.locator(".s-row").count() == page.locator(".s-row").count()
    assert "once a ceasefire" in alone.inner_text("main")
    snap(alone, "sequence-mailed", full=True)
    assert violations(alone) == []
    alone.context.close()
    assert heard == []
    pick.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_function("!location.search.includes('quiet')")
