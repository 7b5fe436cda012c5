"""What is not known of a case, drawn for a seed: facts of grade ``prior``, each between its ends.

A draw depends on the seed and the path of the fact alone.  So one seed means the same facts under every policy and in
either driver, and a further fact changes no other draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.agents.rules.chance import MASK, philox, unit
from detente.model.records.arrays import key_words

if TYPE_CHECKING:
    from detente.model.scenario import FactSpec

FACT_PURPOSE = 1 << 22
"""Keeps these draws apart from all others under the same seed."""

WIDE = 20.0
"""Ranges whose ends lie further apart than this factor are drawn on a log scale."""


def on_log_scale(low: float, high: float) -> bool:
    """Whether a range is so wide that its logarithm is drawn uniformly, and not the number itself."""
    return low > 0 and high / low >= WIDE


def between(low: float, high: float, share: float) -> float:
    """The number that lies a share of the way through a range."""
    if on_log_scale(low, high):
        value = math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
    else:
        value = low + share * (high - low)
    return min(max(value, low), high)


def draw(fact: FactSpec, seed: int) -> float:
    """The value of a fact under a seed."""
    first, second = key_words(f"fact:{fact.path}")
    high, low, _, _ = philox(0, FACT_PURPOSE, first, second, seed & MASK, seed >> 32 & MASK)
    return between(fact.low, fact.high, unit(high, low))


def draws(facts: Iterable[FactSpec], seed: int) -> dict[str, float]:
    """The values of facts under a seed, by path."""
    return {fact.path: draw(fact, seed) for fact in facts}
