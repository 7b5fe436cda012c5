"""One run as data: its rows, its events, its last state, and the digest of all three."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.schema import dtype_of
from detente.agents.state import Event
from detente.model.memory import without_luck

if TYPE_CHECKING:
    from detente.model.opening import Opening


class EventOverflowError(RuntimeError):
    """A run wrote more events than its log holds; no result is given rather than one with events missing."""

    def __init__(self, start: Opening) -> None:
        super().__init__(f"{start.scenario.case.name}: more events than the log of a run holds")


@dataclass(frozen=True)
class Trajectory:
    """One run.

    ``rows`` has the opening state and one row a step, one column for each of ``columns``; ``events`` is the chronicle
    in codes; ``buffer`` the state after the last step.
    """

    start: Opening
    seed: int
    columns: tuple[str, ...]
    rows: np.ndarray[Any, Any]
    events: np.ndarray[Any, Any]
    buffer: np.ndarray[Any, Any]
    engine: str

    @property
    def sha256(self) -> str:
        """Digest of rows, events and last state; the draws themselves are left out, what they did is in the rest."""
        digest = hashlib.sha256()
        digest.update(np.ascontiguousarray(self.rows, dtype="<f8").tobytes())
        digest.update(np.ascontiguousarray(self.events).tobytes())
        digest.update(without_luck(self.buffer, self.start.layout).astype("<i8").tobytes())
        return digest.hexdigest()

    def last(self, column: str) -> float:
        """The value of one column after the last step."""
        return float(self.rows[-1, self.columns.index(column)])

    def series(self, column: str) -> np.ndarray[Any, Any]:
        """One column over the steps."""
        return self.rows[:, self.columns.index(column)]


def event_array(events: Any) -> np.ndarray[Any, Any]:
    """Events as one record array."""
    return np.array(events, dtype=dtype_of(Event))
