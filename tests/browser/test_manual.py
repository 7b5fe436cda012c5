"""The manual in a browser: nothing is asked of another host, figures and equations are drawn, the search finds."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest

from detente.dashboards.manual import building, notebooks
from detente.dashboards.manual.local_server import server
from detente.dashboards.manual.notebooks import PLOTLY

pytestmark = pytest.mark.browser

FIGURE = {
    "data": [{"type": "scatter", "y": [1, 3, 2]}],
    "layout": {"title": {"text": "three"}, "height": 320},
}


def with_figure(path: Path, kept: Path) -> Any:
    """A notebook as if it had been run, with a figure below its first cell."""
    notebook = nbformat.read(path, as_version=4)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.outputs = [nbformat.v4.new_output("display_data", {PLOTLY: FIGURE})]
    return notebook


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The manual, served on loopback; its notebooks hold a figure that no run was needed for."""
    folder = tmp_path_factory.mktemp("manual")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebooks, "executed", with_figure)
        site = building.build(folder / "site")
    with server(site, 0) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()
        thread.join(10)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page that must stay on this machine and complain of nothing."""
    context = chromium.new_context(viewport={"width": 1300, "height": 900})
    seen, complaints = [], []
    page = context.new_page()
    page.on("request", lambda request: seen.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    yield page
    context.close()
    hosts = {urlsplit(url).hostname for url in seen if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}
    assert complaints == []


def test_figures_are_drawn_from_the_one_script(page: Any, address: str):
    page.goto(f"{address}notebooks/01-first-run.html")
    page.wait_for_selector(".output.figure .main-svg")
    assert page.locator(".output.figure .gtitle").first.text_content() == "three"
    assert page.locator("script[src$='plotly.min.js']").count() == 1


def test_pages_without_figures_do_not_load_the_script(page: Any, address: str):
    page.goto(f"{address}reference/python.html")
    assert page.locator("script[src$='plotly.min.js']").count() == 0


def test_equations_are_set_in_the_font_of_the_site(page: Any, address: str):
    page.goto(f"{address}ODD.html")
    assert page.locator("math").count() > 80
    assert page.evaluate("document.fonts.load('16px \"STIX Two Math\"').then(found => found.length)") == 1


def test_the_search_finds_a_parameter(page: Any, address: str):
    page.goto(f"{address}index.html")
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").type("trust.memory")
    page.wait_for_selector(".md-search-result__item a")
    found = page.eval_on_selector_all(".md-search-result__item a", "all => all.map(a => a.href)")
    assert any("reference/parameters.html" in link for link in found)


def test_every_page_opens(page: Any, address: str):
    page.goto(f"{address}index.html")
    for link in page.eval_on_selector_all(".md-nav a.md-nav__link[href]", "all => all.map(a => a.href)"):
        if "#" not in link:
            assert page.goto(link).ok
