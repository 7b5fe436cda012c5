"""What patterns declare, stated a second time: a level, a value or a control that changes here is a decision."""

import math
import re

import numpy as np
import pytest

from detente.experiments.validity.card import patterns_of
from detente.experiments.validity.pattern import Near, Sign
from detente.experiments.validity.patterns import PATTERNS

DECLARED = {
    # case: key: criterion, observed value, modes, policy, control, null models, whether runs are pooled
    "afghanistan-2018": {
        "A1a": ("3", 3, "-", "history", "", "", False),
        "A1b": ("> 0", None, "-", "history", "spoilers=0", "", False),
        "A2a": ("< 0.5", 0.31, "conditioned", "history", "ceasefires=0", "constant seasonal", False),
        "A2b": ("> 1", 1.7, "conditioned", "history", "violence.put_off=0", "constant seasonal", False),
        "A2c": ("near", 0.464814, "conditioned", "history", "ceasefires=0, measures=0", "", False),
        "A3a": (
            "< 0.5",
            0.2,
            "conditioned",
            "history",
            "ceasefires=0, measures=0",
            "constant seasonal",
            False,
        ),
        "A3b": (
            "> 1",
            None,
            "conditioned",
            "history",
            "ceasefires=0, measures=0",
            "constant seasonal",
            False,
        ),
        "A3c": ("near", 0.478295, "conditioned", "history", "ceasefires=0, measures=0", "", False),
        "A4a": ("> 1", 1.45, "conditioned", "history", "talks=0", "constant seasonal", False),
        "A4b": ("> 1", None, "conditioned", "history", "talks=0", "", False),
        "A4c": ("near", 1.081526, "conditioned", "history", "talks=0", "", False),
        "A5a": ("> 1", 1.17637, "conditioned", "history", "talks=0", "constant seasonal", False),
        "A5b": ("> 1", None, "conditioned", "history", "talks=0", "", False),
        "A6a": ("< 0", None, "conditioned", "history", "talks=0", "", False),
        "A6b": ("< 0", None, "conditioned", "history", "talks=0", "", False),
        "A7a": ("yes", 1, "conditioned", "history", "leverage=0", "", False),
        "A7b": ("near", 1322, "conditioned", "history", "leverage=0", "", False),
        "A7c": ("> 1.2", None, "conditioned", "history", "leverage=0", "", True),
        "weekly scatter": ("near", 2.36, "free", "status-quo", "excitation=0", "constant seasonal", False),
        "weekly memory, 1": ("near", 0.35, "free", "status-quo", "excitation=0", "constant seasonal", False),
        "weekly memory, 2": ("near", 0.25, "free", "status-quo", "excitation=0", "constant seasonal", False),
        "weekly memory, 4": ("near", 0.11, "free", "status-quo", "excitation=0", "constant seasonal", False),
        "weekly memory, 13": (
            "near",
            -0.05,
            "free",
            "status-quo",
            "excitation=0",
            "constant seasonal",
            False,
        ),
        "severity tail": ("near", 2.65, "free", "status-quo", "", "", False),
        "Eid": ("near", 0.45, "-", "history", "", "constant seasonal", False),
        "June 2018": ("< 0.6", 0.288889, "-", "history", "ceasefires=0", "", True),
        "truce survival, 14": ("near", 0.76, "free", "status-quo", "", "", True),
        "truce survival, 30": ("near", 0.73, "free", "status-quo", "", "", True),
        "truce survival, 90": ("near", 0.64, "free", "status-quo", "", "", True),
        "truce survival, 180": ("near", 0.51, "free", "status-quo", "", "", True),
        "truce survival, 365": ("near", 0.42, "free", "status-quo", "", "", True),
        "class order": (
            "> 1",
            3.64444,
            "free",
            "five-lessons",
            "ceasefires.collapse_cessation=0.001, ceasefires.collapse_compliance=0.001, ceasefires.collapse_definitive=0.001, ceasefires.class_step=0",  # noqa: E501
            "",
            True,
        ),
        "class order, own constants": ("> 0", None, "free", "five-lessons", "", "", True),
        "class order, equal constants": ("> 0", None, "free", "five-lessons", "readiness=0", "", True),
        "nationwide truce": ("near", 0.41, "free", "status-quo", "ceasefires.holds_cut=4", "", True),
        "partial truce": ("near", 0.71, "free", "status-quo", "ceasefires.holds_cut=4", "", True),
        "nationwide truce, worse": (
            "near",
            0.22,
            "free",
            "status-quo",
            "excitation=0, violence.dispersion=50",
            "",
            True,
        ),
        "placebo truce": (
            "near",
            0.91,
            "free",
            "status-quo",
            "ceasefires.onset=0.002, ceasefires.follow_days=500",
            "",
            True,
        ),
        "regression to the mean": ("near", 1.47, "free", "status-quo", "ceasefires.bloody=0", "", True),
        "conflict-years": ("near", 0.21, "free", "status-quo", "", "", True),
        "agreements, 90": ("near", 0.89, "free", "five-lessons", "", "", True),
        "agreements, 365": ("near", 0.77, "free", "five-lessons", "", "", True),
        "agreements, 730": ("near", 0.72, "free", "five-lessons", "", "", True),
        "agreements, 1825": ("near", 0.68, "free", "five-lessons", "", "", True),
        "second agreement": ("near", 572, "free", "five-lessons", "talks=0", "", True),
        "yearly change": ("near", 0.19, "free", "status-quo", "level=0", "", True),
        "truce age": ("near", 0.21, "free", "five-lessons", "adherence=0", "", True),
        "rebound": ("near", 1.21, "free", "five-lessons", "violence.put_off=0, violence.resumed=0", "", True),
        "before a signature": ("near", 0.7, "free", "five-lessons", "ceasefires=0", "", True),
    },
    "korea-2017": {
        "K1": ("0", 0, "conditioned", "history", "", "", False),
        "K2": ("yes", None, "-", "five-lessons", "measures=0", "", False),
        "K3": ("<= 2", 2, "until", "history", "talks.rescue=0, mediation=0", "", False),
        "K4a": ("0 to 3", 1, "conditioned", "history", "talks.hardest=1, talks.summit_speed=4", "", False),
        "K4b": ("no", 0, "conditioned", "history", "talks.hardest=1, talks.summit_speed=4", "", False),
        "K5": ("> 0.5", 0.75, "until", "history", "measures=0", "", False),
        "K6a": ("<= 120", 48, "until", "history", "talks=0", "constant", False),
        "K6b": ("0", 0, "until", "history", "measures=0", "constant", False),
        "DPRK launches of 2018": (
            "0",
            0,
            "conditioned",
            "history",
            "measures=0, ceasefires=0",
            "constant seasonal",
            False,
        ),
        "DPRK launch gap": (
            "near",
            505,
            "conditioned",
            "history",
            "measures=0, ceasefires=0",
            "constant seasonal",
            False,
        ),
        "DPRK launch dispersion": (
            "near",
            0.79,
            "free",
            "status-quo",
            "excitation=0, violence.dispersion=0.5",
            "constant",
            False,
        ),
        "GRIT": (
            "> 0",
            None,
            "conditioned",
            "history",
            "talks.boost=1, trust=0, endurance=0, spoilers=0",
            "",
            True,
        ),
        "reversal": ("< 0", None, "conditioned", "history", "trust=0", "", False),
        "recognition": ("> 0", None, "-", "five-lessons", "readiness=0", "", False),
        "sister tracks": ("> 0", None, "-", "five-lessons", "talks.sister=0, talks.rescue=0", "", True),
    },
}
CASES = sorted(DECLARED)
EVERY = [pytest.param(p, id=f"{case}: {p.key}") for case in CASES for p in patterns_of(case)]


def control_of(pattern):
    """What a control sets, switches by their name alone."""
    names = [(n if g == "switches" else f"{g}.{n}", v) for g, n, v in pattern.control]
    return ", ".join(f"{name}={value:g}" for name, value in names)


@pytest.mark.parametrize("case", CASES)
def test_the_patterns_of_a_case_in_order(case):
    assert [p.key for p in patterns_of(case)] == list(DECLARED[case])
    assert set(CASES) <= set(PATTERNS)


@pytest.mark.parametrize("p", EVERY)
def test_a_pattern_is_declared_as_agreed(p):
    criterion, value, modes, policy, control, nulls, pooled = DECLARED[p.case][p.key]
    assert ("near" if isinstance(p.rule, Near) else p.rule.words) == criterion
    assert p.value == (None if value is None else pytest.approx(value, rel=1e-5))
    assert " ".join(sorted({s.mode or "-" for s in p.setups})) == modes
    assert {s.policy for s in p.setups} == {policy}
    assert (control_of(p), " ".join(p.nulls), p.pooled) == (control, nulls, pooled)
    assert p.persistence == (1.0 if p.nulls and "relative to" in p.statistic and p.key != "Eid" else None)


LEVEL = re.compile(r"(<=|<|>|)\s*(-?[\d.]+)$")


@pytest.mark.parametrize("p", [e for e in EVERY if isinstance(e.values[0].rule, Sign)])
def test_a_criterion_holds_as_its_words_say(p):
    words = p.rule.words
    if words in ("yes", "no"):
        assert p.rule.holds(np.array([0.0, 1.0])).tolist() == [words == "no", words == "yes"]
        return
    if " to " in words:
        low, high = map(float, words.split(" to "))
        values = np.array([low - 0.1, low, high, high + 0.1])
        assert p.rule.holds(values).tolist() == [False, True, True, False]
        return
    sign, level = LEVEL.match(words).groups()
    x = float(level)
    expected = {
        "<": [True, False, False],
        "<=": [True, True, False],
        ">": [False, False, True],
        "": [False, True, False],
    }[sign]
    assert p.rule.holds(np.array([x - 0.1, x, x + 0.1])).tolist() == expected
    assert math.isfinite(x)
