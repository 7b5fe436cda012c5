"""Hindcasts: from each month on, the case's violence is refitted to what was known, run ahead, and scored.

See docs/scoring.md for what is refitted, and for the observation model that turns runs into the series scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.tables import Observed
from detente.experiments.evidence import scores
from detente.experiments.evidence.nulls import NULLS, History
from detente.experiments.evidence.origins import Origin, Target, ahead, at_origin, chosen_target, origins
from detente.experiments.evidence.refit import month_of, series_season
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

MODEL, FIXED = "model", "model, scale fixed"
LEADS = (1, 2, 3, 4, 5, 6)
MAX_LEAD = 24


def scored_rows(origin: Origin, target: Target, leads: Sequence[int]) -> list[dict[str, Any]]:
    """One row for each lead and forecast that has an observed value."""
    plain = History(origin.known.monthly, month_of(origin.known), series_season(origin.known))
    rows: list[dict[str, Any]] = []
    months = ahead(origin.day, max(leads))
    for lead in leads:
        month = months[lead - 1]
        if str(month) not in target.values.index:
            continue
        observed = float(target.values.loc[str(month)])
        forecasts = {
            MODEL: origin.forecast(lead, with_spread=True),
            FIXED: origin.forecast(lead, with_spread=False),
            **{null.name: null.forecast(plain, lead) for null in NULLS},
        }
        for name, values in forecasts.items():
            where = {"origin": origin.day, "lead": lead, "month": month, "forecast": name}
            rows.append({**where, "observed": observed, **scored(values, observed)})
    return rows


def scored(values: Values, observed: float) -> dict[str, float]:
    """Scores of one forecast."""
    low, high = scores.interval(values)
    return {
        "mean": float(np.mean(values)),
        "median": float(np.median(values)),
        "low80": low,
        "high80": high,
        "crps": scores.crps(values, observed),
        "interval_score": scores.interval_score(low, high, observed),
        "covered": float(low <= observed <= high),
        "pit": scores.pit(values, observed),
    }


def hindcast(
    scenario: Scenario,
    data: Observed,
    first: date,
    *,
    until: date | None = None,
    leads: Sequence[int] = LEADS,
    runs: int = 400,
    series: str | None = None,
    progress: Progress | None = None,
) -> Hindcast:
    """Score a case against the null models from every month between two dates."""
    import pandas as pd

    target = chosen_target(data, series)
    days = origins(target, first, until)
    rows: list[dict[str, Any]] = []
    fits: list[dict[str, Any]] = []
    for k, day in enumerate(days):
        made = at_origin(scenario, data, target, day, max(leads), runs)
        rows += scored_rows(made, target, leads)
        fits.append(fitted_row(made, leads))
        if progress is not None:
            progress(k + 1, len(days))
    table = pd.DataFrame(rows)
    for column in ("origin", "month"):
        table[column] = pd.to_datetime(table[column])
    return Hindcast(scenario, target, tuple(leads), runs, table, pd.DataFrame(fits))


def fitted_row(origin: Origin, leads: Sequence[int]) -> dict[str, Any]:
    """What was fitted at an origin, for the record."""
    fit = origin.fit
    return {
        "origin": origin.day.isoformat(),
        "events": fit.events,
        "deaths": fit.deaths,
        "dispersion": fit.dispersion,
        "scale": origin.scale,
        "expected": fit.expected,
        **{f"spread_{lead}": origin.spread(lead) for lead in leads},
        "fitted": fit.noted,
    }


@dataclass(frozen=True)
class Hindcast:
    """Scores of every forecast at every origin and lead.

    ``rows`` has origin, lead, month, forecast, observed, mean, median, low80, high80, crps, interval_score, covered,
    pit; months up to the case's pivot are gated, later ones shown.
    """

    scenario: Scenario
    target: Target
    leads: tuple[int, ...]
    runs: int
    rows: pd.DataFrame
    fits: pd.DataFrame

    @cached_property
    def gated(self) -> pd.DataFrame:
        """Rows that are judged: months up to that of the pivot, or all if none lies before it."""
        import pandas as pd

        early = self.rows[self.rows["month"] <= pd.Timestamp(self.scenario.case.pivot)]
        return early if len(early) else self.rows

    @cached_property
    def shown(self) -> pd.DataFrame:
        """Rows after the pivot, which are shown and not judged."""
        return self.rows.drop(self.gated.index)

    def summary(self, rows: pd.DataFrame) -> pd.DataFrame:
        """A row for each forecast: n, mean scores, coverage, mean PIT, and the bias of its mean."""
        grouped: Any = rows.groupby("forecast", sort=False)
        table = grouped[["crps", "interval_score", "covered", "pit"]].mean()
        table.insert(0, "n", grouped.size())
        table["width"] = grouped["high80"].mean() - grouped["low80"].mean()
        table["bias"] = grouped["mean"].sum() / grouped["observed"].sum() - 1.0
        table["pit_outer"] = grouped["pit"].agg(lambda p: float(np.mean((p < 0.1) | (p > 0.9))))
        return table

    def skills(self, rows: pd.DataFrame, mine: str = MODEL) -> pd.DataFrame:
        """Skill of the model over each null model, with the 95 % interval of a block bootstrap over origins."""
        import pandas as pd

        own = rows[rows["forecast"] == mine]
        made: list[dict[str, Any]] = []
        for null in NULLS:
            other = rows[rows["forecast"] == null.name]["crps"].to_numpy()
            values, where = own["crps"].to_numpy(), own["origin"].to_numpy()
            low, high = scores.skill_interval(values, other, where)
            made.append(
                {"null": null.name, "skill": scores.skill(values, other), "low95": low, "high95": high}
            )
        return pd.DataFrame(made).set_index("null")

    def best_null(self, rows: pd.DataFrame) -> str:
        """The null model with the least mean CRPS."""
        table: Any = self.summary(rows)
        return min((null.name for null in NULLS), key=lambda name: float(table.loc[name, "crps"]))

    def plot(self) -> Any:
        """A Plotly figure: fans at three leads, scores by lead, calibration, skill."""
        from detente.experiments.evidence.verdict import about, verdict
        from detente.experiments.views import draw

        return draw(
            "score", self.rows, self.skills(self.gated), about={**about(self), "verdict": verdict(self)}
        )

    def save(self, path: Any) -> Any:
        """Write the rows as Parquet."""
        from detente.experiments.evidence.verdict import about
        from detente.experiments.files import check_target, write_table

        target = check_target(path, ".parquet", "--out")
        write_table(self.rows, target, about(self))
        return target
