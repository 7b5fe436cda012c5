"""What a user decides in the course of a run: nothing before its day, and the same bytes wherever it is run."""

import subprocess
import sys
from datetime import date
from typing import Any

import numpy as np
import pytest

from detente.agents import codes
from detente.experiments.runs.replay import Recipe, key_of, parse_replay, recipe_of, replay_text
from detente.model.errors import InputError
from detente.model.request import open_case

CASE = "template"


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    start = open_case(CASE, "status-quo")
    a, b = next(r.between for r in start.scenario.relation if r.hostile)
    measure = next(m for m in start.scenario.measure if m.giver in (a, b))
    return {
        "a": a,
        "b": b,
        "track": next(t.name for t in start.scenario.track if set(t.between) == {a, b}),
        "measure": measure.name,
        "giver": measure.giver,
        "day": start.scenario.case.pivot,
        "start": start.scenario.case.start,
    }


def each_decision(names: dict[str, Any]) -> list[dict[str, Any]]:
    day, a, b = names["day"], names["a"], names["b"]
    return [
        {"date": day, "sort": "joint", "actor": a, "to": b, "do": "offer_truce"},
        {"date": day, "sort": "joint", "actor": a, "to": b, "do": "open_track", "track": names["track"]},
        {"date": day, "actor": names["giver"], "do": "give_measure", "measure": names["measure"]},
        {"date": day, "actor": a, "do": "invite_mediators"},
    ]


def rows(decisions: list[dict[str, Any]], compiled: Any, seed: int = 3) -> Any:
    from detente.model.engine import run_one

    return run_one(open_case(CASE, "status-quo", decisions=decisions), seed)


@pytest.mark.parametrize("k", range(4))
def test_history_up_to_a_decision_is_untouched_and_what_follows_is_not(
    k: int, names: dict[str, Any], compiled: None
) -> None:
    plain, decided = rows([], compiled), rows([each_decision(names)[k]], compiled)
    before = (names["day"] - names["start"]).days
    assert np.array_equal(plain.rows[: before + 1], decided.rows[: before + 1])
    assert plain.sha256 != decided.sha256
    early = [e for e in decided.events if e["day"] < before]
    assert [tuple(e) for e in plain.events if e["day"] < before] == [tuple(e) for e in early]
    assert any(
        e["day"] == before and e["why"] in (codes.BY_POLICY, codes.AGAINST_MODEL) for e in decided.events
    )


def test_both_drivers_make_the_same_of_decisions(
    names: dict[str, Any], workshop: Any, compiled: None
) -> None:
    start = open_case(CASE, "status-quo", decisions=each_decision(names))
    assert workshop.mesa(start, 5).sha256 == workshop.run(start, 5).sha256


def test_a_decision_rules_out_what_a_policy_would_impose(compiled: None) -> None:
    from detente.model.engine import run_one

    case, policy = "afghanistan-2018", "history"
    spec = next(m for m in open_case(case, policy).policy.move if m.do == "give_measure" and m.date)
    block = {"date": spec.date, "actor": spec.actor, "do": "block", "what": "give_measure"}
    start = open_case(case, policy, mode="conditioned", decisions=[{**block, "measure": spec.measure}])
    choice = start.cast.choices.index(f"{spec.actor}:give_measure:{spec.measure}")
    day = (spec.date - start.scenario.case.start).days if spec.date else 0

    def imposed(opening: Any) -> list[float]:
        events = run_one(opening, 1).events
        found = (events["what"] == codes.MOVE_IMPOSED) & (events["subject"] == choice)
        return [float(d) for d in events["day"][found]]

    assert day in imposed(open_case(case, policy, mode="conditioned"))
    assert all(d < day for d in imposed(start))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"actor": "nobody"}, "nobody"),
        ({"date": "2090-01-01"}, "2090-01-01"),
        ({"date": "soon"}, "soon"),
        ({"date": None}, "date"),
        ({"do": "attack"}, "attack"),
        ({"sort": "outcome"}, "outcome"),
        ({"to": None}, "to"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    names: dict[str, Any], change: dict[str, Any], expected: str
) -> None:
    decision = {**each_decision(names)[0], **change}
    given = {key: value for key, value in decision.items() if value is not None}
    with pytest.raises(InputError, match=expected):
        open_case(CASE, "status-quo", decisions=[given])


def test_a_replay_file_gives_the_same_bytes(names: dict[str, Any]) -> None:
    recipe = recipe_of(
        {
            "case": CASE,
            "policy": "status-quo",
            "seed": 7,
            "levers": {"direct_channel": 1},
            "decision": each_decision(names),
        },
        "a test",
    )
    run = recipe.run("mesa")
    import tomllib

    again = parse_replay(tomllib.loads(replay_text(recipe, run)), "file")
    assert again.recipe == recipe
    assert again.recipe.run("mesa").trajectory.sha256 == run.trajectory.sha256
    assert again.differences(run) == []
    assert key_of(recipe.open(), 7) == key_of(again.recipe.open(), 7) != key_of(recipe.open(), 8)


def test_a_replay_file_of_another_version_says_so(names: dict[str, Any]) -> None:
    recipe = Recipe(case=CASE, policy="status-quo")
    run = recipe.run("mesa")
    import tomllib

    tables = tomllib.loads(replay_text(recipe, run))
    tables["made"]["scenario_sha256"] = "0" * 64
    (line,) = parse_replay(tables, "file").differences(run)
    assert "scenario_sha256" in line


@pytest.mark.parametrize(
    "tables", [{}, {"replay": 2}, {"replay": True}, {"replay": 1}, {"replay": 1, "made": 3}]
)
def test_what_is_no_replay_file_is_refused(tables: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        parse_replay(tables, "file")


def test_the_command_line_replays(tmp_path: Any, names: dict[str, Any]) -> None:
    import json

    recipe = recipe_of(
        {"case": CASE, "policy": "status-quo", "seed": 2, "decision": each_decision(names)}, "x"
    )
    run = recipe.run("mesa")
    file = tmp_path / "run.toml"
    file.write_text(replay_text(recipe, run), encoding="utf-8")
    command = [sys.executable, "-m", "detente", "run", "--replay", str(file)]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["trajectory_sha256"] == run.trajectory.sha256
    refused = subprocess.run(
        [*command, "--seed", "9"], capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode == 2
    assert "--replay" in refused.stderr


def test_dates_may_be_text(names: dict[str, Any]) -> None:
    decision = each_decision(names)[0]
    text = {**decision, "date": decision["date"].isoformat()}
    assert isinstance(decision["date"], date)
    assert (
        open_case(CASE, "status-quo", decisions=[text]).decisions
        == open_case(CASE, "status-quo", decisions=[decision]).decisions
    )
