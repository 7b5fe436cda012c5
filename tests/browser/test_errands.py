"""Errands, each done as somebody who comes with it would: a lecturer, an analyst, a researcher.

The student's errand stands in test_questions, the newcomer's in test_new_case.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live_page import LIVE, ready

from detente.experiments.runs.replay import replay
from detente.experiments.sweep.sweep import sweep

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

pytestmark = pytest.mark.browser

DOHA = "2020-02-29"


def answered(page: Any) -> str:
    """The sentence of all pairs."""
    page.wait_for_selector("#question-sentence[data-pairs='500']", timeout=60_000)
    return page.inner_text("#question-sentence")


def clear_or_not(words: str) -> bool:
    """Whether a sentence says of its difference, as its interval demands, that it is clear."""
    low, high = re.search(r"\[(.*?) to (.*?)\]", words).groups()  # pyright: ignore
    ends = [float(end.replace("−", "-").replace(",", "")) for end in (low, high)]
    return "+" not in high and ends[0] >= 0


def test_a_lecturer_plays_afghanistan_as_recorded_and_stops_at_doha(
    visit: Callable[..., Any], snap: Any
) -> None:
    page = ready(visit().open("/live?case=afghanistan-2018&policy=history"))
    began = time.monotonic()
    page.click("button:text-is('As recorded')")
    page.wait_for_function(f"{LIVE}.recipe.mode === 'conditioned'")
    ready(page)
    page.fill("#live-date", "2020-02-20")
    page.press("#live-date", "Enter")
    page.select_option("#live-speed", "7")
    page.click("button[aria-label='Play (space)']")
    page.wait_for_selector(".caption:has-text('Doha')", timeout=30_000)
    page.keyboard.press("Space")
    shown = page.evaluate(f"{LIVE}.run.iso({LIVE}.player.day)")
    print(f"stopped on {shown} after {time.monotonic() - began:.1f} s")
    assert DOHA <= shown <= "2020-03-05"
    assert "29 February 2020" in page.inner_text(".caption")
    snap(page, "lecturer")
    there = ready(visit().open(page.url[page.url.index("/live?") :]))
    assert "Doha" in there.inner_text(".caption"), "the link opens the same day elsewhere"


def test_an_analyst_adds_mediators_to_korea_and_reads_what_it_changes(
    visit: Callable[..., Any], snap: Any
) -> None:
    page = visit().open("/")
    began = time.monotonic()
    page.click(".q-list a:has-text('more mediators')")
    page.wait_for_function("document.querySelector('.q-kicker')?.textContent.includes('Korea')")
    page.wait_for_selector(".q-bars rect", state="attached")
    page.click("[data-choice=all-who-have-access]")
    words = answered(page)
    print(f"read after {time.monotonic() - began:.1f} s: {words}")
    first = words.partition(";")[0]
    assert "provocations" in first
    assert first.startswith("No clear difference") != clear_or_not(first), (
        "the words say what the interval says"
    )
    assert "deaths" not in words, "nobody is killed in this case"
    snap(page, "analyst")
    there = visit().open(page.url[page.url.index("/?") :])
    assert answered(there) == words


@pytest.fixture(scope="module")
def swept(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server beside a small sweep."""
    folder = tmp_path_factory.mktemp("results")
    sweep(
        "template",
        policies=["status-quo"],
        levers={"recognition": "0,1", "mediation": "0,1"},
        runs=2,
        out=folder / "two",
    )
    return serve("--results", str(folder)).url


def test_a_researcher_goes_from_a_sweep_to_a_run_to_a_mailed_file(
    visit: Callable[..., Any], swept: str, tmp_path: Path, snap: Any
) -> None:
    window = visit(base=swept)
    window.allow("GPU stall")
    page = window.open("/explore?sweep=two")
    began = time.monotonic()
    page.wait_for_selector("#explore-heat .nsewdrag", timeout=60_000)
    page.locator("#explore-heat .nsewdrag").click(position={"x": 20, "y": 20})
    page.locator("#explore-cell .open-live").first.click()
    page.wait_for_url("**/live?*")
    ready(page)
    sha = page.evaluate(f"{LIVE}.run.sha256")
    with page.expect_download() as got:
        page.click("#live-mail")
    file = tmp_path / got.value.suggested_filename
    got.value.save_as(file)
    alone = visit(strict=True)  # its own policy holds
    letter = alone.page
    letter.goto(file.as_uri())
    letter.wait_for_selector(".q-bars rect", state="attached")
    print(f"mailed after {time.monotonic() - began:.1f} s: {file.stat().st_size / 1e6:.2f} MB")
    assert file.stat().st_size < 2_000_000
    letter.click("#question-play")
    letter.wait_for_selector("#question-play:text-is('Pause')")
    letter.click("#question-play")
    assert "so far" in letter.inner_text(".q-facts")
    assert "recognition" in letter.inner_text("dl"), "it says what it was made from"
    snap(letter, "mailed", full=True)
    assert replay(file).trajectory.sha256 == sha, "and is made again from the file alone"


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_a_mailed_question_is_for_everybody(
    visit: Callable[..., Any], site: str, tmp_path: Path, width: int, theme: str, snap: Any
) -> None:
    page = visit().open("/?question=template/ninety-days&choice=ninety-days&guess=10")
    answered(page)
    with page.expect_download() as got:
        page.click("#question-mail")
    got.value.save_as(tmp_path / "mailed.html")
    letter = visit(width, 844, theme).page
    letter.goto((tmp_path / "mailed.html").as_uri())
    letter.wait_for_selector(".q-with .q-bars rect", state="attached")
    assert letter.evaluate("document.documentElement.scrollWidth") <= width
    assert [v["id"] for v in axe.Axe().run(letter).response["violations"]] == []
    assert "of 100 pairs it made things worse" in letter.inner_text(".q-sentence")
    snap(letter, f"mailed-question-{width}-{theme}", full=True)
