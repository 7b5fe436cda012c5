"""Where chunks are computed: in threads, in worker processes, or by any executor; a Dask cluster is in ``cluster``.

A slot computes one chunk at a time.  A slot of processes has one worker, so that a worker that is killed takes its own
chunk with it and no other; the chunk is then given to a new worker.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from detente.experiments.sweep.chunks import RunFaultError, compute, compute_checked
from detente.experiments.sweep.jobs import Job, Made, Setup

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Slot = Callable[[Job], Made]

LEAVE_SECONDS = 5.0
"""Seconds that a worker has to leave by itself."""

TRIES = 3
"""Workers that may die over one chunk before it is given up."""


class WorkerDiedError(Exception):
    """Workers died, one after the other, over the same chunk."""


def thread_slots(setup: Setup, n: int) -> list[Slot]:
    """Compute in the thread that asks: compiled runs leave Python's lock alone."""
    return [lambda job: compute(setup, job)] * n


class ProcessSlot:
    """One worker process, replaced when it dies.

    Not a pool of ``concurrent.futures``: that one waits for ever if its worker dies in the middle of an answer, since
    it holds the other end of the pipe itself.  Here only the worker does, so its death ends the answer at any moment.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._worker: BaseProcess | None = None
        self._line: Connection[Any, Any] | None = None
        self._over = False

    def __call__(self, job: Job) -> Made:
        """Compute a chunk; raises ``WorkerDiedError`` if that kills every worker that tries."""
        for _ in range(TRIES):
            if self._over:  # the sweep is being left: no worker is started any more
                break
            try:
                answer = self.ask(job)
            except (EOFError, OSError, TypeError):  # TypeError: the line was closed while it was read
                self.let_go()
            else:
                if isinstance(answer, Made):
                    return answer
                raise RunFaultError(answer)
        raise WorkerDiedError(f"{TRIES} worker processes died over this chunk")

    def ask(self, job: Job) -> Made | str:
        """A chunk, or why it could not be computed; raises ``EOFError`` or ``OSError`` if the worker died."""
        line = self._line or self.start()
        line.send(job)
        return line.recv()

    def start(self) -> Connection[Any, Any]:
        """Start a worker; the setup goes down the line, where a worker that dies early does not block it."""
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._worker = context.Process(target=serve, args=(theirs,), daemon=True)
        self._worker.start()
        theirs.close()
        self._line.send(self._setup)
        return self._line

    def close(self) -> None:
        """Let the worker go, and start no other."""
        self._over = True
        self.let_go()

    def let_go(self) -> None:
        """Let the worker go."""
        if self._line is not None:
            self._line.close()
        if self._worker is not None:
            self._worker.join(LEAVE_SECONDS)
            self._worker.kill()
            self._worker.join()
        self._line = self._worker = None


def serve(line: Connection[Any, Any]) -> None:
    """The life of a worker: leaves when its parent is gone or hangs up, and leaves Ctrl-C to it.

    SIGTERM, which a job's time limit sends to all its processes, ends it after the chunk under way.
    """
    from detente.experiments.runs.runners import enter_worker

    enter_worker()
    end = GentleEnd()
    signal.signal(signal.SIGTERM, end.note)
    with suppress(EOFError, OSError):
        setup: Setup = line.recv()
        while not end.asked:
            job = line.recv()
            end.busy = True
            line.send(answer_to(setup, job))
            end.busy = False


class GentleEnd:
    """SIGTERM to a worker: heeded at once where it waits, after the chunk where it computes one."""

    asked = False
    busy = False

    def note(self, number: int, frame: object) -> None:
        """Take note of the signal."""
        del number, frame
        self.asked = True
        if not self.busy:
            raise SystemExit


def answer_to(setup: Setup, job: Job) -> Made | str:
    """A chunk, or why it could not be computed."""
    try:
        return compute(setup, job)
    except Exception as fault:
        return str(fault) or type(fault).__name__


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
