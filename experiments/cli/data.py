"""The command that shows what is in files of observed data, and how they were read."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import Conflict, Country, Dyad, InOrder, Json, SideA, SideB, app
from detente.experiments.io.output import say_json

data = typer.Typer(name="data", cls=InOrder, no_args_is_help=True, help="Summarise files of observed data.")
app.add_typer(data)


@data.command()
@guarded
def summary(
    file: Annotated[
        list[str], typer.Argument(help="Files of observed data: csv, gzip or Parquet.", metavar="FILE")
    ],
    country: Country = None,
    conflict: Conflict = None,
    dyad: Dyad = None,
    side_a: SideA = None,
    side_b: SideB = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="First date covered; by default the file's own.", metavar="DATE"),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Last date covered; by default the file's own.", metavar="DATE")
    ] = None,
    json: Json = False,
) -> None:
    """Show what data files hold and how they were read."""
    from detente.experiments.data.summary import data_summary

    where = {"conflict": conflict, "dyad": dyad, "side_a": side_a, "side_b": side_b}
    figures = data_summary(file, country, since=start, until=until, **where)
    if json:
        say_json(figures)
        return
    from detente.experiments.cli.printing.data import print_data
    from detente.experiments.cli.printing.tables import console

    print_data(console(), figures)
