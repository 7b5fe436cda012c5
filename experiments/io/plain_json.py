"""Results as JSON: one object of plain values."""

from __future__ import annotations

from typing import Any


def as_json(value: Any) -> str:
    """One JSON object; what is not a number is null, as JSON has no such thing."""
    import json

    return json.dumps(without_nan(value), indent=2, ensure_ascii=False, allow_nan=False)


def without_nan(value: Any) -> Any:
    """A value with None for every float that is not finite."""
    if isinstance(value, dict):
        return {str(k): without_nan(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(v) for v in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value
