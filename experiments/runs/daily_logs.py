"""Many compiled runs with their event logs and some columns day by day: what estimators on days and dates ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.runs.event_logs import RunLog, logged_runs
from detente.model.engine import compile_now, over_blocks
from detente.model.opening import Opening

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
        len(seeds),
        threads,
        lambda block: list(logged_runs(start, [seeds[int(k)] for k in block], kinds, wanted)),
    )
    return [DailyLog(log, steps) for part in parts for log, steps in part]
