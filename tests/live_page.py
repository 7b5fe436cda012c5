"""The live page as a viewer drives it: wait for its run, change it, read what it says."""

from collections.abc import Callable
from typing import Any

LIVE = "document.getElementById('live-root').live"


def ready(page: Any) -> Any:
    """Wait until the run is drawn."""
    page.wait_for_function(
        f"document.getElementById('live-root')?.live?.run && !document.querySelector('.live[aria-busy]')"
        f" && {LIVE}.charts.plot.data && {LIVE}.charts.width"
    )
    return page


def changed(page: Any, act: Callable[[], Any]) -> None:
    """Do something that makes another run, and wait until that is drawn."""
    before = sha(page)
    act()
    page.wait_for_function(f"before => {LIVE}.run.sha256 !== before", arg=before)
    ready(page)


def sha(page: Any) -> str:
    return page.evaluate(f"{LIVE}.run.sha256")


def said(page: Any) -> str:
    """What stands in the notices, once something does."""
    page.wait_for_selector(".notes .notice")
    return page.inner_text(".notes")


def answered(page: Any, act: Callable[[], Any]) -> str:
    """Do something that is refused, and give what is said to it: no notice of an earlier step is left to be read."""
    page.wait_for_function("!document.querySelector('.live[aria-busy]')")
    page.evaluate("document.querySelector('.notes').replaceChildren()")
    act()
    words = said(page)
    page.wait_for_function("!document.querySelector('.live[aria-busy]')")
    return words


def to_the_end(page: Any) -> None:
    """Go to the last day of the run, as a viewer does who played it whole."""
    page.focus("#live-slider")
    page.keyboard.press("End")
    page.wait_for_function(f"{LIVE}.player.day === {LIVE}.run.lastDay")


def step_in(page: Any, label: str, date: str) -> None:
    """Choose a move and a day for it, and decide."""
    page.select_option("#live-move", label=label)
    page.fill("#live-move-date", date)
    page.click("#live-decide")


def query_of(page: Any) -> str:
    """The address of a page without the server."""
    return page.url[page.url.index("/live?") :]
