"""Settings of the audit: each change that a setting declares reaches the case, and nothing else does."""

from datetime import timedelta

import pytest

from detente.agents.parameters import CORE_SWITCHES
from detente.experiments.audit.exercises import (
    CORE,
    RAISED,
    SPECIAL,
    SPREADS,
    Setting,
    mediating,
    template,
    unset_levers,
)
from detente.experiments.cases.inert import Ground, inert_parameter
from detente.model.catalogue import load_policy, load_scenario
from detente.model.errors import InputError

TEMPLATE = load_scenario("template")


def changed(**changes):
    return Setting("template", "five-lessons", **changes).scenario()


def test_a_plain_setting_is_the_case():
    plain = changed()
    assert tuple(plain.party) == tuple(TEMPLATE.party)
    assert (plain.relation, plain.calendar) == (TEMPLATE.relation, TEMPLATE.calendar)
    assert plain.case == TEMPLATE.case
    assert Setting("template", "five-lessons").name == "template"
    assert Setting("template", "five-lessons", kind="odd").name == "template: odd"


def test_all_parties_or_only_those_that_are_no_sponsors_take_a_strategy():
    assert {p.strategy for p in changed(strategy="cautious").party} == {"cautious"}
    mixed = changed(strategy="cautious", others="hardliner").party
    assert {p.sponsor: p.strategy for p in mixed} == {True: "cautious", False: "hardliner"}
    assert {p.sponsor: p.strategy for p in changed(others="hardliner").party}[False] == "hardliner"
    sponsor = next(p for p in TEMPLATE.party if p.sponsor)
    assert next(p for p in changed(others="hardliner").party if p.sponsor) == sponsor


def test_mediators_take_a_strategy():
    setting = mediating("persistent", "mediation.persistence")
    assert {m.strategy for m in setting.scenario().mediator} == {"persistent"}
    assert (setting.case, setting.only, setting.name) == (
        "korea-2017",
        ("mediation.persistence",),
        "korea-2017: all persistent",
    )


def test_a_case_may_be_shorter_or_longer():
    made = changed(years=0.5)
    assert made.case.end - made.case.start == timedelta(days=183)


def test_attacks_are_multiplied():
    for mine, own in zip(changed(attacks=5.0).relation, TEMPLATE.relation, strict=True):
        assert mine.attacks == tuple(5.0 * a for a in own.attacks)


def test_a_deadlier_war_is_deadlier_in_every_year():
    afghan = load_scenario("afghanistan-2018")
    made = Setting("afghanistan-2018", "history", deadliness=4.0).scenario()
    years = range(afghan.case.start.year, afghan.case.end.year + 1)
    assert made.calendar.severity == {y: 4.0 * afghan.calendar.severity.get(y, 1.0) for y in years}


def test_an_opening_has_the_settings_own_parameters_and_those_moved():
    setting = template("odd", given={"trust.memory": 200.0, "trust.unmet": 0.4}, theory="ripeness")
    start = setting.opening({"trust": {"unmet": 0.9}, "talks": {"rescue": 3.0}})
    p = start.parameters
    assert (p.trust.memory, p.trust.unmet, p.talks.rescue) == (200.0, 0.9, 3.0)
    assert start.theory == "ripeness"
    assert start.policy.name == "five-lessons"
    with pytest.raises(InputError):
        setting.opening({"trust": {"unmet": 99.0}})


@pytest.mark.parametrize("setting", [s for s in (*SPECIAL, *CORE) if s.mode], ids=lambda s: s.name)
def test_moves_as_they_were_made_are_imposed(setting):
    assert setting.mode == "conditioned"
    assert setting.opening({}).mode == "conditioned"


DECLARED = {
    # kind: parameters audited there, and what differs from a plain setting
    "an initiator and a hardliner": ("trust.unmet", {"strategy": "grit_initiator", "others": "hardliner"}),
    "half a year, grown deadlier": ("ceasefires.bloody", {"years": 0.5, "deadliness": 4.0}),
    "a war of usual volatility": ("violence.level_spread", {"volatility_given": False}),
    "a quarter of an intense war": ("violence.season_spread", {"years": 0.25, "attacks": 5.0}),
    "12 years, bargains that bind": (
        "settlement.relapse_two settlement.relapse_later settlement.protected settlement.implementation_days",
        {"years": 12, "given": {"settlement.shift": 0.0}},
    ),
    "brittle truces": (
        "ceasefires.monitored",
        {
            "given": {
                "ceasefires.collapse_cessation": 0.008,
                "ceasefires.hostile": 0.05,
                "ceasefires.lever_gain": 10.0,
            }
        },
    ),
    "an ally that minds": (
        "leverage.reliance leverage.standing",
        {"case": "afghanistan-2018", "given": {"talks.slight": 0.03, "talks.exclusion": 0.005}},
    ),
}


@pytest.mark.parametrize("setting", SPECIAL, ids=lambda s: s.name)
def test_a_setting_is_declared_as_agreed(setting):
    only, changes = DECLARED[setting.kind]
    plain = {"case": "template", "policy": "five-lessons", "kind": setting.kind, "only": tuple(only.split())}
    assert setting == Setting(**(plain | changes))


def test_every_declared_setting_is_searched():
    assert [s.kind for s in SPECIAL] == list(DECLARED)
    assert SPREADS == ("violence.season_spread",)


def test_a_lever_that_five_lessons_does_not_name_is_raised_where_parameters_are_audited():
    whole = load_policy(TEMPLATE, "five-lessons")
    assert unset_levers(whole) == {}, "nothing changes while it names them all"
    assert set(whole.levers.values()) == {RAISED}
    less = whole.model_copy(update={"levers": {k: v for k, v in whole.levers.items() if k != "mediation"}})
    assert unset_levers(less) == {"mediation": RAISED}
    assert unset_levers(load_policy(TEMPLATE, "status-quo")) == {}


def test_issues_do_what_a_setting_says_they_do():
    effects = {"power": {"power": 0.5}, "land": {"demobilisation": 0.8, "of": "movement"}}
    made = changed(effects=effects).track
    for mine, own in zip(made, TEMPLATE.track, strict=True):
        assert [i.name for i in mine.issues] == [i.name for i in own.issues]
        does = {i.name: i.does.effect for i in mine.issues if i.does is not None}
        declared = {i.name: i.does.effect for i in own.issues if i.does is not None}
        changed_here = {
            name: next(iter(effects[name])) for name in effects if name in {i.name for i in own.issues}
        }
        assert does == declared | changed_here


@pytest.mark.parametrize("setting", [*SPECIAL, *CORE], ids=lambda s: s.name)
def test_no_parameter_is_inert_where_it_is_audited(setting):
    start = setting.opening({})
    ground = Ground(start.scenario, start.parameters, (start.theory,))
    assert {name: why for name in setting.only if (why := inert_parameter(ground, name)) is not None} == {}


def test_the_core_is_on_where_it_is_audited():
    assert set(CORE_SWITCHES) == {"bargaining", "terms", "adherence", "level", "leaders", "endings"}
    for setting in CORE:
        switches = setting.opening({}).parameters.switches
        assert all(getattr(switches, name) == 1 for name in CORE_SWITCHES)


def test_a_setting_may_leave_out_how_volatile_a_war_is():
    made = changed(volatility_given=False, attacks=2.0).relation
    assert [r.volatility for r in made] == [None] * len(TEMPLATE.relation)
    assert [r.attacks[0] for r in made] == [2.0 * r.attacks[0] for r in TEMPLATE.relation]
    assert all(r.volatility is not None for r in TEMPLATE.relation)


def test_deadliness_multiplies_what_the_case_says_of_a_year():
    setting = Setting("template", "five-lessons", deadliness=4.0)
    calendar = TEMPLATE.calendar.model_copy(update={"severity": {2030: 2.0, 2029: 9.0}})
    found = setting.calendar(calendar, TEMPLATE.case.start, TEMPLATE.case.end)
    assert found.severity == {2030: 8.0, 2031: 4.0}
    assert found.holidays == calendar.holidays
