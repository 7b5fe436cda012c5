"""Where chunks are computed: in threads, in worker processes, or by any executor (Dask's among them).

A slot computes one chunk at a time.  A slot of processes is a pool of one, so that a worker that is killed takes its
own chunk with it and no other; the chunk is then given to a new worker.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from typing import Any

from detente.experiments.chunks import Job, Made, Setup, compute, compute_checked
from detente.model.errors import InputError

Slot = Callable[[Job], Made]

TRIES = 3
"""Workers that may die over one chunk before it is given up."""


class WorkerDiedError(Exception):
    """Workers died, one after the other, over the same chunk."""


def thread_slots(setup: Setup, n: int) -> list[Slot]:
    """Compute in the thread that asks: compiled runs leave Python's lock alone."""
    return [lambda job: compute(setup, job)] * n


class ProcessSlot:
    """One worker process, replaced when it dies."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, job: Job) -> Made:
        """Compute a chunk; raises ``WorkerDiedError`` if that kills every worker that tries."""
        for _ in range(TRIES):
            try:
                return self.pool().submit(compute_here, job).result()
            except BrokenProcessPool:
                self.close()
        raise WorkerDiedError(f"{TRIES} worker processes died over this chunk")

    def pool(self) -> ProcessPoolExecutor:
        """The worker, started if there is none."""
        if self._pool is None:
            self._pool = worker_of(self._setup)
        return self._pool

    def close(self) -> None:
        """Let the worker go."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def worker_of(setup: Setup) -> ProcessPoolExecutor:
    """One spawned worker process that knows the setup, leaves with its parent, and leaves Ctrl-C to it."""
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=enter, initargs=(setup,))


_here: Setup | None = None


def enter(setup: Setup) -> None:
    """Begin a worker's life."""
    from detente.experiments.workers import enter_worker

    global _here
    _here = setup
    enter_worker()


def compute_here(job: Job) -> Made:
    """Compute a chunk with the setup that this worker was started with."""
    if _here is None:
        raise RuntimeError("this process was not started as a worker of a sweep")
    return compute(_here, job)


@contextmanager
def process_slots(setup: Setup, n: int) -> Generator[list[Slot]]:
    """Worker processes, which live as long as the context."""
    with ExitStack() as stack:
        slots = [ProcessSlot(setup) for _ in range(n)]
        for slot in slots:
            stack.callback(slot.close)
        yield list(slots)


def executor_slots(setup: Setup, executor: Executor, n: int) -> list[Slot]:
    """Hand chunks to an executor, ``n`` at a time; its workers must have the same version of everything."""
    return [lambda job: executor.submit(compute_checked, setup, job).result()] * n


@contextmanager
def dask_executor(address: str) -> Generator[tuple[Executor, int]]:
    """The executor of a Dask cluster, and how many chunks to keep under way there."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--dask: needs Dask; expected it installed: pip install 'detente[dask]'") from None
    try:
        client: Any = Client(address, timeout="20s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"--dask: cannot connect to {address}: {error}; expected tcp://host:port") from None
    try:
        threads = sum(client.nthreads().values())
        yield client.get_executor(), max(4, 2 * threads)
    finally:
        client.close()
