"""Why a day of a run was as violent as it was: the terms of each side's rate of attacks, read off the rule itself.

The run is made again up to that day, interpreted, and the factors of the rate are noted on each day of a window that
ends with it.  What a cause adds to the heat of a side is found by putting its parameter at nought.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from detente.agents.parameters import Violence
from detente.agents.rules.calendar import season_factor
from detente.agents.rules.violence import active_share, escalation
from detente.agents.state import World
from detente.model.opening import Opening
from detente.model.process import PeaceProcess

WINDOW = 14
"""Days that are looked at, the day asked for the last of them."""

LEAST_HEAT = 0.01
"""Heat that a cause must add or take to be told [log]."""

FACTORS = {
    "season": "the season",
    "level": "the level of the war: offensives and lulls",
    "heat": "politics: talks, patrons, discipline",
    "recent": "answers to recent attacks",
    "active": "forces gone home and measures that suspend fighting",
    "holiday": "what holidays leave",
    "truce": "what ceasefires leave",
    "put_off": "operations put off during a ceasefire and made up for",
}
"""Factors of the rate, in words."""


@dataclass
class Side:
    """One side's attacks on another over the window: how many, how many the rates let expect, and the factors.

    ``usual`` and ``usual_deaths`` are those of as many days of the run so far.  ``factors`` are logs of the factors
    against their mean in the run so far, means over the days; ``causes`` are what makes the heat [log].
    """

    source: str
    target: str
    attacks: float = 0.0
    deaths: float = 0.0
    expected: float = 0.0
    usual: float = 0.0
    usual_deaths: float = 0.0
    factors: dict[str, float] = field(default_factory=dict[str, float])
    causes: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class DayTerms:
    """The sides of a run over the days of a window, the deadliest first; ``days`` is their number."""

    days: int
    sides: tuple[Side, ...]


def day_terms(start: Opening, seed: int, day: date, window: int = WINDOW) -> DayTerms:
    """The terms of the rates of attacks over a window that ends with a day.

    Args:
        start: what the run began from.
        seed: of the run.
        day: the last day looked at; a run that has ended before is looked at on its last day.
        window: number of days looked at, in whole steps [days].

    Returns:
        Each hostile side with its attacks, expected attacks, usual attacks and factors.
    """
    model = PeaceProcess(opening=start, rng=seed, collect=False)
    sides = hostile_sides(start)
    last = max(1, math.ceil(((day - start.scenario.case.start).days + 1) / start.step_days))
    steps = max(1, round(window / start.step_days))
    seen: list[dict[int, dict[str, float]]] = []
    while model.running and model.time < last:
        begun = {k: before(model.world, k, near=model.time >= last - steps) for k in sides}
        model.step()
        seen.append({k: after(model.world, k, begun[k]) for k in sides})
    for k, side in sides.items():
        summed(side, [one[k] for one in seen], steps)
    found = sorted(sides.values(), key=lambda s: (-s.deaths, -s.attacks))
    return DayTerms(round(min(steps, len(seen)) * start.step_days), tuple(found))


def hostile_sides(start: Opening) -> dict[int, Side]:
    """The directed dyads whose parties fight, by position."""
    hostile = [r.hostile for r in start.scenario.relation for _ in range(2)]
    names = [name.split(">") for name in start.cast.dyads]
    return {k: Side(names[k][0], names[k][1]) for k, fights in enumerate(hostile) if fights}


def before(w: World, k: int, *, near: bool) -> dict[str, Any]:
    """What the rate of a side's next attacks is made of, before they are drawn; causes of days that are ``near``."""
    d = w.dyads[k]
    source = w.parties[d.source]
    limit = w.par.violence.heat_limit
    heat = min(max(d.heat, -limit), limit)
    season = season_factor(w)
    return {
        "season": season, "level": math.exp(d.fervour), "heat": math.exp(heat), "excitation": d.excitation,
        "base": d.mu * season * math.exp(heat + d.fervour), "active": active_share(w, source, d),
        "backlog": d.backlog, "causes": causes(w, source, k) if near else {},
    }  # fmt: skip


def causes(w: World, source: Any, k: int) -> dict[str, float]:
    """What each parameter of violence adds to a side's heat [log]."""
    whole = escalation(w, source, w.dyads[k])
    found: dict[str, float] = {}
    for name in strengths():
        without = w._replace(par=without_parameter(w.par, name))
        change = whole - escalation(without, source, w.dyads[k])
        if abs(change) >= LEAST_HEAT:
            found[name] = change
    return found


@cache
def strengths() -> tuple[str, ...]:
    """Parameters of violence that say how strongly something acts, and not for how long."""
    extras: Mapping[str, Any] = {
        name: field.json_schema_extra for name, field in Violence.model_fields.items()
    }
    return tuple(name for name, extra in extras.items() if extra["unit"] in ("log", "1"))


def without_parameter(par: Any, name: str) -> Any:
    """Parameters with one of violence at nought."""
    return par.model_copy(update={"violence": par.violence.model_copy(update={name: 0.0})})


def after(w: World, k: int, begun: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of a step that was made: counts, and the log of each factor."""
    d = w.dyads[k]
    days = w.clock.tick_days * w.clock.ticks_per_step
    truce = d.restraint / d.restraint_holiday if d.restraint_holiday > 0 else 1.0
    usual = d.restraint * d.rate * days
    released = max(0.0, begun["backlog"] - d.backlog) * begun["active"] if truce >= 1 else 0.0
    factors = {
        "season": begun["season"], "level": begun["level"], "heat": begun["heat"],
        "recent": 1 + begun["excitation"] / begun["base"] if begun["base"] > 0 else 1.0,
        "active": begun["active"], "holiday": d.restraint_holiday, "truce": truce,
        "put_off": 1 + released / usual if usual > 0 else 1.0,
    }  # fmt: skip
    logs = {name: math.log(max(value, 1e-6)) for name, value in factors.items()}
    return {
        "attacks": d.step_attacks, "deaths": d.step_deaths, "expected": usual + released, "logs": logs,
        "causes": begun["causes"],
    }  # fmt: skip


def summed(side: Side, steps: list[dict[str, Any]], n: int) -> None:
    """Fill a side's counts and mean factors from the last of the steps; the usual is the mean of all up to there."""
    last = steps[-n:]
    for key in ("attacks", "deaths", "expected"):
        setattr(side, key, float(sum(one[key] for one in last)))
    share = len(last) / max(len(steps), 1)
    side.usual = share * sum(one["attacks"] for one in steps)
    side.usual_deaths = share * sum(one["deaths"] for one in steps)
    always = means([one["logs"] for one in steps])
    side.factors = {
        name: value - always[name] for name, value in means([one["logs"] for one in last]).items()
    }
    side.causes = means([one["causes"] for one in last])


def means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Means of values by name; a name that is missing in a table counts as 0 there."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: sum(row.get(name, 0.0) for row in rows) / len(rows) for name in names}
