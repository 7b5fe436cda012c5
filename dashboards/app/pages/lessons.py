"""Lessons: the essay's five lessons as a chain of five questions, each asked as on the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.dashboards.app.address import FIRST_CASE
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.pages.question import KEYS, check_state, frame
from detente.dashboards.app.questions import question_of, taught
from detente.dashboards.app.walk import STEPS
from detente.model.errors import unknown, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

ENTRY = ("case", "lesson")
"""Keys of an address that opens a lesson from outside."""


def layout(site: Site, query: Query) -> Any:
    """The frame; raises ``InputError`` for an address that makes no sense."""
    if "question" in query:
        asked = question_of(site.cases, query["question"])
        check_state(query, asked, site.cases, KEYS)
        return frame(taught_case(site, asked.case))
    for key in query:
        if key not in ENTRY:
            raise unknown("address", key, (*ENTRY, *KEYS))
    lesson = query.get("lesson", "1")
    if lesson not in [str(k + 1) for k in range(len(STEPS))]:
        raise wrong("address: lesson", lesson, f"a whole number from 1 to {len(STEPS)}")
    return frame(taught_case(site, query.get("case", FIRST_CASE)))


def taught_case(site: Site, case: str) -> str:
    """A case that has each lesson as a policy; raises ``InputError`` for any other."""
    case = site.cases.checked(case, "address")
    known = taught(site.cases, case)
    if case not in known:
        raise unknown("address: case", case, known)
    return case


PAGE = Page("lessons", "/lessons", "Lessons", "The five lessons, as a chain of questions", layout)
