"""Drawing a figure by its name: ``.plot()`` of results, without importing the dashboards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from detente.experiments.io.output import visible
from detente.model.drawing import NoFigureError as NoFigureError
from detente.model.drawing import figure


def draw(name: str, *tables: Any, **about: Any) -> Any:
    """The figure of a name, drawn from its tables; raises ``NoFigureError`` where no installed package offers it.

    Words from files and names are no markup in it.
    """
    drawing = figure(name)
    words = {key: plain_words(value) for key, value in about.items()}
    return drawing(*(plain_words(table) for table in tables), **words)


def plain_words(value: Any) -> Any:
    """A value whose texts a figure shows letter for letter, though Plotly reads some signs as HTML."""
    from html import escape

    if isinstance(value, str):
        return visible(escape(value, quote=False))
    if isinstance(value, Mapping):
        return {key: plain_words(entry) for key, entry in cast(Mapping[Any, Any], value).items()}
    if type(value) in (list, tuple):
        return type(value)(plain_words(entry) for entry in value)
    if hasattr(value, "columns"):
        return plain_table(value)
    return value


def plain_table(table: Any) -> Any:
    """A table whose texts a figure shows letter for letter."""
    numbers = "biufcmM"
    texts = [name for name in table.columns if table[name].dtype.kind not in numbers]
    changed = {name: table[name].map(plain_words) for name in texts if len(table)}
    return table.assign(**{k: v for k, v in changed.items() if not v.equals(table[k])})


def drawn_or_plain(plain: Any, name: str, *tables: Any, about: dict[str, Any]) -> str:
    """A portrait, or where nobody draws it the words alone."""
    from html import escape

    try:
        return figure(name)(*tables, about=about)
    except NoFigureError:
        return f"<pre>{escape(repr(plain))}</pre>"
