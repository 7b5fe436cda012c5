"""A figure of panels below one another taken apart: one figure a panel, for pages that lay them out themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

MARGIN = {"l": 64, "r": 16, "t": 44}
LANES_MARGIN = {**MARGIN, "l": 100}
"""Margins [px]; lanes are named in words, which need more room on the left."""


def panels(figure: go.Figure, *, dates: tuple[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """Heading -> the panel below it as a figure of its own, as JSON would have it.

    Takes a figure of one column whose panels are headed by ``style.panel_title``.  ``dates`` fixes the first and last
    day of the axes, for a run that is still going.
    """
    whole: dict[str, Any] = json.loads(str(figure.to_json()))
    layout = whole["layout"]
    heads = [note for note in layout.get("annotations", ()) if note.get("yanchor") == "bottom"]
    return {
        plain_words(note["text"]): one_panel(whole, layout, number, note["text"], dates)
        for number, note in enumerate(heads, start=1)
    }


def plain_words(text: str) -> str:
    """A heading without its markup."""
    return text.replace("<b>", "").replace("</b>", "")


def axis_name(letter: str, number: int) -> str:
    """The name of an axis as traces and shapes give it."""
    return letter if number == 1 else f"{letter}{number}"


def one_panel(
    whole: Mapping[str, Any],
    layout: Mapping[str, Any],
    number: int,
    head: str,
    dates: tuple[str, str] | None,
) -> dict[str, Any]:
    """The traces, axes, shapes and legend of one panel."""
    y = axis_name("y", number)
    traces = [moved(t) for t in whole["data"] if t.get("yaxis", "y") == y]
    suffix = y[1:]
    y_axis = {**layout[f"yaxis{suffix}"], "domain": [0, 1], "anchor": "x"}
    shapes = [
        {**s, "xref": "x", "yref": "y domain" if "domain" in s["yref"] else "y"}
        for s in layout.get("shapes", ())
        if s["yref"].split()[0] == y
    ]
    made = {
        "title": {"text": head, "x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 16}},
        "font": layout["font"],
        "paper_bgcolor": layout["paper_bgcolor"],
        "plot_bgcolor": layout["plot_bgcolor"],
        "hoverlabel": layout["hoverlabel"],
        "margin": {**(LANES_MARGIN if "ticktext" in y_axis else MARGIN), "b": 52 + legend_height(traces)},
        "xaxis": x_axis(layout, suffix, dates),
        "yaxis": y_axis,
        "shapes": shapes,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "font": {"size": 12},
        },
        "barmode": layout.get("barmode"),
        "bargap": layout.get("bargap"),
    }
    return {"data": traces, "layout": made}


LONG_NAME, LINE = 22, 20
"""Characters beyond which a legend has one entry a line, and the height of a line [px]."""


def legend_height(traces: list[dict[str, Any]]) -> int:
    """Room for the legend below a panel [px]."""
    names = [t["name"] for t in traces if t.get("name") and t.get("showlegend", True)]
    a_line = 1 if any(len(name) > LONG_NAME for name in names) else 2
    return LINE * -(-len(names) // a_line)


def x_axis(layout: Mapping[str, Any], suffix: str, dates: tuple[str, str] | None) -> dict[str, Any]:
    """The date axis of a panel, on its own and with its labels."""
    own = {
        **layout[f"xaxis{suffix}"],
        "domain": [0, 1],
        "anchor": "y",
        "showticklabels": True,
        "type": "date",
    }
    own.pop("matches", None)
    own.pop("title", None)
    return {**own, "range": list(dates)} if dates else own


def moved(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A trace on the first axes and the first legend."""
    return {**trace, "xaxis": "x", "yaxis": "y", "legend": "legend"}
