"""Ctrl-C and worker processes: who heeds it, who leaves it to another, and what is done when a parent is gone."""

import signal
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from detente.experiments.runs import final_outcomes, runners
from detente.experiments.runs.bands import fan_of, fan_table
from detente.experiments.runs.decision_origin import Dated, dated_moves, is_own, own_moves
from detente.experiments.runs.final_outcomes import blocks, joined
from detente.experiments.runs.posterior_draws import far_apart
from detente.experiments.runs.provenance import before, changed_parameters, provenance, written_move
from detente.experiments.runs.recorded_series import COUNT_NAMES, Watch
from detente.model.policy import MoveSpec
from detente.model.request import open_case

# -- workers


def test_a_worker_leaves_ctrl_c_to_its_parent_and_watches_it(monkeypatch):
    signals, watched = [], []

    class Thread:
        def __init__(self, target, daemon):
            self.target = target

        def start(self):
            watched.append(self.target)

    monkeypatch.setattr(runners.signal, "signal", lambda number, what: signals.append((number, what)))
    monkeypatch.setattr(runners.threading, "Thread", Thread)
    runners.enter_worker()
    assert signals == [(signal.SIGINT, signal.SIG_IGN)]
    assert watched == [runners.leave_with_parent]


def test_a_worker_leaves_when_its_parent_is_gone(monkeypatch):
    done = []
    parent = SimpleNamespace(join=lambda: done.append("joined"))
    monkeypatch.setattr(runners.os, "_exit", lambda status: done.append(status))
    monkeypatch.setattr(runners.multiprocessing, "parent_process", lambda: None)
    runners.leave_with_parent()
    assert done == []
    monkeypatch.setattr(runners.multiprocessing, "parent_process", lambda: parent)
    runners.leave_with_parent()
    assert done == ["joined", 1]


def test_a_pool_of_workers_is_spawned_and_closed(monkeypatch):
    made = []

    class Pool:
        def __init__(self, workers, mp_context, initializer):
            made.append((workers, mp_context.get_start_method(), initializer))

        def shutdown(self, wait, cancel_futures):
            made.append((wait, cancel_futures))

    monkeypatch.setattr(runners, "ProcessPoolExecutor", Pool)
    with pytest.raises(KeyError), runners.worker_pool(3):
        raise KeyError
    assert made == [(3, "spawn", runners.enter_worker), (True, True)]


# -- Ctrl-C


def test_a_first_ctrl_c_is_noted_and_a_second_interrupts():
    usual = signal.getsignal(signal.SIGINT)
    with runners.heeding_interrupt() as stop:
        assert stop.asked is False
        signal.raise_signal(signal.SIGINT)
        assert stop.asked is True
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is usual
    assert runners.Interrupt.asked is False


def test_threads_leave_ctrl_c_alone():
    usual, seen = signal.getsignal(signal.SIGINT), []

    def inside():
        with runners.heeding_interrupt() as stop:
            seen.append((stop.asked, signal.getsignal(signal.SIGINT) is usual))

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert seen == [(False, True)]


# -- outcomes of several openings


@pytest.mark.parametrize(
    ("n", "openings", "sizes"),
    [
        (120, 1, [50, 50, 20]),
        (120, 40, [50, 50, 20]),
        (120, 41, [48, 48, 24]),
        (3, 9999, [1, 1, 1]),
        (2, 0, [2]),
    ],
)
def test_blocks_of_seeds_shrink_where_openings_are_many(n, openings, sizes):
    found = list(blocks(list(range(n)), openings))
    assert [len(block) for block in found] == sizes
    assert [seed for block in found for seed in block] == list(range(n))


def test_blocks_are_joined_outcome_by_outcome():
    first, second = {"a": np.array([1.0]), "b": np.array([2.0])}, {"a": np.array([3.0]), "b": np.array([4.0])}
    made = joined([first, second])
    assert {name: values.tolist() for name, values in made.items()} == {"a": [1.0, 3.0], "b": [2.0, 4.0]}


def test_openings_are_run_block_by_block_with_their_progress(monkeypatch):
    told, asked = [], []

    def ends_by(go, start, block):
        asked.append((start, tuple(block)))
        return {"a": np.array(block, dtype=float) + start}

    monkeypatch.setattr(final_outcomes, "ends_by", ends_by)
    monkeypatch.setattr(final_outcomes, "BLOCK", 2)
    seeds, found = final_outcomes.ends_of_all(
        [10, 20], (5, 6, 7), threads=1, progress=lambda *n: told.append(n)
    )
    assert seeds == (5, 6, 7)
    assert asked == [(10, (5, 6)), (20, (5, 6)), (10, (7,)), (20, (7,))]
    assert told == [(2, 6), (4, 6), (5, 6), (6, 6)]
    assert [ends["a"].tolist() for ends in found] == [[15.0, 16.0, 17.0], [25.0, 26.0, 27.0]]
    with pytest.raises(KeyboardInterrupt):
        final_outcomes.ends_of_all([10], (), threads=1)


# -- bands


def test_bands_of_one_series_as_a_table():
    watch = Watch.of(open_case("template", "status-quo"), 365.0)
    table = fan_table("x", watch.dates, np.array([[1.0, 2.0, np.nan], [3.0, 4.0, np.nan]]))
    assert list(table.columns)[:3] == ["series", "date", "low95"]
    assert table["median"].tolist()[:2] == [2.0, 3.0]
    assert table["n"].tolist() == [2, 2, 0]


@pytest.mark.parametrize(
    ("case", "place", "name"), [("template", 0, "deaths a month"), ("korea-2017", 1, "provocations a month")]
)
def test_fans_begin_with_the_violence_of_the_case(case, place, name):
    start = open_case(case, "status-quo")
    watch = Watch.of(start, 180.0)
    monthly = np.zeros((1, len(watch.months), 3)) + np.array([1.0, 2.0, 4.0])
    levels = np.arange(float(len(watch.names))) * np.ones((1, len(watch.dates), 1))
    table = fan_of(start, watch, monthly, levels)
    assert table["policy"].unique().tolist() == ["status-quo"]
    medians = table.groupby("series", sort=False)["median"].first()
    assert list(medians.index) == [name, *watch.names[len(COUNT_NAMES) :]]
    assert medians.tolist() == [2.0**place, *map(float, range(len(COUNT_NAMES), len(watch.names)))]
    assert table.index.tolist() == list(range(len(table)))


# -- what a run was made from


def test_what_results_were_made_from():
    decision = {"date": "2030-04-01", "actor": "republic", "do": "open_track", "track": "front"}
    start = open_case(
        "template",
        "opening",
        levers={"recognition": 0.25},
        parameters={"trust": {"memory": 300.0}},
        branch_at="2030-06-01",
        branch_to="status-quo",
        decisions=[decision],
    )
    about = provenance(start)
    assert (about["case"], about["policy"], about["theory"]) == ("template", "status-quo", "readiness")
    assert about["parameters"] == changed_parameters(start) == {"trust.memory": 300.0}
    assert about["levers"]["recognition"] == 0.25
    assert about["decisions"] == [decision]
    assert about["before"]["until"] == "2030-06-01"
    assert about["before"]["policy"] == "opening"
    assert set(about["versions"]) == {"python", "mesa", "numpy", "numba"}
    assert before(open_case("template", "opening")) is None
    assert changed_parameters(open_case("template", "opening")) == {}
    assert [written_move(d) for d in start.decisions] == [decision]


# -- whose a decision was

AFGHAN = open_case("afghanistan-2018", "history")


def decided(**keys):
    move = {"date": "2018-01-11", "actor": "united-states", **keys}
    return list(own_moves(MoveSpec.model_validate(move, strict=False), AFGHAN))


def test_levers_and_joint_moves_of_a_user():
    assert decided(do="lever", lever="recognition", amount=0.5) == [
        (10.0, "united-states", "lever", "recognition")
    ]
    assert decided(do="invite_mediators", amount=0.5) == [(10.0, "united-states", "lever", "mediation")]
    assert decided(do="draw_down", amount=0.5) == [(10.0, "united-states", "draw_down", "united-states")]
    both = decided(do="offer_truce", to="taliban", sort="joint")
    assert [(actor, what) for _, actor, what, _ in both] == [
        ("united-states", "offer_truce"),
        ("taliban", "answer_truce"),
    ]


def test_the_moves_of_an_opening_with_those_of_the_user():
    lever = {"date": "2030-04-01", "actor": "republic", "do": "lever", "lever": "mediation", "amount": 0.5}
    track = {"date": "2030-05-01", "actor": "republic", "do": "open_track", "track": "front"}
    start = open_case("template", "status-quo", decisions=[lever, track])
    own = [m for m in dated_moves(start) if m.own]
    assert own == [
        Dated(90.0, "republic", "lever", "mediation", True),
        Dated(120.0, "republic", "open_track", "front", True),
    ]
    assert not any(m.own for m in dated_moves(open_case("template", "opening")))
    assert list(dated_moves(AFGHAN))


def test_only_what_is_imposed_can_be_ones_own():
    from detente.agents import codes

    track = {"date": "2030-05-01", "actor": "republic", "do": "open_track", "track": "front"}
    start = open_case("template", "status-quo", decisions=[track])
    place = start.cast.tracks.index("front")
    event = {"what": codes.TRACK_OPENED, "subject": place, "actor": 0, "why": codes.BY_POLICY, "day": 120.0}
    assert is_own(event, start)
    assert is_own({**event, "why": codes.AGAINST_MODEL}, start)
    assert is_own({**event, "day": 120.0 - 1e-7}, start)  # a clock that is behind by a trace
    assert not is_own({**event, "day": 119.0}, start)
    other = next(k for k in range(len(codes.CAUSES)) if k not in (codes.BY_POLICY, codes.AGAINST_MODEL))
    assert not is_own({**event, "why": other}, start)
    assert not is_own(event, open_case("template", "opening"))


@pytest.mark.parametrize(
    ("sample", "other"),
    [
        ([[1.0, 5.0], [1.0, 6.0], [1.0, 9.0]], 2),
        ([[0.0, 0.0], [1.0, 0.1], [0.5, 0.5], [0.1, 1.0]], 2),  # the one that is far in both
        ([[1.0, 5.0], [1.0, 5.0]], 0),
    ],
)
def test_the_member_of_a_sample_that_is_least_like_the_first(sample, other):
    assert far_apart(np.array(sample)) == (0, other)
