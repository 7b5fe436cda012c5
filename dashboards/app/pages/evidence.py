"""Evidence: how far to trust the model.  The validity card and the audits, computed on request; parameters; limits."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from detente.dashboards.app.background_jobs import BusyError, Job
from detente.dashboards.app.benchmark_section import benchmark_drawn, benchmark_section
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.checks import (
    ALL_CASES,
    AUDIT_RUNS,
    CARD_RUNS,
    WORK,
    checked_patterns,
    key_of_job,
    nothing_to_check,
)
from detente.dashboards.app.controls import choice, graph, keep_address, table
from detente.dashboards.app.controls import number as words
from detente.dashboards.app.facts_told import facts_of_case
from detente.dashboards.app.graded import GRADES, OWN, grade_words, graded, how_many, parameter_table
from detente.dashboards.app.opened_cases import parts_of
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.sent import checked_text
from detente.dashboards.app.shipped_cards import read_out, shipped_card
from detente.dashboards.app.theme import themed
from detente.dashboards.figures.card_narrow import narrow_card
from detente.dashboards.figures.style import percent
from detente.experiments.io.bibliography import UNSOURCED, references
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.model.errors import unknown
from detente.model.scenario import Scenario

TICK = 500
"""Time between two looks at a computation [ms]."""

DOES_NOT = (
    "It does not forecast. It says what happens if its assumptions hold.",
    "It knows no one who is not in the case: no neighbours, economies, elections or publics beyond the dated context.",
    "It has no trend in the intensity of a war other than what its own events, seasons and posture cause.",
    "Sizes of most effects are judgement: the literature gives directions. The table below says which.",
    "A run that ends in collapse stops there, and its deaths with it: compare deaths a day and read the endings.",
    "It does not tell the levers apart from the leaders who would pull them: a lever is willingness, nothing more.",
    "It gives no advice on harming anyone: attacks are suffered and scored, never ordered.",
)

TITLES = {
    "card": f"Validity card: published patterns, {CARD_RUNS} seeds",
    "audit": f"Audit: does every lever, mechanism and stock do its part? {AUDIT_RUNS} seeds",
}


def checked_case(case: object, cases: Cases) -> str:
    """A case that is served, or all; raises ``InputError`` for any other."""
    if parts_of(case):
        return cases.checked(case, "address")
    if case not in (ALL_CASES, *cases.names):
        raise unknown("address: case", case, (ALL_CASES, *cases.names))
    return str(case)


def layout(site: Any, query: Query) -> html.Div:
    """The page."""
    for key in query:
        if key != "case":
            raise unknown("address", key, ("case",))
    case = checked_case(query.get("case", ALL_CASES), site.cases)
    options = [(ALL_CASES, "all cases"), *site.cases.options(case)]
    shown = [("", "all grades"), *((g, g) for g in GRADES), (OWN, "set by the case for itself")]
    return html.Div(
        [
            html.H1("Evidence"),
            html.P(f"How far can one trust this? What it says is {NOT_A_FORECAST}.", className="lead"),
            html.H2("What the model does not do"),
            html.Ul([html.Li(line) for line in DOES_NOT], className="limits"),
            choice("evidence-case", "Case", options, case),
            *(section(kind) for kind in WORK),
            benchmark_section(),
            html.H2("Parameters"),
            html.P([f"{how_many()}, each with its grade: ", *grade_words()]),
            html.P(
                f"A source is the key of a reference below the table, or the word {UNSOURCED}.",
                className="hint",
            ),
            choice("evidence-grade", "Show", shown, ""),
            html.Div(parameter_table("", scenario_of(case, site.cases)), id="evidence-parameters"),
            html.Div(facts_asked(case, site.cases), id="evidence-facts"),
            html.H2("References"),
            dcc.Markdown(reference_list(), id="evidence-references"),
            dcc.Interval(id="evidence-tick", interval=TICK, disabled=True),
            dcc.Store(id="evidence-search"),
            dcc.Store(id="evidence-viewer", data=uuid.uuid4().hex),
            dcc.Store(id="evidence-asked", data=[]),
        ],
        className="page evidence",
    )


def reference_list() -> str:
    """What the parameters are taken from, a line a reference, in Markdown."""
    cited = {p.declared.source for p in graded()}
    lines = [f"- **{key}** {r.reference} — {r.taken}" for key, r in references().items() if key in cited]
    head = "*verify*: cited from memory of the field, not yet checked against the publication."
    return "\n".join([head, "", *lines])


def scenario_of(case: str, cases: Cases) -> Scenario | None:
    """The case chosen; none where it is all of them."""
    return None if case == ALL_CASES else cases.scenario(cases.place(case))


def facts_asked(case: str, cases: Cases) -> list[Any]:
    """What is not known of the case chosen; where it is all of them, that one has to be chosen."""
    scenario = scenario_of(case, cases)
    if scenario is not None:
        return facts_of_case(scenario, "evidence")
    words = "Numbers of a case that nobody knows are drawn anew for each seed. Choose a case above to see its own."
    return [html.H2("What is not known"), html.P(words)]


def section(kind: str) -> html.Section:
    """A computation: its button, how far it is, and what it made."""
    return html.Section(
        [
            html.H2(TITLES[kind]),
            html.Div(
                [
                    html.Button("Compute it now", id=f"evidence-{kind}-go", className="primary"),
                    html.Span(id=f"evidence-{kind}-state", role="status"),
                ],
                className="row",
            ),
            html.Div(id=f"evidence-{kind}"),
        ]
    )


def state_words(job: Job | None) -> str:
    """How far a computation is."""
    if job is None:
        return "Not computed yet: it takes a minute or more, in the background."
    if job.fault:
        return f"Not computed: {job.fault}"
    if job.result is not None:
        return "Computed on this machine, with this version."
    share = f": {job.done} of {job.total}" if job.total else ""
    return f"Computing, {job.what}{share} …"


def no_patterns(case: str, cases: Cases) -> html.Div:
    """What stands in the place of a validity card that cannot be: what is missing, and what can be had instead."""
    titles = dict(cases.options(case))
    known = " and ".join(titles[name] for name in checked_patterns())
    return html.Div(
        [
            html.P(html.Strong(f"No published pattern is declared for {titles[case]}.")),
            html.P(
                f"Patterns are checked for shipped cases only: {known}. Choose one of them above to see how the "
                "same rules fare where they can be checked. The audit and the parameters below are this case's own."
            ),
        ],
        className="empty-state",
    )


def card_content(card: Any, theme: str) -> list[Any]:
    """The card as a figure and a table."""
    rows = [
        [
            html.Strong(r["key"]), r["title"], r["asked"], read_out(r["observed"]),
            f"{words(r['median'])} [{words(r['low'])}, {words(r['high'])}]", percent(r["share"]),
            r["mark"], r["verdict"], r["why"],
        ]
        for r in card.table().to_dict("records")
    ]  # fmt: skip
    head = [
        "Check",
        "Pattern",
        "Asked",
        "Observed",
        "Model, median [95 %]",
        "Holds",
        "Mark",
        "Verdict",
        "If missed, why",
    ]
    drawn = card.plot().update_layout(width=None)
    passed = sum(r.passed for r in card.results)
    line = f"{passed} of {len(card.results)} checks shown, {sum(r.counts for r in card.results)} count. Misses stay."
    return [
        html.P(line, className="lead", id="evidence-card-line"),
        html.Div(card_place("evidence-card-figure", "card-figure", drawn, theme), className="wide wide-only"),
        card_place("evidence-card-narrow", "narrow-only", narrow_card(drawn), theme),
        table(head, rows, name="evidence-card-table"),
    ]


def card_place(name: str, style: str, drawn: Any, theme: str) -> html.Div:
    """The figure of a card; one of its two layouts is shown, as the window is wide or narrow."""
    place: Any = graph(
        name,
        "The validity card as a figure",
        style,
        numbers="evidence-card-table",
        words="evidence-card-line",
    )
    place.style = {"height": f"{drawn.layout.height + 30}px"}
    place.children.figure = themed(drawn, theme)
    return place


def audit_content(made: Any, theme: str) -> list[Any]:
    """The audit as a list of failures and a table."""
    del theme
    failures = made.failures()
    found = made.table().to_dict("records")
    rows = [
        [r["kind"], r["case"], r["name"].replace("_", " "), words(r["figure"]), of_words(r["of"]),
         "passed" if r["passed"] else html.Strong("not here")]
        for r in found
    ]  # fmt: skip
    said = (
        [html.P("Everything passes in some case.")]
        if not failures
        else [html.Ul([html.Li(f) for f in failures])]
    )
    head = ["What", "Case", "Name", "Figure", "Of", "Here"]
    return [*said, table(head, rows, caption="A check must pass in some case", name="evidence-audit-table")]


def of_words(of: str) -> str:
    """What an audit's figure is of, in words."""
    return f"seed spreads of: {BY_NAME[of].meaning}" if of in BY_NAME else of


CONTENT = {"card": card_content, "audit": audit_content}


def register(app: Dash, site: Any) -> None:
    """Callbacks."""
    keep_address(app, "evidence-search")
    follow_grade(app, site)
    answer(app, site)
    draw_benchmark(app)


def follow_grade(app: Dash, site: Any) -> None:
    """The parameters of a grade, and of a case."""

    @app.callback(
        Output("evidence-parameters", "children"),
        Output("evidence-facts", "children"),
        Output("evidence-search", "data"),
        Input("evidence-grade", "value"),
        Input("evidence-case", "value"),
        prevent_initial_call=True,
    )
    def parameters_chosen(shown: Any, case: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """The parameters of a grade, and of a case."""
        case, shown = checked_case(case, site.cases), checked_text("grade", shown)
        rows = parameter_table(shown, scenario_of(case, site.cases))
        return rows, facts_asked(case, site.cases), "?" + urlencode({"case": case})


def draw_benchmark(app: Dash) -> None:
    """The figure of the benchmark, dressed for the theme."""

    @app.callback(Output("evidence-benchmark-figure", "figure"), Input("theme", "data"))
    def drawn(theme: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """The figure of the benchmark."""
        return benchmark_drawn(checked_text("theme", theme))


def answer(app: Dash, site: Any) -> None:
    """What was asked for is computed for as long as the page asks how far it is."""

    @app.callback(
        *(Output(f"evidence-{kind}-state", "children") for kind in WORK),
        *(Output(f"evidence-{kind}", "children") for kind in WORK),
        *(Output(f"evidence-{kind}-go", "hidden") for kind in WORK),
        Output("evidence-tick", "disabled"),
        Output("evidence-asked", "data"),
        Input("evidence-case", "value"),
        *(Input(f"evidence-{kind}-go", "n_clicks") for kind in WORK),
        Input("evidence-tick", "n_intervals"),
        Input("theme", "data"),
        State("evidence-viewer", "data"),
        State("evidence-asked", "data"),
        *(State(f"evidence-{kind}-state", "children") for kind in WORK),
    )
    def computed(  # pyright: ignore[reportUnusedFunction]
        case: Any, card: Any, audit_: Any, ticks: Any, theme: Any, viewer: Any, asked: Any, *said: Any
    ) -> Any:
        """Begin what was asked for, and show how far all is."""
        case = checked_case(case, site.cases)
        none = {kind: nothing_to_check(kind, case) for kind in WORK}
        wanted = kinds_asked(asked, case, {kind for kind in WORK if not none[kind]})
        jobs = {kind: job_of(site, viewer, kind, case, asks=kind in wanted) for kind in WORK}
        states = ["" if none[kind] else site.cases.in_words(state_words(job)) for kind, job in jobs.items()]
        contents = [
            no_update
            if ctx.triggered_id == "evidence-tick" and state == before
            else no_patterns(case, site.cases)
            if none[kind]
            else content_of(kind, job, theme) or before_computing(kind, case, site.cases)
            for (kind, job), state, before in zip(jobs.items(), states, said, strict=True)
        ]
        going = [kind for kind, job in jobs.items() if not (job.over if job else kind not in wanted)]
        asked = [[kind, case] for kind in going if kind in wanted]
        return *states, *contents, *none.values(), not going, asked


def kinds_asked(asked: Any, case: str, known: set[str]) -> list[str]:
    """The computations that the page waits for: those asked for before, and that whose button was pressed."""
    before = [kind for kind in known if isinstance(asked, list) and [kind, case] in asked]
    pressed = str(ctx.triggered_id).removeprefix("evidence-").removesuffix("-go")
    return sorted({*before, *({pressed} & known)})


def job_of(site: Any, viewer: Any, kind: str, case: str, *, asks: bool) -> Job | None:
    """A computation, asked for where the page waits for it; that of others is shown, but not kept going."""
    key = key_of_job(kind, case, site.cases)
    if not asks:
        return site.jobs.find(key)
    try:
        return site.jobs.ask(
            checked_text("viewer", viewer), kind, key, WORK[kind](site.cases, case), lane="check"
        )
    except BusyError:
        return None


def before_computing(kind: str, case: str, cases: Cases) -> Any:
    """What stands there until something is computed: of a card, the one that was shipped."""
    return shipped_card(case, dict(cases.options())) if kind == "card" else None


def content_of(kind: str, job: Job | None, theme: str) -> Any:
    """What a computation made, if it has."""
    return None if job is None or job.result is None else CONTENT[kind](job.result, theme)


PAGE = Page(
    "evidence", "/evidence", "Evidence", "Validity card, audits, parameters, limits", layout, register
)
