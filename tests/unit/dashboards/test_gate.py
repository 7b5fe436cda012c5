"""Who may ask, what a browser may do with an answer, compression, and no path of the machine in a message."""

import asyncio
import gzip
import http.client
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from site_parts import own_case

from detente.dashboards.app.cases import Cases, checked_cases, without_folders
from detente.dashboards.app.compression import Compressed
from detente.dashboards.app.notices import OUR_FAULT
from detente.dashboards.app.pages import PAGES
from detente.dashboards.app.protection import host_name, is_own_name, is_own_page
from detente.dashboards.app.site import ASSETS, make_app
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521"}
OWN = [
    *("127.0.0.1", "127.0.0.1:8521", "localhost", "localhost:1", "LOCALHOST:8521"),
    *("[::1]", "[::1]:8521"),
]
STRANGE = [
    *("example.org", "127.0.0.1.example.org", "localhost.example.org:8521", "example.org:127", "[::2]:8521"),
    *("::1", "0.0.0.0:8521", "192.168.1.5", "[::1].example.org", "127.0.0.2:8521"),
]
PATHS = ["/", "/compare", "/explore", "/api/engine", "/assets/site.css", "/vendor/plotly.min.js", "/run/none"]


@pytest.fixture(scope="module")
def client() -> Any:
    return make_app().server.test_client()


@pytest.mark.parametrize("host", OWN)
def test_loopback_by_any_of_its_names_is_answered(client: Any, host: str) -> None:
    assert is_own_name(host)
    assert client.get("/api/engine", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", STRANGE)
def test_another_name_is_refused(client: Any, host: str) -> None:
    assert not is_own_name(host)
    answer = client.get("/api/engine", headers={"Host": host})
    assert answer.status_code in (400, 403)


def test_the_name_of_a_host_has_no_port() -> None:
    found = {
        host: host_name(host) for host in ("[::1]:80", "[::1]", "a:1", "a", "", "[", "a:", "a:b", "a:1:2")
    }
    assert list(found.values()) == ["[::1]", "[::1]", "a", "a", "", "[", "a", "a:b", "a:1"]


ORIGINS: list[tuple[str | None, str, bool]] = [
    ("http://127.0.0.1:8521", "127.0.0.1:8521", True),
    ("http://[::1]:8521", "[::1]:8521", True),
    ("http://LOCALHOST:8521", "localhost:8521", True),
    ("http://example.org", "127.0.0.1:8521", False),
    ("http://127.0.0.1:8522", "127.0.0.1:8521", False),
    ("http://127.0.0.1:8521.example.org", "127.0.0.1:8521", False),
    ("http://user@127.0.0.1:8521", "127.0.0.1:8521", False),
    ("null", "127.0.0.1:8521", False),
    ("", "127.0.0.1:8521", False),
    ("file://", "", False),
    ("http://[::1", "[::1", False),
    (None, "127.0.0.1:8521", False),
]


@pytest.mark.parametrize(("origin", "host", "own"), ORIGINS)
def test_a_page_is_the_servers_own_by_its_origin(origin: str | None, host: str, own: bool) -> None:
    assert is_own_page(origin, host) is own


@pytest.mark.parametrize("path", ["/api/open", "/api/fan", "/api/replay", "/_dash-update-component"])
def test_a_page_of_another_server_cannot_ask(client: Any, path: str) -> None:
    for origin in ("http://example.org", "null", "http://localhost:8521"):
        answer = client.post(path, json={"recipe": {}}, headers={**HOST, "Origin": origin})
        assert answer.status_code == 403, origin
        assert "another server" in answer.get_json()["error"]
    own = client.post(path, json=[], headers={**HOST, "Origin": "http://127.0.0.1:8521"})
    assert own.status_code == 400


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_binds_the_browser(client: Any, path: str) -> None:
    headers = client.get(path, headers=HOST).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert "unsafe-inline" not in policy["script-src"]
    assert ("'unsafe-eval'" in policy["script-src"]) == (path == "/explore")


def test_the_scripts_in_the_page_are_those_of_its_policy(client: Any) -> None:
    import base64
    import hashlib

    answer = client.get("/", headers=HOST)
    text = answer.get_data(as_text=True)
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) >= 2
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["Content-Security-Policy"], script[:80]


def test_only_pages_that_say_so_may_compile_scripts() -> None:
    assert [page.name for page in PAGES if page.evaluates] == ["explore"]


@pytest.mark.parametrize("path", ["/vendor/plotly.min.js", "/assets/site.css", "/assets/live/main.mjs"])
def test_files_are_sent_compressed_and_whole(client: Any, path: str) -> None:
    plain = client.get(path, headers=HOST)
    small = client.get(path, headers={**HOST, "Accept-Encoding": "br, gzip;q=0.5"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert gzip.decompress(small.data) == plain.data
    assert int(small.headers["Content-Length"]) == len(small.data) < 0.7 * len(plain.data)


def test_a_compressed_file_is_asked_for_once(client: Any) -> None:
    path, accepts = "/vendor/plotly.min.js", {**HOST, "Accept-Encoding": "gzip"}
    first = client.get(path, headers=accepts)
    again = client.get(path, headers={**accepts, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0", "deflate, br;q=0.9"])
def test_a_browser_that_does_not_take_gzip_gets_none(client: Any, accepts: str) -> None:
    answer = client.get("/assets/site.css", headers={**HOST, "Accept-Encoding": accepts})
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith((ASSETS / "site.css").read_bytes()[:10])


def test_short_answers_and_refusals_are_left_alone(client: Any) -> None:
    accepts = {**HOST, "Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in client.get("/api/engine", headers=accepts).headers
    assert "Content-Encoding" not in client.get("/run/nothing", headers=accepts).headers
    assert "Content-Encoding" not in client.head("/assets/site.css", headers=accepts).headers


def test_few_compressed_files_are_kept() -> None:
    import os

    files = Compressed(most=3000)
    data = {tag: os.urandom(1000) for tag in "abcd"}
    for tag in "abca":
        assert gzip.decompress(files.file(tag, data[tag])) == data[tag]
    assert files.file("a", b"not looked at") == files.file("a", data["a"])
    files.file("d", data["d"])
    assert set(files._files) == {"a", "d"}


def test_no_message_tells_a_path_of_the_machine(tmp_path: Path) -> None:
    cases = Cases({"my-valley": tmp_path / "cases" / "mine.toml"})
    folder = tmp_path / "cases" / "policies"
    said = cases.in_words(f"{tmp_path}/cases/mine.toml: [case].start; {folder}/opening.toml: got 3")
    assert said == "my-valley: [case].start; policies/opening.toml: got 3"
    for place in (Path.home(), Path.cwd(), Path(make_app.__code__.co_filename).parents[2], tmp_path):
        assert str(place) not in without_folders(f"{place / 'a' / 'b.toml'}: no; {place}: no", [tmp_path])
    assert without_folders("case: got '/etc/passwd'; /compare") == "case: got '/etc/passwd'; /compare"


def test_a_mistake_in_a_file_that_is_served_is_said_without_its_place(tmp_path: Path) -> None:
    from detente.dashboards.app.site import content, page_at

    path = own_case(tmp_path / "deep" / "folder")
    site: Any = type("", (), {"results": None, "cases": checked_cases([path])})()
    (path.parent / "policies" / "status-quo.toml").write_text("x = 1")
    shown = str(content(page_at("/compare"), site, "/compare", "?case=my-valley&policies=status-quo"))
    assert "status-quo.toml" in shown
    assert str(tmp_path) not in shown
    client = make_app(None, site.cases).server.test_client()
    question = {"recipe": {"case": "my-valley", "policy": "status-quo"}}
    answer = client.post("/api/open", json=question, headers=HOST)
    assert answer.status_code == 400
    assert "status-quo.toml" in answer.get_json()["error"]
    assert str(tmp_path) not in answer.get_data(as_text=True)


def test_a_fault_of_ours_is_said_without_details(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    from detente.dashboards.app import routes

    def broken(*_: Any) -> None:
        raise OSError("a secret of the server")

    monkeypatch.setattr(routes, "catalogue", broken)
    client = make_app().server.test_client()
    answer = client.get("/api/catalogue", headers=HOST)
    assert (answer.status_code, answer.get_json()) == (500, {"error": OUR_FAULT})
    assert "a secret of the server" in caplog.text


# -- Mesa's own server


class Inner:
    """An application that answers, or fails, and says what reached it."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault, self.reached = fault, []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(scope["path"])
        if self.fault:
            raise self.fault
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"ALLOW")]}
        )
        await send({"type": "http.response.body", "body": b"inside"})


def through(
    inner: Any, path: str = "/", kind: str = "http", method: str = "GET", query: str = "", *, remote: bool = False,
    **headers: str,
) -> list[Any]:  # fmt: skip
    """What a request gets through the gate of Mesa's server."""
    from detente.dashboards.mesa_gate import Gate

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "method": method, "headers": given, "query_string": query.encode()}
    asyncio.run(Gate(inner, remote=remote)(scope, receive, send))
    return sent


@pytest.mark.parametrize("host", OWN)
def test_mesas_server_answers_to_loopback(host: str) -> None:
    start, body = through(Inner(), host=host)
    assert (start["status"], body["body"]) == (200, b"inside")
    headers = dict(start["headers"])
    assert headers[b"x-frame-options"] == b"DENY"
    assert b"X-Frame-Options" not in headers
    assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("host", STRANGE)
def test_mesas_server_refuses_other_names(host: str) -> None:
    inner = Inner()
    assert through(inner, host=host)[0]["status"] == 403
    assert (
        through(inner, kind="websocket", host=host, origin=f"http://{host}")[0]["type"] == "websocket.close"
    )
    assert inner.reached == []
    assert through(inner, host=host, remote=True)[0]["status"] == 200


@pytest.mark.parametrize(("origin", "host", "own"), [one for one in ORIGINS if one[1]])
def test_mesas_websocket_is_opened_by_its_own_pages_alone(origin: str | None, host: str, own: bool) -> None:
    inner = Inner()
    headers = {"host": host, **({} if origin is None else {"origin": origin})}
    where = "/jupyter/api/kernels/1/channels"
    sent = through(inner, where, "websocket", query="session_id=1", remote=True, **headers)
    assert (sent[0]["type"] == "websocket.accept") is own
    assert bool(inner.reached) is own
    if not own:
        assert sent[0]["code"] == 1008


def test_mesas_server_takes_a_message_only_from_a_page() -> None:
    inner, about = Inner(), {"host": "localhost", "origin": "http://localhost"}
    close = "/_solara/api/close/1"
    assert through(inner, close, method="POST", **about)[0]["status"] == 400
    assert through(inner, close, method="POST", query="session_id=", **about)[0]["status"] == 400
    assert inner.reached == []
    assert through(inner, close, method="POST", query="session_id=1", **about)[0]["status"] == 200
    other = {**about, "origin": "http://example.org"}
    assert through(inner, close, method="POST", query="session_id=1", **other)[0]["status"] == 403
    assert through(inner, "/jupyter/x", "websocket", **about)[0]["type"] == "websocket.close"


def test_a_fault_behind_mesas_gate_is_said_without_details(caplog: Any) -> None:
    start, body = through(Inner(OSError("a secret of the server")), host="localhost")
    assert (start["status"], body["body"].decode()) == (500, OUR_FAULT)
    assert "a secret of the server" in caplog.text


@pytest.mark.mesa
def test_solaras_application_stands_behind_the_gate() -> None:
    pytest.importorskip("solara", reason="Mesa's own server is in the extra mesa-server")
    from detente.dashboards.mesa_gate import Gate
    from detente.dashboards.mesa_server import PLOTLY, application

    app = application()
    assert isinstance(app, Gate)
    assert not app.remote
    start, body = through(app.app, PLOTLY, host="[::1]:8521", **{"accept-encoding": "gzip"})
    assert dict(start["headers"])[b"content-encoding"] == b"gzip"
    assert gzip.decompress(body["body"]).startswith(b"/**")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("more", [(), ("--mesa",)])
def test_both_servers_listen_on_ipv6(more: tuple[str, ...]) -> None:
    with socket.socket(socket.AF_INET6) as trial:
        trial.bind(("::1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "detente", "serve", "--host", "::1", "--port", str(port), *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert f"http://[::1]:{port}/" in process.stdout.readline()
        deadline = time.monotonic() + 60
        while True:
            line = http.client.HTTPConnection("::1", port, timeout=10)
            try:
                line.request("GET", "/")
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        answer = line.getresponse()
        assert answer.status == 200
        assert b"tente" in answer.read()
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_a_port_in_use_on_ipv6_is_said_to_be() -> None:
    from detente.dashboards import serving

    with socket.socket(socket.AF_INET6) as held:
        held.bind(("::1", 0))
        held.listen()
        with pytest.raises(InputError, match="cannot listen"):
            serving.checked_address("::1", held.getsockname()[1], allow_remote=False)
