"""What the five lessons are judged by in ``detente where``, and what each adds to it in the runs of one case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from detente.experiments.compare.transfer import Yardstick, attack_rate, plain, truce_days
from detente.experiments.runs.final_outcomes import Ends
from detente.experiments.runs.intervals import known_mean, paired_difference
from detente.model.generated_policies import LESSONS
from detente.model.opening import Opening

Values = np.ndarray[Any, Any]

TOGETHER = "together"
CELLS = (
    (False,) * 5,
    *(tuple(k == j for k in range(5)) for j in range(5)),
    (True,) * 5,
)
"""Which lessons are raised: none, each alone, all."""

EFFECTS = (*LESSONS, TOGETHER)


def death_rate(ends: Ends, eve: Ends, start: Opening) -> Values:
    """Deaths a day from the day the levers act; missing for a run that ended before it."""
    days = ends["days"] - eve["days"]
    return np.where(days > 0, (ends["fatalities"] - eve["fatalities"]) / np.maximum(days, 1.0), np.nan)


YARDSTICKS = (
    Yardstick(
        "deaths", "%", "deaths a day, in per cent of their mean without any lesson", -1, death_rate, True
    ),
    Yardstick(
        "attacks", "%", "attacks a day, in per cent of their mean without any lesson", -1, attack_rate, True
    ),
    Yardstick("ceasefire days", "days/year", "days in ceasefire a year, per hostile pair", 1, truce_days),
    Yardstick("agreements", "agreements", "agreements signed", 1, plain("agreements")),
    Yardstick("settled", "0 or 1", "runs that end in a settlement of all pairs", 1, plain("settled")),
    Yardstick(
        "collapse",
        "0 or 1",
        "runs in which a party on the side of the state collapses",
        -1,
        plain("collapsed"),
    ),
    Yardstick("trust", "1", "mean trust of those who fight, at the end", 1, plain("final_trust")),
    Yardstick(
        "ally's trust", "1", "lowest trust of an ally in its patron, at the end", 1, plain("ally_trust")
    ),
)
"""What lessons are judged by; all from the day on which the levers act."""


def effects_on(
    yard: Yardstick, starts: Sequence[Opening], ends: Sequence[Ends], before: Ends, *, whole: bool
) -> dict[str, Any]:
    """What every lesson adds to one yardstick; NaN where it has no value, or nothing that per cent could be of."""
    read = [yard.read(e, before, start) for e, start in zip(ends, starts, strict=True)]
    none = known_mean(read[0])
    scale = (100.0 / none if none > 0 else float("nan")) if yard.relative else 1.0
    pairs = {name: scale * (values - read[0]) for name, values in zip(EFFECTS, read[1:], strict=True)}
    if not whole:
        return {name: known_mean(values) for name, values in pairs.items()}
    limits = {name: paired_difference(values, np.zeros(len(values))) for name, values in pairs.items()}
    return {"none": none, **limits}
