"""What is not known of a prospect, drawn for each seed: parameters over the ranges that are left to them.

Each seed draws one row of a table, the same with the move and without it, and the same whatever else is run.  The
model's own values stay in the middle of what is drawn, as the level of a war was observed under them.  Facts of a case
that are priors are drawn beside (``detente.model.fact_draws``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.parameters import Parameters
from detente.experiments.compare.lessons_over_parameters import CONTESTED
from detente.experiments.runs.inputs import Declared, declared_parameters
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.posterior_draws import beside, has_stored
from detente.experiments.runs.unknowns import around, latin, members

if TYPE_CHECKING:
    from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]
Ends = tuple[float, float]

ROWS, SEED = 512, 15
"""Rows of the table that seeds draw from, and the seed of the table itself."""

WIDTHS: dict[str, float] = {
    "ceasefires.holds_cut": 0.5,
    "ceasefires.class_step": 0.3,
    "ceasefires.watched": 0.9,
    "ceasefires.ready": 1.0,
    "violence.resumed": 0.5,
    "violence.level_memory": 150.0,
}
"""How far the data leave a parameter open to either side of its value.

Of 308 general ceasefires 12 to 25 % held, half a logit to either side; a higher class adds up to .6 a step beyond its
middle; with the class known, full monitoring adds -.9 to .8 (all on the logit of holding).  The level of a war has a
half-life of 3.7 to 7.2 months.
"""

HOLDS_CUT, CLASS_STEP = "ceasefires.holds_cut", "ceasefires.class_step"


def value_of(parameters: Parameters, name: str) -> float:
    """A parameter by ``group.name``."""
    group, _, key = name.partition(".")
    return float(getattr(getattr(parameters, group), key))


def ends_of(parameters: Parameters, known: Mapping[str, Declared], name: str) -> Ends:
    """The range in which a parameter is drawn: that around its value that data leave, else the declared one."""
    low, high = known[name].low, known[name].high
    if name not in WIDTHS:
        return low, high
    middle = value_of(parameters, name)
    return max(middle - WIDTHS[name], low), min(middle + WIDTHS[name], high)


def drawn_names(known: Mapping[str, Declared], held: Sequence[str]) -> tuple[str, ...]:
    """Parameters that are drawn: those by which a move's effects grow or shrink, those set by hand left out."""
    names = dict.fromkeys([*CONTESTED, *WIDTHS])
    return tuple(name for name in names if name in known and name not in held)


def unknown_parameters(scenario: Scenario, parameters: Parameters, held: Sequence[str] = ()) -> Posterior:
    """The table that seeds draw from: a posterior where the case has one, ranges for the other parameters."""
    known = declared_parameters()
    names = drawn_names(known, held)
    stored = stored_beside(scenario)
    if stored is not None:
        names = tuple(name for name in names if name not in stored.names)
    ends = np.array([ends_of(parameters, known, name) for name in names]).reshape(-1, 2)
    middle = np.array([value_of(parameters, name) for name in names])
    values = around(middle, ends, latin(ROWS, len(names), SEED))
    if stored is not None:
        rows = members(stored, ROWS, SEED)
        kept = [k for k, name in enumerate(stored.names) if name not in held]
        values = np.concatenate([values, stored.values[rows][:, kept]], axis=1)
        names = (*names, *(stored.names[k] for k in kept))
    return Posterior(names, values, np.full(ROWS, 1.0 / ROWS), {"ranges": "declared, or left open by data"})


def stored_beside(scenario: Scenario) -> Posterior | None:
    """The posterior that stands beside a case, if one does."""
    return beside(scenario) if has_stored(scenario) else None


# -- the class of a ceasefire


def class_settings(parameters: Parameters, rank: int) -> dict[str, float]:
    """Parameters of runs with a ceasefire of a class above the first: the bar to its being kept.

    The model takes the class of a ceasefire from how far talks have come; one that is set on a day has the weight of
    its class, and so have ceasefires after it in the same run.
    """
    if rank == 0:
        return {}
    known = declared_parameters()
    cut = value_of(parameters, HOLDS_CUT) - rank * value_of(parameters, CLASS_STEP)
    return {HOLDS_CUT: within(known[HOLDS_CUT], cut)}


def within(known: Declared, value: float) -> float:
    """A value, moved into the declared range."""
    return min(max(value, known.low), known.high)


def with_class(drawn: Posterior, parameters: Parameters, rank: int) -> Posterior:
    """The same table for runs with a ceasefire of a class: each row with its own weight of the class."""
    if rank == 0 or HOLDS_CUT not in drawn.names:
        return drawn
    known = declared_parameters()[HOLDS_CUT]
    step: Any = value_of(parameters, CLASS_STEP)
    if CLASS_STEP in drawn.names:
        step = drawn.values[:, drawn.names.index(CLASS_STEP)]
    values = drawn.values.copy()
    column = drawn.names.index(HOLDS_CUT)
    values[:, column] = np.clip(values[:, column] - rank * step, known.low, known.high)
    return Posterior(drawn.names, values, drawn.weights, drawn.about)
