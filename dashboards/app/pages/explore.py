"""Explore a sweep: an outcome over two factors, over all, what each explains; from any cell into a run.

Only sweeps in the folder that the server was started with are opened, and a sweep that is still filling is looked at
again every few seconds.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from detente.dashboards.app.address import live_link
from detente.dashboards.app.background_jobs import Progress, answer_to
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.controls import ask_again, choice, graph, table
from detente.dashboards.app.controls import number as words
from detente.dashboards.app.page import Page, Query
from detente.dashboards.app.sent import checked_count, checked_text, plain, same
from detente.dashboards.app.sweeps import (
    chunk_count,
    figure_about,
    open_sweep,
    recipe_of_row,
    stamp_of_row,
    sweep_names,
)
from detente.dashboards.app.theme import themed
from detente.dashboards.figures import sweep as figures
from detente.dashboards.figures.style import source_line
from detente.experiments.analysis.sensitivity import sensitivity
from detente.experiments.analysis.variance_shares import interactions, so_far
from detente.experiments.io.output import csv_text
from detente.experiments.runs.outcomes import OUTCOMES
from detente.experiments.runs.provenance import NOT_A_FORECAST
from detente.experiments.sweep.results import Results
from detente.model.catalogue import CaseEntry, case_entry, case_names
from detente.model.errors import InputError, unknown

EVERY = 4000
"""Time between two looks at a sweep that is still filling [ms]."""

FIRST_OUTCOMES = ("deaths_per_day", "attacks")
"""Outcomes to begin with: the second where nobody is killed, and attacks are provocations."""

MAKE = (
    "uv run detente sweep afghanistan-2018 --lever direct_channel=0:1:5 --lever recognition=0:1:5 "
    "--out results/first"
)
OPEN = "uv run detente serve --results results"


def layout(site: Any, query: Query) -> html.Div:
    """The page, or what to do where there is no sweep."""
    for key in query:
        if key != "sweep":
            raise unknown("address", key, ("sweep",))
    names = sweep_names(site.results) if site.results else []
    if "sweep" in query and site.results:
        open_sweep(site.results, query["sweep"])
        names = names if query["sweep"] in names else [*names, query["sweep"]]
    if not names:
        return nothing_yet(site.results)
    chosen = query.get("sweep", names[0])
    results = open_sweep(site.results, chosen)
    if not results.factors:
        raise InputError(
            f"sweep {chosen}: varies no lever and no parameter; expected at least one to explore"
        )
    return html.Div([controls(results, names, chosen), panels(results)], className="page split")


def nothing_yet(folder: Path | None) -> html.Div:
    """What stands here without a sweep."""
    why = (
        "The server was started without a results folder."
        if folder is None
        else f"There is no sweep in the folder {folder.name}."
    )
    return html.Div(
        [
            html.H1("Explore a sweep"),
            html.P(why),
            html.P("Make one, which takes a minute, and open its folder; it can be explored while it fills:"),
            html.Pre(f"{MAKE}\n{OPEN}", className="command"),
        ],
        className="page narrow",
    )


def first_outcome(rows: Any) -> str:
    """The first outcome to show: one that is not nought in all runs."""
    return next((name for name in FIRST_OUTCOMES if rows[name].any()), FIRST_OUTCOMES[0])


def controls(results: Results, names: Sequence[str], chosen: str) -> html.Div:
    """Which sweep, outcome and factors."""
    factors = [(f.name, figures.words(f.name)) for f in results.factors]
    outcomes = [(o.name, f"{figures.words(o.name)} ({o.unit})") for o in OUTCOMES]
    names_ = group_names(results)
    groups = [(group, group_words(group, names_)) for group in names_]
    second = factors[min(1, len(factors) - 1)][0]
    parts = [
        html.H1("Explore a sweep"),
        html.P(f"Each point: {NOT_A_FORECAST}.", className="lead"),
        choice("explore-sweep", "Sweep", [(n, n) for n in names], chosen),
        choice("explore-group", "Case, policy, theory", groups, groups[0][0]),
        choice("explore-outcome", "Outcome", outcomes, first_outcome(results.table)),
        choice("explore-x", "Across", factors, factors[0][0]),
        choice("explore-y", "Down", factors, second),
        html.P(id="explore-status", className="status", role="status"),
        html.P(id="explore-source", className="hint"),
        html.Div(
            [
                html.Button("Data (CSV)", id="explore-csv"),
                html.Button("Figure (HTML)", id="explore-html"),
            ],
            className="row",
        ),
        html.P("Click a cell to open its runs.", className="hint"),
        html.Div(id="explore-cell", role="status"),
        dcc.Download(id="explore-download"),
        dcc.Interval(id="explore-tick", interval=EVERY, disabled=results.complete),
        dcc.Store(id="explore-seen", data=results.n_done),
        dcc.Store(id="explore-open", data=chosen),
        dcc.Store(id="explore-viewer", data=uuid.uuid4().hex),
        dcc.Store(id="explore-shown"),
        dcc.Store(id="explore-exported"),
        ask_again("explore-answer"),
        ask_again("explore-export"),
    ]
    return html.Div(parts, className="side")


def panels(results: Results) -> html.Div:
    """The figures."""
    many = len(results.factors) > 1
    said = {"className": "figure half", "numbers": "explore-numbers", "words": "explore-words"}
    made = [graph("explore-heat", "Heat map of the outcome over two factors", **said)]
    made += [graph("explore-depends", "What the outcome depends on", **said)]
    made += [graph("explore-parallel", "Parallel coordinates of all points", **said)]
    together = graph("explore-interactions", "What two factors explain only together", **said)
    drawn_ = html.Div([*made, html.Div(together, hidden=not many)], className="main-part quarters")
    behind = html.Details(
        [html.Summary("The numbers behind the figures"), html.Div(id="explore-tables")], id="explore-numbers"
    )
    return html.Div([drawn_, html.P(id="explore-words"), behind], className="main-part")


GROUP = ("case", "policy", "theory")


def group_names(results: Results) -> list[str]:
    """Cases, policies and theories that have runs."""
    found = results.table[list(GROUP)].drop_duplicates()
    return [" · ".join(map(str, row)) for row in found.itertuples(index=False)]


def group_words(group: str, groups: Sequence[str]) -> str:
    """A group in words: the policy, and beside it case and theory where there are several; titles where known."""
    parts = group.split(" · ")
    several = [len({other.split(" · ")[k] for other in groups}) > 1 for k in range(len(parts))]
    case, policy, theory = parts
    entry = entry_of(case)
    titles = {one.name: one.title for one in entry.policies} if entry else {}
    words_ = [titles.get(policy, policy), entry.title if entry else case, theory]
    return " · ".join(w for w, told in zip(words_, (True, several[0], several[2]), strict=True) if told)


@lru_cache(maxsize=64)
def entry_of(case: str) -> CaseEntry | None:
    """A shipped case with the titles of its policies; None for a reader's own, which a sweep knows by name alone."""
    return case_entry(case) if case in case_names() else None


def rows_of(results: Results, group: str) -> Any:
    """The runs of one case, policy and theory."""
    rows = results.table
    for key, value in zip(GROUP, group.split(" · "), strict=False):
        rows = rows[rows[key] == value]
    if rows.empty:
        raise InputError(f"group: got {group!r}; expected one of {', '.join(group_names(results))}")
    return rows


def checked_choice(results: Results, outcome: str, *factors: str) -> None:
    """Raise ``InputError`` for an outcome or a factor that the sweep does not have."""
    known = [f.name for f in results.factors]
    for name in factors:
        if name not in known:
            raise unknown("factor", name, known)
    if outcome not in [o.name for o in OUTCOMES]:
        raise unknown("outcome", outcome, [o.name for o in OUTCOMES])


def drawn(results: Results, group: str, outcome: str, x: str, y: str) -> list[Any]:
    """The four figures."""
    checked_choice(results, outcome, x, y)
    rows = rows_of(results, group)
    about = figure_about(results, rows, outcome)
    names = [f.name for f in results.factors]
    one = (
        figures.heat_figure(rows, x, y, outcome, about=about)
        if x != y
        else figures.line_figure(rows, x, outcome, about=about)
    )
    return [
        one,
        depends_on(results, rows, outcome),
        figures.parallel_figure(rows, names, outcome, about=about),
        figures.interactions_figure(interactions(rows, names, outcome), names, about=about),
    ]


def depends_on(results: Results, rows: Any, outcome: str) -> Any:
    """What ``detente sensitivity`` draws of one outcome; shares of variance while the sweep is filling."""
    unit = figure_about(results, rows, outcome)["unit"]
    if results.complete:
        made = sensitivity(results, [outcome], [str(rows[key].iloc[0]) for key in GROUP])
        return figures.leading_figure(made.indices, made.noise, about={**made.about, "unit": unit})
    indices, noise = so_far(rows, [f.name for f in results.factors], outcome)
    shown = {"method": "share", "unit": unit, "note": NOT_A_FORECAST}
    about = {**shown, "runs": len(rows), "points": rows["point"].nunique()}
    return figures.leading_figure(indices, noise, about=about)


MOST_ROWS = 200
"""Rows of a table behind a figure; the file of data has all."""


def numbers_behind(rows: Any, chosen: Choice, unit: str, made: Sequence[Any]) -> tuple[str, list[Any]]:
    """What the figures say, in a sentence and as tables."""
    across = list(dict.fromkeys((chosen.x, chosen.y)))
    places = [figures.cell_labels(rows[name]).rename(name) for name in across]
    found = rows.groupby(places, sort=False)[chosen.outcome].agg(["mean", "count"]).reset_index()
    known = found.dropna(subset=["mean"]).sort_values("mean")
    if known.empty:
        return f"No run has a value of {figures.words(chosen.outcome)}.", []
    ends = [known.iloc[k] for k in (0, -1)]
    least, most = (
        f"{words(end['mean'])} at " + " and ".join(f"{figures.words(n)} {end[n]}" for n in across)
        for end in ends
    )
    line = f"Mean {figures.words(chosen.outcome)} ({unit}): from {least} to {most}."
    cells = [[*(row[n] for n in across), row["count"], words(row["mean"])] for _, row in found.iterrows()]
    heads = [*map(figures.words, across), "Runs", f"Mean ({unit})"]
    return line, [
        table(heads, cells[:MOST_ROWS], caption="Cells"),
        shares_table(made[1]),
        pairs_table(made[3]),
    ]


def shares_table(figure: Any) -> Any:
    """What the outcome depends on, as drawn."""
    rows = [
        [figures.words(label), str(trace.name or ""), words(float(value))]
        for trace in figure.data
        if trace.type == "bar" and trace.y is not None and trace.x is not None
        for label, value in zip(trace.y, trace.x, strict=False)
        if isinstance(label, str) and value is not None
    ]
    return table(["Factor", "What", "Value"], rows[:MOST_ROWS], caption="What the outcome depends on")


def pairs_table(figure: Any) -> Any:
    """What two factors explain only together, as drawn."""
    rows = [
        [str(down), str(across), words(float(value))]
        for trace in figure.data
        if trace.type == "heatmap" and trace.z is not None
        for down, line in zip(trace.y, trace.z, strict=False)
        for across, value in zip(trace.x, line, strict=False)
        if value is not None and value == value
    ]
    return table(["Factor", "with", "Share"], rows[:MOST_ROWS], caption="Explained only together")


def cell_words(rows: Any, outcome: str, unit: str) -> str:
    """What a cell holds, in a line."""
    values = rows[outcome].dropna()
    if values.empty:
        return f"{len(rows):,} runs: none has a value"
    part = "" if len(values) == len(rows) else f", {len(values):,} with a value"
    low, high = words(values.min()), words(values.max())
    return f"{len(rows):,} runs{part}: mean {words(values.mean())} {unit}, from {low} to {high}"


def cell_content(results: Results, cases: Cases, group: str, outcome: str, x: str, y: str, point: Any) -> Any:
    """The runs of a cell: the middle one, the lowest and the highest, each a link that opens it live."""
    rows = rows_of(results, group)
    about = figure_about(results, rows, outcome)
    places = {name: figures.cell_labels(rows[name]) for name in (x, y)}
    wanted = {y: str(point["y"]), x: str(point["x"])} if x != y else {x: str(point["x"])}
    for name, text in wanted.items():
        rows = rows[places[name].loc[rows.index] == text]
    if rows.empty:
        return "This cell has no run yet."
    if rows["case"].iloc[0] not in cases.names:
        return (
            f"The case {rows['case'].iloc[0]} is not served here: start the server with --case and its file."
        )
    if results.manifest["actors"]:
        return "The runs of this sweep had actors in Python, which the live page does not have."
    ordered = rows.dropna(subset=[outcome]).sort_values(outcome)
    if ordered.empty:
        return cell_words(rows, outcome, about["unit"])
    picked = {"lowest": 0, "middle": len(ordered) // 2, "highest": len(ordered) - 1}
    listed: list[list[Any]] = []
    for label, place in picked.items():
        row = {str(k): v for k, v in ordered.iloc[place].items()}
        href = live_link(recipe_of_row(results, row, cases), cases, made=stamp_of_row(row))
        link = html.A(f"seed {row['seed']}", href=href, className="open-live")
        listed.append([label, words(float(row[outcome])), link])
    caption = cell_words(rows, outcome, about["unit"])
    return table(["Run", about["unit"], "Open live"], listed, caption=caption)


class Choice(NamedTuple):
    """What the controls of the page say: a sweep, which of its runs, an outcome, and the factors across and down."""

    sweep: str
    group: str
    outcome: str
    x: str
    y: str


def sent_choice(*sent: Any) -> Choice:
    """What a page has sent of its controls, each a text."""
    return Choice(*(checked_text(name, value) for name, value in zip(Choice._fields, sent, strict=True)))


CHOICES = [State(f"explore-{key}", "value") for key in Choice._fields]


def opened(site: Any, name: str) -> Results:
    """A sweep of the results folder."""
    if site.results is None:
        raise InputError("sweep: the server was started without a results folder")
    return open_sweep(site.results, name)


def register(app: Dash, site: Any) -> None:
    """Callbacks."""
    follow_sweep(app, site)
    answer(app, site)
    answer_cell(app, site)
    answer_export(app, site)


def follow_sweep(app: Dash, site: Any) -> None:
    """Another sweep is another page."""

    @app.callback(
        Output("page", "children", allow_duplicate=True),
        Output("address", "search", allow_duplicate=True),
        Input("explore-sweep", "value"),
        State("explore-open", "data"),
        prevent_initial_call=True,
    )
    def sweep_chosen(name: Any, now: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """Another sweep: its page."""
        if name == now:
            return no_update, no_update
        query = {"sweep": checked_text("sweep", name)}
        return layout(site, query), "?" + urlencode(query)


class Drawn(NamedTuple):
    """The figures of a sweep, what stands beside them, and how many runs they show."""

    figures: list[dict[str, Any]]
    done: str
    source: str
    words: str
    tables: list[Any]
    n_done: int
    complete: bool


def answer(app: Dash, site: Any) -> None:
    """The figures of what was chosen; again when the sweep has grown."""

    @app.callback(
        *(Output(f"explore-{name}", "figure") for name in ("heat", "depends", "parallel", "interactions")),
        Output("explore-status", "children"),
        Output("explore-source", "children"),
        Output("explore-words", "children"),
        Output("explore-tables", "children"),
        Output("explore-seen", "data"),
        Output("explore-tick", "disabled"),
        Output("explore-shown", "data"),
        Output("explore-answer-tick", "max_intervals"),
        Input("explore-group", "value"),
        Input("explore-outcome", "value"),
        Input("explore-x", "value"),
        Input("explore-y", "value"),
        Input("explore-tick", "n_intervals"),
        Input("explore-answer-tick", "n_intervals"),
        Input("theme", "data"),
        State("explore-sweep", "value"),
        State("explore-seen", "data"),
        State("explore-viewer", "data"),
        State("explore-shown", "data"),
    )
    def draw(  # pyright: ignore[reportUnusedFunction]
        group: Any, outcome: Any, x: Any, y: Any, ticks: Any, again: Any, theme: Any, name: Any, seen: Any,
        viewer: Any, there: Any,
    ) -> Any:  # fmt: skip
        """The figures; where they are there already only if the sweep has grown."""
        chosen, theme = sent_choice(name, group, outcome, x, y), checked_text("theme", theme)
        shown = same(there, [*chosen, theme])
        result = figures_of(site, checked_text("viewer", viewer), chosen, theme, checked_count(ticks))
        if result is None:
            line = no_update if shown else "Drawing …"
            return *(no_update,) * 4, line, *(no_update,) * 6, checked_count(again) + 1
        if shown and result.n_done == seen:
            return *(no_update,) * 9, result.complete, *(no_update,) * 2
        about = (result.done, result.source, result.words, result.tables, result.n_done, result.complete)
        return *result.figures, *about, [*chosen, theme], no_update


def figures_of(site: Any, viewer: str, chosen: Choice, theme: str, look: int) -> Drawn | None:
    """The figures, none while they are drawn; ``look`` counts the looks at a sweep that may have grown."""

    def work(report: Progress) -> Drawn:
        report("figures", 0, 4)
        results = opened(site, chosen.sweep)
        made = drawn(results, *chosen[1:])
        rows = rows_of(results, chosen.group)
        about = figure_about(results, rows, chosen.outcome)
        told = numbers_behind(rows, chosen, about["unit"], made)
        figures_ = [plain(themed(figure, theme)) for figure in made]
        return Drawn(figures_, about["done"], source_line(about), *told, results.n_done, results.complete)

    key = ("explore", chosen, theme, look, chunk_count(site.results, chosen.sweep))
    return answer_to(site.jobs, viewer, "explore", key, work)


def answer_cell(app: Dash, site: Any) -> None:
    """A click on the heat map lists the runs of the cell."""

    @app.callback(Output("explore-cell", "children"), Input("explore-heat", "clickData"), *CHOICES)
    def cell_chosen(clicked: Any, *sent: Any) -> Any:  # pyright: ignore[reportUnusedFunction]
        """The runs of the cell that was clicked."""
        if not clicked:
            return None
        chosen, point = sent_choice(*sent), clicked_point(clicked)
        results = opened(site, chosen.sweep)
        checked_choice(results, chosen.outcome, chosen.x, chosen.y)
        return cell_content(results, site.cases, *chosen[1:], point)


def clicked_point(clicked: Any) -> dict[str, Any]:
    """The place of a click on the heat map."""
    points = clicked.get("points") if isinstance(clicked, dict) else None
    point = points[0] if isinstance(points, list) and points else None
    if not isinstance(point, dict) or not {"x", "y"} <= point.keys():
        raise InputError("request: clickData: expected the place of a cell")
    return point


def answer_export(app: Dash, site: Any) -> None:
    """Data and figure as files."""

    @app.callback(
        Output("explore-download", "data"),
        Output("explore-exported", "data"),
        Output("explore-export-tick", "max_intervals"),
        Input("explore-csv", "n_clicks"),
        Input("explore-html", "n_clicks"),
        Input("explore-export-tick", "n_intervals"),
        State("explore-viewer", "data"),
        State("explore-exported", "data"),
        *CHOICES,
        prevent_initial_call=True,
    )
    def export(  # pyright: ignore[reportUnusedFunction]
        csv: Any, page: Any, ticks: Any, viewer: Any, asked: Any, *sent: Any
    ) -> Any:
        """The runs as a table, or the heat map as a page that needs no network."""
        chosen, again = sent_choice(*sent), checked_count(ticks) + 1
        kind = {"explore-csv": "csv", "explore-html": "html"}.get(str(ctx.triggered_id), asked)
        if kind not in ("csv", "html"):
            return (no_update,) * 3
        file = exported(site, checked_text("viewer", viewer), chosen, kind)
        return (no_update, kind, again) if file is None else (file, None, no_update)


def exported(site: Any, viewer: str, chosen: Choice, kind: str) -> Any:
    """A file to download, none while it is written."""

    def work(report: Progress) -> Any:
        report("a file", 0, 1)
        results = opened(site, chosen.sweep)
        rows, stem = rows_of(results, chosen.group), f"detente-{Path(results.path).name}"
        if kind == "csv":
            return dcc.send_string(csv_text(rows), f"{stem}.csv")
        about = figure_about(results, rows, chosen.outcome)
        whole = figures.with_source(drawn(results, *chosen[1:])[0], about)
        return dcc.send_string(whole.to_html(), f"{stem}-{chosen.outcome}.html")

    key = ("export", kind, chosen, chunk_count(site.results, chosen.sweep))
    return answer_to(site.jobs, viewer, "export", key, work)


PAGE = Page(
    "explore",
    "/explore",
    "Explore a sweep",
    "An outcome over the factors of a sweep",
    layout,
    register,
    evaluates=True,  # the parallel coordinates are drawn by WebGL
)
