"""Weights of theories and of mechanisms: what a table of weights says, made by hand."""

import numpy as np
import pytest
from pooled_tables import made

from detente.agents.codes import THEORIES
from detente.experiments.calibration.pooling import theory_weights as module
from detente.experiments.calibration.pooling.theory_weights import (
    classifier,
    largest_gap,
    mechanism_rows,
    theory_rows,
)


def test_the_largest_gap_is_that_of_the_bin_that_is_furthest_off():
    """In the first bin .1 said and half true, in the last .9 and 1 said and all true: .4 beside .05."""
    weight = np.r_[np.full(20, 0.1), np.full(10, 0.9), np.full(10, 1.0)]
    true = np.r_[np.full(10, True), np.full(10, False), np.full(20, True)]
    assert largest_gap(weight, true) == pytest.approx(0.4)
    assert largest_gap(
        weight, np.r_[np.full(2, True), np.full(18, False), np.full(20, True)]
    ) == pytest.approx(0.05)


def test_bins_are_fifths():
    """.19 and .21 stand apart: in one bin their errors would cancel."""
    weight = np.r_[np.full(20, 0.19), np.full(20, 0.21)]
    true = np.r_[np.full(20, False), np.arange(20) < 8]
    assert largest_gap(weight, true) == pytest.approx(0.19)


def test_a_theory_is_weighed_where_it_is_true_and_where_it_is_not(monkeypatch):
    """The classifier lists the words in another order, and is sure of all draws but the first."""
    table, order = made(40, conflicts=1), sorted(THEORIES)
    table.off[:] = ""
    table.theory[:] = [THEORIES[k % len(THEORIES)] for k in range(40)]
    seen = np.array([[float(word == true) for word in order] for true in table.theory])
    seen[0] = np.roll(seen[0], 1)
    own = np.arange(len(order), dtype=float)
    monkeypatch.setattr(module, "weighed", lambda on, words: (seen, own, order))
    rows = {row["theory"]: row for row in theory_rows(table)}
    assert list(rows) == list(THEORIES)
    n = 40 // len(THEORIES)
    first, wrong = THEORIES[0], order[int(seen[0].argmax())]
    assert rows[first]["truths"] == n
    assert rows[first]["weight"] == order.index(first)
    assert rows[first]["weight_if_true"] == rows[first]["first_if_true"] == pytest.approx(1 - 1 / n)
    assert rows[wrong]["weight_if_false"] == pytest.approx(1 / (40 - n))
    assert rows[wrong]["weight_if_true"] == 1.0


@pytest.mark.parametrize(("n", "told"), [(19, []), (20, ["level"])])
def test_a_mechanism_needs_draws_with_it_off(monkeypatch, n, told):
    table = made(50, conflicts=1)
    table.off[:] = ["level"] * n + ["terms"] * 5 + [""] * (45 - n)
    asked = []

    def weighed(pair, words, *, even):
        asked.append((len(pair.unit), words.sum(), even))
        chance = np.where(words == 1, 0.8, 0.3)
        return np.stack([1.0 - chance, chance], axis=1), np.array([0.9, 0.1]), ["0", "1"]

    monkeypatch.setattr(module, "weighed", weighed)
    rows = mechanism_rows(table)
    assert [row["mechanism"] for row in rows] == told
    for row in rows:
        assert (row["chance_off"], row["truths_off"], row["told_apart"]) == (0.1, 20, 1.0)
        assert (row["chance_if_off"], row["chance_if_on"]) == pytest.approx((0.8, 0.3))
        assert asked == [(45, 20, True)]


@pytest.mark.parametrize(("even", "weights"), [(True, "balanced"), (False, None)])
def test_even_odds_give_all_words_the_same_prior(even, weights):
    assert classifier(even=even).class_weight == weights
