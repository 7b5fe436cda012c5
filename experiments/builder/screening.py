"""Which facts the answers depend on: a small screening over the facts of a case that have a range.

All facts are drawn at once, evenly over their ranges (Latin hypercube), a draw for each run; what an answer depends on
is read off rank correlations.  That finds strong and monotone effects, and is no decomposition of variance.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from detente.experiments.runs.final_outcomes import Ends, ends_of, joined
from detente.experiments.runs.runners import heeding_interrupt
from detente.model.catalogue import CASE_FILE, load_policy, load_scenario
from detente.model.facts import with_facts
from detente.model.opening import opening
from detente.model.policy import Policy
from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]
"""Called with the number of draws done and the number in all."""

RUNS, LEAST_RUNS = 256, 64
"""Draws, and the fewest of which anything is said."""

SECONDS = 45.0
"""Time after which no more draws are run."""

YEARS = 8
"""Years after the pivot that runs last."""

STREAM = 2_026_113
"""Keeps these draws apart from all others."""

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

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        rows = {
            name: [{"path": path, "rank_correlation": rho} for path, rho in found]
            for name, found in self.answers.items()
        }
        return {"runs": self.runs, "facts": self.facts, "answers": rows}

    def lines(self) -> list[str]:
        """The screening in lines."""
        lines = [f"What the answers depend on ({self.runs} runs, {self.facts} facts drawn at once):"]
        for name, found in self.answers.items():
            words = ", ".join(f"{path} ({rho:+.2f})" for path, rho in found)
            lines.append(f"  {name}: {words or 'no single fact beyond chance'}")
        return lines


def screened(folder: Path, progress: Progress | None = None) -> Screening | None:
    """The screening of a case; None where it has no facts with a range, or was cut short before enough draws."""
    whole = load_scenario(folder / CASE_FILE)
    scenario = shortened(whole)
    spans = {f.path: (f.low, f.high) for f in whole.facts if f.high > f.low}
    if not spans:
        return None
    policies = [load_policy(whole, name) for name in (BASE, OTHER)]
    points = hypercube(len(spans), RUNS)
    done = outcomes_at(scenario, policies, spans, points, progress)
    if len(done[0]) < LEAST_RUNS:
        return None
    used = points[: len(done[0])]
    answers = {a.name: strongest(list(spans), used, a.values) for a in answers_of(done)}
    return Screening(len(used), len(spans), answers)


def shortened(scenario: Scenario) -> Scenario:
    """A case that ends some years after its pivot."""
    last = scenario.case.pivot + timedelta(days=round(365.25 * YEARS))
    end: date = min(scenario.case.end, last)
    return scenario.model_copy(update={"case": scenario.case.model_copy(update={"end": end}), "facts": ()})


def hypercube(n_facts: int, n_runs: int) -> Values:
    """Points evenly over the unit cube: each fact takes each of ``n_runs`` strata once.  Shape (runs, facts)."""
    from scipy.stats import qmc

    return qmc.LatinHypercube(d=n_facts, rng=np.random.default_rng(STREAM)).random(n_runs)


def outcomes_at(
    scenario: Scenario,
    policies: Sequence[Policy],
    spans: Mapping[str, tuple[float, float]],
    points: Values,
    progress: Progress | None = None,
) -> list[list[Ends]]:
    """Outcomes of each policy at each point, under the same luck, as far as time and Ctrl-C allow."""
    done: list[list[Ends]] = [[] for _ in policies]
    began = time.monotonic()
    with heeding_interrupt() as stop:
        for seed, point in enumerate(points, start=1):
            there = with_facts(scenario, at_point(spans, point))
            for rows, policy in zip(done, policies, strict=True):
                rows.append(ends_of(opening(there, policy), [seed], threads=1))
            if seed == 1:  # which may have had to wait for the rules to be compiled
                began = time.monotonic()
            if progress is not None:
                progress(seed, len(points))
            if stop.asked or time.monotonic() - began > SECONDS:
                break
    return done


def at_point(spans: Mapping[str, tuple[float, float]], point: Values) -> dict[str, float]:
    """The facts at a point of the unit cube."""
    rows = zip(spans.items(), point, strict=True)
    return {path: low + (high - low) * float(u) for (path, (low, high)), u in rows}


def answers_of(done: Sequence[Sequence[Ends]]) -> list[Answer]:
    """What is asked: how bloody, how long in ceasefire, and what the five lessons change."""
    base, other = (joined(rows) for rows in done)
    ratio = np.log((other["fatalities"] + 1.0) / (base["fatalities"] + 1.0))
    return [
        Answer(f"deaths a day, {BASE}", base["deaths_per_day"]),
        Answer(f"days in ceasefire, {BASE}", base["days_in_ceasefire"]),
        Answer(f"deaths, {OTHER} over {BASE}", ratio),
        Answer(
            f"days in ceasefire, {OTHER} less {BASE}", other["days_in_ceasefire"] - base["days_in_ceasefire"]
        ),
    ]


def strongest(paths: Sequence[str], points: Values, values: Values) -> tuple[tuple[str, float], ...]:
    """Facts whose rank correlation with an answer is beyond chance."""
    from scipy.stats import norm, spearmanr

    if np.ptp(values) == 0:
        return ()
    least = float(norm.isf(CHANCE / 2.0)) / np.sqrt(len(values) - 1)
    rho = [float(spearmanr(points[:, k], values).statistic) for k in range(len(paths))]
    ranked = sorted(zip(paths, rho, strict=True), key=lambda item: -abs(item[1]))
    return tuple((path, round(r, 3)) for path, r in ranked[:MOST] if abs(r) >= least)
