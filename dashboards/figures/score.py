"""The figure of a hindcast: what was seen and what would have been said, scores by lead, calibration, and skill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLACK,
    BLUE,
    CYCLE,
    INK,
    QUIET,
    domains,
    dress,
    faded,
    panel_title,
    source_line,
)

MODEL = "model"
FIXED = "model, scale fixed"
FANS = 2
LEAD_NAMES = {1: "one month ahead", 2: "two", 3: "three months ahead", 6: "six months ahead"}
SERIES_WORDS = {"deaths_all": "deaths", "deaths_state_based": "state-based deaths"}
POOR = ("last-value Poisson", "seasonal persistence")
"""Null models far off the others, left out where they would flatten the axis."""


def score_figure(rows: pd.DataFrame, skills: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """A hindcast.

    ``rows`` has origin, lead, month, forecast, observed, median, low80, high80, crps, pit; ``skills`` (index: null) has
    skill, low95, high95; ``about`` what the title says, with the verdict.
    """
    leads = chosen_leads(rows)
    figure = make_subplots(
        rows=2,
        cols=6,
        specs=[
            [{"colspan": 3}, None, None, {"colspan": 3}, None, None],
            [{"colspan": 2}, None, {"colspan": 2}, None, {"colspan": 2}, None],
        ],
        vertical_spacing=0.17,
        horizontal_spacing=0.085,
        row_heights=[0.54, 0.46],
    )
    for k, lead in enumerate(leads):
        add_fan(figure, rows, lead, 1 + 3 * k, about)
    gated = rows[rows["month"] <= pd.Timestamp(about["pivot"])]
    gated = gated if len(gated) else rows
    add_by_lead(figure, gated)
    add_pit(figure, gated)
    add_skill(figure, skills)
    series = SERIES_WORDS.get(about["series"], about["series"].replace("_", " "))
    head = f"{about['title']}: {series} a month, seen from months before"
    below = f"80 % of {about['runs']} runs; refitted at every month · {source_line(about)} · {about['note']}"
    dress(figure, head, below)
    label(figure, leads)
    return figure


def chosen_leads(rows: pd.DataFrame) -> list[int]:
    """The first lead, and six months or the last."""
    known = sorted(int(lead) for lead in rows["lead"].unique())
    last = 6 if 6 in known else known[-1]
    return [known[0], last] if last != known[0] else [known[0]]


def add_fan(figure: go.Figure, rows: pd.DataFrame, lead: int, column: int, about: Mapping[str, Any]) -> None:
    """Middle 80 % and median of the model at one lead, and what was observed."""
    chosen = rows[(rows["lead"] == lead) & (rows["forecast"] == MODEL)].sort_values("month")
    for side, fill in (("low80", None), ("high80", "tonexty")):
        figure.add_scatter(
            x=chosen["month"],
            y=chosen[side],
            mode="lines",
            line={"width": 0, "color": BLUE},
            fill=fill,
            fillcolor=faded(BLUE, 0.25),
            hoverinfo="skip",
            showlegend=False,
            row=1,
            col=column,
        )
    hover = (
        "%{x|%b %Y}: median %{y:,.0f}<br>80 %: %{customdata[0]:,.0f} to %{customdata[1]:,.0f}<extra></extra>"
    )
    figure.add_scatter(
        x=chosen["month"],
        y=chosen["median"],
        mode="lines",
        line={"width": 3, "color": BLUE},
        name="model",
        customdata=chosen[["low80", "high80"]],
        hovertemplate=hover,
        showlegend=column == 1,
        row=1,
        col=column,
    )
    figure.add_scatter(
        x=chosen["month"],
        y=chosen["observed"],
        mode="markers",
        name="observed",
        marker={"size": 8, "color": "white", "line": {"color": BLACK, "width": 2}},
        hovertemplate="observed, %{x|%b %Y}: %{y:,.0f}<extra></extra>",
        showlegend=column == 1,
        row=1,
        col=column,
    )
    where: dict[str, Any] = {"row": 1, "col": column}
    figure.add_vline(
        x=pd.Timestamp(about["pivot"]), line={"color": INK, "width": 1.5, "dash": "dot"}, **where
    )


def add_by_lead(figure: go.Figure, rows: pd.DataFrame) -> None:
    """Mean CRPS by lead, poor null models left out."""
    names = [name for name in rows["forecast"].unique() if name not in POOR]
    for k, name in enumerate(names):
        mean: Any = rows[rows["forecast"] == name].groupby("lead")["crps"].mean()
        mine = name == MODEL
        figure.add_scatter(
            x=mean.index,
            y=mean,
            mode="lines+markers",
            name=name,
            legend="legend2",
            line={
                "width": 4 if mine else 2,
                "color": CYCLE[k % len(CYCLE)],
                "dash": "solid" if mine else ("dash", "dot")[k // len(CYCLE) % 2],
            },
            hovertemplate=f"{name}, %{{x}} months ahead: %{{y:,.0f}}<extra></extra>",
            row=2,
            col=1,
        )


def add_pit(figure: go.Figure, rows: pd.DataFrame) -> None:
    """Where observed values stood among the model's: even bars mean a calibrated forecast."""
    values = rows[rows["forecast"] == MODEL]["pit"]
    figure.add_histogram(
        x=values,
        xbins={"start": 0, "end": 1, "size": 0.1},
        histnorm="percent",
        marker={"color": faded(BLUE, 0.6), "line": {"color": "white", "width": 1}},
        showlegend=False,
        hovertemplate="%{x}: %{y:.0f} %<extra></extra>",
        row=2,
        col=3,
    )
    where: dict[str, Any] = {"row": 2, "col": 3}
    figure.add_hline(y=10, line={"color": INK, "width": 1.5, "dash": "dot"}, **where)


def add_skill(figure: go.Figure, skills: pd.DataFrame) -> None:
    """Skill of the model over each null, with its 95 % interval."""
    figure.add_scatter(
        x=skills["skill"],
        y=[broken(str(name)) for name in skills.index],
        mode="markers",
        marker={"size": 11, "color": BLUE},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": skills["high95"] - skills["skill"],
            "arrayminus": skills["skill"] - skills["low95"],
            "color": BLUE,
            "thickness": 2,
        },
        showlegend=False,
        hovertemplate="%{y}: %{x:+.0%}<extra></extra>",
        row=2,
        col=5,
    )
    where: dict[str, Any] = {"row": 2, "col": 5}
    figure.add_vline(x=0, line={"color": INK, "width": 1.5, "dash": "dot"}, **where)


def broken(name: str) -> str:
    """A long name in two lines."""
    return (
        name.replace("negative binomial", "neg. binomial")
        .replace(", ", ",<br>")
        .replace("seasonal ", "seasonal<br>")
    )


def label(figure: go.Figure, leads: list[int]) -> None:
    """Headings, axes and legends."""
    for k, lead in enumerate(leads):
        left, _, _, top = domains(figure, 1, 1 + 3 * k)
        panel_title(figure, LEAD_NAMES.get(lead, f"{lead} months ahead").capitalize(), left, top)
        figure.update_yaxes(rangemode="tozero", matches="y", row=1, col=1 + 3 * k)
    figure.update_yaxes(title_text="a month", row=1, col=1)
    for column, head in (
        (1, "CRPS by months ahead (less is better)"),
        (3, "Where the observed fell"),
        (5, "Skill over"),
    ):
        left, _, _, top = domains(figure, 2, column)
        panel_title(figure, head, left, top)
    figure.update_xaxes(title_text="months ahead", dtick=1, row=2, col=1)
    figure.update_yaxes(rangemode="tozero", row=2, col=1)
    figure.update_xaxes(title_text="share of the model's runs below it (PIT)", range=[0, 1], row=2, col=3)
    figure.update_yaxes(title_text="% of months", row=2, col=3)
    figure.update_xaxes(title_text="1 − CRPS / CRPS of the null", tickformat="+.0%", row=2, col=5)
    figure.update_yaxes(autorange="reversed", tickfont={"size": 11}, row=2, col=5)
    quiet = {"orientation": "h", "bgcolor": "rgba(255,255,255,0.6)", "font": {"size": 12, "color": QUIET}}
    _, right, bottom, _ = domains(figure, 1, 1)
    figure.update_layout(
        legend={**quiet, "x": right, "xanchor": "right", "y": bottom, "yanchor": "bottom"},
        legend2={**quiet, "x": 0, "xanchor": "left", "y": -0.1, "yanchor": "top"},
    )
