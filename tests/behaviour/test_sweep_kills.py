"""Sweeps killed at random moments, parent or worker, and gone on with: the bytes are those of an uninterrupted one.

A campaign is cut into parts of ten kills, so that a part can be repeated by itself (`-k "hundred and part-3"`) and two
run at a time.  What a kill costs is the start of two sweeps, about nine seconds of processor time.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from killed_sweeps import (
    CHUNKS,
    DESIGN,
    HANGS,
    alive,
    children,
    ended,
    files,
    start,
    wait_for_end,
    wait_until,
)

pytestmark = [
    pytest.mark.usefixtures("compiled"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc"),
]

KILLS = 10


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("kills") / "design.toml"
    file.write_text(DESIGN)
    return file


@pytest.fixture(scope="module")
def uninterrupted(design: Path) -> dict[str, bytes]:
    """The files of a sweep that nobody disturbed."""
    out = design.parent / "uninterrupted"
    assert ended(start(design, out), out) == 0
    made = files(out)
    assert sum(name.startswith("chunk-") for name in made) == CHUNKS
    return made


def progressed(process: subprocess.Popen[bytes], out: Path, victim: str, n: int) -> bool:
    """Whether so many chunks are there, and a worker if one is to be killed."""
    there = len(list(out.glob("chunk-*"))) >= n
    return there and (victim == "threads" or bool(children(process.pid)))


def killed_and_resumed(design: Path, whole: dict[str, bytes], dice: random.Random, out: Path) -> str | None:
    """One sweep, killed once at a random moment and gone on with to the end; says what was killed and when.

    Says nothing if the sweep was through before it could be killed.
    """
    victim = dice.choice(["threads", "parent", "worker"])
    options = [] if victim == "threads" else ["--processes"]
    process = start(design, out, *options)
    n = dice.randrange(CHUNKS)
    wait_until(lambda: progressed(process, out, victim, n), process, out)
    time.sleep(dice.uniform(0, 0.1))
    workers = children(process.pid)
    done = len(list(out.glob("chunk-*")))
    pid = dice.choice(workers) if victim == "worker" and workers else process.pid
    struck = alive(pid)
    if struck:
        os.kill(pid, signal.SIGKILL)
    status = ended(process, out)  # a sweep whose worker is killed is to go on by itself
    outlived = wait_for_end(workers, HANGS)
    assert not outlived, f"workers {outlived} outlived their parent by {HANGS} s"
    there = files(out)
    assert all(there[name] == whole[name] for name in there if name in whole), "a file is half written"
    if status != 0:
        assert ended(start(design, out, "--resume", *options), out) == 0
    assert files(out) == whole
    shutil.rmtree(out)
    killed = "worker" if pid != process.pid else "parent" if workers else "sweep in threads"
    return f"{killed} after {done} of {CHUNKS} chunks" if struck else None


@pytest.fixture
def campaign(
    design: Path, uninterrupted: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> Callable[[int], None]:
    """Some kills under one seed, each told as it is survived."""

    def carry_out(seed: int) -> None:
        dice = random.Random(seed)
        began = time.monotonic()
        for number in range(1, KILLS + 1):
            out, said = design.parent / f"killed-{seed}-{number}", None
            while said is None:
                said = killed_and_resumed(design, uninterrupted, dice, out)
            with capsys.disabled():
                took = time.monotonic() - began
                told = f"seed {seed}, kill {number:2d} of {KILLS}: {said}; same bytes ({took:.0f} s)"
                print(f"\n{told}", end="", file=sys.stderr, flush=True)  # stdout of workers is not shown

    return carry_out


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", range(1, 3), ids="part-{}".format)
def test_twenty_kills(campaign: Callable[[int], None], seed: int) -> None:
    campaign(seed)


@pytest.mark.acceptance
@pytest.mark.parametrize("seed", range(11, 21), ids=lambda seed: f"part-{seed - 10}")
def test_a_hundred_kills(campaign: Callable[[int], None], seed: int) -> None:
    campaign(seed)
