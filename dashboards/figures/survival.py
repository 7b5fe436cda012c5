"""Survival curves of ceasefires: a panel for each class, a curve with its band for each policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    CYCLE,
    domains,
    dress,
    faded,
    panel_title,
    quarters,
    source_line,
    two_lines,
)

CLASSES = {
    "cessation": "Cessation of hostilities",
    "preliminary": "Preliminary, with terms of compliance",
    "definitive": "Definitive",
}
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MOST_DAYS = 540
"""Longest age drawn [days]."""


def survival_figure(curves: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """Share of ceasefires kept by their age.

    ``curves`` has policy, class, days, survival, low95, high95, at_risk; ``about`` what the title says, the policies in
    order, and what counts as an end (``until``).
    """
    classes = [name for name in CLASSES if name in set(curves["class"])] or list(CLASSES)
    figure = make_subplots(rows=1, cols=len(classes), shared_yaxes=True, horizontal_spacing=0.03)
    dress(figure, f"{about['title']}: how long ceasefires are kept", line_below(about))
    figure.update_layout(margin_t=124, height=640)
    for column, name in enumerate(classes, start=1):
        for k, policy in enumerate(about["policies"]):
            rows = curves[(curves["class"] == name) & (curves["policy"] == policy)]
            if not rows.empty:
                add_curve(figure, rows, str(policy), k, column)
        left, _, _, top = domains(figure, 1, column)
        panel_title(figure, CLASSES[name], left, top)
    label(figure, about)
    return figure


def add_curve(figure: go.Figure, rows: pd.DataFrame, policy: str, k: int, column: int) -> None:
    """One curve in steps, with its 95 % band."""
    colour = CYCLE[k % len(CYCLE)]
    for side, fill in (("low95", None), ("high95", "tonexty")):
        figure.add_scatter(
            x=rows["days"],
            y=rows[side],
            mode="lines",
            line={"width": 0, "shape": "hv", "color": colour},
            fill=fill,
            fillcolor=faded(colour, 0.16),
            hoverinfo="skip",
            showlegend=False,
            legendgroup=policy,
            row=1,
            col=column,
        )
    figure.add_scatter(
        x=rows["days"],
        y=rows["survival"],
        mode="lines",
        name=f"{policy} ({int(rows['at_risk'].max())})",
        line={"width": 3, "shape": "hv", "color": colour, "dash": DASHES[k % len(DASHES)]},
        customdata=rows[["low95", "high95", "at_risk"]],
        hovertemplate=(
            f"{policy}, day %{{x:.0f}}: %{{y:.2f}} [%{{customdata[0]:.2f}}, %{{customdata[1]:.2f}}]"
            "<br>%{customdata[2]} still watched<extra></extra>"
        ),
        legend="legend" if column == 1 else f"legend{column}",
        row=1,
        col=column,
    )


def label(figure: go.Figure, about: Mapping[str, Any]) -> None:
    """Axes with units; a legend with the number of ceasefires in each panel."""
    what = "share not broken" if about["until"] == "collapse" else "share still in force"
    figure.update_yaxes(range=[0, 1.02], **quarters())
    figure.update_yaxes(title_text=what, row=1, col=1)
    figure.update_xaxes(range=[0, MOST_DAYS], dtick=90, title_text="age of the ceasefire (days)")
    quiet = {
        "yanchor": "bottom",
        "y": 0.02,
        "xanchor": "left",
        "bgcolor": "rgba(255,255,255,0.75)",
        "font": {"size": 14},
    }
    for column, axis in enumerate(figure.select_xaxes(), start=1):
        name = "legend" if column == 1 else f"legend{column}"
        figure.update_layout({name: {**quiet, "x": axis.domain[0] + 0.01}})


def line_below(about: Mapping[str, Any]) -> str:
    """What the curves are, what the runs were made from, and what the figure is not."""
    censored = "those that expired, became part of an agreement or outlived their run"
    if about["until"] != "collapse":
        censored = "those that outlived their run"
    what = f"Kaplan-Meier, 95 % bands; ceasefires the parties chose (in brackets: how many); censored: {censored}"
    made = f"{about['runs']:,} runs per policy · theory {about['theory']} · {source_line(about)} · {about['note']}"
    return two_lines(what, made)
