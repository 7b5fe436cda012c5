"""Set-ups: the openings under which patterns are looked for, and what is changed in a control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.model.catalogue import load_scenario
from detente.model.opening import Opening, opening
from detente.model.policy import MoveSpec, Policy
from detente.model.request import merged_parameters, policy_of

Setting = tuple[str, str, float]
"""Group, name and value of a parameter."""
Change = Callable[[tuple[MoveSpec, ...]], tuple[MoveSpec, ...]]
"""Takes moves out of a policy, or puts some in."""


@dataclass(frozen=True)
class Setup:
    """A case under a policy: how much of history is imposed, and what differs from the case's files.

    A policy of None is the case's own first one.
    """

    case: str
    policy: str | None = "history"
    mode: str | None = None
    until: date | None = None
    levers: tuple[tuple[str, float], ...] = ()
    parameters: tuple[Setting, ...] = ()
    change: Change | None = None
    end: date | None = None
    step_days: float | None = None

    def open(self) -> Opening:
        """The opening of this set-up."""
        scenario = load_scenario(self.case)
        if self.end is not None:  # longer than the case, where what is looked for takes years
            case = scenario.case.model_copy(update={"end": self.end})
            scenario = scenario.model_copy(update={"case": case})
        nested: dict[str, dict[str, float]] = {}
        for group, name, value in self.parameters:
            nested.setdefault(group, {})[name] = value
        return opening(
            scenario,
            self.changed(policy_of(scenario, self.policy)),
            levers=dict(self.levers),
            parameters=merged_parameters(scenario.parameters, nested),
            mode=self.mode,
            until=self.until,
            step_days=self.step_days,
        )

    def changed(self, policy: Policy) -> Policy:
        """The policy with the moves of this set-up."""
        if self.change is None:
            return policy
        return policy.model_copy(update={"move": self.change(policy.move)})

    def having(self, *settings: Setting) -> Setup:
        """The same with other parameters."""
        return replace(self, parameters=(*self.parameters, *settings))


def move(**keys: Any) -> MoveSpec:
    """One move, from the keys that a policy file would give it."""
    return MoveSpec.model_validate(keys)


def off(*mechanisms: str) -> tuple[Setting, ...]:
    """Switches of some mechanisms, turned off."""
    return tuple(("switches", mechanism, 0.0) for mechanism in mechanisms)
