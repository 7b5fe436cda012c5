"""Where the dashboards listen, and who may come in."""

from __future__ import annotations

import ipaddress
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from detente.experiments.io.output import say, say_lines
from detente.model.errors import InputError, wrong

if TYPE_CHECKING:
    from detente.dashboards.app.cases import Cases

THREADS = 8
"""Requests served at once; the rest wait their turn."""

CONNECTIONS = 1000
"""Connections held open at once: a browser keeps six for each viewer, and one beyond the limit is left waiting."""

SWITCH_SECONDS = 0.001
"""Time after which a computation lets a request have Python's lock: a fifth of the usual, and pages come sooner."""

WARNING = """\
The dashboards are open to other machines. There is no login and no encryption: whoever reaches {host}:{port} can run
the model on this machine and read the sweeps in the results folder. Use it in a network you trust."""


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int
    remote: bool

    @property
    def url(self) -> str:
        """What to type into a browser."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"


def is_loopback(host: str) -> bool:
    """Whether an address reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_address(host: str, port: int, *, allow_remote: bool) -> Address:
    """An address to listen on: loopback, or another where that is asked for in so many words."""
    if not 1 <= port <= 65535:
        raise wrong("--port", port, "a whole number from 1 to 65535")
    remote = not is_loopback(host)
    if remote and not allow_remote:
        raise wrong(
            "--host",
            host,
            "127.0.0.1, or --allow-remote beside it, which lets whoever reaches this machine run the model "
            "and read the results: there is no login",
        )
    address = Address(host, port, remote)
    check_free(address)
    return address


def check_free(address: Address) -> None:
    """Find out whether one can listen there, before anything is loaded."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address.host, address.port))
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"{address.host}:{address.port}: cannot listen there ({reason}); try another --port"
            ) from None


def checked_results(folder: Path | None) -> Path | None:
    """The folder of sweeps, which must exist."""
    if folder is not None and not folder.is_dir():
        raise wrong("--results", str(folder), "a folder that exists")
    return None if folder is None else folder.resolve()


def serve_app(address: Address, results: Path | None, cases: Cases, path: str = "") -> None:
    """Serve the dashboards until Ctrl-C; the engine is compiled meanwhile.  ``path`` is the page to open first."""
    import waitress

    from detente.dashboards.app.sent_files import MOST_SENT
    from detente.dashboards.app.site import make_app
    from detente.experiments.io.logs import log_to_standard_error

    log_to_standard_error()
    if address.remote:
        say_lines(WARNING.format(host=address.host, port=address.port))
    sys.setswitchinterval(SWITCH_SECONDS)
    app = make_app(results, cases, remote=address.remote, compile_engine=True)
    say(f"Détente is open at {address.url}{path}  (Ctrl-C ends it)")
    waitress.serve(
        app.server,
        host=address.host,
        port=address.port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        max_request_body_size=MOST_SENT + 1,
        asyncore_use_poll=True,
        ident="detente",
    )
