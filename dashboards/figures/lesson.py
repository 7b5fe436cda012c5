"""The picture of a lesson: one outcome without the lever and with it, and how the runs ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLUE,
    END_COLOURS,
    END_WORDS,
    ORANGE,
    dress,
    faded,
    panel_title,
    source_line,
)

SIDES = (("off", ORANGE), ("on", BLUE))


def lesson_figure(outcomes: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """``outcomes`` has a row a run with ``side`` (off or on), the outcome and end_reason; ``about`` names and unit."""
    figure = make_subplots(rows=1, cols=2, column_widths=[0.58, 0.42], horizontal_spacing=0.16)
    for side, colour in SIDES:
        values = outcomes.loc[outcomes["side"] == side, about["outcome"]]
        figure.add_box(
            x=values,
            y=[about[side]] * len(values),
            orientation="h",
            boxpoints="all",
            jitter=0.6,
            pointpos=0,
            marker={"color": faded(colour, 0.35), "size": 5},
            line={"color": colour, "width": 2},
            fillcolor="rgba(0,0,0,0)",
            hoverinfo="x",
            name=about[side],
            showlegend=False,
            row=1,
            col=1,
        )
    add_endings(figure, outcomes, about)
    dress(figure, about["head"], source_line(about), left=150)
    figure.update_layout(height=None, title={"font": {"size": 18}}, barmode="stack")
    figure.update_layout(
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": -0.16, "yanchor": "top"}
    )
    panel_title(figure, f"Each point is a run: {about['meaning']}", 0, 1)
    panel_title(figure, "How the runs ended", 0.66, 1)
    figure.update_xaxes(title_text=about["unit"], rangemode="tozero", row=1, col=1)
    figure.update_xaxes(title_text="share of runs", range=[0, 1], tickformat=".0%", row=1, col=2)
    figure.update_yaxes(showgrid=False, autorange="reversed", row=1, col=1)
    figure.update_yaxes(showgrid=False, autorange="reversed", showticklabels=False, row=1, col=2)
    return figure


def add_endings(figure: go.Figure, outcomes: pd.DataFrame, about: Mapping[str, Any]) -> None:
    """A bar a side: shares of runs by how they ended."""
    shares = pd.crosstab(outcomes["side"], outcomes["end_reason"], normalize="index").reindex(["off", "on"])
    for reason in [r for r in END_COLOURS if r in shares.columns]:
        figure.add_bar(
            x=shares[reason],
            y=[about["off"], about["on"]],
            orientation="h",
            name=END_WORDS[reason],
            marker={"color": END_COLOURS[reason]},
            text=[f"{v:.0%}" if v > 0.05 else "" for v in shares[reason]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=f"%{{x:.1%}} {END_WORDS[reason]}<extra></extra>",
            row=1,
            col=2,
        )
