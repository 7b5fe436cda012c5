"""What a conflict opened on a day has ahead of it: runs, and through the observation model the series that is scored.

A run gives a month's deaths by the model's own attacks.  The data are more uneven than that where single events, or
whole months, are counted late, in heaps or not at all; how much more is part of the level that is filtered.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.benchmark.level_filter import Process, process_of, size_about
from detente.experiments.benchmark.opened import OpenedCase, with_faded
from detente.experiments.runs.ensemble import Chunk, in_chunks
from detente.experiments.runs.recorded_series import COUNTS, Watch
from detente.experiments.runs.runners import checked_workers, compiled
from detente.model.opening import Opening, facts_drawn, opening
from detente.model.policy import Policy

Values = np.ndarray[Any, Any]

DEATHS = COUNTS.index("fatalities")

LEFT_OUT = 0.02
"""Share of the largest months of runs that are left out where their unevenness is measured."""

LEAST_EXTRA = 1e-3
"""Relative variance below which runs are as uneven as the data."""

REPEATS = 4
"""Values of the series that are drawn for each run: what a count adds by chance needs no run of its own."""

ROUGHLY = 30
"""Days between kept values of series: only months are looked at."""


@dataclass(frozen=True)
class Outlook:
    """Deaths by month that runs give: shape (runs, leads), and the relative variance that the data have beyond them."""

    deaths: Values
    extra: float
    luck: int

    def forecast(self, lead: int) -> Values:
        """Equally likely values of the month of a lead, sorted: ``REPEATS`` for each run."""
        means = np.repeat(self.deaths[:, lead - 1], REPEATS)
        draws = np.random.default_rng([self.luck, lead])
        if self.extra > LEAST_EXTRA:
            means = means * draws.gamma(1.0 / self.extra, self.extra, len(means))
        return np.sort(draws.poisson(means)).astype(float)


def outlooks(opened: OpenedCase, policies: Sequence[Policy], runs: int) -> list[Outlook]:
    """Outlooks of a conflict under some policies, with the same seeds: fought or faded out in the shares believed."""
    if len(policies) > 1 and not any(policy.move for policy in policies):
        return outlooks(opened, policies[:1], runs) * len(policies)  # nothing tells them apart
    n_faded = round(runs * opened.level.faded)
    parts = [(False, range(1, 1 + runs - n_faded)), (True, range(1 + runs - n_faded, 1 + runs))]
    deaths: list[list[Values]] = [[] for _ in policies]
    extra = 0.0
    for faded, seeds in parts:
        if not len(seeds):
            continue
        starts = [opening(with_faded(opened.scenario, faded=faded), policy) for policy in policies]
        months = monthly_deaths(starts, tuple(seeds))
        for kept, own in zip(deaths, months, strict=True):
            kept.append(own * opened.scale)
        if not faded:
            extra = extra_variance(opened, starts[0], tuple(seeds), months[0][:, 0])
    luck = opened.day.toordinal()
    return [Outlook(np.concatenate(kept), extra, luck) for kept in deaths]


def monthly_deaths(starts: Sequence[Opening], seeds: tuple[int, ...]) -> list[Values]:
    """Deaths by month in runs of some openings; a run that ended counts none after it.

    Unlike an ensemble's, runs that Ctrl-C cuts short are not kept: an origin has all its runs or none.
    """
    go = compiled(checked_workers(None))
    found: list[Values] = []
    for start in starts:
        watch = Watch.of(start, ROUGHLY)
        parts = [Chunk.of(watch, part, go).monthly[:, :, DEATHS] for _, part in in_chunks(seeds)]
        found.append(np.nan_to_num(np.concatenate(parts).astype(float)))
    return found


def extra_variance(opened: OpenedCase, start: Opening, seeds: Sequence[int], first: Values) -> float:
    """Relative variance of the data about their level, beyond that of the first month of runs about theirs."""
    how, level = process_of(opened.scenario.parameters), opened.level
    fast = level.spread**2 * how.fast_share
    data = 1.0 + 1.0 / size_about(level.size, fast * how.mean_share)
    slow = level.spread**2 * (1.0 - how.fast_share) * (1.0 - how.keep**2) / 3.0  # a month's mean of a walk
    moved = math.exp(slow + fast * (how.mean_share - how.end_share**2))
    known = np.array([drawn_level(start, seed, how) for seed in seeds])
    about = np.sort(first / np.exp(known))
    kept = about[: max(math.ceil(len(about) * (1.0 - LEFT_OUT)), 1)]
    mean = float(kept.mean())
    own = 1.0 + float(kept.var()) / mean**2 if mean > 0 else math.inf
    return max(data * moved / own - 1.0, 0.0)


def drawn_level(start: Opening, seed: int, how: Process) -> float:
    """Log of the violence that a seed draws for the first month, relative to the mean: of all wars of the case."""
    drawn = facts_drawn(start, seed)
    logs: list[float] = []
    weights: list[float] = []
    for r in start.scenario.relation:
        path = f"relation.{r.between[0]}.{r.between[1]}"
        if f"{path}.level" in drawn:
            logs.append(how.slope * (drawn[f"{path}.level"] + how.end_share * drawn[f"{path}.surge"]))
            weights.append(sum(a * d for a, d in zip(r.attacks, r.deaths_per_event, strict=True)))
    return math.log(float(np.average(np.exp(logs), weights=weights))) if sum(weights) > 0 else 0.0
