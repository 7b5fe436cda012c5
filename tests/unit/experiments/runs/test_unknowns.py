"""What is not known: draws keyed by number and name, in range, that leave what is set by hand alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.agents.parameters import Parameters
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.pooled_posterior import case_parameters
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.two_intervals import sign_share, wide_interval
from detente.experiments.runs.unknowns import (
    Unknowns,
    case_of_draw,
    over_ranges,
    share,
    unknowns_of,
)
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.fact_draws import draw
from detente.model.request import Request
from detente.model.scenario import FactSpec

CASE = "template"


def asked(**options: Any) -> Request:
    return Request.of(CASE, None, options, over_ranges)


def test_every_parameter_but_the_switches_is_drawn_in_its_range():
    drawn, known = over_ranges(3), declared_parameters()
    assert set(drawn) == {name for name in known if not name.startswith("switches.")}
    assert all(known[name].low <= value <= known[name].high for name, value in drawn.items())


def test_draws_spread_evenly_and_depend_on_name_and_number_alone():
    shares = np.array([share("trust.memory", k, 0) for k in range(1, 401)])
    assert abs(shares.mean() - 0.5) < 4 * 12**-0.5 / 20
    assert over_ranges(7) == over_ranges(7)
    assert share("trust.memory", 7, 0) != share("trust.memory", 8, 0) != share("trust.fade", 8, 0)


def test_what_is_set_by_hand_and_by_the_case_is_left_alone():
    opened = Unknowns().request(asked(parameters={"trust.memory": 300}), 5).open()
    assert opened.parameters.trust.memory == 300
    assert "violence.n_own" in case_parameters(load_scenario(CASE))
    assert opened.parameters.violence.n_own == load_scenario(CASE).parameters.violence.n_own
    assert opened.parameters.switches == load_scenario(CASE).parameters.switches
    assert opened.parameters.talks.base == over_ranges(5)["talks.base"]


def test_a_whole_set_of_parameters_leaves_nothing_to_draw():
    with pytest.raises(InputError, match="whole Parameters"):
        Unknowns().request(asked(parameters=Parameters()), 1)


def test_facts_are_those_that_the_number_draws_as_a_seed():
    fact = FactSpec(path="party.movement.morale", low=0.6, high=1.6, grade="prior", source="none")
    scenario = load_scenario(CASE).model_copy(update={"facts": (fact,)})
    morale = next(p.morale for p in case_of_draw(scenario, 9).party if p.name == "movement")
    assert morale == draw(fact, 9)
    assert case_of_draw(scenario, 9, [fact.path]) is scenario


def test_what_a_posterior_holds_is_drawn_from_it():
    posterior = Posterior(("trust.memory",), np.array([[222.0], [333.0]]), np.array([0.0, 1.0]), {})
    opened = Unknowns(posterior).request(asked(), 4).open()
    assert opened.parameters.trust.memory == 333.0
    assert opened.parameters.talks.base == over_ranges(4)["talks.base"]


def test_shares_and_intervals_by_hand():
    assert sign_share([1.0, 2.0, -1.0, 0.0, float("nan")], 3.0) == 0.5
    assert np.isnan(sign_share([1.0], 0.0))
    found = wide_interval([0.0, 1.0, 2.0, 3.0, 4.0])
    assert (found["wide_median"], found["draws"]) == (2.0, 5)
    assert found["wide_low95"] == pytest.approx(0.1)
    assert np.isnan(wide_interval([1.0])["wide_low95"])


def test_a_posterior_file_is_read(tmp_path: Path):
    with pytest.raises(InputError, match="posterior"):
        unknowns_of(tmp_path / "none.json")
