"""Pages speak in words: no name that only a policy file has, no date as files write it, every drawing made once."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from detente.agents.codes import EVENTS
from detente.dashboards.app.controls import spaced
from detente.dashboards.app.graded import how_many
from detente.dashboards.app.order_answer import answer_parts, said_of, unit_beside
from detente.dashboards.app.orders import parting_words, plain_lines
from detente.dashboards.app.plain_words import EVENT_NOUNS, chronicle_words, dated, remark_words, titled
from detente.dashboards.app.shipped_cards import read_out
from detente.dashboards.figures.compare import mode_words
from detente.experiments.analysis.sequence_parting import Parting
from detente.experiments.cases.policy_warnings import policy_remarks
from detente.experiments.runs.inputs import declared_parameters
from detente.experiments.runs.replay import recipe_of
from detente.model.request import open_case

INTERNAL = re.compile(r"[a-z]_[a-z]|\[move|\[track|\d{4}-\d\d-\d\d|switches\.|; block|\(sort")
"""What has no place on a page."""

TO_TALIBAN = {"actor": "taliban", "to": "afghan-government"}
DECISIONS = [
    {"date": "2018-06-16", "do": "extend_truce", **TO_TALIBAN, "until": "2018-09-01"},
    {"date": "2018-03-16", "do": "block", "what": "offer_truce", **TO_TALIBAN, "until": "2018-09-01"},
    {"date": "2018-04-16", "do": "offer_truce", **TO_TALIBAN, "from": "2018-04-01"},
    {"date": "2018-04-16", "do": "leave_track", "actor": "taliban", "track": "intra-afghan"},
]


@pytest.mark.parametrize(
    "raw",
    [
        {"case": "afghanistan-2018", "policy": "history", "decision": DECISIONS},
        {"case": "afghanistan-2018", "policy": "history", "mode": "free"},
        {"case": "afghanistan-2018", "policy": "history", "mode": "conditioned"},
        {"case": "template", "policy": "opening"},
        {"case": "template", "policy": "only-force-posture"},
    ],
)
def test_remarks_on_a_policy_are_in_words(raw: dict[str, Any]) -> None:
    start = recipe_of(raw, "a test").open()
    lines = [remark_words(remark.text, start) for remark in policy_remarks(start)]
    assert lines
    assert [line for line in lines if INTERNAL.search(line)] == []


def test_remarks_name_the_move_and_its_day() -> None:
    start = recipe_of({"case": "template", "policy": "opening"}, "a test").open()
    (line,) = (remark_words(remark.text, start) for remark in policy_remarks(start))
    move = "“The Republic offers The Movement a ceasefire, 5 April 2030”"
    assert line == f"{move}: The Movement answers, or not, by its own rule."


def test_actors_stand_by_their_titles() -> None:
    start = open_case("afghanistan-2018", "status-quo")
    assert titled("taliban and afghan-government", start) == "Taliban and Afghan government"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "X goes on holding fire towards Y until 2018-08-28",
            "X goes on holding fire towards Y until 28 August 2018",
        ),
        (
            "Taliban, by your decision: extend truce: Taliban to Kabul",
            "Taliban, by your decision: extension of a ceasefire: Taliban to Kabul",
        ),
        (
            "Taliban rules out to offer truce until 2018-09-01",
            "Taliban rules out: offer of a ceasefire until 1 September 2018",
        ),
        ("A ceasefire ends", "A ceasefire ends"),
    ],
)
def test_lines_of_a_chronicle_have_dates_and_decisions_in_words(line: str, words: str) -> None:
    assert chronicle_words(line) == words


def test_what_is_no_day_stays() -> None:
    assert dated("on 2018-02-31 and 2018-02-03") == "on 2018-02-31 and 3 February 2018"


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("free", "rules decide throughout"),
        ("until 2018-07-22", "as recorded to 22 July 2018"),
        ("from day 9 free", "mode from day 9 free"),
    ],
)
def test_the_mode_of_a_policy_is_in_words(mode: str, words: str) -> None:
    assert mode_words(mode) == words


def test_per_cent_are_written_one_way() -> None:
    assert spaced("up: days (100%); down: deaths (52%)") == "up: days (100 %); down: deaths (52 %)"


def test_the_evidence_page_counts_switches_apart_from_parameters() -> None:
    names = list(declared_parameters())
    switches = sum(name.partition(".")[0] == "switches" for name in names)
    assert 0 < switches < len(names)
    assert how_many() == f"{len(names) - switches} parameters and {switches} switches"


ROW = {"aim": "deaths", "unit": "a day", "text": "−2", "mean": -2.0, "low95": -3.0, "high95": -1.0}
ROW |= {"wide_low95": None, "wide_high95": None}


def told(verdict: str = "better", **more: Any) -> dict[str, Any]:
    """What pairs say of two orders, as the server keeps it."""
    table = {"head": ["Aim", "B less A"], "rows": [["deaths", "−2"]]}
    part = {"words": "'A' and 'B' part on 2018-06-15.", "orders": ["A", "B"], "seed": 3, "right": []}
    part["left"] = [["2018-06-20", "X goes on holding fire until 2018-08-28"]]
    row = {**ROW, "verdict": verdict, "firm": True}
    numbers = {"differences": table, "means": table, "draws": 0}
    return {"verdict": "A <b>?", "lines": [], "figure": [row], "parting": part, **numbers, **more}


def test_two_orders_are_drawn_once_for_page_and_letter() -> None:
    page, letter = answer_parts(told()), answer_parts(told(), unfolded=True)
    assert letter.replace(' open="open"', "") == page
    assert letter.count("<details") == letter.count('open="open"') == 2
    assert "A &lt;b&gt;?" in page
    assert "part on 15 June 2018" in page
    assert "20 June 2018: X goes on holding fire until 28 August 2018" in page
    assert 'aria-label="B against A. deaths: −2, B is better, firm."' in page
    assert not re.search(r"\d{4}-\d\d-\d\d", page)


def test_a_difference_that_is_not_clear_is_called_that() -> None:
    assert said_of({"verdict": "no clear difference", "firm": False}) == "no clear difference"
    assert said_of({"verdict": "worse", "firm": False}) == "B is worse"


@pytest.mark.parametrize(
    ("differs", "front", "regret", "lines"),
    [
        (False, ["A", "B"], "A", []),
        (True, ["B"], "", []),
        (True, ["A", "B"], "", ["Neither beats the other in all aims that differ."]),
        (
            True,
            ["B"],
            "B",
            ["At worst, over what is not known, B falls least far short of the better order."],
        ),
    ],
)
def test_what_follows_the_verdict_is_no_riddle(
    differs: bool, front: list[str], regret: str, lines: list[str]
) -> None:
    found: Any = SimpleNamespace(differs=differs, front=front, least_regret=regret)
    assert plain_lines(found) == lines


def test_every_kind_of_event_has_a_noun():
    assert set(EVENT_NOUNS) == set(EVENTS)
    assert not any("_" in noun or "truce" in noun for noun in EVENT_NOUNS.values())


def test_where_two_orders_part_is_told_without_names_of_the_program():
    part = Parting(("A", "B"), "2030-03-01", "truce_offered", ("2030-03-06",), 0.75, 1, (), ())
    assert parting_words(part) == (
        "A and B part on 2030-03-01. What differs first beside their own moves is most often an offer of a ceasefire "
        "(75 % of seeds), half of the time by 2030-03-06."
    )
    same = Parting(("A", "B"), "2030-03-01", "", (), 0.0, 1, (), ())
    assert parting_words(same) == "A and B part on 2030-03-01; nothing else differs in these seeds."


def test_a_unit_is_told_once():
    one = {"aim": "deaths a day", "unit": "deaths/day", "text": "−0.41"}
    assert unit_beside(one) == ""
    assert unit_beside({"aim": "settlements", "unit": "points", "text": "+4.40 points"}) == ""
    assert unit_beside({"aim": "trust", "unit": "0 to 1", "text": "+0.02"}) == " 0 to 1"


def test_a_card_of_the_manual_is_read_out():
    assert read_out("1.27e+03 [563, 1.33e+03]") == "1,270 [563, 1,330]"
    assert read_out("-0.0821 [-0.0967, -0.0204]") == "−0.0821 [−0.0967, −0.0204]"
    assert read_out("86%, +70 %, x0.45, days -365 to -91") == "86 %, +70 %, x0.45, days −365 to −91"
    assert read_out("US-Taliban, Q4-2019, 2018-07-22") == "US-Taliban, Q4-2019, 2018-07-22"
