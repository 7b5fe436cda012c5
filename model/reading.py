"""From a path to the tables of a TOML file; whatever is wrong with the file is one ``InputError``."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from detente.model.errors import InputError

MAX_BYTES = 5_000_000
"""Largest file read [bytes]; the largest shipped one has about 20,000."""


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of sensible size."""
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise InputError(f"{path}: is a directory; expected a TOML file")
        if not stat.S_ISREG(info.st_mode):
            raise InputError(f"{path}: is not a regular file; expected a TOML file")
        if info.st_size > MAX_BYTES:
            size = f"{info.st_size / 1e6:.1f} MB"
            raise InputError(f"{path}: has {size}; expected a TOML file of at most {MAX_BYTES / 1e6:g} MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: does not exist; expected a TOML file") from None
    except (OSError, ValueError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else e
        raise InputError(f"{str(path)!r}: cannot be read ({reason})") from None


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file."""
    import tomllib

    data = read_bytes(path)
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise InputError(f"{path}: is not UTF-8 text (at line {line}); expected a TOML file") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as e:
        last = f"line {text.count(chr(10)) + 1}, the last"
        reason = str(e).replace("(at end of document)", f"(at {last})")
        raise InputError(f"{path}: is not valid TOML: {reason}") from None
    except (RecursionError, ValueError) as e:
        reason = "nested too deeply" if isinstance(e, RecursionError) else e
        raise InputError(f"{path}: is not valid TOML: {reason}") from None
