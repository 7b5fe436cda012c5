"""The observed series of a case, as a table to draw beside runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


def observed_table(scenario: Scenario) -> pd.DataFrame:
    """Observed months: date (the first of the month), series, value, unit, source; empty where a case has none."""
    import pandas as pd

    rows = [
        (f"{month}-01", series.name, float(value), series.unit, series.source)
        for series in scenario.observed
        for month, value in sorted(series.monthly.items())
    ]
    table = pd.DataFrame(rows, columns=["date", "series", "value", "unit", "source"])
    table["date"] = pd.to_datetime(table["date"])
    return table
