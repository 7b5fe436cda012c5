"""Paired differences by theory: what a policy adds, and how far theories disagree about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import HEADS, in_points, unit_words, whiskers
from detente.dashboards.figures.style import (
    CYCLE,
    domains,
    dress,
    panel_title,
    source_line,
    two_lines,
    zero_line,
)

UNITS = {"1": "difference (0–1)"}
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross")


def theories_figure(apart: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """A panel for each outcome, a dot with its interval for each theory and policy.

    ``apart`` has outcome, theory, policy, unit, mean, low95, high95; ``about`` the policies, the first the baseline.
    """
    outcomes = list(dict.fromkeys(apart["outcome"]))
    figure = make_subplots(rows=1, cols=len(outcomes), horizontal_spacing=0.03)
    first, n = about["policies"][0], apart["theory"].nunique()
    dress(figure, f"{about['title']}: what {n} theories say of the same change", line_below(about), left=120)
    figure.update_layout(margin_t=130, height=560, scattermode="group")
    for column, name in enumerate(outcomes, start=1):
        for k, policy in enumerate(about["policies"][1:]):
            rows = apart[(apart["outcome"] == name) & (apart["policy"] == policy)]
            add_dots(figure, rows, f"{policy} against {first}", k, column)
        unit = unit_words(apart[apart["outcome"] == name], UNITS)
        figure.update_xaxes(title_text=unit, row=1, col=column)
        figure.update_yaxes(showticklabels=column == 1, autorange="reversed", row=1, col=column)
        zero_line(figure, 1, column)
        left, _, _, top = domains(figure, 1, column)
        panel_title(figure, HEADS[name], left, top)
    figure.update_layout(
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.1, "yanchor": "bottom"}
    )
    return figure


def add_dots(figure: go.Figure, rows: pd.DataFrame, name: str, k: int, column: int) -> None:
    """One policy's paired differences with their intervals, theory by theory."""
    drawn = in_points(rows)
    figure.add_scatter(
        x=drawn["mean"],
        y=drawn["theory"],
        mode="markers",
        name=name,
        offsetgroup=name,
        orientation="h",
        marker={"size": 13, "color": CYCLE[k % len(CYCLE)], "symbol": SYMBOLS[k % len(SYMBOLS)]},
        error_x=whiskers(drawn, thickness=2.2, width=5),
        hovertemplate="%{y}: %{x:.3~g}<extra>" + name + "</extra>",
        showlegend=column == 1,
        legendgroup=name,
        row=1,
        col=column,
    )


def line_below(about: Mapping[str, Any]) -> str:
    """What the dots are, what the runs were made from, and what the figure is not."""
    what = "difference of paired runs under the same seeds, mean and 95 % interval, one dot a theory of readiness"
    return two_lines(what, f"{source_line(about)} · {about['note']}")
