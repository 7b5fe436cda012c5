"""What outcomes depend on, a panel for each outcome: Sobol or Morris bars, a tornado of linear swings, or shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import whiskers
from detente.dashboards.figures.style import (
    BLUE,
    INK,
    ORANGE,
    QUIET,
    VERMILION,
    domains,
    dress,
    panel_title,
    two_lines,
    zero_line,
)

GROUP = ("case", "policy", "theory")
LEADING = {"sobol": "ST", "morris": "mu_star", "swing": "swing", "share": "share"}
"""How a design was analysed, and the index that its bars are ordered by."""


NAMES = {
    "S1": "alone (S1)",
    "ST": "with interactions (ST)",
    "mu_star": "mean size of an effect",
    "swing": "swing",
    "share": "alone",
}
SHOWN = ("deaths_per_day", "attacks", "days_in_ceasefire", "final_trust", "issues_settled", "collapsed")
N_PANELS, N_FACTORS = 4, 10
AXES = {
    "sobol": "share of the variance between points",
    "morris": "mean size of an elementary effect over the factor's range",
    "swing": "linear change over the factor's range",
    "share": "share of the variance between points",
}


def sensitivity_figure(indices: pd.DataFrame, noise: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """Indices with their intervals for the first case, policy and theory of a sweep.

    ``indices`` has the columns of ``experiments.sensitivity``; ``noise`` says how much of each outcome's variance is
    luck, which the heading of its panel repeats.  ``about`` says the method, a key of ``LEADING``.
    """
    group = noise[list(GROUP)].iloc[0]
    indices, noise = only(indices, group), only(noise, group)
    panels = chosen(noise)
    method = str(about["method"])
    rows, columns = (1, 1) if len(panels) == 1 else (2, 2)
    figure = make_subplots(rows=rows, cols=columns, vertical_spacing=0.16, horizontal_spacing=0.22)
    dress(figure, f"What outcomes depend on: {' · '.join(map(str, group))}", line_below(about), left=250)
    figure.update_layout(margin_t=124, barmode="group", height=900)
    for k, name in enumerate(panels):
        row, column = divmod(k, 2)
        add_panel(figure, indices[indices["outcome"] == name], method, row + 1, column + 1)
        head(figure, noise[noise["outcome"] == name].iloc[0], row + 1, column + 1)
    figure.update_layout(
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.09, "yanchor": "bottom"}
    )
    return figure


def only(table: pd.DataFrame, group: pd.Series[Any]) -> pd.DataFrame:
    """Rows of one case, policy and theory."""
    for name in GROUP:
        table = table[table[name] == group[name]]
    return table


def chosen(noise: pd.DataFrame) -> list[str]:
    """The outcomes drawn: those of the list that vary, then any others; the first where none does."""
    varies = list(noise.loc[noise["between"] > 0, "outcome"])
    first = [name for name in SHOWN if name in varies]
    rest = [name for name in varies if name not in first]
    return (first + rest)[:N_PANELS] or list(noise["outcome"])[:1]


def add_panel(figure: go.Figure, rows: pd.DataFrame, method: str, row: int, column: int) -> None:
    """Bars for the leading factors of one outcome, the largest on top."""
    lead = rows[rows["index"] == LEADING[method]]
    order = list(lead.reindex(lead["value"].abs().sort_values().index)["factor"])[-N_FACTORS:]
    drawn = ("ST", "S1") if method == "sobol" else (LEADING[method],)
    for index, colour in zip(drawn, (BLUE, ORANGE), strict=False):
        found = rows[rows["index"] == index].set_index("factor").loc[order]
        tornado = method == "swing"
        figure.add_bar(
            x=found["value"],
            y=order,
            orientation="h",
            name=NAMES[index],
            marker={"color": [VERMILION if tornado and v < 0 else colour for v in found["value"]]},
            error_x=whiskers(found, "value", color=INK, thickness=1.6, width=3),
            hovertemplate="%{y}: %{x:.3~g}<extra>" + NAMES[index] + "</extra>",
            showlegend=method == "sobol" and row == column == 1,
            legendgroup=index,
            row=row,
            col=column,
        )
    zero_line(figure, row, column)
    figure.update_xaxes(title_text=AXES[method], row=row, col=column)


def head(figure: go.Figure, noise: pd.Series[Any], row: int, column: int) -> None:
    """The outcome, and how much of what differs between points is luck."""
    left, _, _, top = domains(figure, row, column)
    note = f" <span style='font-size:13px;font-weight:normal'>{luck_words(noise)}</span>"
    panel_title(figure, str(noise["outcome"]) + note, left, top)


READ_AS = {"blurred": "sizes are rough", "meaningless": "sizes mean nothing"}
"""A verdict on indices that many a reader would have to look up, in plain words."""


def luck_words(noise: pd.Series[Any]) -> str:
    """How much of what differs between points is luck, and what that leaves of the indices."""
    if noise["verdict"] == "missing":
        return f"<span style='color:{VERMILION}'>no run has a value</span>"
    unknown = "random share unknown" + (": one seed" if noise["seeds"] == 1 else "")
    share = (
        unknown if noise["share"] != noise["share"] else f"{100 * noise['share']:.0f} % of variance is luck"
    )
    colour = VERMILION if noise["verdict"] in ("meaningless", "unknown") else QUIET
    part = f" · {noise['runs']:,} of {noise['runs'] + noise['missing']:,} runs" if noise["missing"] else ""
    return f"<span style='color:{colour}'>{share}: {READ_AS.get(noise['verdict'], noise['verdict'])}{part}</span>"


def line_below(about: Mapping[str, Any]) -> str:
    """What the bars are, what they rest on, and what the figure is not."""
    what = (
        f"{about['method']} with 95 % intervals, from means over seeds; "
        "random share of the variance between points"
    )
    return two_lines(what, f"{about['runs']:,} runs, {about['points']:,} points · {about['note']}")
