"""Policy files: moves, levers, inheritance, and their fit to a case."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shipped_cases import every_case

from detente.agents.codes import ACTOR_CHANGES, CONTEXTS, DECISIONS, LEVERS
from detente.model.catalogue import SHIPPED, load_policy, load_scenario, policy_names
from detente.model.errors import InputError
from detente.model.generated_policies import LESSONS, lesson_of, levers_of, parts
from detente.model.policy import DOABLE, MoveSpec, Policy, check_policy, parse_policy

CASE = load_scenario("template")
AFGHANISTAN = load_scenario("afghanistan-2018")
KOREA = load_scenario("korea-2017")

OFFER = {"date": date(2030, 4, 5), "actor": "republic", "do": "offer_truce", "to": "movement"}
OPEN = {"date": date(2030, 4, 5), "actor": "republic", "do": "open_track", "track": "front"}
GIVE = {"date": date(2030, 4, 5), "actor": "republic", "do": "give_measure", "measure": "prisoner-release"}
CALM = {
    "watch": "deaths",
    "between": ["republic", "movement"],
    "below": 0.5,
    "relative": True,
    "for_days": 30,
}


def policy(**keys: Any) -> Policy:
    """A policy of the template, checked against it."""
    raw = {"name": "mine", "title": "Mine", "summary": "A policy."} | keys
    found = parse_policy(raw, "mine.toml")
    check_policy(found, CASE)
    return found


def moves(*raw: dict[str, Any]) -> tuple[MoveSpec, ...]:
    return policy(move=list(raw)).move


def refusal(**keys: Any) -> str:
    with pytest.raises(InputError) as caught:
        policy(**keys)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith(("mine.toml: ", "policy 'mine': "))
    return text


# -- what is shipped


@pytest.mark.parametrize("case", every_case())
def test_shipped_policies_fit_their_case(case: str) -> None:
    scenario = load_scenario(case)
    names = policy_names(scenario)
    assert "status-quo" in names
    for name in names:
        found = load_policy(scenario, name)
        assert found.name == name
        assert Policy.model_validate(found.model_dump()).sha256 == found.sha256


def test_june_truce_has_a_window_for_each_side() -> None:
    history = load_policy(AFGHANISTAN, "history")
    truce = [m for m in history.move if m.date and date(2018, 6, 1) <= m.date <= date(2018, 6, 30)]
    offer, answer, extension, refused = truce
    assert (offer.actor, offer.do, offer.start, offer.end) == (
        "afghan-government",
        "offer_truce",
        date(2018, 6, 12),
        date(2018, 6, 19),
    )
    assert (answer.actor, answer.to, answer.sort) == ("taliban", "afghan-government", "reply")
    assert (answer.start, answer.end) == (date(2018, 6, 15), date(2018, 6, 17))
    assert (extension.do, extension.end) == ("extend_truce", date(2018, 6, 29))
    assert (refused.do, refused.what) == ("block", "extend_truce")
    assert not [m for m in truce if "united-states" in (m.actor, m.to)]


def test_history_is_dated_noted_and_known_in_time() -> None:
    history = load_policy(AFGHANISTAN, "history")
    assert history.mode == "until"
    assert history.until == date(2018, 7, 22)
    dates = [m.date for m in history.move]
    assert None not in dates
    assert dates == sorted(dates, key=str)
    assert all(m.note or m.source for m in history.move)
    # nothing after the day of the essay was known before it, so mode 'until' imposes the June truce alone
    later = [m for m in history.move if m.date and m.date > date(2018, 7, 22)]
    assert all(m.known and m.known > date(2018, 7, 22) for m in later)


def test_counterfactuals_share_history() -> None:
    history, quo, lessons = (load_policy(AFGHANISTAN, n) for n in ("history", "status-quo", "five-lessons"))
    assert history.move == quo.move == lessons.move
    assert quo.mode == lessons.mode == "until"
    assert not history.levers
    assert not quo.levers
    assert set(lessons.levers.values()) == {0.8}
    assert {lesson_of(lever) for lever in lessons.levers} == set(LESSONS)
    assert [(q.actor, q.start) for q in quo.quiet] == [("united-states", date(2018, 7, 23))]


def test_presence_only_falls() -> None:
    left = [m.amount for m in load_policy(AFGHANISTAN, "history").move if m.do == "draw_down"]
    assert left == sorted(left, key=lambda x: -(x or 0.0))
    assert left[-1] == 0.0


def test_history_of_korea_is_dated_and_predicted_from_the_pivot() -> None:
    history = load_policy(KOREA, "history")
    assert history.mode == "until"
    assert history.until is not None
    assert (KOREA.case.pivot - history.until).days == 1
    dates = [m.date for m in history.move]
    assert None not in dates
    assert dates == sorted(dates, key=str)
    assert all(m.note for m in history.move)
    # nothing but the calendar was known before the pivot, so mode 'until' leaves everything to the rules
    known = [m for m in history.move if m.known and m.known <= history.until]
    assert {m.sort for m in known} == {"context"}


def test_cancelled_summit_is_rescued_within_two_days() -> None:
    summit = [m for m in load_policy(KOREA, "history").move if m.track == "us-north-summit"]
    called_off = next(m for m in summit if m.do == "leave_track")
    again = next(m for m in summit if m.do == "open_track" and m.date and m.date >= called_off.date)
    assert (called_off.actor, called_off.date) == ("united-states", date(2018, 5, 24))
    assert again.date == date(2018, 5, 26)


# -- lessons alone, and left out


def test_lessons_share_out_the_levers() -> None:
    assert sorted(lever for lesson in LESSONS for lever in levers_of(lesson)) == sorted(LEVERS)
    assert {"confidence_building", "ceasefires"} <= set(levers_of("confidence-building"))
    assert {"parallel_tracks", "mediation"} <= set(levers_of("parallel-tracks"))


@pytest.mark.parametrize("case", every_case())
@pytest.mark.parametrize("lesson", LESSONS)
def test_generated_policies_are_parts_of_five_lessons(case: str, lesson: str) -> None:
    scenario = load_scenario(case)
    whole = load_policy(scenario, "five-lessons")
    only, without = (load_policy(scenario, f"{word}-{lesson}") for word in ("only", "without"))
    assert only.move == without.move == whole.move
    assert (only.mode, only.until, only.quiet) == (whole.mode, whole.until, whole.quiet)
    assert only.levers == {k: value for k, value in whole.levers.items() if k in levers_of(lesson)} != {}
    assert only.levers | without.levers == whole.levers
    assert not only.levers.keys() & without.levers.keys()
    assert len({only.sha256, without.sha256, whole.sha256}) == 3


def test_generated_policies_need_the_whole_and_give_way_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "case.toml").write_bytes((SHIPPED / "template/case.toml").read_bytes())
    mine = load_scenario(tmp_path / "case.toml")
    write(tmp_path / "policies", "plain", mode="'free'")
    assert policy_names(mine) == ["plain"]
    with pytest.raises(InputError, match="unknown policy 'only-recognition'; expected plain"):
        load_policy(mine, "only-recognition")
    write(tmp_path / "policies", "five-lessons", mode="'free'", levers={"mediation": 0.5, "recognition": 0.7})
    assert policy_names(mine) == ["five-lessons", "plain", *parts()]
    assert load_policy(mine, "only-recognition").levers == {"recognition": 0.7}
    assert load_policy(mine, "only-force-posture").levers == {}
    write(tmp_path / "policies", "only-recognition", mode="'free'", levers={"recognition": 0.1})
    assert load_policy(mine, "only-recognition").levers == {"recognition": 0.1}
    assert policy_names(mine).count("only-recognition") == 1


def test_generated_policies_can_be_extended_and_misspelt(tmp_path: Path) -> None:
    file = write(tmp_path, "mine", extends="'only-recognition'", levers={"mediation": 0.2})
    assert load_policy(CASE, file).levers == {"recognition": 0.8, "mediation": 0.2}
    with pytest.raises(InputError, match=r"did you mean 'without-direct-channel'\?"):
        load_policy(CASE, "without-direct-chanel")


# -- joint moves


@pytest.mark.parametrize(
    ("joint", "act", "reply"),
    [
        (OFFER | {"until": date(2030, 4, 9)}, ("offer_truce", "movement"), ("answer_truce", "republic")),
        (OPEN | {"to": "movement"}, ("open_track", None), ("open_track", None)),
        (GIVE | {"to": "movement", "amount": 0.4}, ("give_measure", None), ("answer_measure", None)),
    ],
)
def test_joint_move_is_an_act_and_a_reply(joint: Any, act: Any, reply: Any) -> None:
    first, second = moves(joint | {"sort": "joint", "note": "why"})
    assert (first.sort, first.actor, first.do, first.to) == ("act", "republic", *act)
    assert (second.sort, second.actor, second.do, second.to) == ("reply", "movement", *reply)
    assert (first.date, first.end, first.note) == (second.date, second.end, second.note)
    assert (first.amount, second.amount) == (joint.get("amount"), None)
    for part in (first, second):  # each part is a valid move of its own
        assert MoveSpec.model_validate(part.model_dump(exclude_none=True)) == part


def test_each_decision_can_be_imposed_and_ruled_out() -> None:
    assert {d for options in DOABLE.values() for d in options} == {
        *DECISIONS,
        *CONTEXTS,
        *ACTOR_CHANGES,
        "invite_mediators",
        "block",
        "lever",
        "sign_agreement",
        "plebiscite",
        "peacekeepers",
    }
    block = {"date": date(2030, 4, 5), "do": "block", "actor": "movement", "sort": "reply"}
    found = moves(block | {"what": "answer_truce", "to": "republic", "until": date(2030, 5, 1)})
    assert found[0].what == "answer_truce"
    assert moves(block | {"what": "answer_measure", "measure": "prisoner-release"})[0].end is None


# -- what is refused, and how

DAY = date(2030, 4, 5)
BAD_MOVES: list[tuple[dict[str, Any], str]] = [
    (OFFER | {"sort": "outcome"}, "outcomes can only be scored, never imposed"),
    (OFFER | {"sort": "actt"}, "did you mean 'act'"),
    (OFFER | {"do": "offer_truse"}, r"\[move 1\]\.do: got 'offer_truse'; .*did you mean 'offer_truce'\?"),
    (OFFER | {"do": "answer_truce"}, "for a move of sort 'act' one of"),
    (OFFER | {"do": "window"}, "for a move of sort 'act' one of"),
    (OFFER | {"sort": "context"}, "for a move of sort 'context' one of: window, setback"),
    (OFFER | {"when": CALM}, "either a date or a condition"),
    ({k: v for k, v in OFFER.items() if k != "date"}, "either a date or a condition"),
    ({k: v for k, v in OFFER.items() if k != "to"}, r"\[move 1\]\.to: got None; expected this key"),
    (OFFER | {"to": "republic"}, "another party than the actor"),
    (OFFER | {"to": "rebels"}, r"\.to: got 'rebels'; expected one of: movement, republic"),
    (OFFER | {"actor": "republik"}, "did you mean 'republic'"),
    (
        OFFER | {"track": "front"},
        r"\.track: got 'front'; expected no such key on a move that does 'offer_truce'",
    ),
    (OFFER | {"amount": 1.0}, "expected no such key"),
    (
        OFFER | {"from": date(2030, 5, 2), "until": date(2030, 5, 1)},
        r"\.until: got 2030-05-01; expected a date on",
    ),
    (OFFER | {"until": date(2030, 4, 4)}, r"\.until: got 2030-04-04; expected a date on or after 2030-04-05"),
    (
        OFFER | {"date": date(2040, 1, 1)},
        r"\.date: got 2040-01-01; expected a date from 2030-01-01 to 2031-12-31",
    ),
    (
        OFFER | {"known_from": date(2030, 4, 6)},
        r"\.date: got 2030-04-05; expected a date on or after 2030-04-06",
    ),
    (OFFER | {"dat": DAY}, "got an unknown key; .*did you mean 'date'"),
    (OFFER | {"sort": "joint", "do": "leave_track", "track": "front"}, "for a move of sort 'joint' one of"),
    (OPEN | {"track": "fornt"}, "did you mean 'front'"),
    (OPEN | {"to": "movement"}, "expected no such key"),
    (GIVE | {"measure": "captive-release"}, "a measure that republic gives"),
    (GIVE | {"amount": 4.0}, r"\.amount: got 4.0; expected a number of at most 3"),
    (GIVE | {"do": "reverse_measure"}, "a measure that is reversible"),
    (GIVE | {"do": "answer_measure", "sort": "reply"}, "a measure that republic receives"),
    ({"date": DAY, "actor": "republic", "do": "draw_down"}, "a patron, which has forces to draw down"),
    (
        {"date": DAY, "actor": "movement", "do": "lever", "lever": "ceasefires", "amount": 0.5},
        "expected a sponsor",
    ),
    (
        {"date": DAY, "actor": "republic", "do": "lever", "lever": "ceasefire", "amount": 0.5},
        "mean 'ceasefires'",
    ),
    (
        {"date": DAY, "actor": "republic", "do": "lever", "lever": "ceasefires"},
        r"\.amount: got None; expected this",
    ),
    (
        {"date": DAY, "actor": "republic", "do": "lever", "lever": "ceasefires", "amount": 2},
        "a number from 0 to 1",
    ),
    ({"date": DAY, "actor": "republic", "do": "block"}, r"\.what: got None; expected this key"),
    (
        {"date": DAY, "actor": "republic", "do": "block", "what": "open_track"},
        r"\.track: got None; expected this",
    ),
    ({"date": DAY, "actor": "republic", "do": "window", "sort": "context", "amount": 2.5}, "from 0 to 2"),
]

BAD_CONDITIONS: list[tuple[dict[str, Any], str]] = [
    ({"above": 0.5}, "exactly one of below and above"),
    ({"watch": "death"}, r"\[move 1\.when\]\.watch: got 'death'; .*did you mean 'deaths'"),
    ({"watch": "trust"}, "relative = true only with watch = 'deaths'"),
    ({"between": ["republic", "rebels"]}, r"\.when\.between: got 'rebels'; expected one of"),
    ({"for_days": -1}, r"\[move 1\.when\]\.for_days: got -1; expected a number of at least 0"),
]


@pytest.mark.parametrize(("move", "expected"), BAD_MOVES)
def test_bad_move_is_named(move: dict[str, Any], expected: str) -> None:
    assert re.search(expected, refusal(move=[move]))


@pytest.mark.parametrize(("change", "expected"), BAD_CONDITIONS)
def test_bad_condition_is_named(change: dict[str, Any], expected: str) -> None:
    move = {k: v for k, v in GIVE.items() if k != "date"}
    assert moves(move | {"when": CALM})[0].when is not None
    assert re.search(expected, refusal(move=[move | {"when": CALM | change}]))


def test_bad_settings_are_named() -> None:
    assert "[levers].direct_channel: got 1.5; expected a number of at most 1" in refusal(
        levers={"direct_channel": 1.5}
    )
    assert "did you mean 'recognition'?" in refusal(levers={"recogniton": 0.5})
    assert "expected a date, since mode is 'until'" in refusal(mode="until")
    assert "no such key, since mode is 'free'" in refusal(mode="free", until=DAY)
    assert "mode: got 'forced'; expected one of: free, until or conditioned" in refusal(mode="forced")
    assert "until: got 2035-01-01; expected a date from" in refusal(mode="until", until=date(2035, 1, 1))
    assert "[quiet 1].actor: got 'nobody'" in refusal(quiet=[{"actor": "nobody", "from": DAY}])
    quiet = {"actor": "republic", "from": DAY, "until": date(2030, 1, 5)}
    assert "[quiet 1].until: got 2030-01-05; expected a date on or after" in refusal(quiet=[quiet])


# -- inheritance


def write(folder: Path, name: str, **keys: Any) -> Path:
    """A policy file with simple keys and, for ``moves``, truce offers at those dates."""
    lines = [f'name = "{name}"', 'title = "T"', 'summary = "S"']
    lines += [f"{k} = {v}" for k, v in keys.items() if k not in ("moves", "levers")]
    if "levers" in keys:
        lines += ["[levers]", *(f"{k} = {v}" for k, v in keys["levers"].items())]
    for day in keys.get("moves", []):
        lines += ["[[move]]", f"date = {day}", 'actor = "republic"', 'do = "offer_truce"', 'to = "movement"']
    file = folder / f"{name}.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_extending_adds_moves_and_overrides_levers(tmp_path: Path) -> None:
    write(tmp_path, "a", mode="'until'", until="2030-06-01", moves=["2030-02-01"], levers={"mediation": 0.2})
    b = write(
        tmp_path, "b", extends="'a'", moves=["2030-03-01"], levers={"mediation": 0.5, "ceasefires": 0.1}
    )
    found = load_policy(CASE, b)
    assert [m.date for m in found.move] == [date(2030, 2, 1), date(2030, 3, 1)]
    assert found.levers == {"mediation": 0.5, "ceasefires": 0.1}
    assert (found.mode, found.until) == ("until", date(2030, 6, 1))
    assert load_policy(CASE, write(tmp_path, "c", extends="'b'", mode="'conditioned'")).until is None


def test_extending_finds_the_case_s_own_policies(tmp_path: Path) -> None:
    file = write(tmp_path, "mine", extends="'opening'")
    assert load_policy(CASE, str(file)).move == load_policy(CASE, "opening").move


def test_extending_in_a_circle_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a", extends="'b'")
    b = write(tmp_path, "b", extends="'a'")
    with pytest.raises(InputError, match=r"b\.toml: extends: got the circle b -> a -> b"):
        load_policy(CASE, b)
    with pytest.raises(InputError, match="got the circle c -> c"):
        load_policy(CASE, write(tmp_path, "c", extends="'c'"))


def test_faults_of_a_parent_name_its_file(tmp_path: Path) -> None:
    write(tmp_path, "a", mod="'free'")
    b = write(tmp_path, "b", extends="'a'")
    with pytest.raises(InputError, match=r"a\.toml: mod: got an unknown key.*did you mean 'mode'"):
        load_policy(CASE, b)
    with pytest.raises(InputError, match=r"c\.toml: extends: got 3; expected the name of a policy"):
        load_policy(CASE, write(tmp_path, "c", extends="3"))
    with pytest.raises(InputError, match=r"d\.toml: extends: policy 'openin'.*did you mean 'opening'"):
        load_policy(CASE, write(tmp_path, "d", extends="'openin'"))


def test_unknown_policy_lists_the_valid_ones() -> None:
    with pytest.raises(
        InputError,
        match=r"unknown policy 'openning'; expected one of: status-quo, five-lessons, opening, only-.*'opening'\?",
    ):
        load_policy(CASE, "openning")


def test_policy_of_another_case_is_refused_with_its_file() -> None:
    file = SHIPPED / "afghanistan-2018/policies/history.toml"
    with pytest.raises(InputError, match=r"history\.toml: .*\(case template\)"):
        load_policy(CASE, file)
