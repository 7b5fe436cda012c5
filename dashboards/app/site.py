"""The application as a whole: one server, the pages, and what they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dash import Dash, Input, Output, State
from flask import Flask, redirect, request

from detente.dashboards.app import shell
from detente.dashboards.app.background_jobs import JobBook
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.engine_room import EngineRoom
from detente.dashboards.app.futures import FutureBook
from detente.dashboards.app.gate import add_gate
from detente.dashboards.app.notices import broken_page, report_fault
from detente.dashboards.app.opened_cases import NotHereError, parts_of
from detente.dashboards.app.page import ASSETS, Page, Query
from detente.dashboards.app.pages import PAGES
from detente.dashboards.app.pages.own import form
from detente.dashboards.app.routes import add_routes
from detente.dashboards.app.runs import Openings, RunBook
from detente.dashboards.app.sent import checked_text
from detente.dashboards.app.sent_files import SentFiles
from detente.model.errors import InputError

LONGEST_ADDRESS = 100_000
"""Characters that the query of an address may have."""


@dataclass(frozen=True)
class Site:
    """What pages share: the folder of sweeps, the cases, what was computed lately, the engine; nothing of a session."""

    results: Path | None
    cases: Cases
    runs: RunBook
    engine: EngineRoom
    openings: Openings
    futures: FutureBook = field(default_factory=FutureBook)
    jobs: JobBook = field(default_factory=JobBook)
    sent: SentFiles = field(default_factory=SentFiles)


def make_app(
    results: Path | None = None,
    cases: Cases | None = None,
    *,
    remote: bool = False,
    compile_engine: bool = False,
) -> Dash:
    """The application; ``app.server`` is a WSGI application.

    ``results`` is the folder of sweeps, ``cases`` are the shipped ones unless others are given; ``remote`` lets
    requests by another name than loopback's in; ``compile_engine`` begins to compile at once.
    """
    cases = cases or Cases()
    site = Site(results, cases, RunBook(), EngineRoom(), Openings(cases))
    server = Flask("detente.dashboards")
    server.extensions["detente"] = site
    own: Any = server  # Dash takes a Flask application, and is typed as if it did not
    app = Dash(
        "detente.dashboards",
        server=own,
        title="Détente",
        update_title="",
        assets_folder=str(ASSETS),
        assets_ignore=r"\.mjs$",
        index_string=shell.INDEX,
        suppress_callback_exceptions=True,
        on_error=lambda fault: report_fault(fault, site.cases.in_words),
        serve_locally=True,
    )
    app.layout = shell.frame(PAGES)
    server.before_request(run_of_old)
    add_routes(server, site)
    for page in PAGES:
        page.register(app, site)
    add_navigation(app, site)
    add_gate(app, remote=remote, evaluating=[page.path for page in PAGES if page.evaluates])
    if compile_engine:
        site.engine.start()
    return app


def run_of_old() -> Any:
    """Where an address leads that was copied when runs still stood on the first page; nothing for any other."""
    if request.path == "/" and request.args and "question" not in request.args:
        return redirect(f"/live?{request.query_string.decode('ascii', 'replace')}")
    return None


def add_navigation(app: Dash, site: Site) -> None:
    """Show the page whose path stands in the address."""

    @app.callback(
        Output("page", "children"),
        Output("nav", "children"),
        Output("notice", "children"),
        Input("address", "pathname"),
        State("address", "search"),
    )
    def show(pathname: Any, search: Any) -> tuple[Any, Any, None]:  # pyright: ignore
        pathname = checked_text("pathname", pathname or "/")
        search = checked_text("search", search or "", LONGEST_ADDRESS)
        page = page_at(pathname)
        return content(page, site, pathname, search), shell.nav_links(PAGES, page), None


def page_at(pathname: str | None) -> Page | None:
    """The page of a path; the first where the path is empty."""
    wanted = (pathname or "/").rstrip("/") or "/"
    return next((p for p in PAGES if p.path == wanted), None)


def case_asked(query: Query) -> str:
    """The case opened in the browser that an address names; empty where it names none."""
    named = (query.get("case", ""), query.get("question", "").partition("/")[0])
    return next((name for name in named if parts_of(name)), "")


def content(page: Page | None, site: Site, pathname: str | None, search: str | None) -> Any:
    """What a page shows, or what is wrong with its address."""
    if page is None:
        return broken_page(f"There is no page {pathname!r} here.")
    wanted = ""
    try:
        query = shell.query_of(search)
        wanted = case_asked(query)
        if wanted:
            site.cases.checked(wanted, "address")
        return page.layout(site, query)
    except NotHereError:
        return form(wanted=wanted, back=f"{page.path}{search or ''}")
    except InputError as error:
        return broken_page(site.cases.in_words(str(error)), (f"Open “{page.title}” without it", page.path))
