"""Drawing a figure by its name: ``.plot()`` of results, without importing the dashboards."""

from __future__ import annotations

from typing import Any

from detente.model.drawing import NoFigureError as NoFigureError
from detente.model.drawing import figure


def draw(name: str, *tables: Any, **about: Any) -> Any:
    """The figure of a name, drawn from its tables; raises ``NoFigureError`` where no installed package offers it."""
    return figure(name)(*tables, **about)


def drawn_or_plain(plain: Any, name: str, *tables: Any, about: dict[str, Any]) -> str:
    """A portrait, or where nobody draws it the words alone."""
    from html import escape

    try:
        return draw(name, *tables, about=about)
    except NoFigureError:
        return f"<pre>{escape(repr(plain))}</pre>"
