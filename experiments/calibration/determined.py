"""Whether observed days can determine a fit: which patterns they hold, and which parameters those speak to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np

from detente.experiments.calibration.patterns import CHECKED, PATTERNS, Year, patterns, sizes
from detente.experiments.calibration.patterns import LEAST_DAYS as LEAST_IN_YEAR
from detente.experiments.calibration.priors import FITTED
from detente.model.errors import InputError

Values = np.ndarray[Any, Any]

LEAST_DAYS = 365
"""Days that a fit needs: the season is fitted to them, and less than a year has none."""

EVENTS_PER_PARAMETER = 10
"""Events that a fit needs for each parameter (the rule of thumb of regression)."""

PERIODS_PER_LAG = 4
"""How many times its lag a series must last for an autocorrelation."""

LEAST_MONTHS = 6
"""Months with events that a fit needs: a season of two harmonics and a level are five numbers."""

LEAST_SIZES = 20
"""Days with a single event, whose deaths give the shape of severity."""

HALF_YEAR = 180
"""Days in which a year's season has an amplitude."""

WEEKS = {"autocorrelation_1": 1, "autocorrelation_2": 2, "autocorrelation_4": 4, "autocorrelation_13": 13}
"""Lag of each autocorrelation [weeks]."""

SPEAKS_TO = {
    "violence.n_own": tuple(WEEKS),
    "violence.n_rec": tuple(WEEKS),
    "violence.memory": tuple(WEEKS),
    "violence.dispersion": ("weekly_fano", "daily_fano"),
    "violence.season_spread": ("season_spread",),
    "violence.tail": ("size_median", "size_tail"),
}
"""Parameter -> patterns that speak to it."""


def check_determined(years: Sequence[Year]) -> None:
    """Refuse days that cannot determine a fit, with the reason.

    Raises ``InputError`` for less than a year, for no events or deaths, for too few events or months with them, and
    for fewer patterns than parameters.
    """
    check_counts(years)
    missing = undetermined(years)
    known = len(aimed()) - len(missing)
    if known < len(FITTED):
        reasons = "; ".join(f"{name}: {why}" for name, why in missing.items())
        raise refusal(
            years,
            f"{known} of the {len(aimed())} patterns aimed at, for {len(FITTED)} parameters ({reasons})",
            "at least as many patterns as parameters",
        )


def check_counts(years: Sequence[Year]) -> None:
    """Refuse too few days, events, months with events, or no deaths."""
    n_days = sum(len(y.events) for y in years)
    events, deaths = (sum(float(v.sum()) for v in values) for values in columns(years))
    busy, n_months = (sum(n) for n in zip(*map(months, years), strict=True))
    least = EVENTS_PER_PARAMETER * len(FITTED)
    short = f"{n_days} days in calendar years with {LEAST_IN_YEAR} days or more"
    each = f"at least {least} events for {len(FITTED)} parameters ({EVENTS_PER_PARAMETER} each)"
    for enough, got, expected in (
        (n_days >= LEAST_DAYS, short, f"at least {LEAST_DAYS}, as less than a year shows no season"),
        (events > 0, "no event", each),
        (deaths > 0, f"{events:.0f} events and no deaths", "deaths, as the shape of severity is fitted"),
        (events >= least, f"{events:.0f} events", each),
        (
            busy >= LEAST_MONTHS,
            f"events in {busy} of {n_months} months",
            f"events in at least {LEAST_MONTHS}",
        ),
    ):
        if not enough:
            raise refusal(years, got, expected)


def months(year: Year) -> tuple[int, int]:
    """In how many months of a year something happened, and how many months it has."""
    stamps = (np.datetime64(year.start) + np.arange(len(year.events))).astype("datetime64[M]")
    return len(np.unique(stamps[year.events > 0])), len(np.unique(stamps))


def refusal(years: Sequence[Year], got: str, expected: str) -> InputError:
    """What a refusal says, with the days it speaks of."""
    first, last = years[0].start, years[-1].start + timedelta(days=len(years[-1].events) - 1)
    return InputError(f"--data: {first} to {last} holds {got}; a fit needs {expected}")


def columns(years: Sequence[Year]) -> tuple[list[Values], list[Values]]:
    """Events and deaths of each year."""
    return [y.events for y in years], [y.deaths for y in years]


def aimed() -> list[str]:
    """Patterns that a fit aims at."""
    return [name for name in PATTERNS if name not in CHECKED]


def undetermined(years: Sequence[Year]) -> dict[str, str]:
    """Patterns aimed at that the days do not hold, with the reason."""
    found = patterns(years)
    reasons = {name: reason(name, years) for name in aimed()}
    for name, why in reasons.items():
        reasons[name] = why or ("" if np.isfinite(found[name]) else "the days do not vary")
    return {name: why for name, why in reasons.items() if why}


def reason(name: str, years: Sequence[Year]) -> str:
    """Why a pattern cannot be read off some years; empty if it can."""
    n_weeks = sum(len(y.events) // 7 for y in years)
    n_long = sum(len(y.events) >= HALF_YEAR for y in years)
    n_sizes = len(sizes(years))
    if name in WEEKS and n_weeks < PERIODS_PER_LAG * WEEKS[name]:
        return f"{n_weeks} weeks, needs {PERIODS_PER_LAG * WEEKS[name]}"
    if name == "season_spread" and n_long < 2:
        return f"{n_long} years of {HALF_YEAR} days, needs 2"
    if name.startswith("size_") and n_sizes < LEAST_SIZES:
        return f"{n_sizes} days with a single event, needs {LEAST_SIZES}"
    return ""


def unspoken(years: Sequence[Year]) -> dict[str, str]:
    """Fitted parameters that no pattern of the days speaks to, with the reason."""
    missing = undetermined(years)
    silent = {name: told for name, told in SPEAKS_TO.items() if all(pattern in missing for pattern in told)}
    return {name: missing[told[0]] for name, told in silent.items()}
