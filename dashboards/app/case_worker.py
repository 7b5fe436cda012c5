"""Reading visitors' files in a process of its own: with a time limit, a memory limit, and a folder that is then gone.

Started with Python's switch ``-P``, so that no file beside it is ever taken for a module.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.dashboards.app.background_jobs import Progress
from detente.dashboards.app.sent_files import MOST_SENT, SentFile

MOST_SECONDS = 120
"""Time for reading files and building a case [s]."""

MOST_MEMORY = 4_000_000_000
"""Memory for it [bytes]."""

MOST_WRITTEN = 500_000_000
"""Bytes of a file that it may write."""

MOST_ANSWER = 30_000_000
"""Bytes of its answer."""

ASKED = "what is to be done with files that were sent"
PAUSE = 0.1
NO_MEMORY = 3
"""Exit status where memory ran out."""

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that say how many threads a library starts: each takes memory of its own."""


def read_apart(
    what: str,
    files: Sequence[SentFile],
    data: Sequence[bytes],
    asked: Mapping[str, Any],
    report: Progress,
    seconds: float = MOST_SECONDS,
) -> dict[str, Any]:
    """What ``case_reading.answer`` says of files, found out in a process of its own.

    Args:
        what: ``look`` or ``open``.
        files: the files as the page names them.
        data: their bytes.
        asked: ``name`` of the case and ``options``.
        report: called while it is waited for; what it raises ends the process.
        seconds: time it may take.
    """
    with tempfile.TemporaryDirectory(prefix="detente-reading-") as place:
        folder = Path(place)
        lay(folder, what, files, data, asked)
        code = run(folder, report, seconds)
        return told(folder, code)


def lay(
    folder: Path, what: str, files: Sequence[SentFile], data: Sequence[bytes], asked: Mapping[str, Any]
) -> None:
    """Write what the process reads: numbers for names, and what to do with them."""
    for number, part in enumerate(data):
        (folder / f"sent-{number}").write_bytes(part)
    listed = [{"name": f.name, "packed": f.packed, "role": f.role} for f in files]
    (folder / "files").mkdir()
    (folder / "asked.json").write_text(json.dumps({"what": what, "files": listed, **asked}), encoding="utf-8")


def run(folder: Path, report: Progress, seconds: float) -> int | None:
    """Run the process; its exit status, none where its time ran out."""
    command = [sys.executable, "-P", "-m", "detente.dashboards.app.case_worker"]
    env = {**os.environ, **dict.fromkeys(THREADS, "1"), "TMPDIR": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    deadline = time.monotonic() + seconds
    try:
        while (code := process.poll()) is None and time.monotonic() < deadline:
            report("reading the files", 0, 0)
            time.sleep(PAUSE)
        return code
    finally:
        process.kill()
        process.wait()


def told(folder: Path, code: int | None) -> dict[str, Any]:
    """The answer of the process, or why there is none."""
    place = folder / "answer.json"
    if code is None:
        return {"errors": [f"The files took more than {MOST_SECONDS} seconds to read. {SMALLER}"]}
    if code == NO_MEMORY or code < 0:
        return {"errors": [f"The files need more than {MOST_MEMORY / 1e9:.0f} GB of memory. {SMALLER}"]}
    if code != 0 or not place.is_file() or place.stat().st_size > MOST_ANSWER:
        log = (folder / "log").read_text(encoding="utf-8", errors="replace")[-4000:]
        raise RuntimeError(f"the reader of files ended with status {code}: {log}")
    return json.loads(place.read_bytes())


SMALLER = "Give the rows of one country only, or build the case with `detente new`."


def limited() -> None:
    """Hold this process to its limits, where the system has any."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows has none; the time limit holds there too
        return
    limits = (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS + 10),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    )
    for which, most in limits:
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> int:
    """Read what was laid into the working folder, and write the answer there."""
    limited()
    try:
        work(Path.cwd())
    except MemoryError:
        return NO_MEMORY
    return 0


def work(folder: Path) -> None:
    """The same without limits; the working folder is then the one of the files."""
    from detente.dashboards.app.case_reading import Received, answer, in_page_words, unpacked
    from detente.model.errors import InputError
    from detente.model.reading import read_bytes, read_json

    asked = read_json(folder / "asked.json", ASKED)
    os.chdir(folder / "files")
    received: list[Received] = []
    try:
        for number, file in enumerate(asked["files"]):
            data = read_bytes(folder / f"sent-{number}", "a file that was sent", MOST_SENT)
            plain = unpacked(file["name"], data) if file["packed"] else data
            received.append(Received(file["name"], plain, file["role"]))
        found = answer(asked["what"], received, asked["name"], asked["options"])
    except InputError as error:
        found = {"errors": [in_page_words(line) for line in error.problems]}
    (folder / "answer.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
