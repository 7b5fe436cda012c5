"""Facts of a case: which numbers they are, what a table may say of them, and a case with other ones."""

import math
import tomllib
from typing import Any

import pytest
from pydantic import Field
from shipped_cases import every_case

from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError
from detente.model.facts import Range, check_facts, facts_of, held, mean_hawkishness, number_keys, with_facts
from detente.model.fields import Share, Signed, Spec
from detente.model.scenario import Scenario, parse_scenario

TEMPLATE = (SHIPPED / "template/case.toml").read_text(encoding="utf-8")
MORALE = {"path": "party.movement.morale", "low": 0.5, "high": 1.5, "grade": "prior"}


def case_with(*facts: dict[str, Any]) -> Scenario:
    """The template with facts."""
    return parse_scenario({**tomllib.loads(TEMPLATE), "facts": list(facts)}, "x.toml")


def problems(*facts: dict[str, Any]) -> list[str]:
    """What is said of the template with facts that are wrong."""
    with pytest.raises(InputError) as caught:
        case_with(*facts)
    return list(caught.value.problems)


def fact(path: str, low: float, high: float, grade: str = "prior") -> dict[str, Any]:
    return {"path": path, "low": low, "high": high, "grade": grade}


@pytest.mark.parametrize("name", every_case())
def test_every_fact_of_a_shipped_case_can_be_set_alone(name: str):
    scenario = load_scenario(name)
    for path, known in facts_of(scenario).items():
        low, high = max(known.range.low, known.value - 0.01), min(known.range.high, known.value + 0.01)
        value = (low + high) / 2
        changed = with_facts(scenario, {path: value})
        assert facts_of(changed)[path].value == pytest.approx(value, abs=1e-12)
        assert known.range.holds(known.value)


def test_setting_one_fact_changes_nothing_else():
    scenario = load_scenario("template")
    before, after = facts_of(scenario), facts_of(with_facts(scenario, {"track.front.level": 2.5}))
    assert {path for path in before if before[path].value != after[path].value} == {"track.front.level"}
    assert facts_of(with_facts(scenario, {})) == before


def test_a_pair_of_numbers_has_a_fact_for_each_direction():
    changed = with_facts(load_scenario("template"), {"relation.movement.republic.trust": 0.2})
    assert changed.relation[0].trust == (0.35, 0.2)


def test_hawkishness_of_a_party_moves_all_its_factions_in_proportion():
    republic = load_scenario("template").party[0]
    assert mean_hawkishness(republic) == pytest.approx(0.46)
    lower = with_facts(load_scenario("template"), {"party.republic.hawkishness": 0.23}).party[0]
    assert [f.hawkishness for f in lower.faction] == pytest.approx([0.15, 0.35])
    higher = with_facts(load_scenario("template"), {"party.republic.hawkishness": 0.73}).party[0]
    assert [1 - f.hawkishness for f in higher.faction] == pytest.approx([0.35, 0.15])


def test_shares_that_are_not_set_keep_their_proportions():
    changed = with_facts(load_scenario("template"), {"faction.moderates.share": 0.9})
    assert [f.share for f in changed.party[0].faction] == pytest.approx([0.9, 0.1])
    drawn = {"faction.moderates.share": 0.9, "faction.generals.share": 0.9}
    assert [f.share for f in with_facts(load_scenario("template"), drawn).party[0].faction] == [0.5, 0.5]


def test_where_0_means_none_there_is_a_fact_only_above_0():
    known = facts_of(load_scenario("afghanistan-2018"))
    assert not known["party.united-states.presence"].range.holds(0.0)
    assert "party.taliban.presence" not in known
    assert not any(path.endswith("attacks") and "united-states.government" in path for path in known)


class Gauge(Spec):
    """A table with numbers of every kind."""

    plain: float = Field(1.0, ge=0, lt=2, description="as it is [m]")
    share: Share = 0.5
    maybe: float | None = Field(None, gt=0, description="unless given")
    both: tuple[Signed, Signed] = (0.0, 0.0)
    month: tuple[Share, ...] = ()
    word: str = ""
    count: int = 1
    either: float | str | None = None


def test_numbers_are_read_off_the_schema_of_a_table():
    keys = {key.name: (key.range, key.unit, key.pair) for key in number_keys(Gauge)}
    assert keys == {
        "plain": (Range(0.0, 2.0, open_high=True), "m", False),
        "share": (Range(0.0, 1.0), "1", False),
        "maybe": (Range(0.0, math.inf, open_low=True), "1", False),
        "both": (Range(-1.0, 1.0), "1", True),
    }
    assert [fact.path for fact in held("x", (), Gauge())] == ["x.plain", "x.share"]
    assert [fact.path for fact in held("x", (), Gauge(maybe=2.0))] == ["x.plain", "x.share", "x.maybe"]


def test_facts_count_in_the_digest_of_a_case_and_cases_without_them_keep_theirs():
    plain = parse_scenario(tomllib.loads(TEMPLATE), "x.toml")
    assert plain.sha256 == case_with().sha256 == load_scenario("template").sha256
    assert case_with(MORALE).sha256 != plain.sha256
    assert case_with(MORALE).facts[0].source is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (fact("party.movment.morale", 0, 1), "did you mean 'party.movement.morale'?"),
        (fact("party.movment.morale", 0, 1), "expected party. and then one of: republic, movement"),
        (fact("party.movement.moral", 0, 1), "expected party.movement. and then one of: validation,"),
        (fact("tracks.front.level", 0, 1), "expected a path that begins with one of: party, faction,"),
        (fact("party.movement.morale.x", 0, 1), "expected the path party.movement.morale"),
        (fact("mediator.neighbour.bias", 0, 1), "did you mean 'mediator.neighbour.republic.movement.bias'?"),
        (fact("party.movement.morale", -1, 1), "low: got -1.0; expected a number above 0 to 3"),
        (fact("party.movement.morale", 0.2, 5), "high: got 5.0; expected a number above 0 to 3"),
        (fact("party.movement.morale", 1.2, 1.1), "[facts 1].high: got 1.1; expected a number of at least"),
        (
            fact("party.movement.morale", 0.2, 0.9, "data"),
            "[facts 1: party.movement.morale]: value of the case: got 1.0; "
            "expected a value between its low and high, 0.2 to 0.9",
        ),
        (fact("party.movement.morale", 0.2, 1.9, "guess"), "expected one of: data, expert, judgement, prior"),
    ],
)
def test_a_wrong_fact_is_said_in_one_line(wrong: dict[str, Any], said: str):
    line, *more = problems(wrong)
    assert line.startswith("x.toml: [facts 1")
    assert said in line
    assert not more


def test_every_wrong_fact_is_said_at_once():
    lines = problems(MORALE, MORALE, fact("x", 0, 1), fact("party.republic.morale", 0.1, 0.2))
    assert len(lines) == 3
    assert "[facts 2].path" in lines[0]


def test_a_case_grades_no_more_facts_than_it_can_have():
    assert "got 1001; expected at most 1000 of them" in problems(*[MORALE] * 1001)[0]


def test_priors_that_do_not_go_together_are_refused():
    assert "at most max_cost, 1" in problems(fact("measure.prisoner-release.cost", 0.1, 1.2))[0]
    assert "at least the cost, 0.3" in problems(fact("measure.prisoner-release.max_cost", 0.2, 1.2))[0]
    both = [fact("party.republic.hawkishness", 0.1, 0.9), fact("faction.generals.hawkishness", 0.5, 0.9)]
    assert "either this or party.republic.hawkishness" in problems(*both)[0]
    known = [{**f, "grade": "expert"} for f in both]
    assert len(case_with(*known).facts) == 2


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"party.movment.morale": 1.0}, "did you mean 'party.movement.morale'?"),
        (
            {"party.movement.morale": 4.0},
            "fact.party.movement.morale: got 4.0; expected a number above 0 to 3",
        ),
        ({"party.movement.morale": math.nan}, "expected a number above 0 to 3"),
        ({"party.movement.morale": True}, "got True"),
        ({"faction.generals.share": 0.7, "faction.moderates.share": 0.7}, "that sum to 1"),
        ({"measure.prisoner-release.cost": 2.0}, "at most max_cost, 1"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(facts: dict[str, Any], said: str):
    with pytest.raises(InputError) as caught:
        check_facts(load_scenario("template"), facts)
    assert len(caught.value.problems) == 1
    assert said in str(caught.value)


def test_a_setting_has_to_go_with_the_whole_range_of_what_is_drawn():
    scenario = case_with(fact("measure.prisoner-release.max_cost", 0.6, 1.2))
    check_facts(scenario, {"measure.prisoner-release.cost": 0.5})
    with pytest.raises(InputError, match=r"at most max_cost, 0\.6"):
        check_facts(scenario, {"measure.prisoner-release.cost": 0.8})
