"""What a page of the dashboards is: an entry in the navigation, a layout made at each visit, callbacks made once.

To add one, write a module in ``pages`` that ends in ``PAGE = Page(...)`` and list it in ``pages/__init__.py``.

- ``layout(site, query)`` gets the address's query as a mapping and returns the components of the page.  It may raise
  ``InputError``: the message then stands in the page.
- ``register(app, site)`` adds callbacks and routes.  A callback may raise ``InputError`` too: the message appears in
  the notice below the heading, and the page stays as it is.
- Ids begin with the page's name (``compare-fan``), so that no two pages meet.
- ``Input("theme", "data")`` is "light" or "dark"; ``theme.themed(figure, theme)`` dresses a figure for it.
- ``State("address", "search")`` is the query as text; give ``Output("address", "search")`` a new one to move the
  address without loading anything.  ``address.read_view`` and ``address.write_view`` turn it into a run and back.
- A link that opens a run live is ``address.live_link(recipe, site.cases)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dash import Dash

    from detente.dashboards.app.site import Site

Query = Mapping[str, str]

ASSETS = Path(__file__).parent / "assets"
"""Styles and scripts of the pages."""


def nothing_to_register(app: Dash, site: Site) -> None:
    """For a page without callbacks."""
    del app, site


@dataclass(frozen=True)
class Page:
    """One page.

    ``evaluates`` says that a figure of it compiles JavaScript, as Plotly's WebGL figures do: its policy lets it.
    """

    name: str
    path: str
    title: str
    summary: str
    layout: Callable[[Site, Query], Any]
    register: Callable[[Dash, Site], None] = nothing_to_register
    evaluates: bool = False
