"""UCDP's Georeferenced Event Dataset, the csv file as Uppsala publishes it (Sundberg & Melander 2013).

Days are fitted on *place-precise* events only: those whose place and day UCDP knows exactly (``where_prec`` and
``date_prec`` of 1).  The rest, reported for a district or a month, are counted in the monthly totals and nowhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.cells import dates, missing_column, numbers, read_strings, refuse
from detente.experiments.data.observations import Observed
from detente.model.errors import InputError, nearest

if TYPE_CHECKING:
    import pandas as pd

NEEDED = ("date_start", "date_end", "best", "type_of_violence", "country", "where_prec", "date_prec")
OPTIONAL = ("dyad_name",)
STATE_BASED = 1
EXACT = 1
"""UCDP's code for a place, or a day, that is known exactly."""


def read_ged(path: Path, country: str | None = None) -> Observed:
    """Daily place-precise counts and monthly totals of one country's events.

    ``country`` may be left out where the file has one only.  Deaths are UCDP's best estimates; an event that lasts over
    the end of a month counts in the month it began.
    """
    table = read_strings(path, (*NEEDED, *OPTIONAL))
    for name in NEEDED:
        if name not in table.columns:
            raise missing_column(path, name, list(table.columns))
    events = checked_events(path, table)
    chosen = events[events["country"] == one_country(path, events, country)].reset_index(drop=True)
    return Observed(("UCDP GED",), (path,), daily=daily_counts(chosen), monthly=monthly_totals(chosen))


def checked_events(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Events with dates and numbers in place of text."""
    import pandas as pd

    made = pd.DataFrame(
        {
            "start": dates(path, table, "date_start"),
            "end": dates(path, table, "date_end"),
            "best": numbers(path, table, "best"),
            "country": table["country"],
            "dyad": table["dyad_name"] if "dyad_name" in table.columns else "",
        }
    )
    for name, codes in (("type_of_violence", 3), ("where_prec", 7), ("date_prec", 5)):
        values = numbers(path, table, name, least=1)
        refuse(path, table, name, values > codes, f"a code from 1 to {codes}")
        made[name] = values
    refuse(path, table, "date_end", (made["end"] < made["start"]).to_numpy(), "a day not before date_start")
    return made


def one_country(path: Path, events: pd.DataFrame, country: str | None) -> str:
    """The country asked for, or the only one there is."""
    known = sorted(events["country"].unique())
    if country is None and len(known) == 1:
        return str(known[0])
    if country is None:
        shown = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
        raise InputError(f"{path}: holds {len(known)} countries ({shown}); choose one with --country")
    if country not in known:
        raise InputError(f"--country: {path} has no events in {country!r}{nearest(country, known)}")
    return country


def daily_counts(events: pd.DataFrame) -> pd.DataFrame:
    """Place-precise events and deaths a day, over the whole months from the first event to the last."""
    import pandas as pd

    precise = events[(events["where_prec"] == EXACT) & (events["date_prec"] == EXACT)]
    days = pd.date_range(events["start"].min().to_period("M").start_time, last_day(events), freq="D")
    grouped: Any = precise.groupby("start")["best"]
    made = pd.DataFrame({"events": grouped.size(), "deaths": grouped.sum()}, index=days)
    return made.fillna(0.0)


def last_day(events: pd.DataFrame) -> pd.Timestamp:
    """The end of the month of the last event."""
    return events["start"].max().to_period("M").end_time.normalize()


def monthly_totals(events: pd.DataFrame) -> pd.DataFrame:
    """Deaths a month in state-based and in all organised violence, however vague the place."""
    import pandas as pd

    month = events["start"].dt.to_period("M").dt.to_timestamp()
    every = pd.date_range(month.min(), month.max(), freq="MS")
    state = np.where(events["type_of_violence"] == STATE_BASED, events["best"], 0.0)
    table = pd.DataFrame({"deaths_state_based": state, "deaths_all": events["best"]}).groupby(month).sum()
    return table.reindex(every, fill_value=0.0)
