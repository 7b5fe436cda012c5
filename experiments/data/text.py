"""Text files of tables: the separator, the cells of chosen columns, and the line on which each row begins."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}

LONGEST = 10_000_000
"""Longest row read [bytes]."""


@dataclass(frozen=True)
class Contents:
    """What a file holds before it is cut into cells: its bytes, decompressed, and its columns in order.

    ``skipped`` is how many lines stand above the first row; 0 where the file has no header and ``names`` come from its
    layout.  ``form`` says in words what kind of file it is.
    """

    path: Path
    data: bytes
    names: tuple[str, ...]
    form: str
    separator: str = ","
    skipped: int = 1
    notes: tuple[str, ...] = ()


def separator_of(start: str) -> str:
    """The separator that splits the first line into most cells; a comma where none does."""
    first = start.lstrip("\r\n").splitlines()[:1] or [""]
    return max(SEPARATORS, key=lambda sign: len(outside_quotes(first[0], sign)))


def outside_quotes(line: str, sign: str) -> list[str]:
    """Cells of a line split at a sign that stands outside quotes."""
    parts = line.split('"')
    return "".join(parts[::2]).split(sign)


def csv_cells(source: Contents, columns: Sequence[str]) -> pd.DataFrame:
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


def check_quotes(source: Contents) -> None:
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
    import pyarrow.compute

    pc: Any = pyarrow.compute

    cells = {name: pc.utf8_trim_whitespace(table.column(name)) for name in table.column_names}
    return pd.DataFrame({name: column.to_pandas().astype("str") for name, column in cells.items()})


def ragged(source: Contents, error: Exception) -> InputError:
    """The line for a file that does not fall into rows of as many cells as it has columns."""
    width = len(source.names)
    for line, cells in records(source):
        if len(cells) != width:
            cell_s = "cell" if len(cells) == 1 else "cells"
            return InputError(
                f"{source.path}, line {line}: has {len(cells)} {cell_s}; expected {width}, one for each column"
            )
    return InputError(f"{source.path}: is not a csv file of {width} columns: {str(error)[:200]}")


def records(source: Contents) -> Iterator[tuple[int, list[str]]]:
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


def first_lines(source: Contents) -> list[int]:
    """The line on which each row begins: cells with line breaks make rows longer than a line."""
    return [line for line, _ in records(source)]
