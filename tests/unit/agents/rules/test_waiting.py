"""What tracks and measures wait for: a measure given, a track done, an issue settled."""

import pytest
from worlds import ALLY, BACK, FRONT, world

from detente.agents import codes
from detente.agents.rules import measures, talks
from detente.agents.rules.waiting import is_waiting
from detente.agents.state import Wait


@pytest.fixture
def w():
    w = world()
    for track in w.tracks:
        track.n_issues, track.n_settled = 2, 0
    w.waits[:] = [
        Wait(waits_for=codes.MEASURE_GIVEN_FIRST, subject=0),
        Wait(waits_for=codes.TRACK_DONE_FIRST, subject=FRONT),
        Wait(waits_for=codes.ISSUE_SETTLED_FIRST, subject=FRONT, place=1),
    ]
    return w


def waiting(w):
    return [is_waiting(w, k, 1) for k in range(3)]


def test_each_kind_is_met_by_what_it_names(w):
    assert waiting(w) == [True, True, True]
    w.measures[0].state = codes.GIVEN
    assert waiting(w) == [False, True, True]
    w.tracks[FRONT].agenda[1] = 1
    assert waiting(w) == [False, True, False]
    w.tracks[FRONT].n_settled = 2
    assert waiting(w) == [False, False, False]
    w.measures[0].state = codes.REVERSED
    assert (is_waiting(w, 0, 3), is_waiting(w, 1, 2), is_waiting(w, 0, 0)) == (True, False, False)


def test_an_agreement_meets_what_its_tracks_would(w):
    w.pairs[0].agreed = 1
    assert waiting(w) == [True, False, False]


def test_a_track_that_waits_does_not_open(w):
    track = w.tracks[BACK]
    assert talks.open_track(w, w.parties[ALLY], track) > 0.0
    track.n_waits = 1
    assert talks.open_track(w, w.parties[ALLY], track) == 0.0
    w.measures[0].state = codes.GIVEN
    assert talks.open_track(w, w.parties[ALLY], track) > 0.0


def test_a_measure_that_waits_is_not_given(w):
    m = w.measures[0]
    w.dyads[m.dyad].readiness = 0.5
    assert measures.give_measure(w, w.parties[ALLY], m) > 0.0
    m.first_wait, m.n_waits = 1, 1
    assert measures.give_measure(w, w.parties[ALLY], m) == 0.0
