"""The question that the live page offers for each case: a day, a decision, and what one asks of them."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from detente.experiments.runs.replay import recipe_of
from detente.model.reading import read_toml

FILE = Path(__file__).parent / "questions.toml"


@cache
def questions() -> dict[str, dict[str, Any]]:
    """The question of each case that has one: title, ask, date, and the recipe without and with the decision."""
    return {q["case"]: question(q) for q in read_toml(FILE)["question"]}


def question(raw: dict[str, Any]) -> dict[str, Any]:
    """One question as plain values."""
    recipe = {"case": raw["case"], "policy": raw["policy"]}
    decided = recipe_of({**recipe, "decision": raw["decision"]}, FILE.name).written()
    day: date = raw["date"]
    return {
        "title": raw["title"], "ask": raw["ask"], "date": day.isoformat(), "recipe": recipe, "decided": decided,
    }  # fmt: skip
