"""Records as arrays, from one mapping of fields for each, and the name that each has in the random numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from detente.agents.schema import dtype_of
from detente.model.memory import KINDS

Entries = Sequence[Mapping[str, Any]]
"""One mapping for each record: field name -> value; fields left out keep their declared initial value."""


@cache
def key_words(name: str) -> tuple[int, int]:
    """The two 32-bit words that name a record in the random numbers, from its role and name."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def rows(kind: str, entries: Entries) -> np.ndarray[Any, Any]:
    """Records of one kind: declared initial values, overridden by each entry."""
    cls = KINDS[kind]
    array = np.zeros(len(entries), dtype=dtype_of(cls))
    default: Any = cls()
    for name in array.dtype.names or ():
        array[name] = getattr(default, name)
    for i, entry in enumerate(entries):
        if entry:  # thousands of events have none, and sweeps open a case for every point
            for name, value in entry.items():
                array[name][i] = value
    return array


def with_keys(
    kind: str, records: np.ndarray[Any, Any], names: Sequence[str], taken: dict[tuple[int, int], str]
) -> None:
    """Name each record in the random numbers; two records that would share their luck are refused.

    ``taken`` holds the words of the records named before, and is added to.  Raises ``ValueError``.
    """
    for i, name in enumerate(names):
        full = f"{kind}:{name}"
        words = key_words(full)
        if words in taken:
            raise ValueError(f"{full} and {taken[words]} hash alike; rename one of them")
        taken[words] = full
        records["key_lo"][i], records["key_hi"][i] = words
        if "index" in (records.dtype.names or ()):
            records["index"][i] = i
