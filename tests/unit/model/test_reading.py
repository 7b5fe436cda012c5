"""The one reader: what is looked at before a file is opened, and before a text is parsed."""

import os
import socket
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detente.model import reading
from detente.model.errors import InputError
from detente.model.reading import (
    blocks,
    check_regular,
    parquet_table,
    parse_json,
    parse_toml,
    read_bytes,
    read_json,
    read_text,
    read_toml,
)

EXPECTED = "a list of cases"


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def bound(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s"))
    return folder / "s"


def linked(folder: Path, to: Path) -> Path:
    (folder / "link").symlink_to(to)
    return folder / "link"


def sparse(folder: Path) -> Path:
    with (folder / "huge").open("wb") as file:
        file.truncate(10**12)
    return folder / "huge"


NO_FILES = {
    "a device that never ends": (lambda folder: Path("/dev/zero"), "is not a regular file"),
    "a device that is empty": (lambda folder: Path("/dev/null"), "is not a regular file"),
    "a pipe that nobody writes": (pipe, "is not a regular file"),
    "a socket": (bound, "is not a regular file"),
    "a link to a device": (lambda folder: linked(folder, Path("/dev/zero")), "is not a regular file"),
    "a link to a pipe": (lambda folder: linked(folder, pipe(folder)), "is not a regular file"),
    "a link to itself": (lambda folder: linked(folder, folder / "link"), "cannot be read"),
    "a folder": (lambda folder: folder, "is a directory"),
    "nothing": (lambda folder: folder / "none", "does not exist"),
    "a terabyte": (sparse, "has 1,000 GB; expected a list of cases of at most 5 MB"),
    "a name that no file can have": (lambda folder: Path("a\0b"), "cannot be read"),
    "a name that is too long": (lambda folder: folder / ("x" * 5000), "cannot be read"),
    "below a file": (lambda folder: Path(__file__) / "x", "cannot be read"),
}


@pytest.mark.parametrize(("place", "said"), NO_FILES.values(), ids=NO_FILES)
@pytest.mark.parametrize(
    "read", [read_bytes, lambda *how: list(blocks(*how)), read_text, read_json, check_regular]
)
def test_what_is_no_file_is_refused_before_it_is_opened(tmp_path, monkeypatch, place, said, read):
    path = place(tmp_path)
    monkeypatch.setattr(os, "open", lambda *how: pytest.fail("it was opened"))
    with pytest.raises(InputError, match=r"expected|cannot be read") as caught:
        read(path, EXPECTED, 5_000_000)
    assert said in str(caught.value)


def test_a_file_swapped_for_a_pipe_after_the_look_is_not_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"x")
    look = reading.check_regular

    def swap(*how):
        look(*how)
        path.unlink()
        os.mkfifo(path)

    monkeypatch.setattr(reading, "check_regular", swap)
    with pytest.raises(InputError, match="is not a regular file"):
        read_bytes(path, EXPECTED, 10)


def test_a_file_that_grows_is_read_as_long_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"ab")
    status = os.fstat

    def grow(handle):
        was = status(handle)
        with path.open("ab") as file:
            file.write(b"c" * 100)
        return was

    monkeypatch.setattr(os, "fstat", grow)
    assert read_bytes(path, EXPECTED, 10) == b"ab"


def test_a_file_of_the_system_that_says_it_is_empty_is(tmp_path):
    assert read_bytes(Path("/proc/self/status"), EXPECTED, 10) == b""


def test_a_file_is_read_whole_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 3)
    (tmp_path / "x").write_bytes(b"abcdefgh")
    assert list(blocks(tmp_path / "x", EXPECTED, 8)) == [b"abc", b"def", b"gh"]
    assert read_bytes(tmp_path / "x", EXPECTED, 8) == b"abcdefgh"
    with pytest.raises(InputError, match=r"has 8 bytes; .* at most 7 bytes"):
        read_bytes(tmp_path / "x", EXPECTED, 7)


# -- TOML

SHAPES = {
    "a key of 20,000 parts": "a" + ".a" * 20_000 + " = 1",
    "a head of 20,000 parts": "[a" + ".a" * 20_000 + "]",
    "a quoted key of many parts": '"a"' + ' . "a"' * 300 + " = 1",
    "an inline table of many parts": "x = {a" + ".a" * 300 + " = 1}",
    "lists in lists": "x = " + "[" * 100_000,
    "lists in lists, closed": "x = " + "[" * 500 + "]" * 500,
    "tables in tables": "x = " + "{a = " * 500 + "1" + "}" * 500,
    "lists over lines": "x = " + "[\n" * 500,
    "10^400": "x = 1" + "0" * 400,
    "-10^400": "x = -1" + "0" * 400,
    "a number of 5,000 digits": "x = " + "9" * 5_000,
    "a hexadecimal of 10,000 digits": "x = 0x" + "f" * 10_000,
    "the first number too large": "x = 18446744073709551616",
    "the first number too small": "x = -9223372036854775809",
    "10^400 deep inside": "[a.b]\nc = [{d = [1, 1" + "0" * 400 + "]}]",
    "a key of 30,000 characters": "a" * 30_000 + " = 1",
    "an open text with many quotes": 'x = """' + '\\"' * 400_000,
    "an open text in a line": 'x = "' + '\\"' * 400_000,
    "half a surrogate": 'x = "\\ud800"',
    "half a file": "[case\nname = 1",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_toml_that_no_one_writes_is_refused_at_once(tmp_path, text):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        read_toml(path)
    assert time.process_time() - began < 1
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value)) < 400 + len(str(path))
    assert "sys." not in str(caught.value)


READ = {
    "signs in texts": ("x = '[[[[' \ny = \"a.b.c\"\n", {"x": "[[[[", "y": "a.b.c"}),
    "signs in a comment": ("# " + "[" * 100 + ".a" * 100 + "\nx = 1", {"x": 1}),
    "signs in a long text": ('x = """\n' + "[" * 100 + '""""', {"x": "[" * 100 + '"'}),
    "signs in a raw text": ("x = '''\n" + "{.a" * 100 + "'''", {"x": "{.a" * 100}),
    "an escaped quote": ('x = "\\"' + "[" * 100 + '"', {"x": '"' + "[" * 100}),
    "many short lists": ("x = [" + "[], " * 1000 + "]", {"x": [[]] * 1000}),
    "many dotted keys": (
        "\n".join(f"a.b{k} = 1.5" for k in range(100)),
        {"a": {f"b{k}": 1.5 for k in range(100)}},
    ),
    "the largest numbers": (
        "x = 18446744073709551615\ny = -9223372036854775808",
        {"x": 2**64 - 1, "y": -(2**63)},
    ),
    "as deep as is read": ("x = " + "[" * 40 + "]" * 40, None),
}


@pytest.mark.parametrize(("text", "tables"), READ.values(), ids=READ)
def test_toml_that_is_only_unusual_is_read(text, tables):
    found = parse_toml(text, "x")
    assert tables is None or found == tables


# -- JSON

NO_JSON = {
    "lists in lists": "[" * 100_000,
    "tables in tables": '{"a":' * 500 + "1" + "}" * 500,
    "10^400": '{"a": [1, 1' + "0" * 400 + "]}",
    "a number of 5,000 digits": "9" * 5_000,
    "an open text with many quotes": '"' + '\\"' * 400_000,
    "a key of 30,000 characters": '{"' + "a" * 30_000 + '": 1}',
    "half of it": '{"a": [1, 2',
    "two values": "1 2",
    "nothing": "",
    "no text": b"\xff\xfe1",
}


@pytest.mark.parametrize("text", NO_JSON.values(), ids=NO_JSON)
def test_json_that_no_one_writes_is_refused_at_once(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.process_time()
    with pytest.raises(InputError) as caught:
        read_json(path, EXPECTED)
    assert time.process_time() - began < 1
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value)) < 400 + len(str(path))


def test_json_is_read():
    assert parse_json('{"a": [1, -2.5, null, "[[[["]}', "x", EXPECTED) == {"a": [1, -2.5, None, "[[[["]}
    assert parse_json(b"18446744073709551615", "x", EXPECTED) == 2**64 - 1


# -- Parquet


def parquet(table: pa.Table, **how) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **how)
    return sink.getvalue().to_pybytes()


def test_a_small_file_of_very_many_rows_is_refused():
    """Run lengths make a few kilobytes of millions of rows."""
    data = parquet(pa.table({"a": pa.nulls(3_000_000, pa.int8())}), compression="zstd")
    assert len(data) < 10_000
    with pytest.raises(InputError, match=r"x: has 3,000,000 rows; expected at most 1,000"):
        parquet_table(data, "x", most_rows=1000)
    assert parquet_table(data, "x").num_rows == 3_000_000


def test_a_file_that_would_unfold_too_far_is_refused(monkeypatch):
    data = parquet(pa.table({"a": list(range(1000))}))
    monkeypatch.setattr(reading, "MOST_TABLE", 100)
    with pytest.raises(InputError, match="bytes unpacked; expected at most 100"):
        parquet_table(data, "x")
    monkeypatch.undo()
    monkeypatch.setattr(reading, "MOST_COLUMNS", 0)
    with pytest.raises(InputError, match="has 1 columns"):
        parquet_table(data, "x")


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" * 10, b"\0" * 100, b"x"])
def test_what_is_no_parquet_is_refused(data):
    with pytest.raises(InputError, match="x: cannot be read as Parquet"):
        parquet_table(data, "x")


def test_a_pipe_is_never_waited_for(tmp_path):
    """Even where it is opened, a pipe without a writer does not hold the reader."""
    path = pipe(tmp_path)
    done = threading.Event()

    def read():
        with pytest.raises(InputError):
            read_toml(path)
        done.set()

    threading.Thread(target=read, daemon=True).start()
    assert done.wait(2)
