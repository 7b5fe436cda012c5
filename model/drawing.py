"""Finding a figure by its name.

What draws stands in the dashboards, above model and experiments, which may not import it.  So a package that draws
offers a function that lists its figures, name -> "module:function", in the entry-point group ``detente.figures``, as
pandas finds its plotting backend.  Ours lists the files of dashboards/figures.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from detente.model.errors import nearest

GROUP = "detente.figures"


class NoFigureError(LookupError):
    """No installed package offers the figure asked for."""


def offered() -> dict[str, str]:
    """Every figure that an installed package offers, with the place ("module:function") of what draws it."""
    return {name: place for entry in entry_points(group=GROUP) for name, place in entry.load()().items()}


def figure(name: str) -> Callable[..., Any]:
    """The function that draws a figure; raises ``NoFigureError`` where no installed package offers it.

    Where the function named is not there, the error is a plain ``LookupError``.
    """
    places, called = offered(), name.replace("-", "_")
    if not places:
        raise NoFigureError(
            f"no figure {name!r}: no installed package offers figures in the entry-point group {GROUP!r}; "
            "install the package again (python3 -m uv sync)"
        )
    if name not in places:
        raise NoFigureError(
            f"no figure {name!r}: no {called}_figure in dashboards/figures/{called}.py draws it{nearest(name, places)}"
        )
    try:
        return EntryPoint(name, places[name], GROUP).load()
    except (AttributeError, ModuleNotFoundError) as error:
        raise LookupError(f"figure {name!r} is said to be drawn by {places[name]}: {error}") from error
