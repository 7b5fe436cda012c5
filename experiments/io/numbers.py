"""Numbers as people read them in sentences and figures."""

from __future__ import annotations

SHARE = "0 or 1"
"""The unit of an outcome that a run has or has not; its mean is a share of the runs, told in points."""

UNIT_WORDS = {SHARE: "points", "1": "0 to 1"}


def unit_words(unit: str) -> str:
    """A unit at the head of a column."""
    return UNIT_WORDS.get(unit, unit)


def scale_of(unit: str) -> float:
    """What a mean is multiplied by where it is told: shares are told in points."""
    return 100.0 if unit == SHARE else 1.0


FINE, COARSE = (100.0, 10.0), (10.0, 1.0)
"""Sizes from which a difference is told without decimals, and with one; smaller ones have two."""


def difference(value: float, unit: str, sizes: tuple[float, float] = FINE) -> str:
    """A difference with its sign, shares in points; a dash where there is none."""
    scaled = scale_of(unit) * value
    if scaled != scaled:
        return "–"
    whole, one = sizes
    return signed(scaled, 0 if abs(scaled) >= whole else (1 if abs(scaled) >= one else 2))


def signed(value: float, digits: int) -> str:
    """A difference with its sign, a real minus, and no sign where it rounds to nought."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else "0"
