"""The figure of a validity card: which patterns the model shows, and which it shows without their mechanism too."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import (
    BLACK,
    BLUE,
    INK,
    QUIET,
    SKY,
    VERMILION,
    dress,
    faded,
    panel_title,
    percent,
    quarters,
)

ENOUGH = 0.8
"""Share of seeds at which a direction must hold."""
EDGE = 3.2
"""Half-intervals from the model's median at which what lies farther out is drawn."""
ROW, HEAD, LEAST = 30, 240, 640
"""Heights [px]: of a pattern, of what stands around them, of a whole figure."""

WIDEST = 48
"""Characters in a line of a name that stands between the panels, so that it stays clear of the one on its left."""

COUNTS, SHOWN, MISSED = "shown, and gone without its mechanism", "shown, but does not count", "missed"
COLOURS = {COUNTS: BLUE, SHOWN: SKY, MISSED: VERMILION}
SYMBOLS = {COUNTS: "circle", SHOWN: "triangle-up", MISSED: "x"}
"""Told apart by form as well, for light and dark paper and for colour-blind readers."""


def card_figure(table: pd.DataFrame, *, about: Mapping[str, Any]) -> go.Figure:
    """One block a case: directions on the left (share of seeds), magnitudes on the right (model's middle 95 %).

    ``table`` has a row a pattern, as ``Card.table`` gives it; ``about`` the runs and the note.
    """
    cases = list(dict.fromkeys(table["case"]))
    blocks = {case: halves(table[table["case"] == case]) for case in cases}
    rows = [max(len(a), len(b), 4) for a, b in blocks.values()]
    figure = make_subplots(
        rows=len(cases),
        cols=2,
        row_heights=rows,
        vertical_spacing=0.14 / len(cases),
        horizontal_spacing=0.4,
    )
    for row, (directions, magnitudes) in enumerate(blocks.values(), start=1):
        add_directions(figure, directions, row)
        add_magnitudes(figure, magnitudes, row)
    dress(figure, head_of(table), line_below(about), left=430)
    figure.update_layout(
        height=max(HEAD + ROW * sum(rows), LEAST),
        legend={
            "orientation": "h",
            "xref": "container",
            "x": 0.012,
            "xanchor": "left",
            "yref": "container",
            "y": 0.01,
            "yanchor": "bottom",
            "font": {"size": 14},
        },
        margin={"t": 140, "b": 110},
        title={"x": 0.012, "xref": "container"},
    )
    for row, case in enumerate(cases, start=1):
        name_panels(figure, case, row)
    return figure


def halves(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Patterns judged by direction, and those judged by magnitude."""
    near = table["asked"].str.startswith("observed value")
    return table[~near], table[near]


def head_of(table: pd.DataFrame) -> str:
    """The verdict in one line."""
    counted, passed = int(table["counts"].sum()), int(table["passed"].sum())
    return f"{passed} of {len(table)} patterns shown, {counted} of them counted for the model"


def line_below(about: Mapping[str, Any]) -> str:
    """How to read it."""
    return (
        f"{about['runs']} runs. A pattern counts if it emerges, holds, fails with its mechanism switched off, and is "
        "more than a check of the program. "
        f"The model says {about['note']}."
    )


def fate(row: Any) -> str:
    """Which of three fates a pattern had."""
    return COUNTS if row["counts"] else SHOWN if row["passed"] else MISSED


def label_of(row: Any) -> str:
    """Name of a pattern on its axis; parts of one go on with dots."""
    text = str(row["title"])
    text = text if len(text) <= 64 else text[:63].rstrip() + "…"
    short = str(row["key"]) if len(str(row["key"])) <= 4 else ""
    return f"<b>{short}</b> {text}" if short else text


def hover_of(row: Any) -> str:
    """All there is to say of a pattern."""
    control = ""
    if row["control_n"]:
        held = percent(row["control_share"])
        control = f"<br>control ({row['control_words']}): {row['control_median']:.2f}, holds {held}"
    why = f"<br><i>{row['why']}</i>" if row["why"] else ""
    return (
        f"<b>{row['title']}</b><br>{row['statistic']}<br>observed: {row['observed']}"
        f"<br>model: {row['median']:.2f} [{row['low']:.2f}, {row['high']:.2f}]{control}"
        f"<br>{row['mark']}, mode {row['mode']}: <b>{row['verdict']}</b>{why}"
    )


def add_directions(figure: go.Figure, table: pd.DataFrame, row: int) -> None:
    """Share of seeds at which each direction holds: the model, its control, the null models."""
    labels = [label_of(r) for _, r in table.iterrows()]
    for y, (_, r) in zip(labels, table.iterrows(), strict=True):
        nulls = [spread["share"] for spread in r["nulls"].values()]
        figure.add_scatter(
            x=nulls,
            y=[y] * len(nulls),
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 13, "color": "#8a8a8a", "line": {"width": 2}},
            hovertext=[f"null model: {name}" for name in r["nulls"]],
            hoverinfo="text+x",
            showlegend=False,
            row=row,
            col=1,
        )
    control = table["control_share"].astype(float).where(table["control_words"] != "")
    add_rings(figure, control.fillna(0.0).where(table["control_words"] != ""), labels, 13, (row, 1))
    add_dots(figure, table, labels, table["share"].fillna(0.0), row, 1)
    figure.add_vline(x=ENOUGH, line={"color": BLACK, "width": 1.5, "dash": "dot"}, row=row, col=1)  # type: ignore[arg-type]
    figure.update_xaxes(range=[-0.04, 1.04], **quarters(), title="share of seeds", row=row, col=1)
    figure.update_yaxes(
        categoryorder="array", categoryarray=labels[::-1], tickfont={"size": 13}, row=row, col=1
    )


def add_rings(figure: go.Figure, x: Any, y: list[str], size: int, place: tuple[int, int]) -> None:
    """Rings where patterns stand with their mechanism switched off, in the panel of a row and column."""
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"symbol": "circle-open", "size": size, "color": INK, "line": {"width": 2}},
        hoverinfo="skip",
        showlegend=False,
        row=place[0],
        col=place[1],
    )


def add_dots(
    figure: go.Figure, table: pd.DataFrame, labels: list[str], x: Any, row: int, column: int
) -> None:
    """The model's dot of each pattern, coloured by its fate."""
    fates = [fate(r) for _, r in table.iterrows()]
    for word, colour in COLOURS.items():
        chosen = [k for k, f in enumerate(fates) if f == word]
        figure.add_scatter(
            x=[float(np.asarray(x)[k]) for k in chosen],
            y=[labels[k] for k in chosen],
            mode="markers",
            marker={
                "size": 14,
                "symbol": SYMBOLS[word],
                "color": colour,
                "line": {"width": 1, "color": "white"},
            },
            hovertext=[hover_of(table.iloc[k]) for k in chosen],
            hoverinfo="text",
            name=word,
            showlegend=False,
            row=row,
            col=column,
        )


def in_halves(value: Any, row: Any) -> float:
    """A value in half-intervals of the model from its median, drawn no farther out than the edge."""
    half = max((row["high"] - row["low"]) / 2, 1e-9)
    return float(np.clip((value - (row["high"] + row["low"]) / 2) / half, -EDGE, EDGE))


def figures(value: float) -> str:
    """An observed value, short."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def add_magnitudes(figure: go.Figure, table: pd.DataFrame, row: int) -> None:
    """Each observed value against the model's interval, which is drawn at one width for all."""
    patterns = [r for _, r in table.iterrows()]
    labels = ["<br>".join(wrap(label_of(r), WIDEST)) for r in patterns]
    known = [r["n"] > 0 and r["low"] == r["low"] for r in patterns]
    for y, ok, r in zip(labels, known, patterns, strict=True):
        if ok:
            add_interval(figure, r, y, row)
            add_control(figure, r, y, row)
            add_nulls(figure, r, y, row)
    medians = [in_halves(r["median"], r) if ok else 0 for ok, r in zip(known, patterns, strict=True)]
    add_dots(figure, table, labels, medians, row, 2)
    add_observed(figure, patterns, labels, row)
    figure.update_xaxes(
        range=[-EDGE - 0.3, EDGE + 1.0],
        tickvals=[-1, 0, 1],
        ticktext=["2.5 %", "", "97.5 %"],
        title="observed value against the model's middle 95 %",
        row=row,
        col=2,
    )
    figure.update_yaxes(
        categoryorder="array", categoryarray=labels[::-1], tickfont={"size": 12}, row=row, col=2
    )


def add_interval(figure: go.Figure, pattern: Any, y: str, row: int) -> None:
    """The model's interval of one pattern."""
    figure.add_scatter(
        x=[-1, 1],
        y=[y, y],
        mode="lines",
        line={"width": 9, "color": faded(COLOURS[fate(pattern)], 0.35)},
        hoverinfo="skip",
        showlegend=False,
        row=row,
        col=2,
    )


def add_control(figure: go.Figure, pattern: Any, y: str, row: int) -> None:
    """The median with the mechanism of one pattern switched off, if it has one."""
    if not pattern["control_words"] or not np.isfinite(float(pattern["control_median"])):
        return
    add_rings(figure, [in_halves(pattern["control_median"], pattern)], [y], 12, (row, 2))


def add_nulls(figure: go.Figure, pattern: Any, y: str, row: int) -> None:
    """The medians of the null models for one pattern."""
    for name, spread in pattern["nulls"].items():
        figure.add_scatter(
            x=[in_halves(spread["median"], pattern)],
            y=[y],
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 13, "color": "#8a8a8a", "line": {"width": 2}},
            hovertext=f"null model: {name}, {spread['median']:.2f}",
            hoverinfo="text",
            showlegend=False,
            row=row,
            col=2,
        )


def add_observed(figure: go.Figure, patterns: list[Any], labels: list[str], row: int) -> None:
    """The observed values, each with its number."""
    figure.add_scatter(
        x=[in_halves(r["value"], r) for r in patterns],
        y=labels,
        mode="markers+text",
        text=[f"  {figures(r['value'])}" for r in patterns],
        textposition="middle right",
        textfont={"size": 12, "color": QUIET},
        marker={"symbol": "diamond", "size": 12, "color": BLACK},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
        row=row,
        col=2,
    )


def name_panels(figure: go.Figure, case: str, row: int) -> None:
    """Headings of the two panels of a case, and once the legend of the signs."""
    for column, words in ((1, f"{case}: directions"), (2, "magnitudes")):
        panel: Any = figure.get_subplot(row, column)
        panel_title(figure, words, panel.xaxis.domain[0], panel.yaxis.domain[1])
    if row == 1:
        add_legend(figure)


def add_legend(figure: go.Figure) -> None:
    """What the signs mean."""
    signs: list[tuple[str, dict[str, Any]]] = [
        *((word, {"size": 13, "color": colour, "symbol": SYMBOLS[word]}) for word, colour in COLOURS.items()),
        ("observed", {"symbol": "diamond", "size": 12, "color": BLACK}),
        ("with its mechanism off", {"symbol": "circle-open", "size": 12, "color": INK, "line": {"width": 2}}),
        ("null model", {"symbol": "line-ns-open", "size": 13, "color": "#8a8a8a", "line": {"width": 2}}),
    ]
    for name, marker in signs:
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, row=1, col=1)
