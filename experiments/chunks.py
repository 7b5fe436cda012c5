"""One chunk of a sweep: its runs computed, and their rows as the bytes of Parquet files.

What is here runs in the workers: threads, processes or another machine.  The bytes depend on setup and job alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.designs.factors import column_of
from detente.experiments.kept import Kept
from detente.experiments.outcomes import OUTCOMES, Finals, end_dates, end_reasons, read_outcomes
from detente.experiments.reopening import Pattern, find_pattern
from detente.model.errors import InputError
from detente.model.opening import Opening, opening
from detente.model.policy import Policy
from detente.model.request import merged_parameters
from detente.model.scenario import Scenario
from detente.model.series import columns

if TYPE_CHECKING:
    import pyarrow as pa

    from detente.agents.actors import Actor

Values = np.ndarray[Any, Any]

KEYS = ("case", "policy", "theory", "version", "scenario_sha256", "point", "seed")
"""Columns that say which run a row is, before the factors and the outcomes."""

WORTH = 6
"""Points for which it is worth finding out how to patch an opening."""


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


class RunFaultError(Exception):
    """A run that could not be carried out, named so that it can be repeated."""


def settings_at(
    setup: Setup, values: Sequence[float]
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Levers and parameters at a point, those that are the same in all runs included."""
    levers = dict(setup.levers)
    parameters = {group: dict(held) for group, held in setup.parameters.items()}
    for (kind, name), value in zip(setup.factors, values, strict=True):
        if kind == "lever":
            levers[name] = value
        else:
            group, key = name.split(".")
            parameters.setdefault(group, {})[key] = value
    return levers, parameters


def open_block(setup: Setup, block: Block) -> Opening:
    """The opening that the runs of a block share."""
    levers, parameters = settings_at(setup, block.values)
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
        levers, parameters = settings_at(self.setup, block.values)
        if not all(levers[name] > 0.0 for name in self.pattern.places):
            return open_block(self.setup, block)  # a lever at 0 leaves no record to patch
        base = self.setup.scenarios[block.case].parameters
        return self.pattern.at(levers, merged_parameters(base, parameters or None))


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
        from detente.experiments.workers import run_on_mesa, stacked

        rows, final = stacked([run_on_mesa(start, seed, wanted, setup.actors) for seed in block.seeds])
        return rows[:, ::every], final
    from detente.model.engine import run_batch

    batch = run_batch(start, block.seeds, wanted=wanted, every=every, threads=1)
    return batch.series, batch.final


def key_fields() -> list[pa.Field]:
    """Fields of the columns that say which run a row is."""
    import pyarrow as pa

    word = pa.dictionary(pa.int32(), pa.string())
    numbers = {"point": pa.int64(), "seed": pa.uint64()}
    return [pa.field(name, numbers.get(name, word), nullable=False) for name in KEYS]


def schema_of(setup: Setup) -> pa.Schema:
    """The one schema of all chunks: keys, factors, outcomes, how and when the run ended."""
    import pyarrow as pa

    numbers = [column_of(name) for _, name in setup.factors] + [outcome.name for outcome in OUTCOMES]
    ends = [
        pa.field("end_reason", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("end_date", pa.timestamp("us"), nullable=False),
    ]
    return pa.schema([*key_fields(), *(pa.field(name, pa.float64()) for name in numbers), *ends])


def series_schema(setup: Setup) -> pa.Schema:
    """The schema of the series: keys, date, and a column for each series kept."""
    import pyarrow as pa

    kept = [pa.field(name, pa.float32()) for name in setup.series]
    return pa.schema([*key_fields(), pa.field("date", pa.timestamp("us"), nullable=False), *kept])


def key_columns(setup: Setup, blocks: Sequence[Block], times: int = 1) -> list[Any]:
    """The columns that say which run a row is, for runs of ``times`` rows each."""
    one = blocks[0]
    scenario, policy = setup.scenarios[one.case], setup.policies[one.case][one.policy]
    words = (scenario.case.name, policy.name, one.theory, setup.version, setup.digests[one.case])
    n_rows = [block.n_runs * times for block in blocks]
    points = np.repeat([block.point for block in blocks], n_rows)
    seeds = np.concatenate([np.array(block.seeds, dtype=np.uint64) for block in blocks])
    return [*(same_word(word, sum(n_rows)) for word in words), points, np.repeat(seeds, times)]


def same_word(word: str, n: int) -> Any:
    """A column that holds one word."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, dtype=np.int32)), pa.array([word]))


def run_rows(setup: Setup, blocks: Sequence[Block], finals: Finals) -> pa.RecordBatch:
    """One row a run."""
    import pyarrow as pa

    points = np.array([block.values for block in blocks]).reshape(len(blocks), -1)
    factors = np.repeat(points, [block.n_runs for block in blocks], axis=0).T
    reasons = pa.array(end_reasons(finals)).dictionary_encode()
    dates = np.array(end_dates(finals), dtype="datetime64[us]")
    cells = [*key_columns(setup, blocks), *factors, *read_outcomes(finals).values(), reasons, dates]
    return batch_of(cells, schema_of(setup))


def series_rows(
    setup: Setup, blocks: Sequence[Block], kept: Kept, values: Values, final: Values
) -> pa.RecordBatch:
    """One row for each run and date."""
    dates = np.array(kept.dates, dtype="datetime64[us]")
    found = kept.series(values, final)
    cells = [*key_columns(setup, blocks, len(dates)), np.tile(dates, len(final)), *found]
    return batch_of(cells, series_schema(setup))


def batch_of(cells: list[Any], schema: pa.Schema) -> pa.RecordBatch:
    """Columns as one batch of the given schema."""
    import pyarrow as pa

    made = [
        cell if isinstance(cell, pa.Array) else pa.array(cell, type=field.type)
        for cell, field in zip(cells, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(made, schema=schema)


def as_parquet(batches: list[pa.RecordBatch]) -> bytes:
    """Batches as the bytes of one Parquet file, which hold no times, hosts or names of files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def check_worker(setup: Setup) -> None:
    """Refuse to work with other rules or versions than those the sweep began with."""
    from detente.experiments.plan import made_with

    if dict(setup.made_with) != made_with():
        raise InputError(
            "this worker has another version of the rules or libraries; expected that of the sweep"
        )


def compute_checked(setup: Setup, job: Job) -> Made:
    """Compute a chunk on a machine that may have another version installed."""
    check_worker(setup)
    return compute(setup, job)
