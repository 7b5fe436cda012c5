"""A slot of processes: a worker that dies at any moment, in the middle of an answer too, is replaced."""

import os
import signal
import struct
import threading
from multiprocessing import Pipe
from typing import Any

import pytest

from detente.experiments.sweep import executors
from detente.experiments.sweep.chunks import RunFaultError
from detente.experiments.sweep.design.loading import parse_design
from detente.experiments.sweep.executors import TRIES, ProcessSlot, WorkerDiedError, answer_to
from detente.experiments.sweep.jobs import Made
from detente.experiments.sweep.plan import Plan

pytestmark = pytest.mark.usefixtures("compiled")


class Dying(ProcessSlot):
    """A slot whose first workers, threads here, die after writing so many bytes of an answer of 20,000."""

    def __init__(self, setup: Any, deaths: list[int]) -> None:
        super().__init__(setup)
        self.deaths = list(deaths)

    def start(self) -> Any:
        self._line, theirs = Pipe()
        life = (theirs, self.deaths.pop(0) if self.deaths else None)
        threading.Thread(target=self.live, args=life, daemon=True).start()
        self._line.send(self._setup)
        return self._line

    def live(self, line: Any, written: int | None) -> None:
        setup, job = line.recv(), line.recv()
        if written is None:
            line.send(answer_to(setup, job))
        else:
            os.write(line.fileno(), (struct.pack("!i", 20_000) + bytes(20_000))[:written])
        line.close()


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan.of(parse_design({"case": "template", "runs": 2}))


@pytest.mark.parametrize("deaths", [[0], [2], [4], [10_000], [0, 4]])
def test_a_worker_that_dies_in_the_middle_of_an_answer_is_replaced(plan: Plan, deaths: list[int]) -> None:
    made = Dying(plan.setup, deaths)(plan.job(0))
    assert isinstance(made, Made)
    assert made == Dying(plan.setup, [])(plan.job(0))


def test_a_chunk_that_kills_every_worker_is_given_up(plan: Plan) -> None:
    with pytest.raises(WorkerDiedError, match="3 worker processes died over this chunk"):
        Dying(plan.setup, [4] * TRIES)(plan.job(0))


def test_a_fault_in_a_worker_is_told(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.experiments.sweep import chunks

    def faulty(*_: Any) -> Any:
        raise ZeroDivisionError("a fault of a test")

    monkeypatch.setattr(chunks, "run_block", faulty)
    with pytest.raises(
        RunFaultError, match=r"template, status-quo, .*: ZeroDivisionError: a fault of a test"
    ):
        Dying(plan.setup, [])(plan.job(0))


# -- the life of a worker


class Line:
    """What a worker hears, one thing after the other; it notes what is sent and whether it is closed."""

    def __init__(self, *heard: Any) -> None:
        self.heard, self.sent, self.closed = list(heard), [], False

    def recv(self) -> Any:
        if not self.heard:
            raise EOFError
        said = self.heard.pop(0)
        return said() if callable(said) else said

    def send(self, what: Any) -> None:
        self.sent.append(what)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The life of a worker in this process, whose answers are the jobs; SIGTERM is handled as before afterwards."""
    before = signal.getsignal(signal.SIGTERM)
    entered: list[bool] = []
    monkeypatch.setattr("detente.experiments.runs.runners.enter_worker", lambda: entered.append(True))
    monkeypatch.setattr(executors, "answer_to", lambda setup, job: (setup, job() if callable(job) else job))

    def live(line: Line) -> Line:
        try:
            executors.serve(line)
        finally:
            signal.signal(signal.SIGTERM, before)
        assert entered == [True]
        return line

    return live


def test_a_worker_answers_until_its_parent_hangs_up(served: Any) -> None:
    assert served(Line("setup", 1, 2)).sent == [("setup", 1), ("setup", 2)]


def test_a_worker_whose_line_breaks_leaves(served: Any) -> None:
    def broken() -> Any:
        raise OSError

    assert served(Line("setup", 1, broken, 2)).sent == [("setup", 1)]


def terminated() -> str:
    signal.raise_signal(signal.SIGTERM)
    return "done"


def test_a_job_told_to_end_finishes_the_chunk_under_way(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "answer_to", lambda setup, job: job if job == 1 else terminated())
    assert served(Line("setup", 1, 2, 3)).sent == [1, "done"]


def test_a_job_told_to_end_while_it_waits_ends_at_once(served: Any) -> None:
    line = Line("setup", 1, terminated, 2)
    with pytest.raises(SystemExit):
        served(line)
    assert line.sent == [("setup", 1)]


def test_a_job_told_to_end_before_it_knows_what_to_do_ends_at_once(served: Any) -> None:
    line = Line(terminated, 1)
    with pytest.raises(SystemExit):
        served(line)
    assert line.sent == []


def test_a_slot_that_is_closed_starts_no_worker(plan: Plan) -> None:
    slot = Dying(plan.setup, [])
    slot.close()
    with pytest.raises(WorkerDiedError):
        slot(plan.job(0))
    assert slot._line is None


class Worker:
    """A process that notes how it was let go."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def join(self, seconds: float | None = None) -> None:
        self.told.append(("join", seconds))

    def kill(self) -> None:
        self.told.append("kill")


def test_a_worker_has_a_while_to_leave_by_itself() -> None:
    slot, line, worker = ProcessSlot(None), Line(), Worker()  # type: ignore[arg-type]
    slot._line, slot._worker = line, worker  # type: ignore[assignment]
    slot.close()
    assert line.closed
    assert worker.told == [("join", 5.0), "kill", ("join", None)]
    assert slot._line is slot._worker is None
    slot.close()
    assert len(worker.told) == 3


def test_every_slot_of_processes_is_closed(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[ProcessSlot] = []
    monkeypatch.setattr(ProcessSlot, "close", lambda slot: closed.append(slot))
    with executors.process_slots(plan.setup, 3) as slots:
        assert len({id(slot) for slot in slots}) == 3
        assert closed == []
    assert {id(slot) for slot in closed} == {id(slot) for slot in slots}


def test_threads_compute_at_once(plan: Plan) -> None:
    slots = executors.thread_slots(plan.setup, 3)
    assert len(slots) == 3
    assert slots[2](plan.job(0)) == Dying(plan.setup, [])(plan.job(0))


def test_a_fault_without_words_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(setup: Any, job: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(executors, "compute", faulty)
    assert answer_to(None, None) == "MemoryError"  # type: ignore[arg-type]
