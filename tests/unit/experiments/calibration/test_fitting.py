"""The search: units, distances, what the model does not take, and when a fit goes on or stops."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.experiments.calibration import fitting
from detente.experiments.calibration.fitting import FAR, Search, Settings, fit, scales, simulated
from detente.experiments.calibration.patterns import CHECKED, PATTERNS
from detente.experiments.calibration.priors import allowed, priors
from detente.experiments.runs.inputs import ranged_facts
from detente.experiments.runs.posterior import Prior
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError

CASE = load_scenario("afghanistan-2018")
OWN = Prior("violence.n_own", 0.0, 0.6, 0.3, "measured", "own")
WIDE = Prior("violence.dispersion", 0.5, 50.0, 1.5, "calibrated", "spread")


@pytest.fixture
def runs(monkeypatch):
    """Runs whose patterns are known: what was asked for is noted, and the seed is the pattern."""
    asked = []

    def simulate(made, parameters, seed, workers):
        asked.append((dict(parameters), seed, workers))
        return seed

    monkeypatch.setattr(fitting, "simulate", simulate)
    monkeypatch.setattr(fitting, "patterns", lambda seed: {name: float(seed) for name in PATTERNS})
    return asked


STUDY = SimpleNamespace(scenario=CASE)


def test_the_unit_of_a_pattern_is_its_spread_by_luck(runs):
    unit = scales(STUDY, {"violence.n_own": 0.3}, Settings(workers=3), 4)
    seeds = [10_000, 10_100, 10_200, 10_300]
    assert [(seed, workers) for _, seed, workers in runs] == [(s, 3) for s in seeds]
    assert unit == pytest.approx(np.full(len(PATTERNS), np.std(seeds)))
    assert scales(STUDY, {}, Settings(), 1).tolist() == [1e-6] * len(PATTERNS)


def test_a_run_has_the_parameters_searched_for(runs):
    found = simulated(STUDY, (OWN, WIDE), Settings(workers=3), {OWN.key: 0.2, WIDE.key: np.log(5.0)}, 70)
    assert found.tolist() == [70.0] * len(PATTERNS)
    (parameters, seed, workers), *_ = runs
    assert parameters == pytest.approx({"violence.n_own": 0.2, "violence.dispersion": 5.0})
    assert (seed, workers) == (70, 3)


def test_what_the_model_does_not_take_is_not_run(runs):
    other = Prior("violence.n_rec", 0.0, 0.4, 0.1, "sign", "rec")
    assert simulated(STUDY, (OWN, other), Settings(), {OWN.key: 0.6, other.key: 0.4}, 1) is None
    assert runs == []


def test_a_branching_at_its_limit_is_allowed():
    assert allowed({"violence.n_own": 0.5, "violence.n_rec": 0.25}, 0.05)
    assert allowed({"violence.n_own": 0.5}, 0.25)
    assert not allowed({"violence.n_own": 0.5, "violence.n_rec": 0.25}, 0.06)
    assert not allowed({"violence.n_rec": 0.7}, 0.2)
    assert allowed({}, 0.8)


def test_facts_have_priors_as_parameters_have():
    known = ranged_facts(CASE, ["relation.afghan-government.taliban.holiday=0.1:0.9"])
    *_, prior = priors(CASE.parameters, facts=known)
    assert (prior.low, prior.high, prior.log) == (0.1, 0.9, False)
    assert prior.key == "fact__relation__afghan_government__taliban__holiday"
    assert prior.shipped == known[prior.name].default


def test_priors_take_the_cases_own_values():
    table = priors(CASE.parameters, ("violence.n_own", "trust.memory"))
    assert [(p.name, p.low, p.high, p.shipped) for p in table] == [
        ("violence.n_own", 0.0, 0.6, CASE.parameters.violence.n_own),
        ("trust.memory", 180.0, 1500.0, CASE.parameters.trust.memory),
    ]
    assert table[1].grade == "judgement"
    assert table[1].meaning == "time in which trust fades to its prior"


def search(table=(OWN,), target=0.0, unit=2.0, **settings):
    every = dict.fromkeys(PATTERNS, target)
    return Search(STUDY, table, every, dict.fromkeys(PATTERNS, unit), Settings(**settings))


AIMED = [name for name in PATTERNS if name not in CHECKED]


def test_a_distance_is_the_root_mean_square_in_units():
    mine = dict.fromkeys(PATTERNS, 1.0)
    s = search()
    assert s.distance(mine, dict.fromkeys(PATTERNS, 5.0)) == pytest.approx(2.0)
    one_off = dict.fromkeys(PATTERNS, 1.0) | {AIMED[0]: 5.0}
    assert s.distance(mine, one_off) == pytest.approx(2.0 / np.sqrt(len(AIMED)))
    for name in CHECKED:
        assert s.distance(mine, mine | {name: 99.0}) == 0.0


def test_a_pattern_that_cannot_be_told_counts_as_three_and_none_for_more_than_a_hundred():
    mine = dict.fromkeys(PATTERNS, 1.0)
    s = search()
    assert s.distance(mine | {AIMED[1]: float("nan")}, mine) == pytest.approx(3.0 / np.sqrt(len(AIMED)))
    assert s.distance(mine | {AIMED[1]: -1e9}, mine) == pytest.approx(100.0 / np.sqrt(len(AIMED)))


def test_the_model_is_run_under_a_seed_of_its_own(runs):
    np.random.seed(5)  # noqa: NPY002
    expected = 1000 * int(np.random.randint(1, 2**31 - 1))  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    found = search().model({OWN.key: 0.2})
    assert runs[0][1] == expected
    assert found == dict.fromkeys(PATTERNS, float(expected))


def test_what_the_model_does_not_take_is_far(runs):
    other = Prior("violence.n_rec", 0.0, 0.4, 0.1, "sign", "rec")
    found = search((OWN, other)).model({OWN.key: 0.6, other.key: 0.4})
    assert found == dict.fromkeys(PATTERNS, FAR)


class Pyabc:
    """What a search asks of the library, noted."""

    def __init__(self):
        self.told = {}

    def RV(self, *args):  # noqa: N802
        return args

    def Distribution(self, **ranges):  # noqa: N802
        return ranges

    def QuantileEpsilon(self, alpha):  # noqa: N802
        return alpha

    @property
    def sampler(self):
        return SimpleNamespace(SingleCoreSampler=lambda: "single")

    def ABCSMC(self, **how):  # noqa: N802
        self.told = how
        return SimpleNamespace()


def test_a_sampler_searches_each_range_evenly():
    library = Pyabc()
    made = search((OWN, WIDE), population=77)
    made.sampler(library)
    assert library.told["parameter_priors"]["violence__n_own"] == ("uniform", 0.0, 0.6)
    name, low, width = library.told["parameter_priors"]["violence__dispersion"]
    assert (name, low, width) == ("uniform", np.log(0.5), pytest.approx(np.log(100.0)))
    assert (library.told["population_size"], library.told["eps"], library.told["sampler"]) == (
        77,
        0.5,
        "single",
    )
    assert library.told["models"] == made.model
    assert library.told["distance_function"] == made.distance


@pytest.fixture
def rounds(monkeypatch, tmp_path):
    """A fit whose rounds are counted, not run."""
    state = SimpleNamespace(done=0, began=0, seconds=0.0, told=[], stuck=False, same=True, facts=True)

    def begin(self, pyabc, url):
        state.began += 1
        state.url = url

    def next_round(self, pyabc, url, done):
        assert done == state.done
        state.done += not state.stuck
        state.seconds += 60.0
        return state.done

    monkeypatch.setattr(fitting, "library", lambda: None)
    monkeypatch.setattr(Search, "begin", begin)
    monkeypatch.setattr(Search, "next_round", next_round)
    monkeypatch.setattr(fitting, "generations_done", lambda pyabc, url: state.done)
    monkeypatch.setattr(fitting, "read_sample", lambda pyabc, url, table: (url, table))
    monkeypatch.setattr(fitting, "same_target", lambda pyabc, url, target: state.same)
    monkeypatch.setattr(fitting, "same_unknowns", lambda pyabc, url, table: state.facts)
    monkeypatch.setattr(fitting, "monotonic", lambda: state.seconds)
    state.path = tmp_path / "a.db"
    state.path.write_text("earlier")

    def run(resume=False, **settings):
        values = np.zeros(len(PATTERNS))
        note = lambda done, all_of: state.told.append((done, all_of))  # noqa: E731
        return fit(
            STUDY, (OWN,), values, values + 1, Settings(**settings), state.path, resume=resume, progress=note
        )

    state.run = run
    return state


def test_a_fit_begins_anew_and_tells_each_round(rounds):
    assert rounds.run(generations=3) == (f"sqlite:///{rounds.path}", (OWN,))
    assert (rounds.began, rounds.path.exists()) == (1, False)
    assert rounds.told == [(1, 3), (2, 3), (3, 3)]


def test_a_fit_goes_on_where_it_stood(rounds):
    rounds.done = 2
    rounds.run(resume=True, generations=3)
    assert (rounds.began, rounds.path.exists(), rounds.told) == (0, True, [(3, 3)])


def test_a_fit_to_other_data_is_not_gone_on_with(rounds):
    rounds.same = False
    with pytest.raises(InputError, match="was made from other data or other days"):
        rounds.run(resume=True)


def test_a_fit_of_other_facts_is_not_gone_on_with(rounds):
    rounds.facts = False
    with pytest.raises(InputError, match="was made to fit other facts"):
        rounds.run(resume=True)


def test_the_rounds_of_a_database_say_what_they_fitted():
    def rounds_of(max_t, *keys):
        history = SimpleNamespace(max_t=max_t, get_distribution=lambda m: (pd.DataFrame(columns=keys), None))
        return SimpleNamespace(History=lambda url, create: history)

    assert fitting.same_unknowns(rounds_of(-1), "x", (OWN,))
    assert fitting.same_unknowns(rounds_of(1, OWN.key), "x", (OWN,))
    assert not fitting.same_unknowns(rounds_of(1, OWN.key, "fact__x"), "x", (OWN,))


def test_no_round_begins_after_its_time(rounds):
    rounds.run(generations=9, minutes=2.5)
    assert rounds.told == [(1, 9), (2, 9), (3, 9)]


def test_a_round_that_adds_nothing_is_the_last(rounds):
    rounds.stuck = True
    rounds.run(generations=9)
    assert (rounds.told, rounds.seconds) == ([], 60.0)


class Stored:
    """A database of a fit, as pyabc shows it."""

    max_t = 2

    def __init__(self, url, create):
        assert (url, create) == ("sqlite:///x", False)

    def get_distribution(self, m):
        assert m == 0  # the only model there is
        return {OWN.key: [0.1, 0.2], "other": [9.0, 9.0], WIDE.key: [0.0, 1.0]}, [1.0, 3.0]

    def get_all_populations(self):
        return pd.DataFrame({"epsilon": [9.0, 4.0, 2.0], "samples": [10, 20, 30]})

    def observed_sum_stat(self):
        return {"a": 1.0, "b": 2.0}


STORED = SimpleNamespace(History=Stored)


def test_the_last_round_is_the_sample():
    found = fitting.read_sample(STORED, "sqlite:///x", (WIDE, OWN))
    assert found.names == (WIDE.name, OWN.name)
    expected = [[WIDE.value(0.0), OWN.value(0.1)], [WIDE.value(1.0), OWN.value(0.2)]]
    assert np.array(found.values) == pytest.approx(np.array(expected))
    assert found.weights.tolist() == [0.25, 0.75]
    assert (found.generations, found.epsilon, found.simulations) == (3, 2.0, 60)
    assert fitting.generations_done(STORED, "sqlite:///x") == 3


@pytest.mark.parametrize(
    ("target", "same"),
    [
        ({"a": 1.0, "b": 2.0 + 5e-10}, True),
        ({"a": 1.0, "b": 2.0 - 5e-9}, False),
        ({"a": 1.5, "b": 2.0}, False),
        ({"a": 1.0}, False),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, False),
    ],
)
def test_whether_a_database_has_these_data(target, same):
    assert fitting.same_target(STORED, "sqlite:///x", target) is same


class Rounds:
    """A sampler of pyabc that notes what it is told, and what numpy's global luck would be then."""

    def __init__(self):
        self.told = []

    def luck(self):
        return np.random.get_state()[1][:3].tolist()  # noqa: NPY002

    def new(self, url, target):
        self.told.append(("new", url, target, self.luck()))

    def load(self, url, run):
        self.told.append(("load", url, run))

    def run(self, max_nr_populations):
        self.told.append(("run", max_nr_populations, self.luck()))


def luck_of(seed):
    return np.random.RandomState(seed).get_state()[1][:3].tolist()


def test_every_round_has_a_seed_of_its_own(monkeypatch):
    rounds = Rounds()
    monkeypatch.setattr(Search, "sampler", lambda self, pyabc: rounds)
    monkeypatch.setattr(fitting, "generations_done", lambda pyabc, url: ("done", url))
    made = search((OWN,), seed=9)
    made.begin(None, "url")
    assert rounds.told == [("new", "url", dict(made.target), luck_of(9))]
    assert made.next_round(None, "url", 2) == ("done", "url")
    assert rounds.told[1:] == [("load", "url", 1), ("run", 1, luck_of([9, 2]))]


def test_a_missing_library_is_one_line(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyabc", None)
    with pytest.raises(InputError, match=r"calibrate: needs the extra 'calibration' \(pip install"):
        fitting.library()


def test_the_library_says_nothing_but_errors(monkeypatch):
    import logging
    import sys

    monkeypatch.setitem(sys.modules, "pyabc", "the library")
    logging.getLogger("ABC.History").setLevel(logging.INFO)
    assert fitting.library() == "the library"
    assert logging.getLogger("ABC.History").level == logging.ERROR


def test_generations_are_counted_from_one():
    library = SimpleNamespace(History=lambda url, create: SimpleNamespace(max_t={"url": 4}[url]))
    assert fitting.generations_done(library, "url") == 5
