"""Event logs of many runs: the same on Mesa and compiled, of some kinds or all, and the days that go with them."""

from datetime import timedelta

import numpy as np
import pytest

import detente
from detente.agents import codes
from detente.experiments.runs import event_logs
from detente.experiments.runs.daily_logs import daily_logs
from detente.experiments.runs.event_logs import run_logs
from detente.model.request import open_case, scenario_of
from detente.model.trajectory import EventOverflowError

SEEDS = (4, 9, 2)


class Own(detente.Party):
    """A party with a class of its own, and nothing changed."""


@pytest.fixture(scope="module")
def start():
    """Eight months of the template with all levers up."""
    case = scenario_of("template")
    end = case.case.start + timedelta(days=240)
    short = case.model_copy(update={"case": case.case.model_copy(update={"end": end, "pivot": None})})
    return open_case(short, "five-lessons")


@pytest.fixture(scope="module")
def logs(start, compiled):
    return run_logs(start, SEEDS, threads=2)


def plain(events):
    return [tuple(event.item()) for event in events]


def test_logs_are_those_of_single_runs_in_the_order_of_the_seeds(start, logs):
    assert tuple(log.seed for log in logs) == SEEDS
    for log in logs:
        alone = event_logs.run_opening(start, log.seed, engine="compiled")
        assert plain(log.events) == plain(alone.trajectory.events)
        assert log.days == len(alone.series) - 1 == 241
    assert len(logs[0].events) > 3


def test_actors_of_ones_own_have_the_same_logs_on_mesa(start, logs):
    on_mesa = run_logs(start, SEEDS[:2], threads=1, actors={"republic": Own})
    for one, other in zip(on_mesa, logs, strict=False):
        assert (one.seed, one.days) == (other.seed, other.days)
        assert plain(one.events) == plain(other.events)


@pytest.mark.parametrize("actors", [None, {"republic": Own}])
def test_only_the_kinds_that_are_named_are_kept(start, logs, actors):
    kinds = (codes.TRUCE_BEGAN, codes.AGREEMENT)
    (log,) = run_logs(start, SEEDS[:1], threads=1, kinds=kinds, actors=actors)
    assert plain(log.events) == [e for e in plain(logs[0].events) if e[names(log).index("what")] in kinds]
    (none,) = run_logs(start, SEEDS[:1], threads=1, kinds=(), actors=actors)
    assert (len(none.events), none.days) == (0, 241)


def names(log):
    return list(log.events.dtype.names)


def test_days_are_counted_in_steps_of_any_length(compiled):
    start = open_case("template", "opening", step_days=7)
    (log,) = run_logs(start, [1], threads=1)
    assert log.days == start.days_after(start.n_steps) == 730


def test_a_log_that_is_full_is_refused(start, monkeypatch, compiled):
    monkeypatch.setattr(event_logs.EngineMemory, "run", lambda *args: 0)
    with pytest.raises(EventOverflowError):
        run_logs(start, [1], threads=1)


def test_days_come_with_the_log_of_their_run(start, logs, compiled):
    wanted = ["tally.attacks", "dyads.movement>republic.trust"]
    kinds = (codes.TRUCE_BEGAN,)
    daily = daily_logs(start, SEEDS, wanted, kinds, 2)
    assert tuple(d.log.seed for d in daily) == SEEDS
    for d, log in zip(daily, logs, strict=True):
        alone = event_logs.run_opening(start, d.log.seed, engine="compiled")
        assert np.array_equal(d.steps, alone.series[wanted].to_numpy()[1:])
        assert set(d.log.events["what"]) <= set(kinds)
        assert d.log.days == log.days
