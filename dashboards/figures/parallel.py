"""Parallel coordinates: every state of the world as a line through its parameters to what a policy did there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from detente.dashboards.figures.style import dress, source_line, two_lines

MOST_AXES = 7
"""Parameters drawn: those that go most closely with the outcome."""


def parallel_figure(states: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """Lines through parameters and one outcome, coloured by the outcome; drag along an axis to choose lines.

    ``states`` has a row a state, a column for each parameter and one for the outcome; ``about`` names the outcome, its
    unit and the policy beside what the title says.
    """
    outcome = str(about["outcome"])
    states = states.dropna(subset=[outcome])
    shown = leading(states, outcome)
    dimensions = [{"label": name, "values": states[name], "tickformat": ".4~g"} for name in shown]
    unit = {"1": "0–1", "0 or 1": "share of runs"}.get(str(about["unit"]), str(about["unit"]))
    dimensions.append({"label": f"{outcome} ({unit})", "values": states[outcome], "tickformat": ".4~g"})
    bar: dict[str, Any] = {"colorbar": {"title": unit}}
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": states[outcome], "colorscale": "Cividis", "showscale": True, **bar},
            labelfont={"size": 15},
            tickfont={"size": 13},
            rangefont={"size": 12},
            labelangle=-12,
            labelside="top",
        )
    )
    dress(figure, f"{about['title']}: {outcome} under {about['policy']}, state by state", line_below(about))
    figure.update_layout(margin={"t": 190, "l": 110, "r": 60, "b": 40}, height=760)
    return figure


def leading(states: pd.DataFrame, outcome: str) -> list[str]:
    """The parameters whose ranks go most closely with the outcome's, closest last so that they stand beside it."""
    ranks = states.rank()
    close = {
        name: abs(float(np.corrcoef(ranks[name], ranks[outcome])[0, 1]))
        for name in states.columns
        if name != outcome and states[name].nunique() > 1 and states[outcome].nunique() > 1
    }
    order = sorted(close, key=lambda name: close[name])
    return order[-MOST_AXES:]


def line_below(about: Mapping[str, Any]) -> str:
    """What a line is, what the runs were made from, and what the figure is not."""
    what = "a line a state of the world: uncertain parameters and mean outcome; those that matter most stand right"
    return two_lines(what, f"{source_line(about)} · {about['note']}")
