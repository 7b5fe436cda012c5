"""Mesa's own server in a real browser: its controls drive the model, and nothing on the page can break it."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")

from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.mesa]

SECONDS = 180
TRACES = "head => { const p = [...document.querySelectorAll('.detente-plot')].find(e => e.ariaLabel === head)"
TRACES += "; const d = p && p._fullData; return d ? d.map(t => ({name: t.name,"
TRACES += " x: Array.from(t.x || []), y: Array.from(t.y || [])})) : null }"
COVERED = """plot => { const bar = plot.querySelector('.modebar-group')?.parentNode.getBoundingClientRect();
    return bar ? [...plot.querySelectorAll('.gtitle, .annotation-text')].filter(e => {
      const b = e.getBoundingClientRect(); return b.right > bar.left && b.left < bar.right && b.bottom > bar.top + 2
        && b.top < bar.bottom; }).map(e => e.textContent) : [] }"""
"""The headings of a plot that its buttons lie on."""
KNOWN = "Failed to evaluate Vue script and find module.exports|widget model not found"
"""A warning about one of solara's own components, and its word for an update of a widget that was just closed."""


@pytest.fixture(scope="module")
def server(serve: Callable[..., Any]) -> str:
    return serve("--mesa", path="/").url


@pytest.fixture
def session(visit: Callable[..., Any], server: str) -> Iterator[Callable[[], Page]]:
    """Open a session of its own on Mesa's server."""

    def start(width: int = 1280, height: int = 800) -> Page:
        one = visit(width, height, base=server)
        one.allow(KNOWN)
        page = one.open("/")
        drawn(page)
        return page

    return start


def drawn(page: Page) -> None:
    page.wait_for_selector(".detente-plot .main-svg", timeout=SECONDS * 1000)


def traces(page: Page, head: str) -> list[dict]:
    return page.evaluate(TRACES, head) or []


def steps(page: Page) -> int:
    return int(float(page.get_by_text("Time: ").inner_text().removeprefix("Time: ")))


def wait_until(true, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def set_slider(page: Page, label: str, share: float) -> None:
    """Click a slider at a share of its length."""
    slider = page.locator(".v-input__slider", has_text=label).locator(".v-slider")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    slider.click(position={"x": max(1, min(box["width"] - 1, box["width"] * share)), "y": box["height"] / 2})


def use_threads(page: Page, on: bool) -> None:
    """Tick Mesa's box; its hint comes and goes with it and moves every control below, so wait for that first."""
    page.get_by_label("Use Threads").set_checked(on, force=True)
    expect(page.get_by_text("Increase play interval")).to_have_count(1 if on else 0)


def expected_trust(seed: int, n: int, **levers: Any) -> list[float]:
    from detente.model.process import PeaceProcess
    from detente.model.series import columns

    model = PeaceProcess(
        "afghanistan-2018", "history", rng=seed, keep_trajectory=True, collect=False, **levers
    )
    for _ in range(n):
        model.step()
    column = columns(model.opening.cast).index("dyads.united-states>taliban.trust")
    return [row[column] for row in model._rows]


def shown_trust(page: Page) -> list[float]:
    return next(
        (t["y"] for t in traces(page, "Trust in the other’s word") if t["name"].startswith("United")), []
    )


def test_step_draws_the_run_that_the_model_gives(session):
    page = session()
    page.get_by_role("button", name="Step").click()
    wait_until(lambda: len(shown_trust(page)) == 8)
    assert steps(page) == 7
    assert shown_trust(page) == pytest.approx(expected_trust(42, 7))
    plots = page.locator(".detente-plot")
    assert plots.count() >= 4
    for plot in plots.all():
        assert plot.get_attribute("aria-description")
        behind = page.locator(f"#{plot.get_attribute('aria-details')}")
        assert behind.locator("tbody tr").count() >= 1, plot.get_attribute("aria-label")
        assert plot.evaluate(COVERED) == [], "no button lies on a heading"


def test_typed_seed_and_lever_take_effect_with_reset(session):
    page = session()
    page.get_by_label("seed").fill("7")
    page.get_by_label("seed").press("Enter")
    set_slider(page, "direct channel", 1.0)
    page.get_by_role("button", name="Reset", exact=True).click()
    for k in range(1, 4):
        page.get_by_role("button", name="Step").click()
        wait_until(lambda k=k: steps(page) == 7 * k)
    wait_until(lambda: len(shown_trust(page)) == 22)
    assert shown_trust(page) == pytest.approx(expected_trust(7, 21, direct_channel=1.0))


def test_a_lever_acts_from_the_day_shown_without_a_reset(session, snap):
    page = session()
    for k in range(1, 4):
        page.get_by_role("button", name="Step").click()
        wait_until(lambda k=k: steps(page) == 7 * k)
    wait_until(lambda: len(shown_trust(page)) == 22)
    before = shown_trust(page)
    page.get_by_text("Decide on 22 January 2018").click()
    choose(page, "about", "Will of United States")
    choose(page, "move", "United States sets direct channel")
    page.get_by_role("button", name="Decide", exact=True).click()
    expect(page.get_by_text("Decided on 22 January 2018: United States sets direct channel.")).to_be_visible()
    assert steps(page) == 21, "the day stays"
    page.get_by_role("button", name="Step").click()
    wait_until(lambda: len(shown_trust(page)) == 29)
    assert shown_trust(page)[:22] == before, "nothing before that day changes"
    snap(page, "mesa-decided")
    decision = {
        "date": "2018-01-22",
        "do": "lever",
        "actor": "united-states",
        "lever": "direct_channel",
        "amount": 0.8,
    }
    assert shown_trust(page) == pytest.approx(expected_trust(42, 28, decisions=[decision]))


def test_seed_that_is_none_is_said_and_the_page_goes_on(session):
    page = session()
    page.get_by_label("seed").fill("seven")
    page.get_by_label("seed").press("Enter")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("expected a whole number")).to_be_visible()
    page.get_by_role("button", name="Step").click()
    wait_until(lambda: steps(page) == 7)
    page.get_by_label("seed").fill("8")
    page.get_by_label("seed").press("Enter")
    page.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("expected a whole number")).not_to_be_visible()


def test_playing_at_the_ends_of_every_slider_neither_fails_nor_freezes(session, snap):
    page = session()
    use_threads(page, True)
    set_slider(page, "Play Interval", 0.0)
    for name in ("recognition", "force posture", "mediation", "ceasefires"):
        set_slider(page, name, 1.0)
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("button", name="▶").click()
    wait_until(lambda: steps(page) > 60)
    for share in (1.0, 0.0, 1.0):
        set_slider(page, "Render Interval", share)
        set_slider(page, "parallel tracks", share)
    before = steps(page)
    wait_until(lambda: steps(page) > before)
    page.get_by_role("button", name="❚❚").click()
    use_threads(page, False)
    page.get_by_role("button", name="▶").click()
    ended = page.locator("button:disabled", has_text="❚❚")
    wait_until(lambda: ended.count() == 1)
    assert steps(page) <= 1339, "the clock went on after the last day"
    assert len(shown_trust(page)) > 100
    snap(page, "mesa-played")


def test_two_sessions_share_nothing_and_a_reload_starts_afresh(session):
    one, two = session(), session()
    one.get_by_role("button", name="Step").click()
    wait_until(lambda: steps(one) == 7)
    assert steps(two) == 0
    two.get_by_label("seed").fill("9")
    two.get_by_label("seed").press("Enter")
    assert one.get_by_label("seed").input_value() == "42"
    one.reload()
    drawn(one)
    assert steps(one) == 0


def test_case_and_policy_can_be_chosen_and_the_chronicle_read(session, snap):
    page = session()
    choose(page, "case", "korea-2017")
    choose(page, "policy", "five-lessons")
    wait_until(lambda: any("provocations" in t for t in page.locator(".ytitle").all_text_contents()))
    assert page.locator(".v-slider [aria-valuenow='0.8']").count() == 7
    set_slider(page, "Render Interval", 0.6)
    page.get_by_role("button", name="Step").click()
    wait_until(lambda: steps(page) > 50)
    page.get_by_role("tab", name="Chronicle").click()
    wait_until(lambda: page.locator(".detente-events tbody tr").count() > 5)
    first = page.locator(".detente-events tbody tr").first.inner_text()
    assert first.startswith(("2017-", "2018-"))
    assert "North Korea" in page.locator(".detente-events tbody").inner_text()
    snap(page, "mesa-chronicle")


def test_tabs_have_names_and_a_party_that_is_clicked_says_what_it_would_do(session, snap):
    page = session()
    tabs = [tab.strip().lower() for tab in page.get_by_role("tab").all_inner_texts()]
    assert tabs == ["charts", "network", "chronicle"]
    choose(page, "case", "template")
    choose(page, "policy", "status-quo")
    wait_until(lambda: page.get_by_text("1 January 2030").count() > 0)
    set_slider(page, "Render Interval", 0.3)
    page.get_by_role("button", name="Step").click()
    wait_until(lambda: steps(page) > 20)
    page.get_by_role("tab", name="Network").click()
    page.get_by_role("button", name="Ask The Movement").click()
    said = page.locator(".detente-network-said")
    expect(said.get_by_role("heading", name="The Movement")).to_be_visible()
    expect(said).to_contain_text("What it would do of its own accord")
    expect(said.locator("tr", has_text="political capital")).to_be_visible()
    wait_until(lambda: "%" in said.inner_text())  # on the first day nobody was asked yet
    snap(page, "mesa-network")


DATES = """() => [...document.querySelectorAll('.detente-plot')].map(p => Math.max(0, ...(p._fullData || [])
    .filter(t => t.mode === 'lines' && t.x && t.x.length).map(t => +new Date(t.x[t.x.length - 1]))))"""
"""The last day that each panel with lines shows [ms]."""


def test_while_it_plays_all_panels_show_one_day(session):
    page = session()
    page.get_by_role("button", name="▶").click()
    wait_until(lambda: steps(page) > 10)
    seen = []
    for _ in range(15):
        days = {d for d in page.evaluate(DATES) if d}
        seen.append(max(days) - min(days) if days else 0)
        page.wait_for_timeout(150)
    page.get_by_role("button", name="❚❚").click()
    assert max(seen) == 0
    assert steps(page) > 10


def test_on_dark_paper_no_mark_is_as_dark_as_the_paper(visit, server):
    one = visit(theme="dark", base=server)
    one.allow(KNOWN)
    page = one.open("/")
    drawn(page)
    choose(page, "case", "afghanistan-2018")
    page.get_by_role("button", name="Step").click()
    colours = """() => [...document.querySelectorAll('.detente-plot')].flatMap(p => p._fullData || [])
        .filter(t => t.name === 'observed').map(t => [t.marker.color, t.marker.line.color])"""
    wait_until(lambda: len(page.evaluate(colours)) > 0)
    assert page.evaluate(colours) == [["#171b21", "#ffffff"]]


def test_a_run_stops_when_its_page_is_closed(session, server):
    page = session()
    page.get_by_role("button", name="▶").click()
    wait_until(lambda: steps(page) > 0)
    page.context.close()
    wait_until(lambda: quiet(server), 30)


def quiet(url: str) -> bool:
    """Whether the process that serves uses almost no processor time."""
    import psutil

    port = urlsplit(url).port
    served = next(
        p
        for p in psutil.Process().children(recursive=True)
        if str(port) in " ".join(p.cmdline()) and "--mesa" in p.cmdline()
    )
    before = sum(served.cpu_times()[:2])
    time.sleep(3)
    return sum(served.cpu_times()[:2]) - before < 0.6


def choose(page: Page, label: str, value: str) -> None:
    page.locator(".v-select", has=page.get_by_label(label, exact=True)).first.click()
    page.get_by_role("option", name=value, exact=True).click()
