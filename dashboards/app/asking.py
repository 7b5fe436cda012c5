"""What a request asks for: its body as one JSON object, and an answer that is computed off the threads that serve."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from flask import request

from detente.dashboards.app.address import checked_recipe
from detente.dashboards.app.background_jobs import Lane, Work, answer_to
from detente.dashboards.app.bodies import read_json
from detente.experiments.runs.replay import Recipe
from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

LONGEST_TOKEN = 64
"""Characters of the text by which a page tells itself from others."""


class NotYetError(Exception):
    """The answer is being computed: what of it, and how far that is."""

    def __init__(self, what: str = "", done: int = 0, total: int = 0) -> None:
        super().__init__(what)
        self.progress = {"what": what, "done": done, "total": total}


class CompilingError(Exception):
    """Many runs were asked for while the engine is being compiled."""


def check_compiled(site: Site) -> None:
    """Raise ``CompilingError`` until many runs can be made at once."""
    if site.engine.state == "compiling":
        raise CompilingError


def asked() -> dict[str, Any]:
    """The JSON object of a question."""
    body = read_json(request.get_data())
    if not isinstance(body, dict):
        raise InputError("request: expected one JSON object")
    return body


def computed(
    site: Site, body: Mapping[str, Any], subject: str, key: Hashable, work: Work, *, lane: Lane = "run"
) -> Any:
    """What ``work`` makes, for the page that asks; raises ``NotYetError`` while it is at it."""
    viewer = str(body.get("token", ""))[:LONGEST_TOKEN] or f"somebody who asks for {key}"
    turn = body.get("turn", 0)
    if isinstance(turn, bool) or not isinstance(turn, int):
        raise wrong("turn", turn, "a whole number")
    answer = answer_to(site.jobs, viewer, subject, (subject, key), work, lane=lane, turn=turn)
    if answer is None:
        job = site.jobs.find((subject, key))
        raise NotYetError() if job is None else NotYetError(job.what, job.done, job.total)
    return answer


def table(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A table in a question."""
    value = body.get(key)
    if not isinstance(value, dict):
        raise InputError(f"request: {key}: expected a table")
    return value


def recipe_asked(site: Site, body: Mapping[str, Any]) -> Recipe:
    """The recipe in a question."""
    return checked_recipe(table(body, "recipe"), site.cases)


def pair_asked(site: Site, body: Mapping[str, Any]) -> tuple[Recipe, Recipe]:
    """The recipe to compare with, and the one asked about: two courses of one case."""
    recipe = recipe_asked(site, body)
    without = checked_recipe(table(body, "without"), site.cases)
    if without.case != recipe.case:
        raise wrong("without: case", site.cases.name_of(without.case), "the case of the recipe")
    return without, recipe
