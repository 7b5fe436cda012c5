"""The figure of ``detente where`` for a narrow window: a panel a yardstick, each case named above its line."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import PAPER, QUIET, domains, dress, panel_title
from detente.dashboards.figures.where import SHOWN, UNITS, add_intervals, in_points

ROW, BETWEEN, AROUND = 44, 96, 176
"""Heights of a case and between two panels, and above and below all of them [px]."""
BELOW = (
    "All five together. Thick line: luck; thin line: luck and what is not known; full point: the sign holds in "
    "most draws; blue helps, vermilion hurts, grey: luck may be behind it."
)


def narrow_where(effects: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """All five lessons together in every case, for a window of some 350 px; the arguments of ``where_figure``."""
    together = effects[effects["lesson"] == "together"]
    known = together.dropna(subset=["mean"])
    shown = [(name, words) for name, words in SHOWN if (known["yardstick"] == name).any()]
    counts = [int((known["yardstick"] == name).sum()) for name, _ in shown]
    inner = ROW * sum(counts) + BETWEEN * (len(shown) - 1)
    figure = make_subplots(
        rows=len(shown),
        cols=1,
        row_heights=[n / sum(counts) for n in counts],
        vertical_spacing=BETWEEN / inner if len(shown) > 1 else 0.0,
    )
    dress(figure, "Where the five lessons help<br>and where they hurt", "<br>".join(wrap(BELOW, 52)), left=10)
    figure.update_layout(height=inner + AROUND + 60, margin={"t": AROUND, "r": 18}, title_font_size=17)
    for row, (name, words) in enumerate(shown, start=1):
        add_panel(figure, in_points(known[known["yardstick"] == name]), words, dict(about["titles"]), row)
    return figure


def add_panel(figure: go.Figure, rows: pd.DataFrame, words: str, titles: Mapping[str, str], row: int) -> None:
    """One yardstick: heading, intervals, and the name of each case above its line."""
    add_intervals(figure, rows, titles, 1, row)
    unit = str(rows["unit"].iloc[0])
    _, _, _, top = domains(figure, row, 1)
    unit = UNITS.get(unit, unit)
    panel_title(figure, words if unit == words.lower() else f"{words}, {unit}", 0, top)
    figure.update_xaxes(nticks=5, row=row, col=1)
    limits = [len(rows) - 0.6, -0.9]
    figure.update_yaxes(
        type="category", range=limits, showticklabels=False, ticks="", showgrid=False, row=row, col=1
    )
    axis = "" if row == 1 else str(row)
    for case in rows["case"]:
        figure.add_annotation(
            text=titles[case], xref=f"x{axis} domain", yref=f"y{axis}", x=0, y=titles[case], xanchor="left",
            yanchor="bottom", yshift=9, showarrow=False, font={"size": 12, "color": QUIET}, bgcolor=PAPER, borderpad=0,
        )  # fmt: skip
