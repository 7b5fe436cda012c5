"""The patterns of the Afghan case."""

from __future__ import annotations

from detente.experiments.validity.pattern import Pattern
from detente.experiments.validity.patterns import afghan_course, afghan_violence, truces


def patterns() -> tuple[Pattern, ...]:
    """All patterns of the case, in the order of the card."""
    return (*afghan_course.patterns(), *afghan_violence.patterns(), *truces.patterns())
