"""Every page under its own Content-Security-Policy: nothing that it needs is forbidden, and the rest is.

A breach is an error in the console, which ``visit`` does not let pass.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

SECONDS = 120_000
GRAPHICS = "GPU stall due to ReadPixels"


@pytest.fixture(scope="module")
def pages(serve: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, compiled: None) -> str:
    from detente.experiments.sweep.sweep import sweep

    folder = tmp_path_factory.mktemp("policy")
    levers = {"recognition": "0,0.5,1", "direct_channel": "0,1"}
    sweep("template", policies=["status-quo"], levers=levers, runs=2, out=folder / "three")
    return serve("--results", str(Path(folder))).url


@pytest.fixture
def opened(visit: Callable[..., Any], pages: str) -> Callable[[str], Any]:
    def start(path: str) -> Any:
        one = visit(base=pages, strict=True)
        one.allow(GRAPHICS)
        page = one.open(path)
        page.set_default_timeout(SECONDS)
        return page

    return start


@pytest.mark.parametrize(
    ("path", "drawn"),
    [
        ("/?case=template&policy=status-quo", ".live .js-plotly-plot .main-svg, .live svg"),
        ("/compare?case=template&policies=status-quo&base=status-quo", "#compare-figure .main-svg"),
        ("/explore?sweep=three", "#explore-parallel .main-svg"),
        ("/evidence?case=template", "#evidence-parameter-table"),
        ("/", ".q-bars rect"),
        ("/lessons?case=template", ".q-bars rect"),
    ],
)
def test_a_page_is_drawn_under_its_policy(opened: Callable[[str], Any], path: str, drawn: str) -> None:
    page = opened(path)
    page.locator(drawn).first.wait_for(state="attached")
    page.wait_for_timeout(1500)
    page.locator("#theme-button").click()
    page.wait_for_timeout(500)


def test_parallel_coordinates_draw_their_lines_under_the_policy(opened: Callable[[str], Any]) -> None:
    """WebGL needs compiled JavaScript, so this page has a policy of its own, also for those who come from another."""
    page = opened("/evidence?case=template")
    page.get_by_role("link", name="Explore a sweep").click()
    page.locator("#explore-parallel canvas").first.wait_for(state="attached")
    page.wait_for_timeout(2000)
    assert page.locator("#explore-parallel .parcoords").count() > 0


def test_a_download_is_let_through(opened: Callable[[str], Any]) -> None:
    page = opened("/explore?sweep=three")
    page.locator("#explore-heat .main-svg").first.wait_for(state="attached")
    with page.expect_download() as waiting:
        page.click("#explore-csv")
    assert Path(waiting.value.path()).read_text(encoding="utf-8").count("\n") == 13


def test_a_script_that_stands_in_the_page_is_stopped(visit: Callable[..., Any], pages: str) -> None:
    one = visit(base=pages, strict=True)
    one.allow("Content Security Policy")
    page = one.open("/compare?case=template&policies=status-quo&base=status-quo")
    page.locator("#compare-figure").wait_for(state="attached")
    page.evaluate(
        """() => { const s = document.createElement("script"); s.textContent = "window.broken = 1";
        document.head.append(s); const i = document.createElement("img");
        i.setAttribute("onerror", "window.broken = 1"); i.src = "data:,"; document.body.append(i); }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.broken === undefined")
    assert any("Content Security Policy" in complaint for complaint in one.complaints)


def test_a_closed_page_leaves_no_work(visit: Callable[..., Any], serve: Callable[..., Any]) -> None:
    import psutil

    server = serve()
    one = visit(base=server.url, strict=True)
    page = one.open("/evidence?case=afghanistan-2018")
    page.locator("#evidence-audit-go").click()
    page.get_by_text("Computing, ").first.wait_for(timeout=SECONDS)
    page.wait_for_timeout(1000)
    page.close()
    time.sleep(2)
    process = psutil.Process(server.process.pid)
    before = sum(process.cpu_times()[:2])
    time.sleep(2)
    assert sum(process.cpu_times()[:2]) - before < 0.2


@pytest.mark.mesa
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_mesas_page_works_under_its_policy(
    visit: Callable[..., Any], serve: Callable[..., Any], host: str
) -> None:
    """Its websocket too, which is opened by pages of this server alone."""
    pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")
    server = serve("--mesa", path="/")
    one = visit(base=f"http://{host}:{server.port}", strict=True)
    one.allow("Failed to evaluate Vue script and find module.exports|widget model not found")
    page = one.open("/")
    page.locator(".detente-plot .main-svg").first.wait_for(timeout=SECONDS)
    page.get_by_role("button", name="Step").click()
    page.get_by_text("Time: 7").wait_for(timeout=SECONDS)
