"""How quick the live page is, one viewer and twenty at once, and what twenty do to the server's memory.

Printed with the load of the machine beside it: times on a busy machine are those of the machine, so they are judged
where nothing else runs.
"""

import os
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.benchmark

LIVE = "document.getElementById('live-root').live"
READY = (
    "document.getElementById('live-root')?.live?.charts?.width && !document.querySelector('.live[aria-busy]')"
)
START = "/?case=afghanistan-2018&policy=five-lessons&seed={}"
QUIET_LOAD = 1.0
FRAMES = ("devtools.timeline.frame", "disabled-by-default-devtools.timeline.frame")
"""What the browser tells of its frames."""
SESSIONS = 20
PLAY_MS = 5000


QUIET = os.getloadavg()[0] < QUIET_LOAD * (os.cpu_count() or 1)
"""Whether the machine had little else to do when the session began."""


def opened(window: Any, seed: int) -> Any:
    page = window.open(START.format(seed))
    page.wait_for_function(READY, timeout=120_000)
    return page


def play(page: Any) -> None:
    page.evaluate(f"{LIVE}.player.seek(0); {LIVE}.player.play()")


def beats(page: Any) -> int:
    """How often the page has woken since it began to play."""
    return int(page.evaluate(f"{LIVE}.player.beats"))


def rates(pages: list[Any]) -> tuple[list[float], list[float]]:
    """Frames a second that the browser's compositor drew for each page, and times a second that each page woke.

    The page itself sleeps between two drawings of words and arrows; only the browser knows of all frames.
    """
    watch = pages[0].context.browser.new_browser_cdp_session()
    heard: list[dict[str, Any]] = []
    ended: list[Any] = []
    watch.on("Tracing.dataCollected", lambda said: heard.extend(said["value"]))
    watch.on("Tracing.tracingComplete", lambda said: ended.append(said))
    only = {"includedCategories": list(FRAMES), "excludedCategories": ["*"]}
    before, began = [beats(page) for page in pages], time.monotonic()
    watch.send("Tracing.start", {"traceConfig": only, "transferMode": "ReportEvents"})
    pages[0].wait_for_timeout(PLAY_MS)
    after, seconds = [beats(page) for page in pages], time.monotonic() - began
    watch.send("Tracing.end")
    while not ended and time.monotonic() < began + 60:
        pages[0].wait_for_timeout(50)
    drawn = Counter((e["pid"], e["args"]["layerTreeId"]) for e in heard if e["name"] == "DrawFrame")
    woken = [(b - a) / seconds for a, b in zip(before, after, strict=True)]
    assert drawn, "the browser told of no frame"
    return [n / seconds for n in drawn.values()], woken


def memory(pid: int) -> float:
    """Resident memory of a process [MB]."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def test_the_page_is_there_quickly_and_answers_quickly(visit: Callable[..., Any]) -> None:
    opened(visit(), 1).goto("about:blank")  # the first page of all is served by a server that has just begun
    page = opened(visit(), 1)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    drawn = page.evaluate("performance.getEntriesByName('live-drawn')[0].startTime")
    took = []
    for month in range(2, 12):
        decision = {"date": f"2018-{month:02d}-05", "sort": "joint", "do": "offer_truce"}
        decision |= {"actor": "united-states", "to": "taliban"}
        took.append(
            page.evaluate(
                f"""async d => {{ const began = performance.now();
                await {LIVE}.propose({{...{LIVE}.recipe, decision: [d]}}, "decision");
                return performance.now() - began }}""",
                decision,
            )
        )
    play(page)
    found, (woken,) = rates([page])
    rate = max(found)
    print(
        f"\nload {os.getloadavg()[0]:.1f}: first paint {paint:.0f} ms, run drawn {drawn:.0f} ms, "
        f"decision {statistics.median(took):.0f} ms (median of {len(took)}), {rate:.0f} frames/s,"
        f" the page woke {woken:.0f} times a second"
    )
    assert len(set(took)) > 1
    if QUIET:
        assert drawn < 3000
        assert statistics.median(took) < 300
        assert rate >= 30


def test_twenty_sessions_at_once(chromium: Any, serve: Callable[..., Any], visit: Callable[..., Any]) -> None:
    server = serve()
    windows = [visit(base=server.url) for _ in range(SESSIONS)]
    pages = [opened(window, 1 + k % 5) for k, window in enumerate(windows)]
    digests = [page.evaluate(f"{LIVE}.run.sha256") for page in pages]
    assert len(set(digests)) == 5
    assert all(d == digests[k % 5] for k, d in enumerate(digests))
    levels = []
    for lap in range(4):
        for k, page in enumerate(pages):
            seed = 100 + lap * SESSIONS + k
            page.evaluate(f"s => {LIVE}.propose({{...{LIVE}.recipe, seed: s}}, 'undo')", seed)
        levels.append(memory(server.process.pid))
    print(f"\nload {os.getloadavg()[0]:.1f}: memory of the server after each lap of 20 runs: {levels} MB")
    for page in pages:
        play(page)
    found, woken = rates(pages)
    print(
        f"{len(found)} of {SESSIONS} pages playing in one browser: {min(found):.0f} to {max(found):.0f} frames/s,"
        f" the pages woke {min(woken):.0f} to {max(woken):.0f} times a second"
    )
    if QUIET:
        assert len(found) == SESSIONS
        assert min(found) >= 30
    assert len({page.evaluate(f"{LIVE}.run.sha256") for page in pages}) == SESSIONS
    assert levels[-1] - levels[1] < 60
