"""The patterns of the Afghan case."""

from __future__ import annotations

from dataclasses import replace

from detente.experiments.validity.pattern import Pattern
from detente.experiments.validity.patterns import afghan_course, afghan_violence, truces, war_course

LATER = ("A2", "A3", "A4", "A5", "A6", "A7")
"""Patterns of what happened after 22 July 2018, the last day of the data that anything was fitted to."""


def patterns() -> tuple[Pattern, ...]:
    """All patterns of the case, in the order of the card."""
    course = (replace(p, out_of_sample=p.group in LATER) for p in afghan_course.patterns())
    return (
        *course,
        *afghan_violence.patterns(),
        *truces.patterns(),
        *war_course.patterns(afghan_course.CASE),
    )
