"""Names of columns, which releases write with and without capitals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def column_of(names: Sequence[str], wanted: Iterable[str]) -> str | None:
    """The first of the wanted columns that is there, as the file writes it."""
    known = {name.lower(): name for name in reversed(names)}
    return next((known[name.lower()] for name in wanted if name.lower() in known), None)


def has(names: Sequence[str], *wanted: str) -> bool:
    """Whether all these columns are there."""
    return all(column_of(names, (name,)) is not None for name in wanted)
