"""The command that shows what is in a file of observed data."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import InOrder, Json, app
from detente.experiments.io.plain_json import as_json

Country = Annotated[str | None, typer.Option(help="Country, if a UCDP GED file holds several.")]

data = typer.Typer(name="data", cls=InOrder, no_args_is_help=True, help="Summarise files of observed data.")
app.add_typer(data)


@data.command()
@guarded
def summary(
    file: Annotated[str, typer.Argument(help="A csv file of observed data.", metavar="FILE")],
    country: Country = None,
    json: Json = False,
) -> None:
    """Show what a csv file of observed data holds: its layout, its span, and each series in figures."""
    from detente.experiments.data.layouts import read_file
    from detente.experiments.data.summary import summary as summarised

    made = summarised(read_file(file, country))
    if json:
        print(as_json(made))
        return
    from detente.experiments.cli.printing.evidence import print_data
    from detente.experiments.cli.printing.tables import console

    print_data(console(), made)
