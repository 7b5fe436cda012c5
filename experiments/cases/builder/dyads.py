"""Events of GED by dyad: who fought whom, how often, and who died."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.data import ged
from detente.experiments.data.cells import numbers, plain_id
from detente.experiments.data.selection import Selection
from detente.experiments.data.source import Source
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

WORDS = {
    "conflict": ("conflict_name",),
    "conflict_id": ("conflict_new_id", "conflict_id"),
    "dyad": ("dyad_name",),
    "dyad_id": ("dyad_new_id", "dyad_id"),
    "side_a": ("side_a",),
    "side_b": ("side_b",),
}
"""What is kept of an event in words -> the columns it may stand in."""

TOLL = {"deaths_a": ("deaths_a",), "deaths_b": ("deaths_b",)}
FOUGHT = 2
"""Types of violence up to this one have two armed sides: state-based and non-state."""


class Dyad(NamedTuple):
    """Two sides that fight: their names, the ids of dyad and conflict, and what the file counts of them."""

    side_a: str
    side_b: str
    dyad_id: str
    conflict_id: str
    conflict: str
    events: int
    deaths: float
    state_based: bool


def dyad_events(sources: Sequence[Source], selection: Selection) -> pd.DataFrame:
    """The events chosen, one row each, with sides, and deaths of each side [deaths]."""
    import pandas as pd

    more = [name for wanted in (*WORDS.values(), *TOLL.values()) for name in wanted]
    files = ged.without_repeats(ged.events_of(sources, selection, more))
    parts = [with_sides(events) for events in files]
    return pd.concat(parts, ignore_index=True)


def with_sides(events: ged.Events) -> pd.DataFrame:
    """The events chosen of one file."""
    table = events.table[events.chosen].copy()
    rows = table.index.to_numpy()
    for name, wanted in WORDS.items():
        column = events.cells.source.column(*wanted)
        table[name] = plain_id(events.cells[column]).to_numpy()[rows] if column else ""
    for name, wanted in TOLL.items():
        column = events.cells.source.column(*wanted)
        table[name] = numbers(events.cells, column, gaps=True)[rows] if column else np.nan
    return table


def dyads_of(events: pd.DataFrame) -> tuple[Dyad, ...]:
    """The dyads that fight with weapons on both sides, those with most events first."""
    fought = events[(events["type_of_violence"] <= FOUGHT) & (events["side_b"] != "")]
    found: list[Dyad] = []
    for _, rows in fought.groupby([fought["side_a"], fought["side_b"]], sort=False):
        first: Any = rows.iloc[0]
        a, b, dyad, conflict, title = (
            str(first[key]) for key in ("side_a", "side_b", "dyad_id", "conflict_id", "conflict")
        )
        state = bool((rows["type_of_violence"] == ged.STATE_BASED).any())
        found.append(Dyad(a, b, dyad, conflict, title, len(rows), float(rows["best"].sum()), state))
    return tuple(sorted(main_wars(found), key=lambda d: -d.events))


def main_wars(dyads: Sequence[Dyad]) -> list[Dyad]:
    """The wars of a state, and those between two of its foes; all dyads where no state fights."""
    wars = [d for d in dyads if d.state_based]
    sides = {side for d in wars for side in (d.side_a, d.side_b)}
    return [d for d in dyads if d.state_based or {d.side_a, d.side_b} <= sides] if wars else list(dyads)


def one_conflict(dyads: Sequence[Dyad], source: str, *, chosen: bool) -> None:
    """Refuse rows of several conflicts where none was chosen: all that match are listed."""
    events: dict[str, int] = {}
    for dyad in dyads:
        if dyad.conflict and (dyad.state_based or not dyads[0].state_based):
            events[dyad.conflict] = events.get(dyad.conflict, 0) + dyad.events
    if len(events) > 1 and not chosen:
        most = sorted(events.items(), key=lambda item: -item[1])
        words = ", ".join(f"{name!r} ({n:,} events)" for name, n in most[:12])
        raise InputError(
            f"{source}: {len(events)} conflicts match: {words}; choose one with --conflict, --dyad or --side-a "
            "and --side-b"
        )


def counts_of(events: pd.DataFrame, dyad: Dyad) -> pd.DataFrame:
    """The events of one dyad."""
    return events[(events["side_a"] == dyad.side_a) & (events["side_b"] == dyad.side_b)]


def precise(events: pd.DataFrame) -> pd.DataFrame:
    """Events whose place and day are known."""
    return events[(events["where_prec"] == ged.EXACT) & (events["date_prec"] == ged.EXACT)]
