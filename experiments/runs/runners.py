"""Chunks of runs: in compiled code in threads, or, where actors have classes of their own, on Mesa in processes.

Both give the rows of the columns asked for, one a step from the opening on, and the whole last row of each run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from detente.model.errors import wrong
from detente.model.keywords import as_python
from detente.model.opening import Opening

if TYPE_CHECKING:
    from detente.agents.actors import Actor

Values = np.ndarray[Any, Any]
Rows = tuple[Values, Values]
"""Rows of shape (runs, steps + 1, columns asked for), and last rows of shape (runs, all columns)."""


class Runner(Protocol):
    """Runs a chunk of seeds of an opening."""

    def __call__(self, start: Opening, seeds: Sequence[int], wanted: Sequence[str]) -> Rows:
        """Rows and last rows of the runs, in the order of the seeds."""
        ...


def default_workers() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def checked_workers(threads: Any, place: str = "threads") -> int:
    """A number of threads or processes, or as many as there are processors; ``place`` is what a user calls it."""
    if threads is None:
        return default_workers()
    number = as_python(threads)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise wrong(place, threads, "a whole number of at least 1")
    return number


@contextmanager
def runner(actors: Mapping[str, type[Actor]] | None, workers: int) -> Generator[Runner]:
    """A runner for an ensemble; worker processes live as long as the context."""
    if not actors:
        yield compiled(workers)
    elif workers == 1 or not importable(actors):
        yield lambda start, seeds, wanted: stacked(
            [run_on_mesa(start, seed, tuple(wanted), actors) for seed in seeds]
        )
    else:
        with worker_pool(workers) as pool:
            yield lambda start, seeds, wanted: stacked(
                list(pool.map(run_on_mesa, *repeated(start, seeds, tuple(wanted), actors)))
            )


def on_mesa[T](
    run: Callable[[int], T], seeds: Sequence[int], workers: int, actors: Mapping[str, type[Actor]]
) -> list[T]:
    """A run for each seed, one after another or in worker processes where these can find the classes."""
    if workers == 1 or not importable(actors):
        return [run(seed) for seed in seeds]
    with worker_pool(workers) as pool:
        return list(pool.map(run, seeds))


def repeated(
    start: Opening, seeds: Sequence[int], wanted: tuple[str, ...], actors: Mapping[str, type[Actor]]
) -> tuple[list[Opening], list[int], list[tuple[str, ...]], list[dict[str, type[Actor]]]]:
    """The arguments of a chunk of Mesa runs, one list each."""
    n = len(seeds)
    return [start] * n, list(seeds), [wanted] * n, [dict(actors)] * n


def compiled(threads: int) -> Runner:
    """A runner in compiled code."""
    return lambda start, seeds, wanted: run_compiled(start, seeds, wanted, threads)


def run_compiled(start: Opening, seeds: Sequence[int], wanted: Sequence[str], threads: int) -> Rows:
    """A chunk in compiled code."""
    from detente.model.engine import run_batch

    batch = run_batch(start, seeds, wanted=wanted, every=1, threads=min(threads, max(len(seeds), 1)))
    return batch.series, batch.final


def run_on_mesa(
    start: Opening, seed: int, wanted: tuple[str, ...], actors: Mapping[str, type[Actor]]
) -> Rows:
    """One run on Mesa; after its end the rows keep their last values, as in compiled code."""
    from detente.model.process import PeaceProcess

    process = PeaceProcess(opening=start, rng=seed, actors=actors, keep_trajectory=True, collect=False)
    process.run_model()
    trajectory = process.trajectory()
    places = [trajectory.columns.index(name) for name in wanted]
    rows = trajectory.rows[:, places]
    missing = start.n_steps + 1 - len(rows)
    padded = np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)])
    return padded[None], trajectory.rows[-1:]


def stacked(runs: Sequence[Rows]) -> Rows:
    """Single runs as one chunk."""
    return np.concatenate([rows for rows, _ in runs]), np.concatenate([final for _, final in runs])


def importable(actors: Mapping[str, type[Actor]]) -> bool:
    """Whether another process can find these classes: not if they were typed into a notebook or a console."""
    main = sys.modules.get("__main__")
    typed_in = main is None or not hasattr(main, "__file__")
    return not any(
        "<locals>" in cls.__qualname__ or (cls.__module__ == "__main__" and typed_in)
        for cls in actors.values()
    )


@contextmanager
def worker_pool(workers: int) -> Generator[ProcessPoolExecutor]:
    """Spawned worker processes, which leave when their parent dies and which Ctrl-C does not reach."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=enter_worker)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def enter_worker() -> None:
    """Leave Ctrl-C to the parent, and leave when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=leave_with_parent, daemon=True).start()


def leave_with_parent() -> None:
    """Wait for the parent to end, then end at once."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Interrupt:
    """Whether Ctrl-C was pressed, or SIGTERM came."""

    asked = False
    terminated = False


@contextmanager
def heeding_interrupt(*, terminate: bool = False) -> Generator[Interrupt]:
    """Note a first Ctrl-C, so that the running chunk is finished and kept; a second one interrupts at once.

    With ``terminate`` SIGTERM, which a job's time limit sends, is noted as well; a second one changes nothing.
    """
    stop = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def note(number: int, frame: object) -> None:
        del frame
        if stop.asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.terminated = stop.terminated or (number == signal.SIGTERM and not stop.asked)
        stop.asked = True

    heeded = (signal.SIGINT, signal.SIGTERM) if terminate else (signal.SIGINT,)
    before = {number: signal.signal(number, note) for number in heeded}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
