"""The event logs of many compiled runs: what the rest of an ensemble, which keeps numbers only, leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.run import own_classes, run_opening
from detente.experiments.runs.runners import checked_workers, on_mesa
from detente.model.engine import FRESH, EngineMemory, compile_now, over_blocks, seed_words
from detente.model.opening import Opening, template_for
from detente.model.series import columns
from detente.model.trajectory import EventOverflowError

if TYPE_CHECKING:
    from detente.agents.actors import Actor

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class RunLog:
    """The events of one run in the order in which they happened (records of ``agents.state.Event``).

    ``days`` is how long it lasted.
    """

    seed: int
    events: Values
    days: float


def run_logs(
    start: Opening,
    seeds: Sequence[int],
    threads: int | None = None,
    kinds: Sequence[int] | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
) -> list[RunLog]:
    """The logs of an opening under some seeds, in their order; only events of some kinds where these are named.

    Runs with ``actors`` of one's own go on Mesa, in worker processes where these can find the classes.
    Raises ``EventOverflowError`` where a run has more events than its log holds.
    """
    workers = checked_workers(threads)
    own = actors or {}
    if own_classes(start, own):
        return on_mesa(partial(mesa_log, start, actors=own, kinds=kinds), seeds, workers, own)
    compile_now()
    parts = over_blocks(
        len(seeds), workers, lambda block: list(logged_runs(start, [seeds[int(k)] for k in block], kinds))
    )
    return [log for part in parts for log, _ in part]


def mesa_log(
    start: Opening, seed: int, *, actors: Mapping[str, type[Actor]], kinds: Sequence[int] | None
) -> RunLog:
    """The log of one run on Mesa."""
    trajectory = run_opening(start, seed, engine="mesa", actors=actors).trajectory
    days = start.days_after(trajectory.last("clock.end_step") + 1)
    return RunLog(seed, of_kinds(trajectory.events, kinds), float(days))


def of_kinds(logged: Values, kinds: Sequence[int] | None) -> Values:
    """A copy of the events of some kinds, or of all."""
    return np.array(logged if kinds is None else logged[np.isin(logged["what"], kinds)])


def logged_runs(
    start: Opening, seeds: Sequence[int], kinds: Sequence[int] | None, wanted: Sequence[str] = ()
) -> Iterator[tuple[RunLog, Values]]:
    """Some runs, one after another in one memory: the log of each, and columns after every step it took.

    The columns ``wanted`` have shape (steps taken, columns).
    """
    memory = EngineMemory(start)
    names = columns(start.cast)
    places = np.array([names.index(c) for c in wanted], dtype=np.int64)
    n_rows = start.n_steps + 1 if wanted else 0
    series, final = np.zeros((1, n_rows, len(wanted))), np.zeros((1, len(names)))
    for seed in seeds:
        args = (template_for(start, seed), seed_words([seed]), FRESH, start.n_steps, places, 1, series, final)
        if memory.run(*args) >= 0:
            raise EventOverflowError(start)
        taken = int(memory.clock["end_step"]) + 1
        logged: Any = memory.world.events[: int(memory.clock["n_events"])]
        log = RunLog(seed, of_kinds(logged, kinds), float(start.days_after(taken)))
        yield log, series[0, 1 : taken + 1].copy()
