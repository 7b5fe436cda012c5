"""A case file of the reader's own, served beside the shipped ones: every page knows it by name, no address by path."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from detente.experiments.replay import Recipe
from detente.model.catalogue import SHIPPED

pytestmark = pytest.mark.browser

LIVE = "document.getElementById('live-root').live"
READY = (
    f"document.getElementById('live-root')?.live?.run && {LIVE}.charts.width"
    " && !document.querySelector('.live[aria-busy]')"
)
MINUTES = 4 * 60_000


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template under a name of its own."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(SHIPPED / "template" / "policies", folder / "policies")
    text = (SHIPPED / "template" / "case.toml").read_text(encoding="utf-8")
    path = folder / "my-case.toml"
    path.write_text(text.replace('name = "template"', 'name = "my-valley"', 1), encoding="utf-8")
    return path


@pytest.fixture
def opened(serve: Callable[..., Any], visit: Callable[..., Any], own: Path) -> Callable[..., Any]:
    server = serve("--case", str(own))

    def start(path: str) -> Any:
        one = visit(base=server.url)
        one.allow("400")
        page = one.open(path)
        page.set_default_timeout(MINUTES)
        return page

    return start


def test_a_case_of_ones_own_is_shown_shared_saved_and_compared(opened, own, tmp_path):
    page = opened("/?case=my-valley&policy=five-lessons&seed=3")
    page.wait_for_function(READY)
    run = Recipe(case=str(own), policy="five-lessons", seed=3).run()
    assert page.evaluate(f"{LIVE}.run.sha256") == run.trajectory.sha256
    assert page.locator("#live-case").input_value() == "my-valley"
    address = page.evaluate(f"{LIVE}.address")
    assert "case=my-valley" in address
    assert "my-case" not in address
    assert str(own.parent) not in page.content()
    with page.expect_download() as waiting:
        page.click("#live-save")
    file = tmp_path / "saved.toml"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename == "detente-my-valley-five-lessons-seed-3.toml"
    assert str(own) in file.read_text(encoding="utf-8"), "the command line finds the case by it"

    again = opened("/" + address)
    again.wait_for_function(READY)
    assert again.evaluate(f"{LIVE}.run.sha256") == run.trajectory.sha256
    again.select_option("#live-policy", "status-quo")
    again.wait_for_function(f"{LIVE}.recipe.policy === 'status-quo'")
    again.wait_for_function(READY)
    again.set_input_files("#live-file", str(file))
    again.wait_for_function(f"sha => {LIVE}.run.sha256 === sha", arg=run.trajectory.sha256)

    compared = opened("/compare?case=my-valley&policies=status-quo&base=five-lessons")
    compared.wait_for_function(
        "document.getElementById('compare-status')?.textContent.startsWith('500 runs')"
    )
    lessons = opened("/lessons?case=my-valley&lesson=2&lever=0.5")
    lessons.wait_for_function(
        "document.getElementById('lessons-status')?.textContent.startsWith('200 runs with the lever at 0.5')"
    )


def test_an_address_names_no_file(opened, own):
    from urllib.parse import quote

    page = opened(f"/?case={quote(str(own))}")
    page.wait_for_selector(".notes .notice")
    said = page.inner_text(".notes")
    assert "case" in said
    assert "my-valley" in said
    page.wait_for_function(READY)
    assert page.evaluate(f"{LIVE}.recipe.case") == "afghanistan-2018"
