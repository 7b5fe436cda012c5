"""Controls that several pages have: choices, sliders of the levers, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from dash import Dash, Input, Output, dcc, html


def labelled(label: str, control: Any, name: str) -> html.Div:
    """A control below its label."""
    return html.Div(
        [html.Label(label, htmlFor=name, className="control-label"), control], className="control"
    )


def choice(
    name: str, label: str, options: Iterable[tuple[str | int, str]], value: Any, **more: Any
) -> html.Div:
    """One of several, or several of many with ``multi``; options are (value, words)."""
    listed = [{"value": v, "label": words} for v, words in options]
    rest: dict[str, Any] = {"clearable": False, **more}
    return labelled(label, dcc.Dropdown(id=name, options=listed, value=value, **rest), name)


def table(
    head: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "", name: str = ""
) -> html.Div:
    """A table that scrolls sideways where the page is narrow."""
    body = [html.Tr([html.Td(cell) for cell in row]) for row in rows]
    parts: list[Any] = [html.Caption(caption)] if caption else []
    parts += [html.Thead(html.Tr([html.Th(h, scope="col") for h in head])), html.Tbody(body)]
    made: Any = html.Table(parts, className="facts")
    if name:
        made.id = name
    return html.Div(made, className="scroll", tabIndex="0")


def said(label: str) -> dict[str, Any]:
    """What a screen reader says of a part."""
    return {"aria-label": label}


WAITING = {
    "data": [],
    "layout": {
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "annotations": [
            {
                "text": "Running …",
                "showarrow": False,
                "font": {"size": 16, "color": "#7a828a"},
                "xref": "paper",
            }
            | {"yref": "paper", "x": 0.5, "y": 0.5}
        ],
    },
}
"""What stands in the place of a figure until it is there."""


def graph(
    name: str,
    label: str,
    className: str = "figure",  # noqa: N803
    *,
    numbers: str,
    words: str = "",
) -> html.Div:
    """A figure that fills its place, and says so while it waits.

    Args:
        name: id of the figure.
        label: what it shows, in words.
        className: how large its place is.
        numbers: id of the table behind it.
        words: id of the text that sums it up, where the label does not.
    """
    config: Any = {
        "displaylogo": False,
        "responsive": True,
        "toImageButtonOptions": {"format": "svg", "scale": 1},
    }
    drawn = dcc.Graph(id=name, figure=WAITING, config=config, responsive=True, style={"height": "100%"})
    told: dict[str, Any] = {"aria-details": numbers} | ({"aria-describedby": words} if words else {})
    return html.Div(drawn, role="figure", className=f"figure-place {className}", **said(label), **told)


def number(value: float) -> str:
    """A number to read: three digits, thousands apart, a real minus."""
    if value != value:
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
    return text.replace("-", "−")


def decimals(*values: float) -> int:
    """Decimals that numbers told together have: two below 1, one below 10, none above, by the largest of them."""
    known = [abs(value) for value in values if value == value]
    largest = round(max(known, default=0.0), 2)
    return 0 if largest >= 10 else 1 if largest >= 1 else 2


def told(value: float, digits: int | None = None, *, sign: bool = False) -> str:
    """A number to read with so many decimals, thousands apart, a real minus, and no sign where it rounds to nought."""
    if value != value:
        return "–"
    digits = decimals(value) if digits is None else digits
    text = f"{value:{'+' if sign else ''},.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else "0"


def spaced(text: str) -> str:
    """A text of the program in which a space stands before every per cent sign, as on the pages."""
    return PERCENT.sub(r"\1 %", text)


PERCENT = re.compile(r"(\d)%")

SOON = 250
"""Time until a page asks again for an answer that is being computed [ms]."""


def ask_again(page: str) -> dcc.Interval:
    """The clock of a page that waits: a callback gives it one more tick for each answer that is not there yet.

    One tick at a time, so that a page never has two questions under way.
    """
    return dcc.Interval(id=f"{page}-tick", interval=SOON, max_intervals=0)


def keep_address(app: Dash, store: str) -> None:
    """Let what a page puts into its store be the query of the address, without loading anything.

    A callback of a page has only outputs of that page, or it would be called while the page is not there.
    """
    app.clientside_callback(
        "search => search || window.dash_clientside.no_update",
        Output("address", "search", allow_duplicate=True),
        Input(store, "data"),
        prevent_initial_call=True,
    )
