"""What a browser asks of the server: open a state, fetch a run, decide, draw a fan, save and load a replay file.

Every answer is a function of the question alone.  Bad input gets status 400 and one line in words.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, make_response, request, send_file

from detente.dashboards.app.address import (
    LONGEST,
    View,
    checked_day,
    checked_recipe,
    mismatch,
    read_view,
    write_view,
    written,
)
from detente.dashboards.app.describe import catalogue, described
from detente.dashboards.app.fans import FanBook, SupersededError
from detente.dashboards.app.notices import OUR_FAULT
from detente.dashboards.app.shell import query_of
from detente.experiments.cases.policy_warnings import policy_remarks
from detente.experiments.runs.replay import Recipe, parse_replay, replay_text
from detente.model.errors import InputError
from detente.model.reading import parse_toml

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

MOST_BYTES = 1_000_000
"""Bytes that a question may have."""

FOREVER = "public, max-age=31536000, immutable"

Answer = Callable[..., Any]


def guarded(answer: Answer) -> Answer:
    """Answer bad input with status 400 and a line, a fault of ours with 500 and no details."""

    @functools.wraps(answer)
    def ask(*args: Any, **kwargs: Any) -> Any:
        try:
            return answer(*args, **kwargs)
        except InputError as error:
            return jsonify(error=str(error)), 400
        except SupersededError:
            return jsonify(superseded=True), 409
        except Exception:
            logging.getLogger(__name__).exception("a request failed")
            return jsonify(error=OUR_FAULT), 500

    return ask


def add_routes(server: Flask, site: Site) -> None:
    """Add all routes."""
    fans = FanBook()
    server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    routes: tuple[tuple[str, str, Answer], ...] = (
        ("/api/catalogue", "GET", lambda: jsonify(catalogue(site.cases))),
        ("/api/engine", "GET", lambda: jsonify(state=site.engine.state)),
        ("/api/open", "POST", lambda: open_view(site)),
        ("/api/fan", "POST", lambda: fan(site, fans)),
        ("/api/replay", "POST", lambda: save_replay(site)),
        ("/api/load", "POST", lambda: load_replay(site)),
        ("/run/<key>", "GET", lambda key: fetch_run(site, key)),
        ("/vendor/plotly.min.js", "GET", plotly_script),
    )
    for path, method, answer in routes:
        server.add_url_rule(path, path, guarded(answer), methods=[method])
    server.register_error_handler(413, lambda _: (jsonify(error="the request is too long"), 413))


def asked() -> dict[str, Any]:
    """The JSON object of a question."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InputError("request: expected one JSON object")
    return body


def table(body: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A table in a question."""
    value = body.get(key)
    if not isinstance(value, dict):
        raise InputError(f"request: {key}: expected a table")
    return value


def recipe_asked(site: Site, body: Mapping[str, Any]) -> Recipe:
    """The recipe in a question."""
    return checked_recipe(table(body, "recipe"), site.cases)


def view_asked(site: Site, body: Mapping[str, Any]) -> View:
    """The state in a question: an address, or a recipe with a day and perhaps another recipe."""
    if isinstance(body.get("address"), str):
        return read_view(query_of(body["address"]), site.cases)
    recipe = recipe_asked(site, body)
    day = body.get("date")
    other = checked_recipe(table(body, "other"), site.cases) if body.get("other") is not None else None
    return View(recipe, checked_day(recipe, day if isinstance(day, str) else None, site.cases), other)


def open_view(site: Site) -> Any:
    """Make the runs of a state, and say where they are, what they are runs of, and their address."""
    view = view_asked(site, asked())
    start, made = site.runs.run(view.recipe)
    other = None if view.other is None else site.runs.run(view.other)[1]
    address = write_view(view, site.cases)
    notes = [note for note in (mismatch(view, site.cases), too_long(address)) if note]
    notes += [site.cases.in_words(remark.text) for remark in policy_remarks(start)]
    return jsonify(
        recipe=written(view.recipe, site.cases),
        other=None if view.other is None else written(view.other, site.cases),
        date=None if view.day is None else view.day.isoformat(),
        address=address,
        notes=notes,
        run=made.key,
        other_run=None if other is None else other.key,
        case=described(start),
        engine=site.engine.state,
    )


def too_long(address: str) -> str | None:
    """What to say of an address that some programs would cut short."""
    if len(address) <= LONGEST:
        return None
    return f"The address has {len(address)} characters; some programs cut it short. Save the replay file to share it."


def fetch_run(site: Site, key: str) -> Any:
    """A run by its key: the same bytes for ever, so a browser asks once."""
    made = site.runs.find(key)
    if made is None:
        return make_response(jsonify(error="this run was forgotten; open it again"), 404)
    answer = make_response(made.body)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = FOREVER
    answer.set_etag(key)
    return answer.make_conditional(request)


def plotly_script() -> Any:
    """Plotly's own file, out of its Python package; a browser asks again only whether it has changed."""
    import plotly

    return send_file(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", conditional=True)


def fan(site: Site, fans: FanBook) -> Any:
    """Bands over many runs of a recipe; an older question of the same viewer is given up."""
    body = asked()
    recipe = recipe_asked(site, body)
    if site.engine.state == "compiling":
        return jsonify(state="compiling"), 503
    runs, token = body.get("runs", 100), str(body.get("token", ""))[:64]
    return jsonify(fans.fan(recipe, runs, token, int(body.get("turn", 0))))


def save_replay(site: Site) -> Response:
    """The replay file of a recipe; a case of the reader's own stands in it as the path that the server was given."""
    recipe = recipe_asked(site, asked())
    name = site.cases.name_of(recipe.case)
    answer = make_response(replay_text(recipe, recipe.run()))
    answer.headers["Content-Type"] = "application/toml; charset=utf-8"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="detente-{name}-{recipe.policy}-seed-{recipe.seed}.toml"'
    )
    return answer


def load_replay(site: Site) -> Any:
    """The recipe in a replay file, and what differs from the program that made it."""
    text = asked().get("text")
    if not isinstance(text, str):
        raise InputError("replay file: expected text")
    saved = parse_replay(parse_toml(text, "replay file"), "replay file")
    recipe = checked_recipe(written(saved.recipe, site.cases), site.cases)
    notes = [f"Replay file: {line}" for line in saved.differences(recipe.run())]
    return jsonify(recipe=written(recipe, site.cases), notes=notes)
