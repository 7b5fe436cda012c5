"""The command that checks what a user wrote, before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.experiments.cli.exit_status import BAD_INPUT, DONE, complain, guarded
from detente.experiments.cli.options import Json, app
from detente.experiments.io.output import say_json

if TYPE_CHECKING:
    from detente.experiments.cases.remark import Remark

What = Annotated[
    str,
    typer.Argument(
        help="A case by name, file or folder; CASE/POLICY; or a policy, design or replay file.",
        metavar="CASE|POLICY|DESIGN|REPLAY",
    ),
]
OfCase = Annotated[
    str | None,
    typer.Option("--case", help="The case of a policy that does not lie beside it.", metavar="CASE"),
]


@app.command()
@guarded
def check(target: What, case: OfCase = None, json: Json = False) -> int:
    """List every error of a file, then what is probably not meant."""
    from detente.experiments.cases.check import check as checked
    from detente.experiments.cli.printing.check import print_check

    result = checked(target, case=case)
    if json:
        say_json(result.to_json())
    else:
        print_check(result)
    return DONE if result.ok else BAD_INPUT


def warn(remarks: list[Remark], *, quiet: bool) -> list[str]:
    """Say on standard error what is probably not meant, a line each, before something runs; returns the lines."""
    for remark in remarks if not quiet else ():
        complain(f"warning: {remark.text}")
    return [remark.text for remark in remarks]
