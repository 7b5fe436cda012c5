"""Lessons: the essay's five lessons as a guided walk.  One idea a step, one lever, one picture, a question to try."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pandas as pd
from dash import ALL as EACH
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from detente.agents.codes import LEVER_TITLES
from detente.dashboards.app.address import FIRST_CASE, number
from detente.dashboards.app.background_jobs import Progress, answer_to
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.controls import ask_again, choice, graph, keep_address, said
from detente.dashboards.app.controls import number as words
from detente.dashboards.app.futures import FutureBook
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.sent import checked_count, checked_text, checked_value, plain, same
from detente.dashboards.app.theme import themed
from detente.dashboards.app.walk import ANSWERS, STEPS, Step
from detente.dashboards.figures.lesson import lesson_figure
from detente.dashboards.figures.style import source_line
from detente.experiments.runs.intervals import paired_difference
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.replay import Recipe
from detente.model.errors import unknown, wrong
from detente.model.generated_policies import levers_of
from detente.model.opening import Opening

RUNS = 200
"""Runs of each side of a picture."""

FIRST_VALUE = 0.8
"""Where the lever stands at the beginning, as in the policy ``five-lessons``."""


def taught(cases: Cases) -> list[tuple[str, str]]:
    """Cases that have each lesson as a policy of its own, by name and title."""
    first = f"only-{STEPS[0].lesson}"
    return [(c.name, c.title) for c in cases.entries() if first in [p.name for p in c.policies]]


def read_place(query: Query, cases: Cases) -> tuple[str, int, float]:
    """Case, number of the step and the lever of an address; raises ``InputError`` for what makes no sense."""
    for key in query:
        if key not in ("case", "lesson", "lever"):
            raise unknown("address", key, ("case", "lesson", "lever"))
    case = query.get("case", FIRST_CASE)
    known = [name for name, _ in taught(cases)]
    if case not in known:
        raise unknown("address: case", case, known)
    step = query.get("lesson", "1")
    if step not in [str(k + 1) for k in range(len(STEPS))]:
        raise wrong("address: lesson", step, f"a whole number from 1 to {len(STEPS)}")
    value = number("lever", query.get("lever", str(FIRST_VALUE)))
    if not 0 <= value <= 1:
        raise wrong("address: lever", value, "a number from 0 to 1")
    return case, int(step), float(value)


def write_place(case: str, step: int, value: float) -> str:
    """The address of a step."""
    return "?" + urlencode({"case": case, "lesson": step, "lever": f"{value:g}"})


def opened(case: str, step: Step, value: float) -> Opening:
    """The lesson alone, its levers at a value."""
    levers = dict.fromkeys(levers_of(step.lesson), value)
    return Recipe(case=case, policy=f"only-{step.lesson}", levers=levers).open()


def both_sides(book: FutureBook, case: str, step: Step, value: float) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Outcomes of runs without the lever and with it, paired by seed, and what those with it were made from."""
    off, on = (book.ensemble(opened(case, step, level), RUNS) for level in (0.0, value))
    sides = [off.outcomes.assign(side="off"), on.outcomes.assign(side="on")]
    return pd.concat(sides, ignore_index=True), on.about


def difference(outcomes: pd.DataFrame, outcome: str) -> dict[str, float]:
    """The paired difference that the lever makes, with its 95 % interval."""
    off, on = (outcomes.loc[outcomes["side"] == side, outcome].to_numpy(float) for side in ("off", "on"))
    return paired_difference(on, off)


def verdict(found: dict[str, float]) -> str:
    """What the runs answer: a key of ``ANSWERS``."""
    return "more" if found["low95"] > 0 else "less" if found["high95"] < 0 else "same"


def layout(site: Any, query: Query) -> html.Div:
    """The page of one step."""
    case, place, value = read_place(query, site.cases)
    step = STEPS[place - 1]
    return html.Div(
        [
            dcc.Store(id="lessons-viewer", data=uuid.uuid4().hex),
            dcc.Store(id="lessons-place", data=place),
            dcc.Store(id="lessons-search"),
            dcc.Store(id="lessons-shown"),
            ask_again("lessons"),
            html.Nav(milestones(place), className="steps", **said("Lessons")),
            html.Div(
                [words_of(step, place), trial(taught(site.cases), case, step, value)],
                className="split lesson",
            ),
        ],
        className="page",
    )


def milestones(place: int) -> list[Any]:
    """The five steps; the one shown is marked."""
    return [
        html.Button(
            f"{k}. {step.title}",
            id=f"lessons-step-{k}",
            className="step here" if k == place else "step",
            **current(k == place),
        )
        for k, step in enumerate(STEPS, start=1)
    ]


def current(here: bool) -> dict[str, Any]:
    """Whether a step is the one shown, for a screen reader."""
    return {"aria-current": "step" if here else "false"}


def words_of(step: Step, place: int) -> html.Div:
    """The idea, its cost, and the question."""
    options = [{"value": key, "label": label} for key, label in ANSWERS.items()]
    return html.Div(
        [
            html.P(f"Lesson {place} of {len(STEPS)}", className="hint"),
            html.H1(step.title),
            html.P(step.idea, className="idea"),
            html.P([html.Strong("What it may cost. "), step.cost]),
            html.H2("Try it"),
            html.P(step.question, className="idea"),
            dcc.RadioItems(id="lessons-answer", options=options, value=None, className="answers"),
            html.Div(id="lessons-told", role="status"),
            html.Div(way_on(place), className="row"),
            html.P(f"{NOT_A_FORECAST.capitalize()}.", className="hint"),
        ],
        className="side wide-side",
    )


def way_on(place: int) -> list[Any]:
    """To the lesson before and the next; from the last one to where all five stand side by side."""
    on: list[Any] = [
        html.Button(words_, id={"lessons-to": to}, className=kind)
        for to, words_, kind in (
            (place - 1, "← Lesson before", "plain"),
            (place + 1, "Next lesson →", "primary"),
        )
        if 1 <= to <= len(STEPS)
    ]
    if place == len(STEPS):
        on.append(html.A("All five together: compare futures →", href="/compare"))
    return on


def trial(cases: list[tuple[str, str]], case: str, step: Step, value: float) -> html.Div:
    """The lever and the picture."""
    names = " and ".join(LEVER_TITLES[n] for n in levers_of(step.lesson))
    slider = dcc.Slider(0, 1, 0.1, value=value, marks={0: "0", 0.5: ".5", 1: "1"}, id="lessons-lever")
    head = f"The lever: {names} (0: no extra will; 1: the utmost)"
    return html.Div(
        [
            html.Div(
                [
                    choice("lessons-case", "Case", cases, case),
                    html.Div([html.Label(head, className="control-label"), slider], className="control grow"),
                ],
                className="row spread",
            ),
            html.P(id="lessons-status", className="status", role="status"),
            graph("lessons-figure", "Runs without the lever and with it", "figure lesson-figure"),
        ],
        className="main-part",
    )


def figure_of(
    outcomes: pd.DataFrame, step: Step, value: float, about: Any, theme: str | None, *, answered: bool
) -> Any:
    """The picture: what the lever does is left out until the reader has said what it will be."""
    outcome = BY_NAME[step.outcome]
    words_ = {
        "outcome": outcome.name,
        "meaning": outcome.meaning,
        "unit": outcome.unit if outcome.unit != "1" else "0–1",
        "off": "lever at 0",
        "on": f"lever at {value:g} ",
        "open": answered,
    }
    return themed(lesson_figure(outcomes, about={**about, **words_}), theme)


def told(answer: str | None, outcomes: pd.DataFrame, step: Step, value: float) -> Any:
    """What the runs answer, once the reader has, what came with it, and what to think of next."""
    if answer is None:
        return html.P("Answer first; then the runs are shown.", className="hint")
    if value == 0:
        return html.P("The lever is at 0: both sides are the same. Move it, and look again.")
    found, cost = (difference(outcomes, name) for name in (step.outcome, step.also))
    if not found["pairs"]:
        return html.P(f"No run has a value: {BY_NAME[step.outcome].meaning}. Choose another case.")
    if not moves(found) and not moves(cost):
        return html.P("No run differs: nothing in this case responds to this lever. Choose another case.")
    right = verdict(found)
    word = "That is what the runs say" if answer == right else f"The runs say otherwise: {ANSWERS[right]}"
    return [
        html.P([html.Strong(f"{word}. "), f"Difference in {measured(found, step.outcome)}."]),
        html.P([html.Strong("Side effect. "), f"{CAME[verdict(cost)]} {measured(cost, step.also)}."]),
        html.P([html.Strong("Then think. "), step.think]),
    ]


def moves(found: Mapping[str, float]) -> bool:
    """Whether any run differs."""
    return any(found[key] and found[key] == found[key] for key in ("mean", "low95", "high95"))


CAME = {"more": "More:", "less": "Less:", "same": "No clear difference:"}
"""How an outcome beside the one asked about has moved."""


def measured(found: Mapping[str, float], name: str) -> str:
    """A difference in words: what of, its mean and interval, the unit."""
    outcome = BY_NAME[name]
    scale, unit = {"0 or 1": (100, " in 100 runs"), "1": (1, "")}.get(outcome.unit, (1, f" {outcome.unit}"))
    what = f"runs in which {outcome.meaning}" if outcome.unit == "0 or 1" else outcome.meaning
    if not found["pairs"]:
        return f"{what}: no run has a value"
    mean, low, high = (words(scale * found[key]) for key in ("mean", "low95", "high95"))
    return f"{what}: {mean} [{low}, {high}]{unit} (mean, 95 % interval)"


def line_of(value: float, *, answered: bool) -> str:
    """What the picture shows, in a line."""
    if answered:
        return f"{RUNS} runs with the lever at {value:g}, and as many at 0, with the same seeds."
    return f"{RUNS} runs with the lever at 0. Answer, and as many with it at {value:g} stand beside them."


def register(app: Dash, site: Any) -> None:
    """Callbacks."""
    keep_address(app, "lessons-search")
    follow_steps(app, site)
    answer(app, site)


def follow_steps(app: Dash, site: Any) -> None:
    """Buttons lead to another step."""

    @app.callback(
        Output("page", "children", allow_duplicate=True),
        Output("address", "search", allow_duplicate=True),
        *(Input(f"lessons-step-{k}", "n_clicks") for k in range(1, len(STEPS) + 1)),
        Input({"lessons-to": EACH}, "n_clicks"),
        State("lessons-case", "value"),
        prevent_initial_call=True,
    )
    def step_chosen(*given: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """Another step."""
        if not ctx.triggered or ctx.triggered[0]["value"] is None:
            return no_update, no_update
        asked: Any = ctx.triggered_id
        place = str(asked.get("lessons-to") if isinstance(asked, dict) else str(asked).rpartition("-")[2])
        case, number_, _ = read_place({"case": checked_text("case", given[-1]), "lesson": place}, site.cases)
        return layout(site, {"case": case, "lesson": place}), write_place(case, number_, FIRST_VALUE)


def answer(app: Dash, site: Any) -> None:
    """The picture of the lever where it stands, and what it says once the reader has answered."""

    @app.callback(
        Output("lessons-figure", "figure"),
        Output("lessons-told", "children"),
        Output("lessons-status", "children"),
        Output("lessons-search", "data"),
        Output("lessons-shown", "data"),
        Output("lessons-tick", "max_intervals"),
        Input("lessons-case", "value"),
        Input("lessons-lever", "value"),
        Input("lessons-answer", "value"),
        Input("theme", "data"),
        Input("lessons-tick", "n_intervals"),
        State("lessons-place", "data"),
        State("lessons-viewer", "data"),
        State("lessons-shown", "data"),
    )
    def tried(  # pyright: ignore[reportUnusedFunction]
        case: Any, value: Any, said_: Any, theme: Any, ticks: Any, place: Any, viewer: Any, there: Any
    ) -> Any:
        """The runs of the lever where it stands."""
        trial_ = sent_trial(case, place, value, said_, theme, site.cases)
        search = write_place(trial_.case, trial_.place, trial_.value)
        if same(there, trial_):
            return *(no_update,) * 3, search, no_update, no_update
        result = shown(site, checked_text("viewer", viewer), trial_)
        if result is None:
            again = checked_count(ticks) + 1
            return no_update, no_update, "Computing …", search, no_update, again
        return *result, search, list(trial_), no_update


class Trial(NamedTuple):
    """What the controls of the page say: a lever of a case, what the reader has answered, the theme."""

    case: str
    place: int
    value: float
    answer: str | None
    theme: str


def sent_trial(case: Any, place: Any, value: Any, said_: Any, theme: Any, cases: Cases) -> Trial:
    """What a page has sent of its controls; raises ``InputError`` for what makes no sense."""
    if said_ is not None and (not isinstance(said_, str) or said_ not in ANSWERS):
        raise unknown("request: answer", said_, ANSWERS)
    query = {"case": checked_text("case", case), "lesson": str(place)}
    query["lever"] = str(checked_value("lever", value))
    return Trial(*read_place(query, cases), said_, checked_text("theme", theme))


def shown(site: Any, viewer: str, trial_: Trial) -> tuple[Any, Any, Any] | None:
    """Figure, words and status of a trial, none while they are computed."""
    case, place, value, said_, theme = trial_
    step, opens = STEPS[place - 1], site.cases.place(case)

    def work(report: Progress) -> tuple[Any, Any, Any]:
        report("runs with the lever and without", 0, 2)
        outcomes, about = both_sides(site.futures, opens, step, value)
        there = said_ is not None
        figure = plain(figure_of(outcomes, step, value, about, theme, answered=there))
        line = [line_of(value, answered=there), html.Br(), html.Small(source_line(about))]
        return figure, told(said_, outcomes, step, value), line

    key = ("lessons", trial_, site.cases.stamp(case))
    return answer_to(site.jobs, viewer, "lessons", key, work)


PAGE = Page("lessons", "/lessons", "Lessons", "The five lessons, one idea a step", layout, register)
