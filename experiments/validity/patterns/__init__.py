"""Patterns by case, each declared with its source, what was observed, how it is read off runs and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.experiments.validity.pattern import Pattern
from detente.experiments.validity.patterns import afghanistan, korea

PATTERNS: Mapping[str, Callable[[], tuple[Pattern, ...]]] = {
    "afghanistan-2018": afghanistan.patterns,
    "korea-2017": korea.patterns,
}
"""Case -> its patterns."""

__all__ = ["PATTERNS"]
