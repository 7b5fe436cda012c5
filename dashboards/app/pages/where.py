"""Where else?  The five lessons in every case: the result that was shipped, or one computed here for chosen cases.

A comparison runs in the background for as long as a page asks for it.  What was shown before stays until it is there.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from detente.dashboards.app.background_jobs import AnswerFaultError, BusyError, Job, settled
from detente.dashboards.app.controls import ask_again, choice, graph, keep_address, said, spaced, table
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.sent import checked_count, checked_text, checked_texts, same
from detente.dashboards.app.theme import themed
from detente.dashboards.app.where_question import (
    DRAWS,
    RUNS,
    SUBJECT,
    USUAL_DRAWS,
    USUAL_RUNS,
    Asked,
    Drawn,
    address_of,
    checked_asked,
    checked_lesson,
    estimate_words,
    key_of,
    offered,
    read_asked,
    sent_asked,
    stored,
    usual,
    work_of,
)
from detente.experiments.compare.where_conditions import CONDITIONS
from detente.experiments.compare.where_tables import HEADS, WhereTables, effect_rows
from detente.experiments.compare.where_yardsticks import EFFECTS, TOGETHER
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.model.errors import InputError

HOW_TO_READ = (
    "An effect is the mean difference between runs with the lesson raised and runs without any, under the same seeds.",
    "Luck is the 95 % interval of that mean, with every number as it is declared.",
    "Luck and what is not known is the middle 95 % over draws of parameters and of facts that are priors.",
    "The sign is firm where luck does not explain it and it holds in 80 % of draws.",
)


def layout(site: Any, query: Query) -> html.Div:
    """The page."""
    asked = read_asked(query, site.cases)
    lesson = checked_lesson(query.get("lesson", TOGETHER))
    return html.Div(
        [
            dcc.Store(id="where-viewer", data=uuid.uuid4().hex),
            dcc.Store(id="where-asked", data=asked.to_json() if asked else None),
            dcc.Store(id="where-shown"),
            dcc.Store(id="where-search"),
            ask_again("where"),
            html.Div(
                controls(site, asked), className="side", role="form", **said("Cases and number of runs")
            ),
            html.Div(results(lesson), className="main-part", id="where-main"),
        ],
        className="page split",
    )


def controls(site: Any, asked: Asked | None) -> list[Any]:
    """Cases, seeds and draws, and what begins and ends a comparison."""
    chosen = asked or Asked(usual(site.cases), USUAL_RUNS, USUAL_DRAWS)
    return [
        html.H1("Where else?"),
        html.P(
            "The essay's five lessons in every case: where they help, and where they hurt. This is "
            f"{NOT_A_FORECAST}.",
            className="lead",
        ),
        html.H2("Compare anew"),
        html.Details(
            [html.Summary("Choose the cases"), case_boxes(site, chosen)],
            open=asked is not None,
            id="where-choose",
        ),
        choice("where-runs", "Seeds of each case", [(n, str(n)) for n in RUNS], chosen.runs),
        choice("where-draws", "Draws of what is not known", [(n, str(n)) for n in DRAWS], chosen.draws),
        html.P(
            estimate_words(chosen.cases, chosen.runs, chosen.draws, site.cases),
            id="where-estimate",
            className="hint",
        ),
        html.Div(
            [
                html.Button("Compute it now", id="where-go", className="primary"),
                html.Button("Stop", id="where-stop", hidden=True),
                html.Button("Show the shipped result", id="where-back", className="plain", hidden=True),
            ],
            className="row",
        ),
    ]


def case_boxes(site: Any, chosen: Asked) -> html.Fieldset:
    """A box for each case that has the five lessons."""
    boxes = [{"value": name, "label": title} for name, title in offered(site.cases)]
    return html.Fieldset(
        [
            html.Legend("Cases", className="control-label"),
            dcc.Checklist(boxes, list(chosen.cases), id="where-cases", className="answers"),
            html.Button("All or none", id="where-all", className="plain"),
        ],
        className="where-cases",
    )


def results(lesson: str) -> list[Any]:
    """The places of status, answer and table."""
    lessons = [(name, lesson_words(name)) for name in (TOGETHER, *(e for e in EFFECTS if e != TOGETHER))]
    return [
        html.P(id="where-status", className="status", role="status"),
        html.Div(html.Progress(id="where-progress", value="0", max="1"), id="where-bar", hidden=True),
        html.Div(id="where-content", className="main-part"),
        html.H2("Every effect"),
        html.Ul([html.Li(line) for line in HOW_TO_READ], className="limits hint"),
        choice("where-lesson", "Show", lessons, lesson),
        html.Div(id="where-table"),
    ]


def lesson_words(name: str) -> str:
    """A lesson as the page names it."""
    return "all five together" if name == TOGETHER else f"{name.replace('-', ' ')}, alone"


# -- what is shown


def content(site: Any, found: Drawn, theme: str) -> list[Any]:
    """The answer, a sentence a case, and the figure."""
    made = found.made
    summary = f"Where the five lessons help and hurt. {made.answer[0]} The table below holds every number."
    return [
        html.Div(
            [html.P(condition_words(line)) for line in made.answer], className="told", id="where-answer"
        ),
        html.H2("Case by case"),
        html.Ul(
            [case_line(site, made, case) for case in made.short], className="where-lines", id="where-lines"
        ),
        html.Div(
            figure_place("where-figure", "card-figure", found.wide, theme, summary),
            className="wide wide-only",
            tabIndex="0",
            role="region",
            **said("Figure"),
        ),
        figure_place("where-narrow", "narrow-only", found.narrow, theme, summary),
    ]


MEANINGS = {c.name: c.meaning.partition(":")[0].partition(";")[0] for c in CONDITIONS}
CONDITION = re.compile(rf"^Where ({'|'.join(MEANINGS)}) is higher")


def condition_words(line: str) -> str:
    """A line of the answer in which a condition of a conflict stands with what it is."""
    return CONDITION.sub(lambda found: f"Where {found[1]} ({MEANINGS[found[1]]}) {be(found[1])} higher", line)


def be(noun: str) -> str:
    """The verb of a noun, one or many."""
    return "are" if noun.endswith("s") else "is"


def figure_place(name: str, style: str, figure: Any, theme: str, summary: str) -> html.Div:
    """A figure at its own height; one of the two layouts is shown, as the window is wide or narrow."""
    place: Any = graph(name, summary, style, numbers="where-table")
    place.style = {"height": f"{figure.layout.height + 30}px"}
    place.children.figure = themed(figure, theme)
    return place


def case_line(site: Any, made: WhereTables, case: str) -> html.Li:
    """What the lessons do in a case: in short, with all numbers below, and where to look closer."""
    parts: list[Any] = [
        html.Strong(f"{made.about['titles'][case]}: "),
        f"all five together {made.short[case]}. ",
    ]
    if case in site.cases.names:
        link = "/compare?" + urlencode({"case": case, "policies": "status-quo", "base": "five-lessons"})
        parts.append(html.A("Compare futures", href=link, **said(f"Compare futures in {case}")))
    numbers = html.Details([html.Summary("Numbers"), html.P(made.sentences[case])])
    return html.Li([*parts, numbers])


def source_words(asked: Asked | None, made: WhereTables) -> str:
    """What is shown was made from what."""
    about = made.about
    drawn = f", {about['draws_done']} draws of {about['seeds_in_draw']} seeds" if about["draws_done"] else ""
    drawn += f" ({about['drawn_words']})" if drawn else ""
    n = len(about["titles"])
    made_of = (
        f"{n} case{'s' if n > 1 else ''}, {about['n_seeds']} seeds{drawn}, theory of readiness: {about['theory']}, "
        f"Détente {about['version']}."
    )
    if asked is not None:
        return f"Computed on this machine: {made_of}"
    return f"The shipped result: {made_of}{of_other_rules(about)}"


def of_other_rules(about: Mapping[str, Any]) -> str:
    """A remark where the rules have changed since a result was made."""
    from detente.model.kernel import rules_digest

    if about["rules_digest"] == rules_digest():
        return ""
    return " The rules have changed a little since; compute it now for those of today."


def effects_table(made: WhereTables, lesson: str) -> html.Div:
    """The numbers behind the figure."""
    caption = f"Effects of {lesson_words(lesson)}, against none of the five"
    heads = [head[0].upper() + head[1:] for head in HEADS]
    rows = [[spaced(cell) for cell in row] for row in effect_rows(made.effects, lesson)]
    return table(heads, rows, caption=caption, name="where-effects")


def result_of(site: Any, asked: Asked | None) -> Drawn | None:
    """The result that a question has, none where it is forgotten."""
    if asked is None:
        return stored()
    job = site.jobs.find(key_of(asked, site.cases))
    return None if job is None else job.result


# -- callbacks


def register(app: Dash, site: Any) -> None:
    """Callbacks."""
    keep_address(app, "where-search")
    estimate(app, site)
    answer(app, site)
    follow_lesson(app, site)
    all_or_none(app)


def all_or_none(app: Dash) -> None:
    """A press chooses all cases; where all are chosen, none."""
    app.clientside_callback(
        "(n, options, chosen) => chosen.length < options.length ? options.map(o => o.value) : []",
        Output("where-cases", "value"),
        Input("where-all", "n_clicks"),
        State("where-cases", "options"),
        State("where-cases", "value"),
        prevent_initial_call=True,
    )


def estimate(app: Dash, site: Any) -> None:
    """How long what is chosen takes."""

    @app.callback(
        Output("where-estimate", "children"),
        Output("where-go", "disabled"),
        Input("where-cases", "value"),
        Input("where-runs", "value"),
        Input("where-draws", "value"),
        prevent_initial_call=True,
    )
    def chosen(cases: Any, runs: Any, draws: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """How long what is chosen takes; without a case nothing can be computed."""
        names = checked_texts("cases", cases)
        return estimate_words(names, runs, draws, site.cases), not names


def answer(app: Dash, site: Any) -> None:
    """What was asked for is computed for as long as the page asks; until then what was there stays."""

    @app.callback(
        Output("where-content", "children"),
        Output("where-status", "children"),
        Output("where-progress", "value"),
        Output("where-bar", "hidden"),
        Output("where-stop", "hidden"),
        Output("where-back", "hidden"),
        Output("where-asked", "data"),
        Output("where-shown", "data"),
        Output("where-tick", "max_intervals"),
        Input("where-go", "n_clicks"),
        Input("where-stop", "n_clicks"),
        Input("where-back", "n_clicks"),
        Input("where-tick", "n_intervals"),
        Input("theme", "data"),
        State("where-cases", "value"),
        State("where-runs", "value"),
        State("where-draws", "value"),
        State("where-viewer", "data"),
        State("where-asked", "data"),
        State("where-shown", "data"),
    )
    def answered(  # pyright: ignore[reportUnusedFunction]
        go: Any, stop: Any, back: Any, ticks: Any, theme: Any,
        cases: Any, runs: Any, draws: Any, viewer: Any, asked: Any, shown: Any,
    ) -> Any:  # fmt: skip
        """What there is to show by now, and whether to ask again."""
        theme, viewer = checked_text("theme", theme), checked_text("viewer", viewer)
        before = question_shown(shown, site)
        wanted = sent_asked(asked, site.cases)
        if ctx.triggered_id == "where-go":
            wanted = checked_asked(checked_texts("cases", cases), runs, draws, site.cases)
        elif ctx.triggered_id == "where-stop":
            return view(site, before, theme, shown, "Stopped. ")
        elif ctx.triggered_id == "where-back":
            wanted = None
        if wanted is None:
            return view(site, None, theme, shown)
        return progress_of(site, viewer, wanted, before, theme, shown, checked_count(ticks) + 1)


def question_shown(shown: Any, site: Any) -> Asked | None:
    """The question whose answer the page shows."""
    held = shown[0] if isinstance(shown, list) and len(shown) == 2 else None
    return sent_asked(held, site.cases)


def progress_of(
    site: Any, viewer: str, wanted: Asked, before: Asked | None, theme: str, shown: Any, again: int
) -> tuple[Any, ...]:
    """The answer if it is there; else how far it is, above what was shown before."""
    try:
        job = job_of(site, viewer, wanted)
    except (InputError, AnswerFaultError) as fault:
        return view(site, before, theme, shown, f"Not computed: {site.cases.in_words(str(fault))}. ")
    if job is not None and job.over:
        return view(site, wanted, theme, shown)
    place, _, _, _, _, back, _, now, _ = view(site, before, theme, shown)
    share = f"{job.done / job.total:.3f}" if job is not None and job.total else "0"
    kept = wanted.to_json() if ctx.triggered_id == "where-go" else no_update
    return place, progress_words(job), share, False, False, back, kept, now, again


def job_of(site: Any, viewer: str, asked: Asked) -> Job | None:
    """The computation of a question, asked for once more; none while too many wait.

    Raises ``InputError`` or ``AnswerFaultError`` if it cannot be computed.
    """
    key = key_of(asked, site.cases)
    try:
        job = site.jobs.ask(viewer, SUBJECT, key, work_of(asked, site.cases), lane="check")
    except BusyError:
        return None
    if settled(job):
        job.answer()
    return job


def progress_words(job: Job | None) -> str:
    """How far a comparison is."""
    if job is None or not job.total:
        return f"Computing: {job.what if job else 'waiting for its turn'}. Until then you see what was there."
    return f"Computing: {job.done} of {job.total} parts, {job.what}. Until then you see what was there."


def view(site: Any, asked: Asked | None, theme: str, shown: Any, before: str = "") -> tuple[Any, ...]:
    """What the page shows of the answer to a question, and no more to ask for."""
    found = result_of(site, asked)
    if found is None:
        asked, found = None, stored()
    kept = asked.to_json() if asked else None
    now = [kept, theme]
    there = same(shown, now)
    place = no_update if there else content(site, found, theme)
    status = before + source_words(asked, found.made)
    return place, status, "0", True, True, asked is None, kept, no_update if there else now, no_update


def follow_lesson(app: Dash, site: Any) -> None:
    """The table of a lesson, and the address of what is shown or asked for."""

    @app.callback(
        Output("where-table", "children"),
        Input("where-lesson", "value"),
        Input("where-shown", "data"),
        prevent_initial_call=True,
    )
    def lesson_chosen(lesson: Any, shown: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """The numbers behind what is shown."""
        lesson, found = checked_lesson(lesson), result_of(site, question_shown(shown, site))
        return no_update if found is None else effects_table(found.made, lesson)

    @app.callback(
        Output("where-search", "data"),
        Input("where-asked", "data"),
        Input("where-lesson", "value"),
        prevent_initial_call=True,
    )
    def address(asked: Any, lesson: Any) -> str:  # pyright: ignore[reportUnusedFunction]
        """The address of what is shown or asked for."""
        return "?" + urlencode(address_of(sent_asked(asked, site.cases), checked_lesson(lesson)))


PAGE = Page(
    "where", "/where", "Where else?", "The five lessons in every case: where they help and hurt", layout, register
)  # fmt: skip
