"""What stands around every page: heading, navigation, theme, notices, and the line that says what this is not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from dash import dcc, html

from detente.dashboards.app.bundle import modules
from detente.dashboards.app.page import ASSETS, Page
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.model.errors import InputError


def begun(page: str) -> list[tuple[str, str, str]]:
    """What a page begins to load at once: all of its modules, so that none waits for one that imports it."""
    files = modules(ASSETS / page / "main.mjs")
    return [
        ("modulepreload", f"/assets/{file.relative_to(ASSETS).as_posix()}", "high")
        for file in reversed(files)
    ]


PLOTLY = ("preload", "/vendor/plotly.min.js", "low")
QUESTION = begun("question")
BEGUN = {"/": QUESTION, "/lessons": QUESTION, "/live": [*begun("live"), PLOTLY]}
"""Links of a page that are followed before it is drawn, by its address: kind, place and priority."""

EARLY = f"""
try {{ document.documentElement.dataset.theme = localStorage.getItem("theme") ||
  (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"); }} catch (e) {{}}
const early = {json.dumps(BEGUN)};
for (const [rel, href, fetchPriority] of early[location.pathname] || [])
  document.head.append(Object.assign(document.createElement("link"), {{ rel, href, as: "script", fetchPriority }}));
"""
"""What the page does before anything is drawn: it takes the theme, and begins to load what draws the page."""

INDEX = (
    """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="data:,">
<script>"""
    + EARLY
    + """</script>
{%css%}
</head>
<body>
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""
)


def aria(**words: str) -> dict[str, Any]:
    """Attributes that say to a screen reader what a thing is: ``aria(label="Pages")``."""
    return {f"aria-{key}": value for key, value in words.items()}


def frame(pages: Sequence[Page]) -> html.Div:
    """The page around the pages."""
    return html.Div(
        [
            dcc.Location(id="address", refresh=False),
            dcc.Store(id="theme", data="light"),
            html.A("To the page", href="#page", className="skip"),
            heading(pages),
            html.Div(id="notice", **aria(live="polite")),
            html.Main(id="page", tabIndex="-1"),
            html.Footer(
                html.P(["Not a forecast: ", NOT_A_FORECAST.partition(";")[0], "."]), className="foot"
            ),
        ],
        className="site",
    )


def heading(pages: Sequence[Page]) -> html.Header:
    """Name, navigation, the state of the engine, and the choice of theme."""
    return html.Header(
        [
            html.A("Détente", href="/", className="wordmark"),
            html.Nav(nav_links(pages, None), id="nav", **aria(label="Pages")),
            html.Span(id="engine", className="pill", role="status"),
            html.Button("Dark", id="theme-button", className="plain", **aria(label="Change the theme")),
        ],
        className="head",
    )


def nav_links(pages: Sequence[Page], here: Page | None) -> list[Any]:
    """The links of the navigation; the page one is on is marked.

    A page under another policy is loaded anew, since a browser keeps to that of the page it loaded.
    """
    now = here is not None and here.evaluates
    return [
        dcc.Link(
            p.title,
            href=p.path,
            title=p.summary,
            refresh=p.evaluates and not now,
            className="nav-link here" if p is here else "nav-link",
        )
        for p in pages
    ]


def query_of(search: str | None) -> dict[str, str]:
    """The query of an address; a key given twice is refused."""
    found: dict[str, str] = {}
    for key, value in parse_qsl((search or "").lstrip("?"), keep_blank_values=True):
        if key in found:
            raise InputError(f"address: {key} is given twice")
        found[key] = value
    return found
