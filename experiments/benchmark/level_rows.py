"""Where a war may stand on a day: joint draws of its mean, its spread, its level and the unevenness of its counts.

``level_filter`` says what the months so far leave open; each row here is one combination that they allow, with the
weight that they give it.  So a war whose long run is not known has wide prospects, however well its last months are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.benchmark.level_filter import (
    STEPS,
    Belief,
    Grid,
    Process,
    beliefs,
    normal,
    process_of,
    size_about,
)
from detente.experiments.benchmark.opened import FURTHEST, WIDEST, OpenedCase, concentration, is_war, of_each
from detente.experiments.evidence.refit import month_of
from detente.model.keywords import FACT

Values = np.ndarray[Any, Any]

LEAST_VOLATILE, MOST_ATTACKS = 0.05, 1000.0
MOST_EXTRA = 30.0
"""Largest relative variance of a month's count beyond that of the runs."""


@dataclass(frozen=True)
class LevelRows:
    """Rows of a war's state, one value each of shape (rows,): logs of deaths a month.

    ``slow`` and ``fast`` are deviations of the level from ``mean``, ``spread`` the standard deviation of a month's log
    in the long run, ``size`` that of the counts about the level, ``faded`` whether the war has faded out.
    """

    mean: Values
    spread: Values
    size: Values
    slow: Values
    fast: Values
    faded: Values

    @property
    def expected(self) -> Values:
        """Mean deaths of a month in the long run."""
        return np.exp(self.mean + 0.5 * self.spread**2)


def level_rows(opened: OpenedCase, n: int, seed: int) -> LevelRows | None:
    """So many rows for a conflict opened on a day; none where no month before it is known."""
    counts = opened.known.monthly
    if not len(counts):
        return None
    how = process_of(opened.scenario.parameters)
    factors = np.asarray(opened.fit.season)[month_of(opened.known) - 1]
    table, _, now = beliefs(counts, factors, how)
    rng = np.random.default_rng([seed, opened.day.toordinal()])
    picked = rng.choice(len(table.mean), size=n, p=normal(now.weight))
    faded = rng.random(n) < now.faded.sum(axis=1)[picked]
    own = table.spread[picked] * math.sqrt(1.0 - how.fast_share)
    steps = states(now, picked, faded, rng)
    fast = opened.level.fast + opened.level.fast_sd * rng.standard_normal(n)
    return LevelRows(*columns(table, picked), own * steps, fast, faded)


def columns(table: Grid, picked: Values) -> tuple[Values, Values, Values]:
    """Mean, spread and size of some combinations."""
    return table.mean[picked], table.spread[picked], table.size[picked]


def states(now: Belief, picked: Values, faded: Values, rng: np.random.Generator) -> Values:
    """Slow parts drawn from what is believed of each combination, spread within a step [standard deviations]."""
    chances = np.where(faded[:, None], now.faded[picked], now.fought[picked])
    shares = np.cumsum(chances, axis=1)
    at = (rng.random(len(picked))[:, None] * shares[:, -1:] > shares).sum(axis=1)
    width = STEPS[1] - STEPS[0]
    return STEPS[np.minimum(at, len(STEPS) - 1)] + width * (rng.random(len(picked)) - 0.5)


def fact_columns(opened: OpenedCase, rows: LevelRows) -> dict[str, Values]:
    """The rows as facts of the case: attacks, volatility and level of each of its wars.

    A case declares its level relative to the mean, which lies above the median of a log-normal level; wars of one
    conflict move apart, so each moves by more than their sum.
    """
    slope, share = process_of(opened.scenario.parameters).slope, concentration(opened.scenario)
    factor = rows.expected / opened.level.expected
    each = np.array([of_each(spread, share) for spread in rows.spread])
    slow = rows.slow - 0.5 * rows.spread**2 / slope
    found: dict[str, Values] = {}
    for r in filter(is_war, opened.scenario.relation):
        a, b = r.between
        for path, rate in zip((f"{a}.{b}", f"{b}.{a}"), r.attacks, strict=True):
            if rate > 0:
                found[f"{path}.attacks"] = np.minimum(rate * factor, MOST_ATTACKS)
        found[f"{a}.{b}.volatility"] = np.clip(each / slope, LEAST_VOLATILE, WIDEST)
        found[f"{a}.{b}.level"] = np.clip(slow / slope, -FURTHEST, FURTHEST)
        found[f"{a}.{b}.surge"] = np.clip(rows.fast / slope, -FURTHEST, FURTHEST)
    return {f"{FACT}.relation.{path}": values for path, values in found.items()}


def extra_variance(how: Process, spread: Values, size: Values, own: float) -> Values:
    """Relative variance of a month's count beyond that of runs about their level, for each row.

    Args:
        how: the level process.
        spread: standard deviation of a month's log in the long run.
        size: size of the counts about the slow part of the level.
        own: relative variance of a month of runs about their level.
    """
    fast = spread**2 * how.fast_share * how.mean_share
    data = np.array([1.0 / size_about(k, v) for k, v in zip(size, fast, strict=True)])
    return np.clip((1.0 + data) / (1.0 + own) - 1.0, 0.0, MOST_EXTRA)
