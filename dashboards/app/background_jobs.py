"""Long computations asked for by a page: done once, in the background, one at a time, and kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from detente.model.errors import InputError

Progress = Callable[[str, int, int], None]


@dataclass
class Job:
    """A computation: how far it is, what it made, or what went wrong."""

    what: str = "waiting for its turn"
    done: int = 0
    total: int = 0
    result: Any = None
    fault: str = ""

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.result is not None or bool(self.fault)

    def report(self, what: str, done: int, total: int) -> None:
        """Note how far it is."""
        self.what, self.done, self.total = what, done, total


class JobBook:
    """Computations by key; all viewers share them."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._working = threading.Lock()

    def find(self, key: str) -> Job | None:
        """The computation of a key, if somebody has asked for it."""
        return self._jobs.get(key)

    def start(self, key: str, work: Callable[[Progress], Any]) -> Job:
        """Begin a computation, unless it has begun; one that failed is tried again."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.fault:
                return job
            job = self._jobs[key] = Job()
            threading.Thread(target=self._work, args=(job, work), daemon=True).start()
            return job

    def _work(self, job: Job, work: Callable[[Progress], Any]) -> None:
        with self._working:
            try:
                job.result = work(job.report)
            except InputError as error:
                job.fault = str(error)
            except Exception:
                logging.getLogger(__name__).exception("a computation failed")
                job.fault = "it failed; the server's log says more"
