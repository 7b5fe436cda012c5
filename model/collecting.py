"""What a ``PeaceProcess`` writes into Mesa's ``DataCollector``: reporters, and two tables.

Reporters are functions of the module, so that a model can be pickled with its collector.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from detente.agents.state import World
from detente.model import story

AGENT_SERIES = (
    "capital",
    "exhaustion",
    "discipline",
    "legitimacy",
    "capability",
    "presence",
    "discontent",
    "threat",
)
DYAD_SERIES = ("trust", "readiness", "step_attacks", "step_deaths", "conduct", "restraint")

TABLES: dict[str, tuple[str, ...]] = {
    "dyads": ("date", "dyad", *DYAD_SERIES),
    "events": ("date", "stage", "event", "actor", "other", "what", "why", "value"),
}
"""The tables that a process fills, with their columns."""


def date_of(model: Any) -> str:
    """The day on which the next step begins, as text."""
    return model.date.isoformat()


def seed_of(model: Any) -> int:
    """The seed of the run."""
    return model.seed_number


def attacks(model: Any) -> int:
    """Attacks so far."""
    return model.world.tally.attacks


def fatalities(model: Any) -> int:
    """Deaths so far."""
    return model.world.tally.fatalities


def trust(model: Any) -> float:
    """Mean trust over hostile dyads."""
    return mean_trust(model.world)


def truces_in_force(model: Any) -> int:
    """Pairs whose truce is in force."""
    return sum(p.truce_state == 2 for p in model.world.pairs)


def tracks_open(model: Any) -> int:
    """Tracks that are open."""
    return sum(t.is_open for t in model.world.tracks)


def agreements(model: Any) -> int:
    """Pairs that have an agreement."""
    return sum(p.agreed for p in model.world.pairs)


def mean_trust(world: World) -> float:
    """Mean trust over hostile dyads."""
    held = [d.trust for d in world.dyads if d.hostile == 1]
    return sum(held) / max(len(held), 1)


def read_field(field: str, agent: Any) -> Any:
    """One field of an actor; not-a-number for kinds of actor that have no such field."""
    return getattr(agent, field, math.nan)


def stock_reporters() -> dict[str, dict[str, Any]]:
    """The arguments of Mesa's ``DataCollector`` for a process as it is shipped, free to be changed."""
    model: dict[str, Callable[[Any], Any]] = {
        "date": date_of,
        "attacks": attacks,
        "fatalities": fatalities,
        "mean_trust": trust,
        "truces_in_force": truces_in_force,
        "tracks_open": tracks_open,
        "agreements": agreements,
        "seed_number": seed_of,
    }
    return {
        "model_reporters": model,
        "agent_reporters": {name: partial(read_field, name) for name in ("name", *AGENT_SERIES)},
        "tables": {name: list(columns) for name, columns in TABLES.items()},
    }


def collect(model: Any, since: int) -> int:
    """Let the model's collector take the present state, and events from number ``since`` on; gives their number now."""
    collector = model.datacollector
    if collector is None:
        return since
    collector.collect(model)
    fill(collector.tables, "dyads", dyad_rows(model))
    n = int(model.world.clock.n_events)
    fill(collector.tables, "events", (story.event_row(e, model.opening) for e in model.world.events[since:n]))
    return n


def fill(tables: Mapping[str, dict[str, list[Any]]], name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows to a table, as far as it has their columns.

    A collector need not have the table; one that has a column of its own is its owner's to fill.
    """
    table = tables.get(name)
    if table is None or not table.keys() <= set(TABLES[name]):
        return
    for row in rows:
        for column, values in table.items():
            values.append(row[column])


def dyad_rows(model: Any) -> Iterable[dict[str, Any]]:
    """The present state of every dyad, a row each."""
    today = model.date.isoformat()
    for name, dyad in zip(model.opening.cast.dyads, model.world.dyads, strict=True):
        yield {"date": today, "dyad": name, **{field: getattr(dyad, field) for field in DYAD_SERIES}}
