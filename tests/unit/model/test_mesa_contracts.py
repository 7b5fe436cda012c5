"""What Mesa may ask of a model: any kind of seed, scenarios, collectors of one's own, copies in mid-run, its habits."""

import copy
import math
import pickle

import mesa
import numpy as np
import pytest
from mesa.experimental.scenarios import Scenario

import detente
from detente.agents.actors import Faction, Mediator, Party, Spoiler
from detente.model.errors import InputError
from detente.model.mesa_arguments import seed_number
from detente.model.process import PeaceProcess

pytestmark = [pytest.mark.mesa, pytest.mark.usefixtures("short_log")]

SHORT = {"case": "template", "policy": "five-lessons", "step_days": 7.0}


def short(seed=1, **options):
    return PeaceProcess(**{**SHORT, "rng": seed, **options})


def digest(model):
    """The whole trajectory of a model, run to its end."""
    model.run_model()
    return model.trajectory().sha256


# -- seeds


@pytest.mark.parametrize("seed", [7, np.int64(7), np.uint8(7), "7", np.array(7)])
def test_whole_numbers_are_seeds_as_they_are(seed):
    assert seed_number(seed) == 7


def test_the_greatest_seeds_are_taken_whole():
    assert seed_number(2**64 - 1) == seed_number(np.uint64(2**64 - 1)) == 2**64 - 1


def test_a_seed_sequence_always_means_the_same_run():
    sequence = np.random.SeedSequence(5)
    first = seed_number(sequence)
    assert first == seed_number(sequence) == seed_number(np.random.SeedSequence(5))
    assert first == int(np.random.SeedSequence(5).generate_state(1, np.uint64)[0])
    assert len({first, *map(seed_number, sequence.spawn(3))}) == 4


@pytest.mark.parametrize("numbers", [[5, 6], (5, 6), np.array([5, 6]), range(5, 7)])
def test_a_sequence_of_whole_numbers_is_taken_as_the_seed_sequence_of_it(numbers):
    assert seed_number(numbers) == seed_number(np.random.SeedSequence([5, 6]))


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937, np.random.Philox])
def test_a_generator_is_drawn_from_once(kind):
    twin = np.random.Generator(kind(3))
    first, second = (int(twin.integers(0, 2**64, dtype=np.uint64)) for _ in range(2))
    for made in (np.random.Generator(kind(3)), kind(3)):
        assert (seed_number(made), seed_number(made)) == (first, second)


def test_no_seed_is_a_fresh_one_that_repeats_the_run():
    one, other = (short(None, keep_trajectory=True) for _ in range(2))
    assert one.seed_number != other.seed_number
    assert 0 <= one.seed_number < 2**53
    assert digest(one) == digest(short(one.seed_number, keep_trajectory=True))
    assert one.trajectory().sha256 != digest(other)


@pytest.mark.parametrize(
    "seed",
    [
        -1,
        2**64,
        1.0,
        1.5,
        math.nan,
        True,
        np.True_,
        np.float32(1),
        "two",
        "1.5",
        b"7",
        [],
        [-1],
        [1.5],
        [True],
    ],
    ids=repr,
)
def test_other_seeds_are_refused_in_one_line(seed):
    with pytest.raises(InputError, match=r"^seed: got .*; expected a whole number .* SeedSequence") as caught:
        short(seed)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", [{}, object(), np.random.RandomState(1), np.array([[1.5]])])
def test_what_is_no_seed_at_all_is_refused(seed):
    with pytest.raises(InputError, match=r"^seed: got"):
        short(seed)


def test_mesas_older_word_for_the_seed_is_taken():
    assert PeaceProcess(**SHORT, seed=9).seed_number == 9
    assert PeaceProcess(**SHORT, seed=None).seed_number != PeaceProcess(**SHORT, seed=None).seed_number
    with pytest.raises(InputError, match="seed and rng: got both"):
        PeaceProcess(**SHORT, seed=9, rng=9)


# -- scenarios


def test_the_parameters_of_a_scenario_are_keywords():
    scenario = Scenario(rng=5, **SHORT, direct_channel=0.3)
    model = PeaceProcess(scenario=scenario)
    assert model.scenario is scenario
    assert model.opening.scenario.case.name == "template"
    assert model.opening.policy.name == "five-lessons"
    assert model.opening.levers["direct_channel"] == 0.3


def test_what_a_call_says_wins_over_its_scenario():
    scenario = Scenario(rng=5, **SHORT, direct_channel=0.3)
    model = PeaceProcess("template", scenario=scenario, policy="status-quo", direct_channel=0.6, rng=11)
    assert model.opening.policy.name == "status-quo"
    assert model.opening.levers["direct_channel"] == 0.6
    assert model.seed_number == 11


class Usual(Scenario):
    """Settings of one's own for a series of models."""

    case: str = "template"
    policy: str = "status-quo"
    recognition: float = 0.4


def test_the_defaults_of_a_scenario_class_count():
    model = PeaceProcess(scenario=Usual(rng=3))
    assert model.opening.levers["recognition"] == 0.4


def test_a_scenario_means_one_run_wherever_it_is_made():
    numbers = {
        PeaceProcess(scenario=scenario).seed_number
        for scenario in (Usual(rng=3), pickle.loads(pickle.dumps(Usual(rng=3))), copy.deepcopy(Usual(rng=3)))
    }
    assert len(numbers) == 1
    assert numbers != {PeaceProcess(scenario=Usual(rng=4)).seed_number}


def test_a_scenario_without_a_seed_is_a_fresh_run():
    assert PeaceProcess(scenario=Usual()).seed_number != PeaceProcess(scenario=Usual(rng=None)).seed_number


def test_what_is_no_scenario_is_refused():
    with pytest.raises(InputError, match="scenario: got 'template'; expected a Scenario"):
        PeaceProcess(scenario="template")


def test_a_misspelt_parameter_of_a_scenario_is_refused():
    with pytest.raises(InputError, match="did you mean 'recognition'"):
        PeaceProcess(scenario=Scenario(rng=1, **SHORT, recogniton=0.5))


@pytest.mark.skipif(hasattr(Scenario, "spawn_replications"), reason="Mesa 4 lets models share a scenario")
def test_a_scenario_whose_model_still_runs_is_refused_as_mesa_does():
    scenario = Usual(rng=3)
    first = PeaceProcess(scenario=scenario)
    with pytest.raises(InputError, match="whose model is still running"):
        PeaceProcess(scenario=scenario)
    assert first.running


@pytest.mark.skipif(not hasattr(Scenario, "spawn_replications"), reason="new in Mesa 4")
def test_replications_of_a_scenario_are_runs_of_their_own():
    numbers = [PeaceProcess(scenario=s).seed_number for s in Usual(rng=3).spawn_replications(4)]
    assert len(set(numbers)) == 4
    assert numbers == [PeaceProcess(scenario=s).seed_number for s in Usual(rng=3).spawn_replications(4)]


# -- what is collected


def hawks(model):
    """Mean hawkishness of the factions."""
    return float(np.mean([f.hawkishness for f in model.world.factions]))


class Counted(PeaceProcess):
    """Reports one thing more, and one table less."""

    def reporters(self):
        mine = super().reporters()
        mine["model_reporters"]["hawks"] = hawks
        mine["tables"].pop("dyads")
        return mine


def test_reporters_of_ones_own_are_collected_beside_the_stock_ones():
    model = Counted(**SHORT, rng=1)
    model.run_for(3)
    seen = model.datacollector.get_model_vars_dataframe()
    assert seen["hawks"].tolist() == [hawks(model)] * 4
    stock = short(1)
    stock.run_for(3)
    expected = stock.datacollector.get_model_vars_dataframe()
    assert seen[expected.columns].equals(expected)
    assert set(model.datacollector.tables) == {"events"}


def test_the_stock_reporters_are_not_changed_by_those_of_a_subclass():
    Counted(**SHORT, rng=1)
    assert "hawks" not in short().datacollector.model_reporters
    assert "dyads" in short().datacollector.tables


class Quiet(mesa.DataCollector):
    """A collector of one's own."""


def test_the_collector_may_be_of_another_class():
    cls = type("Mine", (PeaceProcess,), {"collector": lambda self: Quiet(**self.reporters())})
    model = cls(**SHORT, rng=1)
    model.step()
    assert type(model.datacollector) is Quiet
    assert len(model.datacollector.get_model_vars_dataframe()) == 2


def test_a_collector_put_in_its_place_is_used_from_then_on():
    model = short(1)
    model.run_for(2)
    model.datacollector = mesa.DataCollector(model_reporters={"hawks": hawks})
    model.run_for(3)
    assert model.datacollector.get_model_vars_dataframe()["hawks"].tolist() == [hawks(model)] * 3


def test_tables_are_filled_as_far_as_they_have_columns():
    model, stock = short(1), short(1)
    tables = {"events": ["date", "event"], "dyads": ["dyad", "trust"], "mine": ["date"]}
    model.datacollector = mesa.DataCollector(tables=tables)
    for m in (model, stock):
        m.run_for(30)
    events, expected = (m.datacollector.get_table_dataframe("events") for m in (model, stock))
    assert len(events) > 0
    assert events.equals(expected[["date", "event"]])
    dyads = stock.datacollector.get_table_dataframe("dyads").iloc[len(stock.world.dyads) :]
    assert model.datacollector.tables["dyads"]["trust"] == dyads["trust"].tolist()
    assert model.datacollector.tables["mine"] == {"date": []}


def test_a_table_with_a_column_of_ones_own_is_left_to_its_owner():
    model = short(1)
    model.datacollector = mesa.DataCollector(tables={"events": ["date", "mine"], "dyads": ["dyad", "mine"]})
    model.run_for(30)
    assert model.datacollector.tables == {
        "events": {"date": [], "mine": []},
        "dyads": {"dyad": [], "mine": []},
    }


def test_without_a_collector_it_runs_the_same():
    model, stock = short(1, keep_trajectory=True), short(1, keep_trajectory=True)
    model.datacollector = None
    assert digest(model) == digest(stock)
    assert "<PeaceProcess template" in model._repr_html_().replace("&lt;", "<")


def test_collecting_changes_no_number():
    assert digest(short(1, keep_trajectory=True)) == digest(short(1, keep_trajectory=True, collect=False))


def test_a_subclass_collects_nothing_either_where_told_so():
    model = Counted(**SHORT, rng=1, collect=False)
    model.run_for(2)
    assert model.datacollector.model_vars["hawks"] == []


def test_collecting_may_be_switched_in_mid_run():
    model, stock = short(1, collect=False), short(1)
    for m in (model, stock):
        m.run_for(20)
    model.collecting = True
    for m in (model, stock):
        m.run_for(2)
    model.collecting = False
    model.run_for(5)
    seen, expected = (m.datacollector.get_model_vars_dataframe() for m in (model, stock))
    assert seen.to_dict("list") == expected.iloc[-2:].to_dict("list")
    events = [m.datacollector.get_table_dataframe("events") for m in (model, stock)]
    assert events[0].equals(
        events[1]
    )  # the log of events is whole: what was not yet collected comes with the next


@pytest.mark.parametrize("collect", [True, False])
def test_a_picture_of_a_model_needs_no_collector_of_ours(collect):
    model = short(1, collect=collect)
    model.datacollector = mesa.DataCollector(model_reporters={"hawks": hawks})
    model.run_for(2)
    assert "template" in model._repr_html_()


# -- copies in mid-run


class Dove(Party):
    """Offers truces three times as readily."""

    def offer_truce(self, dyad):
        return 3.0 * super().offer_truce(dyad)


class Counting(Mediator):
    """Keeps a state of its own, which is part of what it decides."""

    asked = 0

    def weigh_pair(self, link):
        self.asked += 1
        return super().weigh_pair(link) + (0.5 if self.asked % 2 else -0.5)


def by_pickle(model):
    """As it goes to a worker process, or to disk."""
    return pickle.loads(pickle.dumps(model))


COPIES = [by_pickle, copy.deepcopy]
CASTS = {"stock": {}, "own": {"movement": Dove, "neighbour": Counting}}


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize("cast", CASTS)
@pytest.mark.parametrize("steps", [0, 1, 30, 70])
def test_a_copy_goes_on_bit_for_bit(steps, cast, duplicate):
    model = short(3, keep_trajectory=True, actors=CASTS[cast])
    model.run_for(steps) if steps else None
    twin = duplicate(model)
    assert twin.running
    assert digest(twin) == digest(model)
    assert twin.time == model.time
    assert twin.datacollector.tables == model.datacollector.tables
    assert twin.datacollector.get_agent_vars_dataframe().equals(
        model.datacollector.get_agent_vars_dataframe()
    )
    assert twin.overridden == model.overridden


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize("case", ["korea-2017", "afghanistan-2018"])
def test_copies_of_the_shipped_cases_go_on_bit_for_bit(case, duplicate):
    model = PeaceProcess(case, "five-lessons", rng=2, step_days=7, until="2018-12-31", keep_trajectory=True)
    model.run_for(20)
    assert digest(duplicate(duplicate(model))) == digest(model)


@pytest.mark.parametrize("duplicate", COPIES)
def test_a_copy_and_its_original_do_not_touch_each_other(duplicate):
    model = short(3, keep_trajectory=True)
    model.run_for(10)
    rows = len(model.trajectory().rows)
    twin = duplicate(model)
    digest(twin)
    assert (model.time, model.world.clock.step, len(model.trajectory().rows)) == (10, 10, rows)
    assert {id(a) for a in twin.agents}.isdisjoint({id(a) for a in model.agents})
    assert all(agent.model is twin for agent in twin.agents)
    assert all(any(party is agent for agent in twin.agents) for party in twin.world.parties)


def test_a_model_that_has_ended_can_be_copied():
    model = short(3, keep_trajectory=True)
    model.run_model()
    twin = by_pickle(model)
    twin.step()
    assert not twin.running
    assert (twin.time, twin.trajectory().sha256) == (model.time, model.trajectory().sha256)


def test_a_copy_can_try_another_future():
    model = short(3)
    model.run_for(40)
    twin = copy.deepcopy(model)
    for party in twin.world.parties:
        party.capital = 0.0
    for m in (model, twin):
        m.run_for(20)
    assert [p.capital for p in twin.world.parties] != [p.capital for p in model.world.parties]


# -- Mesa's habits


def test_agents_are_found_by_kind():
    model = short(1, actors={"movement": Dove})
    kinds = {Party: 1, Dove: 1, Faction: 4, Mediator: 1, Spoiler: 1}
    assert {cls: len(agents) for cls, agents in model.agents_by_type.items()} == kinds
    assert set(model.agent_types) == set(kinds)
    assert len(model.agents) == sum(kinds.values())
    assert [a.name for a in model.agents.select(lambda a: isinstance(a, Party))] == ["republic", "movement"]


@pytest.mark.parametrize("run", [lambda m: m.run_for(math.inf), lambda m: m.run_until(1e9)])
def test_mesas_clock_stops_where_the_process_ends(run):
    model, stock = short(1, keep_trajectory=True), short(1, keep_trajectory=True)
    run(model)
    assert not model.running
    assert model.trajectory().sha256 == digest(stock)
    assert model.time == stock.time == model.world.clock.step
    model.run_for(5)
    assert model.time == stock.time


def test_running_for_and_until_a_time_steps_as_often():
    one, two, three = (short(1, keep_trajectory=True) for _ in range(3))
    one.run_for(12)
    two.run_until(12)
    for _ in range(12):
        three.step()
    assert one.time == two.time == three.time == one.world.clock.step == 12
    assert len({m.trajectory().sha256 for m in (one, two, three)}) == 1


def test_half_a_step_of_time_steps_when_it_is_full():
    model = short(1)
    model.run_for(0.5)
    assert (model.time, model.world.clock.step) == (0.5, 0)
    model.run_for(0.5)
    assert (model.time, model.world.clock.step) == (1.0, 1)


def test_time_does_not_run_backwards():
    model = short(1)
    model.run_for(3)
    with pytest.warns(RuntimeWarning, match="time"):
        model.run_until(1)
    assert (model.time, model.world.clock.step) == (3, 3)


def test_running_may_be_set():
    model = short(1)
    model.running = False
    model.step()
    model.run_for(3)
    assert (model.time, model.world.clock.step) == (0, 0)
    model.running = True
    model.step()
    assert model.world.clock.step == 1


def test_an_ended_process_does_not_run_again():
    model = short(1)
    model.run_model()
    ended = model.world.clock.step
    model.running = True
    model.step()
    assert not model.running
    assert model.world.clock.step == ended


class Stepping(PeaceProcess):
    """Does something of its own after each step."""

    own = 0

    def step(self):
        super().step()
        self.own += 1


def test_a_step_of_ones_own_is_taken_by_every_way_of_running():
    model = Stepping(**SHORT, rng=1)
    model.step()
    model.run_for(2)
    model.run_until(5)
    assert model.own == model.world.clock.step == model.time == 5


def test_events_of_ones_own_are_scheduled_in_mesas_way():
    model, seen = short(1), []

    def look():
        seen.append(model.world.clock.step)

    model.schedule_event(look, at=2.5)
    model.run_for(4)
    assert seen == [2]


@pytest.mark.parametrize(
    "remove", [lambda m: m.remove_all_agents(), lambda m: m.world.parties[0].remove()], ids=["all", "one"]
)
def test_actors_cannot_be_removed(remove):
    model = short(1)
    n = len(model.agents)
    with pytest.raises(RuntimeError, match="actors of a case cannot be removed"):
        remove(model)
    assert len(model.agents) == n
    model.step()


def test_actors_cannot_join_in_mid_run():
    model = short(1)
    with pytest.raises(InputError, match="got a new actor in mid-run"):
        Spoiler(model, "newcomers", {})


class Reporter(mesa.Agent):
    """An agent of one's own, no actor of the case."""

    def look(self):
        self.seen = self.model.world.tally.attacks


def test_agents_of_ones_own_come_and_go_and_change_no_number():
    model = short(1, keep_trajectory=True)
    one, other = Reporter(model), Reporter(model)
    model.run_for(3)
    model.agents_by_type[Reporter].do("look")
    assert one.seen == model.world.tally.attacks
    other.remove()
    assert len(model.agents_by_type[Reporter]) == 1
    assert digest(model) == digest(short(1, keep_trajectory=True))


def test_the_public_name_is_this_model():
    assert detente.PeaceProcess is PeaceProcess


@pytest.mark.parametrize("kind", [np.random.SeedSequence, np.random.default_rng, np.random.PCG64])
def test_single_runs_take_the_seeds_of_numpy_too(kind):
    settings = {"engine": "mesa", "step_days": 28.0}
    expected = seed_number(kind(7))
    assert detente.run("template", seed=kind(7), **settings).trajectory.seed == expected
    assert detente.evaluate("template", seed=kind(7), **settings) == detente.evaluate(
        "template", seed=expected, **settings
    )
