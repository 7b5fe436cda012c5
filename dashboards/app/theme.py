"""Light and dark: the same figures, with the colours of paper and ink exchanged."""

from __future__ import annotations

import re
from typing import Any

import plotly.graph_objects as go

from detente.dashboards.figures.style import BLACK, GRID, INK, PAPER, QUIET

DARK = {
    INK: "#e8eaed",
    BLACK: "#ffffff",
    QUIET: "#a9b0b8",
    GRID: "#343b45",
    PAPER: "#171b21",
    "white": "#171b21",
    "#999": "#6b7480",
    "#3d4f5f": "#8fa6ba",
    "#0072B2": "#4aa8e0",
    "#AA4499": "#d07fc2",
}
"""What the colours of a light figure become on dark paper; all others are light enough to stay."""


COLOUR = re.compile(r"(color:\s*)(#[0-9A-Fa-f]{3,6}|\w+)")
"""The colour of some words inside a text."""


CLEAR = re.compile(r"rgba\((\d+), ?(\d+), ?(\d+), ?")
"""How a colour with an opacity begins."""


def themed(figure: go.Figure, theme: str | None) -> go.Figure:
    """A figure dressed for a theme, "light" or "dark"; the figure given is not changed."""
    return go.Figure(exchanged(figure.to_plotly_json())) if theme == "dark" else figure


def exchanged(value: Any) -> Any:
    """A figure's tree with every colour of the light theme replaced."""
    if isinstance(value, dict):
        return {key: exchanged(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [exchanged(part) for part in value]
    if isinstance(value, str):
        clear = CLEAR.match(value)
        if clear:
            return CLEAR.sub(lighter, value)
        return DARK.get(value) or COLOUR.sub(lambda found: found[1] + DARK.get(found[2], found[2]), value)
    return value


def lighter(found: re.Match[str]) -> str:
    """The beginning of a colour with an opacity, exchanged as the whole colour is."""
    red, green, blue = (int(part) for part in found.groups())
    name = f"#{red:02x}{green:02x}{blue:02x}"
    own = next((DARK[light] for light in DARK if light.lower() == name), None)
    if own is None:
        return found[0]
    red, green, blue = (int(own[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},"
