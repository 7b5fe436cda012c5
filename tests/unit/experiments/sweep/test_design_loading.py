"""Designs out of files and keywords: what lies beside a file, what a keyword may be, and what is given twice."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from detente.agents.parameters import Parameters
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.sweep.design import loading
from detente.experiments.sweep.design.factors import Factor
from detente.experiments.sweep.design.kinds import Sampling, count_points, short_sampling, unfit_factor
from detente.experiments.sweep.design.loading import as_design, beside, design_keys, load_design, parse_design
from detente.model.catalogue import SHIPPED, load_scenario
from detente.model.errors import InputError

# -- files


@pytest.mark.parametrize(
    ("key", "value", "seen"),
    [
        ("case", "template", "template"),
        ("case", "own.toml", "designs/own.toml"),
        ("cases", ["template", "own/case.toml"], ["template", "designs/own/case.toml"]),
        ("policies", ["status-quo", "p.toml"], ["status-quo", "designs/p.toml"]),
        ("policy", "p.toml", "designs/p.toml"),
        ("series", ["deaths.toml"], ["deaths.toml"]),
        ("case", 3, 3),
        ("case", "a\0b.toml", "a\0b.toml"),
        ("cases", [3, None], [3, None]),
    ],
)
def test_paths_in_a_file_lie_beside_it(key, value, seen):
    assert beside(Path("designs/d.toml"), key, value) == seen


def test_the_folder_of_a_case_lies_beside_the_design(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "case.toml").write_text("")
    assert beside(tmp_path / "d.toml", "case", "own") == str(tmp_path / "own")
    assert beside(tmp_path / "d.toml", "case", "other") == "other"


def test_a_design_is_known_by_having_no_table_of_its_case(tmp_path):
    file = tmp_path / "d.toml"
    file.write_text('case = "template"\nruns = 3\n')
    assert loading.is_design_file(file)
    assert load_design(file).runs == as_design(file).runs == as_design(str(file)).runs == 3
    with pytest.raises(InputError, match="expected these in the design file itself"):
        as_design(file, runs=4)
    assert not loading.is_design_file(SHIPPED / "template" / "case.toml")
    assert not loading.is_design_file(Path("template"))
    file.write_text("runs = 0\ncase = 3\n")
    with pytest.raises(InputError, match=r"d\.toml: "):
        load_design(file)


# -- calls


def test_a_design_may_be_a_case_a_mapping_or_keywords():
    expected = parse_design({"cases": ["template"], "runs": 3})
    assert as_design("template", runs=3) == expected
    assert as_design({"case": "template"}, runs=3) == expected
    assert as_design({"case": "template", "runs": 9}, runs=3) == expected
    assert as_design(None, case="template", runs=3) == expected
    assert as_design(None, cases=["template"], runs=3) == expected
    assert as_design(expected) is expected
    assert as_design(load_scenario("template"), runs=3).cases == (str(SHIPPED / "template" / "case.toml"),)
    assert as_design("template", runs=None) == as_design("template")


@pytest.mark.parametrize(
    ("given", "asked", "said"),
    [
        (
            parse_design({"case": "template"}),
            {"runs": 3},
            "expected nothing beside a design that is complete",
        ),
        (None, {"runs": 3}, "design: got nothing; expected a case or a design"),
        (3, {}, "expected a case by name or path, a design file, or a mapping"),
        (
            "template",
            {"case": "template"},
            "design: case: got 'template'; expected nothing beside the case 'template'",
        ),
        ("template", {"cases": ["template"]}, "design: cases: got"),
        ("template", {"rnus": 3}, "did you mean 'runs'"),
        ("template", {"levers": 3}, "levers"),
        ("template", {"mediation": 0.5, "levers": {"mediation": 0.4}}, "mediation"),
    ],
)
def test_a_design_that_cannot_be_told_is_refused(given, asked, said):
    with pytest.raises(InputError, match=said):
        as_design(given, **asked)


def test_a_case_that_was_changed_is_not_swept_as_its_file():
    scenario = load_scenario("template")
    changed = scenario.model_copy(update={"case": scenario.case.model_copy(update={"title": "Other"})})
    with pytest.raises(InputError, match="save what was changed"):
        as_design(changed)
    with pytest.raises(InputError, match="a case with a file"):
        loading.case_of(SimpleNamespace(path=None, case=scenario.case))


def test_settings_by_name_stand_in_their_tables():
    keys = design_keys(
        {"runs": 3, "mediation": [0, 1], "trust__memory": 300, "parameters": {"trust": {"unmet": 0.5}}}
    )
    assert keys == {
        "runs": 3,
        "levers": {"mediation": [0, 1]},
        "parameters": {"trust.unmet": 0.5, "trust.memory": 300},
    }
    assert design_keys({"levers": {"mediation": 1}, "recognition": 0.5})["levers"] == {
        "mediation": 1,
        "recognition": 0.5,
    }
    for table in ({"trust": {"memory": 200}}, {"trust.memory": 200}, {"trust__memory": 200}):
        with pytest.raises(InputError, match=r"trust\.memory"):
            design_keys({"trust__memory": 300, "parameters": table})
    with pytest.raises(InputError, match="expected a mapping of names and values"):
        design_keys({"mediation": 1, "levers": [3]})


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("until", "2030-02-01", date(2030, 2, 1)),
        ("policies", "status-quo", ["status-quo"]),
        ("policies", Path("p.toml"), ["p.toml"]),
        ("policies", (Path("p.toml"), "status-quo"), ["p.toml", "status-quo"]),
        ("cases", iter([Path("a.toml")]), ["a.toml"]),
        ("cases", 3, 3),
        ("case", Path("a.toml"), "a.toml"),
        ("runs", np.int64(3), 3),
        ("series", ["deaths"], ["deaths"]),
    ],
)
def test_a_keyword_is_written_as_a_file_would(key, value, written):
    assert loading.plain(key, value) == written


def test_all_parameters_may_be_given_at_once():
    given = loading.plain("parameters", Parameters())
    assert {f"{g}.{n}": v for g, held in given.items() for n, v in held.items()} == {
        name: declared.default for name, declared in declared_parameters().items()
    }


# -- kinds


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "lhs"}, "a number of samples, since kind is 'lhs'"),
        ({"kind": "grid", "samples": 4}, "no such key, since kind is 'grid'"),
        ({"kind": "factorial", "samples": 4}, "no such key"),
        ({"kind": "sobol", "samples": 6}, "a power of 2"),
        ({"kind": "morris", "samples": 3, "levels": 3}, "an even number"),
        ({"kind": "lhs", "samples": 0}, "samples"),
        ({"kind": "lhs", "samples": 1_000_001}, "samples"),
        ({"kind": "morris", "samples": 3, "levels": 1}, "levels"),
        ({"kind": "morris", "samples": 3, "levels": 102}, "levels"),
        ({"kind": "lhs", "samples": 3, "seed": -1}, "seed"),
        ({"kind": "lhs", "samples": 3, "seed": 2**32}, "seed"),
        ("lhs:x", "samples"),
        ("lhs:1234567890", "samples"),
        (3, "a kind of design as 'grid' or 'lhs:60', or a table"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(table, said):
    with pytest.raises(InputError, match=said):
        parse_design({"case": "template", "levers": {"mediation": "0:1"}, "design": table})


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("grid", {"kind": "grid"}),
        ("lhs:64", {"kind": "lhs", "samples": 64}),
        ("lhs:123456789", {"kind": "lhs", "samples": 123456789}),
        ("lhs:", {"kind": "lhs", "samples": ""}),
        ({"kind": "lhs"}, {"kind": "lhs"}),
    ],
)
def test_a_layout_in_short(text, table):
    assert short_sampling(text) == table


def factor(setting, name="mediation"):
    return parse_design(
        {"case": "template", "levers": {name: setting}, "design": {"kind": "lhs", "samples": 3}}
    ).factors[0]


@pytest.mark.parametrize(
    ("table", "points"),
    [
        ({"kind": "grid"}, 6),
        ({"kind": "factorial"}, 4),
        ({"kind": "lhs", "samples": 5}, 5),
        ({"kind": "posterior", "samples": 5}, 5),
        ({"kind": "sobol", "samples": 8}, 48),
        ({"kind": "sobol", "samples": 8, "second_order": False}, 32),
        ({"kind": "morris", "samples": 5}, 15),
    ],
)
def test_how_many_points_a_layout_has(table, points):
    factors = [factor([0.0, 0.5, 1.0]), factor([0.0, 1.0], "recognition")]
    assert count_points(Sampling(**table), factors) == points


def test_settings_that_a_layout_can_do_nothing_with():
    interval, two, three = factor("0:1"), factor([0.0, 1.0]), factor([0.0, 0.5, 1.0])
    assert isinstance(interval, Factor)
    unfit = {
        kind: [bool(list(unfit_factor(kind, f))) for f in (interval, two, three)]
        for kind in ("grid", "factorial", "lhs")
    }
    assert unfit == {"grid": [True, False, False], "factorial": [False, False, True], "lhs": [False] * 3}
    (fault,) = unfit_factor("grid", interval)
    assert "'0:1:5', since the design is a grid" in fault.context["expected"]
