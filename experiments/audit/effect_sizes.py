"""Paired effects in seed spreads: how far a change moves an outcome, or the spread of an outcome over runs.

Both sides of a comparison run under the same seeds, so that what differs is the change alone.  Effects are given in
seed spreads (standard deviations over seeds of the unchanged case).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.runs.intervals import known
from detente.experiments.runs.outcomes import OUTCOMES, Finals, read_outcomes
from detente.model.engine import run_batch
from detente.model.opening import Opening

Values = np.ndarray[Any, Any]
Report = Callable[[str, int, int], None]
"""Called with what is being audited, the number done and the number in all."""

LEAST_EFFECT = 0.1
"""Effect [seed spreads] that something must have on some outcome in some case."""


LEAST_PAIRS = 20
"""Pairs of runs that an outcome which is missing in others must have, to show an effect."""


@dataclass(frozen=True)
class Effect:
    """The paired effect of one change on one outcome: mean, 95 % interval, and the mean in seed spreads.

    ``of_spread``: what changed is not the outcome's mean but its spread over runs.
    """

    outcome: str
    mean: float
    low: float
    high: float
    spreads: float
    of_spread: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is large enough, and told apart from no effect."""
        return abs(self.spreads) >= LEAST_EFFECT and (self.low > 0.0 or self.high < 0.0)

    @property
    def error(self) -> float:
        """Standard error of ``spreads``."""
        half = (self.high - self.low) / (2.0 * 1.96)
        return half * abs(self.spreads / self.mean) if self.mean != 0.0 else 0.0

    def surely(self, errors: float) -> float:
        """Size [seed spreads] that it has even if it is overrated by so many standard errors."""
        return abs(self.spreads) - errors * self.error

    @property
    def of(self) -> str:
        """What it is an effect on, in words."""
        return f"spread of {self.outcome}" if self.of_spread else self.outcome

    def __str__(self) -> str:
        return f"{self.spreads:+.3f} +/- {1.96 * self.error:.3f} spreads of {self.outcome}" + (
            " (on its spread)" if self.of_spread else ""
        )


def outcomes_of(start: Opening, seeds: Sequence[int]) -> dict[str, Values]:
    """Every outcome of one run for each seed."""
    batch = run_batch(start, seeds)
    return read_outcomes(Finals(start, batch.final_columns, batch.final))


def spread_parts(values: Values) -> Values:
    """Numbers, one a run, whose mean is the spread over the runs: what each contributes to it, to first order."""
    spread = float(np.std(values))
    if spread == 0.0:
        return np.zeros_like(values)
    return spread + ((values - values.mean()) ** 2 - spread**2) / (2.0 * spread)


def seed_spread(values: Values) -> float:
    """Standard deviation over the runs that have a value; 0 of fewer than two."""
    found = known(values)
    return float(np.std(found, ddof=1)) if len(found) > 1 else 0.0


def paired_effects(
    base: Mapping[str, Values],
    changed: Mapping[str, Values],
    usual: Mapping[str, Values] | None = None,
    *,
    of_spread: bool = False,
) -> list[Effect]:
    """The effect of a change on every outcome, runs paired by seed, in seed spreads of ``usual`` (``base`` if none).

    Of an outcome that is missing in some runs the pairs count that have a value on both sides; fewer than
    ``LEAST_PAIRS`` show no effect.
    """
    read = spread_parts if of_spread else np.asarray
    effects: list[Effect] = []
    for outcome in OUTCOMES:
        before, after = base[outcome.name], changed[outcome.name]
        both = ~np.isnan(after - before)
        if not both.all() and both.sum() < LEAST_PAIRS:
            effects.append(Effect(outcome.name, 0.0, 0.0, 0.0, 0.0, of_spread))
            continue
        before, after = before[both], after[both]
        difference = read(after) - read(before)
        spread = seed_spread((usual or base)[outcome.name]) or seed_spread(after)
        mean, error = float(difference.mean()), float(np.std(difference, ddof=1)) / np.sqrt(len(difference))
        in_spreads = mean / spread if spread > 0.0 else (0.0 if mean == 0.0 else float("inf"))
        limits = (mean - 1.96 * error, mean + 1.96 * error)
        effects.append(Effect(outcome.name, mean, *limits, in_spreads, of_spread))
    return effects


def largest(effects: Iterable[Effect]) -> Effect:
    """The effect that stands out most among those told apart from none, else the largest of all."""
    found = list(effects)
    clear = [e for e in found if e.low > 0.0 or e.high < 0.0]
    return max(clear or found, key=lambda e: abs(e.spreads))
