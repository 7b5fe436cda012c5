"""Serving the built manual on this machine."""

from __future__ import annotations

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from detente.experiments.io.output import say
from detente.model.errors import wrong

LOOPBACK = "127.0.0.1"


class Quiet(SimpleHTTPRequestHandler):
    """Hands out files of a folder, without a line for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def server(site: Path, port: int) -> ThreadingHTTPServer:
    """A server of a folder on loopback, port 0 for any that is free; raises ``InputError`` for one in use."""
    if not 0 <= port <= 65535:
        raise wrong("--port", port, "a whole number from 0 to 65535")
    try:
        return ThreadingHTTPServer((LOOPBACK, port), functools.partial(Quiet, directory=str(site)))
    except OSError as error:
        raise wrong("--port", port, f"a port that is free ({error.strerror})") from None


def serve_site(site: Path, port: int, *, browser: bool) -> None:
    """Serve a site until Ctrl-C, opened in the browser unless told otherwise."""
    import webbrowser

    with server(site, port) as running:
        address = f"http://{LOOPBACK}:{running.server_port}/"
        say(f"The manual is at {address} (Ctrl-C to stop)")
        if browser:
            webbrowser.open(address)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            return
