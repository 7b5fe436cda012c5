"""How far a sweep is, how fast it goes and how long it will still take: a bar on a terminal, lines in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.experiments.io.console import BarColumn, TextColumn, progress_bar

if TYPE_CHECKING:
    from detente.experiments.io.console import Console

Report = Callable[[int, int], None]

LINE_SECONDS = 30.0
"""Seconds between two lines in a log."""


@dataclass
class Pace:
    """Runs a second since the first report, and the seconds that the rest will take at that pace."""

    clock: Callable[[], float] = time.monotonic
    began: float | None = None
    first: int = 0
    rate: float = 0.0
    left: float | None = None

    def note(self, done: int, total: int) -> None:
        """Take note of how far it is; runs that earlier sweeps made do not count for the pace."""
        now = self.clock()
        if self.began is None:
            self.began, self.first = now, done
        elif done > self.first and now > self.began:
            self.rate = (done - self.first) / (now - self.began)
            self.left = (total - done) / self.rate

    @property
    def words(self) -> str:
        """Rate and time left, once they are known."""
        return "" if self.left is None else f"{self.rate:,.0f} runs/s, {duration(self.left)} left"


@dataclass
class Lines:
    """Lines for a log, one now and then."""

    to: Console
    pace: Pace = field(default_factory=Pace)
    said: float | None = None

    def report(self, done: int, total: int) -> None:
        """Note how far it is, and say so if it is time."""
        self.pace.note(done, total)
        now = self.pace.clock()
        if self.said is None or now - self.said >= LINE_SECONDS or done == total:
            self.said = now
            said = f"{done:,} of {total:,} runs"
            self.to.print(f"{said}, {self.pace.words}" if self.pace.words else said)


@contextmanager
def meter(to: Console) -> Generator[Report]:
    """Something to report to: a bar on a terminal from the first report on, else lines."""
    if not to.is_terminal:
        yield Lines(to).report
        return
    pace = Pace()
    columns = (
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,} runs"),
        TextColumn("{task.fields[pace]}"),
    )
    progress = progress_bar(to, *columns)
    task = progress.add_task("running", total=1, pace="")

    def report(done: int, total: int) -> None:
        if pace.began is None:  # later reports may come from threads that outlive the bar
            progress.start()
        pace.note(done, total)
        progress.update(task, completed=done, total=total, pace=pace.words)

    try:
        yield report
    finally:
        progress.stop()


def duration(seconds: float) -> str:
    """A length of time in words, at the precision that an estimate has."""
    for unit, length in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"


def size(n_bytes: float) -> str:
    """An amount of disk in words."""
    for unit, length in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= length:
            return f"{n_bytes / length:.1f} {unit}"
    return f"{n_bytes:.0f} bytes"
