"""What would notice a parameter's absence, and what data say of it: ``python docs/parameter_reach.py`` (40 minutes).

Each parameter is moved from one end of its range to the other, all else equal and under the same seeds: in the shipped
cases and six drawn wars, where the outcome that moves most is kept, in spreads between runs; and in ten drawn
wars held against the targets, where the target that moves most is kept, in half-widths of its interval.  Written to
``docs/reference/parameter-reach.csv``; a run that was stopped goes on with the parameters that are missing there.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import detente
from detente.experiments.audit.effect_sizes import outcomes_of, paired_effects
from detente.experiments.audit.parameter_reach import parameter_ends
from detente.experiments.audit.regime_rows import policy
from detente.model.catalogue import load_policy
from detente.model.drawn_wars import world
from detente.model.errors import InputError
from detente.model.keywords import nested_parameters
from detente.model.opening import opening
from detente.model.request import merged_parameters, scenario_of

FILE = Path(__file__).parent / "reference" / "parameter-reach.csv"
HEAD = ("parameter", "effect", "outcome", "where", "shift", "target")
CASES = (
    ("template", "five-lessons"),
    ("template", "status-quo"),
    ("afghanistan-2018", "five-lessons"),
    ("afghanistan-2018", "history"),
    ("korea-2017", "five-lessons"),
)
RUNS, WARS = 20, 6
TARGET_WARS, TARGET_RUNS = 10, 2
ERRORS = 2.5
"""Standard errors taken off an effect, since the largest of many is overrated."""


def places() -> list[tuple[str, Any, Any, range]]:
    """Cases and drawn wars with the policy and the seeds of their runs."""
    cases = [
        (f"{c}, {p}", scenario_of(c), load_policy(scenario_of(c), p), range(1, RUNS + 1)) for c, p in CASES
    ]
    wars = [
        (war.case.name, war, policy(), range(1 + RUNS * k, 1 + RUNS * (k + 1)))
        for k, war in enumerate(world(WARS))
    ]
    return [*cases, *wars]


def outcomes(place: tuple[str, Any, Any, range], given: Mapping[str, float]) -> Mapping[str, Any]:
    """Outcomes of a place's runs."""
    _, scenario, plan, seeds = place
    tables = merged_parameters(scenario.parameters, nested_parameters(dict(given)))
    return outcomes_of(opening(scenario, plan, parameters=tables), seeds)


def effects(
    name: str, ends: tuple[float, float], where: Any, usual: Mapping[str, Any]
) -> Iterator[tuple[float, str, str]]:
    """What moves in one place, in spreads between runs, with the outcome and the place."""
    try:
        low, high = (outcomes(where, {name: end}) for end in ends)
    except InputError:
        return
    for effect in paired_effects(low, high, usual):
        if np.isfinite(effect.spreads):
            yield max(effect.surely(ERRORS), 0.0), effect.outcome, where[0]


def targets(given: Mapping[str, float]) -> dict[str, tuple[float, float, str]]:
    """The world's figures, with half the width of each target's interval."""
    card = detente.validate_world(TARGET_WARS, TARGET_RUNS, parameters=dict(given), draws=2)
    known = [r for r in card.results if r.verdict != "cannot be computed" and np.isfinite(r.target.low)]
    return {
        r.target.label: (r.value, 0.5 * (r.target.high - r.target.low), r.target.quantity)
        for r in known
        if r.target.strength != "weak"
    }


def shifts(name: str, ends: tuple[float, float]) -> Iterator[tuple[float, str]]:
    """How far each target's figure moves, in half-widths of its interval."""
    low, high = (targets({name: end}) for end in ends)
    for label in low.keys() & high.keys():
        value, half, words = low[label]
        shift = abs(high[label][0] - value) / max(half, 1e-9)
        if np.isfinite(shift):
            yield shift, f"{label}: {words}"


def done() -> dict[str, list[str]]:
    """Rows that the file has already."""
    if not FILE.exists():
        return {}
    with FILE.open(newline="", encoding="utf-8") as file:
        return {row[0]: row for row in list(csv.reader(file))[1:]}


def main() -> None:
    """Measure every parameter that the file lacks, and write the file again."""
    ends = parameter_ends()
    rows = {name: row for name, row in done().items() if name in ends}
    where = places()
    usual = [outcomes(place, {}) for place in where]
    for name in ends:
        if name in rows:
            continue
        found = [
            e
            for place, held in zip(where, usual, strict=True)
            for e in effects(name, ends[name], place, held)
        ]
        effect, outcome, seen = max(found, default=(0.0, "", ""))
        shift, target = max(shifts(name, ends[name]), default=(0.0, ""))
        rows[name] = [name, f"{effect:.2f}", outcome, seen, f"{shift:.1f}", target]
        print(", ".join(rows[name]), flush=True, file=sys.stderr)
        with FILE.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([HEAD, *(rows[n] for n in ends if n in rows)])


if __name__ == "__main__":
    main()
