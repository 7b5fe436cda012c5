"""A slot of processes: a worker that dies at any moment, in the middle of an answer too, is replaced."""

import os
import struct
import threading
from multiprocessing import Pipe
from typing import Any

import pytest

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
