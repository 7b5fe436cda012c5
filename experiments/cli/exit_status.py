"""What a command does when it cannot go on: a line a fault, an exit status, no traceback for what a user can mend."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from detente.experiments.io.output import say, say_lines

DONE, FAULT, BAD_INPUT, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


def guarded[**P](command: Callable[P, int | None]) -> Callable[P, None]:
    """A command that ends with its exit status.

    Bad input is a line on standard error for each fault that came to light, and status 2.  Ctrl-C is status 130, and
    SIGTERM, where it is heeded, status 143.
    A fault of ours keeps its traceback, and Python ends with status 1.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        import typer

        from detente.model.errors import InputError

        try:
            with warnings.catch_warnings():  # a command says itself after how much it was interrupted
                warnings.filterwarnings("ignore", "interrupted: ", UserWarning)
                warnings.showwarning = tell_warning
                status = command(*args, **kwargs)
        except InputError as error:
            for line in error.problems:
                complain(line)
            status = BAD_INPUT
        except KeyboardInterrupt as stop:
            complain("interrupted; nothing was finished")
            status = TERMINATED if getattr(stop, "terminated", False) else INTERRUPTED
        raise typer.Exit(status or DONE)

    return run


@contextmanager
def kept_when_interrupted(out: Path | None, what: str) -> Generator[None]:
    """Ctrl-C within leaves what was finished in a file or folder, if there is one, and says how to go on."""
    import typer

    try:
        yield
    except KeyboardInterrupt:
        if out is None:
            raise
        complain(f"interrupted; {out} has the {what} that were finished: go on with --resume")
        raise typer.Exit(INTERRUPTED) from None


def complain(message: str) -> None:
    """One line on standard error, whatever is in the message."""
    say(f"detente: {message}", error=True)


def tell_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any
) -> None:
    """A warning on standard error; where it is for developers, with the place that it comes from."""
    place = "" if issubclass(category, UserWarning) else f"{filename}:{lineno}: {category.__name__}: "
    complain(f"warning: {place}{message}")


def tell_fault(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """The traceback of a fault of ours."""
    import traceback

    say_lines("".join(traceback.format_exception(kind, fault, trace)), error=True)
