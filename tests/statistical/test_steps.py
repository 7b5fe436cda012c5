"""A political step of half a day gives the same war and the same peace as one of a day.

Two one-sided tests (TOST): the two are called equivalent where the interval of the difference lies inside the margin.
"""

import math

import numpy as np
import pytest

RUNS = 12_000
"""Runs of each step length."""
DEATHS_MARGIN = 0.03
CHANCE_MARGIN = 0.03
Z = 1.645
"""Each one-sided test at 5 %: two different step lengths are called equivalent in at most 5 % of choices of seeds."""

CHANCES = {
    "a ceasefire": "tally.truces",
    "a track opened": "tally.tracks",
    "a track failed": "tally.failures",
    "a measure": "tally.measures",
    "a breach": "tally.breaches",
    "an agreement": "tally.agreements",
}


def finals(workshop, step_days, first, **options):
    """Last rows of many runs of the template with levers half up, by column."""
    levers = dict.fromkeys(("ceasefires", "confidence_building", "parallel_tracks", "mediation"), 0.5)
    start = workshop.opening(workshop.tables(), levers=levers, step_days=step_days, **options)
    made = workshop.batch(start, RUNS, first=first)
    return lambda name: made.final[:, made.final_columns.index(name)]


@pytest.fixture(scope="module")
def by_step(workshop, compiled):
    """Different seeds for each, so that the two are independent samples."""
    return {1.0: finals(workshop, 1.0, 0), 0.5: finals(workshop, 0.5, RUNS)}


def interval(a, b):
    """The difference of two means, and the half-width of its interval."""
    return b.mean() - a.mean(), Z * math.sqrt(a.var() / len(a) + b.var() / len(b))


def equivalent(a, b, margin):
    """Whether the whole interval of the difference lies inside the margin; and what was found, for the message."""
    difference, half = interval(a, b)
    found = f"difference {difference:+.4f} +- {half:.4f}, margin {margin:.4f}, {len(a)} runs each"
    return abs(difference) + half < margin, found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tally.fatalities", "tally.attacks"])
def test_the_length_of_a_step_does_not_move_deaths(by_step, name):
    whole, half = by_step[1.0](name), by_step[0.5](name)
    mean = whole.mean()
    same, found = equivalent(whole / mean, half / mean, DEATHS_MARGIN)
    print(f"{name}: {found}")
    assert same, found


@pytest.mark.slow
@pytest.mark.parametrize("what", CHANCES)
def test_the_length_of_a_step_does_not_move_chances(by_step, what):
    whole, half = (by_step[s](CHANCES[what]) > 0 for s in (1.0, 0.5))
    same, found = equivalent(whole.astype(float), half.astype(float), CHANCE_MARGIN)
    print(f"{what}: {found}; {whole.mean():.3f} against {half.mean():.3f}")
    assert same, found


@pytest.mark.slow
@pytest.mark.parametrize("column", ["dyads.republic>movement.trust", "dyads.republic>movement.readiness"])
def test_the_length_of_a_step_does_not_move_beliefs(by_step, column):
    same, found = equivalent(by_step[1.0](column), by_step[0.5](column), CHANCE_MARGIN)
    print(f"{column}: {found}")
    assert same, found


@pytest.mark.slow
def test_control_a_difference_of_four_hundredths_is_not_called_the_same(workshop, compiled, by_step):
    other = finals(workshop, 0.5, RUNS, parameters={"ceasefires": {"onset": 6.5e-4}})
    whole = (by_step[1.0]("tally.truces") > 0).astype(float)
    same, found = equivalent(whole, (other("tally.truces") > 0).astype(float), CHANCE_MARGIN)
    assert not same, found


def test_the_procedure_rejects_what_lies_at_the_margin():
    """At a true difference equal to the margin, equivalence is claimed in about one of twenty samples."""
    rng = np.random.default_rng(1)
    claims = 0
    for _ in range(1000):
        a = rng.normal(0.0, 1.0, 4000)
        b = rng.normal(0.06, 1.0, 4000)
        claims += equivalent(a, b, 0.06)[0]
    assert 20 <= claims <= 90
