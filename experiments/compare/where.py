"""``detente where``: where the five lessons help and where they hurt, singly and together, in every case.

Two intervals stand on each effect.  *Luck* is the interval of its mean over seeds, with parameters and facts as they
are declared.  *Luck and what is not known* is the middle 95 % over draws of parameters and facts, in each of which the
effect is a mean over a few seeds.  The share of draws in which the sign holds says how far an effect can be relied on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from detente.experiments.compare.lessons import base_policy, levels, settings
from detente.experiments.compare.where_result import Left, Where
from detente.experiments.compare.where_verdicts import POINT, draw_name
from detente.experiments.compare.where_yardsticks import CELLS, YARDSTICKS, effects_on
from detente.experiments.io.plain_json import without_nan
from detente.experiments.io.result_lines import ResultLines, kept_lines
from detente.experiments.runs.final_outcomes import Progress, ends_by
from detente.experiments.runs.inputs import whole_number
from detente.experiments.runs.posterior_draws import Source
from detente.experiments.runs.provenance import installed
from detente.experiments.runs.run import Ready
from detente.experiments.runs.runners import Runner, checked_workers, heeding_interrupt, runner
from detente.experiments.runs.seeds import checked_seeds, seed_words
from detente.experiments.runs.unknowns import Unknowns, unknowns_of
from detente.model.catalogue import case_names, file_names, load_scenario
from detente.model.errors import InputError
from detente.model.generated_policies import ALL
from detente.model.opening import Opening
from detente.model.request import CaseLike, Request, checked_theory, scenario_of
from detente.model.scenario import Scenario

Values = np.ndarray[Any, Any]

RUNS, DRAWS, INSIDE = 200, 100, 10
"""Seeds at the declared numbers, draws of what is not known, and seeds in each draw."""

FORMAT = 1
"""Changes when what a line of results holds does."""

RESULTS = "a file of results that detente where wrote"
FICTIONAL = ("fictional",)
"""What a made-up case gives as its sources; it is left out unless it is named."""

# -- what is run


@dataclass(frozen=True)
class Part:
    """A part of the work: a case at its declared numbers, or under one draw."""

    case: str
    request: Request
    number: int | None = None

    @property
    def name(self) -> str:
        """The part as a line of results names it."""
        return POINT if self.number is None else draw_name(self.number)

    def seeds(self, seeds: Sequence[int]) -> tuple[int, ...]:
        """Its seeds: those given, or a few of its own in each draw."""
        if self.number is None:
            return tuple(seeds)
        first = seeds[0] + (self.number - 1) * INSIDE
        return tuple(range(first, first + INSIDE))


def cells_of(request: Request) -> tuple[Opening | None, list[Opening]]:
    """The case up to the eve of the day the levers act, if there is one, and whole in each of ``CELLS``."""
    known = levels(request.scenario)
    starts = [replace(request, levers=settings(known, raised)).open() for raised in CELLS]
    case = request.scenario.case
    if case.pivot <= case.start:
        return None, starts
    eve = case.model_copy(update={"end": case.pivot - timedelta(days=1)})
    short = replace(request, scenario=request.scenario.model_copy(update={"case": eve}))
    return replace(short, levers=settings(known, CELLS[0])).open(), starts


def effects_of(part: Part, unknowns: Unknowns, seeds: Sequence[int], go: Runner) -> dict[str, Any]:
    """What every lesson adds to every yardstick in one part: the mean, and at the declared numbers its interval."""
    request = part.request if part.number is None else unknowns.request(part.request, part.number)
    eve, starts = cells_of(request)
    chosen = part.seeds(seeds)
    ends = [ends_by(go, start, chosen) for start in starts]
    before = {name: np.zeros(len(chosen)) for name in ends[0]} if eve is None else ends_by(go, eve, chosen)
    return {
        yard.name: effects_on(yard, starts, ends, before, whole=part.number is None) for yard in YARDSTICKS
    }


def parts_of(requests: Mapping[str, Request], draws: int) -> Iterator[Part]:
    """All cases at their declared numbers, then draw after draw of all cases."""
    for number in (None, *range(1, draws + 1)):
        yield from (Part(case, request, number) for case, request in requests.items())


# -- which cases


def cases_of(names: Sequence[CaseLike] | None) -> tuple[dict[str, Scenario], tuple[Left, ...]]:
    """The cases that have five lessons, by name, and those left out with the reason; raises ``InputError``."""
    given = (
        [load_scenario(name) for name in case_names()] if names is None else [scenario_of(n) for n in names]
    )
    cases: dict[str, Scenario] = {}
    left: list[Left] = []
    for scenario in given:
        name = scenario.case.name
        if name in cases:
            raise InputError(f"cases: {name} is given twice; expected each case once")
        if ALL not in file_names(scenario):
            left.append(Left(name, scenario.case.title, f"has no policy {ALL}"))
        elif names is None and tuple(scenario.case.sources) == FICTIONAL:
            left.append(Left(name, scenario.case.title, "is fictional"))
        else:
            cases[name] = scenario
    if not cases:
        why = "; ".join(f"{one.case} {one.why}" for one in left)
        raise InputError(f"cases: got none to compare ({why}); expected a case with a policy {ALL}")
    return cases, tuple(left)


# -- the command


def where(
    cases: Sequence[CaseLike] | CaseLike | None = None,
    runs: int = RUNS,
    draws: int = DRAWS,
    *,
    seeds: Sequence[int] | None = None,
    theory: str = "readiness",
    posterior: Source | None = None,
    point: bool = False,
    threads: int | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    ready: Ready | None = None,
) -> Where:
    """Where do the five lessons help, and where do they hurt: singly and together, in every case.

    Ctrl-C keeps what is done.

    Args:
        cases: cases by name or path, or a single one; all shipped ones with a policy ``five-lessons`` unless given.
        runs: seeds of every comparison at the declared numbers: 1, 2, 3 ...
        draws: draws of what is not known, 10 seeds each; 0 leaves luck alone.
        seeds: seeds at the declared numbers, in the place of 1 to ``runs``.
        theory: theory of readiness: "readiness", "ripeness", "commitment" or "reciprocity".
        posterior: what unknown parameters are drawn from: the pooled posterior unless given, declared ranges for what
            it does not hold; "ranges" for these alone, or another posterior.
        point: take what is not known at its value: no draws, and one interval, that of luck.
        threads: compiled runs at a time; one a processor unless given.
        out: file in which results are kept line by line (.jsonl).
        resume: whether to go on with that file; the outcome is the same, to the byte.
        progress: called with the number of parts done (a case at its declared numbers, or a draw) and that in all.
        ready: called with an opening and a seed when all is checked, before the first run.

    Returns:
        Effects of the lessons in every case with both intervals, conditions of the cases and what goes with what, as
        tables and as a figure, and the answer in sentences.

    Raises:
        InputError: for anything it cannot use, with the nearest valid name.

    Examples:
        >>> import detente
        >>> found = detente.where(["template"], runs=4, draws=2)
        >>> sorted(set(found.effects["lesson"]))[-1], found.cases
        ('together', ('template',))
    """
    many = [cases] if isinstance(cases, str | Path | Scenario) else cases
    chosen, left = cases_of(many)
    n_draws = 0 if point else whole_number(draws, "draws", least=0)
    given, workers = checked_seeds(runs, seeds), checked_workers(threads)
    unknowns = unknowns_of(posterior)
    requests = {name: asked_of(scenario, checked_theory(theory)) for name, scenario in chosen.items()}
    parts = list(parts_of(requests, n_draws))
    about = about_runs(chosen, unknowns, given, n_draws, theory)
    file = kept_lines(out, about, ("case", "part"), resume=resume, what="comparison", expected=RESULTS)
    if ready is not None:
        ready(cells_of(parts[0].request)[1][0], given[0])
    done = run_parts(parts, lambda part, go: effects_of(part, unknowns, given, go), file, workers, progress)
    if not all((name, POINT) in done for name in chosen):
        raise KeyboardInterrupt
    return Where(chosen, left, about, done, len(parts))


def asked_of(scenario: Scenario, theory: str) -> Request:
    """What is asked of a case at its declared numbers: five lessons' own moves, facts as the case has them."""
    return Request.of(scenario, base_policy(scenario), {"theory": theory}, where)


def run_parts(
    parts: Sequence[Part],
    work: Callable[[Part, Runner], dict[str, Any]],
    file: ResultLines | None,
    workers: int,
    progress: Progress | None,
) -> dict[tuple[str, str], Any]:
    """The results of all parts by case and name, those that a file holds already read from it; fewer after Ctrl-C."""
    done: dict[tuple[str, str], Any] = {}
    with heeding_interrupt() as stop, runner(None, workers) as go:
        for k, part in enumerate(parts, start=1):
            if stop.asked:
                break
            key = (part.case, part.name)
            kept = None if file is None else file.plain.get(key)
            done[key] = kept if kept is not None else without_nan(work(part, go))
            if file is not None:
                file.append(key, done[key])
            if progress is not None:
                progress(k, len(parts))
    return done


def about_runs(
    cases: Mapping[str, Scenario], unknowns: Unknowns, seeds: Sequence[int], draws: int, theory: str
) -> dict[str, Any]:
    """What the results hang on: cases and their digests, seeds, draws, theory, version and rules."""
    from detente.model.kernel import rules_digest

    return {
        "where": FORMAT,
        "cases": {name: scenario.sha256 for name, scenario in cases.items()},
        "seeds": seed_words(seeds),
        "seeds_sha256": hashlib.sha256(repr(tuple(seeds)).encode()).hexdigest(),
        "n_seeds": len(seeds),
        "draws": draws,
        "seeds_in_draw": INSIDE,
        "drawn": unknowns.about,
        "drawn_words": unknowns.words,
        "theory": theory,
        "version": installed("detente"),
        "rules_digest": rules_digest(),
    }
