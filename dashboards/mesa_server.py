"""Mesa's own SolaraViz server around ``PeaceProcess``, for ``detente serve --mesa``; the page is ``mesa_page``."""

from __future__ import annotations

import gzip
import os
import warnings
from pathlib import Path
from typing import Any

from detente.dashboards.app.cases import CASE_FILES, Cases, named_cases
from detente.dashboards.app.compression import FILE_LEVEL
from detente.dashboards.mesa_gate import Gate
from detente.dashboards.serving import WARNING, Address
from detente.experiments.io.output import say, say_lines
from detente.model.errors import InputError

SETTINGS = {
    "SOLARA_APP": "detente.dashboards.mesa_page",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_PROXY": "true",  # serve the page's libraries from the package solara-assets,
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # and fetch none of them: nothing listens here
    "SOLARA_KERNEL_CULL_TIMEOUT": "10s",  # a page that is gone stops stepping
    "SOLARA_STORAGE_MUTATION_DETECTION": "false",  # it would copy the model at every render
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "Détente",
}
"""Settings of solara, read when it is first imported; those of the environment prevail."""

PLOTLY = "/detente/plotly.min.js"


def application(*, remote: bool = False) -> Any:
    """The server as an ASGI application: solara's, and Plotly's script beside it, behind the gate.

    Unless ``remote``, it answers to loopback's own names only, so that no page elsewhere reaches it by another.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    # This server is not meant to be shown inside another page, which is all that the warning is about.
    warnings.filterwarnings("ignore", message="Cookies with samesite")
    import plotly
    from solara.server import starlette
    from starlette.responses import Response
    from starlette.routing import Route

    file = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

    packed = gzip.compress(file.read_bytes(), FILE_LEVEL, mtime=0)

    async def script(request: Any) -> Response:
        headers = {"cache-control": "max-age=86400", "vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(gzip.decompress(packed), media_type="text/javascript", headers=headers)
        headers["content-encoding"] = "gzip"
        return Response(packed, media_type="text/javascript", headers=headers)

    app = starlette.app
    app.router.routes.insert(0, Route(PLOTLY, script))
    return Gate(app, remote=remote)


def serve_mesa(address: Address, cases: Cases) -> None:
    """Serve until Ctrl-C; raises ``InputError`` where the libraries of Mesa's server are not installed."""
    os.environ[CASE_FILES] = os.pathsep.join(str(path) for path in cases.own.values())
    named_cases()  # the page reads them again: whatever it could not is said before anything is served
    try:
        import uvicorn

        app = application(remote=address.remote)
    except ImportError as error:
        raise InputError(
            f"--mesa: Mesa's own server is not installed ({error}); "
            "install it with: python3 -m uv sync --extra mesa-server"
        ) from None
    if address.remote:
        say_lines(WARNING.format(host=address.host, port=address.port))
    say(f"Mesa's server is open at {address.url}  (Ctrl-C ends it)")
    uvicorn.run(app, host=address.host, port=address.port, log_level="warning")
