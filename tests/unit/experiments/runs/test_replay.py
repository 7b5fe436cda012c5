"""Replay files: what a recipe holds, how it is written and read back, and what is said of differences."""

from datetime import date
from types import SimpleNamespace

import pytest

from detente.experiments.runs import replay as module
from detente.experiments.runs.replay import (
    MADE_WITH,
    MOST_DECISIONS,
    Recipe,
    Replay,
    as_number,
    key_of,
    parse_replay,
    read_replay,
    recipe_of,
    replay_text,
)
from detente.model.errors import InputError
from detente.model.request import open_case

DECISION = {"date": date(2030, 4, 1), "actor": "republic", "do": "open_track", "track": "front"}
FULL = {
    "case": "template",
    "policy": "opening",
    "seed": 7,
    "theory": "ripeness",
    "until": "2030-06-01",
    "mode": "until",
    "levers": {"recognition": 1},
    "parameters": {"trust.memory": 300},
    "decision": [DECISION],
}
ABOUT = {**{name: name[0] * 20 for name in MADE_WITH}, "other": "x"}
RUN = SimpleNamespace(drawn_facts={}, about=ABOUT, trajectory=SimpleNamespace(sha256="t" * 20))


def test_a_recipe_opens_its_case():
    made = recipe_of(FULL, "file")
    assert (made.until, made.levers, made.parameters) == (
        date(2030, 6, 1),
        {"recognition": 1.0},
        {"trust.memory": 300.0},
    )
    start = made.open()
    assert (start.policy.name, start.theory, start.mode) == ("opening", "ripeness", "until 2030-06-01")
    assert start.levers["recognition"] == 1.0
    assert start.parameters.trust.memory == 300.0
    assert [d.track for d in start.decisions] == ["front"]
    plain = Recipe(case="template", policy="opening")
    assert (plain.seed, plain.theory, plain.decision) == (1, "readiness", ())


def test_what_is_not_set_is_not_written():
    assert Recipe(case="template", policy="opening").written() == {"case": "template", "policy": "opening"}
    written = recipe_of(FULL, "file").written()
    assert list(written) == [
        "case",
        "policy",
        "seed",
        "theory",
        "mode",
        "until",
        "levers",
        "parameters",
        "decision",
    ]
    assert recipe_of(written, "again") == recipe_of(FULL, "file")


def test_a_file_is_read_as_it_was_written(tmp_path):
    recipe = recipe_of(FULL, "file")
    path = tmp_path / "run.toml"
    path.write_text(replay_text(recipe, RUN), encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert text.startswith(
        "# A run of Détente: `detente run --replay FILE` makes it again. Not a forecast.\n\n"
    )
    assert "until = 2030-06-01" in text
    found = read_replay(path)
    assert found.recipe == recipe
    assert found.made == {**{name: ABOUT[name] for name in MADE_WITH}, "trajectory_sha256": "t" * 20}


def test_what_differs_is_told_a_line_each():
    made = {name: ABOUT[name] for name in MADE_WITH}
    assert Replay(None, made).differences(RUN) == []
    other = {**made, "version": "0.2", "trajectory_sha256": "u" * 20}
    assert Replay(None, other).differences(RUN) == [
        f"version: the file says 0.2, here it is {ABOUT['version'][:12]}",
        f"trajectory_sha256: the file says {'u' * 12}, here it is {'t' * 12}",
    ]
    assert Replay(None, {}).differences(RUN) == []


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"replay": 2}, "file: replay: got 2; expected 1"),
        ({"replay": True}, "file: replay: got True; expected 1"),
        ({}, "file: replay: got None; expected 1"),
        ({"replay": 1, "made": 3}, "file: made: got '3'; expected a table of digests"),
        ({"replay": 1, "made": {"version": 3}}, "expected a table of digests"),
        ({"replay": 1, "case": "template"}, "policy: got nothing"),
    ],
)
def test_files_that_are_no_replays(tables, words):
    with pytest.raises(InputError) as caught:
        parse_replay(tables, "file")
    assert words in str(caught.value)


def test_whole_numbers_count_as_numbers():
    assert [as_number(v) for v in (3, 3.5, "3", None)] == [3.0, 3.5, "3", None]
    assert type(as_number(3)) is float
    assert as_number(True) is True
    assert as_number(2**1000) == 2**1000
    assert type(as_number(2**1000)) is int
    assert MOST_DECISIONS == 500


def test_all_that_decides_a_run_is_in_its_key():
    start = open_case("template", "opening")
    assert key_of(start, 1) == key_of(open_case("template", "opening"), 1)
    keys = {
        key_of(start, 1),
        key_of(start, 2),
        key_of(open_case("template", "status-quo"), 1),
        key_of(open_case("template", "opening", levers={"recognition": 0.5}), 1),
        key_of(open_case("template", "opening", theory="ripeness"), 1),
        key_of(open_case("template", "opening", step_days=7.0), 1),
    }
    assert len(keys) == 6


@pytest.mark.parametrize(("engine", "said"), [("compiled", 1), ("mesa", 0)])
def test_a_replay_is_run_and_compared(monkeypatch, tmp_path, engine, said):
    path = tmp_path / "run.toml"
    text = replay_text(Recipe(case="template", policy="opening", seed=9), RUN)
    path.write_text(text.replace('version = "', 'version = "old'), encoding="utf-8")
    asked, told, ready = [], [], []
    monkeypatch.setattr(
        module, "run_opening", lambda start, seed, engine: asked.append((seed, engine)) or RUN
    )
    found = module.replay(
        path, engine=engine, report=told.append, ready=lambda start, seed: ready.append(seed)
    )
    assert found is RUN
    assert asked == [(9, engine)]
    assert ready == [9] * said
    assert len(told) == 1
    with pytest.warns(UserWarning, match=r"run\.toml: version: the file says old"):
        module.replay(path, engine=engine)


def test_every_field_of_a_recipe_reaches_its_opening(monkeypatch):
    asked = {}
    opening = SimpleNamespace(open=lambda: "opened")

    def request(case, policy, given, way):
        asked.update(given, args=(case, policy))
        return opening

    monkeypatch.setattr(module.Request, "of", request)
    about = {"mode": "conditioned", "until": "2030-06-01", "step_days": 7.0, "theory": "ripeness"}
    about |= {"branch_at": "2030-03-01", "branch_to": "opening", "levers": {"recognition": 0.5}}
    about |= {"profile": "core-0.1"}
    raw = {"case": "template", "policy": "status-quo", "parameters": {"trust.memory": 300}, **about}
    recipe = recipe_of({**raw, "decision": [DECISION]}, "file")
    recipe.open()
    about |= {"until": date(2030, 6, 1), "branch_at": date(2030, 3, 1)}
    about |= {"parameters": {"trust": {"memory": 300.0}}, "decisions": recipe.decision}
    assert asked.pop("args") == ("template", "status-quo")
    assert {key: asked[key] for key in about} == about
    assert len(recipe.decision) == 1
    Recipe(case="template", policy="opening").open()
    assert asked["parameters"] is None


def test_a_run_under_a_profile_is_replayed_under_it(tmp_path):
    recipe = Recipe(case="template", policy="status-quo", until=date(2030, 6, 1), profile="core-0.1")
    run = recipe.run("mesa")
    path = tmp_path / "run.toml"
    path.write_text(replay_text(recipe, run), encoding="utf-8")
    assert read_replay(path).recipe == recipe
    again = module.replay(path, engine="mesa", report=pytest.fail)
    assert again.trajectory.sha256 == run.trajectory.sha256
    usual = Recipe(case="template", policy="status-quo", until=date(2030, 6, 1)).run("mesa")
    assert usual.trajectory.sha256 != run.trajectory.sha256


def test_a_profile_that_there_is_not_is_refused_by_its_name():
    recipe = recipe_of({"case": "template", "policy": "opening", "profile": "core-0.2"}, "file")
    with pytest.raises(InputError, match=r"profile: got 'core-0\.2'; expected core-0\.1"):
        recipe.open()


def test_a_branch_is_written_and_read_back(tmp_path):
    recipe = recipe_of(
        {"case": "template", "policy": "status-quo", "branch_at": "2030-03-01", "step_days": 7}, "f"
    )
    path = tmp_path / "run.toml"
    path.write_text(replay_text(recipe, RUN), encoding="utf-8")
    assert "branch_at = 2030-03-01" in path.read_text(encoding="utf-8")
    assert read_replay(path).recipe == recipe
    assert (recipe.branch_at, recipe.step_days) == (date(2030, 3, 1), 7.0)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"seed": -1}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"case": ""}, "case"),
        ({"policy": "x" * 501}, "policy"),
        ({"levers": {"recogniton": 1}}, "recognition"),
        ({"levers": {"recognition": 1.5}}, "recognition"),
        ({"decision": [DECISION] * 501}, "decision"),
        ({"until": "2030-13-01"}, "until"),
        ({"other": 1}, "other"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_by_the_name_of_its_key(raw, said):
    with pytest.raises(InputError, match=f"file.*{said}"):
        recipe_of({"case": "template", "policy": "opening", **raw}, "file")


def test_a_recipe_runs_under_its_seed(monkeypatch):
    asked = []
    monkeypatch.setattr(
        module, "run_opening", lambda start, seed, engine: asked.append((start, seed, engine))
    )
    monkeypatch.setattr(module.Request, "open", lambda request: "opened")
    Recipe(case="template", policy="opening", seed=2**64 - 1).run("mesa")
    Recipe(case="template", policy="opening").run()
    assert asked == [("opened", 2**64 - 1, "mesa"), ("opened", 1, "auto")]
