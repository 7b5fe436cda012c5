"""Pooling of scores over conflicts, with numbers worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from detente.experiments.benchmark.pooled import (
    Ratio,
    best_nulls,
    column_means,
    coverage,
    judged,
    large,
    log_ratios,
    null_names,
    pooled,
)
from detente.experiments.benchmark.reference_nulls import BINOMIAL, MOVING


def test_leads_of_up_to_six_months_are_judged_unless_others_are_asked_for():
    rows = pd.DataFrame({"lead": [1, 6, 7, 2], "shown": [False, False, False, True]})
    assert judged(rows)["lead"].tolist() == [1, 6]
    assert judged(rows, [7, 2])["lead"].tolist() == [7]


def test_a_conflict_is_large_from_ten_deaths_a_month_on_each_month_counted_once():
    rows = pd.DataFrame(
        {
            "case": ["b", "b", "b", "a", "a"],
            "origin": [1, 1, 2, 1, 1],
            "lead": [1, 1, 1, 1, 2],
            "observed": [14.0, 14.0, 6.0, 10.0, 9.9],
        }
    )
    assert large(rows) == ["b"]


def test_null_models_are_those_that_every_conflict_has():
    table = pd.DataFrame({"model, nothing known": [1.0, 1.0], "x": [1.0, np.nan], "y": [1.0, 2.0]})
    assert null_names(table) == ["y"]


def test_means_are_of_what_is_known():
    found = column_means(np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]]))
    assert found[:2].tolist() == [2.0, 5.0]
    assert np.isnan(found[2])


def test_a_null_model_that_never_errs_in_the_others_is_not_chosen_blindly():
    """Its ratio there is 0: not known, and the other one is taken."""
    table = pd.DataFrame({BINOMIAL: [1.0, 1.0], MOVING: [0.0, 2.0]}, index=["a", "b"])
    assert best_nulls(table) == {"a": BINOMIAL, "b": BINOMIAL}
    alone = pd.DataFrame({BINOMIAL: [1.0], MOVING: [0.5]}, index=["a"])
    assert best_nulls(alone) == {"a": MOVING}


def test_ratios_are_of_a_conflict_in_which_both_err():
    table = pd.DataFrame(
        {"m": [2.0, 0.0, 1.0], "n": [1.0, 1.0, 0.0], "o": [4.0, 1.0, 1.0]}, index=["a", "b", "c"]
    )
    assert log_ratios(table, "m", "n") == {"a": pytest.approx(np.log(2.0))}
    assert log_ratios(table, "m", {"a": "o", "b": "n", "c": "o"}) == {
        "a": pytest.approx(-np.log(2.0)),
        "c": 0.0,
    }


@pytest.mark.parametrize(("n", "known"), [(2, False), (3, True)])
def test_an_interval_needs_three_conflicts(n, known):
    found = pooled([0.1] * n)
    assert found.value == pytest.approx(np.exp(0.1))
    assert (found.low == found.low, found.n) == (known, n)
    if known:
        assert (found.low, found.high) == pytest.approx((np.exp(0.1), np.exp(0.1)))


def test_an_interval_holds_the_middle_95_of_draws_of_conflicts():
    """Means of nine draws from 0 and 1 are binomial: 2.5 % lie at or below 2 of 9 and at or above 7 of 9 or more."""
    found = pooled([0.0, 1.0] * 4 + [0.5])
    assert found.value == pytest.approx(np.exp(0.5))
    assert np.log(found.low) == pytest.approx(0.5 - 1.96 * np.sqrt(2 / 9) / 3, abs=0.04)
    assert np.log(found.high) == pytest.approx(0.5 + 1.96 * np.sqrt(2 / 9) / 3, abs=0.04)


def test_a_ratio_as_plain_values():
    nan = float("nan")
    assert Ratio(nan, nan, nan, 0).to_json() == {"ratio": None, "low95": None, "high95": None, "conflicts": 0}
    assert Ratio(1.0, 0.5, 2.0, 3).to_json() == {"ratio": 1.0, "low95": 0.5, "high95": 2.0, "conflicts": 3}


def test_coverage_is_of_one_forecast_and_its_ends_count():
    rows = pd.DataFrame({"case": ["a"] * 4, "forecast": ["m", "m", "m", "n"], "pit": [0.1, 0.9, 0.91, 0.5]})
    assert coverage(rows, "m") == {"a": pytest.approx(2 / 3)}
