"""What is asked of a case: keywords sorted, checked and joined, and actors with a class of one's own."""

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from detente.agents.actors import DECISIONS, Faction, Mediator, Party
from detente.agents.codes import LEVERS
from detente.agents.parameters import Parameters
from detente.model.actor_checks import check_decisions, new_methods
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.keywords import (
    as_python,
    joined_levers,
    joined_parameters,
    nested_parameters,
    parameter_names,
)
from detente.model.request import (
    OPTIONS,
    Request,
    checked_date,
    checked_step,
    default_policy,
    keywords_of,
    open_case,
    policy_of,
    scenario_of,
    sorted_out,
)

CASE = "template"


def asker(case: str, policy: Any = None, *, cups: int = 1, **asked: Any) -> None:
    """A function that opens a case."""


def test_a_request_opens_what_open_case_opens():
    asked: Any = {"mediation": 0.5, "trust__memory": 300, "theory": "ripeness", "step_days": 7}
    one, other = Request.of(CASE, "opening", asked, asker).open(), open_case(CASE, "opening", **asked)
    assert np.array_equal(one.buffer, other.buffer)
    assert (one.theory, one.step_days, one.levers["mediation"]) == ("ripeness", 7.0, 0.5)
    assert one.parameters.trust.memory == 300


def test_other_parameters_take_the_place_of_a_requests_own():
    request = Request.of(CASE, None, {"trust__memory": 300.0}, asker)
    assert request.open(parameters={"trust": {"memory": 200}}).parameters.trust.memory == 200
    assert request.open().parameters.trust.memory == 300


def test_a_request_may_be_put_under_another_policy_from_the_start_or_from_a_day():
    request = Request.of(CASE, "status-quo", {}, asker)
    assert request.under("opening").policy.name == "opening"
    branched = request.until_branch("2030-06-01", "opening")
    assert (branched.policy.name, branched.policy_name) == ("status-quo", "opening")
    assert branched.branch is not None
    assert branched.branch[0] == date(2030, 6, 1)


def test_keywords_are_sorted():
    asked = {"mode": "free", "mediation": 1, "trust__memory": 2, "fact.x": 3, "fact__y": 4}
    options, levers, parameters, facts = sorted_out(asked, asker)
    assert (options, levers, parameters) == ({"mode": "free"}, {"mediation": 1}, {"trust__memory": 2})
    assert facts == {"fact.x": 3, "fact__y": 4}


def test_no_keyword_has_two_meanings():
    spelt = {name.replace(".", "__") for name in parameter_names()}
    assert not set(OPTIONS) & set(LEVERS)
    assert not spelt & {*OPTIONS, *LEVERS}


@pytest.mark.parametrize(
    ("name", "near"),
    [("cup", "cups"), ("modes", "mode"), ("mediatoin", "mediation"), ("trust__memori", "trust__memory")],
)
def test_an_unknown_keyword_is_told_the_nearest_of_all(name: str, near: str):
    with pytest.raises(InputError, match=f"'{name}'.*did you mean '{near}'"):
        sorted_out({name: 1}, asker)


def test_the_keywords_of_a_function_are_those_in_its_signature():
    assert keywords_of(asker) == ("case", "policy", "cups")


@pytest.mark.parametrize(
    "given",
    [
        [{"trust": {"memory": 3}, "talks": {"issue": 1}}],
        [{"trust.memory": 3, "talks.issue": 1}],
        [{"trust__memory": 3, "talks__issue": 1}],
        [{"trust": {"memory": np.int64(3)}}, {"talks__issue": np.int8(1)}],
        [{}, {"trust.memory": np.array(3), "talks": {"issue": 1}}],
    ],
)
def test_parameters_may_be_written_in_any_way(given: list[Any]):
    assert nested_parameters(*given) == {"trust": {"memory": 3}, "talks": {"issue": 1}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([{"trust.memory": 3, "trust": {"memory": 3}}], "trust.memory: is given twice"),
        ([{"trust.memory": 3}, {"trust__memory": 3}], "trust.memory: is given twice"),
        ([{"trust.memory": True}], "expected a number"),
        ([{"trust": {"memory": "3"}}], "expected a number"),
        ([{"trust.memory": np.array([1, 2])}], "expected a number"),
        ([{"trust.memori": 3}], "did you mean 'trust.memory'"),
        ([{"trust": 3}], "expected a parameter"),
    ],
)
def test_parameters_that_cannot_be_meant_are_refused(given: list[Any], expected: str):
    with pytest.raises(InputError, match=expected):
        nested_parameters(*given)


@pytest.mark.parametrize("given", [[("trust.memory", 3)], 3, "trust.memory=3"])
def test_what_is_no_mapping_is_no_settings(given: Any):
    with pytest.raises(InputError, match="parameters: got"):
        joined_parameters(given, {})
    with pytest.raises(InputError, match="levers: got"):
        joined_levers(given, {})


def test_whole_parameters_are_handed_on():
    whole = Parameters()
    assert joined_parameters(whole, {}) is whole
    assert joined_parameters(None, {}) is None


def test_numbers_of_numpy_are_pythons_own():
    for value in (np.float32(0.5), np.float64(0.5), np.array(0.5)):
        assert type(as_python(value)) is float
    assert type(as_python(np.int8(2))) is int
    assert as_python("text") == "text"
    assert len(as_python(np.arange(2))) == 2


def test_a_point_in_time_is_its_day():
    assert checked_date(datetime(2030, 6, 1, 12)) == date(2030, 6, 1)
    with pytest.raises(InputError, match="expected a date"):
        checked_date(20300601)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("step", ["7", True, 0.4, 29, np.array([1, 2])])
def test_a_step_that_does_not_divide_time_is_refused(step: Any):
    with pytest.raises(InputError, match="step_days"):
        checked_step(step)


def test_loaded_cases_and_policies_are_taken_as_they_are():
    scenario = load_scenario(CASE)
    assert scenario_of(scenario) is scenario
    policy = policy_of(scenario, "opening")
    assert policy_of(scenario, policy) is policy
    assert policy_of(scenario, None).name == default_policy(scenario) == "status-quo"
    assert default_policy(load_scenario("korea-2017")) == "history"


def test_a_case_without_a_policy_says_so(tmp_path: Any):
    text = (load_scenario(CASE).path or tmp_path).read_text(encoding="utf-8")
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="policy: template has none of its own"):
        open_case(tmp_path)


# -- actors


def derived(stock: type, *names: str) -> Any:
    return type("Own", (stock,), {name: lambda self, *about: 0.0 for name in names})


@pytest.mark.parametrize("name", list(DECISIONS[Party]))
def test_a_decision_may_be_overridden(name: str):
    check_decisions("actors.a", derived(Party, name), Party)


@pytest.mark.parametrize(
    ("stock", "name", "near"),
    [
        (Party, "offer_truse", "offer_truce"),
        (Party, "leave_trak", "leave_track"),
        (Party, "escalations", "escalation"),
        (Party, "drawdown", "draw_down"),
        (Mediator, "weight_pair", "weigh_pair"),
    ],
)
def test_a_decision_that_is_misspelt_is_refused(stock: type, name: str, near: str):
    with pytest.raises(InputError, match=f"actors.a: Own.{name} is no decision.*did you mean '{near}'"):
        check_decisions("actors.a", derived(stock, name), stock)


@pytest.mark.parametrize(
    ("stock", "name"), [(Party, "weigh_pair"), (Mediator, "offer_truce"), (Faction, "give_up")]
)
def test_a_decision_of_another_kind_of_actor_is_refused(stock: type, name: str):
    with pytest.raises(InputError, match="is no decision of a"):
        check_decisions("actors.a", derived(stock, name), stock)


def test_methods_of_ones_own_are_left_alone():
    own = derived(Party, "mood", "_offer_truse", "grievances")
    check_decisions("actors.a", own, Party)
    assert list(new_methods(own, Party)) == ["mood", "grievances"]


def test_a_mixed_in_class_is_looked_at_too():
    class Aside:
        def offer_truse(self, dyad: Any) -> float:
            return 0.0

    class Own(Aside, Party):
        pass

    with pytest.raises(InputError, match="offer_truse"):
        check_decisions("actors.a", Own, Party)


@pytest.mark.parametrize(
    ("case", "asked", "expected"),
    [
        (3, {}, "case: got 3; expected a case by name or path"),
        (CASE, {"policy": ["opening"]}, "policy: got .*; expected a policy by name or path"),
        (CASE, {"decisions": 3}, "decisions: got 3; expected a list of moves"),
        (CASE, {"decisions": [3]}, "decision, entry 1: got 3; expected a table"),
        (CASE, {"until": "2030-7-2"}, "until: got '2030-7-2'; expected a date"),
        (CASE, {"branch_at": "soon", "branch_to": "opening"}, "branch_at: got 'soon'; expected a date"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_keyword(case: Any, asked: Any, expected: str):
    with pytest.raises(InputError, match=expected):
        open_case(case, **asked)


def test_an_opening_holds_its_own_settings():
    from detente.model.process import PeaceProcess

    with pytest.raises(InputError, match="opening: got a policy or settings beside it"):
        PeaceProcess(opening=open_case(CASE), mediation=0.5)
