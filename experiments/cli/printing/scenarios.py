"""What ``detente scenarios`` prints: the cases and their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.experiments.io.console import Console, Text

if TYPE_CHECKING:
    from detente.model.catalogue import CaseEntry


def print_cases(to: Console, cases: list[CaseEntry]) -> None:
    """Cases and their policies, one line each."""
    for case in cases:
        to.print(Text.assemble((case.name, "bold"), f"  {case.title}: {case.summary}"), soft_wrap=True)
        width = max((len(policy.name) for policy in case.policies), default=0)
        for policy in case.policies:
            to.print(f"  {policy.name:<{width}}  {policy.summary}", soft_wrap=True)
