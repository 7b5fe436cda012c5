"""A server of the dashboards, and a headless Chromium that drives it.

``site`` is the address of a running server, ``visit`` opens pages in a browser of their own and checks, when the test
is over, that the console was clean and that no request left the machine.  ``snap`` keeps screenshots, in a folder
that is not committed.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

SHOTS = Path(__file__).parent / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "")
UP_SECONDS = 60


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's Chromium, headless."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is installed; see .ci/run")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class Server:
    """A server in a process of its own."""

    def __init__(self, *options: str, env: dict[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "detente", "serve", "--port", str(self.port), *options]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(env or {})},
        )

    def wait(self, path: str = "/api/engine") -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + UP_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(self.url + path, timeout=5).read()
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        pytest.fail(
            f"the server did not come up: {self.process.stdout.read() if self.process.stdout else ''}"
        )

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def serve(compiled: None) -> Iterator[Callable[..., Server]]:
    """Start servers of ``detente serve`` with options; all are stopped at the end."""
    started: list[Server] = []

    def start(*options: str, path: str = "/api/engine", **more: Any) -> Server:
        server = Server(*options, **more)
        started.append(server)
        server.wait(path)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def site(serve: Callable[..., Server]) -> str:
    """The address of a running server of the dashboards, its engine compiled."""
    return serve().url


class Visit:
    """A browser window, and what it was told and asked."""

    def __init__(
        self, browser: Any, base: str, width: int, height: int, theme: str, *, strict: bool = False
    ) -> None:
        self.base = base
        # What a test asks of a page in words of JavaScript is evaluated, which the page's policy forbids.
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            accept_downloads=True,
            bypass_csp=not strict,
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.allowed: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _note(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and (parts.hostname or "") not in LOOPBACK:
            self.strangers.append(request.url)

    def open(self, path: str = "/") -> Any:
        """Go to a path; returns the page."""
        self.page.goto(self.base + path)
        return self.page

    def allow(self, pattern: str) -> None:
        """Expect complaints of the console that match a pattern, such as that of a refused request."""
        self.allowed.append(pattern)

    def check(self) -> None:
        """Fail where the console complained or a request left the machine."""
        left = [c for c in self.complaints if not any(re.search(p, c) for p in self.allowed)]
        self.context.close()
        assert self.strangers == []
        assert left == []


@pytest.fixture
def visit(chromium: Any, site: str) -> Iterator[Callable[..., Visit]]:
    """Open browser windows: ``visit()`` or ``visit(width, height, theme)``; checked when the test is over.

    With ``strict`` the pages' Content-Security-Policy holds, also for what the test evaluates.
    """
    opened: list[Visit] = []

    def start(
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        base: str | None = None,
        *,
        strict: bool = False,
    ) -> Visit:
        opened.append(Visit(chromium, base or site, width, height, theme, strict=strict))
        return opened[-1]

    yield start
    for one in opened:
        one.check()


@pytest.fixture
def snap() -> Callable[[Any, str], Path]:
    """Keep a screenshot of a page under a name."""

    def keep(page: Any, name: str, *, full: bool = False) -> Path:
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=str(path), full_page=full)
        return path

    return keep
