"""Scores of a back-test, by hand."""

import numpy as np
import pytest

from detente.experiments.benchmark.prospect_scores import (
    Case,
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
