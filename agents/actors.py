"""The actors as Mesa agents.

An actor *is* its record: the fields of ``PartyState`` and the others are plain attributes of the agent, which the rules
read and write.  In each stage the model asks its agents what they would do; they answer through the decision methods
below, which a subclass may override in ordinary Python.  A decision only answers: the stage applies it afterwards.

The defaults call the rules that the compiled engine runs, so a stock model gives the same numbers in both drivers.
A model with a subclass that overrides anything runs under Mesa only; the engine refuses it by name.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from detente.agents import codes
from detente.agents.rules import (
    ceasefires,
    choices,
    leverage,
    measures,
    mediation,
    offensives,
    settlement,
    spoilers,
    talks,
    violence,
)
from detente.agents.state import (
    Choice,
    Dyad,
    FactionState,
    Measure,
    Mediation,
    MediatorState,
    PartyState,
    SpoilerState,
    Track,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class DecisionError(ValueError):
    """A decision method returned something that is not a rate or a number of its kind."""


def checked_hazard(value: Any, actor: str, decision: str) -> float:
    """A hazard as decisions must return it: a number from 0 (never) to infinity (at once) [1/day]."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value) or value < 0:
        expected = "a hazard per day: a number from 0 (never) to inf (at once)"
        raise DecisionError(f"{actor}.{decision} returned {value!r}; expected {expected}")
    return float(value)


def checked_number(value: Any, actor: str, decision: str) -> float:
    """A finite number, as appraisals must return it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise DecisionError(f"{actor}.{decision} returned {value!r}; expected a finite number")
    return float(value)


class Actor(mesa.Agent[Any]):
    """What all actors share: a name, and the world they act in.

    ``record`` maps the actor's state fields to their opening values.
    """

    STATE: type

    def __init__(self, model: mesa.Model[Any, Any], name: str, record: dict[str, Any]) -> None:
        super().__init__(model)
        self.name = name
        for field, value in record.items():
            setattr(self, field, value)

    @property
    def world(self) -> World:
        """All records of the run this actor belongs to."""
        return self.model.world

    def remove(self) -> None:
        """Refused: the records of a case name its actors, so none of them can leave in mid-run."""
        raise RuntimeError(
            f"{self.name}: actors of a case cannot be removed; to run without one, leave it out of the case's file"
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Party(Actor, PartyState):
    """A party to the conflict.

    Decisions return a hazard: the rate [1/day] at which the party would do it now, 0 for never, infinity for at once.

    Override a decision in a subclass, and give it by the party's name; ``super()`` is the model's own rule.

    Examples:
        >>> import detente
        >>> class Patient(detente.Party):
        ...     def leave_track(self, track):
        ...         return 0.0  # never walks out
        >>> run = detente.run("template", "status-quo", seed=3, actors={"movement": Patient})
        >>> bool((run.events.query("event == 'track_failed'")["actor"] == "The Movement").any())
        False
    """

    STATE = PartyState

    def join(self, world: World) -> None:
        """Learn which choices and relations are one's own, once the world is complete."""
        starts = {
            "ceasefires": 0,
            "talks": choices.first_talk(world),
            "measures": choices.first_measure(world),
            "leverage": choices.first_drawdown(world),
            "narrowings": choices.first_narrowing(world),
            "offensives": choices.first_offensive(world),
        }
        ends = [*starts.values(), len(world.choices)][1:]
        subjects: dict[int, Sequence[Any]] = {
            **dict.fromkeys((*codes.TRUCE_DECISIONS, codes.LAUNCH_OFFENSIVE), world.dyads),
            **dict.fromkeys(codes.TRACK_DECISIONS, world.tracks),
            **dict.fromkeys(codes.MEASURE_DECISIONS, world.measures),
        }
        self._choices: dict[str, list[tuple[Choice, Any, tuple[Any, ...]]]] = {
            stage: [
                (c, getattr(self, codes.DECISIONS[c.kind]), self._subject(subjects, c))
                for c in world.choices[first:last]
                if c.actor == self.index
            ]
            for (stage, first), last in zip(starts.items(), ends, strict=True)
        }
        self._dyads = [d for d in world.dyads if d.source == self.index]
        self._foes = [d for d in self._dyads if d.hostile == 1]
        self._judged = [(d, d.pair) for d in self._dyads]
        self._judged += [
            (world.dyads[v.dyad], v.pair) for v in world.vetoes if world.dyads[v.dyad].source == self.index
        ]

    @staticmethod
    def _subject(subjects: dict[int, Sequence[Any]], choice: Choice) -> tuple[Any, ...]:
        return (subjects[choice.kind][choice.subject],) if choice.kind in subjects else ()

    def ask_violence(self) -> None:
        """Answer how hard one presses each foe."""
        for dyad in self._foes:
            dyad.heat = checked_number(self.escalation(dyad), self.name, "escalation")

    def ask_ceasefires(self) -> None:
        """Answer every question about ceasefires."""
        self._answer("ceasefires")

    def ask_talks(self) -> None:
        """Answer every question about tracks."""
        self._answer("talks")

    def ask_measures(self) -> None:
        """Answer every question about measures."""
        self._answer("measures")
        self._answer("narrowings")

    def ask_leverage(self) -> None:
        """Answer every question about presence."""
        self._answer("leverage")

    def ask_offensives(self) -> None:
        """Answer every question about offensives."""
        self._answer("offensives")

    def ask_settlement(self) -> None:
        """Answer what a package on the table is worth."""
        for dyad, pair in self._judged:
            if settlement.is_offered(self.world, self.world.pairs[pair]):
                dyad.package_value = checked_number(self.value_package(dyad), self.name, "value_package")

    def _answer(self, stage: str) -> None:
        for choice, decide, subject in self._choices[stage]:
            choice.hazard = checked_hazard(decide(*subject), self.name, codes.DECISIONS[choice.kind])

    # -- decisions

    def escalation(self, dyad: Dyad) -> float:
        """Log multiplier of one's background attacks on a foe (0: as usual)."""
        return violence.escalation(self.world, self, dyad)

    def offer_truce(self, dyad: Dyad) -> float:
        """Hazard of offering the other side of a dyad a truce."""
        return ceasefires.offer_truce(self.world, self, dyad)

    def answer_truce(self, dyad: Dyad) -> float:
        """Hazard of answering the other side's pending offer."""
        return ceasefires.answer_truce(self.world, self, dyad)

    def extend_truce(self, dyad: Dyad) -> float:
        """Hazard of extending one's own window of a truce near its term."""
        return ceasefires.extend_truce(self.world, self, dyad)

    def answer_breach(self, dyad: Dyad) -> float:
        """Hazard of answering the other side's breach of a truce in proportion."""
        return ceasefires.answer_breach(self.world, self, dyad)

    def open_track(self, track: Track) -> float:
        """Hazard of bringing about the opening of a track."""
        return talks.open_track(self.world, self, track)

    def leave_track(self, track: Track) -> float:
        """Hazard of walking out of an open track."""
        return talks.leave_track(self.world, self, track)

    def give_measure(self, measure: Measure) -> float:
        """Hazard of taking the next step of a measure."""
        return measures.give_measure(self.world, self, measure)

    def answer_measure(self, measure: Measure) -> float:
        """Hazard of answering the other side's step."""
        return measures.answer_measure(self.world, self, measure)

    def reverse_measure(self, measure: Measure) -> float:
        """Hazard of taking a measure back."""
        return measures.reverse_measure(self.world, self, measure)

    def narrow_measure(self, measure: Measure) -> float:
        """Hazard of narrowing a measure to its core."""
        return measures.narrow_measure(self.world, self, measure)

    def draw_down(self) -> float:
        """Hazard of reducing one's presence by a step."""
        return leverage.draw_down(self.world, self)

    def launch_offensive(self, dyad: Dyad) -> float:
        """Hazard of launching an offensive against a foe."""
        return offensives.launch_offensive(self.world, self, dyad)

    def value_package(self, dyad: Dyad) -> float:
        """Worth of the package on the table above fighting on; accepted at 0 or more."""
        return settlement.value_package(self.world, self, dyad)


class Faction(Actor, FactionState):
    """A faction inside a party: its share of the fighters, its hawkishness, its discontent.

    Examples:
        >>> import detente
        >>> model = detente.PeaceProcess("template", "status-quo", rng=3)
        >>> sum(faction.share for faction in model.agents_by_type[detente.Faction])  # two parties, shares of each
        2.0
    """

    STATE = FactionState


class Mediator(Actor, MediatorState):
    """An outside mediator, who chooses where to work.

    Examples:
        >>> import detente
        >>> class Absent(detente.Mediator):
        ...     def weigh_pair(self, link):
        ...         return -50.0  # logit: never works on any pair
        >>> run = detente.run("template", "status-quo", seed=3, actors={"neighbour": Absent})
        >>> (run.events["event"] == "mediator_engaged").any().item()
        False
    """

    STATE = MediatorState

    def join(self, world: World) -> None:
        """Learn between whom one may mediate, once the world is complete."""
        self._links = [link for link in world.mediations if link.mediator == self.index]

    def ask_mediation(self) -> None:
        """At one's round, answer how much one wants to work on each pair."""
        if mediation.is_round(self.world, self):
            for link in self._links:
                link.score = checked_number(self.weigh_pair(link), self.name, "weigh_pair")

    def weigh_pair(self, link: Mediation) -> float:
        """How much one wants to work on a pair [logit against staying out]."""
        return mediation.weigh_pair(self.world, self, link)


class Spoiler(Actor, SpoilerState):
    """An armed group outside the process.

    Examples:
        >>> import detente
        >>> class Blind(detente.Spoiler):
        ...     def perceive_threat(self):
        ...         return 0.0  # peace never looks near
        >>> run = detente.run("template", "status-quo", seed=3, actors={"rejectionists": Blind})
        >>> run.series["spoilers.rejectionists.threat"].iloc[1:].max().item()
        0.0
    """

    STATE = SpoilerState

    def ask_violence(self) -> None:
        """Answer how near peace looks."""
        self.threat = checked_number(self.perceive_threat(), self.name, "perceive_threat")

    def perceive_threat(self) -> float:
        """How near peace looks, 0 to 1."""
        return spoilers.perceive_threat(self.world, self)


DECISIONS = {
    Party: (*codes.DECISIONS, "escalation", "value_package"),
    Mediator: ("weigh_pair",),
    Spoiler: ("perceive_threat",),
}
"""The methods of each kind of actor that a subclass may override."""
