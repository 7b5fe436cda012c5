"""The validity card: every pattern of a case, run, judged and set beside its control and the null models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.experiments.runs.inputs import checked_runs
from detente.experiments.runs.provenance import NOT_A_FORECAST, provenance
from detente.experiments.runs.run import Ready
from detente.experiments.validity.panel import Panel, RatePanel
from detente.experiments.validity.pattern import Pattern, Result, Spread
from detente.experiments.validity.setups import Setup
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]

RUNS = 200
"""Seeds unless others are asked for."""

NO_SPREAD = {"n": 0, **dict.fromkeys(("median", "low", "high", "share"), float("nan")), "holds": False}
"""A pattern without a control."""

NULLS: Mapping[str, Callable[[Setup, Sequence[int]], Panel]] = {
    "constant": RatePanel.constant,
    "seasonal": RatePanel.seasonal,
}
"""Null model -> attacks as it makes them: Poisson at a constant rate, Poisson at a rate that follows the season."""


class LeftOut(NamedTuple):
    """What was not checked in a case, and why."""

    case: str
    what: str
    why: str


@dataclass(frozen=True)
class Card:
    """The results of all patterns of some cases, with the seeds they were run under, and what was left out."""

    cases: tuple[str, ...]
    seeds: tuple[int, ...]
    results: tuple[Result, ...]
    left_out: tuple[LeftOut, ...] = ()

    def of(self, case: str) -> tuple[Result, ...]:
        """The results of one case."""
        return tuple(r for r in self.results if r.pattern.case == case)

    def table(self) -> pd.DataFrame:
        """One row a pattern: what was observed, what model, control and null models give, and the verdict."""
        import pandas as pd

        return pd.DataFrame([row_of(r) for r in self.results])

    def to_json(self) -> dict[str, Any]:
        """The card as one object of plain values, as ``detente validate --json`` prints it."""
        return {
            "note": NOT_A_FORECAST,
            "runs": len(self.seeds),
            "seeds": [self.seeds[0], self.seeds[-1]],
            "cases": {case: case_json(self.of(case)) for case in self.cases},
            **({"left_out": [row._asdict() for row in self.left_out]} if self.left_out else {}),
        }

    def save(self, path: str | Path) -> Path:
        """Write the table as Parquet."""
        from detente.experiments.io.files import check_target, write_table

        target = check_target(path, ".parquet", "output")
        write_table(self.table().drop(columns="nulls"), target, self.to_json())
        return target

    def plot(self) -> Any:
        """A Plotly figure: for every pattern the observed value, the model, its control and the null models."""
        from detente.experiments.io.figures import draw

        return draw("card", self.table(), about={"note": NOT_A_FORECAST, "runs": len(self.seeds)})


def row_of(result: Result) -> dict[str, Any]:
    """One pattern as a row of plain values."""
    p, nothing = result.pattern, NO_SPREAD
    control = asdict(result.control) if result.control else nothing
    return {
        "case": p.case,
        "key": p.key,
        "title": p.title,
        "source": ", ".join(p.sources),
        "mark": p.mark,
        "mode": result.mode,
        "statistic": p.statistic,
        "asked": p.rule.words,
        "pooled": p.pooled,
        "observed": p.observed,
        "value": p.value,
        **asdict(result.model),
        "control_words": p.control_words,
        **{f"control_{name}": value for name, value in control.items()},
        "nulls": {name: asdict(spread) for name, spread in result.nulls.items()},
        "passed": result.passed,
        "counts": result.counts,
        "verification": result.verification,
        "verified": result.verified,
        "out_of_sample": p.out_of_sample,
        "verdict": result.verdict,
        "why": "" if result.passed else p.if_missed,
    }


def case_json(results: Sequence[Result]) -> dict[str, Any]:
    """One case as plain values: what it was made from, the tally of verdicts, every pattern."""
    start = results[0].pattern.setups[0].open()
    about = provenance(start)
    kept = ("version", "versions", "scenario_sha256", "rules_digest")
    return {
        **{key: about[key] for key in kept},
        "data": list(dict.fromkeys(series.source for series in start.scenario.observed)),
        "passed": sum(r.passed for r in results),
        "counts": sum(r.counts for r in results),
        **tally(results),
        "patterns": [{k: plain(v) for k, v in row_of(r).items() if k != "case"} for r in results],
    }


def tally(results: Sequence[Result]) -> dict[str, dict[str, int]]:
    """Checks with a control, those of validation apart from those of verification, and checks out of sample."""
    controlled = [r for r in results if r.pattern.mark == "emergent" and r.control is not None]
    verifying = [r for r in controlled if r.verification]
    validating = [r for r in controlled if not r.verification]
    later = [r for r in results if r.pattern.out_of_sample]
    return {
        "validation": {"checks": len(validating), "passed": sum(r.counts for r in validating)},
        "verification": {"checks": len(verifying), "passed": sum(r.verified for r in verifying)},
        "out_of_sample": {"checks": len(later), "passed": sum(r.passed for r in later)},
    }


def plain(value: Any) -> Any:
    """A value as JSON can hold it: a number that is not one as None."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return None if isinstance(value, float) and value != value else value


class Laboratory:
    """Runs set-ups as patterns ask for them; each set-up is run once, and dropped once nobody needs it any more."""

    def __init__(self, patterns: Sequence[Pattern], seeds: Sequence[int]) -> None:
        self.seeds = tuple(seeds)
        self.columns: dict[Setup, dict[str, None]] = {}
        self.uses: dict[Setup, int] = {}
        self.panels: dict[Setup, Panel] = {}
        for pattern in patterns:
            for setup in all_setups(pattern):
                self.columns.setdefault(setup, {}).update(dict.fromkeys(pattern.columns))
                self.uses[setup] = self.uses.get(setup, 0) + 1

    def panel(self, setup: Setup) -> Panel:
        """The runs of a set-up, with the columns that any pattern reads of it."""
        if setup not in self.panels:
            self.panels[setup] = Panel.of(setup, self.seeds, tuple(self.columns[setup]))
        return self.panels[setup]

    def release(self, setups: Iterable[Setup]) -> None:
        """Forget runs that no later pattern reads."""
        for setup in setups:
            self.uses[setup] -= 1
            if self.uses[setup] == 0:
                self.panels.pop(setup, None)

    def judge(self, pattern: Pattern) -> Result:
        """Look for one pattern: in the model, with its mechanism off, and in the null models."""
        panels = [self.panel(setup) for setup in pattern.setups]
        control = None
        if pattern.control:
            without = [self.panel(setup.having(*pattern.control)) for setup in pattern.setups]
            control = Spread.of(pattern, pattern.read(*without))
        made = Result(
            pattern,
            panels[0].start.mode,
            Spread.of(pattern, pattern.read(*panels)),
            control,
            self.nulls(pattern),
        )
        self.release(all_setups(pattern))
        return made

    def nulls(self, pattern: Pattern) -> dict[str, Spread]:
        """The same numbers read off the null models that make sense for a pattern."""
        found = {
            name: Spread.of(
                pattern, pattern.read(*(NULLS[name](setup, self.seeds) for setup in pattern.setups))
            )
            for name in pattern.nulls
        }
        if pattern.persistence is not None:
            found["persistence"] = Spread.of(pattern, np.array([pattern.persistence]))
        return found


def all_setups(pattern: Pattern) -> tuple[Setup, ...]:
    """The set-ups of a pattern and of its control."""
    changed = tuple(s.having(*pattern.control) for s in pattern.setups) if pattern.control else ()
    return (*pattern.setups, *changed)


def patterns_of(case: str) -> tuple[Pattern, ...]:
    """The patterns declared for a case, else those that can be looked for in any; raises ``InputError``."""
    from detente.experiments.validity.patterns import PATTERNS, any_case

    return PATTERNS[case]() if case in PATTERNS else any_case.patterns(case, load_scenario(case))


def validate(
    cases: str | Path | Sequence[str | Path] | None = None,
    runs: int = RUNS,
    *,
    progress: Progress | None = None,
    ready: Ready | None = None,
) -> Card:
    """Check published patterns: what was observed, and what the model, its controls and null models give.

    Cases that no patterns are declared for, such as one's own, are checked for what can be looked for in any case:
    invariants, ceasefires and agreements, and their own observed months.

    Args:
        cases: a case, by name or by the path of its file or folder, or several; all that patterns are declared for
            unless given.
        runs: runs of each set-up, under seeds 1, 2, 3 ...
        progress: called with the number of patterns checked and the number in all.
        ready: called with an opening and a seed when all is checked, before the first run.

    Returns:
        A result for each pattern, and what was left out and why.

    Raises:
        InputError: for a case that is not there, and for one in which nothing can be checked.

    Examples:
        >>> import detente
        >>> card = detente.validate("template", runs=10)
        >>> card.cases, len(card.table()) == len(card.results)
        (('template',), True)
    """
    from detente.experiments.validity.patterns import PATTERNS

    given = PATTERNS if cases is None else (cases,) if isinstance(cases, str | Path) else cases
    chosen, seeds = tuple(map(str, given)), tuple(range(1, checked_runs(runs) + 1))
    patterns = [p for case in chosen for p in patterns_of(case)]
    if ready is not None:
        ready(patterns[0].setups[0].open(), seeds[0])
    laboratory = Laboratory(patterns, seeds)
    results: list[Result] = []
    for k, pattern in enumerate(patterns, start=1):
        results.append(laboratory.judge(pattern))
        if progress is not None:
            progress(k, len(patterns))
    return card_of(chosen, seeds, results)


def card_of(cases: tuple[str, ...], seeds: tuple[int, ...], results: Sequence[Result]) -> Card:
    """The card; patterns of cases without declared ones that no run had anything for are left out of it."""
    from detente.experiments.validity.patterns import PATTERNS, any_case

    own = [case for case in cases if case not in PATTERNS]
    empty = [r for r in results if r.pattern.case in own and not r.model.n]
    why = f"too little to read it from in {len(seeds)} runs"
    missing = [LeftOut(r.pattern.case, r.pattern.key, why) for r in empty]
    untold = [LeftOut(case, *row) for case in own for row in any_case.left_out(load_scenario(case))]
    kept = tuple(r for r in results if r not in empty)
    for case in own:
        if not any(r.pattern.case == case for r in kept):
            raise InputError(f"{case}: nothing can be checked in {len(seeds)} runs")
    return Card(cases, seeds, kept, (*missing, *untold))
