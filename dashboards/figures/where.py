"""Where do the five lessons help, and where do they hurt?  All together with two intervals, and each alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import POINTS, SHARE
from detente.dashboards.figures.style import (
    BLUE,
    DIVERGING,
    END_INK,
    INK,
    QUIET,
    VERMILION,
    domains,
    dress,
    faded,
    panel_title,
    percent,
    two_lines,
    zero_line,
)
from detente.experiments.io.numbers import signed

SHOWN = (
    ("deaths", "Deaths a day"),
    ("ceasefire days", "Days in ceasefire"),
    ("agreements", "Agreements"),
    ("collapse", "Runs that collapse"),
    ("ally's trust", "Ally's trust in its patron"),
)
UNITS = {"%": "change in per cent", "1": "belief (0–1)", "days/year": "days a year", SHARE: POINTS}
TOGETHER, SINGLES = 1, 2
VALUES = ("mean", "low95", "high95", "wide_low95", "wide_high95")
TALL, EACH = 350, 38
"""Height without any case, and for each of them [px]."""
BETWEEN, AROUND = 90, 170
"""Height between the two rows of panels, and above and below them [px]."""


def where_figure(effects: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """Above, all five lessons together in every case; below, each alone.

    ``effects`` has case, title, lesson, yardstick, unit, better, mean and the limits of both intervals, sign_share and
    verdict.
    """
    titles = dict(about["titles"])
    height = max(TALL + 2 * EACH * len(titles), 640)
    figure = make_subplots(
        rows=2,
        cols=len(SHOWN),
        row_heights=[0.5, 0.5],
        vertical_spacing=BETWEEN / (height - AROUND),
        horizontal_spacing=0.025,
    )
    dress(figure, "Where the five lessons help, and where they hurt", line_below(about), left=220)
    figure.update_layout(margin_t=118, height=height)
    for column, (name, words) in enumerate(SHOWN, start=1):
        rows = in_points(effects[effects["yardstick"] == name])
        add_intervals(figure, rows[rows["lesson"] == "together"], titles, column)
        add_singles(figure, rows[rows["lesson"] != "together"], titles, column)
        label(figure, rows, words, column)
    return figure


def in_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares in percentage points, everything else as it is."""
    factor = 100.0 if len(rows) and (rows["unit"] == SHARE).all() else 1.0
    return rows.assign(**{key: rows[key] * factor for key in VALUES})


def colour_of(verdict: str) -> str:
    """Blue where it helps, vermilion where it hurts, grey where luck may be behind it."""
    if verdict.startswith("helps"):
        return BLUE
    return VERMILION if verdict.startswith("hurts") else QUIET


def add_intervals(
    figure: go.Figure, rows: pd.DataFrame, titles: Mapping[str, str], column: int, line_of: int = TOGETHER
) -> None:
    """A point for each case, a thick line for luck, a thin one for luck and what is not known."""
    where: dict[str, Any] = {"row": line_of, "col": column}
    for row in rows.to_dict("records"):
        name, colour = titles[row["case"]], colour_of(row["verdict"])
        spans = (("wide_low95", "wide_high95", 2, 0.55), ("low95", "high95", 7, 0.8))
        for low, high, width, opacity in spans:
            line = {"color": faded(colour, opacity), "width": width}
            figure.add_scatter(
                x=[row[low], row[high]], y=[name, name], mode="lines", line=line, **BARE, **where
            )
        firm = row["verdict"] in ("helps", "hurts")
        marker = {"color": colour if firm else "#ffffff", "size": 11, "line": {"color": colour, "width": 2}}
        figure.add_scatter(
            x=[row["mean"]], y=[name], mode="markers", marker=marker, showlegend=False,
            hovertemplate=hover_words(row), **where,
        )  # fmt: skip
    zero_line(figure, line_of, column)


BARE: Mapping[str, Any] = {"showlegend": False, "hoverinfo": "skip"}


def hover_words(row: Mapping[Any, Any]) -> str:
    """All numbers of an effect."""
    limits = f"luck {row['low95']:,.3g} to {row['high95']:,.3g}"
    if not row["draws"]:
        return f"{row['title']}: {row['mean']:,.3g}<br>{limits}: {row['verdict']}<extra></extra>"
    wide = f"and what is not known {row['wide_low95']:,.3g} to {row['wide_high95']:,.3g}"
    share = f"sign holds in {percent(row['sign_share'])} of draws"
    return f"{row['title']}: {row['mean']:,.3g}<br>{limits}<br>{wide}<br>{share}: {row['verdict']}<extra></extra>"


def add_singles(figure: go.Figure, rows: pd.DataFrame, titles: Mapping[str, str], column: int) -> None:
    """Cases down, lessons across; the deeper the colour, the more draws have the sign."""
    table = rows.set_index(["case", "lesson"])
    lessons, cases = (
        list(dict.fromkeys(rows["lesson"])),
        [case for case in titles if case in set(rows["case"])],
    )
    place = table.to_dict("index")
    cells = [[place[case, lesson] for lesson in lessons] for case in cases]
    figure.add_heatmap(
        x=[lesson.replace("-", " ") for lesson in lessons],
        y=[titles[case] for case in cases],
        z=np.array([[weight(cell) for cell in line] for line in cells], dtype=float),
        text=[[cell_words(cell) for cell in line] for line in cells],
        texttemplate="%{text}",
        textfont={"size": 10, "color": INK},
        colorscale=[list(stop) for stop in DIVERGING],
        zmin=-1.6,
        zmax=1.6,
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y}<br>%{x}: %{text}<extra></extra>",
        row=SINGLES,
        col=column,
    )


def weight(cell: Mapping[Any, Any]) -> float:
    """From -1, helps in all draws, to 1, hurts in all; 0 where luck explains the effect."""
    share = cell["sign_share"] if cell["sign_share"] == cell["sign_share"] else 0.5
    if cell["verdict"].startswith("helps"):
        return -share
    return share if cell["verdict"].startswith("hurts") else 0.0


def cell_words(cell: Mapping[Any, Any]) -> str:
    """An effect as its cell shows it: bold where its sign is firm, grey where luck may be behind it.

    On a cell of a deep colour the number is dark in both themes, since these colours are light in both.
    """
    if cell["mean"] != cell["mean"]:
        return "–"
    shown = signed(cell["mean"], 0 if abs(cell["mean"]) >= 10 else 2)
    if not weight(cell):
        return f"<span style='color:{QUIET}'>{shown}</span>"
    words = f"<b>{shown}</b>" if cell["verdict"] in ("helps", "hurts") else shown
    return f"<span style='color:{END_INK if abs(weight(cell)) >= DEEP else INK}'>{words}</span>"


DEEP = 0.5
"""Weight from which the colour of a cell is light on dark paper too."""


def label(figure: go.Figure, rows: pd.DataFrame, words: str, column: int) -> None:
    """Headings, units, and cases named once, on the left."""
    for row in (TOGETHER, SINGLES):
        figure.update_yaxes(
            autorange="reversed",
            type="category",
            showticklabels=column == 1,
            showgrid=False,
            row=row,
            col=column,
        )
        left, _, _, top = domains(figure, row, column)
        panel_title(figure, words if row == TOGETHER else "Each alone", left, top)
    unit = str(rows["unit"].iloc[0])
    figure.update_xaxes(title_text=UNITS.get(unit, unit), nticks=5, row=TOGETHER, col=column)
    figure.update_xaxes(tickangle=-38, showgrid=False, row=SINGLES, col=column)


def line_below(about: Mapping[str, Any]) -> str:
    """What is drawn, what the runs were made from, and what the figure is not."""
    what = (
        "above: all five together; thick line: luck; thin line: luck and what is not known; full point: the sign "
        "holds in most draws; below: each alone (blue helps, vermilion hurts, white: luck may be behind it)"
    )
    made = (
        f"{about['n_seeds']} seeds, {about['draws_done']} draws of {about['seeds_in_draw']} seeds each · theory "
        f"{about['theory']} · Détente {about['version']} · {about['note']}"
    )
    return two_lines(what, made)
