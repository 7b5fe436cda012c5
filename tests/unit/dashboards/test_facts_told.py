"""The facts of a case in words, and those that a seed draws, as the live page lists them."""

from typing import Any

import pytest

from detente.dashboards.app.address import read_view, write_view
from detente.dashboards.app.controls import number
from detente.dashboards.app.facts_told import fact_words, facts_of_case, facts_shown, titles_of
from detente.dashboards.app.pages.evidence import layout
from detente.dashboards.app.site import make_app
from detente.experiments.runs.replay import Recipe
from detente.model.catalogue import case_names, load_scenario
from detente.model.facts import facts_of
from detente.model.opening import facts_drawn

CASE = "mindanao-1996"
HOST = {"Host": "127.0.0.1:8521"}


def recipe(**more: Any) -> Recipe:
    return Recipe(case=CASE, policy="status-quo", **more)


@pytest.mark.parametrize("case", case_names())
def test_every_fact_of_every_case_has_words_and_no_name_of_the_program(case: str) -> None:
    scenario = load_scenario(case)
    titles = titles_of(scenario)
    words = {path: fact_words(fact, titles) for path, fact in facts_of(scenario).items()}
    assert all(": " in text for text in words.values())
    assert not [text for text in words.values() if "_" in text]
    assert len(set(words.values())) == len(words), "no two facts are called the same"


def test_the_direction_of_a_pair_stands_in_the_words() -> None:
    scenario = load_scenario("colombia-2010")
    facts, titles = facts_of(scenario), titles_of(scenario)
    trust = facts["relation.farc.colombian-government.trust"]
    assert fact_words(trust, titles).startswith("FARC towards Government of Colombia: belief")
    hotline = facts["relation.colombian-government.farc.hotline"]
    assert fact_words(hotline, titles).startswith("Government of Colombia and FARC: quality")


def test_what_a_seed_draws_is_listed_with_its_range_and_grade() -> None:
    start = recipe().open()
    shown = facts_shown(start, 7)
    drawn = facts_drawn(start, 7)
    assert drawn
    assert {row["path"]: row["value"] for row in shown["rows"]} == {p: number(v) for p, v in drawn.items()}
    assert {row["grade"] for row in shown["rows"]} == {"prior"}
    assert all(" to " in row["range"] for row in shown["rows"])
    assert shown["unknown"] == len(drawn)
    assert not shown["point"]
    assert facts_shown(start, 8)["rows"] != shown["rows"]


def test_with_point_the_values_of_the_case_are_listed() -> None:
    shown = facts_shown(recipe(point=True).open(), 7)
    assert shown["point"]
    assert all(row["value"] == row["case"] for row in shown["rows"])


def test_a_number_set_by_hand_is_no_prior_any_more() -> None:
    path = next(iter(facts_drawn(recipe().open(), 1)))
    fact = facts_of(load_scenario(CASE))[path]
    rows = facts_shown(recipe(facts={path: fact.value}).open(), 1)["rows"]
    (row,) = [row for row in rows if row["path"] == path]
    assert (row["grade"], row["value"]) == ("set", row["case"])


def test_a_case_that_knows_its_numbers_lists_none() -> None:
    start = Recipe(case="template", policy="status-quo").open()
    assert facts_shown(start, 1) == {"point": False, "unknown": 0, "rows": []}
    assert "count as known" in str(facts_of_case(start.scenario))


def test_the_server_lists_them_with_a_run_and_point_stands_in_the_link() -> None:
    client = make_app().server.test_client()
    body = {"address": "?case=mozambique-1990&policy=status-quo&seed=3&point=1"}
    while (said := client.post("/api/open", json=body, headers=HOST)).status_code == 202:
        pass
    told = said.get_json()
    assert told["facts"]["point"]
    assert "point=1" in told["address"]
    assert write_view(read_view({"case": CASE, "point": "1"})).count("point=1") == 1


def test_the_evidence_of_a_case_marks_what_is_not_known() -> None:
    site = make_app().server.extensions["detente"]
    words = str(layout(site, {"case": CASE}))
    assert "◇" in words
    assert "evidence-priors" in words
    assert "Choose a case above" in str(layout(site, {}))
