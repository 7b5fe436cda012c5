"""Every figure of every page has a summary in words and a table behind it; colour alone tells nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from figures_walk import faults

pytestmark = pytest.mark.browser

TRUCE = "truce-republic-movement"
PAGES = {
    "/live?case=northern-ireland-1993&date=1996-03-01": ".live .main-svg",
    "/?question=template/ninety-days&choice=ninety-days": "#question-numbers tbody tr",
    "/lessons?case=template": "#question-numbers tbody tr",
    "/compare?case=template&policies=status-quo&base=five-lessons": "#compare-table",
    "/where": "#where-figure .main-svg, #where-narrow .main-svg",
    "/evidence": "#evidence-benchmark-figure .main-svg",
    f"/sequence?case=template&a=front@2030-03-01&b=front@quiet.republic.movement,{TRUCE}@2030-04-01&draws=0&answer=1": (
        "#sequence-figure"
    ),
}
"""Page -> what is there once its figures are drawn; that of sweeps is looked at where there is one."""


def test_every_figure_has_words_and_numbers(visit: Callable[..., Any]) -> None:
    window = visit()
    found: list[str] = []
    for path, drawn in PAGES.items():
        page = window.open(path)
        page.locator(drawn).first.wait_for(timeout=120_000, state="attached")
        page.wait_for_timeout(500)
        found += [f"{path}: {line}" for line in faults(page)]
    assert not found, "\n".join(found)
