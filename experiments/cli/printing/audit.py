"""What ``detente audit`` prints: every check with its figure, then what failed."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from detente.experiments.io.console import Console, Table

if TYPE_CHECKING:
    from detente.experiments.audit.audit import Audit
    from detente.experiments.audit.regimes import RegimeAudit, RegimeResult, Row


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


SIGNS = ("right", "open", "wrong")


def print_regimes(to: Console, made: RegimeAudit) -> None:
    """Every row of a regime audit with its verdicts, war by war, then the rows that go the wrong way."""
    table = Table(title="Regime audit", title_justify="left", title_style="bold")
    for name in ("row", "question", "first (second)", "expected", "median"):
        table.add_column(name)
    for name in SIGNS:
        table.add_column(name, justify="right")
    for row in made.rows:
        table.add_row(*cells_of(row, made.of(row.name)))
    to.print(table)
    right, tried = made.false_alarms
    to.print(f"A regime against itself under other seeds came out right in {right} of {tried} comparisons.")
    failures = made.failures()
    for line in failures:
        to.print(f"FAILS  {line}", style="bold", markup=False)
    to.print(f"{len(failures)} of {len(made.rows)} rows fail: wrong in at least as many wars as right.")


def cells_of(row: Row, results: list[RegimeResult]) -> list[str]:
    """One line of the table: what is compared, the median over wars, and the number of wars by verdict."""
    verdicts = [r.verdict for r in results]
    sides = f"{row.first} ({row.second})" if row.second else row.first
    medians = ""
    if results:
        medians = f"{median(r.first for r in results):.3g}"
        medians += f" ({median(r.second for r in results):.3g})" if row.second else ""
    counts = [str(verdicts.count(v)) for v in SIGNS]
    return [row.name, row.question, sides, str(row.expected), medians, *counts]
