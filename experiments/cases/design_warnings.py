"""What is legal in a design and probably not meant: each rule yields a line for every place where it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.experiments.cases.inert import Ground, inert_lever, inert_parameter
from detente.experiments.cases.policy_warnings import policy_remarks, same_policies
from detente.experiments.cases.remark import Remark, remarks
from detente.experiments.sweep.design.document import Design
from detente.experiments.sweep.design.factors import Factor
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening, opening
from detente.model.policy import Policy
from detente.model.request import checked_step, merged_parameters
from detente.model.scenario import Scenario

Lines = Iterator[str]

LEAST_SAMPLES = {"sobol": 64, "morris": 10}
"""Samples below which the indices of a design are mostly error: Sobol base points, Morris trajectories."""

SAMPLES_A_FACTOR = 10
"""Points of a Latin hypercube for each factor by the usual rule of thumb."""

LEAST_RUNS = 10
"""Runs of a point below which its mean says little apart from luck."""


@dataclass(frozen=True)
class Worked:
    """A design with its cases, and the policies of each."""

    design: Design
    scenarios: tuple[Scenario, ...]
    policies: tuple[tuple[Policy, ...], ...]

    @cached_property
    def switches(self) -> tuple[str, ...]:
        """Switches that are varied, as ``switches.name``."""
        return tuple(f.name for f in self.design.factors if f.name.startswith("switches."))

    def ground(self, scenario: Scenario) -> Ground:
        """A case with the parameters that the design holds, varied switches on."""
        held = constants(self.design) | dict.fromkeys(self.switches, 1.0)
        parameters = merged_parameters(scenario.parameters, nested_parameters(held))
        return Ground(scenario, parameters, self.design.theories)

    @cached_property
    def starts(self) -> tuple[tuple[Opening, ...], ...]:
        """Every case under each of its policies, at the settings that are held; varied levers are out of the way."""
        return tuple(
            tuple(self.opened(s, p) for p in policies)
            for s, policies in zip(self.scenarios, self.policies, strict=True)
        )

    def opened(self, scenario: Scenario, policy: Policy) -> Opening:
        """One case under one policy."""
        d = self.design
        varied = {f.name: 0.0 for f in d.factors if f.declared.kind == "lever"}
        levers = {name: s.constant for name, s in d.levers.items() if s.constant is not None}
        return opening(
            scenario,
            policy,
            levers=levers | varied,
            parameters=merged_parameters(scenario.parameters, nested_parameters(constants(d))),
            mode=d.mode,
            until=d.until,
            step_days=checked_step(d.step_days),
            theory=d.theories[0],
            point=True,
        )


def constants(design: Design) -> dict[str, float]:
    """Parameters that are the same in all runs."""
    return {name: s.constant for name, s in design.parameters.items() if s.constant is not None}


def design_remarks(
    design: Design, scenarios: Sequence[Scenario], policies: Sequence[Sequence[Policy]]
) -> list[Remark]:
    """Everything that is probably not meant in a design, with what its policies give rise to."""
    worked = Worked(design, tuple(scenarios), tuple(tuple(p) for p in policies))
    of_policies = [
        Remark(r.name, f"{start.policy.name}: {r.text}")
        for starts in worked.starts
        for start in starts
        for r in policy_remarks(start)
    ]
    equal = [r for starts in worked.starts for r in same_policies({s.policy.name: s for s in starts})]
    return list(dict.fromkeys([*remarks(RULES, worked), *of_policies, *equal]))


def factor_moves_nothing(w: Worked) -> Lines:
    """A lever or parameter is varied that moves nothing in a case."""
    for factor in w.design.factors:
        for scenario in w.scenarios:
            why = why_inert(w, factor, scenario)
            if why is not None:
                kind = factor.declared.kind
                yield f"{kind}s.{factor.name}: is varied and moves nothing in {scenario.case.name}: {why}"


def why_inert(w: Worked, factor: Factor, scenario: Scenario) -> str | None:
    """Why a factor moves nothing in a case; nothing where it may."""
    if factor.declared.kind == "lever":
        return inert_lever(w.ground(scenario), factor.name)
    if factor.declared.kind == "fact":
        return None
    return inert_parameter(w.ground(scenario), factor.name)


def too_few_samples(w: Worked) -> Lines:
    """Too few samples for what the kind of design is for."""
    kind, samples, n = w.design.design.kind, w.design.design.samples or 0, len(w.design.factors)
    least = SAMPLES_A_FACTOR * n if kind == "lhs" else LEAST_SAMPLES.get(kind, 0)
    if samples < least:
        reason = f" for {n} factors" if kind == "lhs" else ""
        yield f"design.samples: {samples} is little for a {kind} design{reason}; at least {least} are usual"


def too_few_runs(w: Worked) -> Lines:
    """So few runs of a point of a grid or factorial that its mean is mostly luck."""
    runs, kind = w.design.runs, w.design.design.kind
    if runs < LEAST_RUNS and kind in ("grid", "factorial"):
        yield f"runs: {runs} of each point tell little from luck; at least {LEAST_RUNS} are usual"
    elif runs < 2:
        yield "runs: 1 of each point does not tell what luck does from what factors do; at least 2 do"


def nothing_varies(w: Worked) -> Lines:
    """A design with one case, policy, theory and point."""
    d = w.design
    if not d.factors and len(d.theories) == len(w.scenarios) == 1 and len(w.policies[0]) == 1:
        yield "design: nothing varies but the seed"


def until_outside(w: Worked) -> Lines:
    """Moves are imposed until a day that a case does not have."""
    day = w.design.until
    for s in w.scenarios:
        if day is not None and not s.case.start <= day <= s.case.end:
            words = "all of its moves are imposed" if day > s.case.end else "none of its moves is imposed"
            yield f"until: {day} lies outside {s.case.name} ({s.case.start} to {s.case.end}): {words}"


def thinned_to_nothing(w: Worked) -> Lines:
    """Series are kept more seldom than the case is long, or no series is kept."""
    d = w.design
    for s in w.scenarios:
        days = (s.case.end - s.case.start).days
        if d.series and d.every > days:
            yield f"every: {d.every:g} days keep one value of each series, since {s.case.name} has {days} days"
    if "every" in d.model_fields_set and not d.series:
        yield "every: has no effect: no series is kept"


def switch_and_what_it_switches(w: Worked) -> Lines:
    """A switch is varied together with parameters that do nothing while it is off."""
    for scenario in w.scenarios:
        for switch in w.switches:
            off = Ground(
                scenario,
                merged_parameters(w.ground(scenario).parameters, nested_parameters({switch: 0.0})),
                w.design.theories,
            )
            idle = [
                f.name
                for f in w.design.factors
                if f.declared.kind == "parameter" and f"{switch} is 0" == inert_parameter(off, f.name)
            ]
            if idle:
                yield f"parameters.{switch}: while it is 0, {', '.join(idle)} moves nothing in {scenario.case.name}"


RULES: tuple[Callable[[Worked], Lines], ...] = (
    until_outside,
    factor_moves_nothing,
    switch_and_what_it_switches,
    nothing_varies,
    too_few_samples,
    too_few_runs,
    thinned_to_nothing,
)
"""The rules, in the order in which a reader meets what they speak of."""
