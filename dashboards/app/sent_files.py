"""Files that visitors send, before they are read: bytes in memory, a bounded number of them, by digest.

Nothing here opens a file or believes a name: what the bytes are is found out in a process of its own.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from detente.model.errors import InputError, wrong

PATH = "/api/own/file"
"""Where files are sent: the only place that takes a body which is not JSON."""

KIND = "application/octet-stream"
"""The type of such a body; no page elsewhere can send it without asking first."""

MOST_SENT = 64_000_000
"""Bytes of a file as it is sent; the page compresses what is larger than a few."""

MOST_HELD = 256_000_000
"""Bytes of all files held, the least lately used forgotten first."""

MOST_FILES = 1000
"""Files held."""

MOST_AT_ONCE = 300
"""Files that a case may be made from."""

LONGEST_NAME = 200
"""Characters of the name of a file, with its folders."""

ROLES = ("", "ceasefires", "agreements")
"""What a file is said to hold; found out by itself where nothing is said."""


class GoneError(Exception):
    """A file that was sent is no longer held: the page sends it again."""


class SentFile(NamedTuple):
    """A file as a page names it: its digest, its name, whether the page compressed it, what it is said to hold."""

    sha256: str
    name: str
    packed: bool = False
    role: str = ""


class SentFiles:
    """Files by digest; safe to use from several threads."""

    def __init__(self, most_bytes: int = MOST_HELD, most_files: int = MOST_FILES) -> None:
        self._most_bytes, self._most_files = most_bytes, most_files
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes held."""
        return sum(map(len, self._files.values()))

    def keep(self, data: bytes) -> str:
        """Hold a file; returns its digest."""
        sha256 = hashlib.sha256(data).hexdigest()
        with self._lock:
            self._files[sha256] = data
            self._files.move_to_end(sha256)
            while self.size > self._most_bytes or len(self._files) > self._most_files:
                self._files.popitem(last=False)
        return sha256

    def all_of(self, files: tuple[SentFile, ...]) -> list[bytes]:
        """The bytes of files; raises ``GoneError`` where one is no longer held."""
        with self._lock:
            found = [self._files.get(file.sha256) for file in files]
            for file, data in zip(files, found, strict=True):
                if data is None:
                    raise GoneError(file.name)
                self._files.move_to_end(file.sha256)
            return [data for data in found if data is not None]


def files_asked(body: Mapping[str, Any]) -> tuple[SentFile, ...]:
    """The files that a question names; raises ``InputError`` for what no page of ours sends."""
    listed = body.get("files")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_AT_ONCE:
        n = len(listed) if isinstance(listed, list) else 0
        raise InputError(f"request: files: got {n}; expected a list of 1 to {MOST_AT_ONCE} files")
    return tuple(file_asked(one) for one in listed)


def file_asked(one: Any) -> SentFile:
    """One of the files that a question names."""
    if not isinstance(one, dict):
        raise wrong("request: files", one, "tables with file and name")
    sha, name, role = one.get("file"), one.get("name"), one.get("role", "")
    if not isinstance(sha, str) or not re.fullmatch("[0-9a-f]{64}", sha):
        raise wrong("request: file", sha, "the digest of a file that was sent")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise wrong("request: name", name, f"a name of 1 to {LONGEST_NAME} characters")
    if role not in ROLES:
        raise wrong("request: role", role, "ceasefires, agreements, or nothing")
    return SentFile(sha, name, one.get("packed") is True, role)
