"""The first page: a question to predict, decide and watch, which many pairs of runs then answer; and why.

The page is a frame, which ``assets/question`` fills.  All of its state stands in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from dash import html

from detente.dashboards.app.not_known import MOST_DRAWS
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.questions import Asked, every_question, question_of
from detente.experiments.runs.unknown_draws import LEAST
from detente.model.errors import InputError, unknown, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.cases import Cases
    from detente.dashboards.app.site import Site

KEYS = ("question", "choice", "guess", "seed", "day", "why", "draws")
"""Keys of an address."""

MOST_GUESSED = 50
"""What a guess may say, up or down [per cent, or runs in 100]."""


def layout(site: Site, query: Query) -> Any:
    """The frame; raises ``InputError`` for an address that makes no sense."""
    if "question" in query:
        check_state(query, question_of(site.cases, query["question"]), site.cases, KEYS)
    elif query:
        raise unknown("address", next(iter(query)), KEYS)
    elif not every_question(site.cases):
        raise InputError("no case that is served asks a question")
    return frame()


def frame(lessons: str = "") -> html.Div:
    """What the script fills; ``lessons`` is the case whose five lessons are asked."""
    more: dict[str, Any] = {"data-lessons": lessons} if lessons else {}
    waiting = html.P("Opening the question …", className="live-wait", role="status")
    return html.Div([waiting], id="question-root", className="question", **more)


def check_state(query: Mapping[str, str], asked: Asked, cases: Cases, keys: tuple[str, ...]) -> None:
    """Raise ``InputError`` for a choice, guess, seed or day that cannot be."""
    for key in query:
        if key not in keys:
            raise unknown("address", key, keys)
    if "choice" in query:
        asked.question.chosen(query["choice"])
    check_whole("guess", query.get("guess", "0"), -MOST_GUESSED, MOST_GUESSED)
    check_whole("seed", query.get("seed", "1"), 0, 2**53)
    if query.get("why", "1") != "1":
        raise wrong("address: why", query["why"], "1")
    if query.get("draws", "0") != "0":
        check_whole("draws", query["draws"], LEAST, MOST_DRAWS)
    check_day(query.get("day"), cases.scenario(cases.place(asked.case)).case)


def check_whole(key: str, text: str, low: int, high: int) -> None:
    """Raise ``InputError`` unless a text is a whole number from ``low`` to ``high``."""
    plain = text.removeprefix("-")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 20 and low <= int(text) <= high):
        raise wrong(f"address: {key}", text, f"a whole number from {low} to {high}")


def check_day(text: str | None, case: Any) -> None:
    """Raise ``InputError`` unless a day lies inside a case; its end is ``end``."""
    if text in (None, "end"):
        return
    try:
        inside = case.start <= date.fromisoformat(str(text)) <= case.end
    except ValueError:
        inside = False
    if not inside:
        raise wrong("address: day", text, f"a date from {case.start} to {case.end}, or 'end'")


PAGE = Page(
    name="question",
    path="/",
    title="Questions",
    summary="Predict, decide, watch both futures, and read what 500 pairs of runs say",
    layout=layout,
)
