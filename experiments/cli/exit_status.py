"""What a command does when it cannot go on: one line, an exit status, no traceback for what a user can mend."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable

DONE, FAULT, BAD_INPUT, INTERRUPTED, TERMINATED = 0, 1, 2, 130, 143


def guarded[**P](command: Callable[P, int | None]) -> Callable[P, None]:
    """A command that ends with its exit status.

    Bad input is one line on standard error and status 2, Ctrl-C status 130, SIGTERM, where it is heeded, status 143.
    A fault of ours keeps its traceback, and Python ends with status 1.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        import typer

        from detente.model.errors import InputError

        try:
            with warnings.catch_warnings():  # a command says itself after how much it was interrupted
                warnings.filterwarnings("ignore", "interrupted: ", UserWarning)
                status = command(*args, **kwargs)
        except InputError as error:
            complain(str(error))
            status = BAD_INPUT
        except KeyboardInterrupt as stop:
            complain("interrupted; nothing was finished")
            status = TERMINATED if getattr(stop, "terminated", False) else INTERRUPTED
        raise typer.Exit(status or DONE)

    return run


def complain(message: str) -> None:
    """One line on standard error."""
    print(f"detente: {message}", file=sys.stderr)
