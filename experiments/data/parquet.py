"""Parquet files of tables, read into the text that a csv file would hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.data.text import Contents, trimmed
from detente.model.errors import InputError
from detente.model.reading import parquet_table

if TYPE_CHECKING:
    import pandas as pd


def parquet_cells(source: Contents, columns: Sequence[str]) -> pd.DataFrame:
    """Chosen columns of a Parquet file, as the text that a csv file would hold."""
    import pyarrow as pa

    table = parquet_table(source.data, str(source.path), columns)
    return trimmed(pa.table({name: as_text(source.path, name, table.column(name)) for name in columns}))


def as_text(path: Path, name: str, column: Any) -> Any:
    """A column of any plain type as text, empty where it is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        return pc.fill_null(column.cast(pa.string()), "")
    except pa.ArrowException:
        raise InputError(
            f"{path}, column {name}: holds {column.type}; expected text, numbers or dates"
        ) from None
