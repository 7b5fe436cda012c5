"""The ensemble engine: the same rules, compiled, over many runs, in threads.

It runs stock agents only; a model with a subclass that overrides a decision runs under Mesa
(``detente.model.process``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.model import kernel
from detente.model.kernel_cache import one_at_a_time, private_folder
from detente.model.luck_ahead import reserve_tables
from detente.model.memory import RunMemory
from detente.model.opening import Opening, template_for
from detente.model.series import columns
from detente.model.stopping import stop_if_asked
from detente.model.trajectory import EventOverflowError, Trajectory, event_array

FRESH, CONTINUED = 1, 0

_compiling = threading.Lock()
_ready = threading.Event()


@dataclass(frozen=True)
class Batch:
    """Many runs of one opening.

    ``series`` has shape (runs, times, columns asked for), ``final`` (runs, all columns); ``days`` are the times [days].
    After the end of a run its series keep their last values.
    """

    seeds: tuple[int, ...]
    days: np.ndarray[Any, Any]
    series_columns: tuple[str, ...]
    series: np.ndarray[Any, Any]
    final_columns: tuple[str, ...]
    final: np.ndarray[Any, Any]


class EngineMemory(RunMemory):
    """The memory of one run at a time, with the table of addresses that compiled code finds it by."""

    def __init__(self, start: Opening) -> None:
        from detente.model.pointers import address_table

        super().__init__(start.layout, start.constants, start.parameter_record)
        self._reserves = reserve_tables(start.layout, self.buffer)
        self._table = address_table(self.world, self._reserves)
        self._row = np.zeros(len(columns(start.cast)))

    def run(
        self,
        template: np.ndarray[Any, Any],
        seeds: np.ndarray[Any, Any],
        fresh: int,
        stop: int,
        positions: np.ndarray[Any, Any],
        every: int,
        series: np.ndarray[Any, Any],
        final: np.ndarray[Any, Any],
    ) -> int:
        """Call the kernel on this memory; see ``kernel.RUNNERS``."""
        table = self._table.ctypes.data
        entry = kernel.kernel().run
        return entry(
            table, self.buffer, template, seeds, fresh, stop, positions, every, self._row, series, final
        )


def run_one(
    start: Opening, seed: int, n_steps: int | None = None, resume: Trajectory | None = None
) -> Trajectory:
    """One run in compiled code, with its whole trajectory.

    ``n_steps`` stops it after so many steps; ``resume`` goes on from an earlier trajectory of the same opening and
    seed, whose rows then stand in front.
    """
    memory = EngineMemory(start)
    names = columns(start.cast)
    done = 0 if resume is None else len(resume.rows) - 1
    stop = start.n_steps if n_steps is None else min(done + n_steps, start.n_steps)
    if resume is not None:
        memory.buffer[:] = resume.buffer
    series = np.zeros((1, stop - done + 1, len(names)))
    final = np.zeros((1, len(names)))
    fresh = FRESH if resume is None else CONTINUED
    positions = np.arange(len(names), dtype=np.int64)
    if (
        memory.run(template_for(start, seed), seed_words([seed]), fresh, stop, positions, 1, series, final)
        >= 0
    ):
        raise EventOverflowError(start)
    taken = int(memory.clock["step"]) - done
    rows = series[0, : taken + 1]
    if resume is not None:
        rows = np.concatenate([resume.rows, rows[1:]])
    events = event_array(memory.world.events[: int(memory.clock["n_events"])])
    return Trajectory(start, seed, names, rows, events, memory.buffer.copy(), "compiled")


def seed_words(seeds: Sequence[int]) -> np.ndarray[Any, Any]:
    """Seeds as two 32-bit words each."""
    return np.array([(s & 0xFFFFFFFF, (s >> 32) & 0xFFFFFFFF) for s in seeds], dtype=np.int64).reshape(-1, 2)


def over_blocks[T](n: int, threads: int, work: Callable[[np.ndarray[Any, Any]], T]) -> list[T]:
    """What ``work`` makes of the places 0 to n - 1, in order, a block of them to each thread."""
    blocks = [b for b in np.array_split(np.arange(n), max(1, threads)) if len(b)]
    with ThreadPoolExecutor(max(1, len(blocks))) as pool:
        return list(pool.map(work, blocks))


def run_batch(
    start: Opening,
    seeds: Sequence[int],
    *,
    wanted: Sequence[str] = (),
    every: int = 7,
    threads: int = 2,
) -> Batch:
    """One run for each seed; series of the columns ``wanted``, every so many steps, beginning with the opening state.

    Raises ``EventOverflowError`` if a run writes more events than the log holds.
    """
    stop_if_asked()
    compile_now()
    names = columns(start.cast)
    positions = np.array([names.index(c) for c in wanted], dtype=np.int64)
    n_times = 1 + start.n_steps // every if len(wanted) else 0
    series = np.zeros((len(seeds), n_times, len(wanted)))
    final = np.zeros((len(seeds), len(names)))
    words = seed_words(seeds)

    def work(block: np.ndarray[Any, Any]) -> int:
        memory, fault = EngineMemory(start), -1
        for part, template in templates(start, seeds, block):
            how = (FRESH, start.n_steps, positions, every)
            fault = max(fault, memory.run(template, words[part], *how, series[part], final[part]))
        return fault

    if any(fault >= 0 for fault in over_blocks(len(seeds), threads, work)):
        raise EventOverflowError(start)
    days = start.days_after(np.arange(n_times) * every)
    return Batch(tuple(seeds), days, tuple(wanted), series, names, final)


def templates(
    start: Opening, seeds: Sequence[int], block: np.ndarray[Any, Any]
) -> Iterator[tuple[slice, np.ndarray[Any, Any]]]:
    """The opening buffers of a block of runs: one for all of them, or one for each where seeds draw facts."""
    if not start.priors:
        yield slice(int(block[0]), int(block[-1]) + 1), start.buffer
        return
    for k in map(int, block):
        yield slice(k, k + 1), template_for(start, seeds[k])


def is_ready() -> bool:
    """Whether a first ensemble would start without compiling."""
    return _ready.is_set() or kernel.is_cached()


def compile_now(progress: kernel.Progress | None = None) -> None:
    """Compile the kernel, or load it from the cache; ``progress`` hears how many rules of all are done."""
    if _ready.is_set():
        return
    with _compiling:
        if _ready.is_set():
            return
        if kernel.is_cached():  # loading needs no lock: many may do it at once
            compile_or_load(progress)
        else:
            with one_at_a_time(private_folder(kernel.kernel_directory())):
                compile_or_load(progress)
                kernel.mark_cached()
        _ready.set()


def compile_or_load(progress: kernel.Progress | None) -> None:
    """Compile the kernel, or load what another process has compiled."""
    if progress is None:
        exercise()
        return
    with kernel.watch_compilation(progress):
        exercise()


def exercise() -> None:
    """Take two steps of the smallest case, which compiles the kernel."""
    from detente.model.catalogue import load_policy, load_scenario
    from detente.model.opening import opening

    scenario = load_scenario("template")
    run_one(opening(scenario, load_policy(scenario, "status-quo")), 0, n_steps=2)
