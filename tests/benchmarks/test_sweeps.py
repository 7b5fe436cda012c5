"""What sweeps cost: memory against the number of runs, and time against Mesa's batch_run on the same design.

Times are those of the processor, with one worker each, so that what else the machine does counts little.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import mesa
import pytest

import detente
from detente.experiments.sweep.sweep import sweep

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("compiled")]

MEASURE = """
import resource, sys, detente
made = detente.sweep("afghanistan-2018", out=sys.argv[1], runs=int(sys.argv[2]) // 10, workers=2,
                     policies=["history", "five-lessons"], levers={"direct_channel": "0:1:5"})
assert made.complete and made.n_done == int(sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
MOST_GROWTH_MB = 40
MOST_MB = 1000
LEAST_RATIO = 20


def measured(out: Path, runs: int) -> tuple[float, float, float]:
    """Peak memory [MB], seconds, and size on disk [MB] of a sweep in a process of its own."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(out), str(runs)], capture_output=True, text=True, check=True
    )
    disk = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return float(done.stdout), time.monotonic() - began, disk / 1e6


def test_memory_is_flat_in_the_number_of_runs(tmp_path: Path) -> None:
    peaks: dict[int, float] = {}
    for runs in (1_000, 100_000):
        peaks[runs], seconds, disk = measured(tmp_path / str(runs), runs)
        print(f"\n{runs:>7,} runs: peak {peaks[runs]:.0f} MB, {seconds:.0f} s, {disk:.1f} MB of disk")
    assert peaks[100_000] - peaks[1_000] < MOST_GROWTH_MB
    assert (
        peaks[100_000] + 9 * (peaks[100_000] - peaks[1_000]) < MOST_MB
    )  # a million runs, if it went on growing


LEVERS, SEEDS = [0.0, 0.5, 1.0], [1, 2]


def by_mesa() -> dict[tuple[float, int], float]:
    """Fatalities by lever and seed, from batch_run."""
    parameters: dict[str, Any] = {"case": "afghanistan-2018", "policy": "history", "direct_channel": LEVERS}
    rows = mesa.batch_run(
        detente.PeaceProcess,
        parameters,
        rng=SEEDS,
        max_steps=10_000,
        number_processes=1,
        display_progress=False,
    )
    return {(row["direct_channel"], row["rng"]): row["fatalities"] for row in rows}


def by_sweep(out: Path, runs: int) -> dict[tuple[float, int], float]:
    """The same from a sweep."""
    made = sweep("afghanistan-2018", out=out, levers={"direct_channel": LEVERS}, runs=runs, workers=1)
    return {(run.direct_channel, run.seed): run.fatalities for run in made.table.itertuples()}


def test_a_sweep_is_many_times_faster_than_batch_run(tmp_path: Path) -> None:
    by_sweep(tmp_path / "warm", 1)
    began = time.process_time()
    theirs = by_mesa()
    mesa_seconds = (time.process_time() - began) / len(theirs)
    began = time.process_time()
    ours = by_sweep(tmp_path / "out", 200)
    our_seconds = (time.process_time() - began) / len(ours)
    assert all(ours[key] == value for key, value in theirs.items())
    ratio = mesa_seconds / our_seconds
    print(
        f"\nbatch_run {mesa_seconds * 1e3:.0f} ms a run, sweep {our_seconds * 1e3:.1f} ms a run: {ratio:.0f} times"
    )
    assert ratio > LEAST_RATIO


def test_points_cost_little_beside_their_runs(tmp_path: Path) -> None:
    """Opening a case anew for every run, as Sobol designs under one seed do, against many seeds at one point."""
    one_point: dict[str, Any] = {"levers": {"direct_channel": 0.5}, "parameters": {"trust.memory": 500}}
    many: dict[str, Any] = {
        "levers": {"direct_channel": ":"},
        "parameters": {"trust.memory": ":"},
        "design": "lhs:300",
    }
    took: list[float] = []
    for name, design, runs in (("warm", many, 1), ("one", one_point, 300), ("many", many, 1)):
        began = time.process_time()
        sweep("afghanistan-2018", out=tmp_path / name, workers=1, runs=runs, **design)
        took.append((time.process_time() - began) / 300)
    print(f"\n{took[1] * 1e3:.1f} ms a run at one point, {took[2] * 1e3:.1f} ms a run with a point for each")
    assert took[2] < 2 * took[1]
