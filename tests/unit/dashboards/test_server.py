"""The server behind the pages: addresses, runs kept, routes, where it listens.  No browser, and no compiled engine."""

import gzip
import json
import os
import shutil
import socket
import struct
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from site_parts import own_case
from typer.testing import CliRunner

from detente.agents.codes import LEVERS
from detente.dashboards import serving
from detente.dashboards.app import address
from detente.dashboards.app.cases import checked_cases
from detente.dashboards.app.offers import offers
from detente.dashboards.app.runs import RunBook
from detente.dashboards.app.shell import query_of
from detente.dashboards.app.site import make_app
from detente.dashboards.app.theme import themed
from detente.experiments.cli.main import app
from detente.experiments.runs.replay import Recipe, recipe_of
from detente.experiments.runs.run import run_opening
from detente.model.errors import InputError
from detente.model.request import open_case

CASE = "template"
HOST = {"Host": "127.0.0.1:8521"}


@pytest.fixture(scope="module")
def client() -> Any:
    return make_app().server.test_client()


def post(client: Any, path: str, body: Any) -> Any:
    """The answer to a question, asked again as a page does while it is being computed."""
    while (answer := client.post(path, json=body, headers=HOST)).status_code == 202:
        time.sleep(0.05)
    return answer


def ask(client: Any, path: str, body: Any, status: int = 200) -> Any:
    answer = post(client, path, body)
    assert answer.status_code == status, answer.data
    return answer.get_json()


def decision(**more: Any) -> dict[str, Any]:
    start = open_case(CASE, "status-quo")
    a, b = next(r.between for r in start.scenario.relation if r.hostile)
    day = start.scenario.case.pivot.isoformat()
    return {"date": day, "sort": "joint", "do": "offer_truce", "actor": a, "to": b, **more}


recipes = st.fixed_dictionaries(
    {"case": st.just(CASE), "policy": st.sampled_from(["status-quo", "five-lessons"])},
    optional={
        "seed": st.integers(0, 2**64 - 1),
        "theory": st.sampled_from(["readiness", "ripeness"]),
        "levers": st.dictionaries(st.sampled_from(sorted(LEVERS)), st.sampled_from([0.0, 0.05, 0.5, 1.0])),
        "parameters": st.dictionaries(st.just("trust.memory"), st.sampled_from([200.0, 333.25])),
        "facts": st.dictionaries(st.just("party.movement.morale"), st.sampled_from([0.8, 1.25])),
        "point": st.booleans(),
        "profile": st.just("core-0.1"),
        "decision": st.just([decision()]),
    },
)


@settings(max_examples=40, deadline=None)
@given(raw=recipes, other=recipes, day=st.booleans())
def test_an_address_is_read_back_as_it_was_written(raw: Any, other: Any, day: bool) -> None:
    recipe = recipe_of(raw, "a test")
    when = open_case(CASE, "status-quo").scenario.case.pivot if day else None
    view = address.View(recipe, when, recipe_of(other, "a test"))
    again = address.read_view(query_of(address.write_view(view)))
    assert again.recipe == view.recipe
    assert again.day == view.day
    assert again.other == view.other
    assert address.mismatch(again) is None


def test_an_address_that_names_another_version_is_said_to() -> None:
    view = address.read_view({"case": CASE, "made": "0.0.0~abc"})
    assert "0.0.0" in (address.mismatch(view) or "")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"case": "../../etc/passwd"}, "case"),
        ({"case": "/etc/passwd"}, "case"),
        ({"case": CASE, "policy": "../history"}, "policy"),
        ({"branch_to": "/etc/x", "branch_at": "2018-07-01"}, "branch_to"),
        ({"decisions": "AAAA"}, "decisions"),
        ({"decisions": address.pack({"a": 1})}, "decisions"),
        ({"decisions": address.pack([["x"]])}, "decision"),
        ({"decisions": address.pack([decision(do="attack")]), "case": CASE}, "attack"),
        ({"other": address.pack({"case": "nowhere"})}, "nowhere"),
        ({"seed": "1e3"}, "seed"),
        ({"lever.": "1"}, "lever."),
        ({"date": "1066-10-14"}, "date"),
        ({"point": "yes"}, "point"),
        ({"profile": "core-0.2", "case": CASE}, r"core-0\.1"),
        ({"fact.party.movment.morale": "1", "case": "template"}, "party.movement.morale"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(query: dict[str, str], named: str) -> None:
    with pytest.raises(InputError, match=named):
        address.read_view(query).recipe.open()


def test_a_packed_part_cannot_grow_without_bound() -> None:
    huge = address.pack(["x" * 1_000_000])
    assert len(huge) < 5000
    with pytest.raises(InputError, match="decisions"):
        address.read_view({"decisions": huge})


def test_a_run_is_sent_whole(client: Any) -> None:
    opened = ask(client, "/api/open", {"address": f"?case={CASE}&policy=status-quo&seed=5"})
    answer = client.get(f"/run/{opened['run']}", headers=HOST)
    body = gzip.decompress(answer.data)
    (length,) = struct.unpack("<I", body[:4])
    head = json.loads(body[4 : 4 + length])
    run = run_opening(open_case(CASE, "status-quo"), 5, engine="mesa")
    assert head["sha256"] == run.trajectory.sha256
    assert len(head["events"]) == len(run.trajectory.events)
    values = np.frombuffer(body[4 + length :], dtype="<f4").reshape(len(head["columns"]), head["rows"])
    for name, row in zip(head["columns"], values, strict=True):
        assert np.allclose(row, run.trajectory.series(name), rtol=1e-6, atol=1e-6)


def test_a_run_is_asked_for_once(client: Any) -> None:
    key = ask(client, "/api/open", {"address": f"?case={CASE}&policy=status-quo"})["run"]
    first = client.get(f"/run/{key}", headers=HOST)
    assert "immutable" in first.headers["Cache-Control"]
    again = client.get(f"/run/{key}", headers={**HOST, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/run/nothing", headers=HOST).status_code == 404


def test_the_same_recipe_is_the_same_run_for_everybody(client: Any) -> None:
    asked = {"recipe": {"case": CASE, "policy": "status-quo", "seed": 2}}
    one, two = ask(client, "/api/open", asked), ask(client, "/api/open", asked)
    assert one == two
    assert one["run"] != ask(client, "/api/open", {"recipe": {**asked["recipe"], "seed": 3}})["run"]


def test_few_runs_are_kept() -> None:
    book = RunBook(kept=2)
    made = [book.run(Recipe(case=CASE, policy="status-quo", seed=seed))[1] for seed in (1, 2, 3)]
    assert len(book) == 2
    assert book.find(made[0].key) is None
    assert book.find(made[2].key) == made[2]


KEYS = {"strength": "amount", "level": "amount"}


def given(fields: dict[str, float], day: date) -> dict[str, Any]:
    """The keys of a decision on a day, with what they begin with on the page."""
    dated = {key: day + timedelta(n) for key, n in fields.items() if key in ("from", "until")}
    return {"date": day, **{KEYS.get(key, key): n for key, n in fields.items()}, **dated}


def test_every_offer_is_a_move_that_the_case_takes() -> None:
    for case in ("template", "afghanistan-2018", "korea-2017"):
        start = open_case(case, "status-quo")
        made = [
            {**decision, **given(offer["fields"], start.scenario.case.pivot)}
            for offer in offers(start)
            for decision in [offer["decision"], *offer["also"]]
            if not offer["also"]  # the moves of one side, which stand beside, are the same
        ]
        assert len(open_case(case, "status-quo", decisions=made).decisions) == len(made)
        labels = [offer["label"] for offer in offers(start)]
        assert len(set(labels)) == len(labels)
        for offer in offers(start):
            alone = [o["decision"] for o in offers(start) if not o["also"]]
            assert all(decision in alone for decision in offer["also"]), (
                "each side's part has a name of its own"
            )


def test_every_move_of_one_side_can_be_ruled_out() -> None:
    for case in ("template", "afghanistan-2018", "korea-2017"):
        start = open_case(case, "status-quo")
        day = start.scenario.case.pivot
        blocks = [
            {**offer["decision"], "date": day, "do": "block", "what": offer["decision"]["do"]}
            for offer in offers(start)
            if offer["blockable"]
        ]
        assert len(blocks) > 10
        assert len(open_case(case, "status-quo", decisions=blocks).decisions) == len(blocks)


@pytest.mark.parametrize("path", ["/api/open", "/api/fan", "/api/pairs", "/api/replay", "/api/load"])
@pytest.mark.parametrize("body", [None, [], "x", 3, {}, {"recipe": 3}, {"recipe": {"case": 3}}, {"text": 3}])
def test_a_question_that_makes_no_sense_gets_a_message(client: Any, path: str, body: Any) -> None:
    if path == "/api/open" and body == {}:
        body = {"recipe": {}, "other": 3}
    assert ask(client, path, body, 400)["error"]


def test_a_replay_file_goes_out_and_comes_back(client: Any) -> None:
    recipe = {"case": CASE, "policy": "status-quo", "seed": 4, "decision": [decision()]}
    text = post(client, "/api/replay", {"recipe": recipe}).data.decode()
    back = ask(client, "/api/load", {"text": text})
    assert back == {"recipe": recipe, "notes": []}
    other = ask(client, "/api/load", {"text": text.replace('version = "', 'version = "9')})
    assert "version" in other["notes"][0]


def test_an_old_question_for_a_fan_is_given_up(client: Any, compiled: None) -> None:
    about: dict[str, Any] = {"recipe": {"case": CASE, "policy": "status-quo"}, "runs": 20, "token": "viewer"}
    fan = ask(client, "/api/fan", {**about, "turn": 2})
    assert fan["runs"] == 20
    assert ask(client, "/api/fan", {**about, "token": "another viewer"}) == fan
    old = {**about, "recipe": {"case": CASE, "policy": "status-quo", "theory": "ripeness"}, "turn": 1}
    given_up = post(client, "/api/fan", old)
    assert (given_up.status_code, given_up.data) == (204, b"")
    for runs in (100_000, 0, True, 1.5, "20", None):
        assert "runs" in ask(client, "/api/fan", {**about, "runs": runs}, 400)["error"]


def test_a_case_of_ones_own_is_known_by_name_alone(tmp_path: Path) -> None:
    path = own_case(tmp_path)
    cases = checked_cases([path])
    raw = {"case": "my-valley", "policy": "five-lessons", "lever.mediation": "0.5"}
    view = address.read_view(raw, cases)
    assert view.recipe.open().scenario.path == path
    written = address.write_view(view._replace(other=view.recipe.model_copy(update={"seed": 9})), cases)
    assert str(tmp_path) not in written
    again = address.read_view(query_of(written), cases)
    assert (again.recipe, again.other.seed if again.other else 0) == (view.recipe, 9)
    assert address.mismatch(again, cases) is None
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("visibility = 0.1", "visibility = 0.2"), encoding="utf-8")
    assert address.mismatch(again, cases) is not None
    for bad in (str(path), path.name, "../mine"):
        with pytest.raises(InputError, match="my-valley"):
            address.read_view({"case": bad}, cases)
    with pytest.raises(InputError, match="case"):
        address.read_view(raw)


MISTAKES: tuple[tuple[str, Any, str], ...] = (
    ("template", lambda path: None, "a shipped case has this one"),
    ("mine", lambda path: path.unlink(), "does not exist"),
    ("mine", lambda path: shutil.rmtree(path.parent / "policies"), "got no policy beside it"),
    ("mine", lambda path: path.write_text("[case"), "TOML"),
    ("mine", lambda path: (path.parent / "policies" / "opening.toml").write_text("x = 1"), "opening"),
)


@pytest.mark.parametrize("more", [(), ("--mesa",)])
@pytest.mark.parametrize(("name", "change", "words"), MISTAKES)
def test_a_case_file_with_a_mistake_is_a_line_a_fault_and_status_2(
    tmp_path: Path, name: str, change: Any, words: str, more: tuple[str, ...]
) -> None:
    path = own_case(tmp_path, name)
    change(path)
    done = CliRunner().invoke(app, ["serve", "--port", "8529", "--case", str(path), *more])
    assert done.exit_code == 2
    assert words in done.output
    lines = done.output.strip().splitlines()
    assert all(line.startswith("detente: ") for line in lines)
    assert len(lines) == (4 if words == "opening" else 1)


def test_mesas_server_shows_no_sweeps_and_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["serve", "--port", "8529", "--mesa", "--results", str(tmp_path)])
    assert done.exit_code == 2
    assert "--results" in done.output


def test_cases_that_the_environment_names_are_served(tmp_path: Path, monkeypatch: Any) -> None:
    from detente.dashboards.app import cases

    one, two = own_case(tmp_path / "a", "one"), own_case(tmp_path / "b", "two")
    monkeypatch.setenv(cases.CASE_FILES, os.pathsep.join(map(str, (one, two))))
    cases.named_cases.cache_clear()
    try:
        assert dict(cases.named_cases().own) == {"one": one, "two": two}
        assert cases.named_cases().policies("one")[0] == "status-quo"
        assert "history" in cases.named_cases().policies("korea-2017")
    finally:
        cases.named_cases.cache_clear()


def test_what_a_case_sets_for_itself_stands_out_among_its_parameters(tmp_path: Path) -> None:
    from detente.dashboards.app.graded import graded
    from detente.model.catalogue import load_scenario

    path = own_case(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("n_own = 0.3 ", "n_own = 0.4 "), encoding="utf-8")
    found = {p.name: p for p in graded(load_scenario(path))}
    assert [p.name for p in found.values() if p.own] == ["violence.n_own"]
    assert (found["violence.n_own"].value, found["violence.n_own"].usual) == (0.4, 0.3)
    assert not any(p.own for p in graded())


def test_an_audit_names_cases_and_no_file(tmp_path: Path, compiled: None) -> None:
    """Under any policy: a case that has none of the usual ones is audited under its first."""
    from detente.dashboards.app.checks import audit_work, nothing_to_check

    path = own_case(tmp_path)
    for name in ("status-quo", "five-lessons"):
        (path.parent / "policies" / f"{name}.toml").rename(path.parent / "policies" / f"my-{name}.toml")
    told: list[str] = []
    made = audit_work(checked_cases([path]), "my-valley")(lambda what, done, total: told.append(what))
    cases = set(made.table()["case"])
    assert {name for name in cases if ": " not in name} == {"my-valley"}
    assert set(made.table()["kind"]) == {"lever", "mechanism", "stock", "stock spread"}
    assert any("my-valley" in line for line in told)
    assert str(tmp_path) not in " ".join([*told, *made.failures()])
    assert nothing_to_check("card", "my-valley")
    assert not nothing_to_check("audit", "my-valley")
    assert not nothing_to_check("card", "korea-2017")


def test_only_names_of_this_machine_are_answered() -> None:
    at_home, open_house = make_app().server.test_client(), make_app(remote=True).server.test_client()
    for host in ("127.0.0.1:8521", "localhost:8521", "[::1]:8521", "localhost"):
        assert at_home.get("/api/engine", headers={"Host": host}).status_code == 200
    for host in ("example.org", "127.0.0.1.example.org:80"):
        assert at_home.get("/api/engine", headers={"Host": host}).status_code == 403
        assert open_house.get("/api/engine", headers={"Host": host}).status_code == 200


def test_listening_beyond_loopback_must_be_asked_for() -> None:
    with pytest.raises(InputError, match="--allow-remote"):
        serving.checked_address("0.0.0.0", 8521, allow_remote=False)
    assert "no login" in serving.WARNING
    assert not serving.is_loopback("192.168.1.5")
    assert serving.is_loopback("::1")
    with pytest.raises(InputError, match="--port"):
        serving.checked_address("127.0.0.1", 0, allow_remote=False)


def test_a_port_in_use_is_said_to_be() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        with pytest.raises(InputError, match="cannot listen"):
            serving.checked_address("127.0.0.1", held.getsockname()[1], allow_remote=False)


def test_a_dark_figure_has_light_ink() -> None:
    import plotly.graph_objects as go

    from detente.dashboards.figures.style import INK, PAPER, dress

    figure = go.Figure()
    dress(figure, "A head", "below")
    dark = themed(figure, "dark").to_json() or ""
    assert INK not in dark
    assert f'"paper_bgcolor":"{PAPER}"' not in dark
    assert themed(figure, "light") is figure


def test_coloured_words_inside_a_text_are_light_on_dark_paper_too() -> None:
    from detente.dashboards.app.theme import exchanged

    assert (
        exchanged("<b style='color:#0072B2'>history</b> color")
        == "<b style='color:#4aa8e0'>history</b> color"
    )
    assert exchanged("color:#123456") == "color:#123456"
    assert exchanged("rgba(0,114,178,0.35)") == "rgba(74,168,224,0.35)", (
        "a thin line is read on dark paper too"
    )
    assert exchanged("rgba(0,0,0,0)") == "rgba(255,255,255,0)"
    assert exchanged("rgba(1,2,3,0.5)") == "rgba(1,2,3,0.5)"


def test_dates_in_a_query_stay_inside_the_case() -> None:
    case = open_case(CASE, "status-quo").scenario.case
    view = address.read_view({"case": CASE, "date": case.end.isoformat()})
    assert view.day == case.end
    assert isinstance(view.day, date)
