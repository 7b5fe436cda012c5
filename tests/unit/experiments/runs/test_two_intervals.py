"""Two intervals and the share of draws in which a sign holds, on effects whose truth is known."""

import numpy as np
import pytest

from detente.experiments.runs.two_intervals import (
    COLUMNS,
    DrawMeans,
    claimed,
    over_draws,
    sign_sentence,
)


def nested(truths: np.ndarray, each: int, luck: float, seed: int = 1) -> np.ndarray:
    """Effects seed by seed about the true effect of each draw."""
    rng = np.random.default_rng(seed)
    return (truths[:, None] + luck * rng.standard_normal((len(truths), each))).reshape(-1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_interval_is_that_of_the_true_effects_though_each_draw_has_much_luck(seed: int):
    truths = np.random.default_rng(seed).normal(1.0, 1.0, 2000)
    found = over_draws(nested(truths, 4, 1.5, seed), 4, 1.0)
    assert found["draws_low95"] == pytest.approx(1.0 - 1.96, abs=0.25)
    assert found["draws_high95"] == pytest.approx(1.0 + 1.96, abs=0.25)
    assert found["sign_share"] == pytest.approx(np.mean(truths > 0.1), abs=0.03)
    raw = nested(truths, 4, 1.5, seed).reshape(-1, 4).mean(axis=1)
    assert np.quantile(raw, 0.025) < found["draws_low95"] - 0.3, (
        "counted as they are, the draws spread too far"
    )


def test_without_luck_the_draws_are_counted_as_they_are():
    truths = np.array([3.0, 2.0, 0.0, -1.0])
    found = over_draws(np.repeat(truths, 2), 2, 1.0)
    assert tuple(found) == COLUMNS
    assert (found["draws_mean"], found["draws"]) == (1.0, 4)
    assert found["sign_share"] == 0.5
    assert over_draws(np.repeat(truths, 2), 2, -1.0)["sign_share"] == 0.25


def test_an_effect_as_good_as_none_has_no_sign():
    truths = np.array([2.0, 2.0, 2.0, 0.05])
    assert over_draws(np.repeat(truths, 2), 2, 1.0)["sign_share"] == 0.75


def test_draws_that_luck_alone_tells_apart_claim_less_where_there_are_few():
    few, many = (over_draws(nested(np.full(n, 0.5), 4, 1.0), 4, 0.5) for n in (20, 2000))
    assert few["draws_high95"] - few["draws_low95"] > many["draws_high95"] - many["draws_low95"] > 0
    assert few["sign_share"] < many["sign_share"]


def test_missing_values_leave_a_draw_to_its_other_seeds():
    nan = float("nan")
    found = DrawMeans.of(np.array([1.0, nan, nan, nan, 3.0, 5.0]), 2)
    assert found.means.tolist() == [1.0, 4.0]
    assert found.luck.tolist() == [2.0, 1.0]
    empty = over_draws(np.full(4, nan), 2, 1.0)
    assert empty["draws"] == 0
    assert empty["sign_share"] != empty["sign_share"]


@pytest.mark.parametrize("mean", [0.0, float("nan")])
def test_no_effect_has_no_sign(mean: float):
    found = over_draws(np.repeat([1.0, -1.0], 2), 2, mean)
    assert found["sign_share"] != found["sign_share"]


@pytest.mark.parametrize(
    ("share", "low", "high", "expected"),
    [(0.8, 1.0, 2.0, True), (0.79, 1.0, 2.0, False), (0.99, -0.1, 2.0, False), (0.9, -2.0, -1.0, True)],
)
def test_a_sign_is_claimed_where_luck_and_draws_agree(share: float, low: float, high: float, expected: bool):
    assert claimed({"sign_share": share, "low95": low, "high95": high}) is expected


def test_the_sentence_says_what_is_claimed_and_what_is_not():
    rows = [
        ("a", {"mean": 1.0, "low95": 0.5, "high95": 1.5, "sign_share": 0.97}),
        ("b", {"mean": -1.0, "low95": -1.5, "high95": -0.5, "sign_share": 0.85}),
        ("c", {"mean": 1.0, "low95": 0.5, "high95": 1.5, "sign_share": 0.6}),
        ("d", {"mean": 0.0, "low95": 0.0, "high95": 0.0, "sign_share": float("nan")}),
    ]
    assert sign_sentence(rows) == "up: a (97%); down: b (85%); no sign can be claimed: c (60%)"
    assert sign_sentence(rows[3:]) == ""
