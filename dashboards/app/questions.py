"""The questions that the first page asks: those that stand beside the cases, and those of the five lessons.

Each has a name in addresses, ``CASE/NAME``.  Its runs are recipes, with a decision and without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from detente.agents.codes import LEVER_TITLES
from detente.dashboards.app.answers import told_of
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.lately import once_a_change
from detente.dashboards.app.walk import STEPS, Step
from detente.experiments.cases.questions import FILE, Choice, Question, read_questions
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.replay import Recipe
from detente.model.catalogue import SHIPPED
from detente.model.errors import InputError, unknown
from detente.model.generated_policies import levers_of

LESSON = "only-"
"""How the names of lessons' questions and of their policies begin."""

LEVELS = {"most": 0.8, "half": 0.4}
"""Choices of a lesson's question, by name: where its levers stand; the first as in the policy ``five-lessons``."""


class Asked(NamedTuple):
    """A question of a case that is served."""

    case: str
    question: Question

    @property
    def id(self) -> str:
        """Its name in addresses."""
        return f"{self.case}/{self.question.name}"


def case_questions(cases: Cases, case: str) -> tuple[Question, ...]:
    """The questions beside a case; raises ``InputError`` for a file of them that cannot be read."""
    own = cases.path(case)
    path = (own.parent if own else SHIPPED / case) / FILE
    return questions_as_written(path) if path.is_file() else ()


@once_a_change(kept=64)
def questions_as_written(path: Path) -> tuple[Question, ...]:
    """The questions of a file."""
    return read_questions(path)


def every_question(cases: Cases, also: object = "") -> list[Asked]:
    """The questions beside all cases, by case; a file that cannot be read is left out.

    ``also`` is a case opened in the browser, whose questions come first.
    """
    found: list[Asked] = []
    for case in cases.listed(also):
        try:
            found += [Asked(case, one) for one in case_questions(cases, case)]
        except InputError:
            continue
    return found


def taught(cases: Cases, also: object = "") -> list[str]:
    """Cases that have each lesson as a policy of its own, by name; ``also`` one opened in the browser."""
    first = f"{LESSON}{STEPS[0].lesson}"
    return [c.name for c in cases.entries(also) if first in [p.name for p in c.policies]]


def lesson_questions(cases: Cases, case: str) -> list[Asked]:
    """The five lessons as questions of a case, in the order of the essay."""
    pivot = cases.scenario(cases.place(case)).case.pivot
    return [Asked(case, lesson_question(step, pivot)) for step in STEPS]


def lesson_question(step: Step, pivot: Any) -> Question:
    """A lesson as a question: its levers at 0, and at each of ``LEVELS``."""
    levers = levers_of(step.lesson)
    names = " and ".join(LEVER_TITLES[name].lower() for name in levers)
    return Question(
        name=f"{LESSON}{step.lesson}",
        title=step.question,
        scene=f"{step.idea} {step.cost}",
        ask=f"How much is put into {names}?",
        policy=f"{LESSON}{step.lesson}",
        date=pivot,
        outcome=step.outcome,
        also=(step.also,),
        think=step.think,
        source="",
        levers=dict.fromkeys(levers, 0.0),
        choice=tuple(
            Choice(name=name, label=words, move=(), levers=dict.fromkeys(levers, LEVELS[name]))
            for name, words in (("most", "Most of it (0.8 of 1)"), ("half", "Half as much (0.4 of 1)"))
        ),
    )


def question_of(cases: Cases, name: object) -> Asked:
    """A question by its name in addresses; raises ``InputError`` for one that there is not."""
    case, _, own = str(name).partition("/")
    case = cases.checked(case, "address: question")
    known = [Asked(case, one) for one in case_questions(cases, case)]
    if own.startswith(LESSON) and case in taught(cases, case):
        known = lesson_questions(cases, case)
    for asked in known:
        if asked.question.name == own:
            return asked
    raise unknown("address: question", str(name), [asked.id for asked in known])


def recipe(cases: Cases, asked: Asked, choice: str | None = None) -> Recipe:
    """What the runs of a question are made from."""
    return asked.question.recipe(cases.place(asked.case), choice)


def plain_question(cases: Cases, asked: Asked) -> dict[str, Any]:
    """A question as a browser takes it: its words, and the recipes without a decision and with each."""
    q = asked.question
    outcome = BY_NAME[q.outcome]
    step = next((k for k, s in enumerate(STEPS, 1) if q.name == f"{LESSON}{s.lesson}"), None)
    return {
        "id": asked.id, "case": asked.case, "name": q.name, "title": q.title, "scene": q.scene, "ask": q.ask,
        "date": q.date.isoformat(), "outcome": outcome.name, "unit": outcome.unit,
        "noun": told_of(outcome.name, counted_in(cases, asked.case)).noun,
        "think": q.think, "source": q.source, "lesson": step, "heading": STEPS[step - 1].title if step else "",
        "recipe": written(cases, asked),
        "choices": [
            {"name": c.name, "label": c.label, "recipe": written(cases, asked, c.name)} for c in q.choice
        ],
    }  # fmt: skip


def counted_in(cases: Cases, case: str) -> str:
    """What the violence of a case is counted in: deaths, or provocations where nobody is killed."""
    scenario = cases.scenario(cases.place(case))
    return (
        "deaths"
        if scenario.spoiler or any(r.hostile and r.lethal for r in scenario.relation)
        else "provocations"
    )


def written(cases: Cases, asked: Asked, choice: str | None = None) -> dict[str, Any]:
    """A recipe as plain values, its case by name."""
    return {**recipe(cases, asked, choice).written(), "case": asked.case}


def offered(cases: Cases, also: object = "") -> dict[str, dict[str, Any]]:
    """The first question of each case that has one, as the live page offers it: with its first choice."""
    found: dict[str, dict[str, Any]] = {}
    for asked in every_question(cases, also):
        plain = plain_question(cases, asked)
        decided = plain["choices"][0]["recipe"]
        keys = ("title", "ask", "date", "recipe")
        found.setdefault(asked.case, {key: plain[key] for key in keys} | {"decided": decided})
    return found
