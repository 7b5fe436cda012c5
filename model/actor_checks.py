"""Checks of actors with a class of one's own: a decision that is misspelt would never be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from detente.agents.actors import DECISIONS, Actor
from detente.model.errors import InputError, nearest, one_of

ALL_DECISIONS = tuple(name for names in DECISIONS.values() for name in names)
VERBS = frozenset(name.partition("_")[0] for name in ALL_DECISIONS if "_" in name)
"""First words of decisions: ``offer_``, ``answer_`` ..."""
NEAR = 0.75
"""How alike a name and a decision's must be for the one to be taken for the other misspelt."""


def check_decisions(place: str, cls: type[Actor], stock: type[Actor]) -> None:
    """Raise ``InputError`` for a public method of a class that seems meant as a decision and is none of its kind."""
    for name in new_methods(cls, stock):
        if get_close_matches(name, ALL_DECISIONS, n=1, cutoff=NEAR) or name.partition("_")[0] in VERBS:
            decisions = decisions_of(stock)
            known = one_of(decisions) if decisions else f"none, since a {stock.__name__} takes no decisions"
            raise InputError(
                f"{place}: {cls.__name__}.{name} is no decision of a {stock.__name__}; expected {known} "
                f"(a method of one's own begins with an underscore){nearest(name, decisions)}"
            )


def decisions_of(stock: type[Actor]) -> tuple[str, ...]:
    """The decisions that a kind of actor takes."""
    return next((names for cls, names in DECISIONS.items() if cls is stock), ())


def new_methods(cls: type[Actor], stock: type[Actor]) -> Iterator[str]:
    """Public methods that a class has and the stock class has not, in the order of their definition."""
    for base in cls.__mro__:
        if base not in stock.__mro__:
            yield from (
                name
                for name, value in vars(base).items()
                if not name.startswith("_") and not hasattr(stock, name) and callable(value)
            )
