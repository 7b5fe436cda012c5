"""How parameters are searched: at sight, under fresh seeds, more and more of them, one setting after another."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from detente.experiments.audit import parameter_reach as reach
from detente.experiments.audit.effect_sizes import Effect
from detente.experiments.audit.exercises import SPECIAL, Setting
from detente.experiments.runs.outcomes import OUTCOMES

NAMES = [o.name for o in OUTCOMES]

TEMPLATE = Setting("template", "five-lessons")


def effect(spreads, error, outcome="fatalities"):
    """An effect of this size and standard error, in spreads."""
    half = 1.96 * error
    return Effect(outcome, spreads, spreads - half, spreads + half, spreads)


@dataclass
class Bench:
    """A place whose effect on the first outcome is known: ``shift`` a run, or ``early`` for its first seeds."""

    shift: float
    early: float | None = None
    n_early: int = 0
    inert: bool = False
    asked: list = field(default_factory=list)
    setting: Setting = TEMPLATE
    parameter: str = "trust.memory"

    def sides(self, seeds):
        self.asked.append(list(seeds))
        low = {n: np.array([float(s % 2) for s in seeds]) for n in NAMES}
        high = {n: v.copy() for n, v in low.items()}
        if not self.inert:
            for k, s in enumerate(seeds):
                usual = self.early if self.early is not None and s < self.n_early else self.shift
                high[NAMES[0]][k] += usual + 0.2 * (s // 2 % 2 - 0.5)
        return low, high

    def effects(self, low, high):
        return reach.Place.effects(self, low, high)

    def acts(self, seeds):
        return reach.Place.acts(self, seeds)

    usual = None


def test_the_ends_of_every_parameter_but_the_switches():
    ends = reach.parameter_ends()
    assert ends["trust.memory"] == (180.0, 1500.0)
    assert not any(name.startswith("switches") for name in ends)


def test_a_place_opens_at_either_end_or_stays_as_it_is():
    place = reach.Place(TEMPLATE, "trust.memory", (180.0, 1500.0), {})
    assert place.opening(180.0).parameters.trust.memory == 180.0
    branching = reach.Place(TEMPLATE, "violence.n_own", (0.0, 0.6), {})
    assert branching.opening(99.0) is None


def test_both_sides_of_a_place(compiled):
    place = reach.Place(TEMPLATE, "trust.memory", (180.0, 1500.0), {})
    low, high = place.sides([1, 2])
    for side, value in ((low, 180.0), (high, 1500.0)):
        own = reach.outcomes_of(place.setting.opening({"trust": {"memory": value}}), [1, 2])
        assert all(np.array_equal(side[n], own[n], equal_nan=True) for n in NAMES)
    assert place.acts([1, 2])
    dead = reach.Place(TEMPLATE, "leverage.reliance", (0.0, 0.8), {})
    assert not dead.acts([1, 2])


def test_effects_on_spread_are_measured_for_parameters_that_keep_the_mean():
    usual = {n: np.arange(4.0) for n in NAMES}
    for parameter, of_spread in (("violence.season_spread", True), ("trust.memory", False)):
        place = reach.Place(TEMPLATE, parameter, (0.0, 1.0), usual)
        assert {e.of_spread for e in place.effects(usual, usual)} == {of_spread}


def test_a_place_where_nothing_differs_is_not_looked_at():
    bench = Bench(0.5, inert=True)
    assert reach.look(bench, range(200)) == []
    assert bench.asked == [list(range(40))]


def test_effects_of_a_place_the_surest_first():
    bench = Bench(0.5)
    found = reach.look(bench, range(200))
    assert [f.effect.outcome for f in found] == NAMES[:1]  # those without an error are left out
    assert found[0].effect.mean == pytest.approx(0.5)
    assert (found[0].runs, found[0].result.runs) == (200, 200)
    assert (found[0].result.case, found[0].result.parameter) == ("template", "trust.memory")


def test_an_effect_clears_the_bar_even_if_overrated():
    found = reach.Found(Bench(0.0), effect(0.3, 0.05), 100)
    assert found.clears(3.9)
    assert not found.clears(4.1)


def seen(spreads, error, runs=20, bench=None):
    return reach.Found(bench or Bench(0.5), effect(spreads, error, NAMES[0]), runs)


def test_an_effect_is_measured_again_until_it_is_clear():
    bench = Bench(0.5, early=0.05, n_early=40)
    again = reach.settle(seen(0.4, 0.1, 20, bench), range(400))
    assert bench.asked[0] == list(range(20))
    assert [len(s) for s in bench.asked] == [20, 20, 40][: len(bench.asked)]
    assert again.runs == sum(len(s) for s in bench.asked)
    assert again.clears(reach.AFRESH)


def test_an_effect_that_stays_in_doubt_takes_all_seeds():
    bench = Bench(0.055)  # a tenth of the spread, and never clear of it
    again = reach.settle(seen(0.4, 0.1, 20, bench), range(50))
    assert again.runs == 50
    assert [s for seeds in bench.asked for s in seeds] == list(range(50))


def test_an_effect_that_is_clearly_small_is_settled_at_once():
    bench = Bench(0.0)
    again = reach.settle(seen(0.4, 0.1, 100, bench), range(1600))
    assert (again.runs, len(bench.asked)) == (100, 1)


def test_runs_are_joined():
    first, more = {"a": np.array([1.0])}, {"a": np.array([2.0, 3.0])}
    assert reach.joined(first, more)["a"].tolist() == [1.0, 2.0, 3.0]


def test_the_most_promising_effects_are_measured_afresh():
    weak, strong = Bench(0.01), Bench(0.5)
    found = reach.measured_afresh([seen(0.2, 0.01, 20, weak), seen(0.4, 0.01, 20, strong)], range(320))
    assert found.place is strong
    assert weak.asked == []


def test_only_a_few_are_measured_afresh_and_the_largest_is_told():
    benches = [Bench(0.0), Bench(0.02), Bench(0.01), Bench(0.5)]
    sizes = (0.8, 0.7, 0.6, 0.5)
    found = [seen(size, 0.01, 20, bench) for size, bench in zip(sizes, benches, strict=True)]
    assert reach.measured_afresh(found, range(20)).place is benches[1]
    assert benches[3].asked == []


def test_first_looks():
    assert reach.first_looks([], range(80)) is None
    sure = seen(0.5, 0.05)
    assert reach.first_looks([sure, seen(0.2, 0.01)], range(80)) is sure
    assert reach.first_looks([seen(0.2, 0.06)], range(80)) is None  # 0.044 at worst: not worth fresh seeds
    bench = Bench(0.5)
    again = reach.first_looks([seen(0.4, 0.1, 20, bench)], range(80))
    assert again is not None
    assert again.place is bench
    assert reach.first_looks([seen(0.4, 0.1, 20, Bench(0.0))], range(80)) is None


def test_settings_are_searched_own_ones_first_and_passed_parameters_no_more():
    plain = [Setting("afghanistan-2018", "history"), Setting("template", "five-lessons")]
    own = next(s for s in SPECIAL if s.only == ("trust.unmet",))
    ends = {"trust.unmet": (0, 1), "trust.memory": (0, 1)}
    passed = {}
    found = []
    for setting, wanted in reach.searches([*plain, own], ends, passed):
        found.append((setting.name, wanted))
        if setting is own:
            passed["trust.unmet"] = True
    assert found == [
        (own.name, ["trust.unmet"]),
        ("template", ["trust.memory"]),
        ("afghanistan-2018", ["trust.memory"]),
    ]
    everything = dict.fromkeys(ends, True)
    assert list(reach.searches(plain, ends, everything)) == []


def test_what_does_nothing_anywhere():
    found = reach.inert("trust.memory")
    assert (found.case, found.parameter, found.effect.spreads, found.passed) == (
        "all settings",
        "trust.memory",
        0.0,
        False,
    )


def test_parameters_named_are_moved_and_reported_in_order(compiled):
    told = []
    names = ["leverage.reliance", "trust.memory", "ceasefires.onset"]
    found = reach.audit_parameters([TEMPLATE], range(1, 41), lambda *line: told.append(line), names)
    assert [r.parameter for r in found] == [n for n in reach.parameter_ends() if n in names]
    by_name = {r.parameter: r for r in found}
    assert by_name["ceasefires.onset"].passed
    assert by_name["leverage.reliance"] == reach.inert("leverage.reliance")
    assert told[:3] == [("template: parameters", i, 3) for i in range(3)]


def test_fresh_seeds_come_after_those_looked_at(monkeypatch):
    """Twice: a few where an effect is passed, and all of them for those in doubt at the end."""
    few, all_of_them, told = [], [], []
    place = seen(0.2, 0.1)
    monkeypatch.setattr(reach, "outcomes_of", lambda start, seeds: {})
    monkeypatch.setattr(reach, "look", lambda place_, seeds: [place])
    monkeypatch.setattr(reach, "first_looks", lambda found, fresh: few.append(list(fresh)))
    monkeypatch.setattr(
        reach, "measured_afresh", lambda found, fresh: all_of_them.append(list(fresh)) or found[0]
    )
    names = ["ceasefires.onset", "trust.memory"]
    made = reach.audit_parameters([TEMPLATE], (3, 9), lambda *line: told.append(line), names)
    assert few == [list(range(10, 10 + 2 * reach.SOON))] * len(names)
    assert all_of_them == [list(range(10, 10 + 2 * reach.MOST_GROWTH))] * len(names)
    assert made == [place.result] * len(names)
    assert ("parameters under fresh seeds", 0, len(names)) in told
