"""What a conflict has ahead of it: draws about runs, and how much more uneven the data are."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from detente.experiments.benchmark import outlook as module
from detente.experiments.benchmark.level_filter import Process, size_about
from detente.experiments.benchmark.outlook import DEATHS, Outlook, drawn_level, extra_variance, outlooks

HOW = Process(0.9, 0.25, 20.0, 0.0, 0.0, 0.0, 1.5)


# -- forecasts


def test_a_forecast_has_four_values_for_each_run_about_its_deaths():
    many = Outlook(np.column_stack([np.full(5000, 100.0), np.full(5000, 9.0)]), 0.0, 1)
    values = many.forecast(1)
    assert len(values) == 20_000
    assert (np.diff(values) >= 0).all()
    assert values.mean() == pytest.approx(100.0, rel=0.01)
    assert values.var() == pytest.approx(100.0, rel=0.05)
    assert many.forecast(2).mean() == pytest.approx(9.0, rel=0.02)


def test_more_unevenness_widens_a_forecast_and_keeps_its_mean():
    """100 deaths, and a relative variance of a quarter: 100 + 2500."""
    values = Outlook(np.full((5000, 1), 100.0), 0.25, 1).forecast(1)
    assert values.mean() == pytest.approx(100.0, rel=0.02)
    assert values.var() == pytest.approx(2600.0, rel=0.05)


@pytest.mark.parametrize(("extra", "same"), [(1e-3, True), (2e-3, False)])
def test_hardly_any_more_unevenness_counts_as_none(extra, same):
    one, other = (Outlook(np.full((50, 1), 1e6), e, 1).forecast(1) for e in (extra, 0.0))
    assert np.array_equal(one, other) == same


def test_luck_differs_from_lead_to_lead_and_from_day_to_day():
    deaths = np.full((50, 2), 50.0)
    assert np.array_equal(Outlook(deaths, 0.0, 1).forecast(1), Outlook(deaths, 0.0, 1).forecast(1))
    assert not np.array_equal(Outlook(deaths, 0.0, 1).forecast(1), Outlook(deaths, 0.0, 1).forecast(2))
    assert not np.array_equal(Outlook(deaths, 0.0, 1).forecast(1), Outlook(deaths, 0.0, 2).forecast(1))


# -- runs


@pytest.fixture
def asked(monkeypatch):
    """Runs that count their own seeds, scaled by 100 where the war has faded out."""
    seen = []

    def deaths(starts, seeds):
        seen.append((list(starts), seeds))
        return [np.array([[float(s) * (100.0 if faded else 1.0)] * 2 for s in seeds]) for faded, _ in starts]

    monkeypatch.setattr(module, "with_faded", lambda scenario, faded: faded)
    monkeypatch.setattr(module, "opening", lambda faded, policy: (faded, policy))
    monkeypatch.setattr(module, "monthly_deaths", deaths)
    monkeypatch.setattr(
        module, "extra_variance", lambda opened, start, seeds, first: (start, seeds, first.tolist())
    )
    return seen


def opened(faded):
    day = SimpleNamespace(toordinal=lambda: 77)
    return SimpleNamespace(level=SimpleNamespace(faded=faded), scale=2.0, scenario=None, day=day)


def test_wars_are_fought_or_faded_in_the_shares_believed(asked):
    policy = SimpleNamespace(move=())
    (found,) = outlooks(opened(0.26), [policy], 10)
    assert [(starts[0][0], list(seeds)) for starts, seeds in asked] == [
        (False, list(range(1, 8))),
        (True, [8, 9, 10]),
    ]
    assert found.deaths[:, 0].tolist() == [2.0 * k for k in range(1, 8)] + [200.0 * k for k in (8, 9, 10)]
    assert found.extra == ((False, policy), tuple(range(1, 8)), [float(k) for k in range(1, 8)])
    assert found.luck == 77


@pytest.mark.parametrize(("faded", "parts"), [(0.0, [False]), (1.0, [True])])
def test_a_part_without_runs_is_left_out(asked, faded, parts):
    (found,) = outlooks(opened(faded), [SimpleNamespace(move=())], 4)
    assert [starts[0][0] for starts, _ in asked] == parts
    assert len(found.deaths) == 4
    assert (found.extra == 0.0) == (faded == 1.0)


def test_policies_without_moves_are_run_once(asked):
    first, second = SimpleNamespace(move=()), SimpleNamespace(move=())
    found = outlooks(opened(0.0), [first, second], 3)
    assert len(asked) == 1
    assert [start[1] for start in asked[0][0]] == [first]
    assert found[0] is found[1]
    outlooks(opened(0.0), [first, SimpleNamespace(move=("x",))], 3)
    assert len(asked[-1][0]) == 2


def test_a_run_that_ended_counts_no_deaths_after_it(monkeypatch):
    monthly = np.zeros((2, 3, DEATHS + 1))
    monthly[:, :, DEATHS] = [[1.0, 2.0, np.nan], [4.0, np.nan, np.nan]]
    monkeypatch.setattr(module, "checked_workers", lambda n: n)
    monkeypatch.setattr(module, "compiled", lambda workers: None)
    monkeypatch.setattr(module, "in_chunks", lambda seeds: [(0, seeds[:2]), (1, seeds[2:])])
    monkeypatch.setattr(module.Watch, "of", lambda start, every: (start, every))
    monkeypatch.setattr(
        module.Chunk, "of", lambda watch, part, go: SimpleNamespace(monthly=monthly[: len(part)])
    )
    (found,) = module.monthly_deaths(["start"], (1, 2, 3))
    assert found.tolist() == [[1.0, 2.0, 0.0], [4.0, 0.0, 0.0], [1.0, 2.0, 0.0]]


# -- how much more uneven the data are


def level(spread=0.8, size=2.0):
    return SimpleNamespace(
        level=SimpleNamespace(spread=spread, size=size), scenario=SimpleNamespace(parameters=None)
    )


def extra(monkeypatch, first, known=None, **how):
    logs = dict(enumerate(known if known is not None else np.zeros(len(first))))
    monkeypatch.setattr(module, "process_of", lambda parameters: HOW)
    monkeypatch.setattr(module, "drawn_level", lambda start, seed, process: logs[seed])
    return extra_variance(level(**how), None, range(len(first)), np.asarray(first, dtype=float))


def by_hand(own, spread=0.8, size=2.0):
    """(1 + 1/k) times what a level moves within a month, over that of the runs, less 1."""
    fast = spread**2 * 0.25
    slow = spread**2 * 0.75 * (1 - 0.9**2) / 3
    data = 1 + 1 / size_about(size, fast * HOW.mean_share)
    return data * math.exp(slow + fast * (HOW.mean_share - HOW.end_share**2)) / (1 + own) - 1


def test_runs_without_unevenness_leave_all_of_that_of_the_data(monkeypatch):
    assert extra(monkeypatch, [5.0] * 50) == pytest.approx(by_hand(0.0))
    assert extra(monkeypatch, [5.0] * 50, spread=0.4, size=4.0) == pytest.approx(by_hand(0.0, 0.4, 4.0))


def test_unevenness_of_runs_about_their_own_level_is_taken_off(monkeypatch):
    """Half 4 and half 6 about a mean of 5: a relative variance of 1/25; 100 runs, of which 2 are left out."""
    first = [4.0] * 50 + [6.0] * 48 + [1e9] * 2
    kept = np.array(first[:98])
    assert extra(monkeypatch, first) == pytest.approx(by_hand(kept.var() / kept.mean() ** 2))
    assert extra(monkeypatch, [5.0, 10.0] * 25, [0.0, math.log(2.0)] * 25) == pytest.approx(by_hand(0.0))


def test_runs_as_uneven_as_the_data_need_no_more(monkeypatch):
    assert extra(monkeypatch, [0.0] * 40 + [50.0] * 2) == 0.0
    assert extra(monkeypatch, [0.0] * 10) == 0.0
    assert extra(monkeypatch, [3.0]) == pytest.approx(by_hand(0.0))


def test_the_level_of_a_seed_is_that_of_its_wars_by_their_deaths(monkeypatch):
    """A war of 2 x 3 + 1 x 2 = 8 deaths a day at twice its level, one of 2 at its usual one: (16 + 2) / 10."""
    wars = [
        SimpleNamespace(between=("a", "b"), attacks=(2.0, 1.0), deaths_per_event=(3.0, 2.0)),
        SimpleNamespace(between=("a", "c"), attacks=(2.0, 0.0), deaths_per_event=(1.0, 9.0)),
        SimpleNamespace(between=("b", "c"), attacks=(9.0, 9.0), deaths_per_event=(9.0, 9.0)),
    ]
    surge = 0.2
    high = (math.log(2.0) / HOW.slope) - HOW.end_share * surge
    drawn = {
        "relation.a.b.level": high,
        "relation.a.b.surge": surge,
        "relation.a.c.level": 0.0,
        "relation.a.c.surge": 0,
    }
    monkeypatch.setattr(module, "facts_drawn", lambda start, seed: drawn)
    start = SimpleNamespace(scenario=SimpleNamespace(relation=wars))
    assert drawn_level(start, 1, HOW) == pytest.approx(math.log(1.8))
    drawn.clear()
    assert drawn_level(start, 1, HOW) == 0.0
