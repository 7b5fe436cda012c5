"""Which series of a run are kept beside its summary, and how they are thinned.

A series is one that ensembles show (``deaths``, ``mean trust``), or any column of a trajectory (``kind.name.field``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from detente.experiments.runs.outcomes import Finals
from detente.experiments.runs.recorded_series import Watch
from detente.model.errors import nearest, one_of, wrong
from detente.model.opening import Opening
from detente.model.series import columns

Values = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Kept:
    """The series of one opening that are kept; those its case does not have are empty."""

    watch: Watch
    names: tuple[str, ...]

    @classmethod
    def of(cls, start: Opening, names: Sequence[str], every: float) -> Kept:
        """Keep some series every so many days, at least every step."""
        return cls(Watch.of(start, every), tuple(names))

    @property
    def every_steps(self) -> int:
        """Steps between kept values."""
        return self.watch.every_steps

    @property
    def dates(self) -> list[date]:
        """Dates of the kept values."""
        return self.watch.dates

    @cached_property
    def raw(self) -> tuple[str, ...]:
        """Columns of the trajectory that are asked for by their own name."""
        known = set(columns(self.watch.start.cast))
        return tuple(name for name in self.names if name in known)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the trajectory that are needed."""
        return (*self.watch.columns, *self.raw)

    def series(self, values: Values, final: Values) -> list[Values]:
        """Each series as one column, run after run; NaN after the end of a run.

        ``values`` has shape (runs, times, columns) and ``final`` holds the last rows.
        """
        steps = Finals(self.watch.start, columns(self.watch.start.cast), final).steps
        n_watched = len(self.watch.columns)
        watched = self.watch.series_of(values[:, :, :n_watched], steps)
        late = self.watch.sampled_steps[None, :] > steps[:, None]
        found = dict(zip(self.watch.names, np.moveaxis(watched, 2, 0), strict=True))
        for k, name in enumerate(self.raw, start=n_watched):
            found[name] = np.where(late, np.nan, values[:, :, k]).astype(np.float32)
        nothing = np.full(late.shape, np.nan, dtype=np.float32)
        return [found.get(name, nothing).reshape(-1) for name in self.names]


def check_series(names: Sequence[str], every: float, starts: Sequence[Opening]) -> None:
    """Every series asked for exists in some case."""
    shown = list(dict.fromkeys(name for start in starts for name in Watch.of(start, every).names))
    known = {*shown, *(name for start in starts for name in columns(start.cast))}
    for name in names:
        if name not in known:
            expected = f"{one_of(shown)}, or a column of a trajectory such as 'tally.fatalities'"
            raise wrong("series", name, expected + nearest(name, known))
