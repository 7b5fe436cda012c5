"""Who imposed a move: the policy, or the reader's own decision on top of it."""

from typing import Any

import pytest

from detente.agents import codes
from detente.experiments.runs.decision_origin import IMPOSED, is_own
from detente.experiments.runs.narrative import told
from detente.experiments.runs.run import run_opening
from detente.model.request import open_case

CASE = "afghanistan-2018"
DAY = "2018-10-02"
TALKS = {"date": DAY, "sort": "joint", "do": "open_track", "actor": "afghan-government", "to": "taliban"}


def run(decisions: list[dict[str, Any]]) -> Any:
    return run_opening(open_case(CASE, "five-lessons", decisions=decisions), 3, engine="compiled")


@pytest.fixture(scope="module")
def decided(compiled: None) -> Any:
    back = {"date": "2018-11-05", "do": "leave_track", "actor": "taliban", "track": "unofficial-envoys"}
    return run(
        [
            {**TALKS, "track": "unofficial-envoys"},
            {"date": DAY, "actor": "united-states", "do": "lever", "lever": "recognition", "amount": 0.3},
            {"date": DAY, "actor": "united-states", "do": "block", "what": "draw_down"},
            back,
        ]
    )


def test_what_the_reader_decided_is_said_to_be_the_readers(decided: Any):
    lines = decided.events.set_index("date")["sentence"]
    there = "\n".join(lines.loc[DAY])
    for words in (
        "by your decision: open track: Meetings of unofficial envoys",
        "Meetings of unofficial envoys open between Afghan government and Taliban (your decision)",
        "recognition set to 0.30 (your decision)",
        "rules out to draw down (your decision)",
    ):
        assert words in there
    assert "Taliban leaves: Meetings of unofficial envoys (your decision)" in set(lines)
    assert not [line for line in lines[lines.index < DAY] if "your decision" in line]


def test_an_agreement_that_the_reader_signs_is_the_readers(compiled: None):
    sign = {
        "date": DAY,
        "sort": "joint",
        "do": "sign_agreement",
        "actor": "taliban",
        "to": "afghan-government",
    }
    vote = {
        "date": "2018-12-02",
        "sort": "context",
        "do": "plebiscite",
        "actor": "taliban",
        "to": "afghan-government",
    }
    lines = run([sign, {**vote, "amount": 0.4}]).events.set_index("date")["sentence"]
    assert "Afghan government and Taliban sign an agreement (your decision)" in set(lines.loc[DAY])
    assert "Taliban votes on the agreement with Afghan government: 40.0% in favour" in set(
        lines.loc[["2018-12-02"]]
    )


def test_what_the_policy_imposed_stays_the_policys(decided: Any):
    before = decided.events[decided.events["date"] < DAY]
    assert "Afghan government offers Taliban a ceasefire from 2018-06-12 (policy)" in set(before["sentence"])
    events = decided.trajectory.events
    own = [is_own(e, decided.start) for e in events]
    imposed = [int(e["why"]) in IMPOSED for e in events]
    assert 0 < sum(own) < sum(imposed)
    assert not any(o and not i for o, i in zip(own, imposed, strict=True))
    plain = open_case(CASE, "five-lessons")
    assert not any(is_own(e, plain) for e in events)


def test_the_latest_dated_move_about_a_thing_is_its_cause(compiled: None):
    """History offers a truce in June; the reader offers another in November, under the same choice."""
    made = run([{"date": "2018-11-05", "do": "offer_truce", "actor": "afghan-government", "to": "taliban"}])
    offers = made.events[
        (made.events["event"] == "move_imposed") & made.events["what"].str.startswith("offer truce: ")
    ]
    by_day = {str(row["date"].date()): row["why"] for _, row in offers.iterrows()}
    assert "your decision" not in by_day["2018-06-07"]
    assert "your decision" in by_day["2018-11-05"]


def test_a_move_against_the_models_rule_is_told_whoever_made_it(compiled: None):
    made = run([{"date": DAY, "do": "leave_track", "actor": "taliban", "track": "unofficial-envoys"}])
    why = made.events["why"]
    assert [w for w in why if w == "imposed by your decision against the model's own rule"]
    assert any("by your decision: leave track" in words for _, words in told(made.events))
    assert codes.CAUSES[codes.AGAINST_MODEL] == "imposed by the policy against the model's own rule"
