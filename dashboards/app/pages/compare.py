"""Compare futures: policies side by side, one of them the viewer's own; moving a lever redraws the fan at once.

The first answer has 100 runs and the whole one 500.  Both are computed off the threads that answer requests: the page
asks again until it has the whole one.
"""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dash import ALL as EACH
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from detente.agents.codes import LEVER_TITLES, LEVERS
from detente.dashboards.app.address import FIRST_CASE, live_link, number, pack, unpack
from detente.dashboards.app.background_jobs import Lane, Progress, Work, answer_to
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.controls import ask_again, choice, graph, keep_address, said, table
from detente.dashboards.app.futures import ALL, FIRST, FutureBook, named
from detente.dashboards.app.mail import comparison_page
from detente.dashboards.app.mail import table as plain_table
from detente.dashboards.app.notices import report_fault, warn
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.plain_words import day_in_words, remark_words
from detente.dashboards.app.record import move_words
from detente.dashboards.app.sent import (
    checked_count,
    checked_text,
    checked_texts,
    checked_values,
    plain,
    same,
)
from detente.dashboards.app.shell import query_of
from detente.dashboards.app.theme import themed
from detente.dashboards.app.verdicts import LUCK_ALONE, Told, capital, difference_words, with_interval
from detente.dashboards.app.verdicts import VIOLENCE as VIOLENCE_TOLD
from detente.dashboards.figures.style import source_line, told_apart, two_lines
from detente.experiments.cases.check import opened_remarks
from detente.experiments.compare.policies import Comparison, usual_policies
from detente.experiments.io.numbers import scale_of
from detente.experiments.runs.bands import violence_counted
from detente.experiments.runs.outcomes import BY_NAME
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.runs.replay import Recipe, recipe_of
from detente.model.catalogue import load_policy, load_scenario, policy_names
from detente.model.errors import InputError, unknown
from detente.model.opening import Opening

OWN = "yours"
SUBJECT = "compare"
MOST = 3
"""Policies that may stand beside the viewer's own."""

VIOLENCE = {"deaths": ("deaths_per_day", "fatalities"), "provocations": ("attacks",)}
DIFFERENCES = (*("days_in_ceasefire", "final_trust", "issues_settled", "agreements", "settled", "collapsed"),)
"""Outcomes in the table of paired differences: first what violence is counted in, then these."""
UNITS = {"0 or 1": "runs in 100", "1": "0 to 1", "deaths/day": "deaths a day"}
"""Units as the table says them, where an outcome's own would be read as something else."""


class Question(NamedTuple):
    """What the page shows: policies of a case as they are; beside them one with levers set, and decisions."""

    case: str
    policies: tuple[str, ...]
    base: str
    levers: Mapping[str, float]
    decisions: Sequence[Mapping[str, Any]] = ()


KEYS = ("case", "policies", "base", "decisions")
"""Keys of an address, but those of levers."""


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
        if key not in KEYS and not key.startswith("lever."):
            raise unknown("address", key, (*KEYS, *(f"lever.{n}" for n in LEVERS)))
    decisions = unpack("decisions", query["decisions"], list) if "decisions" in query else []
    asked = checked(Question(case, policies, base, levers, decisions), known)
    own_recipe(asked, cases).open()
    return asked


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
    if asked.decisions:
        query["decisions"] = pack([dict(d) for d in asked.decisions])
    return "?" + urlencode(query | {f"lever.{n}": f"{v:g}" for n, v in asked.levers.items()})


def titles_of(case: str, cases: Cases) -> dict[str, str]:
    """The title of each policy of a case by its name."""
    return told_apart(read_titles(cases.place(case), cases.stamp(case)))


@lru_cache(maxsize=64)
def read_titles(place: str, stamp: tuple[int, ...]) -> Mapping[str, str]:
    """The titles of the policies of a case as their files stood at a time."""
    del stamp
    scenario = load_scenario(place)
    return {name: load_policy(scenario, name).title for name in policy_names(scenario)}


def usual_levers(case: str, policy: str, cases: Cases) -> dict[str, float]:
    """Every lever as a policy sets it; 0 where it does not."""
    return dict(read_levers(cases.place(case), policy, cases.stamp(case)))


@lru_cache(maxsize=256)
def read_levers(place: str, policy: str, stamp: tuple[int, ...]) -> Mapping[str, float]:
    """The levers of a policy as its file stood at a time."""
    del stamp
    scenario = load_scenario(place)
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
    return made | {OWN: own_recipe(asked, cases)}


def own_recipe(asked: Question, cases: Cases) -> Recipe:
    """What the viewer's own run is made from; raises ``InputError`` for a decision that makes no sense."""
    raw = {"case": cases.place(asked.case), "policy": asked.base, "levers": dict(asked.levers)}
    return recipe_of({**raw, "decision": [*asked.decisions]}, "decisions")


def compared(book: FutureBook, cases: Cases, asked: Question, runs: int) -> Comparison:
    """The comparison asked for, or at once that of all runs."""
    starts = openings(asked, cases)
    runs = ALL if book.has(starts.values(), ALL) else runs
    made = {name: book.ensemble(start, runs) for name, start in starts.items()}
    own = named(made.pop(OWN), OWN, OWN.capitalize())
    return Comparison((*made.values(), own))


def openings(asked: Question, cases: Cases) -> dict[str, Opening]:
    """What is compared, opened, by the name it has on the page."""
    return {name: recipe.open() for name, recipe in recipes(asked, cases).items()}


def remarks(asked: Question, cases: Cases) -> list[str]:
    """What is probably not meant by a question."""
    starts = openings(asked, cases)
    changed = asked.levers or asked.decisions
    others = {n: s for n, s in starts.items() if n != OWN or changed or asked.base not in asked.policies}
    start = next(iter(starts.values()))
    return [remark_words(cases.in_words(remark.text), start) for remark in opened_remarks(others)]


def layout(site: Any, query: Query) -> html.Div:
    """The page."""
    asked = read_question(query, site.cases)
    levers = {**usual_levers(asked.case, asked.base, site.cases), **asked.levers}
    return html.Div(
        [
            dcc.Store(id="compare-viewer", data=uuid.uuid4().hex),
            dcc.Store(id="compare-shown"),
            dcc.Store(id="compare-search"),
            ask_again("compare"),
            ask_again("compare-mail"),
            html.Div(
                controls(site.cases, asked, levers), className="side", role="form", **said("What to compare")
            ),
            html.Div(
                [
                    html.P(id="compare-status", className="status", role="status"),
                    html.Div(
                        graph(
                            "compare-figure",
                            "Fans, outcomes and endings by policy",
                            numbers="compare-table",
                            words="compare-told",
                        ),
                        className="wide",
                        tabIndex="0",
                        role="region",
                        **said("Figure"),
                    ),
                    html.Div(id="compare-differences"),
                    html.Div(html.Button("One file to mail", id="compare-mail"), className="row"),
                    dcc.Download(id="compare-download"),
                ],
                className="main-part",
                id="compare-main",
            ),
        ],
        className="page split",
    )


def controls(cases: Cases, asked: Question, levers: Mapping[str, float]) -> list[Any]:
    """Case, policies, and the sliders of the viewer's own."""
    known = [*titles_of(asked.case, cases).items()]
    return [
        html.H1("Compare futures"),
        html.P(f"Many runs of each policy with the same seeds: {NOT_A_FORECAST}.", className="lead"),
        choice("compare-case", "Case", cases.options(asked.case), asked.case),
        choice(
            "compare-policies", f"Policies as they are (up to {MOST}; the first is the baseline)", known,
            list(asked.policies), multi=True, clearable=True,
        ),
        choice("compare-base", "Yours: begin with", known, asked.base),
        html.Div("… and move the levers", className="control-label"),
        html.Div(sliders(levers), id="compare-levers"),
        html.Button("Levers as the policy has them", id="compare-reset", className="plain"),
        dcc.Store(id="compare-decisions", data=[dict(d) for d in asked.decisions]),
        html.Div(decided(asked, cases), id="compare-decided"),
        html.Button("Leave the decisions out", id="compare-undecide", className="plain", hidden=not asked.decisions),
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


def decided(asked: Question, cases: Cases) -> list[Any]:
    """The decisions of the viewer's own, in words, and where to make them."""
    recipe = own_recipe(asked, cases)
    start = recipe.open()
    rows = [html.Li(f"{day_in_words(str(m.date))}: {move_words(start, m)}") for m in recipe.decision]
    words_ = "Decide otherwise" if rows else "Add a decision (a truce, talks, mediators)"
    link = html.A(f"{words_} on the live page", href=live_link(recipe, cases))
    head = [html.Div("… and these decisions", className="control-label"), html.Ul(rows)] if rows else []
    return [*head, html.P(link, className="hint")]


def status(asked: Question, runs: int, cases: Cases) -> str:
    """What is shown, in a line."""
    parts = [f"{LEVER_TITLES[n]} {v:g}" for n, v in asked.levers.items()]
    count = len(asked.decisions)
    set_ = ", ".join(parts + ([f"{count} decision{'s' if count > 1 else ''}"] if count else []))
    more = "" if runs == ALL else f"; {ALL} are on their way"
    return f"{runs} runs of each policy{more}. Yours: “{titles_of(asked.case, cases)[asked.base]}”" + (
        f" with {set_}." if set_ else " as it is."
    )


def differences(made: Comparison) -> Any:
    """Paired differences from the first policy, with their 95 % intervals."""
    heads, rows, caption = difference_rows(made)
    reasons = [html.P(f"Nothing was agreed under {p}: {why}.") for p, why in made.nothing_agreed().items()]
    told = html.Div([html.P(line) for line in sentences(made)], className="told", id="compare-told")
    made_from = html.P(source_line(made.ensembles[0].about), className="hint")
    differing = table(heads, rows, caption=caption, name="compare-table")
    return [told, made_from, differing, html.P(BOLD, className="hint"), *reasons]


def difference_rows(made: Comparison) -> tuple[list[str], list[list[Any]], str]:
    """Heads, rows and caption of the table of paired differences."""
    found = made.differences()
    titles = titles_in(made)
    others = made.policies[1:]
    rows: list[list[Any]] = []
    for name in (*VIOLENCE[violence_counted(made.ensembles[0].start)], *DIFFERENCES):
        cells = [difference(found.loc[(name, policy)]) for policy in others]
        unit = BY_NAME[name].unit
        rows.append([heading_of(name, made), UNITS.get(unit, unit), *cells])
    caption = f"Difference from “{titles[made.policies[0]]}”, paired by seed: mean [95 % interval]"
    return ["Outcome", "Unit", *(titles[policy] for policy in others)], rows, caption


def titles_in(made: Comparison) -> dict[str, str]:
    """The title of each policy of a comparison by the name it has there."""
    return told_apart({one.start.policy.name: one.start.policy.title for one in made.ensembles})


def heading_of(outcome: str, made: Comparison) -> str:
    """What an outcome is called in the table: violence by what it is counted in, the others as in figures."""
    told = VIOLENCE_TOLD[violence_counted(made.ensembles[0].start)]
    return capital(told.noun) if told.outcome == outcome else BY_NAME[outcome].heading


BOLD = f"In bold: a clear difference, whose interval leaves out nought. {LUCK_ALONE}"

NOUNS = (
    Told("days_in_ceasefire", "days of ceasefire"),
    Told("agreements", "agreements a run"),
    Told("final_trust", "trust at the end", "more", "less"),
)
"""Outcomes that are told in a sentence, after violence."""


def sentences(made: Comparison) -> list[str]:
    """What each policy changes against the first one, in words, with its intervals; seldom is a difference clear."""
    found = made.differences()
    titles = titles_in(made)
    nouns = (VIOLENCE_TOLD[violence_counted(made.ensembles[0].start)], *NOUNS)
    lines: list[str] = []
    for policy in made.policies[1:]:
        rows: list[Any] = [found.loc[(told.outcome, policy)] for told in nouns]
        phrases = [difference_words(told, row) for told, row in zip(nouns, rows, strict=True)]
        clear = [phrase for phrase in phrases if not phrase.startswith("no ")]
        unclear = [phrase for phrase in phrases if phrase.startswith("no ")]
        against = f"“{titles[policy]}” against “{titles[made.policies[0]]}”"
        against += f", mean of {len(made.seeds)} pairs of runs: "
        lines.append(against + "; ".join([*clear, *unclear]) + ".")
    return lines


def difference(row: Any) -> Any:
    """One difference; in bold if its interval leaves out nought."""
    if not row["pairs"]:
        return "–"
    text = with_interval(row, scale_of(row["unit"]))
    return html.Strong(text) if row["low95"] > 0 or row["high95"] < 0 else text


def figure_of(made: Comparison, theme: str | None) -> Any:
    """The figure of a comparison, to fill its place on the page."""
    drawn = made.plot()
    case, _, runs = drawn.layout.title.text.replace("<b>", "").replace("</b>", "").rpartition(": ")
    below = drawn.layout.title.subtitle.text.partition("<br>")[0]  # the rest stands below the figure
    drawn.update_layout(height=None, autosize=True, title_text=f"<b>{case}</b>", title_font_size=19)
    drawn.update_layout(title_subtitle_text=two_lines(runs, below))
    return themed(drawn, theme)


def register(app: Dash, site: Any) -> None:
    """Callbacks."""
    keep_address(app, "compare-search")
    follow_case(app, site.cases)
    follow_base(app, site.cases)
    answer(app, site)
    mark_old(app)
    leave_out(app)
    mail(app, site)


OLD = """(...sent) => {
  const { triggered } = window.dash_clientside.callback_context, [search, shown] = sent.slice(-2);
  const asked = triggered.some(({ prop_id }) => !/^compare-(search|shown)/.test(prop_id));
  return !asked && shown && shown.search === search ? "main-part" : "main-part old";
}"""
"""Whether what is shown answers another question than the one that the controls ask now."""


def mark_old(app: Dash) -> None:
    """A figure of another question is greyed from the moment that a control is moved until the answer is there."""
    app.clientside_callback(
        OLD,
        Output("compare-main", "className"),
        Input("compare-case", "value"),
        Input("compare-policies", "value"),
        Input("compare-base", "value"),
        Input({"compare-lever": EACH}, "value"),
        Input("compare-decisions", "data"),
        Input("compare-search", "data"),
        Input("compare-shown", "data"),
    )


def leave_out(app: Dash) -> None:
    """Decisions are of one case; another one has none, and a viewer may leave them out."""
    app.clientside_callback(
        "() => [[], [], true]",
        Output("compare-decisions", "data"),
        Output("compare-decided", "children"),
        Output("compare-undecide", "hidden"),
        Input("compare-case", "value"),
        Input("compare-undecide", "n_clicks"),
        prevent_initial_call=True,
    )


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
        cases.checked(case, "request")
        known = [{"value": name, "label": title} for name, title in titles_of(case, cases).items()]
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
    def base_chosen(base: str, clicks: int | None, case: str) -> Any:  # pyright: ignore
        """The levers as the policy begun with has them."""
        try:
            checked(Question(cases.checked(case, "request"), (base,), base, {}), policies_of(case, cases))
            return of_all_levers(list(usual_levers(case, base, cases).values()))
        except Exception as fault:  # Dash itself leaves nothing as it is where the outputs are a pattern
            report_fault(fault, cases.in_words)
            return [no_update] * len(ctx.outputs_list)


def of_all_levers(values: list[float]) -> list[float]:
    """Values of all levers; raises ``InputError`` if a page asks for those of others."""
    if len(ctx.outputs_list) != len(values):
        raise InputError(f"request: outputs: expected a list of {len(values)} levers")
    return values


def answer(app: Dash, site: Any) -> None:
    """What was set is answered with the first runs, and then with all; the page asks until it has them."""

    @app.callback(
        Output("compare-figure", "figure"),
        Output("compare-differences", "children"),
        Output("compare-status", "children"),
        Output("compare-shown", "data"),
        Output("compare-search", "data"),
        Output("compare-tick", "max_intervals"),
        Input("compare-policies", "value"),
        Input("compare-base", "value"),
        Input({"compare-lever": EACH}, "value"),
        Input("compare-decisions", "data"),
        Input("theme", "data"),
        Input("compare-tick", "n_intervals"),
        State("compare-case", "value"),
        State("compare-viewer", "data"),
        State("compare-shown", "data"),
    )
    def answered(  # pyright: ignore[reportUnusedFunction]
        policies: Any,
        base: Any,
        levers: Any,
        decisions: Any,
        theme: Any,
        ticks: Any,
        case: Any,
        viewer: Any,
        there: Any,
    ) -> Any:
        """The answer that is there by now, if it is more than what is shown."""
        asked = sent_question(case, policies, base, levers, decisions, site.cases)
        theme, viewer = checked_text("theme", theme), checked_text("viewer", viewer)
        search, runs = write_question(asked), runs_shown(there, asked, theme)
        if runs == ALL:
            return *(no_update,) * 4, search, no_update
        result = next_answer(site, viewer, asked, theme, FIRST if runs < FIRST else ALL)
        again = checked_count(ticks) + 1
        if result is None:
            line = no_update if runs else f"Computing {FIRST} runs of each policy …"
            return no_update, no_update, line, no_update, search, again
        warn(result.remarks)
        there = {"question": [*asked, theme], "runs": result.runs, "search": search}
        return result.figure, result.table, status(asked, result.runs, site.cases), there, search, again


def mail(app: Dash, site: Any) -> None:
    """The comparison that is shown, as one file."""

    @app.callback(
        Output("compare-download", "data"),
        Output("compare-mail-tick", "max_intervals"),
        Input("compare-mail", "n_clicks"),
        Input("compare-mail-tick", "n_intervals"),
        State("compare-search", "data"),
        State("compare-viewer", "data"),
        prevent_initial_call=True,
    )
    def mailed(clicks: Any, ticks: Any, search: Any, viewer: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """The file, once it is written."""
        if not clicks:
            return no_update, no_update
        asked = read_question(query_of(checked_text("search", search or "", LONGEST_SEARCH)), site.cases)
        file = mailed_file(site, checked_text("viewer", viewer), asked)
        return (no_update, checked_count(ticks) + 1) if file is None else (file, no_update)


LONGEST_SEARCH = 100_000
"""Characters of the query of a comparison."""


def mailed_file(site: Any, viewer: str, asked: Question) -> Any:
    """A comparison of all runs as a file to download, none while it is written."""
    name = f"detente-{asked.case}-comparison.html"

    def work(report: Progress) -> Any:
        report(name, 0, ALL)
        made = compared(site.futures, site.cases, asked, ALL)
        heads, rows, caption = difference_rows(made)
        plain_rows = [[getattr(cell, "children", cell) for cell in row] for row in rows]
        page = comparison_page(
            made, sentences(made), caption, plain_table(heads, plain_rows), f"/compare{write_question(asked)}"
        )
        return dcc.send_string(page, name)

    key = ("compare-mail", repr(asked), site.cases.stamp(asked.case))
    return answer_to(site.jobs, viewer, "compare-mail", key, work, lane="whole")


class Shown(NamedTuple):
    """What the page shows of a comparison."""

    runs: int
    figure: dict[str, Any]
    table: Any
    remarks: list[str]


def sent_question(case: Any, policies: Any, base: Any, levers: Any, decisions: Any, cases: Cases) -> Question:
    """The question that the controls of the page ask; raises ``InputError`` for what makes no sense."""
    case, base = cases.checked(case, "request"), checked_text("policy", base)
    chosen, known = checked_texts("policies", policies), policies_of(case, cases)
    checked(Question(case, chosen, base, {}), known)
    moved = own_levers(usual_levers(case, base, cases), checked_values("levers", levers, len(LEVERS)))
    asked = checked(Question(case, chosen, base, moved, checked_decisions(decisions)), known)
    if asked.decisions:
        own_recipe(asked, cases).open()
    return asked


def checked_decisions(sent: Any) -> list[dict[str, Any]]:
    """Decisions as a page sends them: a list of tables."""
    if sent is None:
        return []
    if not isinstance(sent, list) or not all(isinstance(d, dict) for d in sent):
        raise InputError("decisions: expected a list of tables")
    return sent


def runs_shown(there: Any, asked: Question, theme: str) -> int:
    """How many runs of a question the page shows already."""
    if isinstance(there, dict) and same(there.get("question"), [*asked, theme]):
        return ALL if there.get("runs") == ALL else FIRST
    return 0


def next_answer(site: Any, viewer: str, asked: Question, theme: str, runs: int) -> Shown | None:
    """The answer with so many runs, or at once that with all; none while it is computed."""
    whole = site.jobs.find(answer_work(site, asked, theme, ALL)[0])
    if whole is not None and whole.over and whole.result is not None:
        return whole.result
    key, work = answer_work(site, asked, theme, runs)
    lane: Lane = "quick" if runs == FIRST else "whole"
    return answer_to(site.jobs, viewer, SUBJECT, key, work, lane=lane)


def answer_work(site: Any, asked: Question, theme: str, runs: int) -> tuple[Hashable, Work]:
    """What an answer is kept under, and the work that computes it."""
    key = (SUBJECT, repr(asked), theme, runs, site.cases.stamp(asked.case))

    def work(report: Progress) -> Shown:
        report(f"{runs} runs of each policy", 0, runs)
        comparison = compared(site.futures, site.cases, asked, runs)
        if len(comparison.seeds) < ALL:
            site.jobs.follow(key, SUBJECT, *answer_work(site, asked, theme, ALL), lane="whole")
        figure = plain(figure_of(comparison, theme))
        return Shown(len(comparison.seeds), figure, differences(comparison), remarks(asked, site.cases))

    return key, work


PAGE = Page(
    "compare", "/compare", "Compare futures", "Policies side by side, and yours beside them", layout, register
)
