"""The command that opens the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import app
from detente.experiments.io.output import say
from detente.model.errors import InputError

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
    if path and not kept_or_shipped():
        raise InputError(
            "--path: the manual would be built into a folder that is removed at the end; "
            "expected a cache of your own (DETENTE_CACHE names one), or no --path"
        )
    site = site_to_show(build=build, quick=quick)
    if path:
        say(str(site))
        return
    from detente.dashboards.manual.local_server import serve_site

    serve_site(site, port, browser=browser)


def kept_or_shipped() -> bool:
    """Whether the manual lies where it stays, or will."""
    from detente.dashboards.manual import places
    from detente.model.kernel_cache import is_kept

    return is_kept() or places.built_site() == places.SHIPPED


def site_to_show(*, build: bool, quick: bool) -> Path:
    """The built manual: the one there is, or one built now.  Raises ``InputError`` where nothing can build it."""
    from detente.dashboards.manual import building, places
    from detente.model.kernel_cache import is_kept

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
    how_often = "once for this version" if is_kept() else "for this time alone"
    say(f"Building the manual, {how_often}: {wait}", error=True)
    return building.build(quick=quick, strict=False)  # a reader cannot mend a page
