"""What all figures share: colours that colour-blind readers can tell apart, sizes for a projector, titles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

# Okabe and Ito's palette, without yellow, which is too pale on white.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
PURPLE, ORANGE, SKY, BLACK = "#AA4499", "#E69F00", "#56B4E9", "#000000"
CYCLE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)

INK, QUIET, GRID, PAPER = "#1a1a1a", "#5f6368", "#e6e6e6", "#ffffff"
HEIGHT = 900
"""Height in a notebook [px]; in a page of its own a figure fills the window."""

NOTICE = 56
"""From the lowest panel down to the line that names the source of observed points [px]."""

DIVERGING = ((0.0, "#0072B2"), (0.25, "#7fb8d8"), (0.5, "#ffffff"), (0.75, "#eaae7f"), (1.0, "#D55E00"))
"""Scale of heat maps about nought: blue to vermilion through white."""

FONT = "Inter, Helvetica, Arial, sans-serif"

END_COLOURS = {
    "settled": GREEN,
    "partial_settlement": SKY,
    "fighting_on": "#9a9a9a",
    "lasting_truce": "#6a9fd4",
    "faded_out": "#d8d2a0",
    "government_victory": "#c9a227",
    "rebel_victory": "#b07aa1",
    "collapse": VERMILION,
    "running": "#dddddd",
}
END_INK = "#111111"
"""Colour of a number in a bar of any of them, in light and dark."""


def told_apart(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles by name; what is called alike is told apart by its name."""
    alike = Counter(titles.values())
    return {name: title if alike[title] == 1 else f"{title} [{name}]" for name, title in titles.items()}


def percent(share: float, digits: int = 0) -> str:
    """A share in per cent, with a space before the sign as everywhere on the pages."""
    return f"{100 * share:.{digits}f} %"


def quarters() -> dict[str, Any]:
    """Ticks of an axis of shares."""
    return {"tickvals": QUARTERS, "ticktext": [percent(share) for share in QUARTERS]}


QUARTERS = (0, 0.25, 0.5, 0.75, 1)


def faded(colour: str, opacity: float) -> str:
    """A colour with an opacity."""
    r, g, b = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({r},{g},{b},{opacity})"


def two_lines(first: str, second: str) -> str:
    """Two lines below a title; leave 118 px above the panels for them."""
    return f"{first}<br>{second}"


def source_line(about: Mapping[str, Any]) -> str:
    """What a figure was made from: seeds, version, digest of the scenario."""
    seeds = f"seed {about['seed']}" if "seed" in about else f"seeds {about['seeds']}"
    return f"{seeds} · Détente {about['version']} · scenario {about['scenario_sha256'][:12]}"


def dress(figure: go.Figure, head: str, below: str, *, left: int = 86) -> None:
    """Give a figure its title and the line below it, fonts, margins and quiet axes."""
    figure.update_layout(house_layout(head, below, left=left))
    figure.update_xaxes(house_axes("x"))
    figure.update_yaxes(house_axes("y"))


def house_layout(head: str, below: str, *, left: int = 86) -> dict[str, Any]:
    """Title and the line below it, fonts and margins, as a layout has them."""
    return {
        "title": {
            "text": f"<b>{head}</b>",
            "font": {"size": 22},
            "x": 0,
            "xref": "paper",
            "xanchor": "left",
            "y": 0.985,
            "yanchor": "top",
            "subtitle": {"text": below, "font": {"size": 13, "color": QUIET}},
        },
        "font": {"family": FONT, "size": 14, "color": INK},
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "margin": {"l": left, "r": 28, "t": 96, "b": 52},
        "height": HEIGHT,
        "hoverlabel": {"font": {"size": 14, "family": FONT}, "align": "left"},
        "legend": {"font": {"size": 13}},
    }


def house_axes(letter: str) -> dict[str, Any]:
    """What all axes of a letter, x or y, have."""
    return {
        "showgrid": True,
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": "#999",
        "ticks": "outside",
        "title": {"font": {"size": 13}} | ({"standoff": 4} if letter == "x" else {}),
    }


def domains(figure: go.Figure, row: int, column: int) -> tuple[float, float, float, float]:
    """Where a panel stands in the figure: left, right, bottom, top (0 to 1)."""
    panel: Any = figure.get_subplot(row, column)
    return (*panel.xaxis.domain, *panel.yaxis.domain)


def panel_title(figure: go.Figure, text: str, x: float, y: float) -> None:
    """A heading over a panel, at a place in the figure (0 to 1)."""
    figure.add_annotation(heading(text, x, y))


def heading(text: str, x: float, y: float) -> dict[str, Any]:
    """A heading over a panel, as a layout has it."""
    return {
        "text": f"<b>{text}</b>",
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "align": "left",
        "font": {"size": 15},
        "yshift": 3,
    }


def add_notice(figure: go.Figure, seen: pd.DataFrame) -> None:
    """Say below the panels where the observed points that are drawn come from, and under which licence."""
    text = "; ".join(dict.fromkeys(seen["source"])) if len(seen) else ""
    if not text:
        return
    figure.add_annotation(
        text=f"Observed: {text}",
        **{"x": 0, "y": 0, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"},
        **{"yshift": -NOTICE, "showarrow": False, "font": {"size": 11, "color": QUIET}},
    )
    figure.update_layout(margin={"b": NOTICE + 26})


def zero_line(figure: go.Figure, row: int, column: int) -> None:
    """A line at no effect, over the height of a panel."""
    where: dict[str, Any] = {"row": row, "col": column}
    figure.add_vline(x=0, line={"color": INK, "width": 1.5}, **where)
