"""Checks of a posterior against what was observed: intervals, shares and means worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
from pooled_tables import made

from detente.experiments.calibration.pooling import predictive as module
from detente.experiments.calibration.pooling.draws import names
from detente.experiments.calibration.pooling.predictive import (
    inside,
    predicted,
    predictive_rows,
    row_of,
    run_all,
)
from detente.experiments.calibration.pooling.summaries import SUMMARIES, N
from detente.model.errors import InputError

RUNS = np.stack([np.arange(101.0), 200.0 + np.arange(101.0)], axis=1)
"""Runs of two conflicts: 0 to 100, and 200 to 300."""


@pytest.mark.parametrize(
    ("observed", "level", "share"),
    [
        ((10.0, 290.0), 0.8, 1.0),
        ((9.9, 290.0), 0.8, 0.5),
        ((9.9, 290.1), 0.8, 0.0),
        ((9.9, 290.1), 0.95, 1.0),
    ],
)
def test_a_value_at_the_end_of_an_interval_lies_in_it(observed, level, share):
    assert inside(RUNS, np.array(observed), level) == share


def test_a_summary_is_compared_by_its_mean_over_conflicts():
    """Means of the runs are 100 to 200, so that 2.5 % of them lie below 102.5."""
    row = row_of(RUNS, np.array([[1.0, 3.0], [5.0, 7.0], [5.0, 7.0]]), np.array([100.0, 104.0]))
    assert (row["observed"], row["prior_median"], row["median"]) == (102.0, 6.0, 150.0)
    assert (row["low95"], row["high95"]) == pytest.approx((102.5, 197.5))
    assert not row["inside"]
    assert (row["inside80"], row["inside95"]) == (0.0, 0.0)
    assert row_of(RUNS, RUNS, np.array([100.0, 106.0]))["inside"]
    assert not row_of(RUNS, RUNS, np.array([100.0, 296.0]))["inside"]


def test_a_summary_is_compared_over_the_conflicts_that_record_it():
    table = made(20, conflicts=2)
    table.observed[:, 7] = np.nan
    rows = {row["summary"]: row for row in predictive_rows(table.summaries, table, np.array([0, 5]))}
    listed = list(SUMMARIES)
    assert list(rows) == [name for name in listed if name != listed[7]]
    assert rows[listed[5]]["conflicts"] == 1  # the first has none
    assert rows[listed[5]]["observed"] == table.observed[1, 5]
    assert rows[listed[0]]["conflicts"] == 2
    assert [name for name, row in rows.items() if row["used"]] == [listed[0], listed[5]]
    assert predictive_rows(table.summaries[:0], table, np.array([0])) == []


def test_theories_take_turns_and_draws_that_a_case_cannot_take_are_left_out(monkeypatch):
    asked, told = [], []

    def run(found, setting, theory, seed):
        asked.append((theory, seed, set(setting) == set(names())))
        return None if len(asked) == 2 else np.full((len(found), N), float(len(asked)))

    monkeypatch.setattr(module, "run_all", run)
    unit = np.full((3, len(names())), 0.5)
    values = predicted(["a", "b"], unit, ["x", "y"], lambda *what: told.append(what))
    assert asked == [("x", 50_000_000, True), ("y", 50_000_002, True), ("x", 50_000_004, True)]
    assert values.shape == (2, 2, N)
    assert values[:, 0, 0].tolist() == [1.0, 3.0]
    assert told == [("checking", k, 3) for k in range(4)]


def conflict(start):
    return SimpleNamespace(start=start, thin=0.5, counted="events")


def refuse(*_):
    raise InputError("no such case")


def test_each_conflict_has_a_run_of_its_own_seed(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "simulated", lambda start, seed, thin, **how: asked.append((seed, thin, how)))
    monkeypatch.setattr(module, "summary", lambda course: [1.0])
    found = [conflict(lambda *_: None)] * 2
    assert run_all(found, {}, "readiness", 7).tolist() == [[1.0], [1.0]]
    assert asked == [(7, 0.5, {"counted": "events"}), (8, 0.5, {"counted": "events"})]
    assert run_all([*found, conflict(refuse)], {}, "readiness", 7) is None
