"""Draws for a pooled fit: all parameters over their declared ranges, a theory of readiness, at times a mechanism off.

Every parameter is drawn, so that what the data cannot move stays at its prior and widens what is said of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import THEORIES
from detente.agents.parameters import CORE_SWITCHES, Parameters
from detente.experiments.runs.inputs import SWITCHES, free_parameters
from detente.experiments.runs.pooled_posterior import case_parameters
from detente.experiments.runs.unknowns import at_shares, fits, shares_at
from detente.model.keywords import nested_parameters
from detente.model.request import merged_parameters

if TYPE_CHECKING:
    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]

PURPOSE = 20180722
"""Keeps these draws apart from any other use of a seed."""

OFF_SHARE = 0.25
"""Share of draws in which one of the mechanisms is off."""


@dataclass(frozen=True)
class Draw:
    """Values on the unit interval, one a parameter; a theory; the mechanism that is off (none: empty)."""

    unit: Values
    theory: str
    off: str

    def setting(self) -> dict[str, float]:
        """Parameters by name, switches included."""
        values = dict(zip(names(), to_parameters(self.unit[None])[0].tolist(), strict=True))
        return {**values, f"{SWITCHES}{self.off}": 0} if self.off else values


def names() -> tuple[str, ...]:
    """Names of the parameters drawn: all but the switches."""
    return tuple(free_parameters())


def to_parameters(unit: Values) -> Values:
    """Parameters from values on the unit interval: shape (draws, parameters)."""
    return at_shares(tuple(free_parameters().values()), unit)


def to_unit(values: Values) -> Values:
    """The inverse of ``to_parameters``."""
    return shares_at(tuple(free_parameters().values()), values)


def draw(number: int, seed: int) -> Draw:
    """One draw; the same for the same number and seed.  Values that the model cannot take together are drawn again."""
    dice = np.random.default_rng([PURPOSE, seed, number])
    theory = THEORIES[int(dice.integers(len(THEORIES)))]
    off = CORE_SWITCHES[int(dice.integers(len(CORE_SWITCHES)))] if dice.random() < OFF_SHARE else ""
    while True:
        found = Draw(dice.random(len(names())), theory, off)
        if fits(Parameters(), found.setting()):
            return found


def own_parameters(scenario: Scenario, setting: Mapping[str, float]) -> Parameters:
    """The parameters of a case with others in place, but for those that the case itself sets."""
    held = case_parameters(scenario)
    free = {name: value for name, value in setting.items() if name not in held}
    return merged_parameters(scenario.parameters, nested_parameters(free))
