"""What a sweep has made so far, whole or still filling: the table, the factors, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.sweep.manifest import FactorRange
from detente.experiments.sweep.store import CHUNK, MAX_CHUNK, SERIES, Found, Store, StoreError, read_manifest
from detente.model.reading import parquet_table, read_bytes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Results:
    """A results directory as it was when it was opened."""

    path: Path
    manifest: Mapping[str, Any]
    found: Found

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a run: keys, a column for each factor, every outcome, how and when the run ended.

        Rows stand in the order of the design; chunks that are missing are left out.
        """
        return read_parts([self.found.whole[k] for k in sorted(self.found.whole)], self.path)

    @cached_property
    def series(self) -> pd.DataFrame:
        """The series kept, one row for each run and date; raises ``StoreError`` if the sweep kept none."""
        if not self.store.keeps_series:
            raise StoreError(f"{self.path}: this sweep kept no series; expected one made with --series")
        whole, _ = self.store.checked(self.path / SERIES)
        return read_parts([whole[k] for k in sorted(whole)], self.path)

    @property
    def store(self) -> Store:
        """The directory as sweeps write it."""
        return Store(self.path, self.manifest)

    @property
    def factors(self) -> tuple[FactorRange, ...]:
        """What the sweep varied, in the order of its columns."""
        listed: list[dict[str, Any]] = self.manifest["factors"]
        return tuple(
            FactorRange.model_validate({**f, "levels": f["levels"] and tuple(f["levels"])}) for f in listed
        )

    @property
    def kind(self) -> str:
        """How the points were laid out: grid, factorial, lhs, sobol or morris."""
        return self.manifest["design"]["design"]["kind"]

    @property
    def problem(self) -> dict[str, Any]:
        """The factors as SALib's analysers take them."""
        return {
            "num_vars": len(self.factors),
            "names": [f.name for f in self.factors],
            "bounds": [[f.low, f.high] for f in self.factors],
        }

    @cached_property
    def points(self) -> pd.DataFrame:
        """The values of the factors at each point, in the order of the design, as far as runs of it are there."""
        names = ["point", *(f.name for f in self.factors)]
        return self.table[names].drop_duplicates("point").set_index("point").sort_index()

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the chunks that are absent or damaged."""
        return tuple(k for k in range(self.n_chunks) if k not in self.found.whole)

    @property
    def damaged(self) -> tuple[str, ...]:
        """Names of files that are damaged, or are not of this sweep."""
        return tuple(path.relative_to(self.path).as_posix() for path in self.found.bad)

    @property
    def complete(self) -> bool:
        """Whether every run is there."""
        return not self.missing

    @property
    def n_chunks(self) -> int:
        """Chunks of the whole sweep."""
        return int(self.manifest["chunks"])

    @property
    def n_runs(self) -> int:
        """Runs of the whole sweep."""
        return int(self.manifest["runs"])

    @property
    def n_done(self) -> int:
        """Runs that are there."""
        size = int(self.manifest["chunk_runs"])
        return sum(min(size, self.n_runs - k * size) for k in self.found.whole)

    def __repr__(self) -> str:
        done = "complete" if self.complete else f"{len(self.missing)} of {self.n_chunks} chunks missing"
        return f"<Results {self.path}: {self.n_done:,} of {self.n_runs:,} runs, {done}>"


def read_parts(paths: list[Path], folder: Path) -> pd.DataFrame:
    """Chunks as one table; raises ``StoreError`` if there is none."""
    import pyarrow as pa

    if not paths:
        raise StoreError(
            f"{folder}: got no chunk that is whole yet; expected a sweep that has made at least one"
        )
    try:
        tables = [parquet_table(read_bytes(path, CHUNK, MAX_CHUNK), str(path)) for path in paths]
        return pa.concat_tables(tables).unify_dictionaries().to_pandas()
    except pa.ArrowException as error:
        raise StoreError(f"{folder}: holds chunks that do not fit together ({str(error)[:160]})") from None


def open_results(path: str | Path) -> Results:
    """The results of a sweep, complete or not.

    Args:
        path: directory of the sweep.

    Returns:
        The table of its runs, its factors, and which chunks are missing.

    Raises:
        StoreError: where there is no sweep; it is an ``InputError``.

    Examples:
        >>> import detente, tempfile
        >>> folder = tempfile.mkdtemp() + "/sweep"
        >>> made = detente.sweep("template", out=folder, policies=["status-quo"], levers={"mediation": [0, 1]}, runs=3)
        >>> detente.open_results(folder).table.equals(made.table)
        True
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    return Results(folder, manifest, Store(folder, manifest).look())
