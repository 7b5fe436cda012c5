"""The command that opens the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import app
from detente.experiments.io.output import say

if TYPE_CHECKING:
    from pathlib import Path


@app.command()
@guarded
def docs(
    path: Annotated[
        bool, typer.Option("--path", help="Print the folder of the manual and open nothing.")
    ] = False,
    build: Annotated[
        bool, typer.Option("--build", help="Build it anew, with its notebooks run; needs detente[docs].")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Where it has to be built, leave its notebooks unrun.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port to serve it on; 0 is any that is free.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
) -> None:
    """Open the manual in a browser.

    It is served on loopback, and built first where the package does not hold it.
    """
    site = site_to_show(build=build, quick=quick)
    if path:
        say(str(site))
        return
    from detente.dashboards.manual.local_server import serve_site

    serve_site(site, port, browser=browser)


def site_to_show(*, build: bool, quick: bool) -> Path:
    """The built manual: the one there is, or one built now.  Raises ``InputError`` where nothing can build it."""
    from detente.dashboards.manual import building, places

    there = None if build else places.built_site()
    if there is not None:
        return there
    kept = places.cached(places.manual_digest() + "-quick")
    if quick and not build and places.is_site(kept):
        return kept
    building.check_builder()
    wait = (
        "a few seconds" if quick else "a few minutes, since its notebooks are run (--quick leaves them out)"
    )
    say(f"Building the manual, once for this version: {wait}", error=True)
    return building.build(quick=quick, strict=False)  # a reader cannot mend a page
