"""The newcomer's errand: a file of events becomes a case that runs; and the link to it asks for the file elsewhere."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live_page import LIVE, ready
from war_files import write_war

axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
)

pytestmark = pytest.mark.browser

MINUTES = 4 * 60_000


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small war in the layouts of its publishers."""
    return write_war(tmp_path_factory.mktemp("war"), rate=0.1)


@pytest.fixture
def form(visit: Callable[..., Any]) -> Callable[..., Any]:
    """The page with its form, in a window of its own."""

    def start(path: str = "/own", **window: Any) -> Any:
        page = visit(**window).open(path)
        page.set_default_timeout(MINUTES)
        page.wait_for_selector("#own-files")
        return page

    return start


def built(page: Any, war: dict[str, Path], name: str = "examplia") -> str:
    """Build a case from events and ceasefires as a newcomer does; the name it has in addresses."""
    page.set_input_files("#own-files", str(war["ged"]))
    page.wait_for_selector("#own-build")
    page.fill("#own-name", name)
    page.click("#own-build")
    page.wait_for_selector("#own-case")
    return page.url.partition("case=")[2]


def violations(page: Any) -> list[str]:
    found = axe.Axe().run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}) x{len(v['nodes'])}: {v['nodes'][0]['html'][:160]}" for v in found]


@pytest.fixture
def elsewhere(serve: Callable[..., Any]) -> str:
    """Another server, which holds no opened case."""
    return serve().url


def test_a_newcomer_turns_events_into_a_running_case_and_sends_the_link(
    form: Callable[..., Any], visit: Callable[..., Any], war: Any, elsewhere: str, tmp_path: Path, snap: Any
) -> None:
    page = form()
    began = time.monotonic()
    page.click("nav >> text=Your own case")
    page.wait_for_selector("#own-files")
    snap(page, "own-form", full=True)
    name = built(page, war)
    print(f"a case after {time.monotonic() - began:.1f} s")
    assert re.fullmatch(r"examplia~[0-9a-f]{20}", name)
    words = page.inner_text("#own-case")
    assert "What the check says" in words
    assert "A case with 13 policies: " in words
    assert "numbers are not known (◇ prior)" in words
    assert page.locator("#own-priors .grade-prior").count() > 10
    assert "What the data say" in words
    snap(page, "own-case", full=True)
    with page.expect_download() as saved:
        page.click("#own-zip")
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    page.click("#own-live")
    ready(page)
    assert page.evaluate(f"{LIVE}.recipe.case") == name
    page.fill("#live-seed", "3")
    page.press("#live-seed", "Enter")
    page.wait_for_function(f"{LIVE}.recipe.seed === 3")
    ready(page)
    sha, link = page.evaluate(f"{LIVE}.run.sha256"), page.url[page.url.index("/live?") :]

    there = visit(base=elsewhere).open(link)
    there.set_default_timeout(MINUTES)
    there.wait_for_selector("#own-files")
    assert "which this server does not hold" in there.inner_text(".own-asking")
    assert "examplia" in there.inner_text(".own-asking")
    snap(there, "own-asked", full=True)
    there.set_input_files("#own-files", str(file))
    ready(there)
    assert there.evaluate(f"{LIVE}.run.sha256") == sha, "the link opens the same state"
    assert there.url.endswith(link)


def test_the_same_events_under_the_same_name_are_the_same_case(
    form: Callable[..., Any], visit: Callable[..., Any], war: Any, serve: Callable[..., Any]
) -> None:
    name = built(form(), war)
    page = visit(base=serve().url).open(f"/compare?case={name}")
    page.set_default_timeout(MINUTES)
    page.wait_for_selector("#own-files")
    page.set_input_files("#own-files", str(war["ged"]))
    page.wait_for_selector("#own-build")
    assert page.input_value("#own-name") == "examplia"
    page.fill("#own-name", "another")
    page.click("#own-build")
    page.wait_for_selector("#own-other")
    assert "another case than the link shows" in page.inner_text("#own-said")
    page.fill("#own-name", "examplia")
    page.click("#own-build")
    page.wait_for_url("**/compare?case=examplia*")
    page.wait_for_selector("#compare-table")


def test_of_several_conflicts_one_is_chosen(
    form: Callable[..., Any], tmp_path: Path, war: Any, visit: Callable[..., Any]
) -> None:
    lines = war["ged"].read_text(encoding="utf-8").splitlines(keepends=True)
    north = [
        line.replace("Examplia: Government", "Examplia: North").replace("Front", "North Army")
        for line in lines[1:]
    ]
    both = tmp_path / "both.csv"
    renumbered = [re.sub(r"^\d+", lambda m: str(int(m[0]) + 100_000), line) for line in north]
    both.write_text("".join([*lines, *renumbered]), encoding="utf-8")
    page = form()
    page.set_input_files("#own-files", str(both))
    page.wait_for_selector("#own-build")
    assert "2 conflicts match" in page.inner_text("#own-match")
    page.click("#own-build")
    page.wait_for_selector("#own-said .notice-error")
    assert "choose one with “Conflict”" in page.inner_text("#own-said")
    assert violations(page) == []
    page.select_option("#own-conflict", "Examplia: North")
    assert "all of Examplia: North" in page.inner_text("#own-match")
    assert page.input_value("#own-name") == "examplia-north"
    assert "North Army" in page.inner_text("#own-side_b")
    page.click("#own-build")
    page.wait_for_selector("#own-case")
    assert "North Army" in page.inner_text("h1")


def test_what_is_wrong_with_a_file_is_said_in_a_sentence(form: Callable[..., Any], tmp_path: Path) -> None:
    page = form()
    for name, text, named in (
        ("mine.toml", "[case\n", "mine.toml"),
        ("notes.csv", "a,b\n1,2\n", "notes.csv, line 1: columns a, b match no known layout"),
        ("empty.csv", "", "empty.csv: is empty"),
    ):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        page.set_input_files("#own-files", str(file))
        page.wait_for_selector(f"#own-said .notice-error:has-text({named!r})")
    assert not page.is_visible("#own-data")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390), ("light", 390)])
def test_the_page_is_for_everybody(
    theme: str, width: int, form: Callable[..., Any], war: Any, snap: Any
) -> None:
    page = form(theme=theme, width=width, height=844)
    assert violations(page) == []
    page.set_input_files("#own-files", str(war["ged"]))
    page.wait_for_selector("#own-build")
    assert violations(page) == []
    snap(page, f"own-data-{theme}-{width}", full=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.focus("#own-build")
    page.keyboard.press("Enter")
    page.wait_for_selector("#own-case")
    assert violations(page) == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    snap(page, f"own-case-{theme}-{width}", full=True)
