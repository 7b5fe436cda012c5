"""Facts that are drawn, in everything that runs a case: results say which, a replay draws them again."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import detente
from detente.experiments.cli.main import app
from detente.experiments.runs.inputs import declared_facts, ranged_facts
from detente.experiments.runs.replay import Recipe, parse_replay, replay_text
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError

FACTS = """
[[facts]]
path = "party.movement.morale"
low = 0.5
high = 1.5
grade = "prior"

[[facts]]
path = "relation.movement.republic.trust"
low = 0.2
high = 0.5
grade = "expert"
source = "a table of actors"
"""
MORALE, TRUST = "party.movement.morale", "relation.movement.republic.trust"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of a short war of which something is not known."""
    made = tmp_path_factory.mktemp("case")
    text = (SHIPPED / "template/case.toml").read_text(encoding="utf-8")
    text = text.replace("end = 2031-12-31 ", "end = 2030-06-30 ")
    text = text.replace(
        '[[calendar.holidays]]\nname = "Spring festival"\nfrom = 2031-04-10\nuntil = 2031-04-12\nrestraint = 0.5\n',
        "",
    )
    (made / "case.toml").write_text(text + FACTS, encoding="utf-8")
    (made / "policies").mkdir()
    for name in ("status-quo", "opening"):
        policy = (SHIPPED / f"template/policies/{name}.toml").read_text(encoding="utf-8")
        (made / "policies" / f"{name}.toml").write_text(policy, encoding="utf-8")
    return made


def test_a_run_says_what_its_seed_drew(folder: Path):
    run = detente.run(folder, "status-quo", seed=3, engine="mesa")
    about = run.to_json()
    assert (about["facts"], about["priors"]) == ({}, [MORALE])
    assert about["drawn_facts"] == run.drawn_facts
    assert 0.5 <= run.drawn_facts[MORALE] <= 1.5
    other = detente.run(folder, "opening", seed=3, engine="mesa")
    assert other.drawn_facts == run.drawn_facts


def test_a_run_at_the_point_or_with_a_fact_set_draws_nothing(folder: Path):
    point = detente.run(folder, "status-quo", seed=3, engine="mesa", point=True)
    assert (point.to_json()["priors"], point.drawn_facts) == ([], {})
    fixed = detente.run(folder, "status-quo", seed=3, engine="mesa", fact__party__movement__morale=1.0)
    assert fixed.to_json()["facts"] == {MORALE: 1.0}
    assert fixed.trajectory.sha256 == point.trajectory.sha256
    drawn = detente.run(folder, "status-quo", seed=3, engine="mesa")
    assert drawn.trajectory.sha256 != point.trajectory.sha256


def test_an_ensemble_has_a_column_for_what_it_drew(folder: Path, compiled: None):
    made = detente.ensemble(folder, "status-quo", runs=4)
    column = made.outcomes[f"fact.{MORALE}"]
    assert column.nunique() == 4
    assert column[2] == detente.run(folder, "status-quo", seed=3, engine="mesa").drawn_facts[MORALE]
    plain = detente.ensemble(folder, "status-quo", runs=2, point=True)
    assert not [name for name in plain.outcomes if name.startswith("fact.")]


def test_pairs_of_a_comparison_share_what_is_drawn(folder: Path, compiled: None):
    made = detente.compare(folder, ["status-quo", "opening"], runs=3)
    first, second = (e.outcomes[f"fact.{MORALE}"] for e in made.ensembles)
    assert first.equals(second)


def test_one_outcome_at_a_time_agrees_with_a_run(folder: Path):
    asked: Any = {"policy": "status-quo", "seed": 3, "engine": "mesa"}
    outcomes = detente.evaluate(folder, **asked)
    assert outcomes["attacks"] == detente.run(folder, **asked).outcomes["attacks"]
    low, high = (detente.evaluate(folder, **asked, facts={TRUST: value}) for value in (0.05, 0.95))
    assert low["final_trust"] != high["final_trust"]


def test_a_replay_draws_the_same_again_and_says_what_differs(folder: Path, tmp_path: Path):
    recipe = Recipe(case=str(folder), policy="status-quo", seed=3, facts={TRUST: 0.3})
    run = recipe.run("mesa")
    text = replay_text(recipe, run)
    tables = tomllib.loads(text)
    assert (tables["facts"], tables["drawn"]) == ({TRUST: 0.3}, run.drawn_facts)
    saved = tmp_path / "run.toml"
    saved.write_text(text, encoding="utf-8")
    said: list[str] = []
    again = detente.replay(saved, engine="mesa", report=said.append)
    assert (again.trajectory.sha256, said) == (run.trajectory.sha256, [])
    tables["drawn"] = {MORALE: 0.6, "party.republic.morale": 1.0}
    lines = parse_replay(tables, "run.toml").differences(run)
    now = f"{run.drawn_facts[MORALE]:.6g}"
    assert lines == [
        f"fact.{MORALE}: the file says 0.6, here it is {now}",
        "fact.party.republic.morale: the file says 1, here it is not drawn",
    ]
    with pytest.raises(InputError, match=r"run\.toml: drawn: got .*; expected a table of numbers"):
        parse_replay({**tables, "drawn": {MORALE: "0.6"}}, "run.toml")


def test_a_recipe_at_the_point(folder: Path):
    recipe = Recipe(case=str(folder), policy="status-quo", point=True)
    assert recipe.written()["point"] is True
    assert recipe.open().priors == ()


def test_facts_with_ranges_to_move_them_over(folder: Path):
    scenario = load_scenario(folder)
    known = declared_facts(scenario)
    assert (known[f"fact.{MORALE}"].low, known[f"fact.{MORALE}"].grade) == (0.5, "prior")
    own, given, natural, wide = ranged_facts(
        scenario,
        [
            TRUST,
            "fact.party.movement.morale=0.8:1.2",
            "party.republic.morale",
            "spoiler.rejectionists.republic.attacks=0.1:2",
        ],
    ).values()
    assert (own.low, own.high, own.source) == (0.2, 0.5, "a table of actors")
    assert (given.low, given.high) == (0.8, 1.2)
    assert (natural.low, natural.high) == (pytest.approx(0.03), 3.0)
    assert (wide.low, wide.high) == (0.1, 2.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("party.movment.morale", "did you mean 'party.movement.morale'?"),
        ("party.movement.morale=1:0.5", "got '1:0.5'; expected a range as LOW:HIGH, within above 0 to 3"),
        ("party.movement.morale=1", "expected a range as LOW:HIGH"),
        ("party.movement.morale=0.5:x", "expected a range as LOW:HIGH"),
        ("party.movement.morale=0.5:9", "within above 0 to 3"),
        ("relation.republic.movement.attacks", "fact.relation.republic.movement.attacks: got ''"),
    ],
)
def test_a_range_that_is_none_is_refused(folder: Path, text: str, said: str):
    with pytest.raises(InputError) as caught:
        ranged_facts(load_scenario(folder), [text])
    assert said in str(caught.value)
    with pytest.raises(InputError, match="is given twice"):
        ranged_facts(load_scenario(folder), [MORALE, f"fact.{MORALE}"])


def called(*args: str, status: int = 0) -> Any:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_the_command_says_what_was_drawn(folder: Path):
    asked = ("run", str(folder), "--policy", "status-quo", "--engine", "mesa")
    assert "Facts drawn by seed 1" in called(*asked).stdout
    assert "Facts drawn" not in called(*asked, "--point").stdout
    told = json.loads(called(*asked, "--fact", f"{TRUST}=0.3", "--json").stdout)
    assert told["facts"] == {TRUST: 0.3}
    wrong = called(*asked, "--fact", "party.movement.moral=0.3", status=2).stderr
    assert "did you mean 'party.movement.morale'?" in wrong
    assert "Traceback" not in wrong


def test_a_replay_takes_no_fact_beside_it(folder: Path, tmp_path: Path):
    wrong = called("run", "--replay", str(tmp_path / "x.toml"), "--point", status=2).stderr
    assert "expected no other setting" in wrong


def test_a_check_lists_facts_by_grade(folder: Path):
    result = detente.check(folder)
    assert result.facts == {"expert": (TRUST,), "prior": (MORALE,)}
    line = f"facts by grade: 1 expert, 1 prior (drawn for each seed: {MORALE})"
    assert result.facts_line == line
    assert line in called("check", str(folder)).stdout
    assert json.loads(called("check", str(folder), "--json").stdout)["facts"]["prior"] == [MORALE]
    assert "facts by grade" not in called("check", "template").stdout


def test_commands_that_run_many_say_what_each_seed_draws(folder: Path, compiled: None):
    line = f"Facts drawn for each seed (--point takes the values of the case): {MORALE}."
    asked = ("compare", str(folder), "--policies", "status-quo,opening", "--runs", "2")
    assert line in " ".join(called(*asked, "--plot", str(folder / "x.html")).stdout.split())
    told = json.loads(called(*asked, "--json").stdout)
    assert told["priors"] == [MORALE]
    assert "Facts drawn" not in called(*asked, "--point", "--plot", str(folder / "x.html")).stdout


def test_lessons_and_their_figures_say_what_is_drawn(folder: Path, compiled: None):
    made = detente.lessons(folder, runs=2)
    assert made.outcomes[f"fact.{MORALE}"].nunique() == 2
    assert "facts that are not known drawn for each seed" in made.about["note"]
    point = detente.lessons(folder, runs=2, point=True)
    assert f"fact.{MORALE}" not in point.outcomes
    assert "facts" not in point.about["note"]
