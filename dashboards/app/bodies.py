"""Bodies of requests: JSON from anybody, read whole or refused in a sentence."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from detente.model.errors import InputError

MOST_BYTES = 1_000_000
"""Bytes that a body may have."""

MOST_DEEP = 40
"""Levels of objects and lists inside each other that a body may have."""

MOST_DIGITS = 400
"""Characters of the longest number: a double needs 25."""


def read_json(data: bytes) -> Any:
    """The JSON of a body; raises ``InputError`` for anything else, and for what no page of ours sends."""
    try:
        body = json.loads(data.decode(), parse_int=whole_number, parse_constant=no_number)
        checked(body, MOST_DEEP)
    except (ValueError, RecursionError):
        raise InputError("request: is not JSON that can be read; expected one JSON object in UTF-8") from None
    return body


def whole_number(text: str) -> int:
    """A whole number of a length that makes sense."""
    if len(text) > MOST_DIGITS:
        raise InputError(f"request: a number has {len(text)} digits; expected at most {MOST_DIGITS}")
    return int(text)


def no_number(text: str) -> NoReturn:
    """NaN and the infinities, which JSON does not have."""
    raise InputError(f"request: {text} is not a number of JSON")


def checked(value: Any, levels: int) -> None:
    """Raise ``InputError`` for too many levels, and ``ValueError`` for text that is none (half a surrogate pair)."""
    if levels == 0:
        raise InputError(f"request: has more than {MOST_DEEP} levels of objects and lists")
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, float) and abs(value) == float("inf"):
        raise InputError("request: a number is beyond those of double precision")
    elif isinstance(value, list):
        for part in value:
            checked(part, levels - 1)
    elif isinstance(value, dict):
        for key, part in value.items():
            key.encode()
            checked(part, levels - 1)
