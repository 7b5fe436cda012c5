"""The numbers of a case that neither data nor experts speak of, so that every fact of a case has a range and a grade.

What differs from war to war and is not known is a prior.  What belongs to a kind of talks or measure is judgement: the
usual number, from which a case may differ by a factor.
"""

from __future__ import annotations

from collections.abc import Collection

from detente.experiments.cases.builder.estimate import Estimate, Fact, about, prior
from detente.model.facts import Fact as Number
from detente.model.facts import facts_of
from detente.model.prior_ranges import RANGES
from detente.model.scenario import Scenario

FACTOR = {"cost": 1.5, "max_cost": 1.5, "level": 1.5, "leak": 3.0}
"""Keys of talks and measures that may be off by a factor [judgement]."""

ASIDE = 0.2
"""How far other numbers of talks and measures may be off [judgement]."""

NOTHING = ("leak", "restrains", "holiday")
"""Keys where 0 says that there is no such thing: nothing secret, nothing restrained, no holidays."""

OF_ALLIES, OF_PATRONS = ("alignment", "support", "tipping"), ("conditionality", "presence")
"""Keys of a party that mean something only with a patron, or of one."""


def remaining_facts(scenario: Scenario, known: Collection[str]) -> list[Fact]:
    """The facts of a case that are not known yet, with what is usual, in the order of its tables."""
    numbers = (n for n in facts_of(scenario).values() if n.path not in known and is_meant(scenario, n))
    return [Fact(n.path, usual(n).within(n.range.low, n.range.high).rounded()) for n in numbers]


def is_meant(scenario: Scenario, number: Number) -> bool:
    """Whether a number means something in the case; a party's hawkishness is that of its factions."""
    kind, name, *_, key = number.path.split(".")
    if key in NOTHING and number.value == 0:
        return False
    if kind != "party":
        return True
    patrons = {p.patron for p in scenario.party if p.patron}
    allies = {p.name for p in scenario.party if p.patron}
    idle = (key in OF_ALLIES and name not in allies) or (key in OF_PATRONS and name not in patrons)
    return key != "hawkishness" and not idle


def usual(number: Number) -> Estimate:
    """What is usual, around the number that stands in the case."""
    kind, key = number.path.split(".", 1)[0], number.path.rsplit(".", 1)[-1]
    value = number.value
    if kind in ("track", "measure") or key not in RANGES:
        source = "the usual of any case"
        if key in FACTOR and value > 0:
            return about(value, FACTOR[key], "judgement", source)
        wide = ASIDE if value > 0 else 0.0
        return Estimate(value, value - wide, value + wide, "judgement", source)
    span = prior(key)
    return span._replace(value=value, low=min(span.low, value), high=max(span.high, value))
