"""Questions that a case asks its reader: a day, what could be decided on it, and the outcome to predict.

They stand in ``questions.toml`` beside the case's file.  A case without that file asks nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from detente.agents.codes import LEVERS
from detente.experiments.runs.outcomes import OUTCOMES
from detente.experiments.runs.replay import Recipe
from detente.model.catalogue import SHIPPED, label, policy_names
from detente.model.crosscheck import day_problems, move_problems
from detente.model.errors import problems_of, together, unknown
from detente.model.explain import validated
from detente.model.fields import Document, Share, Slug, Spec, Text, Title, refuse, refuse_all, word_of
from detente.model.policy import MoveSpec, parts_of
from detente.model.reading import read_toml
from detente.model.scenario import Scenario

FILE = "questions.toml"

Outcome = Annotated[str, word_of(outcome.name for outcome in OUTCOMES)]
Levers = dict[Annotated[str, word_of(LEVERS)], Share]


class Choice(Spec):
    """One way to decide: dated moves, levers, or both."""

    name: Slug = Field(description="name in an address")
    label: Title = Field(description="the decision in words, as a button has it")
    levers: Levers = Field(default={}, description="levers that it sets [0 to 1]")
    move: tuple[MoveSpec, ...] = Field(
        (), description="what is decided, as moves of a policy; each with a date"
    )

    @model_validator(mode="after")
    def decides(self) -> Self:
        """A choice changes something, on days that are known."""
        refuse_all(self.choice_problems())
        return self

    def choice_problems(self) -> Iterator[PydanticCustomError]:
        """What makes no decision."""
        if not self.move and not self.levers:
            yield refuse("move", None, "at least one move or lever")
        for k, move in enumerate(self.move):
            if move.date is None:
                yield refuse(f"move.{k}.date", None, "a date: a decision is taken on a day")


class Question(Spec):
    """A question: what was, what could be decided, and which outcome the reader predicts."""

    name: Slug = Field(description="name in an address")
    title: Title = Field(description="the question itself")
    scene: Text = Field(description="what has happened up to that day, in two or three sentences")
    ask: Title = Field(description="what is to be decided, in a sentence")
    policy: Slug = Field(description="policy of the runs, with the decision and without")
    date: dt.date = Field(description="day of the decision, from which both futures are watched")
    outcome: Outcome = Field("fatalities", description="outcome that the reader predicts")
    also: tuple[Outcome, ...] = Field((), description="outcomes told beside it, as side effects")
    think: Text = Field("", description="what to think of once the answer is there")
    source: Text = Field("", description="where the scene is written")
    levers: Levers = Field(
        default={}, description="levers of the runs, with the decision and without [0 to 1]"
    )
    choice: tuple[Choice, ...] = Field(min_length=1, description="ways to decide, the usual one first")

    @model_validator(mode="after")
    def choices_differ(self) -> Self:
        """Every choice has a name of its own."""
        refuse_all(same_names("choice", self.choice))
        return self

    def recipe(self, case: str, choice: str | None = None) -> Recipe:
        """What the runs are made from: without a decision, or with that of a choice; ``case`` opens the case."""
        raw: dict[str, Any] = {"case": case, "policy": self.policy, "levers": dict(self.levers)}
        if choice is not None:
            chosen = self.chosen(choice)
            raw["levers"] |= chosen.levers
            raw["decision"] = tuple(part for move in chosen.move for part in parts_of(move))
        return Recipe.model_validate(raw)

    def chosen(self, name: str) -> Choice:
        """A choice by name; raises ``InputError`` for one that there is not."""
        for choice in self.choice:
            if choice.name == name:
                return choice
        raise unknown(f"question {self.name}: choice", name, [choice.name for choice in self.choice])


class Questions(Document):
    """The questions of a case, the first one to be asked first."""

    question: tuple[Question, ...] = Field(min_length=1, description="the questions")

    @model_validator(mode="after")
    def questions_differ(self) -> Self:
        """Every question has a name of its own."""
        refuse_all(same_names("question", self.question))
        return self


def same_names(key: str, named: Iterable[Question | Choice]) -> Iterator[PydanticCustomError]:
    """Names that stand twice."""
    seen: set[str] = set()
    for k, one in enumerate(named):
        if one.name in seen:
            yield refuse(f"{key}.{k}.name", one.name, "another name than those before")
        seen.add(one.name)


def question_file(scenario: Scenario) -> Path:
    """Where the questions of a case lie: beside its file, or beside the shipped one."""
    folder = SHIPPED / scenario.case.name if scenario.path is None else scenario.path.parent
    return folder / FILE


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions in a file, by themselves; none where there is no such file.  Raises ``InputError``."""
    return validated(Questions, read_toml(path), label(path)).question if path.is_file() else ()


def questions_of(scenario: Scenario) -> tuple[Question, ...]:
    """The questions of a case, checked against it; none where it has no file of them.

    Raises ``InputError`` with all that is wrong: schema, names, dates, and decisions that cannot be made.
    """
    path = question_file(scenario)
    questions = read_questions(path)
    problems = [p for k, one in enumerate(questions, 1) for p in question_problems(scenario, k, one)]
    if problems:
        raise together((f"{label(path)}: {line}" for line in problems), label(path))
    return questions


def question_problems(scenario: Scenario, number: int, asked: Question) -> Iterator[str]:
    """What is wrong with a question in its case."""
    place = f"[question {number}: {asked.name}]"
    known = policy_names(scenario)
    if asked.policy not in known:
        yield str(unknown(f"{place}.policy", asked.policy, known))
    yield from map(str, day_problems(scenario, f"{place}.date", asked.date))
    opens = asked.policy in known and not opening_problems(
        scenario, asked, None
    )  # the policy is checked by itself
    for k, choice in enumerate(asked.choice, 1):
        lines = [*move_lines(scenario, f"[question {number}: {asked.name}.choice {k}: {choice.name}", choice)]
        yield from lines
        if not lines and opens:
            yield from (f"{place}.choice {k}: {line}" for line in opening_problems(scenario, asked, choice))


def move_lines(scenario: Scenario, place: str, choice: Choice) -> Iterator[str]:
    """Names and dates in the moves of a choice that the case does not have."""
    for k, move in enumerate(choice.move, 1):
        for part in parts_of(move):
            yield from map(str, move_problems(scenario, f"{place}.move {k}]", part))


def opening_problems(scenario: Scenario, asked: Question, choice: Choice | None) -> tuple[str, ...]:
    """Why a case cannot be opened with a decision, or without one."""
    case = scenario.case.name if scenario.path is None else str(scenario.path)
    return problems_of(lambda: asked.recipe(case, choice and choice.name).open())


def check_questions(scenario: Scenario) -> tuple[str, ...]:
    """Everything that is wrong with the questions of a case."""
    return problems_of(lambda: questions_of(scenario))
