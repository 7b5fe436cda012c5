"""The reach of parameters: each, moved across its range, must move some declared outcome by a tenth of its seed spread.

Whoever looks at every outcome in every setting finds some that stand out by luck.  So a parameter is passed at sight
only where its effect would be large enough even if overrated by four standard errors; otherwise the most promising
effects are measured again under fresh seeds, more and more of them until it is clear on which side of a tenth they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from detente.experiments.audit.effect_sizes import (
    LEAST_EFFECT,
    Effect,
    Report,
    Values,
    outcomes_of,
    paired_effects,
)
from detente.experiments.audit.exercises import SPREADS, Setting
from detente.experiments.runs.inputs import free_parameters
from detente.model.errors import InputError
from detente.model.opening import Opening

AT_SIGHT = 4.0
"""Standard errors by which an effect picked among many must clear the bar."""
AFRESH = 2.6
"""Standard errors by which an effect named beforehand must clear it, or miss it, to be settled."""
CHANCES = 3
"""Effects of a parameter that are measured afresh."""
SOON = 4
MOST_GROWTH = 16
"""Largest number of fresh seeds, as a multiple of those searched with: before going on to other settings, and after."""
FEW = 40
"""Seeds that tell whether a parameter does anything at all in a setting."""


@dataclass(frozen=True)
class ParameterResult:
    """How far one parameter, moved across its range, moves the outcome it moves most; ``runs`` made of each end."""

    case: str
    parameter: str
    effect: Effect
    runs: int = 0

    @property
    def passed(self) -> bool:
        """Whether it reaches some outcome."""
        return self.effect.counts

    fault: ClassVar[str] = "moves no outcome by a tenth of the seed spread anywhere"

    @property
    def figure(self) -> str:
        """Its effect, in words."""
        return f"{self.effect} in {self.case}, {self.runs} runs a side"


def parameter_ends() -> dict[str, tuple[float, float]]:
    """Every parameter but the switches, as ``group.name``, with the ends of its range."""
    return {name: (p.low, p.high) for name, p in free_parameters().items()}


@dataclass(frozen=True)
class Place:
    """One parameter moved from one end of its range to the other in one setting; ``usual``: outcomes as it stands."""

    setting: Setting
    parameter: str
    ends: tuple[float, float]
    usual: Mapping[str, Values]

    def opening(self, value: float) -> Opening | None:
        """The setting with the parameter at one end; none if it cannot be opened with it."""
        group, name = self.parameter.split(".")
        try:
            return self.setting.opening({group: {name: value}})
        except InputError:
            return None

    def sides(self, seeds: Sequence[int]) -> tuple[Mapping[str, Values], Mapping[str, Values]]:
        """Outcomes at both ends; an end that cannot be opened is replaced by the setting's own value."""
        starts = [self.opening(value) or self.setting.opening({}) for value in self.ends]
        return outcomes_of(starts[0], seeds), outcomes_of(starts[1], seeds)

    def effects(self, low: Mapping[str, Values], high: Mapping[str, Values]) -> list[Effect]:
        """Effects on every outcome, in seed spreads of the setting as it is."""
        return paired_effects(low, high, self.usual, of_spread=self.parameter in SPREADS)

    def acts(self, seeds: Sequence[int]) -> bool:
        """Whether anything at all differs between the ends under these seeds."""
        low, high = self.sides(seeds)
        return any(not np.array_equal(low[name], high[name], equal_nan=True) for name in low)


@dataclass(frozen=True)
class Found:
    """An effect seen at a place."""

    place: Place
    effect: Effect
    runs: int

    def clears(self, errors: float) -> bool:
        """Whether it is large enough even if overrated by so many standard errors."""
        return self.effect.surely(errors) >= LEAST_EFFECT

    @property
    def result(self) -> ParameterResult:
        """As it is reported."""
        return ParameterResult(self.place.setting.name, self.place.parameter, self.effect, self.runs)


def look(place: Place, seeds: Sequence[int]) -> list[Found]:
    """All effects at a place, those first that are large even if overrated."""
    if not place.acts(seeds[:FEW]):
        return []
    effects = place.effects(*place.sides(seeds))
    found = [Found(place, e, len(seeds)) for e in effects if e.error > 0.0 and np.isfinite(e.spreads)]
    return sorted(found, key=lambda f: -f.effect.surely(AT_SIGHT))


def settle(found: Found, fresh: Sequence[int]) -> Found:
    """Measure one effect again with fresh seeds, doubled until it is clear on which side of the bar it lies."""
    low, high = found.place.sides(fresh[: found.runs])
    n = min(found.runs, len(fresh))
    while True:
        effects = found.place.effects(low, high)
        effect = next(e for e in effects if e.outcome == found.effect.outcome)
        again = Found(found.place, effect, n)
        if again.clears(AFRESH) or effect.surely(-AFRESH) < LEAST_EFFECT or n == len(fresh):
            return again
        more = found.place.sides(fresh[n : 2 * n])
        low, high = joined(low, more[0]), joined(high, more[1])
        n = min(2 * n, len(fresh))


def joined(first: Mapping[str, Values], more: Mapping[str, Values]) -> dict[str, Values]:
    """Outcomes of two sets of runs as one."""
    return {name: np.concatenate([values, more[name]]) for name, values in first.items()}


def measured_afresh(candidates: Sequence[Found], fresh: Sequence[int]) -> Found:
    """The first of the most promising effects that holds under fresh seeds, else the largest of them."""
    tried: list[Found] = []
    for found in sorted(candidates, key=lambda f: -f.effect.surely(AFRESH))[:CHANCES]:
        tried.append(settle(found, fresh))
        if tried[-1].effect.counts:
            return tried[-1]
    return max(tried, key=lambda f: abs(f.effect.spreads))


def first_looks(found: Sequence[Found], fresh: Sequence[int]) -> Found | None:
    """The effect of a place that is passed: at sight, or, if it looks large enough, under some fresh seeds."""
    if not found or found[0].clears(AT_SIGHT):
        return found[0] if found else None
    best = max(found, key=lambda f: f.effect.surely(AFRESH))
    if best.effect.surely(AFRESH) < 0.5 * LEAST_EFFECT:
        return None
    again = settle(best, fresh)
    return again if again.clears(AFRESH) else None


def audit_parameters(
    settings: Sequence[Setting],
    seeds: Sequence[int],
    report: Report,
    names: Sequence[str] = (),
) -> list[ParameterResult]:
    """Move every parameter, or those named, across its range, in one setting after another until it is seen to act."""
    ends = {name: e for name, e in parameter_ends().items() if not names or name in names}
    fresh = [max(seeds) + k for k in range(1, MOST_GROWTH * len(seeds) + 1)]
    passed: dict[str, Found] = {}
    candidates: dict[str, list[Found]] = {name: [] for name in ends}
    for setting, wanted in searches(settings, ends, passed):
        usual = outcomes_of(setting.opening({}), seeds)
        for i, name in enumerate(wanted):
            report(f"{setting.name}: parameters", i, len(wanted))
            found = look(Place(setting, name, ends[name], usual), seeds)
            candidates[name] += found
            if seen := first_looks(found, fresh[: SOON * len(seeds)]):
                passed[name] = seen
    doubtful = [name for name in ends if name not in passed and candidates[name]]
    for i, name in enumerate(doubtful):
        report("parameters under fresh seeds", i, len(doubtful))
        passed[name] = measured_afresh(candidates[name], fresh)
    return [passed[name].result if name in passed else inert(name) for name in ends]


def searches(
    settings: Sequence[Setting], ends: Mapping[str, Any], passed: Mapping[str, Any]
) -> Iterator[tuple[Setting, list[str]]]:
    """Settings with the parameters still to be looked at there.

    First come those made for some parameters, then small cases before large ones, which take longer to run.
    """
    for setting in sorted(settings, key=lambda s: (not s.only, len(s.scenario().relation))):
        wanted = [n for n in setting.only or ends if n in ends and n not in passed]
        if wanted:
            yield setting, wanted


def inert(name: str) -> ParameterResult:
    """A parameter that does nothing anywhere."""
    return ParameterResult("all settings", name, Effect("any outcome", 0.0, 0.0, 0.0, 0.0))
