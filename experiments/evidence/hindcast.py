"""Hindcasts: from each month on, the case's violence is refitted to what was known, run ahead, and scored.

See docs/scoring.md for what is refitted, and for the observation model that turns runs into the series scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.tables import Observed
from detente.experiments.evidence import scores
from detente.experiments.evidence.nulls import NULLS, History, fitted_size, past_errors, seasonal_level
from detente.experiments.evidence.refit import (
    Known,
    Refit,
    at_day,
    month_of,
    opened_at,
    refit,
    series_season,
    total_deaths,
    total_rate,
)
from detente.experiments.watch import next_month
from detente.model.errors import InputError, wrong
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

MODEL, FIXED = "model", "model, scale fixed"
LEADS = (1, 2, 3, 4, 5, 6)
LEAST_MONTHS = 36
"""Months that must be known before an origin: a year for the level, and two for its past errors."""

MAX_LEAD = 24
DAYS_IN_MONTH = 365.2425 / 12


@dataclass(frozen=True)
class Target:
    """The monthly series scored: its name, values by month, and whether it counts deaths (else attacks)."""

    name: str
    values: pd.Series[Any]
    deaths: bool


def chosen_target(data: Observed, series: str | None) -> Target:
    """The series asked for, or deaths in all; sums of the days where no file has months."""
    monthly = data.monthly
    if monthly is None:
        if data.daily is None:
            raise InputError("--data: the files hold neither days nor months; expected one that does")
        whole: Any = data.daily.resample("MS").sum()
        ends = data.daily.index[-1].is_month_end
        monthly = whole if ends else whole.iloc[:-1]
        monthly = monthly if data.daily.index[0].day == 1 else monthly.iloc[1:]
    names = [str(name) for name in monthly.columns]
    total = data.total() or ("deaths" if "deaths" in names else None)
    name = series or total
    if name is None:
        raise InputError(f"--series: the files have {', '.join(names)}; choose one")
    if name not in names:
        raise wrong("--series", name, f"one of {', '.join(names)}")
    values: Any = monthly[name]
    if values.empty:
        raise InputError(f"--data: {name!r} covers no calendar month whole; expected {LEAST_MONTHS} and more")
    return Target(name, values, "deaths" in name)


def known_before(data: Observed, target: Target, origin: date) -> Known:
    """What the files say of the time before a day."""
    import pandas as pd

    day = pd.Timestamp(origin)
    daily = None if data.daily is None else data.daily[data.daily.index < day]
    if daily is not None and (
        "events" not in daily.columns or "deaths" not in daily.columns or len(daily) < 365
    ):
        daily = None
    past = target.values[target.values.index < day]
    return Known(origin, daily, past.to_numpy(dtype=float), past.index.to_numpy().astype("datetime64[D]"))


def origins(target: Target, first: date, last: date | None) -> list[date]:
    """First days of the months from one date to another that the series covers."""
    start: date = target.values.index[0].date()
    end: date = target.values.index[-1].date()
    low = first if first.day == 1 else next_month(first)
    found: list[date] = []
    while low <= min(end, last or end):
        found.append(low)
        low = next_month(low)
    known = [day for day in found if months_between(start, day) >= LEAST_MONTHS]
    if not known:
        raise InputError(
            f"--from: got {first}; {target.name!r} runs from {start:%Y-%m} to {end:%Y-%m}, and a first origin needs "
            f"{LEAST_MONTHS} months before it and a month to score"
        )
    return known


def months_between(first: date, second: date) -> int:
    """Months from one first day of a month to another."""
    return 12 * (second.year - first.year) + second.month - first.month


def ahead(origin: date, leads: int) -> list[date]:
    """First days of the months from an origin on, and of the one after them."""
    days = [origin]
    for _ in range(leads):
        days.append(next_month(days[-1]))
    return days


@dataclass(frozen=True)
class Origin:
    """One origin: what was known, what was fitted, and counts of the runs ahead, shape (runs, leads)."""

    day: date
    known: Known
    fit: Refit
    raw: Values
    scale: float

    def own_history(self) -> History:
        """The series before the origin, with the model's season."""
        return History(self.known.monthly, month_of(self.known), self.fit.season)

    def spread(self, lead: int) -> float:
        """Relative variance of the monthly scale at a lead.

        What past errors at this lead show beyond the runs' own variance; 0 where the runs vary as much already.
        """
        size = fitted_size(*past_errors(seasonal_level, self.own_history(), lead))
        raw = self.runs_of(lead)
        own = float(np.var(raw)) / max(float(np.mean(raw)) ** 2, 1e-12)
        return max((1.0 + 1.0 / size) / (1.0 + own) - 1.0, 0.0)

    def runs_of(self, lead: int) -> Values:
        """Counts of the month of a lead in runs that reached its end."""
        raw = self.raw[:, lead - 1]
        return raw[np.isfinite(raw)]

    def forecast(self, lead: int, *, with_spread: bool) -> Values:
        """Equally likely values of the series: counts times the monthly scale."""
        values = self.runs_of(lead) * self.scale
        spread = self.spread(lead) if with_spread else 0.0
        if spread <= 0.0:
            return values
        sigma = float(np.sqrt(np.log1p(spread)))
        rng = np.random.default_rng([self.day.toordinal(), lead])
        return values * np.exp(sigma * rng.standard_normal(len(values)) - sigma**2 / 2)


def at_origin(scenario: Scenario, data: Observed, target: Target, day: date, leads: int, runs: int) -> Origin:
    """Refit a case to what was known on a day, and run it ahead."""
    from detente.experiments.ensemble import run_together

    known = known_before(data, target, day)
    fit = refit(scenario, known)
    end = ahead(day, leads)[-1] - timedelta(days=1)
    start = opened_at(scenario, fit, day, end)
    (made,) = run_together([start], tuple(range(1, runs + 1)), every=30)
    counts = made.monthly_counts.astype(float)
    raw = counts[:, :, 0] if target.deaths else counts[:, :, 1] + counts[:, :, 2]
    shifted = at_day(scenario, fit, day, end)
    usual = total_deaths(shifted) if target.deaths else total_rate(shifted)
    return Origin(day, known, fit, raw, fit.expected / max(DAYS_IN_MONTH * usual, 1e-9))


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
