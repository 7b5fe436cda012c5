"""Settings that parameters are audited in: a case under a policy, and variants in which rarely used rules matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from detente.model.catalogue import load_policy, load_scenario
from detente.model.opening import Opening, opening
from detente.model.request import merged_parameters
from detente.model.scenario import Scenario


@dataclass(frozen=True)
class Setting:
    """A case under a policy, with another theory, strategy or length where a parameter needs it.

    ``strategy`` is given to all parties, ``mediators`` to all mediators; ``only`` names the parameters audited here
    (all where it is empty).
    """

    case: str
    policy: str
    theory: str = "readiness"
    mode: str | None = None
    strategy: str = ""
    mediators: str = ""
    years: float = 0.0
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What tables call it."""
        extra = [
            *([f"theory {self.theory}"] if self.theory != "readiness" else []),
            *([f"all {self.strategy}"] if self.strategy else []),
            *([f"all {self.mediators}"] if self.mediators else []),
            *([f"{self.years:g} years"] if self.years else []),
        ]
        return ", ".join([self.case, *extra])

    def scenario(self) -> Scenario:
        """The case, changed as declared."""
        case = load_scenario(self.case)
        changes: dict[str, object] = {}
        if self.strategy:
            changes["party"] = [p.model_copy(update={"strategy": self.strategy}) for p in case.party]
        if self.mediators:
            changes["mediator"] = [m.model_copy(update={"strategy": self.mediators}) for m in case.mediator]
        if self.years:
            end = case.case.start + timedelta(days=round(365.25 * self.years))
            changes["case"] = case.case.model_copy(update={"end": end})
        return case.model_copy(update=changes)

    def opening(self, parameters: Mapping[str, Mapping[str, float]]) -> Opening:
        """The opening with some parameters changed; raises ``InputError`` where the case cannot be opened with them."""
        scenario = self.scenario()
        return opening(
            scenario,
            load_policy(scenario, self.policy),
            parameters=merged_parameters(scenario.parameters, parameters),
            mode=self.mode,
            theory=self.theory,
        )


def strategic(strategy: str, *only: str) -> Setting:
    """The template with one strategy for all parties."""
    return Setting("template", "five-lessons", strategy=strategy, only=only)


def mediating(strategy: str, *only: str) -> Setting:
    """Korea with one strategy for all mediators."""
    return Setting("korea-2017", "five-lessons", mediators=strategy, only=only)


SPECIAL: tuple[Setting, ...] = (
    Setting("template", "five-lessons", theory="reciprocity", only=("readiness.record_memory",)),
    Setting(
        "template",
        "five-lessons",
        years=12,
        only=("settlement.relapse_later", "trust.max_weight", "ceasefires.term_definitive"),
    ),
    strategic("reciprocator", "strategies.reciprocity"),
    strategic("hardliner", "strategies.hard"),
    strategic("grit_initiator", "strategies.initiative", "trust.unmet"),
    strategic("opportunist", "ceasefires.rearm"),
    strategic("cautious", "strategies.caution"),
    Setting(
        "afghanistan-2018",
        "history",
        mode="conditioned",
        strategy="opportunist",
        only=("strategies.advantage", "violence.heat_limit", "endurance.trend_memory", "leverage.reliance"),
    ),
    mediating("ripeness_seeker", "strategies.seeking"),
    mediating("persistent", "strategies.staying"),
    mediating("entrepreneur", "strategies.bold"),
)
"""Where a strategy, a theory or a long time is what a parameter speaks of."""
