"""``detente where``: the five lessons in every case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import (
    DrawnFrom,
    FirstSeed,
    Json,
    Plot,
    Point,
    Theory,
    app,
    consecutive,
    ended,
    targets,
    wait_for_engine,
)
from detente.experiments.io.output import say, say_json

RUNS, DRAWS = 200, 100
"""Seeds at the declared numbers, and draws of what is not known."""


@app.command()
@guarded
def where(
    cases: Annotated[
        list[str] | None,
        typer.Argument(
            help="Cases by name or path; all with a policy five-lessons by default.", metavar="[CASE]..."
        ),
    ] = None,
    runs: Annotated[int, typer.Option(help="Seeds at the declared numbers.")] = RUNS,
    draws: Annotated[int, typer.Option(help="Draws of parameters and facts that are not known.")] = DRAWS,
    seed: FirstSeed = 1,
    theory: Theory = "readiness",
    posterior: DrawnFrom = None,
    point: Point = False,
    json: Json = False,
    plot: Plot = None,
    out: Annotated[
        Path | None, typer.Option(help="Keep results here, line by line (.jsonl).", metavar="FILE")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the file of --out.")] = False,
) -> int:
    """Show where the five lessons help and where they hurt.

    Singly and together, in every case, with two intervals (luck; luck and what is not known), and which conditions of
    the conflicts go with it.
    """
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.printing.where import print_where
    from detente.experiments.compare.where import where as compared
    from detente.experiments.io.files import write_figure
    from detente.model.errors import InputError

    if resume and out is None:
        raise InputError("--resume: got no --out; expected the file of the comparison to go on with")
    targets(plot, None)
    asked: dict[str, Any] = {
        "theory": theory,
        "posterior": posterior,
        "point": point,
        "out": out,
        "resume": resume,
    }
    with bar(console(stderr=True), "comparing") as report:
        made = compared(
            cases or None,
            draws=draws,
            seeds=consecutive(seed, runs),
            progress=report,
            ready=wait_for_engine,
            **asked,
        )
    if plot is not None:
        write_figure(made.plot(), plot)
    if json:
        say_json(made.to_json())
    else:
        print_where(console(), made)
        for path in (plot, out):
            if path is not None:
                say(f"Wrote {path}")
    return ended(len(made.done), made.asked, "parts")
