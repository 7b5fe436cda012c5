"""The tables of a sweep: their schemas, and runs as rows of them in the bytes of Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.runs.outcomes import OUTCOMES, Finals, end_dates, end_reasons, read_outcomes
from detente.experiments.runs.stored_series import Kept
from detente.experiments.sweep.design.factors import column_of
from detente.experiments.sweep.jobs import Block, Setup

if TYPE_CHECKING:
    import pyarrow as pa

Values = np.ndarray[Any, Any]

KEYS = ("case", "policy", "theory", "version", "scenario_sha256", "point", "seed")
"""Columns that say which run a row is, before the factors and the outcomes."""


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
    """Columns as one batch of the given schema; what is missing (NaN) is null."""
    import pyarrow as pa

    made = [
        cell if isinstance(cell, pa.Array) else pa.array(cell, type=field.type, from_pandas=True)
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
