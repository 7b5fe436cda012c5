"""``detente sequence``: in which order to move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detente.experiments.cli.exit_status import INTERRUPTED, complain, guarded
from detente.experiments.cli.options import (
    CaseName,
    DrawnFrom,
    Facts,
    FirstSeed,
    Json,
    Params,
    Plot,
    Point,
    Theory,
    app,
    consecutive,
    listed,
    targets,
    wait_for_engine,
)
from detente.experiments.io.output import say, say_json

PAIRS, DRAWS, TRIALS = 500, 50, 200
"""Pairs of runs, draws of what is not known, and orders that a search tries."""


@app.command()
@guarded
def sequence(
    case: CaseName,
    contrast: Annotated[
        list[str] | None, typer.Option("--contrast", help="A contrast by name, or all; may be repeated.")
    ] = None,
    items: Annotated[
        str | None, typer.Option(help="Items whose orders are compared, or: usual.", metavar="A,B,C|usual")
    ] = None,
    order: Annotated[
        list[str] | None,
        typer.Option(
            "--order", help="An order to compare; may be repeated.", metavar="'[NAME:] A>[DAYS] B+C'"
        ),
    ] = None,
    aims: Annotated[
        str | None,
        typer.Option(help="Aims: deaths, settlement, collapse, ally_trust, or outcomes.", metavar="A,B,C"),
    ] = None,
    pairs: Annotated[int, typer.Option(help="Pairs of runs in every comparison.")] = PAIRS,
    draws: Annotated[int, typer.Option(help="Draws of parameters and facts that are not known.")] = DRAWS,
    gap: Annotated[
        str | None, typer.Option(help="Days between two turns; several with --items.", metavar="DAYS[,DAYS]")
    ] = None,
    trials: Annotated[int, typer.Option(help="Orders that a search tries.")] = TRIALS,
    file: Annotated[
        Path | None, typer.Option("--file", help="Read items from here (sequence.toml).", metavar="FILE")
    ] = None,
    policy: Annotated[str | None, typer.Option(help="The policy that orders come on top of.")] = None,
    seed: FirstSeed = 1,
    theory: Theory = "readiness",
    param: Params = None,
    fact: Facts = None,
    point: Point = False,
    posterior: DrawnFrom = None,
    json: Json = False,
    plot: Plot = None,
    out: Annotated[
        Path | None, typer.Option(help="Keep results here, line by line (.jsonl).", metavar="FILE")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the file of --out.")] = False,
) -> int | None:
    """Ask in which order to move.

    Orders of tracks, truces, measures and mediators, held against aims: contrasts that have a name, orders given, or
    all orders of some items. The front, regret over what is not known, and where orders part.
    """
    from detente.experiments.analysis.sequence import sequence as ordered
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.sequence import print_sequence
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.io.files import write_figure
    from detente.experiments.runs.inputs import settings
    from detente.model.errors import InputError

    if resume and out is None:
        raise InputError("--resume: got no --out; expected the file of the comparison to go on with")
    targets(plot, None)
    asked: dict[str, Any] = {"theory": theory, "parameters": settings(param or [], "--param")}
    asked |= {"facts": settings(fact or [], "--fact"), "point": point}
    asked |= {"contrasts": contrast, "items": listed(items), "orders": order, "aims": listed(aims)}
    asked |= {"seeds": consecutive(seed, pairs), "draws": draws, "gaps": days(gap), "trials": trials}
    asked |= {"file": file, "policy": policy, "posterior": posterior, "out": out, "resume": resume}
    with bar(console(stderr=True), "comparing") as report:
        made = ordered(case, progress=report, ready=wait_for_engine, **asked)
    if plot is not None:
        write_figure(made.plot(), plot)
    if json:
        say_json(made.to_json())
    else:
        print_sequence(console(), made)
        for path in (plot, out):
            if path is not None:
                say(f"Wrote {path}")
    if made.interrupted:
        complain("interrupted: not everything asked for was done")
        return INTERRUPTED
    return None


def days(text: str | None) -> list[float] | None:
    """Numbers of days separated by commas; raises ``InputError`` for anything else."""
    from detente.model.errors import wrong

    try:
        return None if text is None else [float(part) for part in text.split(",")]
    except ValueError:
        raise wrong("--gap", text, "days, separated by commas") from None
