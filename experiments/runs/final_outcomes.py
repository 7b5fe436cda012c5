"""Runs of which only the end counts: many seeds of an opening to its outcomes, without series."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.outcomes import Finals, read_outcomes
from detente.experiments.runs.runners import Runner, compiled, default_workers, heeding_interrupt, runner
from detente.model.opening import Opening
from detente.model.series import columns

if TYPE_CHECKING:
    from detente.agents.actors import Actor
    from detente.experiments.runs.posterior_draws import Redrawn

Values = np.ndarray[Any, Any]
Ends = dict[str, Values]
"""Outcome -> values, one for each seed."""
Progress = Callable[[int, int], None]
"""Called with the number of runs done and the number in all."""

BLOCK, RUNS = 50, 2000
"""Most seeds, and most runs unless a seed takes more, between two looks at Ctrl-C: some seconds."""


def ends_of(start: Opening, seeds: Sequence[int], threads: int | None = None) -> Ends:
    """The outcomes of one opening under some seeds, compiled."""
    return ends_by(compiled(threads or default_workers()), start, seeds)


def ends_by(go: Runner, start: Opening, seeds: Sequence[int]) -> Ends:
    """The outcomes of one opening under some seeds, by a runner."""
    _, final = go(start, seeds, ())
    return read_outcomes(Finals(start, columns(start.cast), final))


def ends_of_all(
    starts: Sequence[Opening],
    seeds: Sequence[int],
    *,
    drawn: Redrawn | None = None,
    threads: int | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[int, ...], list[Ends]]:
    """The outcomes of several openings under the same seeds, and the seeds that were done.

    With ``drawn``, which opens the same ones again, each seed has parameters of its own, the same for all.
    After Ctrl-C all openings have the same seeds; ``KeyboardInterrupt`` is raised if there are none.
    """
    workers = threads or default_workers()
    made: list[list[Ends]] = [[] for _ in starts]
    done = 0
    with heeding_interrupt() as stop, runner(actors, workers) as go:
        one = go if actors else compiled(1)
        ways = [go if drawn is None else drawn.runner(k, one, workers) for k in range(len(starts))]
        for block in blocks(seeds, len(starts)):
            if stop.asked:
                break
            for k, (parts, start) in enumerate(zip(made, starts, strict=True), start=1):
                parts.append(ends_by(ways[k - 1], start, block))
                if progress is not None:
                    progress(done * len(starts) + k * len(block), len(seeds) * len(starts))
            done += len(block)
    if done == 0:
        raise KeyboardInterrupt
    return tuple(seeds[:done]), [joined(parts) for parts in made]


def blocks(seeds: Sequence[int], n_openings: int) -> Iterator[Sequence[int]]:
    """Seeds in blocks, each of which all openings are run under."""
    size = max(1, min(BLOCK, RUNS // max(n_openings, 1)))
    for first in range(0, len(seeds), size):
        yield seeds[first : first + size]


def joined(parts: Sequence[Ends]) -> Ends:
    """Blocks of outcomes as one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
