"""What a file of observed data holds once it is read: daily counts, monthly counts, or spells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

EVENTS, DEATHS = "events", "deaths"
TOTALS = ("deaths_all", "deaths", "deaths_state_based")
"""Columns of a monthly table that can be scored, those preferred first."""


@dataclass(frozen=True)
class Observed:
    """Observed data of one or more files.

    ``daily`` has one row a day (index: dates) with ``events``, ``deaths`` and any others [1/day]; ``monthly`` one row a
    month (index: first days) [1/month]; ``spells`` one row a ceasefire.  Each is None where no file has it.
    """

    kinds: tuple[str, ...]
    paths: tuple[Path, ...]
    daily: pd.DataFrame | None = None
    monthly: pd.DataFrame | None = None
    spells: pd.DataFrame | None = None

    def total(self) -> str | None:
        """The monthly column that holds deaths in all, if there is one."""
        names = () if self.monthly is None else tuple(self.monthly.columns)
        return next((name for name in TOTALS if name in names), None)
