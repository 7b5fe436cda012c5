"""How files of observed data were read, in words: rows, what was left out and why, dates, heaps, days covered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

NOTES = 8
"""Notes of one file that are printed; ``--json`` has all of them."""


def print_reading(to: Console, report: Mapping[str, Any]) -> None:
    """The report of one file."""
    plain(to, f"{report['file']}: {report['layout']} ({report['format']})")
    for line in lines_of(report):
        plain(to, f"  {line}")


def plain(to: Console, text: str) -> None:
    """A line that holds words of a user: nothing in it is markup."""
    to.print(text, markup=False, highlight=False, soft_wrap=True)


def lines_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The report in lines."""
    yield rows_of(report)
    if report["coverage"]:
        days = report["coverage"]
        yield f"covers {days['from']} to {days['to']} (given by {days['by']})"
    for what, counts in report["precision"].items():
        known = ", ".join(f"{word} {n:,}" for word, n in counts.items() if n)
        if known:
            yield f"{what} known to: {known}"
    for what, counts in report["heaps"].items():
        if any(counts.values()):
            held = ", ".join(f"{unit} {n:,.0f}" for unit, n in counts.items())
            yield f"heap, {HEAPS.get(what, what)}: {held}"
    notes = report["notes"]
    yield from notes[:NOTES]
    if len(notes) > NOTES:
        yield f"and {len(notes) - NOTES:,} more notes (--json has all)"


HEAPS = {
    "month": "known to the month only",
    "year": "known to the year only",
    "none": "of no known date",
    "in no month": "left out of the months, for it may lie in several",
}


def rows_of(report: Mapping[str, Any]) -> str:
    """Rows read, used and left out."""
    parts = [f"{report['rows']:,} rows, {report['used']:,} used"]
    parts += [f"{n:,} {reason}" for reason, n in report["skipped"].items()]
    if report["duplicates"]:
        parts.append(f"{report['duplicates']:,} say again what another says and count once")
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
