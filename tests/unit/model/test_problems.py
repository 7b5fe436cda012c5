"""What is wrong with an input is told whole: every problem of a policy, a request, a folder that is a case."""

import shutil
from pathlib import Path

import pytest

from detente.model.catalogue import SHIPPED, is_path, load_policy, load_scenario
from detente.model.errors import InputError, raise_problems, together
from detente.model.request import checked_levers, merged_parameters

FAULTY = """
name = "faulty"
title = "Faulty"
summary = ""
until = 2040-01-01
[levers]
mediation = 2
[[move]]
date = 2029-01-01
actor = "republic"
do = "open_track"
track = "bakchannel"
[[move]]
date = 2030-05-01
actor = "republic"
do = "offer_truce"
to = "movment"
[[move]]
date = 2030-05-01
actor = "republic"
do = "offer_truse"
from = 2030-06-01
until = 2030-05-01
[[quiet]]
actor = "nobody"
from = 2030-01-01
"""


def test_every_problem_of_a_policy_is_there(tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(FAULTY, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_policy(load_scenario("template"), path)
    expected = {
        ("mediation", "got 2"),
        ("[move 3].do", "did you mean 'offer_truce'"),
        ("[move 3].until", "2030-05-01"),
        ("[move: republic open_track 2029-01-01].date", "a date from 2030-01-01"),
        (".track", "did you mean 'backchannel'"),
        (".to", "did you mean 'movement'"),
        ("[quiet 1].actor", "'nobody'"),
        ("until", "2040-01-01"),
    }
    problems = caught.value.problems
    for place, words in expected:
        assert [line for line in problems if place in line and words in line], (place, problems)
    assert all(line.startswith(str(path)) for line in problems)
    assert str(caught.value).endswith(f"`detente check {path}` lists them)")


def test_every_lever_and_parameter_is_told() -> None:
    with pytest.raises(InputError) as caught:
        checked_levers({"mediaton": 1, "recognition": 2, "ceasefires": 0.5})
    assert [line.split(":")[0] for line in caught.value.problems] == ["lever 'mediaton'", "lever recognition"]
    base = load_scenario("template").parameters
    with pytest.raises(InputError) as caught:
        merged_parameters(base, {"trst": {"memory": 1}, "trust": {"memry": 1}})
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError) as caught:
        merged_parameters(base, {"trust": {"memory": 1, "weight": 99}})
    assert len(caught.value.problems) == 2


def test_one_problem_is_its_own_text() -> None:
    assert str(together(["one"])) == "one"
    assert (
        str(together(["one", "two", "one"], "x.toml"))
        == "one (and 1 more: `detente check x.toml` lists them)"
    )
    assert together(["one", "two"]).problems == ("one", "two")
    raise_problems([])


def test_a_folder_that_holds_a_case_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SHIPPED / "template", tmp_path / "mine")
    for name in (tmp_path / "mine", str(tmp_path / "mine"), f"{tmp_path / 'mine'}/"):
        case = load_scenario(name)
        assert case.path == tmp_path / "mine" / "case.toml"
        assert load_policy(case, "opening").path == tmp_path / "mine" / "policies" / "opening.toml"
    monkeypatch.chdir(tmp_path)
    assert is_path("mine")
    assert load_scenario("mine").sha256 == load_scenario("template").sha256


def test_a_shipped_case_prevails_over_a_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHIPPED / "korea-2017", tmp_path / "template")
    monkeypatch.chdir(tmp_path)
    assert not is_path("template")
    assert load_scenario("template").case.name == "template"
    assert load_scenario("./template").case.name == "korea-2017"


def test_a_folder_without_a_case_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    assert not is_path("mine")
    with pytest.raises(InputError, match="unknown case 'mine'"):
        load_scenario("mine")
    with pytest.raises(InputError, match="is a directory"):
        load_scenario("./mine")
