"""Who may ask a server, and what a browser may do with its pages; the same for both servers."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

REFUSED_NAME = "this server answers to loopback names only; see detente serve --help"
REFUSED_ORIGIN = "this request comes from a page of another server"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, beside the policy of its page."""

SHARED_POLICY = {
    "default-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Plotly, React and Vue write styles into the page
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def host_name(host: str) -> str:
    """A Host header without the port; an IPv6 address keeps its brackets."""
    name, colon, port = host.rpartition(":")
    return name if colon and not port.strip("0123456789") else host


def is_own_name(host: str) -> bool:
    """Whether a Host header names loopback, so that no page elsewhere reached the server by a name of its own."""
    return host_name(host).lower() in LOOPBACK_NAMES


def is_own_page(origin: str | None, host: str) -> bool:
    """Whether a request was sent by a page of this server: its origin is the host it was sent to."""
    try:
        return origin is not None and urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def content_policy(scripts: Iterable[str]) -> str:
    """The Content-Security-Policy of a page, whose scripts may come from these sources."""
    rules = {**SHARED_POLICY, "script-src": " ".join(scripts)}
    return "; ".join(f"{name} {value}" for name, value in rules.items())
