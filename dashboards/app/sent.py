"""What a browser sends to a callback, checked before it is used; and what a callback sends back, as plain values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from detente.model.errors import InputError, wrong

LONGEST = 500
"""Characters of a text that a page sends."""


def checked_text(where: str, value: Any, most: int = LONGEST) -> str:
    """A text of sensible length; raises ``InputError`` for anything else."""
    if not isinstance(value, str) or len(value) > most:
        raise wrong(f"request: {where}", value, "a text")
    return value


def checked_texts(where: str, values: Any) -> tuple[str, ...]:
    """Several texts, none of them where nothing is sent."""
    if not isinstance(values or [], list):
        raise wrong(f"request: {where}", values, "a list of texts")
    return tuple(checked_text(where, value) for value in values or [])


def checked_value(where: str, value: Any) -> float:
    """A number; raises ``InputError`` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise wrong(f"request: {where}", value, "a number")
    return float(value)


def checked_values(where: str, values: Any, n: int) -> list[float | None]:
    """So many numbers, each of which may be missing."""
    if not isinstance(values, list) or len(values) != n:
        raise InputError(f"request: {where}: expected a list of {n} numbers")
    return [None if value is None else checked_value(where, value) for value in values]


def checked_count(value: Any) -> int:
    """How often something has happened, 0 where it never has."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def plain(figure: Any) -> dict[str, Any]:
    """A figure of Plotly as plain values, which cost little to keep and to send."""
    return json.loads(figure.to_json())


def same(sent: Any, wanted: Sequence[Any]) -> bool:
    """Whether what a page has sent back is what it was given."""
    return sent == json.loads(json.dumps(wanted))
