"""What a day costs, side by side in one run: an empty Mesa step, our Mesa driver, batch_run, the compiled engine.

Times are medians of interleaved repeats, so that a busy moment of the machine falls on all of them alike.
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import mesa
import numpy as np
import pytest

pytestmark = pytest.mark.benchmark

DAYS = 700
SEED = 1
COMPILED_RUNS = 60
REPEATS = 7
EMPTY_STEPS = 4000


class Empty(mesa.Model):
    """A Mesa model of three agents that do nothing, with a collector of two reporters."""

    def __init__(self, rng=None):
        super().__init__(rng=rng)
        for _ in range(3):
            mesa.Agent(self)
        self.datacollector = mesa.DataCollector({"time": lambda m: m.time, "agents": lambda m: len(m.agents)})

    def step(self):
        self.datacollector.collect(self)


class Others:
    """What other processes take of the machine between two moments, as a share of it; 0 where it cannot be known."""

    def __init__(self):
        self.began = self.read()

    @staticmethod
    def read():
        """Seconds of all processors, those of them in use, and those used by this process."""
        path = Path("/proc/stat")
        if not path.exists():
            return 0.0, 0.0, 0.0
        words = [int(x) for x in path.read_text(encoding="ascii").splitlines()[0].split()[1:9]]
        tick = os.sysconf("SC_CLK_TCK")
        return sum(words) / tick, (sum(words) - words[3] - words[4]) / tick, time.process_time()

    def share(self):
        total, used, own = (now - then for now, then in zip(self.read(), self.began, strict=True))
        return max(used - own, 0.0) / total if total > 0 else 0.0


@pytest.fixture(scope="module")
def quiet_machine():
    """Wait for a moment without others, at most half a minute: a limit that is missed beside them says nothing."""
    shares = []
    for _ in range(30):
        others = Others()
        time.sleep(1.0)
        shares.append(others.share())
        if shares[-1] < 0.1:
            return
    pytest.skip(f"the machine is busy: others use {min(shares):.0%} of it or more")


def timed(work, *given):
    """Seconds that a piece of work takes, and what it gives."""
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        result = work(*given)
        return time.perf_counter() - began, result
    finally:
        gc.enable()


def interleaved(works):
    """The median seconds of each piece of work, all taken in turn, and its result.

    Each is a preparation that is not timed, the work on what was prepared, and a reading of the result.
    """
    seconds = {name: [] for name in works}
    results = {}
    for turn in range(REPEATS + 1):
        for name, (prepare, work, read) in works.items():
            prepared = prepare()
            taken, made = timed(work, prepared)
            found = read(prepared, made)
            assert results.setdefault(name, found) == found, f"{name} gave another result when repeated"
            if turn > 0:  # the first turn warms up
                seconds[name].append(taken)
    return {name: statistics.median(s) for name, s in seconds.items()}, results


@pytest.fixture(scope="module")
def start(workshop):
    """A hundred weeks of the Afghan case; in daily steps, without moves."""
    tables = workshop.tables("afghanistan-2018")
    tables["case"]["end"] = tables["case"]["start"] + timedelta(DAYS - 1)
    return workshop.opening(tables)


def step_all(model):
    """Step a model to its end, or for as many days as are measured."""
    for _ in range(DAYS):
        model.step()


def step_empty(model):
    for _ in range(EMPTY_STEPS):
        model.step()


@pytest.fixture(scope="module")
def measured(workshop, start, compiled):
    """Seconds a day of each way, and what each gave."""
    from detente.model.process import PeaceProcess

    def batch_run(_):
        return mesa.batch_run(
            PeaceProcess,
            {"opening": start},
            rng=[SEED],
            number_processes=1,
            max_steps=DAYS,
            data_collection_period=-1,
            display_progress=False,
        )

    def engine_last(_, made):
        column = made.final_columns.index
        assert made.final[:, column("clock.end_step")].min() >= 0
        return float(made.final[0, column("tally.attacks")]), float(
            made.final[:, column("clock.end_step")].sum()
        )

    works = {
        "empty Mesa step": (
            lambda: Empty(rng=1),
            step_empty,
            lambda model, _: (model.time, len(model.datacollector.get_model_vars_dataframe())),
        ),
        "day, Mesa driver": (
            lambda: PeaceProcess(opening=start, rng=SEED, collect=False),
            step_all,
            lambda model, _: (model.world.tally.attacks, model.world.clock.step),
        ),
        "day, Mesa driver with its collector": (
            lambda: PeaceProcess(opening=start, rng=SEED),
            step_all,
            lambda model, _: (model.world.tally.attacks, len(model.datacollector.get_model_vars_dataframe())),
        ),
        "day, mesa.batch_run": (
            lambda: None,
            batch_run,
            lambda _, rows: (rows[-1]["attacks"], rows[-1]["Step"]),
        ),
        "day, compiled": (
            lambda: None,
            lambda _: workshop.batch(start, COMPILED_RUNS, first=SEED, threads=1),
            engine_last,
        ),
    }
    seconds, results = interleaved(works)
    days = dict.fromkeys(works, DAYS)
    days["empty Mesa step"] = EMPTY_STEPS
    days["day, compiled"] = results["day, compiled"][1] + COMPILED_RUNS
    costs = {name: seconds[name] / days[name] for name in works}
    show(costs)
    return costs, results


def show(costs):
    empty = costs["empty Mesa step"]
    print()
    for name, cost in costs.items():
        print(f"{name:38s} {cost * 1e6:10.2f} us {cost / empty:10.3f} empty steps")
    compiled = costs["day, compiled"]
    for name in ("day, Mesa driver", "day, Mesa driver with its collector", "day, mesa.batch_run"):
        print(f"{name + ' / compiled':38s} {costs[name] / compiled:10.0f}")


def test_all_ways_give_the_same_war(measured, workshop, start):
    _, results = measured
    assert results["empty Mesa step"] == (EMPTY_STEPS, EMPTY_STEPS)
    run = workshop.run(start, SEED)
    assert run.sha256 == workshop.mesa(start, SEED).sha256
    attacks = run.last("tally.attacks")
    assert attacks > 500
    assert results["day, compiled"][0] == attacks
    assert results["day, Mesa driver"] == (attacks, DAYS)
    assert results["day, Mesa driver with its collector"] == (attacks, DAYS + 1)
    assert results["day, mesa.batch_run"] == (attacks, DAYS)


def test_a_compiled_day_costs_a_quarter_of_an_empty_step_at_most(quiet_machine, measured):
    costs, _ = measured
    assert costs["day, compiled"] <= 0.25 * costs["empty Mesa step"]


def test_500_runs_follow_a_lever_within_a_second_and_a_half(quiet_machine, compiled):
    """Opening the case with the lever moved, 500 runs on two threads, and the table of outcomes: five times of five."""
    import detente

    taken = []
    for level in (0.1, 0.3, 0.5, 0.7, 0.9):
        seconds, runs = timed(
            lambda level=level: detente.ensemble(
                "afghanistan-2018", policy="five-lessons", runs=500, direct_channel=level
            )
        )
        assert len(runs.outcomes) == 500
        taken.append(seconds)
    print("\n500 runs after a lever moved: " + ", ".join(f"{seconds:.2f} s" for seconds in taken))
    assert max(taken) <= 1.5


def test_a_day_of_the_mesa_driver_costs_fifty_empty_steps_at_most(quiet_machine, measured):
    costs, _ = measured
    assert costs["day, Mesa driver"] <= 50 * costs["empty Mesa step"]


def test_batch_run_is_not_slower_than_the_driver_by_more_than_its_collector(quiet_machine, measured):
    costs, _ = measured
    assert costs["day, mesa.batch_run"] <= 1.5 * costs["day, Mesa driver with its collector"]


def test_two_threads_are_nearly_twice_as_fast_as_one(quiet_machine, workshop, start, compiled):
    """One thread and two in turn on the same runs, in moments when others leave the machine alone; medians of each."""
    if (os.cpu_count() or 1) < 2:
        pytest.skip("needs two cores")
    n = 300
    expected = workshop.batch(start, n, threads=1).final
    seconds = {1: [], 2: []}
    deadline = time.monotonic() + 150
    while min(len(s) for s in seconds.values()) < 2 * REPEATS and time.monotonic() < deadline:
        for threads in (1, 2):
            others = Others()
            taken, made = timed(lambda t=threads: workshop.batch(start, n, threads=t))
            assert np.array_equal(made.final, expected)
            if others.share() < 0.04:
                seconds[threads].append(taken)
    quiet = {threads: len(s) for threads, s in seconds.items()}
    if min(quiet.values()) < REPEATS:
        pytest.skip(f"the machine is busy: only {quiet} repeats with one and two threads were undisturbed")
    one, two = (statistics.median(s) for s in seconds.values())
    print(f"\ntwo threads: {one / two:.2f} times one ({one:.3f} s and {two:.3f} s, {quiet} repeats)")
    assert one / two >= 1.9


def test_a_warm_start_takes_under_a_second(quiet_machine, compiled):
    """Loading the compiled kernel in a new process and computing a first ensemble, imports apart."""
    program = """
import time
import numba, mesa, pandas
from detente.model import engine
from detente.model.request import open_case
start = open_case("afghanistan-2018", "history")
began = time.perf_counter()
made = engine.run_batch(start, range(100))
print(time.perf_counter() - began, made.final[0, made.final_columns.index("tally.attacks")])
"""
    taken = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        seconds, attacks = done.stdout.split()
        taken.append(float(seconds))
        assert float(attacks) > 0
    print(f"\nfirst ensemble of 100 runs in a new process: {statistics.median(taken):.2f} s after imports")
    assert statistics.median(taken) < 1.0
