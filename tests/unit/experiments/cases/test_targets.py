"""What a file or word is, by what stands in it and where it lies; what a sponsor's levers need in order to act."""

import tomllib

import pytest

from detente.experiments.cases.inert import Ground, inert_lever
from detente.experiments.cases.remark import Remark, remarks
from detente.experiments.cases.replay_checks import made_otherwise, recipe_problems, replay_remarks, short
from detente.experiments.cases.targets import (
    Target,
    case_around,
    kind_of,
    of_file,
    policy_of_case,
    recognised,
)
from detente.experiments.runs.provenance import provenance
from detente.experiments.runs.replay import MADE_WITH, Recipe, Replay
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError
from detente.model.scenario import parse_scenario


@pytest.mark.parametrize(
    ("tables", "kind"),
    [
        ({"replay": 1, "case": {}}, "replay"),
        ({"case": {"name": "x"}}, "case"),
        ({"case": "template"}, "design"),
        ({"cases": ["template"]}, "design"),
        ({"party": [], "relation": []}, "case"),
        ({"name": "x", "move": []}, "policy"),
        ({"extends": "x"}, "policy"),
        ({"theory": "ripeness", "runs": 3}, "design"),
        ({"policy": "x"}, "design"),
        ({"nothing": 1}, None),
        ({}, None),
    ],
)
def test_what_tables_are(tables, kind):
    assert kind_of(tables) == kind


def test_a_policy_of_a_case_by_name():
    assert policy_of_case("template/opening") == Target("policy", "opening", "template")
    assert policy_of_case(f"{SHIPPED / 'template'}/opening") == Target(
        "policy", "opening", str(SHIPPED / "template")
    )
    for word in ("template", "template/", "/opening", "nowhere/opening", "template/opening.toml"):
        assert policy_of_case(word) is None


def test_a_word_that_is_nothing_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'template'"):
        recognised("templat")
    assert recognised("opening", "template") == Target("policy", "opening", "template")


def test_the_case_that_a_policy_file_lies_in(tmp_path):
    (tmp_path / "policies").mkdir()
    for path in (tmp_path / "p.toml", tmp_path / "policies" / "p.toml"):
        path.write_text('name = "p"\n')
        assert case_around(path) is None
        assert of_file(path, None) == Target("policy", str(path), None)
        assert of_file(path, "template").case == "template"
    (tmp_path / "case.toml").write_text("")
    for path in (tmp_path / "p.toml", tmp_path / "policies" / "p.toml"):
        assert case_around(path) == str(tmp_path.resolve())
        assert of_file(path, "template").case == "template"
    design = tmp_path / "d.toml"
    design.write_text('case = "template"\n')
    assert of_file(design, None) == Target("design", str(design), None)
    with pytest.raises(InputError, match=r"--case: got 'template'; expected none, since .* is a design"):
        of_file(design, "template")


def test_remarks_stand_in_the_order_of_their_rules_and_once_each():
    def second_rule(subject):
        yield from (subject, "b", "b")

    def first_rule(subject):
        yield "b"

    found = remarks([second_rule, first_rule], "a")
    assert found == [Remark("second-rule", "a"), Remark("second-rule", "b"), Remark("first-rule", "b")]


# -- replay files


def test_every_problem_of_a_recipe_in_the_order_of_its_keys():
    fine = {"case": "template", "policy": "opening"}
    assert list(recipe_problems(Recipe(**fine))) == []
    (only,) = recipe_problems(Recipe(case="templat", policy="opening"))
    assert "templat" in only
    bad = Recipe(
        case="template",
        policy="opning",
        theory="luck",
        step_days=1.5,
        parameters={"trust.memory": 1.0},
        branch_at=None,
        branch_to="opening",
    )
    found = list(recipe_problems(bad))
    words = ("opning", "luck", "1.5", "branch", "trust.memory")
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))


def test_what_made_a_replay_file_otherwise():
    recipe = Recipe(case="template", policy="status-quo")
    now = provenance(recipe.open())
    same = {key: now[key] for key in MADE_WITH}
    assert made_otherwise(Replay(recipe, same), recipe.open()) == []
    assert made_otherwise(Replay(recipe, {}), recipe.open()) == []
    other = Replay(recipe, {**same, "policy_sha256": "0123456789abcdef"})
    (remark,) = replay_remarks(other)
    here = now["policy_sha256"][:12]
    assert remark.name == "made-otherwise"
    assert remark.text == f"[made].policy_sha256: the file says 0123456789ab, here it is {here}"
    assert short("0123456789abcdef") == "0123456789ab"


# -- how a sponsor's levers act


def ground(change=lambda raw: None, **groups):
    raw = tomllib.loads((SHIPPED / "template" / "case.toml").read_text(encoding="utf-8"))
    change(raw)
    scenario = parse_scenario(raw, "x.toml")
    changes = {}
    for name, value in groups.items():
        group, _, key = name.partition("__")
        own = changes.get(group, getattr(scenario.parameters, group))
        changes[group] = own.model_copy(update={key: value})
    return Ground(scenario, scenario.parameters.model_copy(update=changes))


def give(kind, **keys):
    """The sponsor gives one measure of a kind, and no other."""

    def change(raw):
        raw["measure"] = [{**raw["measure"][0], "kind": kind, "from": "republic", "to": "movement", **keys}]

    return change


@pytest.mark.parametrize(
    ("lever", "kind"),
    [("recognition", "recognition"), ("force_posture", "posture"), ("confidence_building", "confidence")],
)
def test_a_measure_of_a_sponsor_to_a_foe_lets_its_lever_act(lever, kind):
    assert inert_lever(ground(give(kind)), lever) is None
    free = inert_lever(ground(give(kind, cost=0.0)), lever)
    alone = inert_lever(ground(lambda raw: raw.update(measure=[])), lever)
    assert free == alone  # what costs nothing is never given, so it is as if there were none
    back = {"from": "movement", "to": "republic"}
    assert inert_lever(ground(give(kind, **back)), lever) == alone


def test_sponsors_and_foes():
    found = ground()
    assert [p.name for p in found.sponsors] == ["republic"]
    assert (found.is_sponsor("republic"), found.is_sponsor("movement")) == (True, False)
    assert [p.name for p in found.foes("republic")] == ["movement"]
    assert found.foes("nobody") == []
    afghan = load_scenario("afghanistan-2018")
    foes = Ground(afghan, afghan.parameters).foes("united-states")
    assert [p.name for p in foes] == ["taliban"]


def wanting(validation, presence=0.0):
    """No measure stands in the case; its foe wants so much, and its sponsor has so many forces present."""

    def change(raw):
        raw["measure"] = []
        raw["party"][0]["presence"] = presence
        raw["party"][1]["validation"] = validation

    return change


NO_GIFT = "no sponsor has a measure of the kind {} to give a foe"


@pytest.mark.parametrize(
    ("change", "groups", "why"),
    [
        (wanting(1.0), {}, None),
        (wanting(0.0), {}, "no foe of a sponsor wants validation"),
        (wanting(1.0), {"switches__readiness": 0}, "readiness is switched off"),
        (wanting(1.0), {"readiness__validation": 0.0}, "readiness.validation is 0"),
    ],
)
def test_recognition_draws_in_who_wants_it(change, groups, why):
    expected = None if why is None else f"{NO_GIFT.format('recognition')}, and {why}"
    assert inert_lever(ground(change, **groups), "recognition") == expected


def test_posture_acts_through_forces_that_are_present():
    absent = "no sponsor has forces present"
    gift = NO_GIFT.format("posture")
    assert inert_lever(ground(wanting(1.0)), "force_posture") == f"{gift}, and {absent}"
    present = wanting(1.0, presence=1.0)
    assert inert_lever(ground(present), "force_posture") is None
    off = {"switches__leverage": 0}
    assert inert_lever(ground(present, **off), "force_posture") is None  # it still draws in the foe
    still = wanting(0.0, presence=1.0)
    unwanted = "no foe of a sponsor wants validation"
    for groups, why in (
        (off, "leverage is switched off"),
        ({"leverage__posture_gain": 0.0}, "leverage.posture_gain is 0"),
    ):
        assert inert_lever(ground(still, **groups), "force_posture") == f"{gift}, and {unwanted}, and {why}"
    measures = {"switches__measures": 0}
    assert inert_lever(ground(wanting(0.0), **measures), "recognition") == (
        f"measures are switched off, and {unwanted}"
    )
