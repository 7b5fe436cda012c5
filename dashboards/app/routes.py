"""What a browser asks of the server: open a state, fetch a run, decide, draw a fan, save and load a replay file.

Every answer is a function of the question alone.  Bad input gets status 400 and one line in words.  What takes longer
than a moment is computed off the threads that answer: status 202 says "ask again".
"""

from __future__ import annotations

import functools
import json
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
    day_text,
    mismatch,
    read_view,
    write_view,
    written,
)
from detente.dashboards.app.asking import (
    CompilingError,
    NotYetError,
    asked,
    check_compiled,
    computed,
    pair_asked,
    recipe_asked,
    table,
)
from detente.dashboards.app.background_jobs import AnswerFaultError, Lane, SupersededError
from detente.dashboards.app.bodies import MOST_BYTES
from detente.dashboards.app.describe import catalogue, described
from detente.dashboards.app.facts_told import facts_shown
from detente.dashboards.app.fans import checked_fan_runs, fan_lines
from detente.dashboards.app.futures import FIRST
from detente.dashboards.app.notices import OUR_FAULT
from detente.dashboards.app.opened_cases import parts_of
from detente.dashboards.app.own_routes import download, look, open_case, take_file
from detente.dashboards.app.plain_words import remark_words
from detente.dashboards.app.question_routes import (
    answer_not_known,
    answer_question,
    mail,
    questions,
    why,
    why_this_day,
)
from detente.dashboards.app.runs import Made
from detente.dashboards.app.sent_files import PATH as FILE_PATH
from detente.dashboards.app.sequence_routes import compare_orders, items, mail_orders
from detente.dashboards.app.shell import query_of
from detente.dashboards.app.verdicts import verdict
from detente.experiments.cases.policy_warnings import policy_remarks
from detente.experiments.io.plain_json import without_nan
from detente.experiments.runs.replay import Recipe, key_of, parse_replay, replay_text
from detente.model.errors import InputError
from detente.model.opening import Opening
from detente.model.reading import parse_toml

if TYPE_CHECKING:
    from detente.dashboards.app.site import Site

FOREVER = "public, max-age=31536000, immutable"

Answer = Callable[..., Any]


def guarded(answer: Answer, in_words: Callable[[str], str]) -> Answer:
    """Answer bad input with status 400 and a line, a fault of ours with 500 and no details."""

    @functools.wraps(answer)
    def ask(*args: Any, **kwargs: Any) -> Any:
        try:
            return answer(*args, **kwargs)
        except NotYetError as yet:
            return jsonify(state="computing", **yet.progress), 202
        except CompilingError:
            return jsonify(state="compiling"), 503
        except InputError as error:
            return jsonify(error=in_words(str(error))), 400
        except SupersededError:
            return "", 204  # no fault, so nothing that a browser's console would complain of
        except AnswerFaultError:
            return jsonify(error=OUR_FAULT), 500
        except Exception:
            logging.getLogger(__name__).exception("a request failed")
            return jsonify(error=OUR_FAULT), 500

    return ask


def add_routes(server: Flask, site: Site) -> None:
    """Add all routes."""
    server.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    routes: tuple[tuple[str, str, Answer], ...] = (
        ("/api/catalogue", "GET", lambda: jsonify(catalogue(site.cases, request.args.get("case")))),
        ("/api/engine", "GET", lambda: jsonify(state=site.engine.state)),
        ("/api/open", "POST", lambda: open_view(site)),
        ("/api/fan", "POST", lambda: fan(site)),
        ("/api/pairs", "POST", lambda: pairs(site)),
        ("/api/questions", "GET", lambda: questions(site)),
        ("/api/answer", "POST", lambda: answer_question(site)),
        ("/api/not-known", "POST", lambda: answer_not_known(site)),
        ("/api/why", "POST", lambda: why(site)),
        ("/api/why-here", "POST", lambda: why_this_day(site)),
        ("/api/mail", "POST", lambda: mail(site)),
        ("/api/items", "GET", lambda: items(site)),
        ("/api/orders", "POST", lambda: compare_orders(site)),
        ("/api/mail-orders", "POST", lambda: mail_orders(site)),
        ("/api/replay", "POST", lambda: save_replay(site)),
        ("/api/load", "POST", lambda: load_replay(site)),
        (FILE_PATH, "POST", lambda: take_file(site)),
        ("/api/own/look", "POST", lambda: look(site)),
        ("/api/own/open", "POST", lambda: open_case(site)),
        ("/api/own/zip", "GET", lambda: download(site)),
        ("/run/<key>", "GET", lambda key: fetch_run(site, key)),
        ("/vendor/plotly.min.js", "GET", plotly_script),
    )
    for path, method, reply in routes:
        server.add_url_rule(path, path, guarded(reply, site.cases.in_words), methods=[method])
    server.register_error_handler(413, lambda _: (jsonify(error="the request is too long"), 413))


def view_asked(site: Site, body: Mapping[str, Any]) -> View:
    """The state in a question: an address, or a recipe with a day and perhaps another recipe."""
    if isinstance(body.get("address"), str):
        return read_view(query_of(body["address"]), site.cases)
    recipe = recipe_asked(site, body)
    day = body.get("date")
    other = checked_recipe(table(body, "other"), site.cases) if body.get("other") is not None else None
    return View(recipe, checked_day(recipe, day if isinstance(day, str) else None, site.cases), other)


def runs_of(site: Site, body: Mapping[str, Any], recipes: list[Recipe]) -> list[tuple[Opening, Made]]:
    """The runs of recipes, computed where the server has not kept them."""
    starts = [site.openings.open(recipe) for recipe in recipes]
    keys = [key_of(start, recipe.seed) for start, recipe in zip(starts, recipes, strict=True)]
    kept = [site.runs.find(key) for key in keys]
    if None not in kept:
        return [(start, run) for start, run in zip(starts, kept, strict=True) if run]
    return computed(site, body, "open", tuple(keys), lambda report: [site.runs.run(r) for r in recipes])


def open_view(site: Site) -> Any:
    """Compute the runs of a state, and say where they are, what they are runs of, and their address."""
    body = asked()
    view = view_asked(site, body)
    (start, run), *others = runs_of(site, body, [view.recipe, *([view.other] if view.other else [])])
    address = write_view(view, site.cases)
    notes = [note for note in (mismatch(view, site.cases), too_long(address)) if note]
    notes += [remark_words(site.cases.in_words(remark.text), start) for remark in policy_remarks(start)]
    return jsonify(
        recipe=written(view.recipe, site.cases),
        other=None if view.other is None else written(view.other, site.cases),
        date=None if view.day is None else day_text(view.day),
        address=address,
        notes=notes,
        run=run.key,
        other_run=others[0][1].key if others else None,
        case=described(start),
        facts=facts_shown(start, view.recipe.seed),
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


def fan(site: Site) -> Response:
    """Bands over many runs of a recipe; an older question of the same viewer is given up."""
    body = asked()
    recipe, runs = recipe_asked(site, body), checked_fan_runs(body.get("runs", FIRST))
    check_compiled(site)
    start = site.openings.open(recipe)

    def work(report: Any) -> bytes:
        return json.dumps(fan_lines(site.futures.ensemble(start, runs)), separators=(",", ":")).encode()

    lane: Lane = "quick" if runs <= FIRST else "whole"
    lines = computed(site, body, "fan", (key_of(start, 0), runs), work, lane=lane)
    return Response(lines, mimetype="application/json")


def pairs(site: Site) -> Response:
    """What runs of one recipe have otherwise than those of another with the same seeds, in sentences."""
    body = asked()
    recipes, runs = pair_asked(site, body), checked_fan_runs(body.get("runs", FIRST))
    check_compiled(site)
    starts = [site.openings.open(one) for one in recipes]

    def work(report: Any) -> dict[str, Any]:
        return verdict(*(site.futures.ensemble(start, runs) for start in starts))

    lane: Lane = "quick" if runs <= FIRST else "whole"
    key = (*(key_of(start, 0) for start in starts), runs)
    return jsonify(without_nan(computed(site, body, "pairs", key, work, lane=lane)))


def save_replay(site: Site) -> Response:
    """The replay file of a recipe; a case of the reader's own stands in it as the path that the server was given.

    One that was opened in the browser stands in it by its name: the folder it lies in is the server's alone.
    """
    body = asked()
    recipe = recipe_asked(site, body)
    name, key = site.cases.name_of(recipe.case), key_of(site.openings.open(recipe), recipe.seed)
    named = recipe.model_copy(update={"case": name}) if parts_of(name) else recipe
    text = computed(site, body, "replay", (key, recipe.seed), lambda _: replay_text(named, recipe.run()))
    answer = make_response(text)
    answer.headers["Content-Type"] = "application/toml; charset=utf-8"
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="detente-{name}-{recipe.policy}-seed-{recipe.seed}.toml"'
    )
    return answer


def load_replay(site: Site) -> Any:
    """The recipe in a replay file, and what differs from the program that made it."""
    body = asked()
    text = body.get("text")
    if not isinstance(text, str):
        raise InputError("replay file: expected text")
    saved = parse_replay(parse_toml(text, "replay file"), "replay file")
    recipe = checked_recipe(written(saved.recipe, site.cases), site.cases)
    site.openings.open(recipe)
    differences = computed(site, body, "load", text, lambda _: [*saved.differences(recipe.run())])
    notes = [f"Replay file: {site.cases.in_words(line)}" for line in differences]
    return jsonify(recipe=written(recipe, site.cases), notes=notes)
