"""Where do the lessons hurt?  The effect of each lesson over the graded ranges of the parameters that decide its sign.

A lesson whose effect had the same sign wherever one looks would have been built in, not found.  Points are a Latin
hypercube over the declared ranges of ``CONTESTED``; at each, every lesson is raised alone, under the same seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.experiments.compare.lessons import base_policy, levels, settings
from detente.experiments.runs.final_outcomes import Progress, ends_of_all
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.intervals import paired_difference
from detente.experiments.runs.outcomes import BY_NAME
from detente.model.catalogue import load_scenario
from detente.model.generated_policies import LESSONS
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening
from detente.model.request import open_case

if TYPE_CHECKING:
    import pandas as pd

CONTESTED = (
    *("talks.direct_speed", "talks.sister", "talks.exclusion", "talks.failure", "talks.sincerity"),
    *("measures.reversal", "measures.price", "measures.recognition_hurt", "endurance.discontent_gain"),
    *("endurance.vindication", "spoilers.provoked", "spoilers.inside", "violence.talk_and_fight"),
    *("violence.failed_talks", "violence.put_off", "ceasefires.hostile"),
    *("trust.loss_aversion", "settlement.shift", "leverage.standing", "leverage.returns"),
)
"""Parameters by which a lesson's costs and risks grow or shrink."""

JUDGED = ("deaths_per_day", "days_in_ceasefire", "agreements", "final_trust", "final_legitimacy", "collapsed")
"""Outcomes by which a lesson is judged here."""

ALONE = ((False,) * 5, *(tuple(k == j for k in range(5)) for j in range(5)))
"""No lesson, then each alone."""


def points(n: int, seed: int = 1) -> list[dict[str, float]]:
    """A Latin hypercube over the declared ranges of the contested parameters."""
    from scipy.stats import qmc

    known = declared_parameters()
    low = np.array([known[name].low for name in CONTESTED])
    high = np.array([known[name].high for name in CONTESTED])
    cube = qmc.LatinHypercube(len(CONTESTED), rng=seed).random(n)
    return [dict(zip(CONTESTED, map(float, row), strict=True)) for row in low + cube * (high - low)]


def cells(case: str, point: Mapping[str, float]) -> list[Opening]:
    """The openings at one point: no lesson, then each alone."""
    scenario = load_scenario(case)
    known, policy = levels(scenario), base_policy(scenario)
    asked: dict[str, Any] = {"parameters": nested_parameters(dict(point))}
    return [open_case(case, policy, levers=settings(known, raised), **asked) for raised in ALONE]


def effects_at(
    case: str,
    where: Sequence[Mapping[str, float]],
    seeds: Sequence[int],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """What each lesson adds alone at some points: rows of point, lesson, outcome, unit, mean, low95, high95, hurts.

    ``hurts``: the interval lies wholly on the worse side of nought.
    """
    import pandas as pd

    starts = [start for point in where for start in cells(case, point)]
    _, ends = ends_of_all(starts, seeds, threads=threads, progress=progress)
    rows: list[dict[str, Any]] = []
    for k in range(len(where)):
        base, *raised = ends[k * len(ALONE) : (k + 1) * len(ALONE)]
        for lesson, found in zip(LESSONS, raised, strict=True):
            for name in JUDGED:
                limits = paired_difference(found[name], base[name])
                head = {"point": k, "lesson": lesson, "outcome": name, "unit": BY_NAME[name].unit}
                rows.append({**head, **limits, "hurts": is_worse(name, limits)})
    return pd.DataFrame(rows)


def is_worse(outcome: str, limits: Mapping[str, float]) -> bool:
    """Whether an interval lies wholly on the worse side of nought."""
    better = BY_NAME[outcome].better
    return limits["high95"] < 0 if better > 0 else better < 0 and limits["low95"] > 0
