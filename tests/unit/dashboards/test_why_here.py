"""Why here? What the live page says of the days up to one that is looked at."""

import time
from datetime import date
from typing import Any

import pytest

import detente
from detente.dashboards.app.site import make_app
from detente.dashboards.app.why_here import events_before, head_words, luck_rows, side_words, times
from detente.experiments.runs.day_terms import Side
from detente.model.request import open_case

HOST = {"Host": "127.0.0.1:8521"}
RECIPE = {"case": "template", "policy": "status-quo", "seed": 3}


def ask(body: Any) -> Any:
    client = make_app().server.test_client()
    while (
        said := client.post("/api/why-here", json={"token": "v", **body}, headers=HOST)
    ).status_code == 202:
        time.sleep(0.02)
    return said


def test_it_says_how_violent_the_days_were_and_what_differed() -> None:
    told = ask({"recipe": RECIPE, "date": "2030-06-10"}).get_json()
    assert told["head"].startswith("The 14 days up to 10 June 2030: ")
    assert "deaths between the parties" in told["head"]
    assert {side["who"] for side in told["sides"]} == {
        "The Republic on The Movement",
        "The Movement on The Republic",
    }
    for side in told["sides"]:
        assert "usual in as many days" in side["words"]
        assert all(value.startswith("× ") for _, value in side["rows"])


@pytest.mark.parametrize(("sent", "words"), [(None, "date"), ("1066-10-14", "2030-01-01"), (3, "date")])
def test_a_day_outside_the_case_is_refused(sent: Any, words: str) -> None:
    said = ask({"recipe": RECIPE, "date": sent})
    assert said.status_code == 400
    assert words in said.get_json()["error"]


def test_where_nobody_is_killed_provocations_are_told() -> None:
    side = Side("north-korea", "united-states", attacks=3, usual=2)
    head = head_words((side,), 14, date(2018, 9, 20), "provocations")
    assert head.endswith("3 provocations between the parties, 1.5 times the usual of this run so far (2).")
    words = side_words(open_case("korea-2017", "history"), side, "provocations")
    assert (words["who"], "deaths" in words["words"]) == ("North Korea on United States", False)


def test_events_of_the_month_before_are_told_the_last_first() -> None:
    run = detente.run("template", "opening", seed=3, engine="mesa")
    told = events_before(run, date(2030, 4, 20))
    assert any("ceasefire" in line.lower() for line in told)
    assert events_before(run, run.start.scenario.case.start) == []


def test_luck_is_told_apart_from_the_rates() -> None:
    side = Side("a", "b", attacks=4, deaths=40, expected=2, usual=8, usual_deaths=20)
    assert [value for _, value in luck_rows(side)] == ["× 2.00", "× 4.00"]
    assert luck_rows(Side("a", "b")) == []
    assert times(0.0) == "× 1.00"
