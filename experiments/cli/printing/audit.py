"""What ``detente audit`` prints: every check with its figure, then what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.experiments.io.console import Console, Table

if TYPE_CHECKING:
    from detente.experiments.audit.audit import Audit


def print_audit(to: Console, made: Audit) -> None:
    """Every check of an audit with its figure, then what failed."""
    table = Table(title="Audit", title_justify="left", title_style="bold")
    for name in ("kind", "case", "name"):
        table.add_column(name)
    table.add_column("figure", justify="right")
    table.add_column("of", style="dim")
    table.add_column("here")
    for _, row in made.table().iterrows():
        verdict = "passes" if row["passed"] else "-"
        table.add_row(row["kind"], row["case"], row["name"], f"{row['figure']:.2f}", row["of"], verdict)
    to.print(table)
    failures = made.failures()
    for line in failures:
        to.print(f"FAILS  {line}", style="bold")
    to.print(f"{len(failures)} failures; a check passes if it does in one of the cases audited.")
