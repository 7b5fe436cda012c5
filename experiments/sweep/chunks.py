"""One chunk of a sweep computed: its points opened and run, their rows made into the bytes of Parquet files.

What is here runs in the workers: threads, processes or another machine.  The bytes depend on setup and job alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.opening_patches import Pattern, find_pattern
from detente.experiments.runs.outcomes import Finals
from detente.experiments.runs.stored_series import Kept
from detente.experiments.sweep.chunk_tables import as_parquet, run_rows, series_rows
from detente.experiments.sweep.jobs import Block, Job, Made, Setup
from detente.model.errors import InputError
from detente.model.keywords import FACT
from detente.model.opening import Opening, opening
from detente.model.request import merged_parameters
from detente.model.series import columns

if TYPE_CHECKING:
    import pyarrow as pa


Values = np.ndarray[Any, Any]

WORTH = 6
"""Points for which it is worth finding out how to patch an opening."""


class RunFaultError(Exception):
    """A run that could not be carried out, named so that it can be repeated."""


def settings_at(
    setup: Setup, values: Sequence[float]
) -> tuple[dict[str, float], dict[str, dict[str, float]], dict[str, float]]:
    """Levers, parameters and facts at a point, those that are the same in all runs included."""
    levers, facts = dict(setup.levers), dict(setup.facts)
    parameters = {group: dict(held) for group, held in setup.parameters.items()}
    for (kind, name), value in zip(setup.factors, values, strict=True):
        if kind == "lever":
            levers[name] = value
        elif kind == "fact":
            facts[name.removeprefix(f"{FACT}.")] = value
        else:
            group, key = name.split(".")
            parameters.setdefault(group, {})[key] = value
    return levers, parameters, facts


def open_block(setup: Setup, block: Block) -> Opening:
    """The opening that the runs of a block share."""
    levers, parameters, facts = settings_at(setup, block.values)
    scenario = setup.scenarios[block.case]
    return opening(
        scenario,
        setup.policies[block.case][block.policy],
        levers=levers,
        parameters=merged_parameters(scenario.parameters, parameters or None),
        mode=setup.mode,
        until=setup.until,
        step_days=setup.step_days,
        theory=block.theory,
        facts=facts,
        point=setup.point,
    )


class Opener:
    """Opens the points of one case, policy and theory, one after the other; many of them by patching."""

    def __init__(self, setup: Setup, blocks: Sequence[Block]) -> None:
        self.setup = setup
        self.pattern: Pattern | None = None
        if len(blocks) >= WORTH:
            self.pattern = find_pattern(
                lambda values: open_block(setup, replace(blocks[0], values=tuple(values))),
                setup.factors,
                setup.ends,
                [name.startswith("switches.") for _, name in setup.factors],
            )

    def open(self, block: Block) -> Opening:
        """The opening of a block."""
        if self.pattern is None:
            return open_block(self.setup, block)
        levers, parameters, facts = settings_at(self.setup, block.values)
        if not all(levers[name] > 0.0 for name in self.pattern.places):
            return open_block(self.setup, block)  # a lever at 0 leaves no record to patch
        base = self.setup.scenarios[block.case].parameters
        return self.pattern.at(levers, merged_parameters(base, parameters or None), facts)


def compute(setup: Setup, job: Job) -> Made:
    """Compute a chunk; raises ``RunFaultError`` naming the run or point at fault."""
    rows: list[pa.RecordBatch] = []
    series: list[pa.RecordBatch] = []
    for _, same in groupby(job.blocks, key=lambda block: (block.case, block.policy, block.theory)):
        blocks = tuple(same)
        finals, kept, values = compute_blocks(setup, blocks)
        rows.append(run_rows(setup, blocks, finals))
        if kept is not None:
            series.append(series_rows(setup, blocks, kept, values, finals.rows))
    return Made(job.chunk, job.n_runs, as_parquet(rows), as_parquet(series) if series else None)


def compute_blocks(setup: Setup, blocks: Sequence[Block]) -> tuple[Finals, Kept | None, Values]:
    """Run blocks of one case, policy and theory: their last rows, what is kept of them, and its thinned series."""
    opener = Opener(setup, blocks)
    made: list[tuple[Values, Values]] = []
    start: Opening | None = None
    kept: Kept | None = None
    for block in blocks:
        try:
            start = opener.open(block)
            kept = Kept.of(start, setup.series, setup.every) if setup.series else None
            made.append(run_block(setup, start, block, kept))
        except Exception as fault:
            raise RunFaultError(f"{where(setup, block)}: {type(fault).__name__}: {fault}") from fault
    values, final = (np.concatenate(parts) for parts in zip(*made, strict=True))
    assert start is not None
    return Finals(start, columns(start.cast), final), kept, values


def where(setup: Setup, block: Block) -> str:
    """Which runs a block holds, in words that let them be repeated."""
    scenario, policy = setup.scenarios[block.case], setup.policies[block.case][block.policy]
    at = ", ".join(f"{name}={value:g}" for (_, name), value in zip(setup.factors, block.values, strict=True))
    seeds = f"seeds {block.seeds[0]} to {block.seeds[-1]}"
    point = f"point {block.point}" + (f" ({at})" if at else "")
    return f"{scenario.case.name}, {policy.name}, {block.theory}, {point}, {seeds}"


def run_block(setup: Setup, start: Opening, block: Block, kept: Kept | None) -> tuple[Values, Values]:
    """Thinned series of shape (runs, times, columns asked for), and the last rows of the runs."""
    wanted, every = (kept.columns, kept.every_steps) if kept is not None else ((), 1)
    if setup.actors:
        from detente.experiments.runs.runners import run_on_mesa, stacked

        rows, final = stacked([run_on_mesa(start, seed, wanted, setup.actors) for seed in block.seeds])
        return rows[:, ::every], final
    from detente.model.engine import run_batch

    batch = run_batch(start, block.seeds, wanted=wanted, every=every, threads=1)
    return batch.series, batch.final


def check_worker(setup: Setup) -> None:
    """Refuse to work with other rules or versions than those the sweep began with."""
    from detente.experiments.sweep.manifest import made_with

    if dict(setup.made_with) != made_with():
        raise InputError(
            "this worker has another version of the rules or libraries; expected that of the sweep"
        )


def compute_checked(setup: Setup, job: Job) -> Made:
    """Compute a chunk on a machine that may have another version installed."""
    check_worker(setup)
    return compute(setup, job)
