"""The months of 2018 in the Afghan case: what was observed beside runs, and what the difference is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from detente.experiments.data.layouts import read_data
from detente.experiments.runs.ensemble import Ensemble, ensemble
from detente.experiments.runs.observed import observed_table
from detente.experiments.runs.recorded_series import COUNT_NAMES
from refreshing.pages import shared

CASE = "afghanistan-2018"
DAYS, MONTHS = "afghanistan_daily_2006_2018.csv", "afghanistan_monthly_2006_2018.csv"
HALVES = {
    "January to June 2018": ("2018-01-01", "2018-06-30"),
    "July to December 2018": ("2018-07-01", "2018-12-31"),
}
BANDS = {50: "middle half", 80: "middle 80 %", 95: "middle 95 %"}
"""Share of runs [%] -> what it is called."""


@dataclass(frozen=True)
class Course:
    """Months of 2018: observed deaths and events, and those of runs.

    ``months`` has a row a month with ``observed``, ``low50`` ... ``high95``; ``parts`` a row for each half of the year
    with the ratios of observed to modelled deaths, events, deaths per event and scale.
    """

    months: pd.DataFrame
    parts: pd.DataFrame
    runs: int

    def above(self, share: int, half: str) -> int:
        """Months of a half that lie above the middle share of the runs."""
        first, last = HALVES[half]
        rows = self.months.loc[first:last]
        return int((rows["observed"] > rows[f"high{share}"]).sum())

    def outside(self, share: int) -> int:
        """Months of the year that lie outside the middle share of the runs."""
        rows = self.months
        return int(
            ((rows["observed"] > rows[f"high{share}"]) | (rows["observed"] < rows[f"low{share}"])).sum()
        )


def course(runs: int = 500, profile: str | None = None) -> Course:
    """The months of 2018 beside runs of history."""
    made = ensemble(CASE, "history", runs, profile=profile)
    seen = observed_table(made.start.scenario)
    deaths: Any = seen[seen["series"] == "deaths"].set_index("date")["value"].loc["2018-01-01":"2018-12-31"]
    counts: Any = monthly(made, "deaths").loc["2018-01-01":"2018-12-31"]
    months = pd.DataFrame({"observed": deaths})
    for share in BANDS:
        ends = (0.5 - share / 200, 0.5 + share / 200)
        months[f"low{share}"], months[f"high{share}"] = (counts.quantile(end, axis=1) for end in ends)
    return Course(months, ratios(made, deaths, counts), len(made.seeds))


def monthly(made: Ensemble, *series: str) -> pd.DataFrame:
    """Counts a month summed over series: a row a month, a column a run."""
    names = list(COUNT_NAMES.values())
    counts = sum(made.monthly_counts[:, :, names.index(name)].T for name in series)
    return pd.DataFrame(counts, index=pd.to_datetime(list(made.watch.months)))


def ratios(made: Ensemble, deaths: Any, counts: Any) -> pd.DataFrame:
    """Observed over modelled, half by half: deaths = events x deaths per event x scale."""
    daily: Any = read_data(shared(DAYS)).daily
    attacks: Any = monthly(made, "attacks", "spoiler attacks")
    scale = made.start.scenario.case.deaths_scale
    rows: list[dict[str, Any]] = []
    for first, last in HALVES.values():
        placed, all_of_them = daily.loc[first:last].sum(), float(deaths.loc[first:last].sum())
        model_events = float(attacks.loc[first:last].mean(axis=1).sum())
        model_deaths = float(counts.loc[first:last].mean(axis=1).sum())
        events, severity = float(placed["events"]), float(placed["deaths"] / placed["events"])
        ratio = {
            "events": events / model_events,
            "severity": severity / (model_deaths / scale / model_events),
        }
        ratio["scale"] = all_of_them / float(placed["deaths"]) / scale
        rows.append({"deaths": all_of_them / model_deaths, **ratio})
    made_of = pd.DataFrame(rows, index=list(HALVES))
    assert np.allclose(made_of["deaths"], made_of[["events", "severity", "scale"]].prod(axis=1))
    return made_of
