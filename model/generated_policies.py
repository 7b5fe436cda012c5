"""The five lessons as levers: which levers carry a lesson, and the policies that raise one alone or leave one out.

``only-<lesson>`` and ``without-<lesson>`` are not files.  They are a case's ``five-lessons`` with part of its levers:
same moves, same mode, same day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from detente.agents.codes import LESSONS as LESSONS
from detente.agents.codes import LEVERS

ALL = "five-lessons"
"""The policy that raises them all, and from which the others are made."""


class Part(NamedTuple):
    """What a generated policy is called, and the lessons whose levers it keeps."""

    name: str
    title: str
    summary: str
    lessons: tuple[str, ...]


def parts() -> dict[str, Part]:
    """The generated policies by name: each lesson alone, then each left out."""
    made: dict[str, Part] = {}
    for lesson in LESSONS:
        words = lesson.replace("-", " ")
        others = tuple(other for other in LESSONS if other != lesson)
        alone = f"As five lessons, with the levers of {words} alone."
        left_out = f"As five lessons, without the levers of {words}."
        made[f"only-{lesson}"] = Part(f"only-{lesson}", f"Only {words}", alone, (lesson,))
        made[f"without-{lesson}"] = Part(f"without-{lesson}", f"Without {words}", left_out, others)
    return dict(sorted(made.items(), key=lambda item: item[0].startswith("without-")))


def lesson_of(lever: str) -> str:
    """The name of the lesson that a lever carries."""
    return LESSONS[LEVERS[lever] - 1]


def levers_of(lesson: str) -> tuple[str, ...]:
    """The levers that carry a lesson."""
    return tuple(lever for lever in LEVERS if lesson_of(lever) == lesson)


def kept(levers: Mapping[str, Any], lessons: Collection[str]) -> dict[str, Any]:
    """Those of some lever settings that belong to the lessons given."""
    return {lever: value for lever, value in levers.items() if lesson_of(lever) in lessons}


def part_of(whole: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The tables of a generated policy, from those of the policy that raises all levers."""
    part = parts()[name]
    own = {"name": part.name, "title": part.title, "summary": part.summary}
    return {**whole, **own, "levers": kept(whole.get("levers", {}), part.lessons)}
