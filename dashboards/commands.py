"""The command that opens the dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import app
from detente.model.errors import wrong


@app.command()
@guarded
def serve(
    file: Annotated[
        Path | None,
        typer.Argument(help="A page mailed from the dashboards, to open again.", metavar="FILE"),
    ] = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8521,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any but loopback needs --allow-remote.")
    ] = ("127.0.0.1"),
    allow_remote: Annotated[
        bool,
        typer.Option(
            "--allow-remote",
            help="Let other machines in: whoever reaches the port can run the model and read the results.",
        ),
    ] = False,
    results: Annotated[
        Path | None, typer.Option(help="Folder of sweeps that the pages may open.", metavar="DIR")
    ] = None,
    case: Annotated[
        list[Path] | None,
        typer.Option(help="Also serve a case file of your own; may be repeated.", metavar="FILE"),
    ] = None,
    mesa: Annotated[bool, typer.Option("--mesa", help="Open Mesa's own SolaraViz server instead.")] = False,
) -> None:
    """Open the dashboards in a browser.

    Or Mesa's own server; on loopback unless told otherwise.
    """
    from detente.dashboards.app.cases import checked_cases
    from detente.dashboards.reopening import reopened
    from detente.dashboards.serving import checked_address, checked_results, serve_app

    mailed, path = reopened(file)
    address = checked_address(host, port, allow_remote=allow_remote)
    cases = checked_cases([*(case or ()), *mailed])
    if mesa:
        from detente.dashboards.mesa_server import serve_mesa

        if results is not None:
            raise wrong("--results", str(results), "no folder of sweeps beside --mesa, which shows none")
        serve_mesa(address, cases)
        return
    serve_app(address, checked_results(results), cases, path)
