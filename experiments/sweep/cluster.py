"""Chunks on a Dask cluster, whose scheduler may die at any moment."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

from detente.experiments.runs.runners import Interrupt
from detente.experiments.sweep.chunks import RunFaultError, compute_checked
from detente.experiments.sweep.executors import Slot
from detente.experiments.sweep.jobs import Job, Made, Setup
from detente.model.errors import InputError

CONNECT_SECONDS = 20
"""Seconds that a scheduler has to answer when the sweep begins."""

ANSWER_SECONDS, BETWEEN_SECONDS, MISSES = 6.0, 2.0, 2
"""Seconds that a scheduler has to answer later, seconds between two questions, and answers that may be missing."""

GRACE_SECONDS = 15.0
"""Seconds for which chunks under way are waited for after an interruption: one that is queued may never begin."""

LOOK_SECONDS = 0.05
"""Seconds between two looks at a chunk."""

CLOSE_SECONDS = 3
"""Seconds that the connection has to be closed properly."""

TRIES = 3
"""Times that a chunk is handed in, if the connection to the scheduler is lost and found again."""


class SchedulerGoneError(Exception):
    """The scheduler does not answer any more; what is done stays."""


class Cluster:
    """A connection to a Dask cluster, and whether its scheduler still answers."""

    def __init__(self, address: str, client: Any, stop: Interrupt) -> None:
        self.address, self.client, self.stop = address, client, stop
        self.gone, self.left = threading.Event(), threading.Event()

    def watch(self) -> None:
        """Ask the scheduler again and again whether it is there, until it is not or the sweep is over."""
        missed = 0
        while not self.left.wait(BETWEEN_SECONDS):
            missed = 0 if self.answers() else missed + 1
            if missed >= MISSES or self.client.status == "closed":
                self.gone.set()
                return

    def answers(self) -> bool:
        """Whether the scheduler answers in time."""
        try:
            self.client.sync(self.client.scheduler.identity, callback_timeout=ANSWER_SECONDS)
        except Exception:  # whatever a connection that is lost in the middle of a question raises
            return False
        return True

    def compute(self, setup: Setup, job: Job) -> Made:
        """A chunk, computed on the cluster; raises ``SchedulerGoneError`` if that is gone."""
        for _ in range(TRIES):
            try:
                future = self.client.submit(compute_checked, setup, job, pure=False)
                self.wait(future)
                if future.status != "cancelled":
                    return self.fetched(future)
            except (asyncio.CancelledError, concurrent.futures.CancelledError):
                pass  # it was lost with its connection, while it was fetched
            except (OSError, RuntimeError) as fault:
                if self.client.status == "running":
                    raise RunFaultError(str(fault) or type(fault).__name__) from fault
            self.wait_for_connection()
        raise RunFaultError(f"the connection to the scheduler was lost {TRIES} times over this chunk")

    def fetched(self, future: Any) -> Made:
        """The result of a chunk that is done, or what went wrong in it; it is fetched from its worker."""
        coming = asyncio.run_coroutine_threadsafe(
            self.client.gather(future, asynchronous=True), self.client.loop.asyncio_loop
        )
        self.wait(coming)
        return coming.result()

    def wait(self, future: Any) -> None:
        """Wait until a chunk is done or lost."""
        until: float | None = None
        while not future.done():
            self.check()
            if self.stop.asked:
                until = until or time.monotonic() + GRACE_SECONDS
                if time.monotonic() > until:
                    future.cancel()
                    raise RunFaultError("it was given up after an interruption")
            time.sleep(LOOK_SECONDS)

    def wait_for_connection(self) -> None:
        """Wait until the connection is there again; raises ``SchedulerGoneError`` if it does not come back."""
        while self.client.status != "running":
            self.check()
            if self.stop.asked:
                raise RunFaultError("the connection was lost after an interruption")
            time.sleep(LOOK_SECONDS)

    def check(self) -> None:
        """Raise ``SchedulerGoneError`` if the scheduler is gone."""
        if self.gone.is_set():
            raise gone_error(self.address)


def gone_error(address: str) -> SchedulerGoneError:
    """The scheduler of an address is gone, in words."""
    return SchedulerGoneError(f"the scheduler at {address} is gone; what is done stays; --resume goes on")


@contextmanager
def dask_slots(setup: Setup, address: str, workers: int | None, stop: Interrupt) -> Generator[list[Slot]]:
    """Hand chunks to a Dask cluster, so many at a time, by default twice as many as it has threads."""
    client = connected(address)
    cluster = Cluster(address, client, stop)
    watching = threading.Thread(target=cluster.watch, name="watch-scheduler", daemon=True)
    with quiet():
        try:
            n = workers or max(4, 2 * threads_of(client, address))
            watching.start()
            yield [lambda job: cluster.compute(setup, job)] * n
        finally:
            cluster.left.set()
            close(client)


def connected(address: str) -> Any:
    """A client of the cluster at an address; raises ``InputError`` if there is none, or no Dask here."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--dask: needs Dask; expected it installed: pip install 'detente[dask]'") from None
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"--dask: cannot connect to {address}: {error}; expected tcp://host:port") from None


def threads_of(client: Any, address: str) -> int:
    """Threads of the cluster; raises ``SchedulerGoneError`` if it does not say."""
    try:
        held = client.sync(client.scheduler.ncores, callback_timeout=ANSWER_SECONDS)
    except Exception:  # as above
        raise gone_error(address) from None
    return sum(held.values())


def close(client: Any) -> None:
    """Close a connection; where nobody answers any more it is left to itself."""

    def shut() -> None:
        with suppress(Exception):
            client.close(timeout=CLOSE_SECONDS)

    thread = threading.Thread(target=shut, daemon=True)
    thread.start()
    thread.join(2 * CLOSE_SECONDS)


@contextmanager
def quiet() -> Generator[None]:
    """Leave out what Dask logs of lost connections: a sweep says it itself, in a line."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    yield
    for name, level in before.items():  # not after a fault: what is left of the connection may still complain
        logging.getLogger(name).setLevel(level)
