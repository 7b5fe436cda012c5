"""How many, if: deaths after a day with a move and without, their ratio, and deaths after over before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLUE,
    GREEN,
    INK,
    QUIET,
    VERMILION,
    domains,
    dress,
    panel_title,
    source_line,
    two_lines,
)

ARMS = (("without", "without it", QUIET), ("with", "with it", BLUE))
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = ("q05", "q25", "median", "q75", "q95")
POOLED = "half runs, half past acts"
PSEUDO = 0.5
COUNTS, PAIRED, AFTER = 1, 2, 3
HEIGHT = 560


def prospect_figure(runs: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """Three panels with a box for each window: the middle half, and whiskers over the middle 90 % of runs.

    ``runs`` has uncertainty, seed, months, without, with; boxes of luck alone are narrow and pale.
    """
    figure = make_subplots(rows=1, cols=3, horizontal_spacing=0.07)
    dress(figure, about["head"], line_below(about))
    figure.update_layout(margin_t=124, height=HEIGHT, boxmode="group", boxgap=0.25, boxgroupgap=0.15)
    for place, (uncertainty, rows) in enumerate(runs.groupby("uncertainty", sort=False)):
        look: dict[str, Any] = {"uncertainty": str(uncertainty), "pale": place == 0}
        for name, words, colour in ARMS:
            add_boxes(figure, rows.assign(value=rows[name]), words, colour, COUNTS, **look)
            observed = rows["months"].map(about["before"])
            after = rows.assign(value=(rows[name] + PSEUDO) / (observed.astype(float) + PSEUDO))
            add_boxes(figure, after.dropna(subset=["value"]), words, colour, AFTER, **look)
        paired = rows.assign(value=(rows["with"] + PSEUDO) / (rows["without"] + PSEUDO))
        add_boxes(figure, paired, "with over without", VERMILION, PAIRED, **look)
    add_pooled(figure, about["pooled"])
    label(figure, about)
    return figure


def add_pooled(figure: go.Figure, pooled: Mapping[int, Mapping[str, float] | None]) -> None:
    """A box a window for after over before, pooled with past acts, where it is."""
    cells = {n: one for n, one in pooled.items() if one is not None}
    if not cells:
        return
    table = pd.DataFrame({name: {n: one[name] for n, one in cells.items()} for name in NAMES})
    add_quantile_boxes(figure, table, POOLED, GREEN, AFTER, legend=True)


def add_boxes(
    figure: go.Figure,
    rows: pd.DataFrame,
    words: str,
    colour: str,
    column: int,
    *,
    uncertainty: str,
    pale: bool,
) -> None:
    """One box a window, from its quantiles."""
    if rows.empty:
        return
    grouped: Any = rows.groupby("months", sort=True)["value"]
    table = grouped.quantile(list(QUANTILES)).unstack()
    add_quantile_boxes(
        figure, table, f"{words}, {uncertainty}", colour, column, legend=column != AFTER, pale=pale
    )


def add_quantile_boxes(
    figure: go.Figure,
    table: pd.DataFrame,
    name: str,
    colour: str,
    column: int,
    *,
    legend: bool,
    pale: bool = False,
) -> None:
    """Boxes from a table with a row for each window and five quantiles."""
    low, q1, middle, q3, high = (table[q] for q in table.columns)
    figure.add_box(
        x=[f"{n} months" for n in table.index],
        lowerfence=low,
        q1=q1,
        median=middle,
        q3=q3,
        upperfence=high,
        name=name,
        marker_color=colour,
        opacity=0.45 if pale else 1.0,
        line_width=1.5,
        legendgroup=name,
        showlegend=legend,
        row=1,
        col=column,
    )


def label(figure: go.Figure, about: Mapping[str, Any]) -> None:
    """Headings, axes on a log scale, and a line at no change."""
    heads = (
        f"{about['counted'].capitalize()} after {about['from']}",
        "With over without: what the model assumes",
        "After over before: what can be checked",
    )
    for column, head in enumerate(heads, start=1):
        left, _, _, top = domains(figure, 1, column)
        panel_title(figure, head, left, top)
    figure.update_yaxes(type="log")
    figure.update_yaxes(title_text=about["counted"], row=1, col=COUNTS)
    for column in (PAIRED, AFTER):
        where: dict[str, Any] = {"row": 1, "col": column}
        figure.add_hline(y=1.0, line={"color": INK, "width": 1.2, "dash": "dot"}, **where)
        figure.update_yaxes(title_text="ratio", row=1, col=column)
    if not any(value is not None for value in about["before"].values()):
        left, right, bottom, top = domains(figure, 1, AFTER)
        words = {"text": "Nothing observed before the day", "showarrow": False, "font": {"color": QUIET}}
        place = {"x": (left + right) / 2, "y": (bottom + top) / 2, "xref": "paper", "yref": "paper"}
        figure.add_annotation({**words, **place})
    figure.update_layout(legend={"orientation": "h", "yanchor": "top", "y": -0.12, "x": 0})


def line_below(about: Mapping[str, Any]) -> str:
    """What the boxes are, what the runs were made from, and what the figure is not."""
    what = "Boxes: middle half of runs; whiskers: middle 90 %; pale: luck alone; solid: luck and what is not known"
    return two_lines(what, f"{about['runs']:,} pairs of runs · {source_line(about)} · {about['note']}")
