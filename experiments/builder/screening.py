"""Which facts the answers depend on: a small screening over the facts of a case that have a range."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Screening:
    """What a screening found."""

    rows: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"rows": list(self.rows)}

    def lines(self) -> list[str]:
        """In lines."""
        return []


def screened(folder: Path) -> Screening | None:
    """Screen a case."""
    return None
