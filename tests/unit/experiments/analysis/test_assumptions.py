"""Which assumptions an effect hangs on, where it is known what it is made of."""

import numpy as np
import pandas as pd
import pytest

from detente.experiments.analysis.assumptions import (
    assumption_shares,
    by_group,
    group_of,
    holds_in,
    largest,
    row_of,
)
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


def test_one_assumption_by_hand():
    """Fifths of means 0 to 4 explain all of a variance; chance gives 4 of 99 of it."""
    values = pd.Series(np.arange(100.0))
    effect = np.repeat(np.arange(5.0), 20)
    row = row_of("trust.memory", values, effect, 0.5)
    assert row["share"] == pytest.approx(0.5 * (1 - 4 / 99))
    assert (row["group"], row["clear"]) == ("trust", True)
    assert row_of("trust.memory", values, effect, 9.0)["share"] == 1.0


def test_an_assumption_that_is_held_explains_nothing():
    effect = np.arange(100.0)
    assert row_of("trust.memory", pd.Series(np.ones(100)), effect, 1.0) == {
        "assumption": "trust.memory",
        "group": "trust",
        "share": 0.0,
        "clear": False,
    }


@pytest.mark.parametrize("off", [0.5, 0.7, 0.8, 0.85, 1.0])
def test_a_share_is_clear_two_standard_errors_above_chance(off):
    """Of 100 draws sqrt(8) / 100 twice above 4/99: .0970 of the variance between one fifth and the others."""
    effect = np.tile([1.0, -1.0], 50)
    effect[:20] += off
    raw = 0.16 * off**2 / (1.0 + 0.16 * off**2)
    found = row_of("trust.memory", pd.Series(np.arange(100.0)), effect, 1.0)
    assert found["share"] == pytest.approx(max(raw - 4 / 99, 0.0))
    assert found["clear"] == (raw - 4 / 99 > 2 * np.sqrt(8) / 100)


def test_groups_add_up_to_the_whole_at_most_and_only_what_is_clear_counts():
    rows = [
        ("a.x", "a", 0.7, True),
        ("a.y", "a", 0.6, True),
        ("b.x", "b", 0.5, True),
        ("c.x", "c", 0.9, False),
    ]
    table = pd.DataFrame(rows, columns=["assumption", "group", "share", "clear"])
    assert by_group(table) == [("a", 1.0), ("b", 0.5)]
    assert largest(table, 2) == [("a.x", 0.7), ("a.y", 0.6)]
    assert largest(table) == [("a.x", 0.7), ("a.y", 0.6), ("b.x", 0.5)]
