"""Why here? What was different in the days up to one that is looked at, in words, from the terms of the rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from detente.agents.parameters import Violence
from detente.dashboards.app.controls import number
from detente.dashboards.app.record import in_words
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.day_terms import FACTORS, Side, day_terms
from detente.experiments.runs.run import Run
from detente.model.opening import Opening

MOST_SIDES = 3
LEAST = 0.05
"""Log of the least factor that is told."""

RECENT = 30
"""Days back to which events are told."""

TURNS = (
    *(
        "track_failed",
        "track_opened",
        "truce_began",
        "truce_expired",
        "truce_collapsed",
        "truce_declared",
        "drawdown",
    ),
    *(
        "forces_left",
        "leader_changed",
        "faction_split",
        "offensive",
        "flared_up",
        "relapse",
        "agreement",
        "promise_broken",
        "package_refused",
    ),
)
"""Events that may have turned the violence."""


def why_here(run: Run, day: date) -> dict[str, Any]:
    """What was different in the days up to one of a run.

    Returns:
        ``head``, the violence of these days against the usual of the run so far; ``sides``, each with its words and
        the factors of its rate; ``events`` of the weeks before.
    """
    start, day = run.start, min(day, run.end_date)
    terms = day_terms(start, run.trajectory.seed, day)
    counted = violence_counted(start)
    fought = [side for side in terms.sides if side.attacks or side.usual][:MOST_SIDES]
    return {
        "head": head_words(terms.sides, terms.days, day, counted),
        "sides": [side_words(start, side, counted) for side in fought],
        "events": events_before(run, day),
    }


def head_words(sides: tuple[Side, ...], days: int, day: date, counted: str) -> str:
    """The violence of the days against the usual."""
    now, usual = (
        (sum(s.deaths for s in sides), sum(s.usual_deaths for s in sides)) if counted == "deaths"
        else (sum(s.attacks for s in sides), sum(s.usual for s in sides))
    )  # fmt: skip
    against = f", {number(now / usual)} times the usual of this run so far ({number(usual)})" if usual else ""
    return f"The {days} days up to {in_words(day)}: {number(now)} {counted} between the parties{against}."


def side_words(start: Opening, side: Side, counted: str) -> dict[str, Any]:
    """One side's attacks, and the factors that were not as usual, the largest first."""
    titles = start.cast.titles
    who = f"{titles.get(side.source, side.source)} on {titles.get(side.target, side.target)}"
    noun = "attacks" if counted == "deaths" else "provocations"
    toll = f" with {number(side.deaths)} deaths" if counted == "deaths" else ""
    words = f"{number(side.attacks)} {noun}{toll}; usual in as many days: {number(side.usual)}"
    told = [(name, value) for name, value in side.factors.items() if abs(value) >= LEAST]
    rows = [(FACTORS[name], times(value)) for name, value in sorted(told, key=lambda row: -abs(row[1]))]
    return {"who": who, "words": words, "rows": [*rows, *luck_rows(side)], "causes": cause_rows(side.causes)}


def luck_rows(side: Side) -> list[tuple[str, str]]:
    """What luck added: more or fewer attacks than expected, deadlier ones or not."""
    rows: list[tuple[str, str]] = []
    if side.expected > 0 and side.attacks:
        rows.append(
            ("chance: attacks that came, of those expected", times(math.log(side.attacks / side.expected)))
        )
    if side.deaths and side.usual_deaths:
        deadly = (side.deaths / side.attacks) / (side.usual_deaths / side.usual)
        rows.append(("how deadly each attack was", times(math.log(deadly))))
    return rows


def cause_rows(causes: Mapping[str, float]) -> list[tuple[str, str]]:
    """What made the politics of the rate, the largest first."""
    rows = sorted(causes.items(), key=lambda row: -abs(row[1]))
    return [(meanings().get(name, name), times(value)) for name, value in rows if abs(value) >= LEAST / 2]


@cache
def meanings() -> dict[str, str]:
    """What the parameters of violence stand for, in words."""
    return {name: str(f.description) for name, f in Violence.model_fields.items()}


def times(log: float) -> str:
    """A factor, given its log."""
    return f"× {math.exp(log):.2f}"


def events_before(run: Run, day: date) -> list[str]:
    """Events of the weeks before a day that may have turned the violence, the last one first."""
    events = run.events
    dates = events["date"].dt.date
    near = events[(dates <= day) & (dates > day - timedelta(RECENT)) & events["event"].isin(TURNS)]
    rows = near.drop_duplicates(["date", "sentence"]).to_dict("records")
    return [f"{in_words(row['date'].date())}: {row['sentence']}" for row in reversed(rows)]
