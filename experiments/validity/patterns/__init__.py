"""Patterns by case, each declared with its source, what was observed, how it is read off runs and how it is judged.

Those of a case stand in a module here, or in the file ``patterns.toml`` beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from detente.experiments.validity.pattern import Pattern
from detente.experiments.validity.patterns import afghanistan, korea, own_record, pattern_file

PATTERNS: Mapping[str, Callable[[], tuple[Pattern, ...]]] = {
    "afghanistan-2018": afghanistan.patterns,
    "korea-2017": korea.patterns,
    **{case: partial(own_record.of_the_record, case) for case in pattern_file.cases()},
}
"""Case -> its patterns."""

__all__ = ["PATTERNS"]
