"""The long computations of the Evidence page: the validity card, and the audit; of one case, or of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from detente.dashboards.app.background_jobs import Progress
from detente.dashboards.app.cases import Cases
from detente.experiments.audit.audit import Audit, audit_policies, audited_policies

CARD_RUNS, AUDIT_RUNS = 100, 100
"""Seeds of a card and of an audit made here; the command line takes more unless told otherwise."""

ALL_CASES = "all"

Work = Callable[[Progress], Any]


def checked_patterns() -> list[str]:
    """The cases that patterns are declared for."""
    from detente.experiments.validity.patterns import PATTERNS

    return list(PATTERNS)


def card_work(cases: Cases, case: str) -> Work:
    """Make the validity card of a case, or of all that have one."""
    del cases

    def work(report: Progress) -> Any:
        from detente.experiments.validity.card import validate

        chosen = None if case == ALL_CASES else [case]
        return validate(
            chosen, CARD_RUNS, progress=lambda done, total: report("patterns checked", done, total)
        )

    return work


def audit_work(cases: Cases, case: str) -> Work:
    """Audit levers, mechanisms and stocks of a case, or of all that are served."""

    def work(report: Progress) -> Any:
        chosen = cases.names if case == ALL_CASES else [case]
        pairs = [pair for name in chosen for pair in audited_policies(cases.place(name))]
        tell: Progress = lambda what, done, total: report(cases.in_words(what), done, total)  # noqa: E731
        return by_name(audit_policies(pairs, AUDIT_RUNS, parameters=False, report=tell), cases)

    return work


def by_name(made: Audit, cases: Cases) -> Audit:
    """An audit whose cases stand by name, also those that were opened as a file."""

    def named(results: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(r, case=cases.name_of(r.case)) for r in results)

    return replace(
        made, levers=named(made.levers), mechanisms=named(made.mechanisms), stocks=named(made.stocks)
    )


WORK: dict[str, Callable[[Cases, str], Work]] = {"card": card_work, "audit": audit_work}


def nothing_to_check(kind: str, case: str) -> bool:
    """Whether a case has nothing that a computation could check: published patterns are declared for some only."""
    return kind == "card" and case != ALL_CASES and case not in checked_patterns()


def key_of_job(kind: str, case: str, cases: Cases) -> str:
    """What a computation is kept under: a case whose file has changed is computed again."""
    chosen = cases.names if case == ALL_CASES else [case]
    return " ".join([kind, case, *(cases.scenario(cases.place(name)).sha256 for name in chosen)])
