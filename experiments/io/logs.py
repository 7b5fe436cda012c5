"""Logs behind the gate: a message is one line, and hidden characters in it are shown."""

from __future__ import annotations

import logging
from typing import Any

from detente.experiments.io.output import one_line, output, visible


class ShownFormatter(logging.Formatter):
    """Messages on one line each, tracebacks below them, and nothing in either that steers a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - named by logging
        """The message on one line."""
        return one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - named by logging
        """The traceback."""
        return visible(super().formatException(ei))


def log_to_standard_error() -> None:
    """Have warnings and errors logged on standard error, unless something else has been set up."""
    handler = logging.StreamHandler(output(error=True))
    handler.setFormatter(ShownFormatter(logging.BASIC_FORMAT))
    logging.basicConfig(handlers=[handler])
