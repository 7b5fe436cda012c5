"""What tests of killed sweeps share: a small design, sweeps in processes of their own, and who is alive."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

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
HANGS = 180
"""Seconds after which a sweep, or a worker whose parent is gone, counts as hanging: many times what it takes."""
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


def ended(process: subprocess.Popen[bytes], out: Path) -> int:
    """The exit status of a sweep that is through; any but done and killed fails the test, and so does none."""
    try:
        _, said = process.communicate(timeout=HANGS)
    except subprocess.TimeoutExpired:
        hangs(process, out)
    assert process.returncode in (0, -signal.SIGKILL), said.decode()
    return process.returncode


def hangs(process: subprocess.Popen[bytes], out: Path) -> NoReturn:
    """End a sweep that hangs, and fail with what there is to say of it."""
    workers = children(process.pid)
    process.kill()
    _, said = process.communicate()
    there = len(list(out.glob("chunk-*")))
    pytest.fail(
        f"hung for {HANGS} s with {there} of {CHUNKS} chunks done and {len(workers)} workers in {out}: "
        f"{process.args}\n{said.decode()}"
    )


def start(file: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*SWEEP, str(file), "--out", str(out), "--workers", "2", *options],
        cwd=out.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes], out: Path) -> None:
    """Wait for a moment in the life of a sweep, or for its end."""
    end = time.monotonic() + HANGS
    while process.poll() is None and not condition():
        if time.monotonic() > end:
            hangs(process, out)
        time.sleep(0.002)
