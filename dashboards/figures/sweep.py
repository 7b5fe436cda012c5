"""Figures of a sweep: an outcome over two factors, over all of them, and what each factor and pair explains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from detente.dashboards.figures.effects import HEADS
from detente.dashboards.figures.parallel import MOST_AXES, leading
from detente.dashboards.figures.sensitivity import luck_words, sensitivity_figure
from detente.dashboards.figures.style import BLUE, dress, percent, source_line, two_lines

SCALE = "Cividis"
"""Colours that differ in lightness alone to every reader."""

MOST_CELLS = 12
"""Levels up to which an axis of the heat map has one cell a level; beyond, it is cut into as many parts."""

MOST_POINTS = 2000
MOST_NAMED = 8
"""Factors up to which each cell of the interactions has its number written in it."""

LEAST_SHARE = 0.05
"""Share of variance below which the scale of interactions does not shrink, so that nothing looks like something."""

MARGIN = {"l": 70, "r": 24, "t": 84, "b": 60}
BAR = {"thickness": 14, "title_font": {"size": 13}, "tickfont": {"size": 12}}


def words(name: str) -> str:
    """A factor as people write it; a lever that an outcome is named like says that it is the lever."""
    lever = name.removeprefix("lever.")
    return f"{lever} (lever)" if lever != name else name.replace("_", " ")


def plain(figure: go.Figure, head: str, below: str) -> go.Figure:
    """The common dress, for a figure that shares its page with others."""
    dress(figure, head, below)
    return figure.update_layout(
        height=None, margin=MARGIN, title={"font": {"size": 17}, "x": 0.02, "xref": "container"}
    )


def head_of(outcome: str, about: Mapping[str, Any]) -> str:
    """The outcome with its unit, which is left out where its name says it."""
    said = words(outcome).replace(" per day", "/day")
    head = HEADS.get(outcome, words(outcome).capitalize())
    return head if about["unit"] in said else f"{head} ({about['unit']})"


def with_source(figure: go.Figure, about: Mapping[str, Any]) -> go.Figure:
    """A figure that leaves its page: how many runs it shows, and what they were made from, below its title."""
    below = figure.layout.title.subtitle.text
    return figure.update_layout(
        title_subtitle_text=f"{below} · {about['done']} · {source_line(about)} · {about['note']}"
    )


def cells(values: pd.Series[Any]) -> pd.Series[Any]:
    """The cell that each value lies in, named by its middle."""
    if values.nunique() <= MOST_CELLS:
        return values
    edges = np.linspace(values.min(), values.max(), MOST_CELLS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    return pd.Series(middles[np.clip(np.digitize(values, edges) - 1, 0, MOST_CELLS - 1)], index=values.index)


def labels(levels: Iterable[float]) -> list[str]:
    """Levels as an axis names them: three digits, or as many as tell them apart."""
    values = list(levels)
    for digits in range(3, 17):
        named = [f"{v:.{digits}g}" for v in values]
        if len(set(named)) == len(set(values)):
            return named
    return [repr(v) for v in values]


def cell_labels(values: pd.Series[Any]) -> pd.Series[Any]:
    """The name of the cell that each value lies in, as the axis of a heat map has it."""
    placed = cells(values)
    levels = sorted(placed.unique())
    return placed.map(dict(zip(levels, labels(levels), strict=True)))


def heat_table(table: pd.DataFrame, x: str, y: str, outcome: str) -> pd.DataFrame:
    """One row a cell: x, y, mean of the outcome, its spread over runs, and their number."""
    by = [cells(table[x]).rename(x), cells(table[y]).rename(y)]
    found = table.groupby(by)[outcome].agg(["mean", "std", "count"])
    return found.reset_index()


def heat_figure(table: pd.DataFrame, x: str, y: str, outcome: str, *, about: Mapping[str, Any]) -> go.Figure:
    """The mean of an outcome over two factors; each cell says how many runs it has."""
    grid = heat_table(table, x, y, outcome).set_index([y, x]).unstack(x)
    mean = grid["mean"]
    figure = go.Figure(
        go.Heatmap(
            x=labels(mean.columns),
            y=labels(mean.index),
            z=mean.to_numpy(),
            customdata=np.dstack([grid["std"].to_numpy(), grid["count"].to_numpy()]),
            colorscale=SCALE,
            colorbar={"title": {"text": about["unit"], "side": "right"}, **BAR},
            texttemplate="%{z:,.3g}" if mean.size <= 60 else None,
            hovertemplate=f"{words(x)} %{{x}}, {words(y)} %{{y}}<br>mean %{{z:,.4g}} {about['unit']}"
            "<br>spread over runs %{customdata[0]:,.3g}<br>%{customdata[1]:.0f} runs<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    plain(figure, head_of(outcome, about), "mean of the runs in each cell")
    figure.update_xaxes(title_text=axis(x, about), type="category", showgrid=False)
    figure.update_yaxes(title_text=axis(y, about), type="category", showgrid=False)
    return figure


def axis(name: str, about: Mapping[str, Any]) -> str:
    """A factor with its unit."""
    unit = about["units"].get(name, "")
    return f"{words(name)} ({'0–1' if unit in ('', '1') else unit})"


def parallel_figure(
    table: pd.DataFrame, factors: Sequence[str], outcome: str, *, about: Mapping[str, Any]
) -> go.Figure:
    """Every point as a line through its factors to the mean of the outcome, coloured by it; drag an axis to choose."""
    means = table.groupby("point")[[*factors, outcome]].mean().dropna().iloc[:MOST_POINTS]
    drawn = list(factors) if len(factors) <= MOST_AXES else leading(means, outcome)
    shown = [
        {"label": words(name), "values": means[name], "tickformat": ".4~g"} for name in (*drawn, outcome)
    ]
    figure = go.Figure(
        go.Parcoords(
            line={"color": means[outcome], "colorscale": SCALE, "showscale": False},
            dimensions=shown,
            labelfont={"size": 12},
            tickfont={"size": 11},
            rangefont={"size": 1, "color": "rgba(0,0,0,0)"},
            labelangle=-16,
        )
    )
    some = "" if len(drawn) == len(factors) else f"the {len(drawn)} factors that matter most; "
    plain(figure, "Every point of the design", f"{some}means over seeds; drag along an axis to keep a part")
    return figure.update_layout(margin={**MARGIN, "l": 70, "r": 70, "t": 128})


def leading_figure(indices: pd.DataFrame, noise: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """What one outcome depends on, as ``sensitivity_figure`` draws it, sized to share its page with others.

    ``about`` has the outcome's unit beside what that takes.
    """
    figure = sensitivity_figure(indices, noise, about=about)
    figure.layout.annotations = ()
    method, luck = str(about["method"]), luck_words(noise.iloc[0])
    plain(figure, "What it depends on", two_lines(luck, WAYS[method]))
    legend = {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
    }
    figure.update_layout(legend=legend, margin={**MARGIN, "t": 96, "b": 74}, modebar_orientation="v")
    if method in ("swing", "morris"):
        figure.update_xaxes(title_text=f"change over the factor's range ({about['unit']})")
    names = {str(name): words(str(name)) for name in indices["factor"]}
    figure.update_yaxes(tickvals=list(names), ticktext=list(names.values()), automargin=True)
    return figure


WAYS = {
    "sobol": "Sobol indices, 95 % intervals",
    "morris": "Morris screening, 95 % intervals",
    "swing": "effect over the whole range, 95 % intervals",
    "share": "by level; intervals need all runs",
}
"""How what an outcome depends on was worked out."""


def interactions_figure(
    found: pd.DataFrame, factors: Sequence[str], *, about: Mapping[str, Any]
) -> go.Figure:
    """What each two factors explain together beyond what each does alone."""
    n = len(factors)
    z = np.full((n, n), np.nan)
    place = {name: k for k, name in enumerate(factors)}
    for first, second, value in found.itertuples(index=False):
        z[place[second], place[first]] = value
    names = [words(name) for name in factors]
    top = max(LEAST_SHARE, float(found["share"].max()) if len(found) else 0.0)
    figure = go.Figure(
        go.Heatmap(
            x=names[:-1],
            y=names[1:],
            z=z[1:, :-1],
            colorscale=SCALE,
            zmin=0,
            zmax=top,
            text=[["" if cell != cell else percent(cell, 1) for cell in line] for line in z[1:, :-1]],
            texttemplate="%{text}" if n <= MOST_NAMED else None,
            hovertemplate="%{y} with %{x}: %{text}<extra></extra>",
            colorbar={"title": {"text": "share", "side": "right"}, **shares_to(top), **BAR},
            xgap=2,
            ygap=2,
        )
    )
    plain(
        figure,
        "What two explain only together",
        f"share of variance, {words(about['outcome'])}",
    )
    figure.update_layout(modebar_orientation="v")  # beside the title, which is as wide as half a page
    figure.update_xaxes(showgrid=False, automargin=True)
    return figure.update_yaxes(showgrid=False, autorange="reversed", automargin=True)


def shares_to(top: float) -> dict[str, Any]:
    """Ticks of a bar of colours from no share to the largest."""
    ticks = np.linspace(0, top, 6)
    return {"tickvals": ticks, "ticktext": [percent(tick) for tick in ticks]}


def line_figure(table: pd.DataFrame, x: str, outcome: str, *, about: Mapping[str, Any]) -> go.Figure:
    """The mean of an outcome over one factor, with the middle 80 % of runs."""
    found = table.groupby(cells(table[x]).rename(x))[outcome]
    mean, low, high = found.mean(), found.quantile(0.1), found.quantile(0.9)
    figure = go.Figure(
        go.Scatter(
            x=labels(mean.index),
            y=mean,
            error_y={"array": high - mean, "arrayminus": mean - low},
            mode="lines+markers",
            line={"color": BLUE, "width": 2},
            hovertemplate=f"{words(x)} %{{x}}: mean %{{y:,.4g}} {about['unit']}<extra></extra>",
        )
    )
    plain(figure, head_of(outcome, about), "mean and middle 80 % of runs")
    figure.update_xaxes(title_text=axis(x, about), type="category")
    return figure.update_yaxes(title_text=about["unit"])
