"""Fan charts: quantile bands over the runs of an ensemble, date by date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.intervals import bands
from detente.experiments.runs.provenance import kills
from detente.experiments.runs.recorded_series import COUNT_NAMES, Watch
from detente.model.opening import Opening

if TYPE_CHECKING:
    import pandas as pd


Values = np.ndarray[Any, Any]


def fan_of(start: Opening, watch: Watch, monthly_counts: Values, levels: Values) -> pd.DataFrame:
    """Quantiles over runs: policy, series, date, low95 ... high95, n (runs still going).

    Series: deaths a month (provocations where nobody is killed), and levels of trust and readiness.  The arrays have
    shapes (runs, months, counts) and (runs, dates, series), as ``watch`` names them.
    """
    import pandas as pd

    what = violence_counted(start)
    place = 0 if what == "deaths" else list(COUNT_NAMES.values()).index("attacks")
    parts = [fan_table(f"{what} a month", watch.months, monthly_counts[:, :, place])]
    for k, name in enumerate(watch.names[len(COUNT_NAMES) :], start=len(COUNT_NAMES)):
        parts.append(fan_table(name, watch.dates, levels[:, :, k]))
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "policy", start.policy.name)
    return table


def fan_table(series: str, dates: Sequence[date], values: Values) -> pd.DataFrame:
    """Bands of one series as a table."""
    import pandas as pd

    table = pd.DataFrame(bands(values))
    table.insert(0, "date", as_dates(dates))
    table.insert(0, "series", series)
    return table


def violence_counted(start: Opening) -> str:
    """What the violence of a case is counted in: deaths, or provocations where attacks kill nobody."""
    return "deaths" if kills(start) else "provocations"


def as_dates(dates: Sequence[date]) -> Values:
    """Dates as numpy holds them, in pandas' own unit, so that they compare with text in a query."""
    return np.array(dates, dtype="datetime64[us]")
