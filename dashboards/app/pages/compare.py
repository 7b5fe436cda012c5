"""Compare futures: policies side by side, one of them the viewer's own; moving a lever redraws the fan at once.

The first answer has 100 runs and the whole one 500: a callback draws the first and asks for the second.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dash import ALL as EACH
from dash import Dash, Input, Output, State, dcc, html, no_update

from detente.agents.codes import LEVER_TITLES, LEVERS
from detente.dashboards.app.address import FIRST_CASE, number
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.controls import choice, graph, keep_address, said, table
from detente.dashboards.app.controls import number as words
from detente.dashboards.app.fans import SupersededError
from detente.dashboards.app.futures import ALL, FIRST, FutureBook, Turn, named
from detente.dashboards.app.notices import warn
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.theme import themed
from detente.dashboards.figures.style import source_line
from detente.experiments.cases.check import opened_remarks
from detente.experiments.compare.policies import Comparison, usual_policies
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.replay import Recipe
from detente.model.catalogue import load_policy, policy_names
from detente.model.errors import InputError, unknown

OWN = "yours"
MOST = 3
"""Policies that may stand beside the viewer's own."""

VIOLENCE = {"deaths": ("deaths_per_day", "fatalities"), "provocations": ("attacks",)}
DIFFERENCES = (*("days_in_ceasefire", "final_trust", "issues_settled", "agreements", "settled", "collapsed"),)
"""Outcomes in the table of paired differences: first what violence is counted in, then these."""
UNITS = {"0 or 1": "share of runs", "1": "0 to 1"}
"""Units as the table says them, where an outcome's own would be read as something else."""


class Question(NamedTuple):
    """What the page shows: policies of a case as they are, and beside them one of them with levers set."""

    case: str
    policies: tuple[str, ...]
    base: str
    levers: Mapping[str, float]


def read_question(query: Query, cases: Cases) -> Question:
    """The question of an address; raises ``InputError`` for what makes no sense."""
    case = cases.checked(query.get("case", FIRST_CASE), "address")
    known, usual = policies_of(case, cases), usual_policies(cases.place(case))
    policies = tuple(p for p in query.get("policies", ",".join(usual[:2])).split(",") if p)
    base = query.get("base", usual[-1])
    levers = {
        key.removeprefix("lever."): number(key, v) for key, v in query.items() if key.startswith("lever.")
    }
    for key in query:
        if key not in ("case", "policies", "base") and not key.startswith("lever."):
            raise unknown("address", key, ("case", "policies", "base", *(f"lever.{n}" for n in LEVERS)))
    return checked(Question(case, policies, base, levers), known)


def policies_of(case: str, cases: Cases) -> list[str]:
    """Names of the policies of a case."""
    return policy_names(cases.scenario(cases.place(case)))


def checked(asked: Question, known: Sequence[str]) -> Question:
    """A question whose policies and levers exist."""
    if not 1 <= len(asked.policies) <= MOST or len(set(asked.policies)) < len(asked.policies):
        raise InputError(
            f"policies: got {', '.join(asked.policies) or 'none'}; expected one to {MOST} different ones"
        )
    for policy in (*asked.policies, asked.base):
        if policy not in known:
            raise unknown("policies", policy, known)
    for name, value in asked.levers.items():
        if name not in LEVERS:
            raise unknown("address: lever", name, LEVERS)
        if not 0 <= value <= 1:
            raise InputError(f"lever {name}: got {value:g}; expected a number from 0 to 1")
    return asked


def write_question(asked: Question) -> str:
    """The address of a question; levers as the policy has them are left out."""
    query = {"case": asked.case, "policies": ",".join(asked.policies), "base": asked.base}
    return "?" + urlencode(query | {f"lever.{n}": f"{v:g}" for n, v in asked.levers.items()})


def usual_levers(case: str, policy: str, cases: Cases) -> dict[str, float]:
    """Every lever as a policy sets it; 0 where it does not."""
    scenario = cases.scenario(cases.place(case))
    return dict.fromkeys(LEVERS, 0.0) | dict(load_policy(scenario, policy).levers)


def own_levers(usual: Mapping[str, float], values: Sequence[float | None]) -> dict[str, float]:
    """The sliders that were moved away from what the policy has."""
    return {
        n: float(v) for n, v in zip(LEVERS, values, strict=True) if v is not None and float(v) != usual[n]
    }


def recipes(asked: Question, cases: Cases) -> dict[str, Recipe]:
    """What is compared, by the name it has on the page."""
    place = cases.place(asked.case)
    made = {policy: Recipe(case=place, policy=policy) for policy in asked.policies}
    return made | {OWN: Recipe(case=place, policy=asked.base, levers=dict(asked.levers))}


def compared(book: FutureBook, cases: Cases, asked: Question, runs: int, turn: Turn) -> Comparison:
    """The comparison asked for, or at once that of all runs; raises ``SupersededError`` if the viewer has moved on.

    Where it has the first runs only, the others are begun.
    """
    starts = {name: recipe.open() for name, recipe in recipes(asked, cases).items()}
    runs = ALL if book.has(starts.values(), ALL) else runs
    made = {name: book.ensemble(start, runs, turn) for name, start in starts.items()}
    book.check(turn)
    others = {n: s for n, s in starts.items() if n != OWN or asked.levers or asked.base not in asked.policies}
    warn([cases.in_words(remark.text) for remark in opened_remarks(others)])
    if runs < ALL:
        book.go_on(starts.values(), turn)
    return Comparison(tuple(named(e, name) for name, e in made.items()))


def layout(site: Any, query: Query) -> html.Div:
    """The page."""
    asked = read_question(query, site.cases)
    levers = {**usual_levers(asked.case, asked.base, site.cases), **asked.levers}
    return html.Div(
        [
            dcc.Store(id="compare-viewer", data=uuid.uuid4().hex),
            dcc.Store(id="compare-asked"),
            dcc.Store(id="compare-search"),
            html.Div(
                controls(site.cases, asked, levers), className="side", role="form", **said("What to compare")
            ),
            html.Div(
                [
                    html.P(id="compare-status", className="status", role="status"),
                    html.Div(
                        graph("compare-figure", "Fans, outcomes and endings by policy"), className="wide"
                    ),
                    html.Div(id="compare-differences"),
                ],
                className="main-part",
            ),
        ],
        className="page split",
    )


def controls(cases: Cases, asked: Question, levers: Mapping[str, float]) -> list[Any]:
    """Case, policies, and the sliders of the viewer's own."""
    known = [(name, name) for name in policies_of(asked.case, cases)]
    return [
        html.H1("Compare futures"),
        html.P(f"Many runs of each policy with the same seeds: {NOT_A_FORECAST}.", className="lead"),
        choice("compare-case", "Case", cases.options(), asked.case),
        choice(
            "compare-policies", f"Policies as they are (up to {MOST}; the first is the baseline)", known,
            list(asked.policies), multi=True, clearable=True,
        ),
        choice("compare-base", "Yours: begin with", known, asked.base),
        html.Div("… and move the levers", className="control-label"),
        html.Div(sliders(levers), id="compare-levers"),
        html.Button("Levers as the policy has them", id="compare-reset", className="plain"),
    ]  # fmt: skip


def sliders(levers: Mapping[str, float]) -> list[Any]:
    """The levers' sliders, by pattern so that they can be set together."""
    return [
        html.Div(
            [
                html.Label(f"{LEVER_TITLES[name]} · lesson {LEVERS[name]}", className="control-label"),
                dcc.Slider(0, 1, 0.05, value=levers[name], marks=None, id={"compare-lever": name}),
            ],
            className="control",
        )
        for name in LEVERS
    ]


def status(asked: Question, runs: int) -> str:
    """What is shown, in a line."""
    set_ = ", ".join(f"{LEVER_TITLES[n]} {v:g}" for n, v in asked.levers.items())
    more = "" if runs == ALL else f"; {ALL} are on their way"
    return f"{runs} runs of each policy{more}. Yours: {asked.base}" + (
        f" with {set_}." if set_ else " as it is."
    )


def differences(made: Comparison) -> Any:
    """Paired differences from the first policy, with their 95 % intervals."""
    found = made.differences()
    others = made.policies[1:]
    rows: list[list[Any]] = []
    for name in (*VIOLENCE[violence_counted(made.ensembles[0].start)], *DIFFERENCES):
        cells = [difference(found.loc[(name, policy)]) for policy in others]
        unit = BY_NAME[name].unit
        rows.append([name.replace("_", " "), UNITS.get(unit, unit), *cells])
    caption = f"Difference from {made.policies[0]}, paired by seed: mean [95 % interval]"
    reasons = [html.P(f"Nothing was agreed under {p}: {why}.") for p, why in made.nothing_agreed().items()]
    made_from = html.P(source_line(made.ensembles[0].about), className="hint")
    differing = table(["Outcome", "Unit", *others], rows, caption=caption, name="compare-table")
    return [made_from, differing, *reasons]


def difference(row: Any) -> Any:
    """One difference; in bold if its interval leaves out nought."""
    if not row["pairs"]:
        return "–"
    text = f"{words(row['mean'])} [{words(row['low95'])}, {words(row['high95'])}]"
    return html.Strong(text) if row["low95"] > 0 or row["high95"] < 0 else text


def figure_of(made: Comparison, theme: str | None) -> Any:
    """The figure of a comparison, to fill its place on the page."""
    drawn = made.plot()
    words_ = str(drawn.layout.title.subtitle.text).partition(" · seeds")[
        0
    ]  # the rest stands below the figure
    drawn.update_layout(height=None, autosize=True, title_subtitle_text=words_, title_font_size=19)
    return themed(drawn, theme)


def register(app: Dash, site: Any) -> None:
    """Callbacks."""
    book = FutureBook()
    keep_address(app, "compare-search")
    follow_case(app, site.cases)
    follow_base(app, site.cases)
    answer_first(app, book, site.cases)
    answer_whole(app, book, site.cases)


def follow_case(app: Dash, cases: Cases) -> None:
    """Another case has other policies."""

    @app.callback(
        Output("compare-policies", "options"),
        Output("compare-base", "options"),
        Output("compare-policies", "value"),
        Output("compare-base", "value"),
        Input("compare-case", "value"),
        prevent_initial_call=True,
    )
    def case_chosen(case: str) -> tuple[Any, ...]:  # pyright: ignore[reportUnusedFunction]
        """The policies of another case."""
        known = [{"value": name, "label": name} for name in policies_of(case, cases)]
        usual = usual_policies(cases.place(case))
        return known, known, list(usual[:2]), usual[-1]


def follow_base(app: Dash, cases: Cases) -> None:
    """Another policy to begin with, or a wish to begin anew, sets the levers."""

    @app.callback(
        Output({"compare-lever": EACH}, "value"),
        Input("compare-base", "value"),
        Input("compare-reset", "n_clicks"),
        State("compare-case", "value"),
        prevent_initial_call=True,
    )
    def base_chosen(base: str, clicks: int | None, case: str) -> list[float]:  # pyright: ignore
        """The levers as the policy begun with has them."""
        return list(usual_levers(case, base, cases).values())


def answer_first(app: Dash, book: FutureBook, cases: Cases) -> None:
    """What was set is answered with the first runs."""

    @app.callback(
        Output("compare-figure", "figure"),
        Output("compare-differences", "children"),
        Output("compare-status", "children"),
        Output("compare-asked", "data"),
        Output("compare-search", "data"),
        Input("compare-policies", "value"),
        Input("compare-base", "value"),
        Input({"compare-lever": EACH}, "value"),
        Input("theme", "data"),
        State("compare-case", "value"),
        State("compare-viewer", "data"),
    )
    def first_answer(  # pyright: ignore[reportUnusedFunction]
        policies: list[str], base: str, levers: list[float], theme: str, case: str, viewer: str
    ) -> Any:
        """The first runs, and what is asked of the rest."""
        moved = own_levers(usual_levers(case, base, cases), levers)
        asked = checked(Question(case, tuple(policies or ()), base, moved), policies_of(case, cases))
        try:
            made = compared(book, cases, asked, FIRST, book.turn(viewer, (asked, theme)))
        except SupersededError:
            return (no_update,) * 5
        rest = None if len(made.seeds) == ALL else list(asked)
        return *shown(made, asked, theme), rest, write_question(asked)


def answer_whole(app: Dash, book: FutureBook, cases: Cases) -> None:
    """The first answer is followed by that of all runs."""

    @app.callback(
        Output("compare-figure", "figure", allow_duplicate=True),
        Output("compare-differences", "children", allow_duplicate=True),
        Output("compare-status", "children", allow_duplicate=True),
        Input("compare-asked", "data"),
        State("theme", "data"),
        State("compare-viewer", "data"),
        prevent_initial_call=True,
    )
    def whole_answer(asked: list[Any] | None, theme: str, viewer: str) -> Any:  # pyright: ignore
        """All runs, unless something else has been asked meanwhile."""
        if asked is None:
            return (no_update,) * 3
        question = Question(asked[0], tuple(asked[1]), asked[2], asked[3])
        try:
            made = compared(book, cases, question, ALL, book.standing(viewer, (question, theme)))
        except SupersededError:
            return (no_update,) * 3
        return shown(made, question, theme)


def shown(made: Comparison, asked: Question, theme: str) -> tuple[Any, Any, str]:
    """What the page shows of a comparison: figure, differences, and a line that says what it is."""
    return figure_of(made, theme), differences(made), status(asked, len(made.seeds))


PAGE = Page(
    "compare", "/compare", "Compare futures", "Policies side by side, and yours beside them", layout, register
)
