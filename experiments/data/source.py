"""Opening a file of a table: a regular file of sensible size; text with any usual separator, gzip, or Parquet."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.experiments.data.columns import column_of
from detente.experiments.data.parquet import parquet_cells
from detente.experiments.data.text import SEPARATORS, Contents, csv_cells, first_lines, separator_of
from detente.model.errors import InputError, wrong
from detente.model.reading import BLOCK, LONGEST_NAME, in_bytes, parquet_columns, read_bytes

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 2_000_000_000
"""Largest file read [bytes], after decompression too; all of GED has about 250,000,000."""

MOST_UNFOLDED, LEAST_UNFOLDED = 200, 50_000_000
"""How many times its size a gzip file may unfold to, and the bytes that any may; tables unfold 5 to 30 times."""

MOST_NAMES = 10_000
"""Columns that are read."""

GZIP, PARQUET, ZIP = b"\x1f\x8b", b"PAR1", b"PK\x03\x04"
EXPECTED = "a csv file (plain or gzip) or a Parquet file"


@dataclass(frozen=True)
class Source(Contents):
    """A file whose columns are known and whose rows are not read yet."""

    @property
    def parquet(self) -> bool:
        """Whether the file is Parquet, which has rows but no lines."""
        return self.form == "Parquet"

    def named(self, names: Sequence[str]) -> Source:
        """The same file read without a header, its columns named by its layout."""
        note = "the file has no header: columns are taken in the order of the release"
        return replace(self, names=tuple(names), skipped=0, notes=(*self.notes, note))

    def column(self, *wanted: str) -> str | None:
        """The first of some columns that the file has, whatever its capitals."""
        return column_of(self.names, wanted)

    def needed(self, *wanted: str) -> str:
        """The same for a column that must be there."""
        name = self.column(*wanted)
        if name is None:
            raise missing_column(self.path, " or ".join(wanted), self.names)
        return name

    def read(self, columns: Sequence[str] | None = None) -> Cells:
        """The cells of some columns, or of all, as text without spaces around it; at least one row."""
        chosen = self.names if columns is None else tuple(dict.fromkeys(columns))
        table = parquet_cells(self, chosen) if self.parquet else csv_cells(self, chosen)
        filled = (table != "").any(axis=1).to_numpy()
        table = table.iloc[: len(table) - int(filled[::-1].argmax())] if filled.any() else table.iloc[:0]
        if table.empty:  # rows of nothing at the end, as spreadsheets write them, are none
            raise InputError(
                f"{self.path}: holds no rows; expected at least one below the names of its columns"
            )
        return Cells(self, table)


@dataclass(frozen=True)
class Cells:
    """Cells of a file as text, one row a record, and where each stands."""

    source: Source
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, column: str) -> pd.Series[str]:
        return self.table[column]

    @cached_property
    def lines(self) -> Sequence[int]:
        """The line on which each row begins; counted only when one is asked for."""
        return first_lines(self.source)

    def line(self, row: int) -> str:
        """Where a row stands, in words."""
        if self.source.parquet:
            return f"row {row + 1}"
        number = self.lines[row] if row < len(self.lines) else row + 1 + self.source.skipped
        return f"line {number}"

    def place(self, row: int, column: str) -> str:
        """Where a cell stands, in words."""
        return f"{self.source.path}, {self.line(row)}, column {column}"

    def refuse(self, column: str, bad: Any, expected: str) -> None:
        """Raise ``InputError`` for the first cell marked as bad, if there is one."""
        if bad.any():
            row = int(bad.argmax())
            raise wrong(self.place(row, column), self.table[column].iloc[row], expected)


def open_source(path: Path) -> Source:
    """A file with the names of its columns; raises ``InputError`` for what is no readable table."""
    data = read_bytes(path, EXPECTED, MAX_BYTES)
    if data.startswith(PARQUET):
        return Source(path, data, named_columns(path, data), "Parquet")
    form = "csv"
    if data.startswith(GZIP):
        data, form = unpacked(path, data), "csv, gzip"
    if data.startswith(ZIP):
        raise InputError(
            f"{path}: is a zip archive or a spreadsheet; unpack it or save it as csv (expected {EXPECTED})"
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{path}: is not UTF-8 text but UTF-16; save it as csv in UTF-8")
    if b"\0" in data[:100_000]:
        raise InputError(f"{path}: is not text; expected {EXPECTED}")
    data, notes = in_utf8(data.removeprefix(b"\xef\xbb\xbf"))
    names, separator, skipped = header(path, data)
    return Source(
        path, data, names, f"{form}, separated by {SEPARATORS[separator]}", separator, skipped, notes
    )


def named_columns(path: Path, data: bytes) -> tuple[str, ...]:
    """Columns of a Parquet file; it must have some."""
    names = parquet_columns(data, str(path))
    if not names:
        raise InputError(f"{path}: is a Parquet file without columns")
    return names


def unpacked(path: Path, data: bytes) -> bytes:
    """What a gzip file holds, read no further than a table may be large and no further than text unfolds."""
    most = min(MAX_BYTES, max(MOST_UNFOLDED * len(data), LEAST_UNFOLDED))
    plain = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while len(plain) <= most and (block := stream.read(BLOCK)):
                plain += block
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: is not a complete gzip file ({error}); expected {EXPECTED}") from None
    if len(plain) > most:
        raise InputError(
            f"{path}: has more than {in_bytes(most)} unpacked; expected {EXPECTED} of at most that"
        )
    return bytes(plain)


def in_utf8(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Text in UTF-8, with a note where it came in another code page."""
    if data.isascii():
        return data, ()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        note = f"the text is not UTF-8 (byte {error.start + 1:,}): read as Windows-1252"
        plain = data.decode("cp1252", errors="replace")
        return plain.encode("utf-8"), (note,)
    return data, ()


def header(path: Path, data: bytes) -> tuple[tuple[str, ...], str, int]:
    """The names of the columns, the separator, and the number of lines they take."""
    start = data[:1_000_000].decode("utf-8", errors="replace")
    separator = separator_of(start)
    rows = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
    try:
        names = tuple(name.strip() for name in next(rows, []))
    except csv.Error as error:
        raise InputError(f"{path}, line 1: is not the header of a csv file: {error}") from None
    if len(names) > MOST_NAMES:
        raise InputError(f"{path}, line 1: has {len(names):,} columns; expected at most {MOST_NAMES:,}")
    long = next((k for k, name in enumerate(names, start=1) if len(name) > LONGEST_NAME), None)
    if long is not None:
        raise InputError(f"{path}, line 1: column {long} has a name of over {LONGEST_NAME} characters")
    if not any(names):
        raise InputError(f"{path}, line 1: is empty; expected the names of columns, separated by commas")
    return names, separator, rows.line_num


def check_names(source: Source) -> None:
    """Refuse a column name that occurs twice, since it is unclear which is meant."""
    counts = Counter(name for name in source.names if name)
    twice = next((name for name, n in counts.items() if n > 1), None)
    if twice is not None:
        raise InputError(f"{source.path}, line 1: column {twice!r} occurs twice; expected each once")


def missing_column(path: Path, wanted: str, names: Sequence[str]) -> InputError:
    """The line for a column that is not there."""
    from detente.model.errors import nearest

    return InputError(
        f"{path}, line 1: has no column {wanted!r}; found {', '.join(names[:12])}{nearest(wanted, names)}"
    )
