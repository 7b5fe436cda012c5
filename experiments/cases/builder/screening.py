"""Which facts the answers depend on: a small screening over the facts of a case that have a range.

All facts are drawn at once over their ranges, anew for each seed, whatever their grade; what an answer depends on is
read off rank correlations.  That finds strong and monotone effects, and is no decomposition of variance.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from detente.experiments.runs.final_outcomes import Ends, ends_of, joined
from detente.experiments.runs.runners import heeding_interrupt
from detente.model.catalogue import CASE_FILE, load_policy, load_scenario
from detente.model.opening import Opening, facts_drawn, opening
from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]
"""Called with the number of draws done and the number in all."""

Ready = Callable[[Opening, int], None]
"""Called with an opening and its first seed before anything is run."""

RUNS, LEAST_RUNS = 256, 64
"""Draws, and the fewest of which anything is said."""

SECONDS = 45.0
"""Time after which no more draws are run."""

YEARS = 8
"""Years after the pivot that runs last."""

BLOCK = 32
"""Runs between two looks at the clock."""

CHANCE = 0.01
"""How often a fact on which nothing depends may be listed."""

BASE, OTHER = "status-quo", "five-lessons"
MOST = 8
"""Facts listed for an answer."""


class Answer(NamedTuple):
    """A question that is asked of each draw, and the answers."""

    name: str
    values: Values


@dataclass(frozen=True)
class Screening:
    """For each answer, the facts that it depends on beyond chance, with rank correlations, the strongest first."""

    runs: int
    facts: int
    answers: Mapping[str, tuple[tuple[str, float], ...]]
    interrupted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        rows = {
            name: [{"path": path, "rank_correlation": rho} for path, rho in found]
            for name, found in self.answers.items()
        }
        return {"runs": self.runs, "facts": self.facts, "interrupted": self.interrupted, "answers": rows}

    def lines(self) -> list[str]:
        """The screening in lines."""
        if not self.answers:
            return [f"Too few draws for a screening: {self.runs}, at least {LEAST_RUNS} needed"]
        lines = [f"What the answers depend on ({self.runs} runs, {self.facts} facts drawn at once):"]
        for name, found in self.answers.items():
            words = ", ".join(f"{path} ({rho:+.2f})" for path, rho in found)
            lines.append(f"  {name}: {words or 'no single fact beyond chance'}")
        return lines


def screened(folder: Path, progress: Progress | None = None, ready: Ready | None = None) -> Screening | None:
    """The screening of a case; None where it has no facts with a range.  Cut short, it may hold no answers."""
    whole = load_scenario(folder / CASE_FILE)
    scenario = all_drawn(shortened(whole))
    if not scenario.facts:
        return None
    starts = [opening(scenario, load_policy(whole, name)) for name in (BASE, OTHER)]
    if ready is not None:
        ready(starts[0], 1)
    seeds, done, interrupted = in_time(starts, progress)
    if len(seeds) < LEAST_RUNS:
        return Screening(len(seeds), len(scenario.facts), {}, interrupted)
    drawn = [facts_drawn(starts[0], seed) for seed in seeds]
    points = {fact.path: np.array([row[fact.path] for row in drawn]) for fact in scenario.facts}
    answers = {a.name: strongest(points, a.values) for a in answers_of(*done)}
    return Screening(len(seeds), len(points), answers, interrupted)


def shortened(scenario: Scenario) -> Scenario:
    """A case that ends some years after its pivot."""
    last = scenario.case.pivot + timedelta(days=round(365.25 * YEARS))
    end: date = min(scenario.case.end, last)
    return scenario.model_copy(update={"case": scenario.case.model_copy(update={"end": end})})


def all_drawn(scenario: Scenario) -> Scenario:
    """A case all of whose facts with a range are drawn for each seed, whatever their grade."""
    drawn = tuple(f.model_copy(update={"grade": "prior"}) for f in scenario.facts if f.high > f.low)
    return scenario.model_copy(update={"facts": drawn})


def in_time(starts: Sequence[Opening], progress: Progress | None) -> tuple[list[int], list[Ends], bool]:
    """The seeds that were run, the outcomes of each opening, and whether Ctrl-C ended it; time may end it too."""
    parts: list[list[Ends]] = [[] for _ in starts]
    began = time.monotonic()
    seeds: list[int] = []
    with heeding_interrupt() as stop:
        for block in blocks():
            for rows, start in zip(parts, starts, strict=True):
                rows.append(ends_of(start, block))
            began = (
                began if seeds else time.monotonic()
            )  # the first may have waited for the rules to be compiled
            seeds += block
            if progress is not None:
                progress(len(seeds), RUNS)
            if stop.asked or time.monotonic() - began > SECONDS:
                break
        interrupted = stop.asked
    return seeds, [joined(rows) for rows in parts], interrupted


def blocks() -> Iterator[list[int]]:
    """All seeds, some at a time."""
    for first in range(1, RUNS + 1, BLOCK):
        yield list(range(first, first + BLOCK))


def answers_of(base: Ends, other: Ends) -> list[Answer]:
    """What is asked: how bloody, how long in ceasefire, and what the five lessons change."""
    ratio = np.log((other["fatalities"] + 1.0) / (base["fatalities"] + 1.0))
    held = other["days_in_ceasefire"] - base["days_in_ceasefire"]
    return [
        Answer(f"deaths a day, {BASE}", base["deaths_per_day"]),
        Answer(f"days in ceasefire, {BASE}", base["days_in_ceasefire"]),
        Answer(f"deaths, {OTHER} over {BASE}", ratio),
        Answer(f"days in ceasefire, {OTHER} less {BASE}", held),
    ]


def strongest(points: Mapping[str, Values], values: Values) -> tuple[tuple[str, float], ...]:
    """Facts whose rank correlation with an answer is beyond chance."""
    from scipy.stats import norm, spearmanr

    if np.ptp(values) == 0:
        return ()
    least = float(norm.isf(CHANCE / 2.0)) / np.sqrt(len(values) - 1)
    rho = {path: float(spearmanr(column, values).statistic) for path, column in points.items()}
    ranked = sorted(rho.items(), key=lambda item: -abs(item[1]))
    return tuple((path, round(r, 3)) for path, r in ranked[:MOST] if abs(r) >= least)
