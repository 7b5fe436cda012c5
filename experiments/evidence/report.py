"""What the commands about evidence print."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from detente.experiments.report import number


def print_data(to: Console, made: dict[str, Any]) -> None:
    """What is in a file of observed data."""
    to.print(f"{', '.join(made['files'])}: {made['layout']}")
    for unit in ("daily", "monthly"):
        if unit in made:
            print_counts(to, unit, made[unit])
    if "spells" in made:
        print_spells(to, made["spells"])


def print_counts(to: Console, unit: str, made: dict[str, Any]) -> None:
    """Series counted by day or month."""
    table = Table(
        title=f"{unit}, {made['from']} to {made['to']}, {made['rows']:,} rows", title_justify="left"
    )
    table.add_column("series")
    for name in ("sum", "mean", "largest", "zeros"):
        table.add_column(name, justify="right")
    for name, row in made["series"].items():
        table.add_row(
            name, number(row["sum"]), number(row["mean"]), number(row["largest"]), f"{row['zeros']:.0%}"
        )
    to.print(table)


def print_spells(to: Console, made: dict[str, Any]) -> None:
    """Ceasefires by class."""
    table = Table(
        title=f"{made['ceasefires']:,} ceasefires, {made['from']} to {made['to']}; "
        f"{made['known_end']:,} with a known end, {made['left_out_without_start']:,} without a start left out",
        title_justify="left",
    )
    for name in ("class", "n", "25 %", "median days", "75 %"):
        table.add_column(name, justify="left" if name == "class" else "right")
    rows = {"all": {"n": made["known_end"], **made["days"]}, **made["by_class"]}
    for name, row in rows.items():
        cells = [number(row[q]) if row[q] is not None else "–" for q in ("q25", "median", "q75")]
        table.add_row(name or "(none)", f"{row['n']:,}", *cells)
    to.print(table)
