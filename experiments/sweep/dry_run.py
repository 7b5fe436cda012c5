"""A dry run: how many runs a design makes, how long they take and how much disk, from a few that are tried."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from detente.experiments.sweep.chunks import compute
from detente.experiments.sweep.design.document import Design
from detente.experiments.sweep.design.loading import as_design
from detente.experiments.sweep.jobs import Job
from detente.experiments.sweep.plan import Plan
from detente.model.request import CaseLike

if TYPE_CHECKING:
    from detente.agents.actors import Actor

FEW, MORE = 2, 12
"""Runs of the two trials of which time and size are worked out: what a run costs, and what a chunk costs besides."""


@dataclass(frozen=True)
class Rehearsal:
    """What a sweep would take; seconds are those of one worker, on this machine, as busy as it is now."""

    points: int
    runs: int
    chunks: int
    seconds: float
    bytes: float

    def seconds_with(self, workers: int) -> float:
        """Seconds with so many workers."""
        return self.seconds / min(workers, self.chunks)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def dry_run(
    what: Design | CaseLike | Mapping[str, Any] | None = None,
    /,
    *,
    actors: Mapping[str, type[Actor]] | None = None,
    ready: Callable[[Plan], None] | None = None,
    **asked: Any,
) -> Rehearsal:
    """How many runs a sweep makes, how long they take and how much disk, from a few that are tried.

    Args:
        what: a case, a design file or a design's keys, as in ``sweep``.
        actors: name of an actor -> a subclass of its class.
        ready: called when all is checked, before the first run.
        **asked: the keywords of ``sweep`` that make a design.

    Returns:
        Points, runs, chunks, seconds of one worker, and bytes.

    Raises:
        InputError: for anything that the sweep could not use.

    Examples:
        >>> import detente
        >>> plan = detente.dry_run("template", levers={"recognition": [0, 1]}, policies=["status-quo"], runs=4)
        >>> plan.points, plan.runs
        (2, 8)
    """
    plan = Plan.of(as_design(what, **asked), actors)
    if ready is not None:
        ready(plan)
    return rehearse(plan)


def rehearse(plan: Plan) -> Rehearsal:
    """Try a few runs, which leaves nothing behind, and reckon from them."""
    try_runs(plan, 0, 1)  # the first loads what all share
    n = min(MORE, plan.n_runs)
    few = min(FEW, n)
    times = [min(try_runs(plan, first, k)[0] for first in spread_over(plan, k)) for k in (few, n)]
    sizes = [try_runs(plan, 0, k)[1] for k in (few, n)]
    return Rehearsal(
        points=len(plan.points),
        runs=plan.n_runs,
        chunks=plan.n_chunks,
        seconds=reckoned(plan, few, n, *times),
        bytes=reckoned(plan, few, n, *sizes),
    )


def reckoned(plan: Plan, few: int, n: int, small: float, large: float) -> float:
    """The total, out of what a small and a larger chunk cost."""
    each = max(large - small, 0.0) / (n - few) if n > few else large / n
    besides = max(small - few * each, 0.0)
    return each * plan.n_runs + besides * plan.n_chunks


def spread_over(plan: Plan, k: int) -> list[int]:
    """First runs of trials, at the beginning, in the middle and at the end of the design."""
    last = max(plan.n_runs - k, 0)
    return sorted({0, last // 2, last})


def try_runs(plan: Plan, first: int, n: int) -> tuple[float, float]:
    """Seconds and bytes of some runs as a chunk of their own."""
    job = Job(0, tuple(plan.blocks(first, min(first + n, plan.n_runs))))
    began = time.perf_counter()
    made = compute(plan.setup, job)
    return time.perf_counter() - began, float(len(made.rows) + len(made.series or b""))
