"""Seeds as people ask for them, and as results name them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from detente.experiments.runs.inputs import checked_runs
from detente.model.errors import InputError, wrong
from detente.model.keywords import as_python
from detente.model.request import checked_seed

if TYPE_CHECKING:
    import numpy as np

type Seed = int | np.random.SeedSequence | np.random.Generator | np.random.BitGenerator
"""What a single run takes as its seed."""


def checked_seeds(runs: Any, seeds: Sequence[int] | None) -> tuple[int, ...]:
    """The seeds given, or 1 to ``runs``; each a whole number of 64 bits, none twice."""
    if seeds is None:
        return consecutive(1, runs)
    checked = tuple(checked_seed(as_python(seed)) for seed in seeds)
    if not checked:
        raise wrong("seeds", list(seeds), "at least one seed")
    if len(set(checked)) < len(checked):
        raise InputError("seeds: a seed is given twice; expected each once")
    return checked


def consecutive(first: int, runs: Any) -> tuple[int, ...]:
    """So many seeds from a first one on; raises ``InputError`` for a number that cannot be."""
    return tuple(range(checked_seed(first), checked_seed(first + checked_runs(runs) - 1) + 1))


def seed_words(seeds: Sequence[int]) -> str:
    """Seeds in words: a range where they are one."""
    if len(seeds) == 1:
        return str(seeds[0])
    if list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]} to {seeds[-1]}"
    return f"{len(seeds)} seeds from {min(seeds)} to {max(seeds)}"
