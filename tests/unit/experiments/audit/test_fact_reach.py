"""The reach of facts: which are moved, how far, and how the audit tells it."""

from typing import Any

import pytest

from detente.experiments.audit import audit as module
from detente.experiments.audit.audit import Audit, facts_moved
from detente.experiments.audit.effect_sizes import Effect
from detente.experiments.audit.fact_reach import FactResult, audit_facts
from detente.experiments.runs.inputs import ranged_facts
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.scenario import FactSpec

ATTACKS, LEVEL = "fact.relation.movement.republic.attacks", "fact.track.front.level"


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The template with a fact in a range, and one that is a point."""
    facts = (
        FactSpec(path="track.front.level", low=0.5, high=1.5, grade="expert"),
        FactSpec(path="party.movement.morale", low=1.0, high=1.0, grade="data"),
    )
    scenario = load_scenario("template").model_copy(update={"facts": facts})
    monkeypatch.setattr(module, "load_scenario", lambda name: scenario)


def test_facts_with_a_range_of_the_case_and_those_asked_for_are_moved(graded: None):
    moved = facts_moved("template", ["relation.movement.republic.attacks=0.2:4"])
    assert {name: (d.low, d.high) for name, d in moved.items()} == {LEVEL: (0.5, 1.5), ATTACKS: (0.2, 4.0)}
    with pytest.raises(InputError, match=r"did you mean 'party\.movement\.morale'"):
        facts_moved("template", ["party.movment.morale"])


def test_a_fact_that_matters_passes_and_one_that_does_not_is_no_failure(compiled: None):
    facts = ranged_facts(
        load_scenario("template"), ["relation.movement.republic.attacks=0.2:4", "party.movement.support"]
    )
    said: list[tuple[str, int, int]] = []
    matters, idle = audit_facts(
        "template", range(1, 31), "status-quo", facts, lambda *told: said.append(told)
    )
    assert said == [("template: facts", 0, 2), ("template: facts", 1, 2)]
    assert (matters.fact, matters.ends, matters.passed) == (ATTACKS, (0.2, 4.0), True)
    assert (idle.fact, idle.passed) == ("fact.party.movement.support", False)
    made = Audit((), (), (), (), (matters, idle))
    assert made.failures() == []
    assert made.table()[["kind", "case", "name", "passed"]].to_numpy().tolist() == [
        ["fact", "template", ATTACKS, True],
        ["fact", "template", "fact.party.movement.support", False],
    ]


def test_the_audit_moves_facts_under_every_policy(monkeypatch: pytest.MonkeyPatch):
    calls: list[Any] = []

    def moved(case: str, seeds: Any, policy: str, facts: Any, report: Any) -> list[FactResult]:
        calls.append((case, list(seeds), policy, list(facts)))
        return [FactResult(case, name, (0.0, 1.0), Effect("attacks", 1.0, 0.5, 1.5, 1.0)) for name in facts]

    monkeypatch.setattr(module, "audit_facts", moved)
    monkeypatch.setattr(module, "audit_policies", lambda *given, **how: Audit((), (), (), ()))
    made = module.audit("template", 3, facts=["track.front.level"])
    assert [(case, policy) for case, _, policy, _ in calls] == module.audited_policies("template")
    assert all((seeds, names) == ([1, 2, 3], [LEVEL]) for _, seeds, _, names in calls)
    assert {r.fact for r in made.facts} == {LEVEL}
