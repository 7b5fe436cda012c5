"""What is legal in a policy and probably not meant: each rule has a policy it speaks of, and one that it does not."""

import copy
import tomllib
from datetime import date
from typing import Any

import pytest
from shipped_cases import every_case

from detente.experiments.cases.policy_warnings import RULES, policy_remarks, same_policies
from detente.model.catalogue import SHIPPED, load_scenario, policy_names
from detente.model.crosscheck import check_policy
from detente.model.opening import opening
from detente.model.policy import parse_policy
from detente.model.request import checked_decisions, merged_parameters, open_case
from detente.model.scenario import parse_scenario

Move = dict[str, Any]
BETWEEN = ["republic", "movement"]


def day(text: str) -> date:
    return date.fromisoformat(text)


def move(do: str, when: str | None = "2030-05-01", actor: str = "republic", **keys: Any) -> Move:
    keys = {{"since": "from"}.get(key, key): value for key, value in keys.items()}
    return {"actor": actor, "do": do, **({"date": day(when)} if when else {}), **keys}


def offer(when: str = "2030-05-01", **keys: Any) -> Move:
    return move("offer_truce", when, to="movement", **keys)


def answer(when: str = "2030-05-01", **keys: Any) -> Move:
    return move("answer_truce", when, actor="movement", to="republic", sort="reply", **keys)


def triggered(**when: Any) -> Move:
    return {**move("give_measure", None, measure="prisoner-release"), "when": {"between": BETWEEN, **when}}


def remarked(*moves: Move, case: dict[str, Any] | None = None, **policy: Any) -> dict[str, list[str]]:
    """Lines by rule for a policy of these moves in the template, or a case like it."""
    raw = tomllib.loads((SHIPPED / "template" / "case.toml").read_text(encoding="utf-8"))
    raw |= copy.deepcopy(case or {})
    scenario = parse_scenario(raw, "x.toml")
    options = {key: policy.pop(key) for key in ("parameters", "step_days", "decisions") if key in policy}
    parsed = parse_policy({"name": "p", "title": "P", "summary": "", "move": list(moves), **policy}, "p.toml")
    check_policy(parsed, scenario)
    options["parameters"] = merged_parameters(scenario.parameters, options.get("parameters"))
    options["decisions"] = checked_decisions(scenario, options.get("decisions", ()))
    lines: dict[str, list[str]] = {}
    for remark in policy_remarks(opening(scenario, parsed, **options)):
        lines.setdefault(remark.name, []).append(remark.text)
    return lines


def keepers(amount: float, when: str = "2030-05-01") -> Move:
    return move("peacekeepers", when, to="movement", sort="context", amount=amount)


OPEN = move("open_track", track="front")
PROVOCATIONS = {
    "relation": [
        {"between": BETWEEN, "hostile": True, "attacks": [1.0, 1.0], "trust": [0.4, 0.4], "lethal": False}
    ]
}
"""A case whose attacks kill nobody."""
SPOKEN: list[tuple[str, dict[str, Any], list[Move], str]] = [
    ("moves-left-to-the-rules", {"mode": "free"}, [OPEN], "none of 1 dated acts"),
    ("lever-set-in-vain", {"levers": {"force_posture": 0.5}}, [], "lever force_posture"),
    ("lever-set-in-vain", {}, [move("lever", lever="force_posture", amount=0.5)], "lever force_posture"),
    ("lever-set-in-vain", {"case": {"mediator": []}}, [move("invite_mediators")], "lever mediation"),
    ("parameter-set-in-vain", {"parameters": {"violence": {"pressed": 0.5}}}, [], "violence.pressed"),
    (
        "lever-overwritten",
        {"levers": {"mediation": 0.4}},
        [move("lever", "2030-02-01", lever="mediation", amount=0.9)],
        "holds until 2030-03-01 only",
    ),
    (
        "move-of-a-mechanism-that-is-off",
        {"parameters": {"switches": {"talks": 0}}},
        [OPEN],
        "switches.talks is 0",
    ),
    ("window-before-its-move", {}, [offer(since=day("2030-04-01"), until=day("2030-06-01"))], "2030-04-01"),
    (
        "imposed-and-ruled-out",
        {},
        [move("block", "2030-05-01", what="open_track", track="front"), OPEN],
        "made all the same",
    ),
    (
        "imposed-and-ruled-out",
        {"quiet": [{"actor": "republic", "from": day("2030-01-01")}]},
        [OPEN],
        "from 2030-01-01 to 2031-12-31",
    ),
    ("made-twice", {}, [OPEN, OPEN], "twice on this day"),
    ("undone-the-same-day", {}, [OPEN, move("leave_track", track="front")], "undoes on the same day"),
    ("before-anything-it-builds-on", {}, [move("leave_track", track="front")], "no open_track"),
    (
        "before-anything-it-builds-on",
        {},
        [
            move("reverse_measure", "2030-04-01", measure="political-office"),
            move("give_measure", measure="political-office"),
        ],
        "no give_measure",
    ),
    ("before-anything-it-builds-on", {}, [move("extend_truce", to="movement")], "no offer_truce or answer"),
    ("answer-without-offer", {}, [answer()], "republic offers no truce before it"),
    ("truce-that-the-other-may-answer", {}, [offer()], "movement answers, or not, by its own rule"),
    ("talks-that-the-rules-may-leave", {}, [OPEN], "republic and movement may leave it"),
    (
        "track-ruled-out-throughout",
        {},
        [move("block", "2030-01-01", what="open_track", track="front")],
        "[track: front]: never opens",
    ),
    (
        "step-without-effect",
        {},
        [move("give_measure", measure="political-office", amount=2.0)],
        "cut to the measure's max_cost, 0.8",
    ),
    ("step-without-effect", {}, [move("give_measure", measure="political-office", amount=0.0)], "0 gives"),
    (
        "offensive-that-kills-nobody",
        {"case": PROVOCATIONS},
        [move("launch_offensive", to="movement")],
        "attacks on movement are provocations",
    ),
    (
        "move-of-a-mechanism-that-is-off",
        {"parameters": {"switches": {"level": 0}}},
        [move("launch_offensive", to="movement")],
        "switches.level is 0",
    ),
    ("peacekeepers-without-effect", {}, [keepers(0.0, "2030-01-02")], "as they are, at 0"),
    ("peacekeepers-without-effect", {}, [keepers(0.4), keepers(0.4, "2030-06-01")], "as they are, at 0.4"),
    (
        "peacekeepers-without-effect",
        {"parameters": {"switches": {"endings": 0}}},
        [keepers(0.4)],
        "switches.endings is 0",
    ),
    ("trigger-never-met", {}, [triggered(watch="trust", above=1.0)], "never above 1"),
    ("trigger-never-met", {}, [triggered(watch="deaths", below=0.0)], "never below 0"),
    ("trigger-never-met", {}, [triggered(watch="truce_days", above=800.0)], "never above 730"),
    ("trigger-never-met", {}, [triggered(watch="trust", above=0.5, for_days=1000.0)], "the case has 730"),
    (
        "trigger-never-met",
        {"case": {"track": []}},
        [triggered(watch="talks_progress", above=0.5)],
        "no track",
    ),
    (
        "trigger-never-met",
        {"parameters": {"switches": {"ceasefires": 0}}},
        [triggered(watch="truce_days", above=5.0)],
        "ceasefires are switched off",
    ),
    (
        "trigger-never-met",
        {"parameters": {"switches": {"talks": 0}}},
        [triggered(watch="talks_progress", above=0.5)],
        "talks are switched off",
    ),
    ("trigger-never-met", {}, [triggered(watch="readiness", above=1.0)], "never above 1"),
    ("trigger-met-at-once", {}, [triggered(watch="trust", above=0.9, for_days=0.0)], "on the first day"),
    ("trigger-met-at-once", {}, [triggered(watch="readiness", below=1.5)], "always below 1.5"),
    ("trigger-met-at-once", {}, [triggered(watch="truce_days", below=5.0, for_days=3.0)], "after 3 days"),
]


@pytest.mark.parametrize(
    ("rule", "policy", "moves", "words"), SPOKEN, ids=[f"{k}-{rule}" for k, (rule, *_) in enumerate(SPOKEN)]
)
def test_a_policy_that_the_rule_speaks_of(
    rule: str, policy: dict[str, Any], moves: list[Move], words: str
) -> None:
    assert words in " ".join(remarked(*moves, **policy)[rule])


HARMLESS = [
    move("lever", "2031-02-01", lever="mediation", amount=0.5),
    move("open_track", "2030-01-05", track="direct"),
    move("give_measure", "2030-01-06", measure="prisoner-release", amount=0.3),
    offer("2030-01-07"),
    answer("2030-01-07"),
    move("launch_offensive", "2030-01-05", to="movement"),
    keepers(0.2, "2030-01-05"),
    move("block", "2030-01-08", what="open_track", track="backchannel", until=day("2030-01-09")),
    {**triggered(watch="trust", above=0.9), "measure": "political-office"},
    *(move("block", "2030-01-05", actor=who, what="leave_track", track="direct") for who in BETWEEN),
]
"""Moves of every kind that no rule speaks of."""


BUILT_ON = ("before-anything-it-builds-on", "answer-without-offer", "truce-that-the-other-may-answer")
"""Rules that the harmless moves would satisfy."""


@pytest.mark.parametrize(
    ("rule", "policy", "moves", "words"),
    [row for row in SPOKEN if row[0] not in BUILT_ON and "case" not in row[1] and "mode" not in row[1]],
)
def test_harmless_moves_beside_those_spoken_of_change_nothing(
    rule: str, policy: dict[str, Any], moves: list[Move], words: str
) -> None:
    assert words in " ".join(remarked(*HARMLESS, *moves, **policy)[rule])
    assert words in " ".join(remarked(*moves, *HARMLESS, **policy)[rule])


@pytest.mark.parametrize("who", BETWEEN)
def test_either_side_may_be_ruled_out_throughout(who: str) -> None:
    short = move("block", "2030-01-01", what="open_track", track="front", until=day("2031-12-30"))
    whole = move("block", "2030-01-01", actor=who, what="open_track", track="direct")
    (line,) = remarked(short, whole)["track-ruled-out-throughout"]
    assert line == f"[track: direct]: never opens: {who} may not open it, from the first day to the last"
    opened = move("open_track", "2030-02-01", track="direct")
    assert "track-ruled-out-throughout" not in remarked(short, whole, opened)


def test_own_decisions_count_as_imposed_and_joint_ones_for_both() -> None:
    """A truce decided on jointly is offered and answered: nothing is left to the other's rule."""
    joint = offer(sort="joint")
    own = remarked(answer("2030-05-02"), decisions=[joint])
    assert "answer-without-offer" not in own
    assert "made-twice" in remarked(answer(), decisions=[joint])
    assert "made-twice" not in remarked(answer(), decisions=[offer()])


def test_harmless_moves_are() -> None:
    assert not set(remarked(*HARMLESS)) - {"truce-that-the-other-may-answer"}


def test_drawdowns_that_leave_forces_as_they_are() -> None:
    history = load_scenario("afghanistan-2018")

    def lines(*amounts: float) -> list[str]:
        moves = [
            {"actor": "united-states", "do": "draw_down", "amount": a, "date": date(2019, 1, 1 + k)}
            for k, a in enumerate(amounts)
        ]
        policy = parse_policy({"name": "p", "title": "P", "summary": "", "move": moves}, "p.toml")
        names = {
            r.text for r in policy_remarks(opening(history, policy)) if r.name == "drawdown-without-effect"
        }
        return sorted(names)

    assert lines(0.8, 0.5, 0.0) == []
    assert len(lines(1.0)) == 1
    assert "2019-01-02" in lines(0.4, 0.6)[0]


def test_every_rule_is_tested_and_described() -> None:
    tested = {rule for rule, *_ in SPOKEN} | {"drawdown-without-effect"}
    assert tested == {rule.__name__.replace("_", "-") for rule in RULES}
    assert all(rule.__doc__ and "\n" not in rule.__doc__ for rule in RULES)


HOLD = [
    move("block", "2030-05-01", actor=who, what="leave_track", track="front")
    for who in ("republic", "movement")
]
SILENT: list[tuple[str, dict[str, Any], list[Move]]] = [
    ("moves-left-to-the-rules", {"mode": "free"}, [move("lever", lever="mediation", amount=0.5)]),
    ("lever-set-in-vain", {"levers": {"recognition": 0.5, "force_posture": 0.0}}, []),
    ("parameter-set-in-vain", {"parameters": {"trust": {"memory": 300.0}}}, []),
    ("lever-overwritten", {"levers": {"mediation": 0.4}}, [move("lever", lever="mediation", amount=0.9)]),
    ("move-of-a-mechanism-that-is-off", {"parameters": {"switches": {"measures": 0}}}, [OPEN]),
    ("window-before-its-move", {}, [offer(since=day("2030-05-10"), until=day("2030-06-01"))]),
    (
        "imposed-and-ruled-out",
        {},
        [move("block", "2030-01-01", what="open_track", track="front", until=day("2030-04-30")), OPEN],
    ),
    ("made-twice", {}, [OPEN, move("open_track", "2030-06-01", track="front")]),
    ("undone-the-same-day", {}, [OPEN, move("leave_track", "2030-05-02", track="front")]),
    ("before-anything-it-builds-on", {}, [OPEN, move("leave_track", "2030-06-01", track="front")]),
    (
        "before-anything-it-builds-on",
        {},
        [offer(), answer(), move("extend_truce", "2030-05-20", to="movement")],
    ),
    ("answer-without-offer", {}, [offer(), answer()]),
    ("truce-that-the-other-may-answer", {}, [offer(), answer()]),
    (
        "truce-that-the-other-may-answer",
        {},
        [offer(), move("block", "2030-05-01", actor="movement", what="answer_truce", to="republic")],
    ),
    ("truce-that-the-other-may-answer", {"decisions": [offer()]}, []),
    ("talks-that-the-rules-may-leave", {}, [OPEN, *HOLD]),
    ("talks-that-the-rules-may-leave", {"mode": "until", "until": day("2030-12-31")}, [OPEN]),
    ("track-ruled-out-throughout", {}, [move("block", "2030-02-01", what="open_track", track="front")]),
    ("step-without-effect", {}, [move("give_measure", measure="political-office", amount=0.8)]),
    ("trigger-never-met", {}, [triggered(watch="trust", above=0.9)]),
    ("trigger-never-met", {}, [triggered(watch="deaths", above=10.0)]),
    ("trigger-never-met", {}, [triggered(watch="talks_progress", above=0.5)]),
    ("trigger-never-met", {}, [triggered(watch="talks_progress", above=0.999)]),
    ("trigger-never-met", {}, [triggered(watch="truce_days", above=729.0)]),
    ("trigger-never-met", {}, [triggered(watch="trust", above=0.5, for_days=730.0)]),
    ("trigger-never-met", {}, [triggered(watch="trust", above=1.0, for_days=0.0)]),
    ("trigger-never-met", {}, [triggered(watch="deaths", below=0.1)]),
    ("trigger-met-at-once", {}, [triggered(watch="trust", below=1.0)]),
    ("trigger-met-at-once", {}, [triggered(watch="trust", below=0.3, for_days=0.5)]),
    ("trigger-met-at-once", {}, [triggered(watch="deaths", below=5.0)]),
    ("trigger-met-at-once", {}, [triggered(watch="truce_days", above=5.0)]),
    ("trigger-met-at-once", {}, [triggered(watch="deaths", below=0.8, relative=True, for_days=30.0)]),
]


@pytest.mark.parametrize(
    ("rule", "policy", "moves"), SILENT, ids=[f"{k}-{rule}" for k, (rule, *_) in enumerate(SILENT)]
)
def test_a_policy_that_the_rule_does_not_speak_of(
    rule: str, policy: dict[str, Any], moves: list[Move]
) -> None:
    assert rule not in remarked(*moves, **policy)


def test_moves_that_the_mode_leaves_out_count_for_nothing() -> None:
    late = move("leave_track", "2031-05-01", track="front")
    assert "before-anything-it-builds-on" in remarked(late)
    assert "before-anything-it-builds-on" not in remarked(late, mode="until", until=day("2030-12-31"))


@pytest.mark.parametrize("case", every_case(without="template"))
def test_the_policies_of_history_give_rise_to_nothing(case: str) -> None:
    starts = {name: open_case(case, name) for name in policy_names(load_scenario(case))}
    assert [r for start in starts.values() for r in policy_remarks(start)] == []
    assert same_policies(starts) == []


def test_policies_that_differ_in_inert_levers_alone_are_the_same(compiled: None) -> None:
    """As is said, so it runs: every outcome is the same under every seed."""
    from detente.experiments.runs.final_outcomes import ends_of

    names = ("status-quo", "only-force-posture", "only-recognition")
    starts = {name: open_case("template", name) for name in names}
    (remark,) = same_policies(starts)
    assert remark.text.startswith("policies status-quo, only-force-posture: are the same in template")
    ends = {name: ends_of(start, range(1, 6)) for name, start in starts.items()}

    def equal(one: str, other: str) -> bool:
        return all((ends[one][k] == v).all() for k, v in ends[other].items() if not (v != v).any())

    assert equal("status-quo", "only-force-posture")
    assert not equal("status-quo", "only-recognition")
