"""What ``detente check`` prints: errors, warnings, what a policy leaves to the rules, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.experiments.cli.printing.tables import console
from detente.experiments.io.output import say

if TYPE_CHECKING:
    from detente.experiments.cases.check import Check


def print_check(result: Check) -> None:
    """Print a check: what was looked at, errors, warnings, what is left to the rules, and how many there are."""
    say(f"{result.target}: {result.about}")
    if result.facts:
        say(result.facts_line)
    rows = [("error", line) for line in result.errors]
    rows += [("warning", f"{w.text} ({w.name})") for w in result.warnings]
    if console().is_terminal and rows:
        console().print(table_of(rows))
    else:
        for kind, text in rows:
            say(f"{kind:7}  {text}")
    for line in result.left:
        say(f"left to the rules: {line}")
    say(result.summary)


def table_of(rows: list[tuple[str, str]]) -> Any:
    """Errors and warnings as a table without lines, long texts wrapped beside their kind."""
    from detente.experiments.io.console import Table, Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for kind, text in rows:
        table.add_row(Text(kind, style="red" if kind == "error" else "yellow"), Text(text))
    return table
