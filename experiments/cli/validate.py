"""The command that sets the model beside published patterns."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.experiments.cli.exit_status import guarded
from detente.experiments.cli.options import Json, Out, Plot, app, targets, wait_for_engine, write
from detente.experiments.io.output import say_json

Page = Annotated[Path | None, typer.Option(help="Write the card as a page here (.md).", metavar="FILE")]


@app.command()
@guarded
def validate(
    case: Annotated[
        str | None, typer.Argument(help="A case; by default all cases with declared patterns.")
    ] = None,
    runs: Annotated[int, typer.Option(help="Runs per set-up, with seeds from 1.")] = 200,
    json: Json = False,
    plot: Plot = None,
    out: Out = None,
    page: Page = None,
) -> None:
    """Check the model against published patterns.

    What was observed, and what the model, its controls and null models give.
    """
    from detente.experiments.cli.compiling import bar
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.cli.printing.validity import print_card
    from detente.experiments.io.files import check_target, write_text
    from detente.experiments.validity.card import validate as validated
    from detente.experiments.validity.card_page import page_of

    targets(plot, out)
    if page is not None:
        check_target(page, ".md", "--page")
    with bar(console(stderr=True), "checking") as report:
        made = validated(case, runs, progress=report, ready=wait_for_engine)
    write(made, plot, out, quiet=json)
    if page is not None:
        write_text(page_of(made), page)
    if json:
        say_json(made.to_json())
    else:
        print_card(console(), made)
