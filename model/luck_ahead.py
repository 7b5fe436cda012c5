"""Luck for the compiled engine: the draws of many ticks or steps of one record at once, when the first is needed.

One Philox block drawn by itself costs six times as much as in a loop over counters, which compiles to vector
instructions.  So the first draw of a record fills a reserve for the ticks or steps to come, and later draws are read
from there.  The numbers are those of ``detente.agents.rules.luck.fill``, bit for bit, whatever the length of a reserve;
records whose luck is not asked for draw none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.rules.chance import MASK, MULTIPLIER_0, MULTIPLIER_1, TICK_PURPOSE, UNIT, WEYL_0, WEYL_1
from detente.agents.schema import dtype_of
from detente.model.memory import KINDS, LUCK_FIELDS

if TYPE_CHECKING:
    from detente.model.memory import Layout

AHEAD = 64
"""Ticks or steps drawn at once."""

MOST_BYTES = 1 << 20
"""Memory of the reserves from which they are shorter, so that many records still fit the processor's cache [bytes]."""

FEWEST = 8
"""Shortest reserve: the width of a vector instruction."""

RESERVE = np.dtype([("place", "i8"), ("first", "i8"), ("end", "i8")])
"""Draws of one luck field of one record: where they begin, and that they serve counters ``first`` up to ``end``."""

PROSPECT = np.dtype([("address", "i8"), ("length", "i8"), ("ticks", "i8"), ("steps", "i8")])
"""Where the buffer begins, counters in a reserve, and the counters at which ticks and steps will stop."""


@lru_cache(maxsize=64)
def luck_fields(layout: Layout) -> tuple[tuple[int, int], ...]:
    """Position in the buffer [8-byte words] and number of draws, made even, of every luck field of every record."""
    fields: list[tuple[int, int]] = []
    for kind, place in layout.slices():
        dtype = dtype_of(KINDS[kind])
        starts = range(place.start, place.stop, dtype.itemsize // 8)
        for name in LUCK_FIELDS:
            if name in (dtype.names or ()):
                field, offset = (dtype.fields or {})[name][:2]
                n_draws = field.shape[0] + field.shape[0] % 2
                fields += [(start + offset // 8, n_draws) for start in starts]
    return tuple(fields)


def reserve_length(n_draws: int) -> int:
    """Counters in a reserve: fewer where so many records would outgrow the cache."""
    length = AHEAD
    while length > FEWEST and 8 * n_draws * length > MOST_BYTES:
        length //= 2
    return length


@lru_cache(maxsize=64)
def places_of(layout: Layout, length: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The reserves of a layout, empty, and the number of the reserve at each word where a luck field begins."""
    fields = luck_fields(layout)
    sizes = np.array([n for _, n in fields], dtype=np.int64)
    reserves = np.zeros(len(fields), dtype=RESERVE)
    reserves["place"] = (np.cumsum(sizes) - sizes) * length
    reserve_of = np.zeros(1 + max((word for word, _ in fields), default=0), dtype=np.int32)
    reserve_of[[word for word, _ in fields]] = np.arange(len(fields))
    return reserves, reserve_of


def reserve_tables(layout: Layout, buffer: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays that the compiled world sees beside its records; ``reserved`` holds the draws."""
    n_draws = sum(n for _, n in luck_fields(layout))
    length = reserve_length(n_draws)
    reserves, reserve_of = places_of(layout, length)
    return {
        "prospect": np.array([(buffer.ctypes.data, length, 0, 0)], dtype=PROSPECT),
        "reserves": reserves.copy(),
        "reserve_of": reserve_of,
        "reserved": np.zeros(n_draws * length),
    }


# -- compiled


def look_ahead(w: Any, stop: int) -> None:
    """Forget the draws of another run, and note where this one will stop [steps]: nothing is drawn beyond."""
    w.prospect.steps = stop
    w.prospect.ticks = stop * w.clock.ticks_per_step
    for reserve in w.reserves:
        reserve.end = 0


def draw_row(
    even: Any, odd: Any, counter: int, purpose: int, key_lo: int, key_hi: int, seed_lo: int, seed_hi: int
) -> None:
    """The two uniforms of ``chance.philox`` for as many counters as the arrays are long.

    The rounds stand here in full, because the compiler makes vector instructions of a loop without calls only.
    """
    for i in range(len(even)):
        c0 = counter + i
        c1 = purpose
        c2 = key_lo
        c3 = key_hi
        k0 = seed_lo
        k1 = seed_hi
        for _ in range(10):
            p0 = MULTIPLIER_0 * c0
            p1 = MULTIPLIER_1 * c2
            c0 = ((p1 >> 32) & MASK) ^ c1 ^ k0
            c1 = p1 & MASK
            c2 = ((p0 >> 32) & MASK) ^ c3 ^ k1
            c3 = p0 & MASK
            k0 = (k0 + WEYL_0) & MASK
            k1 = (k1 + WEYL_1) & MASK
        even[i] = ((c0 << 20 | c1 >> 12) + 0.5) * UNIT
        odd[i] = ((c2 << 20 | c3 >> 12) + 0.5) * UNIT


def refill(w: Any, reserve: Any, n: int, counter: int, purpose: int, key_lo: int, key_hi: int) -> None:
    """Draw the counters from this one on, two uniforms from each block of four words."""
    length = w.prospect.length
    stop = w.prospect.ticks if purpose >= TICK_PURPOSE else w.prospect.steps
    count = max(min(length, stop - counter), 1)
    reserve.first = counter
    reserve.end = counter + count
    for j in range((n + 1) // 2):
        start = reserve.place + 2 * j * length
        even = w.reserved[start : start + count]
        odd = w.reserved[start + length : start + length + count]
        draw_row(even, odd, counter, purpose + j, key_lo, key_hi, w.clock.seed_lo, w.clock.seed_hi)


def fill_ahead(w: Any, luck: Any, counter: int, purpose: int, key_lo: int, key_hi: int) -> None:
    """Fill a row of draws from the reserve of its record, which is drawn anew when it does not hold the counter."""
    reserve = w.reserves[w.reserve_of[(luck.ctypes.data - w.prospect.address) >> 3]]
    if counter < reserve.first or counter >= reserve.end:
        refill(w, reserve, len(luck), counter, purpose, key_lo, key_hi)
    at = reserve.place + counter - reserve.first
    length = w.prospect.length
    for j in range(len(luck)):
        luck[j] = w.reserved[at + j * length]
