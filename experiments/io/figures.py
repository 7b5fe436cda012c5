"""Finding the figures.

Experiments stand below the dashboards and may not import them, so ``.plot()`` looks its figure up by name in the
entry-point group ``detente.figures``, as pandas finds its plotting backend.  Another package may declare its own.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

GROUP = "detente.figures"


class NoFigureError(LookupError):
    """No installed package offers the figure asked for."""


def draw(name: str, *tables: Any, **about: Any) -> Any:
    """The figure of a name, drawn from its tables; raises ``NoFigureError`` if none is installed."""
    found = entry_points(group=GROUP, name=name)
    if not found:
        raise NoFigureError(
            f"no figure {name!r} is installed: nothing declares it in the entry-point group {GROUP!r}; "
            "install the package again (python3 -m uv sync)"
        )
    return next(iter(found)).load()(*tables, **about)


def drawn_or_plain(plain: Any, name: str, *tables: Any, about: dict[str, Any]) -> str:
    """A portrait, or where nobody draws it the words alone."""
    from html import escape

    try:
        return draw(name, *tables, about=about)
    except NoFigureError:
        return f"<pre>{escape(repr(plain))}</pre>"
