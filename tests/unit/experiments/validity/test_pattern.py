"""How patterns are judged, on a few values whose medians and shares can be counted."""

import math
from dataclasses import replace

import numpy as np
import pytest

from detente.experiments.validity.card import patterns_of
from detente.experiments.validity.pattern import TRUE, Near, Pattern, Result, Spread, above, below, between
from detente.experiments.validity.setups import Setup

NAN, INF = float("nan"), float("inf")
ONE_TO_41 = np.arange(1.0, 42.0)  # the middle 95 % runs from the second to the fortieth value
POSITIVE = above(0)
FULL = Spread(5, 1.0, 0.5, 1.5, 1.0, True)
EMPTY = Spread(5, 1.0, 0.5, 1.5, 0.0, False)


def pattern(rule=POSITIVE, value=None, mark="emergent", key="A1"):
    return Pattern(
        key=key,
        title="A pattern",
        sources=("ged",),
        observed="something",
        mark=mark,
        setups=(Setup("template"), Setup("korea-2017")),
        columns=(),
        read=lambda panel: panel,
        rule=rule,
        statistic="a number",
        value=value,
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (above(2), [False, False, True]),
        (below(2), [True, False, False]),
        (between(1, 2), [True, True, False]),
        (between(2, 3), [False, True, True]),
    ],
)
def test_levels(rule, expected):
    assert rule.holds(np.array([1.0, 2.0, 3.0])).tolist() == expected


def test_levels_in_words():
    assert [r.words for r in (above(0.5), below(-2), between(0, 3))] == ["> 0.5", "< -2", "0 to 3"]
    assert TRUE.holds(np.array([0.0, 0.5, 0.6, 1.0])).tolist() == [False, False, True, True]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 1, 1, 1, 0], (0.8, True)),
        ([1, 1, 1, 0, 0], (0.6, False)),
        ([1, 1, 1, 1, 0, NAN, NAN, NAN], (0.8, True)),
        ([INF, INF, INF, INF, -INF], (0.8, True)),
    ],
)
def test_a_direction_is_the_share_of_seeds_that_it_applies_to(values, expected):
    assert above(0).verdict(np.array(values, float), None) == pytest.approx(expected)


@pytest.mark.parametrize("rule", [above(0), Near()])
def test_no_values_hold_nowhere(rule):
    share, holds = rule.verdict(np.array([NAN]), 1.0)
    assert math.isnan(share)
    assert not holds


@pytest.mark.parametrize(
    ("observed", "expected"),
    [
        (2.01, (2 / 41, True)),
        (1.99, (1 / 41, False)),
        (21.0, (20 / 41, True)),
        (39.99, (39 / 41, True)),
        (40.01, (40 / 41, False)),
    ],
)
def test_a_magnitude_lies_in_the_middle(observed, expected):
    for values in (ONE_TO_41, np.r_[NAN, INF, ONE_TO_41]):
        assert Near().verdict(values, observed) == pytest.approx(expected)


def test_the_ends_of_the_middle_belong_to_it():
    assert Near().verdict(np.full(5, 3.0), 3.0) == (0.0, True)


def test_without_an_observed_value_nothing_is_near():
    share, holds = Near().verdict(ONE_TO_41, None)
    assert math.isnan(share)
    assert not holds


def test_the_spread_of_values():
    found = Spread.of(pattern(above(4)), np.r_[ONE_TO_41, NAN, INF])
    assert (found.n, found.median, found.low, found.high) == pytest.approx((41, 21.0, 2.0, 40.0))
    assert found.share == pytest.approx(38 / 42)  # a wait without end lies above any level
    assert found.holds


def test_the_spread_of_nothing():
    found = Spread.of(pattern(), np.array([NAN, NAN]))
    assert (found.n, found.holds) == (0, False)
    assert all(map(math.isnan, (found.median, found.low, found.high, found.share)))
    endless = Spread.of(pattern(), np.array([INF]))
    assert (endless.n, endless.holds, endless.share) == (0, False, 1.0)


@pytest.mark.parametrize(
    ("key", "group"),
    [
        ("A2", "A2"),
        ("A2b", "A2"),
        ("K6f", "K6"),
        ("Aged", "Aged"),
        ("attacks, 9a", "attacks, 9a"),
        ("B2b", "B2b"),
    ],
)
def test_the_group_of_a_part(key, group):
    assert pattern(key=key).group == group


def test_the_case_of_a_pattern_is_that_of_its_first_set_up():
    assert pattern().case == "template"


@pytest.mark.parametrize(
    ("mark", "model", "control", "verdict"),
    [
        ("emergent", EMPTY, EMPTY, "miss"),
        ("fitted", EMPTY, None, "miss"),
        ("emergent", FULL, EMPTY, "pass, counts"),
        ("emergent", FULL, FULL, "pass, also without its mechanism"),
        ("emergent", FULL, None, "pass, also without its mechanism"),
        ("fitted", FULL, EMPTY, "pass, fitted"),
        ("imposed", FULL, None, "pass, imposed"),
    ],
)
def test_verdicts(mark, model, control, verdict):
    result = Result(pattern(mark=mark, value=1.0), "free", model, control)
    assert result.verdict == verdict
    assert result.passed == model.holds
    assert result.counts == (verdict == "pass, counts")
    assert result.nulls == {}


NOTHING = Spread(0, NAN, NAN, NAN, NAN, False)


@pytest.mark.parametrize(
    ("changed", "control", "verification"),
    [
        ({"value": None}, FULL, True),  # nothing was measured
        ({"value": 1.0}, FULL, False),
        ({"value": 1.0}, NOTHING, True),  # the control leaves nothing to read
        ({"value": None, "nulls": ("constant",)}, FULL, False),
        ({"value": 1.0, "rule": Near()}, NOTHING, False),  # a magnitude is held against an observed number
        ({"value": None, "mark": "fitted"}, FULL, False),
        ({"value": None}, None, False),
    ],
)
def test_what_only_verifies_the_program(changed, control, verification):
    declared = replace(pattern(), **{"mark": "emergent", **changed})
    result = Result(declared, "free", FULL, control)
    assert result.verification is verification
    assert not (result.counts and result.verified)


VERIFICATION = {
    "afghanistan-2018": {"A1b", "A4b", "A5b", "A6a", "A6b"},
    "korea-2017": {"K2", "GRIT", "reversal", "recognition", "sister tracks"},
}


@pytest.mark.parametrize("case", sorted(VERIFICATION))
def test_checks_without_a_measured_number_verify(case):
    results = [Result(p, "free", FULL, FULL) for p in patterns_of(case) if p.control]
    assert {r.pattern.key for r in results if r.verification} >= VERIFICATION[case]
