"""Which assumptions an effect hangs on, where it is known what it is made of."""

import numpy as np
import pytest

from detente.experiments.analysis.assumptions import assumption_shares, by_group, group_of, holds_in, largest
from detente.experiments.runs.posterior import Posterior
from detente.experiments.runs.unknown_draws import TableDraws, Unknown

NAMES = ("talks.issue", "talks.base", "trust.memory", "fact.party.a.morale")


def unknown(n: int, each: int = 2) -> Unknown:
    values = np.random.default_rng(5).random((n, len(NAMES)))
    seeds = tuple(range(1, n * each + 1))
    rows = {seed: k // each for k, seed in enumerate(seeds)}
    table = Posterior(NAMES, values, np.full(n, 1 / n), {})
    return Unknown(TableDraws(table, frozenset(), rows), seeds, each)


def effects(made: Unknown, luck: float) -> np.ndarray:
    """Four fifths of the variance from the first, one from the last, nothing from the others."""
    x = made.draws.posterior.values
    truth = 2.0 * x[:, 0] + 1.0 * x[:, 3]
    rng = np.random.default_rng(6)
    return (truth[:, None] + luck * rng.standard_normal((len(x), made.each))).reshape(-1)


@pytest.mark.parametrize("luck", [0.0, 0.8])
def test_shares_are_those_of_the_parts_however_much_luck_there_is(luck: float):
    made = unknown(2000)
    found = assumption_shares(made, effects(made, luck)).set_index("assumption")
    assert found.loc["talks.issue", "share"] == pytest.approx(0.8 * 0.96, abs=0.06)
    assert found.loc["fact.party.a.morale", "share"] == pytest.approx(0.2 * 0.96, abs=0.06)
    assert found.loc["trust.memory", "share"] < 0.02
    top = largest(found.reset_index())
    assert [name for name, _ in top] == ["talks.issue", "fact.party.a.morale"]
    assert [group for group, _ in by_group(found.reset_index())] == ["talks", "facts"]


def test_an_effect_that_does_not_vary_hangs_on_nothing():
    made = unknown(40)
    found = assumption_shares(made, np.ones(80))
    assert found.empty
    assert largest(found) == []
    assert by_group(found) == []


def test_draws_without_a_value_are_left_out():
    made = unknown(500)
    values = effects(made, 0.0)
    values[:20] = np.nan
    assert largest(assumption_shares(made, values))[0][0] == "talks.issue"


@pytest.mark.parametrize(
    ("share", "level"), [(0.97, 0.95), (0.95, 0.95), (0.9, 0.8), (0.6, 0.6), (0.5, None)]
)
def test_the_level_that_a_share_reaches(share: float, level: float | None):
    assert holds_in(share) == level


def test_groups_are_mechanisms_and_facts():
    assert (group_of("talks.issue"), group_of("fact.party.a.morale")) == ("talks", "facts")
