"""The second interval of an answer: luck and what is not known, as ``detente compare`` has it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from detente.dashboards.app.address import written
from detente.dashboards.app.answers import difference, told_of
from detente.dashboards.app.asking import NotYetError
from detente.dashboards.app.cases import Cases
from detente.dashboards.app.controls import spaced
from detente.dashboards.app.mail import answered
from detente.dashboards.app.not_known import (
    HEAD,
    MOST_DRAWS,
    checked_draws,
    not_known,
    over_draws_of,
    sentence,
)
from detente.dashboards.app.pages import question as question_page
from detente.dashboards.app.questions import question_of, recipe
from detente.dashboards.app.routes import guarded
from detente.dashboards.app.site import make_app
from detente.experiments.compare.policies import compare
from detente.experiments.runs.ensemble import run_together
from detente.experiments.runs.two_intervals import sign_sentence
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521"}
TEMPLATE = "template/ninety-days"
CASES = Cases()
DRAWS = 20


@pytest.fixture(scope="module")
def recipes() -> tuple[Any, Any]:
    asked = question_of(CASES, TEMPLATE)
    return recipe(CASES, asked), recipe(CASES, asked, "ninety-days")


@pytest.fixture(scope="module")
def over(recipes: Any, compiled: None) -> Any:
    return over_draws_of(recipes, DRAWS, lambda *told: None)


@pytest.fixture(scope="module")
def pair(recipes: Any, compiled: None) -> Any:
    return run_together([one.open() for one in recipes], tuple(range(1, 41)))


def test_both_intervals_stand_in_a_table_and_the_signs_in_the_words_of_compare(pair: Any, over: Any) -> None:
    told = not_known("fatalities", ("days_in_ceasefire",), pair, over)
    assert told["draws"] == DRAWS
    assert over.unknown.words in told["words"]
    assert told["head"] == HEAD
    assert [row[0] for row in told["rows"]][:2] == ["deaths", "days of ceasefire"]
    values = over.values("days_in_ceasefire")
    luck = difference("days_in_ceasefire", *pair)
    row = luck | over.effect(values[1] - values[0], luck["mean"])
    line = sign_sentence([("days of ceasefire", row)])
    assert spaced(line).partition(": ")[2] in told["signs"], "the same words as on the command line"
    assert told["rows"][1][4] == f"{100 * row['sign_share']:.0f} %"


def test_the_draws_are_those_of_compare(over: Any, compiled: None) -> None:
    made = compare("template", ["status-quo", "opening"], runs=4 * DRAWS)
    assert made.over is not None
    drawn = made.over.unknown.draws.posterior
    assert (drawn.values == over.unknown.draws.posterior.values).all()
    assert (made.over.values("fatalities")[0] == over.values("fatalities")[0]).all()


def test_a_sign_is_claimed_where_it_holds_and_luck_leaves_no_doubt() -> None:
    told = told_of("fatalities", "deaths")
    row = {"mean": -3.0, "low95": -4.0, "high95": -2.0, "draws_mean": -5.0, "draws_low95": -9.0}
    row |= {"draws_high95": 1.0, "sign_share": 0.9, "draws": 20}
    assert sentence(told, row) == (
        "Luck and what is not known: deaths −5.0 [−9.0 to +1.0]; the sign of the difference above holds in 90 % of 20 "
        "draws: it can be claimed."
    )
    assert sentence(told, {**row, "sign_share": 0.6}).endswith("60 % of 20 draws: it cannot be claimed.")
    assert sentence(told, {**row, "sign_share": float("nan")}).endswith("[−9.0 to +1.0].")
    assert "no draw has a value of deaths" in sentence(told, {**row, "draws": 0})


def test_too_few_draws_and_what_is_no_number_are_refused() -> None:
    assert checked_draws(20) == 20
    for bad in (19, MOST_DRAWS + 1, True, "50", 30.0):
        with pytest.raises(InputError, match=f"draws: got .*from 20 to {MOST_DRAWS}"):
            checked_draws(bad)
    site = make_app().server.extensions["detente"]
    for bad in ("19", "many", "501"):
        with pytest.raises(InputError, match="draws"):
            question_page.layout(site, {"question": TEMPLATE, "draws": bad})
    assert question_page.layout(site, {"question": TEMPLATE, "draws": "0"})


def test_where_all_is_known_nothing_is_drawn(recipes: Any) -> None:
    known = [one.model_copy(update={"point": True}) for one in recipes]
    with pytest.raises(InputError, match="taken as known"):
        over_draws_of(known, DRAWS, lambda *told: None)


@pytest.fixture
def app(compiled: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that answers with few pairs."""
    monkeypatch.setattr("detente.dashboards.app.question_routes.ALL", 20)
    made = make_app()
    made.server.extensions["detente"].engine.start()
    return made


BODY = {"question": TEMPLATE, "choice": "ninety-days", "draws": DRAWS, "token": "viewer"}


def test_the_server_draws_what_is_not_known(app: Any) -> None:
    told = until_answered(app, "/api/not-known", BODY).get_json()
    assert told["sentence"].startswith("Luck and what is not known: deaths ")
    assert told["draws"] == DRAWS
    bad = until_answered(app, "/api/not-known", {**BODY, "draws": 3})
    assert bad.status_code == 400
    assert "from 20" in bad.get_json()["error"]


def test_a_course_on_the_live_page_has_the_same_second_interval_as_the_question(
    app: Any, recipes: Any
) -> None:
    without, own = (written(one, CASES) for one in recipes)
    body = {"recipe": own, "without": without, "draws": DRAWS, "token": "viewer"}
    told = until_answered(app, "/api/not-known", body).get_json()
    assert told["sentence"] == until_answered(app, "/api/not-known", BODY).get_json()["sentence"]
    other = until_answered(
        app,
        "/api/not-known",
        {**body, "without": {**without, "case": "korea-2017", "policy": "status-quo", "decision": []}},
    )
    assert "the case of the recipe" in other.get_json()["error"]


@pytest.mark.slow
def test_the_mailed_run_carries_the_second_interval(app: Any, recipes: Any) -> None:
    without, own = (written(one, CASES) for one in recipes)
    told = until_answered(
        app, "/api/not-known", {"recipe": own, "without": without, "draws": DRAWS, "token": "v"}
    )
    text = until_answered(app, "/api/mail", {"recipe": own, "other": without, "draws": DRAWS, "token": "v"})
    assert told.get_json()["sentence"] in text.get_data(as_text=True)


@pytest.mark.slow
def test_the_mailed_file_carries_the_second_interval(app: Any) -> None:
    told = until_answered(app, "/api/not-known", BODY).get_json()
    text = until_answered(app, "/api/mail", BODY).get_data(as_text=True)
    assert "And what is not known" in text
    assert told["sentence"] in text
    assert f"draws={DRAWS}" in text


def until_answered(app: Any, path: str, body: Any) -> Any:
    for _ in patience():
        said = app.server.test_client().post(path, json=body, headers=HOST)
        if said.status_code not in (202, 503):
            return said
    pytest.fail(f"{path} was not answered")


def patience() -> Iterator[int]:
    for k in range(1200):
        yield k
        time.sleep(0.05)


def test_a_page_that_waits_is_told_how_far_the_answer_is() -> None:
    def busy() -> Any:
        raise NotYetError("20 draws", 40, 160)

    app = make_app()
    with app.server.app_context():
        reply, status = guarded(busy, str)()
        assert status == 202
        assert reply.get_json() == {"state": "computing", "what": "20 draws", "done": 40, "total": 160}


def test_a_mailed_answer_without_draws_has_luck_alone() -> None:
    told = {"pairs": 2, "sentence": "S", "also": [], "luck": "luck alone", "rows": [["a", "1", "2", "3"]]}
    assert "not known" not in "".join(answered(told))
