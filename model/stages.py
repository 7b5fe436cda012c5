"""The stages of one step: one ordered list, followed by both drivers and by the documentation.

Violence and ceasefires run on the violence clock (ticks of at most a day), because a three-day truce must not vanish in
a week; everything political runs on the step.  In each stage actors are first asked, then what they chose is applied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from detente.agents.rules import (
    asks,
    attribution,
    calendar,
    ceasefires,
    course,
    endurance,
    leaders,
    leverage,
    luck,
    measures,
    mediation,
    offensives,
    readiness,
    settlement,
    talks,
    trust,
    violence,
)
from detente.agents.state import World

Rule = Callable[[World], None]


@dataclass(frozen=True)
class Stage:
    """One stage: its clock, who is asked, the rule that applies what was chosen, and why it stands where it does."""

    name: str
    clock: Literal["tick", "step"]
    apply: Rule
    why: str
    ask: Rule | None = None
    asked: tuple[str, ...] = ()


STAGES: tuple[Stage, ...] = (
    Stage(
        "calendar",
        "tick",
        calendar.calendar,
        "the date, its holidays and the policy's moves stand before anyone acts",
    ),
    Stage(
        "luck",
        "tick",
        luck.draw_tick_luck,
        "all chance of the tick is drawn before any rule, so that rules need none",
    ),
    Stage(
        "violence",
        "tick",
        violence.violence,
        "all sides strike on what they knew yesterday",
        asks.ask_violence,
        ("parties", "spoilers"),
    ),
    Stage(
        "attribution",
        "tick",
        attribution.attribution,
        "attacks must have happened before anyone is blamed for them",
    ),
    Stage(
        "ceasefires",
        "tick",
        ceasefires.ceasefires,
        "conduct is judged by the attacks just attributed; a decision binds from the next tick",
        asks.ask_ceasefires,
        ("parties",),
    ),
    Stage(
        "chance", "step", luck.draw_step_luck, "the chance of the political step, likewise before its rules"
    ),
    Stage(
        "course",
        "step",
        course.course,
        "a war's own level moves before anyone reads it; the ticks to come are fought at it",
    ),
    Stage(
        "trust", "step", trust.trust, "belief fades after the step's news has come in, before it is acted on"
    ),
    Stage("endurance", "step", endurance.endurance, "the step's losses are known"),
    Stage("leaders", "step", leaders.leaders, "who leads is known before anyone is asked how ready he is"),
    Stage("readiness", "step", readiness.readiness, "appraisals read trust and endurance as they now stand"),
    Stage(
        "mediation",
        "step",
        mediation.mediation,
        "mediators go where they see readiness, before the sides decide about talks",
        asks.ask_mediation,
        ("mediators",),
    ),
    Stage(
        "talks", "step", talks.talks, "sides decide on readiness and mediation", asks.ask_talks, ("parties",)
    ),
    Stage(
        "measures",
        "step",
        measures.measures,
        "measures may answer what talks brought",
        asks.ask_measures,
        ("parties",),
    ),
    Stage(
        "leverage",
        "step",
        leverage.leverage,
        "presence is traded after measures are known, and shifts the balance",
        asks.ask_leverage,
        ("parties",),
    ),
    Stage(
        "offensives",
        "step",
        offensives.offensives,
        "an offensive follows the balance as it now stands; the ticks to come are fought at it",
        asks.ask_offensives,
        ("parties",),
    ),
    Stage(
        "settlement",
        "step",
        settlement.settlement,
        "a package is judged on everything the step has changed; then the run may end",
        asks.ask_settlement,
        ("parties",),
    ),
)

STAGE_NAMES = tuple(stage.name for stage in STAGES)
TICK_STAGES = tuple((i, s) for i, s in enumerate(STAGES) if s.clock == "tick")
STEP_STAGES = tuple((i, s) for i, s in enumerate(STAGES) if s.clock == "step")
