"""Intervals of a skill cover 0 where there is none: at 24, 43 and 120 origins, leads of 1 to 12, errors that persist.

Two forecasts of one quality are scored in each sample, so that the skill of one over the other is 0 but for luck.
The shares that the intervals cover are printed (``pytest -m slow -s``) and stand in docs/scoring.md.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from detente.experiments.evidence import scores

Values = np.ndarray[Any, Any]
World = Callable[[np.random.Generator, int, int, int], tuple[Values, Values]]

SAMPLES = 4000
AIM = (0.90, 0.97)
"""Coverage that is asked for."""


def persistent(rng: np.random.Generator, samples: int, n: int, rho: float) -> Values:
    """Samples of a first-order autoregression of variance 1: shape (samples, n)."""
    noise = rng.standard_normal((samples, n))
    x = noise.copy()
    for k in range(1, n):
        x[:, k] = rho * x[:, k - 1] + np.sqrt(1.0 - rho**2) * noise[:, k]
    return x


def grid(n_origins: int, leads: int) -> tuple[Values, Values]:
    """Origins and leads of every score, from 0."""
    return np.arange(n_origins)[:, None], np.arange(leads)[None, :]


def differentials(rho: float, *, month: float, origin: float, own: float = 1.0) -> World:
    """Score differences made of a part that target months share, one that origins share, and one of each score."""

    def draw(rng: np.random.Generator, samples: int, n: int, leads: int) -> tuple[Values, Values]:
        start, ahead = grid(n, leads)
        shared = month * persistent(rng, samples, n + leads, rho)[:, start + ahead]
        level = origin * persistent(rng, samples, n, rho)[:, :, None]
        half = (shared + level + own * rng.standard_normal((samples, n, leads))) / 2
        base = 10.0 + 2.0 * np.abs(persistent(rng, samples, n + leads, rho))[:, start + ahead]
        return base + half, base - half

    return draw


def rivals(rho: float, *, skewed: bool = False, error: float = 0.3) -> World:
    """A level that drifts, and two forecasts of it whose errors persist: absolute errors, of counts if skewed."""

    def draw(rng: np.random.Generator, samples: int, n: int, leads: int) -> tuple[Values, Values]:
        start, ahead = grid(n, leads)
        level = 0.6 * persistent(rng, samples, n + leads, rho)
        seen = level[:, 1 + start + ahead]
        said = [level[:, :n] + error * persistent(rng, samples, n, rho) for _ in range(2)]
        change: Any = np.exp if skewed else np.asarray
        first, second = (np.abs(change(seen) - change(f)[:, :, None]) for f in said)
        return first, second

    return draw


WORLDS: dict[str, World] = {
    "independent": differentials(0.0, month=0.0, origin=0.0),
    "months share luck, .3": differentials(0.3, month=1.0, origin=0.0, own=0.5),
    "months share luck, .7": differentials(0.7, month=1.0, origin=0.0, own=0.5),
    "origins share errors, .7": differentials(0.7, month=0.0, origin=1.0, own=0.5),
    "both, .8": differentials(0.8, month=1.0, origin=1.0),
    "rival forecasts, .5": rivals(0.5),
    "rival forecasts, .8": rivals(0.8),
    "rival forecasts of counts, .9": rivals(0.9, skewed=True),
}
"""What persists from month to month, and its autocorrelation."""


def by_month(values: Values) -> Values:
    """Sums over the scores of each target month: shape (samples, origins, leads) to (samples, months)."""
    samples, n, leads = values.shape
    months = np.zeros((samples, n + leads - 1))
    for lead in range(leads):
        months[:, lead : lead + n] += values[:, :, lead]
    return months


def covered(world: World, n: int, leads: int, seed: int = 1) -> float:
    """Share of samples whose interval covers a ratio of 1, which is a skill of 0."""
    mine, other = world(np.random.default_rng(seed), SAMPLES, n, leads)
    rows = by_month(np.ones((1, n, leads)))[0]
    terms = scores.n_terms(n, len(rows), leads)
    low, high = scores.ratio_interval(by_month(mine), by_month(other), rows, terms)
    return float(np.mean((low <= 1.0) & (high >= 1.0)))


def covered_by_bootstrap(
    world: World, n: int, leads: int, *, block: int, months: bool, samples: int = 200
) -> float:
    """The same for a circular block bootstrap of origins or of target months, percentile intervals."""
    rng = np.random.default_rng(2)
    pair = world(rng, samples, n, leads)
    mine, other = (by_month(v) if months else v.sum(axis=2) for v in pair)
    size = mine.shape[1]
    held = 0
    for k in range(samples):
        firsts = rng.integers(0, size, (400, -(-size // block), 1))
        drawn = ((firsts + np.arange(block)) % size).reshape(400, -1)[:, :size]
        ratios = mine[k][drawn].sum(axis=1) / other[k][drawn].sum(axis=1)
        low, high = np.quantile(ratios, [0.025, 0.975])
        held += bool(low <= 1.0 <= high)
    return held / samples


@pytest.mark.slow
@pytest.mark.parametrize("leads", [1, 6, 12])
@pytest.mark.parametrize("n", [24, 43, 120])
def test_intervals_cover_what_they_say(n: int, leads: int):
    shares = {name: covered(world, n, leads) for name, world in WORLDS.items()}
    print(f"{n} origins, leads 1 to {leads}:", {name: f"{share:.1%}" for name, share in shares.items()})
    assert min(shares.values()) >= AIM[0]
    assert max(shares.values()) <= AIM[1]


@pytest.mark.slow
@pytest.mark.parametrize("n", [24, 43, 120])
def test_a_block_bootstrap_does_not(n: int):
    """The control: blocks of six origins, and blocks of twelve target months, cover too little."""
    world = WORLDS["both, .8"]
    six = covered_by_bootstrap(world, n, 12, block=6, months=False)
    twelve = covered_by_bootstrap(world, n, 12, block=12, months=True)
    print(f"{n} origins, leads 1 to 12: blocks of 6 origins {six:.0%}, of 12 target months {twelve:.0%}")
    assert six < 0.8
    assert twelve < 0.88


def test_one_sample_is_as_the_public_function_has_it():
    """The vectorised intervals of these tests are those that a hindcast prints."""
    mine, other = WORLDS["both, .8"](np.random.default_rng(3), 1, 43, 6)
    origin, lead = np.repeat(np.arange(43), 6), np.tile(np.arange(1, 7), 43)
    low, high = scores.skill_interval(mine.ravel(), other.ravel(), origin, lead)
    rows = by_month(np.ones((1, 43, 6)))[0]
    least, most = scores.ratio_interval(by_month(mine), by_month(other), rows, scores.n_terms(43, 48, 6))
    assert (1.0 - most[0], 1.0 - least[0]) == pytest.approx((low, high))
