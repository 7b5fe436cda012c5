"""The stored table of simulations: one line a draw, with the summaries of one run of every conflict.

All inference is done from this table, so that calibration on synthetic truths, another choice of conflicts and a weight
of theories cost no further run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.experiments.calibration.pooling.conflicts import Conflict, Found
from detente.experiments.calibration.pooling.courses import Course, simulated
from detente.experiments.calibration.pooling.draws import Draw, draw, names
from detente.experiments.calibration.pooling.summaries import SUMMARIES, N, summary
from detente.experiments.io.result_lines import ResultLines, kept_lines
from detente.model.errors import InputError
from detente.model.trajectory import EventOverflowError

Values = np.ndarray[Any, Any]

FORMAT = 1
WHAT, EXPECTED = "table of simulations", "table of simulations (.jsonl)"


@dataclass(frozen=True)
class Table:
    """Simulations and what was observed.

    ``unit`` has shape (draws, parameters), ``theory`` and ``off`` are words of each draw, ``summaries`` has shape
    (draws, conflicts, summaries) and ``observed`` (conflicts, summaries), NaN where the data do not record one.
    """

    conflicts: tuple[str, ...]
    unit: Values
    theory: Values
    off: Values
    summaries: Values
    observed: Values
    left_out: int = 0

    def rows(self, which: Values) -> Table:
        """Some of the draws."""
        parts = (self.unit[which], self.theory[which], self.off[which], self.summaries[which])
        return Table(self.conflicts, *parts, self.observed)

    def only(self, kept: Sequence[str]) -> Table:
        """Some of the conflicts."""
        at = [self.conflicts.index(name) for name in kept]
        draws = (self.unit, self.theory, self.off)
        return Table(tuple(kept), *draws, self.summaries[:, at], self.observed[at], self.left_out)


def asked(found: Sequence[Conflict], seed: int) -> dict[str, Any]:
    """What a table is made for; one that was begun for anything else is refused."""
    from importlib.metadata import version

    from detente.model.kernel import rules_digest

    return {
        "pool": FORMAT,
        "version": version("detente"),
        "rules_digest": rules_digest(),
        "seed": seed,
        "parameters": list(names()),
        "summaries": list(SUMMARIES),
        "conflicts": [c.name for c in found],
        "observed": [[None if v != v else round(float(v), 9) for v in summary(c.observed)] for c in found],
    }


def simulate(
    found: Sequence[Conflict],
    n: int,
    seed: int,
    out: str | Path | None,
    *,
    resume: bool = False,
    progress: Found | None = None,
) -> Table:
    """The table of so many draws; those that a file has already are taken from it.

    Raises:
        InputError: for a file of another table.
    """
    file = kept_lines(out, asked(found, seed), ("draw",), resume=resume, what=WHAT, expected=EXPECTED)
    tell = progress or (lambda what, done, total: None)
    lines: dict[int, dict[str, Any]] = {}
    for number in range(n):
        tell("simulating", number, n)
        lines[number] = kept(file, found, number, seed)
    tell("simulating", n, n)
    return table_of(found, lines, seed)


def kept(file: ResultLines | None, found: Sequence[Conflict], number: int, seed: int) -> dict[str, Any]:
    """One line: from the file, or run and added to it."""
    key = (str(number),)
    known = None if file is None else file.plain.get(key)
    if known is not None:
        return known
    made = line(found, draw(number, seed), number)
    if file is not None:
        file.append(key, made)
    return made


def line(found: Sequence[Conflict], drawn: Draw, number: int) -> dict[str, Any]:
    """The summaries of one draw, one run a conflict; none where a case cannot take it or a run overflows."""
    setting = drawn.setting()
    rows: list[list[float]] | None = []
    for k, conflict in enumerate(found):
        seed = 1 + number * len(found) + k  # luck is keyed by seed and name, so no two conflicts share a seed
        try:
            start = conflict.start(setting, drawn.theory)
            course = simulated(start, seed, conflict.thin, counted=conflict.counted)
        except (EventOverflowError, InputError):
            return {"theory": drawn.theory, "off": drawn.off, "summaries": None}
        rows.append(stored(course))
    return {"theory": drawn.theory, "off": drawn.off, "summaries": rows}


def stored(course: Course) -> list[float]:
    """Summaries of a course to six digits, as the table keeps them: what was observed is compared at the same ones."""
    return [float(f"{v:.6g}") for v in summary(course)]


def table_of(found: Sequence[Conflict], lines: Mapping[int, dict[str, Any]], seed: int) -> Table:
    """The table that some lines make, by the number of their draw."""
    full = [(k, one) for k, one in lines.items() if one["summaries"] is not None]
    if not full:
        raise InputError("--draws: no run of any draw could be used; expected more draws")
    return Table(
        tuple(c.name for c in found),
        np.array([draw(k, seed).unit for k, _ in full]),
        np.array([one["theory"] for _, one in full]),
        np.array([one["off"] for _, one in full]),
        np.array([one["summaries"] for _, one in full], dtype=float).reshape(len(full), len(found), N),
        np.array([stored(c.observed) for c in found]),
        len(lines) - len(full),
    )
