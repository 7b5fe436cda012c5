"""The command that checks what a user wrote, before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.experiments.commands.options import Json, app
from detente.experiments.guard import BAD_INPUT, DONE, as_json, complain, guarded

if TYPE_CHECKING:
    from detente.experiments.cases.check import Check
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

    result = checked(target, case=case)
    if json:
        print(as_json(result.to_json()))
    else:
        print_check(result)
    return DONE if result.ok else BAD_INPUT


def print_check(result: Check) -> None:
    """Print a check: what was looked at, errors, warnings, and how many there are."""
    from detente.experiments.report import console

    print(f"{result.target}: {result.about}")
    rows = [("error", line) for line in result.errors]
    rows += [("warning", f"{w.text} ({w.name})") for w in result.warnings]
    if console().is_terminal and rows:
        console().print(table_of(rows))
    else:
        for kind, text in rows:
            print(f"{kind:7}  {text}")
    print(result.summary)


def table_of(rows: list[tuple[str, str]]) -> Any:
    """Errors and warnings as a table without lines, long texts wrapped beside their kind."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for kind, text in rows:
        table.add_row(Text(kind, style="red" if kind == "error" else "yellow"), Text(text))
    return table


def warn(remarks: list[Remark], *, quiet: bool) -> list[str]:
    """Say on standard error what is probably not meant, a line each, before something runs; returns the lines."""
    for remark in remarks if not quiet else ():
        complain(f"warning: {remark.text}")
    return [remark.text for remark in remarks]
