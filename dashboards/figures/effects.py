"""What figures of effects share: headings of outcomes, shares in percentage points, intervals as error bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from detente.experiments.runs.outcomes import OUTCOMES

SHARE, POINTS = "0 or 1", "percentage points"

HEADS = {outcome.name: outcome.heading for outcome in OUTCOMES}
"""Headings of outcomes."""


def in_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares in percentage points, everything else as it is."""
    factor = 100.0 if len(rows) and (rows["unit"] == SHARE).all() else 1.0
    return rows.assign(**{key: rows[key] * factor for key in ("mean", "low95", "high95")})


def unit_words(rows: pd.DataFrame, own: Mapping[str, str]) -> str:
    """The unit of effects as an axis names it; ``own`` are the figure's words for other units."""
    unit = str(rows["unit"].iloc[0])
    return POINTS if unit == SHARE else own.get(unit, unit)


def whiskers(rows: pd.DataFrame, middle: str = "mean", **look: Any) -> dict[str, Any]:
    """The 95 % intervals of some rows as Plotly's error bars; ``look`` is their colour, thickness and width."""
    above, below = rows["high95"] - rows[middle], rows[middle] - rows["low95"]
    return {"type": "data", "array": above, "arrayminus": below, **look}
