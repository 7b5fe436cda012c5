"""Every shipped case, cheaply: it loads, is checked without a remark, and runs under each of its policies."""

import pytest
from shipped_cases import FAST

from detente.experiments.cases.check import check
from detente.model.catalogue import case_names, file_names, load_policy, load_scenario
from detente.model.engine import run_batch
from detente.model.facts import facts_of
from detente.model.opening import opening
from detente.model.scenario import PartySpec, Scenario

OTHERS = [name for name in case_names() if name not in FAST]
"""What the fast suite does not take through every other check."""


def test_the_fast_cases_are_there():
    assert set(FAST) <= set(case_names())


@pytest.mark.parametrize("name", OTHERS)
def test_it_is_a_case_of_this_name_with_nothing_to_remark_on(name: str):
    assert load_scenario(name).case.name == name
    result = check(name)
    assert (result.errors, result.warnings) == ((), ())


@pytest.mark.parametrize("name", OTHERS)
def test_it_runs_under_each_policy(name: str, compiled: None):
    scenario = load_scenario(name)
    assert {"history", "status-quo", "five-lessons"} <= set(file_names(name))
    for policy in file_names(name):
        start = opening(scenario, load_policy(scenario, policy))
        made = run_batch(start, [1])
        assert made.final.shape[0] == 1


def graded(scenario: Scenario) -> set[str]:
    """The facts that need a grade: what is not nothing, and acts in this case."""
    parties = {f"party.{party.name}": party for party in scenario.party}
    paths = {path for path, known in facts_of(scenario).items() if known.value != 0.0}
    return {path for path in paths if acts(path.rpartition(".")[2], parties.get(path.rpartition(".")[0]))}


def acts(key: str, party: PartySpec | None) -> bool:
    """Whether a number does something: means of factions are derived, some act with a patron or abroad only."""
    if party is None:
        return True
    if key in ("alignment", "support"):
        return party.patron is not None
    return key != "hawkishness" and (key != "conditionality" or party.presence > 0.0)


@pytest.mark.parametrize("name", OTHERS)
def test_every_number_says_how_well_it_is_known(name: str):
    """A grade and a source for each fact; what is no number has its source beside it in the file."""
    scenario = load_scenario(name)
    said = {fact.path: fact for fact in scenario.facts}
    assert sorted(graded(scenario) - set(said)) == []
    assert [path for path, fact in said.items() if not fact.source] == []


@pytest.mark.parametrize("name", OTHERS)
def test_every_move_of_history_has_a_source(name: str):
    history = load_policy(load_scenario(name), "history")
    assert [str(move.date) for move in history.move if not move.source] == []
    assert [str(move.date) for move in history.move if not move.note] == []
