"""Signs from the literature, looked for in the Korean case.

Each is a pair of set-ups that differ by one decision or one lever and share all their luck.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from detente.agents import codes
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.pattern import Pattern, above, below
from detente.experiments.validity.setups import Change, Setup, move, off
from detente.experiments.validity.spells import picks
from detente.model.policy import MoveSpec

Values = np.ndarray[Any, Any]
Moves = tuple[MoveSpec, ...]

CASE = "korea-2017"
US, SEOUL, PYONGYANG = "united-states", "south-korea", "north-korea"
STYLE = Setup(CASE, policy="five-lessons")
NONE = tuple((lever, 0.0) for lever in codes.LEVERS)
US_TRACKS = ("us-north-summit", "us-north-working", "envoys", "intelligence-channel")
KOREAN_TRACKS = ("inter-korean", "inter-korean-summit")
GIFT, REPLY, TAKEN = date(2018, 2, 1), date(2018, 2, 5), date(2018, 3, 1)


def only(*moves: MoveSpec) -> Change:
    """The context of a history, and these moves."""
    return lambda history: (*(m for m in history if m.sort == "context"), *moves)


def give(actor: str, measure: str) -> MoveSpec:
    """A measure given on a day of its own."""
    return move(date=GIFT, actor=actor, do="give_measure", measure=measure)


SILENCE = give(SEOUL, "loudspeakers")
ANSWER = move(date=REPLY, actor=PYONGYANG, sort="reply", do="answer_measure", measure="loudspeakers")
NO_ANSWER = move(date=GIFT, actor=PYONGYANG, do="block", what="answer_measure", measure="loudspeakers")
POSTS = give(SEOUL, "guard-posts")
POSTS_BACK = move(date=TAKEN, actor=SEOUL, do="reverse_measure", measure="guard-posts")
NO_POSTS = move(date=GIFT, actor=SEOUL, do="block", what="give_measure", measure="guard-posts")

ANSWERED = Setup(CASE, mode="conditioned", change=only(SILENCE, ANSWER))
IGNORED = Setup(CASE, mode="conditioned", change=only(SILENCE, NO_ANSWER))
TAKEN_BACK = Setup(CASE, mode="conditioned", change=only(POSTS, POSTS_BACK))
NEVER_GIVEN = Setup(CASE, mode="conditioned", change=only(NO_POSTS))


def no_inter_korean_talks(moves: Moves) -> Moves:
    """The moves, with both Koreas kept from talking to each other."""
    blocked = tuple(
        move(date=date(2017, 11, 29), actor=actor, do="block", what="open_track", track=track)
        for track in KOREAN_TRACKS
        for actor in (PYONGYANG, SEOUL)
    )
    return (*(m for m in moves if m.track not in KOREAN_TRACKS), *blocked)


def resampled(made: Values, unmade: Values) -> Values:
    """Mean difference of paired runs, resampled a thousand times over seeds."""
    difference = made - unmade
    return difference[picks(len(difference), len(difference))].mean(axis=1)


def issues_settled(panel: Panel) -> Values:
    """Issues that Washington and Pyongyang have settled by the end, over all their tracks."""
    return np.sum([panel.column(f"tracks.{t}.n_settled")[:, -1] for t in US_TRACKS], axis=0, dtype=float)


def more_issues(made: Panel, unmade: Panel) -> Values:
    """Issues settled with the sister talks less those without, mean over seeds, resampled."""
    return resampled(issues_settled(made), issues_settled(unmade))


def more_openings(made: Panel, unmade: Panel) -> Values:
    """Chance that inter-Korean talks opened within 90 days of the answer, less that without one, resampled."""

    def opened(panel: Panel) -> Values:
        first = panel.step(REPLY)
        days = [panel.column(f"tracks.{t}.is_open")[:, first : first + 90] for t in KOREAN_TRACKS]
        return np.max(days, axis=(0, 2)).astype(float)

    return resampled(opened(made), opened(unmade))


def readiness_gained(made: Panel, unmade: Panel) -> Values:
    """Pyongyang's readiness half a year after the pivot, with the lever at 1 less at 0, at each seed."""
    column, day = f"dyads.{PYONGYANG}>{US}.readiness", date(2018, 6, 30)
    return made.at(column, day) - unmade.at(column, day)


def trust_left(made: Panel, unmade: Panel) -> Values:
    """Pyongyang's trust in Seoul just after a measure was taken back, less where it was never given, at each seed."""
    column = f"dyads.{PYONGYANG}>{SEOUL}.trust"
    return made.at(column, TAKEN) - unmade.at(column, TAKEN)


def signs() -> tuple[Pattern, ...]:
    """Four directions."""
    full = replace(STYLE, levers=(*NONE, ("recognition", 1.0)))
    return (
        Pattern(
            key="GRIT",
            title="Talks open more readily after an answered step",
            sources=("osgood1962",),
            observed="direction only",
            if_missed="An answer eases little of what holds talks back.",
            mark="emergent",
            setups=(ANSWERED, IGNORED),
            columns=tuple(f"tracks.{t}.is_open" for t in KOREAN_TRACKS),
            read=more_openings,
            rule=above(0),
            statistic="chance of inter-Korean talks within 90 days, step answered less ignored (same seeds)",
            control=(("talks", "boost", 1.0), *off("trust", "endurance", "spoilers")),
            control_words="no easier opening after an answered step; trust and endurance off",
            pooled=True,
        ),
        Pattern(
            key="reversal",
            title="A measure taken back leaves less trust than none",
            sources=("kydd2005",),
            observed="direction only",
            if_missed="What was won by the gift is not all lost with it.",
            mark="emergent",
            setups=(TAKEN_BACK, NEVER_GIVEN),
            columns=(f"dyads.{PYONGYANG}>{SEOUL}.trust",),
            read=trust_left,
            rule=below(0),
            statistic="Pyongyang's trust in Seoul, guard posts given and taken back less never given (same seeds)",
            control=off("trust"),
            control_words="trust off",
        ),
        Pattern(
            key="recognition",
            title="Recognition draws in who wants out of pariah status",
            sources=("rubin2021",),
            observed="direction only",
            if_missed="What is on offer does not reach readiness.",
            mark="emergent",
            setups=(full, replace(STYLE, levers=NONE)),
            columns=(f"dyads.{PYONGYANG}>{US}.readiness",),
            read=readiness_gained,
            rule=above(0),
            statistic="Pyongyang's readiness half a year after the pivot, recognition at 1 less at 0 (same seeds)",
            control=off("readiness"),
            control_words="readiness off",
        ),
        Pattern(
            key="sister tracks",
            title="An aligned ally's talks help the patron's",
            sources=("wanisstjohn2006",),
            observed="direction only",
            if_missed="Issues are settled so readily under five lessons that little is left to help.",
            mark="emergent",
            setups=(STYLE, replace(STYLE, change=no_inter_korean_talks)),
            columns=tuple(f"tracks.{t}.n_settled" for t in US_TRACKS),
            read=more_issues,
            rule=above(0),
            statistic="issues Washington and Pyongyang settle, with inter-Korean talks less without (mean, same seeds)",
            control=(("talks", "sister", 0.0), ("talks", "rescue", 0.0)),
            control_words="no effect of sister tracks",
            pooled=True,
        ),
    )
