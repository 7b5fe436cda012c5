"""A figure put together as plain data and checked once, for pages that draw anew at every move of a slider.

Plotly's own building blocks check each piece as it is added, which takes several times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from math import lcm
from typing import Any, NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from detente.dashboards.figures.style import heading, house_axes, house_layout

Place = tuple[int, int]
"""Row of a grid from the top and panel from the left, both from 1."""


class Panel(NamedTuple):
    """The axes of a panel, as traces name them, and where it stands in the figure (0 to 1)."""

    x: str
    y: str
    left: float
    right: float
    bottom: float
    top: float


@cache
def grid(counts: tuple[int, ...], heights: tuple[float, ...]) -> tuple[dict[str, Any], dict[Place, Panel]]:
    """Axes of an empty grid by their keys in a layout, and its panels: so many in each row, of equal widths."""
    n = lcm(*counts)
    spans = [n // count for count in counts]
    figure = make_subplots(
        rows=len(counts),
        cols=n,
        specs=[[{"colspan": span} if k % span == 0 else None for k in range(n)] for span in spans],
        row_heights=list(heights),
        # There is room for the dates of a row and the headings of the next one.
        vertical_spacing=0.115,
        # The last number of an axis stands clear of the next panel.
        horizontal_spacing=min(0.034, 0.5 / n),
    )
    panels: dict[Place, Panel] = {}
    for row, span in enumerate(spans, start=1):
        for k in range(n // span):
            cell: Any = figure.get_subplot(row, 1 + k * span)
            names = (cell.yaxis.anchor, cell.xaxis.anchor)
            panels[row, k + 1] = Panel(*names, *cell.xaxis.domain, *cell.yaxis.domain)
    tree: Any = figure.to_plotly_json()
    layout: dict[str, Any] = tree["layout"]
    return {key: value for key, value in layout.items() if key != "template"}, panels


class Sheet:
    """Traces, axes, shapes and headings of a figure in the making; ``figure()`` checks them and makes it."""

    def __init__(self, counts: tuple[int, ...], heights: tuple[float, ...]) -> None:
        axes, self.panels = grid(counts, heights)
        self._axes = {key: deepcopy(axis) | house_axes(key[0]) for key, axis in axes.items()}
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._headings: list[dict[str, Any]] = []

    def draw(self, kind: str, place: Place, **trace: Any) -> None:
        """Add a trace of a kind to a panel."""
        panel = self.panels[place]
        self._traces.append({"type": kind, "xaxis": panel.x, "yaxis": panel.y, **trace})

    def upright(self, x: Any, line: Mapping[str, Any], place: Place) -> None:
        """A line over the height of a panel."""
        panel = self.panels[place]
        ends = {"x0": x, "x1": x, "xref": panel.x, "y0": 0, "y1": 1, "yref": f"{panel.y} domain"}
        self._shapes.append({"type": "line", "line": dict(line), **ends})

    def head(self, text: str, place: Place) -> None:
        """A heading over a panel."""
        self._headings.append(heading(text, self.panels[place].left, self.panels[place].top))

    def x_axis(self, place: Place, title: str = "", **settings: Any) -> None:
        """Set the horizontal axis of a panel."""
        self._set("xaxis" + self.panels[place].x[1:], title, settings)

    def y_axis(self, place: Place, title: str = "", **settings: Any) -> None:
        """Set the vertical axis of a panel."""
        self._set("yaxis" + self.panels[place].y[1:], title, settings)

    def _set(self, key: str, title: str, settings: dict[str, Any]) -> None:
        axis = self._axes[key]
        axis |= settings
        if title:
            axis["title"] = {**axis["title"], "text": title}

    def figure(self, head: str, below: str, **layout: Any) -> go.Figure:
        """The figure, with its title and the line below it; ``layout`` is what it has beyond that of all figures."""
        whole = {**self._axes, "shapes": self._shapes, "annotations": self._headings}
        return go.Figure(self._traces, {**house_layout(head, below), **whole, **layout})
