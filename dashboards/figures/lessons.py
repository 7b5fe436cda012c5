"""The figure of the five lessons: what each adds to some outcomes, and how they interact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import HEADS, in_points, unit_words, whiskers
from detente.dashboards.figures.style import (
    CYCLE,
    DIVERGING,
    INK,
    QUIET,
    domains,
    dress,
    panel_title,
    source_line,
    two_lines,
    zero_line,
)

SHOWN = ("deaths_per_day", "days_in_ceasefire", "agreements", "collapsed", "attacks", "final_trust")
"""Outcomes that may be drawn; the first four that vary are."""

UNITS = {"1": "difference in belief (0–1)"}
N_PANELS = 4
BARS, MATRIX = 1, 2


def lessons_figure(
    effects: pd.DataFrame, interactions: pd.DataFrame, *, about: Mapping[str, Any]
) -> go.Figure:
    """Above, the main effect of each lesson and of all at once with intervals; below, the interaction of each two.

    ``effects`` has outcome, unit, lesson, kind, mean, low95, high95; ``interactions`` outcome, first, second, mean and
    limits.
    """
    panels = varying(effects)
    figure = make_subplots(
        rows=2, cols=len(panels), row_heights=[0.48, 0.52], vertical_spacing=0.15, horizontal_spacing=0.035
    )
    dress(figure, f"{about['title']}: what each of the five lessons adds", line_below(about), left=190)
    figure.update_layout(margin_t=118)
    for column, name in enumerate(panels, start=1):
        rows = effects[(effects["outcome"] == name) & effects["kind"].isin(["main", "together"])]
        add_bars(figure, rows, column)
        add_matrix(figure, interactions[interactions["outcome"] == name], lessons_of(effects), column)
        label(figure, rows, HEADS[name], column)
    return figure


def varying(effects: pd.DataFrame) -> list[str]:
    """The first outcomes of the list that any lesson moves at all."""
    moved = effects.groupby("outcome")["mean"].apply(lambda m: bool((m != 0).any()))
    found = [name for name in SHOWN if moved.get(name, False)]
    return (found or list(SHOWN))[:N_PANELS]


def lessons_of(effects: pd.DataFrame) -> list[str]:
    """The lessons in the order of the table."""
    return list(dict.fromkeys(effects.loc[effects["kind"] == "main", "lesson"]))


def words(lesson: str) -> str:
    """A lesson as the axis names it."""
    return "all five at once" if lesson == "together" else lesson.replace("-", " ")


def add_bars(figure: go.Figure, rows: pd.DataFrame, column: int) -> None:
    """A bar and its 95 % interval for each lesson; all at once in grey."""
    drawn = in_points(rows)
    colours = [QUIET if lesson == "together" else CYCLE[k % 5] for k, lesson in enumerate(drawn["lesson"])]
    figure.add_bar(
        x=drawn["mean"],
        y=[words(lesson) for lesson in drawn["lesson"]],
        orientation="h",
        marker={"color": colours, "opacity": 0.85},
        error_x=whiskers(drawn, color=INK, thickness=1.8, width=4),
        customdata=drawn[["low95", "high95"]],
        hovertemplate="%{y}: %{x:,.3~g}<br>95 %: %{customdata[0]:,.3~g} to %{customdata[1]:,.3~g}<extra></extra>",
        showlegend=False,
        row=BARS,
        col=column,
    )
    zero_line(figure, BARS, column)


def add_matrix(figure: go.Figure, rows: pd.DataFrame, lessons: list[str], column: int) -> None:
    """The interactions as a triangle: coloured where the interval leaves out nought, grey words where it does not."""
    drawn = in_points(rows)
    n = len(lessons)
    z, text = np.full((n, n), np.nan), [["" for _ in range(n)] for _ in range(n)]
    reach = float(drawn.loc[clear(drawn), "mean"].abs().max()) if clear(drawn).any() else 1.0
    for (_, row), is_clear in zip(drawn.iterrows(), clear(drawn), strict=True):
        j, k = sorted((lessons.index(row["first"]), lessons.index(row["second"])))
        z[k, j] = row["mean"] if is_clear else 0.0
        text[k][j] = cell_text(row["mean"], is_clear, reach)
    figure.add_heatmap(
        x=[words(lesson) for lesson in lessons[:-1]],
        y=[words(lesson) for lesson in lessons[1:]],
        z=z[1:, :-1],
        text=[line[:-1] for line in text[1:]],
        texttemplate="%{text}",
        textfont={"size": 13, "color": INK},
        colorscale=[list(stop) for stop in DIVERGING],
        zmin=-reach,
        zmax=reach,
        showscale=False,
        hoverongaps=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y} with %{x}: %{text}<extra></extra>",
        row=MATRIX,
        col=column,
    )


def clear(rows: pd.DataFrame) -> pd.Series[bool]:
    """Whether an interval leaves out nought."""
    return (rows["low95"] > 0) | (rows["high95"] < 0)


def cell_text(value: float, is_clear: bool, reach: float) -> str:
    """An interaction as its cell shows it; white on dark cells."""
    shown = f"{value:+.2g}".replace("-", "−") if value else "0"
    if not is_clear:
        return f"<span style='color:{QUIET}'>{shown}</span>"
    colour = "#ffffff" if abs(value) > 0.6 * reach else INK
    return f"<b style='color:{colour}'>{shown}</b>"


def label(figure: go.Figure, rows: pd.DataFrame, head: str, column: int) -> None:
    """Headings, units, and lessons named once, on the left."""
    for row in (BARS, MATRIX):
        figure.update_yaxes(
            autorange="reversed", showticklabels=column == 1, showgrid=False, row=row, col=column
        )
    figure.update_xaxes(title_text=unit_words(rows, UNITS), nticks=5, row=BARS, col=column)
    figure.update_xaxes(tickangle=-38, showgrid=False, row=MATRIX, col=column)
    for row, suffix in ((BARS, ""), (MATRIX, ": interactions")):
        left, _, _, top = domains(figure, row, column)
        panel_title(figure, f"{head}{suffix}", left, top)


def line_below(about: Mapping[str, Any]) -> str:
    """What bars and cells are, what the runs were made from, and what the figure is not."""
    what = (
        "above: change when a lesson is raised, averaged over the settings of the other four, with 95 % interval; "
        "below: what two lessons add beyond their sum (coloured where the interval leaves out 0)"
    )
    made = f"{about['runs']:,} runs · theory {about['theory']} · {source_line(about)} · {about['note']}"
    return two_lines(what, made)
