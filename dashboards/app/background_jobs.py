"""Long computations, off the threads that answer requests: a bounded queue in which a viewer's latest question wins.

A page asks the same question again and again until it is answered.  A computation that nobody has asked for within
``PATIENCE`` is given up, also in the middle: it looks for that before every batch of runs.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from detente.model.errors import InputError
from detente.model.stopping import stoppable

Progress = Callable[[str, int, int], None]
Work = Callable[[Progress], Any]
Lane = Literal["run", "quick", "whole", "draws", "check", "files"]
"""Single runs; first answers; whole answers; draws of what is not known, and orders; cards and audits; visitors' files.

Each lane computes one thing at a time.
"""

PATIENCE = 1.3
"""Time after which a question that was not asked again counts as given up [s]."""

MOST_WAITING = 64
"""Computations that may wait for their turn."""

KEPT = 40
"""Answers kept, the least lately asked for forgotten first."""

VIEWERS = 1000
"""Viewers whose latest question is remembered."""

MOST_RETURNS = 3
"""Times that a viewer who asks something else while being served is served again at once, before the others."""

FAULT_KEPT = 5.0
"""Time for which a computation that failed is not tried again [s]."""

BRIEF = 0.25
"""Time for which a request waits for its answer before the page is told to ask again [s]."""

MOST_HELD = 3
"""Requests that may wait at once, of the eight that are served: the others are told to ask again immediately."""

_held = threading.BoundedSemaphore(MOST_HELD)


class SupersededError(Exception):
    """The viewer has asked something else meanwhile."""


class BusyError(Exception):
    """Too many computations wait already."""


class GivenUpError(Exception):
    """Nobody waits for this computation any more."""


class AnswerFaultError(Exception):
    """A computation failed by a fault of ours, which stands in the log."""


@dataclass(eq=False)
class Job:
    """A computation: how far it is, its result, or what went wrong."""

    key: Hashable
    work: Work
    lane: Lane
    number: int
    returns: int = 0
    askers: dict[str, float] = field(default_factory=dict[str, float])
    begun: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    ended_at: float = 0.0
    what: str = "waiting for its turn"
    done: int = 0
    total: int = 0
    result: Any = None
    fault: str = ""
    input_fault: bool = False

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ended.is_set()

    def answer(self) -> Any:
        """Its result; raises ``InputError`` or ``AnswerFaultError`` if it failed."""
        if self.input_fault:
            raise InputError(self.fault)
        if self.fault:
            raise AnswerFaultError(self.fault)
        return self.result

    def carry_out(self, check: Callable[[], None]) -> None:
        """Compute; raises ``GivenUpError`` where ``check`` does."""

        def report(what: str, done: int, total: int) -> None:
            self.what, self.done, self.total = what, done, total
            check()

        try:
            with stoppable(check):
                self.result = self.work(report)
        except GivenUpError:
            raise
        except InputError as error:
            self.fault, self.input_fault = str(error), True
        except Exception:
            logging.getLogger(__name__).exception("a computation failed")
            self.fault = "it failed; the server's log says more"


class Latest(NamedTuple):
    """What a viewer has asked for last."""

    key: Hashable
    turn: int


class JobBook:
    """Computations by key, shared by all viewers; safe to use from several threads."""

    def __init__(
        self,
        *,
        most: int = MOST_WAITING,
        kept: int = KEPT,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._kept, self._patience, self._clock = most, kept, patience, clock
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._latest: OrderedDict[tuple[str, str], Latest] = OrderedDict()
        self._working: set[Lane] = set()
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> Job | None:
        """The computation of a key, if somebody has asked for it."""
        with self._lock:
            return self._jobs.get(key)

    def ask(
        self, viewer: str, subject: str, key: Hashable, work: Work, *, lane: Lane = "quick", turn: int = 0
    ) -> Job:
        """The computation of a key, put into the queue unless it is there.

        Args:
            viewer: who asks.
            subject: what about; another question about the same ends the one before.
            key: all that the answer depends on.
            work: computes the answer.
            lane: what computes it.
            turn: number of the question, where questions may arrive in another order.

        Raises:
            SupersededError: if the viewer has asked a question of a higher number.
            BusyError: if too many computations wait.
        """
        with self._lock:
            job, place = self._fresh(key), None
            if job is None or not job.over:
                place = self._note((viewer, subject), Latest(key, turn))
            job = job or self._add(key, work, lane, place)
            job.askers[viewer] = self._clock()
            self._jobs.move_to_end(key)
            return job

    def follow(self, after: Hashable, subject: str, key: Hashable, work: Work, *, lane: Lane) -> None:
        """Go on to another computation for all who still wait for one that is ending."""
        with self._lock:
            before = self._jobs.get(after)
            there = [v for v in (before.askers if before else ()) if self._asks(v, subject, after)]
            if not there or key in self._jobs or self._n_waiting() >= self._most:
                return
            job = self._add(key, work, lane)
            for viewer in there:
                job.askers[viewer] = self._clock()
                self._latest[viewer, subject] = Latest(key, self._latest[viewer, subject].turn)

    def _asks(self, viewer: str, subject: str, key: Hashable) -> bool:
        latest = self._latest.get((viewer, subject))
        return latest is not None and latest.key == key

    def _fresh(self, key: Hashable) -> Job | None:
        """The computation of a key, unless it failed some time ago."""
        job = self._jobs.get(key)
        if job is not None and job.fault and self._clock() - job.ended_at > FAULT_KEPT:
            del self._jobs[key]
            return None
        return job

    def _note(self, who: tuple[str, str], asked: Latest) -> tuple[int, int] | None:
        """A viewer's question ends the one before about the same subject, and takes its place in the queue, if any.

        Who moves a lever again before it is their turn would otherwise never have a turn.
        """
        before = self._latest.pop(who, asked)
        self._latest[who] = before if before.turn > asked.turn else asked
        if before.turn > asked.turn:
            raise SupersededError
        while len(self._latest) > VIEWERS:
            self._latest.popitem(last=False)
        left = self._jobs.get(before.key)
        if before.key == asked.key or left is None:
            return None
        left.askers.pop(who[0], None)
        if left.over or left.askers or left.returns >= MOST_RETURNS:
            return None
        return left.number, left.returns + left.begun

    def _add(self, key: Hashable, work: Work, lane: Lane, place: tuple[int, int] | None = None) -> Job:
        self._forget()
        if self._n_waiting() >= self._most:
            raise BusyError
        job = self._jobs[key] = Job(key, work, lane, *(place or (next(self._numbers), 0)))
        if lane not in self._working:
            self._working.add(lane)
            threading.Thread(target=self._serve, args=(lane,), name=f"jobs-{lane}", daemon=True).start()
        return job

    def _n_waiting(self) -> int:
        return sum(not job.begun for job in self._jobs.values())

    def _wanted(self, job: Job) -> bool:
        """Whether somebody has asked for a computation lately."""
        since = self._clock() - self._patience
        return any(at >= since for at in list(job.askers.values()))

    def _forget(self) -> None:
        """Leave out what nobody waits for, and answers beyond those kept."""
        for key in [k for k, job in self._jobs.items() if not job.begun and not self._wanted(job)]:
            self._jobs.pop(key).ended.set()
        over = [key for key, job in self._jobs.items() if job.over]
        for key in over[: max(0, len(over) - self._kept)]:
            del self._jobs[key]

    def _next(self, lane: Lane) -> Job | None:
        with self._lock:
            self._forget()
            waiting = [job for job in self._jobs.values() if job.lane == lane and not job.begun]
            if not waiting:
                self._working.discard(lane)
                return None
            job = min(waiting, key=lambda job: job.number)
            job.begun = True
            return job

    def _serve(self, lane: Lane) -> None:
        """Compute what waits in a lane, one thing after the other, until nothing does."""
        while (job := self._next(lane)) is not None:

            def check(job: Job = job) -> None:
                if not self._wanted(job):
                    raise GivenUpError

            try:
                job.carry_out(check)
            except GivenUpError:
                with self._lock:
                    self._jobs.pop(job.key, None)
            job.ended_at = self._clock()
            job.ended.set()
            job.askers.clear()


def settled(job: Job) -> bool:
    """Whether a computation is over, or is within a moment; only some requests may wait for that moment."""
    if not job.over and _held.acquire(blocking=False):
        try:
            job.ended.wait(BRIEF)
        finally:
            _held.release()
    return job.over


def answer_to(
    jobs: JobBook,
    viewer: str,
    subject: str,
    key: Hashable,
    work: Work,
    *,
    lane: Lane = "quick",
    turn: int = 0,
) -> Any | None:
    """The answer to a question, none while it is computed: the page then asks again.

    Raises ``InputError`` or ``AnswerFaultError`` if it cannot be computed, ``SupersededError`` for an old question.
    """
    try:
        job = jobs.ask(viewer, subject, key, work, lane=lane, turn=turn)
    except BusyError:
        return None
    return job.answer() if settled(job) else None
