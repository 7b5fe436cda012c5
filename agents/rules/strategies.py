"""STRATEGIES: named ways in which a party or a mediator departs from a plain one, as factors on its hazards.

They are numbers in a record and branches of a rule, so that both drivers run them.  For anything else, subclass
``Party`` or ``Mediator``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    ANSWER_BREACH,
    ANSWER_MEASURE,
    ANSWER_TRUCE,
    CAUTIOUS,
    GIVE_MEASURE,
    GRIT_INITIATOR,
    HARDLINER,
    LEAVE_TRACK,
    NARROW_MEASURE,
    PLAIN,
    RECIPROCATOR,
    REVERSE_MEASURE,
)
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import PartyState, World


@rule
def temper(w: World, i: PartyState, decision: int) -> float:
    """Factor by which a party's strategy multiplies the hazard of one of its decisions (1: plain)."""
    p = w.par.strategies
    s = i.strategy
    retreat = decision == LEAVE_TRACK or decision == REVERSE_MEASURE or decision == NARROW_MEASURE
    answers = decision == ANSWER_TRUCE or decision == ANSWER_MEASURE or decision == ANSWER_BREACH
    factor = 1.0
    if s == PLAIN:
        factor = 1.0
    elif s == HARDLINER:
        factor = 1.0 / p.hard if retreat else p.hard
    elif s == CAUTIOUS:
        factor = p.caution
    elif s == RECIPROCATOR and answers:
        factor = p.reciprocity
    elif s == GRIT_INITIATOR and decision == GIVE_MEASURE:
        factor = p.initiative
    return factor
