"""Tables in Markdown."""

from collections.abc import Iterable
from typing import Any

Row = Iterable[Any]


def table(head: Row, rows: Iterable[Row]) -> str:
    """A table in Markdown."""
    cells = [str(h) for h in head]
    lines = [f"| {' | '.join(cells)} |", "|" + "---|" * len(cells)]
    lines += [f"| {' | '.join(str(c).replace('|', '/') for c in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def number(value: float) -> str:
    """A number, short; fractions of a day as such."""
    if 0 < abs(value) < 0.1 and abs(1 / value - round(1 / value)) < 1e-6 and round(1 / value) > 10:
        return f"1/{round(1 / value):,}"
    return f"{value:g}"


def span(low: float | None, high: float | None) -> str:
    """A declared range."""
    if low is None and high is None:
        return ""
    if high is None:
        return f"at least {low:g}"
    return f"at most {high:g}" if low is None else f"{low:g} to {high:g}"
