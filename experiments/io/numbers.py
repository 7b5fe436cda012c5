"""Numbers as people read them in sentences and figures."""

from __future__ import annotations


def signed(value: float, digits: int) -> str:
    """A difference with its sign, a real minus, and no sign where it rounds to nought."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else "0"
