"""Conditions of a conflict that may go with what the five lessons do there, read off the case's own facts.

The essay names three: a stalemate that force cannot resolve, a pariah that wants in, and a window of opportunity.  The
alignment of ally and patron and the number of parties whose consent peace needs stand beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.compare.lessons import base_policy
from detente.model.catalogue import load_policy

if TYPE_CHECKING:
    from detente.model.scenario import PartySpec, Scenario

Values = np.ndarray[Any, Any]
SHUFFLES = 4000
"""Orders of the cases that are tried for the chance of a correlation as large."""

FEWEST = 4
"""Cases below which nothing can be said of what goes with an effect: with three, luck alone orders them alike."""

NAN = float("nan")


@dataclass(frozen=True)
class Sides:
    """Who stands against whom: the sponsor of the lessons, who fights at its side, and their main foe."""

    sponsor: PartySpec
    fighter: PartySpec
    ally: PartySpec | None
    foe: PartySpec | None

    @classmethod
    def of(cls, scenario: Scenario) -> Sides:
        """The sides of a case; the first sponsor's where it has several."""
        by_name = {p.name: p for p in scenario.party}
        sponsor = next(p for p in scenario.party if p.sponsor)
        foe = by_name.get(sponsor.main_foe or "") or first_foe(scenario, sponsor, by_name)
        ally = next((p for p in scenario.party if p.patron == sponsor.name), None)
        fights = ally is not None and foe is not None and are_hostile(scenario, ally, foe)
        return cls(sponsor, ally if ally is not None and fights else sponsor, ally, foe)


def are_hostile(scenario: Scenario, first: PartySpec, second: PartySpec) -> bool:
    """Whether two parties fight each other."""
    return any(r.hostile and set(r.between) == {first.name, second.name} for r in scenario.relation)


def first_foe(scenario: Scenario, party: PartySpec, by_name: Mapping[str, PartySpec]) -> PartySpec | None:
    """The first party that a party fights, in the order of the case."""
    for relation in scenario.relation:
        if relation.hostile and party.name in relation.between:
            return by_name[next(name for name in relation.between if name != party.name)]
    return None


def capability(scenario: Scenario, party: PartySpec) -> float:
    """Own fighting capability and what a patron lends, as the run begins with it."""
    patron = next((p for p in scenario.party if p.name == party.patron), None)
    presence = 0.0 if patron is None else patron.presence
    lent = party.support * presence**scenario.parameters.leverage.returns if presence > 0 else 0.0
    return max(party.morale + lent, 1e-3)


def evenness(scenario: Scenario) -> float:
    """How even the two sides are: 1 where neither is stronger, 0 where one is all."""
    sides = Sides.of(scenario)
    if sides.foe is None:
        return NAN
    ours, theirs = capability(scenario, sides.fighter), capability(scenario, sides.foe)
    return 2.0 * min(ours, theirs) / (ours + theirs)


def wish_to_be_recognised(scenario: Scenario) -> float:
    """How much the main foe wants recognition."""
    foe = Sides.of(scenario).foe
    return NAN if foe is None else foe.validation


def window(scenario: Scenario) -> float:
    """Windows of opportunity open to the two sides by the day the levers act, less setbacks; mean of both [logit]."""
    sides = Sides.of(scenario)
    both = {p.name: p.window for p in (sides.ally or sides.sponsor, sides.foe) if p is not None}
    for move in load_policy(scenario, base_policy(scenario)).move:
        if move.do in ("window", "setback") and move.actor in both and is_early(move.date, scenario):
            size = 1.0 if move.amount is None else move.amount
            both[move.actor] += size if move.do == "window" else -size
    return sum(both.values()) / len(both)


def is_early(day: date | None, scenario: Scenario) -> bool:
    """Whether a day lies before the levers act, or is the day on which they begin to."""
    return day is not None and day <= (scenario.case.pivot or scenario.case.start)


def alignment(scenario: Scenario) -> float:
    """How far the ally shares its patron's aims; missing in a case without an ally."""
    ally = Sides.of(scenario).ally
    return NAN if ally is None else ally.alignment


def vetoes(scenario: Scenario) -> float:
    """Parties whose consent peace needs: all that fight, and third parties with a veto."""
    hostile = [r for r in scenario.relation if r.hostile]
    return float(len({name for r in hostile for name in (*r.between, *r.veto)}))


@dataclass(frozen=True)
class Condition:
    """A condition of a conflict: its name, unit, meaning, and how it is read off a case."""

    name: str
    unit: str
    meaning: str
    read: Callable[[Scenario], float]


CONDITIONS = (
    Condition(
        "stalemate", "0 to 1", "how even the capabilities of the two main sides are: 1 is even", evenness
    ),
    Condition("validation", "0 to 3", "how much the main foe wants recognition", wish_to_be_recognised),
    Condition(
        "window", "logit", "window of opportunity of ally and foe when the levers act, less setbacks", window
    ),
    Condition(
        "alignment", "0 to 1", "how far the ally shares its patron's aims; none without an ally", alignment
    ),
    Condition("vetoes", "parties", "parties whose consent peace needs", vetoes),
)
"""The conditions that effects are held against."""


def conditions_of(scenario: Scenario) -> dict[str, float]:
    """Every condition of a case by name; NaN where the case has none."""
    return {c.name: float(c.read(scenario)) for c in CONDITIONS}


# -- what goes with what, over cases


def rank_correlation(first: Values, second: Values) -> float:
    """Spearman's correlation of the cases with both values; NaN for fewer than three, and where one does not vary."""
    from scipy.stats import rankdata

    both = ~(np.isnan(first) | np.isnan(second))
    if both.sum() < 3:
        return NAN
    a, b = rankdata(first[both]), rankdata(second[both])
    if a.std() == 0 or b.std() == 0:
        return NAN
    return float(np.corrcoef(a, b)[0, 1])


def chance_of(first: Values, second: Values) -> float:
    """Share of shuffles of the cases whose correlation is at least as large in size; NaN where there is none."""
    from scipy.stats import rankdata

    found = rank_correlation(first, second)
    if math.isnan(found):
        return NAN
    both = ~(np.isnan(first) | np.isnan(second))
    a, b = (standardised(rankdata(values[both])) for values in (first, second))
    rng = np.random.default_rng(1)
    shuffled = rng.permuted(np.tile(b, (SHUFFLES, 1)), axis=1)
    return float((np.abs(shuffled @ a) / len(a) >= abs(found) - 1e-9).mean())


def standardised(values: Values) -> Values:
    """Values with mean 0 and standard deviation 1."""
    return (values - values.mean()) / values.std()


def smallest_clear(n_cases: int) -> float:
    """The rank correlation, in size, that shuffling so many cases exceeds in 5 %; NaN where none is that rare."""
    if n_cases < FEWEST:
        return NAN
    a = standardised(np.arange(n_cases, dtype=float))
    shuffled = np.random.default_rng(1).permuted(np.tile(a, (SHUFFLES, 1)), axis=1)
    return float(np.quantile(np.abs(shuffled @ a) / n_cases, 0.95))
