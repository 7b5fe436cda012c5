"""The command that builds a case from observed files, or copies a shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.experiments.cli.exit_status import DONE, INTERRUPTED, complain, guarded
from detente.experiments.cli.options import (
    Agreements,
    Ceasefires,
    Conflict,
    Country,
    Dyad,
    Json,
    ObservedFiles,
    RowsOfCase,
    SideA,
    SideB,
    app,
    wait_for_engine,
)
from detente.experiments.io.output import say_json


@app.command()
@guarded
def new(
    name: Annotated[str, typer.Argument(help="Name of the case: letters, digits, hyphens.", metavar="NAME")],
    copy: Annotated[str | None, typer.Option(help="Copy a shipped case instead.", metavar="CASE")] = None,
    ged: Annotated[
        list[str] | None, typer.Option(help="A file of UCDP GED; may be repeated.", metavar="FILE")
    ] = None,
    data: ObservedFiles = None,
    ceasefires: Ceasefires = None,
    agreements: Agreements = None,
    experts: Annotated[
        str | None, typer.Option(help="A table of experts, one row an actor.", metavar="TABLE")
    ] = None,
    dyad: Dyad = None,
    conflict: Conflict = None,
    country: Country = None,
    side_a: SideA = None,
    side_b: SideB = None,
    case: RowsOfCase = None,
    start: Annotated[
        str | None, typer.Option("--from", help="First day; by default the first events.", metavar="DATE")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Last day; by default the end of the data.", metavar="DATE")
    ] = None,
    pivot: Annotated[
        str | None, typer.Option(help="Day from which levers act; the first by default.", metavar="DATE")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the case; ./NAME by default.", metavar="DIR")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a case that is there.")] = False,
    screening: Annotated[bool, typer.Option(help="Find out which facts the answers depend on.")] = True,
    json: Json = False,
) -> int:
    """Build a case from observed data."""
    from detente.experiments.cases.builder.new import new as built
    from detente.experiments.cli.printing.new import print_new
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.progress import meter

    chosen = {"dyad": dyad, "conflict": conflict, "country": country, "side_a": side_a, "side_b": side_b}
    files = {"ged": ged, "data": data, "ceasefires": ceasefires, "agreements": agreements, "experts": experts}
    with meter(console(stderr=True)) as report:
        made = built(
            name,
            out=out,
            copy=copy,
            case=case,
            since=start,
            until=until,
            pivot=pivot,
            force=force,
            screen=screening,
            progress=None if json else report,
            ready=wait_for_engine,
            **{key: word for key, word in (*chosen.items(), *files.items()) if word is not None},  # pyright: ignore[reportArgumentType]
        )
    if json:
        say_json(made.to_json())
    else:
        print_new(console(), made)
    if made.screening is not None and made.screening.interrupted:
        complain(f"interrupted: the case stands, and {made.screening.runs} draws of the screening were run")
        return INTERRUPTED
    return DONE
