"""``PeaceProcess`` as a Mesa model: batch runs, life and death, overridden decisions, what it refuses and records."""

import gc
import math
import weakref
from typing import Any

import mesa
import numpy as np
import pytest

from detente.agents.actors import DECISIONS, DecisionError, Faction, Mediator, Party, Spoiler
from detente.agents.codes import CAUSES, EVENTS
from detente.agents.parameters import Parameters
from detente.model.death_scale import size_scale
from detente.model.errors import InputError
from detente.model.process import PeaceProcess
from detente.model.stages import STAGE_NAMES

pytestmark = [pytest.mark.mesa, pytest.mark.usefixtures("short_log")]
has_batch_run = pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has scenarios in its place")

SHORT = {"case": "template", "policy": "status-quo", "step_days": 7.0}


def short(seed=1, **options):
    return PeaceProcess(**{**SHORT, "rng": seed, **options})


# -- under Mesa


def test_it_is_a_mesa_model_of_mesa_agents():
    model = short()
    assert isinstance(model, mesa.Model)
    kinds = {type(agent) for agent in model.agents}
    assert kinds == {Party, Faction, Mediator, Spoiler}
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    assert model.time == 0


def test_steps_are_counted_by_mesa_and_by_the_clock():
    model = short()
    for k in range(1, 4):
        model.step()
        assert model.time == k
        assert model.world.clock.step == k


def test_it_stops_by_itself_and_says_why():
    model = short()
    model.run_model()
    assert not model.running
    assert model.world.clock.end_reason > 0
    taken = model.world.clock.step
    assert taken <= model.opening.n_steps
    model.step()
    assert model.world.clock.step == taken


def test_mesas_clock_stands_still_once_it_has_ended():
    model = short()
    model.run_model()
    ended = model.time
    model.step()
    assert model.time == ended == model.world.clock.step


def direct_runs(seeds, lever):
    """What a batch should give: the last values of models stepped by hand."""
    last = {}
    for seed in seeds:
        model = short(seed, ceasefires=lever)
        model.run_model()
        last[seed] = model.datacollector.get_model_vars_dataframe().iloc[-1].to_dict()
        assert last[seed]["date"] == model.date.isoformat()
    return last


@has_batch_run
@pytest.mark.parametrize("period", [-1, 1])
def test_batch_runs_keep_the_final_state(period):
    seeds = [3, 4]
    rows = mesa.batch_run(
        PeaceProcess,
        {**SHORT, "ceasefires": [0.0, 1.0]},
        rng=seeds,
        number_processes=1,
        data_collection_period=period,
        display_progress=False,
    )
    for lever in (0.0, 1.0):
        expected = direct_runs(seeds, lever)
        for seed in seeds:
            mine = [r for r in rows if r["ceasefires"] == lever and rng_of(r) == seed]
            end = max(r["Step"] for r in mine)
            final = [r for r in mine if r["Step"] == end]
            assert len(final) == len(short().agents)
            for key, value in expected[seed].items():
                assert {r[key] for r in final} == {value}


def rng_of(row):
    return row.get("rng", row.get("seed"))


@has_batch_run
def test_batch_rows_carry_every_agent():
    rows = mesa.batch_run(
        PeaceProcess, SHORT, rng=[1], number_processes=1, data_collection_period=-1, display_progress=False
    )
    model = short(1)
    model.run_model()
    assert {r["name"] for r in rows} == {agent.name for agent in model.agents}
    held = {agent.name: agent for agent in model.agents}
    for r in rows:
        assert r["capital"] == getattr(held[r["name"]], "capital", None) or math.isnan(r["capital"])


def test_models_are_collected_after_use():
    gc.collect()
    before = count_models()
    watched = []
    for seed in range(10):
        model = short(seed, keep_trajectory=True)
        model.step()
        watched += [
            weakref.ref(model),
            weakref.ref(model.world.parties[0]),
            weakref.ref(model.world.dyads[0]),
        ]
        del model
    gc.collect()
    assert [ref() for ref in watched if ref() is not None] == []
    assert count_models() == before


def count_models():
    return sum(type(o) is PeaceProcess for o in gc.get_objects())


def test_models_do_not_share_state():
    one, other = short(1), short(1)
    one.run_model()
    assert other.world.clock.step == 0
    other.run_model()
    assert one.world.tally.attacks == other.world.tally.attacks


# -- what it refuses


@pytest.mark.parametrize("seed", [-1, 2**64, 1.0, 1.5, True, "two", float("nan")])
def test_wrong_seeds_are_refused(seed):
    with pytest.raises(InputError, match=r"seed: .*expected a whole number from 0"):
        short(seed)


@pytest.mark.parametrize("seed", [0, 2**64 - 1, "17", np.int64(5)])
def test_whole_numbers_are_seeds(seed):
    assert short(seed).seed_number == int(seed)


@pytest.mark.parametrize("value", [-0.1, 1.1, "0.5", True, None, float("nan"), float("inf")])
def test_levers_out_of_range_are_refused(value):
    with pytest.raises(InputError, match="ceasefires"):
        short(ceasefires=value)


def test_misspelt_levers_are_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'ceasefires'"):
        short(ceasefire=0.5)


def test_unknown_actors_are_refused_by_name():
    with pytest.raises(InputError, match=r"no actor is called 'nobody'.*movement"):
        short(actors={"nobody": Party})


def test_actors_of_the_wrong_kind_are_refused():
    with pytest.raises(InputError, match=r"actors\.movement: got Mediator; expected a subclass of Party"):
        short(actors={"movement": Mediator})


@pytest.mark.parametrize("actors", [{"movement": 3}, {"movement": "Party"}])
def test_actors_that_are_no_classes_are_refused(actors):
    with pytest.raises((InputError, TypeError)):
        short(actors=actors)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"case": "korea"}, "unknown case"),
        ({"policy": "histroy"}, "unknown policy"),
        ({"mode": "always"}, "free, until or conditioned"),
        ({"mode": "until"}, "needs a date"),
        ({"until": "2018-13-01"}, "expected a date"),
        ({"step_days": 0.4}, "step_days"),
        ({"parameters": {"violence": {"n_won": 0.1}}}, "did you mean 'n_own'"),
        ({"parameters": {"violenc": {}}}, "did you mean 'violence'"),
        ({"parameters": {"violence": {"n_own": 9.0}}}, "violence.n_own"),
    ],
)
def test_other_mistakes_are_one_clear_line(options, expected):
    with pytest.raises(InputError, match=expected) as caught:
        short(**options)
    assert "\n" not in str(caught.value)


def test_branching_without_end_is_refused():
    over = {"violence": {"n_own": 0.6, "n_rec": 0.3}}
    with pytest.raises(InputError, match=r"at most 0\.8"):
        short(parameters=over)


def test_deaths_beyond_the_largest_event_are_refused():
    """No case can ask for them, since its deaths per event are bounded far below; a mean out of reach is no number."""
    with pytest.raises(InputError, match="deaths_per_event: no scale gives 490"):
        size_scale(Parameters(), 490.0)


def test_a_trajectory_that_was_not_kept_is_refused():
    with pytest.raises(ValueError, match="keep_trajectory=True"):
        short().trajectory()


# -- decisions of one's own


class Dove(Party):
    """Offers a truce at once."""

    def offer_truce(self, dyad):
        del dyad
        return math.inf


class Patient(Mediator):
    """Never works anywhere."""

    def weigh_pair(self, link):
        del link
        return -50.0


class Unchanged(Party):
    """A subclass that overrides nothing."""


def test_an_overridden_decision_changes_behaviour_and_is_named():
    stock, own = short(1, step_days=1.0), short(1, step_days=1.0, actors={"movement": Dove})
    for model in (stock, own):
        model.step()
    offers = EVENTS.index("truce_offered")
    assert [e.what for e in own.world.events[: own.world.clock.n_events]].count(offers) == 1
    assert stock.world.tally.truce_offers == 0
    assert own.overridden == ("movement",)
    assert stock.overridden == ()
    assert type(own.world.parties[1]) is Dove


def test_an_overridden_mediator_stays_away():
    levers = {"mediation": 1.0}
    stock, own = short(2, **levers), short(2, actors={"neighbour": Patient}, **levers)
    for model in (stock, own):
        model.run_model()
    engaged = EVENTS.index("mediator_engaged")

    def count(model):
        return [e.what for e in model.world.events[: model.world.clock.n_events]].count(engaged)

    assert count(stock) > 0
    assert count(own) == 0


def test_a_subclass_that_changes_nothing_gives_the_stock_run():
    stock = short(3, keep_trajectory=True)
    own = short(3, keep_trajectory=True, actors={"movement": Unchanged, "republic": Party})
    for model in (stock, own):
        model.run_model()
    assert stock.trajectory().sha256 == own.trajectory().sha256
    assert own.overridden == ("movement",)


# every decision that can be overridden, with what brings the model to ask for it
ASKED = {
    Party: ("movement", DECISIONS[Party]),
    Mediator: ("neighbour", DECISIONS[Mediator]),
    Spoiler: ("rejectionists", DECISIONS[Spoiler]),
}
# the template has no patron, no measure with a fringe, and no package is due at once
NEVER_ASKED_HERE = {"draw_down", "narrow_measure", "value_package"}
CASES = [
    (cls, who, method)
    for cls, (who, methods) in ASKED.items()
    for method in methods
    if method not in NEVER_ASKED_HERE
]
# escalation, appraisals and scores may be negative, and must be finite; hazards may be infinite
HAZARDS = {name for name in DECISIONS[Party] if name not in ("escalation", "value_package")}


@pytest.mark.parametrize(("cls", "who", "method"), CASES, ids=[c[2] for c in CASES])
@pytest.mark.parametrize("answer", [math.nan, None, "0.5", True, 1j, [0.1]], ids=repr)
def test_answers_that_are_no_numbers_name_actor_and_method(cls, who, method, answer):
    bad = type("Bad", (cls,), {method: lambda self, *subject: answer})
    with pytest.raises(DecisionError, match=rf"{who}\.{method} returned"):
        step_until_round(short(1, actors={who: bad}))


@pytest.mark.parametrize(("cls", "who", "method"), CASES, ids=[c[2] for c in CASES])
def test_answers_out_of_range_are_refused(cls, who, method):
    answer = -0.1 if method in HAZARDS else math.inf
    bad = type("Bad", (cls,), {method: lambda self, *subject: answer})
    with pytest.raises(DecisionError, match=rf"{who}\.{method} returned"):
        step_until_round(short(1, actors={who: bad}))


@pytest.mark.parametrize("answer", [math.nan, None, -0.1], ids=repr)
def test_an_answer_about_narrowing_a_measure_is_checked_too(answer):
    bad = type("Bad", (Party,), {"narrow_measure": lambda self, measure: answer})
    with pytest.raises(DecisionError, match=r"north-korea\.narrow_measure returned"):
        PeaceProcess("korea-2017", "status-quo", rng=1, actors={"north-korea": bad}).step()


@pytest.mark.parametrize("answer", [0, 0.0, 1, 0.5, np.float64(0.5), math.inf])
def test_hazards_may_be_any_number_from_nothing_to_infinity(answer):
    own = type("Own", (Party,), {"offer_truce": lambda self, dyad: answer})
    model = short(1, actors={"movement": own}, keep_trajectory=True)
    model.step()
    model.trajectory()


def step_until_round(model):
    """Mediators are asked once a month."""
    for _ in range(6):
        model.step()


# -- what it records


def test_event_table_tells_date_stage_actor_other_what_and_why():
    model = PeaceProcess("template", "opening", rng=1)
    for _ in range(250):
        model.step()
    table = model.datacollector.get_table_dataframe("events")
    assert list(table.columns) == ["date", "stage", "event", "actor", "other", "what", "why", "value"]
    assert len(table) == model.world.clock.n_events > 0
    offer = table[table["event"] == "truce_offered"].iloc[0]
    assert offer["date"] == "2030-04-05"
    assert offer["stage"] == "ceasefires"
    assert (offer["actor"], offer["other"]) == ("The Republic", "The Movement")
    assert offer["why"] == "imposed by the policy"
    assert set(table["stage"]) <= set(STAGE_NAMES)
    assert set(table["event"]) <= set(EVENTS)
    assert set(table["why"]) <= set(CAUSES)
    assert list(table["date"]) == sorted(table["date"])


def test_collected_series_are_the_state():
    model = short(1)
    for _ in range(5):
        model.step()
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == 6
    assert frame["attacks"].iloc[-1] == model.world.tally.attacks
    assert frame["date"].iloc[0] == "2030-01-01"
    assert frame["date"].iloc[-1] == "2030-02-05"
    agents = model.datacollector.get_agent_vars_dataframe().loc[5]
    party = model.world.parties[0]
    assert agents.loc[party.unique_id, "capital"] == party.capital
    dyads = model.datacollector.get_table_dataframe("dyads")
    assert len(dyads) == 6 * len(model.world.dyads)
    assert dyads["trust"].iloc[-1] == model.world.dyads[-1].trust


def test_without_a_collector_nothing_is_collected():
    model = short(1, collect=False)
    model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == 0


def test_reset_by_making_it_anew():
    first = short(11, keep_trajectory=True)
    first.run_model()
    again = PeaceProcess(opening=first.opening, rng=11, keep_trajectory=True)
    again.run_model()
    assert first.trajectory().sha256 == again.trajectory().sha256


@pytest.mark.parametrize("actors", [["republic"], 3])
def test_actors_that_are_no_mapping_are_refused(actors: Any):
    with pytest.raises(InputError, match=r"actors: got .*; expected names of actors and classes"):
        PeaceProcess("template", actors=actors)
