"""Results of the regime audit in a file, one line each, so that an audit that was stopped goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detente.experiments.audit.regimes import RegimeResult
from detente.experiments.io.result_lines import ResultLines

RESULTS = "results of a regime audit (.jsonl)"
Done = dict[tuple[str, str], RegimeResult | None]


class RegimeFile:
    """A file of results: a first line that says what was asked, then one line for each row and war, in order."""

    def __init__(self, path: Path, asked: Mapping[str, Any], *, resume: bool) -> None:
        keys = ("row", "war")
        self.lines = ResultLines(
            path, {"regimes": 1, **asked}, keys, resume=resume, what="audit", expected=RESULTS
        )
        self.done: Done = {
            (row, war): None if held is None else RegimeResult(**held)
            for (row, war), held in self.lines.plain.items()
        }

    def add(self, row: str, war: str, result: RegimeResult | None) -> None:
        """One more result; what the file has already is left as it is."""
        self.lines.append((row, war), None if result is None else asdict(result))
