"""Hindcasts: from each month on, the case's violence is refitted to what was known, run ahead, and scored.

See docs/scoring.md for what is refitted, and for the observation model that turns runs into the series scored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.experiments.data.layouts import read_data
from detente.experiments.data.observations import Observed
from detente.experiments.data.selection import observed_day
from detente.experiments.evidence import scores
from detente.experiments.evidence.hindcast_result import FIXED, MODEL, Hindcast
from detente.experiments.evidence.nulls import NULLS, History, NullModel
from detente.experiments.evidence.origins import (
    Origin,
    Target,
    ahead,
    at_origin,
    check_fresh,
    check_scorable,
    chosen_target,
    known_before,
    origins,
)
from detente.experiments.evidence.refit import Known, event_season, month_of, series_season
from detente.experiments.runs.inputs import checked_runs, whole_number
from detente.model.errors import wrong
from detente.model.request import CaseLike, scenario_of, under_profile
from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

LEADS = (1, 2, 3, 4, 5, 6)
MAX_LEAD = 24


def null_models(known: Known) -> tuple[NullModel, ...]:
    """The null models that can be scored with what is known: the season of events needs two years of days."""
    return tuple(null for null in NULLS if not null.needs_events or event_season(known) is not None)


def scored_rows(
    origin: Origin, target: Target, leads: Sequence[int], nulls: Sequence[NullModel] = NULLS
) -> list[dict[str, Any]]:
    """One row for each lead and forecast that has an observed value."""
    known = origin.known
    plain = History(known.monthly, month_of(known), series_season(known), event_season(known))
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
            **{null.name: null.forecast(plain, lead) for null in nulls},
        }
        for name, values in forecasts.items():
            where = {"origin": origin.day, "lead": lead, "month": month, "forecast": name}
            rows.append({**where, "observed": observed, **scored(values, observed)})
    return rows


def scored(values: Values, observed: float) -> dict[str, float]:
    """Scores of one forecast."""
    found = scores.summary(values, observed)
    covered = float(found["low80"] <= observed <= found["high80"])
    return {**found, "covered": covered, "pit": scores.pit(values, observed)}


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
    check_scorable(scenario, target)
    days = origins(target, first, until)
    check_fresh(data, days)
    nulls = null_models(known_before(data, target, days[0]))
    rows: list[dict[str, Any]] = []
    fits: list[dict[str, Any]] = []
    for k, day in enumerate(days):
        made = at_origin(scenario, data, target, day, max(leads), runs)
        rows += scored_rows(made, target, leads, nulls)
        fits.append(fitted_row(made, leads))
        if progress is not None:
            progress(k + 1, len(days))
    table = pd.DataFrame(rows)
    for column in ("origin", "month"):
        table[column] = pd.to_datetime(table[column])
    return Hindcast(scenario, target, tuple(leads), runs, table, pd.DataFrame(fits))


def score(
    case: CaseLike,
    data: str | Path | Sequence[str | Path] | Observed,
    start: date | str,
    *,
    until: date | str | None = None,
    leads: Sequence[int] = LEADS,
    runs: int = 400,
    series: str | None = None,
    country: str | None = None,
    profile: str | None = None,
    progress: Progress | None = None,
) -> Hindcast:
    """Score a case in hindcast: the violence refitted at each month, run ahead, and set beside null models.

    Args:
        case: a case by name, the path of its file or folder, or a case that is loaded.
        data: observed data: the path of a csv file, or several (days, months), or what ``read_data`` gives.
        start: first month to look ahead from.
        until: last such month; the last of the data unless given.
        leads: months ahead, each from 1 to 24.
        runs: runs from each month.
        series: the monthly series scored; deaths in all unless given.
        country: the country, where a file of UCDP GED holds several.
        profile: named set of parameters below the case's own: "core-0.1" is the model of version 0.1.
        progress: called with the number of months done and the number in all.

    Returns:
        Forecasts and scores, one row for each month, lead and forecast, with intervals of skill.

    Raises:
        InputError: for anything it cannot use.

    Examples:
        >>> import detente, numpy, pandas
        >>> dates, luck = pandas.date_range("2014-01-01", "2017-12-31"), numpy.random.default_rng(1)
        >>> counts = {"events": luck.poisson(20, len(dates)), "deaths": luck.poisson(55, len(dates))}
        >>> pandas.DataFrame({"date": dates} | counts).to_csv("days.csv", index=False)
        >>> until = {"until": "2017-08-01", "leads": [1], "runs": 20}
        >>> hindcast = detente.score("afghanistan-2018", "days.csv", "2017-06-01", **until)
        >>> bool((hindcast.rows["crps"] >= 0).all())
        True
    """
    scenario = under_profile(scenario_of(case), profile)
    observed = data if isinstance(data, Observed) else read_data(data, country)
    first, last = observed_day(start, "--from"), observed_day(until, "--until")
    if first is None:
        raise wrong("start", start, "the first month to look ahead from, such as 2015-01-01")
    ahead_of = checked_leads(leads)
    number = checked_runs(runs)
    how: dict[str, Any] = {"series": series, "progress": progress}
    made = hindcast(scenario, observed, first, until=last, leads=ahead_of, runs=number, **how)
    return replace(made, profile=profile)


def checked_leads(leads: Sequence[int]) -> tuple[int, ...]:
    """Months ahead, in order; raises ``InputError`` for none and for those out of range."""
    months = tuple(sorted({whole_number(lead, "leads", most=MAX_LEAD) for lead in leads}))
    if not months:
        raise wrong("leads", list(leads), f"months ahead from 1 to {MAX_LEAD}")
    return months


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
