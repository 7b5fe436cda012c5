"""Draws of what is not known: what is drawn, what is held, and that everything compared shares its draws."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import detente
from detente.experiments.runs.final_outcomes import ends_of
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.unknown_draws import Unknown, unknown_of
from detente.experiments.runs.unknowns import Unknowns
from detente.model.errors import InputError
from detente.model.request import Request, open_case

CASE = "template"


def request(policy: str = "status-quo", **asked) -> Request:
    return Request.of(CASE, policy, asked, open_case)


def drawn(asked: Request, n: int = 6, **how) -> Unknown:
    found = unknown_of([asked], (1,), draws=n, **how)
    assert found is not None
    return found


def test_every_parameter_is_drawn_within_its_range_and_no_switch():
    found = drawn(request(), 20)
    values = found.draws.posterior.values
    names = found.draws.names
    known = declared_parameters()
    assert not [name for name in names if name.startswith("switches.")]
    for name, column in zip(names, values.T, strict=True):
        if name in known:
            assert known[name].low <= column.min() < column.max() <= known[name].high


def test_what_is_set_by_hand_or_by_a_profile_is_held():
    asked = request(parameters={"trust": {"memory": 300.0}}, profile="core-0.1")
    names = Unknowns().setting(asked, 1)
    assert "trust.memory" not in names
    assert "endurance.war_cost" not in names, "the profile sets it"
    assert "talks.mediated" in names


def with_priors(folder: Path, **ranges: tuple[float, float]) -> str:
    """The path of a copy of the case with some facts of grade prior."""
    shipped = Path(detente.__file__).parents[1] / "model" / "scenarios" / CASE
    shutil.copytree(shipped, folder)
    rows = [
        f'[[facts]]\npath = "{path}"\nlow = {low}\nhigh = {high}\ngrade = "prior"\n'
        for path, (low, high) in ranges.items()
    ]
    text = (shipped / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text("\n".join([text, *rows]), encoding="utf-8")
    return str(folder)


def test_facts_of_grade_prior_are_drawn_with_the_parameters(tmp_path: Path):
    case = with_priors(tmp_path / "mine", **{"party.movement.morale": (0.5, 1.5)})
    asked = Request.of(case, "status-quo", {}, open_case)
    assert drawn(asked).about["facts"] == ["party.movement.morale"]
    assert drawn(asked, facts=False).about["facts"] == []
    held = Request.of(case, "status-quo", {"facts": {"party.movement.morale": 1.0}}, open_case)
    assert drawn(held).about["facts"] == []


def test_shares_of_factions_that_are_drawn_make_up_their_party(tmp_path: Path):
    """As in every case that is built from data."""
    shares = {f"faction.{name}.share": (0.2, 0.8) for name in ("moderates", "generals")}
    case = with_priors(tmp_path / "mine", **shares)
    found = drawn(Request.of(case, "status-quo", {}, open_case), 20).draws
    columns = [found.names.index(f"fact.{path}") for path in shares]
    values = found.posterior.values[:, columns]
    assert values.sum(axis=1) == pytest.approx(1.0)
    assert np.ptp(values[:, 0]) > 0.1
    made = detente.robustness(case, policies=["status-quo", "five-lessons"], states=4, runs=2)
    assert len(made.means["state"].unique()) == 4


def test_a_share_that_is_set_by_hand_stays_and_the_others_divide_the_rest(tmp_path: Path):
    shares = {f"faction.{name}.share": (0.2, 0.8) for name in ("moderates", "generals")}
    case = with_priors(tmp_path / "mine", **shares)
    asked = Request.of(case, "status-quo", {"facts": {"faction.generals.share": 0.3}}, open_case)
    found = drawn(asked, 8).draws
    assert "fact.faction.generals.share" not in found.names
    column = found.names.index("fact.faction.moderates.share")
    assert found.posterior.values[:, column] == pytest.approx(0.7)


def test_few_seeds_draw_nothing_unless_asked_to():
    assert unknown_of([request()], range(1, 80)) is None
    found = unknown_of([request()], range(1, 84))
    assert found is not None
    assert (found.n_draws, found.each, len(found.seeds)) == (20, 4, 80)
    assert unknown_of([request(point=True)], range(1, 500), draws=30) is None
    with pytest.raises(InputError, match="draws"):
        unknown_of([request()], (1,), draws=1)


def test_a_posterior_takes_the_place_of_the_ranges_of_what_it_holds():
    values = np.array([[0.1, 1.5], [0.2, 2.0]])
    posterior = Posterior(("violence.n_own", "violence.tail"), values, np.array([0.5, 0.5]), {"case": CASE})
    found = drawn(request(), 10, posterior=posterior)
    names = found.draws.names
    column = found.draws.posterior.values[:, names.index("violence.tail")]
    assert set(column) <= {1.5, 2.0}
    assert "2 of them from the posterior" in found.words


def test_the_same_seed_draws_the_same():
    first, again = (drawn(request()).draws.posterior.values for _ in range(2))
    assert np.array_equal(first, again)
    other = unknown_of([request()], (2,), draws=6)
    assert other is not None
    assert not np.array_equal(first, other.draws.posterior.values)


def test_each_run_is_a_plain_run_with_its_draw(compiled: None):
    policies = [request(), request("opening")]
    found = unknown_of(policies, (1,), draws=3, each=2)
    assert found is not None
    over = found.run(policies)
    assert over is not None
    assert over.values("fatalities").shape == (2, 6)
    for k, policy in enumerate(("status-quo", "opening")):
        for place, seed in enumerate(found.seeds):
            setting = found.draws.setting(place // 2)
            start = open_case(CASE, policy, parameters=setting)
            assert ends_of(start, [seed])["fatalities"][0] == over.ends[k]["fatalities"][place]


def test_theories_take_turns(compiled: None):
    found = unknown_of([request()], (1,), draws=4, each=2, theories=("readiness", "ripeness"))
    assert found is not None
    over = found.run([request()])
    assert over is not None
    for draw, theory in enumerate(("readiness", "ripeness") * 2):
        start = open_case(CASE, "status-quo", parameters=found.draws.setting(draw), theory=theory)
        seeds = found.seeds[2 * draw : 2 * draw + 2]
        assert (
            ends_of(start, seeds)["talk_days"].tolist()
            == over.ends[0]["talk_days"][2 * draw : 2 * draw + 2].tolist()
        )


def test_a_profile_stands_under_every_draw(compiled: None):
    asked = request(profile="core-0.1")
    found = unknown_of([asked], (1,), draws=3, each=2)
    assert found is not None
    over = found.run([asked])
    assert over is not None
    start = open_case(CASE, "status-quo", parameters=found.draws.setting(2), profile="core-0.1")
    assert ends_of(start, found.seeds[4:])["attacks"].tolist() == over.ends[0]["attacks"][4:].tolist()


def test_a_comparison_says_both_intervals(compiled: None):
    both = detente.compare(CASE, ["status-quo", "opening"], runs=8, draws=20)
    row = both.differences().loc[("days_in_ceasefire", "opening")]
    assert row["draws"] == 20
    assert row["draws_low95"] <= row["draws_mean"] <= row["draws_high95"]
    told = both.to_json()
    assert told["not_known"]["draws"] == 20
    assert told["not_known"]["posterior"]["name"] == "pooled"
    assert told["policies"]["opening"]["differences"]["days_in_ceasefire"]["draws"] == 20
    assert set(both.signs(["days_in_ceasefire"])) == {"opening"}
    assert len(both.plot_differences().data) > 0
    plain = detente.compare(CASE, ["status-quo", "opening"], runs=8, draws=20, point=True)
    assert plain.over is None
    assert "sign_share" not in plain.differences()
    with pytest.raises(InputError, match="draws"):
        plain.plot_differences()


def test_ranges_alone_are_drawn_where_they_are_asked_for():
    found = drawn(request(), 3, posterior="ranges")
    assert found.about["posterior"] is None
    assert (
        found.words
        == f"3 draws of {len(found.about['parameters'])} parameters over their declared ranges; 4 seeds under each"
    )
    assert drawn(request(profile="core-0.1"), 3).about["note"].endswith("the profile core-0.1")
    assert "from the pooled posterior (version" in drawn(request(), 3).words


def test_draws_have_the_numbers_from_the_first_seed_on():
    found = drawn(request(), 3)
    (_, second, _) = found.draws.posterior.values
    assert second.tolist() == list(found.source.setting(request(), 2).values())
