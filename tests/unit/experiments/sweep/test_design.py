"""Designs: what may be written, what is refused and how, and points laid out as analysers expect them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.agents.codes import LEVERS
from detente.agents.parameters import Parameters
from detente.experiments.runs.inputs import declared_constants, declared_levers, declared_parameters
from detente.experiments.sweep.design.document import Design
from detente.experiments.sweep.design.loading import as_design, load_design, parse_design
from detente.experiments.sweep.design.sampling import lay_out
from detente.experiments.sweep.plan import Plan
from detente.experiments.sweep.sweep import sweep
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.request import merged_parameters


def design(**keys: Any) -> Design:
    return parse_design({"case": "template", **keys})


def refusal(**keys: Any) -> str:
    with pytest.raises(InputError) as caught:
        Plan.of(design(**keys))
    return str(caught.value)


def test_ranges_and_defaults_are_those_of_the_parameter_objects() -> None:
    memory = declared_parameters()["trust.memory"]
    assert memory.default == Parameters().trust.memory
    low, high = (m for m in type(Parameters().trust).model_fields["memory"].metadata)
    assert (memory.low, memory.high) == (low.ge, high.le)
    assert memory.unit == "days"
    assert set(declared_levers()) == set(LEVERS)
    n = sum(len(type(getattr(Parameters(), group)).model_fields) for group in Parameters.model_fields)
    assert len(declared_parameters()) + len(declared_constants()) == n
    assert not declared_parameters().keys() & declared_constants().keys()


def test_no_more_parameters_than_in_the_first_version() -> None:
    assert sum(not name.startswith("switches.") for name in declared_parameters()) <= 163


def test_a_constant_is_not_set_but_its_number_may_be_said() -> None:
    constant = declared_constants()["ceasefires.held"]
    assert (constant.kind, constant.low, constant.high) == ("constant", constant.default, constant.default)
    assert Parameters.model_validate({"ceasefires": {"held": constant.default}}) == Parameters()
    words = r"parameters\.ceasefires\.held: got 0\.2; expected 0\.03: it is a constant, not a parameter"
    with pytest.raises(InputError, match=words):
        merged_parameters(Parameters(), {"ceasefires": {"held": 0.2}})


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("0:1:5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0,0.5,1", (0.0, 0.5, 1.0)),
        ([0.2, 0.1], (0.2, 0.1)),
        ("0.3", (0.3,)),
        (0.3, (0.3,)),
        (1, (1.0,)),
        ("::3", (0.0, 0.5, 1.0)),
        (".5::2", (0.5, 1.0)),
    ],
)
def test_levels_as_they_can_be_written(written: Any, levels: tuple[float, ...]) -> None:
    assert design(levers={"mediation": written}).levers["mediation"].levels == levels


def test_an_interval_left_open_ends_where_the_declared_range_does() -> None:
    made = design(parameters={"trust.memory": ":"}, design="lhs:4")
    declared = declared_parameters()["trust.memory"]
    assert made.parameters["trust.memory"].interval == (declared.low, declared.high)
    made = design(parameters={"trust": {"memory": ":600"}}, design="lhs:4")
    assert made.parameters["trust.memory"].interval == (declared.low, 600.0)


def test_a_pattern_takes_a_group_without_switches_and_gives_way_to_a_name() -> None:
    made = design(parameters={"trust.memory": 300, "trust.*": ":"}, design="lhs:4")
    group = [name for name in declared_parameters() if name.startswith("trust.")]
    assert list(made.parameters) == group
    assert made.parameters["trust.memory"].constant == 300
    assert "switches.trust" not in design(parameters={"*": ":"}, design="lhs:4").parameters


def test_switches_are_levels_in_any_design() -> None:
    made = design(parameters={"switches.talks": ":"}, levers={"mediation": ":"}, design="lhs:50")
    values = lay_out(made)[:, 1]
    assert set(values) == {0.0, 1.0}
    assert sum(values) == 25


def test_a_grid_varies_the_last_factor_fastest() -> None:
    made = design(levers={"mediation": [0, 1], "recognition": [0, 0.5, 1]})
    assert [f.name for f in made.factors] == ["recognition", "mediation"]
    assert lay_out(made).tolist() == [[r, m] for r in (0, 0.5, 1) for m in (0, 1)]


def test_a_factorial_stands_in_standard_order() -> None:
    made = design(levers={"mediation": ":", "recognition": [0.2, 0.8]}, design="factorial")
    assert lay_out(made).tolist() == [[0.2, 0], [0.8, 0], [0.2, 1], [0.8, 1]]


def test_a_latin_hypercube_has_one_point_in_each_slice() -> None:
    made = design(levers={"mediation": "0.2:0.8", "recognition": ":"}, design="lhs:20")
    points = lay_out(made)
    unit = np.stack([points[:, 0], (points[:, 1] - 0.2) / 0.6], axis=1)
    assert np.all(np.sort(np.floor(unit * 20), axis=0) == np.arange(20)[:, None])


@pytest.mark.parametrize("second_order", [True, False])
def test_sobol_points_are_what_salib_analyses(second_order: bool) -> None:
    from SALib.analyze import sobol

    asked = {"kind": "sobol", "samples": 256, "second_order": second_order}
    made = design(levers={"mediation": ":", "recognition": ":", "ceasefires": "0.2:0.8"}, design=asked)
    points = lay_out(made)
    assert len(points) == made.n_points == 256 * (8 if second_order else 5)
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1], [0.2, 0.8], [0, 1]]}
    answer = 4 * points[:, 0] + 2 * (points[:, 1] - 0.2) / 0.6 + 0 * points[:, 2]
    found = sobol.analyze(problem, answer, calc_second_order=second_order, seed=1)
    assert found["S1"] == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert found["ST"] == pytest.approx([0.8, 0.2, 0.0], abs=0.02)


def test_morris_points_are_what_salib_analyses() -> None:
    from SALib.analyze import morris

    made = design(
        levers={"mediation": ":"},
        parameters={"trust.memory": "200:700"},
        design={"kind": "morris", "samples": 8},
    )
    points = lay_out(made)
    assert len(points) == made.n_points == 24
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [200, 700]]}
    found = morris.analyze(problem, points, 3 * points[:, 0] + 0.002 * points[:, 1], seed=1)
    assert list(found["mu_star"]) == pytest.approx([3.0, 1.0])
    assert list(found["sigma"]) == pytest.approx([0.0, 0.0], abs=1e-9)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"levers": {"direct_chanel": 0.5}}, "direct_channel"),
        ({"levers": {"mediation": "0:2"}}, "[levers].mediation: got 2.0; expected a number from 0 to 1"),
        ({"levers": {"mediation": "0:1"}}, "steps as '0:1:5', since the design is a grid"),
        ({"levers": {"mediation": "1:0:3"}}, "the low end below the high one"),
        ({"levers": {"mediation": "a:b"}}, "[levers].mediation: got 'a:b'"),
        ({"levers": {"mediation": "0:1:2:3"}}, "LOW:HIGH:N"),
        ({"levers": {"mediation": []}}, "levels, each once"),
        ({"levers": {"mediation": [0, 0]}}, "levels, each once"),
        ({"levers": {"mediation": True}}, "[levers].mediation: got True; expected a number"),
        ({"levers": {"mediation": float("nan")}}, "expected a number from 0 to 1"),
        ({"levers": 3}, "levers: got 3; expected a table"),
        ({"parameters": {"trust.memory": 5}}, "[parameters.trust].memory: got 5; expected a number from 180"),
        ({"parameters": {"trust": {"memmory": 300}}}, "did you mean 'trust.memory'?"),
        ({"parameters": {"switches.talks": 0.5}}, "got 0.5; expected 0 or 1"),
        ({"parameters": {"trust.memory": 300, "trust": {"memory": 300}}}, "each parameter once"),
        ({"design": "lhs"}, "[design].samples: got None; expected a number of samples"),
        ({"design": "lhs:4"}, "at least one lever, parameter or fact with a range"),
        ({"design": "lsh:4"}, "one of: grid, factorial, lhs, sobol, morris or posterior"),
        ({"design": "sobol:5", "levers": {"mediation": ":"}}, "a power of 2"),
        ({"design": {"kind": "morris", "samples": 4, "levels": 3}}, "an even number"),
        ({"design": "posterior"}, "posterior: template has none"),
        ({"design": "posterior:0", "case": "afghanistan-2018"}, "[design].samples: got 0"),
        ({"design": {"kind": "posterior", "samples": 3}, "case": 3}, "got 3"),
        ({"design": "grid:4"}, "no such key, since kind is 'grid'"),
        ({"design": "factorial", "levers": {"mediation": [0, 0.5, 1]}}, "two levels"),
        ({"runs": 0}, "runs: got 0; expected a number of at least 1"),
        ({"runs": 9_000_000, "theories": ["readiness", "ripeness"]}, "at most 10,000,000 runs in all"),
        ({"theories": ["redines"]}, "readiness"),
        ({"policies": ["opening", "opening"]}, "each name once"),
        ({"policies": ["openning"]}, "did you mean 'opening'?"),
        ({"cases": ["template"]}, "either case or cases"),
        ({"casse": "template"}, "casse: got an unknown key"),
        ({"series": ["mean trsut"]}, "did you mean 'mean trust'?"),
        ({"step_days": 0.3}, "step_days: got 0.3"),
        (
            {"parameters": {"violence.n_own": [0.3, 0.6], "violence.n_rec": [0.1, 0.4]}},
            "a sum of at most 0.8",
        ),
    ],
)
def test_mistakes_are_one_clear_line(keys: dict[str, Any], words: str) -> None:
    said = refusal(**keys)
    assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("given", "keys", "words"),
    [
        (
            ("template",),
            {"design": 60},
            "design: design: got 60; expected a kind of design as 'grid' or 'lhs:60'",
        ),
        (("template",), {"design": "lhs:many"}, "[design].samples: got 'many'; expected a whole number"),
        (("template",), {"design": "lhs:60"}, "got 'lhs'; expected at least one lever, parameter or fact"),
        (
            ("template",),
            {"case": "korea-2017"},
            "case: got 'korea-2017'; expected nothing beside the case 'template'",
        ),
        (("template",), {"cases": ["korea-2017"]}, "expected nothing beside the case 'template'"),
        (("template",), {"given": 3}, "'given': expected a keyword"),
        (("template",), {"what": 3}, "'what': expected a keyword"),
        ((), {"design": "lhs:60"}, "got nothing; expected a case or a design"),
        ((3,), {}, "design: got 3; expected a case by name or path"),
    ],
)
def test_nonsense_from_python_is_one_clear_line(
    given: tuple[Any, ...], keys: dict[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        sweep(*given, out=tmp_path / "results", **keys)
    assert words in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("given", "more"), [(("template",), {}), ((), {"case": "template"})])
def test_the_obvious_call_samples_a_design(
    given: tuple[str, ...], more: dict[str, str], tmp_path: Path, compiled: None
) -> None:
    keys: dict[str, Any] = {"design": "lhs:6", "levers": {"mediation": ":"}, "runs": 2, **more}
    made = sweep(*given, out=tmp_path / "results", **keys)
    assert made.kind == "lhs"
    assert len(made.table) == 12
    assert sorted((made.points["mediation"] * 6).astype(int)) == list(range(6))


def test_a_design_file_finds_cases_beside_it(tmp_path: Path, repo_root: Path) -> None:
    own = (
        (repo_root / "model/scenarios/template/case.toml")
        .read_text()
        .replace('name = "template"', 'name = "own"', 1)
    )
    (tmp_path / "own.toml").write_text(own)
    file = tmp_path / "design.toml"
    file.write_text('case = "own.toml"\nruns = 3\n[levers]\nmediation = "0:1:2"\n')
    made = load_design(file)
    assert made.cases == (str(tmp_path / "own.toml"),)
    assert len(lay_out(made)) == 2
    assert as_design(file).sha256 == made.sha256
    with pytest.raises(InputError, match="in the design file itself"):
        as_design(file, runs=4)
    file.write_text("runs = 3\n")
    with pytest.raises(InputError, match=rf"{file.name}: cases: got nothing; expected this key"):
        load_design(file)


def test_runs_stand_in_one_order_and_are_cut_at_fixed_edges() -> None:
    plan = Plan.of(
        design(
            levers={"mediation": [0, 1]}, policies=["status-quo", "opening"], runs=5, first_seed=11, chunk=7
        )
    )
    assert (plan.n_runs, plan.n_chunks) == (20, 3)
    blocks = [block for k in range(3) for block in plan.job(k).blocks]
    listed = [(b.policy, b.point, seed) for b in blocks for seed in b.seeds]
    assert listed == [(p, m, s) for p in (0, 1) for m in (0, 1) for s in range(11, 16)]
    assert [plan.job(k).n_runs for k in range(3)] == [7, 7, 6]


def test_a_case_changed_in_python_is_not_swept_as_its_file_has_it():
    scenario = load_scenario("template")
    assert as_design(scenario).cases == (str(scenario.path),)
    case = scenario.case.model_copy(update={"deaths_scale": 3.0})
    with pytest.raises(InputError, match=r"case: got 'template'; expected it as .*case\.toml has it"):
        as_design(scenario.model_copy(update={"case": case}))
