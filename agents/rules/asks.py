"""Asking: what every actor would do, computed from the same state before anything is applied.

These loops are what the ensemble engine runs.  Under Mesa the agents are asked instead, one by one, through methods of
the same names that a subclass may override (``detente.agents.actors``); their defaults are the rules used here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.agents.codes import (
    ANSWER_BREACH,
    ANSWER_MEASURE,
    ANSWER_TRUCE,
    DRAW_DOWN,
    EXTEND_TRUCE,
    GIVE_MEASURE,
    LAUNCH_OFFENSIVE,
    LEAVE_TRACK,
    NARROW_MEASURE,
    OFFER_TRUCE,
    OPEN_TRACK,
    REVERSE_MEASURE,
)
from detente.agents.rules.ceasefires import answer_breach, answer_truce, extend_truce, offer_truce
from detente.agents.rules.chance import TICK_PURPOSE
from detente.agents.rules.choices import (
    first_drawdown,
    first_measure,
    first_narrowing,
    first_offensive,
    first_talk,
)
from detente.agents.rules.leverage import draw_down
from detente.agents.rules.luck import fill
from detente.agents.rules.measures import answer_measure, give_measure, narrow_measure, reverse_measure
from detente.agents.rules.mediation import is_round, weigh_pair
from detente.agents.rules.offensives import launch_offensive
from detente.agents.rules.registry import rule
from detente.agents.rules.settlement import is_offered, value_package
from detente.agents.rules.spoilers import perceive_threat
from detente.agents.rules.talks import leave_track, open_track
from detente.agents.rules.violence import escalation

if TYPE_CHECKING:
    from detente.agents.state import Choice, World


@rule
def weigh(w: World, choice: Choice) -> float:
    """The hazard [1/day] a party gives to one of its choices, by the rule of its kind."""
    i = w.parties[choice.actor]
    k = choice.kind
    s = choice.subject
    hazard = 0.0
    if k == OFFER_TRUCE:
        hazard = offer_truce(w, i, w.dyads[s])
    elif k == ANSWER_TRUCE:
        hazard = answer_truce(w, i, w.dyads[s])
    elif k == EXTEND_TRUCE:
        hazard = extend_truce(w, i, w.dyads[s])
    elif k == OPEN_TRACK:
        hazard = open_track(w, i, w.tracks[s])
    elif k == LEAVE_TRACK:
        hazard = leave_track(w, i, w.tracks[s])
    elif k == GIVE_MEASURE:
        hazard = give_measure(w, i, w.measures[s])
    elif k == ANSWER_MEASURE:
        hazard = answer_measure(w, i, w.measures[s])
    elif k == REVERSE_MEASURE:
        hazard = reverse_measure(w, i, w.measures[s])
    elif k == NARROW_MEASURE:
        hazard = narrow_measure(w, i, w.measures[s])
    elif k == DRAW_DOWN:
        hazard = draw_down(w, i)
    elif k == ANSWER_BREACH:
        hazard = answer_breach(w, i, w.dyads[s])
    elif k == LAUNCH_OFFENSIVE:
        hazard = launch_offensive(w, i, w.dyads[s])
    return hazard


@rule
def ask(w: World, first: int, n: int, counter: int, purpose: int) -> None:
    """Ask for the hazards of a block of choices, and draw the luck of those that may fall due."""
    for i in range(first, first + n):
        choice = w.choices[i]
        choice.hazard = weigh(w, choice)
        if choice.hazard > 0.0:
            fill(w, choice.luck, counter, purpose, choice.key_lo, choice.key_hi)


@rule
def ask_violence(w: World) -> None:
    """Ask every side how hard it presses each foe, and every spoiler how near peace looks."""
    for d in w.dyads:
        if d.hostile == 1:
            d.heat = escalation(w, w.parties[d.source], d)
    for s in w.spoilers:
        s.threat = perceive_threat(w, s)


@rule
def ask_ceasefires(w: World) -> None:
    """Ask every party for its decisions on ceasefires."""
    ask(w, 0, w.clock.n_truce_choices, w.clock.tick, TICK_PURPOSE)


@rule
def ask_mediation(w: World) -> None:
    """Ask every mediator, at its round, how much it wants to work on each pair."""
    for link in w.mediations:
        m = w.mediators[link.mediator]
        if is_round(w, m):
            link.score = weigh_pair(w, m, link)


@rule
def ask_talks(w: World) -> None:
    """Ask every party for its decisions on tracks."""
    ask(w, first_talk(w), w.clock.n_talk_choices, w.clock.step, 0)


@rule
def ask_measures(w: World) -> None:
    """Ask every party for its decisions on measures."""
    ask(w, first_measure(w), w.clock.n_measure_choices, w.clock.step, 0)
    ask(w, first_narrowing(w), w.clock.n_narrow_choices, w.clock.step, 0)


@rule
def ask_leverage(w: World) -> None:
    """Ask every patron whether it reduces its presence."""
    ask(w, first_drawdown(w), w.clock.n_presence_choices, w.clock.step, 0)


@rule
def ask_offensives(w: World) -> None:
    """Ask every party whether it launches an offensive."""
    first = first_offensive(w)
    ask(w, first, len(w.choices) - first, w.clock.step, 0)


@rule
def ask_settlement(w: World) -> None:
    """Ask both sides and those with a veto what the package, or the part settled so far, is worth to them."""
    for d in w.dyads:
        if is_offered(w, w.pairs[d.pair]):
            d.package_value = value_package(w, w.parties[d.source], d)
    for v in w.vetoes:
        if is_offered(w, w.pairs[v.pair]):
            d = w.dyads[v.dyad]
            d.package_value = value_package(w, w.parties[d.source], d)
