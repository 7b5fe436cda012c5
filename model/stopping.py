"""A long computation that can be given up between two batches of runs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

Check = Callable[[], None]

_check: ContextVar[Check | None] = ContextVar("_check", default=None)


@contextmanager
def stoppable(check: Check) -> Generator[None]:
    """Call ``check`` before every batch of runs in this thread; what it raises ends the computation."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def stop_if_asked() -> None:
    """Raise what the check of this thread raises, if it has one."""
    check = _check.get()
    if check is not None:
        check()
