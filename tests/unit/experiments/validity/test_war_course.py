"""How patterns of the course of a war are read off runs, on runs written down by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detente.agents.codes import AGREEMENT
from detente.experiments.validity.patterns import war_course as module

PAIR = "a+b"
RUNS = 40


@pytest.fixture
def one_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "hostile_pairs", lambda start: (PAIR,))


def panel(days: np.ndarray, **more) -> SimpleNamespace:
    """Runs with the same attacks a day."""
    table = np.tile(days, (RUNS, 1)).astype(float)
    start = SimpleNamespace(cast=SimpleNamespace(pairs=(PAIR,)))
    return SimpleNamespace(daily=lambda dyads: table, start=start, **more)


def truces(first: int, days: int, ended: str, scope: str = "dyad") -> pd.DataFrame:
    row = {"pair": PAIR, "first": first, "days": days, "ended": ended, "scope": scope}
    return pd.DataFrame([{**row, "run": run} for run in range(RUNS)])


def test_a_ceasefire_that_took_hold_is_read_from_its_second_month(one_pair: None):
    days = np.r_[np.full(100, 2.0), np.full(30, 0.5), np.full(60, 0.4), np.full(100, 9.0)]
    found = module.after_a_month(panel(days, ceasefires=truces(100, 90, "expired")))
    assert found == pytest.approx(np.full(len(found), 0.2))


def test_one_that_did_not_take_hold_is_left_out(one_pair: None):
    days = np.full(300, 2.0)
    assert np.isnan(module.after_a_month(panel(days, ceasefires=truces(100, 90, "expired")))).all()


def test_the_month_after_a_collapse_is_held_against_the_time_before_the_ceasefire(one_pair: None):
    days = np.r_[np.full(100, 2.0), np.full(20, 0.0), 50.0, np.full(30, 3.0), np.full(50, 9.0)]
    found = module.after_the_end(panel(days, ceasefires=truces(100, 20, "collapsed")))
    assert found == pytest.approx(np.full(len(found), 1.5))
    for other in (
        truces(100, 20, "expired"),
        truces(100, 20, "collapsed", "local"),
        truces(30, 20, "collapsed"),
    ):
        assert np.isnan(module.after_the_end(panel(days, ceasefires=other))).all()


def test_the_quarter_before_a_signature_is_held_against_the_months_before_it(one_pair: None):
    days = np.r_[np.full(310, 4.0), np.full(90, 1.0), np.full(20, 0.0)]
    events = np.array([(AGREEMENT, 0, 400)], dtype=[("what", int), ("subject", int), ("day", int)])
    found = module.before_a_signature(panel(days, events=[events] * RUNS))
    assert found == pytest.approx(np.full(len(found), 0.25))


def test_yearly_changes_are_those_of_whole_years():
    deaths = np.repeat([95.0 / 365, 195.0 / 365, 95.0 / 365], 365)
    total = np.tile(np.r_[0.0, np.cumsum(deaths), 1e6], (RUNS, 1))
    made = SimpleNamespace(column=lambda name: total, last_step=np.full(RUNS, total.shape[1] - 1))
    found = module.yearly_changes(made)
    assert np.median(found) == pytest.approx(np.log(2.0), rel=0.1)
    ended = SimpleNamespace(column=lambda name: total, last_step=np.full(RUNS, 400))
    assert np.isnan(module.yearly_changes(ended)).all()


def test_a_window_that_does_not_fit_has_no_mean():
    days = np.arange(10.0)
    assert module.mean_of(days, 2, 4) == 2.5
    assert np.isnan(module.mean_of(days, -1, 4))
    assert np.isnan(module.mean_of(days, 8, 12))
