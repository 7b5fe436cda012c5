"""Figures of a sweep: an outcome over two factors, over all of them, and what each factor and pair explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from detente.dashboards.figures.style import BLUE, dress, source_line

SCALE = "Cividis"
"""Colours that differ in lightness alone to every reader."""

MOST_CELLS = 12
"""Levels up to which an axis of the heat map has one cell a level; beyond, it is cut into as many parts."""

MOST_POINTS = 2000
LEAST_SHARE = 0.05
"""Share of variance below which the scale of interactions does not shrink, so that nothing looks like something."""

MARGIN = {"l": 70, "r": 24, "t": 84, "b": 60}


def words(name: str) -> str:
    """A factor as people write it."""
    return name.replace("_", " ")


def plain(figure: go.Figure, head: str, below: str) -> go.Figure:
    """The common dress, for a figure that shares its page with others."""
    dress(figure, head, below)
    return figure.update_layout(
        height=None, margin=MARGIN, title={"font": {"size": 17}, "x": 0.02, "xref": "container"}
    )


def cells(values: pd.Series[Any]) -> pd.Series[Any]:
    """The cell that each value lies in, named by its middle."""
    if values.nunique() <= MOST_CELLS:
        return values
    edges = np.linspace(values.min(), values.max(), MOST_CELLS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    return pd.Series(middles[np.clip(np.digitize(values, edges) - 1, 0, MOST_CELLS - 1)], index=values.index)


def heat_table(table: pd.DataFrame, x: str, y: str, outcome: str) -> pd.DataFrame:
    """One row a cell: x, y, mean of the outcome, its spread over runs, and their number."""
    by = [cells(table[x]).rename(x), cells(table[y]).rename(y)]
    found = table.groupby(by)[outcome].agg(["mean", "std", "count"])
    return found.reset_index()


def heat_figure(table: pd.DataFrame, x: str, y: str, outcome: str, *, about: Mapping[str, Any]) -> go.Figure:
    """The mean of an outcome over two factors; each cell says how many runs it has."""
    drawn = heat_table(table, x, y, outcome)
    grid = drawn.pivot_table(index=y, columns=x, values=["mean", "std", "count"])
    mean = grid["mean"]
    figure = go.Figure(
        go.Heatmap(
            x=[f"{v:.3g}" for v in mean.columns],
            y=[f"{v:.3g}" for v in mean.index],
            z=mean.to_numpy(),
            customdata=np.dstack([grid["std"].to_numpy(), grid["count"].to_numpy()]),
            colorscale=SCALE,
            colorbar={"title": {"text": about["unit"], "side": "right"}, "thickness": 14},
            texttemplate="%{z:,.3g}" if mean.size <= 60 else None,
            hovertemplate=f"{words(x)} %{{x}}, {words(y)} %{{y}}<br>mean %{{z:,.4g}} {about['unit']}"
            "<br>spread over runs %{customdata[0]:,.3g}<br>%{customdata[1]:.0f} runs<extra></extra>",
            xgap=2,
            ygap=2,
        )
    )
    head = f"{words(outcome).capitalize()} ({about['unit']}), mean of each cell"
    plain(figure, head, f"{about['done']} · {source_line(about)}")
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
    means = table.groupby("point")[[*factors, outcome]].mean().iloc[:MOST_POINTS]
    shown = [{"label": words(name), "values": means[name]} for name in factors]
    figure = go.Figure(
        go.Parcoords(
            line={"color": means[outcome], "colorscale": SCALE, "showscale": False},
            dimensions=[*shown, {"label": words(outcome), "values": means[outcome]}],
            labelfont={"size": 12},
            tickfont={"size": 11},
        )
    )
    plain(figure, "Every point of the design", "means over seeds; drag along an axis to keep part of it")
    return figure.update_layout(margin={**MARGIN, "l": 70, "r": 70, "t": 120})


def shares_figure(shares: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """What each factor explains alone of the difference between points."""
    drawn = shares.iloc[::-1]
    figure = go.Figure(
        go.Bar(
            x=drawn["share"],
            y=[words(name) for name in drawn["factor"]],
            orientation="h",
            marker={"color": BLUE},
            text=[f"{v:.0%}" for v in drawn["share"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    plain(
        figure,
        "What each factor explains alone",
        f"of the variance of {words(about['outcome'])} between points",
    )
    figure.update_xaxes(
        title_text="share of variance",
        tickformat=".0%",
        range=[0, max(0.05, float(shares["share"].max()) * 1.18)],
    )
    return figure.update_yaxes(automargin=True)


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
    figure = go.Figure(
        go.Heatmap(
            x=names,
            y=names,
            z=z,
            colorscale=SCALE,
            zmin=0,
            zmax=max(LEAST_SHARE, float(found["share"].max()) if len(found) else 0.0),
            texttemplate="%{z:.1%}",
            hovertemplate="%{y} with %{x}: %{z:.1%}<extra></extra>",
            colorbar={"title": {"text": "share", "side": "right"}, "tickformat": ".0%", "thickness": 14},
            xgap=2,
            ygap=2,
        )
    )
    plain(
        figure,
        "What two explain only together",
        f"of the variance of {words(about['outcome'])} between points",
    )
    figure.update_xaxes(showgrid=False, automargin=True)
    return figure.update_yaxes(showgrid=False, autorange="reversed", automargin=True)


def line_figure(table: pd.DataFrame, x: str, outcome: str, *, about: Mapping[str, Any]) -> go.Figure:
    """The mean of an outcome over one factor, with the middle 80 % of runs."""
    found = table.groupby(cells(table[x]).rename(x))[outcome]
    mean, low, high = found.mean(), found.quantile(0.1), found.quantile(0.9)
    figure = go.Figure(
        go.Scatter(
            x=[f"{v:.3g}" for v in mean.index],
            y=mean,
            error_y={"array": high - mean, "arrayminus": mean - low},
            mode="lines+markers",
            line={"color": BLUE, "width": 2},
            hovertemplate=f"{words(x)} %{{x}}: mean %{{y:,.4g}} {about['unit']}<extra></extra>",
        )
    )
    plain(
        figure,
        f"{words(outcome).capitalize()} ({about['unit']})",
        f"mean and middle 80 % of runs · {about['done']}",
    )
    figure.update_xaxes(title_text=axis(x, about), type="category")
    return figure.update_yaxes(title_text=about["unit"])
