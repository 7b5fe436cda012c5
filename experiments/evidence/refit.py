"""The violence of a case fitted anew to what was known before a day, and the case opened on that day.

What is refitted: the level of attacks (the twelve months before), the season and, where days are known, the shape of
daily dispersion (up to ten years before), deaths per event (twelve months) and the scale from place-precise deaths to
the series scored (twelve months).  What is not: excitation, tail, holidays' restraint, and everything political, which
stand as the case has them.  Nothing of the day or after it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.evidence.holidays import marked, projected
from detente.experiments.evidence.likelihood import Days, fit_at
from detente.experiments.evidence.moments import month_factors
from detente.model.calendars import season_curve
from detente.model.opening import Opening, opening
from detente.model.policy import Policy, parse_policy
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]

LEVEL_MONTHS = 12
"""Months before the origin whose mean is the level, of the model and of the null models alike."""

SHAPE_YEARS = 10
SHAPE_DAYS = 5 * 365
MIN_KAPPA, MAX_KAPPA = 0.5, 50.0

QUIET: dict[str, Any] = {
    "name": "nothing-imposed",
    "title": "Nothing imposed",
    "summary": "No move of anyone is known: all is left to the rules.",
    "mode": "free",
}


@dataclass(frozen=True)
class Known:
    """What is known on a day: daily counts (or None) and the monthly series, both ended before it.

    ``months_only`` says why there are no daily counts.
    """

    origin: date
    daily: pd.DataFrame | None
    monthly: Values
    months: Values
    months_only: str = "no daily data"

    @property
    def year_before(self) -> Values:
        """The last twelve months of the series."""
        return self.monthly[-LEVEL_MONTHS:]


@dataclass(frozen=True)
class Refit:
    """What was fitted: ``events`` and ``deaths`` are factors on the case's own rates and deaths per event.

    ``season`` has a factor a month; ``dispersion`` is the parameter of E1 [1/day]; ``expected`` the mean of the scored
    series in a month of average season [1/month]; ``noted`` says where each came from.
    """

    events: float
    deaths: float
    season: tuple[float, ...]
    dispersion: float
    expected: float
    noted: str


def total_rate(scenario: Scenario) -> float:
    """Attacks a day of all sides and spoilers at base rates."""
    return sum(rates_of(scenario))


def rates_of(scenario: Scenario) -> list[float]:
    """Attacks a day of every source at base rates."""
    dyads = [rate for r in scenario.relation if r.hostile for rate in r.attacks]
    return [*dyads, *(t.attacks for s in scenario.spoiler for t in s.target)]


def total_deaths(scenario: Scenario) -> float:
    """Deaths a day of all sides and spoilers at base rates, before the case's scale."""
    dyads = sum(
        rate * deaths
        for r in scenario.relation
        if r.hostile and r.lethal
        for rate, deaths in zip(r.attacks, r.deaths_per_event, strict=True)
    )
    return dyads + sum(t.attacks * t.deaths_per_event for s in scenario.spoiler for t in s.target)


def pooled_share(scenario: Scenario) -> float:
    """Shape of one source's daily dispersion over that of the pooled counts: the inverse of their concentration."""
    rates = np.array(rates_of(scenario))
    return float(np.sum(rates**2) / np.sum(rates) ** 2)


def pooled_branching(scenario: Scenario) -> float:
    """Share of the pooled attacks that others set off, at the case's parameters and base rates."""
    from detente.model.memory import plain_object, thaw
    from detente.model.opening import for_seed

    start = opening(scenario, parse_policy(QUIET, "built in"), parameters=scenario.parameters, point=True)
    from detente.agents.rules.prepare import prepare

    world = thaw(for_seed(start, 0), start.layout, start.constants, start.parameters, plain_object)
    prepare(world)
    background = sum(d.mu for d in world.dyads if d.hostile == 1)
    total = total_rate(scenario)
    spoilers = sum(t.attacks for s in scenario.spoiler for t in s.target)
    return 1.0 - (background + spoilers) / total if total > 0 else 0.0


def refit(scenario: Scenario, known: Known) -> Refit:
    """Fit a case's violence to what is known."""
    expected = level(known.year_before, month_of(known)[-LEVEL_MONTHS:], known_season(scenario, known))
    if known.daily is None:
        return refit_months(scenario, known, expected, known.months_only)
    if not known.daily["events"].iloc[-365:].sum() > 0:
        return refit_months(scenario, known, expected, "no event in the last year of days")
    return refit_days(scenario, known, expected)


def known_season(scenario: Scenario, known: Known) -> tuple[float, ...]:
    """Month factors of events, or of the series where days are not known; the case's own with less than two years."""
    events = event_season(known)
    if events is not None:
        return events
    if known.daily is None and len(known.monthly) >= 24:
        return series_season(known)
    return smoothed(np.asarray(scenario.calendar.season))


def event_season(known: Known) -> tuple[float, ...] | None:
    """Month factors of daily events; None with less than two years of them."""
    if known.daily is None or len(known.daily) < 2 * 365:
        return None
    recent = known.daily.iloc[-SHAPE_YEARS * 365 :]
    index: Any = recent.index
    return smoothed(month_factors(recent["events"].to_numpy(), index.month.to_numpy(), index.year.to_numpy()))


def series_season(known: Known) -> tuple[float, ...]:
    """Month factors of the series itself."""
    values = known.monthly[-12 * SHAPE_YEARS :]
    when = known.months[-len(values) :]
    years = when.astype("datetime64[Y]").astype(int)
    return smoothed(month_factors(values, month_of(known)[-len(values) :], years))


def smoothed(factors: Values) -> tuple[float, ...]:
    """Month factors as the model's two harmonics have them."""
    curve = season_curve(tuple(float(f) for f in factors), (np.arange(12) + 0.5) / 12)
    return tuple(float(f) for f in curve / curve.mean())


def month_of(known: Known) -> Values:
    """Calendar month, 1 to 12, of each known month."""
    return known.months.astype("datetime64[M]").astype(int) % 12 + 1


def level(values: Values, month: Values, season: tuple[float, ...]) -> float:
    """Mean of some months with their season removed."""
    weights = np.asarray(season)[month - 1]
    return float(values.sum() / weights.sum()) if len(values) else 0.0


def refit_months(scenario: Scenario, known: Known, expected: float, why: str) -> Refit:
    """With months only, for a reason: rates and severity as the case has them, the scale does the rest."""
    dispersion = scenario.parameters.violence.dispersion
    season = known_season(scenario, known)
    return Refit(1.0, 1.0, season, dispersion, expected, f"season, level of the series ({why})")


def refit_days(scenario: Scenario, known: Known, expected: float) -> Refit:
    """With days: rates, severity, dispersion and season of place-precise events, then the scale."""
    daily: Any = known.daily
    season = known_season(scenario, known)
    year = daily.iloc[-365:]
    weights = np.asarray(season)[year.index.month.to_numpy() - 1]
    events = float(year["events"].sum() / weights.sum()) / max(total_rate(scenario), 1e-9)
    deaths = 1.0
    if total_deaths(scenario) > 0 and year["events"].sum() > 0:
        per_event = float(year["deaths"].sum() / year["events"].sum())
        deaths = per_event / (total_deaths(scenario) / total_rate(scenario))
    dispersion = fitted_dispersion(scenario, known)
    noted = (
        "level, severity and scale over 12 months; season over 10 years and dispersion over 5 of daily events"
    )
    return Refit(events, deaths, season, dispersion, expected, noted)


def fitted_dispersion(scenario: Scenario, known: Known) -> float:
    """The parameter of daily dispersion, from the likelihood of the last five years' pooled events."""
    daily: Any = known.daily
    recent = daily.iloc[-SHAPE_DAYS:]
    start = recent.index[0].date()
    holidays = projected(scenario, start, known.origin - timedelta(days=1))
    days = Days.of(recent["events"].to_numpy(), start, np.array(marked(holidays, start, len(recent))))
    fit = fit_at(days, pooled_branching(scenario), scenario.parameters.violence.memory)
    return float(np.clip(fit.kappa * pooled_share(scenario), MIN_KAPPA, MAX_KAPPA))


def opened_at(scenario: Scenario, fit: Refit, origin: date, end: date) -> Opening:
    """The case opened on a day with its violence refitted, nothing imposed and all levers at 0."""
    shifted = at_day(scenario, fit, origin, end)
    violence = shifted.parameters.violence.model_copy(update={"dispersion": fit.dispersion})
    parameters = shifted.parameters.model_copy(update={"violence": violence})
    policy: Policy = parse_policy(QUIET, "built in")
    return opening(shifted, policy, parameters=parameters)


def at_day(scenario: Scenario, fit: Refit, origin: date, end: date) -> Scenario:
    """A case whose dates, calendar and violence are those of another day; its actors stand as they are.

    The violence is that of the data, so no seed draws it.
    """
    case = scenario.case.model_copy(
        update={"start": origin, "end": end, "pivot": origin, "step_days": 1.0, "deaths_scale": 1.0}
    )
    calendar = scenario.calendar.model_copy(
        update={"season": fit.season, "holidays": projected(scenario, origin, end), "severity": {}}
    )
    relations = [
        r.model_copy(
            update={
                "attacks": tuple(rate * fit.events for rate in r.attacks),
                "deaths_per_event": tuple(max(d * fit.deaths, 1.0) for d in r.deaths_per_event),
            }
        )
        for r in scenario.relation
    ]
    spoilers = [
        s.model_copy(
            update={
                "target": tuple(
                    t.model_copy(
                        update={
                            "attacks": t.attacks * fit.events,
                            "deaths_per_event": max(t.deaths_per_event * fit.deaths, 1.0),
                        }
                    )
                    for t in s.target
                )
            }
        )
        for s in scenario.spoiler
    ]
    return scenario.model_copy(
        update={
            "case": case,
            "calendar": calendar,
            "relation": tuple(relations),
            "spoiler": tuple(spoilers),
            "observed": (),
            "facts": tuple(
                f for f in scenario.facts if not f.path.endswith((".attacks", ".deaths_per_event"))
            ),
        }
    )
