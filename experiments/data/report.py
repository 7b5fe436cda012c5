"""The report of a reading: what was read, what was left out and why, and how well the dates are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

DAY, MONTH, YEAR, NONE = "day", "month", "year", "none"
PRECISIONS = (DAY, MONTH, YEAR, NONE)
"""How well a date is known, best first."""


FILE = "the file"


@dataclass(frozen=True)
class Coverage:
    """The days that data speak of: a day within them and without a row is a day on which nothing was recorded."""

    since: date
    until: date
    by: str = FILE

    def to_json(self) -> dict[str, Any]:
        """First and last day, and whether the file or the user says so."""
        return {"from": self.since.isoformat(), "to": self.until.isoformat(), "by": self.by}


TWICE = "twice"
"""The fate of a row that says again what an earlier one said."""


def tally(fates: np.ndarray[Any, Any], *, has_ids: bool = True) -> dict[str, Any]:
    """Rows read, used, skipped by reason and left out as duplicates, from the fate of each; an empty one is used."""
    reasons, counts = np.unique(fates, return_counts=True)
    left = {str(reason): int(n) for reason, n in zip(reasons, counts, strict=True)}
    used, twice = left.pop("", 0), left.pop(TWICE, 0)
    return {"rows": len(fates), "used": used, "skipped": left, "duplicates": twice if has_ids else None}


@dataclass(frozen=True)
class Report:
    """How a file was read: ``rows`` are its own, each used, skipped for a reason, or a duplicate.

    ``duplicates`` is None where the layout has no id to tell them by.  ``precision`` counts dates by how well they are
    known; ``heaps`` holds events and deaths known only to a month or a year.
    """

    file: str
    layout: str
    form: str
    rows: int
    used: int
    skipped: Mapping[str, int] = field(default_factory=dict[str, int])
    duplicates: int | None = None
    precision: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    heaps: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    coverage: Coverage | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Everything as one object of plain values."""
        return {
            "file": self.file,
            "layout": self.layout,
            "format": self.form,
            "rows": self.rows,
            "used": self.used,
            "skipped": dict(self.skipped),
            "duplicates": self.duplicates,
            "precision": {what: dict(counts) for what, counts in self.precision.items()},
            "heaps": {what: dict(counts) for what, counts in self.heaps.items()},
            "coverage": None if self.coverage is None else self.coverage.to_json(),
            "notes": list(self.notes),
        }
