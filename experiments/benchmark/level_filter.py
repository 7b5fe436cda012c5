"""How high a war stands on a day: its level filtered from recent months, seen through negative-binomial counts.

The level is that of the model (``agents/rules/course.py``): a slow and a fast part that both return to 0, on the log of
violence, and a war that can fade out and flare up.  How far it moves, how uneven the counts are and what its mean is
are not known: a grid of values, each weighted by a prior over wars and by how well it foretold the months so far, where
a month counts the less the longer it is past.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from detente.agents.parameters import Parameters
from detente.model.prior_ranges import VOLATILITY

Values = np.ndarray[Any, Any]

MONTH = 365.25 / 12.0
"""Days in a month."""

STEPS = np.linspace(-3.6, 3.6, 37)
"""Slow parts of the level, in standard deviations of it."""

SPREADS = np.exp(np.linspace(math.log(VOLATILITY.low), math.log(VOLATILITY.high), 7))
SIZES = np.array([0.3, 0.6, 1.2, 2.5, 5.0, 12.0])
BELOW, ABOVE, APART = 3.5, 2.0, 0.5
"""How far below and above the log of the mean count the mean of the level may lie, and in what steps."""

USUAL_SIZE, SIZE_SD = 1.5, 0.9
"""Median of the size of monthly counts over wars, and standard deviation of its log (37 dyads of UCDP GED)."""

USUAL_MEAN, MEAN_SD = 3.0, 2.0
"""Mean log deaths a month over wars, and its standard deviation (94 dyads of UCDP GED)."""

KEPT = 0.95
"""Weight of a month relative to the one after it, in what is learnt of a war's mean and spread."""

MOST_MONTHS = 120
"""Months that are looked back on."""


class LevelNow(NamedTuple):
    """Where a war stands; ``slow`` and ``fast`` are deviations [log deaths] of a war that is fought.

    ``mean`` is the log of the median month in the long run, ``spread`` the standard deviation of a month's log in the
    long run (known to ``spread_sd`` on the log), ``size`` that of the counts about the level, ``faded`` the chance that
    the war has faded out.
    """

    mean: float
    spread: float
    spread_sd: float
    size: float
    slow: float
    slow_sd: float
    fast: float
    fast_sd: float
    faded: float

    @property
    def expected(self) -> float:
        """Mean deaths of a month of average season in the long run, while the war is fought."""
        return math.exp(self.mean + 0.5 * self.spread**2)


class Process(NamedTuple):
    """The model's level process by month, in numbers of its parameters."""

    keep: float
    fast_share: float
    fast_days: float
    fade: float
    flare: float
    quiet: float
    slope: float

    @property
    def mean_share(self) -> float:
        """Variance of a month's mean of the fast part over that of the part itself."""
        turns = self.fast_days / MONTH
        return 2.0 * turns * (1.0 - self.end_share)

    @property
    def end_share(self) -> float:
        """Covariance of the fast part at the end of a month with its mean over it, over its variance."""
        turns = self.fast_days / MONTH
        return turns * (1.0 - math.exp(-1.0 / turns))


def process_of(parameters: Parameters) -> Process:
    """The level process of a model; deaths move by more than attacks, since attacks kill more in bloody months."""
    v, e = parameters.violence, parameters.endings
    slope = 1.0 + v.severity_slope
    return Process(
        math.exp(-MONTH / v.level_memory),
        v.surge_share,
        v.surge_memory,
        1.0 - math.exp(-e.fade / 12.0),
        1.0 - math.exp(-e.flare / 12.0),
        e.quiet,
        slope,
    )


@cache
def transitions(keep: float) -> Values:
    """Chances of going from one slow part to another in a month: each row sums to 1."""
    from scipy.special import ndtr

    width, spread = STEPS[1] - STEPS[0], math.sqrt(1.0 - keep * keep)
    off = STEPS[None, :] - keep * STEPS[:, None]
    chances = np.maximum(ndtr((off + width / 2) / spread) - ndtr((off - width / 2) / spread), 1e-12)
    return chances / chances.sum(axis=1, keepdims=True)


class Grid(NamedTuple):
    """Every combination of spread, size and mean of the level, with its log prior."""

    spread: Values
    size: Values
    mean: Values
    prior: Values


def grid(counts: Values) -> Grid:
    """The combinations that a series is judged by."""
    usual = math.log(max(float(counts.mean()), 0.1))
    means = np.arange(usual - BELOW, usual + ABOVE + APART / 2, APART)
    spread, size, mean = (part.ravel() for part in np.meshgrid(SPREADS, SIZES, means, indexing="ij"))
    distances = (
        (np.log(spread / VOLATILITY.median) / VOLATILITY.sd),
        (np.log(size / USUAL_SIZE) / SIZE_SD),
        ((mean - USUAL_MEAN) / MEAN_SD),
    )
    return Grid(spread, size, mean, -0.5 * np.sum(np.square(distances), axis=0))


class Belief(NamedTuple):
    """Weights of the combinations, and for each the chances of slow parts of a war that is fought, and that faded."""

    weight: Values
    fought: Values
    faded: Values

    def moved(self, how: Process) -> Belief:
        """The same a month later."""
        step = transitions(how.keep)
        a, q = self.fought @ step, self.faded @ step
        return Belief(self.weight, a * (1.0 - how.fade) + q * how.flare, q * (1.0 - how.flare) + a * how.fade)


def log_chances(count: float, mean: Values, size: Values) -> Values:
    """Log chance of a negative-binomial count."""
    from scipy.special import gammaln

    logs = gammaln(count + size) - gammaln(size) - gammaln(count + 1.0)
    return logs + size * np.log(size / (size + mean)) + count * np.log(mean / (size + mean))


def beliefs(counts: Values, season: Values, how: Process) -> tuple[Grid, Belief, Belief]:
    """The grid, and what is believed before and after the last month.

    Args:
        counts: deaths by month, the last months of them used.
        season: factor of each of these months.
        how: the level process.
    """
    seen, factor = counts[-MOST_MONTHS:], season[-MOST_MONTHS:]
    table = grid(seen)
    own = table.spread * math.sqrt(1.0 - how.fast_share)
    mean = np.exp(table.mean[:, None] + own[:, None] * STEPS)
    start = np.exp(-0.5 * STEPS**2)
    fought = np.tile(start / start.sum(), (len(own), 1))
    now = before = Belief(table.prior, fought, np.zeros_like(fought))
    for month, count in enumerate(seen):
        before = now if month == 0 else now.moved(how)
        now = updated(before, table, float(count), mean * factor[month], how)
    return table, before, now


def updated(before: Belief, table: Grid, count: float, mean: Values, how: Process) -> Belief:
    """What is believed after a month's count."""
    size = table.size[:, None]
    fought, faded = log_chances(count, mean, size), log_chances(count, mean * math.exp(-how.quiet), size)
    top = np.maximum(fought.max(axis=1), faded.max(axis=1))
    a = before.fought * np.exp(fought - top[:, None])
    q = before.faded * np.exp(faded - top[:, None])
    share = a.sum(axis=1) + q.sum(axis=1)
    weight = table.prior + KEPT * (before.weight - table.prior) + np.log(share) + top
    return Belief(weight, a / share[:, None], q / share[:, None])


def level_now(counts: Values, season: Values, how: Process) -> LevelNow:
    """Where a war stands after some months; with none, as wars in general do."""
    if not len(counts):
        usual = VOLATILITY.median
        return LevelNow(USUAL_MEAN, usual, VOLATILITY.sd, USUAL_SIZE, 0.0, usual, 0.0, 0.0, 0.0)
    table, before, now = beliefs(counts, season, how)
    weight = normal(now.weight)
    mean = float(weight @ table.mean)
    spread, size = (math.exp(float(weight @ np.log(v))) for v in (table.spread, table.size))
    spread_sd = math.sqrt(float(weight @ np.log(table.spread / spread) ** 2))
    centre, width = moments(table, weight, now.fought, how)
    faded = float(weight @ now.faded.sum(axis=1))
    ahead = moments(table, normal(before.weight), before.fought, how)
    last = float(counts[-1]), float(season[-1])
    fast, fast_sd = fast_part(last, ahead, spread, size, how)
    return LevelNow(mean, spread, spread_sd, size, centre - mean, width, fast, fast_sd, faded)


def normal(logs: Values) -> Values:
    """Weights that sum to 1."""
    weight = np.exp(logs - logs.max())
    return weight / weight.sum()


def moments(table: Grid, weight: Values, chances: Values, how: Process) -> tuple[float, float]:
    """Mean and standard deviation of the log level, slow part alone, of a war that is fought."""
    own = table.spread * math.sqrt(1.0 - how.fast_share)
    at = table.mean[:, None] + own[:, None] * STEPS
    joint = weight[:, None] * chances
    joint = joint / max(float(joint.sum()), 1e-300)
    centre = float((joint * at).sum())
    return centre, math.sqrt(max(float((joint * (at - centre) ** 2).sum()), 0.0))


def fast_part(
    last: tuple[float, float], ahead: tuple[float, float], spread: float, size: float, how: Process
) -> tuple[float, float]:
    """Mean and standard deviation of the fast part at the end of the last month.

    Args:
        last: count and season of the last month.
        ahead: mean and standard deviation of its log level, slow part alone, before its count was known.
        spread: standard deviation of both parts in the long run.
        size: size of the counts about the slow part.
        how: the level process.
    """
    own = spread * spread * how.fast_share
    seen = own * how.mean_share
    if seen <= 0.0:
        return 0.0, 0.0
    marks = np.linspace(-3.0, 3.0, 25)
    slow, fast = np.meshgrid(ahead[0] + ahead[1] * marks, math.sqrt(seen) * marks, indexing="ij")
    logs = log_chances(last[0], np.exp(slow + fast) * last[1], np.asarray(size_about(size, seen)))
    chances = normal(logs - 0.5 * (marks[:, None] ** 2 + marks[None, :] ** 2))
    mean = float((chances * fast).sum())
    variance = float((chances * (fast - mean) ** 2).sum())
    slope = how.end_share / how.mean_share
    left = own * (1.0 - how.end_share * slope)
    return slope * mean, math.sqrt(slope * slope * variance + left)


def size_about(size: float, variance: float) -> float:
    """Size of counts about a level that is known to its fast part, from their size about the slow part alone."""
    return 1.0 / max((1.0 + 1.0 / size) * math.exp(-variance) - 1.0, 0.02)
