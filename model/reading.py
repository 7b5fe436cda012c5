"""The one reader of files that a user can name.

A file is looked at before it is opened: it must be a regular one of sensible size, so that a pipe, a device or a
folder is refused and not waited for.  A text is looked at before it is parsed: how deep it is nested and how long its
keys and numbers are.  Whatever is wrong is one ``InputError`` that says what was expected.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    import pyarrow as pa

TOML, MAX_BYTES = "a TOML file", 1_000_000
"""What a TOML file is called, and the largest one read [bytes]; the largest shipped one has about 20,000."""

MAX_JSON = 10_000_000
"""Largest JSON file read [bytes]; a posterior of 200 draws has about 13,000."""

BLOCK = 1 << 20
"""Bytes read at once."""

DEEPEST, LONGEST_KEY, LONGEST_NAME, LONGEST_NUMBER = 40, 20, 200, 20
"""Levels of tables and lists, parts of a dotted key, characters of each, and digits of a whole number that are read."""

LEAST_WHOLE, MOST_WHOLE = -(2**63), 2**64 - 1
"""Whole numbers that are read: those of 64 bits, signed or not."""

MOST_ROWS, MOST_COLUMNS, MOST_TABLE = 20_000_000, 20_000, 2_000_000_000
"""Rows, columns and bytes (decompressed) of a Parquet file that is read."""


# -- files


def check_regular(path: Path, expected: str, most: int | None = None) -> None:
    """Raise ``InputError`` unless a path is that of a regular file, of at most so many bytes; it is not opened."""
    with told(path, expected):
        check_status(path, path.stat(), expected, most)


@contextmanager
def told(path: Path, expected: str) -> Generator[None]:
    """Say in one line why a file cannot be read."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: does not exist; expected {expected}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise InputError(f"{str(path)!r}: cannot be read ({reason})") from None


def check_status(path: Path, status: os.stat_result, expected: str, most: int | None) -> None:
    """Refuse what is no regular file, or is too large."""
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path}: is a directory; expected {expected}")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: is not a regular file; expected {expected}")
    if most is not None and status.st_size > most:
        raise InputError(
            f"{path}: has {in_bytes(status.st_size)}; expected {expected} of at most {in_bytes(most)}"
        )


def in_bytes(size: int) -> str:
    """A size in words."""
    for unit, length in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= length:
            return f"{size / length:,.0f} {unit}" if size >= 100 * length else f"{size / length:.3g} {unit}"
    return f"{size} bytes"


@contextmanager
def regular_file(path: Path, expected: str, most: int) -> Generator[tuple[BinaryIO, int]]:
    """A regular file, open, with its size; it is checked before it is opened, and again once it is."""
    check_regular(path, expected, most)
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # never waits for a pipe
    with told(path, expected), os.fdopen(os.open(path, flags), "rb") as file:
        status = os.fstat(file.fileno())
        check_status(path, status, expected, most)
        yield file, status.st_size


def read_bytes(path: Path, expected: str = TOML, most: int = MAX_BYTES) -> bytes:
    """The bytes of a regular file of at most so many; raises ``InputError`` for anything else."""
    with regular_file(path, expected, most) as (file, size):
        return file.read(size)


def blocks(path: Path, expected: str, most: int) -> Iterator[bytes]:
    """The same in pieces, for files that need not be held as a whole."""
    with regular_file(path, expected, most) as (file, size):
        while size > 0 and (block := file.read(min(BLOCK, size))):
            size -= len(block)
            yield block


def read_text(path: Path, expected: str, most: int = MAX_BYTES) -> str:
    """The text of a regular file in UTF-8."""
    return as_text(read_bytes(path, expected, most), str(path), expected)


def as_text(data: bytes, source: str, expected: str) -> str:
    """Bytes as text; raises ``InputError`` naming ``source`` and the line where they are not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise InputError(f"{source}: is not UTF-8 text (at line {line}); expected {expected}") from None


# -- TOML


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file."""
    return parse_toml(read_text(path, TOML), str(path))


TOML_SIGNS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{0,5}' + r"|'''(?:[^']|'(?!''))*+'{0,5}" + r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?|\#[^\n]*+|[\[\]{}.,=\n]",
    re.DOTALL,
)
"""Texts and comments, which are passed over, and the signs that give a TOML file its shape.

A text that is not closed reaches to the end, so that the search goes over each character once.
"""


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """The tables of a TOML text; raises ``InputError`` naming ``source``."""
    import tomllib

    check_shape(text, source, TOML_SIGNS)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        last = f"line {text.count(chr(10)) + 1}, the last"
        reason = str(e).replace("(at end of document)", f"(at {last})")
        raise InputError(f"{source}: is not valid TOML: {reason}") from None
    except (RecursionError, ValueError) as e:
        raise InputError(f"{source}: is not valid TOML: {in_words(e)}") from None
    check_values(tables, source)
    return tables


def in_words(error: Exception) -> str:
    """What a parser gave up on."""
    return "a number has too many digits" if "digits" in str(error) else str(error)


def check_shape(text: str, source: str, signs: re.Pattern[str]) -> None:
    """Refuse what is nested too deeply, or has too long a key, before it is parsed: both would take very long."""
    depth = dots = 0
    for match in signs.finditer(text):
        sign = match[0]
        if sign == ".":
            dots += 1
        elif len(sign) == 1:
            dots = 0
            depth = depth + (sign in "[{") - (sign in "]}") if depth or sign in "[{" else 0
        if depth > DEEPEST or dots >= LONGEST_KEY:
            line = text.count("\n", 0, match.start()) + 1
            most = f"at most {DEEPEST} levels" if depth > DEEPEST else f"keys of at most {LONGEST_KEY} parts"
            fault = "is nested too deeply" if depth > DEEPEST else "has too long a key"
            raise InputError(f"{source}: {fault} (at line {line}); expected {most}")


def check_values(value: Any, place: str) -> None:
    """Refuse whole numbers that no computer holds as one, and keys that no message can show."""
    if type(value) is int and not LEAST_WHOLE <= value <= MOST_WHOLE:
        raise wrong(place, value, f"a whole number of at most {LONGEST_NUMBER} digits")
    if isinstance(value, dict):
        for key, entry in value.items():
            if len(key) > LONGEST_NAME:
                raise wrong(f"{place}: key", key, f"one of at most {LONGEST_NAME} characters")
            check_values(entry, f"{place}: {key}")
    elif isinstance(value, list):
        for k, entry in enumerate(value, start=1):
            if isinstance(entry, (dict, list, int)):
                check_values(entry, f"{place}, entry {k}")


# -- JSON


def read_json(path: Path, expected: str, most: int = MAX_JSON) -> Any:
    """The value in a JSON file; raises ``InputError`` for anything else."""
    return parse_json(read_bytes(path, expected, most), str(path), expected)


JSON_SIGNS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
"""Texts, which are passed over, and the signs that give JSON its shape."""


def parse_json(data: bytes | str, source: str, expected: str) -> Any:
    """The value of a JSON text; raises ``InputError`` naming ``source``.  NaN, which Python writes, is read."""
    text = as_text(data, source, expected) if isinstance(data, bytes) else data
    check_shape(text, source, JSON_SIGNS)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as e:
        reason = f"{e.msg} at line {e.lineno}, column {e.colno}"
        raise InputError(f"{source}: is not valid JSON ({reason}); expected {expected}") from None
    except (RecursionError, ValueError) as e:
        raise InputError(f"{source}: is not valid JSON ({in_words(e)}); expected {expected}") from None
    check_values(value, source)
    return value


# -- Parquet


def parquet_table(
    data: bytes, source: str, columns: Sequence[str] | None = None, most_rows: int = MOST_ROWS
) -> pa.Table:
    """The table of a Parquet file, or some columns of it; raises ``InputError`` for what is damaged or too large."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        check_extent(file.metadata, source, most_rows)
        table = file.read(columns=None if columns is None else list(columns), use_threads=False)
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise InputError(f"{source}: cannot be read as Parquet ({str(error)[:160]})") from None
    return table


def parquet_columns(data: bytes, source: str) -> tuple[str, ...]:
    """The columns of a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = tuple(pq.read_schema(pa.BufferReader(data)).names)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise InputError(f"{source}: cannot be read as Parquet ({str(error)[:160]})") from None
    return names


def check_extent(about: Any, source: str, most_rows: int) -> None:
    """Refuse a Parquet file that would unfold into more than is sensible, as its metadata say it would."""
    size = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
    for what, value, most in (
        ("rows", about.num_rows, most_rows),
        ("columns", about.num_columns, MOST_COLUMNS),
        ("bytes unpacked", size, MOST_TABLE),
    ):
        if not 0 <= value <= most:
            raise InputError(f"{source}: has {value:,} {what}; expected at most {most:,}")
