"""The command that analyses a finished sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import Json, Out, Plot, app, listed, targets, write
from detente.experiments.io.output import say_json


@app.command()
@guarded
def sensitivity(
    results: Annotated[Path, typer.Argument(help="Directory of a finished sweep.", metavar="DIR")],
    outcomes: Annotated[
        str | None, typer.Option(help="Outcomes, separated by commas; all by default.", metavar="A,B,C")
    ] = None,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
) -> None:
    """Show what the outcomes of a sweep depend on.

    Sobol or Morris indices or linear swings, by its design, with intervals, and how much of what is seen is luck.
    """
    from detente.experiments.analysis.sensitivity import sensitivity as analyse
    from detente.experiments.cli.printing.sensitivity import print_sensitivity
    from detente.experiments.cli.printing.tables import console

    targets(plot, out)
    names = listed(outcomes)
    made = analyse(results, names)
    write(made, plot, out, quiet=json)
    if json:
        say_json(made.to_json())
    else:
        print_sensitivity(console(), made, names)
