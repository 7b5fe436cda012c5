"""Courses of runs, from records made by hand: what is counted, thinned and dated."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from detente.agents import codes
from detente.experiments.calibration.pooling import courses as module
from detente.experiments.calibration.pooling.courses import Course, Truce, simulated

FIELDS = [("what", int), ("day", int), ("since", int), ("form", int), ("value", float)]
LOCAL = codes.TRUCE_SCOPES.index("local")
OPENING = SimpleNamespace(n_days=40, scenario=SimpleNamespace(case=SimpleNamespace(start=date(2019, 12, 30))))


def events(*rows):
    return np.array(list(rows), dtype=FIELDS)


def run(monkeypatch, *rows, thin=1.0, counted="deaths"):
    """The course of a run of three days: attacks 1, 2, 0; of spoilers 0, 1, 0; deaths 2, 3, 4."""
    sums = np.array([[1.0, 0.0, 2.0], [3.0, 1.0, 5.0], [3.0, 1.0, 9.0]])
    log = SimpleNamespace(events=events(*rows))
    monkeypatch.setattr(module, "logged_runs", lambda *asked: iter([(log, sums)]))
    return simulated(OPENING, 1, thin, counted=counted)


def test_deaths_or_events_are_counted_by_month_and_events_by_day(monkeypatch):
    assert run(monkeypatch).series.tolist() == [5.0, 4.0, 0.0]
    assert run(monkeypatch, counted="events").series.tolist() == [4.0, 0.0, 0.0]
    assert run(monkeypatch).events.tolist() == [1.0, 3.0, *[0.0] * 38]


def test_events_that_are_not_seen_still_kill(monkeypatch):
    found = run(monkeypatch, thin=0.0)
    assert found.events.sum() == 0.0
    assert found.series.sum() == 9.0


def test_a_run_without_events_of_the_chronicle_has_no_talks_and_no_victor(monkeypatch):
    found = run(monkeypatch)
    assert (found.truces, found.agreements, found.talks, found.won) == ((), (), float("inf"), False)


def test_ceasefires_count_from_the_day_since_which_they_hold_and_once(monkeypatch):
    found = run(
        monkeypatch,
        (codes.TRUCE_BEGAN, 9, 0, LOCAL, 0.0),
        (codes.TRUCE_DECLARED, 7, -1, 0, 0.0),
        (codes.TRUCE_DECLARED, 7, -1, 0, 0.0),
    )
    assert found.truces == (Truce(0, joint=True, local=True), Truce(7, joint=False, local=False))


def test_an_agreement_is_full_where_it_settles_everything(monkeypatch):
    found = run(monkeypatch, (codes.AGREEMENT, 3, -1, 0, 0.99), (codes.AGREEMENT, 5, -1, 0, 1.0))
    assert found.agreements == ((3, False), (5, True))


def test_talks_begin_with_the_first_track_and_a_collapse_is_a_victory(monkeypatch):
    opened = [(codes.TRACK_OPENED, day, -1, 0, 0.0) for day in (4, 6)]
    found = run(monkeypatch, *opened, (codes.PARTY_COLLAPSED, 8, -1, 0, 0.0))
    assert (found.talks, found.won) == (4.0, True)


def test_years_are_those_of_the_calendar():
    assert Course(1461, np.zeros(1)).years == pytest.approx(4.0)
