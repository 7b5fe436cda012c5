"""The first page as those use it who come by: predict, decide, watch, read the sentence, ask why, send the link."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

pytestmark = pytest.mark.browser

TEMPLATE = "/?question=template/ninety-days"
SENTENCE = "#question-sentence[data-pairs='{}']"
FIRST_SECONDS, WHOLE_SECONDS = 2.0, 6.0
"""Times until the first answer and the whole one on two cores that do nothing else."""

BUSY = 3.0
"""How much longer they may take on a machine that is shared."""


def drawn(page: Any) -> Any:
    """Wait until both futures, or the one there is, are drawn."""
    page.wait_for_selector(".q-bars rect", state="attached", timeout=60_000)
    return page


def sentence(page: Any, pairs: int = 500) -> str:
    """What so many pairs say."""
    page.wait_for_selector(SENTENCE.format(pairs), timeout=60_000)
    return page.inner_text("#question-sentence")


def address(page: Any) -> str:
    """The address without the server."""
    return page.url.partition("/?")[1] + page.url.partition("/?")[2]


def words_of(page: Any) -> list[str]:
    """What a state shows in words."""
    facts = page.locator(".q-facts:visible").all_inner_texts()
    return [sentence(page), page.inner_text("#question-guess-words"), page.inner_text(".q-date"), *facts]


def test_a_student_extends_the_truce_and_reads_what_500_pairs_say(
    visit: Callable[..., Any], snap: Any
) -> None:
    page = drawn(visit().open("/"))
    assert "June 2018" in page.inner_text("h1")
    page.locator("#question-guess").fill("-20")  # the first interaction
    began = time.monotonic()
    page.click("[data-choice=three-months]")  # the second, and the last
    page.wait_for_selector("#question-sentence[data-pairs]", timeout=60_000)
    first = time.monotonic() - began
    words = sentence(page)
    whole = time.monotonic() - began
    print(f"first answer after {first:.1f} s, the sentence of 500 pairs after {whole:.1f} s")
    assert first < BUSY * FIRST_SECONDS
    assert whole < BUSY * WHOLE_SECONDS
    assert re.search(r"deaths.* by 31 August 2021; ", words)
    assert re.search(r"\[.* to .*\]", words)
    assert re.search(r"agreement in .* % of runs|no agreement in any run", words)
    assert re.search(r"in \d+ of 100 pairs it made things worse\.", words)
    assert "luck alone" in page.inner_text("#question-status")
    assert page.inner_text(".q-verdict").startswith("You guessed 20 % less")
    assert page.is_disabled("#question-guess"), "a guess after the answer is none"
    page.wait_for_function(
        "document.getElementById('question-root').question.watch.player.playing === false", timeout=30_000
    )
    snap(page, "question-answered")
    page.set_viewport_size({"width": 1280, "height": 800})
    box = page.locator("#question-sentence").bounding_box()
    assert box["y"] + box["height"] < 800, "the sentence is seen without scrolling"


def test_the_link_opens_the_same_state_elsewhere(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open(TEMPLATE))
    page.locator("#question-guess").fill("15")
    page.click("[data-choice=thirty-days]")
    sentence(page)
    page.click("#question-luck")
    page.wait_for_function("location.search.includes('seed=2')")
    page.wait_for_function("document.querySelector('.q-right .hint').textContent.startsWith('Seed 2')")
    page.locator("#question-day").fill("400")
    page.wait_for_function("location.search.includes('day=2031-02-05')")
    there = visit().open(address(page))
    drawn(there)
    assert words_of(there) == words_of(page)
    assert there.get_attribute("[data-choice=thirty-days]", "aria-pressed") == "true"
    page.go_back()
    page.wait_for_function("document.querySelector('.q-right .hint').textContent.startsWith('Seed 1')")
    page.go_back()
    page.wait_for_selector("[data-choice=thirty-days][aria-pressed=false]")
    assert page.inner_text("#question-guess-words") == "Your guess: 15 % more"


def test_what_is_not_known_follows_and_the_link_and_the_file_carry_it(
    visit: Callable[..., Any], snap: Any, tmp_path: Any
) -> None:
    page = drawn(visit().open(f"{TEMPLATE}&choice=ninety-days&guess=0&draws=40"))
    sentence(page)
    page.wait_for_selector("#question-known-sentence[data-draws='40']", timeout=120_000)
    words = page.inner_text("#question-known-sentence")
    assert re.match(
        r"Luck and what is not known: deaths .* \[.* to .*\]; the sign of the difference above ", words
    )
    assert re.search(r"holds in \d+ % of 40 draws: it can", words)
    assert "luck alone" in page.inner_text("#question-status")
    assert address(page).endswith("draws=40")
    snap(page, "question-not-known", full=True)
    assert [v["id"] for v in axe.Axe().run(page).response["violations"]] == []
    with page.expect_download(timeout=120_000) as waiting:
        page.click("#question-mail")
    waiting.value.save_as(tmp_path / "mailed.html")
    text = (tmp_path / "mailed.html").read_text(encoding="utf-8")
    assert "And what is not known" in text
    assert words in text


def test_what_is_not_known_can_be_stopped_and_asked_again(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open(f"{TEMPLATE}&choice=ninety-days&guess=0&draws=500"))
    page.wait_for_selector("#question-known-stop:visible", timeout=120_000)
    page.focus("#question-known-stop")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "question-known-begin"
    assert "luck alone" in page.inner_text("#question-known-state")
    assert address(page).endswith("draws=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#question-known-sentence[data-draws='125']", timeout=180_000)


def test_why_switches_each_mechanism_off(visit: Callable[..., Any], snap: Any) -> None:
    page = drawn(visit(theme="dark").open(f"{TEMPLATE}&choice=ninety-days&guess=0"))
    sentence(page)
    page.click("#question-why")
    page.wait_for_selector("#question-carried:not(:empty)", timeout=120_000)
    assert "why=1" in page.url
    rows = page.locator(".q-why tbody tr")
    assert rows.count() > 10
    ceasefires = page.locator(
        ".q-why tbody tr", has=page.get_by_role("rowheader", name="Ceasefires", exact=True)
    )
    assert "\t0\t" in ceasefires.inner_text(), "without ceasefires there is none to declare"
    assert "mechanism" in page.inner_text("#question-carried").lower() or "carries" in page.inner_text(
        "#question-carried"
    )
    found = axe.Axe().run(page).response["violations"]
    assert [v["id"] for v in found] == []
    snap(page, "question-why", full=True)


def test_a_question_is_answered_by_keys_alone(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open("/"))

    def reach(true: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"(e => {true})(document.activeElement)"):
                return
        pytest.fail(f"no key reaches {true}")

    reach("e.id === 'question-guess'")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert page.inner_text("#question-guess-words") == "Your guess: 15 % less"
    reach("e.dataset.choice === 'three-months'")
    page.keyboard.press("Enter")
    assert "deaths" in sentence(page)
    assert page.evaluate("document.activeElement.dataset.choice") == "three-months", (
        "focus stays where it was"
    )


def test_a_new_start_takes_everything_back(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open(f"{TEMPLATE}&choice=ninety-days&guess=-30&seed=4"))
    sentence(page)
    page.click("#question-again")
    page.wait_for_selector("[data-choice=ninety-days][aria-pressed=false]")
    assert page.inner_text("#question-guess-words") == "Your guess: no difference"
    assert address(page) == TEMPLATE
    assert page.inner_text("#question-sentence") == ""


def test_little_motion_shows_both_futures_whole_at_once(visit: Callable[..., Any]) -> None:
    window = visit()
    window.page.emulate_media(reduced_motion="reduce")
    page = drawn(window.open(TEMPLATE))
    page.click("[data-choice=ninety-days]")
    page.wait_for_function("document.querySelectorAll('.q-future:not([hidden])').length === 2")
    assert page.evaluate("document.getElementById('question-root').question.watch.player.playing") is False
    assert page.inner_text(".q-date") == "End of 31 December 2031"


def test_five_lessons_are_a_chain_of_questions(visit: Callable[..., Any], snap: Any) -> None:
    page = drawn(visit().open("/lessons?case=template"))
    assert "Lesson 1 of 5" in page.inner_text(".q-kicker")
    page.click("[data-choice=most]")
    assert "openings of talks" in sentence(page)
    assert "Then think." in page.inner_text(".q-verdict")
    page.click("#question-next")
    page.wait_for_function("document.querySelector('.q-kicker').textContent.startsWith('Lesson 2 of 5')")
    page.click(".steps a:text-is('5. Keep several tracks open')")
    page.wait_for_selector(".q-bottom a:has-text('All five together')")
    page.go_back()
    page.wait_for_function("document.querySelector('.q-kicker').textContent.startsWith('Lesson 2 of 5')")
    snap(page, "lessons", full=True)


def test_a_question_opens_in_the_laboratory_with_both_futures(visit: Callable[..., Any]) -> None:
    page = drawn(visit().open(f"{TEMPLATE}&choice=ninety-days&seed=3"))
    page.wait_for_function("document.getElementById('question-live').search.includes('other=')")
    page.click("#question-live")
    page.wait_for_function("document.getElementById('live-root')?.live?.otherRun")
    assert page.evaluate("document.getElementById('live-root').live.recipe.seed") == 3
