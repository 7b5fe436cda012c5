"""What every request to Mesa's own server passes: who may ask, and headers that bind the browser."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from detente.dashboards.app.notices import OUR_FAULT
from detente.dashboards.app.protection import (
    HEADERS,
    REFUSED_NAME,
    REFUSED_ORIGIN,
    content_policy,
    is_own_name,
    is_own_page,
)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SCRIPTS = ("'self'", "'unsafe-inline'", "'unsafe-eval'", "blob:")
"""Solara writes scripts into its page, and Vue compiles the templates of widgets in the browser."""


NO_PAGE = "this request does not say which page it comes from: expected session_id in its query"


def lacks_page(scope: Scope) -> bool:
    """Whether a message of a page to its kernel does not say which page it is: solara would fail on it."""
    to_kernel = scope["type"] == "websocket" or scope["path"].startswith("/_solara/api/close")
    return to_kernel and not parse_qs(scope["query_string"].decode("latin-1")).get("session_id")


class Gate:
    """An ASGI application behind a gate.

    Unless ``remote``, it answers to loopback's own names only.  A websocket is opened, and anything changed, by pages
    of this server alone: a browser says with each which page asks.
    """

    def __init__(self, app: App, *, remote: bool = False) -> None:
        self.app, self.remote = app, remote
        policy = content_policy(SCRIPTS)
        headers = {**HEADERS, "Content-Security-Policy": policy}
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif reason := self.refusal(scope):
            await refuse(scope, receive, self.dressed(send), 403, reason)
        elif lacks_page(scope):
            await refuse(scope, receive, self.dressed(send), 400, NO_PAGE)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self.answer(scope, receive, self.dressed(send))

    def refusal(self, scope: Scope) -> str:
        """Why a request is not let in; empty where it is."""
        sent = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = sent.get("host", ""), sent.get("origin")
        if not self.remote and not is_own_name(host):
            return REFUSED_NAME
        asks_much = scope["type"] == "websocket" or (
            scope["method"] not in ("GET", "HEAD") and origin is not None
        )
        return REFUSED_ORIGIN if asks_much and not is_own_page(origin, host) else ""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; a fault is said in a sentence, and stands in the log."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            logging.getLogger(__name__).exception("a request failed")
            if not begun:
                await refuse(scope, receive, send, 500, OUR_FAULT)

    def dressed(self, send: Send) -> Send:
        """Send with the headers of every answer."""

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in self.headers}
                kept = [(n, v) for n, v in message.get("headers", ()) if n.lower() not in names]
                message["headers"] = [*kept, *self.headers]
            await send(message)

        return send_dressed


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    """Answer with a sentence; a websocket is closed before it is open."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
