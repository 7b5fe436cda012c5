"""What every request passes: who may ask, bodies that can be read, headers that bind the browser, compression."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Collection
from typing import Any

from dash import Dash
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from detente.dashboards.app import shell
from detente.dashboards.app.bodies import read_json
from detente.dashboards.app.callback_bodies import PATH, check_callback_body
from detente.dashboards.app.compression import Compressed, compress
from detente.dashboards.app.notices import OUR_FAULT
from detente.dashboards.app.protection import (
    HEADERS,
    REFUSED_NAME,
    REFUSED_ORIGIN,
    content_policy,
    is_own_name,
    is_own_page,
)
from detente.dashboards.app.sent_files import KIND, MOST_SENT
from detente.dashboards.app.sent_files import PATH as FILE_PATH
from detente.model.errors import InputError


def add_gate(app: Dash, *, remote: bool, evaluating: Collection[str]) -> None:
    """Let every request of an application pass the gate; its callbacks are all registered by now.

    Unless ``remote``, it answers to loopback's own names only.  Pages at the paths ``evaluating`` may compile
    JavaScript.
    """
    server: Any = app.server
    server.before_request(lambda: refused(app, remote=remote))
    scripts, files = ["'self'", *script_hashes(app)], Compressed()
    usual, lenient = content_policy(scripts), content_policy([*scripts, "'unsafe-eval'"])

    @server.after_request
    def dress(answer: Response) -> Response:  # pyright: ignore[reportUnusedFunction]
        policy = lenient if request.path.rstrip("/") in evaluating else usual
        answer.headers.update({**HEADERS, "Content-Security-Policy": policy})
        return compress(answer, request, files)

    add_fault_handlers(server)


def script_hashes(app: Dash) -> list[str]:
    """The scripts that stand in the page itself, as a Content-Security-Policy names them."""
    own = base64.b64encode(hashlib.sha256(shell.EARLY.encode()).digest()).decode()
    return sorted({*app.csp_hashes(), f"'sha256-{own}'"})


def refused(app: Dash, *, remote: bool) -> Any:
    """An answer to a request that is not let in, none where it is."""
    if not remote and not is_own_name(request.host):
        return jsonify(error=REFUSED_NAME), 403
    if request.method != "POST":
        return None
    if "Origin" in request.headers and not is_own_page(request.headers["Origin"], request.host):
        return jsonify(error=REFUSED_ORIGIN), 403
    if request.path == FILE_PATH:
        return refused_file()
    if not request.is_json:
        return jsonify(error="request: expected a body of the type application/json"), 400
    try:
        body = read_json(request.get_data())
        if request.path == PATH:
            check_callback_body(body, app.callback_map)
    except InputError as error:
        return jsonify(error=str(error)), 400
    return None


def refused_file() -> Any:
    """An answer to a file that is not let in, none where it is: it comes from a page of ours, and is not too large."""
    if "Origin" not in request.headers or request.mimetype != KIND:
        return jsonify(error=f"request: expected a file from a page of this server, of the type {KIND}"), 400
    request.max_content_length = MOST_SENT
    if request.content_length is None or request.content_length > MOST_SENT:
        return jsonify(error=f"the file is too large: at most {MOST_SENT / 1e6:.0f} MB may be sent"), 413
    return None


def add_fault_handlers(server: Flask) -> None:
    """Answer faults without details: those of the request as they are, ours with status 500."""

    @server.errorhandler(Exception)
    def failed(error: Exception) -> Any:  # pyright: ignore[reportUnusedFunction]
        if isinstance(error, HTTPException):
            return error
        logging.getLogger(__name__).error("a request failed", exc_info=error)
        return jsonify(error=OUR_FAULT), 500
