"""What files of observed data hold once they are read: daily counts, monthly counts, ceasefires, agreements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.data.report import Report
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

EVENTS, DEATHS = "events", "deaths"
TOTALS = ("deaths_all", "deaths", "deaths_state_based")
"""Columns of a monthly table that can be scored, those preferred first."""

TABLES = ("daily", "monthly", "spells", "agreements", "conflicts")
"""Tables that observed data may have."""


@dataclass(frozen=True)
class Observed:
    """Observed data of one or more files, with a report of how each was read.

    ``daily`` has one row a day (index: dates) with ``events``, ``deaths`` and any others [1/day]; ``monthly`` one row a
    month (index: first days) [1/month], NaN where a file says nothing; ``spells`` one row a ceasefire; ``agreements``
    one row a peace agreement; ``conflicts`` one row a conflict.  Each is None where no file has it.
    """

    kinds: tuple[str, ...]
    paths: tuple[Path, ...]
    daily: pd.DataFrame | None = None
    monthly: pd.DataFrame | None = None
    spells: pd.DataFrame | None = None
    agreements: pd.DataFrame | None = None
    conflicts: pd.DataFrame | None = None
    reports: tuple[Report, ...] = ()

    def total(self) -> str | None:
        """The monthly column that holds deaths in all, if there is one."""
        names = () if self.monthly is None else tuple(self.monthly.columns)
        return next((name for name in TOTALS if name in names), None)


def known_months(values: pd.Series[Any], name: str) -> pd.Series[Any]:
    """A monthly series from its first known month to its last; raises ``InputError`` for a hole between them.

    A month that nobody counted is not a month of none, so nothing can be scored across it.
    """
    first: Any = values.first_valid_index()
    last: Any = values.last_valid_index()
    if first is None:
        raise InputError(f"--series: {name!r} has no value in any month; expected a series with some")
    known: Any = values.loc[first:last]
    if known.isna().any():
        hole = known.index[known.isna().to_numpy().argmax()]
        raise InputError(
            f"--series: {name!r} has no value for {hole:%Y-%m}; expected one for every month from {first:%Y-%m} to "
            f"{last:%Y-%m} (write 0 only where nothing happened)"
        )
    return known
