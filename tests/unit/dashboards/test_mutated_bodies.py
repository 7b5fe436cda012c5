"""Bodies that no page sends: every route that takes one answers in a sentence, at once, without a fault of ours."""

import copy
import json
import logging
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_parts import callback_bodies

from detente.dashboards.app.bodies import read_json
from detente.dashboards.app.callback_bodies import PATH, check_callback_body
from detente.dashboards.app.notices import OUR_FAULT
from detente.dashboards.app.site import make_app
from detente.experiments.runs.replay import Recipe, replay_text
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521"}
JSON = {"Content-Type": "application/json"}
MOST_SECONDS = 5
FINE = {200, 202, 204, 400, 413, 503}

JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1, 7, 0.5, 1e308, -1e-320, 2**63, 10**399, 10**400, "NaN", "1e999"),
    *(
        "",
        "x",
        "x" * 3000,
        "é漢字🕊",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "../../etc/passwd",
        "/etc/passwd",
        "<b>",
        "{}",
        "[]",
    ),
    *([], [[]], {}, [None], ["x"], [1, 2, 3], {"x": 1}, {"id": "x"}, {"a": {"b": {"c": []}}}, [{}] * 30),
    *(
        "history",
        "status-quo",
        "template",
        "2018-06-15",
        "0001-01-01",
        "9999-12-31",
        "..",
        "readiness",
        "dark",
    ),
]
"""What is put in the place of a part of a body."""

RECIPE = {
    "case": "template",
    "policy": "status-quo",
    "seed": 4,
    "levers": {"recognition": 0.5},
    "parameters": {"trust.memory": 300.0},
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Any:
    from detente.experiments.sweep.sweep import sweep

    folder = tmp_path_factory.mktemp("results")
    levers = {"recognition": "0,1", "mediation": "0,1"}
    sweep("template", policies=["status-quo"], levers=levers, runs=2, out=folder / "small")
    made = make_app(folder)
    made.server.test_client().get("/", headers=HOST)
    return made


@pytest.fixture(scope="module")
def bodies(app: Any) -> list[tuple[str, Any]]:
    """Routes, each with a body that it takes."""
    recipe = Recipe(**RECIPE)
    start = recipe.open()
    one, two = next(r.between for r in start.scenario.relation if r.hostile)
    day = start.scenario.case.pivot.isoformat()
    decision = {"date": day, "sort": "joint", "do": "offer_truce", "actor": one, "to": two}
    questions = [
        ("/api/open", {"address": "?case=template&policy=status-quo&lever.recognition=0.5"}),
        ("/api/open", {"recipe": {**RECIPE, "decision": [decision]}, "other": RECIPE, "date": day}),
        ("/api/fan", {"recipe": RECIPE, "runs": 20, "token": "viewer", "turn": 3}),
        (
            "/api/answer",
            {"question": "template/ninety-days", "choice": "ninety-days", "runs": 2, "token": "v"},
        ),
        ("/api/why", {"question": "template/ninety-days", "choice": "ninety-days", "token": "v"}),
        ("/api/replay", {"recipe": RECIPE}),
        ("/api/load", {"text": replay_text(recipe, recipe.run())}),
    ]
    return [*questions, *((PATH, body) for body in callback_bodies(app))]


def parts(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the parts of a body stand."""
    if at:
        yield at
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from parts(value[key], (*at, key))


def mutated(dice: random.Random, body: Any) -> bytes:
    """A body with one to three of its parts replaced, left out, doubled or renamed; or its text damaged."""
    made = copy.deepcopy(body)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        places = list(parts(made))
        if not places:
            break
        *above, last = dice.choice(places)
        holder = made
        for key in above:
            holder = holder[key]
        how = dice.choice(["replace", "replace", "replace", "leave out", "double", "rename"])
        if how == "replace":
            holder[last] = copy.deepcopy(dice.choice(JUNK))
        elif how == "leave out":
            del holder[last]
        elif isinstance(holder, list):
            holder.insert(last, copy.deepcopy(holder[last]))
        else:
            holder[f"{last}x" if how == "rename" else "x"] = holder.pop(last)
    return damaged(dice, made)


def damaged(dice: random.Random, body: Any) -> bytes:
    """The text of a body, once in five times damaged."""
    data = json.dumps(body, ensure_ascii=dice.random() < 0.5).encode()
    place = dice.randrange(len(data))
    return dice.choice(
        [
            *[data] * 24,
            data[:place],
            data[:place] + bytes([dice.randrange(256)]) + data[place + 1 :],
            data[:place] + b"NaN" + data[place:],
            data.replace(b"1", b"1e999", 1),
            data.replace(b'"', b"'", 3),
            b"\xef\xbb\xbf" + data,
        ]
    )


def attack(app: Any, bodies: list[tuple[str, Any]], seed: int, n: int, caplog: Any) -> None:
    dice, client = random.Random(seed), app.server.test_client()
    secrets = [str(Path.home()), str(Path(__file__).parents[3]), "site-packages", "pytest-of"]
    with caplog.at_level(logging.WARNING):
        for k in range(n):
            path, body = bodies[k % len(bodies)] if k < len(bodies) else dice.choice(bodies)
            data = mutated(dice, body)
            began = time.monotonic()
            answer = client.post(path, data=data, headers={**HOST, **JSON})
            took = time.monotonic() - began
            said = answer.get_data(as_text=True)
            assert answer.status_code in FINE, (path, data, answer.status_code, said)
            assert took < MOST_SECONDS, (path, data, took)
            assert "Traceback" not in said
            assert not any(secret in said for secret in secrets), (path, data, said)
            if answer.status_code == 400:
                assert answer.get_json()["error"], (path, data)
            faults = [r.getMessage() for r in caplog.records if r.exc_info or OUR_FAULT in said]
            assert not faults, (path, data, faults, caplog.text[-3000:])


def test_bodies_that_nothing_was_done_to_are_taken(app: Any, bodies: list[tuple[str, Any]]) -> None:
    client = app.server.test_client()
    for path, body in bodies:
        answer = client.post(path, json=body, headers=HOST)
        assert answer.status_code in (200, 202, 204), (path, body, answer.data)
        assert b"expected" not in answer.data[:300], (body, answer.data)
    assert len(bodies) > 15


def test_two_hundred_mutated_bodies(app: Any, bodies: list[tuple[str, Any]], caplog: Any) -> None:
    attack(app, bodies, 1, 200, caplog)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 7))
def test_two_thousand_mutated_bodies(app: Any, bodies: list[tuple[str, Any]], seed: int, caplog: Any) -> None:
    attack(app, bodies, seed, 400, caplog)


@pytest.mark.parametrize("path", ["/api/open", "/api/fan", "/api/replay", "/api/load", PATH])
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"\xff\xfe{\x00}\x00",
        b"[" * 200_000,
        b'{"a":' * 50_000,
        b'{"a": ' + b"9" * 100_000 + b"}",
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b"{" + b'"a": 1, ' * 1000,
        b"x" * 2_000_000,
        json.dumps({"text": "a = " + "[" * 5000}).encode(),
        json.dumps({"text": 'case = "template"\n' + "[[decision]]\n" * 20_000}).encode(),
        json.dumps({"text": "a" + ".a" * 40_000 + " = 1"}).encode(),
        json.dumps({"text": "x = { a" + " . a" * 40_000 + " = 1 }"}).encode(),
        json.dumps({"text": "[a" + ".'a'" * 40_000 + "]"}).encode(),
        json.dumps({"text": "a" * 900_000}).encode(),
        json.dumps({"text": ("a" + ".a" * 50 + " = 1\n") * 5000}).encode(),
        json.dumps({"text": "seed = 1" + "0" * 5000}).encode(),
        json.dumps({"recipe": {"case": "template", "seed": 10**300}}).encode(),
    ],
)
def test_bodies_made_to_hurt_are_refused_in_a_sentence(app: Any, path: str, data: bytes, caplog: Any) -> None:
    began = time.monotonic()
    answer = app.server.test_client().post(path, data=data, headers={**HOST, **JSON})
    assert answer.status_code in (400, 413), answer.data
    assert answer.get_json()["error"]
    assert time.monotonic() - began < MOST_SECONDS
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
def test_a_body_of_another_type_is_refused(app: Any, kind: str) -> None:
    """A page elsewhere can send these without asking first."""
    answer = app.server.test_client().post("/api/open", data=b"{}", headers={**HOST, "Content-Type": kind})
    assert answer.status_code == 400
    assert "application/json" in answer.get_json()["error"]


def test_numbers_and_depth_have_limits() -> None:
    assert read_json(b'{"a": [1, 2.5, "\\u00e9", null, true]}') == {"a": [1, 2.5, "é", None, True]}
    assert read_json(("[" * 39 + "]" * 39).encode())
    for bad in ("[" * 41 + "]" * 41, "9" * 401, "Infinity", "1e309", '"\\ud83d"'):
        with pytest.raises(InputError, match="request"):
            read_json(bad.encode())


def test_a_callback_is_asked_for_with_its_own_properties(app: Any, bodies: list[tuple[str, Any]]) -> None:
    asked = [body for path, body in bodies if path == PATH]
    for body in asked:
        check_callback_body(body, app.callback_map)
    body = next(b for b in asked if b["output"].startswith("..compare-figure"))
    changes: list[dict[str, Any]] = [
        {"output": "nothing.children"},
        {"output": None},
        {"outputs": body["outputs"][:-1]},
        {"outputs": body["outputs"][0]},
        {"inputs": body["inputs"][::-1]},
        {"inputs": [*body["inputs"], body["inputs"][0]]},
        {"inputs": None},
        {"state": [[one] for one in body["state"]]},
        {"state": [{**one, "id": {"x": 1}} for one in body["state"]]},
        {"changedPropIds": [3]},
        {"changedPropIds": "theme.data"},
        {"changedPropIds": ["{not json}.value"]},
        {"changedPropIds": ["theme"]},
    ]
    for change in changes:
        with pytest.raises(InputError, match="request: "):
            check_callback_body({**body, **change}, app.callback_map)
