"""In which order: the items of a case on a calendar, moved by the visitor; pairs of runs compare two orders.

The page is a frame, which ``assets/sequence`` fills.  All of its state stands in the address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from detente.dashboards.app.address import FIRST_CASE
from detente.dashboards.app.orders import MOST_DRAWS, check_days, read_days
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.pages.question import check_whole
from detente.model.errors import InputError, unknown, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

KEYS = ("case", "a", "b", "draws", "answer")
"""Keys of an address: the case, both orders, the draws, and whether the pairs are asked at once."""


def layout(site: Site, query: Query) -> Any:
    """The frame; raises ``InputError`` for an address that makes no sense."""
    for key in query:
        if key not in KEYS:
            raise unknown("address", key, KEYS)
    case = site.cases.checked(query.get("case", FIRST_CASE), "address")
    if query.get("answer", "1") != "1":
        raise wrong("address: answer", query["answer"], "1")
    check_whole("draws", query.get("draws", "0"), 0, MOST_DRAWS)
    if ("a" in query) != ("b" in query):
        raise InputError("address: got one order; expected both, a and b")
    if "a" in query:
        orders = {key.upper(): read_days(query[key], f"address: {key}") for key in ("a", "b")}
        check_days(site.cases.scenario(site.cases.place(case)), orders)
    waiting = html.P("Opening the calendar …", className="live-wait", role="status")
    return html.Div([waiting], id="sequence-root", className="sequence")


PAGE = Page(
    name="sequence",
    path="/sequence",
    title="In which order",
    summary="Move what can be done along a calendar, and read what 500 pairs of runs say of two orders",
    layout=layout,
)
