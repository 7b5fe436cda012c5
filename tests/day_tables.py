"""Days of some dyads and their ceasefires, as tests of the estimators of drawn wars write them down."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from detente.experiments.evidence.day_table import DayTable
from detente.experiments.evidence.truce_windows import TRUCE_COLUMNS

Rate = Callable[[Any], Any]


def days_of(
    *rates: Rate,
    length: int = 1500,
    last: int | Sequence[int] | None = None,
    group: Sequence[int] | None = None,
) -> DayTable:
    """A dyad for each function from days to daily events, two deaths an event."""
    events = np.stack([np.asarray(rate(np.arange(length)), dtype=float) for rate in rates])
    n = len(rates)
    seen = np.full(n, length - 1) if last is None else np.full(n, last)
    groups = np.arange(n) if group is None else np.array(group)
    return DayTable(date(2030, 1, 1), events, 2.0 * events, seen, np.arange(n), groups)


def truces(*rows: tuple[int, int, float, str]) -> pd.DataFrame:
    """Ceasefires by dyad, start, end and how they ended."""
    full = [(dyad, start, end, "cessation", False, False, ended) for dyad, start, end, ended in rows]
    return pd.DataFrame(full, columns=list(TRUCE_COLUMNS))


def steps(*parts: tuple[int, float]) -> Rate:
    """Daily events by the day from which each holds; none before the first."""
    starts = np.array([start for start, _ in parts])
    levels = np.array([0.0, *(level for _, level in parts)])
    return lambda day: levels[np.searchsorted(starts, day, side="right")]
