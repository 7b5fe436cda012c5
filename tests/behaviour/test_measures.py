"""Measures: one that costs nothing does nothing, and taking one back costs more trust than giving it won."""

from datetime import date

import pytest
from builders import differing, made_policy

from detente.agents.codes import GIVE_MEASURE
from detente.agents.rules import measures

FREE_MEASURE = {
    "name": "words",
    "title": "Words",
    "from": "republic",
    "to": "movement",
    "kind": "confidence",
    "cost": 0.0,
    "max_cost": 1.0,
    "divisive": 1.0,
    "reversible": True,
}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_measure_that_costs_nothing_does_nothing(workshop, compiled, seed):
    """Given once a month by decree, it changes no number but its own counts."""
    tables = workshop.tables()
    tables["measure"] = [FREE_MEASURE]
    gifts = [
        {"date": date(2030, month, 5), "actor": "republic", "do": "give_measure", "measure": "words"}
        for month in range(1, 13)
    ]
    levers = {"parallel_tracks": 1.0}
    without = workshop.run(workshop.opening(tables, levers=levers), seed)
    given_ = workshop.run(workshop.opening(tables, made_policy(*gifts), levers=levers), seed)
    counts = (
        "tally.measures",
        "tally.reversals",
        "tally.against_model",
        "tally.log_score",
        "tally.scored_acts",
        "clock.n_events",
    )
    assert differing(without, given_, but=(*counts, "measures.")) == []
    assert given_.last("tally.measures") == len(gifts)


def test_control_a_measure_that_costs_something_does_something(workshop, compiled):
    tables = workshop.tables()
    tables["measure"] = [FREE_MEASURE | {"cost": 0.3}]
    gift = {"date": date(2030, 2, 5), "actor": "republic", "do": "give_measure", "measure": "words"}
    without = workshop.run(workshop.opening(tables, made_policy(gift), mode="free"), 1)
    given_ = workshop.run(workshop.opening(tables, made_policy(gift)), 1)
    assert "dyads.movement>republic.trust" in differing(without, given_)


def give_and_take_back(w, m):
    """Trust of the receiver before a measure is given, after it, and after it is taken back."""
    d = w.dyads[m.dyad]
    receiver = w.dyads[d.reverse]
    m.reversible = 1
    before = receiver.trust
    choice = next(c for c in w.choices if c.subject == m.index and c.kind == GIVE_MEASURE)
    measures.give(w, choice)
    given = receiver.trust
    measures.take_back(w, choice)
    return before, given, receiver.trust


@pytest.mark.parametrize("believed", [0.1, 0.25, 0.35, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_reversal_outweighs_its_measure(workshop, believed, index):
    tables = workshop.tables()
    tables["relation"][0]["trust"] = [believed, believed]
    w = workshop.world(workshop.opening(tables))
    before, given, after = give_and_take_back(w, w.measures[index])
    assert given > before > after
