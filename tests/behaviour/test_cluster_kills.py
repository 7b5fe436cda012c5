"""Sweeps on a Dask cluster, in shards and in processes, killed at random moments and gone on with: the same bytes.

The scheduler of the cluster, one of its workers, the sweep itself, one of two shards or a worker process is killed.  A
sweep whose scheduler dies says so and ends; none is left waiting.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from killed_sweeps import (
    CHUNKS,
    DESIGN,
    SWEEP,
    alive,
    children,
    command_line,
    ended,
    files,
    start,
    wait_until,
)

pytest.importorskip("distributed", reason="Dask is in the extra dask")
pytestmark = [
    pytest.mark.usefixtures("compiled"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc"),
]

MOST_SECONDS = 30
"""Seconds within which a sweep that lost its scheduler, or was interrupted, has ended."""
VICTIMS = (
    "scheduler",
    "scheduler",
    "cluster worker",
    "cluster sweep",
    "shard",
    "process worker",
    "process sweep",
)
DASK = [sys.executable, "-m"]


class Cluster:
    """A scheduler and two workers, in processes of their own."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self.folder, self.n, self.started = folder, workers, list[subprocess.Popen[bytes]]()
        self.address = ""

    def begin(self) -> str:
        """Start it, unless it runs; its address."""
        if not self.started:
            file = self.folder / "scheduler.json"
            file.unlink(missing_ok=True)
            where = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
            self.run("distributed.cli.dask_scheduler", *where)
            end = time.monotonic() + MOST_SECONDS
            while not (file.exists() and file.read_text().endswith("}")):
                assert time.monotonic() < end, "the scheduler did not come up"
                time.sleep(0.05)
            self.address = json.loads(file.read_text())["address"]
            if self.n:
                how = [
                    "--nworkers",
                    str(self.n),
                    "--nthreads",
                    "1",
                    "--no-dashboard",
                    "--death-timeout",
                    "60",
                ]
                place = ["--local-directory", str(self.folder)]
                self.run("distributed.cli.dask_worker", self.address, *how, *place)
        return self.address

    def run(self, module: str, *options: str) -> None:
        command = [*DASK, module, *options]
        silent: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.started.append(subprocess.Popen(command, cwd=self.folder, start_new_session=True, **silent))

    @property
    def workers(self) -> list[int]:
        """Its worker processes."""
        return children(self.started[1].pid) if len(self.started) > 1 else []

    def stop(self) -> None:
        """End all of it."""
        for process in self.started:
            if alive(process.pid):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.started = []


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("cluster") / "design.toml"
    file.write_text(DESIGN)
    return file


@pytest.fixture(scope="module")
def cluster(design: Path) -> Iterator[Cluster]:
    made = Cluster(design.parent)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def uninterrupted(design: Path) -> dict[str, bytes]:
    out = design.parent / "uninterrupted"
    assert ended(start(design, out), out) == 0
    return files(out)


def there(out: Path) -> int:
    return len(list(out.glob("chunk-*")))


def finished(process: subprocess.Popen[bytes], began: float) -> str:
    """What a sweep said that had to end by now."""
    try:
        _, said = process.communicate(timeout=max(1.0, MOST_SECONDS - (time.monotonic() - began)))
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail(f"it went on for {MOST_SECONDS} s: {process.args}")
    return said.decode()


class Kill:
    """One sweep, one kill, and the resuming of what was left."""

    def __init__(self, design: Path, cluster: Cluster, dice: random.Random, out: Path) -> None:
        self.design, self.cluster, self.dice, self.out = design, cluster, dice, out
        self.victim = dice.choice(VICTIMS)
        self.struck = False

    @property
    def options(self) -> list[str]:
        if self.victim in ("scheduler", "cluster worker", "cluster sweep"):
            return ["--dask", self.cluster.begin()]
        return ["--shard", "1/2"] if self.victim == "shard" else ["--processes"]

    def targets(self, process: subprocess.Popen[bytes]) -> list[int]:
        """Processes of which one is to be killed, none if there is none yet."""
        if self.victim == "scheduler":
            return [self.cluster.started[0].pid]
        if self.victim == "cluster worker":
            return self.cluster.workers
        return children(process.pid) if self.victim == "process worker" else [process.pid]

    def carry_out(self) -> str:
        """Kill, go on, and say what happened."""
        options = self.options
        process = start(self.design, self.out, *options)
        other = start(self.design, self.out, "--shard", "2/2") if self.victim == "shard" else None
        n = self.dice.randrange(CHUNKS)
        wait_until(lambda: there(self.out) >= n and bool(self.targets(process)), process, self.out)
        time.sleep(self.dice.uniform(0, 0.1))
        done, targets = there(self.out), self.targets(process)
        self.struck = process.poll() is None and bool(targets)
        began = time.monotonic()
        if self.struck:
            os.kill(self.dice.choice(targets), signal.SIGKILL)
        self.go_on(process, other, began, options)
        return f"{self.victim} after {done} of {CHUNKS} chunks, ended after {self.took:.1f} s"

    def go_on(self, process: subprocess.Popen[bytes], other: Any, began: float, options: list[str]) -> None:
        """Wait for the end, and resume what is not whole."""
        if self.victim == "scheduler" and self.struck:
            said = finished(process, began)
            if process.returncode != 0:  # the last chunk may have come in before
                assert process.returncode == 1, said
                assert (
                    f"the scheduler at {self.cluster.address} is gone; what is done stays; --resume goes on"
                    in said
                )
                assert "Traceback" not in said
            self.cluster.stop()
        else:
            ended(process, self.out)
        self.took = time.monotonic() - began
        if other is not None:
            assert ended(other, self.out) == 0
        if process.returncode != 0:
            self.resume(options)

    def resume(self, options: list[str]) -> None:
        """Go on to the end, on a new cluster where the scheduler was killed."""
        if self.victim == "scheduler":
            options = ["--dask", self.cluster.begin()] if self.dice.random() < 0.5 else []
        assert ended(start(self.design, self.out, "--resume", *options), self.out) == 0


@pytest.fixture
def campaign(
    design: Path, cluster: Cluster, uninterrupted: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> Callable[[int, int], None]:
    """Some kills under one seed, each told as it is survived."""

    def carry_out(seed: int, kills: int) -> None:
        dice, survived, number = random.Random(seed), 0, 0
        while survived < kills:
            number += 1
            out = design.parent / f"killed-{seed}-{number}"
            kill = Kill(design, cluster, dice, out)
            said = kill.carry_out()
            assert files(out) == uninterrupted, said
            shutil.rmtree(out)
            survived += kill.struck
            with capsys.disabled():
                print(
                    f"\nseed {seed}, kill {survived} of {kills}: {said}; same bytes", end="", file=sys.stderr
                )

    return carry_out


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", [1, 2], ids="part-{}".format)
def test_twelve_kills(campaign: Callable[[int, int], None], seed: int) -> None:
    campaign(seed, 6)


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", range(11, 21), ids=lambda seed: f"part-{seed - 10}")
def test_a_hundred_kills(campaign: Callable[[int, int], None], seed: int) -> None:
    campaign(seed, 10)


# -- signals


def begun(out: Path, *options: str, chunks: int = 2, group: bool = False) -> subprocess.Popen[str]:
    """A sweep of many chunks, in the middle of it."""
    asked = ["template", "--lever", "mediation=0:1:20", "--runs", "200", "--chunk", "40", "--out", str(out)]
    process = subprocess.Popen(
        [*SWEEP, *asked, *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=group,
    )
    end = time.monotonic() + 120
    while there(out) < chunks and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.02)
    return process


def one_line(said: str) -> str:
    """The one line of a command that is neither a warning nor how far it is."""
    other = re.compile(r"detente: warning|[0-9,]+ of [0-9,]+ runs")
    (line,) = [line for line in said.splitlines() if not other.match(line)]
    return line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "group"),
    [
        ((), False),
        pytest.param(("--processes", "--workers", "2"), False, marks=pytest.mark.acceptance),
        (("--processes", "--workers", "2"), True),
        pytest.param(("--shard", "2/3"), True, marks=pytest.mark.acceptance),
        pytest.param(("--workers", "1"), True, marks=pytest.mark.acceptance),
    ],
)
def test_sigterm_finishes_the_running_chunk_and_says_how_to_go_on(
    tmp_path: Path, options: tuple[str, ...], group: bool
) -> None:
    """Also where it reaches all processes of the job, as at a time limit, and comes twice."""
    from detente.experiments.sweep.results import open_results

    process = begun(tmp_path / "out", *options, group=group)
    began = time.monotonic()
    workers = children(process.pid)
    for _ in range(2):
        os.killpg(process.pid, signal.SIGTERM) if group else process.send_signal(signal.SIGTERM)
    told, said = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode == 143, said
    assert time.monotonic() - began < MOST_SECONDS
    found = open_results(tmp_path / "out")
    assert 0 < found.n_done < 4000
    assert not found.damaged
    assert one_line(said) == (
        f"detente: interrupted: {found.n_done:,} of 4,000 runs are done; "
        f"to go on: detente sweep --resume --out {tmp_path / 'out'}"
    )
    assert f"{found.n_done:,} of 4,000 runs are in" in told
    assert not list((tmp_path / "out").glob(".chunk-*"))
    assert not [pid for pid in workers if alive(pid) and b"spawn_main" in command_line(pid)]


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.3, 1.0, 2.0, 3.0])
def test_sigterm_while_a_sweep_begins_ends_it_without_a_traceback(tmp_path: Path, after: float) -> None:
    process = begun(tmp_path / "out", chunks=0)
    time.sleep(after)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=MOST_SECONDS)
    assert process.returncode in (143, -signal.SIGTERM, 0), said
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, marks=pytest.mark.acceptance), signal.SIGTERM]
)
def test_one_signal_ends_a_sweep_that_waits_for_a_cluster_without_workers(
    tmp_path: Path, number: int
) -> None:
    cluster = Cluster(tmp_path, workers=0)
    process = None
    try:
        process = begun(tmp_path / "out", "--dask", cluster.begin(), chunks=0)
        end = time.monotonic() + 60
        while not (tmp_path / "out" / "_manifest.json").exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(2)
        process.send_signal(number)
        _, said = process.communicate(timeout=MOST_SECONDS)
        assert process.returncode == 128 + number, said
        assert "0 of 4,000 runs are done; to go on" in one_line(said)
    finally:
        if process is not None and process.poll() is None:
            process.kill()
        cluster.stop()


@pytest.mark.acceptance
def test_one_signal_ends_a_sweep_whose_scheduler_has_stopped_answering(tmp_path: Path) -> None:
    """Stopped, not dead: its connections stay open."""
    cluster = Cluster(tmp_path)
    process = None
    try:
        process = begun(tmp_path / "out", "--dask", cluster.begin())
        os.kill(cluster.started[0].pid, signal.SIGSTOP)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=MOST_SECONDS)
        assert process.returncode in (1, 130), said
    finally:
        if process is not None and process.poll() is None:
            process.kill()
        os.kill(cluster.started[0].pid, signal.SIGCONT)
        cluster.stop()


@pytest.mark.acceptance
def test_a_scheduler_that_stops_answering_ends_the_sweep(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    process = None
    try:
        process = begun(tmp_path / "out", "--dask", cluster.begin())
        os.kill(cluster.started[0].pid, signal.SIGSTOP)
        _, said = process.communicate(timeout=MOST_SECONDS)
        assert process.returncode == 1
        assert f"the scheduler at {cluster.address} is gone" in one_line(said)
    finally:
        if process is not None and process.poll() is None:
            process.kill()
        os.kill(cluster.started[0].pid, signal.SIGCONT)
        cluster.stop()
