"""Priors: the graded ranges of the parameters, as they are declared where the parameters are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.experiments.runs.inputs import Declared, declared_parameters
from detente.experiments.runs.posterior import Prior

FITTED = (
    "violence.n_own",
    "violence.n_rec",
    "violence.memory",
    "violence.dispersion",
    "violence.season_spread",
    "violence.tail",
)
"""Parameters that the days of violence speak to; the rest of the model has no data of this kind."""


MOST_BRANCHING = 0.8
"""Largest sum of the branching parameters that the model takes (E1)."""


def priors(
    parameters: Any, names: Sequence[str] = FITTED, facts: Mapping[str, Declared] | None = None
) -> tuple[Prior, ...]:
    """The priors of some parameters, and of facts given by name; ``parameters`` are those of the case."""
    made: list[Prior] = []
    for name in names:
        group, key = name.split(".")
        holder = getattr(parameters, group)
        known = declared_parameters()[name]
        value = float(getattr(holder, key))
        made.append(Prior(name, known.low, known.high, value, known.grade, known.meaning))
    made += [
        Prior(name, fact.low, fact.high, float(fact.default or 0.0), fact.grade, fact.meaning)
        for name, fact in (facts or {}).items()
    ]
    return tuple(made)


def allowed(parameters: Mapping[str, float], n_ally: float) -> bool:
    """Whether the model takes these: the branching stays below its limit."""
    return (
        parameters.get("violence.n_own", 0.0) + parameters.get("violence.n_rec", 0.0) + n_ally
        <= MOST_BRANCHING
    )
