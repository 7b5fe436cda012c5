"""The figure of a benchmark: CRPS over that of the null model by conflict and by lead, and what intervals cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import BLUE, QUIET, VERMILION, dress, faded

COLOURS = {"none": BLUE, "conditioned": VERMILION}
SYMBOLS = {"none": "circle", "conditioned": "diamond"}
DASHES = {"none": "solid", "conditioned": "dash"}
TITLES = {"none": "nothing known", "conditioned": "diplomacy known"}
AIM = (0.72, 0.88)
PANELS = ("CRPS over the null model, by conflict", "Pooled, by months ahead", "80 % intervals cover")


def benchmark_figure(cases: pd.DataFrame, leads: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """A benchmark: ``cases`` and ``leads`` are ``by_case()`` and ``by_lead()`` of it, ``about`` has runs and note."""
    figure = make_subplots(rows=1, cols=3, subplot_titles=PANELS, horizontal_spacing=0.09)
    modes = [mode for mode in COLOURS if f"ratio_{mode}" in cases]
    for mode in modes:
        add_cases(figure, cases, mode, 1, "ratio")
        add_leads(figure, leads, mode)
        add_cases(figure, cases, mode, 3, "covered")
    first, second, third = (place(column) for column in (1, 2, 3))
    figure.add_vline(x=1.0, line={"color": QUIET, "dash": "dot"}, **first)
    figure.add_hline(y=1.0, line={"color": QUIET, "dash": "dot"}, **second)
    figure.add_vrect(x0=AIM[0], x1=AIM[1], fillcolor=faded(QUIET, 0.15), line_width=0, **third)
    figure.update_xaxes(title_text="lead [months]", row=1, col=2)
    figure.update_yaxes(autorange="reversed", row=1, col=1)
    figure.update_yaxes(autorange="reversed", showticklabels=False, row=1, col=3)
    below = f"below 1 is better than the null model · {about['runs']} runs an origin · {about['note']}"
    dress(figure, "Forecasts of many conflicts", below, left=170)
    figure.update_layout(legend={"orientation": "h", "y": -0.12})
    return figure


def place(column: int) -> dict[str, Any]:
    """The panel of a column."""
    return {"row": 1, "col": column}


def add_cases(figure: go.Figure, cases: pd.DataFrame, mode: str, column: int, what: str) -> None:
    """One number of each conflict; those with few deaths are hollow."""
    symbols = [SYMBOLS[mode] if pooled else f"{SYMBOLS[mode]}-open" for pooled in cases["pooled"]]
    figure.add_scatter(
        x=cases[f"{what}_{mode}"],
        y=cases["case"],
        mode="markers",
        marker={"color": COLOURS[mode], "symbol": symbols, "size": 9},
        name=TITLES[mode],
        legendgroup=mode,
        showlegend=column == 1,
        row=1,
        col=column,
    )


def add_leads(figure: go.Figure, leads: pd.DataFrame, mode: str) -> None:
    """Pooled ratios by lead with their intervals."""
    own = leads[leads["forecast"].str.endswith(TITLES[mode])]
    known = own["low95"].notna() & own["high95"].notna()
    spread = {
        "type": "data",
        "symmetric": False,
        "array": (own["high95"] - own["ratio"]).where(known, 0.0),
        "arrayminus": (own["ratio"] - own["low95"]).where(known, 0.0),
        "thickness": 1,
    }
    figure.add_scatter(
        x=own["lead"],
        y=own["ratio"],
        error_y=spread,
        mode="lines+markers",
        line={"color": COLOURS[mode], "dash": DASHES[mode]},
        marker={"symbol": SYMBOLS[mode], "size": 7},
        legendgroup=mode,
        showlegend=False,
        row=1,
        col=2,
    )
