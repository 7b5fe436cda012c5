"""The command that shows whether everything in the model does something."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.experiments.cli.exit_status import FAULT, guarded
from detente.experiments.cli.options import Json, app
from detente.experiments.io.output import say_json


@app.command()
@guarded
def audit(
    case: Annotated[str | None, typer.Argument(help="A case; by default all shipped cases.")] = None,
    runs: Annotated[int, typer.Option(help="Runs on each side of a comparison.")] = 200,
    parameters: Annotated[
        bool, typer.Option("--parameters/--no-parameters", help="Also move every parameter across its range.")
    ] = True,
    json: Json = False,
) -> int:
    """Show that every part of the model has an effect.

    Levers, mechanisms, stocks and parameters; exit status 1 where one of them has none.
    """
    from detente.experiments.audit.audit import audit as audited
    from detente.experiments.cli.printing.audit import print_audit
    from detente.experiments.cli.printing.tables import console
    from detente.experiments.runs.inputs import whole_number

    made = audited(case, whole_number(runs, "--runs", least=2), parameters=parameters)
    if json:
        say_json({"failures": made.failures(), "checks": made.table().to_dict("records")})
    else:
        print_audit(console(), made)
    return FAULT if made.failures() else 0
