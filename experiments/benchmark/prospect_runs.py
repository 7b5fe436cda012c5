"""Runs of a prospect: deaths in the months after a day, with a move and without, under the same luck."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from detente.experiments.benchmark.deaths_between import months_after
from detente.experiments.runs.posterior_draws import Redrawn
from detente.experiments.runs.provenance import kills
from detente.experiments.runs.runners import compiled, default_workers, heeding_interrupt
from detente.model.opening import Opening

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]
"""Called with the number of runs done and the number in all."""

MONTHS = (3, 6, 12)
"""Lengths of the windows after the day [months]."""
PURPOSE = 20181115
"""Keeps the draws of counts apart from any other use of a seed."""
BLOCK = 50
"""Runs between two looks at Ctrl-C."""


@dataclass(frozen=True)
class Counting:
    """How deaths come to be counted: ``scale`` counted per death of the model, and how much more uneven months are.

    ``extra`` is the relative variance of a month beyond that of the runs, one value for each row that seeds draw.
    """

    scale: float
    extra: Values

    def counts(self, deaths: Values, day: date, seeds: Sequence[int], rows: Sequence[int]) -> Values:
        """Months as they are counted, by luck that belongs to the seed and so is the same in all arms.

        Args:
            deaths: deaths of runs by month, shape (runs, months).
            day: first day.
            seeds: seed of each run.
            rows: row that each seed draws.
        """
        from scipy.stats import gamma, poisson

        keys = [(PURPOSE, day.toordinal(), seed) for seed in seeds]
        luck = np.array([np.random.default_rng(key).random((2, deaths.shape[1])) for key in keys])
        extra = np.maximum(self.extra[list(rows)], 1e-9)[:, None]
        factor = np.where(extra > 1e-3, gamma.ppf(luck[:, 0], 1.0 / extra, scale=extra), 1.0)
        found: Any = poisson.ppf(luck[:, 1], deaths * self.scale * factor)
        return found


@dataclass(frozen=True)
class Branch:
    """A case as it is opened for some seeds; with ``drawn``, each has parameters and facts of its own.

    ``place`` is that of the opening among those that are drawn together.
    """

    start: Opening
    drawn: Redrawn | None = None
    place: int = 0


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: the case while it is fought, and where it may have faded out, the case at rest.

    ``faded`` says of each row that seeds draw whether the war is at rest; ``counting`` is None where deaths are those
    of the model.
    """

    fought: Branch
    at_rest: Branch | None = None
    faded: Values | None = None
    counting: Counting | None = None

    @property
    def start(self) -> Opening:
        """The opening of the case while it is fought."""
        return self.fought.start

    def rows(self, seeds: Sequence[int]) -> list[int]:
        """The row that each seed draws."""
        drawn = self.fought.drawn
        return [0] * len(seeds) if drawn is None else [drawn.draws.particle(seed) for seed in seeds]


def counted(start: Opening) -> str:
    """What violence is counted in: deaths, or attacks where nobody's attacks kill."""
    return "deaths" if kills(start) else "attacks"


def window_counts(
    arms: Sequence[Arm],
    day: date,
    seeds: Sequence[int],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[int, ...], list[Values]]:
    """Deaths in the windows after the day: the seeds done, and for each arm an array of shape (runs, windows).

    After Ctrl-C all arms have the same seeds; ``KeyboardInterrupt`` is raised if there are none.
    """
    workers = threads or default_workers()
    parts: list[list[Values]] = [[] for _ in arms]
    done = 0
    with heeding_interrupt() as stop:
        for first in range(0, len(seeds), BLOCK):
            if stop.asked:
                break
            block = seeds[first : first + BLOCK]
            for k, (part, arm) in enumerate(zip(parts, arms, strict=True), start=1):
                part.append(counts_of(arm, day, block, workers))
                if progress is not None:
                    progress(done * len(arms) + k * len(block), len(seeds) * len(arms))
            done += len(block)
    if done == 0:
        raise KeyboardInterrupt
    return tuple(seeds[:done]), [np.concatenate(part) for part in parts]


def counts_of(arm: Arm, day: date, seeds: Sequence[int], workers: int) -> Values:
    """Deaths of some runs of one arm in the windows after the day, shape (runs, windows)."""
    rows = arm.rows(seeds)
    rest = np.zeros(len(seeds), dtype=bool) if arm.faded is None else arm.faded[rows]
    months = np.zeros((len(seeds), max(MONTHS)))
    for branch, chosen in ((arm.fought, ~rest), (arm.at_rest, rest)):
        if branch is not None and chosen.any():
            own = [seed for seed, held in zip(seeds, chosen, strict=True) if held]
            months[chosen] = months_of(branch, day, own, workers)
    if arm.counting is not None:
        months = arm.counting.counts(months, day, seeds, rows)
    return months.cumsum(axis=1)[:, [n - 1 for n in MONTHS]]


def months_of(branch: Branch, day: date, seeds: Sequence[int], workers: int) -> Values:
    """Deaths by month after the day, shape (runs, months); a run that has ended counts none."""
    go = (
        compiled(workers) if branch.drawn is None else branch.drawn.runner(branch.place, compiled(1), workers)
    )
    start = branch.start
    field = "fatalities" if counted(start) == "deaths" else "attacks"
    rows, _ = go(start, seeds, (f"tally.{field}",))
    first = start.scenario.case.start
    days = [(months_after(day, n) - first).days for n in range(max(MONTHS) + 1)]
    at = [at_step(rows[:, :, 0], start.steps_by(float(d))) for d in days]
    return np.diff(np.stack(at, axis=1), axis=1)


def at_step(rows: Values, step: float) -> Values:
    """A cumulative count after so many steps, parts of a step included."""
    below = min(int(step), rows.shape[1] - 1)
    above = min(below + 1, rows.shape[1] - 1)
    return rows[:, below] + (rows[:, above] - rows[:, below]) * (step - below)
