"""Strategies: the factor by which each multiplies the hazard of each decision."""

import pytest
from worlds import ALLY, world

from detente.agents import codes
from detente.agents.rules.strategies import temper

ANSWERS = {"answer_truce", "answer_measure", "answer_breach"}
RETREATS = {"leave_track", "reverse_measure", "narrow_measure"}
FACTORS = {
    "plain": lambda decision: 1.0,
    "reciprocator": lambda decision: 3.0 if decision in ANSWERS else 1.0,
    "hardliner": lambda decision: 2.5 if decision in RETREATS else 0.4,
    "opportunist": lambda decision: 1.0,
    "grit_initiator": lambda decision: 5.0 if decision == "give_measure" else 1.0,
    "cautious": lambda decision: 0.7,
}


@pytest.mark.parametrize("strategy", codes.STRATEGIES)
@pytest.mark.parametrize("decision", codes.DECISIONS)
def test_temper(strategy, decision):
    w = world()
    s = w.par.strategies
    s.reciprocity, s.hard, s.caution, s.initiative = 3.0, 0.4, 0.7, 5.0
    w.parties[ALLY].strategy = codes.STRATEGIES.index(strategy)
    expected = FACTORS[strategy](decision)
    assert temper(w, w.parties[ALLY], codes.DECISIONS.index(decision)) == pytest.approx(expected)
