"""Runs whose parameters are drawn from a posterior, so that what data leave open spreads the outcomes as luck does.

Each seed has a draw of its own, whatever else is run beside it: policies under one seed share their parameters as they
share their luck, a pair is still a pair, and ``detente run --seed K`` makes run K of an ensemble again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.experiments.calibration.posterior import FILE_NAME, Posterior, read_posterior, stored
from detente.experiments.inputs import nested_parameters
from detente.experiments.workers import Rows, Runner
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError, wrong
from detente.model.opening import Opening

STORED = "stored"
"""The word for the posterior that stands beside a case."""

PURPOSE = 20180723
"""Keeps the draws apart from any other use of a seed."""

Nested = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Draws:
    """A posterior to draw from; parameters set by hand (``held``) are left as they were set."""

    posterior: Posterior
    held: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters that are drawn."""
        return tuple(name for name in self.posterior.names if name not in self.held)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What is drawn, from what."""
        known = self.posterior.about
        digest = hashlib.sha256(self.posterior.values.tobytes() + self.posterior.weights.tobytes())
        kept = {key: known[key] for key in ("case", "from", "until") if key in known}
        return {**kept, "parameters": list(self.names), "sample_sha256": digest.hexdigest()}

    @property
    def words(self) -> str:
        """What is drawn, in a line."""
        about = self.about
        span = f" fitted to {about['from']} to {about['until']}" if {"from", "until"} <= set(about) else ""
        return f"parameters drawn for each seed from the posterior{span}: {', '.join(self.names)}"

    def particle(self, seed: int) -> int:
        """Which member of the sample a seed draws."""
        dice = np.random.default_rng([PURPOSE, seed])
        return int(dice.choice(len(self.posterior.values), p=self.posterior.weights))

    def setting(self, particle: int) -> dict[str, float]:
        """The parameters drawn with a member of the sample, as ``group.name``."""
        row = zip(self.posterior.names, self.posterior.values[particle], strict=True)
        return {name: float(value) for name, value in row if name not in self.held}

    def on_top_of(self, given: Nested | None, particle: int) -> dict[str, dict[str, float]]:
        """Parameters as ``open_case`` takes them: those set by hand, and those drawn."""
        drawn = nested_parameters(self.setting(particle))
        for group, values in (given or {}).items():
            drawn.setdefault(group, {}).update(values)
        return drawn


def draws_for(case: str, posterior: str | Path | Posterior, given: Any = None) -> Draws:
    """The posterior of a case ("stored"), of a file, or as it is, without the parameters set by hand.

    Raises ``InputError`` for a posterior that is not there, was fitted to another case, or leaves nothing to draw.
    """
    if given is not None and not isinstance(given, Mapping):
        raise InputError("parameters: expected groups of names and values, since the others are to be drawn")
    if isinstance(posterior, Posterior):
        found = posterior
    else:
        found = beside(case) if str(posterior) == STORED else read_posterior(posterior)
    name = load_scenario(case).case.name
    if found.about.get("case", name) != name:
        raise wrong("posterior", found.about["case"], f"one that was fitted to {name}")
    held = frozenset(f"{group}.{key}" for group, values in (given or {}).items() for key in values)
    draws = Draws(found, held)
    if not draws.names:
        raise InputError("posterior: every parameter of it is set by hand; expected one to be drawn")
    return draws


def beside(case: str) -> Posterior:
    """The posterior that stands beside a case; raises ``InputError`` if none does."""
    path = load_scenario(case).path
    if path is None or not (path.parent / FILE_NAME).exists():
        name = load_scenario(case).case.name
        raise InputError(f"posterior: none stands beside {name}; expected {FILE_NAME} beside its file")
    return stored(case)


@dataclass
class Redrawn:
    """Openings of some policies with parameters drawn, each opened once."""

    draws: Draws
    open_all: Callable[[int], Sequence[Opening]]
    known: dict[int, Sequence[Opening]] = field(default_factory=dict)

    def opening(self, policy: int, particle: int) -> Opening:
        """One policy's opening with the parameters of a member of the sample."""
        if particle not in self.known:
            self.known[particle] = self.open_all(particle)
        return self.known[particle][policy]

    def runner(self, policy: int, go: Runner, workers: int) -> Runner:
        """A runner that opens the case for each seed with its own parameters, in place of the opening it is given."""

        def run(start: Opening, seeds: Sequence[int], wanted: Sequence[str]) -> Rows:
            del start
            groups = grouped(self.draws, seeds)
            starts = [self.opening(policy, particle) for particle in groups]
            parts = [[seeds[k] for k in places] for places in groups.values()]
            with ThreadPoolExecutor(workers) as pool:
                made = list(pool.map(lambda start, part: go(start, part, wanted), starts, parts))
            order = np.argsort(np.concatenate(list(groups.values())))
            rows, final = (np.concatenate(one)[order] for one in zip(*made, strict=True))
            return rows, final

        return run


def grouped(draws: Draws, seeds: Sequence[int]) -> dict[int, list[int]]:
    """Places of the seeds that draw the same member of the sample."""
    groups: dict[int, list[int]] = {}
    for k, seed in enumerate(seeds):
        groups.setdefault(draws.particle(seed), []).append(k)
    return groups
