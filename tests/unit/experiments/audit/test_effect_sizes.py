"""Effects in seed spreads: their mean, interval and size, worked out by hand for a few runs."""

import math

import numpy as np
import pytest

from detente.experiments.audit.effect_sizes import Effect, largest, outcomes_of, paired_effects, spread_parts
from detente.experiments.runs.outcomes import OUTCOMES
from detente.model.engine import run_one

NAMES = [o.name for o in OUTCOMES]
BEFORE = np.array([1.0, 2.0, 3.0, 6.0])
AFTER = np.array([2.0, 3.0, 6.0, 7.0])


def outcomes(values):
    return dict.fromkeys(NAMES, values)


def test_an_effect_is_the_mean_difference_in_spreads_of_the_base():
    effects = paired_effects(outcomes(BEFORE), outcomes(AFTER))
    assert [e.outcome for e in effects] == NAMES
    error = 1.0 / math.sqrt(4.0)  # differences of 1, 1, 3, 1
    for e in effects:
        assert (e.mean, e.low, e.high) == pytest.approx((1.5, 1.5 - 1.96 * error, 1.5 + 1.96 * error))
        assert e.spreads == pytest.approx(1.5 / math.sqrt(14.0 / 3.0))
        assert not e.of_spread


def test_spreads_are_those_of_the_usual_outcomes_where_they_are_given():
    (first, *_) = paired_effects(outcomes(BEFORE), outcomes(AFTER), outcomes(10.0 * BEFORE))
    assert first.spreads == pytest.approx(0.15 / math.sqrt(14.0 / 3.0))


def test_a_base_without_spread_takes_that_of_the_change():
    still = np.full(4, 2.0)
    (first, *_) = paired_effects(outcomes(still), outcomes(BEFORE))
    assert first.spreads == pytest.approx(1.0 / math.sqrt(14.0 / 3.0))
    (none, *_) = paired_effects(outcomes(still), outcomes(still))
    assert none.spreads == 0.0
    (all_of_it, *_) = paired_effects(outcomes(still), outcomes(still + 1.0))
    assert all_of_it.spreads == math.inf


def test_effects_on_the_spread_are_told_from_those_on_the_mean():
    (first, *_) = paired_effects(outcomes(BEFORE), outcomes(2.0 * BEFORE - 3.0), of_spread=True)
    spread = math.sqrt(3.5)
    assert first.mean == pytest.approx(spread)
    assert first.spreads == pytest.approx(spread / math.sqrt(14.0 / 3.0))
    assert first.of_spread


def test_what_each_run_adds_to_the_spread():
    parts = spread_parts(BEFORE)
    spread = math.sqrt(3.5)
    assert parts.tolist() == pytest.approx([spread + ((v - 3.0) ** 2 - 3.5) / (2.0 * spread) for v in BEFORE])
    assert spread_parts(np.full(3, 2.0)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("spreads", "low", "high", "counts"),
    [
        (0.1, 0.5, 1.5, True),
        (-0.1, -1.5, -0.5, True),
        (0.09, 0.5, 1.5, False),
        (-0.09, -1.5, -0.5, False),
        (0.5, -0.5, 1.5, False),
        (0.5, 0.0, 1.5, False),
        (-0.5, -1.5, 0.0, False),
    ],
)
def test_an_effect_counts_where_it_is_large_and_told_apart(spreads, low, high, counts):
    assert Effect("trust", 1.0, low, high, spreads).counts is counts


def test_standard_errors_are_in_spreads():
    e = Effect("trust", 2.0, 2.0 - 1.96, 2.0 + 1.96, -0.5)
    assert e.error == pytest.approx(0.25)
    assert (e.surely(1.0), e.surely(-1.0)) == pytest.approx((0.25, 0.75))
    assert Effect("trust", 0.0, -1.0, 1.0, 0.5).error == 0.0


def test_effects_in_words():
    e = Effect("trust", 2.0, 2.0 - 1.96, 2.0 + 1.96, -0.5)
    assert (e.of, str(e)) == ("trust", "-0.500 +/- 0.490 spreads of trust")
    e = Effect("trust", 2.0, 2.0 - 1.96, 2.0 + 1.96, 0.5, of_spread=True)
    assert (e.of, str(e)) == ("spread of trust", "+0.500 +/- 0.490 spreads of trust (on its spread)")


def test_the_largest_is_sought_among_those_told_apart():
    blurred = Effect("a", 1.0, -1.0, 3.0, 0.9)
    small = Effect("b", 1.0, 0.5, 1.5, 0.2)
    negative = Effect("c", -1.0, -1.5, -0.5, -0.4)
    assert largest([blurred, small, negative]) is negative
    assert largest([blurred, small]) is small
    assert largest([Effect("d", 0.1, -1.0, 1.2, 0.1), blurred]) is blurred


def test_outcomes_of_each_seed(compiled):
    from detente.model.request import open_case

    start = open_case("template", "status-quo")
    found = outcomes_of(start, [3, 5])
    assert list(found) == NAMES
    for k, seed in enumerate((3, 5)):
        assert found["fatalities"][k] == run_one(start, seed).last("tally.fatalities")


def test_a_spread_is_of_the_runs_that_have_a_value():
    from detente.experiments.audit.effect_sizes import seed_spread

    assert seed_spread(np.array([1.0, np.nan, 3.0])) == pytest.approx(math.sqrt(2.0))
    assert seed_spread(np.array([5.0, np.nan])) == 0.0
    assert seed_spread(np.array([np.nan, np.nan])) == 0.0


def test_the_effect_that_stands_out_is_told_apart_from_none_first():
    def effect(name, low, high, spreads):
        return Effect(name, 0.0, low, high, spreads, False)

    luck, small, large = (
        effect("luck", -1.0, 1.0, 9.0),
        effect("small", 0.1, 0.2, 0.3),
        effect("large", -3.0, -0.1, -0.8),
    )
    assert largest([luck, small, large]).outcome == "large"
    assert largest([luck, small]).outcome == "small"
    assert largest([luck, effect("less", -1.0, 1.0, -2.0)]).outcome == "luck"
    assert largest([effect("edge", 0.0, 1.0, 9.0), small]).outcome == "small"
    assert largest([effect("edge", -1.0, 0.0, 9.0), small]).outcome == "small"
