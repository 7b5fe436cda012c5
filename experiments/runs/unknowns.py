"""What is not known, drawn: every parameter over its declared range, and the facts of a case that no source fixes.

Draw number k means the same parameters in every case and under every policy, and the facts that seed k draws.  It
depends on the number and the name of the parameter alone, so that a further parameter changes no other draw.
Parameters that are set by hand, or by the case, are left as they are; so are the switches, which stand for theories.
What a posterior holds is drawn from it, and only the rest over its ranges.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.agents.parameters import Parameters
from detente.agents.rules.chance import MASK, philox, unit
from detente.experiments.runs.inputs import free_parameters
from detente.experiments.runs.posterior import Posterior
from detente.model.consistency import check_parameters
from detente.model.errors import InputError
from detente.model.fact_draws import between, draws
from detente.model.facts import priors_of, with_facts
from detente.model.keywords import flat_parameters, nested_parameters
from detente.model.records.arrays import key_words
from detente.model.request import Request, merged_parameters

if TYPE_CHECKING:
    from detente.model.scenario import Scenario

PARAMETER_PURPOSE = 1 << 23
"""Keeps these draws apart from all others under the same number."""

ATTEMPTS = 50
"""Draws that are tried until one fits together: few do not."""


@dataclass(frozen=True)
class Unknowns:
    """What is drawn: parameters over their ranges, those of a ``posterior`` from it."""

    posterior: Posterior | None = None

    @property
    def words(self) -> str:
        """What is drawn, in a few words."""
        if self.posterior is None:
            return "parameters drawn over their declared ranges"
        return "parameters drawn from a posterior, the others over their declared ranges"

    @property
    def about(self) -> dict[str, Any]:
        """What is drawn, as results say it."""
        if self.posterior is None:
            return {"parameters": "declared ranges"}
        sample = self.posterior.values.tobytes() + self.posterior.weights.tobytes()
        digest = hashlib.sha256(sample).hexdigest()
        return {"parameters": "posterior", "names": list(self.posterior.names), "sample_sha256": digest}

    def request(self, asked: Request, number: int) -> Request:
        """What is asked of a case with a draw in place of the parameters and facts that are not known.

        Raises ``InputError`` where a whole ``Parameters`` was given, which leaves nothing to draw.
        """
        if isinstance(asked.parameters, Parameters):
            raise InputError(
                "parameters: got a whole Parameters; expected names and values, as others are drawn"
            )
        given = flat_parameters(asked.parameters or {})
        held = {*given, *own_parameters(asked.scenario)}
        drawn = nested_parameters({**self.parameters(asked.scenario, number, held, given), **given})
        scenario = asked.scenario if asked.point else case_of_draw(asked.scenario, number, asked.facts)
        return replace(asked, scenario=scenario, parameters=drawn, point=True)

    def parameters(
        self, scenario: Scenario, number: int, held: Collection[str], given: Mapping[str, float]
    ) -> dict[str, float]:
        """The parameters of a draw; those ``held`` are left out.  The first attempt that fits together is taken."""
        for attempt in range(ATTEMPTS):
            drawn = {**over_ranges(number, attempt), **self.from_posterior(number)}
            kept = {name: value for name, value in drawn.items() if name not in held}
            try:
                check_parameters(merged_parameters(scenario.parameters, nested_parameters({**kept, **given})))
            except InputError:
                continue
            return kept
        raise InputError(f"draw {number}: no parameters that fit together in {ATTEMPTS} attempts")

    def from_posterior(self, number: int) -> dict[str, float]:
        """The parameters of a member of the sample."""
        if self.posterior is None:
            return {}
        dice = np.random.default_rng([PARAMETER_PURPOSE, number])
        row = self.posterior.values[dice.choice(len(self.posterior.values), p=self.posterior.weights)]
        return dict(zip(self.posterior.names, map(float, row), strict=True))


def case_of_draw(scenario: Scenario, number: int, held: Collection[str] = ()) -> Scenario:
    """The case with the facts of a draw, those ``held`` left as they are."""
    free = [fact for fact in priors_of(scenario) if fact.path not in held]
    return with_facts(scenario, draws(free, number))


def own_parameters(scenario: Scenario) -> Iterator[str]:
    """Parameters that a case sets itself."""
    groups: Any = scenario.parameters
    for group in sorted(groups.model_fields_set):
        yield from (f"{group}.{name}" for name in getattr(groups, group).model_fields_set)


def over_ranges(number: int, attempt: int = 0) -> dict[str, float]:
    """Every parameter but the switches, drawn over its declared range; wide ranges on a log scale."""
    known = free_parameters().items()
    return {name: between(p.low, p.high, share(name, number, attempt)) for name, p in known}


def share(name: str, number: int, attempt: int) -> float:
    """How far through its range a parameter lies in a draw."""
    first, second = key_words(f"parameter:{name}")
    high, low, _, _ = philox(attempt, PARAMETER_PURPOSE, first, second, number & MASK, number >> 32 & MASK)
    return unit(high, low)


def sign_share(drawn: Sequence[float] | np.ndarray[Any, Any], sign: float) -> float:
    """Share of draws in which an effect has a sign, among those with a value; NaN for no sign and without any."""
    values = np.asarray(drawn, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values) or sign == 0 or sign != sign:
        return float("nan")
    return float(np.mean(np.sign(values) == np.sign(sign)))


def wide_interval(drawn: Sequence[float] | np.ndarray[Any, Any]) -> dict[str, float]:
    """Median and middle 95 % of an effect over draws: luck and what is not known; NaN for fewer than two draws."""
    values = np.asarray(drawn, dtype=float)
    values = values[~np.isnan(values)]
    ends = np.quantile(values, [0.5, 0.025, 0.975]) if len(values) > 1 else [float("nan")] * 3
    names = ("wide_median", "wide_low95", "wide_high95")
    return {**dict(zip(names, map(float, ends), strict=True)), "draws": len(values)}
