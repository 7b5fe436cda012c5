"""The event logs of many compiled runs: what the rest of an ensemble, which keeps numbers only, leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.runs.runners import checked_workers
from detente.model.engine import FRESH, EngineMemory, compile_now, over_blocks, seed_words
from detente.model.opening import Opening
from detente.model.series import columns
from detente.model.trajectory import EventOverflowError

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
    start: Opening, seeds: Sequence[int], threads: int | None = None, kinds: Sequence[int] | None = None
) -> list[RunLog]:
    """The logs of an opening under some seeds, in their order; only events of some kinds where these are named.

    Raises ``EventOverflowError`` where a run has more events than its log holds.
    """
    compile_now()
    parts = over_blocks(
        len(seeds),
        checked_workers(threads),
        lambda block: list(logs_of(start, [seeds[int(k)] for k in block], kinds)),
    )
    return [log for part in parts for log in part]


def logs_of(start: Opening, seeds: Sequence[int], kinds: Sequence[int] | None) -> Iterator[RunLog]:
    """The logs of some runs, one after another in one memory."""
    memory = EngineMemory(start)
    no_series, final = np.zeros((1, 0, 0)), np.zeros((1, len(columns(start.cast))))
    nothing = np.zeros(0, dtype=np.int64)
    for seed in seeds:
        args = (start.buffer, seed_words([seed]), FRESH, start.n_steps, nothing, 1, no_series, final)
        if memory.run(*args) >= 0:
            raise EventOverflowError(start)
        clock = memory.clock
        logged: Any = memory.world.events[: int(clock["n_events"])]
        kept = logged if kinds is None else logged[np.isin(logged["what"], kinds)]
        yield RunLog(seed, np.array(kept), (int(clock["end_step"]) + 1) * start.step_days)
