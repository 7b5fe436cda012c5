"""Checks of replay files: every fault of a recipe at once, and what was made by another case or program."""

from datetime import date

import pytest

from detente.experiments.cases.replay_checks import made_otherwise, recipe_problems, replay_remarks, short
from detente.experiments.runs.provenance import provenance
from detente.experiments.runs.replay import MADE_WITH, Recipe, Replay
from detente.model.policy import MoveSpec


def recipe(**changes):
    return Recipe.model_construct(**{**dict(Recipe(case="template", policy="opening")), **changes})


def problems(**changes):
    return list(recipe_problems(recipe(**changes)))


def test_a_recipe_that_opens_has_no_problem():
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"case": "templat"}, "did you mean 'template'"),
        ({"policy": "openin"}, "did you mean 'opening'"),
        ({"theory": "readines"}, "did you mean 'readiness'"),
        ({"step_days": -1.0}, "step_days"),
        ({"branch_at": date(2030, 3, 1), "branch_to": "openin"}, "did you mean 'opening'"),
        ({"levers": {"mediatio": 1.0}}, "did you mean 'mediation'"),
        ({"parameters": {"trust.memor": 3.0}}, "did you mean"),
        ({"mode": "fre"}, "mode"),
    ],
)
def test_each_fault_of_a_recipe_is_told(changes, said):
    (line,) = problems(**changes)
    assert said in line


def test_a_decision_of_nobody_is_told():
    move = MoveSpec.model_validate(
        {"date": date(2030, 4, 1), "actor": "republik", "do": "open_track", "track": "front"}
    )
    assert any("republic" in line for line in problems(decision=(move,)))


def test_all_faults_are_told_in_the_order_of_the_keys():
    found = problems(policy="openin", theory="readines", levers={"mediatio": 1.0})
    assert ["opening" in found[0], "readiness" in found[1], "mediation" in found[2]] == [True] * 3
    assert len(found) == 3
    assert len(problems(case="templat", policy="openin")) == 1  # without its case nothing else is known


def test_what_made_the_file_is_compared_with_what_is_here():
    start = recipe().open()
    now = provenance(start)
    same = {key: now[key] for key in MADE_WITH}
    assert made_otherwise(Replay(recipe(), same), start) == []
    assert made_otherwise(Replay(recipe(), {}), start) == []
    other = {**same, "version": "0.0.1", "rules_digest": "0123456789abcdef"}
    assert [remark.text for remark in made_otherwise(Replay(recipe(), other), start)] == [
        f"[made].version: the file says 0.0.1, here it is {now['version'][:12]}",
        f"[made].rules_digest: the file says 0123456789ab, here it is {now['rules_digest'][:12]}",
    ]


def test_remarks_on_the_policy_stand_behind_those_on_the_origin(monkeypatch):
    from detente.experiments.cases import replay_checks

    monkeypatch.setattr(replay_checks, "policy_remarks", lambda start: [start.policy.name])
    monkeypatch.setattr(replay_checks, "made_otherwise", lambda replay, start: ["made"])
    assert replay_remarks(Replay(recipe(), {})) == ["made", "opening"]
    assert short("0123456789abcdef") == "0123456789ab"
