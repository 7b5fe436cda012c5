"""Scores of a back-test, by hand."""

import numpy as np
import pytest

from detente.experiments.benchmark.prospect_ratios import count_cells, paired_cells, ratio, ratio_cells
from detente.experiments.benchmark.prospect_scores import (
    Case,
    Scored,
    conflict_interval,
    pooled,
    rise_share,
    score_table,
    scored,
    summary,
)


def test_a_ratio_of_one_counts_as_half_a_rise():
    assert rise_share(np.array([-1.0, 0.0, 1.0, 2.0])) == pytest.approx(2.5 / 4)


def test_the_null_has_nothing_of_its_own_conflict():
    cases = [Case(name, value, {}) for name, value in (("a", 1.0), ("a", 2.0), ("b", 3.0))]
    assert pooled(cases, "a").tolist() == [3.0]


def test_a_forecast_is_scored_by_hand():
    found = scored(Case("a", 1.0, {}), np.array([-1.0, 3.0]))
    assert found.crps == pytest.approx(1.0)
    assert (found.p_rise, found.brier, found.rose) == (0.5, 0.25, 1.0)
    assert found.covered == 1.0
    assert scored(Case("a", 9.0, {}), np.array([-1.0, 3.0])).covered == 0.0


def cases(sharp):
    dice = np.random.default_rng(1)
    found = []
    for k in range(60):
        observed = float(dice.normal())
        null = dice.normal(size=200)
        mine = observed * 0.9 + 0.3 * dice.normal(size=200) if sharp else null
        found.append(Case(f"war-{k % 6}", observed, {"mine": mine, "null": null}))
    return found


def test_a_better_forecast_has_intervals_on_the_better_side():
    table = score_table(cases(sharp=True))
    told = summary(table["mine"], table["null"])
    assert told["crps_ratio_high"] < 1.0
    assert told["brier_gap_high"] < 0.0
    assert told["rises_called"] > 0.8
    assert told["n"] == 60


def test_the_null_against_itself_is_a_tie():
    table = score_table(cases(sharp=False))
    told = summary(table["null"], table["null"])
    assert (told["crps_ratio"], told["brier_gap"]) == (1.0, 0.0)
    assert (told["crps_ratio_low"], told["crps_ratio_high"]) == (1.0, 1.0)


def row(conflict, score, rose, p_rise):
    return Scored(conflict, 0.0, rose, score, -1.0, 1.0, p_rise, (p_rise - rose) ** 2)


def test_calls_and_rises_are_counted():
    """A rise called and one not, a fall called, a fall not, and a call at exactly a half, which is none."""
    mine = [
        row("a", 1.0, 1.0, 0.9),
        row("a", 2.0, 1.0, 0.5),
        row("b", 3.0, 0.0, 0.6),
        row("b", 2.0, 0.0, 0.1),
    ]
    null = [row(s.conflict, 4.0, s.rose, 0.5) for s in mine]
    told = summary(mine, null)
    assert (told["n"], told["conflicts"], told["rises"], told["calls"]) == (4, 2, 2, 2)
    assert (told["rises_called"], told["calls_right"], told["right"]) == (0.5, 0.5, 0.5)
    assert (told["crps"], told["crps_ratio"], told["cover"]) == (2.0, 0.5, 1.0)
    assert told["brier"] == pytest.approx((0.01 + 0.25 + 0.36 + 0.01) / 4)
    assert told["brier_gap"] == pytest.approx(0.1575 - 0.25)


def test_an_interval_draws_whole_conflicts():
    """A conflict of three scores of 1 and one of one score of 5: draws of two give 1, 2 or 5."""
    mine = [*[row("a", 1.0, 0.0, 0.1)] * 3, row("b", 5.0, 0.0, 0.1)]
    null = [row(s.conflict, 1.0, 0.0, 0.1) for s in mine]
    whole, low, high = conflict_interval(mine, null, "crps", lambda a, b: a / b)
    assert (whole, low, high) == (2.0, 1.0, 5.0)
    alone = conflict_interval(mine[:3], null[:3], "crps", lambda a, b: a - b)
    assert alone[0] == 0.0
    assert np.isnan(alone[1:]).all()


def test_the_ends_of_an_interval_hold_what_lies_on_them():
    inside = Scored("a", 1.0, 1.0, 0.0, 1.0, 2.0, 0.5, 0.25)
    assert inside.covered == 1.0
    assert Scored("a", 2.1, 1.0, 0.0, 1.0, 2.0, 0.5, 0.25).covered == 0.0


def test_ratios_and_their_cells_by_hand():
    assert ratio([1.5], [0.5]).tolist() == [2.0]
    cells = ratio_cells(np.array([0.4, 0.5, 1.0, 2.0]))
    assert (cells["rise"], cells["below_half"], cells["median"]) == (0.375, 0.25, 0.75)
    assert count_cells(np.arange(101.0))["q05"] == 5.0
    assert count_cells(np.arange(101.0))["mean"] == 50.0
    pair = paired_cells(np.full(5, 3.5), np.full(5, 1.5))
    assert (pair["of_means"], pair["low95"], pair["high95"], pair["q90"]) == (2.0, 2.0, 2.0, 2.0)


def test_the_interval_of_a_ratio_of_means_pairs_runs():
    """With and without in step: their ratio hardly moves, however much both do."""
    without = np.repeat([10.0, 1000.0], 50)
    pair = paired_cells(2.0 * without + 0.5, without)
    assert pair["of_means"] == pytest.approx(2.0)
    assert pair["high95"] - pair["low95"] < 0.01
    apart = paired_cells(2.0 * without[::-1] + 0.5, without)
    assert apart["low95"] < 1.7
    assert apart["high95"] > 2.3
