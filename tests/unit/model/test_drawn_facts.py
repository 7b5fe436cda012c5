"""Facts that are not known: drawn for each seed, written into openings, the same in both drivers."""

import tomllib
from typing import Any

import numpy as np
import pytest
from shipped_cases import every_case

from detente.model.catalogue import SHIPPED, load_policy, load_scenario
from detente.model.engine import run_batch, run_one
from detente.model.errors import InputError
from detente.model.fact_draws import between, draw, draws
from detente.model.facts import facts_of, with_facts
from detente.model.opening import (
    Opening,
    case_for_seed,
    facts_drawn,
    for_seed,
    opening,
    template_for,
    with_other_facts,
)
from detente.model.process import PeaceProcess
from detente.model.request import Request, open_case
from detente.model.scenario import FactSpec, Scenario

ALIKE = ("hawkishness", "max_cost", "share")
"""Keys that stand in each other's way where all facts of a case are set at once."""


def priors(case: str) -> Scenario:
    """A shipped case of which nearly nothing is known."""
    scenario = load_scenario(case)
    facts: list[FactSpec] = []
    for path, known in facts_of(scenario).items():
        low, high = max(known.range.low, 0.9 * known.value), min(known.range.high, 1.1 * known.value)
        if path.endswith(".cost"):
            high = known.value
        if path.startswith("party") or not path.endswith(ALIKE):
            spec = {"path": path, "low": min(low, high), "high": max(low, high), "grade": "prior"}
            facts.append(FactSpec.model_validate(spec))
    return scenario.model_copy(update={"facts": tuple(facts)})


def fact(path: str, low: float, high: float) -> FactSpec:
    return FactSpec(path=path, low=low, high=high, grade="prior")


def known_little(*facts: FactSpec) -> Scenario:
    """The template with some facts that are not known."""
    return load_scenario("template").model_copy(update={"facts": facts})


MORALE, ATTACKS = (
    fact("party.movement.morale", 0.5, 1.5),
    fact("relation.movement.republic.attacks", 0.05, 5.0),
)


def test_a_draw_lies_in_its_range_and_depends_on_seed_and_path_alone():
    values = np.array([draw(MORALE, seed) for seed in range(400)])
    assert ((values >= 0.5) & (values <= 1.5)).all()
    assert abs(values.mean() - 1.0) < 0.06  # four standard errors
    assert len(set(values)) == 400
    assert draws((MORALE, ATTACKS), 7)["party.movement.morale"] == draw(MORALE, 7)
    assert draw(MORALE, 7) != draw(fact("party.republic.morale", 0.5, 1.5), 7)
    assert draw(MORALE, 2**64 - 1) != draw(MORALE, 2**32 - 1)


def test_a_wide_range_is_drawn_on_a_log_scale():
    assert between(0.05, 5.0, 0.5) == pytest.approx(0.5)
    assert between(0.5, 1.5, 0.5) == 1.0
    assert between(0.0, 100.0, 0.5) == 50.0
    assert [between(0.05, 5.0, end) for end in (0.0, 1.0)] == pytest.approx([0.05, 5.0])
    values = np.log([draw(ATTACKS, seed) for seed in range(400)])
    assert abs(values.mean() - np.log(0.5)) < 0.27  # four standard errors


@pytest.mark.parametrize("case", every_case())
def test_an_opening_with_facts_written_into_it_is_the_one_that_is_built(case: str):
    scenario = priors(case)
    policy = load_policy(scenario, "status-quo")
    start = opening(scenario, policy)
    for seed in (1, 2):
        built = opening(case_for_seed(start, seed), policy, point=True)
        assert built.layout == start.layout
        assert np.array_equal(template_for(start, seed), built.buffer)
        assert all(np.array_equal(start.constants[k], built.constants[k]) for k in start.constants)
    assert not np.array_equal(template_for(start, 1), template_for(start, 2))


def test_each_fact_alone_is_written_as_it_is_built():
    scenario = load_scenario("template")
    policy = load_policy(scenario, "status-quo")
    for path, known in facts_of(scenario).items():
        low, high = known.range.low, min(known.range.high, known.value + 0.2)
        values = [low + share * (high - low) for share in (0.4, 0.6)]
        if path.endswith("max_cost"):
            values = [known.value, known.value + 0.1]
        first, second = (opening(scenario, policy, facts={path: v}) for v in values)
        assert np.array_equal(with_other_facts(first, {path: values[1]}).buffer, second.buffer), path
        assert not np.array_equal(first.buffer, second.buffer) or path.endswith("deaths_per_event"), path


def test_facts_set_and_parameters_go_together():
    scenario = load_scenario("template")
    policy = load_policy(scenario, "status-quo")
    tail: Any = scenario.parameters.model_copy(
        update={"violence": scenario.parameters.violence.model_copy(update={"tail": 2.5})}
    )
    deaths = {"relation.movement.republic.deaths_per_event": 4.0}
    one = opening(scenario, policy, parameters=tail, facts=deaths)
    other = with_other_facts(
        opening(scenario, policy, parameters=tail, facts=dict.fromkeys(deaths, 5.0)), deaths
    )
    assert np.array_equal(one.buffer, other.buffer)


def trajectories(start: Opening, seed: int) -> tuple[str, str]:
    """Digests of a run by both drivers."""
    model = PeaceProcess(opening=start, rng=seed, keep_trajectory=True, collect=False)
    model.run_for(40)
    return model.trajectory().sha256, run_one(start, seed, n_steps=40).sha256


@pytest.mark.parametrize("case", every_case())
def test_both_drivers_draw_the_same_facts(case: str, compiled: None):
    scenario = priors(case)
    start = opening(scenario, load_policy(scenario, "status-quo"))
    on_mesa, in_code = trajectories(start, 3)
    assert on_mesa == in_code
    without = load_scenario(case).model_copy(
        update={"facts": ()}
    )  # or the case's own priors would be drawn too
    alone = opening(with_facts(without, facts_drawn(start, 3)), start.policy)
    assert run_one(alone, 3, n_steps=40).sha256 == in_code


def test_an_ensemble_draws_for_each_seed(compiled: None):
    start = opening(known_little(MORALE, ATTACKS), load_policy(load_scenario("template"), "status-quo"))
    batch = run_batch(start, [5, 6, 7], wanted=["tally.attacks"], every=30, threads=2)
    for k, seed in enumerate((5, 6, 7)):
        alone = run_one(start, seed)
        assert np.array_equal(alone.rows[-1], batch.final[k])
        at = alone.columns.index("tally.attacks")
        assert np.array_equal(alone.rows[::30, at], batch.series[k, : len(alone.rows[::30]), 0])


def test_prepare_works_from_what_was_drawn():
    start = opening(known_little(ATTACKS), load_policy(load_scenario("template"), "status-quo"))
    model = PeaceProcess(opening=start, rng=9, collect=False)
    dyad = model.world.dyads[start.cast.dyads.index("movement>republic")]
    value = facts_drawn(start, 9)["relation.movement.republic.attacks"]
    assert dyad.lbar == value
    assert model.drawn_facts == {"relation.movement.republic.attacks": value}
    assert dyad.toll == value * dyad.deaths_per_event


def test_a_seed_means_the_same_facts_under_every_policy():
    scenario = known_little(MORALE, ATTACKS)
    one, other = (opening(scenario, load_policy(scenario, name)) for name in ("status-quo", "opening"))
    assert facts_drawn(one, 11) == facts_drawn(other, 11)
    assert facts_drawn(one, 11) != facts_drawn(one, 12)


def test_at_a_point_nothing_is_drawn_and_runs_are_those_of_the_case_without_facts(compiled: None):
    scenario, plain = known_little(MORALE), load_scenario("template")
    policy = load_policy(plain, "status-quo")
    at_point, usual = opening(scenario, policy, point=True), opening(plain, policy)
    assert (at_point.priors, facts_drawn(at_point, 1)) == ((), {})
    assert np.array_equal(for_seed(at_point, 1), for_seed(usual, 1))
    assert run_one(at_point, 1).sha256 == run_one(usual, 1).sha256
    assert run_one(opening(scenario, policy), 1).sha256 != run_one(usual, 1).sha256


def test_a_fact_set_by_hand_is_not_drawn():
    start = open_case(known_little(MORALE, ATTACKS), "status-quo", facts={"party.movement.morale": 0.75})
    assert [f.path for f in start.priors] == ["relation.movement.republic.attacks"]
    assert start.facts == {"party.movement.morale": 0.75}
    assert case_for_seed(start, 4).party[1].morale == 0.75
    assert start.scenario.party[1].morale == 1.0


def test_shares_set_by_hand_stand_where_others_are_drawn():
    names = ("moderates", "generals")
    scenario = known_little(*(fact(f"faction.{name}.share", 0.3, 0.7) for name in names))
    drawn = case_for_seed(opening(scenario, load_policy(scenario, "status-quo")), 2).party[0].faction
    assert sum(f.share for f in drawn) == pytest.approx(1.0)
    fixed = open_case(scenario, "status-quo", facts={"faction.moderates.share": 0.8})
    assert [f.share for f in case_for_seed(fixed, 2).party[0].faction] == pytest.approx([0.8, 0.2])


def asker(case: Any, cups: int = 1) -> None:
    """A function with a keyword of its own."""


WAYS: tuple[dict[str, Any], ...] = (
    {"facts": {"relation.republic.movement.trust": 0.2}},
    {"facts": {"fact.relation.republic.movement.trust": np.float64(0.2)}},
    {"fact__relation__republic__movement__trust": 0.2},
    {"fact.relation.republic.movement.trust": 0.2},
)


@pytest.mark.parametrize("asked", WAYS)
def test_a_fact_is_written_in_any_of_the_usual_ways(asked: Any):
    assert Request.of("template", None, asked, asker).facts == {"relation.republic.movement.trust": 0.2}


def test_hyphens_of_a_name_are_underscores_in_a_keyword():
    asked: Any = {"fact__faction__field_commanders__hawkishness": 0.4}
    assert Request.of("template", None, asked, asker).facts == {"faction.field-commanders.hawkishness": 0.4}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fact__party__movment__morale": 1}, "did you mean 'party.movement.morale'?"),
        ({"facts": {"party.movement.morale": 1}, "fact__party__movement__morale": 1}, "is given twice"),
        ({"facts": {"party.movement.morale": "1"}}, "fact.party.movement.morale: got '1'"),
        ({"facts": ["party.movement.morale"]}, "expected paths and numbers"),
        ({"point": "yes"}, "point: got 'yes'; expected true or false"),
    ],
)
def test_a_fact_that_cannot_be_meant_is_refused(asked: Any, said: str):
    with pytest.raises(InputError) as caught:
        Request.of("template", None, asked, asker)
    assert said in str(caught.value)


def test_a_mesa_model_takes_facts_as_it_takes_parameters():
    model = PeaceProcess("template", "status-quo", rng=1, fact__party__movement__morale=0.8)
    assert model.world.parties[1].morale == 0.8


def test_the_file_says_what_a_template_may_say():
    text = (SHIPPED / "template/case.toml").read_text(encoding="utf-8")
    example = "\n".join(line[2:] for line in text.splitlines()[-6:])
    (table,) = tomllib.loads(example)["facts"]
    assert FactSpec.model_validate(table).path in facts_of(load_scenario("template"))
