"""The figure of a calibration: the likelihood's ridge, the posterior, and what it predicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    INK,
    QUIET,
    VERMILION,
    domains,
    dress,
    faded,
    panel_title,
)

DEPTH = 12.0
"""Log likelihood below the top beyond which the ridge is drawn in one colour."""


def calibration_figure(
    surfaces: Mapping[str, np.ndarray[Any, Any]],
    checks: pd.DataFrame,
    parameters: pd.DataFrame,
    *,
    about: Mapping[str, Any],
) -> go.Figure:
    """A calibration.

    ``surfaces`` have log likelihoods less their top, shape (branching, memory), by background; ``checks`` and
    ``parameters`` are the tables of the calibration; ``about`` holds the axes, the region, the shipped pair.
    """
    n = len(surfaces)
    top = [{"colspan": 2}, None] * n
    below = [{"colspan": n}, *[None] * (n - 1)] * 2
    figure = make_subplots(
        rows=2,
        cols=2 * n,
        specs=[top, below],
        vertical_spacing=0.2,
        horizontal_spacing=0.055,
        row_heights=[0.5, 0.5],
    )
    for k, surface in enumerate(surfaces.values()):
        add_ridge(figure, surface, 1 + 2 * k, about)
    add_parameters(figure, parameters, 1)
    add_checks(figure, checks[checks["when"] == "fitted"], 1 + n)
    fit = f"{about['generations']} rounds, {about['simulations']:,} runs"
    below_line = (
        f"fitted on days from {about['from']} to {about['until']} · {fit} · Détente {about['version']} · "
        f"scenario {about['scenario_sha256'][:12]}"
    )
    dress(figure, f"{about['title']}: what the days say of its violence", below_line, left=150)
    label(figure, list(surfaces), n)
    return figure


def add_ridge(
    figure: go.Figure, surface: np.ndarray[Any, Any], column: int, about: Mapping[str, Any]
) -> None:
    """Log likelihood over branching and memory, the edge of the 95 % region, and the shipped pair."""
    where = {"row": 1, "col": column}
    common: dict[str, Any] = {"x": about["memory"], "y": about["branching"], "z": surface, "showscale": False}
    figure.add_contour(
        **common,
        zmin=-DEPTH,
        zmax=0,
        colorscale=[[0, "#f4f6f8"], [1, BLUE]],
        contours={"coloring": "heatmap", "showlines": False},
        hovertemplate="branching %{y}, memory %{x} d: %{z:.1f}<extra></extra>",
        **where,
    )
    figure.add_contour(
        **common,
        contours={"coloring": "lines", "start": about["region"], "end": about["region"], "size": 1},
        colorscale=[[0, INK], [1, INK]],
        line={"width": 2.5},
        hoverinfo="skip",
        name="edge of the 95 % region",
        showlegend=column == 1,
        **where,
    )
    best = np.unravel_index(int(np.argmax(surface)), surface.shape)
    points = (
        ("most likely", about["memory"][int(best[1])], about["branching"][int(best[0])], GREEN, "star"),
        ("shipped", about["shipped"][1], about["shipped"][0], VERMILION, "diamond"),
    )
    for name, at, height, colour, symbol in points:
        figure.add_scatter(
            x=[at],
            y=[height],
            mode="markers",
            marker={"size": 14, "color": colour, "symbol": symbol, "line": {"color": "white", "width": 1.5}},
            name=name,
            showlegend=column == 1,
            hovertemplate=f"{name}<extra></extra>",
            **where,
        )


def add_parameters(figure: go.Figure, rows: pd.DataFrame, column: int) -> None:
    """Posterior intervals as shares of the prior's range, with the shipped values."""
    where = {"row": 2, "col": column}
    names = [name.split(".", 1)[1] for name in rows["parameter"]]

    def place(values: Any) -> Any:
        low, high = rows["prior_low"], rows["prior_high"]
        straight = (values - low) / (high - low)
        ratio = np.log(np.maximum(values, 1e-9) / np.maximum(low, 1e-9))
        return np.where(rows["log"], ratio / np.log(high / np.maximum(low, 1e-9)), straight)

    for first, last, width in (("low95", "high95", 4), ("low50", "high50", 11)):
        for k, name in enumerate(names):
            ends = [place(rows[first])[k], place(rows[last])[k]]
            figure.add_scatter(
                x=ends,
                y=[name, name],
                mode="lines",
                line={"width": width, "color": faded(BLUE, 0.55)},
                showlegend=False,
                hovertemplate=f"{name}: {rows[first].iloc[k]:.3g} to {rows[last].iloc[k]:.3g}<extra></extra>",
                **where,
            )
    figure.add_scatter(
        x=place(rows["shipped"]),
        y=names,
        mode="markers",
        marker={
            "size": 13,
            "symbol": "diamond",
            "color": VERMILION,
            "line": {"color": "white", "width": 1.5},
        },
        showlegend=False,
        customdata=rows[["shipped"]],
        hovertemplate="%{y}, shipped: %{customdata[0]:.3g}<extra></extra>",
        **where,
    )


def add_checks(figure: go.Figure, rows: pd.DataFrame, column: int) -> None:
    """What runs at the posterior show against what was observed, in units of their 95 % interval."""
    where = {"row": 2, "col": column}
    half = np.maximum((rows["high95"] - rows["low95"]) / 2, 1e-12)
    middle = (rows["high95"] + rows["low95"]) / 2
    names = [name.replace("_", " ") for name in rows["pattern"]]
    shown = (
        ("observed", "observed", "circle", "white"),
        ("runs at the shipped values", "shipped_median", "diamond", VERMILION),
    )
    for name in names:
        figure.add_scatter(
            x=[-1, 1],
            y=[name, name],
            mode="lines",
            line={"width": 9, "color": faded(BLUE, 0.4)},
            hoverinfo="skip",
            showlegend=False,
            **where,
        )
    for name, key, symbol, colour in shown:
        figure.add_scatter(
            x=((rows[key] - middle) / half).clip(-4, 4),
            y=names,
            mode="markers",
            marker={"size": 11, "symbol": symbol, "color": colour, "line": {"color": BLACK, "width": 2}},
            name=name,
            legend="legend2",
            customdata=rows[[key, "low95", "high95"]],
            hovertemplate=f"%{{y}}, {name}: %{{customdata[0]:.3g}}<br>95 % of runs: %{{customdata[1]:.3g}} to "
            "%{customdata[2]:.3g}<extra></extra>",
            **where,
        )


def label(figure: go.Figure, backgrounds: list[str], n: int) -> None:
    """Headings, axes and legends."""
    for k, name in enumerate(backgrounds):
        left, _, _, top = domains(figure, 1, 1 + 2 * k)
        panel_title(figure, name.capitalize(), left, top)
        figure.update_xaxes(
            title_text="memory [days]", type="log", tickvals=[3, 5, 10, 20, 40, 60], row=1, col=1 + 2 * k
        )
    figure.update_yaxes(title_text="branching [events/event]", row=1, col=1)
    heads = ((1, "Posterior in the prior's range"), (1 + n, "Patterns: 95 % of runs at the posterior"))
    for column, head in heads:
        left, _, _, top = domains(figure, 2, column)
        panel_title(figure, head, left, top)
        figure.update_yaxes(autorange="reversed", row=2, col=column)
    figure.update_xaxes(title_text="share of the range (0–1)", range=[-0.02, 1.02], row=2, col=1)
    figure.update_xaxes(
        title_text="half-widths of the interval from its middle", range=[-4.2, 4.2], row=2, col=1 + n
    )
    quiet = {"orientation": "h", "bgcolor": "rgba(0,0,0,0)", "font": {"size": 12, "color": QUIET}}
    _, right, bottom, _ = domains(figure, 1, 2 * n - 1)
    figure.update_layout(
        legend={**quiet, "x": right, "xanchor": "right", "y": bottom - 0.075, "yanchor": "top"},
        legend2={**quiet, "x": 1, "xanchor": "right", "y": -0.07, "yanchor": "top"},
    )
