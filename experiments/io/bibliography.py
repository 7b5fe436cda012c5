"""What parameters, rules and patterns are taken from: references by the key that stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

UNSOURCED = "assumption"
"""What stands in the place of a key where there is no source."""


class Reference(NamedTuple):
    """A publication or dataset, and what is taken from it, in Markdown.

    One marked *verify* is cited from memory of the field and has not been checked against the publication.
    """

    key: str
    reference: str
    taken: str


@cache
def references() -> Mapping[str, Reference]:
    """Every reference by its key, in the order of keys."""
    import tomllib

    text = files(__package__).joinpath("bibliography.toml").read_text(encoding="utf-8")
    return {key: Reference(key, **told) for key, told in sorted(tomllib.loads(text).items())}
