"""Decisions as people say them, each tried against the course without it, over many pairs of runs."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from live_page import LIVE, changed, query_of, ready, sha, step_in

from detente.dashboards.app.cases import Cases
from detente.dashboards.app.questions import offered
from detente.model.catalogue import load_scenario
from detente.model.facts import priors_of

pytestmark = pytest.mark.browser

QUESTIONS = offered(Cases())
ALWAYS = ("afghanistan-2018", "korea-2017")
"""Cases tried at every change; all others are before a release."""
EXTENDED = "Afghan government and Taliban extend their ceasefire"


def verdict(page: Any, pairs: int = 500) -> str:
    """What the pairs say, once so many are there."""
    page.wait_for_function(
        "n => document.querySelector('#live-verdict h2')?.textContent.includes(`in ${n} pairs`)",
        arg=pairs,
        timeout=60_000,
    )
    return page.inner_text("#live-verdict")


def test_a_student_extends_the_truce_of_june_2018_and_reads_what_500_pairs_say(
    visit: Callable[..., Any],
) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1&date=2018-06-16"))
    page.select_option("#live-move", label=EXTENDED)
    assert page.input_value("#live-field-until") == "2018-09-14"
    began = time.monotonic()
    changed(page, lambda: page.click("#live-decide"))
    first = verdict(page, 100)
    quick = time.monotonic() - began
    assert re.search(r"(fewer|more|no clear difference in) deaths", first)
    words = verdict(page)
    whole = time.monotonic() - began
    assert re.search(r"\[.* to .*\]", words)
    assert "luck alone" in words
    print(f"first answer after {quick:.1f} s, all pairs after {whole:.1f} s")
    log = page.inner_text("#live-log")
    assert "Afghan government goes on holding fire towards Taliban (until 14 Sep 2018)" in log
    assert page.evaluate(f"{LIVE}.otherRun !== null"), "the run without it stays beside"
    elsewhere = ready(visit().open(query_of(page)))
    assert sha(elsewhere) == sha(page)
    assert verdict(elsewhere) == words
    page.click("#live-undo")
    page.wait_for_function(f"!{LIVE}.otherRun")
    assert "No decisions" in page.inner_text("#live-log")
    assert not page.is_visible("#live-verdict")


def test_what_is_not_known_follows_the_pairs_and_the_facts_drawn_are_listed(
    visit: Callable[..., Any], snap: Callable[..., Any]
) -> None:
    page = ready(visit().open("/live?case=mozambique-1990&policy=status-quo&seed=3"))
    page.click("#tab-not-known")
    assert page.locator("#live-unknown tbody tr").count() == len(priors_of(load_scenario("mozambique-1990")))
    assert "seed 3 has drawn them" in page.inner_text("#live-unknown-words")
    assert "prior" in page.inner_text("#live-unknown")
    page.click("#tab-step-in")
    truce = "Government of Mozambique and Renamo declare a ceasefire"
    changed(page, lambda: step_in(page, truce, "1991-03-01"))
    verdict(page)
    page.wait_for_selector("#live-known-sentence[data-draws='125']", timeout=180_000)
    assert re.search(r"sign .* holds in \d+ % of 125 draws: it can", page.inner_text("#live-known-sentence"))
    snap(page, "live-not-known")
    page.click("#tab-not-known")
    changed(page, lambda: page.check("#live-point"))
    assert "point=1" in page.url
    assert "as the case has them" in page.inner_text("#live-unknown-words")
    assert page.evaluate(f"{LIVE}.other.point"), "the course without it takes them too"
    verdict(page)
    assert "was not drawn" in page.inner_text("#live-known-state")


def test_where_no_truce_holds_there_is_nothing_to_extend(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1&date=2018-03-01"))
    page.select_option("#live-move", label=EXTENDED)
    assert "nothing to extend" in page.inner_text(".choose")
    page.fill("#live-move-date", "2018-06-16")
    assert "nothing to extend" not in page.inner_text(".choose")


def test_dates_that_nobody_typed_follow_the_day_and_typed_ones_stay(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1&date=2018-10-01"))
    page.select_option("#live-move", label="United States and Taliban declare a ceasefire")
    assert page.input_value("#live-field-until") == "2018-10-31"
    page.fill("#live-move-date", "2018-11-01")
    assert (page.input_value("#live-field-from"), page.input_value("#live-field-until")) == (
        "2018-11-01",
        "2018-12-01",
    )
    page.fill("#live-field-until", "2019-01-31")
    page.fill("#live-move-date", "2018-11-02")
    assert page.input_value("#live-field-until") == "2019-01-31"


def test_a_move_is_ruled_out_by_a_toggle(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1&date=2018-10-01"))
    labels = page.locator("#live-move option").all_inner_texts()
    assert not [label for label in labels if label.startswith("Rule out")]
    assert len(labels) < 60
    page.select_option("#live-move", label="Taliban walks out of: US-Taliban talks")
    page.check("#live-rule-out")
    page.click("#live-decide")
    page.wait_for_selector("#live-log:has-text('Ruled out: Taliban walks out of: US-Taliban talks')")
    page.click("#live-log button:text-is('edit')")
    assert page.is_checked("#live-rule-out")


def test_the_chronicle_names_parties_by_their_titles(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=afghanistan-2018&policy=history&seed=1&mode=conditioned&date=end"))
    changed(page, lambda: step_in(page, "Taliban offers Afghan government a ceasefire", "2018-06-01"))
    page.check("#live-all")
    assert not re.search("afghan-government|united-states", page.inner_text(".chronicle"))


@pytest.mark.parametrize(
    "case", [pytest.param(c, marks=[] if c in ALWAYS else pytest.mark.acceptance) for c in sorted(QUESTIONS)]
)
def test_the_question_of_a_case_is_tried_and_answered(case: str, visit: Callable[..., Any]) -> None:
    page = ready(visit().open(f"/?case={case}"))
    question = QUESTIONS[case]
    assert question["title"] in page.inner_text(".intro")
    changed(page, lambda: page.click("#live-try"))
    assert "luck alone" in verdict(page)
    assert page.evaluate(f"{LIVE}.run.iso({LIVE}.player.day)") == question["date"]


def test_what_more_mediators_in_korea_do_not_change_is_said(visit: Callable[..., Any]) -> None:
    page = ready(visit().open("/?case=korea-2017&policy=history"))
    changed(page, lambda: page.click("#live-try"))
    assert "no clear difference in" in verdict(page).lower()
