"""Agreements and plebiscites that a policy imposes: what it writes, how it is refused, the moves that come of it."""

import re
from datetime import date
from typing import Any

import pytest

from detente.agents import codes
from detente.agents.state import ALL_TOPICS
from detente.model.catalogue import load_scenario
from detente.model.errors import InputError
from detente.model.moves import FOREVER, MoveBook, Plan, plan_policy, splice, with_decisions
from detente.model.opening import cast_and_records
from detente.model.policy import MoveSpec, Policy, check_policy, parse_policy, parts_of

CASE = load_scenario("template")
CAST, RECORDS, _ = cast_and_records(CASE, CASE.parameters)
BOOK = MoveBook(CASE, CAST, RECORDS["choices"], RECORDS["parties"], CASE.case.start)
DAY, LATER = date(2030, 4, 5), date(2030, 9, 1)
SIGN = {"date": DAY, "sort": "joint", "do": "sign_agreement", "actor": "republic", "to": "movement"}
VOTE = {
    "date": LATER,
    "sort": "context",
    "do": "plebiscite",
    "actor": "movement",
    "to": "republic",
    "amount": 0.498,
}
BLOCK = {"date": DAY, "actor": "movement", "do": "block", "what": "sign_agreement", "to": "republic"}
DAYS = float((DAY - CASE.case.start).days)
LATER_DAYS = float((LATER - CASE.case.start).days)


def policy(*moves: dict[str, Any], **keys: Any) -> Policy:
    """A policy of the template of these moves, checked against it."""
    raw = {
        "name": "mine",
        "title": "Mine",
        "summary": "A policy.",
        "mode": "conditioned",
        "move": list(moves),
    } | keys
    found = parse_policy(raw, "mine.toml")
    check_policy(found, CASE)
    return found


def refusal(move: dict[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        policy(move)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(("mine.toml: ", "policy 'mine': "))
    return text


# -- what a policy may write


def test_an_agreement_is_one_move_of_both_sides():
    (move,) = policy(SIGN).move
    assert (move.sort, move.do, move.actor, move.to, move.issues) == (
        "joint",
        "sign_agreement",
        "republic",
        "movement",
        None,
    )
    assert parts_of(move) == (move,)
    assert MoveSpec.model_validate(move.model_dump(exclude_none=True)) == move


BAD: list[tuple[dict[str, Any], str]] = [
    (
        SIGN | {"issues": ["prisoner"]},
        r"\.issues: got 'prisoner'; expected one of: .*did you mean 'prisoners'\?",
    ),
    (SIGN | {"issues": []}, r"\.issues: got .*; expected at least 1"),
    (SIGN | {"issues": "land"}, r"\.issues: got 'land'; expected"),
    (SIGN | {"ceasefire": "none"}, r"\.ceasefire: got 'none'; expected"),
    (VOTE | {"ceasefire": False}, "expected no such key"),
    (BLOCK | {"to": "republik"}, r"\.to: got 'republik'; .*did you mean 'republic'\?"),
    ({k: v for k, v in BLOCK.items() if k != "to"}, r"\.to: got None; expected this key"),
    (BLOCK | {"what": "sign_agrement"}, r"did you mean 'sign_agreement'\?"),
    (SIGN | {"to": "republik"}, r"\.to: got 'republik'; .*did you mean 'republic'\?"),
    (SIGN | {"actor": "republik"}, r"\.actor: got 'republik'; .*did you mean 'republic'\?"),
    (
        SIGN | {"actor": "republik", "issues": ["land"]},
        r"\.actor: got 'republik'; .*did you mean 'republic'\?",
    ),
    ({k: v for k, v in SIGN.items() if k != "to"}, r"\.to: got None; expected this key"),
    (SIGN | {"to": "republic"}, "another party than the actor"),
    (SIGN | {"amount": 0.5}, "expected no such key"),
    (SIGN | {"track": "front"}, "expected no such key"),
    (SIGN | {"sort": "act"}, "for a move of sort 'act' one of"),
    (SIGN | {"do": "sign_agrement"}, r"did you mean 'sign_agreement'\?"),
    (SIGN | {"do": "open_track", "track": "front", "issues": ["land"]}, "expected no such key"),
    (VOTE | {"amount": 1.2}, r"\.amount: got 1.2; expected a number from 0 to 1"),
    ({k: v for k, v in VOTE.items() if k != "amount"}, r"\.amount: got None; expected this key"),
    ({k: v for k, v in VOTE.items() if k != "to"}, r"\.to: got None; expected this key"),
    (VOTE | {"issues": ["land"]}, "expected no such key"),
    (VOTE | {"sort": "joint"}, "for a move of sort 'joint' one of"),
    (VOTE | {"to": "mvement"}, "got 'mvement'; expected"),
]


@pytest.mark.parametrize(("move", "expected"), BAD)
def test_a_bad_agreement_or_vote_is_refused_in_one_line(move, expected):
    text = refusal(move)
    assert re.search(expected, text), text
    assert text.count("; expected") == 1


def test_only_those_who_fight_can_agree():
    afghan = load_scenario("afghanistan-2018")
    raw = {"name": "mine", "title": "Mine", "summary": "", "move": [SIGN | {"date": date(2020, 2, 29)}]}
    raw["move"][0] |= {"actor": "united-states", "to": "afghan-government"}
    with pytest.raises(
        InputError, match=r"\.to: got 'afghan-government'; expected a party that united-states is hostile to"
    ):
        check_policy(parse_policy(raw, "mine.toml"), afghan)


# -- the moves that come of it


def planned(*moves: dict[str, Any], mode: str = "conditioned", until: date | None = None) -> Plan:
    return plan_policy(BOOK, policy(*moves), {}, mode=mode, until=until)


def of(plan: Plan, effect: int) -> list[dict[str, Any]]:
    return [dict(m) for m in plan.moves if m["effect"] == effect]


@pytest.mark.parametrize(
    ("issues", "topics"),
    [(None, -1), (["ceasefire"], 0b1), (["land", "prisoners"], 0b1010), (["land", "land"], 0b1000)],
)
def test_issues_are_bits_of_the_topics_of_the_pair(issues, topics):
    move = SIGN | ({"issues": issues} if issues else {})
    (signed,) = of(planned(move), codes.SIGN)
    assert (signed["day"], signed["subject"], signed["topics"]) == (DAYS, 0, topics)
    assert topics < ALL_TOPICS


def test_a_vote_names_who_holds_it_and_its_share():
    (vote,) = of(planned(VOTE), codes.VOTE)
    voter = [p.name for p in CASE.party].index("movement")
    assert (vote["day"], vote["actor"], vote["subject"], vote["amount"]) == (LATER_DAYS, voter, 0, 0.498)


def test_peacekeepers_are_a_fact_of_the_world_between_two_sides():
    move = VOTE | {"do": "peacekeepers", "amount": 0.6}
    for mode in ("conditioned", "free"):
        (sent,) = of(planned(move, mode=mode), codes.KEEP_PEACE)
        assert (sent["day"], sent["subject"], sent["amount"]) == (LATER_DAYS, 0, 0.6)


@pytest.mark.parametrize(
    ("mode", "until", "signed", "ends"),
    [
        ("conditioned", None, 1, FOREVER),
        ("until", DAY, 1, DAYS + 1.0),
        ("until", date(2030, 4, 4), 0, None),
        ("free", None, 0, None),
    ],
)
def test_modes_impose_agreements_as_other_acts_and_keep_the_rule_silent_meanwhile(mode, until, signed, ends):
    plan = planned(SIGN | {"known_from": DAY}, VOTE, mode=mode, until=until)
    assert len(of(plan, codes.SIGN)) == signed
    assert [(m["day"], m["subject"], m["until_day"]) for m in of(plan, codes.SIGN_BY_POLICY)] == (
        [(0.0, 0, ends)] if signed else []
    )
    assert len(of(plan, codes.VOTE)) == 1  # a fact of the world in every mode


def test_an_agreement_that_waits_for_a_condition_silences_nothing():
    calm = {"watch": "deaths", "between": ["republic", "movement"], "below": 0.5, "for_days": 30}
    plan = planned({k: v for k, v in SIGN.items() if k != "date"} | {"when": calm}, mode="free")
    assert (len(of(plan, codes.SIGN)), of(plan, codes.SIGN_BY_POLICY)) == (1, [])


def test_two_agreements_of_one_pair_silence_it_once():
    plan = planned(SIGN, SIGN | {"date": LATER})
    assert (len(of(plan, codes.SIGN)), len(of(plan, codes.SIGN_BY_POLICY))) == (2, 1)


def test_a_users_own_agreement_is_made_in_every_mode_and_silences_nothing():
    decision = policy(SIGN | {"issues": ["land"]}).move
    plan = with_decisions(BOOK, planned(mode="free"), decision)
    assert [m["topics"] for m in of(plan, codes.SIGN)] == [0b1000]
    assert of(plan, codes.SIGN_BY_POLICY) == []


@pytest.mark.parametrize(
    ("day", "signed", "window"), [(DAYS, 0, (0.0, DAYS)), (DAYS + 1.0, 1, (0.0, DAYS + 1.0))]
)
def test_where_another_policy_follows_the_first_ones_agreements_end(day, signed, window):
    plan = splice(planned(SIGN), planned(), day)
    assert len(of(plan, codes.SIGN)) == signed
    assert [(m["day"], m["until_day"]) for m in of(plan, codes.SIGN_BY_POLICY)] == [window]


def test_where_a_policy_with_agreements_follows_they_begin():
    plan = splice(planned(), planned(SIGN, VOTE), 50.0)
    assert [m["day"] for m in of(plan, codes.SIGN)] == [DAYS]
    assert [m["day"] for m in of(plan, codes.VOTE)] == [LATER_DAYS]
    assert [(m["day"], m["until_day"]) for m in of(plan, codes.SIGN_BY_POLICY)] == [(50.0, FOREVER)]
    late = splice(planned(), planned(SIGN, VOTE), LATER_DAYS + 1.0)
    assert (of(late, codes.SIGN), of(late, codes.VOTE)) == ([], [])


@pytest.mark.parametrize(("ceasefire", "amount"), [(None, -1.0), (True, -1.0), (False, 0.0)])
def test_an_agreement_has_a_ceasefire_unless_it_says_that_it_has_none(ceasefire, amount):
    (signed,) = of(planned(SIGN | ({} if ceasefire is None else {"ceasefire": ceasefire})), codes.SIGN)
    assert signed["amount"] == amount


@pytest.mark.parametrize(("until", "end"), [(None, FOREVER), (LATER, LATER_DAYS + 1)])
def test_a_block_rules_an_agreement_out_from_its_day(until, end):
    (ruled,) = of(planned(BLOCK | ({} if until is None else {"until": until})), codes.SIGN_BY_POLICY)
    assert (ruled["day"], ruled["subject"], ruled["until_day"]) == (DAYS, 0, end)


def test_a_decision_that_rules_an_agreement_out_takes_it_out_of_the_policy():
    plan = planned(SIGN)
    (decision,) = policy(BLOCK).move
    assert of(with_decisions(BOOK, plan, [decision]), codes.SIGN) == []
    (earlier,) = policy(BLOCK | {"until": DAY, "date": CASE.case.start}).move
    assert of(with_decisions(BOOK, plan, [earlier]), codes.SIGN) == []
    (later,) = policy(BLOCK | {"date": LATER}).move
    assert len(of(with_decisions(BOOK, plan, [later]), codes.SIGN)) == 1
