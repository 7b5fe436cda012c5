"""Does the style travel?  What all lessons add, step by step from one case to the other, and over three conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import in_points, unit_words, whiskers
from detente.dashboards.figures.style import (
    BLUE,
    DIVERGING,
    INK,
    QUIET,
    VERMILION,
    domains,
    dress,
    panel_title,
    source_line,
    two_lines,
    zero_line,
)

SHOWN = (
    ("attacks", "Attacks a day"),
    ("ceasefire days", "Days in ceasefire"),
    ("agreements", "Agreements"),
    ("collapsed", "Runs that collapse"),
)
UNITS = {"%": "per cent of none", "1": "belief (0–1)"}
BARS, GRID = 1, 2


def transfer_figure(steps: pd.DataFrame, grid: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """Above, the effect of all five lessons with conditions moved one by one; below, over all of them.

    ``steps`` has step, yardstick, unit, kind, mean, low95, high95; ``grid`` stalemate, validation, window instead of
    step; of both, rows of kind ``together`` are drawn.
    """
    figure = make_subplots(
        rows=2,
        cols=len(SHOWN),
        row_heights=[0.45, 0.55],
        vertical_spacing=0.15,
        horizontal_spacing=0.03,
    )
    head = "Does the Korean style travel? What all five lessons add in Afghanistan, with Korea's conditions"
    dress(figure, head, line_below(about), left=230)
    figure.update_layout(margin_t=118)
    for column, (name, words) in enumerate(SHOWN, start=1):
        better = int(about["yardsticks"][name]["better"])
        add_bars(figure, chosen(steps, name), column)
        add_grid(figure, chosen(grid, name), better, column)
        label(figure, chosen(steps, name), words, column)
    return figure


def chosen(table: pd.DataFrame, yardstick: str) -> pd.DataFrame:
    """The style's effect on one yardstick; shares in points."""
    return in_points(table[(table["kind"] == "together") & (table["yardstick"] == yardstick)])


def add_bars(figure: go.Figure, rows: pd.DataFrame, column: int) -> None:
    """A bar for each step; the case in which the style was tried in grey."""
    last = len(rows) - 1
    figure.add_bar(
        x=rows["mean"],
        y=rows["step"],
        orientation="h",
        marker={"color": [QUIET if k == last else (BLUE if k else VERMILION) for k in range(len(rows))]},
        error_x=whiskers(rows, color=INK, thickness=1.8, width=4),
        customdata=rows[["low95", "high95"]],
        hovertemplate="%{y}: %{x:.3~g} [%{customdata[0]:.3~g}, %{customdata[1]:.3~g}]<extra></extra>",
        showlegend=False,
        row=BARS,
        col=column,
    )
    zero_line(figure, BARS, column)


def add_grid(figure: go.Figure, rows: pd.DataFrame, better: int, column: int) -> None:
    """Stalemate and window down, validation across; blue where the style helps, vermilion where it hurts."""
    downs = list(dict.fromkeys(zip(rows["stalemate"], rows["window"].fillna(-1), strict=True)))
    across = list(dict.fromkeys(rows["validation"]))
    z = rows["mean"].to_numpy().reshape(-1, len(across), len(downs) // len(set(rows["stalemate"])))
    values = np.concatenate([block.T for block in z])
    clear = ((rows["low95"] > 0) | (rows["high95"] < 0)).to_numpy().reshape(z.shape)
    clear = np.concatenate([block.T for block in clear])
    reach = float(np.abs(values).max()) or 1.0
    figure.add_heatmap(
        x=[f"{value:g}" for value in across],
        y=[down_words(*pair) for pair in downs],
        z=np.where(clear, -better * values, 0.0),
        text=[[cell(v, c) for v, c in zip(*line, strict=True)] for line in zip(values, clear, strict=True)],
        texttemplate="%{text}",
        textfont={"size": 13, "color": INK},
        colorscale=[list(stop) for stop in DIVERGING],
        zmin=-1.6 * reach,
        zmax=1.6 * reach,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y}<br>validation %{x}: %{text}<extra></extra>",
        row=GRID,
        col=column,
    )


def cell(value: float, clear: bool) -> str:
    """An effect as its cell shows it: grey where its interval holds nought."""
    shown = f"{value:+.2g}".replace("-", "−") if value else "0"
    if abs(value) >= 10:
        shown = f"{value:+.0f}".replace("-", "−")
    return f"<b>{shown}</b>" if clear else f"<span style='color:{QUIET}'>{shown}</span>"


def down_words(stalemate: float, window: float) -> str:
    """Balance of forces and window, as a row of the grid names them."""
    balance = {0.0: "Afghan balance", 0.5: "half-way", 1.0: "Korean stalemate"}.get(
        stalemate, f"{stalemate:g}"
    )
    opened = "no window" if window < 0 else ("fresh window" if window == 0 else f"window {window:.0f} d old")
    return f"{balance}, {opened}"


def label(figure: go.Figure, rows: pd.DataFrame, words: str, column: int) -> None:
    """Headings, units, and rows named once, on the left."""
    for row in (BARS, GRID):
        figure.update_yaxes(
            autorange="reversed", showticklabels=column == 1, showgrid=False, row=row, col=column
        )
    figure.update_xaxes(title_text=unit_words(rows, UNITS), nticks=5, row=BARS, col=column)
    wants = "adversary's desire for validation"
    figure.update_xaxes(title_text=wants, type="category", showgrid=False, row=GRID, col=column)
    for row in (BARS, GRID):
        left, _, _, top = domains(figure, row, column)
        panel_title(figure, words, left, top)


def line_below(about: Mapping[str, Any]) -> str:
    """What bars and cells are, what the runs were made from, and what the figure is not."""
    what = (
        "change against no lesson, with 95 % intervals; above: Korea's conditions moved into the Afghan case one by "
        "one; below: over all three (blue helps, vermilion hurts, white: interval holds 0)"
    )
    made = f"{about['runs']:,} runs · theory {about['theory']} · {source_line(about)} · {about['note']}"
    return two_lines(what, made)
