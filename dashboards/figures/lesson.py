"""The picture of a lesson: one outcome without the lever and with it, and how the runs ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLUE,
    END_COLOURS,
    END_INK,
    ORANGE,
    QUIET,
    domains,
    dress,
    faded,
    panel_title,
)
from detente.experiments.runs.outcomes import END_WORDS

SIDES = (("off", ORANGE), ("on", BLUE))

WIDEST = 34
"""Characters of a heading in one line, which a telephone has room for."""

LEAST_SHARE = 0.13
"""Share of runs whose number has room in its bar; the others are told by the pointer."""


def lesson_figure(outcomes: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """``outcomes`` has a row a run with ``side``, the outcome and end_reason; ``about`` names and unit.

    Where ``about["open"]`` is false the side ``on`` stays blank: the reader has yet to say what it will show.
    """
    figure = make_subplots(rows=2, cols=1, row_heights=[0.66, 0.34], vertical_spacing=0.22)
    shown = SIDES if about["open"] else SIDES[:1]
    for side, colour in shown:
        values = outcomes.loc[outcomes["side"] == side, about["outcome"]]
        add_runs(figure, values, about[side], colour)
    add_endings(figure, outcomes, about, [side for side, _ in shown])
    dress(figure, "", "", left=92)
    figure.update_layout(height=None, title=None, barmode="stack", margin={"t": 58, "r": 26, "b": 66})
    figure.update_layout(
        legend={"orientation": "h", "x": 0, "y": -0.17, "yanchor": "top", "traceorder": "normal"}
    )
    words = "<br>".join(wrap(f"Each point is a run: {about['meaning']}", WIDEST))
    for row, text in ((1, words), (2, "How the runs ended")):
        panel_title(figure, text, 0, domains(figure, row, 1)[3])
    most = float(outcomes[about["outcome"]].fillna(0.0).max()) or 1.0
    figure.update_xaxes(title_text=about["unit"], range=[-0.02 * most, 1.04 * most], row=1, col=1)
    figure.update_xaxes(
        title_text="share of runs",
        range=[0, 1],
        tickformat=".0%",
        tickvals=[0, 0.25, 0.5, 0.75, 1],
        row=2,
        col=1,
    )
    order = [about["off"], about["on"]]
    figure.update_yaxes(showgrid=False, categoryorder="array", categoryarray=order, range=[1.5, -0.5])
    if not about["open"]:
        ask(figure, about["on"])
    return figure


def add_runs(figure: go.Figure, values: pd.Series, name: str, colour: str) -> None:
    """The runs of a side: a point each, and a box."""
    figure.add_box(
        x=values,
        y=[name] * len(values),
        orientation="h",
        boxpoints="all",
        jitter=0.6,
        pointpos=0,
        marker={"color": faded(colour, 0.35), "size": 5},
        line={"color": colour, "width": 2},
        fillcolor="rgba(0,0,0,0)",
        hoverinfo="x",
        name=name,
        showlegend=False,
        row=1,
        col=1,
    )


def ask(figure: go.Figure, name: str) -> None:
    """Say in the place of the side that is still blank what is missing."""
    figure.add_annotation(
        text="Answer first: what will you see here?",
        x=0.5,
        xref="x domain",
        y=name,
        yref="y",
        showarrow=False,
        font={"size": 15, "color": QUIET},
    )


def add_endings(
    figure: go.Figure, outcomes: pd.DataFrame, about: Mapping[str, Any], sides: Sequence[str]
) -> None:
    """A bar a side: shares of runs by how they ended."""
    shares = pd.crosstab(outcomes["side"], outcomes["end_reason"], normalize="index").reindex(list(sides))
    for reason in [r for r in END_COLOURS if r in shares.columns]:
        figure.add_bar(
            x=shares[reason],
            y=[about[side] for side in sides],
            orientation="h",
            name=END_WORDS[reason],
            marker={"color": END_COLOURS[reason]},
            text=[f"{v:.0%}" if v >= LEAST_SHARE else "" for v in shares[reason]],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"size": 14, "color": END_INK},
            constraintext="none",
            hovertemplate=f"%{{x:.1%}} {END_WORDS[reason]}<extra></extra>",
            row=2,
            col=1,
        )
