"""Effects with two intervals, luck and luck with what is not known, and the share of draws in which the sign holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import HEADS, SHARE, unit_words
from detente.dashboards.figures.style import (
    CYCLE,
    INK,
    domains,
    dress,
    panel_title,
    percent,
    source_line,
    two_lines,
    zero_line,
)
from detente.experiments.runs.two_intervals import claimed

LUCK, BOTH = 9, 2
"""Widths of the two bars."""
UNITS = {"1": "difference (0–1)"}


def two_intervals_figure(rows: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """A panel for each outcome, a line for each effect.

    ``rows`` has outcome, label, unit, mean, low95, high95, draws_low95, draws_high95 and sign_share; ``about`` what the
    title says (``head``), what was drawn (``drawn``), and the note.
    """
    outcomes = list(dict.fromkeys(rows["outcome"]))
    figure = make_subplots(rows=1, cols=len(outcomes), horizontal_spacing=0.035)
    dress(figure, f"{about['title']}: {about['head']}", line_below(about), left=170)
    figure.update_layout(margin_t=110, height=300 + 60 * rows["label"].nunique(), showlegend=False)
    for column, name in enumerate(outcomes, start=1):
        chosen = rows[rows["outcome"] == name]
        add_effects(figure, scaled(chosen), column)
        figure.update_xaxes(title_text=unit_words(chosen, UNITS), row=1, col=column)
        figure.update_yaxes(showticklabels=column == 1, autorange="reversed", row=1, col=column)
        zero_line(figure, 1, column)
        left, _, _, top = domains(figure, 1, column)
        panel_title(figure, HEADS.get(str(name), str(name)), left, top)
    return figure


def scaled(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares in percentage points, everything else as it is."""
    factor = 100.0 if (rows["unit"] == SHARE).all() else 1.0
    ends = ("mean", "low95", "high95", "draws_low95", "draws_high95")
    return rows.assign(**{key: rows[key] * factor for key in ends})


def add_effects(figure: go.Figure, rows: pd.DataFrame, column: int) -> None:
    """Each effect: a thin bar for both kinds of not knowing, a thick one for luck, a dot for the mean."""
    for number, row in enumerate(rows.to_dict("records")):
        colour = CYCLE[number % len(CYCLE)]
        for low, high, width in (("draws_low95", "draws_high95", BOTH), ("low95", "high95", LUCK)):
            figure.add_scatter(
                x=[row[low], row[high]],
                y=[row["label"]] * 2,
                mode="lines",
                line={"width": width, "color": colour},
                hoverinfo="skip",
                row=1,
                col=column,
            )
    figure.add_scatter(
        x=rows["mean"],
        y=rows["label"],
        mode="markers+text",
        marker={"size": 11, "color": "white", "line": {"color": INK, "width": 2}},
        text=[share_words(row) for row in rows.to_dict("records")],
        textposition="top center",
        customdata=rows[["low95", "high95", "draws_low95", "draws_high95"]],
        hovertemplate=(
            "%{y}: %{x:.3~g}<br>luck: %{customdata[0]:.3~g} to %{customdata[1]:.3~g}<br>luck and what is not known: "
            "%{customdata[2]:.3~g} to %{customdata[3]:.3~g}<extra></extra>"
        ),
        row=1,
        col=column,
    )


def share_words(row: Mapping[Any, Any]) -> str:
    """In how many draws the sign holds, and whether it is claimed."""
    share = row["sign_share"]
    if share != share:
        return ""
    return percent(share) if claimed(row) else f"no sign ({percent(share)})"


def line_below(about: Mapping[str, Any]) -> str:
    """What the bars are, what was drawn, and what the figure is not."""
    what = "thick: 95 % interval of luck · thin: of luck and what is not known · %: share of draws with this sign"
    return two_lines(what, f"{about['drawn']} · {source_line(about)} · {about['note']}")
