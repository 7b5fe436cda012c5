"""What a fact of a case may be where nothing is known of it: one range a fact, with its source.

Drawn wars (``detente.model.drawn_wars``) draw from these ranges, and a case built from data takes the middle where the
data are silent.  They stand here and nowhere else.
"""

from __future__ import annotations

import math
from typing import NamedTuple

JUDGEMENT = "judgement"
"""The source of a range that no data stand behind."""

NINETY = 1.6449
"""Standard deviations from the middle of a normal to the ends of its middle 90 %."""


class Range(NamedTuple):
    """From ``low`` to ``high``, ``value`` where one number is needed; how it was come by, and from where."""

    low: float
    value: float
    high: float
    unit: str
    source: str


def even(low: float, high: float, unit: str = "1", source: str = JUDGEMENT) -> Range:
    """A range in which every value is as good as any other; its middle stands for it."""
    return Range(low, (low + high) / 2.0, high, unit, source)


class Spread(NamedTuple):
    """A log-normal: its median, the standard deviation of its log, and the ends at which it is cut off."""

    median: float
    sd: float
    low: float
    high: float
    unit: str
    source: str

    def range(self) -> Range:
        """The middle 90 %."""
        width = math.exp(NINETY * self.sd)
        low, high = max(self.median / width, self.low), min(self.median * width, self.high)
        return Range(low, self.median, high, self.unit, self.source)


DEATHS = Spread(28.0, 1.36, 4.0, 1500.0, "deaths/month", "94 dyads of UCDP GED")
DEATHS_PER_EVENT = Spread(4.0, 0.45, 1.2, 10.0, "deaths", "UCDP GED 21.1")
BALANCE = Spread(1.0, 0.6, math.exp(-1.5), math.exp(1.0), "ratio of capabilities", JUDGEMENT)
VOLATILITY = Spread(
    0.85, 0.6, 0.15, 2.2, "sd of the log level", "37 dyads of UCDP GED: a latent level of monthly deaths"
)
SHARE_SD = 0.6
"""Standard deviation of the logit of a side's share of attacks [judgement]."""

SEASON = 0.5
"""Amplitude of the season where there is one [log]: 14 of 49 series of UCDP GED."""

RANGES: dict[str, Range] = {
    "moderates": even(0.1, 0.5),
    "hawks": even(0.5, 0.95),
    "hawks_share": even(0.2, 0.6),
    "trust": even(0.2, 0.5),
    "validation": even(0.0, 1.5),
    "risk_tolerance": even(0.2, 0.8),
    "support": even(0.2, 0.8),
    "alignment": even(0.2, 0.9),
    "spoiling": even(0.02, 0.1),
    "skill": even(0.2, 0.8),
    "leverage": even(0.0, 0.6),
    "monitors": even(0.0, 0.6),
    "access": even(-1.0, 1.5, "logit"),
    "bias": even(-0.3, 0.3),
    "legitimacy": Range(0.5, 0.8, 1.0, "1", JUDGEMENT),
    "discontent": Range(0.1, 0.2, 0.4, "1", JUDGEMENT),
    "window": even(-0.5, 0.5, "logit"),
    "hotline": Range(0.0, 0.0, 0.3, "1", JUDGEMENT),
    "monitoring": Range(0.0, 0.0, 0.2, "1", JUDGEMENT),
    "presence": Range(0.5, 1.0, 1.0, "1", JUDGEMENT),
    "conditionality": even(0.2, 0.8),
}
"""Ranges by the name of the fact."""


def share_of_attacks() -> Range:
    """The middle 90 % of a side's share of attacks."""
    low, high = (1.0 / (1.0 + math.exp(sign * NINETY * SHARE_SD)) for sign in (1.0, -1.0))
    return Range(low, 0.5, high, "1", JUDGEMENT)
