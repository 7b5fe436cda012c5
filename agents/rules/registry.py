"""The list of rules, in the order they were defined.

``@rule`` only registers: importing rules costs nothing, and interpreted they are ordinary functions.  The ensemble
engine compiles whatever stands in ``RULES`` when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

RULES: list[Callable[..., Any]] = []


def rule[F: Callable[..., Any]](function: F) -> F:
    """Register a function as a rule and return it unchanged.

    A rule keeps to what interpreted and compiled Python compute alike: ``math`` functions, + - * /, comparisons, loops
    over sequences of records.  A test reads every rule and refuses anything else.
    """
    RULES.append(function)
    return function
