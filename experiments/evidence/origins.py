"""Origins of a hindcast: what was known on the first day of a month, what was refitted to it, and the runs ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.data.observations import Observed, known_months
from detente.experiments.evidence.nulls import History, fitted_size, past_errors, seasonal_level
from detente.experiments.evidence.refit import (
    Known,
    Refit,
    at_day,
    month_of,
    opened_at,
    refit,
    total_deaths,
    total_rate,
)
from detente.experiments.runs.recorded_series import next_month
from detente.model.errors import InputError, wrong
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

LEAST_MONTHS = 36
"""Months that must be known before an origin: a year for the level, and two for its past errors."""

LEAST_DAYS = 365
"""Days that must be known before an origin for a refit to days."""

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
    return Target(name, known_months(values, name), "deaths" in name)


def known_before(data: Observed, target: Target, origin: date) -> Known:
    """What the files say of the time before a day."""
    import pandas as pd

    day = pd.Timestamp(origin)
    daily = None if data.daily is None else data.daily[data.daily.index < day]
    why = "" if daily is None else unusable(daily)
    past = target.values[target.values.index < day]
    values, months = past.to_numpy(dtype=float), past.index.to_numpy().astype("datetime64[D]")
    if daily is None:
        return Known(origin, None, values, months)
    return Known(origin, None, values, months, why) if why else Known(origin, daily, values, months)


def unusable(daily: pd.DataFrame) -> str:
    """Why daily counts cannot be refitted to; empty if they can."""
    missing = missing_columns(daily)
    if missing:
        return f"the days have no column {' and '.join(missing)}"
    return "" if len(daily) >= LEAST_DAYS else f"fewer than {LEAST_DAYS} days before the origin"


def missing_columns(daily: pd.DataFrame) -> list[str]:
    """Columns that a refit to days needs and that are not there."""
    return [name for name in ("events", "deaths") if name not in daily.columns]


def check_scorable(scenario: Scenario, target: Target) -> None:
    """Refuse a case whose runs cannot hold what is scored: deaths where its attacks kill nobody, or no attacks."""
    usual, what = (total_deaths, "deaths") if target.deaths else (total_rate, "attacks")
    if not usual(scenario) > 0:
        raise InputError(
            f"{scenario.case.name}: has no {what} at its base rates, so it cannot be scored on {target.name!r}; "
            f"expected a case with {what}, or another --series"
        )


def check_fresh(data: Observed, days: Sequence[date]) -> None:
    """Refuse daily counts that end before an origin: the last year of such a file is not the year before the origin."""
    if data.daily is None or data.daily.empty or missing_columns(data.daily):
        return  # nothing is refitted to such days
    last: date = data.daily.index[-1].date()
    if last >= days[-1] - timedelta(days=1):
        return
    fresh = [day for day in days if day <= last + timedelta(days=1)]
    until = f"end with --until {fresh[-1]}, " if fresh else ""
    raise InputError(
        f"--data: the daily counts end on {last}, before the forecast origin {days[-1]}; give days up to the last "
        f"origin, {until}or leave the daily file out (months alone are enough)"
    )


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
        """Equally likely values of the series: Poisson counts around those of the runs times the monthly scale.

        A count that is scaled has lost its own noise (or has it blown up); drawing a count around it restores it.
        """
        means = self.runs_of(lead) * self.scale
        spread = self.spread(lead) if with_spread else 0.0
        if spread > 0.0:
            sigma = float(np.sqrt(np.log1p(spread)))
            luck = np.random.default_rng([self.day.toordinal(), lead]).standard_normal(len(means))
            means = means * np.exp(sigma * luck - sigma**2 / 2)
        return np.random.default_rng([self.day.toordinal(), lead, 1]).poisson(means).astype(float)


def at_origin(scenario: Scenario, data: Observed, target: Target, day: date, leads: int, runs: int) -> Origin:
    """Refit a case to what was known on a day, and run it ahead."""
    from detente.experiments.runs.ensemble import run_together

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
