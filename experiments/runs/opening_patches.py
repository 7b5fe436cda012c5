"""Opening a case again at another point of a design, without building all its records anew.

From one point to the next three things change: the numbers that levers are set to, parameters and facts.  Where the
levers' numbers stand in the opening buffer is found by opening the case at a point with tell-tale values, and checked
at a second such point: only if patching the first gives exactly the second is patching used at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.model.consistency import check_parameters
from detente.model.errors import InputError
from detente.model.facts import check_facts
from detente.model.memory import freeze_parameters
from detente.model.opening import Opening, with_other_facts

if TYPE_CHECKING:
    from detente.agents.parameters import Parameters

Open = Callable[[Sequence[float]], Opening]
"""Opens the case in full at a point."""

FIRST, SECOND = 0.137035999, 0.861803398
"""Shares of the way through a factor's range at the two tell-tale points; each factor adds a trace of its own."""


@dataclass(frozen=True)
class Patch:
    """An opening to change in its parameters, and in the words of its buffer (8 bytes each) that follow from them."""

    start: Opening
    places: np.ndarray[Any, Any]

    def at(
        self,
        parameters: Parameters,
        words: np.ndarray[Any, Any],
        facts: Mapping[str, float] | None = None,
    ) -> Opening:
        """The opening with other parameters; raises ``InputError`` for those that do not go together.

        ``facts`` are those set in it, where other ones are among what changes in its words.
        """
        check_parameters(parameters)
        buffer = self.start.buffer.copy()
        buffer[self.places] = words
        return replace(
            self.start,
            parameters=parameters,
            buffer=buffer,
            parameter_record=freeze_parameters(parameters),
            facts=self.start.facts if facts is None else facts,
        )


@dataclass(frozen=True)
class Pattern:
    """An opening to patch: where each lever's number stands in its buffer."""

    start: Opening
    places: Mapping[str, np.ndarray[Any, Any]]

    def at(
        self, levers: Mapping[str, float], parameters: Parameters, facts: Mapping[str, float] | None = None
    ) -> Opening:
        """The opening at a point whose levers are all above 0; raises ``InputError`` for facts that do not fit."""
        places = np.concatenate([np.empty(0, dtype=int), *self.places.values()])
        words = np.repeat(
            [bits(levers[name]) for name in self.places], [len(p) for p in self.places.values()]
        )
        made = Patch(self.start, places).at(parameters, words)
        made = replace(made, levers={**self.start.levers, **levers})
        if not facts:
            return made
        check_facts(made.scenario, facts)
        return with_other_facts(made, facts)


def bits(value: float) -> int:
    """A number as the word of 8 bytes that stands in a buffer."""
    return int(np.float64(value).view(np.int64))


def telltale(ends: Sequence[tuple[float, float]], share: float) -> tuple[float, ...]:
    """A point that no design would hold, with a number of its own for each factor."""
    return tuple(low + (high - low) * (share + 1e-6 * (k + 1)) for k, (low, high) in enumerate(ends))


def find_pattern(
    open_at: Open,
    kinds: Sequence[tuple[str, str]],
    ends: Sequence[tuple[float, float]],
    whole: Sequence[bool],
) -> Pattern | None:
    """The pattern of a case under a policy, for factors of these kinds and ranges; none if there is no safe one."""
    points = [
        tuple(ends[k][side] if whole[k] else value for k, value in enumerate(telltale(ends, share)))
        for side, share in enumerate((FIRST, SECOND))
    ]
    try:
        first, second = (open_at(point) for point in points)
    except InputError:
        return None
    found = {
        name: np.flatnonzero(first.buffer == bits(points[0][k]))
        for k, (kind, name) in enumerate(kinds)
        if kind == "lever"
    }
    pattern = Pattern(first, found)
    levers = {name: points[1][k] for k, (kind, name) in enumerate(kinds) if kind == "lever"}
    return pattern if same(pattern.at(levers, second.parameters, second.facts), second) else None


def same(a: Opening, b: Opening) -> bool:
    """Whether two openings would give the same runs."""
    arrays = [(a.buffer, b.buffer), (a.parameter_record, b.parameter_record)]
    arrays += [(a.constants[kind], b.constants[kind]) for kind in a.constants]
    plain = ("layout", "n_steps", "step_days", "mode", "theory", "levers", "cast", "facts", "priors")
    return all(x.tobytes() == y.tobytes() for x, y in arrays) and all(
        getattr(a, name) == getattr(b, name) for name in plain
    )
