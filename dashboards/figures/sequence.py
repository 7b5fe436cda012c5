"""In which order?  Every aim under every order: how it differs from the first, with both intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.effects import HEADS, POINTS, SHARE
from detente.dashboards.figures.style import (
    BLUE,
    INK,
    QUIET,
    VERMILION,
    domains,
    dress,
    faded,
    panel_title,
    two_lines,
    zero_line,
)

UNITS = {"1": "belief (0–1)", SHARE: POINTS}
VALUES = ("mean", "low95", "high95", "wide_low95", "wide_high95")
TALL, EACH, BETWEEN = 210, 42, 112
"""Height of what stands above and below, of each order, and of what is between two questions [px]."""


def sequence_figure(differences: pd.DataFrame, means: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """A row of panels for each question, a panel for each aim; an order's difference from the first of its question.

    ``differences`` has question, order, against, aim, unit, better, mean and the limits of both intervals, verdict and
    firm; ``means`` question, order, aim and mean.
    """
    questions = list(dict.fromkeys(means["question"]))
    aims = [a for a in about["aims"] if (differences["aim"] == a).any()] if len(differences) else []
    n_orders = [means[means["question"] == q]["order"].nunique() for q in questions]
    inner = sum(EACH * n for n in n_orders) + BETWEEN * (len(questions) - 1)
    figure = make_subplots(
        rows=len(questions), cols=max(len(aims), 1), row_heights=n_orders,
        vertical_spacing=BETWEEN / inner if len(questions) > 1 else 0.0, horizontal_spacing=0.03,
    )  # fmt: skip
    dress(figure, f"{about['title']}: in which order?", line_below(about), left=260)
    figure.update_layout(margin_t=140, height=TALL + inner)
    for row, question in enumerate(questions, start=1):
        labels = list(dict.fromkeys(means[means["question"] == question]["order"]))
        for column, aim in enumerate(aims, start=1):
            chosen = differences[(differences["question"] == question) & (differences["aim"] == aim)]
            add_panel(figure, in_points(chosen), labels, row, column)
            label(figure, chosen, str(about["aims"][aim]), str(about["titles"][question]), row, column)
    return figure


def in_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares in percentage points, everything else as it is."""
    factor = 100.0 if len(rows) and (rows["unit"] == SHARE).all() else 1.0
    return rows.assign(**{key: rows[key] * factor for key in VALUES})


def add_panel(figure: go.Figure, rows: pd.DataFrame, labels: list[str], row: int, column: int) -> None:
    """The first order at nought, the others with a thick line for luck and a thin one for what is not known too."""
    where: dict[str, Any] = {"row": row, "col": column}
    first = labels[0]
    ink = {"color": INK, "size": 10}
    bare: dict[str, Any] = {"showlegend": False, "hoverinfo": "skip"}
    figure.add_scatter(x=[0], y=[shortened(first)], mode="markers", marker=ink, **bare, **where)
    for found in rows[rows["against"] == first].to_dict("records"):
        name, colour = shortened(found["order"]), COLOURS[found["verdict"]]
        for low, high, width, opacity in (
            ("wide_low95", "wide_high95", 2, 0.55),
            ("low95", "high95", 7, 0.8),
        ):
            line = {"color": faded(colour, opacity), "width": width}
            figure.add_scatter(
                x=[found[low], found[high]], y=[name, name], mode="lines", line=line, **bare, **where
            )
        fill = colour if found["firm"] else "#ffffff"
        marker = {"color": fill, "size": 11, "line": {"color": colour, "width": 2}}
        figure.add_scatter(
            x=[found["mean"]], y=[name], mode="markers", marker=marker, showlegend=False,
            hovertemplate=hover_words(found), **where,
        )  # fmt: skip
    zero_line(figure, row, column)


COLOURS = {"better": BLUE, "worse": VERMILION, "no clear difference": QUIET}


def shortened(text: str, most: int = 38) -> str:
    """A label that fits beside its panel."""
    return text if len(text) <= most else text[: most - 1] + "…"


def hover_words(found: Mapping[Any, Any]) -> str:
    """All numbers of a difference."""
    limits = f"luck {found['low95']:,.3g} to {found['high95']:,.3g}"
    wide = f"and what is not known {found['wide_low95']:,.3g} to {found['wide_high95']:,.3g}"
    head = f"{found['order']}: {found['mean']:+,.3g} against {found['against']}"
    return f"{head}<br>{limits}<br>{wide}<br>{found['verdict']}<extra></extra>"


def label(figure: go.Figure, rows: pd.DataFrame, outcome: str, title: str, row: int, column: int) -> None:
    """The question and the aim over the panel, the unit below, orders named once, on the left."""
    where: dict[str, Any] = {"row": row, "col": column}
    figure.update_yaxes(
        autorange="reversed", type="category", showticklabels=column == 1, showgrid=False, **where
    )
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    figure.update_xaxes(title_text=UNITS.get(unit, unit), nticks=5, **where)
    left, _, _, top = domains(figure, row, column)
    head = HEADS[outcome]
    panel_title(figure, f"{title}<br>{head}" if column == 1 else head, left, top)


def line_below(about: Mapping[str, Any]) -> str:
    """What is drawn, what the runs were made from, and what the figure is not."""
    what = (
        "difference from the first order of each question; thick line: luck; thin line: luck and what is not known; "
        "blue better, vermilion worse, grey no clear difference; full point: the sign holds in most draws"
    )
    made = (
        f"{about['pairs']} pairs, {about['draws']} draws of {about['seeds_in_draw']} seeds each · on top of "
        f"{about['policy']} · theory {about['theory']} · Détente {about['version']} · {about['note']}"
    )
    return two_lines(what, made)
