"""A number of a case with what is known of it: its range, its grade and its source."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from detente.model.prior_ranges import RANGES, Range

Grade = Literal["data", "expert", "judgement", "prior"]
GRADES: tuple[Grade, ...] = ("data", "expert", "judgement", "prior")
"""Where a number comes from, the best first."""


class Estimate(NamedTuple):
    """A number, the ends of what it may be, how good it is, and where it comes from."""

    value: float
    low: float
    high: float
    grade: Grade
    source: str

    def within(self, least: float, most: float) -> Estimate:
        """The same cut to what a case file allows; the source says so where the number itself is cut."""
        low, value, high = (min(max(x, least), most) for x in (self.low, self.value, self.high))
        cut = "" if value == self.value else f"; cut from {self.value:.3g} to what a case can hold"
        return Estimate(value, low, high, self.grade, self.source + cut)

    def times(self, factor: float) -> Estimate:
        """The number and its ends multiplied."""
        return self._replace(value=self.value * factor, low=self.low * factor, high=self.high * factor)

    def rounded(self) -> Estimate:
        """Four significant digits, and a range that still holds the value."""
        low, value, high = (significant(x) for x in (self.low, self.value, self.high))
        return self._replace(value=value, low=min(low, value), high=max(high, value))


def significant(x: float, digits: int = 4) -> float:
    """A number with so many significant digits."""
    return 0.0 if x == 0 else round(x, digits - 1 - math.floor(math.log10(abs(x))))


def from_range(span: Range, why: str = "") -> Estimate:
    """The prior of a range, with the reason why nothing better is there."""
    return Estimate(span.value, span.low, span.high, "prior", f"{span.source}{f'; {why}' if why else ''}")


def prior(name: str, why: str = "") -> Estimate:
    """The prior of a fact by its name."""
    return from_range(RANGES[name], why)


def about(value: float, width: float, grade: Grade, source: str) -> Estimate:
    """A positive number known up to a factor ``width`` either way."""
    return Estimate(value, value / width, value * width, grade, source)


class Fact(NamedTuple):
    """An estimate and the place in the case file where its value stands."""

    path: str
    estimate: Estimate

    def table(self) -> dict[str, Any]:
        """The entry of ``[[facts]]`` in a case file; the value stands in its own place."""
        e = self.estimate
        return {"path": self.path, "low": e.low, "high": e.high, "grade": e.grade, "source": e.source}

    def to_json(self) -> dict[str, Any]:
        """Everything, the value included."""
        return {**self.table(), "value": self.estimate.value}
