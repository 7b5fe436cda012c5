"""So many events, each so deadly, that months are no more uneven than those of the data.

Files place few of the events that they count deaths of, and the few are the larger ones.  Taken as all there are, they
make the sum over a month a matter of one or two of them.  What is known of the unevenness of months says how many
events there must have been at least; mean deaths stay as they are.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from detente.experiments.evidence.origins import DAYS_IN_MONTH
from detente.experiments.evidence.refit import total_deaths, total_rate
from detente.model.scenario import Scenario

SHARE = 0.7
"""Share of the unevenness of months that single events may make up [judgement]; levels and heaps make the rest."""

STEPS = np.exp(np.linspace(0.0, np.log(200.0), 40))
"""Factors on the number of events that are tried."""


@cache
def relative_square(mean: float, tail: float, largest: float) -> float:
    """Mean square of the deaths of an event over the square of their mean."""
    from detente.model.death_scale import scale_for_mean

    k = np.arange(1, int(largest))
    above = (1.0 + k / scale_for_mean(max(mean, 1.0), tail, largest)) ** -tail
    first, second = 1.0 + float(above.sum()), 1.0 + float(((2 * k + 1) * above).sum())
    return second / first**2


def unevenness(events: float, mean: float, tail: float, largest: float) -> float:
    """Variance of the deaths of a month over the square of their mean, with so many events in it on average."""
    return relative_square(round(max(mean, 1.0), 2), tail, largest) / max(events, 1e-9)


def factor_for(scenario: Scenario, wanted: float, fierce: float) -> float:
    """How many times as many events there must have been for months as uneven as wanted at most.

    ``fierce`` is how many times as many events as on average there are now.
    """
    events, v = DAYS_IN_MONTH * total_rate(scenario) * fierce, scenario.parameters.violence
    if events <= 0 or total_deaths(scenario) <= 0:
        return 1.0
    mean = total_deaths(scenario) / total_rate(scenario)
    for factor in STEPS:
        if unevenness(events * factor, mean / factor, v.tail, v.max_deaths) <= SHARE * wanted:
            return float(factor)
    return float(STEPS[-1])


def with_more_events(scenario: Scenario, factor: float) -> Scenario:
    """A case with so many times as many events, each less deadly; none kills fewer than one."""
    relations = tuple(
        r.model_copy(
            update={
                "attacks": tuple(rate * factor for rate in r.attacks),
                "deaths_per_event": tuple(max(d / factor, 1.0) for d in r.deaths_per_event),
            }
        )
        for r in scenario.relation
    )
    spoilers = tuple(
        s.model_copy(
            update={
                "target": tuple(
                    t.model_copy(
                        update={
                            "attacks": t.attacks * factor,
                            "deaths_per_event": max(t.deaths_per_event / factor, 1.0),
                        }
                    )
                    for t in s.target
                )
            }
        )
        for s in scenario.spoiler
    )
    return scenario.model_copy(update={"relation": relations, "spoiler": spoilers})
