"""What a page says when something is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from dash import html, set_props

from detente.dashboards.app.background_jobs import AnswerFaultError
from detente.model.errors import InputError

OUR_FAULT = "Something went wrong on our side. The server is still running; its log has the details."


def notice(message: str, kind: str = "error") -> html.Div:
    """A message in the page; ``kind`` is error, warning or info."""
    return html.Div(message, className=f"notice notice-{kind}", role="alert" if kind == "error" else "status")


def warn(lines: list[str]) -> None:
    """Say in the page what is probably not meant by what was asked; takes away what was said before."""
    set_props("notice", {"children": [notice(line, "warning") for line in lines]})


def broken_page(message: str, again: tuple[str, str] = ("Begin with a fresh run", "/live")) -> html.Div:
    """What stands in place of a page that cannot be shown; ``again`` are the words of a link and where it leads."""
    return html.Div(
        [
            html.H1("This page cannot be shown"),
            notice(message),
            html.P([html.A(again[0], href=again[1]), "."]),
        ],
        className="broken",
    )


def report_fault(error: Exception, in_words: Callable[[str], str] = str) -> None:
    """Say in the page what went wrong in a callback; what is ours to mend goes to the log.

    ``in_words`` takes the paths of the machine out of a message.
    """
    if isinstance(error, InputError):
        message = in_words(str(error))
    elif isinstance(error, AnswerFaultError):  # it stands in the log already
        message = OUR_FAULT
    else:
        logging.getLogger(__name__).error("a callback failed", exc_info=error)
        message = OUR_FAULT
    set_props("notice", {"children": notice(message)})
