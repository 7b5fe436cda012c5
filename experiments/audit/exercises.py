"""Settings that parameters are audited in: a case under a policy, and variants in which rarely used rules matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from detente.agents.codes import LEVERS
from detente.agents.parameters import CORE_0_1
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
    the attacks and on the deaths of each; ``holiday_days`` the length of holidays; ``effects`` says what issues do,
    by their names; ``decisions`` are moves on top of the policy; ``given`` values of other parameters, inside their
    ranges; ``volatility_given`` is false where no relation says how its war varies.  ``only`` names the parameters
    audited here (all where it is empty).
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
    holiday_days: int = 0
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
        """A calendar with the deadliness and the holidays of this setting."""
        changes: dict[str, Any] = {}
        if self.deadliness != 1.0:
            years = range(start.year, end.year + 1)
            changes["severity"] = {y: self.deadliness * calendar.severity.get(y, 1.0) for y in years}
        if self.holiday_days:
            days = timedelta(days=self.holiday_days - 1)
            changes["holidays"] = tuple(
                h.model_copy(update={"end": h.start + days}) for h in calendar.holidays
            )
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
    # what a theory or a strategy alone makes use of
    template("theory reciprocity", "readiness.record_memory", theory="reciprocity"),
    template("all reciprocator", "strategies.reciprocity", strategy="reciprocator"),
    template("all hardliner", "strategies.hard", strategy="hardliner"),
    template("all grit_initiator", "strategies.initiative", strategy="grit_initiator"),
    template("all cautious", "strategies.caution", strategy="cautious"),
    mediating("ripeness_seeker", "strategies.seeking"),
    mediating("persistent", "strategies.staying"),
    mediating("entrepreneur", "strategies.bold"),
    # steps that nobody answers need an initiator and one who does not answer: Osgood's hardest case
    template("an initiator and a hardliner", "trust.unmet", strategy="grit_initiator", others="hardliner"),
    # the other's readiness, seen late, decides while a window is open: soon after the pivot, between sides who mind it
    template(
        "half a year, sides that mind each other", "readiness.lag", years=0.5, given={"readiness.mutual": 2.0}
    ),
    # a war that has turned deadlier: in a steady one the week's losses are the quarter's, and their ratio says nothing
    template("half a year, grown deadlier", "ceasefires.bloody", years=0.5, deadliness=4.0),
    # a month of fasting in which fighters want to be at home: three days a year are too few to be offered much
    template("a holy month", "ceasefires.term_holiday", holiday_days=30, given={"ceasefires.holiday": 2.5}),
    # what is done with a pause is seen where every other side means to use it, and takes its time
    template(
        "all opportunist, pauses used",
        *("ceasefires.rearm", "ceasefires.early_end"),
        strategy="opportunist",
        given={"switches.adherence": 0, "ceasefires.hostile": 0.5, "ceasefires.early_end": 0.05},
    ),
    # what only the first version's truces and packages make use of
    template(
        "truces of the first version",
        *("ceasefires.restraint", "ceasefires.restraint_step", "trust.breach_level"),
        given={"switches.adherence": 0},
    ),
    template(
        "12 years, packages of the first version",
        *("settlement.retry_days", "settlement.noise"),
        years=12,
        given={"switches.bargaining": 0},
    ),
    # a war that does not say how volatile it is
    template("a war of usual volatility", "violence.level_spread", volatility_given=False),
    # part of a year, or its season averages out, and many attacks, or their luck hides it
    template("a quarter of an intense war", "violence.season_spread", years=0.25, attacks=5.0),
    # where the worst attacks make up most of the deaths, it matters how large they can be (wars differ: Bohorquez 2009)
    template("deaths in few attacks", "violence.max_deaths", given={"violence.tail": 1.5}),
    # agreements are rare and die old: bargains that bind, and time to watch them
    template(
        "12 years, bargains that bind",
        *("settlement.relapse_two", "settlement.relapse_later", "settlement.protected"),
        "settlement.implementation_days",
        years=12,
        given={"settlement.shift": 0.0},
    ),
    # talks that come to an end without an agreement leave definitive ceasefires to run their term
    template(
        "12 years, bargains that do not bind",
        "ceasefires.term_definitive",
        years=12,
        given={"settlement.shift": 0.8},
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
    # forces that went home by the dates on which they did
    Setting(
        "afghanistan-2018", "history", ("leverage.withdrawn",), "moves as they were made", mode="conditioned"
    ),
    # belief meets its bound where much is learnt from a truce that holds
    template("truces that teach", "trust.max_weight", given={"trust.kept_day": 0.08}),
    # what an ally's morale rests on is seen where talks over its head are taken badly
    Setting(
        "afghanistan-2018",
        "five-lessons",
        ("leverage.reliance", "leverage.standing"),
        "an ally that minds",
        given={"talks.slight": 0.03, "talks.exclusion": 0.005},
    ),
    # an ally left, and a foe that presses: the moves as they were made
    Setting(
        "afghanistan-2018",
        "history",
        ("strategies.advantage", "violence.heat_limit", "endurance.trend_memory"),
        "all opportunist",
        mode="conditioned",
        strategy="opportunist",
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
    *("ceasefires.holds_cut", "ceasefires.held"),
    *("ceasefires.tolerated", "ceasefires.ready", "ceasefires.watched"),
    *("ceasefires.class_step", "violence.stale_days"),
)
OF_TERMS = (
    *("settlement.power_binds", "settlement.lateness"),
    *("ceasefires.agreed_truce", "ceasefires.signed"),
)

BADLY_KEPT = {
    "settlement.shift": 0.0,
    "ceasefires.holds_cut": 4.0,
    "ceasefires.signed": 0.0,
    "ceasefires.tolerated": 0.1,
}
"""Agreements whose ceasefires never take hold."""

SIGNED = {"sort": "joint", "do": "sign_agreement", "actor": "republic", "to": "movement"}

CORE_SWITCHES: tuple[str, ...] = tuple(
    name.removeprefix("switches.") for name in CORE_0_1 if name.startswith("switches.")
)
"""Mechanisms that the first version does not have: the causal core."""

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
        *("violence.preempt", "violence.preempt_days"),
        years=12,
        effects={"ceasefire": {"demobilisation": 1.0, "of": "movement"}},
        given={"endurance.war_cost": 0.02, "settlement.counter_days": 90.0, "talks.issue": 1 / 30},
    ),
    # truces that all leak, and truces that are used
    template(
        "truces that leak",
        "ceasefires.settle_days",
        effects=TEMPLATE_EFFECTS,
        given={"ceasefires.holds_cut": 4.0, "ceasefires.onset": 2e-3},
    ),
    template(
        "all opportunist",
        "ceasefires.scheming",
        strategy="opportunist",
        effects=TEMPLATE_EFFECTS,
        given={"ceasefires.hostile": 0.5, "ceasefires.early_end": 0.05, "ceasefires.onset": 2e-3},
    ),
    # agreements that neither side keeps well
    template(
        "12 years, agreements badly kept",
        "settlement.review_days",
        years=12,
        effects=TEMPLATE_EFFECTS,
        given=BADLY_KEPT,
    ),
    # the same, where it is milestones that sides look at, and not every day
    template(
        "12 years, milestones missed",
        "settlement.milestone",
        years=12,
        effects=TEMPLATE_EFFECTS,
        given=BADLY_KEPT | {"trust.kept_day": 0.01, "settlement.review_days": 30.0},
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
    # truces of days, one after another
    template(
        "truces of days",
        "ceasefires.brief",
        effects=TEMPLATE_EFFECTS,
        given={"ceasefires.term_cessation": 10.0, "ceasefires.onset": 2e-3},
    ),
    # a patron with a truce of its own, whose ally and foe wait to see
    Setting(
        "afghanistan-2018",
        "history",
        ("violence.weakened", "violence.patience", "violence.hush", "violence.waits"),
        "moves as they were made",
        mode="conditioned",
        given={"violence.hush": 0.6},  # at 0, its default, it does not matter how long they wait
    ),
)
"""Where parameters of the causal core act that rarely do so in the cases, and where its mechanisms are seen to act."""

SPREADS = ("violence.season_spread", "violence.max_deaths")
"""Parameters that keep every mean and say how far runs differ: audited by the spread of outcomes, not their mean."""
