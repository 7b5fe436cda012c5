"""Sweeps killed at random moments, parent or worker, and gone on with: the bytes are those of an uninterrupted one."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.usefixtures("compiled"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc"),
]

DESIGN = """
case = "template"
policies = ["status-quo", "opening"]
runs = 30
chunk = 25
series = ["mean trust"]
every = 30

[levers]
mediation = "0:1:3"
recognition = "0:1:3"
"""
CHUNKS = 22
SECONDS = 300
SWEEP = [sys.executable, "-m", "detente", "sweep"]


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def children(pid: int) -> list[int]:
    """Worker processes of a sweep: its children that were spawned to compute."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return [c for c in found if b"spawn_main" in command_line(c)]


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_for_end(pids: Sequence[int], seconds: float) -> list[int]:
    """Those of some processes that still run after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(alive, pids)):
        time.sleep(0.05)
    return [pid for pid in pids if alive(pid)]


def start(file: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*SWEEP, str(file), "--out", str(out), "--workers", "2", *options],
        cwd=out.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("kills") / "design.toml"
    file.write_text(DESIGN)
    return file


@pytest.fixture(scope="module")
def uninterrupted(design: Path) -> dict[str, bytes]:
    """The files of a sweep that nobody disturbed."""
    out = design.parent / "uninterrupted"
    with start(design, out) as process:
        assert process.wait(SECONDS) == 0
    made = files(out)
    assert sum(name.startswith("chunk-") for name in made) == CHUNKS
    return made


def wait_until(process: subprocess.Popen[bytes], condition: Callable[[], bool]) -> None:
    """Wait for a moment in the life of a process, or for its end."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None and not condition():
        time.sleep(0.002)


def progressed(process: subprocess.Popen[bytes], out: Path, victim: str, n: int) -> bool:
    """Whether so many chunks are there, and a worker if one is to be killed."""
    there = len(list(out.glob("chunk-*"))) >= n
    return there and (victim == "threads" or bool(children(process.pid)))


def killed_and_resumed(design: Path, whole: dict[str, bytes], dice: random.Random, number: int) -> str:
    """One sweep, killed once at a random moment and gone on with to the end; says what was killed and when."""
    out = design.parent / f"killed-{number}"
    victim = dice.choice(["threads", "parent", "worker"])
    options = [] if victim == "threads" else ["--processes"]
    process = start(design, out, *options)
    n = dice.randrange(CHUNKS)
    wait_until(process, lambda: progressed(process, out, victim, n))
    time.sleep(dice.uniform(0, 0.1))
    workers = children(process.pid)
    done = len(list(out.glob("chunk-*")))
    struck = strike(process, workers, victim, dice)
    assert not wait_for_end(workers, 15), "a worker outlived its parent"
    if struck != "worker":
        resumed = start(design, out, "--resume", *options)
        _, said = resumed.communicate(timeout=SECONDS)
        assert resumed.returncode == 0, said.decode()
    assert files(out) == whole
    return f"{struck} after {done} of {CHUNKS} chunks"


def strike(process: subprocess.Popen[bytes], workers: list[int], victim: str, dice: random.Random) -> str:
    """Kill; where a worker is killed, the sweep is to end by itself as if nothing had been."""
    if victim == "worker" and workers:
        os.kill(dice.choice(workers), signal.SIGKILL)
        _, said = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, said.decode()
        return "worker"
    process.kill()
    process.communicate(timeout=SECONDS)
    return "parent" if victim != "threads" else "threads"


def campaign(design: Path, uninterrupted: dict[str, bytes], n: int, seed: int) -> None:
    dice = random.Random(seed)
    began = time.monotonic()
    for number in range(n):
        said = killed_and_resumed(design, uninterrupted, dice, seed * 1000 + number)
        print(f"{number + 1:3d}: killed {said}; same bytes ({time.monotonic() - began:.0f} s)", flush=True)


@pytest.mark.slow
def test_twenty_kills(design: Path, uninterrupted: dict[str, bytes]) -> None:
    campaign(design, uninterrupted, 20, seed=1)


@pytest.mark.acceptance
def test_a_hundred_kills(design: Path, uninterrupted: dict[str, bytes]) -> None:
    campaign(design, uninterrupted, 100, seed=2)
