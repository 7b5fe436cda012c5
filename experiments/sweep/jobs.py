"""What a sweep hands to its workers and gets back: the setup that all chunks share, jobs, and chunks made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.model.policy import Policy
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    from detente.agents.actors import Actor


@dataclass(frozen=True)
class Block:
    """Runs under consecutive seeds that share an opening; ``values`` are those of the factors."""

    case: int
    policy: int
    theory: str
    point: int
    values: tuple[float, ...]
    first_seed: int
    n_runs: int

    @property
    def seeds(self) -> range:
        """Seeds of the runs."""
        return range(self.first_seed, self.first_seed + self.n_runs)


@dataclass(frozen=True)
class Job:
    """One chunk to compute."""

    chunk: int
    blocks: tuple[Block, ...]

    @property
    def n_runs(self) -> int:
        """Runs in it."""
        return sum(block.n_runs for block in self.blocks)


@dataclass(frozen=True)
class Made:
    """One chunk computed: the bytes of its rows, and of its series if any are kept."""

    chunk: int
    n_runs: int
    rows: bytes
    series: bytes | None


@dataclass(frozen=True)
class Setup:
    """What all chunks of a sweep share."""

    scenarios: tuple[Scenario, ...]
    digests: tuple[str, ...]
    policies: tuple[tuple[Policy, ...], ...]
    levers: Mapping[str, float]
    parameters: Mapping[str, Mapping[str, float]]
    factors: tuple[tuple[str, str], ...]
    ends: tuple[tuple[float, float], ...]
    mode: str | None
    until: date | None
    step_days: float | None
    series: tuple[str, ...]
    every: float
    version: str
    made_with: Mapping[str, Any]
    actors: Mapping[str, type[Actor]]
    facts: Mapping[str, float] = field(default_factory=dict)
    point: bool = False
