"""Moves of ``detente if`` in words: what they become, and every fault of them."""

from datetime import date, timedelta

import pytest

from detente.experiments.benchmark.prospect_moves import asked_moves, moves_on
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

DAY = date(2030, 6, 1)


@pytest.fixture(scope="module")
def template():
    return load_scenario("template")


@pytest.fixture(scope="module")
def afghanistan():
    return load_scenario("afghanistan-2018")


def made(scenario, day=DAY, **given):
    return moves_on(scenario, day, asked_moves(**given))


def test_words_and_mappings_are_the_same():
    words = asked_moves(truce="class=preliminary, monitored=0.6,scope=national")
    assert words == asked_moves(
        truce=[{"class": "preliminary", "monitored": "0.6", "scope": "national"}], talks=None
    )


def test_a_ceasefire_is_of_both_sides_of_the_main_war(template):
    found = made(template, truce="class=definitive,monitored=0.6,scope=local")
    (move,) = found.moves
    assert (move["do"], move["sort"], move["scope"], move["date"]) == ("offer_truce", "joint", "local", DAY)
    assert {move["actor"], move["to"]} == {"republic", "movement"}
    assert move["until"] == template.case.end
    assert found.rank == 2
    assert list(found.facts.values()) == [0.6]


def test_a_ceasefire_of_one_side_is_not_answered_and_has_an_end(template):
    offer, block = made(template, truce="by=movement").moves
    assert (offer["sort"], offer["actor"], offer["to"]) == ("act", "movement", "republic")
    assert offer["until"] == DAY + timedelta(days=13)
    assert (block["do"], block["what"], block["actor"]) == ("block", "answer_truce", "republic")


def test_the_rules_decide_how_long_a_cessation_of_both_sides_lasts(template):
    (move,) = made(template, truce={}).moves
    assert "until" not in move


def test_days_set_the_end(template):
    (move,) = made(template, truce="days=30").moves
    assert move["until"] == DAY + timedelta(days=29)


def test_an_agreement_may_settle_some_issues(template):
    issues = [i.name for t in template.track for i in t.issues][:2]
    (move,) = made(template, agreement=f"issues={'+'.join(issues)}").moves
    assert (move["do"], move["issues"]) == ("sign_agreement", issues)
    (whole,) = made(template, agreement={}).moves
    assert "issues" not in whole


def test_talks_open_a_track_and_may_be_mediated(template):
    plain = made(template, talks={}).moves
    assert [m["do"] for m in plain] == ["open_track"]
    hosted = made(template, talks="mediated=0.5").moves
    assert [m["do"] for m in hosted] == ["open_track", "invite_mediators", "invite_mediators"]
    assert {m["amount"] for m in hosted[1:]} == {0.5}


def test_forces_go_home(afghanistan):
    (move,) = made(afghanistan, date(2018, 7, 1), withdrawal="left=0.25").moves
    assert (move["do"], move["actor"], move["amount"]) == ("draw_down", "united-states", 0.25)


def test_several_moves_are_made_on_one_day(template):
    found = made(template, truce="class=preliminary", talks={})
    assert [m["do"] for m in found.moves] == ["offer_truce", "open_track"]
    assert len(found.words) == 2


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({}, ["--truce", "got none", "--withdrawal"]),
        ({"truce": "clas=preliminary"}, ["--truce", "'clas'", "did you mean 'class'"]),
        ({"truce": "preliminary"}, ["--truce", "'preliminary'", "KEY=VALUE"]),
        ({"truce": "scope=local,scope=national"}, ["--truce", "scope", "twice"]),
    ],
)
def test_words_that_cannot_be_read(given, parts):
    with pytest.raises(InputError) as error:
        asked_moves(**given)
    assert all(part in str(error.value) for part in parts)


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({"truce": "class=preliminry"}, ["--truce class", "'preliminry'", "did you mean 'preliminary'"]),
        ({"truce": "monitored=2"}, ["--truce monitored", "'2'", "a number from 0 to 1"]),
        ({"truce": "between=republic+mars"}, ["--truce between", "'mars'", "movement"]),
        ({"truce": "by=nobody"}, ["--truce by", "republic"]),
        ({"agreement": "issues=weather"}, ["--agreement issues", "'weather'"]),
        ({"talks": "track=frnt"}, ["--talks track", "'frnt'", "front"]),
        ({"withdrawal": {}}, ["--withdrawal", "has a patron"]),
    ],
)
def test_values_that_cannot_be_meant(template, given, parts):
    with pytest.raises(InputError) as error:
        made(template, **given)
    assert all(part in str(error.value) for part in parts), str(error.value)


def test_every_fault_is_told_at_once(template):
    with pytest.raises(InputError) as error:
        made(template, truce="class=x,monitored=7", agreement="issues=weather")
    assert len(error.value.problems) == 3
