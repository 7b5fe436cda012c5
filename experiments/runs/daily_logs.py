"""Many compiled runs with their event logs and some columns day by day: what estimators on days and dates ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.runs.event_logs import RunLog, of_kinds
from detente.model.engine import FRESH, EngineMemory, compile_now, over_blocks, seed_words
from detente.model.opening import Opening
from detente.model.series import columns
from detente.model.trajectory import EventOverflowError

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class DailyLog:
    """The event log of a run, and some columns after each step: shape (steps taken, columns)."""

    log: RunLog
    steps: Values


def daily_logs(
    start: Opening, seeds: Sequence[int], wanted: Sequence[str], kinds: Sequence[int], threads: int
) -> list[DailyLog]:
    """Runs of an opening under some seeds, in their order, with the columns ``wanted`` and events of some kinds.

    Raises ``EventOverflowError`` where a run has more events than its log holds.
    """
    compile_now()
    parts = over_blocks(
        len(seeds), threads, lambda block: list(logs_of(start, [seeds[int(k)] for k in block], wanted, kinds))
    )
    return [run for part in parts for run in part]


def logs_of(
    start: Opening, seeds: Sequence[int], wanted: Sequence[str], kinds: Sequence[int]
) -> Iterator[DailyLog]:
    """Some runs, one after another in one memory."""
    memory = EngineMemory(start)
    names = columns(start.cast)
    places = np.array([names.index(c) for c in wanted], dtype=np.int64)
    series, final = np.zeros((1, start.n_steps + 1, len(wanted))), np.zeros((1, len(names)))
    for seed in seeds:
        args = (start.buffer, seed_words([seed]), FRESH, start.n_steps, places, 1, series, final)
        if memory.run(*args) >= 0:
            raise EventOverflowError(start)
        taken = int(memory.clock["end_step"]) + 1
        logged: Any = memory.world.events[: int(memory.clock["n_events"])]
        log = RunLog(seed, of_kinds(logged, kinds), taken * start.step_days)
        yield DailyLog(log, series[0, 1 : taken + 1].copy())
