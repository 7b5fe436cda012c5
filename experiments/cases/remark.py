"""What a warning is: something legal that is probably not meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """One warning: the ``name`` of the rule that gives it, and a line that says where and why."""

    name: str
    text: str


def remarks[T](rules: Iterable[Callable[[T], Iterator[str]]], subject: T) -> list[Remark]:
    """What some rules remark on a subject, in their order; a rule's name is that of its function."""
    lines = ((rule.__name__.replace("_", "-"), line) for rule in rules for line in rule(subject))
    return [Remark(name, line) for name, line in dict.fromkeys(lines)]
