"""Sweeps give the same bytes wherever chunks are computed; Ctrl-C keeps what is done and says how to go on."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.experiments.sweep.results import open_results
from detente.experiments.sweep.sweep import SweepFaultError, sweep
from detente.model.errors import InputError

pytestmark = pytest.mark.usefixtures("compiled")

DESIGN: dict[str, Any] = {
    "levers": {"mediation": "0:1", "recognition": [0, 0.5, 1]},
    "parameters": {"trust.memory": ":"},
    "policies": ["status-quo", "opening"],
    "theories": ["readiness", "ripeness"],
    "design": "lhs:6",
    "runs": 4,
    "chunk": 9,
    "series": ["mean trust"],
}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    made = sweep("template", out=tmp_path_factory.mktemp("serial") / "out", workers=1, **DESIGN)
    assert made.n_chunks == 11
    assert len(made.table) == 96
    return files(made.path)


def test_two_threads_give_the_same_bytes(serial: dict[str, bytes], tmp_path: Path) -> None:
    assert files(sweep("template", out=tmp_path / "out", workers=2, **DESIGN).path) == serial


def test_any_executor_gives_the_same_bytes(serial: dict[str, bytes], tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert files(sweep("template", out=tmp_path / "out", executor=pool, **DESIGN).path) == serial


def test_shards_in_any_order_give_the_same_bytes(serial: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "out"
    for k in (3, 1):
        made = sweep("template", out=out, shard=f"{k}/3", **DESIGN)
    assert made.missing == (1, 4, 7, 10)
    (out / ".chunk-00001-0123456789abcdef-x.tmp").write_bytes(b"another shard is writing this")
    assert not sweep("template", out=out, shard=(3, 3), **DESIGN).complete
    assert (out / ".chunk-00001-0123456789abcdef-x.tmp").exists()
    assert sweep("template", out=out, shard="2/3", **DESIGN).complete
    assert files(out) == serial


@pytest.mark.slow
def test_two_processes_give_the_same_bytes(serial: dict[str, bytes], tmp_path: Path) -> None:
    assert files(sweep("template", out=tmp_path / "out", workers=2, processes=True, **DESIGN).path) == serial


@pytest.mark.slow
def test_a_dask_cluster_of_two_gives_the_same_bytes_also_when_a_worker_dies(
    serial: dict[str, bytes], tmp_path: Path
) -> None:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        assert files(sweep("template", out=tmp_path / "out", dask=address, **DESIGN).path) == serial
        killed: list[int] = []

        def kill_one(done: int, total: int) -> None:
            if 0 < done < total and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        made = sweep("template", out=tmp_path / "killed", dask=address, progress=kill_one, **DESIGN)
        assert killed
        assert files(made.path) == serial


def test_a_cluster_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--dask: cannot connect to nonsense://x"):
        sweep("template", out=tmp_path / "out", dask="nonsense://x", **DESIGN)


class Patient(detente.Party):
    """A party that leaves talks half as readily."""

    def leave_track(self, track: Any) -> float:
        return 0.5 * super().leave_track(track)


@pytest.mark.slow
def test_actors_of_ones_own_run_in_processes_and_give_the_same_bytes(tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "levers": {"mediation": [0, 1]},
        "runs": 4,
        "chunk": 4,
        "policies": ["five-lessons"],
    }
    alone = sweep("template", out=tmp_path / "alone", workers=1, actors={"republic": Patient}, **own)
    stock = sweep("template", out=tmp_path / "stock", **own)
    two = sweep("template", out=tmp_path / "two", workers=2, actors={"republic": Patient}, **own)
    assert files(two.path) == files(alone.path)
    assert not alone.table.drop(columns="seed").equals(stock.table.drop(columns="seed"))
    assert alone.manifest["actors"]["republic"]["class"] == "Patient"


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "a/b", "1/0", "", (0, 2)])
def test_a_shard_that_is_none_is_refused(shard: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="I/N with I from 1 to N"):
        sweep("template", out=tmp_path / "out", shard=shard, **DESIGN)
    assert not (tmp_path / "out").exists()


def test_workers_with_other_rules_refuse_to_compute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detente.experiments.sweep import chunks

    def refuse(setup: Any) -> None:
        raise InputError("this worker has another version")

    monkeypatch.setattr(chunks, "check_worker", refuse)
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(SweepFaultError, match="this worker has another version"),
    ):
        sweep("template", out=tmp_path / "out", executor=pool, **DESIGN)


def test_ctrl_c_finishes_the_running_chunks_and_says_how_to_go_on(tmp_path: Path) -> None:
    out = tmp_path / "with space"
    asked = ["template", "--lever", "mediation=0:1:20", "--runs", "200", "--chunk", "40", "--out", str(out)]
    command = [sys.executable, "-m", "detente", "sweep"]
    process = subprocess.Popen([*command, *asked], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while time.monotonic() < end and len(list(out.glob("chunk-*"))) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    told, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    found = open_results(out)
    assert 3 <= len(found.found.whole) < found.n_chunks
    assert not found.damaged
    assert f"{found.n_done:,} of 4,000 runs are in {out}" in told
    line = re.search(r"interrupted: ([0-9,]+) of 4,000 runs are done; to go on: detente (.*)", said)
    assert line, said
    assert line[1] == f"{found.n_done:,}"
    assert shlex.split(line[2]) == ["sweep", "--resume", "--out", str(out)]
    assert not list(out.glob(".chunk-*"))
