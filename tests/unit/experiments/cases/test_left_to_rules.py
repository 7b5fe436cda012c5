"""What a policy leaves to the rules: a line where a decision is free, none where the policy takes it."""

from datetime import date
from typing import Any

import pytest

from detente.experiments.cases.check import check
from detente.experiments.cases.imposed import Imposed
from detente.experiments.cases.left_to_rules import left_to_rules
from detente.model.catalogue import load_scenario
from detente.model.opening import opening
from detente.model.policy import parse_policy

OFFER = {"date": date(2030, 4, 5), "actor": "republic", "do": "offer_truce", "to": "movement"}
ANSWER = {
    **{"date": date(2030, 4, 5), "actor": "movement", "sort": "reply"},
    **{"do": "answer_truce", "to": "republic"},
}
REFUSAL = {**ANSWER, "do": "block", "what": "answer_truce"}
SIGNATURE = {
    **{"date": date(2030, 6, 1), "actor": "republic", "sort": "joint"},
    **{"do": "sign_agreement", "to": "movement"},
}


def never(actor: str, what: str, **about: str) -> dict[str, Any]:
    """A block from the first day to the last."""
    return {"date": date(2030, 1, 1), "actor": actor, "do": "block", "what": what, **about}


def left(*moves: dict[str, Any], **policy: Any) -> str:
    """The lines for the template under some moves, joined."""
    raw = {"name": "p", "title": "P", "summary": "", "move": [dict(m) for m in moves], **policy}
    start = opening(load_scenario("template"), parse_policy(raw, "p.toml"))
    return "\n".join(left_to_rules(Imposed(start)))


def test_moves_that_the_mode_does_not_impose_are_counted():
    assert "1 dated moves, from 2030-04-05 on" in left(OFFER, mode="until", until=date(2030, 3, 1))
    assert "dated moves" not in left(OFFER)


@pytest.mark.parametrize("reply", [ANSWER, REFUSAL])
def test_an_offer_is_answered_by_the_rules_unless_the_policy_says_how(reply: dict[str, Any]):
    words = "whether movement answers the truce that republic offers on 2030-04-05"
    assert words in left(OFFER)
    assert words not in left(OFFER, reply)
    assert words not in left({**OFFER, "sort": "joint"})


def test_how_a_truce_is_kept_is_left_unless_the_policy_says_it():
    assert "how far 1 of 1 imposed truces are kept" in left(OFFER)
    assert "how far" not in left({**OFFER, "kept": 1.0})
    assert "whether imposed truces (1) break" in left({**OFFER, "kept": 1.0})


def test_truces_of_their_own_accord_are_named_unless_all_of_them_are_ruled_out():
    blocks = [
        never(one, what, to=other)
        for one, other in (("republic", "movement"), ("movement", "republic"))
        for what in ("offer_truce", "answer_truce", "extend_truce")
    ]
    assert "of their own accord: republic and movement" in left(*blocks[1:])
    assert "of their own accord" not in left(*blocks)


def test_a_track_or_measure_that_is_ruled_out_throughout_is_not_left():
    shut = never("republic", "open_track", track="front")
    kept = [never(one, "leave_track", track="front") for one in ("republic", "movement")]
    lines = left(shut, *kept, never("republic", "give_measure", measure="political-office")).splitlines()
    (opened,) = (line for line in lines if "talks open" in line)
    (closed,) = (line for line in lines if "talks are left" in line)
    (given,) = (line for line in lines if line.startswith("measures"))
    assert opened.endswith("imposed: backchannel, direct")
    assert closed.endswith("imposed: backchannel, direct")
    assert given.endswith("imposed: prisoner-release, captive-release")


def test_a_signature_may_not_last_and_others_may_be_signed():
    assert "whether the agreement of 2030-06-01 lasts" in left(SIGNATURE)
    assert "agreements that are not imposed" in left()


def test_mechanisms_that_are_off_decide_nothing():
    off = dict.fromkeys(("ceasefires", "talks", "measures", "settlement"), 0)
    raw = {"name": "p", "title": "P", "summary": "", "move": [OFFER]}
    s = load_scenario("template")
    switches = s.parameters.switches.model_copy(update=off)
    parameters = s.parameters.model_copy(update={"switches": switches})
    assert left_to_rules(Imposed(opening(s, parse_policy(raw, "p.toml"), parameters=parameters))) == ()


def test_a_check_of_a_policy_lists_it():
    result = check("korea-2017/history")
    assert result.left
    assert result.to_json()["left_to_rules"] == list(result.left)
    assert f"left to the rules: {result.left[0]}" in repr(result)
