"""Ensembles of actors of one's own: the same table from worker processes, which leave with their parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.experiments.runs.runners import worker_pool

SCRIPT = """
import sys
import detente

class Patient(detente.Party):
    def leave_track(self, track):
        return 0.5 * super().leave_track(track)

class Stock(detente.Party):
    pass

if __name__ == "__main__":
    def table(cls, **asked):
        actors = {"republic": cls} if cls else None
        return detente.ensemble("template", "five-lessons", runs=8, actors=actors, **asked).outcomes
    own = table(Patient, threads=2)
    assert own.equals(table(Patient, threads=1)), "processes differ from one process"
    stock = table(None)
    assert stock.equals(table(Stock, threads=2)), "Mesa differs from compiled rules"
    assert not own.equals(stock), "the class had no effect"
    print("same")
"""

ENDLESS = """
import os, sys, time
import detente

class Slow(detente.Party):
    def offer_truce(self, dyad):
        from pathlib import Path
        Path(f"worker-{os.getpid()}").touch()
        time.sleep(0.05)
        return 0.0

if __name__ == "__main__":
    detente.ensemble("template", "opening", runs=4, actors={"republic": Slow}, threads=2)
"""


@pytest.mark.slow
def test_worker_processes_give_the_same_table(tmp_path: Path):
    script = tmp_path / "own.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "same\n"


@pytest.fixture
def heeding_ctrl_c() -> Iterator[None]:
    """As in a terminal: a process that was started in the background ignores Ctrl-C, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_left_to_the_parent(heeding_ctrl_c: None):
    """The terminal sends it to every process of a sweep; a worker that obeyed would lose the chunk under way."""
    with worker_pool(1) as pool:
        worker = pool.submit(os.getpid).result()
        os.kill(worker, signal.SIGINT)
        assert pool.submit(os.getpid).result() == worker


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for(condition: object, seconds: float) -> bool:
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_leave_when_their_parent_is_killed(tmp_path: Path):
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    parent = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        assert wait_for(lambda: len(list(tmp_path.glob("worker-*"))) == 2, 60)
        workers = [int(path.name.removeprefix("worker-")) for path in tmp_path.glob("worker-*")]
        assert os.getpid() not in workers
        assert all(alive(pid) for pid in workers)
    finally:
        parent.kill()
        parent.wait()
    assert wait_for(lambda: not any(alive(pid) for pid in workers), 10)
