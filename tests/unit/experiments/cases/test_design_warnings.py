"""What is legal in a design and probably not meant."""

from datetime import date
from typing import Any

import pytest

from detente.experiments.cases.design_warnings import RULES, design_remarks
from detente.experiments.sweep.design.loading import parse_design
from detente.experiments.sweep.plan import Plan


def remarked(**design: Any) -> dict[str, list[str]]:
    """Lines by rule for a design over the template."""
    plan = Plan.of(parse_design({"case": "template", **design}))
    lines: dict[str, list[str]] = {}
    for remark in design_remarks(plan.design, plan.scenarios, plan.policies):
        lines.setdefault(remark.name, []).append(remark.text)
    return lines


VARIED = {"levers": {"recognition": "0:1:3"}}
SPOKEN: list[tuple[str, dict[str, Any], str]] = [
    ("until-outside", {**VARIED, "until": date(2040, 1, 1)}, "all of its moves are imposed"),
    ("until-outside", {**VARIED, "until": date(2020, 1, 1)}, "none of its moves is imposed"),
    ("factor-moves-nothing", {"levers": {"force_posture": "0:1:3"}}, "levers.force_posture"),
    ("factor-moves-nothing", {"parameters": {"violence.pressed": "0.2,0.5"}}, "no party has a patron"),
    (
        "factor-moves-nothing",
        {"parameters": {"switches.spoilers": 0, "spoilers.provoked": "0,1"}},
        "switches.spoilers is 0",
    ),
    (
        "switch-and-what-it-switches",
        {"parameters": {"switches.spoilers": "0,1", "spoilers.provoked": "0,1"}},
        "spoilers.provoked moves nothing",
    ),
    ("nothing-varies", {}, "nothing varies but the seed"),
    ("too-few-samples", {"levers": {"recognition": ":"}, "design": "lhs:5"}, "at least 10"),
    ("too-few-samples", {"levers": {"recognition": ":"}, "design": "sobol:8"}, "at least 64"),
    ("too-few-runs", {**VARIED, "runs": 3}, "3 of each point"),
    ("too-few-runs", {"levers": {"recognition": ":"}, "design": "lhs:20", "runs": 1}, "1 of each point"),
    ("thinned-to-nothing", {**VARIED, "every": 14.0}, "no series is kept"),
    ("thinned-to-nothing", {**VARIED, "series": ["deaths"], "every": 900.0}, "keep one value"),
]


@pytest.mark.parametrize(
    ("rule", "design", "words"), SPOKEN, ids=[f"{k}-{s[0]}" for k, s in enumerate(SPOKEN)]
)
def test_a_design_that_the_rule_speaks_of(rule: str, design: dict[str, Any], words: str) -> None:
    assert words in " ".join(remarked(**design)[rule])


SILENT: list[tuple[str, dict[str, Any]]] = [
    ("until-outside", {**VARIED, "until": date(2030, 6, 1)}),
    ("factor-moves-nothing", VARIED),
    ("factor-moves-nothing", {"parameters": {"switches.spoilers": "0,1", "spoilers.provoked": "0,1"}}),
    ("switch-and-what-it-switches", {"parameters": {"switches.spoilers": "0,1", "trust.memory": "200,300"}}),
    ("nothing-varies", {"policies": ["status-quo", "five-lessons"]}),
    ("too-few-samples", {"levers": {"recognition": ":"}, "design": "lhs:10"}),
    ("too-few-runs", {**VARIED, "runs": 10}),
    ("too-few-runs", {"levers": {"recognition": ":"}, "design": "lhs:20", "runs": 2}),
    ("thinned-to-nothing", {**VARIED, "series": ["deaths"], "every": 14.0}),
]


@pytest.mark.parametrize(("rule", "design"), SILENT, ids=[f"{k}-{s[0]}" for k, s in enumerate(SILENT)])
def test_a_design_that_the_rule_does_not_speak_of(rule: str, design: dict[str, Any]) -> None:
    assert rule not in remarked(**design)


def test_every_rule_is_tested_and_described() -> None:
    assert {rule for rule, *_ in SPOKEN} == {rule.__name__.replace("_", "-") for rule in RULES}
    assert all(rule.__doc__ and "\n" not in rule.__doc__ for rule in RULES)


def test_policies_that_the_held_levers_make_equal_are_named() -> None:
    """Levers of a design prevail over those of its policies."""
    levers = dict.fromkeys(
        (
            "recognition",
            "direct_channel",
            "confidence_building",
            "ceasefires",
            "parallel_tracks",
            "mediation",
        ),
        0.5,
    )
    both = {"policies": ["status-quo", "five-lessons"]}
    (line,) = remarked(**both, levers=levers)["policy-equals-another"]
    assert line.startswith("policies status-quo, five-lessons")
    assert "policy-equals-another" not in remarked(**both, **VARIED)


def test_what_a_policy_gives_rise_to_is_said_with_its_name() -> None:
    (line,) = remarked(policies=["opening"], **VARIED)["truce-that-the-other-may-answer"]
    assert line.startswith("opening: [move: republic offer_truce")
