"""Where else? and the benchmark in a real browser: shipped results, a comparison made here, its link, its end."""

from collections.abc import Callable
from typing import Any

import pytest

from detente.dashboards.app.controls import spaced
from detente.dashboards.app.where_question import stored
from detente.experiments.compare.where_tables import effect_rows

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

pytestmark = pytest.mark.browser

HEADS_OF = """name => [".gtitle-subtitle", ".annotation-text"].map(part => {
  const box = document.querySelector(`${name} ${part}`).getBoundingClientRect();
  return [box.top, box.bottom];
})"""
"""Where the lines below a figure's title stand, and the first heading of a panel: top and bottom [px]."""

MINUTES = 3 * 60_000
SCREENS = [
    (1920, 1080, "light"),
    (390, 844, "dark"),
    pytest.param(1920, 1080, "dark", marks=pytest.mark.acceptance),
    pytest.param(390, 844, "light", marks=pytest.mark.acceptance),
]


@pytest.fixture
def opened(visit: Callable[..., Any]) -> Callable[..., Any]:
    """Open a page in a window of a size and a theme."""

    def start(path: str, width: int = 1280, height: int = 800, theme: str = "light") -> Any:
        page = visit(width, height, theme).open(path)
        page.set_default_timeout(MINUTES)
        return page

    return start


def status(page: Any, begins: str) -> None:
    page.wait_for_function(
        "words => document.getElementById('where-status')?.textContent.startsWith(words)", arg=begins
    )


def rows(page: Any) -> list[list[str]]:
    page.wait_for_selector("#where-effects")
    return page.locator("#where-effects tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.cells].map(c => c.textContent))"
    )


def told_rows(effects: Any, lesson: str) -> list[list[str]]:
    """The rows of a lesson as a page writes them."""
    return [[spaced(cell) for cell in row] for row in effect_rows(effects, lesson)]


def violations(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{v['id']} x{len(v['nodes'])}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.mark.parametrize(("width", "height", "theme"), SCREENS)
def test_the_shipped_result_is_there_in_words_figure_and_table(
    opened: Any, snap: Any, width: int, height: int, theme: str
) -> None:
    page = opened("/where", width, height, theme)
    status(page, "The shipped result: 11 cases")
    made = stored().made
    assert rows(page) == told_rows(made.effects, "together")
    assert page.locator("#where-lines > li").count() == len(made.short)
    assert page.inner_text("#where-answer p >> nth=0") == made.answer[0]
    name = "#where-figure" if width > 700 else "#where-narrow"
    page.wait_for_selector(f"{name} .main-svg")
    below, first = page.evaluate(HEADS_OF, name)
    assert below[1] <= first[0] + 1, "the lines below the title end above the first panel"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    snap(page, f"where-{width}-{theme}", full=True)


def test_the_table_of_a_lesson_is_in_the_address(opened: Any) -> None:
    page = opened("/where?lesson=recognition")
    wanted = told_rows(stored().made.effects, "recognition")
    assert rows(page) == wanted
    page.wait_for_function("location.search === '?lesson=recognition'")


def test_a_comparison_is_computed_here_and_its_link_opens_it_elsewhere(opened: Any, snap: Any) -> None:
    page = opened("/where")
    status(page, "The shipped result")
    page.click("#where-choose summary")
    page.click("#where-all")
    page.wait_for_function("document.getElementById('where-estimate').textContent.startsWith('12 cases')")
    page.click("#where-all")
    page.wait_for_function("document.getElementById('where-go').disabled")
    page.get_by_label("Template: a republic and a movement").check()
    page.wait_for_function(
        "document.getElementById('where-estimate').textContent.startsWith('1 case, 6 parts')"
    )
    page.click("#where-go")
    status(page, "Computed on this machine: 1 case, 20 seeds, 5 draws")
    page.wait_for_function("location.search.includes('cases=template&runs=20&draws=5')")
    page.wait_for_function("!document.getElementById('where-effects')?.innerText.includes('Korea')")
    found = rows(page)
    assert {row[0] for row in found} == {"Template: a republic and a movement"}
    other = opened("/where" + page.url.partition("/where")[2])
    status(other, "Computed on this machine: 1 case, 20 seeds, 5 draws")
    assert rows(other) == found
    page.click("#where-back")
    status(page, "The shipped result")


def test_a_long_comparison_says_how_far_it_is_and_can_be_stopped(opened: Any, snap: Any) -> None:
    page = opened("/where?runs=100&draws=40")
    status(page, "Computing: ")
    assert page.locator("#where-lines > li").count() == 11, "the shipped result stays meanwhile"
    page.wait_for_selector("#where-progress", state="visible")
    assert violations(page) == []
    snap(page, "where-computing")
    page.click("#where-stop")
    status(page, "Stopped. The shipped result")
    page.wait_for_function("!location.search.includes('draws')")


@pytest.mark.parametrize(("width", "height", "theme"), SCREENS)
def test_the_benchmark_is_shown_with_what_it_does_not_show(
    opened: Any, snap: Any, width: int, height: int, theme: str
) -> None:
    page = opened("/evidence?case=afghanistan-2018", width, height, theme)
    page.wait_for_selector("#evidence-benchmark-figure .main-svg")
    assert page.locator("#evidence-benchmark-0 tbody tr").count() >= 17
    assert page.locator("#evidence-benchmark-lines li").count() >= 5
    assert page.locator("#evidence-shipped-card tbody tr").count() > 10
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    snap(page, f"evidence-{width}-{theme}", full=True)
