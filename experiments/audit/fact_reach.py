"""The reach of facts: how far the outcomes of a case move when one of its uncertain numbers does.

Each fact goes from one end of its range to the other under the same seeds; facts that are not known and not moved are
drawn, the same on both sides.  A fact that moves little is good news for who does not know it, and no failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detente.experiments.audit.effect_sizes import Effect, Report, largest, outcomes_of, paired_effects
from detente.experiments.runs.inputs import Declared
from detente.model.keywords import facts_in
from detente.model.opening import Opening
from detente.model.request import open_case


@dataclass(frozen=True)
class FactResult:
    """How far one fact, moved across its range, moves the outcome it moves most."""

    case: str
    fact: str
    ends: tuple[float, float]
    effect: Effect

    @property
    def passed(self) -> bool:
        """Whether it moves an outcome by a tenth of the seed spread."""
        return self.effect.counts


def audit_facts(
    case: str, seeds: Sequence[int], policy: str, facts: Mapping[str, Declared], report: Report
) -> list[FactResult]:
    """Every fact at the low against the high end of its range."""
    results: list[FactResult] = []
    if not facts:
        return results
    usual = outcomes_of(open_case(case, policy), seeds)
    for i, (name, declared) in enumerate(facts.items()):
        report(f"{case}: facts", i, len(facts))
        ends = (declared.low, declared.high)
        low, high = (outcomes_of(with_fact(case, policy, name, end), seeds) for end in ends)
        results.append(FactResult(case, name, ends, largest(paired_effects(low, high, usual))))
    return results


def with_fact(case: str, policy: str, name: str, value: float) -> Opening:
    """The case with one fact set."""
    return open_case(case, policy, facts=facts_in({name: value}))
