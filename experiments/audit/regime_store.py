"""Results of the regime audit in a file, one line each, so that an audit that was stopped goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detente.experiments.audit.regimes import RegimeResult
from detente.model.errors import InputError
from detente.model.reading import parse_json, read_text

RESULTS = "results of a regime audit (.jsonl)"
Done = dict[tuple[str, str], RegimeResult | None]


class RegimeFile:
    """A file of results: a first line that says what was asked, then one line for each row and war, in order.

    A file that is gone on with must have been begun for the same question; a last line that was cut off is made again.
    """

    def __init__(self, path: Path, asked: Mapping[str, Any], *, resume: bool) -> None:
        self.path = path
        self.header = json.dumps({"regimes": 1, **asked}, sort_keys=True) + "\n"
        self.done: Done = {}
        if resume and path.exists():
            self.done = self.read(read_text(path, RESULTS))
        self.rewrite()

    def read(self, text: str) -> Done:
        """What a file holds already; raises ``InputError`` where it answers another question."""
        first, *lines = text.splitlines(keepends=True) or [""]
        if first != self.header:
            raise InputError(
                f"{self.path}: holds the results of another audit; expected a new path, or no --resume"
            )
        done: Done = {}
        for line in lines:
            if not line.endswith("\n"):
                break
            with suppress(InputError, TypeError, KeyError):
                entry = parse_json(line, str(self.path), RESULTS)
                held = entry["result"]
                done[entry["row"], entry["war"]] = None if held is None else RegimeResult(**held)
        return done

    def rewrite(self) -> None:
        """Begin the file again with what it holds, whole lines only."""
        lines = [line_of(row, war, result) for (row, war), result in self.done.items()]
        self.path.write_text(self.header + "".join(lines), encoding="utf-8")

    def add(self, row: str, war: str, result: RegimeResult | None) -> None:
        """One more result; what the file has already is left as it is."""
        if (row, war) not in self.done:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(line_of(row, war, result))


def line_of(row: str, war: str, result: RegimeResult | None) -> str:
    """One line of the file."""
    return json.dumps({"row": row, "war": war, "result": None if result is None else asdict(result)}) + "\n"
