"""Which of the shipped cases the fast suite takes through every check; the others go through them in the slow one.

What is cheap is checked of every case in the fast suite too: tests/unit/model/test_every_case.py.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from detente.model.catalogue import case_names, file_names

FAST = ("afghanistan-2018", "korea-2017", "template")
"""The cases of the fast suite."""


def one(case: str) -> Iterable[str]:
    """The case itself."""
    return (case,)


def with_policies(case: str) -> Iterable[str]:
    """The case and its policy files, as `detente check` takes them."""
    return (case, *(f"{case}/{policy}" for policy in file_names(case)))


def every_case(targets: Callable[[str], Iterable[str]] = one, *, without: str = "") -> list[Any]:
    """What to run a test over: the targets of every case but one, slow where the case is none of the fast ones."""
    return [
        target if case in FAST else pytest.param(target, marks=pytest.mark.slow)
        for case in case_names()
        if case != without
        for target in targets(case)
    ]
