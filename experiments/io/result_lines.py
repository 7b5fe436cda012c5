"""A file of results, line by line, that a long run can be gone on with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from detente.experiments.io.files import check_target
from detente.model.errors import InputError
from detente.model.reading import parse_json, read_text

Key = tuple[str, ...]
LARGEST = 500_000_000
"""Largest file that is gone on with [bytes]."""


def kept_lines(
    out: str | Path | None,
    asked: Mapping[str, Any],
    keys: tuple[str, ...],
    *,
    resume: bool,
    what: str,
    expected: str,
) -> ResultLines | None:
    """The file that results are to be kept in, if one is named.

    Raises ``InputError`` where it cannot be written or answers another question, and for ``resume`` without a file.
    """
    if out is None:
        if resume:
            raise InputError(f"resume: got no out; expected the file of the {what} to go on with")
        return None
    path = check_target(out, ".jsonl", "out")
    return ResultLines(path, asked, keys, resume=resume, what=what, expected=expected)


class ResultLines:
    """A first line that says what was asked, then one line for each result, in the order in which they came.

    ``keys`` name the fields by which a result is known; the result itself, plain values, stands under ``result``;
    ``what`` and ``expected`` name the question and the file in messages.  A file that is gone on with
    must have been begun for the same question; a last line that was cut off is made again.
    """

    def __init__(
        self,
        path: Path,
        asked: Mapping[str, Any],
        keys: tuple[str, ...],
        *,
        resume: bool,
        what: str,
        expected: str,
    ) -> None:
        self.path, self.keys, self.what, self.expected = path, keys, what, expected
        self.header = json.dumps(asked, sort_keys=True) + "\n"
        self.plain: dict[Key, Any] = {}
        if resume and path.exists():
            self.plain = self.read(read_text(path, expected, LARGEST))
        self.rewrite()

    def read(self, text: str) -> dict[Key, Any]:
        """What a file holds already; raises ``InputError`` where it answers another question."""
        first, *lines = text.splitlines(keepends=True) or [""]
        if first != self.header:
            raise InputError(
                f"{self.path}: holds the results of another {self.what}; expected a new path, or no --resume"
            )
        found: dict[Key, Any] = {}
        for line in lines:
            if not line.endswith("\n"):
                break
            with suppress(InputError, TypeError, KeyError):
                entry = parse_json(line, str(self.path), self.expected)
                found[tuple(entry[name] for name in self.keys)] = entry["result"]
        return found

    def rewrite(self) -> None:
        """Begin the file again with what it holds, whole lines only."""
        lines = [self.line(key, result) for key, result in self.plain.items()]
        self.path.write_text(self.header + "".join(lines), encoding="utf-8")

    def append(self, key: Key, result: Any) -> None:
        """One more result; what the file has already is left as it is."""
        if key not in self.plain:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(self.line(key, result))

    def line(self, key: Key, result: Any) -> str:
        """One line of the file."""
        return json.dumps({**dict(zip(self.keys, key, strict=True)), "result": result}) + "\n"
