"""Thirty viewers at once, each moving levers for a minute: the server answers everybody, and forgets who has left.

A viewer here asks what the page asks, without a browser: it moves a lever every few seconds, and asks again for its
answer until it is there.  Two thirds compare futures, one third watch a run with its fan.
"""

import http.client
import json
import multiprocessing
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from site_parts import callback_bodies

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.usefixtures("compiled"),
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads memory and processor time from /proc"),
]

VIEWERS, SECONDS = 30, 60
AGAIN, LATER = 0.25, 0.6
"""Time until a page asks again for its answer, and the most that the live page comes to [s]."""
MOVES = (1.0, 4.0)
"""Least and most time between two moves of a lever [s]."""
TRIVIAL = ("/api/engine", "/compare")
FINE = {200, 202, 204, 304}
GONE_SECONDS = 2.0
COMPARE = "..compare-figure.figure"


def free_port() -> int:
    import socket

    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Viewer:
    """One page, with a connection of its own."""

    port: int
    number: int
    body: dict[str, Any]
    until: float
    seen: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        data = None if body is None else json.dumps(body)
        self.line.request(method, path, data, {"Content-Type": "application/json", "Accept-Encoding": "gzip"})
        answer = self.line.getresponse()
        said = answer.read()
        self.seen[f"status {answer.status}"] += 1
        if answer.status not in FINE:
            self.seen[f"wrong: {path} {said[:200]!r}"] += 1
        return answer.status, said

    def live(self) -> None:
        for path in ("/", "/_dash-layout", "/_dash-dependencies", "/api/catalogue"):
            self.ask("GET", path)
        move = self.watch if self.number % 3 == 0 else self.compare
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            move(turn, min(self.until, time.monotonic() + self.dice.uniform(*MOVES)))

    def watch(self, turn: int, until: float) -> None:
        """Move a lever of a run, and ask for its fan."""
        levers = {"recognition": round(self.dice.random(), 2)}
        recipe = {"case": "afghanistan-2018", "policy": "five-lessons", "levers": levers}
        about = {"recipe": recipe, "token": f"live {self.number}", "turn": turn}
        for path, more in (("/api/open", {}), ("/api/fan", {"runs": 100}), ("/api/fan", {"runs": 500})):
            while (
                status := self.ask("POST", path, {**about, **more})[0]
            ) == 202 and time.monotonic() < until:
                time.sleep(AGAIN)
            self.seen[f"{path} answered" if status == 200 else f"{path} left"] += 1
        time.sleep(max(0.0, until - time.monotonic()))

    def compare(self, turn: int, until: float) -> None:
        """Move a lever of a policy, and ask for the first runs and then for all."""
        values: dict[str, Any] = {
            "compare-case": "afghanistan-2018",
            "compare-policies": ["history", "status-quo"],
            "compare-viewer": f"compare {self.number}",
            "compare-shown": None,
        }
        levers = [round(self.dice.random() * 20) / 20 for _ in range(8)]
        while time.monotonic() < until:
            status, said = self.ask("POST", "/_dash-update-component", self.filled(values, levers))
            answer = json.loads(gunzipped(said))["response"] if status == 200 else {}
            if "compare-shown" in answer:
                values["compare-shown"] = answer["compare-shown"]["data"]
                self.seen[f"compared with {values['compare-shown']['runs']} runs"] += 1
            if "compare-tick" not in answer:
                break
            time.sleep(AGAIN)
        time.sleep(max(0.0, until - time.monotonic()))

    def filled(self, values: dict[str, Any], levers: list[float]) -> dict[str, Any]:
        def with_value(one: Any) -> Any:
            if isinstance(one, list):
                return [{**part, "value": value} for part, value in zip(one, levers, strict=False)]
            return {**one, "value": values.get(one["id"], one["value"])}

        return {
            **self.body,
            **{key: [with_value(one) for one in self.body[key]] for key in ("inputs", "state")},
        }


def gunzipped(data: bytes) -> bytes:
    import gzip

    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def viewers(port: int, until: float, told: Any) -> None:
    """All viewers, in a process of their own, which ends without a word to the server."""
    from detente.dashboards.app.site import make_app

    body = next(b for b in callback_bodies(make_app()) if b["output"].startswith(COMPARE))
    all_ = [Viewer(port, k, body, until) for k in range(VIEWERS)]
    threads = [threading.Thread(target=viewer.live) for viewer in all_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put(sum((viewer.seen for viewer in all_), Counter[str]()))


def memory(pid: int) -> float:
    """Resident memory of a process [MB]."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def cpu(pid: int) -> float:
    """Processor time of a process [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def timed(port: int, path: str) -> float:
    """Time in which a page is there, asked for by somebody who has just come [s]."""
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path)
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status == 200
    return time.monotonic() - began


@pytest.fixture
def server(compiled: None) -> Any:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "detente", "serve", "--port", str(port)])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            timed(port, "/api/engine")
            break
        except OSError:
            time.sleep(0.1)
    yield port, process.pid
    process.terminate()
    process.wait(20)


def test_thirty_viewers(server: tuple[int, int], capsys: pytest.CaptureFixture[str]) -> None:
    port, pid = server
    context = multiprocessing.get_context("spawn")
    told, begin = context.Queue(), time.monotonic() + 5
    crowd = context.Process(target=viewers, args=(port, begin + SECONDS, told))
    crowd.start()
    time.sleep(max(0.0, begin - time.monotonic()))
    took: list[float] = []
    levels: list[float] = []
    while time.monotonic() < begin + SECONDS:
        took += [timed(port, path) for path in TRIVIAL]
        levels.append(memory(pid))
        time.sleep(0.1)
    seen: Counter[str] = told.get(timeout=60)
    crowd.join(20)
    time.sleep(GONE_SECONDS)
    before = cpu(pid)
    time.sleep(2)
    left = cpu(pid) - before
    took.sort()
    third = len(levels) // 3
    middle, last = (max(levels[k * third : (k + 1) * third]) for k in (1, 2))
    with capsys.disabled():
        print(f"\n{VIEWERS} viewers for {SECONDS} s: {dict(sorted(seen.items()))}")
        p50, p95 = took[len(took) // 2], took[int(0.95 * len(took))]
        print(f"a trivial page: median {p50:.3f} s, p95 {p95:.3f} s, longest {took[-1]:.3f} s of {len(took)}")
        print(
            f"memory: {levels[0]:.0f} MB at first, {middle:.0f} MB at most in the middle, {last:.0f} MB at the end"
        )
        print(f"processor time in the 2 s that begin {GONE_SECONDS:g} s after all have left: {left:.2f} s")
    assert not [words for words in seen if words.startswith("wrong")]
    assert p95 < 0.3
    assert left < 0.2
    assert last - middle < 60  # answers are kept, some tens of them
    assert seen["/api/fan answered"] + seen["compared with 100 runs"]  # most move on before their turn
