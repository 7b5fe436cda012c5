"""The one-time compilation of the engine, announced; and progress bars, which only a terminal gets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from detente.experiments.io.console import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
    progress_bar,
)

if TYPE_CHECKING:
    from detente.experiments.io.console import Console
    from detente.model.opening import Opening

Report = Callable[[int, int], None]


def make_ready(to: Console, start: Opening, seed: int) -> None:
    """See that compiled rules are there; while they are compiled, say so and show a first interpreted run.

    Says nothing where they are in the cache.  What goes wrong in the compiler is raised here.
    """
    from detente.model.engine import compile_now, is_ready
    from detente.model.kernel_cache import is_kept

    if is_ready():
        return
    how_often = "once for each version and machine" if is_kept() else "for this process alone"
    to.print(f"Compiling the engine: about 20 s, {how_often}.")
    with bar(to, "compiling") as report:
        compiling = Compiling(compile_now, report)
        compiling.start()
        show_first_run(to, start, seed)
        compiling.wait()


class Compiling:
    """The compiler in a thread that does not keep the program alive."""

    def __init__(self, compile_rules: Callable[[Report], None], report: Report) -> None:
        self._compile = compile_rules
        self._report = report
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def _work(self) -> None:
        try:
            self._compile(self._report)
        except BaseException as fault:
            self._fault = fault

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self) -> None:
        """Wait for the end, open to Ctrl-C; raise what went wrong."""
        while self._thread.is_alive():
            self._thread.join(0.1)
        if self._fault is not None:
            raise self._fault


def show_first_run(to: Console, start: Opening, seed: int) -> None:
    """One interpreted run in a line: the numbers are those that the compiled rules will give."""
    from detente.experiments.runs.outcomes import END_WORDS
    from detente.experiments.runs.run import run_opening

    run = run_opening(start, seed, engine="mesa")
    deaths = float(run.outcomes["fatalities"])
    to.print(
        f"Meanwhile, a first run (policy {start.policy.name}, seed {seed}): {deaths:,.0f} deaths, "
        f"ended on {run.end_date}, {END_WORDS[run.end_reason]}."
    )


@contextmanager
def bar(to: Console, what: str) -> Generator[Report]:
    """A progress bar on a terminal, from the first report on; in a pipe, nothing."""
    if not to.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = progress_bar(to, *columns)
    task = progress.add_task(what, total=None)

    def report(done: int, total: int) -> None:
        progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        progress.stop()
