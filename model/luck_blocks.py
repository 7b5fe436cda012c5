"""Luck for the Mesa driver: the draws of many ticks or steps at once, in numpy.

The numbers are those of ``detente.agents.rules.luck``, bit for bit (a test compares them); only the order of the work
differs, because one Philox block takes Python as long as a thousand take numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.agents.rules.chance import MASK, MULTIPLIER_0, MULTIPLIER_1, TICK_PURPOSE, UNIT, WEYL_0, WEYL_1
from detente.agents.state import World

BLOCK = 64
"""Counters filled at once."""

U32 = np.uint64(32)
LOW = np.uint64(MASK)


def philox_blocks(
    c0: np.ndarray[Any, Any],
    c1: np.ndarray[Any, Any],
    c2: np.ndarray[Any, Any],
    c3: np.ndarray[Any, Any],
    seed_lo: int,
    seed_hi: int,
) -> tuple[np.ndarray[Any, Any], ...]:
    """Philox4x32-10 over arrays of counters (uint64 holding 32-bit words)."""
    m0, m1 = np.uint64(MULTIPLIER_0), np.uint64(MULTIPLIER_1)
    k0, k1 = seed_lo, seed_hi
    for _ in range(10):
        p0, p1 = m0 * c0, m1 * c2
        c0, c1, c2, c3 = (
            (p1 >> U32) ^ c1 ^ np.uint64(k0),
            p1 & LOW,
            (p0 >> U32) ^ c3 ^ np.uint64(k1),
            p0 & LOW,
        )
        k0, k1 = (k0 + WEYL_0) & MASK, (k1 + WEYL_1) & MASK
    return c0, c1, c2, c3


def units(high: np.ndarray[Any, Any], low: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Uniforms in (0, 1) with 52 bits."""
    whole = (high << np.uint64(20)) | (low >> np.uint64(12))
    return (whole.astype(np.float64) + 0.5) * UNIT


class LuckBook:
    """Fills one luck field of many records, counter by counter, a block of counters ahead."""

    def __init__(self, records: Sequence[Any], field: str, purpose: int, seed: tuple[int, int]) -> None:
        self.field = field
        self.seed = seed
        self.first = -1
        self.places: list[tuple[Any, int, int]] = []
        words: list[tuple[int, int, int]] = []
        for r in records:
            n = len(getattr(r, field))
            start = 2 * len(words)
            self.places.append((r, start, start + n))
            words += [(purpose + j, r.key_lo, r.key_hi) for j in range((n + 1) // 2)]
        self.words = np.array(words, dtype=np.uint64).reshape(-1, 3)
        self.table: list[list[float]] = []

    def fill(self, counter: int) -> None:
        """Put the draws of one counter into the records."""
        if not 0 <= counter - self.first < len(self.table):
            self.first = counter - counter % BLOCK
            self.table = self.draw(self.first)
        row = self.table[counter - self.first]
        field = self.field
        for record, start, end in self.places:
            setattr(record, field, row[start:end])

    def draw(self, first: int) -> list[list[float]]:
        """The draws of ``BLOCK`` counters: one list each."""
        n = len(self.words)
        counters = np.repeat(np.arange(first, first + BLOCK, dtype=np.uint64), n)
        purpose, lo, hi = (np.tile(column, BLOCK) for column in self.words.T)
        a, b, c, d = philox_blocks(counters, purpose, lo, hi, *self.seed)
        pairs = np.stack([units(a, b), units(c, d)], axis=-1)
        return pairs.reshape(BLOCK, 2 * n).tolist()


class Luck:
    """All luck of a world of objects."""

    def __init__(self, w: World) -> None:
        seed = (w.clock.seed_lo, w.clock.seed_hi)
        first_political = w.clock.n_truce_choices
        each_tick: list[Any] = [d for d in w.dyads if d.hostile == 1]
        each_tick += [*w.targets, *(p for p in w.pairs if p.hostile == 1)]
        each_step: list[Any] = [*w.parties, *w.mediators, *w.pairs, *w.tracks, *w.choices[first_political:]]
        self.tick = LuckBook(each_tick, "tick_luck", TICK_PURPOSE, seed)
        self.truce = LuckBook(w.choices[:first_political], "luck", TICK_PURPOSE, seed)
        self.step = LuckBook(each_step, "luck", 0, seed)

    def draw_tick(self, w: World) -> None:
        """Fill the tick's luck."""
        self.tick.fill(w.clock.tick)
        self.truce.fill(w.clock.tick)

    def draw_step(self, w: World) -> None:
        """Fill the step's luck."""
        self.step.fill(w.clock.step)
