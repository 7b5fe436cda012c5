"""What an order is meant to achieve: declared outcomes with a better side, some of them under a plainer name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.experiments.runs.outcomes import BY_NAME
from detente.model.errors import InputError, unknown, wrong

Values = np.ndarray[Any, Any]

PLAIN: Mapping[str, str] = {
    "deaths": "deaths_per_day",
    "settlement": "settled",
    "collapse": "collapsed",
    "ally_trust": "ally_trust",
    "trust": "final_trust",
    "ceasefire_days": "days_in_ceasefire",
}
"""Aim -> the outcome it is read off."""

USUAL = ("deaths", "settlement", "collapse", "ally_trust")
"""Aims unless others are named."""


@dataclass(frozen=True)
class Aim:
    """An aim, the outcome it is read off, its unit, and whether more (1) or less (-1) is better."""

    name: str
    outcome: str
    unit: str
    better: int

    @property
    def words(self) -> str:
        """What sentences call it."""
        return NOUNS.get(self.outcome, self.name.replace("_", " "))


NOUNS = {
    "deaths_per_day": "deaths a day",
    "settled": "settlements",
    "collapsed": "collapses",
    "ally_trust": "trust of the ally in its patron",
    "final_trust": "trust between foes",
    "days_in_ceasefire": "days in ceasefire",
}


def aims_of(names: Sequence[str] | None) -> tuple[Aim, ...]:
    """Aims by name; raises ``InputError`` for one that is no outcome, has no better side, or is named twice."""
    given = tuple(USUAL if names is None else names)
    if not given:
        raise wrong("aims", list(given), "at least one")
    found: list[Aim] = []
    for name in given:
        outcome = PLAIN.get(name, name)
        known = [*PLAIN, *(n for n, o in BY_NAME.items() if o.better)]
        if outcome not in BY_NAME:
            raise unknown("aims: aim", name, known)
        if not BY_NAME[outcome].better:
            raise wrong("aims", name, "an outcome with a better and a worse side")
        if outcome in {aim.outcome for aim in found}:
            raise InputError(f"aims: {name} is named twice; expected each once")
        found.append(Aim(name, outcome, BY_NAME[outcome].unit, BY_NAME[outcome].better))
    return tuple(found)


def not_dominated(worth: Values) -> Values:
    """Which rows no other row beats in one column without falling short in another: shape (rows, columns) -> rows.

    More is better in every column; what is missing (NaN) counts as worst.
    """
    worth = np.where(np.isnan(worth), -np.inf, worth)
    at_least = (worth[:, None, :] >= worth[None, :, :]).all(axis=2)
    more = (worth[:, None, :] > worth[None, :, :]).any(axis=2)
    return ~(at_least & more).any(axis=0)


def mean_rank(worth: Values) -> Values:
    """The mean over columns of the rank of each row, 0 the best; ties share their rank."""
    from scipy.stats import rankdata

    filled = np.where(np.isnan(worth), -np.inf, worth)
    return np.mean([rankdata(-column) - 1.0 for column in filled.T], axis=0)
