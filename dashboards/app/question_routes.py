"""What the page of a question asks of the server: the questions, what pairs of runs answer, why, and a file to mail."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, jsonify, make_response, request

from detente.dashboards.app.address import View, checked_day, checked_recipe, write_view
from detente.dashboards.app.answers import FEW, REASONED, answer, mechanisms, part_of
from detente.dashboards.app.asking import (
    asked,
    check_compiled,
    computed,
    pair_asked,
    recipe_asked,
    table,
)
from detente.dashboards.app.background_jobs import Lane, Work
from detente.dashboards.app.fans import checked_fan_runs
from detente.dashboards.app.futures import ALL, FIRST
from detente.dashboards.app.mail import Shown, run_page
from detente.dashboards.app.not_known import DRAWS, checked_draws, not_known, over_draws_of
from detente.dashboards.app.questions import (
    LESSON,
    Asked,
    every_question,
    lesson_questions,
    plain_question,
    question_of,
    recipe,
    taught,
)
from detente.dashboards.app.verdicts import VIOLENCE, verdict
from detente.dashboards.app.why_here import why_here
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.replay import Recipe, key_of
from detente.experiments.runs.run import run_opening
from detente.model.errors import unknown, wrong
from detente.model.request import checked_seed

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site


def questions(site: Site) -> Any:
    """The questions of the cases, or those of the five lessons in one case; titles of the cases.

    ``case`` in the query is one opened in the browser, which is in no list else.
    """
    case = request.args.get("lessons")
    also = request.args.get("case", "") if case is None else case
    found = every_question(site.cases, also)
    if case is not None:
        found = lesson_questions(site.cases, site.cases.checked(case, "lessons"))
    return jsonify(
        questions=[plain_question(site.cases, one) for one in found],
        lessons=taught(site.cases, also) if case is not None else None,
        cases=dict(site.cases.options(also)),
    )


def asked_pair(site: Site, body: Mapping[str, Any]) -> tuple[Asked, tuple[Recipe, Recipe]]:
    """The question in a request, and the recipes without its decision and with that of the choice."""
    asked = question_of(site.cases, body.get("question"))
    choice = asked.question.chosen(str(body["choice"])).name if "choice" in body else None
    return asked, (recipe(site.cases, asked), recipe(site.cases, asked, choice))


def answer_question(site: Site) -> Response:
    """What pairs of runs answer to a question, in a sentence; without a choice, runs without a decision are made."""
    body = asked()
    one, recipes = asked_pair(site, body)
    runs = checked_fan_runs(body.get("runs", FEW))
    check_compiled(site)
    starts = [site.openings.open(r) for r in recipes]

    def work(report: Any) -> dict[str, Any]:
        return answer(
            one.question.outcome, one.question.also, *(site.futures.ensemble(s, runs) for s in starts)
        )

    lane: Lane = "quick" if runs <= FIRST else "whole"
    key = (one.id, *(key_of(start, 0) for start in starts), runs)
    return jsonify(without_nan(computed(site, body, "answer", key, work, lane=lane)))


def answer_not_known(site: Site) -> Response:
    """The second interval of an answer, or of a course taken: luck and what is not known, over draws."""
    body = asked()
    weighed = question_weighed(site, body) if "question" in body else course_weighed(site, body)
    draws = checked_draws(body.get("draws", DRAWS))
    check_compiled(site)
    key, work = drawing(site, weighed, draws)
    return jsonify(without_nan(computed(site, body, NOT_KNOWN, key, work, lane="draws")))


NOT_KNOWN = "not known"
"""Subject of the questions about draws."""


class Weighed(NamedTuple):
    """What draws are made for: the recipes without a decision and with it, the outcome told first, others beside it."""

    name: str
    recipes: tuple[Recipe, Recipe]
    outcome: str
    also: tuple[str, ...] = ()


def question_weighed(site: Site, body: Mapping[str, Any]) -> Weighed:
    """The question in a request, for draws."""
    return weighed_question(*asked_pair(site, body))


def weighed_question(one: Asked, recipes: tuple[Recipe, Recipe]) -> Weighed:
    """The two courses of a question, for draws."""
    return Weighed(one.id, recipes, one.question.outcome, one.question.also)


def course_weighed(site: Site, body: Mapping[str, Any]) -> Weighed:
    """The course in a request beside the one without it, for draws: what it changes in violence comes first."""
    return weighed_course(site, pair_asked(site, body))


def weighed_course(site: Site, recipes: tuple[Recipe, Recipe]) -> Weighed:
    """Two courses of a case, for draws."""
    counted = violence_counted(site.openings.open(recipes[1]))
    return Weighed("course", recipes, VIOLENCE[counted].outcome)


def drawing(site: Site, weighed: Weighed, draws: int) -> tuple[Hashable, Work]:
    """All that an answer over draws depends on, and the work that finds it."""
    starts = [site.openings.open(r) for r in weighed.recipes]
    key = (weighed.name, *(key_of(start, 0) for start in starts), draws)

    def work(report: Any) -> dict[str, Any]:
        pair = [site.futures.ensemble(start, ALL) for start in starts]
        over = over_draws_of(weighed.recipes, draws, report)
        return not_known(weighed.outcome, weighed.also, pair, over)

    return key, work


def drawn_before(site: Site, key: Hashable, work: Work, report: Any) -> dict[str, Any]:
    """An answer over draws, found now unless it is kept."""
    job = site.jobs.find((NOT_KNOWN, key))
    return job.answer() if job is not None and job.over and not job.fault else work(report)


def why(site: Site) -> Any:
    """What one mechanism does to the effect of a decision; without a mechanism, those there are."""
    body = asked()
    one, recipes = asked_pair(site, body)
    known = mechanisms(recipes[0])
    if "mechanism" not in body:
        return jsonify(mechanisms=known, pairs=REASONED)
    name = body["mechanism"]
    if name not in [m["name"] for m in known]:
        raise unknown("mechanism", name, [m["name"] for m in known])
    check_compiled(site)
    starts = [site.openings.open(r) for r in recipes]

    def work(report: Any) -> dict[str, Any]:
        full = tuple(site.futures.ensemble(start, ALL) for start in starts)
        return part_of(name, one.question.outcome, recipes, (full[0], full[1]))

    key = (one.id, *(key_of(start, 0) for start in starts), name)
    return jsonify(without_nan(computed(site, body, "why", key, work, lane="whole")))


class Letter(NamedTuple):
    """A file to mail: its name, all that it depends on, and the work that writes it."""

    name: str
    key: Hashable
    work: Callable[[Any], str]


def mail(site: Site) -> Response:
    """A question that was answered, or a run and perhaps another future beside it, as one file."""
    body = asked()
    check_compiled(site)
    letter = question_letter(site, body) if "question" in body else run_letter(site, body)
    text = computed(site, body, "mail", (letter.name, letter.key), letter.work, lane="whole")
    reply = make_response(text)
    reply.headers["Content-Type"] = "text/html; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{letter.name}"'
    return reply


def question_letter(site: Site, body: Mapping[str, Any]) -> Letter:
    """A question with what the pairs answer, and both futures of a seed."""
    one, recipes = asked_pair(site, body)
    q, seed = one.question, checked_seed(body.get("seed", 1))
    if "choice" not in body:
        raise wrong("choice", None, "one of the choices of the question")
    chosen = q.chosen(str(body["choice"]))
    pair = [r.model_copy(update={"seed": seed}) for r in recipes]
    starts = [site.openings.open(r) for r in recipes]
    name = f"detente-{one.case}-{q.name}-{chosen.name}.html"
    path = "/lessons" if q.name.startswith(LESSON) else "/"
    draws = checked_draws(body["draws"]) if body.get("draws") else 0
    address = f"{path}?question={one.id}&choice={chosen.name}&seed={seed}" + (
        f"&draws={draws}" if draws else ""
    )

    def work(report: Any) -> str:
        told = answer(q.outcome, q.also, *(site.futures.ensemble(start, ALL) for start in starts))
        if draws:
            weighed = weighed_question(one, recipes)
            told["not_known"] = drawn_before(site, *drawing(site, weighed, draws), report)
        heads = ("Without it", chosen.label)
        shown = [Shown(head, r.run()) for head, r in zip(heads, pair, strict=True)]
        lead = f"{q.scene} {q.ask} {chosen.label}."
        return run_page(q.title, lead, shown, pair[1], address, answer=told, decided=q.date)

    keys = (key_of(start, seed) for start in starts)
    return Letter(name, (one.id, chosen.name, seed, draws, *keys), work)


def run_letter(site: Site, body: Mapping[str, Any]) -> Letter:
    """A run; beside another future, with what the pairs say of the course taken."""
    own = recipe_asked(site, body)
    other = checked_recipe(table(body, "other"), site.cases) if body.get("other") is not None else None
    recipes = [own] if other is None else [other, own]
    starts = [site.openings.open(r) for r in recipes]
    draws = checked_draws(body["draws"]) if body.get("draws") else 0
    name = f"detente-{site.cases.name_of(own.case)}-{own.policy}-seed-{own.seed}.html"
    address = "/live" + write_view(View(own, None, other), site.cases)
    case = starts[-1].scenario.case

    def work(report: Any) -> str:
        heads = (
            [f"Policy {own.policy}, seed {own.seed}"]
            if other is None
            else ["The other course", "The course taken"]
        )
        shown = [Shown(head, r.run()) for head, r in zip(heads, recipes, strict=True)]
        told: dict[str, Any] | None = None
        if other is not None and other.case == own.case:
            told = verdict(*(site.futures.ensemble(start, ALL) for start in starts))
            if draws:
                weighed = weighed_course(site, (other, own))
                told["not_known"] = drawn_before(site, *drawing(site, weighed, draws), report)
        title = f"{case.title}: {starts[-1].policy.title}, seed {own.seed}"
        return run_page(title, case.summary, shown, own, address, answer=told, decided=parting(own, other))

    keys = (key_of(s, r.seed) for s, r in zip(starts, recipes, strict=True))
    return Letter(name, (draws, *keys), work)


def parting(own: Recipe, other: Recipe | None) -> date | None:
    """The first day on which two courses may differ; none where there is one course, or they differ throughout."""
    if other is None:
        return None
    one, two = set(days_of(own)), set(days_of(other))
    return min((day for day, _ in one ^ two), default=None)


def days_of(made: Recipe) -> list[tuple[date, str]]:
    """What a course decides, by day."""
    decided = [(d.date, d.model_dump_json()) for d in made.decision if d.date is not None]
    return decided + ([(made.branch_at, str(made.branch_to))] if made.branch_at else [])


def why_this_day(site: Site) -> Any:
    """What was different in the days up to one of a run."""
    body = asked()
    made = recipe_asked(site, body)
    sent = body.get("date")
    day = checked_day(made, sent if isinstance(sent, str) else None, site.cases)
    if day is None:
        raise wrong("date", sent, "a day of the run")
    start = site.openings.open(made)
    last = start.scenario.case.end if isinstance(day, str) else day

    def work(report: Any) -> dict[str, Any]:
        return why_here(run_opening(start, made.seed), last)

    return jsonify(without_nan(computed(site, body, "why here", (key_of(start, made.seed), last), work)))
