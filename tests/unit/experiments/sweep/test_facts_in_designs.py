"""Facts of a case in designs: read, laid out, opened, run, and told as factors."""

from pathlib import Path
from typing import Any

import pytest

import detente
from detente.experiments.runs.opening_patches import same
from detente.experiments.sweep.chunks import Opener, open_block, settings_at
from detente.experiments.sweep.design.loading import as_design, parse_design
from detente.experiments.sweep.plan import Plan
from detente.model.catalogue import SHIPPED
from detente.model.errors import InputError

MORALE, HAWKS = "party.movement.morale", "party.republic.hawkishness"
FACTS = f"""
[[facts]]
path = "{MORALE}"
low = 0.5
high = 1.5
grade = "prior"

[[facts]]
path = "{HAWKS}"
low = 0.3
high = 0.6
grade = "judgement"
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = tmp_path_factory.mktemp("case")
    text = (SHIPPED / "template/case.toml").read_text(encoding="utf-8") + FACTS
    (made / "case.toml").write_text(text, encoding="utf-8")
    (made / "policies").mkdir()
    for name in ("status-quo", "opening"):
        policy = (SHIPPED / f"template/policies/{name}.toml").read_text(encoding="utf-8")
        (made / "policies" / f"{name}.toml").write_text(policy, encoding="utf-8")
    return str(made)


def names(design: Any) -> list[tuple[str, tuple[float, float]]]:
    return [(f.name, f.setting.ends) for f in design.factors]


@pytest.mark.parametrize(
    "asked",
    [
        {"facts": {MORALE: ":"}},
        {"facts": {"party": {"movement": {"morale": ":"}}}},
        {"facts": {"party.m*": ":"}},
        {f"fact.{MORALE}": ":"},
        {"fact__party__movement__morale": "0.5:1.5"},
    ],
)
def test_a_fact_is_varied_in_any_of_the_usual_ways(case: str, asked: Any):
    assert names(as_design(case, design="lhs:4", **asked)) == [(f"fact.{MORALE}", (0.5, 1.5))]


def test_what_is_held_is_no_factor_and_a_pattern_takes_what_has_a_range(case: str):
    design = as_design(case, facts={"party.*": ":", MORALE: 0.8}, levers={"mediation": ":"}, design="lhs:4")
    assert [name for name, _ in names(design)] == ["mediation", f"fact.{HAWKS}"]
    setup = Plan.of(design).setup
    assert (setup.facts, setup.point) == ({MORALE: 0.8}, False)
    levers, _, facts = settings_at(setup, (0.3, 0.45))
    assert (levers["mediation"], facts) == (0.3, {MORALE: 0.8, HAWKS: 0.45})


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"facts": {"party.movment.morale": ":"}}, "did you mean 'party.movement.morale'?"),
        ({"facts": {"party.movement.morale": [1, 4]}}, "got 4; expected a number above 0 to 3"),
        ({"facts": {"relation.republic.movement.attacks": ":"}}, "expected a range as 'LOW:HIGH'"),
        ({"facts": {"spoiler.*": ":"}}, "expected a pattern of facts that the case says a range for"),
        ({"facts": {"party": {"movement.morale": 1}, "party.movement": {"morale": 2}}}, "each fact once"),
        ({"facts": {MORALE: ":"}, "cases": ["template", "korea-2017"]}, "none with several cases"),
        ({"facts": 3}, "expected a table"),
        ({"point": 1}, "expected true or false"),
    ],
)
def test_a_fact_that_cannot_be_varied_is_refused(case: str, tables: Any, said: str):
    with pytest.raises(InputError) as caught:
        parse_design({"cases": [case], "design": "lhs:4", "levers": {"mediation": ":"}, **tables})
    assert said in str(caught.value)


def test_points_are_opened_by_patching_as_they_are_built(case: str):
    facts = {MORALE: ":", HAWKS: ":", "relation.movement.republic.deaths_per_event": "2:6"}
    facts["measure.prisoner-release.cost"] = "0.1:0.9"
    design = as_design(case, facts=facts, levers={"mediation": ":"}, design="lhs:10", runs=1)
    plan = Plan.of(design)
    blocks = list(plan.blocks(0, plan.n_runs))
    opener = Opener(plan.setup, blocks)
    assert opener.pattern is not None
    for block in blocks:
        assert same(opener.open(block), open_block(plan.setup, block))


def test_a_point_whose_facts_do_not_go_together_is_named(case: str, tmp_path: Path, compiled: None):
    facts = {"measure.prisoner-release.cost": [0.3, 1.2]}
    with pytest.raises(Exception, match=r"cost=1\.2.*at most max_cost, 1"):
        detente.sweep(case, out=tmp_path / "out", facts=facts, runs=1, policies=["status-quo"], workers=1)


def test_a_sweep_holds_its_facts_and_can_be_analysed(case: str, tmp_path: Path, compiled: None):
    asked: Any = {"policies": ["status-quo"], "design": "lhs:12", "runs": 2, "workers": 1}
    made = detente.sweep(case, out=tmp_path / "out", facts={"*": ":"}, **asked)
    table = made.table
    assert table[f"fact.{MORALE}"].between(0.5, 1.5).all()
    assert [(f["name"], f["kind"]) for f in made.manifest["factors"]] == [
        (f"fact.{HAWKS}", "fact"),
        (f"fact.{MORALE}", "fact"),
    ]
    found = detente.sensitivity(made, ["attacks"])
    assert {f"fact.{HAWKS}", f"fact.{MORALE}"} <= set(found.indices["factor"])
    again = detente.sweep(out=tmp_path / "out", resume=True)
    assert again.complete
    row = table.iloc[5]
    settings = {name: row[name] for name in (f"fact.{HAWKS}", f"fact.{MORALE}")}
    alone = detente.evaluate(case, int(row["seed"]), policy="status-quo", **settings)
    assert alone["fatalities"] == row["fatalities"]


def test_what_is_not_varied_is_drawn_for_each_seed_of_a_sweep(case: str, tmp_path: Path, compiled: None):
    asked: Any = {"policies": ["status-quo"], "runs": 3, "workers": 1, "levers": {"mediation": [0.0, 1.0]}}
    drawn = detente.sweep(case, out=tmp_path / "drawn", **asked).table
    point = detente.sweep(case, out=tmp_path / "point", point=True, **asked).table
    usual = detente.sweep("template", out=tmp_path / "usual", **asked).table
    assert point["fatalities"].tolist() == usual["fatalities"].tolist()
    assert drawn["final_readiness"].tolist() != usual["final_readiness"].tolist()
    one = detente.evaluate(case, 2, policy="status-quo", mediation=0.0)
    assert one["final_readiness"] == drawn["final_readiness"][1]


def test_states_of_the_world_hold_facts(case: str, compiled: None):
    asked: Any = {"runs": 2, "states": 4}
    usual = detente.robustness(case, ["status-quo", "opening"], **asked)
    assert f"fact.{MORALE}" in usual.about["uncertain"]
    assert (
        f"fact.{MORALE}"
        not in detente.robustness(case, ["status-quo", "opening"], point=True, **asked).about["uncertain"]
    )
    named = detente.robustness(
        case, ["status-quo", "opening"], uncertain=["trust.memory", f"fact.{HAWKS}=0.4:0.5"], **asked
    )
    assert named.about["uncertain"] == ["trust.memory", f"fact.{HAWKS}"]
    assert all(0.4 <= state[f"fact.{HAWKS}"] <= 0.5 for state in named.states)
    with pytest.raises(InputError, match="is set by hand"):
        detente.robustness(
            case, ["status-quo", "opening"], uncertain=[f"fact.{HAWKS}"], facts={HAWKS: 0.4}, **asked
        )
