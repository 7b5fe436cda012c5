"""The figure of a validity card for a narrow window: its panels below each other, each pattern's name above its row."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any, NamedTuple

import plotly.graph_objects as go

from detente.dashboards.figures.style import QUIET

ROW, HEAD, FOOT = 52, 44, 62
"""Heights [px]: of a pattern with its name, of what stands above the rows of a panel, and below."""
TOP, BOTTOM, WIDEST = 96, 170, 46
"""Heights of the title and of the legend [px]; characters in a line."""


class Panel(NamedTuple):
    """One panel of the wide figure: the numbers of its axes in the layout, its heading, its patterns from below."""

    number: str
    heading: str
    labels: tuple[str, ...]


def panels(figure: go.Figure) -> Iterator[Panel]:
    """The panels that hold patterns, in reading order; headings stand in the order of the panels."""
    layout: Any = figure.layout
    found = (str(key)[5:] for key in layout if str(key).startswith("xaxis"))
    numbers = sorted(found, key=lambda number: int(number or 1))
    case = ""
    for number, note in zip(numbers, layout.annotations, strict=True):
        heading = note.text.removeprefix("<b>").removesuffix("</b>")
        case = heading.partition(":")[0] if ":" in heading else case
        labels = tuple(layout[f"yaxis{number}"].categoryarray or ())
        if labels:
            yield Panel(number, heading if ":" in heading else f"{case}: {heading}", labels)


def narrow_card(wide: go.Figure) -> go.Figure:
    """The wide figure of a card, laid out for a window of some 350 px; its data are the same."""
    figure = go.Figure(wide)
    shown = list(panels(wide))
    inner = sum(HEAD + ROW * len(panel.labels) + FOOT for panel in shown)
    figure.layout.annotations = ()
    top = float(inner)
    for panel in shown:
        bottom = top - HEAD - ROW * len(panel.labels)
        place(figure, panel, (max(bottom / inner, 0.0), (top - HEAD) / inner))
        top = bottom - FOOT
    text = "<br>".join(wrap(str(figure.layout.title.text).removeprefix("<b>").removesuffix("</b>"), 32))
    figure.update_layout(
        height=inner + TOP + BOTTOM,
        width=None,
        margin={"l": 8, "r": 26, "t": TOP, "b": BOTTOM},
        title={"text": f"<b>{text}</b>", "font": {"size": 17}, "subtitle": {"text": ""}},
        legend={"font": {"size": 13}},
    )
    return figure


def place(figure: go.Figure, panel: Panel, domain: tuple[float, float]) -> None:
    """Give a panel the whole width, and write the name of each pattern above its row."""
    n = panel.number
    figure.update_layout(
        {
            f"xaxis{n}": {"domain": [0, 1], "title": {"standoff": 4, "font": {"size": 12}}},
            f"yaxis{n}": {"domain": list(domain), "showticklabels": False, "ticks": ""}
            | {"range": [-0.5, len(panel.labels) - 0.3]},
        }
    )
    shared: dict[str, Any] = {"showarrow": False, "xanchor": "left", "x": 0, "align": "left"}
    figure.add_annotation(
        text=f"<b>{panel.heading}</b>", xref="paper", yref="paper", y=domain[1], yanchor="bottom",
        font={"size": 15}, yshift=4, **shared,
    )  # fmt: skip
    for label in panel.labels:
        figure.add_annotation(
            text="<br>".join(wrap(label.replace("<br>", " "), WIDEST)), xref=f"x{n} domain", yref=f"y{n}", y=label,
            yanchor="bottom", yshift=7, font={"size": 12, "color": QUIET}, **shared,
        )  # fmt: skip
