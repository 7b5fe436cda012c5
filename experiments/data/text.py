"""Text of tables: the separator, the cells of chosen columns, and the line on which each row begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from detente.experiments.data.source import Source

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}

LONGEST = 10_000_000
"""Longest row read [bytes]."""


def separator_of(start: str) -> str:
    """The separator that splits the first line into most cells; a comma where none does."""
    first = start.lstrip("\r\n").splitlines()[:1] or [""]
    return max(SEPARATORS, key=lambda sign: len(outside_quotes(first[0], sign)))


def outside_quotes(line: str, sign: str) -> list[str]:
    """Cells of a line split at a sign that stands outside quotes."""
    parts = line.split('"')
    return "".join(parts[::2]).split(sign)


def csv_cells(source: Source, columns: Sequence[str]) -> pd.DataFrame:
    """Chosen columns of a text file as text; a row with too few or too many cells is refused."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    # Columns nobody asked for may have no name or one name twice: they get names of their own.
    names = [
        name if name in columns and name not in source.names[:k] else f"\0{k}"
        for k, name in enumerate(source.names)
    ]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(source.data),
            pacsv.ReadOptions(column_names=names, skip_rows=source.skipped, block_size=LONGEST),
            pacsv.ParseOptions(delimiter=source.separator, newlines_in_values=True),
            pacsv.ConvertOptions(
                include_columns=list(columns),
                column_types={name: pa.string() for name in columns},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowException as error:
        if "Empty CSV" in str(error):
            raise InputError(
                f"{source.path}: holds no rows; expected at least one below the header"
            ) from None
        raise ragged(source, error) from None
    check_quotes(source)
    return trimmed(table)


def check_quotes(source: Source) -> None:
    """Refuse a quote that is opened and never closed: all rows after it would be one cell, and silently lost."""
    if source.data.count(b'"') % 2 == 0:
        return
    stream = io.StringIO(source.data.decode("utf-8", errors="replace"), newline="")
    rows, line = csv.reader(stream, delimiter=source.separator, strict=True), 1
    try:
        for _ in rows:
            line = rows.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error) or "larger than" in str(error):
            raise InputError(
                f"{source.path}, line {line}: a quote is opened and not closed; expected both"
            ) from None


def trimmed(table: Any) -> pd.DataFrame:
    """An Arrow table of text as a data frame, without spaces around the cells."""
    import pandas as pd
    import pyarrow.compute as pc

    cells = {name: pc.utf8_trim_whitespace(table.column(name)) for name in table.column_names}
    return pd.DataFrame({name: column.to_pandas().astype("str") for name, column in cells.items()})


def ragged(source: Source, error: Exception) -> InputError:
    """The line for a file that does not fall into rows of as many cells as it has columns."""
    width = len(source.names)
    for line, cells in records(source):
        if len(cells) != width:
            cell_s = "cell" if len(cells) == 1 else "cells"
            return InputError(
                f"{source.path}, line {line}: has {len(cells)} {cell_s}; expected {width}, one for each column"
            )
    return InputError(f"{source.path}: is not a csv file of {width} columns: {str(error)[:200]}")


def records(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Rows below the header, each with the line on which it begins; empty lines are none."""
    stream = io.StringIO(source.data.decode("utf-8", errors="replace"), newline="")
    rows = csv.reader(stream, delimiter=source.separator)
    line = 1
    try:
        for cells in rows:
            if cells and line > source.skipped:
                yield line, cells
            line = rows.line_num + 1
    except csv.Error:  # a cell longer than the module allows: lines from there on are not known
        return


def first_lines(source: Source) -> list[int]:
    """The line on which each row begins: cells with line breaks make rows longer than a line."""
    return [line for line, _ in records(source)]


def parquet_names(path: Path, data: bytes) -> tuple[str, ...]:
    """Columns of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = tuple(pq.read_schema(pa.BufferReader(data)).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if not names:
        raise InputError(f"{path}: is a Parquet file without columns")
    return names


def parquet_cells(source: Source, columns: Sequence[str]) -> pd.DataFrame:
    """Chosen columns of a Parquet file, as the text that a csv file would hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(source.data), columns=list(columns), use_threads=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(source.path, error) from None
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


def unreadable(path: Path, error: Exception) -> InputError:
    """The line for a damaged Parquet file."""
    return InputError(f"{path}: is no readable Parquet file ({str(error)[:160]})")
