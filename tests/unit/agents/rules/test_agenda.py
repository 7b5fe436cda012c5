"""Agendas (E7): issues that tracks of one pair share are settled once, and forgotten once."""

import pytest
from worlds import BACK, CHANNEL, DAY, FRONT, world

from detente.agents import codes
from detente.agents.rules import agenda as rules
from detente.agents.state import Issue


@pytest.fixture
def w():
    """Front and backchannel share the topics 0 and 1 in another order; the front alone has topic 2, a ceasefire."""
    w = world()
    w.par.switches.terms = 1
    w.issues.extend(
        [
            Issue(track=FRONT, place=0, pair=0, topic=0, first=1),
            Issue(track=FRONT, place=1, pair=0, topic=1, first=1),
            Issue(track=FRONT, place=2, pair=0, topic=2, first=1, does=codes.DOES_CEASE, size=0.6),
            Issue(track=CHANNEL, place=0, pair=1, topic=0, first=1),
            Issue(track=BACK, place=0, pair=0, topic=1),
            Issue(track=BACK, place=1, pair=0, topic=0),
        ]
    )
    return w


def agendas(w):
    """What is settled on each track, and how many issues that is said to be."""
    assert [t.n_settled for t in w.tracks] == [sum(t.agenda) for t in w.tracks]
    return [t.agenda[:3] for t in w.tracks]


@pytest.mark.parametrize(
    ("track", "place", "k"), [(FRONT, 0, 0), (FRONT, 2, 2), (CHANNEL, 0, 3), (BACK, 1, 5), (BACK, 3, -1)]
)
def test_every_place_of_an_agenda_has_its_topic(w, track, place, k):
    assert rules.issue_at(w, w.tracks[track], place) == k


def test_what_is_settled_on_one_track_is_settled_on_all_of_the_pair(w):
    rules.settle_issue(w, w.tracks[FRONT], 1)
    assert agendas(w) == [[0, 1, 0], [0, 0, 0], [1, 0, 0]]
    assert [t.moved_day for t in w.tracks] == [DAY, -1.0, DAY]
    rules.settle_issue(w, w.tracks[BACK], 1)
    assert agendas(w) == [[1, 1, 0], [0, 0, 0], [1, 1, 0]]
    rules.mark(w, 0, 1, 1)
    assert agendas(w) == [[1, 1, 0], [0, 0, 0], [1, 1, 0]]


def test_what_is_forgotten_on_one_track_is_open_on_all(w):
    for topic in (0, 1):
        rules.mark(w, 0, topic, 1)
    for t in w.tracks:
        t.moved_day = 3.0
    rules.reopen_issue(w, w.tracks[BACK], 0)
    assert agendas(w) == [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    assert [t.moved_day for t in w.tracks] == [3.0] * 3


def test_switched_off_each_track_has_its_own_agenda(w):
    w.par.switches.terms = 0
    rules.settle_issue(w, w.tracks[FRONT], 1)
    assert agendas(w) == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert w.tracks[FRONT].moved_day == DAY
    rules.settle_issue(w, w.tracks[BACK], 0)
    rules.reopen_issue(w, w.tracks[FRONT], 1)
    assert agendas(w) == [[0, 0, 0], [0, 0, 0], [1, 0, 0]]
    rules.settle_issue(w, w.tracks[FRONT], 2)
    assert w.pairs[0].truce_settled == 0.0


@pytest.mark.parametrize(
    ("state", "settled"), [(codes.NO_TRUCE, 0.6), (codes.OFFERED, 0.0), (codes.IN_FORCE, 0.0)]
)
def test_a_settled_ceasefire_asks_for_one_until_it_is_open_again(w, state, settled):
    pair = w.pairs[0]
    pair.truce_state = state
    rules.settle_issue(w, w.tracks[FRONT], 0)
    assert pair.truce_settled == 0.0
    rules.settle_issue(w, w.tracks[FRONT], 2)
    assert pair.truce_settled == settled
    rules.reopen_issue(w, w.tracks[FRONT], 0)
    assert pair.truce_settled == settled
    rules.reopen_issue(w, w.tracks[FRONT], 2)
    assert pair.truce_settled == 0.0


@pytest.mark.parametrize(
    ("on", "track", "place", "own"),
    [(1, FRONT, 1, True), (1, BACK, 0, False), (1, CHANNEL, 0, True), (0, BACK, 0, True)],
)
def test_the_first_track_of_a_pair_answers_for_an_issue(w, on, track, place, own):
    w.par.switches.terms = on
    assert rules.is_own(w, w.tracks[track], place) is own
