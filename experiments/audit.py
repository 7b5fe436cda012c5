"""The audit: proof that every lever, mechanism and parameter does something, and that no variable is stuck.

All comparisons are paired: both sides run under the same seeds, so that what differs is the change alone.  Effects are
given in seed spreads (standard deviations over seeds of the unchanged case).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.codes import LEVER_MECHANISMS, LEVERS
from detente.agents.parameters import Parameters
from detente.agents.schema import record_fields
from detente.experiments.outcomes import OUTCOMES, Finals, read_outcomes
from detente.experiments.settings import SPECIAL, Setting
from detente.model.engine import run_batch
from detente.model.memory import KINDS
from detente.model.opening import Opening
from detente.model.request import open_case
from detente.model.series import SERIES, columns

if TYPE_CHECKING:
    import pandas as pd

Values = np.ndarray[Any, Any]
Report = Callable[[str, int, int], None]
"""Called with what is being audited, the number done and the number in all."""

LEAST_EFFECT = 0.1
"""Effect [seed spreads] that something must have on some outcome in some case."""
MOST_ON_BOUND = 0.2
"""Share of steps that a stock may spend in the outer ``EDGE`` of its range."""
EDGE = 0.02
LEAST_SPREAD = 0.05
"""Interquartile range over runs, as a share of its range, that a stock must have at some time."""
TRACED = 40
"""Runs whose every step is kept for the audit of stocks."""

FIRES: Mapping[str, tuple[str, ...]] = {
    "attribution": ("mistaken",),
    "trust": ("news",),
    "mediation": ("engagements",),
    "talks": ("tracks",),
    "measures": ("measures",),
    "ceasefires": ("truces",),
    "leverage": ("drawdowns",),
    "settlement": ("packages",),
    "spoilers": ("provoked_attacks", "inside_attacks"),
    "talks: failure": ("failures",),
    "talks: leak": ("leaks",),
    "measures: reciprocity": ("answers",),
    "measures: reversal": ("reversals",),
    "measures: broken promise": ("promises_broken",),
    "ceasefires: breach": ("breaches",),
    "ceasefires: proportionate answer": ("breach_answers",),
    "ceasefires: rearming": ("rearming_days",),
    "ceasefires: collapse": ("truce_collapses",),
    "settlement: agreement": ("agreements",),
    "settlement: relapse": ("relapses",),
    "spoilers: inside": ("inside_attacks",),
}
"""Mechanism, or part of one -> the counts by which it is seen to have acted."""


@dataclass(frozen=True)
class Effect:
    """The paired effect of one change on one outcome: mean, 95 % interval, and both in seed spreads."""

    outcome: str
    mean: float
    low: float
    high: float
    spreads: float

    @property
    def counts(self) -> bool:
        """Whether it is large enough, and told apart from no effect."""
        return abs(self.spreads) >= LEAST_EFFECT and (self.low > 0.0 or self.high < 0.0)


def outcomes_of(start: Opening, seeds: Sequence[int]) -> dict[str, Values]:
    """Every outcome of one run for each seed."""
    batch = run_batch(start, seeds)
    return read_outcomes(Finals(start, batch.final_columns, batch.final))


def paired_effects(
    base: Mapping[str, Values],
    changed: Mapping[str, Values],
    usual: Mapping[str, Values] | None = None,
) -> list[Effect]:
    """The effect of a change on every outcome, runs paired by seed, in seed spreads of ``usual`` (``base`` if none)."""
    effects: list[Effect] = []
    for outcome in OUTCOMES:
        difference = changed[outcome.name] - base[outcome.name]
        n, spread = len(difference), float(np.std((usual or base)[outcome.name], ddof=1))
        mean, error = float(difference.mean()), float(np.std(difference, ddof=1)) / np.sqrt(n)
        in_spreads = mean / spread if spread > 0.0 else (0.0 if mean == 0.0 else float("inf"))
        effects.append(Effect(outcome.name, mean, mean - 1.96 * error, mean + 1.96 * error, in_spreads))
    return effects


def largest(effects: Iterable[Effect]) -> Effect:
    """The effect that stands out most among those told apart from none, else the largest of all."""
    found = list(effects)
    clear = [e for e in found if e.low > 0.0 or e.high < 0.0]
    return max(clear or found, key=lambda e: abs(e.spreads))


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
        acts = any(not np.array_equal(without[o.name], still[o.name]) for o in OUTCOMES)
        results.append(LeverResult(case, lever, tuple(effects), acts))
    return results


@dataclass(frozen=True)
class ParameterResult:
    """How far one parameter, moved across its range, moves the outcome it moves most."""

    case: str
    parameter: str
    effect: Effect

    @property
    def passed(self) -> bool:
        """Whether it reaches some outcome."""
        return self.effect.counts


def parameter_ends() -> dict[str, tuple[float, float]]:
    """Every parameter but the switches, as ``group.name``, with the ends of its range."""
    ends: dict[str, tuple[float, float]] = {}
    for group, field in Parameters.model_fields.items():
        model: Any = field.annotation
        for name, inner in model.model_fields.items():
            low = next(m.ge for m in inner.metadata if hasattr(m, "ge"))
            high = next(m.le for m in inner.metadata if hasattr(m, "le"))
            if group != "switches":
                ends[f"{group}.{name}"] = (float(low), float(high))
    return ends


def audit_parameters(
    settings: Sequence[Setting], seeds: Sequence[int], report: Report
) -> list[ParameterResult]:
    """Every parameter moved across its range, in one setting after the other until it is seen to act."""
    ends = parameter_ends()
    best: dict[str, ParameterResult] = {}
    for setting in settings:
        spread = outcomes_of(setting.opening({}), seeds)
        wanted = [n for n in setting.only or ends if n not in best or not best[n].passed]
        for i, name in enumerate(wanted):
            report(f"{setting.name}: parameters", i, len(wanted))
            effects = across(setting, name, ends[name], spread, seeds)
            if effects is None:
                continue
            found = ParameterResult(setting.name, name, largest(effects))
            if name not in best or abs(found.effect.spreads) > abs(best[name].effect.spreads):
                best[name] = found
    return [best[name] for name in ends if name in best]


def across(
    setting: Setting,
    name: str,
    ends: tuple[float, float],
    base: Mapping[str, Values],
    seeds: Sequence[int],
) -> list[Effect] | None:
    """Effects of moving a parameter from one end of its range to the other, in seed spreads of the setting as it is.

    An end that the case cannot be opened with is replaced by the setting's own value; none if neither can be.
    """
    from detente.model.errors import InputError

    group, field = name.split(".")
    sides: list[Mapping[str, Values]] = []
    for value in ends:
        try:
            sides.append(outcomes_of(setting.opening({group: {field: value}}), seeds))
        except InputError:
            sides.append(base)
    return None if sides[0] is sides[1] else paired_effects(sides[0], sides[1], base)


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


def audit_mechanisms(case: str, seeds: Sequence[int], policy: str) -> list[MechanismResult]:
    """Share of runs in which each mechanism is seen to act."""
    start = open_case(case, policy)
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


def stock_columns(start: Opening) -> dict[str, list[tuple[str, float, float]]]:
    """Stocks with their columns and ranges, pooled over the records of a kind: dyads that fight, all others."""
    hostile = {n: r.hostile for n, r in zip(start.cast.dyads[::2], start.scenario.relation, strict=True)}
    hostile |= {n: r.hostile for n, r in zip(start.cast.dyads[1::2], start.scenario.relation, strict=True)}
    found: dict[str, list[tuple[str, float, float]]] = {}
    for kind, fields in SERIES.items():
        declared = {f.name: f.metadata for f in record_fields(KINDS[kind])}
        for field in fields:
            about = declared[field]
            if not about["stock"] or about["low"] is None or about["high"] is None:
                continue
            names = [n for n in start.cast.of(kind) if kind != "dyads" or hostile[n]]
            found[f"{kind}.{field}"] = [(f"{kind}.{n}.{field}", about["low"], about["high"]) for n in names]
    return found


def audit_stocks(case: str, seeds: Sequence[int], policy: str) -> list[StockResult]:
    """Where the stocks stand over all steps of some runs: the worst record of each kind is reported."""
    start = open_case(case, policy)
    pooled = stock_columns(start)
    wanted = [c for entries in pooled.values() for c, _, _ in entries]
    assert set(wanted) <= set(columns(start.cast))
    batch = run_batch(start, list(seeds)[:TRACED], wanted=wanted, every=1)
    results: list[StockResult] = []
    for stock, entries in pooled.items():
        edges, spreads = [], []
        for column, low, high in entries:
            values = batch.series[:, :, batch.series_columns.index(column)]
            margin = EDGE * (high - low)
            edges.append(float(np.mean((values <= low + margin) | (values >= high - margin))))
            upper, lower = np.quantile(values, (0.75, 0.25), axis=0)
            spreads.append(float(np.max(upper - lower)) / (high - low))
        results.append(StockResult(case, stock, min(edges), max(spreads)))
    return results


@dataclass(frozen=True)
class Audit:
    """The audit of some cases."""

    levers: tuple[LeverResult, ...]
    mechanisms: tuple[MechanismResult, ...]
    stocks: tuple[StockResult, ...]
    parameters: tuple[ParameterResult, ...]

    def failures(self) -> list[str]:
        """One line for everything that fails in every case (or acts where it should not in any)."""
        lines = [
            f"lever {r.lever} acts in {r.case} with its mechanisms off"
            for r in self.levers
            if r.acts_when_off
        ]
        parts: tuple[tuple[str, Iterable[Any], str, str], ...] = (
            ("lever", self.levers, "lever", "moves no outcome by a tenth of the seed spread in any case"),
            ("mechanism", self.mechanisms, "mechanism", "never acts in any case"),
            ("stock", self.stocks, "stock", "is stuck at a bound, or hardly varies, in every case"),
            (
                "parameter",
                self.parameters,
                "parameter",
                "moves no outcome by a tenth of the seed spread in any case",
            ),
        )
        for word, results, field, fault in parts:
            names = dict.fromkeys(getattr(r, field) for r in results)
            passed = {getattr(r, field) for r in results if r.passed}
            lines += [f"{word} {name} {fault}" for name in names if name not in passed]
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
            ("parameter", r.case, r.parameter, r.effect.spreads, r.effect.outcome, r.passed)
            for r in self.parameters
        ]
        rows = [*lever_rows, *mechanism_rows, *bound_rows, *spread_rows, *parameter_rows]
        return pd.DataFrame(rows, columns=["kind", "case", "name", "figure", "of", "passed"])


def audited_policies(case: str | None = None) -> list[tuple[str, str]]:
    """The policies under which a case is audited (all shipped cases unless one is given): as it stands, and pushed."""
    from detente.model.catalogue import case_names, file_names, load_scenario

    pairs: list[tuple[str, str]] = []
    for name in [case] if case else case_names():
        known = file_names(load_scenario(name))
        wanted = ("history" if "history" in known else "status-quo", "five-lessons")
        pairs += [(name, policy) for policy in wanted if policy in known]
    return pairs


def audit(
    cases: Sequence[tuple[str, str]],
    runs: int = 200,
    *,
    parameters: bool = True,
    report: Report | None = None,
) -> Audit:
    """Audit some cases, each given with the policy it is run under; seeds are 1 to ``runs``."""
    tell = report or (lambda what, done, total: None)
    seeds = range(1, runs + 1)
    settings = [Setting(case, policy) for case, policy in cases] + list(SPECIAL)
    return Audit(
        levers=tuple(r for case, policy in cases for r in audit_levers(case, seeds, policy, tell)),
        mechanisms=tuple(r for case, policy in cases for r in audit_mechanisms(case, seeds, policy)),
        stocks=tuple(r for case, policy in cases for r in audit_stocks(case, seeds, policy)),
        parameters=tuple(audit_parameters(settings, seeds, tell)) if parameters else (),
    )
