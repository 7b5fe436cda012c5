r"""Equations of the pages as MathML, which browsers draw themselves: no script, no fonts, no network.

The pages write TeX between dollar signs.  ``pymdownx.arithmatex`` hands it on between ``\(`` and ``\)`` (in a line) or
``\[`` and ``\]`` (on lines of its own), and here it is translated.
"""

from __future__ import annotations

import html
import re
from functools import cache

EQUATION = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)

ESCAPED = re.compile(r"\\_(?=[^{}]*\})")
"""An underscore escaped inside a name, where the translator would leave the backslash."""


@cache
def mathml(tex: str, display: str) -> str:
    """One equation as MathML, ``display`` "inline" or "block"; raises ``ValueError`` for TeX it cannot read."""
    from latex2mathml.converter import convert

    try:
        translated = convert(ESCAPED.sub("_", tex), display=display)
    except Exception as error:
        raise ValueError(f"equation {tex!r}: {error!r}") from error
    if "\\" in translated:
        raise ValueError(f"equation {tex!r}: a command that is not known")
    return translated


def with_mathml(page: str) -> str:
    """A page of HTML with its equations translated."""

    def translated(match: re.Match[str]) -> str:
        display = "inline" if match[2] == "(" else "block"
        return mathml(html.unescape(match[3]).strip(), display)

    return EQUATION.sub(translated, page)
