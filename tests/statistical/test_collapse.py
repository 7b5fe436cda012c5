"""What is left of a patron's forces, and whether its ally falls: rarely with all of them, and not in proportion."""

from itertools import pairwise

import numpy as np
import pytest

from detente.agents import codes
from detente.experiments.validity.panel import Panel
from detente.experiments.validity.patterns.afghan_course import LEVELS, WITHDRAWALS
from detente.experiments.validity.setups import off
from detente.model.engine import run_batch

RUNS = 200


def chances(setups):
    """Share of runs that end in collapse, by level of the forces left."""
    return {
        level: float(Panel.of(setup, range(1, RUNS + 1), ()).collapsed.mean())
        for level, setup in zip(LEVELS, setups, strict=True)
    }


@pytest.fixture(scope="module")
def fell(compiled):
    found = chances(WITHDRAWALS)
    print("P(collapse) by presence:", ", ".join(f"{level:g}: {p:.3f}" for level, p in found.items()))
    return found


def test_with_all_forces_present_a_collapse_is_rare(fell):
    assert fell[1.0] < 0.1


def test_in_the_middle_it_is_in_between(fell):
    assert fell[1.0] + 0.1 < fell[0.5] < 0.95
    assert fell[1.0] < fell[0.75] < fell[0.5] < fell[0.25] <= fell[0.0]


def test_without_any_it_is_all_but_sure_where_wars_are_not_won(compiled):
    """Unless the foe is beaten first, which wars that are won in the field allow."""
    gone = WITHDRAWALS[-1].having(*off("endings"))
    assert Panel.of(gone, range(1, RUNS + 1), ()).collapsed.mean() > 0.9


def test_without_any_hardly_a_victory_of_its_own_saves_it(compiled):
    """In a war whose level and front hardly move, the government seldom wins before the forces have gone."""
    made = run_batch(WITHDRAWALS[-1].open(), range(1, RUNS + 1))
    ends = made.final[:, made.final_columns.index("clock.end_reason")]
    won = ends == codes.END_GOVERNMENT
    assert won.mean() < 0.05
    assert (ends[~won] == codes.END_COLLAPSE).mean() > 0.9


def test_it_is_steeper_than_a_straight_line(fell):
    """Somewhere between all and none the chance rises at least 1.2 times as fast as on average."""
    mean = (fell[0.0] - fell[1.0]) / (LEVELS[0] - LEVELS[-1])
    steps = [(fell[b] - fell[a]) / (a - b) for a, b in pairwise(LEVELS)]
    error = np.sqrt(0.25 / RUNS) / 0.25
    assert max(steps) - error > 1.2 * mean


def test_control_without_leverage_nobody_falls(compiled):
    gone = WITHDRAWALS[-1].having(*off("leverage"))
    assert not Panel.of(gone, range(1, 51), ()).collapsed.any()
