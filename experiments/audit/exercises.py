"""Settings that parameters are audited in: a case under a policy, and variants in which rarely used rules matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from detente.agents.codes import LEVERS
from detente.model.catalogue import load_policy, load_scenario
from detente.model.generated_policies import ALL
from detente.model.keywords import nested_parameters
from detente.model.opening import Opening, opening
from detente.model.policy import Policy
from detente.model.request import checked_decisions, merged_parameters
from detente.model.scenario import (
    Calendar,
    EffectSpec,
    IssueSpec,
    PartySpec,
    RelationSpec,
    Scenario,
    TrackSpec,
)

RAISED = 0.8
"""Where ``five-lessons`` puts a lever."""


@dataclass(frozen=True)
class Setting:
    """A case under a policy, with another theory, strategy, length or kind of war where a parameter needs it.

    ``name`` is what tables call it.  ``strategy`` is given to all parties, ``others`` instead to those that are no
    sponsors, ``mediators`` to all mediators; ``years`` is the length; ``attacks`` and ``deadliness`` are factors on
    the attacks and on the deaths of each; ``effects`` says what issues do, by their names; ``decisions`` are moves on
    top of the policy; ``given`` values of other parameters, inside their ranges; ``volatility_given`` is false where
    no relation says how its war varies.  ``only`` names the parameters audited here (all where it is empty).
    """

    case: str
    policy: str
    only: tuple[str, ...] = ()
    kind: str = ""
    theory: str = "readiness"
    mode: str | None = None
    strategy: str = ""
    others: str = ""
    mediators: str = ""
    years: float = 0.0
    attacks: float = 1.0
    deadliness: float = 1.0
    effects: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    decisions: tuple[Mapping[str, Any], ...] = ()
    given: Mapping[str, float] = field(default_factory=dict[str, float])
    volatility_given: bool = True

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.case}: {self.kind}" if self.kind else self.case

    def scenario(self) -> Scenario:
        """The case, changed as declared."""
        case = load_scenario(self.case)
        changes: dict[str, Any] = {
            "party": [self.party(p) for p in case.party],
            "calendar": self.calendar(case.calendar, case.case.start, case.case.end),
        }
        if self.effects:
            changes["track"] = tuple(self.track(t) for t in case.track)
        if self.mediators:
            changes["mediator"] = [m.model_copy(update={"strategy": self.mediators}) for m in case.mediator]
        if self.years:
            end = case.case.start + timedelta(days=round(365.25 * self.years))
            changes["case"] = case.case.model_copy(update={"end": end})
        if self.attacks != 1.0 or not self.volatility_given:
            changes["relation"] = [self.relation(r) for r in case.relation]
        return case.model_copy(update=changes)

    def party(self, party: PartySpec) -> PartySpec:
        """A party with the strategy it is given here."""
        given = self.others if self.others and not party.sponsor else self.strategy
        return party.model_copy(update={"strategy": given}) if given else party

    def relation(self, relation: RelationSpec) -> RelationSpec:
        """A relation with the attacks and the volatility it has here."""
        changes: dict[str, Any] = {"attacks": tuple(self.attacks * a for a in relation.attacks)}
        if not self.volatility_given:
            changes["volatility"] = None
        return relation.model_copy(update=changes)

    def track(self, track: TrackSpec) -> TrackSpec:
        """A track whose issues do what they do here."""
        does = {name: EffectSpec.model_validate(effect) for name, effect in self.effects.items()}
        issues = tuple(IssueSpec(name=i.name, does=does.get(i.name, i.does)) for i in track.issues)
        return track.model_copy(update={"issues": issues})

    def calendar(self, calendar: Calendar, start: date, end: date) -> Calendar:
        """A calendar with the deadliness of this setting."""
        changes: dict[str, Any] = {}
        if self.deadliness != 1.0:
            years = range(start.year, end.year + 1)
            changes["severity"] = {y: self.deadliness * calendar.severity.get(y, 1.0) for y in years}
        return calendar.model_copy(update=changes)

    def opening(self, parameters: Mapping[str, Mapping[str, float]]) -> Opening:
        """The opening with some parameters changed; raises ``InputError`` where the case cannot be opened with them."""
        scenario = self.scenario()
        policy = load_policy(scenario, self.policy)
        tables = nested_parameters(dict(self.given))
        for group, values in parameters.items():
            tables[group] = {**tables.get(group, {}), **values}
        return opening(
            scenario,
            policy,
            levers=unset_levers(policy),
            parameters=merged_parameters(scenario.parameters, tables),
            mode=self.mode,
            theory=self.theory,
            decisions=checked_decisions(scenario, self.decisions),
        )


def unset_levers(policy: Policy) -> dict[str, float]:
    """Levers that the policy which raises them all does not name yet, raised too: their gains could not act at 0."""
    return dict.fromkeys(LEVERS.keys() - policy.levers.keys(), RAISED) if policy.name == ALL else {}


def template(kind: str, *only: str, **changes: Any) -> Setting:
    """A variant of the template with every lever up."""
    return Setting("template", "five-lessons", only, kind, **changes)


def mediating(strategy: str, *only: str) -> Setting:
    """Korea with one strategy for all mediators."""
    return Setting("korea-2017", "five-lessons", only, f"all {strategy}", mediators=strategy)


SPECIAL: tuple[Setting, ...] = (
    # steps that nobody answers need an initiator and one who does not answer: Osgood's hardest case
    template("an initiator and a hardliner", "trust.unmet", strategy="grit_initiator", others="hardliner"),
    # a war that has turned deadlier: in a steady one the week's losses are the quarter's, and their ratio says nothing
    template("half a year, grown deadlier", "ceasefires.bloody", years=0.5, deadliness=4.0),
    # a war that does not say how volatile it is
    template("a war of usual volatility", "violence.level_spread", volatility_given=False),
    # part of a year, or its season averages out, and many attacks, or their luck hides it
    template("a quarter of an intense war", "violence.season_spread", years=0.25, attacks=5.0),
    # agreements are rare and die old: bargains that bind, and time to watch them
    template(
        "12 years, bargains that bind",
        *("settlement.relapse_two", "settlement.relapse_later", "settlement.protected"),
        "settlement.implementation_days",
        years=12,
        given={"settlement.shift": 0.0},
    ),
    # truces that often break, in a war whose sides want them
    template(
        "brittle truces",
        "ceasefires.monitored",
        given={
            "ceasefires.collapse_cessation": 8e-3,
            "ceasefires.hostile": 0.05,
            "ceasefires.lever_gain": 10.0,
        },
    ),
    # what an ally's morale rests on is seen where talks over its head are taken badly
    Setting(
        "afghanistan-2018",
        "five-lessons",
        ("leverage.reliance", "leverage.standing"),
        "an ally that minds",
        given={"talks.slight": 0.03, "talks.exclusion": 0.005},
    ),
)
"""Where a strategy, a theory, a kind of war or a length of time is what a parameter speaks of, and why."""

TEMPLATE_EFFECTS = {
    "ceasefire": {"ceasefire": 1.0},
    "prisoners": {"prisoners": 0.5},
    "power": {"power": 0.8},
    "land": {"demobilisation": 0.8},
}
"""What the issues of the template could do."""

OF_BARGAINS = (
    *("endurance.toll_elasticity", "endurance.toll_scale", "endurance.toll_pooled"),
    *("endurance.prospect", "endurance.hawk_stake", "settlement.view_memory", "settlement.view_spread"),
    *("settlement.concede", "settlement.counter_days"),
)
OF_ADHERENCE = (
    *("ceasefires.holds_cut", "ceasefires.tolerated", "ceasefires.ready", "ceasefires.watched"),
    *("ceasefires.class_step", "violence.stale_days"),
)
OF_TERMS = ("settlement.power_binds", "ceasefires.agreed_truce", "ceasefires.signed")

SIGNED = {"sort": "joint", "do": "sign_agreement", "actor": "republic", "to": "movement"}

CORE: tuple[Setting, ...] = (
    # terms and truces of a long war whose issues do what they are called
    template(
        "12 years",
        *(*OF_BARGAINS, *OF_ADHERENCE, *OF_TERMS),
        years=12,
        effects=TEMPLATE_EFFECTS,
    ),
    # sides that fear what peace does, and deals of which milestones are missed
    template(
        "12 years, bargains that bind",
        *OF_TERMS,
        years=12,
        effects=TEMPLATE_EFFECTS,
        given={"settlement.shift": 0.0, "endurance.war_cost": 0.1, "ceasefires.signed": 0.0},
    ),
    # an agreement that one side's voters turn down
    template(
        "a vote lost",
        "settlement.vote_terms",
        years=6,
        effects=TEMPLATE_EFFECTS,
        decisions=(
            {**SIGNED, "date": "2030-06-01"},
            {**SIGNED, "date": "2030-07-01", "sort": "context", "do": "plebiscite", "amount": 0.45},
        ),
    ),
    # a bargain that would disarm one side, in a war that costs little: nothing that is offered makes up for it
    template(
        "12 years, peace shifts power",
        "violence.preempt",
        years=12,
        effects={"ceasefire": {"demobilisation": 1.0, "of": "movement"}},
        given={"endurance.war_cost": 0.02, "settlement.counter_days": 90.0, "talks.issue": 1 / 30},
    ),
    # an accord on one issue of four
    template(
        "a partial accord",
        "settlement.partial_relapse",
        years=4,
        effects=TEMPLATE_EFFECTS,
        decisions=({**SIGNED, "date": "2030-03-01", "issues": ["ceasefire"]},),
        given={"settlement.relapse_quarter": 3e-3, "settlement.relapse_year": 1.5e-3, "talks.issue": 1 / 240},
    ),
    # a patron with a truce of its own, whose ally and foe wait to see
    Setting(
        "afghanistan-2018",
        "history",
        ("violence.hush", "violence.waits"),
        "moves as they were made",
        mode="conditioned",
    ),
)
"""Where parameters of the causal core act that rarely do so in the cases, and where its mechanisms are seen to act."""

SPREADS = ("violence.season_spread",)
"""Parameters that keep every mean and say how far runs differ: audited by the spread of outcomes, not their mean."""
