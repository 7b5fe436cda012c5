"""Priors: the graded ranges of the parameters, as they are declared where the parameters are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.designs.factors import declared_parameters

FITTED = (
    "violence.n_own",
    "violence.n_rec",
    "violence.memory",
    "violence.dispersion",
    "violence.season_spread",
    "violence.tail",
)
"""Parameters that the days of violence speak to; the rest of the model has no data of this kind."""

WIDE = 20.0
"""Ranges whose ends lie further apart than this factor are searched on a log scale."""

MOST_BRANCHING = 0.8
"""Largest sum of the branching parameters that the model takes (E1)."""


@dataclass(frozen=True)
class Prior:
    """A uniform prior over a declared range; on the log of the parameter if the range is wide."""

    name: str
    low: float
    high: float
    shipped: float
    grade: str
    meaning: str

    @property
    def log(self) -> bool:
        """Whether the range is searched on a log scale."""
        return self.low > 0 and self.high / self.low >= WIDE

    @property
    def key(self) -> str:
        """The name as a word."""
        return self.name.replace(".", "__")

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the range on the scale that is searched."""
        return (float(np.log(self.low)), float(np.log(self.high))) if self.log else (self.low, self.high)

    def value(self, searched: float) -> float:
        """A parameter from its value on the scale that is searched."""
        return float(np.clip(np.exp(searched) if self.log else searched, self.low, self.high))


def priors(parameters: Any, names: Sequence[str] = FITTED) -> tuple[Prior, ...]:
    """The priors of some parameters; ``parameters`` are those of the case."""
    made: list[Prior] = []
    for name in names:
        group, key = name.split(".")
        holder = getattr(parameters, group)
        known = declared_parameters()[name]
        value = float(getattr(holder, key))
        made.append(Prior(name, known.low, known.high, value, known.grade, known.meaning))
    return tuple(made)


def allowed(parameters: Mapping[str, float], n_ally: float) -> bool:
    """Whether the model takes these: the branching stays below its limit."""
    return (
        parameters.get("violence.n_own", 0.0) + parameters.get("violence.n_rec", 0.0) + n_ally
        <= MOST_BRANCHING
    )
