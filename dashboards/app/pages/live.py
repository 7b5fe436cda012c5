"""Live run: watch one run day by day, step into it, and see what else might have come of it.

The page is a frame; what moves in it is drawn by ``assets/live`` from one block of data (``payload``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from detente.dashboards.app.page import Page, Query

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site


def layout(site: Site, query: Query) -> Any:
    """The frame, which the script fills; it reads the address itself, so that going back and forth works."""
    del site, query
    return html.Div(
        [html.P("Opening the run …", className="live-wait", role="status")],
        id="live-root",
        className="live",
    )


PAGE = Page(
    name="live",
    path="/live",
    title="Live run",
    summary="Watch one run day by day, step into it, and compare what comes of it",
    layout=layout,
)
