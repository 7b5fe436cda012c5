"""A design worked out: its cases and policies loaded, its points laid out, its runs cut into chunks.

Runs stand in one order, by case, policy, theory, point and seed, and chunks are cut from it at fixed edges, so that
every chunk can be computed anywhere, at any time, and is always the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.sweep.chunk_tables import schema_of
from detente.experiments.sweep.chunks import open_block
from detente.experiments.sweep.design.document import CHUNK, MOST_CHUNKS, Design
from detente.experiments.sweep.design.factors import Factor, Setting
from detente.experiments.sweep.design.sampling import lay_out
from detente.experiments.sweep.jobs import Block, Job, Setup
from detente.experiments.sweep.manifest import FORMAT, made_with
from detente.model.catalogue import load_policy, load_scenario
from detente.model.errors import wrong
from detente.model.keywords import facts_in, nested_parameters
from detente.model.policy import Policy
from detente.model.request import checked_step, default_policy
from detente.model.scenario import Scenario

if TYPE_CHECKING:
    from detente.agents.actors import Actor


@dataclass(frozen=True)
class Plan:
    """Everything that decides the bytes of a sweep."""

    design: Design
    scenarios: tuple[Scenario, ...]
    policies: tuple[tuple[Policy, ...], ...]
    points: np.ndarray[Any, Any]
    actors: Mapping[str, type[Actor]]

    @classmethod
    def of(cls, design: Design, actors: Mapping[str, type[Actor]] | None = None) -> Plan:
        """Work out a design; raises ``InputError`` for what its cases do not have or cannot be opened with."""
        scenarios = tuple(load_scenario(case) for case in design.cases)
        check_names([s.case.name for s in scenarios], design.cases)
        policies = tuple(policies_of(design, scenario) for scenario in scenarios)
        plan = cls(design, scenarios, policies, lay_out(design), dict(actors or {}))
        plan.check()
        return plan

    def check(self) -> None:
        """Open the first point everywhere, so that what cannot be run is known before anything is."""
        from detente.experiments.runs.run import chosen_engine
        from detente.experiments.runs.stored_series import check_series

        starts = [open_block(self.setup, block) for block in self.first_blocks()]
        for start in starts:
            chosen_engine(start, "auto" if self.actors else "compiled", self.actors)
        check_series(self.design.series, self.design.every, starts)
        check_branching(self)

    @property
    def n_runs(self) -> int:
        """Runs in all."""
        return self.n_cells * self.design.runs

    @property
    def n_cells(self) -> int:
        """Combinations of case, policy, theory and point."""
        blocks = sum(len(policies) for policies in self.policies) * len(self.design.theories)
        return blocks * len(self.points)

    @property
    def chunk_runs(self) -> int:
        """Runs in each chunk but the last."""
        return self.design.chunk or max(CHUNK, -(-self.n_runs // MOST_CHUNKS))

    @property
    def n_chunks(self) -> int:
        """Chunks in all."""
        return -(-self.n_runs // self.chunk_runs)

    def runs_in(self, chunk: int) -> int:
        """Runs in one chunk."""
        return min(self.chunk_runs, self.n_runs - chunk * self.chunk_runs)

    def job(self, chunk: int) -> Job:
        """The runs of one chunk, in blocks that share an opening."""
        first = chunk * self.chunk_runs
        return Job(chunk, tuple(self.blocks(first, first + self.runs_in(chunk))))

    def blocks(self, first: int, last: int) -> Iterator[Block]:
        """Runs from one number up to another, in blocks that share an opening."""
        runs, at = self.design.runs, first
        while at < last:
            cell, offset = divmod(at, runs)
            n = min(runs - offset, last - at)
            yield self.block(cell, self.design.first_seed + offset, n)
            at += n

    def block(self, cell: int, first_seed: int, n_runs: int) -> Block:
        """Some runs of one cell."""
        rest, point = divmod(cell, len(self.points))
        rest, theory = divmod(rest, len(self.design.theories))
        case, policy = self.standings[rest]
        values = tuple(map(float, self.points[point]))
        return Block(case, policy, self.design.theories[theory], point, values, first_seed, n_runs)

    @cached_property
    def standings(self) -> tuple[tuple[int, int], ...]:
        """Every case with each of its policies, by position."""
        return tuple((c, p) for c, policies in enumerate(self.policies) for p in range(len(policies)))

    def first_blocks(self) -> list[Block]:
        """One run of the first point for every case, policy and theory."""
        n = self.n_cells // len(self.points)
        return [self.block(k * len(self.points), self.design.first_seed, 1) for k in range(n)]

    @cached_property
    def setup(self) -> Setup:
        """What every worker needs, whichever chunk it computes."""
        d = self.design
        return Setup(
            scenarios=self.scenarios,
            digests=tuple(s.sha256 for s in self.scenarios),
            policies=self.policies,
            levers=constants(d.levers),
            parameters=nested_parameters(constants(d.parameters)),
            factors=tuple((f.declared.kind, f.name) for f in d.factors),
            ends=tuple(f.setting.ends for f in d.factors),
            mode=d.mode,
            until=d.until,
            step_days=checked_step(d.step_days),
            series=d.series,
            every=d.every,
            version=version("detente"),
            made_with=made_with(),
            actors=self.actors,
            facts=facts_in(constants(d.facts)),
            point=d.point,
        )

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the sweep is made from, as plain values; two sweeps with equal manifests give equal bytes."""
        return {
            "format": FORMAT,
            "note": NOT_A_FORECAST,
            "design": self.design_words(),
            "factors": [factor_words(f) for f in self.design.factors],
            "points": {
                "number": len(self.points),
                "sha256": hashlib.sha256(np.ascontiguousarray(self.points).tobytes()).hexdigest(),
            },
            "seeds": {"first": self.design.seeds[0], "last": self.design.seeds[-1]},
            "scenarios": {s.case.name: s.sha256 for s in self.scenarios},
            "policies": {
                s.case.name: {p.name: p.sha256 for p in policies}
                for s, policies in zip(self.scenarios, self.policies, strict=True)
            },
            "actors": {name: class_words(cls) for name, cls in self.actors.items()},
            "made_with": made_with(),
            "columns": schema_of(self.setup).names,
            "runs": self.n_runs,
            "chunk_runs": self.chunk_runs,
            "chunks": self.n_chunks,
        }

    def design_words(self) -> dict[str, Any]:
        """The design as it could stand in a file."""
        d = self.design
        settings = {"levers", "parameters", "facts"} | ({"point"} if not d.point else set())
        words = d.model_dump(mode="json", exclude=settings, exclude_none=True)
        words["policies"] = list(d.policies) or [p.name for p in self.policies[0]]
        words["levers"] = {name: setting_words(s) for name, s in d.levers.items()}
        words["parameters"] = {name: setting_words(s) for name, s in d.parameters.items()}
        if d.facts:
            words["facts"] = {name: setting_words(s) for name, s in d.facts.items()}
        return words


def class_words(cls: type[Actor]) -> dict[str, str]:
    """An actor's own class: its name, and the digest of its source where that can be had."""
    import inspect

    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        source = ""
    return {"class": cls.__qualname__, "source_sha256": hashlib.sha256(source.encode()).hexdigest()}


def constants(settings: Mapping[str, Setting]) -> dict[str, float]:
    """Settings that are the same in all runs."""
    return {name: s.constant for name, s in settings.items() if s.constant is not None}


def setting_words(setting: Setting) -> float | str | list[float]:
    """A setting as it could stand in a file."""
    if setting.interval:
        return ":".join(repr(end) for end in setting.interval)
    return setting.constant if setting.constant is not None else list(setting.levels)


def factor_words(factor: Factor) -> dict[str, Any]:
    """A factor as the manifest lists it."""
    low, high = factor.setting.ends
    return {
        "name": factor.column,
        "kind": factor.declared.kind,
        "low": low,
        "high": high,
        "levels": list(factor.setting.levels) or None,
        "default": factor.declared.default,
        "unit": factor.declared.unit,
        "meaning": factor.declared.meaning,
    }


def policies_of(design: Design, scenario: Scenario) -> tuple[Policy, ...]:
    """The policies of a case that are asked for; its own history, or first one, if none are."""
    names = design.policies or (default_policy(scenario),)
    found = tuple(load_policy(scenario, name) for name in names)
    check_names([p.name for p in found], names)
    return found


def check_names(names: list[str], given: tuple[str, ...]) -> None:
    """Two files may not hold the same name: their rows could not be told apart."""
    if len(set(names)) < len(names):
        raise wrong("design", list(given), "files that hold a different name each")


def check_branching(plan: Plan) -> None:
    """Refuse points at which violence would feed on itself without end, before a run meets them."""
    from detente.model.consistency import check_parameters

    names = [f.name for f in plan.design.factors]
    moved = [
        k for k, name in enumerate(names) if name in ("violence.n_own", "violence.n_rec", "violence.n_ally")
    ]
    if not moved:
        return
    for values in np.unique(plan.points[:, moved], axis=0):
        change = {names[k].split(".")[1]: float(v) for k, v in zip(moved, values, strict=True)}
        for scenario in plan.scenarios:
            fixed = plan.setup.parameters.get("violence", {})
            violence = scenario.parameters.violence.model_copy(update={**fixed, **change})
            check_parameters(scenario.parameters.model_copy(update={"violence": violence}))
