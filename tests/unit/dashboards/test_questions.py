"""The first page without a browser: the questions served, what pairs answer, why, and addresses that make no sense."""

import time
from pathlib import Path
from typing import Any

import pytest
from site_parts import own_case

from detente.dashboards.app.answers import answer, mechanisms, part_of, shares
from detente.dashboards.app.cases import Cases, checked_cases
from detente.dashboards.app.pages import lessons as lessons_page
from detente.dashboards.app.pages import question as question_page
from detente.dashboards.app.questions import (
    every_question,
    lesson_questions,
    plain_question,
    question_of,
    recipe,
)
from detente.dashboards.app.site import make_app
from detente.experiments.runs.ensemble import Ensemble, run_together
from detente.experiments.runs.intervals import paired_difference
from detente.model.catalogue import SHIPPED
from detente.model.errors import InputError

HOST = {"Host": "127.0.0.1:8521"}
TEMPLATE = "template/ninety-days"
CASES = Cases()


@pytest.fixture(scope="module")
def site(compiled: None) -> Any:
    app = make_app()
    app.server.extensions["detente"].engine.start()
    return app.server


def ask(site: Any, path: str, body: Any) -> Any:
    """The answer to a question, asked again as a page does while it is being computed."""
    client = site.test_client()
    while (said := client.post(path, json={"token": "viewer", **body}, headers=HOST)).status_code in (
        202,
        503,
    ):
        time.sleep(0.05)
    return said


def pairs(runs: int, choice: str = "ninety-days") -> tuple[Ensemble, Ensemble]:
    asked = question_of(CASES, TEMPLATE)
    starts = [recipe(CASES, asked).open(), recipe(CASES, asked, choice).open()]
    base, own = run_together(starts, tuple(range(1, runs + 1)))
    return base, own


def test_questions_come_with_the_recipes_of_their_runs(site: Any) -> None:
    said = site.test_client().get("/api/questions", headers=HOST).get_json()
    assert [q["id"] for q in said["questions"]] == [one.id for one in every_question(CASES)]
    one = next(q for q in said["questions"] if q["id"] == TEMPLATE)
    assert one["noun"] == "deaths"
    assert one["recipe"] == {"case": "template", "policy": "status-quo"}
    decided = one["choices"][0]["recipe"]["decision"]
    assert [d["do"] for d in decided] == ["offer_truce", "answer_truce"], "a joint move is an act and a reply"
    korea = next(q for q in said["questions"] if q["case"] == "korea-2017")
    assert korea["noun"] == "provocations"


def test_the_five_lessons_are_questions_too(site: Any) -> None:
    said = site.test_client().get("/api/questions?lessons=template", headers=HOST).get_json()
    assert [q["lesson"] for q in said["questions"]] == [1, 2, 3, 4, 5]
    assert "template" in said["lessons"]
    one = lesson_questions(CASES, "template")[0]
    assert recipe(CASES, one).levers == {"recognition": 0.0}
    assert recipe(CASES, one, "most").levers == {"recognition": 0.8}
    assert plain_question(CASES, one)["heading"] == "Recognise the adversary"
    assert question_of(CASES, one.id).question == one.question


def test_the_sentence_holds_the_difference_its_interval_agreements_and_what_got_worse(compiled: None) -> None:
    base, own = pairs(60)
    told = answer("fatalities", ("days_in_ceasefire",), base, own)
    a, b = (made.outcomes["fatalities"].to_numpy() for made in (base, own))
    row = paired_difference(b, a)
    assert told["pairs"] == 60
    assert "deaths" in told["sentence"]
    assert "31 December 2031" in told["sentence"]
    assert f"in {round(100 * float((b > a).mean()))} of 100 pairs it made things worse." in told["sentence"]
    assert "agreement" in told["sentence"]
    assert told["also"] == [told["also"][0]]
    assert told["also"][0].endswith("more days of ceasefire.")
    assert told["guess"]["mean"] == pytest.approx(100 * row["mean"] / a.mean())
    assert "luck alone" in told["luck"]


def test_what_does_not_differ_is_said_in_words(compiled: None) -> None:
    base, _ = pairs(4)
    told = answer("fatalities", ("collapsed",), base, base)
    assert told["sentence"].startswith("No difference in deaths, by 31 December 2031; ")
    assert told["also"] == ["No difference in runs in 100 that end in collapse."]
    assert told["guess"]["unit"] == "%"
    assert answer("collapsed", (), base, base)["guess"]["unit"] == "runs in 100"


def test_shares_are_told_apart() -> None:
    assert shares(0.31, 0.24) == ["31 %", "24 %"]
    assert shares(0.004, 0.002) == ["0.4 %", "0.2 %"]


def test_a_mechanism_carries_an_effect_that_is_gone_without_it(compiled: None) -> None:
    asked, full = question_of(CASES, TEMPLATE), pairs(60)
    both = (recipe(CASES, asked), recipe(CASES, asked, "ninety-days"))
    names = [m["name"] for m in mechanisms(both[0])]
    assert "ceasefires" in names
    part = part_of("ceasefires", "days_in_ceasefire", both, full)
    assert (part["part"], part["share"], part["effect"], part["pairs"]) == ("carries", 1.0, "0", 60)
    other = part_of("leverage", "days_in_ceasefire", both, full)
    assert other["part"] == "unclear", "no forces are present in the case"


def test_the_server_answers_in_a_sentence_and_says_why(site: Any) -> None:
    body = {"question": TEMPLATE, "choice": "ninety-days"}
    told = ask(site, "/api/answer", {**body, "runs": 10}).get_json()
    assert told["pairs"] == 10
    assert ask(site, "/api/answer", {"question": TEMPLATE, "runs": 10}).get_json()["pairs"] == 10
    listed = ask(site, "/api/why", body).get_json()
    assert {"name": "ceasefires", "words": "ceasefires"} in listed["mechanisms"]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/api/answer", {"question": "template/none"}, "ninety-days"),
        ("/api/answer", {"question": "../etc/x"}, "question: case"),
        ("/api/answer", {}, "question: case"),
        ("/api/answer", {"question": TEMPLATE, "choice": "x"}, "expected one of"),
        ("/api/answer", {"question": TEMPLATE, "choice": "ninety-days", "runs": 10**9}, "1 to 1000"),
        ("/api/why", {"question": TEMPLATE, "choice": "ninety-days", "mechanism": "magic"}, "ceasefires"),
    ],
)
def test_what_is_no_question_is_refused(site: Any, path: str, body: Any, words: str) -> None:
    said = ask(site, path, body)
    assert said.status_code == 400
    assert words in said.get_json()["error"]


@pytest.mark.parametrize(
    ("page", "query", "words"),
    [
        (question_page, {"question": "template/ninety-day"}, "did you mean"),
        (question_page, {"question": TEMPLATE, "choice": "x"}, "expected one of"),
        (question_page, {"question": TEMPLATE, "guess": "2.5"}, "from -50 to 50"),
        (question_page, {"question": TEMPLATE, "guess": "-51"}, "from -50 to 50"),
        (question_page, {"question": TEMPLATE, "seed": "\u00b2"}, "seed"),
        (question_page, {"question": TEMPLATE, "day": "1066-10-14"}, "2030-01-01"),
        (question_page, {"question": TEMPLATE, "why": "yes"}, "why"),
        (question_page, {"question": TEMPLATE, "gess": "1"}, "did you mean 'guess'"),
        (question_page, {"surprise": "1"}, "surprise"),
        (lessons_page, {"lesson": "6"}, "1 to 5"),
        (lessons_page, {"case": "nowhere"}, "template"),
        (lessons_page, {"lever": "0.5"}, "lever"),
        (lessons_page, {"question": TEMPLATE + "x"}, "ninety-days"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(site: Any, page: Any, query: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        page.layout(site.extensions["detente"], query)


def test_addresses_of_runs_that_stood_on_the_first_page_lead_to_the_live_page(site: Any) -> None:
    client = site.test_client()
    moved = client.get("/?case=template&policy=status-quo&lever.mediation=0.5", headers=HOST)
    assert moved.status_code == 302
    assert moved.headers["Location"] == "/live?case=template&policy=status-quo&lever.mediation=0.5"
    for path in ("/", f"/?question={TEMPLATE}", "/compare?case=template"):
        assert client.get(path, headers=HOST).status_code == 200


def test_a_case_of_one_s_own_asks_what_stands_beside_it(tmp_path: Path) -> None:
    path = own_case(tmp_path)
    cases = checked_cases([path])
    assert not [one for one in every_question(cases) if one.case == "my-valley"]
    text = (SHIPPED / "template" / "questions.toml").read_text(encoding="utf-8")
    (tmp_path / "questions.toml").write_text(text, encoding="utf-8")
    assert question_of(cases, "my-valley/ninety-days").case == "my-valley"
    (tmp_path / "questions.toml").write_text("question = 3", encoding="utf-8")
    with pytest.raises(InputError, match=r"questions\.toml"):
        checked_cases([path])
    assert every_question(cases), "those of other cases are still there"
