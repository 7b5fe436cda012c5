"""Settings of the audit: each change that a setting declares reaches the case, and nothing else does."""

from datetime import timedelta

import pytest

from detente.experiments.audit.exercises import SPECIAL, Setting, mediating, template
from detente.model.catalogue import load_scenario
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
    setting = mediating("persistent", "strategies.staying")
    assert {m.strategy for m in setting.scenario().mediator} == {"persistent"}
    assert (setting.case, setting.only, setting.name) == (
        "korea-2017",
        ("strategies.staying",),
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


def test_holidays_take_so_many_days():
    made = changed(holiday_days=30)
    assert [h.start for h in made.calendar.holidays] == [h.start for h in TEMPLATE.calendar.holidays]
    assert {h.end - h.start for h in made.calendar.holidays} == {timedelta(days=29)}


def test_an_opening_has_the_settings_own_parameters_and_those_moved():
    setting = template("odd", given={"trust.memory": 200.0, "trust.unmet": 0.4}, theory="ripeness")
    start = setting.opening({"trust": {"unmet": 0.9}, "talks": {"rescue": 3.0}})
    p = start.parameters
    assert (p.trust.memory, p.trust.unmet, p.talks.rescue) == (200.0, 0.9, 3.0)
    assert start.theory == "ripeness"
    assert start.policy.name == "five-lessons"
    with pytest.raises(InputError):
        setting.opening({"trust": {"unmet": 99.0}})


@pytest.mark.parametrize("setting", [s for s in SPECIAL if s.mode], ids=lambda s: s.name)
def test_moves_as_they_were_made_are_imposed(setting):
    assert setting.mode == "conditioned"
    assert setting.opening({}).mode == "conditioned"
