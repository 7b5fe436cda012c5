"""What a pattern is, and how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from detente.experiments.validity.setups import Setting, Setup

Values = np.ndarray[Any, Any]
Mark = Literal["imposed", "fitted", "emergent"]
Read = Callable[..., Values]
"""Numbers of a pattern from the panels of its set-ups, one a seed (or one a resample, where runs are pooled)."""

ENOUGH = 0.8
"""Share of seeds at which a pattern must hold."""
LEVEL = 0.95
"""The observed value must lie in this central share of the model's values."""


@dataclass(frozen=True)
class Sign:
    """A pattern of direction or size: at each seed the number lies above, below or between levels, or it does not."""

    words: str
    holds: Callable[[Values], Values]

    def verdict(self, values: Values, observed: float | None) -> tuple[float, bool]:
        """Share of the seeds to which it applies at which it holds, and whether that is enough."""
        del observed
        known = values[~np.isnan(values)]
        share = float(np.mean(self.holds(known))) if len(known) else float("nan")
        return share, share >= ENOUGH


@dataclass(frozen=True)
class Near:
    """A pattern of magnitude: the observed value lies inside the middle 95 % of the model's values."""

    words: str = "observed value in the middle 95 %"

    def verdict(self, values: Values, observed: float | None) -> tuple[float, bool]:
        """Share of values below the observed one, and whether that is inside."""
        known = values[np.isfinite(values)]
        if observed is None or not len(known):
            return float("nan"), False
        low, high = np.quantile(known, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        return float(np.mean(known < observed)), bool(low <= observed <= high)


Rule = Sign | Near


def above(level: float) -> Sign:
    """The number lies above a level."""
    return Sign(f"> {level:g}", lambda v: v > level)


def below(level: float) -> Sign:
    """The number lies below a level."""
    return Sign(f"< {level:g}", lambda v: v < level)


def between(low: float, high: float) -> Sign:
    """The number lies between two levels, ends included."""
    return Sign(f"{low:g} to {high:g}", lambda v: (v >= low) & (v <= high))


TRUE = Sign("yes", lambda v: v > 0.5)


@dataclass(frozen=True)
class Pattern:
    """One published pattern as a check.

    ``read`` gives the pattern's number from the panels of ``setups``, for which ``columns`` are kept.  An emergent
    pattern has a ``control``: parameters, among them switches, that take its mechanism away.  ``nulls`` names the null
    models whose attacks can be read alike.  ``out_of_sample``: what was observed lies after the last day of the data
    that anything was fitted to or chosen by.
    """

    key: str
    title: str
    sources: tuple[str, ...]
    observed: str
    mark: Mark
    setups: tuple[Setup, ...]
    columns: tuple[str, ...]
    read: Read
    rule: Rule
    statistic: str
    value: float | None = None
    control: tuple[Setting, ...] = ()
    control_words: str = ""
    nulls: tuple[str, ...] = ()
    persistence: float | None = None
    if_missed: str = ""
    pooled: bool = False
    out_of_sample: bool = False

    @property
    def case(self) -> str:
        """The case it is looked for in."""
        return self.setups[0].case

    @property
    def group(self) -> str:
        """The pattern that it is a part of: A2 for A2b."""
        return self.key.rstrip("abcdef") if self.key[0] in "AK" and self.key[1].isdigit() else self.key


@dataclass(frozen=True)
class Spread:
    """The values of a pattern in one place: model, control or null model."""

    n: int
    median: float
    low: float
    high: float
    share: float
    holds: bool

    @classmethod
    def of(cls, pattern: Pattern, values: Values) -> Spread:
        """Median, middle 95 % and verdict of some values."""
        known = values[np.isfinite(values)]
        share, holds = pattern.rule.verdict(values, pattern.value)
        if not len(known):
            nothing = float("nan")
            return cls(0, nothing, nothing, nothing, share, False)
        low, middle, high = np.quantile(known, ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
        return cls(len(known), float(middle), float(low), float(high), share, holds)


@dataclass(frozen=True)
class Result:
    """A pattern as it came out."""

    pattern: Pattern
    mode: str
    model: Spread
    control: Spread | None
    nulls: dict[str, Spread] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the model shows the pattern."""
        return self.model.holds

    @property
    def verification(self) -> bool:
        """Whether it only checks that the program does what it was built to do.

        So it is where its control takes away the very coefficient that makes it: a direction for which nothing was
        measured (no number, and nothing that null models could be read for), such as the effect of one decision on
        runs that differ in it alone, or one whose control leaves nothing to read.  A magnitude is held against an
        observed number, and is none.
        """
        if self.pattern.mark != "emergent" or self.control is None or not isinstance(self.pattern.rule, Sign):
            return False
        measured = self.pattern.value is not None or bool(self.pattern.nulls)
        return not measured or self.control.n == 0

    @property
    def gone(self) -> bool:
        """Whether it is emergent and shown, and gone with its mechanism."""
        away = self.control is not None and not self.control.holds
        return self.pattern.mark == "emergent" and self.passed and away

    @property
    def counts(self) -> bool:
        """Whether it speaks for the model: gone with its mechanism, and no verification."""
        return self.gone and not self.verification

    @property
    def verified(self) -> bool:
        """Whether it is a verification, and the program does what it was built to do."""
        return self.gone and self.verification

    @property
    def verdict(self) -> str:
        """Pass or miss; a pass that does not count says why."""
        if not self.passed:
            return "miss"
        if self.pattern.mark != "emergent":
            return f"pass, {self.pattern.mark}"
        if self.verified:
            return "pass, verifies"
        return "pass, counts" if self.counts else "pass, also without its mechanism"
