"""What is kept of the runs of a drawn war: days, ceasefires, agreements and collapses, as plain values.

The dyads are those that UCDP would list: each movement against the government, with whoever fights at its side.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents import codes
from detente.agents.codes import LEVERS
from detente.experiments.compare.ceasefire_spells import ENDS, RUNNING, spells
from detente.experiments.runs.daily_logs import DailyLog, daily_logs
from detente.experiments.runs.event_logs import RunLog, of_kinds
from detente.model.opening import Opening, opening
from detente.model.policy import Policy
from detente.model.request import merged_parameters

if TYPE_CHECKING:
    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]
Record = dict[str, Any]

STATE_SIDE = ("government", "patron")
"""Parties of a drawn war that fight on the side of the state; all others are movements."""
TRUCE_KINDS = (codes.TRUCE_BEGAN, *ENDS)
KINDS = (*TRUCE_KINDS, codes.TRUCE_DECLARED, codes.AGREEMENT, codes.RELAPSE, codes.PARTY_COLLAPSED)
ENDED = {"collapsed": "party", "expired": "term", "agreement": "followed", RUNNING: ""}
"""How a ceasefire of the model ended, as the ceasefire data have it."""
FULL, PARTIAL = "full", "partial"


def status_quo(war: Scenario, years: int, parameters: Any) -> Opening:
    """The opening of a war over some years, with all levers at rest and no moves."""
    first = war.case.start
    end = first.replace(year=first.year + years) - timedelta(days=1)
    longer = war.model_copy(update={"case": war.case.model_copy(update={"end": end, "pivot": None})})
    about = {"name": "status-quo", "title": "Status quo", "summary": "No levers and no moves."}
    policy = Policy.model_validate({**about, "mode": "conditioned", "levers": dict.fromkeys(LEVERS, 0.0)})
    return opening(longer, policy, parameters=merged_parameters(longer.parameters, parameters))


def war_records(start: Opening, seeds: Sequence[int], threads: int) -> list[Record]:
    """One record for each seed."""
    pairs = movements(start)
    names = sorted(set(pairs.values()), key=list(pairs.values()).index)
    wanted, of = columns_of(start, names)
    runs = daily_logs(start, seeds, wanted, KINDS, threads)
    return [record_of(start, run, pairs, names, of) for run in runs]


def movements(start: Opening) -> dict[int, str]:
    """The movement of each pair that fights the state, by the pair's place."""
    found: dict[int, str] = {}
    for place, relation in enumerate(start.scenario.relation):
        outside = [name for name in relation.between if name not in STATE_SIDE]
        if relation.hostile and len(outside) == 1:
            found[place] = outside[0]
    return found


def columns_of(start: Opening, names: list[str]) -> tuple[list[str], Values]:
    """Columns of attacks, then of deaths, of all directed dyads that fight, and the movement each belongs to."""
    sides = {d: [n for n in d.split(">") if n in names] for d in start.cast.dyads}
    fighting = [(d, found[0]) for d, found in sides.items() if found]
    fields = ("step_attacks", "step_deaths")
    wanted = [f"dyads.{d}.{field}" for field in fields for d, _ in fighting]
    return wanted, np.array([names.index(n) for _, n in fighting])


def record_of(start: Opening, run: DailyLog, pairs: dict[int, str], names: list[str], of: Values) -> Record:
    """One run as plain values."""
    n = len(of)
    sums = [np.zeros((len(names), len(run.steps))) for _ in range(2)]
    for k, dyad in enumerate(of):
        sums[0][dyad] += run.steps[:, k]
        sums[1][dyad] += run.steps[:, n + k]
    place = {pair: names.index(name) for pair, name in pairs.items()}
    return {
        "seed": run.log.seed,
        "days": len(run.steps),
        "dyads": names,
        "events": packed(sums[0]),
        "deaths": packed(sums[1]),
        "truces": [*truces_of(start, run.log, place), *one_sided(run.log, place)],
        "agreements": list(agreements_of(start, run.log, place)),
        "falls": list(falls_of(start, run.log, names)),
    }


def truces_of(start: Opening, log: RunLog, place: dict[int, int]) -> Iterator[list[Any]]:
    """Ceasefires of both sides in a run.

    Dyad, first and last day (none: in force at the end), class, whether one side's alone, whether local, how it ended.
    """
    held = RunLog(log.seed, of_kinds(log.events, TRUCE_KINDS), log.days)
    by_name = {start.cast.pairs[pair]: dyad for pair, dyad in place.items()}
    first = start.scenario.case.start
    for spell in spells(start, held):
        if spell["pair"] in by_name:
            begin, end = (spell["start"].toordinal(), spell["end"].toordinal())
            last = None if spell["ended"] == RUNNING else max(end - 1, begin) - first.toordinal()
            about = [spell["class"], False, spell["scope"] == "local", ENDED[spell["ended"]]]
            yield [by_name[spell["pair"]], begin - first.toordinal(), last, *about]


def agreements_of(start: Opening, log: RunLog, place: dict[int, int]) -> Iterator[list[Any]]:
    """Agreements of a run: dyad, day, type, and the day on which it failed (none: it stood).

    Full is what settles everything between a movement and the government itself; all else is partial.
    """
    for k, event in enumerate(log.events):
        pair = int(event["subject"])
        if int(event["what"]) != codes.AGREEMENT or pair not in place:
            continue
        whole = float(event["value"]) >= 1.0 and "government" in start.scenario.relation[pair].between
        later = log.events[k + 1 :]
        failed = later[(later["what"] == codes.RELAPSE) & (later["subject"] == pair)]
        day = int(failed[0]["day"]) if len(failed) else None
        yield [place[pair], int(event["day"]), FULL if whole else PARTIAL, day]


def one_sided(log: RunLog, place: dict[int, int]) -> Iterator[list[Any]]:
    """Ceasefires that one side declared alone; each runs to its term."""
    for event in log.events[log.events["what"] == codes.TRUCE_DECLARED]:
        pair = int(event["subject"])
        if pair in place:
            kind, scope = codes.TRUCE_FORMS[int(event["form"])]
            first = int(event["since"])
            last = first + max(int(event["value"]) - 1, 0)
            yield [place[pair], first, last, kind, True, scope == "local", "term"]


def falls_of(start: Opening, log: RunLog, names: list[str]) -> Iterator[list[Any]]:
    """Parties that fell: day, whether on the side of the state, and dyad of a movement (none: all)."""
    for event in log.events[log.events["what"] == codes.PARTY_COLLAPSED]:
        name = start.cast.parties[int(event["actor"])]
        dyad = names.index(name) if name in names else None
        yield [int(event["day"]), name in STATE_SIDE, dyad]


# -- arrays in a line of text


def packed(counts: Values) -> str:
    """Counts as text: shape and values lie in what was compressed."""
    whole = np.rint(counts).astype("<u2")
    head = np.array(whole.shape, dtype="<u4").tobytes()
    return base64.b64encode(zlib.compress(head + whole.tobytes(), 6)).decode()


def unpacked(text: str) -> Values:
    """Counts out of their text."""
    plain = zlib.decompress(base64.b64decode(text))
    shape = np.frombuffer(plain[:8], dtype="<u4")
    return np.frombuffer(plain[8:], dtype="<u2").reshape(tuple(int(n) for n in shape)).astype(float)
