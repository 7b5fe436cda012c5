"""How decisions are taken: a party gives a hazard for each choice, luck and the policy decide whether it falls due.

A decision is a rate [1/day] at which the party would take it now: 0 never, infinity at once.  Asking changes nothing;
what falls due is applied afterwards, in a fixed order, along the same path whether the party or the policy chose it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from detente.agents.codes import BY_CHOICE, BY_POLICY, FREE, IMPOSE
from detente.agents.rules.calendar import note_imposed
from detente.agents.rules.chance import happens
from detente.agents.rules.registry import rule

if TYPE_CHECKING:
    from detente.agents.state import Choice, World


# -- where the choices of a kind stand: about ceasefires first, then as follows


@rule
def first_talk(w: World) -> int:
    """The place of the first choice about a track."""
    return w.clock.n_truce_choices


@rule
def first_measure(w: World) -> int:
    """The place of the first choice about a measure."""
    return first_talk(w) + w.clock.n_talk_choices


@rule
def first_drawdown(w: World) -> int:
    """The place of the first choice about a patron's presence."""
    return first_measure(w) + w.clock.n_measure_choices


@rule
def first_narrowing(w: World) -> int:
    """The place of the first choice to narrow a measure to its core."""
    return first_drawdown(w) + w.clock.n_presence_choices


@rule
def first_offensive(w: World) -> int:
    """The place of the first choice about an offensive; they stand last."""
    return first_narrowing(w) + w.clock.n_narrow_choices


# -- what falls due


@rule
def is_open_to(w: World, choice: Choice) -> bool:
    """Whether the party itself decides today: not while a policy speaks for it or rules the decision out."""
    return w.clock.day >= choice.silent_until and w.clock.day >= choice.blocked_until


@rule
def settle(w: World, choice: Choice, u: float, days: float) -> bool:
    """Decide whether a choice falls due within ``days``, from its hazard, its luck ``u`` and the policy.

    An imposed choice falls due whatever the rule says; its hazard and draw are computed all the same, so that the
    decision can be scored and no luck moves.
    """
    imposed = choice.imposed == IMPOSE
    if not imposed and choice.hazard <= 0.0:
        return False
    takes = happens(u, choice.hazard, days) and is_open_to(w, choice)
    finite = choice.hazard < math.inf
    if finite:
        choice.cum_hazard += choice.hazard * days
    if imposed:
        choice.imposed = FREE
        choice.why = BY_POLICY
        note_imposed(w, choice.actor, choice.index, choice.hazard <= 0.0, choice.hazard)
        if choice.hazard > 0.0 and finite:
            w.tally.log_score += math.log(choice.hazard)
            w.tally.scored_acts += 1.0
        return True
    if takes:
        choice.why = BY_CHOICE
        choice.from_day = -1.0
        choice.until_day = -1.0
        choice.amount = -1.0
        choice.scope = 0
    return takes
