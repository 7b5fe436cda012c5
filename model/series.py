"""What is recorded of a run: the columns of a trajectory, read off the records after every step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any

from detente.agents.schema import record_fields
from detente.agents.state import SINGLE_KINDS, Tally, World
from detente.model.records.cast import Cast

SERIES: dict[str, tuple[str, ...]] = {
    "parties": (
        "capital",
        "exhaustion",
        "discipline",
        "window",
        "legitimacy",
        "morale",
        "presence",
        "capability",
        "power",
    ),
    "factions": ("discontent",),
    "mediators": ("kept", "broken"),
    "spoilers": ("threat", "cum_attacks"),
    "dyads": (
        "trust",
        "readiness",
        "motivation",
        "optimism",
        "commitment",
        "war_value",
        "rate",
        "restraint",
        "backlog",
        "conduct",
        "step_attacks",
        "step_deaths",
        "cum_attacks",
        "suspended",
        "truce_from",
        "truce_until",
    ),
    "pairs": (
        "readiness",
        "mediated",
        "formulated",
        "guarantee",
        "failure",
        "progress",
        "talking",
        "truce_state",
        "agreed",
        "implementation",
        "level",
        "lull",
        "fortune",
    ),
    "tracks": ("is_open", "n_settled", "visibility"),
    "measures": ("state", "given_size"),
    "tally": tuple(f.name for f in record_fields(Tally)),
    "clock": ("season_strength", "n_events", "end_reason", "end_step"),
}
"""Kind of record -> the fields recorded of each; every one is documented where it is declared."""


def columns(cast: Cast) -> tuple[str, ...]:
    """Column names of a trajectory, ``kind.name.field`` (``tally.field`` where a run has one)."""
    names: list[str] = []
    for kind, fields in SERIES.items():
        if kind in SINGLE_KINDS:
            names += [f"{kind}.{f}" for f in fields]
        else:
            names += [f"{kind}.{who}.{f}" for who in cast.of(kind) for f in fields]
    return tuple(names)


class Observer:
    """Reads the present row of a trajectory off a world of objects; a copy of the world has its observer copied too."""

    def __init__(self, world: World) -> None:
        self.readers: list[tuple[Any, Callable[[Any], tuple[Any, ...]]]] = []
        for kind, fields in SERIES.items():
            held = getattr(world, kind)
            get = attrgetter(*fields) if len(fields) > 1 else partial(single, *fields)
            self.readers += [(r, get) for r in ([held] if kind in SINGLE_KINDS else held)]

    def __call__(self) -> list[float]:
        """The row."""
        row: list[float] = []
        for record, get in self.readers:
            row += get(record)
        return row


def single(field: str, record: Any) -> tuple[Any]:
    """One field as a tuple of one."""
    return (getattr(record, field),)


def observe_source() -> str:
    """Source of the compiled twin of ``Observer``: writes the present row into an array."""
    lines = ["def observe(w, row):", "    k = 0"]
    for kind, fields in SERIES.items():
        if kind in SINGLE_KINDS:
            for f in fields:
                lines += [f"    row[k] = w.{kind}.{f}", "    k += 1"]
        else:
            lines.append(f"    for r in w.{kind}:")
            for f in fields:
                lines += [f"        row[k] = r.{f}", "        k += 1"]
    return "\n".join(lines) + "\n"
