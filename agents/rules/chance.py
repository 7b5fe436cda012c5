"""Keyed, counter-based luck and the distributions drawn from it.

Philox4x32-10 (Salmon et al. 2011) maps a key (the seed) and a counter (step or tick, purpose, name of the record) to
four random words, so that any draw of any run can be computed alone and adding an actor moves no other actor's luck.
"""

from __future__ import annotations

import math

from detente.agents.rules.registry import rule

MASK = 0xFFFFFFFF
MULTIPLIER_0 = 0xD2511F53
MULTIPLIER_1 = 0xCD9E8D57
WEYL_0 = 0x9E3779B9
WEYL_1 = 0xBB67AE85
UNIT = 1.0 / 4503599627370496.0  # 2**-52
TICK_PURPOSE = 1 << 16
EVENT_PURPOSE = 1 << 20
MAX_EVENTS = 5000
LOGISTIC_SD = 0.5513288954217921
"""Scale of a logistic variate of standard deviation 1: sqrt(3) / pi."""

YEAR = 365.25
"""Days of a year: rates declared a year become hazards a day."""


@rule
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Four random 32-bit words from a 128-bit counter and a 64-bit key (Philox4x32-10)."""
    for _ in range(10):
        p0 = MULTIPLIER_0 * c0
        p1 = MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            ((p1 >> 32) & MASK) ^ c1 ^ k0,
            p1 & MASK,
            ((p0 >> 32) & MASK) ^ c3 ^ k1,
            p0 & MASK,
        )
        k0 = (k0 + WEYL_0) & MASK
        k1 = (k1 + WEYL_1) & MASK
    return c0, c1, c2, c3


@rule
def unit(high: int, low: int) -> float:
    """A uniform in the open interval (0, 1) with 52 bits, from two 32-bit words."""
    return ((high << 20 | low >> 12) + 0.5) * UNIT


@rule
def event_uniform(seed_lo: int, seed_hi: int, tick: int, key_lo: int, key_hi: int, k: int) -> float:
    """The uniform of the k-th event of a record in a tick, for events beyond those drawn in advance."""
    high, low, _, _ = philox(tick, EVENT_PURPOSE + k, key_lo, key_hi, seed_lo, seed_hi)
    return unit(high, low)


@rule
def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), safe for any finite x."""
    if x < 0.0:
        e = math.exp(x)
        return e / (1.0 + e)
    return 1.0 / (1.0 + math.exp(-x))


@rule
def clip(x: float, low: float, high: float) -> float:
    """x, no less than low and no more than high."""
    return min(max(x, low), high)


@rule
def shock(u: float) -> float:
    """A logistic variate of mean 0 and standard deviation 1 from one uniform."""
    return LOGISTIC_SD * math.log(u / (1.0 - u))


@rule
def drift(x: float, keep: float, spread: float, u: float) -> float:
    """One step of a walk that returns to 0 and has this standard deviation in the long run."""
    return x * keep + spread * math.sqrt(1.0 - keep * keep) * shock(u)


@rule
def chance(hazard: float, days: float) -> float:
    """Probability that something of constant hazard [1/day] happens within days: exact, 0 never, infinite always."""
    if hazard <= 0.0 or days <= 0.0:
        return 0.0
    return -math.expm1(-hazard * days)


@rule
def happens(u: float, hazard: float, days: float) -> bool:
    """Whether something of constant hazard [1/day] happens within days, by its luck u."""
    # No chance exceeds hazard times days: on most days that settles it, and no exponential is computed.
    return u < hazard * days and u < chance(hazard, days)


@rule
def count(mean: float, shape: float, u: float) -> int:
    """Quantile u of a Poisson count whose mean is itself gamma distributed: a negative binomial.

    ``mean`` is the expected count and ``shape`` the gamma's shape (variance = mean + mean**2 / shape).  One uniform
    serves both, and a larger mean never gives a smaller count, so that runs paired by luck stay paired.
    """
    # The chance of none is at least this: no event, and no logarithm, on most days of a quiet dyad.
    if u <= 1.0 - mean:
        return 0
    p = math.exp(-shape * math.log1p(mean / shape))
    odds = mean / (mean + shape)
    cumulative = p
    n = 0
    while u > cumulative and n < MAX_EVENTS:
        p = p * odds * (n + shape) / (n + 1)
        n += 1
        cumulative += p
        if p < 1e-17 and n > mean:
            break
    return n


@rule
def event_size(u: float, scale: float, tail: float, largest: float) -> float:
    """Deaths in one event: 1 + floor of a Lomax variate (power-law tail), no more than the largest."""
    x = scale * (math.exp(-math.log1p(-u) / tail) - 1.0)
    return min(1.0 + math.floor(x), largest)
