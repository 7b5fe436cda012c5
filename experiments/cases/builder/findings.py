"""What the data say, in lines; and the observed series of a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.experiments.cases.builder.assembly import Draft
from detente.experiments.cases.builder.estimate import Estimate
from detente.experiments.cases.builder.evidence import LAUNCHES
from detente.experiments.data.observations import DEATHS, EVENTS

if TYPE_CHECKING:
    import pandas as pd

BEFORE_MONTHS = 12
"""Months before a case that are drawn beside runs."""


def findings(draft: Draft) -> list[str]:
    """What the data say, a line each."""
    m = draft.measured
    return [
        *sides(draft),
        f"attacks a day, all sides: {m.rate.value:.3g} ({m.rate.low:.3g} to {m.rate.high:.3g}; {graded(m.rate)})",
        f"deaths per event: {m.deadly.value:.3g} ({graded(m.deadly)})",
        f"all deaths per death by day: {m.scale.value:.3g} ({graded(m.scale)})",
        f"tail of deaths per event: {said(m.tail[0])} ({m.tail[1]})",
        f"season: {'yes' if m.season.shown else 'none taken'} ({m.season.source})",
        *(f"{h.name}: factor {said(h.factor)} ({h.source})" for h in m.holidays),
        f"variance over mean of events a day: {said(m.dispersion)}",
        f"spread of the log level: {said(m.level.get('level_spread'))} ({m.level['why']})",
        *level_lines(m.level),
    ]


def graded(estimate: Estimate) -> str:
    """Grade and source of an estimate."""
    return f"{estimate.grade}: {estimate.source}"


def said(value: float | None) -> str:
    """A number, or that there is none."""
    return "not estimated" if value is None else f"{value:.3g}"


def sides(draft: Draft) -> Iterator[str]:
    """Who takes part."""
    cast = draft.cast
    shares = ", ".join(f"{p.title} {w:.0%}" for p, w in zip(cast.foes, cast.weights, strict=True))
    named = (
        "" if cast.government.given and cast.main.given else "; no file names both sides, so names are priors"
    )
    yield f"parties: {cast.government.title} against {shares}{named}"


def level_lines(level: Any) -> Iterator[str]:
    """How the level moves from year to year and from month to month, where that is known."""
    if level.get("yearly_change_sd") is not None:
        yield f"sd of yearly log changes: {level['yearly_change_sd']:.3g} ({level['years']} changes)"
    if level.get("half_life_months") is not None:
        sigma, half = level["monthly_sigma"], level["half_life_months"]
        yield f"innovation of the level: {sigma:.3g} a root month, half-life {half:.3g} months"


def monthly(draft: Draft) -> pd.DataFrame | None:
    """Deaths by month, and events where they are counted by day; from a year before the case to its end."""
    e, span = draft.evidence, draft.span
    first = date(span.start.year - 1, span.start.month, 1)
    if not e.lethal and e.daily is not None:
        return (
            e.daily[[EVENTS]]
            .rename(columns={EVENTS: LAUNCHES})
            .resample("MS")
            .sum()
            .loc[str(first) : str(span.end)]
        )
    if e.monthly is not None and e.total is not None:
        table = e.monthly[[e.total]].rename(columns={e.total: DEATHS})
    elif e.daily is not None and DEATHS in e.daily:
        table = e.daily[[DEATHS]].resample("MS").sum()
    else:
        return None
    if e.daily is not None and EVENTS in e.daily:
        table = table.join(e.daily[[EVENTS]].resample("MS").sum().rename(columns={EVENTS: "events_by_day"}))
    return table.loc[str(first) : str(span.end)].dropna(how="all")


def observed_tables(draft: Draft) -> list[dict[str, Any]]:
    """The series that is drawn beside runs."""
    table = monthly(draft)
    known = None if table is None else table.iloc[:, 0].dropna()
    if known is None or known.empty:
        return []
    numbers = {f"{stamp:%Y-%m}": whole(value) for stamp, value in known.items()}
    names = ", ".join(dict.fromkeys(path.name for path in draft.evidence.files[:3]))
    name, unit = "deaths", f"deaths a month ({draft.evidence.total or DEATHS})"
    if not draft.evidence.lethal:
        name, unit = "launches", "missile launches a month"
    return [{"name": name, "unit": unit, "source": names[:200], "monthly": numbers}]


def whole(value: float) -> float | int:
    """A count without a decimal point."""
    return int(value) if value == int(value) else float(value)


def monthly_csv(draft: Draft) -> str | None:
    """The series as a table that ``--data`` reads, a row a month without a hole; empty cells are not known."""
    table = monthly(draft)
    if table is None or table.empty:
        return None
    whole_span = table.asfreq("MS")
    rows = [f"month,{','.join(whole_span.columns)}"]
    for stamp, row in whole_span.iterrows():
        cells = ["" if v != v else f"{whole(float(v))}" for v in row]
        rows.append(f"{stamp:%Y-%m},{','.join(cells)}")
    return "\n".join(rows) + "\n"
