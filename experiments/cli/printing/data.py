"""What ``detente data`` prints: how files were read and what was left out, and the tables they hold in figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.experiments.cli.printing.tables import number
from detente.experiments.io.console import Console, Table

NOTES = 8
"""Notes of one file that are printed; ``--json`` has all of them."""


def print_data(to: Console, made: dict[str, Any]) -> None:
    """What is in files of observed data, and how they were read."""
    for report in made["reading"]:
        print_reading(to, report)
    for unit in ("daily", "monthly"):
        if unit in made:
            print_counts(to, unit, made[unit])
    if "spells" in made:
        print_spells(to, made["spells"])
    if "agreements" in made:
        print_agreements(to, made["agreements"])
    if "conflicts" in made:
        print_conflicts(to, made["conflicts"])


def print_counts(to: Console, unit: str, made: dict[str, Any]) -> None:
    """Series counted by day or month."""
    table = Table(
        title=f"{unit}, {made['from']} to {made['to']}, {made['rows']:,} rows", title_justify="left"
    )
    table.add_column("series")
    for name in ("sum", "mean", "largest", "zeros", "not known"):
        table.add_column(name, justify="right")
    for name, row in made["series"].items():
        table.add_row(name, *figures(row))
    to.print(table)


def figures(row: dict[str, Any]) -> list[str]:
    """Sum, mean, largest value and share of zeros of a series, and its months without a value."""
    if row["mean"] is None:
        return ["–"] * 4 + [f"{row['missing']:,}"]
    shown = [number(row[name]) for name in ("sum", "mean", "largest")]
    return [*shown, f"{row['zeros']:.0%}", f"{row['missing']:,}" if row["missing"] else ""]


def print_spells(to: Console, made: dict[str, Any]) -> None:
    """Ceasefires by class."""
    table = Table(
        title=f"{made['ceasefires']:,} ceasefires, {made['from']} to {made['to']}; "
        f"{made['known_end']:,} of known length",
        title_justify="left",
    )
    for name in ("class", "n", "25 %", "median days", "75 %"):
        table.add_column(name, justify="left" if name == "class" else "right")
    rows = {"all": {"n": made["known_end"], **made["days"]}, **made["by_class"]}
    for name, row in rows.items():
        cells = [number(row[q]) if row[q] is not None else "–" for q in ("q25", "median", "q75")]
        table.add_row(name or "(none)", f"{row['n']:,}", *cells)
    to.print(table)


def print_reading(to: Console, report: Mapping[str, Any]) -> None:
    """The report of one file."""
    plain(to, f"{report['file']}: {report['layout']} ({report['format']})")
    for line in lines_of(report):
        plain(to, f"  {line}")


def plain(to: Console, text: str) -> None:
    """A line that holds words of a user: nothing in it is markup."""
    to.print(text, soft_wrap=True)


def lines_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The report in lines."""
    yield rows_of(report)
    if report["coverage"]:
        days = report["coverage"]
        yield f"covers {days['from']} to {days['to']} (given by {days['by']})"
    for what, counts in report["precision"].items():
        known = ", ".join(f"{word} {n:,}" for word, n in counts.items() if n)
        if known:
            yield f"{what} precision: {known}"
    for what, counts in report["heaps"].items():
        if any(counts.values()):
            held = ", ".join(f"{unit} {n:,.0f}" for unit, n in counts.items())
            yield f"{HEAPS.get(what, what)}: {held}"
    notes = report["notes"]
    yield from notes[:NOTES]
    if len(notes) > NOTES:
        yield f"and {len(notes) - NOTES:,} more notes (--json has all)"


HEAPS = {
    "month": "known only to the month",
    "year": "known only to the year",
    "none": "of no known date",
    "in no month": "not in the monthly table (spans several months)",
}


def rows_of(report: Mapping[str, Any]) -> str:
    """Rows read, used and left out."""
    parts = [f"{report['rows']:,} rows, {report['used']:,} used"]
    parts += [f"{n:,} {reason}" for reason, n in report["skipped"].items()]
    if report["duplicates"]:
        parts.append(f"{report['duplicates']:,} duplicates left out")
    return ", ".join(parts)


def print_agreements(to: Console, figures: Mapping[str, Any]) -> None:
    """Agreements by type."""
    kinds = ", ".join(f"{name or 'no type'} {n:,}" for name, n in figures["by_type"].items())
    span = f"{figures['from']} to {figures['to']}"
    plain(
        to,
        f"{figures['agreements']:,} agreements, {span}: {kinds}; {figures['ended']:,} are known to have ended",
    )


def print_conflicts(to: Console, figures: Mapping[str, Any]) -> None:
    """Conflicts of a list."""
    plain(
        to,
        f"{figures['conflicts']:,} conflicts, {figures['from']} to {figures['to']}: {', '.join(figures['cases'])}",
    )
