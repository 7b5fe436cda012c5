"""What a design takes from a posterior, and where its numbers end."""

from types import SimpleNamespace

import pytest

from detente.experiments.runs import posterior_draws
from detente.experiments.runs.inputs import MAX_RUNS, declared_parameters
from detente.experiments.sweep.design.document import Design
from detente.experiments.sweep.design.loading import parse_design
from detente.model.errors import InputError
from detente.model.keywords import FACT

NAMES = ("violence.n_own", "trust.memory")


@pytest.fixture
def stored(monkeypatch):
    """A case whose stored posterior is of two parameters; other names may be put in their place."""
    asked = []

    def put(*names):
        monkeypatch.setattr(
            posterior_draws, "draws_for", lambda *given: asked.append(given) or SimpleNamespace(names=names)
        )
        return asked

    put(*NAMES)
    return put


def design(**keys) -> Design:
    return parse_design({"case": "template", **keys})


def refused(**keys) -> str:
    with pytest.raises(InputError) as caught:
        design(**keys)
    return str(caught.value)


def test_a_posterior_varies_its_own_parameters(stored):
    asked = stored(*NAMES)
    made = design(design="posterior:5")
    assert set(asked) == {("template", "stored")}
    assert [factor.name for factor in made.factors] == list(NAMES)
    declared = declared_parameters()["trust.memory"]
    assert made.parameters["trust.memory"].interval == (declared.low, declared.high)


def test_a_parameter_that_is_held_is_not_drawn(stored):
    made = design(design={"kind": "posterior", "samples": 5}, parameters={"trust": {"memory": 300}})
    assert [factor.name for factor in made.factors] == ["violence.n_own"]
    assert made.parameters["trust.memory"].constant == 300
    said = refused(design="posterior:5", parameters={"trust.memory": 300, "violence.n_own": 0.3})
    assert "at least one parameter of the posterior that is not held" in said


def test_what_a_posterior_draws_has_no_range_of_its_own(stored):
    declared = declared_parameters()["trust.memory"]
    whole = f"{declared.low}:{declared.high}"
    assert len(design(design="posterior:5", parameters={"trust.memory": whole}).factors) == 2
    for part in (f"{declared.low + 1}:{declared.high}", f"{declared.low}:{declared.high - 1}"):
        said = refused(design="posterior:5", parameters={"trust.memory": part})
        assert "a number to hold it at, since the posterior draws it" in said


def test_a_posterior_is_of_one_case_and_of_parameters_alone(stored):
    with pytest.raises(InputError, match="one case, since a posterior is that of a case"):
        parse_design({"cases": ["template", "korea-2017"], "design": "posterior:5"})
    stored("trust.memory", f"{FACT}.party.a.morale")
    assert "a posterior of parameters alone; this one has facts as well" in refused(design="posterior:5")


def test_other_designs_draw_from_no_posterior(stored):
    asked = stored(*NAMES)
    made = design(design="lhs:4", parameters={"trust.memory": "300:400"})
    assert asked == []
    assert [factor.name for factor in made.factors] == ["trust.memory"]


@pytest.mark.parametrize(("first", "fits"), [(2**63 - 2, True), (2**63 - 1, False)])
def test_the_last_seed_is_a_seed_too(first, fits):
    if fits:
        assert design(first_seed=first, runs=2).seeds == range(first, first + 2)
    else:
        assert "leaves room for the seeds that follow" in refused(first_seed=first, runs=2)


@pytest.mark.parametrize(
    ("keys", "cells"),
    [
        ({}, 1),
        ({"policies": ["opening", "status-quo"]}, 2),
        ({"theories": ["readiness", "ripeness"]}, 2),
        ({"levers": {"mediation": [0, 0.5, 1]}}, 3),
        ({"case": None, "cases": ["template", "korea-2017"]}, 2),
    ],
)
def test_runs_in_all_are_those_of_every_point_case_policy_and_theory(keys, cells):
    raw = {key: value for key, value in {"case": "template", **keys}.items() if value is not None}
    assert parse_design({**raw, "runs": MAX_RUNS // cells}).runs == MAX_RUNS // cells
    if cells > 1:
        with pytest.raises(InputError, match="at most 10,000,000 runs in all"):
            parse_design({**raw, "runs": MAX_RUNS // cells + 1})


def test_facts_are_those_of_one_case():
    with pytest.raises(InputError, match="none with several cases, since facts are those of one case"):
        parse_design({"cases": ["template", "korea-2017"], "facts": {"x": 1}})
    assert parse_design({"cases": ["template", "korea-2017"]}).declared_facts == {}


def test_what_a_design_is_unless_told_otherwise():
    made = design()
    assert (made.runs, made.first_seed, made.every, made.chunk, made.point) == (100, 1, 7.0, None, False)
    assert (made.theories, made.policies, made.n_points) == (("readiness",), (), 1)
    assert made.seeds == range(1, 101)


def test_every_is_at_least_something_and_at_most_ten_years():
    assert design(every=3660).every == 3660.0
    assert "every" in refused(every=3660.5)
    assert "every" in refused(every=0)
