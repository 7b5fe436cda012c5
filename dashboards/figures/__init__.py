"""Figures: pure functions from tables to Plotly figures, shared by the command line, notebooks and pages.

What is drawn under a name, as ``plot()`` does, is the function ``NAME_figure`` in NAME.py, or ``NAME_portrait`` in any
file here: to add a figure, write the function and ask for it by name (``model/drawing.py``).
"""

import re
from functools import cache
from importlib.resources import files


@cache
def figures() -> dict[str, str]:
    """Figure name -> the place ("module:function") of what draws it, read off the files here without loading them."""
    places: dict[str, str] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda file: file.name):
        module, _, kind = file.name.rpartition(".")
        if kind != "py":
            continue
        for match in re.finditer(
            rf"^def ({module}_figure|\w+_portrait)\(", file.read_text(encoding="utf-8"), re.M
        ):
            name = match[1].removesuffix("_figure").replace("_", "-")
            places[name] = f"{__name__}.{module}:{match[1]}"
    return places
