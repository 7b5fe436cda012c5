"""The scale of deaths per event that gives a mean, for the severity rule of E2."""

from __future__ import annotations

from functools import cache

import numpy as np

from detente.agents.parameters import Parameters
from detente.model.errors import InputError


def mean_size(scale: float, tail: float, largest: float) -> float:
    """Mean of ``event_size`` [deaths]: the sum of its survival function."""
    k = np.arange(1, int(largest))
    return 1.0 + float(np.sum((1.0 + k / scale) ** -tail))


@cache
def scale_for_mean(mean: float, tail: float, largest: float) -> float:
    """The scale at which events kill ``mean`` on average; 0+ for a mean of one, raises ``ValueError`` out of reach."""
    if mean <= 1.0:
        return 1e-9
    low, high = 1e-9, 1e4
    if mean_size(high, tail, largest) < mean:
        raise ValueError(f"no scale gives {mean:g} deaths per event with at most {largest:g}")
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if mean_size(middle, tail, largest) < mean else (low, middle)
    return 0.5 * (low + high)


def size_scale(parameters: Parameters, mean: float) -> float:
    """The scale for a case's mean deaths per event; raises ``InputError`` where its parameters cannot give it."""
    v = parameters.violence
    try:
        return scale_for_mean(mean, v.tail, v.max_deaths)
    except ValueError as error:
        raise InputError(f"deaths_per_event: {error}") from None
