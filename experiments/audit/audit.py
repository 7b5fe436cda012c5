"""The audit: proof that every lever, mechanism and parameter does something, and that no variable is stuck.

Effects are paired by seed (``effect_sizes``); how parameters are moved, and where, stands in ``parameter_reach`` and
``exercises``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from detente.agents.codes import LEVER_MECHANISMS, LEVERS
from detente.agents.parameters import CORE_SWITCHES, switches_counted
from detente.agents.schema import record_fields
from detente.agents.state import Tally
from detente.experiments.audit.effect_sizes import (
    Effect,
    Report,
    Values,
    largest,
    outcomes_of,
    paired_effects,
)
from detente.experiments.audit.exercises import CORE, SPECIAL, Setting
from detente.experiments.audit.fact_reach import FactResult, audit_facts
from detente.experiments.audit.parameter_reach import ParameterResult, audit_parameters
from detente.experiments.runs.inputs import Declared, declared_facts, ranged_facts, whole_number
from detente.experiments.runs.outcomes import OUTCOMES, Finals
from detente.model.catalogue import load_scenario
from detente.model.engine import run_batch
from detente.model.errors import nearest
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.request import open_case
from detente.model.series import SERIES, columns

if TYPE_CHECKING:
    import pandas as pd

MOST_ON_BOUND = 0.2
"""Share of steps that a stock may spend in the outer ``EDGE`` of its range."""
EDGE = 0.02
LEAST_SPREAD = 0.05
"""Interquartile range over runs, as a share of its range, that a stock must have at some time."""
REACHED = (0.005, 0.995)
"""Quantiles between which the range of a stock without bounds is taken to lie."""
TRACED = 40
"""Runs whose every step is kept for the audit of stocks."""


def counts_of_mechanisms() -> dict[str, tuple[str, ...]]:
    """Mechanism, or part of one -> the counts by which it is seen to have acted; whole mechanisms stand first."""
    counts: dict[str, tuple[str, ...]] = {}
    for field in record_fields(Tally):
        for mechanism in field.metadata["shows"]:
            counts[mechanism] = (*counts.get(mechanism, ()), field.name)
    switches = switches_counted()
    check_counts(counts, switches)
    order = list(switches)
    return dict(sorted(counts.items(), key=lambda item: (":" in item[0], order.index(switch_of(item[0])))))


def switch_of(mechanism: str) -> str:
    """The switch of a mechanism, or of a part of one: what stands before the colon."""
    return mechanism.partition(":")[0]


def check_counts(counts: Mapping[str, tuple[str, ...]], switches: Mapping[str, bool]) -> None:
    """Raise ``LookupError`` where a count shows what is no mechanism, or no count shows one that should be counted.

    ``switches`` says of each switch whether its mechanism is counted.
    """
    for mechanism, fields in counts.items():
        if switch_of(mechanism) not in switches:
            raise LookupError(
                f"Tally.{fields[0]} in agents/state.py shows {mechanism!r}: "
                f"Switches in agents/parameters.py has no {switch_of(mechanism)!r}"
                f"{nearest(switch_of(mechanism), switches)}"
            )
    for name, counted in switches.items():
        if counted and name not in counts:
            raise LookupError(
                f"no count shows that mechanism {name!r} acts: give a field of Tally in agents/state.py "
                f"shows=({name!r},), or declare it in Switches of agents/parameters.py with counted=False"
            )


FIRES: Mapping[str, tuple[str, ...]] = counts_of_mechanisms()
"""Mechanism, or part of one -> the counts by which it is seen to have acted, as ``Tally`` declares them."""


@dataclass(frozen=True)
class LeverResult:
    """What one lever does in one case, from 0 to 1, and whether it still acts with its mechanisms off."""

    case: str
    lever: str
    effects: tuple[Effect, ...]
    acts_when_off: bool

    @property
    def passed(self) -> bool:
        """Whether it moves some outcome enough here, and only through its mechanisms."""
        return any(e.counts for e in self.effects) and not self.acts_when_off

    fault: ClassVar[str] = "moves no outcome by a tenth of the seed spread in any case"

    @property
    def figure(self) -> str:
        """The largest effect here, in words."""
        return f"{largest(self.effects)} in {self.case}"


def audit_levers(case: str, seeds: Sequence[int], policy: str, report: Report) -> list[LeverResult]:
    """Every lever at 0 against 1, with its mechanisms on and with them off."""
    results: list[LeverResult] = []
    none = dict.fromkeys(LEVERS, 0.0)
    base = outcomes_of(open_case(case, policy, levers=none), seeds)
    few = list(seeds)[: max(20, len(seeds) // 10)]
    for i, lever in enumerate(LEVERS):
        report(f"{case}: levers", i, len(LEVERS))
        full = none | {lever: 1.0}
        effects = paired_effects(base, outcomes_of(open_case(case, policy, levers=full), seeds))
        off = {"switches": dict.fromkeys(LEVER_MECHANISMS[lever], 0)}
        without = outcomes_of(open_case(case, policy, levers=none, parameters=off), few)
        still = outcomes_of(open_case(case, policy, levers=full, parameters=off), few)
        acts = any(not np.array_equal(without[o.name], still[o.name], equal_nan=True) for o in OUTCOMES)
        results.append(LeverResult(case, lever, tuple(effects), acts))
    return results


@dataclass(frozen=True)
class MechanismResult:
    """In which share of runs one mechanism, or part of one, acted."""

    case: str
    mechanism: str
    share: float

    @property
    def passed(self) -> bool:
        """Whether it ever acted."""
        return self.share > 0.0

    fault: ClassVar[str] = "never acts in any case"

    @property
    def figure(self) -> str:
        """The share of runs, in words."""
        return f"in {self.share:.0%} of runs of {self.case}"


def audit_mechanisms(case: str, seeds: Sequence[int], policy: str) -> list[MechanismResult]:
    """Share of runs in which each mechanism is seen to act."""
    return mechanisms_of(open_case(case, policy), case, seeds)


def audit_core(seeds: Sequence[int]) -> list[MechanismResult]:
    """The same of the mechanisms of the causal core, in settings that bring out what rarely happens in the cases."""
    return [
        r
        for setting in CORE
        for r in mechanisms_of(setting.opening({}), setting.name, seeds)
        if switch_of(r.mechanism) in CORE_SWITCHES
    ]


def mechanisms_of(start: Opening, case: str, seeds: Sequence[int]) -> list[MechanismResult]:
    """Share of runs of an opening in which each mechanism is seen to act."""
    batch = run_batch(start, seeds)
    finals = Finals(start, batch.final_columns, batch.final)
    return [
        MechanismResult(
            case,
            mechanism,
            float(np.mean(np.sum([finals.column(f"tally.{field}") for field in fields], axis=0) > 0)),
        )
        for mechanism, fields in FIRES.items()
    ]


@dataclass(frozen=True)
class StockResult:
    """Whether one stock moves inside its range: share of steps at its edge, spread over runs as a share of range."""

    case: str
    stock: str
    on_bound: float
    spread: float

    @property
    def passed(self) -> bool:
        """Whether it is not stuck, and differs between runs."""
        return self.on_bound <= MOST_ON_BOUND and self.spread >= LEAST_SPREAD

    fault: ClassVar[str] = "is stuck at a bound, or hardly varies, in every case"

    @property
    def figure(self) -> str:
        """Both figures, in words."""
        return f"at a bound in {self.on_bound:.0%} of steps, spread {self.spread:.1%} of its range in {self.case}"


def stock_columns(start: Opening) -> dict[str, list[tuple[str, float | None, float | None]]]:
    """Stocks with their columns and ranges, pooled over the records of a kind: dyads that fight, all others.

    An end is none where the range is open there: losses can grow without bound, and so can what fighting on costs.
    """
    hostile = {n: r.hostile for n, r in zip(start.cast.dyads[::2], start.scenario.relation, strict=True)}
    hostile |= {n: r.hostile for n, r in zip(start.cast.dyads[1::2], start.scenario.relation, strict=True)}
    found: dict[str, list[tuple[str, float | None, float | None]]] = {}
    for kind, fields in SERIES.items():
        declared = {f.name: f.metadata for f in record_fields(KINDS[kind])}
        for field in fields:
            about = declared[field]
            if not about["stock"]:
                continue
            names = [n for n in start.cast.of(kind) if kind != "dyads" or hostile[n]]
            found[f"{kind}.{field}"] = [(f"{kind}.{n}.{field}", about["low"], about["high"]) for n in names]
    return found


def audit_stocks(case: str, seeds: Sequence[int], policy: str, mode: str | None = None) -> list[StockResult]:
    """Where the stocks stand over all steps of some runs: of each kind, the record that moves most freely.

    Not every record need move: a party without forces abroad has none to bring home.
    """
    start = open_case(case, policy, mode=mode)
    pooled = stock_columns(start)
    wanted = [c for entries in pooled.values() for c, _, _ in entries]
    assert set(wanted) <= set(columns(start.cast))
    batch = run_batch(start, list(seeds)[:TRACED], wanted=wanted, every=1)
    results: list[StockResult] = []
    for stock, entries in pooled.items():
        found = [
            stock_result(case, stock, batch.series[:, :, batch.series_columns.index(column)], low, high)
            for column, low, high in entries
        ]
        results.append(max(found, key=lambda r: (r.passed, r.spread, -r.on_bound)))
    return results


def modes(policy: str) -> tuple[str | None, ...]:
    """The modes in which stocks are traced: a policy's own, and for history also with every move as it was made."""
    return (None, "conditioned") if policy == "history" else (None,)


def stock_result(case: str, stock: str, values: Values, low: float | None, high: float | None) -> StockResult:
    """How one record's stock moves between its bounds; ``values`` has shape (runs, steps).

    An open end is no bound; the range then reaches as far as all but one in two hundred values do.
    """
    bottom, top = np.quantile(values, REACHED)
    width = (top if high is None else high) - (bottom if low is None else low)
    if width <= 0.0:
        return StockResult(case, stock, 1.0, 0.0)
    at_low = values <= low + EDGE * width if low is not None else np.zeros(values.shape, bool)
    at_high = values >= high - EDGE * width if high is not None else np.zeros(values.shape, bool)
    upper, lower = np.quantile(values, (0.75, 0.25), axis=0)
    return StockResult(case, stock, float(np.mean(at_low | at_high)), float(np.max(upper - lower) / width))


@dataclass(frozen=True)
class Audit:
    """The audit of some cases."""

    levers: tuple[LeverResult, ...]
    mechanisms: tuple[MechanismResult, ...]
    stocks: tuple[StockResult, ...]
    parameters: tuple[ParameterResult, ...]
    facts: tuple[FactResult, ...] = ()

    def failures(self) -> list[str]:
        """One line for everything that fails in every case (or acts where it should not in any), with its figure."""
        lines = [
            f"lever {r.lever} acts in {r.case} with its mechanisms off"
            for r in self.levers
            if r.acts_when_off
        ]
        for results, field in (
            (self.levers, "lever"),
            (self.mechanisms, "mechanism"),
            (self.stocks, "stock"),
            (self.parameters, "parameter"),
        ):
            by_name: dict[str, list[Any]] = {}
            for r in results:
                by_name.setdefault(getattr(r, field), []).append(r)
            lines += [
                f"{field} {name} {told[0].fault}: {'; '.join(r.figure for r in told)}"
                for name, told in by_name.items()
                if not any(r.passed for r in told)
            ]
        return lines

    def table(self) -> pd.DataFrame:
        """One row a check: kind, case, name, figure, passed."""
        import pandas as pd

        lever_rows = [
            ("lever", r.case, r.lever, largest(r.effects).spreads, largest(r.effects).outcome, r.passed)
            for r in self.levers
        ]
        mechanism_rows = [
            ("mechanism", r.case, r.mechanism, r.share, "share of runs", r.passed) for r in self.mechanisms
        ]
        bound_rows = [
            ("stock", r.case, r.stock, r.on_bound, "share of steps at a bound", r.passed) for r in self.stocks
        ]
        spread_rows = [
            ("stock spread", r.case, r.stock, r.spread, "share of range", r.passed) for r in self.stocks
        ]
        parameter_rows = [
            ("parameter", r.case, r.parameter, r.effect.spreads, r.effect.of, r.passed)
            for r in self.parameters
        ]
        fact_rows = [("fact", r.case, r.fact, r.effect.spreads, r.effect.of, r.passed) for r in self.facts]
        rows = [*lever_rows, *mechanism_rows, *bound_rows, *spread_rows, *parameter_rows, *fact_rows]
        return pd.DataFrame(rows, columns=["kind", "case", "name", "figure", "of", "passed"])


def audited_policies(case: str | Path | None = None) -> list[tuple[str, str]]:
    """The policies under which a case is audited (all shipped cases unless one is given): as it stands, and pushed.

    A case that has none of the usual policies is audited under its first.
    """
    from detente.model.catalogue import case_names, file_names

    pairs: list[tuple[str, str]] = []
    for name in [str(case)] if case else case_names():
        known = file_names(load_scenario(name))
        wanted = ("five-lessons", "history" if "history" in known else "status-quo")
        found = [policy for policy in wanted if policy in known]
        pairs += [(name, policy) for policy in found or known[:1]]
    return pairs


def audit(
    case: str | Path | None = None,
    runs: int = 200,
    *,
    parameters: bool = True,
    facts: Sequence[str] = (),
    progress: Report | None = None,
) -> Audit:
    """Whether every lever, mechanism, stock and parameter does something, and how far uncertain facts matter.

    Args:
        case: a case by name, or the path of its file or folder; all shipped ones unless given.
        runs: runs of each side of a comparison, at least 2.
        parameters: whether to move every parameter across its range too, which takes longest.
        facts: facts of the case to move across a range, as "PATH" or "PATH=LOW:HIGH", beside those that it says a
            range for, in [[facts]].
        progress: called with what is audited, the number done and the number in all.

    Returns:
        The checks as a table, and in ``failures()`` a line for everything that does nothing.

    Raises:
        InputError: for a case that is not there, and a number of runs that leaves no spread.

    Examples:
        >>> import detente
        >>> checks = detente.audit("template", runs=2, parameters=False)
        >>> len(checks.levers) == len(detente.LEVERS)
        True
    """
    pairs, number = audited_policies(case), whole_number(runs, "runs", least=2)  # one run has no spread
    moved = {name: facts_moved(name, facts) for name, _ in pairs}
    made = audit_policies(pairs, number, parameters=parameters, report=progress)
    tell, seeds = progress or (lambda what, done, total: None), range(1, number + 1)
    reach = [r for name, policy in pairs for r in audit_facts(name, seeds, policy, moved[name], tell)]
    return replace(made, facts=tuple(reach))


def facts_moved(case: str, asked: Sequence[str]) -> dict[str, Declared]:
    """The facts of a case that are moved: those asked for, and those with a range of its own that is more than a point.

    Raises ``InputError`` for a fact that the case does not have.
    """
    scenario = load_scenario(case)
    named = ranged_facts(scenario, asked)
    own = {name: d for name, d in declared_facts(scenario).items() if d.grade and d.low < d.high}
    return {**own, **named}


def audit_policies(
    cases: Sequence[tuple[str, str]],
    runs: int = 200,
    *,
    parameters: bool = True,
    first: int = 1,
    report: Report | None = None,
) -> Audit:
    """Audit some cases, each given with the policies it is run under, with so many seeds from ``first`` on.

    Parameters whose reach is in doubt take more.
    """
    tell = report or (lambda what, done, total: None)
    seeds = range(first, first + runs)
    settings = [Setting(case, policy) for case, policy in cases] + [*SPECIAL, *CORE]
    once = dict(reversed(cases))  # the audit sets all levers itself
    return Audit(
        levers=tuple(r for case, policy in once.items() for r in audit_levers(case, seeds, policy, tell)),
        mechanisms=tuple(r for case, policy in cases for r in audit_mechanisms(case, seeds, policy))
        + tuple(audit_core(seeds)),
        stocks=tuple(
            r
            for case, policy in cases
            for mode in modes(policy)
            for r in audit_stocks(case, seeds, policy, mode)
        ),
        parameters=tuple(audit_parameters(settings, seeds, tell)) if parameters else (),
    )
