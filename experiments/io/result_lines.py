"""A file of results, line by line, that a long run can be gone on with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from detente.experiments.io.files import check_target, write_text
from detente.model.errors import InputError
from detente.model.reading import parse_json, read_text

Key = tuple[str, ...]
RULES = "rules_digest"
"""Key of the first line for the digest of the rules that made the results."""

CHECK = "check"
"""Key of a line for the digest of its result."""

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
    """The file that results are to be kept in, if one is named; its first line names the rules beside what was asked.

    Raises ``InputError`` where it cannot be written, answers another question or was begun under other rules, and for
    ``resume`` without a file.
    """
    from detente.model.kernel import rules_digest

    if out is None:
        if resume:
            raise InputError(f"resume: got no out; expected the file of the {what} to go on with")
        return None
    path = check_target(out, ".jsonl", "out")
    return ResultLines(
        path, {**asked, RULES: rules_digest()}, keys, resume=resume, what=what, expected=expected
    )


class ResultLines:
    """A first line that says what was asked, then one line for each result, in the order in which they came.

    ``keys`` name the fields by which a result is known; the result itself, plain values, stands under ``result``;
    ``what`` and ``expected`` name the question and the file in messages.  A file that is gone on with
    must have been begun for the same question; a line that was cut off or changed is made again.
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
        self.header, self.rules = json.dumps(asked, sort_keys=True) + "\n", asked.get(RULES)
        self.plain: dict[Key, Any] = {}
        if resume and path.exists():
            self.plain = self.read(read_text(path, expected, LARGEST))
        self.rewrite()

    def read(self, text: str) -> dict[Key, Any]:
        """What a file holds already; raises ``InputError`` where it answers another question."""
        first, *lines = text.splitlines(keepends=True) or [""]
        if first != self.header:
            raise self.refusal(first)
        found: dict[Key, Any] = {}
        for line in lines:
            if not line.endswith("\n"):
                break
            with suppress(InputError, TypeError, KeyError, AttributeError):
                entry = parse_json(line, str(self.path), self.expected)
                check = check_of(entry["result"])
                if entry.get(CHECK, check) == check:  # lines of the first version have none
                    found[tuple(entry[name] for name in self.keys)] = entry["result"]
        return found

    def refusal(self, first: str) -> InputError:
        """Why a file with this first line is not gone on with: other rules, which would mix, or another question."""
        begun: Any = None
        with suppress(InputError):
            begun = parse_json(first, str(self.path), self.expected)
        made = begun.get(RULES) if isinstance(begun, dict) else self.rules
        what, remedy = f"the results of another {self.what}", "expected a new path, or no --resume"
        if made != self.rules:
            rules = f"rules {str(made)[:12]}" if made else "rules that it does not name"
            what = f"results under {rules}, and the present ones are {str(self.rules)[:12]}"
        return InputError(f"{self.path}: holds {what}; {remedy}")

    def rewrite(self) -> None:
        """Begin the file again with what it holds, whole lines only."""
        lines = [self.line(key, result) for key, result in self.plain.items()]
        write_text(self.header + "".join(lines), self.path)

    def append(self, key: Key, result: Any) -> None:
        """One more result; what the file has already is left as it is."""
        if key not in self.plain:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(self.line(key, result))

    def line(self, key: Key, result: Any) -> str:
        """One line of the file."""
        known = dict(zip(self.keys, key, strict=True))
        return json.dumps({**known, "result": result, CHECK: check_of(result)}) + "\n"


def check_of(result: Any) -> str:
    """The beginning of a digest of a result, by which a damaged line is told from a whole one."""
    return hashlib.sha256(json.dumps(result, sort_keys=True).encode()).hexdigest()[:16]
