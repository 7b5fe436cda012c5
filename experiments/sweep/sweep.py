"""Sweeps: every run of a design, in chunks that can be lost and made again, on whatever computes them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.runs.runners import Interrupt, checked_workers, heeding_interrupt, importable
from detente.experiments.sweep.cluster import SchedulerGoneError, dask_slots
from detente.experiments.sweep.design.document import Design
from detente.experiments.sweep.design.loading import as_design
from detente.experiments.sweep.executors import (
    Slot,
    executor_slots,
    process_slots,
    thread_slots,
)
from detente.experiments.sweep.jobs import Job
from detente.experiments.sweep.plan import Plan
from detente.experiments.sweep.results import Results, open_results
from detente.experiments.sweep.store import Store, claim
from detente.model.errors import wrong
from detente.model.request import CaseLike

if TYPE_CHECKING:
    from detente.agents.actors import Actor

Progress = Callable[[int, int], None]
"""Called with the number of runs done and the number in all."""

Shard = tuple[int, int]
"""Which part of the chunks to compute, counted from 1, and of how many."""


class SweepFaultError(Exception):
    """Some chunks could not be computed; all others were."""


class SweepInterruptedError(KeyboardInterrupt):
    """Ctrl-C was pressed, or SIGTERM came (``terminated``); the chunks that were under way are done."""

    def __init__(self, *, terminated: bool = False) -> None:
        super().__init__()
        self.terminated = terminated


@dataclass
class Work:
    """Chunks to compute, shared by the slots; every method may be called from any thread."""

    plan: Plan
    store: Store
    todo: Iterator[int]
    stop: Interrupt
    report: Progress | None
    total: int
    done: int = 0
    faults: dict[int, str] = field(default_factory=dict)
    fatal: BaseException | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Job | None:
        """The next chunk, none when there is none or all are to stop."""
        with self.lock:
            chunk = None if self.stop.asked or self.fatal else next(self.todo, None)
        return None if chunk is None else self.plan.job(chunk)

    def serve(self, slot: Slot) -> None:
        """Let a slot compute chunk after chunk, until none is left."""
        try:
            while (job := self.next()) is not None:
                self.carry_out(slot, job)
        except BaseException as fault:
            self.fatal = fault

    def carry_out(self, slot: Slot, job: Job) -> None:
        """One chunk computed and stored; what goes wrong in it costs no other chunk."""
        try:
            made = slot(job)
        except SchedulerGoneError:
            raise
        except Exception as fault:
            with self.lock:
                self.faults[job.chunk] = " ".join(str(fault).split()) or type(fault).__name__
            return
        self.store.write(made)
        with self.lock:
            self.done += made.n_runs
            if self.report is not None:
                self.report(self.done, self.total)


def sweep(
    what: Design | CaseLike | Mapping[str, Any] | None = None,
    /,
    *,
    out: str | Path,
    resume: bool = False,
    workers: int | None = None,
    processes: bool = False,
    dask: str | None = None,
    executor: Executor | None = None,
    shard: str | Shard | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
    ready: Callable[[Plan], None] | None = None,
    **asked: Any,
) -> Results:
    """Every run of a design, as Parquet chunks in a directory that pandas, Arrow and ``open_results`` read.

    Whatever computes the chunks, the files are the same to the byte.  What is done stays, whatever stops the sweep.

    Args:
        what: a case (its name, the path of its file or folder, or a case that is loaded), with the keys of a design as
            keywords; or a design: a TOML file or a mapping of its keys.  Left out, the keyword ``case`` or ``cases``
            says it, or, with ``resume``, what ``out`` holds.
        out: directory of the results.
        resume: go on with what the directory holds.
        workers: threads, or processes; one a processor unless given.
        processes: use processes, not threads.
        dask: address of a Dask cluster, as "tcp://host:port".
        executor: any other ``concurrent.futures.Executor``.
        shard: "I/N" computes every N-th chunk from the I-th on, and leaves the rest to others.
        actors: name of an actor -> a subclass of its class; these runs go on Mesa, in processes.
        progress: called with the number of runs done and the number in all.
        ready: called with the plan when all is checked, before the first run.
        **asked: the keys of a design (see docs/sweeps.md): levers, parameters, policies or policy, theories or theory,
            runs, first_seed, design, mode, until, step_days, series, every, chunk; any other is a lever
            (``direct_channel=[0, 0.5, 1]``) or a parameter (``trust__memory="100:400"``).  Their values are numbers,
            lists, ranges, arrays of numpy, Series of pandas, or text as "0:1:5".

    Returns:
        What is in the directory.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.
        StoreError: if ``out`` holds something else or cannot be written.
        SweepFaultError: if a run failed; all others are done.
        SchedulerGoneError: if the scheduler of a Dask cluster does not answer any more; what is done stays.
        SweepInterruptedError: after Ctrl-C or SIGTERM.

    Examples:
        >>> import detente, tempfile
        >>> levers = {"recognition": [0, 0.5, 1], "parallel_tracks": [0, 1]}
        >>> results = detente.sweep("template", out=tempfile.mkdtemp() + "/sweep", levers=levers, runs=2)
        >>> results.complete, len(results.table) == 3 * 2 * 2 * results.table["policy"].nunique()
        (True, True)
    """
    design = resumed_design(out) if resume and what is None and not asked else as_design(what, **asked)
    plan = Plan.of(design, actors)
    part = checked_shard(shard)
    checked_workers(workers, "workers")
    if dask is not None and executor is not None:
        raise wrong("executor", executor, "nothing beside dask")
    store = claim(Path(out), plan.manifest, resume=resume or part is not None)
    if ready is not None:
        ready(plan)
    with heeding_interrupt(terminate=True) as stop:
        work = remaining(plan, store, part, stop, progress)
        with slots_for(plan, workers, processes, dask, executor, stop) as slots:
            carry_out(work, slots)
        conclude(work)
    return open_results(out)


def remaining(plan: Plan, store: Store, part: Shard | None, stop: Interrupt, report: Progress | None) -> Work:
    """The chunks still to be computed; leftovers of earlier attempts at them are removed."""
    index, n = part or (1, 1)
    mine = range(index - 1, plan.n_chunks, n)
    found = store.look()
    store.tidy([path for path in found.bad if belongs(path, mine)], mine)
    todo = [k for k in mine if k not in found.whole]
    total = sum(plan.runs_in(k) for k in mine)
    done = total - sum(plan.runs_in(k) for k in todo)
    if report is not None:
        report(done, total)
    return Work(plan, store, iter(todo), stop, report, total, done)


def belongs(path: Path, mine: range) -> bool:
    """Whether a damaged file is ours to remove; one with a number that no chunk has is anybody's."""
    chunk = int(path.name.split("-")[1])
    return chunk in mine or mine.step == 1


@contextmanager
def slots_for(
    plan: Plan,
    workers: int | None,
    processes: bool,
    dask: str | None,
    executor: Executor | None,
    stop: Interrupt,
) -> Generator[Sequence[Slot]]:
    """What computes the chunks, as asked for."""
    setup = plan.setup
    if dask is not None:
        with dask_slots(setup, dask, workers, stop) as slots:
            yield slots
        return
    n = checked_workers(workers)
    if executor is not None:
        yield executor_slots(setup, executor, n)
        return
    if not plan.actors:
        from detente.model.engine import compile_now

        compile_now()  # worker processes then find it in the cache
    if processes or (plan.actors and importable(plan.actors)):
        with process_slots(setup, n) as slots:
            yield slots
    else:
        yield thread_slots(setup, 1 if plan.actors else n)


def carry_out(work: Work, slots: Sequence[Slot]) -> None:
    """Run all slots to the end of the work.

    The threads do not keep the program alive: a second Ctrl-C ends it at once.
    """
    threads = [threading.Thread(target=work.serve, args=(slot,), daemon=True) for slot in slots]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)


def conclude(work: Work) -> None:
    """Say what went wrong, if anything did."""
    if work.fatal is not None:
        raise work.fatal
    if work.stop.asked and work.done < work.total:
        raise SweepInterruptedError(terminated=work.stop.terminated)
    if work.faults:
        first, words = min(work.faults.items())
        n, more = len(work.faults), f" (and {len(work.faults) - 1} more)" if len(work.faults) > 1 else ""
        raise SweepFaultError(
            f"{n} of {work.plan.n_chunks} chunks could not be computed; chunk {first}: {words}{more}; "
            "all others are done"
        )


def checked_shard(shard: str | Shard | None) -> Shard | None:
    """``I/N`` as two numbers, I from 1 to N."""
    if shard is None:
        return None
    text = shard if isinstance(shard, str) else "/".join(map(str, shard))
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    part = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= part[0] <= part[1]:
        raise wrong("shard", text, "I/N with I from 1 to N, as 3/20")
    return part


def resumed_design(out: str | Path) -> Design:
    """The design that a results directory was made from."""
    from detente.experiments.sweep.design.loading import parse_design
    from detente.experiments.sweep.store import MANIFEST, read_manifest
    from detente.model.request import checked_date

    raw = dict(read_manifest(Path(out))["design"])
    if "until" in raw:
        raw["until"] = checked_date(raw["until"])
    return parse_design(raw, str(Path(out) / MANIFEST))
