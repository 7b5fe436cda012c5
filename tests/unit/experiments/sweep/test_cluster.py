"""Chunks on a cluster, without one: what a sweep does when its scheduler, a connection or a chunk is lost."""

import asyncio
import concurrent.futures
import signal
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from detente.experiments.runs.runners import Interrupt, heeding_interrupt
from detente.experiments.sweep import cluster as module
from detente.experiments.sweep.chunks import RunFaultError
from detente.experiments.sweep.cluster import Cluster, SchedulerGoneError, close, threads_of
from detente.experiments.sweep.executors import GentleEnd


class Future:
    """A chunk on the cluster, which has a status from the beginning."""

    def __init__(self, status: str, result: Any = None) -> None:
        self.status, self.value = status, result

    def done(self) -> bool:
        return self.status != "pending"

    def cancel(self) -> None:
        self.status = "cancelled"


class Client:
    """A client whose chunks end as they are told to, one after the other."""

    def __init__(self, *futures: Any, status: str = "running", answers: Any = ()) -> None:
        self.futures, self.status, self.answers = list(futures), status, list(answers)
        self.submitted = 0
        self.loop: Any = SimpleNamespace(asyncio_loop=asyncio.new_event_loop())
        self.scheduler = SimpleNamespace(identity=None, ncores=None)
        self.thread = threading.Thread(target=self.loop.asyncio_loop.run_forever, daemon=True)
        self.thread.start()

    def submit(self, *_: Any, **__: Any) -> Any:
        self.submitted += 1
        future = self.futures.pop(0)
        if isinstance(future, Exception):
            raise future
        return future

    async def gather(self, future: Future, *, asynchronous: bool) -> Any:
        assert asynchronous
        if isinstance(future.value, BaseException):
            raise future.value
        if future.value == "never":
            await asyncio.sleep(60)
        return future.value

    def sync(self, *_: Any, **__: Any) -> Any:
        answer = self.answers.pop(0) if self.answers else TimeoutError()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        self.loop.asyncio_loop.call_soon_threadsafe(self.loop.asyncio_loop.stop)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("GRACE_SECONDS", 0.1), ("BETWEEN_SECONDS", 0.01), ("LOOK_SECONDS", 0.001)):
        monkeypatch.setattr(module, name, seconds)


def cluster_of(client: Any, *, stop: bool = False) -> Cluster:
    asked = Interrupt()
    asked.asked = stop
    return Cluster("tcp://here:1", client, asked)


def compute(cluster: Cluster) -> Any:
    setup: Any = None
    try:
        return cluster.compute(setup, setup)
    finally:
        cluster.client.end()


def test_a_chunk_is_computed() -> None:
    assert compute(cluster_of(Client(Future("finished", "chunk")))) == "chunk"


def test_a_fault_in_a_chunk_is_its_own() -> None:
    with pytest.raises(ValueError, match="in a run"):
        compute(cluster_of(Client(Future("error", ValueError("in a run")))))


LOST = [
    Future("cancelled"),
    Future("finished", asyncio.CancelledError()),
    Future("finished", concurrent.futures.CancelledError()),
]


@pytest.mark.parametrize("lost", LOST)
def test_a_chunk_that_is_lost_with_its_connection_is_handed_in_again(lost: Future) -> None:
    client = Client(lost, Future("finished", "chunk"))
    assert compute(cluster_of(client)) == "chunk"
    assert client.submitted == 2


def test_a_chunk_that_is_lost_again_and_again_is_given_up() -> None:
    with pytest.raises(RunFaultError, match="lost 3 times"):
        compute(cluster_of(Client(*[Future("cancelled") for _ in range(3)])))


def test_a_fault_of_the_connection_is_not_that_of_the_chunk() -> None:
    client = Client(OSError("closed"), Future("finished", "chunk"), status="connecting")
    cluster = cluster_of(client)
    threading.Timer(0.05, lambda: setattr(client, "status", "running")).start()
    assert compute(cluster) == "chunk"
    with pytest.raises(RunFaultError, match="disk full"):
        compute(cluster_of(Client(OSError("disk full"))))


@pytest.mark.parametrize("future", [Future("pending"), Future("finished", "never"), Future("cancelled")])
def test_a_scheduler_that_is_gone_ends_the_wait_wherever_it_is(future: Future) -> None:
    client = Client(future, status="running" if future.status != "cancelled" else "connecting")
    cluster = cluster_of(client)
    threading.Timer(0.05, cluster.gone.set).start()
    began = time.monotonic()
    with pytest.raises(SchedulerGoneError, match="the scheduler at tcp://here:1 is gone; what is done stays"):
        compute(cluster)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("future", [Future("pending"), Future("finished", "never")])
def test_an_interruption_waits_for_a_chunk_for_a_while(future: Future) -> None:
    cluster = cluster_of(Client(future), stop=True)
    began = time.monotonic()
    with pytest.raises(RunFaultError, match="after an interruption"):
        compute(cluster)
    assert 0.1 <= time.monotonic() - began < 2
    assert compute(cluster_of(Client(Future("finished", "chunk")), stop=True)) == "chunk"


@pytest.mark.parametrize(
    ("answers", "status", "gone"),
    [
        ([], "running", True),
        ([OSError(), {}, OSError(), {}, OSError(), AttributeError()], "running", True),
        ([{}], "closed", True),
    ],
)
def test_a_scheduler_is_gone_when_it_misses_two_answers(answers: Any, status: str, gone: bool) -> None:
    client = Client(answers=answers, status=status)
    cluster = cluster_of(client)
    cluster.watch()
    client.end()
    assert cluster.gone.is_set() is gone


def test_a_scheduler_is_watched_until_the_sweep_is_over() -> None:
    client = Client(answers=[{}] * 10_000)
    cluster = cluster_of(client)
    thread = threading.Thread(target=cluster.watch)
    thread.start()
    time.sleep(0.1)
    assert not cluster.gone.is_set()
    cluster.left.set()
    thread.join(5)
    client.end()
    assert not thread.is_alive()
    assert not cluster.gone.is_set()


def test_a_cluster_says_its_threads_or_is_gone() -> None:
    client: Any = Client(answers=[{"a": 2, "b": 3}])
    assert threads_of(client, "tcp://here:1") == 5
    with pytest.raises(SchedulerGoneError, match="tcp://here:1"):
        threads_of(client, "tcp://here:1")
    client.end()


def test_a_connection_that_does_not_close_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_SECONDS", 0.05)
    began = time.monotonic()
    close(SimpleNamespace(close=lambda timeout: time.sleep(5)))
    assert time.monotonic() - began < 2


def test_sigterm_is_noted_where_it_is_heeded_and_a_second_one_changes_nothing() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with heeding_interrupt(terminate=True) as stop:
        for _ in range(3):
            signal.raise_signal(signal.SIGTERM)
        assert (stop.asked, stop.terminated) == (True, True)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before
    with heeding_interrupt(terminate=True) as stop:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        assert (stop.asked, stop.terminated) == (True, False)
    with heeding_interrupt():
        assert signal.getsignal(signal.SIGTERM) is before


def test_a_worker_ends_after_its_chunk_or_at_once_where_it_waits() -> None:
    end = GentleEnd()
    end.busy = True
    end.note(signal.SIGTERM, None)
    assert end.asked
    end.busy = False
    with pytest.raises(SystemExit):
        end.note(signal.SIGTERM, None)
