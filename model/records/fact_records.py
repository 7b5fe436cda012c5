"""Other facts in an opening that is built: the records that hold them written again, the rest left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from detente.agents.parameters import Parameters
from detente.agents.schema import dtype_of
from detente.model.memory import KINDS, Layout
from detente.model.records.arrays import Entries
from detente.model.records.mediator_records import mediations, mediators
from detente.model.records.party_records import factions, parties
from detente.model.records.positions import Positions
from detente.model.records.relation_records import dyads, pairs
from detente.model.records.spoiler_records import spoilers, targets
from detente.model.records.talk_records import measures, tracks
from detente.model.scenario import Scenario

Records = Callable[[Positions, Parameters], Entries]


def plain(records: Callable[[Positions], Entries]) -> Records:
    """Records that hold nothing that follows from parameters."""
    return lambda at, parameters: records(at)


HOLDING: Mapping[str, Mapping[str, Records]] = {
    "party": {"parties": plain(parties)},
    "faction": {"factions": plain(factions)},
    "relation": {"dyads": dyads, "pairs": plain(pairs)},
    "spoiler": {"spoilers": plain(spoilers), "targets": targets},
    "mediator": {"mediators": plain(mediators), "mediations": plain(mediations)},
    "track": {"tracks": plain(tracks)},
    "measure": {"measures": plain(measures)},
}
"""The kinds of record that hold the facts whose paths begin with a word."""


def kinds_holding(paths: Iterable[str]) -> dict[str, Records]:
    """The kinds of record that hold some facts; a party's hawkishness stands with its factions."""
    words = {"faction" if path.endswith(".hawkishness") else path.split(".", 1)[0] for path in paths}
    return {kind: records for word in sorted(words) for kind, records in HOLDING[word].items()}


def write_facts(
    buffer: np.ndarray[Any, Any],
    layout: Layout,
    scenario: Scenario,
    parameters: Parameters,
    paths: Iterable[str],
) -> None:
    """Write what a case says at some paths into an opening buffer of the same case, with all that follows from it."""
    at, places = Positions(scenario), dict(layout.slices())
    for kind, records in kinds_holding(paths).items():
        view = buffer[places[kind]].view(dtype_of(KINDS[kind]))
        for i, entry in enumerate(records(at, parameters)):
            for name, value in entry.items():
                view[name][i] = value
