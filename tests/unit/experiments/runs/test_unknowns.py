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
    around,
    at_shares,
    case_of_draw,
    latin,
    over_ranges,
    share,
    shares_at,
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


# -- which posterior


def test_the_pooled_posterior_is_drawn_from_unless_ranges_are_asked_for(monkeypatch: pytest.MonkeyPatch):
    found = unknowns_of()
    about = found.about
    assert (about["parameters"], about["name"]) == ("posterior", "pooled")
    assert {"names", "version", "rules_digest", "sample_sha256"} <= set(about)
    assert f"rules {about['rules_digest'][:12]}" in found.words
    assert unknowns_of("ranges").about == {"parameters": "declared ranges"}
    row = found.setting(asked(), 3)
    assert found.posterior is not None
    assert {row["talks.failure"]} < set(
        found.posterior.values[:, found.posterior.names.index("talks.failure")]
    )
    other = next(name for name in over_ranges(3) if name not in found.posterior.names)
    assert row[other] == over_ranges(3)[other]
    monkeypatch.setattr("detente.model.kernel.rules_digest", lambda: about["rules_digest"])
    assert unknowns_of().note == ""
    monkeypatch.setattr("detente.model.kernel.rules_digest", lambda: "0123456789abcdef")
    said = "that posterior was fitted under other rules than the present ones (0123456789ab)"
    assert unknowns_of().about["note"] == said
    assert unknowns_of().words.endswith(f"; {said}")


def test_a_posterior_over_many_is_drawn_from_jointly():
    found = unknowns_of()
    assert found.posterior is not None
    names = [name for name in found.posterior.names if name not in case_parameters(load_scenario(CASE))]
    columns = [found.posterior.names.index(name) for name in names]
    members = {tuple(row) for row in found.posterior.values[:, columns]}
    for number in range(1, 6):
        row = found.setting(asked(), number)
        assert tuple(row[name] for name in names) in members


def test_under_a_profile_ranges_are_drawn_and_it_says_so():
    found = unknowns_of(profile="core-0.1")
    assert found.posterior is None
    assert found.words.endswith("; the pooled posterior does not hold under the profile core-0.1")
    assert unknowns_of("pooled", profile="core-0.1").posterior is not None


def test_a_posterior_of_another_case_is_refused():
    own = Posterior(("violence.n_own",), np.array([[0.1]]), np.array([1.0]), {"case": "korea-2017"})
    with pytest.raises(InputError, match="one that was fitted to template"):
        unknowns_of(own, case=CASE)


def test_a_posterior_of_a_case_is_refused_where_many_are_compared():
    with pytest.raises(InputError, match="stored"):
        unknowns_of("stored")


def test_a_posterior_that_was_fitted_to_the_case_stands_before_what_the_case_sets():
    sample = np.array([[0.11], [0.11]])
    own = Posterior(("violence.n_own",), sample, np.array([0.5, 0.5]), {"case": CASE})
    assert Unknowns(own).setting(asked(), 2)["violence.n_own"] == 0.11
    shared = Posterior(("violence.n_own",), sample, np.array([0.5, 0.5]), {"log_weights_without": {}})
    assert "violence.n_own" not in Unknowns(shared).setting(asked(), 2)


def test_places_in_ranges_and_back():
    known = [declared_parameters()[name] for name in ("measures.reversal", "trust.memory")]
    shares = latin(5, 2, seed=1)
    assert sorted((5 * shares[:, 0]).astype(int)) == [0, 1, 2, 3, 4]
    assert shares_at(known, at_shares(known, shares)) == pytest.approx(shares)


def test_values_around_a_middle_lie_as_often_below_as_above():
    made = around(np.array([2.0]), np.array([[0.0, 10.0]]), np.array([[0.0], [0.25], [0.5], [0.75], [1.0]]))
    assert made[:, 0].tolist() == [0.0, 1.0, 2.0, 6.0, 10.0]
