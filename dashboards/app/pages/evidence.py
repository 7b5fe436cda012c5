"""Evidence: how far to trust the model.  The validity card and the audits, computed on request; parameters; limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from detente.agents.parameters import Parameters
from detente.dashboards.app.controls import choice, graph, table
from detente.dashboards.app.controls import number as words
from detente.dashboards.app.jobs import Job, JobBook, Progress
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.theme import themed
from detente.experiments.audit import audit, audited_policies
from detente.experiments.outcomes import BY_NAME
from detente.experiments.single import NOT_A_FORECAST
from detente.model.catalogue import case_names, load_scenario
from detente.model.errors import unknown

CARD_RUNS, AUDIT_RUNS = 100, 100
"""Seeds of a card and of an audit made here; the command line takes more unless told otherwise."""

TICK = 700
"""Time between two looks at a computation [ms]."""

ALL_CASES = "all"
GRADES = {
    "measured": "a number in a source or in data",
    "sign": "the source gives the direction only",
    "judgement": "ours",
    "calibrated": "fitted on data set aside for it",
}

DOES_NOT = (
    "It does not forecast. It says what happens if its assumptions hold.",
    "It knows no one who is not in the case: no neighbours, economies, elections or publics beyond the dated context.",
    "It has no trend in the intensity of a war other than what its own events, seasons and posture cause.",
    "Sizes of most effects are judgement: the literature gives directions. The table below says which.",
    "A run that ends in collapse stops there, and its deaths with it: compare deaths a day and read the endings.",
    "It does not tell the levers apart from the leaders who would pull them: a lever is willingness, nothing more.",
    "It gives no advice on harming anyone: attacks are suffered and scored, never ordered.",
)


def card_work(case: str) -> Callable[[Progress], Any]:
    """Make the validity card of a case, or of all."""

    def work(report: Progress) -> Any:
        from detente.experiments.validity.card import validate

        cases = None if case == ALL_CASES else [case]
        return validate(
            cases, CARD_RUNS, progress=lambda done, total: report("patterns checked", done, total)
        )

    return work


def audit_work(case: str) -> Callable[[Progress], Any]:
    """Audit levers, mechanisms and stocks of a case, or of all."""

    def work(report: Progress) -> Any:
        pairs = audited_policies(None if case == ALL_CASES else case)
        return audit(pairs, AUDIT_RUNS, parameters=False, report=report)

    return work


WORK = {"card": card_work, "audit": audit_work}
TITLES = {
    "card": f"Validity card: published patterns, {CARD_RUNS} seeds",
    "audit": f"Audit: does every lever, mechanism and stock do its part? {AUDIT_RUNS} seeds",
}


def layout(site: Any, query: Query) -> html.Div:
    """The page."""
    del site
    case = query.get("case", ALL_CASES)
    for key in query:
        if key != "case":
            raise unknown("address", key, ("case",))
    if case not in (ALL_CASES, *case_names()):
        raise unknown("address: case", case, (ALL_CASES, *case_names()))
    cases = [(ALL_CASES, "all cases"), *((name, load_scenario(name).case.title) for name in case_names())]
    return html.Div(
        [
            html.H1("Evidence"),
            html.P(f"How far can one trust this? What it says is {NOT_A_FORECAST}.", className="lead"),
            html.H2("What the model does not do"),
            html.Ul([html.Li(line) for line in DOES_NOT], className="limits"),
            choice("evidence-case", "Case", cases, case),
            *(section(kind) for kind in WORK),
            html.H2("Parameters"),
            html.P([f"{sum(1 for _ in parameter_rows())} numbers, each with its grade: ", *grade_words()]),
            choice("evidence-grade", "Show", [("", "all grades"), *((g, g) for g in GRADES)], ""),
            html.Div(parameter_table(""), id="evidence-parameters"),
            dcc.Interval(id="evidence-tick", interval=TICK, disabled=True),
        ],
        className="page",
    )


def grade_words() -> list[Any]:
    """What the grades mean."""
    parts: list[Any] = []
    for grade, meaning in GRADES.items():
        parts += [html.Strong(grade), f" ({meaning}); " if grade != "calibrated" else f" ({meaning})."]
    return parts


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


def parameter_rows() -> Iterator[tuple[str, str, str, str, str, str, str]]:
    """Every parameter: name, value, range, unit, meaning, source, grade."""
    groups: Any = Parameters.model_fields
    for group, field in groups.items():
        for name, about in field.annotation.model_fields.items():
            extra = about.json_schema_extra
            low, high = bounds(about)
            yield (
                f"{group}.{name}", words(about.default), f"{words(low)} to {words(high)}", extra["unit"],
                about.description, extra["source"], extra["grade"],
            )  # fmt: skip


def bounds(about: Any) -> tuple[float, float]:
    """The ends of a parameter's range."""
    found = {key: getattr(m, key) for m in about.metadata for key in ("ge", "le") if hasattr(m, key)}
    return float(found["ge"]), float(found["le"])


def parameter_table(grade: str) -> Any:
    """The parameters of a grade, or all."""
    rows = [row for row in parameter_rows() if not grade or row[6] == grade]
    head = ["Parameter", "Value", "Range", "Unit", "Meaning", "Source", "Grade"]
    return table(head, rows, caption=f"{len(rows)} parameters", name="evidence-parameter-table")


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


def card_content(card: Any, theme: str) -> list[Any]:
    """The card as a figure and a table."""
    rows = [
        [
            html.Strong(r["key"]), r["title"], r["asked"], r["observed"],
            f"{words(r['median'])} [{words(r['low'])}, {words(r['high'])}]", f"{r['share']:.0%}",
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
    drawn = card.plot()
    place: Any = graph("evidence-card-figure", "The validity card as a figure", "card-figure")
    place.style = {"height": f"{drawn.layout.height + 30}px"}
    place.children.figure = themed(drawn.update_layout(width=None), theme)
    passed = sum(r.passed for r in card.results)
    line = f"{passed} of {len(card.results)} checks shown, {sum(r.counts for r in card.results)} count. Misses stay."
    return [
        html.P(line, className="lead"),
        html.Div(place, className="wide"),
        table(head, rows, name="evidence-card-table"),
    ]


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
    del site
    jobs = JobBook()

    @app.callback(Output("evidence-parameters", "children"), Input("evidence-grade", "value"))
    def grade_chosen(grade: str) -> Any:  # pyright: ignore[reportUnusedFunction]
        """The parameters of a grade."""
        return parameter_table(grade)

    @app.callback(
        *(Output(f"evidence-{kind}-state", "children") for kind in WORK),
        *(Output(f"evidence-{kind}", "children") for kind in WORK),
        Output("evidence-tick", "disabled"),
        Input("evidence-case", "value"),
        *(Input(f"evidence-{kind}-go", "n_clicks") for kind in WORK),
        Input("evidence-tick", "n_intervals"),
        Input("theme", "data"),
        *(State(f"evidence-{kind}-state", "children") for kind in WORK),
    )
    def computed(case: str, card: int, audit_: int, ticks: int, theme: str, *said: str) -> Any:  # pyright: ignore
        """Begin what was asked for, and show how far all is."""
        asked = {f"evidence-{kind}-go": kind for kind in WORK}.get(str(ctx.triggered_id))
        if asked:
            jobs.start(f"{asked} {case}", WORK[asked](case))
        found = {kind: jobs.find(f"{kind} {case}") for kind in WORK}
        states = [state_words(job) for job in found.values()]
        contents = [
            no_update
            if ctx.triggered_id == "evidence-tick" and state == before
            else content_of(kind, job, theme)
            for (kind, job), state, before in zip(found.items(), states, said, strict=True)
        ]
        return *states, *contents, all(job is None or job.over for job in found.values())


def content_of(kind: str, job: Job | None, theme: str) -> Any:
    """What a computation made, if it has."""
    return None if job is None or job.result is None else CONTENT[kind](job.result, theme)


PAGE = Page(
    "evidence", "/evidence", "Evidence", "Validity card, audits, parameters, limits", layout, register
)
